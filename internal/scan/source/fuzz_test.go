package source

import (
	"io/fs"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// safe holds for paths that may be shown and joined to a directory.
func safe(t *testing.T, p string) {
	t.Helper()
	if !fs.ValidPath(p) || p == "." || !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return r < ' ' || r == 0x7f && unicode.IsControl(r) }) {
		t.Errorf("unsafe: %q", p)
	}
}

func FuzzTreeEntry(f *testing.F) {
	id := strings.Repeat("a", 40)
	for _, s := range []string{"100644 blob " + id + "\ta/b", "040000 tree " + id + "\td", "160000 commit " + id + "\t\xff\x00", "120000 blob " + id + "\t../x", "\t", "1 2", "100644 blob \tx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		tree := &gitTree{subtrees: map[string]string{}}
		tree.entry(entry)
		if len(tree.files)+len(tree.subtrees)+len(tree.unsafe) > 1 {
			t.Errorf("one entry gave %+v", tree)
		}
		for _, f := range tree.files {
			safe(t, f.Path)
		}
		for p := range tree.subtrees {
			safe(t, p)
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	id := strings.Repeat("a", 40)
	for _, s := range []string{id + " blob 12", id + " missing", id + " blob -1", id + " blob 99999999999999999999", "", " ", "a b c d", "missing"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		size, missing, err := parseHeader(line)
		if size < 0 || (missing || err != nil) && size != 0 || missing && err != nil {
			t.Errorf("%d, %v, %v", size, missing, err)
		}
		if !missing && err == nil && strings.Count(line, " ") != 2 {
			t.Errorf("%q was taken for a header", line)
		}
	})
}

func FuzzEntryName(f *testing.F) {
	for _, s := range []string{"a/b", "../a", "/a", `..\a`, `C:\a`, "a/../b", ".", "", "a\xff", "a\x00b", "./a//b/", "é:x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		p, ok := entryName(name)
		if !ok {
			return
		}
		safe(t, p)
		if len(p) > 1 && p[1] == ':' {
			t.Errorf("%q has a drive", p)
		}
	})
}
