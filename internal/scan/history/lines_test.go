package history_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/history"
)

// lines gives the lines of all commits of a repository by id.
func lines(t *testing.T, dir string) map[string]contribution.LineCount {
	t.Helper()
	m := mine(t, dir, nil)
	src := open(t, dir)
	odd, err := src.Oddities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]contribution.LineCount{}
	for i := range m.Blocks {
		b := &m.Blocks[i]
		found, err := history.Lines(t.Context(), src, b, odd)
		if err != nil {
			t.Fatal(err)
		}
		for row, l := range found {
			out[hex.EncodeToString(b.ID(row))] = l
		}
	}
	return out
}

// numstat sums what git says of each commit.
func numstat(r *repo) map[string]string {
	out := map[string]string{}
	for _, part := range strings.Split(r.git("log", "--numstat", "-U0", "--no-renames", "--no-merges", "--format=%x00%H", "HEAD"), "\x00")[1:] {
		all := strings.Split(part, "\n")
		added, removed := 0, 0
		for _, line := range all[1:] {
			var a, d int
			if n, _ := fmt.Sscanf(line, "%d\t%d", &a, &d); n == 2 {
				added, removed = added+a, removed+d
			}
		}
		out[all[0]] = fmt.Sprint(added, " ", removed)
	}
	return out
}

func TestLinesAreThoseOfGit(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1\n2\n3\n", "one")
	r.commit("a", "1\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "lines like heads of a patch")
	r.commit("a", "1\n+++ b/x\n", "fewer")
	r.commit("bin", "\x00\x01\x02", "binary")
	r.commit("no-newline", "x", "no newline")
	r.commit("no-newline", "y", "still none")
	r.commit("a", "1\n+++ b/x\n", "nothing")
	r.commit("long", strings.Repeat("x", 1<<20)+"\n", "long line")
	r.commit("long", strings.Repeat("x", 1<<20)+"y\nz\n", "long line again")
	r.commit("0123456789012345678901234567890123456789", strings.Repeat("0", 40)+"\n", "like an id")
	r.git("mv", "a", "b")
	r.commit("c", "c\n", "rename")
	r.git("checkout", "-q", "-b", "side", "HEAD~2")
	r.commit("d", "d\n", "side")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "--no-edit", "side")
	got := map[string]string{}
	merges := 0
	for id, l := range lines(t, r.dir) {
		if l.Added < 0 {
			merges++
			continue
		}
		got[id] = fmt.Sprint(l.Added, " ", l.Removed)
	}
	if d := cmp.Diff(numstat(r), got); d != "" {
		t.Error(d)
	}
	if merges != 1 {
		t.Errorf("%d merges", merges)
	}
}

func TestACherryPickIsTheSameChange(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1\n2\n3\n4\n5\n6\n7\n8\n", "base")
	r.git("branch", "release")
	fix := r.commit("a", "1\n2\n3\nfixed\n5\n6\n7\n8\n", "fix")
	other := r.commit("a", "1\n2\n3\nfixed\n5\n6\n7\nother\n", "other")
	r.git("checkout", "-q", "release")
	r.commit("a", "0\n1\n2\n3\n4\n5\n6\n7\n8\n", "moved")
	r.git("cherry-pick", fix)
	picked := r.git("rev-parse", "HEAD")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "-s", "ours", "--no-edit", "release")
	got := lines(t, r.dir)
	if got[fix].Patch == 0 || got[fix].Patch != got[picked].Patch {
		t.Errorf("the fix is %x, its copy %x", got[fix].Patch, got[picked].Patch)
	}
	if got[fix].Patch == got[other].Patch {
		t.Error("another change has the same id")
	}
}

func TestDamagedBlobsCostTheirCommitOnly(t *testing.T) {
	r := newRepo(t)
	var bad string
	for i := range 6 {
		id := r.commit("f", fmt.Sprint(i, "\n"), "c")
		if i == 2 {
			bad = id
		}
	}
	blob := r.git("rev-parse", bad+":f")
	remove(t, r.dir+"/.git/objects/"+blob[:2]+"/"+blob[2:])
	known := 0
	for _, l := range lines(t, r.dir) {
		if l.Added >= 0 {
			known++
		}
	}
	if known != 4 { // the commit that wrote it, and the one that changed it, are lost
		t.Errorf("the lines of %d commits are known", known)
	}
}

func TestOnePassGivesWhatTwoGive(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1\n2\n3\n", "one\n\nReviewed-by: Di <di@example.com>")
	r.commit("a", "1\n--- a/x\n"+strings.Repeat("a", 40)+"\n", "two")
	r.commit("bin", "\x00\x01", "binary")
	r.commit("bin", "\x00\x01", "nothing")
	r.git("checkout", "-q", "-b", "side", "HEAD~2")
	r.commit("diff --git", "d", "side")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "--no-edit", "side")
	r.git("update-index", "--chmod=+x", "a")
	r.commit("bin", "\x00\x02", "mode")
	for _, name := range []string{"whole", "a missing blob"} { // in this order: the damage stays
		t.Run(name, func(t *testing.T) {
			if name != "whole" {
				blob := r.git("rev-parse", "main~2:a")
				remove(t, r.dir+"/.git/objects/"+blob[:2]+"/"+blob[2:])
			}
			two := mine(t, r.dir, nil)
			one, err := history.Mine(t.Context(), open(t, r.dir), history.Options{Lines: true, Now: now})
			if err != nil {
				t.Fatal(err)
			}
			twoLines := lines(t, r.dir)
			for i := range one.Blocks {
				for row, l := range one.Blocks[i].Lines {
					id := hex.EncodeToString(one.Blocks[i].ID(row))
					if d := cmp.Diff(twoLines[id], l); d != "" {
						t.Errorf("%s: %s", id, d)
					}
				}
				one.Blocks[i].Lines = nil
			}
			if one.History.Lined == 0 || name == "whole" && one.History.Lined != one.History.Commits || one.History.Partial != "" {
				t.Errorf("%d of %d commits with lines, partial %q", one.History.Lined, one.History.Commits, one.History.Partial)
			}
			if d := cmp.Diff(commits(&two), commits(&one)); d != "" {
				t.Error(d)
			}
		})
	}
}
