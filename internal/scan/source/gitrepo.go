package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

func decodeRune(s string) (rune, int) {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && n <= 1 {
		return -1, 1
	}
	return r, n
}

// gitRepo is a git directory together with a skeleton of our own, under whose
// configuration its objects are read: the repository's configuration could name
// programs (fsmonitor, ssh commands, remotes to fetch missing objects from),
// and is never in force. Only object ids pass from the repository to commands.
type gitRepo struct {
	dir      string // the git directory (refs, HEAD)
	common   string // the directory with objects: differs for linked work trees
	skeleton string // temporary, ours
	max      int64
}

// findGit tells whether dir is a git repository: its git directory, and its
// work tree ("" for a bare one).
func findGit(dir string) (gitDir, workTree string, ok bool) {
	dot := filepath.Join(dir, ".git")
	if st, err := os.Stat(dot); err == nil {
		if st.IsDir() && isGitDir(dot) {
			return dot, dir, true
		}
		if target, ok := gitFile(dot); ok && isGitDir(target) {
			return target, dir, true
		}
	}
	if isGitDir(dir) {
		return dir, "", true
	}
	return "", "", false
}

// gitFile reads a .git file ("gitdir: PATH"), as submodules and linked work
// trees have.
func gitFile(path string) (string, bool) {
	b, err := readBounded(path, 4096)
	if err != nil {
		return "", false
	}
	target, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "gitdir: ")
	if !ok {
		return "", false
	}
	if !filepath.IsAbs(target) {
		target = filepath.Join(filepath.Dir(path), target)
	}
	return target, true
}

func isGitDir(dir string) bool {
	if st, err := os.Stat(filepath.Join(dir, "HEAD")); err != nil || st.IsDir() {
		return false
	}
	if st, err := os.Stat(filepath.Join(commonDir(dir), "objects")); err != nil || !st.IsDir() {
		return false
	}
	_, err := os.Stat(filepath.Join(commonDir(dir), "refs"))
	return err == nil
}

// commonDir follows a linked work tree's commondir file to the shared store.
func commonDir(dir string) string {
	b, err := readBounded(filepath.Join(dir, "commondir"), 4096)
	if err != nil {
		return dir
	}
	target := strings.TrimSpace(string(b))
	if !filepath.IsAbs(target) {
		target = filepath.Join(dir, target)
	}
	return target
}

// privateDir begins the names of directories in which git finds settings of ours
// in place of a repository's own.
const privateDir = "tributary-git-"

// skeletonConfig bounds what git maps and keeps: packs are looked at through
// small windows, so that its memory does not grow with the repository.
const skeletonConfig = `[core]
	repositoryformatversion = %d
	bare = true
	packedGitWindowSize = 2m
	packedGitLimit = 48m
	deltaBaseCacheLimit = 24m
`

func newGitRepo(dir string, max int64) (*gitRepo, error) {
	common := commonDir(dir)
	if err := noPipes(dir, common); err != nil {
		return nil, err
	}
	skeleton, err := os.MkdirTemp("", privateDir)
	if err != nil {
		return nil, err
	}
	r := &gitRepo{dir: dir, common: common, skeleton: skeleton, max: max}
	format, extension := 0, ""
	if sha256Repository(common) {
		format, extension = 1, "[extensions]\n\tobjectformat = sha256\n"
	}
	config := fmt.Sprintf(skeletonConfig, format) + extension
	for _, sub := range []string{"objects", "refs"} {
		if err := os.Mkdir(filepath.Join(skeleton, sub), 0o700); err != nil {
			return nil, errors.Join(err, r.close())
		}
	}
	for name, content := range map[string]string{"HEAD": "ref: refs/heads/none\n", "config": config} {
		if err := os.WriteFile(filepath.Join(skeleton, name), []byte(content), 0o600); err != nil {
			return nil, errors.Join(err, r.close())
		}
	}
	return r, nil
}

// noPipes refuses pipes and devices where git expects files: git would wait for
// them for ever.
func noPipes(dir, common string) error {
	for _, p := range []string{filepath.Join(dir, "HEAD"), filepath.Join(dir, "commondir"), filepath.Join(common, "config"),
		filepath.Join(dir, "config.worktree"), filepath.Join(common, "packed-refs"), filepath.Join(common, "shallow"), filepath.Join(common, "objects", "info", "alternates")} {
		if st, err := os.Stat(p); err == nil && !st.Mode().IsRegular() {
			return fmt.Errorf("%s is no regular file, so the repository is damaged and was not read", p)
		}
	}
	return filepath.WalkDir(filepath.Join(common, "refs"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type()&(fs.ModeNamedPipe|fs.ModeSocket|fs.ModeDevice) != 0 {
			return fmt.Errorf("%s is no regular file, so the repository is damaged and was not read", p)
		}
		return nil // what can't be listed, git will tell of
	})
}

