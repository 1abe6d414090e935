package source

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// clone is a git URL and its place in the cache.
type clone struct {
	remote         string // as given; may hold a password
	address        string // what git is told, without a password
	user, password string
	dir            string
}

func newClone(remote, dir string) clone {
	c := clone{remote: remote, dir: dir}
	c.address, c.user, c.password = withoutPassword(remote)
	return c
}

// bring clones beside the final place and renames, so that half a clone is
// never taken for a whole one; or brings an earlier clone up to date.
func bring(ctx context.Context, c clone, whole bool) error {
	if exists(filepath.Join(c.dir, "HEAD")) {
		return c.fetch(ctx, whole)
	}
	tmp := c.dir + ".part"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	args := []string{"clone", "--quiet", "--bare", "--template=", "--no-recurse-submodules"}
	if !whole && !strings.HasPrefix(c.remote, "file://") {
		args = append(args, "--depth=1")
	}
	_, err := c.git(ctx, "", append(args, "--", c.address, tmp)...)
	if err == nil {
		// A user name may be a token: the clone does not keep it either.
		_, err = c.git(ctx, tmp, "config", "remote.origin.url", withoutCredentials(c.remote))
	}
	if err == nil {
		err = os.Rename(tmp, c.dir)
	}
	if err != nil {
		os.RemoveAll(tmp)
		return fmt.Errorf("cannot clone or fetch: %w", err)
	}
	return nil
}

// fetch brings a clone up to date. Of a shallow one only HEAD is needed, until
// somebody asks for a revision.
func (c clone) fetch(ctx context.Context, whole bool) error {
	args := []string{"fetch", "--quiet", "--force", "--no-recurse-submodules"}
	shallow := exists(filepath.Join(c.dir, "shallow"))
	out, err := c.git(ctx, c.dir, "ls-remote", "--symref", "--", c.address, "HEAD")
	if err != nil {
		return fmt.Errorf("cannot clone or fetch: %w", err)
	}
	head := headBranch(string(out))
	switch {
	case shallow && !whole && head != "":
		args = append(args, "--depth=1", "--no-tags", "--", c.address, "+"+head+":"+head)
	case shallow && whole:
		args = append(args, "--unshallow", "--prune", "--tags", "--", c.address, "+refs/heads/*:refs/heads/*")
	default:
		args = append(args, "--prune", "--tags", "--", c.address, "+refs/heads/*:refs/heads/*")
	}
	if _, err := c.git(ctx, c.dir, args...); err != nil {
		return fmt.Errorf("cannot clone or fetch: %w", err)
	}
	if head == "" {
		return nil
	}
	if _, err := c.git(ctx, c.dir, "symbolic-ref", "HEAD", head); err != nil {
		return fmt.Errorf("cannot follow the remote's HEAD: %w", err)
	}
	return nil
}

// headBranch reads "ref: refs/heads/main\tHEAD" of ls-remote --symref; "" for a
// remote without commits or with a detached HEAD.
func headBranch(answer string) string {
	for _, line := range strings.Split(answer, "\n") {
		target, name, _ := strings.Cut(line, "\t")
		if ref, ok := strings.CutPrefix(target, "ref: "); ok && name == "HEAD" && strings.HasPrefix(ref, "refs/heads/") {
			return ref
		}
	}
	return ""
}

// git runs git under the user's own configuration. A password reaches it by a
// helper in its environment, for the one host it was given for: so it is in no
// list of processes, and no other helper keeps it.
func (c clone) git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = append(userEnv(), "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=https:http:ssh:git:file")
	if dir != "" {
		cmd.Env = append(cmd.Env, "GIT_DIR="+dir)
	}
	if u, err := url.Parse(c.address); c.password != "" && err == nil && strings.HasPrefix(u.Scheme, "http") {
		n, _ := strconv.Atoi(os.Getenv("GIT_CONFIG_COUNT")) // 0 where there is none
		cmd.Env = append(cmd.Env, "TRIBUTARY_GIT_USER="+c.user, "TRIBUTARY_GIT_PASSWORD="+c.password,
			fmt.Sprintf("GIT_CONFIG_COUNT=%d", n+2),
			fmt.Sprintf("GIT_CONFIG_KEY_%d=credential.helper", n), fmt.Sprintf("GIT_CONFIG_VALUE_%d=", n),
			fmt.Sprintf("GIT_CONFIG_KEY_%d=credential.%s://%s.helper", n+1, u.Scheme, u.Host),
			fmt.Sprintf("GIT_CONFIG_VALUE_%d=%s", n+1, `!printf 'username=%s\npassword=%s\n' "$TRIBUTARY_GIT_USER" "$TRIBUTARY_GIT_PASSWORD"; true`))
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	words := bytes.NewBufferString(c.redact(errs.String()))
	return out.Bytes(), gitFailed(cmd, words, err)
}

// redact takes user and password out of what git says.
func (c clone) redact(words string) string {
	if m := userInfo().FindStringSubmatch(c.remote); m != nil {
		words = strings.ReplaceAll(words, m[2]+"@", "")
		if _, raw, ok := strings.Cut(m[2], ":"); ok && raw != "" {
			words = strings.ReplaceAll(words, raw, "***")
		}
	}
	if c.password != "" {
		words = strings.ReplaceAll(words, c.password, "***")
	}
	return words
}

// repositoryVariables bind git to a repository, as when we run in a hook of
// one; they must not reach commands for another.
var repositoryVariables = []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
	"GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE", "GIT_QUARANTINE_PATH",
	"GIT_IMPLICIT_WORK_TREE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_CONFIG", "GIT_TEMPLATE_DIR", "GIT_DEFAULT_HASH"}

func userEnv() []string {
	return slices.DeleteFunc(os.Environ(), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return slices.Contains(repositoryVariables, name)
	})
}
