package document

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

var someTime = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func purl(s string) inventory.PURL {
	p, err := inventory.ParsePURL(s)
	if err != nil {
		panic(err)
	}
	return p
}

// webshop is a repository with a lockfile, a second manifest, a requirement
// without a lock, a fixture and an own package.
func webshop() inventory.Snapshot {
	use := func(p, manifest string, line int, r inventory.Relation, s inventory.Scope) inventory.Usage {
		return inventory.Usage{Component: purl(p), Manifest: manifest, Line: line, Relation: r, Scope: s}
	}
	core := use("pkg:npm/%40babel/core@7.1.0", "package-lock.json", 12, inventory.Direct, inventory.Dev)
	core.DependsOn = []string{"pkg:npm/json5@2.0.0"}
	core.License, core.Requirement = "MIT", "^7.0.0"
	json5 := use("pkg:npm/json5@2.0.0", "package-lock.json", 40, inventory.Transitive, inventory.Dev)
	json5.License = "SEE LICENSE IN <file>"
	again := use("pkg:npm/json5@2.0.0", "tools/package-lock.json", 7, inventory.Direct, inventory.Runtime)
	again.License = "SEE LICENSE IN <file>"
	open := use("pkg:pypi/requests", "requirements.txt", 1, inventory.Direct, inventory.Runtime)
	open.Requirement = ">=2,<3"
	fixture := use("pkg:npm/evil@1.0.0", "test/fixtures/package.json", 3, inventory.Direct, inventory.Runtime)
	fixture.Fixture = true
	own := use("pkg:npm/webshop@1.0.0", "package-lock.json", 2, inventory.Direct, inventory.Runtime)
	return inventory.Snapshot{
		Repository: inventory.Repository{Name: "github.com/Example/Webshop", Kind: "git"},
		Commit:     "0123456789abcdef0123456789abcdef01234567", Revision: "HEAD",
		Licenses: &inventory.LicenseSummary{Primary: "Apache-2.0"},
		Units: []inventory.Unit{
			{Manifest: "package-lock.json", Usages: []inventory.Usage{core, json5, own}, Own: []string{"pkg:npm/webshop@1.0.0"}},
			{Manifest: "tools/package-lock.json", Usages: []inventory.Usage{again}},
			{Manifest: "requirements.txt", Usages: []inventory.Usage{open, fixture}},
		},
	}
}

func shop() BOM {
	return FromSnapshots([]inventory.Snapshot{webshop()}, Selection{
		Tool: Tool{Name: "tributary", Version: "1.0.0"}, Created: someTime,
	})
}

func TestUsagesOfOnePackageBecomeOneComponent(t *testing.T) {
	want := []Component{
		{
			Ref: "pkg:npm/%40babel/core@7.1.0", PURL: purl("pkg:npm/%40babel/core@7.1.0"), Name: "@babel/core", Version: "7.1.0",
			Licenses: Licenses{Declared: "MIT"}, Relation: inventory.Direct, Scope: inventory.Dev,
			Requirements: []string{"^7.0.0"}, Manifests: []Manifest{{"", "package-lock.json", 12}},
			DependsOn: []string{"pkg:npm/json5@2.0.0"},
		},
		{
			Ref: "pkg:npm/json5@2.0.0", PURL: purl("pkg:npm/json5@2.0.0"), Name: "json5", Version: "2.0.0",
			Licenses: Licenses{Declared: "SEE LICENSE IN <file>"}, Relation: inventory.Direct, Scope: inventory.Runtime,
			Manifests: []Manifest{{"", "package-lock.json", 40}, {"", "tools/package-lock.json", 7}},
		},
		{
			Ref: "pkg:pypi/requests", PURL: purl("pkg:pypi/requests"), Name: "requests",
			Relation: inventory.Direct, Scope: inventory.Runtime,
			Requirements: []string{">=2,<3"}, Manifests: []Manifest{{"", "requirements.txt", 1}},
		},
	}
	got := shop()
	if d := cmp.Diff(want, got.Components); d != "" {
		t.Errorf("-want +got\n%s", d)
	}
	wantDirect := []string{"pkg:npm/%40babel/core@7.1.0", "pkg:npm/json5@2.0.0", "pkg:pypi/requests"}
	if d := cmp.Diff(wantDirect, got.Subject.DependsOn); d != "" {
		t.Errorf("direct dependencies: -want +got\n%s", d)
	}
}

func TestFixturesComeInOnlyWhenAsked(t *testing.T) {
	b := FromSnapshots([]inventory.Snapshot{webshop()}, Selection{Fixtures: true})
	if n := len(b.Components); n != 4 {
		t.Errorf("%d components, want 4 with the fixture", n)
	}
}

func TestCycloneDXIsValidAndTheSameEachTime(t *testing.T) {
	several := FromSnapshots([]inventory.Snapshot{webshop(), webshop()}, Selection{Name: "Shop", Version: "2"})
	for name, b := range map[string]BOM{"one repository": shop(), "two": several, "empty": {}} {
		t.Run(name, func(t *testing.T) {
			var first, second bytes.Buffer
			for _, w := range []*bytes.Buffer{&first, &second} {
				if err := Write(w, b, CycloneDXJSON, Options{}); err != nil {
					t.Fatal(err)
				}
			}
			validCycloneDX(t, first.Bytes())
			if !bytes.Equal(first.Bytes(), second.Bytes()) {
				t.Error("two writings differ")
			}
		})
	}
}
