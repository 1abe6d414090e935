package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/internal/inventory"
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
	skeleton, err := os.MkdirTemp("", "tributary-git-")
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
	return nil
}

func (r *gitRepo) close() error { return os.RemoveAll(r.skeleton) }

var objectFormat = regexp.MustCompile(`(?im)^\s*objectformat\s*=\s*"?sha256"?\s*$`)

// sha256Repository reads the one setting that object ids depend on, as text.
func sha256Repository(common string) bool {
	b, err := readBounded(filepath.Join(common, "config"), 1<<20)
	return err == nil && objectFormat.Match(b)
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

// refs prepares a git command that reads references only.
func (r *gitRepo) refs(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"}, args...)...)
	cmd.Env = append(cleanEnv(), "GIT_DIR="+r.dir)
	cmd.Dir = r.skeleton
	return cmd
}

// plainRefs is refs under our own configuration: a directory that lends only the
// references, for repositories whose configuration is broken.
func (r *gitRepo) plainRefs(ctx context.Context, args ...string) (*exec.Cmd, error) {
	dir := filepath.Join(r.skeleton, "plain")
	if !exists(dir) {
		head, err := readBounded(filepath.Join(r.dir, "HEAD"), 4096)
		if err == nil {
			err = os.MkdirAll(filepath.Join(dir, "objects"), 0o700)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "HEAD"), head, 0o600)
		}
		for _, name := range []string{"refs", "packed-refs"} {
			if target := filepath.Join(r.common, name); err == nil && exists(target) {
				err = os.Symlink(target, filepath.Join(dir, name))
			}
		}
		if err != nil {
			return nil, err
		}
	}
	cmd := r.object(ctx, args...)
	cmd.Env = append(cmd.Env, "GIT_DIR="+dir)
	return cmd, nil
}

// cleanEnv is the environment without any GIT_ setting, and with those that
// keep git from asking, paging, translating, or reading settings of the system.
// Versions of git that don't know GIT_NO_LAZY_FETCH are kept from fetching what
// is missing, by a program that the repository names, as no protocol is allowed.
func cleanEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "GIT_") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			env = append(env, kv)
		}
	}
	return append(env, "LC_ALL=C", "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none", "GIT_OPTIONAL_LOCKS=0", "GIT_ATTR_NOSYSTEM=1")
}

// run gives a command's output, or its own words about what went wrong.
func run(cmd *exec.Cmd) ([]byte, error) {
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := gitFailed(cmd, &errs, cmd.Run())
	return out.Bytes(), err
}

// eachEntry runs git and hands out its answer entry by entry, each without the
// zero byte that ends it: the list of a large repository is never held whole.
func eachEntry(cmd *exec.Cmd, f func(entry string)) error {
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return gitFailed(cmd, &errs, err)
	}
	for in := bufio.NewReaderSize(out, 64<<10); ; {
		entry, err := in.ReadString(0)
		if err != nil {
			break // the end, or git's own failure, which Wait tells
		}
		f(entry[:len(entry)-1])
	}
	return gitFailed(cmd, &errs, cmd.Wait())
}

// gitFailed says in git's own words why a command failed.
func gitFailed(cmd *exec.Cmd, errs *bytes.Buffer, err error) error {
	if err == nil {
		return nil
	}
	words := strings.TrimSpace(errs.String())
	if words == "" {
		return fmt.Errorf("git %s: %w", gitVerb(cmd.Args), err)
	}
	if len(words) > 300 {
		words = words[:300] + "…"
	}
	return fmt.Errorf("git %s: %s", gitVerb(cmd.Args), words)
}

func gitVerb(args []string) string {
	for i := 1; i < len(args); i++ {
		if args[i] == "-c" {
			i++
			continue
		}
		return args[i]
	}
	return ""
}

