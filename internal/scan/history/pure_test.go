package history

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/contribution"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestTrailers(t *testing.T) {
	for _, c := range []struct {
		message string
		want    []string
		junk    int
	}{
		{"subject\n\nCo-authored-by: A B <a@x.org>\n", []string{"co-authored A B <a@x.org>"}, 0},
		{"CO-AUTHORED-BY:A <a@x.org>", []string{"co-authored A <a@x.org>"}, 0},
		{"Reviewed-by : A <a@x.org> # for v2", []string{"reviewed A <a@x.org>"}, 0},
		{"Acked-by: A <a@x.org>, B <b@x.org>; C <c@x.org>", []string{"reviewed A <a@x.org>", "reviewed B <b@x.org>", "reviewed C <c@x.org>"}, 0},
		{"Signed-off-by: \"Quoted, Name\" <q@x.org>", []string{"signed-off Quoted, Name <q@x.org>"}, 0},
		{"Tested-by: t@x.org\r\nReported-by: a robot", []string{"tested  <t@x.org>", "reported a robot <>"}, 0},
		{"Reviewed-by:\nReviewed-by: <>\nReviewed-by: https://example.com/1", nil, 3},
		{"Reviewed-by: " + strings.Repeat("word ", 40), nil, 1},
		{" Co-authored-by: indented <i@x.org>\nSee also: this\nFixes: #1\nnot a trailer", nil, 0},
		{"Squashed:\n\nCo-authored-by: A <a@x.org>\n\nmore words\n\nSigned-off-by: B <b@x.org>", []string{"co-authored A <a@x.org>", "signed-off B <b@x.org>"}, 0},
		{"Reviewed-by: unclosed <u@x.org", []string{"reviewed unclosed <u@x.org>"}, 0},
	} {
		var got []string
		junk := trailers([]byte(c.message), func(t trailer) {
			got = append(got, string(t.kind.Kind())+" "+string(t.name)+" <"+string(t.email)+">")
		})
		if d := cmp.Diff(c.want, got); d != "" || junk != c.junk {
			t.Errorf("%q: junk %d, %s", c.message, junk, d)
		}
	}
}

func TestVersionTags(t *testing.T) {
	for _, c := range []struct {
		tag, version string
		pre, ok      bool
	}{
		{"v1.2.3", "1.2.3", false, true},
		{"1.0", "1.0", false, true},
		{"v8", "8", false, true},
		{"curl-7_88_0", "7.88.0", false, true},
		{"sdk/v1.2.3-rc.1", "1.2.3-rc.1", true, true},
		{"@scope/pkg@2.0.0-beta.3", "2.0.0-beta.3", true, true},
		{"grep-pcre2-0.1.2", "0.1.2", false, true},
		{"nomulus-20190531-RC00", "20190531-RC00", true, true},
		{"20260131", "20260131", false, true},
		{"2.0.0.Final", "2.0.0.Final", false, true},
		{"2.0b1", "2.0b1", true, true},
		{"3.1.0.post1", "3.1.0.post1", false, true},
		{"v1.0.0+build.5", "1.0.0+build.5", false, true},
		{"release-12", "12", false, true},
		{"1234", "", false, false},
		{"nightly", "", false, false},
		{"master-0d109dd", "", false, false},
		{"backport-12089-to-4.0.x", "", false, false},
		{"feat/2867-words", "", false, false},
		{"rc-8_22_0-1", "8.22.0-1", true, true},
		{"nightly/2026.01.31", "2026.01.31", true, true},
		{"repro-5078", "", false, false},
		{"src-2.1", "2.1", false, true},
		{"v1.0 beta", "", false, false},
		{"", "", false, false},
	} {
		version, pre, ok := ParseVersionTag(c.tag)
		if version != c.version || pre != c.pre || ok != c.ok {
			t.Errorf("%q is %q, prerelease %v, %v", c.tag, version, pre, ok)
		}
	}
}

