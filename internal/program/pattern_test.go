package program

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestPackagePatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, purl string
		want          bool
	}{
		{"pkg:npm/left-pad", "pkg:npm/left-pad@1.0.0", true},
		{"pkg:npm/left-pad", "pkg:npm/left-pad", true},
		{"pkg:npm/left-pad", "pkg:npm/left-pads@1.0.0", false},
		{"pkg:npm/left-pad", "pkg:pypi/left-pad@1.0.0", false},
		{"pkg:npm/left-pad@1.0.0", "pkg:npm/left-pad@1.0.0", true},
		{"pkg:npm/left-pad@1.0.0", "pkg:npm/left-pad@1.0.1", false},
		{"pkg:npm/left-pad >=1 <2", "pkg:npm/left-pad@1.9.9", true},
		{"pkg:npm/left-pad >=1 <2", "pkg:npm/left-pad@2.0.0", false},
		{"pkg:npm/left-pad >=1 <2", "pkg:npm/left-pad", false},
		{"pkg:npm/@babel/*", "pkg:npm/%40babel/core@7.0.0", true},
		{"pkg:npm/%40babel/core", "pkg:npm/@babel/core@7.0.0", true},
		{"pkg:npm/@babel/core@7.0.0", "pkg:npm/%40babel/core@7.0.0", true},
		{"pkg:npm/@babel/*", "pkg:npm/babel@7.0.0", false},
		{"pkg:maven/org.apache.*/*", "pkg:maven/org.apache.maven/maven-core@3.9", true},
		{"pkg:maven/org.apache.*/*", "pkg:maven/org.apachex/core@3.9", false},
		{"pkg:golang/github.com/acme/*", "pkg:golang/github.com/acme/x/v2@v2.0.0", true},
		{"pkg:golang/github.com/Azure/go-autorest", "pkg:golang/github.com/azure/go-autorest@v1", false},
		{"pkg:pypi/Foo_Bar", "pkg:pypi/foo-bar@1", true},
		{"pkg:*/left-pad", "pkg:npm/left-pad@1", true},
		{"*", "pkg:npm/left-pad@1", true},
		{"pkg:*", "pkg:npm/left-pad", true},
	} {
		p, err := ParsePackage(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		purl, err := inventory.ParsePURL(c.purl)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Match(purl); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.purl, got)
		}
	}
}

func TestVersionRanges(t *testing.T) {
	for _, c := range []struct {
		text    string
		in, out []string
	}{
		{"1.2.3", []string{"1.2.3", "v1.2.3", "1.2.3+build", "1.2.3.Final"}, []string{"1.2.4", "1.2.3-rc1", ""}},
		{">=1.2 <2", []string{"1.2", "1.2.0", "1.10", "1.99.9"}, []string{"1.1.9", "1.2-beta", "2.0", "10"}},
		{">= 1.2, < 2", []string{"1.3"}, []string{"2"}},
		{"<1 || >=2 <3", []string{"0.9", "2.5"}, []string{"1.5", "3"}},
		{"1.x", []string{"1", "1.0", "1.9.9"}, []string{"2.0", "2.0-rc1", "0.9"}},
		{"1.2.*", []string{"1.2.7"}, []string{"1.3.0"}},
		{"^1.2.3", []string{"1.2.3", "1.9"}, []string{"1.2.2", "2.0.0", "2.0.0-alpha"}},
		{"^0.2.3", []string{"0.2.9"}, []string{"0.3.0"}},
		{"~1.2.3", []string{"1.2.9"}, []string{"1.3.0"}},
		{"!=1.5 >=1", []string{"1.4"}, []string{"1.5", "1.5.0"}},
		{"*", []string{"0", "99", "1.0-alpha"}, []string{""}},
		{"", []string{"", "1"}, nil},
		{"=33.0-jre", []string{"33.0-jre"}, []string{"33.0", "33.0-android"}},
	} {
		r, err := ParseRange(c.text)
		if err != nil {
			t.Fatalf("%s: %v", c.text, err)
		}
		for _, v := range c.in {
			if !r.Contains(v) {
				t.Errorf("%q should hold for %q", c.text, v)
			}
		}
		for _, v := range c.out {
			if r.Contains(v) {
				t.Errorf("%q should not hold for %q", c.text, v)
			}
		}
	}
	for _, bad := range []string{"[1,2)", ">", ">=1 ||", "|| 1", ">1.x", "<>1", "=>1"} {
		if r, err := ParseRange(bad); err == nil {
			t.Errorf("%q was understood as %+v", bad, r)
		}
	}
}

