package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestLockOfAScriptTellsWhatTheScriptAsksFor(t *testing.T) {
	fsys := MapFS{"tools/report.py.lock": []byte(`version = 1

[manifest]
requirements = [{ name = "Alpha", specifier = ">=1,<2" }]

[[package]]
name = "alpha"
version = "1.4.0"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "beta" }]

[[package]]
name = "beta"
version = "0.3"
source = { registry = "https://pypi.org/simple" }
`)}
	got := map[string]string{}
	for _, r := range Readers() {
		if !r.Match("tools/report.py.lock") {
			continue
		}
		res, err := r.Read(fsys, "tools/report.py.lock")
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range res.Usages {
			got[u.Component.String()] = string(u.Relation) + " " + u.Requirement
		}
	}
	want := map[string]string{"pkg:pypi/alpha@1.4.0": "direct >=1,<2", "pkg:pypi/beta@0.3": "transitive "}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestProjectsThatALockfileResolvesAreKnownByTheirDirectory(t *testing.T) {
	fsys := MapFS{"uv.lock": []byte("source = { editable = \"packages/a\" }\n{ name = \"b\", directory = \"b\" }, { name = \"c\", virtual = \"c\" }\nsource = { git = \"x\", subdirectory = \"d\" }\n")}
	for dir, want := range map[string]bool{"packages/a": true, "b": true, "c": true, "d": false, "packages": false} {
		if got := pythonCovered(fsys, dir); got != want {
			t.Errorf("pythonCovered(%q) = %v, want %v", dir, got, want)
		}
	}
}

func TestABranchIsNoVersion(t *testing.T) {
	for url, want := range map[string]string{
		"git+https://example.com/a.git@main":                                     "",
		"git+https://example.com/a.git@feature/x1":                               "",
		"git+https://example.com/a.git@v1.2.3":                                   "v1.2.3",
		"git+https://example.com/a.git@2.0-rc.1":                                 "2.0-rc.1",
		"git+https://example.com/a.git@0123456789abcdef0123456789abcdef01234567": "0123456789abcdef0123456789abcdef01234567",
	} {
		if got := pythonURL(inventory.NewPURL("pypi", "a", ""), url).Version; got != want {
			t.Errorf("%s: version %q, want %q", url, got, want)
		}
	}
}
