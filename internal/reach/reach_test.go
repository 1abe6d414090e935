package reach

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOfSeveralFindingsTheStrongestCounts(t *testing.T) {
	r, err := parse(strings.NewReader(`{"config": {"go_version": "go1.26.1"}}
{"progress": {"message": "x"}}
{"finding": {"osv": "GO-1", "trace": [{"module": "m", "version": "v1"}]}}
{"finding": {"osv": "GO-1", "trace": [{"module": "m", "version": "v1", "package": "m/p", "function": "F", "receiver": "*T"}, {"package": "own", "function": "g"}, {"package": "own", "function": "main", "position": {"filename": "main.go", "line": 7}}]}}
{"finding": {"osv": "GO-1", "trace": [{"module": "m", "version": "v1", "package": "m/p"}]}}
{"finding": {"osv": "GO-2", "trace": [{"module": "m", "version": "v1", "package": "m/p"}, {"package": "own"}]}}
{"finding": {"osv": "GO-3", "trace": []}}
{"finding": {"osv": "GO-4", "trace": [{"module": "m", "version": "v1"}]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Result{GoVersion: "go1.26.1", Findings: []Finding{
		{"GO-1", Called, []string{"own.main (main.go:7)", "own.g", "m/p.T.F"}},
		{"GO-2", Imported, []string{"own", "m/p"}},
		{"GO-4", Required, []string{"m@v1"}},
	}}
	if d := cmp.Diff(want, r); d != "" {
		t.Error(d)
	}
	if _, err := parse(strings.NewReader(`{"finding": `)); err == nil {
		t.Error("a cut-off answer is no error")
	}
}

const advisory = `{"schema_version": "1.3.1", "id": "GO-2026-9001", "modified": "2026-01-01T00:00:00Z", "published": "2026-01-01T00:00:00Z",
 "affected": [{"package": {"name": "example.com/dep", "ecosystem": "Go"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.2.0"}]}],
 "ecosystem_specific": {"imports": [{"path": "example.com/dep", "symbols": ["Bad"]}]}}]}`

// module writes a module with its one dependency vendored, so that nothing else
// is needed.
func module(t *testing.T, main string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":                        "module example.com/m\n\ngo 1.21\n\nrequire example.com/dep v1.0.0\n",
		"main.go":                       main,
		"vendor/modules.txt":            "# example.com/dep v1.0.0\n## explicit; go 1.21\nexample.com/dep\n",
		"vendor/example.com/dep/dep.go": "package dep\n\nfunc Bad() int { return 1 }\n\nfunc Good() int { return 2 }\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestAModuleIsAnalyzedOffline(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command, which loads the packages, is not installed")
	}
	db, err := Database(map[string][]byte{"GO-2026-9001": []byte(advisory), "../out": []byte("{}")})
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(db)
	if names, _ := filepath.Glob(filepath.Join(db, "*")); len(names) != 1 {
		t.Fatalf("the database holds %v", names)
	}
	for _, c := range []struct {
		name, main, state, stack string
	}{
		{"the affected function is called", "package main\n\nimport \"example.com/dep\"\n\nfunc main() { use() }\n\nfunc use() { println(dep.Bad()) }\n", Called, "example.com/m.main (main.go:5)|example.com/m.use (main.go:7)|example.com/dep.Bad"},
		{"another one is", "package main\n\nimport \"example.com/dep\"\n\nfunc main() { println(dep.Good()) }\n", Imported, "example.com/dep"},
		{"nothing is imported", "package main\n\nfunc main() {}\n", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := module(t, c.main)
			r, err := Module(context.Background(), dir, db)
			if err != nil {
				t.Fatal(err)
			}
			if c.state == "" && len(r.Findings) == 0 {
				return
			}
			if len(r.Findings) != 1 || r.Findings[0].State != c.state || !strings.HasPrefix(strings.Join(r.Findings[0].Stack, "|"), c.stack) {
				t.Errorf("want %s by %s, got %+v", c.state, c.stack, r)
			}
		})
	}
}

func TestAModuleWithoutCodeIsNotAnalyzed(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command, which loads the packages, is not installed")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.com/m\n\ngo 1.21\n", "README": "", "_old/a.go": "package a\n", "vendor/x/x.go": "package x\n",
		"testdata/t.go": "package t\n", "other/go.mod": "module example.com/other\n", "other/o.go": "package other\n", "only_test.go": "package m\n",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Module(context.Background(), dir, t.TempDir()); !errors.Is(err, ErrNoCode) {
		t.Errorf("want %v, got %v", ErrNoCode, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "m.go"), []byte("package m\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !hasCode(dir) {
		t.Error("m.go is no code")
	}
}

func TestWhatCannotBeLoadedIsAnErrorInWords(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command, which loads the packages, is not installed")
	}
	db, err := Database(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(db)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/m\n\ngo 1.21\n\nrequire example.com/nowhere v1.0.0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n\nimport _ \"example.com/nowhere\"\n\nfunc main() {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Module(context.Background(), dir, db); err == nil || !strings.Contains(err.Error(), "go mod download") {
		t.Errorf("want what to do about missing modules, got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"finding": {"osv": "GO-1", "trace": [{"module": "m", "function": "f", "position": {"line": 1}}]}}`)
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parse(strings.NewReader(s))
		if err == nil {
			for _, x := range r.Findings {
				if x.State == "" || len(x.Stack) == 0 {
					t.Errorf("%+v", x)
				}
			}
		}
	})
}