func TestLawVersionsAreInOneOrder(t *testing.T) {
	version := rapid.StringMatching(`v?[0-9]{1,3}(\.[0-9]{1,2}){0,3}([.-]?(alpha|beta|rc|snapshot|final|jre|dev|a|b)[0-9]?)?(\+x)?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := version.Draw(t, "a"), version.Draw(t, "b"), version.Draw(t, "c")
		if CompareVersions(a, b) != -CompareVersions(b, a) {
			t.Fatalf("%s and %s depend on the side", a, b)
		}
		if CompareVersions(a, b) <= 0 && CompareVersions(b, c) <= 0 && CompareVersions(a, c) > 0 {
			t.Fatalf("%s <= %s <= %s, but not %s <= %s", a, b, c, a, c)
		}
		if CompareVersions(a, a) != 0 {
			t.Fatalf("%s is not itself", a)
		}
	})
}

func TestRepositoriesAndPaths(t *testing.T) {
	for _, c := range []struct {
		name, path, repo, file string
		want                   bool
	}{
		{"github.com/example/shop", "", "github.com/example/shop", "go.mod", true},
		{"shop", "", "github.com/example/shop", "go.mod", true},
		{"shop-*", "", "github.com/example/shop-web", "go.mod", true},
		{"github.com/example/*", "", "github.com/example/shop", "go.mod", true},
		{"github.com/*", "", "github.com/example/shop", "go.mod", false},
		{"github.com/**", "", "github.com/example/shop", "go.mod", true},
		{"**", "", "github.com/example/shop", "go.mod", true},
		{"/home/me/shop", "", "/home/me/shop", "go.mod", true},
		{"shop", "", "/home/me/shop", "go.mod", true},
		{"shop", "services/a", "x/shop", "services/a/go.mod", true},
		{"shop", "services/a/", "x/shop", "services/a/go.mod", true},
		{"shop", "/services/a", "x/shop", "services/a/b/go.mod", true},
		{"shop", "services/a", "x/shop", "services/ab/go.mod", false},
		{"shop", "services/*", "x/shop", "services/ab/cd/go.mod", true},
		{"shop", "*", "x/shop", "services/ab/cd/go.mod", true},
		{"shop", "**/web", "x/shop", "services/web/package.json", true},
		{"shop", "*.json", "x/shop", "package.json", true},
		{"shop", "*.json", "x/shop", "a/package.json", false},
	} {
		var r RepoPath
		if err := r.Name.UnmarshalText([]byte(c.name)); err != nil {
			t.Fatal(err)
		}
		if c.path != "" {
			var g Glob
			if err := g.UnmarshalText([]byte(c.path)); err != nil {
				t.Fatal(err)
			}
			r.Paths = []Glob{g}
		}
		if got := r.Match(c.repo, c.file); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestFixturesOfTheProgram(t *testing.T) {
	p, findings := Load(map[string][]byte{"program.yaml": []byte("fixtures: {patterns: [demo, 'github.com/a/b/x'], exclude: [examples/product]}")})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, c := range []struct {
		repo, path    string
		builtin, want bool
	}{
		{"r", "go.mod", false, false},
		{"r", "testdata/go.mod", true, true},
		{"r", "demo/go.mod", false, true},
		{"r", "examples/product/go.mod", true, false},
		{"github.com/a/b", "x/go.mod", false, true},
		{"github.com/a/c", "x/go.mod", false, false},
	} {
		if got := p.IsFixture(c.repo, c.path, c.builtin); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestConclusionsHoldWhileTheirConditionsHold(t *testing.T) {
	p, findings := Load(map[string][]byte{"conclusions.yaml": []byte(`
conclusions:
  - {package: pkg:npm/left-pad, versions: '<2', declared: SEE LICENSE, license: MIT, reason: r, by: b, date: 2026-11-01}
  - {package: pkg:npm/left-pad, versions: '>=3', license: ISC, reason: r, by: b, date: 2026-11-01}
`)})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, c := range []struct {
		version, declared, want string
		void                    int
	}{
		{"1.0", "SEE LICENSE", "MIT", 0},
		{"1.0", "GPL-3.0-only", "", 2},
		{"2.0", "SEE LICENSE", "", 2},
		{"3.0", "anything", "ISC", 1},
		{"", "SEE LICENSE", "", 2},
	} {
		f, void, ok := p.ConclusionFor(inventory.NewPURL("npm", "left-pad", c.version), c.declared)
		if f.Expression != c.want || ok != (c.want != "") || len(void) != c.void {
			t.Errorf("%+v: %q %q", c, f.Expression, void)
		}
	}
}
