package license

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestREUSEAnnotationsHoldByPath(t *testing.T) {
	as, err := ParseREUSE([]byte(`version = 1

[[annotations]]
path = ["po/*.po", "docs/**"]
SPDX-FileCopyrightText = ["2020 Jane Doe", "2021 Acme"]
SPDX-License-Identifier = "GPL-3.0-or-later OR MIT"

[[annotations]]
path = "docs/logo\\*.png"
precedence = "override"
SPDX-FileCopyrightText = "2019 Bob"
SPDX-License-Identifier = ["CC-BY-4.0", "MIT"]
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want, precedence string }{
		{"po/de.po", "GPL-3.0-or-later OR MIT", "closest"},
		{"po/sub/de.po", "", ""},
		{"docs/a/b/c.md", "GPL-3.0-or-later OR MIT", "closest"},
		{"docs/logo*.png", "CC-BY-4.0 AND MIT", "override"},
		{"docs/logo2.png", "GPL-3.0-or-later OR MIT", "closest"},
		{"src/x.go", "", ""},
	} {
		a, ok := AnnotationFor(as, c.path)
		if ok != (c.want != "") || a.Expression.String() != c.want || a.Precedence != c.precedence {
			t.Errorf("%s: %q %q %v", c.path, a.Expression, a.Precedence, ok)
		}
	}
	if diff := cmp.Diff([]string{"2020 Jane Doe", "2021 Acme"}, as[0].Copyrights); diff != "" {
		t.Error(diff)
	}
}

func TestREUSEErrorsSayWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"version = 2", "only version 1"},
		{"version = 1\n[[annotations]]\nSPDX-License-Identifier = \"MIT\"", "annotation 1 has no path"},
		{"version = 1\n[[annotations]]\npath = \"x\"\nprecedence = \"first\"", "unknown precedence"},
		{"version = 1\nversion = =", "line 2"},
		{strings.Repeat("[", 5000), "deep"},
	} {
		if _, err := ParseREUSE([]byte(c.in)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v", clip(c.in), err)
		}
	}
}

func TestDEP5ParagraphsHoldByPath(t *testing.T) {
	as, err := ParseDEP5([]byte(`Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: widget

Files: *
Copyright: 2010 Jane Doe
           2012-2014 Acme, Inc.
License: GPL-2+

# a comment
Files: lib/*.c
 lib/?.h
Copyright: 2001 Bob
License: Expat or Artistic-2.0
 Permission is granted.

Files: odd/*
Copyright: nobody
License: Strange

License: GPL-2+
 The text.
`), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, want, raw string
		line            int
	}{
		{"main.c", "GPL-2.0-or-later", "GPL-2+", 4},
		{"lib/x.c", "MIT OR Artistic-2.0", "Expat or Artistic-2.0", 10},
		{"lib/deep/x.c", "MIT OR Artistic-2.0", "Expat or Artistic-2.0", 10},
		{"lib/a.h", "MIT OR Artistic-2.0", "Expat or Artistic-2.0", 10},
		{"lib/ab.h", "GPL-2.0-or-later", "GPL-2+", 4},
		{"odd/x", "", "Strange", 16},
	} {
		a, ok := AnnotationFor(as, c.path)
		if !ok || a.Expression.String() != c.want || a.Raw != c.raw || a.Line != c.line {
			t.Errorf("%s: %+v %v", c.path, a, ok)
		}
	}
	if diff := cmp.Diff([]string{"2010 Jane Doe", "2012-2014 Acme, Inc."}, as[0].Copyrights); diff != "" {
		t.Error(diff)
	}
	if a, _ := AnnotationFor(as, "odd/x"); a.Note == "" {
		t.Error("what is not understood needs a note")
	}
	if _, err := ParseDEP5([]byte("This package was made by hand.\n"), nil); err == nil {
		t.Error("prose was accepted")
	}
}

func TestDEP5NamesOfTheirOwnAreReadByTheirTexts(t *testing.T) {
	identify := func(text string) string {
		switch {
		case strings.Contains(text, "as you like\n\nwith"):
			return "Fair"
		case strings.Contains(text, "two clauses"):
			return "BSD-2-Clause"
		case strings.Contains(text, "special exception"):
			return "GPL-2.0-or-later WITH Autoconf-exception-generic"
		}
		return ""
	}
	as, err := ParseDEP5([]byte(`Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: a
License: Acme-permissive

Files: b
License: GPL-3+ or Acme-permissive, and BSD

Files: c
License: inline
 You may, by two clauses.

Files: d
License: GPL-2+ with Frobnicate exception

Files: e
License: GPL-2+ with Frobnicate-data exception

Files: f
License: odd

Files: g
License: GPL-3+ with Autoconf exception

License: acme-permissive
 Do as you like
 .
 with it.

License: BSD
 Of two clauses.

License: GPL-2+ with Frobnicate exception
 As a special exception...

License: odd
 Nobody knows.

License: GPL-3+
 In two clauses.
`), identify)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"a": "Fair", "b": "GPL-3.0-or-later OR Fair AND BSD-2-Clause", "c": "BSD-2-Clause", "d": "GPL-2.0-or-later WITH Autoconf-exception-generic",
		"e": "GPL-2.0-or-later", "f": "", "g": "GPL-3.0-or-later WITH Autoconf-exception-generic-3.0",
	}
	for path, expr := range want {
		if a, ok := AnnotationFor(as, path); !ok || a.Expression.String() != expr || a.Note == "" {
			t.Errorf("%s: %s (%s), not %s", path, a.Expression, a.Note, expr)
		}
	}
}

func TestLicenseFilesAreKnownByName(t *testing.T) {
	for p, want := range map[string]bool{
		"LICENSE": true, "license.md": true, "COPYING": true, "COPYING.LESSER": true, "src/NOTICE.txt": true, "LICENSE-MIT": true, "LICENSE_APACHE": true,
		"MIT-LICENSE": true, "MIT-LICENSE.txt": true, "LICENSES/MIT.txt": true, "UNLICENSE": true, "licence": true, "COPYRIGHT": true, "ThirdPartyNotices.txt": true,
		"license.go": false, "licenses.json": false, "LICENSES/x.go": false, "noticeboard.txt": false, "README.md": false, "internal/license/doc.go": false,
		"a/licensed": false, "copying_files.py": false, "EULA.rtf": true, "LICENSE.BSD": true, "debian/copyright": true,
	} {
		if got := IsLicenseFile(p); got != want {
			t.Errorf("%s: %v", p, got)
		}
	}
}

func FuzzDEP5(f *testing.F) {
	f.Add([]byte("Format: x\n\nFiles: *\nLicense: MIT\n"), "a/b")
	f.Add([]byte("Format: x\n\nFiles: \\*?*\n\tb\nLicense: GPL-2+\nCopyright: c\n .\n"), "x")
	f.Fuzz(func(t *testing.T, b []byte, path string) {
		as, err := ParseDEP5(b, func(text string) string { return strings.TrimSpace(text) })
		if err != nil {
			return
		}
		lines := strings.Count(string(b), "\n") + 1
		for _, a := range as {
			if a.Line < 1 || a.Line > lines || a.Expression.IsZero() && a.Note == "" {
				t.Fatalf("%+v", a)
			}
		}
		AnnotationFor(as, path[:min(len(path), 200)])
	})
}

func FuzzREUSE(f *testing.F) {
	f.Add([]byte("version = 1\n[[annotations]]\npath = [\"a**\"]\nSPDX-License-Identifier = \"MIT\"\n"), "a/b")
	f.Fuzz(func(t *testing.T, b []byte, path string) {
		as, err := ParseREUSE(b)
		if err == nil {
			AnnotationFor(as, path[:min(len(path), 200)])
		}
	})
}
