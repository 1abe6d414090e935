package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readPNPMLock reads pnpm-lock.yaml of versions 5 to 9
// (github.com/pnpm/spec/tree/master/lockfile). Importers are the project's own
// packages. Up to version 6, "packages" holds what there is and what it needs;
// in version 9 the needs are in "snapshots".
func readPNPMLock(fsys FS, file string) (Result, error) {
	text, err := fsys.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	b := newJSGraph(fsys, file)
	docs := jsParseYAML(text)
	for _, d := range docs { // pnpm 11 has a first document for its own tools
		b.checkPNPMVersion(d.root())
		b.readPNPMDocument(d)
		b.faults(file, d)
	}
	return b.result(), nil
}

func (b *jsGraph) checkPNPMVersion(root jsVal) {
	v := root.get("lockfileVersion")
	switch major, _, _ := strings.Cut(v.raw(), "."); major {
	case "5", "6", "7", "9":
	case "":
		b.problem(root.line(), "malformed", "no lockfileVersion: this is no lockfile of pnpm, or it was cut; write it anew with pnpm install")
	default:
		b.problem(v.line(), "unsupported", "lockfileVersion %s is not known; the file was read as far as it looks like version 9", jsQuote(v.raw()))
	}
}

// pnpmIndex finds nodes by dependency path; own packages are -1.
type pnpmIndex map[string]int

func (b *jsGraph) readPNPMDocument(d *jsDoc) {
	root := d.root()
	packages, snapshots := root.object("packages"), root.object("snapshots")
	index := pnpmIndex{}
	for e := range packages.all() {
		if snapshots.exists() {
			continue // each snapshot looks its package up
		}
		if n, ok := b.addPNPM(e, e); ok {
			index[e.key()] = n
		}
	}
	for e := range snapshots.all() {
		base, _, _ := strings.Cut(e.key(), "(")
		if n, ok := b.addPNPM(e, packages.get(base)); ok {
			index[e.key()] = n
			index[base] = n // so that the package counts as listed
		}
	}
	b.looseSnapshots(packages, snapshots, index)
	for _, section := range []jsVal{packages, snapshots} {
		for e := range section.all() {
			b.needsPNPM(e, index)
		}
	}
	if importers := root.object("importers"); importers.exists() {
		for e := range importers.all() {
			b.importerPNPM(e.key(), e, root, index)
		}
	} else if root.get("lockfileVersion").exists() {
		b.importerPNPM(".", root, root, index)
	}
}

// looseSnapshots adds the packages that no snapshot mentions: a lockfile that
// was cut short or merged by hand still tells of them.
func (b *jsGraph) looseSnapshots(packages, snapshots jsVal, index pnpmIndex) {
	if !snapshots.exists() {
		return
	}
	for e := range packages.all() {
		if _, ok := index[e.key()]; ok {
			continue
		}
		if n, ok := b.addPNPM(e, e); ok {
			index[e.key()] = n
		}
	}
}

// addPNPM adds the package of an entry; -1 for own ones.
func (b *jsGraph) addPNPM(e, info jsVal) (n int, ok bool) {
	line := info.line()
	if !info.exists() {
		info, line = e, e.line()
	}
	name, version := pnpmSplit(e.key())
	if s := info.get("name").text(); s != "" {
		name = s
	}
	if s := info.get("version").raw(); s != "" {
		version = s
	}
	if name == "" {
		e.d.fault(e.line(), "malformed", "the key %s is no package; the entry was not read", jsQuote(e.key()))
		return 0, false
	}
	resolved, own := pnpmResolved(info.get("resolution"))
	spec := jsParseSpec(version)
	switch {
	case own || spec.source == jsLocal:
		b.own(name, "")
		return -1, true
	case spec.source == jsRuntime:
		return b.add(inventory.NewPURL("generic", name, spec.rng), line, ""), true
	case spec.source == jsGit || spec.source == jsTarball:
		if version = ""; resolved == "" {
			resolved = spec.rng
		}
		if spec.source == jsTarball {
			version = jsTarballVersion(name, spec.rng)
		}
	}
	n = b.addPlace(jsPURL(name, version, resolved), line, "")
	switch {
	case n < 0:
	case e.get("dev").isTrue():
		b.stated[n] = inventory.Dev
	case e.get("optional").isTrue():
		b.stated[n] = inventory.Optional
	}
	return n, true
}

// pnpmResolved says where a resolution fetches from, "" for the registry; own
// is true for directories and files of the repository.
func pnpmResolved(r jsVal) (resolved string, own bool) {
	if r.get("directory").exists() || r.get("type").text() == "directory" {
		return "", true
	}
	if repo := r.get("repo").text(); repo != "" {
		if !strings.HasPrefix(repo, "git") {
			repo = "git+" + repo
		}
		return repo + "#" + r.get("commit").raw(), false
	}
	tarball := r.get("tarball").text()
	return tarball, strings.HasPrefix(tarball, "file:")
}

