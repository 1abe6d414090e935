package source_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

// problemsOf gives the messages of one kind of problem of a tree.
func problemsOf(t source.Tree, kind string) []string {
	var out []string
	for _, p := range t.Problems() {
		if p.Kind == kind {
			out = append(out, p.Message)
		}
	}
	return out
}

func breakObject(t *testing.T, dir, rev string) {
	t.Helper()
	id := gitIn(t, dir, "rev-parse", rev)
	p := filepath.Join(dir, ".git/objects", id[:2], id[2:])
	if err := os.Chmod(p, 0o644); err != nil {
		t.Fatal(err)
	}
	// Its header can be read and its content can't: git cat-file dies of that.
	if st, err := os.Stat(p); err != nil || os.Truncate(p, st.Size()-6) != nil {
		t.Fatal("cannot cut the object: ", err)
	}
}

func readAll(t *testing.T, tree source.Tree) (content map[string]string, failed []string) {
	t.Helper()
	content = map[string]string{}
	err := tree.ReadEach(context.Background(), tree.Files(), func(f source.File, b []byte, err error) error {
		if err != nil {
			failed = append(failed, f.Path)
		} else {
			content[f.Path] = string(b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return content, failed
}

// Requests run ahead of answers: the file that is blamed must be the broken one.
func TestDamageAmongManyFilesIsLaidAtTheRightDoor(t *testing.T) {
	files := map[string]string{}
	for i := range 1500 {
		files[fmt.Sprintf("%04d", i)] = fmt.Sprint("content ", i)
	}
	dir := newRepo(t, files)
	want := []string{"0000", "0300", "0301", "0777", "1499"}
	for _, name := range want {
		breakObject(t, dir, "HEAD:"+name)
	}
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	content, failed := readAll(t, src.Tree)
	if d := cmp.Diff(want, failed); d != "" {
		t.Error(d)
	}
	for name, text := range content {
		if text != files[name] {
			t.Errorf("%s holds %q", name, text)
		}
	}
	if n := len(problemsOf(src.Tree, "damaged object")); n != len(want) {
		t.Errorf("%d problems tell of %d damaged objects", n, len(want))
	}
}

func TestVeryMuchDamageEndsNothing(t *testing.T) {
	files := map[string]string{}
	for i := range 130 {
		files[fmt.Sprintf("%04d", i)] = fmt.Sprint("content ", i)
	}
	dir := newRepo(t, files)
	for name := range files {
		breakObject(t, dir, "HEAD:"+name)
	}
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, failed := readAll(t, src.Tree); len(failed) != len(files) {
		t.Errorf("%d of %d files are said to have failed", len(failed), len(files))
	}
	if n := len(problemsOf(src.Tree, "damaged object")); n < 2 || n > 102 {
		t.Errorf("%d problems", n)
	}
}

func TestFilesMayBeReadWhileOthersAreHandedOut(t *testing.T) {
	dir := newRepo(t, map[string]string{"a": "1", "b": "2", "c": "3"})
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = src.Tree.ReadEach(context.Background(), src.Tree.Files(), func(f source.File, b []byte, err error) error {
		c, inner := src.Tree.ReadFile("c")
		got = append(got, string(b)+string(c))
		return errors.Join(err, inner)
	})
	if d := cmp.Diff([]string{"13", "23", "33"}, got); d != "" || err != nil {
		t.Error(err, d)
	}
}

func TestReadingEndsWhenItsReaderOrItsContextSays(t *testing.T) {
	dir := newRepo(t, map[string]string{"a": "1", "b": "2"})
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	enough, calls := errors.New("enough"), 0
	err = src.Tree.ReadEach(context.Background(), src.Tree.Files(), func(source.File, []byte, error) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := src.Tree.ReadEach(ctx, src.Tree.Files(), func(source.File, []byte, error) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
	if b, err := src.Tree.ReadFile("b"); err != nil || string(b) != "2" {
		t.Errorf("afterwards: %q, %v", b, err)
	}
	if _, err := src.Tree.ReadFile("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no such file: %v", err)
	}
}

func TestLargeFilesAreRefusedWithoutBeingHeld(t *testing.T) {
	dir := newRepo(t, map[string]string{"z.txt": "after"})
	f, err := os.Create(filepath.Join(dir, "large"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(100<<20), f.Close()); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "-c", "core.looseCompression=1", "add", "large")
	gitIn(t, dir, "commit", "-q", "-m", "large")
	for _, workTree := range []bool{false, true} {
		src, err := openOne(t, dir, source.Options{WorkTree: workTree, MaxFile: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = src.Tree.ReadFile("large")
		runtime.ReadMemStats(&after)
		if !errors.Is(err, source.ErrTooLarge) {
			t.Errorf("work tree %v: %v", workTree, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
			t.Errorf("work tree %v: %d MiB were allocated", workTree, n>>20)
		}
		if b, err := src.Tree.ReadFile("z.txt"); err != nil || string(b) != "after" {
			t.Errorf("work tree %v: the next file: %q, %v", workTree, b, err)
		}
	}
}

func TestSubmodulesLinksAndClashesAreSaidOnce(t *testing.T) {
	dir := newRepo(t, map[string]string{"a/b.txt": "b", "README": "1", "readme": "2"})
	head := gitIn(t, dir, "rev-parse", "HEAD")
	for p, target := range map[string]string{"in": "a/b.txt", "a/up": "../README", "a/out": "../../secret", "abs": "/etc/passwd"} {
		if err := os.Symlink(target, filepath.Join(dir, p)); err != nil {
			t.Fatal(err)
		}
	}
	gitIn(t, dir, "add", "-A")
	// Its commit is in this repository too, and is still no content of a file.
	gitIn(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+head+",sub")
	gitIn(t, dir, "commit", "-q", "-m", "two")
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, failed := readAll(t, src.Tree)
	if d := cmp.Diff([]string{"sub"}, failed); d != "" {
		t.Error(d)
	}
	if _, err := src.Tree.ReadFile("sub"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a submodule was read: %v", err)
	}
	for kind, words := range map[string]string{"submodule": "1 submodule is another repository", "link": "2 symbolic links lead out of the repository and were not followed: a/out, abs", "case clash": "1 pair of file names differs only in case: README and readme"} {
		got := problemsOf(src.Tree, kind)
		if len(got) != 1 || !strings.Contains(strings.ReplaceAll(got[0], "readme and README", "README and readme"), words) {
			t.Errorf("%s: %q", kind, got)
		}
	}
	if got := problemsOf(src.Tree, "missing object"); got != nil {
		t.Errorf("a submodule was taken for a missing object: %q", got)
	}
}

// Git never writes such trees, but reads them.
func TestPathsInHostileTreesStayInside(t *testing.T) {
	dir := newRepo(t, map[string]string{"a.txt": "a"})
	blob := gitIn(t, dir, "rev-parse", "HEAD:a.txt")
	raw := func(entries ...string) string {
		var b strings.Builder
		for _, e := range entries {
			mode, rest, _ := strings.Cut(e, " ")
			name, id, _ := strings.Cut(rest, " ")
			bytes := make([]byte, len(id)/2)
			if _, err := fmt.Sscanf(id, "%x", &bytes); err != nil {
				t.Fatal(err)
			}
			b.WriteString(mode + " " + name + "\x00" + string(bytes))
		}
		p := filepath.Join(t.TempDir(), "tree")
		write(t, p, b.String())
		return gitIn(t, dir, "hash-object", "-t", "tree", "-w", "--literally", p)
	}
	up := raw("100644 passwd " + blob)
	tree := raw("40000 .. "+up, "100644 /abs "+blob, "100644 a.txt "+blob, "100644 a.txt "+blob, "100644 x/../../y "+blob)
	commit := gitIn(t, dir, "commit-tree", "-m", "x", tree)
	src, err := openOne(t, dir, source.Options{Revision: commit})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range src.Tree.Files() {
		got = append(got, f.Path)
	}
	if d := cmp.Diff([]string{"a.txt"}, got); d != "" {
		t.Error(d)
	}
	if len(problemsOf(src.Tree, "unsafe path")) != 1 || len(problemsOf(src.Tree, "duplicate")) != 1 {
		t.Errorf("%+v", src.Tree.Problems())
	}
}

func TestEmptyRepositoriesAndUnbornBranches(t *testing.T) {
	empty := t.TempDir()
	gitIn(t, empty, "init", "-q", "-b", "main")
	unborn := newRepo(t, map[string]string{"a": "a"})
	gitIn(t, unborn, "symbolic-ref", "HEAD", "refs/heads/gone")
	for name, c := range map[string]struct{ dir, words string }{
		"empty":  {empty, "no commit yet"},
		"unborn": {unborn, "main"},
	} {
		t.Run(name, func(t *testing.T) {
			src, err := openOne(t, c.dir, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if src.Commit != "" || len(src.Tree.Files()) != 0 || len(src.Problems) != 1 || !strings.Contains(src.Problems[0].Message, c.words) {
				t.Errorf("%q, %+v", src.Commit, src.Problems)
			}
			if _, err := src.MergeBase(context.Background(), "HEAD", "HEAD"); err == nil {
				t.Error("there is a merge base of nothing")
			}
		})
	}
}

func TestMergeBase(t *testing.T) {
	dir := newRepo(t, map[string]string{"a": "a"})
	base := gitIn(t, dir, "rev-parse", "HEAD")
	gitIn(t, dir, "checkout", "-q", "-b", "side")
	gitIn(t, dir, "commit", "-q", "--allow-empty", "-m", "side")
	gitIn(t, dir, "checkout", "-q", "main")
	gitIn(t, dir, "commit", "-q", "--allow-empty", "-m", "main")
	gitIn(t, dir, "checkout", "-q", "--orphan", "alone")
	gitIn(t, dir, "commit", "-q", "--allow-empty", "-m", "alone")
	shallow := filepath.Join(t.TempDir(), "shallow")
	gitIn(t, dir, "clone", "-q", "--no-single-branch", "--depth=1", "file://"+dir, shallow)
	deeper := filepath.Join(t.TempDir(), "deeper")
	gitIn(t, dir, "clone", "-q", "--no-single-branch", "--depth=2", "-b", "main", "file://"+dir, deeper)
	for _, c := range []struct{ name, dir, a, b, want, words string }{
		{"branches", dir, "main", "side", base, ""},
		{"ancestor", dir, "HEAD", "alone", gitIn(t, dir, "rev-parse", "alone"), ""},
		{"none", dir, "main", "alone", "", "no common ancestor"},
		{"unknown", dir, "main", "nope", "", "no revision nope"},
		{"cut off", shallow, "origin/main", "origin/side", "", "shallow"},
		{"deep enough", deeper, "main", "origin/side", base, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			src, err := openOne(t, c.dir, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, err := src.MergeBase(context.Background(), c.a, c.b)
			if got != c.want || (err == nil) != (c.words == "") || err != nil && !strings.Contains(err.Error(), c.words) {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func TestTemporaryDirectoriesAreRemoved(t *testing.T) {
	repo := newRepo(t, map[string]string{"a": "a"})
	cut := filepath.Join(t.TempDir(), "cut.tar.gz")
	write(t, cut, "\x1f\x8b\x08nothing")
	good := filepath.Join(t.TempDir(), "good.tar")
	cmd := exec.Command("tar", "-cf", good, "-C", repo, "a")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	for _, c := range []struct {
		arg string
		o   source.Options
	}{{repo, source.Options{}}, {repo, source.Options{Revision: "nope"}}, {repo, source.Options{WorkTree: true}}, {cut, source.Options{}}, {good, source.Options{}}} {
		srcs, err := source.Open(context.Background(), c.arg, c.o)
		if err == nil {
			readAll(t, srcs[0].Tree)
			if _, err := srcs[0].At(context.Background(), "nope"); err == nil {
				t.Error("there is a revision nope")
			}
			if err := srcs[0].Tree.Close(); err != nil {
				t.Error(err)
			}
		}
		if left, _ := os.ReadDir(tmp); len(left) > 0 {
			t.Errorf("%s %+v left %v", c.arg, c.o, left)
		}
	}
}

func TestABareRepositoryHasNoFilesOnDiskToRead(t *testing.T) {
	dir := t.TempDir()
	gitIn(t, dir, "init", "-q", "--bare", "-b", "main")
	srcs, err := source.Open(t.Context(), dir, source.Options{WorkTree: true})
	if err != nil {
		t.Fatal(err)
	}
	defer srcs[0].Tree.Close()
	for _, p := range srcs[0].Problems {
		if p.Kind == "no work tree" {
			return
		}
	}
	t.Errorf("%+v", srcs[0].Problems)
}
