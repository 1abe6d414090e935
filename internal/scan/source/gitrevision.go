package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// refs prepares a git command that reads references, under our own
// configuration: a directory that lends only them. Where they are kept in a
// database of references (reftable), only the repository itself can give them.
func (r *gitRepo) refs(ctx context.Context, args ...string) (*exec.Cmd, error) {
	if exists(filepath.Join(r.common, "reftable")) {
		args = append([]string{"-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"}, args...)
		cmd := exec.CommandContext(ctx, "git", args...)
		cmd.Env = append(cleanEnv(), "GIT_DIR="+r.dir)
		cmd.Dir = r.skeleton
		return cmd, nil
	}
	dir := filepath.Join(r.skeleton, "plain")
	if !exists(dir) {
		if err := r.lendRefs(dir); err != nil {
			return nil, err
		}
	}
	cmd := r.object(ctx, args...)
	cmd.Env = append(cmd.Env, "GIT_DIR="+dir)
	return cmd, nil
}

// lendRefs makes a git directory with the references of the repository: those
// of a linked work tree are in two places.
func (r *gitRepo) lendRefs(dir string) error {
	head, err := readBounded(filepath.Join(r.dir, "HEAD"), 4096)
	if err != nil {
		return fmt.Errorf("cannot read its HEAD: %w", err)
	}
	config, err := os.ReadFile(filepath.Join(r.skeleton, "config"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "objects"), 0o700); err != nil {
		return err
	}
	for name, content := range map[string][]byte{"HEAD": head, "config": config} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			return err
		}
	}
	for name, from := range map[string]string{"refs": r.common, "packed-refs": r.common, "logs": r.dir,
		"FETCH_HEAD": r.dir, "ORIG_HEAD": r.dir, "MERGE_HEAD": r.dir} {
		if target := filepath.Join(from, name); exists(target) {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

var fullID = pattern.Lazy(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// resolve finds the commit of a revision. HEAD and branches that are not born yet
// give none.
func (r *gitRepo) resolve(ctx context.Context, rev string) (commit, error) {
	if rev == "" {
		rev = "HEAD"
	}
	if strings.HasPrefix(rev, "-") {
		return commit{}, fmt.Errorf("%q is not a revision", rev)
	}
	name, suffix := rev, ""
	if i := strings.IndexAny(rev, "~^"); i > 0 {
		name, suffix = rev[:i], rev[i:]
	}
	id := name
	if name == "HEAD" {
		if head := r.head(); head != "" {
			id = head
		}
	}
	if !fullID().MatchString(id) {
		cmd, err := r.refs(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
		if err != nil {
			return commit{}, err
		}
		out, err := run(cmd)
		id = strings.TrimSpace(string(out))
		if err != nil || !fullID().MatchString(id) {
			switch {
			case errors.Is(err, exec.ErrNotFound):
				return commit{}, errGitMissing
			case ctx.Err() != nil:
				return commit{}, ctx.Err()
			case name == "HEAD" && r.unborn(ctx):
				return commit{}, nil
			case err != nil && strings.Contains(err.Error(), "fatal: "):
				// --quiet says nothing of a missing revision: this is something else.
				return commit{}, fmt.Errorf("cannot read its branches and tags: %w", err)
			}
			return commit{}, fmt.Errorf("there is no revision %s; \"git branch -a\" and \"git tag\" list what there is", rev)
		}
	}
	c, err := r.readCommit(ctx, id+suffix)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return commit{}, errGitMissing
	case ctx.Err() != nil:
		return commit{}, ctx.Err()
	case err != nil:
		return commit{}, fmt.Errorf("revision %s (%s) is not a readable commit: %w", rev, id, err)
	}
	return c, nil
}

var errGitMissing = errors.New("git is not installed, or not in PATH; it is needed to read git repositories (--worktree reads the files on disk without it)")

// maxPackedRefs bounds the list of references that is searched without git.
const maxPackedRefs = 4 << 20

// head reads the id of HEAD's commit where it stands plainly in files, as it
// nearly always does; "" where only git can tell.
func (r *gitRepo) head() string {
	b, err := readBounded(filepath.Join(r.dir, "HEAD"), 4096)
	if err != nil {
		return ""
	}
	text := strings.TrimSuffix(string(b), "\n")
	if fullID().MatchString(text) {
		return text
	}
	ref, ok := strings.CutPrefix(text, "ref: ")
	if !ok || !strings.HasPrefix(ref, "refs/heads/") || !fs.ValidPath(ref) {
		return ""
	}
	if b, err := readBounded(filepath.Join(r.common, filepath.FromSlash(ref)), 4096); err == nil {
		if id := strings.TrimSuffix(string(b), "\n"); fullID().MatchString(id) {
			return id
		}
		return ""
	}
	if b, err = readBounded(filepath.Join(r.common, "packed-refs"), maxPackedRefs); err == nil {
		for line := range strings.Lines(string(b)) {
			if id, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok && name == ref && fullID().MatchString(id) {
				return id
			}
		}
	}
	return ""
}

// commit is a commit object; the zero value is that of a branch without one.
type commit struct{ id, text string }

// readCommit reads the commit that a revision by id leads to.
func (r *gitRepo) readCommit(ctx context.Context, rev string) (commit, error) {
	cmd := r.object(ctx, "cat-file", "--batch")
	cmd.Stdin = strings.NewReader(rev + "^{commit}\n")
	out, err := run(cmd)
	if err != nil {
		return commit{}, err
	}
	head, text, _ := strings.Cut(string(out), "\n")
	fields := strings.Fields(head)
	if len(fields) != 3 || fields[1] != "commit" || !fullID().MatchString(fields[0]) {
		return commit{}, errors.New("git has no such commit")
	}
	return commit{fields[0], text}, nil
}

// field gives the first line of the commit's head that begins with a word,
// without the word; "" when there is none.
func (c commit) field(word string) string {
	for line := range strings.Lines(c.text) {
		if line == "\n" {
			break
		}
		if value, ok := strings.CutPrefix(line, word+" "); ok {
			return strings.TrimSuffix(value, "\n")
		}
	}
	return ""
}

// time is the committer's date; zero when there is none or it is out of range.
func (c commit) time() time.Time {
	who := c.field("committer")
	fields := strings.Fields(who[strings.LastIndexByte(who, '>')+1:])
	if len(fields) == 0 {
		return time.Time{}
	}
	if sec, err := strconv.ParseInt(fields[0], 10, 64); err == nil && sec > 0 && sec < 1<<36 {
		return time.Unix(sec, 0).UTC()
	}
	return time.Time{}
}

func (r *gitRepo) unborn(ctx context.Context) bool {
	cmd, err := r.refs(ctx, "symbolic-ref", "--quiet", "HEAD")
	if err != nil {
		return false
	}
	out, err := run(cmd)
	return err == nil && strings.HasPrefix(string(out), "refs/")
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
	if from.id == "" || to.id == "" {
		return "", errors.New("a branch has no commit yet")
	}
	cmd := s.git.object(ctx, "merge-base", from.id, to.id)
	if shallow := filepath.Join(s.git.common, "shallow"); exists(shallow) {
		cmd.Env = append(cmd.Env, "GIT_SHALLOW_FILE="+shallow)
	}
	out, err := run(cmd)
	switch {
	case err != nil && strings.Contains(err.Error(), "exit status 1") && exists(filepath.Join(s.git.common, "shallow")):
		return "", fmt.Errorf("%s and %s have no common ancestor in this shallow clone; \"git fetch --unshallow\" brings the rest", a, b)
	case err != nil && strings.Contains(err.Error(), "exit status 1"):
		return "", fmt.Errorf("%s and %s have no common ancestor", a, b)
	case err != nil:
		return "", fmt.Errorf("cannot find a common ancestor of %s and %s: %w", a, b, err)
	}
	return strings.TrimSpace(string(out)), nil
}
