package manifest

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// jsGraph is a [Graph] with what all readers of the family share: packages are
// kept once a purl, own packages and problems are noted.
type jsGraph struct {
	fsys   FS
	path   string // the lockfile
	dir    string // its directory, "." at the top
	g      Graph
	byPURL map[inventory.PURL]int
	// stated holds the scopes that the lockfile itself gives; they count for
	// packages to which no way is known.
	stated map[int]inventory.Scope
	owns   map[string]string // first-party packages and their versions
	res    Result
}

func newJSGraph(fsys FS, file string) *jsGraph {
	return &jsGraph{fsys: fsys, path: file, dir: path.Dir(file), byPURL: map[inventory.PURL]int{},
		stated: map[int]inventory.Scope{}, owns: map[string]string{}}
}

// add gives the number of a package, new or known.
func (b *jsGraph) add(p inventory.PURL, line int, license string) int {
	if i, ok := b.byPURL[p]; ok {
		u := &b.g.nodes[i].usage
		if u.License == "" {
			u.License = strings.Clone(license)
		}
		return i
	}
	return b.addPlace(p, line, license)
}

// addPlace adds one place where a package is installed. The same package at
// another place may find other packages there, so that each place is a node of
// its own until the scopes are known; the graph then merges them. Texts are
// cloned: they are parts of the whole lockfile, which must not stay in memory.
// What has no name gives -1, as own packages do.
func (b *jsGraph) addPlace(p inventory.PURL, line int, license string) int {
	if p.Name == "" {
		b.problem(line, "malformed", "an entry without a package name; it was not read")
		return -1
	}
	first, known := b.byPURL[p]
	if known {
		p = b.g.nodes[first].usage.Component
	} else {
		p = inventory.PURL{Type: p.Type, Namespace: strings.Clone(p.Namespace), Name: strings.Clone(p.Name),
			Version: strings.Clone(p.Version), Qualifiers: strings.Clone(p.Qualifiers)}
	}
	i := b.g.Add(inventory.Usage{Component: p, Line: line, License: strings.Clone(license)})
	if !known {
		b.byPURL[p] = i
	}
	return i
}

// root says that an own package needs package i.
func (b *jsGraph) root(i int, scope inventory.Scope, requirement string) {
	if strings.Contains(requirement, "://") {
		requirement = jsWithoutCredentials(requirement)
	}
	b.g.Root(i, scope, strings.Clone(requirement))
}

// missing records a dependency of an own package that the lockfile does not
// resolve: it stays a requirement, on the line of the manifest that states it.
func (b *jsGraph) missing(d jsDep, manifest string, note string) {
	p := jsRequirementPURL(d)
	if p.Name == "" || b.owned(d.name) {
		return
	}
	if (note != "" || d.peer) && p.Qualifiers == "" {
		p.Version = "" // nothing was chosen, even where one version alone would do
	}
	i := b.add(p, d.line, "")
	if i < 0 {
		return
	}
	u := &b.g.nodes[i].usage
	u.Note = note
	if manifest != b.path {
		u.Manifest = manifest
	}
	b.root(i, d.scope, d.req)
}

// own notes a first-party package.
func (b *jsGraph) own(name, version string) {
	if name == "" {
		return
	}
	if old, ok := b.owns[name]; !ok || old == "" {
		b.owns[name] = version
	}
}

func (b *jsGraph) owned(name string) bool { _, ok := b.owns[name]; return ok }

func (b *jsGraph) problem(line int, kind, format string, args ...any) {
	if len(b.res.Problems) < 2*jsMaxFaults {
		b.res.Problems = append(b.res.Problems, inventory.Problem{Path: b.path, Line: line, Kind: kind, Message: fmt.Sprintf(format, args...)})
	}
}

// faults takes over what is wrong with the text of a file.
func (b *jsGraph) faults(file string, d *jsDoc) {
	for _, f := range d.faults {
		b.res.Problems = append(b.res.Problems, inventory.Problem{Path: file, Line: f.line, Kind: f.kind, Message: f.message})
	}
	d.faults = nil
}

