package upstream

import (
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// Repository is the place where a project is developed.
type Repository struct {
	// Name is host and path without scheme, user and ".git", as repositories
	// are named everywhere here: "github.com/prometheus/prometheus".
	Name string
	// Directory is the place of the package inside, "" for the root or where
	// nothing tells.
	Directory string
}

// Key folds the spellings of a repository's name that mean the same: the forges
// do not tell owners and names apart by case, and some projects have a second
// address that leads to the first. Names that are not on a forge are left alone.
func Key(name string) string {
	host, path, ok := strings.Cut(name, "/")
	if !ok || strings.HasPrefix(name, "/") {
		return name
	}
	host = strings.TrimPrefix(strings.ToLower(host), "www.")
	if host == "go.googlesource.com" {
		return "github.com/golang/" + strings.ToLower(path)
	}
	if owner, repo, found := asfRepository(host, path); found {
		return "github.com/" + owner + "/" + strings.ToLower(repo)
	}
	if forges[host] != 0 || forgeLike(host) {
		path = strings.ToLower(path)
	}
	return host + "/" + path
}

// asfRepository tells that the Apache Software Foundation's own server and its
// organization on GitHub hold the same repositories (infra.apache.org, "GitBox").
func asfRepository(host, path string) (owner, repo string, ok bool) {
	if host != "gitbox.apache.org" && host != "git-wip-us.apache.org" && host != "git.apache.org" {
		return "", "", false
	}
	repo = strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(path, "repos/"), "asf/"), ".git")
	if repo == "" || strings.ContainsAny(repo, "/?;") {
		return "", "", false
	}
	return "apache", repo, true
}

// forges says how many path segments name a repository on a forge; -1 for
// forges with nested groups.
var forges = map[string]int{
	"github.com": 2, "bitbucket.org": 2, "codeberg.org": 2, "gitee.com": 2, "git.sr.ht": 2, "gitea.com": 2,
	"framagit.org": -1, "gitlab.com": -1, "salsa.debian.org": -1, "gitlab.freedesktop.org": -1, "gitlab.gnome.org": -1,
	"invent.kde.org": -1, "code.videolan.org": -1, "gitlab.haskell.org": -1, "gitlab.eclipse.org": -1, "gitlab.kitware.com": -1,
	"gitlab.inria.fr": -1, "dev.gajim.org": -1, "0xacab.org": -1, "git.kernel.org": -1, "opendev.org": 2, "notabug.org": 2,
	"go.googlesource.com": 1,
}

func forgeLike(host string) bool { return strings.HasPrefix(host, "gitlab.") }

const maxURL = 2000

