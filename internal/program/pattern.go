package program

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// maxPattern bounds the length of patterns in bytes: matching costs length of
// pattern times length of text.
const maxPattern = 1000

// Glob is a pattern over slash-separated names: * and ? stay within a part,
// ** does not, [a-z] and {a,b} as usual.
type Glob string

// UnmarshalText checks the pattern.
func (g *Glob) UnmarshalText(b []byte) error {
	s := strings.TrimSuffix(strings.TrimPrefix(string(b), "/"), "/")
	switch {
	case s == "":
		return fmt.Errorf("a glob can't be empty")
	case len(s) > maxPattern:
		return fmt.Errorf("the glob is longer than %d characters", maxPattern)
	case strings.Count(s, "{") > 8 || strings.Count(s, "**") > 8:
		return fmt.Errorf("%s has more than 8 ** or {}", quote(s))
	case !doublestar.ValidatePattern(s):
		return fmt.Errorf("%s is not a valid glob; see that [ and { are closed", quote(s))
	}
	*g = Glob(s)
	return nil
}

// MatchName tells whether a repository name matches. A pattern without a slash
// is matched with the last part of the name. A leading slash counts on neither
// side: a repository without a remote is named by its absolute path.
func (g Glob) MatchName(name string) bool {
	if !strings.Contains(string(g), "/") && g != "**" {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	return doublestar.MatchUnvalidated(string(g), strings.TrimPrefix(name, "/"))
}

// MatchPath tells whether a path matches, or lies below a directory that does.
func (g Glob) MatchPath(path string) bool {
	pattern := string(g)
	if !strings.ContainsAny(pattern, `*?[{\`) {
		return path == pattern || strings.HasPrefix(path, pattern) && path[len(pattern)] == '/'
	}
	if doublestar.MatchUnvalidated(pattern, path) {
		return true
	}
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '/' && doublestar.MatchUnvalidated(pattern, path[:i]) {
			return true
		}
	}
	return false
}

// Match tells whether the selector covers the path in the repository.
func (r RepoPath) Match(repository, path string) bool {
	if !r.Name.MatchName(repository) {
		return false
	}
	if len(r.Paths) == 0 {
		return true
	}
	return anyPath(r.Paths, path)
}

func anyPath(globs []Glob, path string) bool {
	for _, g := range globs {
		if g.MatchPath(path) {
			return true
		}
	}
	return false
}

// Package is a pattern over package URLs: "pkg:npm/left-pad",
// "pkg:maven/org.apache.*/*", "pkg:npm/lodash >=4 <5". A * stands for any text,
// slashes included.
type Package struct {
	Text  string
	Range VersionRange

	typ, name string // unescaped; "*" for any
}

// UnmarshalText reads the pattern.
func (p *Package) UnmarshalText(b []byte) error {
	parsed, err := ParsePackage(string(b))
	if err != nil {
		return err
	}
	*p = parsed
	return nil
}

// ParsePackage reads a package pattern.
func ParsePackage(s string) (Package, error) {
	if len(s) > maxPattern {
		return Package{}, fmt.Errorf("the package pattern is longer than %d characters", maxPattern)
	}
	p := Package{Text: s, typ: "*", name: "*"}
	text := strings.TrimSpace(s)
	if text == "*" || text == "pkg:*" {
		return p, nil
	}
	rest, ok := strings.CutPrefix(text, "pkg:")
	if !ok {
		return Package{}, fmt.Errorf(`%s is not a package pattern; it starts with "pkg:", as in pkg:npm/left-pad or pkg:maven/org.apache.*/*`, quote(s))
	}
	rest, versions := cutVersion(rest)
	typ, name, ok := strings.Cut(rest, "/")
	if !ok || typ == "" || name == "" {
		return Package{}, fmt.Errorf("%s names no package; write pkg:TYPE/NAME, as in pkg:npm/left-pad", quote(s))
	}
	if strings.ContainsAny(name, "?#") {
		return Package{}, fmt.Errorf("%s: qualifiers and subpaths can't be matched; leave out what follows ? or #", quote(s))
	}
	name, err := url.PathUnescape(name)
	if err != nil {
		return Package{}, fmt.Errorf("%s: %v", quote(s), err)
	}
	p.typ, p.name = strings.ToLower(typ), name
	if p.typ == "pypi" && !strings.Contains(name, "*") {
		p.name = inventory.NewPURL("pypi", name, "").Name
	}
	p.Range, err = ParseRange(versions)
	return p, err
}

// cutVersion parts "npm/lodash@4.17.21" and "npm/lodash >=4 <5".
func cutVersion(s string) (name, versions string) {
	if name, versions, ok := strings.Cut(s, " "); ok {
		return name, strings.TrimSpace(versions)
	}
	if at := strings.LastIndexByte(s, '@'); at > strings.LastIndexByte(s, '/')+1 {
		return s[:at], s[at+1:]
	}
	return s, ""
}

// Exact gives type and full name when the pattern has no *, for indexing.
func (p Package) Exact() (typ, name string, ok bool) {
	return p.typ, p.name, !strings.Contains(p.typ, "*") && !strings.Contains(p.name, "*")
}

// Match tells whether the component is covered, its version included.
func (p Package) Match(c inventory.PURL) bool {
	return p.MatchName(c) && (p.Range.Empty() || p.Range.Contains(c.Version))
}

// MatchName tells whether the component is covered whatever its version.
func (p Package) MatchName(c inventory.PURL) bool {
	if p.typ != c.Type && !wild(p.typ, c.Type) {
		return false
	}
	if p.name == "*" {
		return true
	}
	if c.Namespace == "" {
		return p.name == c.Name || wild(p.name, c.Name)
	}
	n := len(c.Namespace)
	if !strings.Contains(p.name, "*") {
		return len(p.name) == n+1+len(c.Name) && p.name[:n] == c.Namespace && p.name[n] == '/' && p.name[n+1:] == c.Name
	}
	return wild(p.name, c.Namespace+"/"+c.Name)
}

// wild matches text with a pattern in which * stands for any text. It takes
// time in proportion to the product of the lengths at worst.
func wild(pattern, text string) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			p = star + 1
			mark++
			t = mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// LicensePattern is an SPDX id in which * stands for any text.
type LicensePattern string

// UnmarshalText checks the pattern.
func (l *LicensePattern) UnmarshalText(b []byte) error {
	s := string(b)
	if s == "" || len(s) > maxPattern || strings.ContainsAny(s, " ()\t\n") {
		return fmt.Errorf("%s is not one license id; for two that stand together use license and exception, for alternatives a list", quote(s))
	}
	known, err := LicensePattern(s).canonical(false)
	if err != nil {
		var other error
		if known, other = LicensePattern(s).canonical(true); other != nil {
			return err
		}
	}
	*l = known
	return nil
}

// LicenseID is one SPDX license id, with WITH and an exception where the two
// are meant together.
type LicenseID string

// UnmarshalText checks the id and gives it its canonical spelling.
func (l *LicenseID) UnmarshalText(b []byte) error {
	e, err := license.Parse(string(b))
	if err != nil {
		return err
	}
	if e.Op != license.OpLeaf {
		return fmt.Errorf("%s is more than one license", quote(string(b)))
	}
	*l = LicenseID(e.Leaf.String())
	return nil
}

// canonical gives the id in the spelling that facts have, so that GPL-2.0 in a
// rule speaks of GPL-2.0-only. Patterns stay as they are.
func (l LicensePattern) canonical(exception bool) (LicensePattern, error) {
	if strings.Contains(string(l), "*") {
		return l, nil
	}
	if exception {
		e, err := license.Parse("GPL-2.0-only WITH " + string(l))
		return LicensePattern(e.Leaf.Exception), err
	}
	e, err := license.Parse(string(l))
	if err == nil && e.Leaf.Exception != "" {
		return l, fmt.Errorf("%s stands for %s; write license and exception apart", l, e.Leaf)
	}
	return LicensePattern(e.Leaf.String()), err
}

// Match compares without regard to case, as SPDX ids are.
func (l LicensePattern) Match(id string) bool {
	if strings.EqualFold(string(l), id) {
		return true
	}
	return strings.Contains(string(l), "*") && wild(strings.ToLower(string(l)), strings.ToLower(id))
}

// Expr is an SPDX license expression as written; "" when not given.
type Expr struct{ Text string }

// UnmarshalText checks the expression.
func (e *Expr) UnmarshalText(b []byte) error {
	if _, err := license.Parse(string(b)); err != nil {
		return err
	}
	e.Text = string(b)
	return nil
}

// quote shortens and quotes a text of the input for a message.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
