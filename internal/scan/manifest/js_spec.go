package manifest

import (
	"net/url"
	"strings"
)

// jsSource says where a dependency specifier looks for its package.
type jsSource uint8

const (
	jsRegistry jsSource = iota
	jsLocal             // workspace:, link:, file:, portal:, a path: the repository's own
	jsGit
	jsTarball
	jsCatalog // catalog: and catalog:NAME
	jsRuntime // runtime:, a JavaScript engine that pnpm installs
)

// jsSpec is a dependency specifier of package.json, taken apart
// (docs.npmjs.com/cli/configuring-npm/package-json, "dependencies"; the
// protocols of yarn berry and pnpm).
type jsSpec struct {
	source jsSource
	name   string // the real package where the specifier names one ("npm:bar@1"), else ""
	rng    string // range, tag, path, catalog or URL
}

// jsParseSpec takes apart a specifier. Unknown forms are ranges.
func jsParseSpec(s string) jsSpec {
	s = strings.TrimSpace(s)
	scheme, rest, ok := strings.Cut(s, ":")
	if !ok {
		return jsBareSpec(s)
	}
	switch scheme {
	case "npm":
		name, rng := jsSplitAt(rest)
		if name == "" && jsLooksLikeName(rest) {
			name, rng = rest, ""
		} else if name == "" {
			rng = rest
		}
		return jsSpec{source: jsRegistry, name: name, rng: rng}
	case "jsr":
		return jsrSpec(rest)
	case "workspace", "link", "file", "portal", "exec", "root":
		return jsSpec{source: jsLocal, rng: rest}
	case "catalog":
		return jsSpec{source: jsCatalog, rng: rest}
	case "runtime":
		return jsSpec{source: jsRuntime, rng: rest}
	case "patch":
		return jsPatchSpec(rest)
	case "github", "gitlab", "bitbucket", "gist", "git", "git+ssh", "git+https", "git+http", "git+file", "ssh":
		return jsSpec{source: jsGit, rng: s}
	case "http", "https":
		if jsGitURL(s) {
			return jsSpec{source: jsGit, rng: s}
		}
		return jsSpec{source: jsTarball, rng: s}
	}
	if strings.Contains(scheme, "@") && strings.Contains(rest, "/") { // git@host:owner/repo
		return jsSpec{source: jsGit, rng: s}
	}
	return jsBareSpec(s)
}

// jsBareSpec is a specifier without protocol: a range, a path, or GitHub's
// "owner/repo#ref".
func jsBareSpec(s string) jsSpec {
	switch {
	case strings.HasPrefix(s, "./"), strings.HasPrefix(s, "../"), strings.HasPrefix(s, "/"), strings.HasPrefix(s, "~/"), s == ".":
		return jsSpec{source: jsLocal, rng: s}
	case strings.Contains(s, "/") && !strings.HasPrefix(s, "@") && !strings.ContainsAny(s, " <>=|^*"):
		return jsSpec{source: jsGit, rng: "github:" + s}
	}
	return jsSpec{source: jsRegistry, rng: s}
}

// jsPatchSpec is yarn's "patch:name@npm%3A^1#path": the package that is patched.
func jsPatchSpec(rest string) jsSpec {
	inner, _, _ := strings.Cut(rest, "#")
	if u, err := url.PathUnescape(inner); err == nil {
		inner = u
	}
	name, rng := jsSplitAt(inner)
	spec := jsParseSpec(rng)
	if spec.name == "" {
		spec.name = name
	}
	return spec
}

// jsrSpec is "jsr:@scope/name@^1" or "jsr:^1"; npm clients find JSR's packages
// as @jsr/scope__name.
func jsrSpec(rest string) jsSpec {
	name, rng := jsSplitAt(rest)
	if name == "" {
		return jsSpec{source: jsRegistry, rng: rest}
	}
	return jsSpec{source: jsRegistry, name: "@jsr/" + strings.Replace(strings.TrimPrefix(name, "@"), "/", "__", 1), rng: rng}
}

// jsSplitAt parts "name@rest" at the "@" that is not a scope's; without one the
// name is empty, but for a bare "@scope/name".
func jsSplitAt(s string) (name, rest string) {
	if len(s) == 0 {
		return "", ""
	}
	i := strings.IndexByte(s[1:], '@')
	if i < 0 {
		if s[0] == '@' {
			return s, ""
		}
		return "", s
	}
	return s[:i+1], s[i+2:]
}

