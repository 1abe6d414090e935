package marked

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sample() *Document {
	text := "one\ntwo MIT three\n\nfour\nfive\nsix\nseven\neight\nnine\n"
	return &Document{Title: "a.txt", Facts: [][2]string{{"licenses", "MIT"}}, Text: []byte(text),
		Marks: []Mark{{Start: 4, End: 17, Label: "outer", Detail: "line 2"}, {Start: 8, End: 11, Label: "MIT", Detail: "line 2"}}}
}

func TestMarkedLinesAreShownAndTheOthersLeftOut(t *testing.T) {
	var b bytes.Buffer
	if err := Terminal(&b, sample(), Options{}); err != nil {
		t.Fatal(err)
	}
	want := `a.txt
  licenses: MIT
  [1] outer: line 2
  [2] MIT: line 2

     1   one
     2 > two MIT three [1] [2]
     3   
     4   four
       … 5 lines
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestTheShorterMarkShows(t *testing.T) {
	var b bytes.Buffer
	if err := Terminal(&b, sample(), Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[30;43mtwo \x1b[0m\x1b[30;46mMIT\x1b[0m\x1b[30;43m three\x1b[0m"; !strings.Contains(b.String(), want) {
		t.Errorf("%q does not hold %q", b.String(), want)
	}
}

func TestHostileTextReachesNeitherTerminalNorPage(t *testing.T) {
	d := &Document{Title: "<x>\x1b[2J", Text: []byte("<script>alert(1)</script>\x1b]0;x\x07 \xff\u202e MIT"), Marks: []Mark{{0, 8, "<b>", "\x1b[31m"}}}
	var text, page bytes.Buffer
	if err := Terminal(&text, d, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := HTML(&page, d); err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{"terminal": text.String(), "page": page.String()} {
		if strings.ContainsAny(s, "\x1b\x07\u202e") {
			t.Errorf("%s: control characters in %q", name, s)
		}
	}
	for _, bad := range []string{"<script", "<x>", "<b>"} {
		if strings.Contains(page.String(), bad) {
			t.Errorf("the page holds %s", bad)
		}
	}
}

func FuzzLinesHoldTheWholeText(f *testing.F) {
	f.Add([]byte("a\nb MIT c\n"), 3, 6, 0, 9)
	f.Add([]byte("\n\n"), 0, 1, 1, 2)
	f.Fuzz(func(t *testing.T, text []byte, a, b, c, e int) {
		clamp := func(i int) int { return max(0, min(i, len(text))) }
		d := &Document{Text: bytes.ToValidUTF8(text, nil), Marks: []Mark{{Start: clamp(a), End: clamp(b)}, {Start: clamp(c), End: clamp(e)}}}
		for i := range d.Marks {
			d.Marks[i].Start, d.Marks[i].End = min(d.Marks[i].Start, len(d.Text)), min(d.Marks[i].End, len(d.Text))
		}
		var got []string
		for _, l := range d.lines() {
			s := ""
			for _, seg := range l.Segments {
				s += seg.Text
			}
			got = append(got, s)
		}
		want := strings.TrimSuffix(string(d.Text), "\n")
		if s := strings.Join(got, "\n"); len(got) > 0 && s != want && !strings.Contains(s, "\uFFFD") {
			t.Errorf("%q became %q", want, s)
		}
	})
}
