package source_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

// gitIn runs git in dir, free of the settings of whoever runs the tests.
func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org"}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newRepo makes a repository of one commit with the given files.
func newRepo(t *testing.T, files map[string]string, initArgs ...string) string {
	t.Helper()
	dir := t.TempDir()
	gitIn(t, dir, append([]string{"init", "-q", "-b", "main"}, initArgs...)...)
	for p, text := range files {
		write(t, filepath.Join(dir, p), text)
	}
	gitIn(t, dir, "add", "-A")
	gitIn(t, dir, "commit", "-q", "-m", "one")
	return dir
}

// openOne opens arg with a deadline, so that what hangs fails.
func openOne(t *testing.T, arg string, o source.Options) (*source.Source, error) {
	t.Helper()
	type answer struct {
		src []*source.Source
		err error
	}
	ch := make(chan answer, 1)
	go func() {
		src, err := source.Open(context.Background(), arg, o)
		ch <- answer{src, err}
	}()
	select {
	case a := <-ch:
		if a.err != nil {
			return nil, a.err
		}
		t.Cleanup(func() {
			for _, s := range a.src {
				s.Tree.Close()
			}
		})
		return a.src[0], nil
	case <-time.After(20 * time.Second):
		t.Fatalf("opening %s hangs", arg)
		return nil, nil
	}
}

func TestNoProgramNamedByARepositoryRuns(t *testing.T) {
	dir := newRepo(t, map[string]string{"a.txt": "a", "sub/b.txt": "b"})
	tree := gitIn(t, dir, "rev-parse", "HEAD:sub")
	ran := filepath.Join(t.TempDir(), "ran")
	script := filepath.Join(t.TempDir(), "evil.sh")
	write(t, script, "#!/bin/sh\necho \"$0 $*\" >> "+ran+"\nexit 1\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, hook := range []string{"reference-transaction", "post-checkout", "post-index-change"} {
		if err := os.MkdirAll(filepath.Join(dir, ".git/hooks"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(script, filepath.Join(dir, ".git/hooks", hook)); err != nil {
			t.Fatal(err)
		}
	}
	included := filepath.Join(t.TempDir(), "more")
	write(t, included, "[core]\n\tfsmonitor = "+script+"\n")
	write(t, filepath.Join(dir, ".git/config"), `[core]
	repositoryformatversion = 1
	fsmonitor = `+script+`
	sshCommand = `+script+`
	pager = `+script+`
	gitProxy = `+script+`
	hooksPath = `+filepath.Join(dir, ".git/hooks")+`
[extensions]
	partialClone = origin
[remote "origin"]
	url = `+dir+`
	promisor = true
	uploadpack = `+script+`
[protocol]
	allow = always
[diff]
	external = `+script+`
[includeIf "gitdir:`+dir+`/"]
	path = `+included+`
`)
	if err := os.Remove(filepath.Join(dir, ".git/objects", tree[:2], tree[2:])); err != nil {
		t.Fatal(err)
	}
	// Plain git does run it: else this test would prove nothing.
	control := exec.Command("git", "rev-parse", "--verify", "HEAD:sub/b.txt")
	control.Dir, control.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull}
	_ = control.Run() // it fails, as the script does
	if err := os.Remove(ran); err != nil {
		t.Fatal("plain git did not run the program: ", err)
	}
	// Each of these makes git look at an object that is missing.
	for _, rev := range []string{"", "main", "HEAD:sub", "HEAD:sub/b.txt", ":/one", tree[:7], "main@{upstream}", "HEAD^{tree}"} {
		src, err := openOne(t, dir, source.Options{Revision: rev})
		if err == nil {
			src.Tree.Files()
			_, _ = src.Tree.ReadFile("sub/b.txt") // missing: that nothing ran is what counts
			_, _ = src.MergeBase(context.Background(), "HEAD", "main")
		}
		if b, err := os.ReadFile(ran); err == nil {
			t.Fatalf("revision %q ran a program that the repository names: %s", rev, b)
		}
	}
}

func TestPipesInPlaceOfGitsFilesDoNotHang(t *testing.T) {
	for _, name := range []string{".git", ".git/HEAD", ".git/config", ".git/commondir", ".git/packed-refs", ".git/objects/info/alternates", ".git/shallow"} {
		t.Run(name, func(t *testing.T) {
			dir := newRepo(t, map[string]string{"a.txt": "a"})
			p := filepath.Join(dir, name)
			if err := os.RemoveAll(p); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(p, 0o644); err != nil {
				t.Fatal(err)
			}
			if src, err := openOne(t, dir, source.Options{}); err == nil {
				src.Tree.Files()
			}
		})
	}
}

func TestEnvironmentOfGitIsIgnored(t *testing.T) {
	dir := newRepo(t, map[string]string{"a.txt": "a"})
	for _, k := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_COMMON_DIR", "GIT_CONFIG_PARAMETERS", "GIT_EXTERNAL_DIFF"} {
		t.Setenv(k, "/nowhere")
	}
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := src.Tree.ReadFile("a.txt"); err != nil || string(b) != "a" {
		t.Fatalf("%q, %v", b, err)
	}
}

func TestReplacementsAreIgnored(t *testing.T) {
	dir := newRepo(t, map[string]string{"a.txt": "true"})
	write(t, filepath.Join(dir, "b"), "false")
	gitIn(t, dir, "replace", gitIn(t, dir, "rev-parse", "HEAD:a.txt"), gitIn(t, dir, "hash-object", "-w", "b"))
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := src.Tree.ReadFile("a.txt"); err != nil || string(b) != "true" {
		t.Fatalf("%q, %v", b, err)
	}
}