var (
	// user@host:path, the form of scp.
	scpForm = pattern.Lazy(`^(?:[\w.+-]+@)?([\w-]+(?:\.[\w-]+)+):(/?[^/\s\\].*)$`)
	// owner/repo, npm's shorthand for GitHub.
	ownerRepo = pattern.Lazy(`^[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+$`)
	hostForm  = pattern.Lazy(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	schemes   = map[string]bool{"http": true, "https": true, "git": true, "ssh": true, "svn+ssh": false, "ftp": false}
	shorthand = map[string]string{"github": "github.com", "gitlab": "gitlab.com", "bitbucket": "bitbucket.org"}
)

// Parse reads the address of a repository in any of the forms that people write
// into package metadata: URLs with or without "git+", "scm:git:", user, ".git"
// and "#branch"; pages inside a repository ("/tree/main/packages/a"); the form of
// scp (git@github.com:o/r.git); npm's shorthands ("o/r", "gitlab:o/r"). It is
// false where the text names no repository: a home page, a gist, a registry.
func Parse(s string) (Repository, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxURL || strings.ContainsAny(s, " \t\r\n<>\"'`\\{}") {
		return Repository{}, false
	}
	s = trimPrefixes(s)
	if prefix, rest, ok := strings.Cut(s, ":"); ok && shorthand[strings.ToLower(prefix)] != "" && !strings.HasPrefix(rest, "//") {
		return onHost(shorthand[strings.ToLower(prefix)], rest)
	}
	if i := strings.IndexAny(s, "#?"); i < 0 && ownerRepo().MatchString(s) || i > 0 && ownerRepo().MatchString(s[:i]) {
		return onHost("github.com", s)
	}
	if !strings.Contains(s, "://") {
		if m := scpForm().FindStringSubmatch(s); m != nil {
			return onHost(m[1], m[2])
		}
		s = "https://" + strings.TrimPrefix(s, "//")
	}
	u, err := url.Parse(fixPort(s))
	if err != nil || !schemes[strings.ToLower(u.Scheme)] {
		return Repository{}, false
	}
	if p := u.Query().Get("p"); p != "" && strings.HasSuffix(u.Hostname(), "apache.org") { // gitbox.apache.org/repos/asf?p=x.git
		u.Path = "/" + p
	}
	return onHost(u.Hostname(), u.Path)
}

// trimPrefixes takes off what says "this is git": Maven's scm:git:, npm's git+.
func trimPrefixes(s string) string {
	for {
		before := s
		for _, p := range []string{"scm:", "git+", "git:"} {
			if len(s) > len(p) && strings.EqualFold(s[:len(p)], p) && !strings.HasPrefix(s[len(p):], "//") {
				s = s[len(p):]
			}
		}
		if s == before {
			return s
		}
	}
}

// fixPort repairs ssh://git@github.com:owner/repo, which is no URL and common.
func fixPort(s string) string {
	scheme, rest, _ := strings.Cut(s, "://")
	authority, path, _ := strings.Cut(rest, "/")
	host := authority[strings.LastIndexByte(authority, '@')+1:]
	name, port, ok := strings.Cut(host, ":")
	if !ok || port == "" || strings.Trim(port, "0123456789") == "" {
		return s
	}
	return scheme + "://" + name + "/" + port + "/" + path
}

// onHost takes the repository out of a path on a host.
func onHost(host, path string) (Repository, bool) {
	host = strings.TrimPrefix(strings.ToLower(strings.TrimSuffix(host, ".")), "www.")
	if i := strings.IndexAny(path, "#?"); i >= 0 {
		path = path[:i]
	}
	if !hostForm().MatchString(host) || notRepositories[host] {
		return Repository{}, false
	}
	if unescaped, err := url.PathUnescape(path); err == nil {
		path = unescaped
	}
	if owner, repo, ok := asfRepository(host, strings.Trim(path, "/")); ok {
		return Repository{Name: "github.com/" + owner + "/" + repo}, true
	}
	if host == "svn.apache.org" {
		return Repository{}, false
	}
	var segments []string
	for _, seg := range strings.Split(path, "/") {
		switch seg {
		case "", ".":
		case "..":
			return Repository{}, false
		default:
			segments = append(segments, seg)
		}
	}
	return cutSegments(host, segments)
}

// notRepositories are hosts that are often written where a repository should
// stand.
var notRepositories = map[string]bool{
	"npmjs.com": true, "npmjs.org": true, "registry.npmjs.org": true, "pypi.org": true, "pypi.python.org": true, "crates.io": true,
	"docs.rs": true, "rubygems.org": true, "packagist.org": true, "nuget.org": true, "pkg.go.dev": true, "godoc.org": true,
	"readthedocs.io": true, "gist.github.com": true, "example.com": true, "example.org": true, "localhost": true,
	"search.maven.org": true, "mvnrepository.com": true, "repo1.maven.org": true, "repo.maven.apache.org": true, "central.sonatype.com": true,
	"raw.githubusercontent.com": true, "api.github.com": true, "twitter.com": true, "opencollective.com": true, "medium.com": true,
	"google.com": true, "wikipedia.org": true, "github.blog": true, "docs.github.com": true, "proxy.golang.org": true,
}

// pages are first words of what follows a repository in the address of a page.
var pages = map[string]bool{"tree": true, "blob": true, "src": true, "raw": true, "browse": true}

func cutSegments(host string, segments []string) (Repository, bool) {
	n, known := forges[host]
	if !known && forgeLike(host) {
		n = -1
	}
	name, rest := segments, []string(nil)
	switch {
	case n > 0:
		if len(segments) < n {
			return Repository{}, false
		}
		name, rest = segments[:n], segments[n:]
	default:
		name, rest = cutNested(segments)
		if least := 2; n == 0 && len(name) < 1 || n < 0 && len(name) < least {
			return Repository{}, false
		}
	}
	for i, seg := range name {
		name[i] = strings.TrimSuffix(seg, ".git")
		if name[i] == "" || len(name[i]) > 200 || strings.ContainsAny(name[i], ":@ \x00") {
			return Repository{}, false
		}
	}
	if host == "github.com" && (reservedOwners[strings.ToLower(name[0])] || len(name[0]) > 60) {
		return Repository{}, false
	}
	return Repository{Name: host + "/" + strings.Join(name, "/"), Directory: directory(rest)}, true
}

// reservedOwners are first words of pages on GitHub that belong to nobody.
var reservedOwners = map[string]bool{"sponsors": true, "orgs": true, "users": true, "topics": true, "marketplace": true, "features": true,
	"settings": true, "apps": true, "about": true, "login": true, "search": true, "issues": true, "pulls": true}

// cutNested ends a nested group at ".git", at "/-/" (GitLab's pages) or at the
// first word of a page.
func cutNested(segments []string) (name, rest []string) {
	for i, seg := range segments {
		if i > 0 && strings.HasSuffix(seg, ".git") {
			return segments[:i+1], segments[i+1:]
		}
		if i >= 2 && (seg == "-" || pages[seg] || seg == "issues" || seg == "wikis") {
			return segments[:i], segments[i:]
		}
	}
	return segments, nil
}

// directory is the path in "tree/main/packages/a" and its like. The name of a
// branch may have slashes, which nothing here can tell; one segment is taken.
func directory(rest []string) string {
	if len(rest) > 0 && rest[0] == "-" {
		rest = rest[1:]
	}
	switch {
	case len(rest) < 3 || !pages[rest[0]]:
		return ""
	case rest[0] == "src" && (rest[1] == "branch" || rest[1] == "tag" || rest[1] == "commit"): // Gitea
		return strings.Join(rest[min(3, len(rest)):], "/")
	}
	return strings.Join(rest[2:], "/")
}
