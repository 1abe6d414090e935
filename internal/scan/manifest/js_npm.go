package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readNPMLock reads package-lock.json and npm-shrinkwrap.json of all three
// versions (docs.npmjs.com/cli/configuring-npm/package-lock-json). Version 2
// has both forms and is read by its newer one.
func readNPMLock(fsys FS, file string) (Result, error) {
	b, err := fsys.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	g := newJSGraph(fsys, file)
	d := jsParseJSON(b)
	root := d.root()
	switch packages := root.object("packages"); {
	case root.kind() != jsObject:
		if root.exists() {
			g.problem(root.line(), "malformed", "a lockfile should be a JSON object but this is %s; write it anew with npm install", root.kind())
		}
	case packages.exists() && (packages.d.nodes[packages.i].child != 0 || !root.get("dependencies").exists()):
		g.readNPMPackages(packages)
	case root.get("dependencies").exists():
		g.readNPMTree(root)
	default:
		g.readNPMEmpty(root)
	}
	g.checkNPMVersion(root)
	g.faults(file, d)
	return g.result(), nil
}

func (b *jsGraph) checkNPMVersion(root jsVal) {
	if v := root.get("lockfileVersion"); v.exists() && v.raw() != "1" && v.raw() != "2" && v.raw() != "3" {
		b.problem(v.line(), "unsupported", "lockfileVersion %s is not known; the file was read as far as it looks like version 3", jsQuote(v.raw()))
	}
}

// readNPMEmpty handles a lockfile without packages: right for a project that
// needs none, as package.json tells.
func (b *jsGraph) readNPMEmpty(root jsVal) {
	b.own(root.get("name").text(), root.get("version").text())
	if !root.get("lockfileVersion").exists() && len(root.d.faults) == 0 {
		b.problem(1, "malformed", "no lockfileVersion, packages or dependencies: this is no lockfile of npm; write it anew with npm install")
	}
	for _, m := range b.manifests(nil) {
		for _, d := range jsOwnDeps(m.v) {
			b.missing(d, m.path, d.missingNote())
		}
	}
}

// npmEntry is one entry of "packages".
type npmEntry struct {
	v    jsVal
	node int // -1: an own package or a link to one
}

// readNPMPackages reads versions 2 and 3: a flat object whose keys are the
// places in which npm installs ("node_modules/a/node_modules/b").
func (b *jsGraph) readNPMPackages(packages jsVal) {
	entries := map[string]npmEntry{}
	for e := range packages.all() {
		if e.kind() != jsObject {
			e.d.fault(e.line(), "malformed", "the entry %s should be an object but is %s; it was not read", jsQuote(e.key()), e.kind())
			continue
		}
		entries[e.key()] = npmEntry{e, b.addNPM(e)}
	}
	for e := range packages.all() {
		at, ok := entries[e.key()]
		if !ok {
			continue
		}
		place := e.key()
		if at.node < 0 {
			if !strings.Contains("/"+place, "/node_modules/") {
				b.rootsNPM(place, e, entries)
			}
			continue
		}
		jsNeeds(e, func(name, _ string, scope inventory.Scope) {
			if to, ok := npmResolve(entries, place, name); ok && to.node >= 0 {
				b.g.Need(at.node, to.node, scope)
			}
		})
	}
}

// addNPM adds the package of an entry; -1 for own ones.
func (b *jsGraph) addNPM(e jsVal) int {
	place := e.key()
	i := strings.LastIndex("/"+place, "/node_modules/")
	if i < 0 {
		name := e.get("name").text()
		if name == "" && place != "" {
			name = path.Base(place)
		}
		if name == "" {
			name = e.d.root().get("name").text()
		}
		b.own(name, e.get("version").text())
		return -1
	}
	resolved := e.get("resolved").text()
	if e.get("link").isTrue() || strings.HasPrefix(resolved, "file:") {
		if !e.get("link").isTrue() {
			b.own(npmName(e, place, i), e.get("version").text())
		}
		return -1
	}
	n := b.addPlace(jsPURL(npmName(e, place, i), e.get("version").text(), resolved), e.line(), jsLicense(e.get("license")))
	if n >= 0 {
		b.noteNPM(n, e)
		b.state(n, e)
	}
	return n
}

func npmName(e jsVal, place string, i int) string {
	if name := e.get("name").text(); name != "" {
		return name
	}
	return place[i+len("node_modules/"):]
}

func (b *jsGraph) noteNPM(n int, e jsVal) {
	switch u := &b.g.nodes[n].usage; {
	case u.Component.Version == "" && u.Component.Qualifiers == "":
		b.problem(e.line(), "malformed", "the entry %s has no version; it is listed without one; write the lockfile anew with npm install", jsQuote(e.key()))
		u.Note = "no version in the lockfile"
	case e.get("inBundle").isTrue() || e.get("bundled").isTrue():
		u.Note = "shipped inside the package that needs it (bundled)"
	}
}

// state notes the scope flags of an entry for the case that no way to it is
// known.
func (b *jsGraph) state(n int, e jsVal) {
	scope := inventory.Runtime
	switch {
	case e.get("optional").isTrue() || e.get("devOptional").isTrue():
		if scope = inventory.Optional; e.get("dev").isTrue() {
			scope = inventory.Dev
		}
	case e.get("dev").isTrue():
		scope = inventory.Dev
	}
	b.stated[n] = scope
}

// rootsNPM adds what an own package at place needs. One that the lockfile marks
// as there for development only (a test helper linked by "file:") needs nothing
// at run time.
func (b *jsGraph) rootsNPM(place string, e jsVal, entries map[string]npmEntry) {
	for _, d := range jsOwnDeps(e) {
		if e.get("dev").isTrue() && d.scope.Rank() < inventory.Dev.Rank() {
			d.scope = inventory.Dev
		}
		to, ok := npmResolve(entries, place, d.name)
		switch {
		case !ok && strings.HasPrefix(place, "../"): // another project, with a lockfile of its own
		case !ok:
			b.missing(d, b.path, d.missingNote())
		case to.node >= 0:
			b.root(to.node, d.scope, d.req)
		}
	}
}

// npmResolve finds a package the way node does: in node_modules beside the one
// that asks, then in every directory above it.
func npmResolve(entries map[string]npmEntry, place, name string) (npmEntry, bool) {
	buf := make([]byte, 0, 256)
	for {
		buf = append(buf[:0], place...)
		if place != "" {
			buf = append(buf, '/')
		}
		buf = append(append(buf, "node_modules/"...), name...)
		if e, ok := entries[string(buf)]; ok {
			return e, true
		}
		if place == "" || place == ".." || strings.HasSuffix(place, "/..") {
			return npmEntry{}, false
		}
		place = npmParent(place)
	}
}

// npmParent is the directory in whose node_modules a search goes on: the
// package around an installed one, the directory above an own one.
func npmParent(place string) string {
	if i := strings.LastIndex("/"+place, "/node_modules/"); i >= 0 {
		return strings.TrimSuffix(place[:max(i, 1)-1], "/")
	}
	if i := strings.LastIndexByte(place, '/'); i >= 0 {
		return place[:i]
	}
	return ""
}
