package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readCargoToml reads the requirements of a Cargo.toml that no Cargo.lock covers.
func readCargoToml(fsys FS, p string) (Result, error) {
	if _, err := fsys.ReadFile(p); err != nil {
		return Result{}, err
	}
	t := newCargoTree(fsys)
	c := t.load(path.Dir(p))
	if c == nil {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 1 MiB; not read"}}}, nil
	}
	out := Result{Problems: docProblems(p, c.faults)}
	if fsys.Exists(path.Join(c.dir, ".cargo-checksum.json")) {
		return out, nil // a vendored copy; the lockfile of who vendors it covers it
	}
	if c.name != "" {
		out.Own = []string{inventory.NewPURL("cargo", c.name, "").String()}
	}
	if cargoCovered(fsys, c) {
		return out, nil
	}
	var g Graph
	t.findRoot(c)
	patched := t.patched(c)
	for _, d := range c.deps() {
		if d.name == "" || d.path != "" {
			continue
		}
		if slices.Contains(patched, d.name) {
			out.Own = append(out.Own, inventory.NewPURL("cargo", d.name, "").String())
			continue
		}
		g.Add(d.usage(p))
	}
	out.Usages = g.Usages()
	return out, nil
}

// usage makes a requirement of a dependency.
func (d cargoDep) usage(manifest string) inventory.Usage {
	u := inventory.Usage{Requirement: d.requirement, Manifest: manifest, Line: d.line,
		Relation: inventory.Direct, Scope: d.scope, Note: d.note}
	source, version := "", ""
	switch m := cargoExact().FindStringSubmatch(d.requirement); {
	case d.git != "":
		source = "git+" + d.git
		if u.Requirement == "" {
			u.Requirement = "git+" + withoutUser(d.git)
		}
	case m != nil:
		version = m[1]
	}
	if d.registry != "" {
		u.Note = joinNotes(u.Note, "from registry "+d.registry)
	}
	if u.Requirement == "" {
		u.Requirement = "*"
	}
	u.Component = cargoPURL(d.name, version, source)
	return u
}

// patched lists the crates that the workspace replaces by a path.
func (t *cargoTree) patched(c *cargoCrate) []string {
	root := c
	if c.rootDir != "" && c.rootDir != c.dir {
		if r := t.load(c.rootDir); r != nil {
			root = r
		}
	}
	var out []string
	for source := range root.toml.get("patch").all() {
		for e := range source.all() {
			if e.get("path").text() == "" {
				continue
			}
			name := e.key()
			if real := e.get("package").text(); real != "" {
				name = real
			}
			out = append(out, name)
		}
	}
	return out
}

// cargoCovered says whether a lockfile tells what the crate's requirements came
// to: one beside it, or one above that lists it as its own.
func cargoCovered(fsys FS, c *cargoCrate) bool {
	for _, dir := range ancestors(c.dir) {
		p := path.Join(dir, "Cargo.lock")
		if !fsys.Exists(p) {
			continue
		}
		if dir == c.dir {
			return true
		}
		own := fsys.Shared(GlobEscape(p), func(fsys FS) any {
			data, _ := fsys.ReadFile(p) // what can't be read lists nothing
			return cargoOwn(string(data))
		}).(map[string]bool)
		if own[c.name] {
			return true
		}
	}
	return false
}

// cargoOwn are the packages of a Cargo.lock without a source.
func cargoOwn(lock string) map[string]bool {
	own := map[string]bool{}
	for _, block := range strings.Split(lock, "[[")[1:] {
		_, rest, named := strings.Cut(block, "\nname = \"")
		name, rest, _ := strings.Cut(rest, "\"")
		if named && name != "" && !strings.Contains(rest, "\nsource = ") {
			own[name] = true
		}
	}
	return own
}

// docProblems turns the faults of a parsed document into problems.
func docProblems(p string, faults []jsFault) []inventory.Problem {
	var out []inventory.Problem
	for _, f := range faults {
		out = append(out, inventory.Problem{Path: p, Line: f.line, Kind: f.kind, Message: f.message})
	}
	return out
}
