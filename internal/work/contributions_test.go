package work

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/store"
)

// gitLines runs git and gives its answer by line.
func gitLines(t *testing.T, dir string, args ...string) []string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_COMMITTER_NAME=Cy", "GIT_COMMITTER_EMAIL=cy@example.com", "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.Split(strings.TrimRight(string(out), "\n"), "\n")
}

// officeOf is an office with a store of its own.
func officeOf(t *testing.T) *Office {
	t.Helper()
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "tributary.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &Office{Store: db, Now: time.Now()}
}

// countBy counts contributions of paths as "count key", sorted.
func countBy(t *testing.T, o *Office, opts ContributionOptions, paths ...string) []string {
	t.Helper()
	mined, failed, err := o.MineAll(t.Context(), paths, HistoryOptions{Jobs: 2})
	if err != nil || len(failed) > 0 {
		t.Fatal(err, failed)
	}
	c, err := o.Contributions(t.Context(), HistoriesOf(mined), opts)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range c.Rows {
		if r.Commits > 0 {
			out = append(out, fmt.Sprintf("%d\t%s", r.Commits, r.Key))
		}
	}
	slices.Sort(out)
	return out
}

// likeShortlog compares with git shortlog -sne, with merges and without.
func likeShortlog(t *testing.T, dir string) {
	t.Helper()
	o := officeOf(t)
	for _, merges := range []bool{true, false} {
		args := []string{"-c", "mailmap.blob=HEAD:.mailmap", "-c", "core.bare=true", "shortlog", "-sne"}
		if !merges {
			args = append(args, "--no-merges")
		}
		var want []string
		for _, line := range gitLines(t, dir, append(args, "HEAD")...) {
			want = append(want, strings.TrimSpace(line))
		}
		slices.Sort(want)
		got := countBy(t, o, ContributionOptions{By: ByIdentity, Merges: merges, Bots: true}, dir)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("merges %v (-git +tributary):\n%s", merges, d)
		}
	}
}

func TestCountsAreThoseOfShortlog(t *testing.T) {
	dir := t.TempDir()
	gitLines(t, dir, "init", "-q", "-b", "main")
	commit := func(author string, args ...string) {
		gitLines(t, dir, append([]string{"commit", "-q", "--allow-empty", "-m", "x", "--author", author}, args...)...)
	}
	for i := range 5 {
		commit("Ada <ada@example.com>")
		commit(fmt.Sprintf("Bo %d <bo@example.com>", i%2))
		commit("Old Name <OLD@example.com>")
		commit("renovate[bot] <renovate[bot]@users.noreply.github.com>")
	}
	commit("Cy Shared <shared@example.com>")
	commit("Di Shared <shared@example.com>")
	commit("Jörg Müller <j@example.com>")
	gitLines(t, dir, "checkout", "-q", "-b", "side", "HEAD~3")
	commit("Eve <eve@example.com>")
	gitLines(t, dir, "checkout", "-q", "main")
	gitLines(t, dir, "-c", "user.name=Eve", "-c", "user.email=eve@example.com", "merge", "-q", "--no-edit", "side")
	mailmap := "# who is who\nNew Name <new@example.com> <old@example.com>\nBo <bo@example.com>\nCy <cy@example.com> Cy Shared <shared@example.com>\nLoop A <b@example.com> <a@example.com>\nLoop B <a@example.com> <b@example.com>\nbroken line\n"
	if err := os.WriteFile(filepath.Join(dir, ".mailmap"), []byte(mailmap), 0o644); err != nil {
		t.Fatal(err)
	}
	gitLines(t, dir, "add", "-A")
	commit("Loop <a@example.com>")
	likeShortlog(t, dir)
}

