package inventory

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// PURL is a package URL (github.com/package-url/purl-spec). Names keep the case
// that the ecosystem gives them: npm JSONStream and Go github.com/Azure are not
// folded, against the specification's advice, because folding loses the
// package. Only PyPI names are normalized (PEP 503), where the ecosystem itself
// says that spellings are one.
type PURL struct {
	Type      string // "npm", "golang", "maven"…, lower case
	Namespace string // "@babel", "github.com/Azure", "org.apache.maven"; unescaped
	Name      string // unescaped
	Version   string // unescaped; empty when unresolved
	// Qualifiers is the canonical "k=v&k=v" text, keys sorted and escaped; kept
	// as text so that a PURL is comparable.
	Qualifiers string
	Subpath    string
}

// String gives the canonical text.
func (p PURL) String() string {
	return string(p.Append(make([]byte, 0, len("pkg:")+len(p.Type)+len(p.Namespace)+len(p.Name)+len(p.Version)+len(p.Qualifiers)+len(p.Subpath)+8)))
}

// Append appends the canonical text.
func (p *PURL) Append(b []byte) []byte {
	b = append(b, "pkg:"...)
	b = append(b, p.Type...)
	b = append(b, '/')
	if p.Namespace != "" {
		b = append(escapePath(b, p.Namespace), '/')
	}
	b = escapeTo(b, p.Name)
	if p.Version != "" {
		b = escapeTo(append(b, '@'), p.Version)
	}
	if p.Qualifiers != "" {
		b = append(append(b, '?'), p.Qualifiers...)
	}
	if p.Subpath != "" {
		b = escapePath(append(b, '#'), p.Subpath)
	}
	return b
}

// escapePath escapes the segments of a path.
func escapePath(b []byte, path string) []byte {
	for {
		segment, rest, more := strings.Cut(path, "/")
		b = escapeTo(b, segment)
		if !more {
			return b
		}
		b, path = append(b, '/'), rest
	}
}

// WithoutVersion is the package whatever its version, qualifiers dropped.
func (p PURL) WithoutVersion() PURL {
	return PURL{Type: p.Type, Namespace: p.Namespace, Name: p.Name}
}

// escapeTo percent-encodes everything but unreserved characters and ":".
func escapeTo(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	done := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~', c == ':':
		default:
			b = append(append(b, s[done:i]...), '%', hex[c>>4], hex[c&15])
			done = i + 1
		}
	}
	return append(b, s[done:]...)
}

// ParsePURL reads a package URL by the specification's rules for parsing, and
// a little more that is found in the wild: "@" that opens an npm scope may be
// unescaped, and "/" inside a namespace may be escaped. Errors name the text
// and what is wrong.
func ParsePURL(s string) (PURL, error) {
	p, err := parsePURL(s)
	if err != nil {
		return PURL{}, fmt.Errorf("package URL %q: %w", s, err)
	}
	return p, nil
}

func parsePURL(s string) (p PURL, err error) {
	if len(s) < len("pkg:") || !strings.EqualFold(s[:len("pkg:")], "pkg:") {
		return p, errors.New(`does not start with "pkg:"`)
	}
	rest := strings.TrimLeft(s[len("pkg:"):], "/")
	rest, sub, _ := strings.Cut(rest, "#")
	rest, quals, _ := strings.Cut(rest, "?")
	typ, rest, ok := strings.Cut(rest, "/")
	if !ok || typ == "" {
		return p, errors.New("has no type and name")
	}
	p.Type = strings.ToLower(typ)
	if !isPURLWord(p.Type, ".+-") {
		return p, fmt.Errorf("%q is no type: letters, digits, \".\", \"+\" and \"-\", a letter first", typ)
	}
	if p.Namespace, p.Name, p.Version, err = parseIdentity(strings.Trim(rest, "/")); err != nil {
		return p, err
	}
	if p.Type == "pypi" {
		p.Name = normalizePyPI(p.Name)
	}
	if p.Qualifiers, err = canonicalQualifiers(quals); err != nil {
		return p, err
	}
	if p.Subpath, err = parseSegments(sub, true); err != nil {
		return p, fmt.Errorf("subpath: %w", err)
	}
	return p, nil
}

// parseIdentity reads "namespace/name@version". The version starts at the last
// "@" and may have slashes (a branch of a repository); an "@" that opens a
// segment is an unescaped npm scope.
func parseIdentity(s string) (namespace, name, version string, err error) {
	if at := strings.LastIndexByte(s, '@'); at > 0 && s[at-1] != '/' {
		if version, err = url.PathUnescape(s[at+1:]); err != nil {
			return "", "", "", fmt.Errorf("version: %w", err)
		}
		s = s[:at]
	}
	if slash := strings.LastIndexByte(s, '/'); slash >= 0 {
		if namespace, err = parseSegments(s[:slash], false); err != nil {
			return "", "", "", fmt.Errorf("namespace: %w", err)
		}
		s = s[slash+1:]
	}
	if name, err = url.PathUnescape(s); err != nil {
		return "", "", "", fmt.Errorf("name: %w", err)
	}
	if name == "" {
		return "", "", "", errors.New("has no name")
	}
	return namespace, name, version, nil
}

