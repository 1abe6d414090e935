package source

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
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
		cmd, err := r.refs(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
		if err != nil {
			return "", err
		}
		out, err := run(cmd)
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
	if from == "" || to == "" {
		return "", errors.New("a branch has no commit yet")
	}
	cmd := s.git.object(ctx, "merge-base", from, to)
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
