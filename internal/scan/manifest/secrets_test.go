package manifest

import (
	"strings"
	"testing"
)

func TestAddressesOfLockfilesAreKeptWithoutTheirSecrets(t *testing.T) {
	for given, want := range map[string]string{
		"https://me:s3cr3t@x.example/y.tgz":                       "https://x.example/y.tgz",
		"https://x.example/y.tgz?token=s3cr3t":                    "https://x.example/y.tgz",
		"https://x.example/y.tgz?id=7&X-Amz-Signature=s3cr3t#abc": "https://x.example/y.tgz?id=7#abc",
		"https://x.example/y.tgz?sig=s3cr3t&id=7":                 "https://x.example/y.tgz?id=7",
		"https://x.example/y.tgz?id=7":                            "https://x.example/y.tgz?id=7",
		"https://x.example/y.tgz#token":                           "https://x.example/y.tgz#token",
		"git+ssh://git:s3cr3t@x.example/y.git":                    "git+ssh://git@x.example/y.git",
		"git+ssh://git@x.example/y.git":                           "git+ssh://git@x.example/y.git",
	} {
		if got := jsWithoutCredentials(given); got != want {
			t.Errorf("npm: %s is kept as %s, not %s", given, got, want)
		}
		if got := withoutUser(given); got != want {
			t.Errorf("%s is kept as %s, not %s", given, got, want)
		}
	}
	if got := jsPURL("a", "1.0.0", "https://x.example/a.tgz?access_token=s3cr3t").String(); strings.Contains(got, "s3cr3t") {
		t.Errorf("the purl tells the secret: %s", got)
	}
}
