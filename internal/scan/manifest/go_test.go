package manifest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// readTxtar reads one manifest of a txtar text with one reader of a family.
func readTxtar(t *testing.T, family []Reader, reader, manifest, files string) Result {
	t.Helper()
	fsys := MapFS{}
	for _, f := range txtar.Parse([]byte(files)).Files {
		fsys[f.Name] = f.Data
	}
	return readWith(t, family, reader, manifest, fsys)
}

func readWith(t *testing.T, family []Reader, reader, manifest string, fsys FS) Result {
	t.Helper()
	for _, r := range family {
		if r.Name != reader {
			continue
		}
		if !r.Match(manifest) {
			t.Fatalf("%s does not match %s", reader, manifest)
		}
		res, err := r.Read(fsys, manifest)
		if err != nil {
			t.Fatalf("%s: %v", manifest, err)
		}
		return res
	}
	t.Fatalf("no reader %s", reader)
	return Result{}
}

// brief writes usages one a line, empty fields left out.
func brief(usages []inventory.Usage) string {
	var b strings.Builder
	for _, u := range usages {
		fmt.Fprintf(&b, "%s %s:%d %s %s", strings.TrimPrefix(u.Component.String(), "pkg:"), u.Manifest, u.Line, u.Relation, u.Scope)
		if u.Requirement != "" {
			fmt.Fprintf(&b, " req=%q", u.Requirement)
		}
		for _, c := range u.Chain {
			fmt.Fprintf(&b, " via=%s", strings.TrimPrefix(c, "pkg:"))
		}
		for _, d := range u.DependsOn {
			fmt.Fprintf(&b, " needs=%s", strings.TrimPrefix(d, "pkg:"))
		}
		if u.License != "" {
			fmt.Fprintf(&b, " license=%q", u.License)
		}
		if u.Note != "" {
			fmt.Fprintf(&b, " note=%q", u.Note)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func checkResult(t *testing.T, got Result, usages string, problems []string, own ...string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimSpace(usages), strings.TrimSpace(brief(got.Usages))); diff != "" {
		t.Errorf("usages (-want +got):\n%s", diff)
	}
	var gotProblems []string
	for _, p := range got.Problems {
		gotProblems = append(gotProblems, fmt.Sprintf("%s:%d %s", p.Path, p.Line, p.Kind))
	}
	if diff := cmp.Diff(problems, gotProblems); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%v", diff, got.Problems)
	}
	if diff := cmp.Diff(own, got.Own); diff != "" {
		t.Errorf("own (-want +got):\n%s", diff)
	}
}

func TestGoMod(t *testing.T) {
	tests := []struct {
		name, manifest, files, want string
		problems, own               []string
	}{
		{
			name: "direct, indirect, case and +incompatible are kept", manifest: "go.mod",
			files: `-- go.mod --
module example.com/app

go 1.21

toolchain go1.22.1

require github.com/Azure/go-autorest v14.2.0+incompatible

require (
	golang.org/x/text v0.3.0 // indirect
	gopkg.in/yaml.v3 v3.0.1
)

retract v1.0.0
`,
			want: `
golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible go.mod:7 direct runtime req="v14.2.0+incompatible"
golang/golang.org/x/text@v0.3.0 go.mod:10 transitive runtime req="v0.3.0"
golang/gopkg.in/yaml.v3@v3.0.1 go.mod:11 direct runtime req="v3.0.1"`,
			own: []string{"pkg:golang/example.com/app?go=1.21&line=3&toolchain=go1.22.1"},
		},
		{
			name: "replacements by a directory are own, by a module are that module", manifest: "a/go.mod",
			files: `-- a/go.mod --
module example.com/a
go 1.30.7
require (
	example.com/b v1.0.0
	example.com/c v1.0.0
	example.com/d v1.0.0
	example.com/gone v1.0.0
)
replace (
	example.com/b => ../b
	example.com/c v1.0.0 => example.com/fork/c v1.2.0
	example.com/d v1.9.9 => example.com/fork/d v1.2.0
	example.com/gone => ../../gone
)
-- b/go.mod --
module example.com/b
`,
			want: `
golang/example.com/d@v1.0.0 a/go.mod:6 direct runtime req="v1.0.0"
golang/example.com/fork/c@v1.2.0 a/go.mod:5 direct runtime req="v1.0.0" note="replaces example.com/c@v1.0.0"`,
			problems: []string{"a/go.mod:13 outside the repository"},
			own:      []string{"pkg:golang/example.com/a?go=1.30.7&line=2", "pkg:golang/example.com/b", "pkg:golang/example.com/gone"},
		},
		{
			name: "a workspace makes its members and what it replaces own", manifest: "a/go.mod",
			files: `-- go.work --
go 1.22
use (
	./a
	./b
)
replace example.com/x => example.com/y v1.5.0
-- a/go.mod --
module example.com/a
go 1.22
require (
	example.com/b v1.0.0
	example.com/local v1.0.0
	example.com/x v1.0.0
)
-- b/go.mod --
module example.com/b
replace example.com/local => ./local
-- b/local/go.mod --
module example.com/local
`,
			want: `golang/example.com/y@v1.5.0 a/go.mod:6 direct runtime req="v1.0.0" note="replaces example.com/x@v1.0.0"`,
			own:  []string{"pkg:golang/example.com/a?go=1.22&line=2", "pkg:golang/example.com/local"},
		},
		{
			name: "a module that go.work does not use is alone", manifest: "c/go.mod",
			files: `-- go.work --
use ./a
-- a/go.mod --
module example.com/a
-- c/go.mod --
module example.com/c
go 1.22
require example.com/a v1.0.0
`,
			want: `golang/example.com/a@v1.0.0 c/go.mod:3 direct runtime req="v1.0.0"`,
			own:  []string{"pkg:golang/example.com/c?go=1.22&line=2"},
		},
		{
			name: "tools alone are for building", manifest: "go.mod",
			files: `-- go.mod --
module example.com/app
go 1.24
tool (
	example.com/tools/cmd/gen
	example.com/used/cmd/lint
)
require (
	example.com/tools v1.0.0 // indirect
	example.com/tools/cmd v1.1.0 // indirect
	example.com/used v1.0.0
)
`,
			want: `
golang/example.com/tools/cmd@v1.1.0 go.mod:9 direct build req="v1.1.0" note="named by a tool directive"
golang/example.com/tools@v1.0.0 go.mod:8 transitive runtime req="v1.0.0"
golang/example.com/used@v1.0.0 go.mod:10 direct runtime req="v1.0.0"`,
			own: []string{"pkg:golang/example.com/app?go=1.24&line=2"},
		},
		{
			name: "a module of nothing but tools.go is for building", manifest: "tools/go.mod",
			files: `-- tools/go.mod --
module example.com/tools
go 1.20
require example.com/lint v1.0.0
-- tools/tools.go --
//go:build tools

package tools
-- main.go --
package main
`,
			want: `golang/example.com/lint@v1.0.0 tools/go.mod:3 direct build req="v1.0.0"`,
			own:  []string{"pkg:golang/example.com/tools?go=1.20&line=2"},
		},
		{
			name: "before 1.17 go.sum tells the rest", manifest: "go.mod",
			files: `-- go.mod --
module example.com/app
go 1.16
require (
	example.com/a v1.0.0
	example.com/r v1.0.0
)
replace example.com/r => example.com/r v1.1.0
replace example.com/deep => example.com/fork v0.0.0-20200101000000-0123456789ab
exclude example.com/t v1.9.0
-- go.sum --
example.com/a v0.9.0 h1:x=
example.com/a v1.0.0 h1:x=
example.com/a v1.0.0/go.mod h1:x=
example.com/deep v0.5.0 h1:x=
example.com/fork v0.0.0-20200101000000-0123456789ab h1:x=
example.com/onlymod v1.0.0/go.mod h1:x=
example.com/r v1.1.0 h1:x=
example.com/t v1.10.0-rc.1 h1:x=
example.com/t v1.2.0 h1:x=
example.com/t v1.9.0 h1:x=
rubbish
`,
			want: `
golang/example.com/a@v1.0.0 go.mod:4 direct runtime req="v1.0.0"
golang/example.com/fork@v0.0.0-20200101000000-0123456789ab go.sum:5 transitive runtime note="from go.sum; replaces example.com/deep"
golang/example.com/r@v1.1.0 go.mod:5 direct runtime req="v1.0.0" note="replaces version v1.0.0"
golang/example.com/t@v1.10.0-rc.1 go.sum:8 transitive runtime note="from go.sum"`,
			problems: []string{"go.sum:11 malformed"},
			own:      []string{"pkg:golang/example.com/app?go=1.16&line=2"},
		},
		{
			name: "before 1.17 a missing go.sum is said", manifest: "go.mod",
			files: `-- go.mod --
module example.com/app
require example.com/a v1.0.0
`,
			want:     `golang/example.com/a@v1.0.0 go.mod:2 direct runtime req="v1.0.0"`,
			problems: []string{"go.mod:0 incomplete"},
			own:      []string{"pkg:golang/example.com/app"},
		},
		{
			name: "what Go refuses does not hide the rest", manifest: "go.mod",
			files: `-- go.mod --
module example.com/app
go 1.99
future thing
future (
	x y
)
require (
<<<<<<< HEAD
	example.com/a v1.0.0
=======
	example.com/a v1.1.0
>>>>>>> other
	example.com/branch master
	example.com/c v1.0.0 // indirect
`,
			want: `
golang/example.com/a@v1.0.0 go.mod:9 direct runtime req="v1.0.0"
golang/example.com/branch go.mod:13 direct runtime req="master" note="not a version; the go command would resolve it"
golang/example.com/c@v1.0.0 go.mod:14 transitive runtime req="v1.0.0"`,
			problems: []string{"go.mod:3 malformed", "go.mod:4 malformed", "go.mod:5 malformed", "go.mod:6 malformed", "go.mod:8 merge conflict",
				"go.mod:10 merge conflict", "go.mod:12 merge conflict", "go.mod:13 malformed", "go.mod:15 malformed"},
			own: []string{"pkg:golang/example.com/app?go=1.99&line=2"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkResult(t, readTxtar(t, goReaders(), "go-mod", tt.manifest, tt.files), tt.want, tt.problems, tt.own...)
		})
	}
}

func TestGoWorkDeclaresItsMembersOwn(t *testing.T) {
	got := readTxtar(t, goReaders(), "go-work", "go.work", `-- go.work --
go 1.22
use ./a
use ./missing
use ../outside
replace example.com/x => ./x
-- a/go.mod --
module example.com/a
`)
	checkResult(t, got, "", []string{"go.work:3 incomplete", "go.work:4 outside the repository"}, "pkg:golang/example.com/a", "pkg:golang/example.com/x")
}

func TestGoVendor(t *testing.T) {
	const modules = `-- vendor/modules.txt --
## workspace
# example.com/a v1.0.0
## explicit; go 1.17
example.com/a
example.com/a/sub
# example.com/b v1.0.0 => example.com/fork/b v1.1.0
## explicit
example.com/b
# example.com/c v1.0.0 => ./c
## explicit
example.com/c
# example.com/empty v1.0.0
# example.com/t v1.0.0
example.com/t
# example.com/b => example.com/fork/b v1.1.0
# broken
`
	t.Run("with go.mod", func(t *testing.T) {
		got := readTxtar(t, goReaders(), "go-vendor", "vendor/modules.txt", modules+`-- go.mod --
module example.com/app
go 1.17
require (
	example.com/a v1.0.0
	example.com/b v1.0.0 // indirect
)
`)
		checkResult(t, got, `
golang/example.com/a@v1.0.0 vendor/modules.txt:2 direct runtime req="v1.0.0" note="vendored"
golang/example.com/fork/b@v1.1.0 vendor/modules.txt:6 transitive runtime req="v1.0.0" note="vendored; replaces example.com/b@v1.0.0"
golang/example.com/t@v1.0.0 vendor/modules.txt:13 transitive runtime req="v1.0.0" note="vendored"`,
			[]string{"vendor/modules.txt:16 malformed"}, "pkg:golang/example.com/c")
	})
	t.Run("without go.mod", func(t *testing.T) {
		got := readTxtar(t, goReaders(), "go-vendor", "vendor/modules.txt", modules)
		checkResult(t, got, `
golang/example.com/a@v1.0.0 vendor/modules.txt:2 unknown runtime req="v1.0.0" note="vendored"
golang/example.com/empty@v1.0.0 vendor/modules.txt:12 transitive runtime req="v1.0.0" note="listed, but no package of it is vendored"
golang/example.com/fork/b@v1.1.0 vendor/modules.txt:6 unknown runtime req="v1.0.0" note="vendored; replaces example.com/b@v1.0.0"
golang/example.com/t@v1.0.0 vendor/modules.txt:13 transitive runtime req="v1.0.0" note="vendored"`,
			[]string{"vendor/modules.txt:16 malformed"}, "pkg:golang/example.com/c")
	})
}

// fuzzReaders feeds one text to every reader of a family under each name; no
// reader may panic, and each usage must have a package, a manifest, a relation
// and a scope.
func fuzzReaders(f *testing.F, family func() []Reader, names []string, seeds ...string) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := MapFS{}
		for _, n := range names {
			fsys[n] = data
		}
		for _, n := range names {
			for _, r := range family() {
				if !r.Match(n) {
					continue
				}
				res, err := r.Read(fsys, n)
				if err != nil {
					t.Fatalf("%s: %v", n, err)
				}
				for _, u := range res.Usages {
					if u.Component.Name == "" || u.Manifest == "" || u.Relation == "" || u.Scope == "" || u.Line < 1 {
						t.Errorf("%s: incomplete usage %+v", n, u)
					}
				}
			}
		}
	})
}