// parseSegments reads a path without its empty segments and, where it is
// relative, without "." and "..".
func parseSegments(s string, relative bool) (string, error) {
	s, err := url.PathUnescape(s)
	if err != nil || s == "" {
		return "", err
	}
	segments := strings.Split(s, "/")
	kept := segments[:0]
	for _, seg := range segments {
		if seg != "" && !(relative && (seg == "." || seg == "..")) {
			kept = append(kept, seg)
		}
	}
	return strings.Join(kept, "/"), nil
}

// isPURLWord says whether s is of lower-case letters, digits and some marks,
// and starts with a letter.
func isPURLWord(s, marks string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || strings.IndexByte(marks, c) >= 0):
		default:
			return false
		}
	}
	return s != ""
}

// canonicalQualifiers sorts by key, which may stand once; a key without a
// value is as good as none.
func canonicalQualifiers(q string) (string, error) {
	if q == "" {
		return "", nil
	}
	values := map[string]string{}
	for _, kv := range strings.Split(q, "&") {
		k, v, _ := strings.Cut(kv, "=")
		if k == "" || v == "" {
			continue
		}
		key := strings.ToLower(k)
		if !isPURLWord(key, ".-_") {
			return "", fmt.Errorf("%q is no qualifier: letters, digits, \".\", \"-\" and \"_\", a letter first", k)
		}
		if _, twice := values[key]; twice {
			return "", fmt.Errorf("has the qualifier %q twice", key)
		}
		raw, err := url.PathUnescape(v)
		if err != nil {
			return "", fmt.Errorf("qualifier %s: %w", key, err)
		}
		values[key] = raw
	}
	var b []byte
	for i, key := range slices.Sorted(maps.Keys(values)) {
		if i > 0 {
			b = append(b, '&')
		}
		b = escapeTo(append(append(b, key...), '='), values[key])
	}
	return string(b), nil
}

// ecosystems maps purl types to the names of the OSV schema
// (ossf.github.io/osv-schema, "Defined ecosystems").
var ecosystems = map[string]string{
	"golang": "Go", "npm": "npm", "pypi": "PyPI", "maven": "Maven", "cargo": "crates.io",
	"composer": "Packagist", "gem": "RubyGems", "nuget": "NuGet", "pub": "Pub", "hex": "Hex",
	"conan": "ConanCenter", "swift": "SwiftURL", "githubactions": "GitHub Actions", "github": "GitHub Actions",
	"deb": "Debian", "apk": "Alpine", "rpm": "Red Hat", "cran": "CRAN", "hackage": "Hackage", "julia": "Julia",
}

// Ecosystem is the OSV name of the package's ecosystem, or the purl type where
// OSV has none (docker, conda, cocoapods).
func (p PURL) Ecosystem() string {
	if e, ok := ecosystems[p.Type]; ok {
		return e
	}
	return p.Type
}

// FullName is the name as people of the ecosystem write it: "@babel/core",
// "github.com/spf13/cobra", "org.slf4j:slf4j-api".
func (p PURL) FullName() string {
	switch {
	case p.Namespace == "":
		return p.Name
	case p.Type == "maven":
		return p.Namespace + ":" + p.Name
	default:
		return p.Namespace + "/" + p.Name
	}
}

// NewPURL builds a purl from an ecosystem's own full name (the inverse of
// [PURL.FullName]): the last "/" (for maven the last ":") parts namespace and
// name. PyPI names are normalized by PEP 503.
func NewPURL(typ, fullName, version string) PURL {
	p := PURL{Type: typ, Name: fullName, Version: version}
	sep := byte('/')
	switch typ {
	case "maven":
		sep = ':'
	case "pypi":
		p.Name = normalizePyPI(fullName)
		return p
	case "gem", "cargo", "nuget":
		return p
	}
	if i := strings.LastIndexByte(fullName, sep); i > 0 {
		p.Namespace, p.Name = fullName[:i], fullName[i+1:]
	}
	return p
}

// normalizePyPI folds a name as PEP 503 says: lower case, runs of "-", "_" and
// "." become one "-".
func normalizePyPI(s string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(s) {
		if r == '-' || r == '_' || r == '.' {
			dash = true
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	if dash {
		b.WriteByte('-')
	}
	return b.String()
}
