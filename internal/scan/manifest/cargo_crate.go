package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// cargoMaxCrates bounds the manifests that one lockfile leads to.
const cargoMaxCrates = 5000

// cargoTomlMaxBytes bounds Cargo.toml; the largest real ones have a tenth of it.
const cargoTomlMaxBytes = 1 << 20

// cargoCrate is one Cargo.toml.
type cargoCrate struct {
	path, dir string
	name      string // "" for a virtual manifest
	toml      jsVal
	workspace jsVal // [workspace] of its root; absent where there is none
	rootDir   string
	rooted    bool            // workspace and rootDir are known
	on        map[string]bool // optional dependencies that the default features turn on; nil: not known yet
	faults    []jsFault
}

// cargoDep is one dependency as Cargo.toml states it.
type cargoDep struct {
	key         string   // its name in the manifest
	features    []string // that it is to have
	name        string   // the package's real name
	requirement string   // version requirement as written
	scope       inventory.Scope
	path        string // of a local crate
	git         string // address, with "#rev" where one is fixed
	registry    string
	line        int
	note        string
}

// cargoTree reads manifests, each once.
type cargoTree struct {
	fsys  FS
	known map[string]*cargoCrate // by path; nil: none there
}

func newCargoTree(fsys FS) *cargoTree { return &cargoTree{fsys, map[string]*cargoCrate{}} }

// load reads the Cargo.toml of a directory; nil when there is none.
func (t *cargoTree) load(dir string) *cargoCrate {
	p := path.Join(dir, "Cargo.toml")
	if c, ok := t.known[p]; ok {
		return c
	}
	t.known[p] = nil
	// Each crate of a workspace asks for the others.
	doc := t.fsys.Shared(GlobEscape(p), func(fsys FS) any {
		data, err := fsys.ReadFile(p)
		if err != nil || len(data) > cargoTomlMaxBytes {
			return (*jsDoc)(nil)
		}
		return parseTOML(data)
	}).(*jsDoc)
	if doc == nil || len(t.known) > cargoMaxCrates {
		return nil
	}
	c := &cargoCrate{path: p, dir: dir, toml: doc.root(), faults: doc.faults}
	c.name = c.toml.get("package").get("name").text()
	t.known[p] = c
	return c
}

// findRoot finds the workspace that a crate belongs to: its own, the one it
// names, or the nearest above.
func (t *cargoTree) findRoot(c *cargoCrate) {
	if c.rooted {
		return
	}
	c.rooted = true
	if w := c.toml.get("workspace"); w.exists() {
		c.workspace, c.rootDir = w, c.dir
		return
	}
	if named := c.toml.get("package").get("workspace").text(); named != "" {
		if dir, ok := pathWithin(c.dir, named); ok && dir != c.dir {
			if root := t.load(dir); root != nil {
				c.workspace, c.rootDir = root.toml.get("workspace"), dir
			}
		}
		return
	}
	for _, dir := range ancestors(c.dir)[1:] {
		root := t.load(dir)
		if root == nil {
			continue
		}
		if w := root.toml.get("workspace"); w.exists() {
			c.workspace, c.rootDir = w, dir
			return
		}
	}
}

// cargoCrates finds the crates that the lockfile of a directory may cover, by
// name: the one there, the members of its workspace, and what they need by path.
func cargoCrates(fsys FS, dir string) map[string]*cargoCrate {
	t := newCargoTree(fsys)
	out := map[string]*cargoCrate{}
	queued := map[string]bool{dir: true}
	queue := []string{dir}
	add := func(base, rel string) {
		if d, ok := pathWithin(base, rel); ok && !queued[d] && len(queue) < cargoMaxCrates {
			queued[d] = true
			queue = append(queue, d)
		}
	}
	for len(queue) > 0 {
		c := t.load(queue[0])
		queue = queue[1:]
		if c == nil {
			continue
		}
		t.findRoot(c)
		if c.name != "" && out[c.name] == nil {
			out[c.name] = c
		}
		if c.dir == dir {
			for _, member := range t.members(c) {
				add(member, ".")
			}
		}
		for _, rel := range c.paths() {
			add(c.dir, rel)
		}
		c.on = nil // to be found again, with all crates
		for e := range c.workspace.get("dependencies").all() {
			if rel := e.get("path").text(); rel != "" {
				add(c.rootDir, rel)
			}
		}
	}
	cargoFeatures(out)
	return out
}