func FuzzGo(f *testing.F) {
	fuzzReaders(f, goReaders, []string{"go.mod", "go.sum", "go.work", "vendor/modules.txt"},
		"module example.com/a\n\nrequire (\n\texample.com/b v1.0.0 // indirect\n\texample.com/c v1.0.0\n)\nreplace example.com/b => ./b\ntool example.com/c/d\n",
		"go 1.20\nuse ./a\nuse (\n\t.\n)\n",
		"example.com/a v1.0.0 h1:x=\nexample.com/a v1.0.0/go.mod h1:x=\n",
		"# example.com/a v1.0.0 => ./b\n## explicit\nexample.com/a\n",
		"<<<<<<< HEAD\nrequire example.com/b v1\n=======\n(\n")
}

func BenchmarkGoMod(b *testing.B) {
	var mod, sum strings.Builder
	mod.WriteString("module example.com/app\n\ngo 1.16\n\nrequire (\n")
	for i := range 300 {
		fmt.Fprintf(&mod, "\texample.com/module%d v1.%d.0\n", i, i)
		for v := range 10 {
			fmt.Fprintf(&sum, "example.com/module%d v1.%d.0 h1:%044d=\nexample.com/module%d v1.%d.0/go.mod h1:%044d=\n", i, v, v, i+150, v, v)
		}
	}
	mod.WriteString(")\n")
	fsys := MapFS{"go.mod": []byte(mod.String()), "go.sum": []byte(sum.String())}
	b.ReportAllocs()
	for b.Loop() {
		if res, _ := readGoMod(fsys, "go.mod"); len(res.Usages) < 300 {
			b.Fatal(len(res.Usages))
		}
	}
}
