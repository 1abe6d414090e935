package source_test

import (
	"context"
	"io/fs"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

func openURL(t *testing.T, url, cache string) (commit string, src *source.Source) {
	t.Helper()
	src, err := openOne(t, url, source.Options{CacheDir: cache})
	if err != nil {
		t.Fatalf("%s: %v", url, err)
	}
	return src.Commit, src
}

// quietGit keeps the settings of whoever runs the tests out of clones.
func quietGit(t *testing.T) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
}

func TestClonesFollowTheirRemote(t *testing.T) {
	quietGit(t)
	dir, cache := newRepo(t, map[string]string{"a": "1"}), t.TempDir()
	url := "file://" + dir
	first := gitIn(t, dir, "rev-parse", "HEAD")
	gitIn(t, dir, "tag", "v1")
	if got, src := openURL(t, url, cache); got != first || src.Repository.Location != url || src.WorkTree != "" {
		t.Errorf("%s, %+v", got, src)
	}
	gitIn(t, dir, "commit", "-q", "--allow-empty", "-m", "two")
	second := gitIn(t, dir, "rev-parse", "HEAD")
	if got, _ := openURL(t, url, cache); got != second {
		t.Errorf("the second use gave %s, not %s", got, second)
	}
	for _, rev := range []string{"#v1", "#main~1", "#" + first} {
		if got, _ := openURL(t, url+rev, cache); got != first {
			t.Errorf("%s gave %s", rev, got)
		}
	}
	// The remote's branch is renamed: the old name must not live on, nor HEAD be unborn.
	gitIn(t, dir, "branch", "-m", "main", "trunk")
	if got, _ := openURL(t, url, cache); got != second {
		t.Errorf("after a rename %q, not %s", got, second)
	}
	if _, err := openOne(t, url+"#main", source.Options{CacheDir: cache}); err == nil {
		t.Error("a branch that was removed is still there")
	}
	// The history is written again.
	gitIn(t, dir, "commit", "-q", "--amend", "--allow-empty", "-m", "other")
	if got, _ := openURL(t, url, cache); got != gitIn(t, dir, "rev-parse", "HEAD") {
		t.Errorf("after a forced push %s", got)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "clones", "*.part")); left != nil {
		t.Errorf("left: %v", left)
	}
}

func TestARemoteThatIsNotThereLeavesNothing(t *testing.T) {
	quietGit(t)
	cache := t.TempDir()
	_, err := openOne(t, "file:///no/such/repository", source.Options{CacheDir: cache})
	if err == nil || !strings.Contains(err.Error(), "/no/such/repository") {
		t.Errorf("%v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(cache, "clones", "*.git*")); len(left) > 1 {
		t.Errorf("left: %v", left) // the lock stays
	}
}

func TestClonesAreNotBoundToTheRepositoryOfAHook(t *testing.T) {
	quietGit(t)
	dir, cache := newRepo(t, map[string]string{"a": "1"}), t.TempDir()
	for _, name := range []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_COMMON_DIR"} {
		t.Setenv(name, "/nowhere")
	}
	for range 2 {
		if got, _ := openURL(t, "file://"+dir, cache); len(got) != 40 {
			t.Errorf("%q", got)
		}
	}
}

