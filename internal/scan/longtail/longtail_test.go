package longtail

import (
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

func rows(t *testing.T, p, text string) []string {
	t.Helper()
	var out []string
	for _, r := range Readers() {
		if !r.Match(p) {
			continue
		}
		res, err := r.Read(manifest.MapFS{p: []byte(text)}, p)
		if err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		for _, u := range res.Usages {
			out = append(out, fmt.Sprintf("%d %s %s %s", u.Line, u.Component, u.Relation, u.Scope))
		}
		for _, pr := range res.Problems {
			out = append(out, "problem "+pr.Kind)
		}
	}
	sort.Strings(out)
	return out
}

func TestFormatsOfTheLongTail(t *testing.T) {
	for _, c := range []struct {
		path, text string
		want       []string
	}{
		{"app/pubspec.lock", "packages:\n  http:\n    dependency: \"direct main\"\n    description: {name: http}\n    source: hosted\n    version: \"1.2.0\"\n", []string{"2 pkg:pub/http@1.2.0 unknown runtime"}},
		{"mix.lock", "%{\n  \"jason\": {:hex, :jason, \"1.4.1\", \"abc\", [:mix], [], \"hexpm\", \"def\"},\n}\n", []string{"2 pkg:hex/jason@1.4.1 unknown runtime"}},
		{"Podfile.lock", "PODS:\n  - Alamofire (5.8.0)\n", []string{"2 pkg:cocoapods/Alamofire@5.8.0 unknown runtime"}},
		{"renv.lock", `{"Packages": {` + "\n" + `"dplyr": {"Package": "dplyr", "Version": "1.1.4", "Source": "Repository", "Repository": "CRAN"}}}`, []string{"2 pkg:cran/dplyr@1.1.4 unknown runtime"}},
		{".github/workflows/ci.yml", "jobs:\n  a:\n    runs-on: x\n    steps:\n    - uses: actions/checkout@v4\n", []string{"5 pkg:github/actions/checkout@v4 direct build"}},
		{"Dockerfile", "FROM debian:12 AS base\nFROM base\n", []string{"1 pkg:docker/debian@12 direct runtime"}},
		{"var/lib/rpm/Packages.db", "x", []string{"problem unsupported"}},
		{"mix.lock.txt", "", nil},
	} {
		if d := cmp.Diff(c.want, rows(t, c.path, c.text)); d != "" {
			t.Errorf("%s:\n%s", c.path, d)
		}
	}
}

func FuzzLongTail(f *testing.F) {
	names := []string{"pubspec.lock", "mix.lock", "conan.lock", "Podfile.lock", "Package.resolved", "cabal.project.freeze", "stack.yaml.lock", "renv.lock",
		"Manifest.toml", "conda-meta/a.json", ".github/workflows/a.yml", "Dockerfile", "var/lib/dpkg/status", "lib/apk/db/installed"}
	for i, s := range []string{"packages:\n  a:\n    version: \"1\"", "%{\"a\": {:hex, :a, \"1\"", "{}", "PODS:\n  - A (1)", "FROM a\nFROM $x"} {
		f.Add(uint8(i), s)
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		if strings.Count(text, "&") > 20 {
			t.Skip("alias bombs are the YAML library's own limit")
		}
		p := names[int(which)%len(names)]
		for _, r := range Readers() {
			if r.Match(p) {
				if _, err := r.Read(manifest.MapFS{p: []byte(text)}, p); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}
