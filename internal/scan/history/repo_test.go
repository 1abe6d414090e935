package history_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/history"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// now is the day of the tests.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// repo is a git repository of a test.
type repo struct {
	t   *testing.T
	dir string
	n   int // commits made, a minute apart
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{t: t, dir: t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repo) git(args ...string) string { r.t.Helper(); return r.feed("", args...) }

// feed runs git with standard input.
func (r *repo) feed(in string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	at := fmt.Sprintf("%d +0100", 1700000000+60*r.n)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com",
		"GIT_COMMITTER_NAME=Cy", "GIT_COMMITTER_EMAIL=cy@example.com", "GIT_AUTHOR_DATE="+at, "GIT_COMMITTER_DATE="+at, "LC_ALL=C")
	cmd.Stdin = strings.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		words := ""
		if e, ok := err.(*exec.ExitError); ok {
			words = string(e.Stderr)
		}
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, words)
	}
	return strings.TrimRight(string(out), "\n")
}

func (r *repo) write(name, content string) {
	r.t.Helper()
	p := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit writes a file and commits it as Ada; it gives the id.
func (r *repo) commit(name, content, message string) string {
	r.t.Helper()
	r.n++
	r.write(name, content)
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

// raw writes a commit object as it is given, on top of the branch.
func (r *repo) raw(head, message string) string {
	r.t.Helper()
	parent := r.git("rev-parse", "HEAD")
	tree := r.git("rev-parse", "HEAD^{tree}")
	id := r.feed(fmt.Sprintf("tree %s\nparent %s\n%s\n\n%s\n", tree, parent, head, message), "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
	r.git("update-ref", "refs/heads/main", id)
	return id
}

func open(t *testing.T, dir string) *source.Source {
	t.Helper()
	sources, err := source.Open(context.Background(), dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sources[0].Tree.Close() })
	return sources[0]
}

func mine(t *testing.T, dir string, known *contribution.History) history.Mined {
	t.Helper()
	m, err := history.Mine(context.Background(), open(t, dir), history.Options{Known: known, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// commits are all commits of a run, by id.
func commits(m *history.Mined) map[string]contribution.Commit {
	out := map[string]contribution.Commit{}
	for i := range m.Blocks {
		b, p := &m.Blocks[i], &m.Paths[i]
		for row := range b.Len() {
			c := b.Commit(row, m.History.People)
			for _, n := range p.Touched[row] {
				c.Paths = append(c.Paths, p.Names[n])
			}
			if p.Touched[row] != nil && c.Paths == nil {
				c.Paths = []string{}
			}
			out[c.ID] = c
		}
	}
	return out
}

// odd is how often an oddity was counted.
func odd(m *history.Mined, kind string) int {
	for _, o := range m.History.Oddities {
		if o.Kind == kind {
			return o.Count
		}
	}
	return 0
}

// shortlog counts commits by author as git does.
func shortlog(r *repo, args ...string) []string {
	out := strings.Split(r.git(append([]string{"-c", "log.mailmap=false", "log", "--format=%an <%ae>"}, args...)...), "\n")
	return counted(out)
}

func counted(list []string) []string {
	n := map[string]int{}
	for _, s := range list {
		n[s]++
	}
	var out []string
	for s, k := range n {
		out = append(out, fmt.Sprintf("%d %s", k, s))
	}
	slices.Sort(out)
	return out
}

// authors counts mined commits by author.
func authors(m *history.Mined) []string {
	var list []string
	for _, c := range commits(m) {
		list = append(list, fmt.Sprintf("%s <%s>", c.Author.Name, c.Author.Email))
	}
	return counted(list)
}

func remove(t *testing.T, p string) {
	t.Helper()
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
}
