package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// scpURL is git's short form user@host:path.
var scpURL = regexp.MustCompile(`^([A-Za-z0-9._-]+@)?([A-Za-z0-9.-]+\.[A-Za-z]{2,}|localhost):([^/].*|/.*)$`)

// parseURL says whether arg is a git URL, and parts a revision from it
// ("URL#rev", or "URL@rev" after ".git").
func parseURL(arg string) (u, rev string, ok bool) {
	u = arg
	if i := strings.LastIndexByte(u, '#'); i > 0 {
		u, rev = u[:i], u[i+1:]
	} else if i := strings.LastIndex(u, ".git@"); i > 0 {
		u, rev = u[:i+4], u[i+5:]
	}
	for _, scheme := range []string{"https://", "http://", "ssh://", "git://", "file://", "git+https://", "git+ssh://"} {
		if strings.HasPrefix(u, scheme) {
			return strings.TrimPrefix(u, "git+"), rev, true
		}
	}
	if exists(arg) {
		return "", "", false
	}
	return u, rev, scpURL.MatchString(u)
}

// RepositoryName is the name of a remote: host and path, without scheme, user,
// port and ".git"; "" for none and for local paths.
func RepositoryName(remote string) string {
	if remote == "" {
		return ""
	}
	if u, err := url.Parse(remote); err == nil && u.Host != "" {
		return strings.ToLower(u.Hostname()) + "/" + strings.TrimSuffix(strings.Trim(u.Path, "/"), ".git")
	}
	if m := scpURL.FindStringSubmatch(remote); m != nil {
		return strings.ToLower(m[2]) + "/" + strings.TrimSuffix(strings.Trim(m[3], "/"), ".git")
	}
	return ""
}

// withoutCredentials drops user and password from a URL.
func withoutCredentials(remote string) string {
	if u, err := url.Parse(remote); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return remote
}

// openURL clones into the cache, or brings an earlier clone up to date. Here
// the user's own git configuration is in force (credential helpers, proxies):
// the clone is ours. Clones are bare and shallow unless a revision is asked for.
func openURL(ctx context.Context, remote string, o Options) ([]*Source, error) {
	if o.CacheDir == "" {
		return nil, errors.New("there is no directory to clone into")
	}
	if err := os.MkdirAll(o.CacheDir, 0o700); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(withoutCredentials(remote)))
	dir := filepath.Join(o.CacheDir, "clones", hex.EncodeToString(sum[:12])+".git")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, err
	}
	unlock, err := lock(dir + ".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := bring(ctx, remote, dir, o.Revision != ""); err != nil {
		return nil, err
	}
	src, err := openGit(ctx, dir, "", o)
	if err != nil {
		return nil, err
	}
	src.Repository.Location = withoutCredentials(remote)
	if name := RepositoryName(remote); name != "" {
		src.Repository.Name = name
	} else {
		src.Repository.Name = src.Repository.Location
	}
	return []*Source{src}, nil
}

// bring clones beside the final place and renames, so that half a clone is
// never taken for a whole one.
func bring(ctx context.Context, remote, dir string, whole bool) error {
	fetched := filepath.Join(dir, "HEAD")
	if _, err := os.Stat(fetched); err == nil {
		args := []string{"fetch", "--quiet", "--force", "--prune", "--tags", "--no-recurse-submodules"}
		if exists(filepath.Join(dir, "shallow")) {
			if whole {
				args = append(args, "--unshallow")
			} else {
				args = append(args, "--depth=1")
			}
		}
		_, err := userGit(ctx, dir, append(args, "--", remote, "+refs/heads/*:refs/heads/*")...)
		return cloneError(remote, err)
	}
	tmp := dir + ".part"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	args := []string{"clone", "--quiet", "--bare", "--no-recurse-submodules"}
	if !whole && !strings.HasPrefix(remote, "file://") {
		args = append(args, "--depth=1")
	}
	if _, err := userGit(ctx, "", append(args, "--", remote, tmp)...); err != nil {
		os.RemoveAll(tmp)
		return cloneError(remote, err)
	}
	// The remote's address may hold a password: the clone does not keep it.
	if _, err := userGit(ctx, tmp, "config", "remote.origin.url", withoutCredentials(remote)); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}

func cloneError(remote string, err error) error {
	if err == nil {
		return nil
	}
	words := strings.ReplaceAll(err.Error(), remote, withoutCredentials(remote))
	return fmt.Errorf("cannot clone or fetch: %s", words)
}

func userGit(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", "GIT_ALLOW_PROTOCOL=https:http:ssh:git:file")
	if dir != "" {
		cmd.Env = append(cmd.Env, "GIT_DIR="+dir)
	}
	return run(cmd)
}

// lock takes a lock file, waiting for another process that holds it.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