var fullID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// resolve turns a revision into a full commit id. HEAD and branches that are
// not born yet give "".
func (r *gitRepo) resolve(ctx context.Context, rev string) (string, error) {
	if rev == "" {
		rev = "HEAD"
	}
	if strings.HasPrefix(rev, "-") {
		return "", fmt.Errorf("%q is not a revision", rev)
	}
	name, suffix := rev, ""
	if i := strings.IndexAny(rev, "~^"); i > 0 {
		name, suffix = rev[:i], rev[i:]
	}
	id := name
	if !fullID.MatchString(name) {
		parse := []string{"rev-parse", "--verify", "--quiet", "--end-of-options", name}
		out, err := run(r.refs(ctx, parse...))
		if err != nil && strings.Contains(err.Error(), "config") {
			// Its configuration can't be read; nothing in it is needed for this.
			if plain, broken := r.plainRefs(ctx, parse...); broken == nil {
				out, err = run(plain)
			}
		}
		id = strings.TrimSpace(string(out))
		if err != nil || !fullID.MatchString(id) {
			switch {
			case errors.Is(err, exec.ErrNotFound):
				return "", errors.New("git is not installed, or not in PATH; it is needed to read git repositories (--worktree reads the files on disk without it)")
			case ctx.Err() != nil:
				return "", ctx.Err()
			case name == "HEAD" && r.unborn(ctx):
				return "", nil
			case err != nil && strings.Contains(err.Error(), "fatal: "):
				// --quiet says nothing of a missing revision: this is something else.
				return "", fmt.Errorf("cannot read its branches and tags: %w", err)
			}
			return "", fmt.Errorf("there is no revision %s; \"git branch -a\" and \"git tag\" list what there is", rev)
		}
	}
	out, err := run(r.object(ctx, "rev-parse", "--verify", "--end-of-options", id+suffix+"^{commit}"))
	if err != nil {
		return "", fmt.Errorf("revision %s (%s) is not a readable commit: %w", rev, id, err)
	}
	return strings.TrimSpace(string(out)), nil
}

func (r *gitRepo) unborn(ctx context.Context) bool {
	out, err := run(r.refs(ctx, "symbolic-ref", "--quiet", "HEAD"))
	return err == nil && strings.HasPrefix(string(out), "refs/")
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
	commit, err := r.resolve(ctx, rev)
	if err != nil {
		return nil, err
	}
	src := &Source{Repository: r.identity(ctx, workTree), Kind: Git, Commit: commit, Revision: orHead(rev), WorkTree: workTree, git: r}
	if commit == "" {
		src.Tree = &gitTree{repo: r}
		src.Problems = append(src.Problems, inventory.Problem{Kind: "empty", Message: "the branch has no commit yet, so there is nothing to read"})
		return src, nil
	}
	src.Tree = &gitTree{repo: r, commit: commit}
	return src, nil
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
	cmd := r.object(ctx, "config", "--file", config, "--no-includes", "--get-regexp", `^remote\..*\.url$`)
	out, err := run(cmd)
	if err != nil {
		return repo
	}
	remotes := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		key, url, _ := strings.Cut(line, " ")
		remotes[strings.TrimSuffix(strings.TrimPrefix(key, "remote."), ".url")] = url
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

// CommitTime reads the committer's date; zero when there is none or it is out
// of range.
func (s *Source) CommitTime(ctx context.Context) time.Time {
	if s.git == nil || s.Commit == "" {
		return time.Time{}
	}
	out, err := run(s.git.object(ctx, "cat-file", "commit", s.Commit))
	if err != nil {
		return time.Time{}
	}
	for _, line := range strings.Split(string(out), "\n") {
		rest, ok := strings.CutPrefix(line, "committer ")
		if !ok {
			continue
		}
		fields := strings.Fields(rest[strings.LastIndexByte(rest, '>')+1:])
		if len(fields) > 0 {
			if sec, err := strconv.ParseInt(fields[0], 10, 64); err == nil && sec > 0 && sec < 1<<36 {
				return time.Unix(sec, 0).UTC()
			}
		}
		break
	}
	return time.Time{}
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

// MergeBase gives the best common ancestor of two revisions.
func (s *Source) MergeBase(ctx context.Context, a, b string) (string, error) {
	if s.git == nil {
		return "", errors.New("has no revisions")
	}
	from, err := s.git.resolve(ctx, a)
	if err != nil {
		return "", err
	}
	to, err := s.git.resolve(ctx, b)
	if err != nil {
		return "", err
	}
	if from == "" || to == "" {
		return "", errors.New("a branch has no commit yet")
	}
	cmd := s.git.object(ctx, "merge-base", from, to)
	if shallow := filepath.Join(s.git.common, "shallow"); exists(shallow) {
		cmd.Env = append(cmd.Env, "GIT_SHALLOW_FILE="+shallow)
	}
	out, err := run(cmd)
	if err != nil {
		return "", fmt.Errorf("there is no common ancestor: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
