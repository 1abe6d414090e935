package inventory

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPURLsAreWrittenAsTheSpecificationSays(t *testing.T) {
	for _, c := range []struct {
		purl PURL
		want string
	}{
		{NewPURL("npm", "@babel/core", "7.1.0"), "pkg:npm/%40babel/core@7.1.0"},
		{NewPURL("npm", "JSONStream", "1.3.5"), "pkg:npm/JSONStream@1.3.5"},
		{NewPURL("golang", "github.com/Azure/go-autorest", "v14.2.0+incompatible"), "pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible"},
		{NewPURL("maven", "org.slf4j:slf4j-api", "2.0.1"), "pkg:maven/org.slf4j/slf4j-api@2.0.1"},
		{NewPURL("pypi", "Zope.Interface_x", "5.0"), "pkg:pypi/zope-interface-x@5.0"},
		{NewPURL("composer", "symfony/console", "v6.0"), "pkg:composer/symfony/console@v6.0"},
		{NewPURL("golang", "gopkg.in/yaml.v3", ""), "pkg:golang/gopkg.in/yaml.v3"},
		{PURL{Type: "npm", Name: "a", Version: "1", Qualifiers: "vcs_url=git%2Bhttps:%2F%2Fx"}, "pkg:npm/a@1?vcs_url=git%2Bhttps:%2F%2Fx"},
	} {
		if got := c.purl.String(); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

func TestParsePURLReadsWhatOthersWrite(t *testing.T) {
	for in, want := range map[string]PURL{
		"pkg:npm/@babel/core@7.1.0":                                     {Type: "npm", Namespace: "@babel", Name: "core", Version: "7.1.0"},
		"pkg:npm/%40babel/core@7.1.0":                                   {Type: "npm", Namespace: "@babel", Name: "core", Version: "7.1.0"},
		"pkg:NPM/left-pad":                                              {Type: "npm", Name: "left-pad"},
		"pkg://golang/github.com/a/b@v1#sub/dir":                        {Type: "golang", Namespace: "github.com/a", Name: "b", Version: "v1", Subpath: "sub/dir"},
		"pkg:deb/debian/curl@7.50.3-1?distro=jessie&arch=i386":          {Type: "deb", Namespace: "debian", Name: "curl", Version: "7.50.3-1", Qualifiers: "arch=i386&distro=jessie"},
		"pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f0aed9c": {Type: "docker", Namespace: "customer", Name: "dockerimage", Version: "sha256:244fd47e07d1004f0aed9c"},
	} {
		got, err := ParsePURL(in)
		if err != nil || got != want {
			t.Errorf("ParsePURL(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "npm/a", "pkg:npm", "pkg:/x", "pkg:npm/", "pkg:npm/a%zz"} {
		if p, err := ParsePURL(bad); err == nil {
			t.Errorf("ParsePURL(%q) = %+v, want an error", bad, p)
		}
	}
}

func TestParsePURLFollowsTheSpecification(t *testing.T) {
	for in, want := range map[string]string{
		"PKG:npm/a@1":                             "pkg:npm/a@1",
		"pkg:npm//a@1":                            "pkg:npm/a@1",
		"pkg:golang/a//b/c@v1":                    "pkg:golang/a/b/c@v1",
		"pkg:golang/github.com%2Fa/b@v1":          "pkg:golang/github.com/a/b@v1",
		"pkg:github/owner/repo@feature/branch":    "pkg:github/owner/repo@feature%2Fbranch",
		"pkg:golang/a/b@v1#/x/./../y/":            "pkg:golang/a/b@v1#x/y",
		"pkg:golang/a/b#%2E%2E/x":                 "pkg:golang/a/b#x",
		"pkg:maven/g/a@1?Type=zip&classifier=all": "pkg:maven/g/a@1?classifier=all&type=zip",
		"pkg:maven/g/a@1?type=&classifier=all":    "pkg:maven/g/a@1?classifier=all",
		"pkg:pypi/Zope.Interface_x@5":             "pkg:pypi/zope-interface-x@5",
		"pkg:npm/a@":                              "pkg:npm/a",
	} {
		p, err := ParsePURL(in)
		if err != nil || p.String() != want {
			t.Errorf("ParsePURL(%q) = %s, %v; want %s", in, p, err, want)
		}
	}
	for _, bad := range []string{"pkg:3nuget/x@1", "pkg:n&g/x@1", "pkg:n g/x@1", "pkg:npm/a?in%20it=1", "pkg:npm/a?1b=1", "pkg:npm/a?b=1&B=2", "pkg:npm/a?b=%zz", "pkg:npm/a#%zz"} {
		if p, err := ParsePURL(bad); err == nil {
			t.Errorf("ParsePURL(%q) = %s, want an error", bad, p)
		}
	}
}

func TestPURLRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[A-Za-z0-9@+ %?#:._~é-]{1,12}`)
	path := rapid.StringMatching(`[A-Za-z0-9@+ %?#:_~é-]{1,6}(/[A-Za-z0-9@+ %?#:_~é-]{1,6}){0,2}`)
	rapid.Check(t, func(t *rapid.T) {
		p := PURL{Type: rapid.SampledFrom([]string{"npm", "golang", "a.b+c-1"}).Draw(t, "type"), Name: word.Draw(t, "name")}
		for _, part := range []struct {
			name string
			into *string
			gen  *rapid.Generator[string]
		}{{"namespace", &p.Namespace, path}, {"version", &p.Version, word}, {"subpath", &p.Subpath, path}} {
			if rapid.Bool().Draw(t, "has "+part.name) {
				*part.into = part.gen.Draw(t, part.name)
			}
		}
		if rapid.Bool().Draw(t, "has qualifiers") {
			p.Qualifiers = "arch=i386&vcs_url=git%2Bhttps:%2F%2Fx"
		}
		got, err := ParsePURL(p.String())
		if err != nil || got != p {
			t.Fatalf("%+v became %s became %+v, %v", p, p, got, err)
		}
	})
}

func FuzzParsePURL(f *testing.F) {
	for _, s := range []string{"pkg:npm/@a/b@1?x=y#z", "pkg:a/%00@%ff", "pkg:golang/a//b/@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePURL(s)
		if err != nil {
			return
		}
		again, err := ParsePURL(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q parsed to %s, which parses to %v, %v", s, p, again, err)
		}
	})
}