// jsLooksLikeName tells a package name from a range or tag after "npm:".
func jsLooksLikeName(s string) bool {
	if s == "" || s == "latest" || s == "next" || s[0] == 'v' && len(s) > 1 && s[1] >= '0' && s[1] <= '9' {
		return false
	}
	c := s[0] | 0x20
	return c >= 'a' && c <= 'z' && !strings.ContainsAny(s, " |*<>=^~")
}

// jsExact gives the version when a range is a single exact one ("1.2.3",
// "=1.2.3", "v1.2.3-rc.1").
func jsExact(rng string) string {
	s := strings.TrimLeft(strings.TrimSpace(rng), "=v ")
	core, _, _ := strings.Cut(s, "+")
	core, _, _ = strings.Cut(core, "-")
	parts := strings.Split(core, ".")
	if len(parts) != 3 {
		return ""
	}
	for _, p := range parts {
		if p == "" || strings.Trim(p, "0123456789") != "" {
			return ""
		}
	}
	for _, c := range s {
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '+') {
			return ""
		}
	}
	return s
}

// jsGitURL says whether an https URL is a git repository: by its ending, or
// because a forge's page of a repository is meant.
func jsGitURL(s string) bool {
	base, _, _ := strings.Cut(s, "#")
	if strings.HasSuffix(base, ".git") {
		return true
	}
	_, rest, _ := strings.Cut(base, "://")
	host, p, _ := strings.Cut(rest, "/")
	switch strings.TrimPrefix(host, "www.") {
	case "github.com", "gitlab.com", "bitbucket.org":
		return strings.Count(strings.Trim(p, "/"), "/") == 1
	}
	return false
}

// jsVCS gives the canonical form of a git location ("git+https://host/path@commit",
// the SPDX download location that purl's vcs_url wants, without credentials)
// and the commit, branch or tag named; ok is false for other URLs.
func jsVCS(s string) (location, ref string, ok bool) {
	s, ref, _ = strings.Cut(s, "#")
	ref = strings.TrimPrefix(ref, "commit=")
	ref, _, _ = strings.Cut(ref, "&")
	scheme, rest, has := strings.Cut(s, ":")
	switch {
	case !has:
		return "", "", false
	case scheme == "github":
		s = "git+https://github.com/" + strings.TrimSuffix(rest, ".git") + ".git"
	case scheme == "gitlab":
		s = "git+https://gitlab.com/" + strings.TrimSuffix(rest, ".git") + ".git"
	case scheme == "bitbucket":
		s = "git+https://bitbucket.org/" + strings.TrimSuffix(rest, ".git") + ".git"
	case scheme == "gist":
		s = "git+https://gist.github.com/" + rest + ".git"
	case scheme == "ssh":
		s = "git+" + s
	case strings.HasPrefix(rest, "//codeload.github.com/"):
		owner, name, commit := jsCodeload(strings.TrimPrefix(rest, "//codeload.github.com/"))
		if commit == "" {
			return "", "", false
		}
		s, ref = "git+https://github.com/"+owner+"/"+name+".git", commit
	case strings.Contains(scheme, "@"): // git@host:owner/repo
		s = "git+ssh://" + scheme + "/" + rest
	case (scheme == "https" || scheme == "http") && (jsGitURL(s) || len(ref) == 40):
		if s = "git+" + s; !strings.HasSuffix(s, ".git") && jsGitURL(s[len("git+"):]) {
			s += ".git"
		}
	case scheme != "git" && !strings.HasPrefix(scheme, "git+"):
		return "", "", false
	}
	location = jsWithoutCredentials(s)
	if ref != "" {
		location += "@" + ref
	}
	return location, ref, true
}

// jsCodeload takes apart "owner/repo/tar.gz/commit".
func jsCodeload(p string) (owner, name, commit string) {
	parts := strings.SplitN(p, "/", 4)
	if len(parts) < 4 || parts[2] != "tar.gz" {
		return "", "", ""
	}
	return parts[0], parts[1], strings.TrimPrefix(parts[3], "refs/heads/")
}

// jsWithoutCredentials drops user, password and tokens from a URL; ssh keeps its user,
// which is part of the address.
func jsWithoutCredentials(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	host, p, _ := strings.Cut(rest, "/")
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		user, _, _ := strings.Cut(host[:at], ":")
		host = host[at+1:]
		if strings.HasSuffix(scheme, "ssh") && user != "" {
			host = user + "@" + host
		}
	}
	return withoutSecrets(scheme + "://" + host + "/" + p)
}

// jsIsCommit says whether a git reference is a full or short commit id.
func jsIsCommit(ref string) bool {
	return len(ref) >= 7 && len(ref) <= 64 && strings.Trim(ref, "0123456789abcdef") == ""
}
