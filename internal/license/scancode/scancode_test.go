package scancode

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const current = `{"headers":[{"tool_name":"scancode-toolkit","tool_version":"32.3.0","options":{"input":["src"]}}],
"license_detections":[{"identifier":"x"}],
"files":[
 {"path":"src","type":"directory"},
 {"path":"src/a.c","type":"file","detected_license_expression_spdx":"GPL-2.0-or-later WITH Classpath-exception-2.0",
  "license_detections":[{"license_expression_spdx":"GPL-2.0-or-later WITH Classpath-exception-2.0","matches":[
   {"start_line":3,"end_line":9,"score":99.5,"license_expression_spdx":"GPL-2.0-or-later","rule_identifier":"gpl_1.RULE"}]}],
  "copyrights":[{"copyright":"Copyright 2020 Ada","start_line":1,"end_line":1}],"scan_errors":[]},
 {"path":"src/b.c","type":"file","detected_license_expression_spdx":null,"license_detections":[],"scan_errors":["timeout"]},
 {"path":"src/c.c","type":"file","detected_license_expression_spdx":"not an expression"}]}`

const older = `{"headers":[{"tool_name":"scancode-toolkit","tool_version":"3.2.3"}],"files":[
 {"path":"a.c","type":"file","license_expressions":["mit"],"licenses":[
  {"key":"mit","score":80.0,"spdx_license_key":"MIT","start_line":1,"end_line":1,"matched_rule":{"identifier":"mit_2.RULE"}},
  {"key":"bsd-new","score":100.0,"spdx_license_key":"BSD-3-Clause","start_line":5,"end_line":30}],
  "copyrights":[{"value":"Copyright Bob"}]}]}`

func TestDocumentsOfAllVersionsAreRead(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     *Document
	}{
		{"current", current, &Document{Tool: "scancode-toolkit", Version: "32.3.0", NotUnderstood: 1, Files: []File{
			{Path: "src/a.c", Expression: "GPL-2.0-or-later WITH Classpath-exception-2.0", Copyrights: []string{"Copyright 2020 Ada"}, Errors: []string{},
				Matches: []Match{{"GPL-2.0-or-later", 3, 9, 0.995, "gpl_1.RULE"}}},
			{Path: "src/b.c", Errors: []string{"timeout"}},
			{Path: "src/c.c", Expression: "not an expression"},
		}}},
		{"older", older, &Document{Tool: "scancode-toolkit", Version: "3.2.3", Files: []File{
			{Path: "a.c", Expression: "BSD-3-Clause AND MIT", Copyrights: []string{"Copyright Bob"},
				Matches: []Match{{"MIT", 1, 1, 0.8, "mit_2.RULE"}, {"BSD-3-Clause", 5, 30, 1, ""}}},
		}}},
		{"lines", "{\"headers\":[{\"tool_name\":\"x\",\"tool_version\":\"1\"}]}\n{\"files\":[{\"path\":\"/a\",\"type\":\"file\"}]}\n{\"files\":[{\"path\":\"b\",\"type\":\"file\"}]}\n",
			&Document{Tool: "x", Version: "1", Files: []File{{Path: "a"}, {Path: "b"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(strings.NewReader(c.in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsNoResultOfScanCodeIsAnError(t *testing.T) {
	for in, want := range map[string]error{
		`{}`: ErrNotScanCode, `[]`: ErrNotScanCode, ``: ErrNotScanCode, `{"files":3}`: ErrNotScanCode, `{"files":[{`: io.ErrUnexpectedEOF,
	} {
		if _, err := Parse(strings.NewReader(in)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestPathsAreAlignedWithTheTree(t *testing.T) {
	for _, c := range []struct{ tree, want []string }{
		{[]string{"a.c", "b.c"}, []string{"a.c", "b.c", "c.c"}},
		{[]string{"src/a.c", "src/b.c"}, []string{"src/a.c", "src/b.c", "src/c.c"}},
	} {
		d, err := Parse(strings.NewReader(current))
		if err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, p := range c.tree {
			known[p] = true
		}
		d.Align(func(p string) bool { return known[p] })
		var got []string
		for _, f := range d.Files {
			got = append(got, f.Path)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(current))
	f.Add([]byte(older))
	f.Add([]byte(`{"files":[{"path":"../../x","licenses":[{"score":1e300}]}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(bytes.NewReader(b))
		if err == nil && d.Tool == "" {
			t.Error("findings without a source")
		}
	})
}