func (b *jsGraph) result() Result {
	b.settleUnreached()
	b.res.Usages = b.g.Usages()
	for name, version := range b.owns {
		b.res.Own = append(b.res.Own, inventory.NewPURL("npm", name, version).String())
	}
	slices.Sort(b.res.Own)
	return b.res
}

// settleUnreached gives a scope to packages to which no way is known: what the
// lockfile states, or else what the same package has at another place.
func (b *jsGraph) settleUnreached() {
	rank, _ := b.g.reach()
	if !slices.Contains(rank, -1) {
		return
	}
	best := map[inventory.PURL]int{}
	for i, r := range rank {
		p := b.g.nodes[i].usage.Component
		if old, ok := best[p]; r >= 0 && (!ok || r < old) {
			best[p] = r
		}
	}
	for i, r := range rank {
		if r >= 0 {
			continue
		}
		n := &b.g.nodes[i]
		if r, ok := best[n.usage.Component]; ok {
			n.usage.Scope, n.fixed = inventory.Scopes[r], true
		} else if scope, ok := b.stated[i]; ok {
			n.usage.Scope, n.fixed = scope, true
		}
	}
}

// jsPURL is the purl of a package of npm with the place it was resolved to: a
// registry needs no word, a git repository and a tarball elsewhere do.
func jsPURL(name, version, resolved string) inventory.PURL {
	p := inventory.NewPURL("npm", name, version)
	if resolved == "" || jsFromRegistry(resolved) {
		return p
	}
	if location, ref, ok := jsVCS(resolved); ok {
		p.Qualifiers = "vcs_url=" + jsEscape(location)
		if p.Version == "" && jsIsCommit(ref) {
			p.Version = ref
		}
	} else if strings.HasPrefix(resolved, "http://") || strings.HasPrefix(resolved, "https://") {
		clean, _, _ := strings.Cut(resolved, "#")
		p.Qualifiers = "download_url=" + jsEscape(jsWithoutCredentials(clean))
	}
	if p.Qualifiers != "" { // the canonical spelling is the inventory's business
		if q, err := inventory.ParsePURL("pkg:npm/x?" + p.Qualifiers); err == nil {
			p.Qualifiers = q.Qualifiers
		}
	}
	return p
}

func jsEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// jsFromRegistry says whether a tarball's URL is a registry's: all of them have
// "/NAME/-/FILE.tgz", GitHub's and Azure's have paths of their own.
func jsFromRegistry(resolved string) bool {
	return strings.Contains(resolved, "/-/") || strings.HasPrefix(resolved, "https://registry.") ||
		strings.HasPrefix(resolved, "https://npm.pkg.github.com/download/") || strings.Contains(resolved, "/_packaging/")
}

// jsRequirementPURL is the package that a manifest asks for, without a version
// unless the manifest names exactly one; the zero PURL for what is local.
func jsRequirementPURL(d jsDep) inventory.PURL {
	spec := jsParseSpec(d.req)
	name := d.name
	if spec.name != "" {
		name = spec.name
	}
	switch spec.source {
	case jsLocal:
		return inventory.PURL{}
	case jsGit, jsTarball:
		return jsPURL(name, "", spec.rng)
	case jsRuntime:
		return inventory.NewPURL("generic", name, jsExact(spec.rng))
	case jsRegistry:
		return jsPURL(name, jsExact(spec.rng), "")
	}
	return jsPURL(name, "", "")
}

// jsLicense reads a license field in any of its historic forms: a text, an
// object with a type, or a list of these, of which one may choose.
func jsLicense(v jsVal) string {
	switch v.kind() {
	case jsString:
		return v.text()
	case jsObject:
		return v.get("type").text()
	case jsArray:
		var all []string
		for e := range v.all() {
			if l := jsLicense(e); l != "" && e.kind() != jsArray {
				all = append(all, l)
			}
		}
		if len(all) > 1 {
			return "(" + strings.Join(all, " OR ") + ")"
		}
		return strings.Join(all, "")
	}
	return ""
}
