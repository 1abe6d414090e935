package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// pythonReaders reads Python projects: lockfiles (pylock.toml of PEP 751, uv,
// poetry, pdm, Pipfile), pip's requirements files, and the project files that
// only say what they would accept.
func pythonReaders() []Reader {
	return []Reader{
		{Name: "python-requirements", Version: 2, Match: isRequirementsFile, Read: readRequirements},
		{Name: "pipfile-lock", Version: 2, Match: matchBase("Pipfile.lock"), Read: readPipfileLock},
		{Name: "pipfile", Version: 2, Match: matchBase("Pipfile"), Read: readPipfile},
		{Name: "poetry-lock", Version: 2, Match: matchBase("poetry.lock"), Read: readPythonLock(poetryDialect)},
		{Name: "pdm-lock", Version: 2, Match: matchBase("pdm.lock"), Read: readPythonLock(pdmDialect)},
		{Name: "uv-lock", Version: 2, Match: isUVLock, Read: readPythonLock(uvDialect)},
		{Name: "pylock", Version: 2, Match: isPylock, Read: readPythonLock(pylockDialect)},
		{Name: "pyproject", Version: 2, Match: matchBase("pyproject.toml"), Read: readPyproject},
		{Name: "setup-cfg", Version: 2, Match: matchBase("setup.cfg"), Read: readSetupCfg},
		{Name: "setup-py", Version: 2, Match: matchBase("setup.py"), Read: readSetupPy},
	}
}

const pythonMaxBytes = 32 << 20

// readBounded reads a file that is no larger than limit. One that is larger
// gives a problem in its place.
func readBounded(fsys FS, p string, limit int) (data []byte, tooLarge []inventory.Problem, err error) {
	data, err = fsys.ReadFile(p)
	if len(data) > limit {
		return nil, []inventory.Problem{{Path: p, Kind: "too large", Message: fmt.Sprintf("larger than %d MiB; not read", limit>>20)}}, nil
	}
	return data, nil, err
}

func isPylock(p string) bool {
	base := path.Base(p)
	return base == "pylock.toml" || strings.HasPrefix(base, "pylock.") && strings.HasSuffix(base, ".toml")
}

// pythonReq is one requirement by PEP 508, or a line of a requirements file.
type pythonReq struct {
	name   string
	extras []string
	spec   string // "==1.2,<2", "" for any version
	url    string
	marker string
}

var pythonName = pattern.Lazy(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*`)

// parsePEP508 reads "name[extra]>=1,<2; marker" and "name @ url ; marker"
// (packaging.python.org/specifications/dependency-specifiers).
func parsePEP508(s string) (r pythonReq, ok bool) {
	s = strings.TrimSpace(s)
	m := pythonName().FindStringSubmatch(s)
	if m == nil {
		return r, false
	}
	r.name = m[1]
	for _, e := range strings.Split(m[2], ",") {
		if e = strings.TrimSpace(e); e != "" {
			r.extras = append(r.extras, e)
		}
	}
	rest := s[len(m[0]):]
	if at, found := strings.CutPrefix(rest, "@"); found {
		r.url, r.marker = cutMarker(strings.TrimSpace(at), " ;")
		return r, r.url != ""
	}
	rest, r.marker = cutMarker(rest, ";")
	rest = strings.TrimSpace(rest)
	if strings.HasPrefix(rest, "(") && strings.HasSuffix(rest, ")") {
		rest = strings.TrimSpace(rest[1 : len(rest)-1])
	}
	if rest != "" && !strings.ContainsAny(rest[:1], "=<>!~") {
		return r, false
	}
	r.spec = strings.ReplaceAll(rest, " ", "")
	return r, len(r.spec) < 500
}

func cutMarker(s, sep string) (string, string) {
	before, after, _ := strings.Cut(s, sep)
	return strings.TrimSpace(before), strings.TrimSpace(after)
}

// pythonPin says whether a requirement admits one version only: "==1.2",
// "===1.2", not "==1.*".
func pythonPin(spec string) (string, bool) {
	v, ok := strings.CutPrefix(spec, "===")
	if !ok {
		v, ok = strings.CutPrefix(spec, "==")
	}
	return v, ok && pythonVersion().MatchString(v)
}

// pythonVersion matches a version with epoch and local part (PEP 440), and no
// template that something else fills in.
var pythonVersion = pattern.Lazy(`^[A-Za-z0-9][A-Za-z0-9.!+_-]*$`)

// usage turns a requirement into a usage: a pin is a version, all else is not.
func (r pythonReq) usage(manifest string, line int, scope inventory.Scope) inventory.Usage {
	u := inventory.Usage{Component: inventory.NewPURL("pypi", r.name, ""), Requirement: r.spec, Manifest: manifest, Line: line, Scope: scope, Relation: inventory.Direct}
	if v, ok := pythonPin(r.spec); ok {
		u.Component.Version = v
	}
	if r.url != "" {
		u.Requirement = withoutUser(r.url)
		u.Component = pythonURL(u.Component, r.url)
	}
	if r.marker != "" {
		u.Note = "where " + clipped(r.marker)
	}
	return u
}

// pythonURL adds where a package that is not from an index comes from.
func pythonURL(c inventory.PURL, url string) inventory.PURL {
	url = withoutUser(url)
	if vcs, _, ok := strings.Cut(url, "+"); ok && (vcs == "git" || vcs == "hg" || vcs == "svn" || vcs == "bzr") {
		location, _, _ := strings.Cut(url, "#")
		if i := strings.LastIndexByte(location, '@'); i > strings.Index(location, "://")+3 && c.Version == "" && fixedRef().MatchString(location[i+1:]) {
			c.Version = location[i+1:]
		}
		return withQualifier(c, "vcs_url", location)
	}
	location, _, _ := strings.Cut(url, "#")
	return withQualifier(c, "download_url", location)
}

// fixedRef matches a commit or a tag that names a release: a version. What a
// branch holds changes, so it stays a requirement.
var fixedRef = pattern.Lazy(`^(?:[0-9a-f]{7,64}|[vV]?[0-9]+(?:\.[0-9A-Za-z]+)*(?:[-+._][0-9A-Za-z.-]+)?)$`)

// isLocalPython says whether a location is a path in the repository.
func isLocalPython(s string) bool {
	return s == "." || strings.Contains(s, "{root:") || strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "file:") || strings.HasPrefix(s, ".[")
}

// scopeOfName guesses the scope from the name of a file or group: what is for
// tests, or for development, says so in its name.
func scopeOfName(name string) inventory.Scope {
	for _, word := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == '/' || r == ' ' }) {
		switch word {
		case "test", "tests", "testing", "pytest", "tox", "nox", "coverage":
			return inventory.Test
		case "dev", "devel", "development", "develop", "lint", "linting", "docs", "doc", "documentation", "typing", "types", "mypy", "ci", "local",
			"debug", "tools", "style", "format", "precommit", "bench", "benchmark", "release":
			return inventory.Dev
		case "build":
			return inventory.Build
		}
	}
	return inventory.Runtime
}
