package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readBunLock reads bun.lock (bun.com/docs/pm/lockfile). The binary form that
// came before it is not read.
func readBunLock(fsys FS, file string) (Result, error) {
	b := newJSGraph(fsys, file)
	if path.Base(file) == "bun.lockb" {
		if !fsys.Exists(path.Join(b.dir, "bun.lock")) {
			b.problem(0, "unsupported", "bun's binary lockfile is not read; run: bun install --save-text-lockfile")
		}
		return b.res, nil
	}
	text, err := fsys.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	d := jsParseJSON(text)
	root := d.root()
	if root.kind() != jsObject && root.exists() {
		b.problem(root.line(), "malformed", "a lockfile should be an object but this is %s; write it anew with bun install", root.kind())
	} else if root.exists() && !root.get("workspaces").exists() && !root.get("packages").exists() {
		b.problem(root.line(), "malformed", "neither workspaces nor packages: this is no lockfile of bun; write it anew with bun install")
	}
	b.readBun(root)
	b.faults(file, d)
	return b.result(), nil
}

// readBun reads "packages", whose keys are places ("a", "a/b": b as a sees it)
// and whose values are lists: what was chosen, where from, and what it needs.
func (b *jsGraph) readBun(root jsVal) {
	index := map[string]int{}
	for e := range root.object("packages").all() {
		if e.kind() != jsArray {
			e.d.fault(e.line(), "malformed", "the entry %s should be a list but is %s; it was not read", jsQuote(e.key()), e.kind())
			continue
		}
		index[e.key()] = b.addBun(e)
	}
	for e := range root.object("packages").all() {
		from, ok := index[e.key()]
		info := bunInfo(e)
		if !ok || from < 0 {
			continue
		}
		jsNeeds(info, func(name, _ string, scope inventory.Scope) {
			if to, ok := bunResolve(index, e.key(), name); ok && to >= 0 {
				b.g.Need(from, to, scope)
			}
		})
	}
	for w := range root.object("workspaces").all() {
		b.own(w.get("name").text(), w.get("version").text())
	}
	for w := range root.object("workspaces").all() {
		b.rootsBun(w, root, index)
	}
}

// bunInfo is the object in an entry's list that tells what the package needs.
func bunInfo(e jsVal) jsVal {
	for x := range e.all() {
		if x.kind() == jsObject {
			return x
		}
	}
	return jsVal{}
}

// addBun adds the package of an entry; -1 for own ones.
func (b *jsGraph) addBun(e jsVal) int {
	var texts []string
	for x := range e.all() {
		if x.kind() != jsString {
			break
		}
		texts = append(texts, x.text())
	}
	if len(texts) == 0 {
		e.d.fault(e.line(), "malformed", "the entry %s does not say what it is; it was not read", jsQuote(e.key()))
		return -1
	}
	name, ref := jsSplitAt(texts[0])
	resolved, version := "", ref
	switch spec := jsParseSpec(ref); spec.source {
	case jsLocal:
		b.own(name, "")
		return -1
	case jsGit:
		resolved, version = spec.rng, ""
	case jsTarball:
		resolved, version = spec.rng, jsTarballVersion(name, spec.rng)
	default:
		if len(texts) > 1 && strings.HasPrefix(texts[1], "http") && strings.HasSuffix(texts[1], "gz") {
			resolved = texts[1]
		}
	}
	n := b.addPlace(jsPURL(name, version, resolved), e.line(), "")
	if n >= 0 && bunInfo(e).get("bundled").isTrue() {
		b.g.nodes[n].usage.Note = "shipped inside the package that needs it (bundled)"
	}
	return n
}

// bunResolve finds a name as the package at place sees it: below it, then below
// each package above it.
func bunResolve(index map[string]int, place, name string) (int, bool) {
	for {
		key := name
		if place != "" {
			key = place + "/" + name
		}
		if n, ok := index[key]; ok {
			return n, true
		}
		if place == "" {
			return 0, false
		}
		place = bunParent(place)
	}
}

// bunParent drops the last package name, which may have a scope, off a place.
func bunParent(place string) string {
	i := strings.LastIndexByte(place, '/')
	if i < 0 {
		return ""
	}
	if j := strings.LastIndexByte(place[:i], '/'); strings.HasPrefix(place[j+1:], "@") {
		return place[:max(j, 0)]
	}
	return place[:i]
}

// rootsBun adds what a workspace of the project needs.
func (b *jsGraph) rootsBun(w, root jsVal, index map[string]int) {
	place := ""
	if w.key() != "" {
		place = w.get("name").text()
	}
	for _, d := range jsOwnDeps(w) {
		if c, ok := strings.CutPrefix(d.req, "catalog:"); ok {
			if r := bunCatalog(root, d.name, c); r != "" {
				d.req = r
			}
		}
		switch to, ok := bunResolve(index, place, d.name); {
		case !ok:
			b.missing(d, b.path, d.missingNote())
		case to >= 0:
			b.root(to, d.scope, d.req)
		}
	}
}

// bunCatalog is the range behind "catalog:" or "catalog:NAME".
func bunCatalog(root jsVal, name, catalog string) string {
	if catalog == "" {
		return root.get("catalog").get(name).text()
	}
	return root.get("catalogs").get(catalog).get(name).text()
}