// pnpmSplit takes a dependency path apart: "a@1.0.0(peer@2)" in version 9,
// "/a@1.0.0(peer@2)" in 6, "/a/1.0.0_peer@2" in 5, with a registry's host before
// the slash where it is not the default one.
func pnpmSplit(key string) (name, version string) {
	key, _, _ = strings.Cut(key, "(")
	if i := strings.IndexByte(key, '/'); i > 0 && key[0] != '@' && !strings.Contains(key[:i], "@") && strings.Contains(key[:i], ".") {
		key = key[i:]
	}
	old := strings.HasPrefix(key, "/")
	key = strings.TrimPrefix(key, "/")
	name, version = jsSplitAt(key)
	// Version 5 has a slash before its version; an "@" comes only in its peers.
	if scoped := strings.HasPrefix(key, "@"); old && (name == "" || version == "" ||
		!scoped && strings.Contains(name, "/") || scoped && strings.Count(name, "/") > 1) {
		parts := strings.SplitN(key, "/", 3)
		switch {
		case scoped && len(parts) == 3:
			name, version = parts[0]+"/"+parts[1], parts[2]
		case !scoped && len(parts) >= 2:
			name, version = parts[0], parts[1]
		}
		version, _, _ = strings.Cut(version, "_")
	}
	return name, version
}

// find gives the node that a reference in a "dependencies" block means: a
// version, or the whole dependency path for aliases.
func (x pnpmIndex) find(name, ref string) (int, bool) {
	if strings.HasPrefix(ref, "link:") {
		return -1, true
	}
	for _, key := range []string{name + "@" + ref, "/" + name + "@" + ref, "/" + name + "/" + ref, ref, "/" + ref} {
		if n, ok := x[key]; ok {
			return n, true
		}
	}
	return 0, false
}

func (b *jsGraph) needsPNPM(e jsVal, index pnpmIndex) {
	from, ok := index[e.key()]
	if !ok {
		return
	}
	jsPNPMRefs(e, func(name, ref string, scope inventory.Scope, _ jsVal) {
		to, ok := index.find(name, ref)
		switch {
		case !ok || to < 0:
		case from >= 0:
			b.g.Need(from, to, scope)
		default: // an own package that is installed like a foreign one
			b.root(to, scope, "")
		}
	})
}

// jsPNPMRefs walks the dependencies of a package or importer.
func jsPNPMRefs(e jsVal, see func(name, ref string, scope inventory.Scope, v jsVal)) {
	for _, f := range []struct {
		field string
		scope inventory.Scope
	}{{"dependencies", inventory.Runtime}, {"optionalDependencies", inventory.Optional}, {"devDependencies", inventory.Dev},
		{"configDependencies", inventory.Build}, {"packageManagerDependencies", inventory.Build}} {
		for r := range e.object(f.field).all() {
			ref := r.raw()
			if r.kind() == jsObject {
				ref = r.get("version").raw()
			}
			see(r.key(), ref, f.scope, r)
		}
	}
}

// importerPNPM adds what an own package needs, and from its manifest its name
// and the peers that nothing supplies.
func (b *jsGraph) importerPNPM(dir string, e, root jsVal, index pnpmIndex) {
	specifiers := e.get("specifiers")
	m := jsReadManifest(b.fsys, path.Join(b.dir, dir))
	seen := map[string]bool{}
	peers := map[string]jsDep{}
	if m != nil {
		b.own(m.name(), m.version())
		for _, d := range jsOwnDeps(m.v) {
			if d.peer {
				peers[d.name] = d
			}
		}
	}
	jsPNPMRefs(e, func(name, ref string, scope inventory.Scope, v jsVal) {
		seen[name] = true
		if d, ok := peers[name]; ok && scope == inventory.Runtime { // installed because it is a peer
			scope = d.scope
		}
		req := v.get("specifier").raw()
		if req == "" {
			req = specifiers.get(name).raw()
		}
		if c, ok := strings.CutPrefix(req, "catalog:"); ok {
			req = pnpmCatalog(root, name, c, req)
		}
		switch to, ok := index.find(name, ref); {
		case ok && to >= 0:
			b.root(to, scope, req)
		case !ok:
			b.missing(jsDep{name: name, req: req, scope: scope, line: v.line()}, b.path, "not in the lockfile")
		}
	})
	if m == nil {
		return
	}
	for _, d := range jsOwnDeps(m.v) {
		if d.peer && !seen[d.name] {
			b.missing(d, m.path, d.missingNote())
		}
	}
	b.faults(m.path, m.doc)
}

// pnpmCatalog is the range behind "catalog:" or "catalog:NAME".
func pnpmCatalog(root jsVal, name, catalog, otherwise string) string {
	if catalog == "" {
		catalog = "default"
	}
	if r := root.get("catalogs").get(catalog).get(name).get("specifier").raw(); r != "" {
		return r
	}
	return otherwise
}