func (r *gitRepo) close() error { return os.RemoveAll(r.skeleton) }

var objectFormat = pattern.Lazy(`(?im)^\s*objectformat\s*=\s*"?sha256"?\s*$`)

// sha256Repository reads the one setting that object ids depend on, as text.
func sha256Repository(common string) bool {
	b, err := readBounded(filepath.Join(common, "config"), 1<<20)
	return err == nil && objectFormat().Match(b)
}

func readBounded(path string, limit int64) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if st.Size() > limit || !st.Mode().IsRegular() {
		return nil, ErrTooLarge
	}
	return os.ReadFile(path)
}

// object prepares a git command that reads objects: our skeleton is its
// repository, the scanned one only lends the object store. With no remote
// configured, missing objects are missing and nothing is fetched.
func (r *gitRepo) object(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = append(cleanEnv(), "GIT_DIR="+r.skeleton, "GIT_OBJECT_DIRECTORY="+filepath.Join(r.common, "objects"))
	cmd.Dir = r.skeleton
	return cmd
}

func openGit(ctx context.Context, dir, workTree string, o Options) (*Source, error) {
	r, err := newGitRepo(dir, o.maxFile())
	if err != nil {
		return nil, err
	}
	src, err := r.open(ctx, workTree, o.Revision)
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return src, nil
}

func (r *gitRepo) open(ctx context.Context, workTree, rev string) (*Source, error) {
	c, err := r.resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	src := &Source{Repository: r.identity(ctx, workTree), Kind: Git, Commit: c.id, CommitTime: c.time(), Revision: orHead(rev), WorkTree: workTree, git: r}
	if c.id == "" {
		src.Tree = &gitTree{repo: r}
		src.Problems = append(src.Problems, inventory.Problem{Kind: "empty", Message: r.nothingYet(ctx)})
		return src, nil
	}
	src.Tree = &gitTree{repo: r, commit: c.id, root: c.field("tree")}
	return src, nil
}

// CheckedOut is the work tree of a git source, "" where there is none or nothing
// was checked out; whole says that all of the commit's files belong there.
func (s *Source) CheckedOut() (dir string, whole bool) {
	if s.Kind != Git || s.WorkTree == "" || s.git == nil {
		return "", false
	}
	if _, err := os.Stat(filepath.Join(s.git.dir, "index")); err != nil && s.Commit != "" {
		return "", false
	}
	_, err := os.Stat(filepath.Join(s.git.dir, "info", "sparse-checkout"))
	return s.WorkTree, errors.Is(err, fs.ErrNotExist)
}

// nothingYet says that HEAD has no commit, and names branches that have one.
func (r *gitRepo) nothingYet(ctx context.Context) string {
	const words = "the branch has no commit yet, so there is nothing to read"
	cmd, err := r.refs(ctx, "for-each-ref", "--count=3", "--format=%(refname:lstrip=2)", "refs/heads", "refs/remotes")
	if err != nil {
		return words
	}
	out, err := run(cmd)
	if names := strings.Fields(string(out)); err == nil && len(names) > 0 {
		shown, _ := printable(strings.Join(names, ", "))
		return words + "; other branches have: " + shown + " (give one as the revision)"
	}
	return words
}

func orHead(rev string) string {
	if rev == "" {
		return "HEAD"
	}
	return rev
}

// identity names a repository after its remote, else after its path.
func (r *gitRepo) identity(ctx context.Context, workTree string) inventory.Repository {
	location := workTree
	if location == "" {
		location = r.dir
	}
	repo := inventory.Repository{Name: location, Location: location, Kind: string(Git)}
	config := filepath.Join(r.common, "config")
	if _, err := os.Stat(config); err != nil {
		return repo
	}
	out, err := run(r.object(ctx, "config", "--file", config, "--no-includes", "-z", "--get-regexp", `^remote\..*\.url$`))
	if err != nil {
		return repo
	}
	remotes := map[string]string{}
	for _, entry := range strings.Split(string(out), "\x00") {
		key, url, ok := strings.Cut(entry, "\n")
		name := strings.TrimSuffix(strings.TrimPrefix(key, "remote."), ".url")
		if ok && remotes[name] == "" { // of several addresses, git fetches from the first
			remotes[name] = url
		}
	}
	url := remotes["origin"]
	if url == "" && len(remotes) == 1 {
		for _, url = range remotes {
		}
	}
	if name := RepositoryName(url); name != "" {
		repo.Name = name
	}
	return repo
}

// At opens another revision of the same repository.
func (s *Source) At(ctx context.Context, rev string) (*Source, error) {
	if s.git == nil {
		return nil, errors.New("has no revisions")
	}
	r, err := newGitRepo(s.git.dir, s.git.max)
	if err != nil {
		return nil, err
	}
	src, err := r.open(ctx, s.WorkTree, rev)
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return src, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
