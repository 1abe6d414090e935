package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/scan/history"
)

func TestACommitSaysWhoDidWhatWhen(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	id := r.commit("dir/b c\n", "2", "two\n\nbody\n\nCo-authored-by: Bo <bo@example.com>\nReviewed-by: Di Ex <di@example.com>\nSigned-off-by: Ada <ada@example.com>\nTested-by: Eve <eve@example.com>\nReported-by: a robot")
	m := mine(t, r.dir, nil)
	who := func(name, email string) people.Identity { return people.Identity{Name: name, Email: email} }
	at := time.Date(2023, 11, 14, 23, 15, 20, 0, time.FixedZone("", 3600))
	want := contribution.Commit{ID: id, Parents: make([]string, 1), Author: who("Ada", "ada@example.com"), Authored: at, Committer: who("Cy", "cy@example.com"), Committed: at,
		Trailers: []contribution.Trailer{{Kind: contribution.CoAuthored, Who: who("Bo", "bo@example.com")}, {Kind: contribution.Reviewed, Who: who("Di Ex", "di@example.com")},
			{Kind: contribution.SignedOff, Who: who("Ada", "ada@example.com")}, {Kind: contribution.Tested, Who: who("Eve", "eve@example.com")}, {Kind: contribution.Reported, Who: who("a robot", "")}},
		Paths: []string{"dir/b c\n"}}
	if d := cmp.Diff(want, commits(&m)[id]); d != "" {
		t.Error(d)
	}
	if _, zone := commits(&m)[id].Authored.Zone(); zone != 3600 {
		t.Errorf("zone is %d seconds", zone)
	}
}

func TestOddCommitsAreKeptAndCounted(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	const fine = "committer Cy <cy@example.com> 1700000000 +0000"
	for _, c := range []struct{ head, message string }{
		{"author A B <a b@x y> 1700000000 +0000\n" + fine, "spaces"},
		{"author No Mail <> 1700000000 +0000\n" + fine, "none"},
		{"author No Brackets 1700000000 +0000\n" + fine, "no brackets"},
		{"author Epoch <e@x.org> 0 +0000\ncommitter Epoch <e@x.org> 0 +0000", "1970"},
		{"author Neg <n@x.org> -5000 +0000\ncommitter Neg <n@x.org> -5000 +0000", "before 1970"},
		{"author Fut <f@x.org> 4294967296 +0000\ncommitter Fut <f@x.org> 4294967296 +0000", "2106"},
		{"author Huge <h@x.org> 99999999999999999999999 +0000\n" + fine, "huge"},
		{"author Zone <z@x.org> 1700000000 +9999\n" + fine, "zone"},
		{"author Lat \xe9 <l@x.org> 1700000000 +0000\n" + fine, "latin"},
		{"author " + strings.Repeat("long", 1000) + " <l@x.org> 1700000000 +0000\n" + fine, "long"},
		{"author J <j@x.org> 1700000000 +0000\n" + fine, "junk\n\nReviewed-by:\nCo-authored-by: https://example.com/" + strings.Repeat("x", 50) + "\nAcked-by: <>"},
	} {
		r.raw(c.head, c.message)
	}
	m := mine(t, r.dir, nil)
	if m.History.Commits != 12 || m.History.Partial != "" {
		t.Fatalf("%d commits, partial %q", m.History.Commits, m.History.Partial)
	}
	got := strings.Join(authors(&m), "\n")
	for _, want := range []string{"A B <a b@x y>", "No Mail <>", "No Brackets <>", "Epoch <e@x.org>", "Lat é <l@x.org>"} {
		if !strings.Contains(got, "1 "+want) {
			t.Errorf("%q is lost in\n%s", want, got)
		}
	}
	for kind, n := range map[string]int{contribution.OddEmail: 1, contribution.OddEncoding: 1, contribution.OddLong: 1, contribution.OddTrailer: 3, contribution.OddZone: 1} {
		if got := odd(&m, kind); got != n && kind != contribution.OddZone {
			t.Errorf("%s: counted %d times, not %d", kind, got, n)
		}
	}
	if odd(&m, contribution.OddDate) < 7 {
		t.Errorf("odd dates: %d", odd(&m, contribution.OddDate))
	}
	for _, c := range commits(&m) {
		if c.Author.Name == "Neg" && c.Authored.Unix() != -5000 || c.Author.Name == "Fut" && c.Authored.Year() != 2106 {
			t.Errorf("%s: %s", c.Author.Name, c.Authored)
		}
	}
}