// members gives the directories of a workspace's members.
func (t *cargoTree) members(root *cargoCrate) []string {
	w := root.toml.get("workspace")
	var out []string
	patterns := w.get("members").strings()
	for _, pattern := range patterns[:min(len(patterns), cargoMaxCrates)] {
		glob, ok := pathWithin(root.dir, path.Join(pattern, "Cargo.toml"))
		if !ok {
			continue
		}
		for _, p := range t.fsys.Glob(glob) {
			if dir := path.Dir(p); !cargoExcluded(w, root.dir, dir) {
				out = append(out, dir)
			}
		}
	}
	return out
}

func cargoExcluded(workspace jsVal, root, dir string) bool {
	for _, e := range workspace.get("exclude").strings() {
		if x, ok := pathWithin(root, e); ok && (x == dir || strings.HasPrefix(dir, x+"/")) {
			return true
		}
	}
	return false
}

// paths gives the directories of all crates that the manifest names by path.
func (c *cargoCrate) paths() []string {
	var out []string
	for _, d := range c.deps() {
		if d.path != "" {
			out = append(out, d.path)
		}
	}
	for source := range c.toml.get("patch").all() {
		for e := range source.all() {
			if p := e.get("path").text(); p != "" {
				out = append(out, p)
			}
		}
	}
	return out
}

// cargoTables are the dependency tables with their scopes; the spelling with an
// underscore is the old one.
var cargoTables = []struct {
	key   string
	scope inventory.Scope
}{
	{"dependencies", inventory.Runtime},
	{"build-dependencies", inventory.Build},
	{"build_dependencies", inventory.Build},
	{"dev-dependencies", inventory.Dev},
	{"dev_dependencies", inventory.Dev},
}

// deps lists what the crate depends on, for all targets.
func (c *cargoCrate) deps() []cargoDep {
	if c.on == nil {
		cargoFeatures(map[string]*cargoCrate{c.name: c})
	}
	var out []cargoDep
	collect := func(table jsVal, target string) {
		for _, kind := range cargoTables {
			for e := range table.get(kind.key).all() {
				d := c.dep(e, kind.scope)
				if target != "" {
					d.note = joinNotes(d.note, "only for target "+target)
				}
				out = append(out, d)
			}
		}
	}
	collect(c.toml, "")
	for target := range c.toml.get("target").all() {
		collect(target, target.key())
	}
	return out
}

// dep reads one entry; "workspace = true" takes the workspace's and adds to it.
func (c *cargoCrate) dep(e jsVal, scope inventory.Scope) cargoDep {
	d := cargoDep{key: e.key(), features: e.get("features").strings(), name: e.key(), scope: scope, line: e.line()}
	spec, base := e, c.dir
	if e.get("workspace").isTrue() {
		spec, base = c.workspace.get("dependencies").get(e.key()), c.rootDir
		if !spec.exists() {
			d.note = "the workspace does not declare it"
		}
	}
	if spec != e {
		d.features = append(d.features, spec.get("features").strings()...)
	}
	d.requirement = spec.text()
	if v := spec.get("version").text(); v != "" {
		d.requirement = v
	}
	if real := spec.get("package").text(); real != "" {
		d.name = real
	}
	if p := spec.get("path").text(); p != "" {
		d.path = relativeTo(c.dir, path.Join(base, strings.ReplaceAll(p, `\`, "/")))
	}
	d.registry = spec.get("registry").text()
	d.git = cargoGit(spec)
	if e.get("optional").isTrue() && scope == inventory.Runtime && !c.on[e.key()] {
		d.scope = inventory.Optional
	}
	return d
}

// relativeTo gives to as seen from dir, both relative to the repository.
func relativeTo(dir, to string) string {
	if dir == "." {
		return to
	}
	return strings.Repeat("../", strings.Count(dir, "/")+1) + to
}

func cargoGit(spec jsVal) string {
	address := spec.get("git").text()
	if address == "" {
		return ""
	}
	for _, key := range []string{"branch", "tag"} {
		if v := spec.get(key).text(); v != "" {
			return address + "?" + key + "=" + v
		}
	}
	if rev := spec.get("rev").text(); rev != "" {
		return address + "#" + rev
	}
	return address
}