func TestHostilePathsAreNoCommits(t *testing.T) {
	id, other := strings.Repeat("a", 40), strings.Repeat("b", 40)
	field := func(s ...string) string { return strings.Join(s, "\x00") + "\x00" }
	log := field(id, "", "A", "a@x", "1 +0000", "A", "a@x", "1 +0000", "m", "", "\nM", other, "A", "\nM", "D", "x") +
		field(other, id, "B", "b@x", "2 +0000", "B", "b@x", "2 +0000", "merge", "")
	r := &logReader{in: bufio.NewReaderSize(strings.NewReader(log), 16)}
	var c rawCommit
	if err := r.read(&c); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{other, "\nM", "x"}, []string{string(c.paths[0]), string(c.paths[1]), string(c.paths[2])}); d != "" {
		t.Error(d)
	}
	if err := r.read(&c); err != nil || string(c.id) != other || string(c.authorName) != "B" || len(c.paths) != 0 {
		t.Errorf("%s, %v", c.id, err)
	}
	if err := r.read(&c); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func FuzzLog(f *testing.F) {
	id := strings.Repeat("a", 40)
	f.Add([]byte(id + "\x00\x00A\x00a@x\x001 +0000\x00A\x00a@x\x001 +0000\x00Reviewed-by: x <y@z>\x00\x00\nM\x00p\x00" + id + "\x00"))
	f.Add([]byte("\n\x00"))
	f.Add([]byte(id + "\x00\x00A\x00a@x\x001 +0000\x00A\x00a@x\x001 +0000\x00m\x00\x00\n:1 2 3 4 M\x00p\x00\x00diff --git a/p b/p\n@@ -0,0 +1 @@\n+x\n" + id + "\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := &logReader{in: bufio.NewReaderSize(bytes.NewReader(in), 16)}
		if len(in)%2 == 0 {
			r.in = bufio.NewReaderSize(bytes.NewReader(in), 128)
			r.patch = &patchReader{in: r.in}
		}
		b := newBuilder(&contribution.History{}, now)
		_, _ = consume(r, b, false, nil, nil)
		b.finish()
		rows := 0
		for i := range b.blocks {
			if len(b.blocks[i].IDs) != b.blocks[i].Len()*b.blocks[i].IDSize || len(b.paths[i].Touched) != b.blocks[i].Len() {
				t.Fatal("columns differ in length")
			}
			rows += b.blocks[i].Len()
		}
		if rows != b.history.Commits {
			t.Fatalf("%d rows of %d commits", rows, b.history.Commits)
		}
	})
}

func FuzzPatch(f *testing.F) {
	f.Add([]byte(strings.Repeat("a", 40) + "\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n-b\n+c\n\\ No newline at end of file\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := &patchReader{in: bufio.NewReaderSize(bytes.NewReader(in), 16)}
		_ = r.each(func(id []byte, n contribution.LineCount) {
			if !isID(id) || n.Added < 0 || n.Removed < 0 || int(n.Added+n.Removed) > len(in) {
				t.Fatalf("%s: %+v", id, n)
			}
		})
	})
}

func FuzzTrailersAndIdents(f *testing.F) {
	f.Add([]byte("Co-authored-by: A <a@x>, B <b@x>"))
	f.Add([]byte("author A <a@x> 1 +0000"))
	f.Add([]byte("v1.2.3-rc1"))
	f.Fuzz(func(t *testing.T, in []byte) {
		trailers(in, func(x trailer) {
			if nobody(x.name, x.email) {
				t.Fatalf("%q names nobody", in)
			}
		})
		partIdent(in)
		if version, _, ok := ParseVersionTag(string(in)); ok != (version != "") {
			t.Fatalf("%q: %q, %v", in, version, ok)
		}
		if s, _, _ := cleanText(in); len(s) > 2*maxName {
			t.Fatalf("%d bytes of text", len(s))
		}
	})
}
