package inventory

import (
	"fmt"
	"net/url"
	"sort"
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
	var b strings.Builder
	b.Grow(len("pkg:") + len(p.Type) + len(p.Namespace) + len(p.Name) + len(p.Version) + 8)
	b.WriteString("pkg:")
	b.WriteString(p.Type)
	b.WriteByte('/')
	if p.Namespace != "" {
		for _, seg := range strings.Split(p.Namespace, "/") {
			escapeTo(&b, seg)
			b.WriteByte('/')
		}
	}
	escapeTo(&b, p.Name)
	if p.Version != "" {
		b.WriteByte('@')
		escapeTo(&b, p.Version)
	}
	if p.Qualifiers != "" {
		b.WriteByte('?')
		b.WriteString(p.Qualifiers)
	}
	if p.Subpath != "" {
		b.WriteByte('#')
		for i, seg := range strings.Split(p.Subpath, "/") {
			if i > 0 {
				b.WriteByte('/')
			}
			escapeTo(&b, seg)
		}
	}
	return b.String()
}

// WithoutVersion is the package whatever its version, qualifiers dropped.
func (p PURL) WithoutVersion() PURL {
	return PURL{Type: p.Type, Namespace: p.Namespace, Name: p.Name}
}

// escapeTo percent-encodes everything but unreserved characters and ":".
func escapeTo(b *strings.Builder, s string) {
	const hex = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~', c == ':':
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
}

// ParsePURL reads a package URL. Errors name the text and what is wrong.
func ParsePURL(s string) (PURL, error) {
	bad := func(why string) (PURL, error) { return PURL{}, fmt.Errorf("package URL %q: %s", s, why) }
	rest, ok := strings.CutPrefix(s, "pkg:")
	if !ok {
		return bad(`does not start with "pkg:"`)
	}
	rest = strings.TrimLeft(rest, "/")
	rest, sub, _ := strings.Cut(rest, "#")
	rest, quals, _ := strings.Cut(rest, "?")
	typ, rest, ok := strings.Cut(rest, "/")
	if !ok || typ == "" {
		return bad("has no type and name")
	}
	p := PURL{Type: strings.ToLower(typ)}
	rest = strings.Trim(rest, "/")
	// The version starts at the last "@" of the last segment; an "@" that opens
	// a segment is an unescaped npm scope.
	slash := strings.LastIndexByte(rest, '/')
	if at := strings.LastIndexByte(rest, '@'); at > slash+1 {
		v, err := url.PathUnescape(rest[at+1:])
		if err != nil {
			return bad("version: " + err.Error())
		}
		p.Version, rest = v, rest[:at]
		slash = strings.LastIndexByte(rest, '/')
	}
	var err error
	if slash >= 0 {
		if p.Namespace, err = url.PathUnescape(rest[:slash]); err != nil {
			return bad("namespace: " + err.Error())
		}
		p.Namespace = strings.Trim(p.Namespace, "/")
		rest = rest[slash+1:]
	}
	if p.Name, err = url.PathUnescape(rest); err != nil {
		return bad("name: " + err.Error())
	}
	if p.Name == "" {
		return bad("has no name")
	}
	if p.Qualifiers, err = canonicalQualifiers(quals); err != nil {
		return bad(err.Error())
	}
	if p.Subpath, err = url.PathUnescape(strings.Trim(sub, "/")); err != nil {
		return bad("subpath: " + err.Error())
	}
	return p, nil
}

func canonicalQualifiers(q string) (string, error) {
	if q == "" {
		return "", nil
	}
	var parts []string
	for _, kv := range strings.Split(q, "&") {
		k, v, _ := strings.Cut(kv, "=")
		if k == "" || v == "" {
			continue
		}
		raw, err := url.PathUnescape(v)
		if err != nil {
			return "", fmt.Errorf("qualifier %s: %w", k, err)
		}
		var b strings.Builder
		b.WriteString(strings.ToLower(k))
		b.WriteByte('=')
		escapeTo(&b, raw)
		parts = append(parts, b.String())
	}
	sort.Strings(parts)
	return strings.Join(parts, "&"), nil
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
