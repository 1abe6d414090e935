package longtail

import (
	"fmt"
	"path"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// read gives what all readers say of one file, a row each.
func read(t *testing.T, fsys manifest.MapFS, p string) []string {
	t.Helper()
	var out []string
	for _, r := range Readers() {
		if !r.Match(p) {
			continue
		}
		res, err := r.Read(fsys, p)
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		for _, u := range res.Usages {
			if u.Manifest != p {
				t.Errorf("%s: a usage says it is of %q", p, u.Manifest)
			}
			out = append(out, row(u))
		}
		for _, pr := range res.Problems {
			out = append(out, fmt.Sprintf("%04d problem: %s", pr.Line, pr.Kind))
		}
		for _, o := range res.Own {
			out = append(out, "own "+o)
		}
	}
	sort.Strings(out)
	return out
}

func row(u inventory.Usage) string {
	s := fmt.Sprintf("%04d %s %s %s", u.Line, u.Component, u.Relation, u.Scope)
	for _, part := range []struct{ name, text string }{{"requires", u.Requirement}, {"license", u.License}, {"note", u.Note}, {"by", strings.Join(u.Chain, " > ")}} {
		if part.text != "" {
			s += "; " + part.name + " " + part.text
		}
	}
	return s
}

func rows(t *testing.T, p, text string) []string {
	return read(t, manifest.MapFS{p: []byte(text)}, p)
}

// Each archive in testdata is a case: files, and "want" with what is found in
// the first of them.
func TestFormats(t *testing.T) {
	cases, err := txtar.ParseFile("testdata/formats.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var p string
	fsys := manifest.MapFS{}
	ran := 0
	for _, f := range cases.Files {
		name, want := strings.CutPrefix(f.Name, "want ")
		if !want {
			fsys[f.Name] = f.Data
			if p == "" {
				p = f.Name
			}
			continue
		}
		t.Run(name, func(t *testing.T) {
			got := strings.Join(read(t, fsys, p), "\n") + "\n"
			if d := cmp.Diff(string(f.Data), strings.TrimPrefix(got, "\n")); d != "" {
				t.Errorf("%s:\n%s", p, d)
			}
		})
		p, fsys = "", manifest.MapFS{}
		ran++
	}
	if ran < 15 {
		t.Errorf("only %d cases", ran)
	}
}

func TestFilesOfTheseNamesAreRead(t *testing.T) {
	for p, want := range map[string]string{
		"a/pubspec.lock": "pub-lock", "Dockerfile": "docker-base", "dockerfile": "docker-base", "x/Dockerfile.prod": "docker-base", "dev.dockerfile": "docker-base",
		"Containerfile": "docker-base", "Dockerfile.md": "", "Dockerfile.dockerignore": "", ".github/workflows/x.yml": "github-actions", "a/action.yaml": "github-actions",
		".github/x.yml": "", "reaction.yml": "", "x/conda-meta/history": "", "x/conda-meta/a.json": "conda-meta", "rootfs/var/lib/dpkg/status": "dpkg",
		"var/lib/dpkg/status.d/base.md5sums": "", "lib/apk/db/installed": "apk", "mix.lock.txt": "", "Manifest.toml": "julia-manifest", "rpmdb.sqlite": "rpm",
	} {
		got := ""
		for _, r := range Readers() {
			if r.Match(p) {
				got += r.Name
			}
		}
		if got != want {
			t.Errorf("%s is read by %q, not %q", p, got, want)
		}
	}
}

func TestTheSameFileGivesTheSameAnswer(t *testing.T) {
	cases, err := txtar.ParseFile("testdata/formats.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range cases.Files {
		for _, r := range Readers() {
			if !r.Match(f.Name) {
				continue
			}
			var first manifest.Result
			for i := range 10 {
				got, err := r.Read(manifest.MapFS{f.Name: f.Data}, f.Name)
				if err != nil {
					t.Fatal(err)
				}
				if i == 0 {
					first = got
				}
				if d := cmp.Diff(first, got); d != "" {
					t.Fatalf("%s, time %d:\n%s", f.Name, i, d)
				}
			}
		}
	}
}

// What grows with the square of a file would run for minutes here, and what
// nests without bound would end the process.
func TestHostileFilesCostTheirSize(t *testing.T) {
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
	const n = 20_000
	for _, c := range []struct{ path, text string }{
		{"pubspec.lock", "packages:\n" + repeat(n, "  p#:\n    version: \"1\"\n")},
		{"Podfile.lock", "PODS:\n" + repeat(n, "  - P# (1):\n    - P0\n") + "EXTERNAL SOURCES:\n" + repeat(n, "  P#:\n    :git: u\n")},
		{"mix.lock", "%{\n" + repeat(n, "  \"p#\": {:hex, :p#, \"1\", \"abc\", [], [], \"hexpm\", \"x\"},\n")},
		{"mix.lock", "%{\n" + repeat(n, "  \"p#\": {:git, [[[[[[[[,\n")},
		{"mix.lock", "%{" + strings.Repeat("[", 1<<20)},
		{"mix.exs", "  defp deps do\n" + repeat(n, "    [{:p#, \"~> 1.0\"}, {:q#, [[{\n")},
		{"mix.exs", "defp deps, do: [" + repeat(n, "{:p#, \"1\"}, ") + "]"},
		{"mix.exs", "defp deps do\n" + repeat(n, "{:p, \"\"\"\n")},
		{"Package.swift", repeat(n, ".package(url: \"https://h.io/a/p#\", from: \"1\")\n")},
		{"Package.swift", repeat(n, ".package(((((")},
		{"pubspec.yaml", "dependencies:\n" + repeat(n, "  p#: {git: {url: u}}\n")},
		{"Package.resolved", `{"version":2,"pins":[` + repeat(n, `{"identity":"p#","location":"https://h.io/a/p#","state":{"version":"1"}},`) + `{}]}`},
		{"renv.lock", `{"Packages":{` + repeat(n, `"p#":{"Package":"p#","Version":"1"},`) + `"x":{}}}`},
		{"Manifest.toml", repeat(n, "[[deps.A]]\nuuid = \"#\"\nversion = \"#\"\ndeps = [\"A\"]\n")},
		{"Manifest.toml", "a = " + strings.Repeat("{a=", 1<<20)},
		{"pubspec.lock", "packages: " + strings.Repeat("[", 1<<20)},
		{"pubspec.lock", strings.Repeat("- ", 1<<18)},
		{"renv.lock", strings.Repeat(`{"Packages":`, 1<<18)},
		{"vcpkg.json", strings.Repeat("[", 1<<20)},
		{"Dockerfile", repeat(n, "FROM a AS s#\nCOPY --from=s0 a b\n")},
		{"Dockerfile", "FROM " + strings.Repeat("--a ", 1<<18) + "x"},
		{"Dockerfile", "ARG A0=aaaaaaaaaaaaaaaa\n" + repeat(n, "ARG A=$A$A$A$A\n") + "FROM $A"},
		{"Dockerfile", "FROM " + strings.Repeat("${A:-", 1<<18)},
		{"Dockerfile", strings.Repeat("RUN <<A <<B <<C\n", 1<<16)},
		{".github/workflows/a.yml", "x: &s\n" + repeat(n, "- uses: a/b#@v1\n") + "jobs:\n" + repeat(n, "  j#: {steps: *s}\n")},
		{".github/workflows/a.yml", "a: &a [*a]\njobs: {x: {steps: *a}}\n"},
		{"environment.yml", "dependencies:\n" + repeat(n, "- a#=1\n")},
		{"environment.yml", "dependencies:\n- " + strings.Repeat("a", 1<<20) + "\n"},
		{"var/lib/dpkg/status", repeat(500, "Package: p#\nStatus: install ok installed\nVersion: 1\n\n")},
		{"lib/apk/db/installed", repeat(500, "P:p#\nV:1\n\n")},
		{"stack.yaml.lock", repeat(n, "  hackage: p#-1@sha256:a,1\n")},
	} {
		if got := rows(t, c.path, c.text); len(got) > 2*n+1 {
			t.Errorf("%s: %d answers", c.path, len(got))
		}
	}
	if got := rows(t, "renv.lock", strings.Repeat(" ", maxText+1)); len(got) != 1 || got[0] != "0000 problem: too large" {
		t.Errorf("%q", got)
	}
}

func FuzzLongTail(f *testing.F) {
	var names []string
	if cases, err := txtar.ParseFile("testdata/formats.txtar"); err == nil {
		for _, c := range cases.Files {
			if !strings.HasPrefix(c.Name, "want ") {
				f.Add(uint8(len(names)), string(c.Data))
				names = append(names, c.Name)
			}
		}
	}
	if len(names) == 0 {
		f.Fatal("there are no seeds")
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		p := names[int(which)%len(names)]
		for _, r := range Readers() {
			if !r.Match(p) {
				continue
			}
			res, err := r.Read(manifest.MapFS{p: []byte(text)}, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range res.Usages {
				if u.Component.Name == "" || u.Component.Type == "" || u.Line < 0 || u.Line > strings.Count(text, "\n")+1 {
					t.Errorf("%s: %+v", path.Base(p), u)
				}
			}
		}
	})
}