// A server that wants a password: git http-backend behind basic authentication.
func TestPasswordsAreUsedAndNeitherKeptNorShown(t *testing.T) {
	quietGit(t)
	out, err := exec.Command("git", "--exec-path").Output()
	backend := filepath.Join(strings.TrimSpace(string(out)), "git-http-backend")
	if _, statErr := os.Stat(backend); err != nil || statErr != nil {
		t.Skip("git http-backend is not installed")
	}
	dir, cache := newRepo(t, map[string]string{"a": "1"}), t.TempDir()
	const password = "s3cr3t p@ss"
	handler := &cgi.Handler{Path: backend, Env: []string{"GIT_PROJECT_ROOT=" + dir, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, _ := r.BasicAuth(); user != "me" || pass != password {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	url := "http://me:s3cr3t%20p%40ss@" + host + "/.git"
	for range 2 { // a clone and a fetch
		commit, src := openURL(t, url, cache)
		if commit != gitIn(t, dir, "rev-parse", "HEAD") || src.Repository.Location != server.URL+"/.git" {
			t.Errorf("%s, %+v", commit, src.Repository)
		}
	}
	openURL(t, url+"#main", cache)
	err = filepath.WalkDir(cache, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if strings.Contains(string(b), "s3cr3t") {
			t.Errorf("%s keeps the password", p)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"http://me:wr0ng@" + host + "/.git", "http://me:wr0ng@" + host + "/nothing", "http://me:wr0ng%zz@" + host + "/.git",
		"http://me:wr0ng@127.0.0.1:1/x.git", "ssh://me:wr0ng@127.0.0.1:1/x.git", "http://wr0ng@127.0.0.1:1/x.git"} {
		_, err := openOne(t, bad, source.Options{CacheDir: t.TempDir()})
		if err == nil || strings.Contains(err.Error(), "wr0ng") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestRepositoriesAreNamedAfterTheirRemote(t *testing.T) {
	for remote, want := range map[string]string{
		"https://GitHub.com/Acme/Shop.git":            "github.com/Acme/Shop",
		"https://user:secret@example.org:8443/a/b/":   "example.org/a/b",
		"git@github.com:acme/shop.git":                "github.com/acme/shop",
		"ssh://git@example.org:2222/acme/shop":        "example.org/acme/shop",
		"/srv/git/shop.git":                           "",
		"../shop":                                     "",
		"file:///srv/git/shop.git":                    "",
		"":                                            "",
		"https://user:se%zzcret@example.org/acme/odd": "",
	} {
		if got := source.RepositoryName(remote); got != want {
			t.Errorf("%s: %q, not %q", remote, got, want)
		}
	}
	dir := newRepo(t, map[string]string{"a": "1"})
	write(t, filepath.Join(dir, ".git/config"), "[remote \"a b\"]\n\turl = https://example.org/first\n\turl = https://example.org/second\n")
	src, err := openOne(t, dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if src.Repository.Name != "example.org/first" {
		t.Errorf("%+v", src.Repository)
	}
}

func TestDirectoriesGiveThemselvesAndTheRepositoriesInside(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "own/a.txt"), "a")
	write(t, filepath.Join(dir, "node_modules/x/package.json"), "{}")
	write(t, filepath.Join(dir, "lost/.git"), "gitdir: /no/such/place\n")
	write(t, filepath.Join(dir, "lost/c.txt"), "c")
	for target, p := range map[string]string{"/etc/passwd": "abs", "../..": "up", "own/a.txt": "in"} {
		if err := os.Symlink(target, filepath.Join(dir, p)); err != nil {
			t.Fatal(err)
		}
	}
	inner := newRepo(t, map[string]string{"b.txt": "b"})
	if err := os.Rename(inner, filepath.Join(dir, "inner")); err != nil {
		t.Fatal(err)
	}
	broken := newRepo(t, map[string]string{"b.txt": "b"})
	write(t, filepath.Join(broken, ".git/HEAD"), "nonsense\n")
	if err := os.Rename(broken, filepath.Join(dir, "broken")); err != nil {
		t.Fatal(err)
	}
	srcs, err := source.Open(context.Background(), dir, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range srcs {
		defer s.Tree.Close()
		for _, f := range s.Tree.Files() {
			got = append(got, string(s.Kind)+" "+f.Path)
		}
	}
	want := []string{"directory abs", "directory in", "directory lost/c.txt", "directory own/a.txt", "directory up", "git b.txt"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if links := problemsOf(srcs[0].Tree, "link"); len(links) != 1 || !strings.HasPrefix(links[0], "2 ") {
		t.Errorf("%q", links)
	}
	if len(srcs[0].Problems) != 1 || srcs[0].Problems[0].Path != "broken" {
		t.Errorf("%+v", srcs[0].Problems)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := source.Open(ctx, dir, source.Options{}); err == nil {
		t.Error("a canceled walk gave sources")
	}
}

// A file URL makes git serve the other repository, under that one's configuration.
func TestCloningAHostileRepositoryRunsNothingOfIt(t *testing.T) {
	quietGit(t)
	dir := newRepo(t, map[string]string{"sub/b.txt": "b"})
	ran, script := filepath.Join(t.TempDir(), "ran"), filepath.Join(t.TempDir(), "evil.sh")
	write(t, script, "#!/bin/sh\necho \"$*\" >> "+ran+"\nexit 1\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".git/config"), `[core]
	repositoryformatversion = 1
	fsmonitor = `+script+`
	sshCommand = `+script+`
	alternateRefsCommand = `+script+`
[extensions]
	partialClone = origin
[uploadpack]
	packObjectsHook = `+script+`
[remote "origin"]
	url = `+dir+`
	promisor = true
	uploadpack = `+script+`
`)
	id := gitIn(t, dir, "rev-parse", "HEAD:sub")
	if err := os.Remove(filepath.Join(dir, ".git/objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	_ = exec.Command("git", "-C", dir, "ls-tree", "-r", "HEAD").Run() // it fails, as the script does
	if err := os.Remove(ran); err != nil {
		t.Fatal("plain git did not run the program: ", err)
	}
	if _, err := openOne(t, "file://"+dir, source.Options{CacheDir: t.TempDir()}); err == nil {
		t.Error("a repository without all its objects was cloned")
	}
	if b, err := os.ReadFile(ran); err == nil {
		t.Errorf("it ran a program that the repository names: %s", b)
	}
}
