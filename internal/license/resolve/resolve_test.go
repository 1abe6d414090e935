package resolve

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func reuse(t *testing.T, path, content string) Annotations {
	t.Helper()
	a, err := ParseAnnotations(path, []byte(content), nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const docsAreCC = "version = 1\n[[annotations]]\npath = \"docs/**\"\nSPDX-License-Identifier = \"CC-BY-4.0\"\n"

func TestEachFileIsAnsweredByTheNearestThatSpeaks(t *testing.T) {
	files := []File{
		{Path: "LICENSE", Expression: "MIT", TextOnly: true},
		{Path: "NOTICE"},
		{Path: "README.md"},
		{Path: "REUSE.toml", Expression: "CC-BY-4.0"},
		{Path: "data/collection.txt", Expression: "GPL-3.0-only", TextOnly: true},
		{Path: "docs/a.md"},
		{Path: "docs/own.md", Expression: "ISC"},
		{Path: "img.png"}, {Path: "img.png.license", Expression: "CC0-1.0"},
		{Path: "lib/COPYING", Expression: "LGPL-2.1-only"},
		{Path: "lib/deep/x.c"},
		{Path: "lib/see.c", RefersTo: []string{"../LICENSE"}},
		{Path: "odd/LICENSE"}, // not recognized
		{Path: "odd/x.c"},
		{Path: "odd/see.c", RefersTo: []string{"LICENSE"}},
		{Path: "pkg/package.json", Declares: "Apache-2.0", Expression: "Apache-2.0"},
		{Path: "pkg/x.js"},
		{Path: "src/lost.c", RefersTo: []string{"COPYRIGHT.old"}},
		{Path: "src/more.c", Expression: "Zlib", RefersTo: []string{"licence.txt"}},
		{Path: "third_party/x/y.c"},
		{Path: "LICENSES/ISC.txt", Expression: "ISC", TextOnly: true},
		{Path: "LICENSES/readme"},
	}
	want := map[string]Answer{
		"LICENSE":             {Expression: "MIT", How: Own},
		"NOTICE":              {Expression: "MIT", How: Inherited, From: []string{"LICENSE"}},
		"README.md":           {Expression: "MIT", How: Inherited, From: []string{"LICENSE"}},
		"REUSE.toml":          {Expression: "MIT", How: Inherited, From: []string{"LICENSE"}},
		"data/collection.txt": {Expression: "MIT", How: Inherited, From: []string{"LICENSE"}},
		"docs/a.md":           {Expression: "CC-BY-4.0", How: Annotated, From: []string{"REUSE.toml"}},
		"docs/own.md":         {Expression: "ISC", How: Own},
		"img.png":             {Expression: "CC0-1.0", How: Adjacent, From: []string{"img.png.license"}},
		"img.png.license":     {Expression: "CC0-1.0", How: Own},
		"lib/COPYING":         {Expression: "LGPL-2.1-only", How: Own},
		"lib/deep/x.c":        {Expression: "LGPL-2.1-only", How: Inherited, From: []string{"lib/COPYING"}},
		"lib/see.c":           {Expression: "MIT", How: Referred, From: []string{"LICENSE"}},
		"odd/LICENSE":         {How: Unknown},
		"odd/x.c":             {How: Unknown, From: []string{"odd/LICENSE"}, Note: "no license was recognized in odd/LICENSE"},
		"odd/see.c":           {How: Unknown, From: []string{"odd/LICENSE"}, Note: "it refers to odd/LICENSE, in which no license was recognized"},
		"pkg/package.json":    {Expression: "Apache-2.0", How: Own},
		"pkg/x.js":            {Expression: "Apache-2.0", How: Inherited, From: []string{"pkg/package.json"}},
		"src/lost.c":          {Expression: "MIT", How: Inherited, From: []string{"LICENSE"}, Note: "it refers to COPYRIGHT.old, which is not in the tree"},
		"src/more.c":          {Expression: "MIT AND Zlib", How: Referred, From: []string{"LICENSE"}},
		"third_party/x/y.c":   {How: Unknown, Note: "it lies below third_party, which holds copies of others' code; the license outside it does not reach in"},
		"LICENSES/ISC.txt":    {Expression: "ISC", How: Own},
		"LICENSES/readme":     {Expression: "MIT", How: Inherited, From: []string{"LICENSE"}},
	}
	r := Resolve(files, []Annotations{reuse(t, "REUSE.toml", docsAreCC)})
	got := map[string]Answer{}
	for _, a := range r.Answers {
		path := a.Path
		a.Path = ""
		got[path] = a
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r.Primary != "MIT" || cmp.Diff([]string{"LICENSE"}, r.PrimaryFrom) != "" {
		t.Errorf("primary %q from %q", r.Primary, r.PrimaryFrom)
	}
}

func TestAnUnreadLicenseIsNoReasonToLookFurther(t *testing.T) {
	r := Resolve([]File{{Path: "LICENSE", Expression: "MIT"}, {Path: "odd/LICENSE"}, {Path: "odd/x.c"}}, nil)
	for _, a := range r.Answers {
		if a.Path == "odd/x.c" && (a.How != Unknown || a.Expression != "") {
			t.Errorf("%+v: the directory has a license of its own, which nobody read", a)
		}
	}
}

func TestPrecedenceOfAnnotations(t *testing.T) {
	for _, c := range []struct{ precedence, own, want string }{
		{"closest", "ISC", "ISC"}, {"closest", "", "MIT"}, {"aggregate", "ISC", "ISC AND MIT"}, {"override", "ISC", "MIT"},
	} {
		note := reuse(t, "REUSE.toml", "version = 1\n[[annotations]]\npath = \"**\"\nprecedence = \""+c.precedence+"\"\nSPDX-License-Identifier = \"MIT\"\n")
		r := Resolve([]File{{Path: "a/b.c", Expression: c.own}}, []Annotations{note})
		if got := r.Answers[0].Expression; got != c.want {
			t.Errorf("%s, own %q: %q, want %q", c.precedence, c.own, got, c.want)
		}
	}
}

func TestTheNearestREUSEFileDecides(t *testing.T) {
	outer := reuse(t, "REUSE.toml", "version = 1\n[[annotations]]\npath = \"**\"\nSPDX-License-Identifier = \"MIT\"\n")
	inner := reuse(t, "lib/REUSE.toml", "version = 1\n[[annotations]]\npath = \"x.c\"\nSPDX-License-Identifier = \"ISC\"\n")
	r := Resolve([]File{{Path: "lib/x.c"}, {Path: "lib/y.c"}}, []Annotations{outer, inner})
	if got := []string{r.Answers[0].Expression, r.Answers[1].Expression}; cmp.Diff([]string{"ISC", "MIT"}, got) != "" {
		t.Error(got)
	}
}

func TestDebianDescribesAndTheFilesKnowBetter(t *testing.T) {
	deb := reuse(t, "debian/copyright", "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nCopyright: 2020 Ada\nLicense: GPL-2+\n")
	r := Resolve([]File{{Path: "a.c"}, {Path: "b.c", Expression: "MIT"}, {Path: "debian/copyright", Expression: "GPL-3.0-only"}, {Path: "debian/rules"}}, []Annotations{deb})
	var got []string
	for _, a := range r.Answers {
		got = append(got, a.Expression)
	}
	if d := cmp.Diff([]string{"GPL-2.0-or-later", "MIT", "GPL-2.0-or-later", "GPL-2.0-or-later"}, got); d != "" {
		t.Error(d)
	}
}

func TestDirectoriesWithSeveralTexts(t *testing.T) {
	for _, c := range []struct {
		name  string
		files []File
		want  string
	}{
		{"a choice that a manifest declares", []File{{Path: "Cargo.toml", Declares: "MIT OR Apache-2.0"}, {Path: "LICENSE-APACHE", Expression: "Apache-2.0"}, {Path: "LICENSE-MIT", Expression: "MIT"}}, "Apache-2.0 OR MIT"},
		{"texts alone hold together", []File{{Path: "LICENSE-APACHE", Expression: "Apache-2.0"}, {Path: "LICENSE-MIT", Expression: "MIT"}}, "Apache-2.0 AND MIT"},
		{"the LGPL with the GPL that it adds to", []File{{Path: "COPYING", Expression: "GPL-3.0-only"}, {Path: "COPYING.LESSER", Expression: "LGPL-3.0-only"}}, "LGPL-3.0-only"},
		{"or later in the manifest, the text beside it", []File{{Path: "COPYING", Expression: "GPL-2.0-only"}, {Path: "package.json", Declares: "GPL-2.0-or-later"}}, "GPL-2.0-or-later"},
		{"they disagree", []File{{Path: "LICENSE", Expression: "MIT"}, {Path: "package.json", Declares: "ISC"}}, "ISC AND MIT"},
		{"a license file that refers on", []File{{Path: "LICENSE", RefersTo: []string{"legal/mit.txt"}}, {Path: "legal/mit.txt", Expression: "MIT", TextOnly: true}}, "MIT"},
		{"notices of others", []File{{Path: "LICENSE", Expression: "MIT"}, {Path: "THIRD-PARTY-NOTICES.txt", Expression: "GPL-2.0-only"}}, "MIT"},
		{"nothing", []File{{Path: "main.c", Expression: "MIT"}}, ""},
	} {
		if got := Resolve(c.files, nil).Primary; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReferencesInARingEnd(t *testing.T) {
	r := Resolve([]File{{Path: "LICENSE", RefersTo: []string{"COPYING"}}, {Path: "COPYING", RefersTo: []string{"LICENSE"}}, {Path: "x.c", RefersTo: []string{"LICENSE", "x.c"}}}, nil)
	for _, a := range r.Answers {
		if a.Expression != "" || a.How != Unknown {
			t.Errorf("%+v", a)
		}
	}
}

func TestTheTableNamesSetsNotFiles(t *testing.T) {
	files := []File{{Path: "LICENSE", Expression: "MIT"}, {Path: "a.c"}, {Path: "b.c"}, {Path: "odd.c", Expression: "ISC"},
		{Path: "docs/a.md", Expression: "CC-BY-4.0"}, {Path: "docs/b.md", Expression: "CC-BY-4.0"}, {Path: "docs/sub/c.md", Expression: "CC-BY-4.0"}, {Path: "docs/x.py"},
		{Path: "src/1.png", Expression: "CC0-1.0"}, {Path: "src/2.png", Expression: "CC0-1.0"}, {Path: "src/3.png", Expression: "CC0-1.0"},
		{Path: "src/a.c"}, {Path: "src/b.c"}, {Path: "src/c.c"}, {Path: "src/d.c"}}
	want := []Set{
		{Pattern: "**", Expression: "MIT", Files: 7, Examples: []string{"LICENSE", "a.c", "b.c"}},
		{Pattern: "odd.c", Expression: "ISC", Files: 1, Examples: []string{"odd.c"}},
		{Pattern: "docs/**", Expression: "CC-BY-4.0", Files: 3, Examples: []string{"docs/a.md", "docs/b.md", "docs/sub/c.md"}},
		{Pattern: "docs/x.py", Expression: "MIT", Files: 1, Examples: []string{"docs/x.py"}},
		{Pattern: "src/*.png", Expression: "CC0-1.0", Files: 3, Examples: []string{"src/1.png", "src/2.png", "src/3.png"}},
	}
	if d := cmp.Diff(want, Resolve(files, nil).Table); d != "" {
		t.Error(d)
	}
}

// Every file is answered once, counted in one row, and rows of the table give
// each file the license of its answer when the last that names it holds.
func TestTheTableSaysWhatTheAnswersSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		licenses := rapid.SampledFrom([]string{"", "MIT", "ISC", "Zlib"})
		paths := rapid.SliceOfNDistinct(rapid.StringMatching(`([a-c]/){0,3}[a-e]\.(c|md)`), 1, 40, rapid.ID[string]).Draw(t, "paths")
		var files []File
		for _, p := range paths {
			files = append(files, File{Path: p, Expression: licenses.Draw(t, p)})
		}
		r := Resolve(files, nil)
		if len(r.Answers) != len(files) {
			t.Fatalf("%d answers for %d files", len(r.Answers), len(files))
		}
		counted := 0
		for _, s := range r.Table {
			counted += s.Files
		}
		if counted != len(files) {
			t.Fatalf("the table counts %d files of %d: %+v", counted, len(files), r.Table)
		}
		for _, a := range r.Answers {
			if got := byTable(r.Table, a.Path); got != a.Expression {
				t.Fatalf("%s is %q, by the table %q: %+v", a.Path, a.Expression, got, r.Table)
			}
		}
	})
}

func FuzzResolve(f *testing.F) {
	f.Add("LICENSE", "a/LICENSE", "../LICENSE", "MIT")
	f.Add("a\x00b", "//", `..\..\x`, "(")
	f.Fuzz(func(t *testing.T, p1, p2, ref, expr string) {
		r := Resolve([]File{{Path: p1, Expression: expr, RefersTo: []string{ref}}, {Path: p2, RefersTo: []string{ref, p1}}}, nil)
		if len(r.Answers) != 2 {
			t.Errorf("%d answers", len(r.Answers))
		}
	})
}
