package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// scpURL is git's short form user@host:path.
var scpURL = pattern.Lazy(`^([A-Za-z0-9._-]+@)?([A-Za-z0-9.-]+\.[A-Za-z]{2,}|localhost):([^/].*|/.*)$`)

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
	return u, rev, scpURL().MatchString(u)
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
	if m := scpURL().FindStringSubmatch(remote); m != nil {
		return strings.ToLower(m[2]) + "/" + strings.TrimSuffix(strings.Trim(m[3], "/"), ".git")
	}
	return ""
}

// userInfo is the part of a URL that may hold a user and a password; also of
// one that is too odd for url.Parse.
var userInfo = pattern.Lazy(`^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)@`)

// withoutCredentials drops user and password from a URL.
func withoutCredentials(remote string) string {
	return userInfo().ReplaceAllString(remote, "$1")
}

// Shown is an argument of [Open] as messages and reports may show it: a URL
// without its password, and one of http without its user too, which may be a token.
func Shown(arg string) string {
	m := userInfo().FindStringSubmatch(arg)
	switch {
	case m == nil || exists(arg):
		return arg
	case strings.Contains(m[1], "http"):
		return m[1] + arg[len(m[0]):]
	}
	user, _, _ := strings.Cut(m[2], ":")
	return m[1] + user + "@" + arg[len(m[0]):]
}

// withoutPassword parts a URL of http or https with a password into one without
// user and password, and those two. Others it leaves as they are: the user is
// part of an SSH address.
func withoutPassword(remote string) (address, user, password string) {
	m := userInfo().FindStringSubmatch(remote)
	if m == nil || !strings.Contains(m[2], ":") {
		return remote, "", ""
	}
	user, password, _ = strings.Cut(m[2], ":")
	if u, err := url.PathUnescape(user); err == nil {
		user = u
	}
	if p, err := url.PathUnescape(password); err == nil {
		password = p
	}
	if strings.HasPrefix(m[1], "http") {
		return withoutCredentials(remote), user, password
	}
	return m[1] + strings.SplitN(m[2], ":", 2)[0] + "@" + remote[len(m[0]):], user, password
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
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := bring(ctx, newClone(remote, dir), o.Revision != ""); err != nil {
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

// lock takes a lock file, waiting for another process that holds it.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			f.Close()
			return nil, fmt.Errorf("cannot lock %s: %w", path, err)
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