func TestDamageCostsOnlyTheDamagedFile(t *testing.T) {
	for name, harm := range map[string]func(string) error{
		"missing": os.Remove,
		"garbage": func(p string) error { return os.WriteFile(p, []byte("this is no zlib stream"), 0o644) },
		"empty":   func(p string) error { return os.WriteFile(p, nil, 0o644) },
		"cut": func(p string) error {
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			return os.WriteFile(p, b[:len(b)/2], 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newRepo(t, map[string]string{"a.txt": "a", "b.txt": strings.Repeat("a longer text than one block\n", 5000), "c.txt": "c"})
			id := gitIn(t, dir, "rev-parse", "HEAD:b.txt")
			p := filepath.Join(dir, ".git/objects", id[:2], id[2:])
			if err := os.Chmod(p, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := harm(p); err != nil {
				t.Fatal(err)
			}
			src, err := openOne(t, dir, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{}
			err = src.Tree.ReadEach(context.Background(), src.Tree.Files(), func(f source.File, b []byte, err error) error {
				got[f.Path] = string(b)
				if (err != nil) != (f.Path == "b.txt") {
					t.Errorf("%s: %v", f.Path, err)
				}
				if err != nil && !errors.Is(err, source.ErrMissing) {
					t.Errorf("%s: not ErrMissing: %v", f.Path, err)
				}
				return nil
			})
			if err != nil || got["a.txt"] != "a" || got["c.txt"] != "c" {
				t.Errorf("%v, %q", err, got)
			}
			if len(src.Tree.Problems()) == 0 {
				t.Error("no problem tells of it")
			}
		})
	}
}

func TestKindsOfRepositories(t *testing.T) {
	files := map[string]string{"a.txt": "a"}
	plain := newRepo(t, files)
	bare := filepath.Join(t.TempDir(), "x.git")
	gitIn(t, plain, "clone", "-q", "--bare", plain, bare)
	noConfig := filepath.Join(t.TempDir(), "y.git")
	gitIn(t, plain, "clone", "-q", "--bare", plain, noConfig)
	if err := os.Remove(filepath.Join(noConfig, "config")); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(t.TempDir(), "linked")
	gitIn(t, plain, "worktree", "add", "-q", "--detach", linked)
	super := newRepo(t, map[string]string{"s.txt": "s"})
	gitIn(t, super, "-c", "protocol.file.allow=always", "submodule", "add", "-q", plain, "sub")
	for name, dir := range map[string]string{"plain": plain, "bare": bare, "bare without config": noConfig, "linked work tree": linked,
		"submodule": filepath.Join(super, "sub"), "SHA-256": newRepo(t, files, "--object-format=sha256")} {
		t.Run(name, func(t *testing.T) {
			src, err := openOne(t, dir, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if b, err := src.Tree.ReadFile("a.txt"); err != nil || string(b) != "a" {
				t.Fatalf("%q, %v", b, err)
			}
		})
	}
}

func TestNamesThatAreNotUTF8AreReadable(t *testing.T) {
	dir := newRepo(t, map[string]string{"a\xff.txt": "file", "d\xfe/b.txt": "below"})
	plain := t.TempDir()
	write(t, filepath.Join(plain, "a\xff.txt"), "file")
	write(t, filepath.Join(plain, "d\xfe/b.txt"), "below")
	for name, c := range map[string]struct {
		dir string
		o   source.Options
	}{"git": {dir, source.Options{}}, "work tree": {dir, source.Options{WorkTree: true}}, "directory": {plain, source.Options{}}} {
		t.Run(name, func(t *testing.T) {
			src, err := openOne(t, c.dir, c.o)
			if err != nil {
				t.Fatal(err)
			}
			for p, want := range map[string]string{`a\xff.txt`: "file", `d\xfe/b.txt`: "below"} {
				if b, err := src.Tree.ReadFile(p); err != nil || string(b) != want {
					t.Errorf("%s: %q, %v", p, b, err)
				}
			}
		})
	}
}

func TestRevisions(t *testing.T) {
	dir := newRepo(t, map[string]string{"a.txt": "a"})
	first := gitIn(t, dir, "rev-parse", "HEAD")
	gitIn(t, dir, "tag", "-a", "-m", "t", "v1")
	gitIn(t, dir, "commit", "-q", "--allow-empty", "-m", "two")
	second := gitIn(t, dir, "rev-parse", "HEAD")
	gitIn(t, dir, "update-ref", "refs/remotes/origin/main", first)
	for rev, want := range map[string]string{"": second, "main": second, "v1": first, "origin/main": first, "HEAD~1": first, "v1~0": first,
		first[:8]: first, first: first, "-x": "", "HEAD~9": "", "nope": "", "--all": "", gitIn(t, dir, "rev-parse", "HEAD:a.txt"): ""} {
		src, err := openOne(t, dir, source.Options{Revision: rev})
		switch {
		case want == "" && err == nil:
			t.Errorf("%q gave %s", rev, src.Commit)
		case want != "" && err != nil:
			t.Errorf("%q: %v", rev, err)
		case want != "" && src.Commit != want:
			t.Errorf("%q gave %s, not %s", rev, src.Commit, want)
		}
	}
}