// TestCountsOfRealRepositories compares on the repositories that
// TRIBUTARY_REPOS names, parted by spaces.
func TestCountsOfRealRepositories(t *testing.T) {
	repos := strings.Fields(os.Getenv("TRIBUTARY_REPOS"))
	if len(repos) == 0 {
		t.Skip("TRIBUTARY_REPOS names no repositories to compare on")
	}
	for _, dir := range repos {
		t.Run(filepath.Base(filepath.Dir(dir)), func(t *testing.T) { likeShortlog(t, dir) })
	}
}

func TestDomainsAreThoseOfTheLog(t *testing.T) {
	dir := t.TempDir()
	gitLines(t, dir, "init", "-q", "-b", "main")
	for _, email := range []string{"a@x.example.com", "b@X.example.com", "c@gmail.com", "none"} {
		gitLines(t, dir, "commit", "-q", "--allow-empty", "-m", "x", "--author", "A <"+email+">")
	}
	o := officeOf(t)
	if d := cmp.Diff([]string{"1\tgmail.com", "1\tunknown", "2\tx.example.com"}, countBy(t, o, ContributionOptions{By: ByDomain}, dir)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"2\tunknown", "2\tx.example.com"}, countBy(t, o, ContributionOptions{By: ByOrg}, dir)); d != "" {
		t.Error(d)
	}
}

func TestThePathGivenTwiceIsMinedOnce(t *testing.T) {
	dir := t.TempDir()
	gitLines(t, dir, "init", "-q", "-b", "main")
	gitLines(t, dir, "commit", "-q", "--allow-empty", "-m", "x", "--author", "A <a@example.com>")
	if d := cmp.Diff([]string{"1\ta@example.com"}, countBy(t, officeOf(t), ContributionOptions{By: ByEmail}, dir, dir, dir)); d != "" {
		t.Error(d)
	}
}

func TestOnlyHistoriesThatMayShareCommitsAreCompared(t *testing.T) {
	h := func(roots ...string) contribution.History { return contribution.History{Roots: roots} }
	for _, c := range []struct {
		name      string
		histories []contribution.History
		together  [][]int
	}{
		{"strangers", []contribution.History{h("a"), h("b")}, nil},
		{"forks", []contribution.History{h("a"), h("b"), h("a")}, [][]int{{0, 2}}},
		{"joined by a third", []contribution.History{h("a"), h("b"), h("a", "b"), h("c")}, [][]int{{0, 1, 2}}},
		{"shallow", []contribution.History{h("a"), h("b"), {Shallow: []string{"x"}}}, [][]int{{0, 1, 2}}},
	} {
		seen := relatives(c.histories)
		want := map[int]int{}
		for group, list := range c.together {
			for _, i := range list {
				want[i] = group + 1
			}
		}
		for i := range seen {
			for j := range seen {
				if shared := seen[i] != nil && seen[i] == seen[j]; i != j && shared != (want[i] != 0 && want[i] == want[j]) {
					t.Errorf("%s: %d and %d share a memory: %v", c.name, i, j, shared)
				}
			}
		}
	}
}

func TestCopiesCountUnderTheirUpstream(t *testing.T) {
	o := office(t, map[string]string{"upstreams.yaml": "upstreams:\n- repository: git.example.com/up/told\n  copies: [/mirrors/told]\n"})
	got := upstreamNames(o.Program, []contribution.History{
		{Location: "/src/a", Repository: "git.example.com/up/a", Roots: []string{"r1"}},
		{Location: "/mirrors/a", Repository: "/mirrors/a", Roots: []string{"r1"}},
		{Location: "/mirrors/told", Repository: "/mirrors/told", Roots: []string{"r2"}},
		{Location: "/mirrors/cut", Repository: "/mirrors/cut", Roots: []string{"r1"}, Shallow: []string{"x"}},
		{Location: "/mirrors/lonely", Repository: "/mirrors/lonely", Roots: []string{"r3"}},
	})
	want := map[string]string{"/src/a": "git.example.com/up/a", "/mirrors/a": "git.example.com/up/a", "/mirrors/told": "git.example.com/up/told"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