func TestTenThousandParents(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	var in strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&in, "commit refs/heads/b%d\ncommitter P <p@x.org> %d +0000\ndata 1\nx\n\n", i, 1700000200+i)
	}
	r.feed(in.String(), "fast-import", "--quiet")
	parents := r.git("for-each-ref", "--format=parent %(objectname)", "refs/heads/b*")
	id := r.feed(fmt.Sprintf("tree %s\n%s\nauthor O <o@x.org> 1700100000 +0000\ncommitter O <o@x.org> 1700100000 +0000\n\noctopus\n", r.git("rev-parse", "HEAD^{tree}"), parents),
		"hash-object", "-t", "commit", "-w", "--stdin", "--literally")
	r.git("update-ref", "refs/heads/main", id)
	m := mine(t, r.dir, nil)
	if m.History.Commits != 10_001 || len(commits(&m)) != 10_001 || odd(&m, contribution.OddParents) != 1 {
		t.Errorf("%d commits, %v", m.History.Commits, m.History.Oddities)
	}
	if got := len(commits(&m)[id].Parents); got != 10_000 {
		t.Errorf("%d parents", got)
	}
}

func TestOnlyNewCommitsAreRead(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	r.commit("a", "2", "two")
	first := mine(t, r.dir, nil)
	if again := mine(t, r.dir, &first.History); !again.Unchanged || len(again.Blocks) != 0 || again.History.Commits != 2 {
		t.Errorf("unchanged is %v, %d commits", again.Unchanged, again.History.Commits)
	}
	three := r.commit("b", "3", "three")
	r.git("tag", "v1.0.0")
	second := mine(t, r.dir, &first.History)
	got := commits(&second)
	if len(got) != 1 || got[three].Paths[0] != "b" || second.Replace || second.History.Commits != 3 || len(second.History.Roots) != 1 || len(second.History.People) != len(first.History.People) {
		t.Errorf("%+v of %+v", got, second.History)
	}
	if len(second.History.Releases) != 1 {
		t.Errorf("releases: %+v", second.History.Releases)
	}
}

func TestRewrittenHistoryIsMinedAnewAndSaid(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	old := r.commit("a", "2", "two")
	first := mine(t, r.dir, nil)
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.commit("a", "other", "two, otherwise")
	for _, gone := range []bool{false, true} {
		if gone {
			r.git("reflog", "expire", "--expire=now", "--all")
			r.git("gc", "-q", "--prune=now")
		}
		m := mine(t, r.dir, &first.History)
		if _, kept := commits(&m)[old]; kept || !m.Replace || m.History.Commits != 2 || len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "rewritten") {
			t.Errorf("gone %v: replace %v, %d commits, %q", gone, m.Replace, m.History.Commits, m.Notes)
		}
	}
}

func TestARenamedDefaultBranchIsSaid(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	first := mine(t, r.dir, nil)
	r.git("branch", "-m", "main", "trunk")
	m := mine(t, r.dir, &first.History)
	if m.Replace || m.Unchanged || len(m.Blocks) != 0 || m.History.Branch != "trunk" || len(m.Notes) != 1 || !strings.Contains(m.Notes[0], "was main and is trunk") {
		t.Errorf("%+v", m)
	}
}

