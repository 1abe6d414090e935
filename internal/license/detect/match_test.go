package detect

import (
	"strings"
	"testing"

	"github.com/tributary-oss/tributary/internal/license"
)

func text(t testing.TB, id string) string {
	t.Helper()
	s, ok := license.Text(id)
	if !ok {
		t.Fatalf("no text of %s", id)
	}
	return s
}

func TestTheTextsOfTheSPDXListAreFound(t *testing.T) {
	if testing.Short() {
		t.Skip("all texts take a second")
	}
	found, all := 0, 0
	var wrong []string
	for _, id := range license.IDs() {
		s, ok := license.Text(id)
		if !ok || len(strings.Fields(s)) < 20 || strings.HasSuffix(id, "-or-later") || strings.Contains(id, "invariants") || strings.HasSuffix(id, "-RFN") {
			continue
		}
		all++
		r := Detect([]byte(s))
		if strings.Contains(" "+r.Expression+" ", id) {
			found++
		} else {
			wrong = append(wrong, id+" as "+r.Expression)
		}
	}
	t.Logf("%d of %d; not found: %s", found, all, strings.Join(wrong, "; "))
	if found*100 < all*97 {
		t.Errorf("only %d of %d texts are found as what they are", found, all)
	}
}

func TestATextIsFoundWhateverStandsAroundIt(t *testing.T) {
	mit, bsd := text(t, "MIT"), text(t, "BSD-3-Clause")
	for name, file := range map[string]string{
		"in a comment of C":       "/*\n * " + strings.ReplaceAll(mit, "\n", "\n * ") + "\n */\nint main(void) { return 0; }\n",
		"in a comment of Lisp":    ";;; " + strings.ReplaceAll(mit, "\n", "\n;;; "),
		"in a comment of Fortran": "C     " + strings.ReplaceAll(mit, "\n", "\nC     "),
		"in m4":                   "dnl " + strings.ReplaceAll(mit, "\n", "\ndnl "),
		"in one line":             strings.Join(strings.Fields(mit), " "),
		"in HTML":                 "<html><body><p>" + strings.ReplaceAll(mit, "\n\n", "</p>\n<p>") + "</p></body></html>",
		"in a string":             `x = "` + strings.ReplaceAll(strings.ReplaceAll(mit, `"`, `\"`), "\n", `\n`) + `"`,
		"in capitals":             strings.ToUpper(mit),
		"with CRLF":               strings.ReplaceAll(mit, "\n", "\r\n"),
		"hyphenated":              strings.Replace(strings.Replace(mit, "restriction", "restric-\ntion", 1), "publish", "pub-\nlish", 1),
	} {
		if got := Detect([]byte(file)).Expression; got != "MIT" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := Detect([]byte(mit + "\n\n----\n\n" + bsd)).Expression; got != "BSD-3-Clause AND MIT" {
		t.Errorf("two texts: %q", got)
	}
}

func TestEvidenceSaysWhereAndHowMuch(t *testing.T) {
	file := "line one\nline two\n" + strings.Replace(text(t, "MIT"), "without restriction", "with some restriction", 1)
	r := Detect([]byte(file))
	if len(r.Matches) != 1 {
		t.Fatalf("%d matches", len(r.Matches))
	}
	m := r.Matches[0]
	if m.Kind != "text" || m.Expression != "MIT" || m.FirstLine < 3 || m.LastLine <= m.FirstLine || m.Covered < 0.9 || m.Covered >= 1 || m.Distance == 0 || !strings.Contains(m.Rule, "MIT") || len(m.TextHash) != 64 {
		t.Errorf("%+v", m)
	}
	if got := file[m.Start:m.End]; !strings.Contains(got, "with some restriction") {
		t.Errorf("the offsets name %q", got)
	}
}

func TestPartsOfLongTextsAreNoOtherLicenses(t *testing.T) {
	for _, id := range []string{"GPL-3.0-only", "LGPL-2.1-only", "MPL-2.0", "EPL-2.0", "Apache-2.0", "CC-BY-SA-4.0"} {
		if got := Detect([]byte(text(t, id))).Expression; got != id {
			t.Errorf("the text of %s is taken for %q", id, got)
		}
	}
}

func TestAMemoChangesNoAnswer(t *testing.T) {
	m := NewMemo()
	header := "Copyright 20%d Somebody\n\n" + text(t, "BSD-2-Clause") + "\nfunc main() {}\n"
	for i := range 20 {
		b := []byte(strings.Replace(header, "%d", string(rune('0'+i%10))+"1", 1))
		if got, want := DetectWith(b, m).Expression, Detect(b).Expression; got != want {
			t.Fatalf("with a memo %q, without %q", got, want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	for _, s := range []string{"SPDX-License-Identifier: MIT OR (GPL-2.0+ WITH Classpath-exception-2.0", "either version 2 or (at your option) any later version of the GNU GPL", "{\\rtf1 \\'e9 license}", "\xff\xfeL\x00i\x00", "<a href=\"http://creativecommons.org/licenses/by/\">", "MODULE_LICENSE(\"", "license:\x00", houseLicense, "\x00\x01\x02", "GPLv2-\n", strings.Repeat("gnu general ", 50)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := Detect(b)
		for _, m := range r.Matches {
			if m.FirstLine < 1 || m.LastLine < m.FirstLine || m.Score < 0 || m.Score > 1 || m.Start < 0 || m.End < m.Start {
				t.Errorf("%+v", m)
			}
		}
		if r.Expression != "" {
			if _, err := license.Parse(r.Expression); err != nil {
				t.Errorf("%q: %v", r.Expression, err)
			}
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add(indexFile[:2000])
	f.Add([]byte(indexMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		decodeCorpus(b) // says so or reads it; it must not panic
	})
}
