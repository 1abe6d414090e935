package manifest

import (
	"maps"
	"path"
	"strings"
)

// readPackageJSON reads a package.json that no lockfile covers: what it asks
// for stays a requirement, but for exact versions. One that a lockfile covers
// only tells its own name; the lockfile's reader tells the rest.
func readPackageJSON(fsys FS, file string) (Result, error) {
	text, err := fsys.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	b := newJSGraph(fsys, file)
	m := &jsManifest{path: file, doc: jsParseJSON(text)}
	m.v = m.doc.root()
	covered, workspace := jsCovered(fsys, b.dir)
	switch {
	case m.v.kind() != jsObject:
		if m.v.exists() {
			b.problem(m.v.line(), "malformed", "a package.json should be an object but this is %s", m.v.kind())
		}
	case covered:
		b.own(m.name(), m.version())
	default:
		b.own(m.name(), m.version())
		b.requirements(m, workspace)
	}
	b.faults(file, m.doc)
	return b.result(), nil
}

// requirements adds what a manifest without lockfile asks for. workspace is the
// directory of the workspace to which it belongs, "" if none: its members are
// not third-party.
func (b *jsGraph) requirements(m *jsManifest, workspace string) {
	deps := jsOwnDeps(m.v)
	if len(deps) == 0 {
		return
	}
	root := b.dir
	if workspace != "" {
		root = workspace
	}
	siblings := jsMemberNames(b.fsys, root, jsPatterns(b.fsys, root))
	if workspace == "" {
		lerna, globs := jsLerna(b.fsys, b.dir)
		maps.Copy(siblings, jsMemberNames(b.fsys, lerna, globs))
	}
	for _, d := range deps {
		if siblings[d.name] {
			continue
		}
		if c, ok := strings.CutPrefix(d.req, "catalog:"); ok {
			if r := jsCatalogRange(b.fsys, root, d.name, c); r != "" {
				d.req = r
			}
		}
		b.missing(d, b.path, "")
	}
}

// jsLerna finds the lerna.json above a directory that has it as a member, and
// its patterns. Lerna's members may each be installed alone, so that no lockfile
// covers them, but they are not third-party to each other.
func jsLerna(fsys FS, dir string) (root string, globs jsGlobs) {
	for up := dir; up != "."; {
		up = path.Dir(up)
		text, err := fsys.ReadFile(path.Join(up, "lerna.json"))
		if err != nil {
			continue
		}
		patterns := jsParseJSON(text).root().get("packages").strings()
		if len(patterns) == 0 {
			patterns = []string{"packages/*"}
		}
		if globs = jsGlobsOf(patterns); globs.include(jsRel(up, dir)) {
			return up, globs
		}
	}
	return "", nil
}

// jsMemberNames are the names of the packages that patterns name under root.
func jsMemberNames(fsys FS, root string, globs jsGlobs) map[string]bool {
	out := map[string]bool{}
	for _, dir := range jsMembers(fsys, root, globs) {
		if text, err := fsys.ReadFile(path.Join(dir, "package.json")); err == nil {
			out[jsNameOf(text)] = true
		}
	}
	return out
}

// jsNameOf takes the name out of a package.json without reading the rest: each
// member of a workspace asks for the names of all others.
func jsNameOf(text []byte) string {
	p := jsonParser{s: string(text), d: &jsDoc{}}
	depth, key := 0, false
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case '{', '[':
			depth++
			key = false
		case '}', ']':
			depth--
		case ',':
			key = false
		case '"':
			s := p.str()
			if depth == 1 && key {
				return s
			}
			p.space()
			key = depth == 1 && s == "name" && p.pos < len(p.s) && p.s[p.pos] == ':'
			continue
		}
		p.pos++
	}
	return ""
}

// jsCatalogRange is the range behind "catalog:" in the places where pnpm, bun and
// yarn keep their catalogs.
func jsCatalogRange(fsys FS, root, name, catalog string) string {
	var places []jsVal
	if d := jsPNPMWorkspace(fsys, root); d != nil {
		places = append(places, d.root())
	}
	if m := jsReadManifest(fsys, root); m != nil {
		places = append(places, m.v.get("workspaces"), m.v)
	}
	if text, err := fsys.ReadFile(path.Join(root, ".yarnrc.yml")); err == nil {
		places = append(places, jsParseYAML(text)[0].root())
	}
	for _, p := range places {
		where := p.get("catalogs").get(catalog)
		if catalog == "" || catalog == "default" && !where.exists() {
			where = p.get("catalog")
			if !where.exists() {
				where = p.get("catalogs").get("default")
			}
		}
		if r := where.get(name).raw(); r != "" {
			return r
		}
	}
	return ""
}