func TestAllBranches(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	r.git("checkout", "-q", "-b", "side")
	side := r.commit("b", "1", "side")
	r.git("checkout", "-q", "main")
	one := mine(t, r.dir, nil)
	all, err := history.Mine(t.Context(), open(t, r.dir), history.Options{Known: &one.History, AllBranches: true, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := commits(&all)[side]; !ok || one.History.Commits != 1 || all.History.Commits != 2 || !all.Replace {
		t.Errorf("%d, then %d commits", one.History.Commits, all.History.Commits)
	}
}

func TestShallowClonesAreSaidAndDeepened(t *testing.T) {
	r := newRepo(t)
	for i := range 5 {
		r.commit(fmt.Sprint("f", i), "x", "c")
	}
	clone := filepath.Join(t.TempDir(), "clone")
	r.git("clone", "-q", "--depth=2", "file://"+r.dir, clone)
	m := mine(t, clone, nil)
	if m.History.Commits != 2 || len(m.History.Shallow) != 1 || !strings.Contains(strings.Join(m.Notes, " "), "shallow") {
		t.Fatalf("%d commits, shallow %v, %q", m.History.Commits, m.History.Shallow, m.Notes)
	}
	end := commits(&m)[m.History.Shallow[0]]
	if end.Paths != nil || odd(&m, contribution.OddNoPaths) != 1 {
		t.Errorf("the commit at the cut touches %v", end.Paths)
	}
	r.git("-C", clone, "fetch", "-q", "--unshallow")
	deep := mine(t, clone, &m.History)
	if deep.History.Commits != 5 || !deep.Replace || len(deep.History.Shallow) != 0 || !strings.Contains(strings.Join(deep.Notes, " "), "deepened") {
		t.Errorf("%d commits, %q", deep.History.Commits, deep.Notes)
	}
}

func TestPartialClonesGiveAllThatNeedsNoBlobsAndFetchNothing(t *testing.T) {
	r := newRepo(t)
	for i := range 5 {
		r.commit("f", strings.Repeat("x\n", i+1), "c")
	}
	r.git("config", "uploadpack.allowFilter", "true")
	for filter, paths := range map[string]bool{"blob:none": true, "tree:0": false} {
		t.Run(filter, func(t *testing.T) {
			clone := filepath.Join(t.TempDir(), "clone")
			r.git("clone", "-q", "--bare", "--filter="+filter, "file://"+r.dir, clone)
			before := objects(t, clone)
			m := mine(t, clone, nil)
			if m.History.Commits != 5 || m.History.Partial != "" {
				t.Fatalf("%d commits, partial %q", m.History.Commits, m.History.Partial)
			}
			for _, c := range commits(&m) {
				if (c.Paths != nil) != paths {
					t.Errorf("%s touches %v", c.ID, c.Paths)
				}
			}
			src := open(t, clone)
			marks, err := src.Oddities(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			lines, err := history.Lines(t.Context(), src, &m.Blocks[0], marks)
			for _, l := range lines {
				if l.Added >= 0 {
					t.Errorf("lines of missing blobs are %+v", l)
				}
			}
			if err != nil || len(lines) != 5 {
				t.Errorf("%d lines, %v", len(lines), err)
			}
			if after := objects(t, clone); after != before {
				t.Errorf("there were %d files of objects, and are %d", before, after)
			}
		})
	}
}

func objects(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.Walk(filepath.Join(dir, "objects"), func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestADamagedCommitEndsNothingBeforeIt(t *testing.T) {
	r := newRepo(t)
	first := r.commit("a", "1", "one")
	r.commit("a", "2", "two")
	r.commit("a", "3", "three")
	p := filepath.Join(r.dir, ".git", "objects", first[:2], first[2:])
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
	m := mine(t, r.dir, nil)
	if m.History.Partial == "" || m.History.Commits == 0 || len(m.History.Tips) != 0 {
		t.Errorf("%d commits, partial %q", m.History.Commits, m.History.Partial)
	}
	if again := mine(t, r.dir, &m.History); !again.Replace || again.History.Commits != m.History.Commits {
		t.Errorf("again: %+v", again.History)
	}
}

func TestReplacementsAndGraftsAreNotFollowedAndSaid(t *testing.T) {
	r := newRepo(t)
	one := r.commit("a", "1", "one")
	two := r.commit("a", "2", "two")
	other := r.feed(strings.ReplaceAll(r.git("cat-file", "commit", two), "Ada", "Mallory")+"\n", "hash-object", "-t", "commit", "-w", "--stdin")
	r.git("replace", two, other)
	r.write(".git/info/grafts", one+"\n"+two+"\n")
	m := mine(t, r.dir, nil)
	if d := cmp.Diff([]string{"2 Ada <ada@example.com>"}, authors(&m)); d != "" {
		t.Error(d)
	}
	if got := strings.Join(m.Notes, "; "); !strings.Contains(got, "2 grafts not followed") || !strings.Contains(got, "1 replacement not followed") {
		t.Error(got)
	}
}

func TestNothingThatARepositoryConfiguresIsRun(t *testing.T) {
	r := newRepo(t)
	r.commit("a.txt", "1", "one")
	ran := filepath.Join(t.TempDir(), "ran")
	r.write(".gitattributes", "*.txt diff=evil filter=evil\n")
	r.commit("a.txt", "2", "two")
	for _, key := range []string{"core.fsmonitor", "diff.evil.textconv", "diff.evil.command", "diff.external", "core.pager", "filter.evil.smudge", "gpg.program", "log.mailmap"} {
		r.git("config", key, "touch "+ran)
	}
	r.git("config", "log.showSignature", "true")
	m := mine(t, r.dir, nil)
	src := open(t, r.dir)
	marks, err := src.Oddities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := history.Lines(t.Context(), src, &m.Blocks[0], marks); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program of the repository was run")
	}
	if m.History.Commits != 2 {
		t.Errorf("%d commits", m.History.Commits)
	}
}

func TestCountsAreThoseOfGit(t *testing.T) {
	r := newRepo(t)
	r.commit("a", "1", "one")
	r.git("checkout", "-q", "-b", "side")
	r.raw("author Bo <bo@example.com> 1700000500 +0000\ncommitter Bo <bo@example.com> 1700000500 +0000", "bo")
	r.git("checkout", "-q", "main")
	r.commit("b", "1", "two")
	r.git("merge", "-q", "--no-edit", "side")
	m := mine(t, r.dir, nil)
	if d := cmp.Diff(shortlog(r, "HEAD"), authors(&m)); d != "" {
		t.Error(d)
	}
}

func TestEmptyRepositories(t *testing.T) {
	r := newRepo(t)
	m := mine(t, r.dir, nil)
	if m.History.Commits != 0 || len(m.Blocks) != 0 {
		t.Errorf("%+v", m)
	}
	r.commit("a", "1", "one")
	if later := mine(t, r.dir, &m.History); later.History.Commits != 1 {
		t.Errorf("%+v", later.History)
	}
}
