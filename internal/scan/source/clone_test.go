package source

import (
	"strings"
	"testing"
)

func TestWhatGitIsToldAndSaysHoldsNoPassword(t *testing.T) {
	for remote, want := range map[string]string{
		"https://me:s3cr3t@example.org/a":      "https://example.org/a",
		"https://me:s3cr3t%40x@example.org/a":  "https://example.org/a",
		"https://me:s3cr3t%zz@example.org/a":   "https://example.org/a",
		"https://me:s3cr3t@more@example.org/a": "https://example.org/a",
		"ssh://git:s3cr3t@example.org/a":       "ssh://git@example.org/a",
		"ssh://git@example.org/a":              "ssh://git@example.org/a",
		"https://example.org/a@b:c":            "https://example.org/a@b:c",
		"git@example.org:a":                    "git@example.org:a",
	} {
		c := newClone(remote, "")
		if c.address != want {
			t.Errorf("%s: git is told %s, not %s", remote, c.address, want)
		}
		if got := c.redact("fatal: " + remote + " and " + c.password + "."); strings.Contains(got, "s3cr3t") {
			t.Errorf("%s: shown: %s", remote, got)
		}
		if got := Shown(remote); strings.Contains(got, "s3cr3t") {
			t.Errorf("%s: shown as %s", remote, got)
		}
		if got := withoutCredentials(remote); strings.Contains(got, "s3cr3t") {
			t.Errorf("%s: kept: %s", remote, got)
		}
	}
}

func TestOnlyWhatIsSecretOfAnArgumentIsNotShown(t *testing.T) {
	for arg, want := range map[string]string{
		"https://t0ken@example.org/a":            "https://example.org/a",
		"git+https://me:s3cr3t@example.org/a#v1": "git+https://example.org/a#v1",
		"ssh://git:s3cr3t@example.org/a":         "ssh://git@example.org/a",
		"ssh://git@example.org/a":                "ssh://git@example.org/a",
		"git@example.org:a":                      "git@example.org:a",
		"https://example.org/a@b:c":              "https://example.org/a@b:c",
		"dir/user:x@y":                           "dir/user:x@y",
		"":                                       "",
	} {
		if got := Shown(arg); got != want {
			t.Errorf("%s is shown as %s, not %s", arg, got, want)
		}
	}
}
