package manifest

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readDenoLock reads the npm and JSR packages of deno.lock, versions 2 to 5
// (docs.deno.com/runtime/fundamentals/modules). What is fetched by URL
// ("remote") has no package; it is counted in a problem.
func readDenoLock(fsys FS, file string) (Result, error) {
	text, err := fsys.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	b := newJSGraph(fsys, file)
	d := jsParseJSON(text)
	root := d.root()
	where := root
	if p := root.object("packages"); p.exists() { // version 3
		where = p
	}
	specifiers := where.object("specifiers")
	lists := map[string]jsVal{"npm": where.object("npm"), "jsr": where.object("jsr")}
	if old := lists["npm"].get("packages"); old.kind() == jsObject { // version 2
		specifiers, lists["npm"] = lists["npm"].object("specifiers"), old
	}
	index := newDenoIndex(specifiers)
	for _, system := range []string{"npm", "jsr"} {
		for e := range lists[system].all() {
			name, version := jsSplitAt(e.key())
			version, _, _ = strings.Cut(version, "_") // peers follow
			if name == "" {
				e.d.fault(e.line(), "malformed", "the key %s is no package; the entry was not read", jsQuote(e.key()))
				continue
			}
			index.put(system, e.key(), name, b.add(inventory.NewPURL(system, name, version), e.line(), ""))
		}
	}
	for _, system := range []string{"npm", "jsr"} {
		for e := range lists[system].all() {
			if from, ok := index.byKey[system+":"+e.key()]; ok && from >= 0 {
				b.needsDeno(from, system, e, index)
			}
		}
	}
	b.rootsDeno(root, lists["jsr"], index)
	if n := len(root.object("remote").strings()); n > 0 {
		b.problem(root.get("remote").line(), "unsupported", "%d fetched by URL; such modules have no package and are not listed", n)
	}
	b.faults(file, d)
	return b.result(), nil
}

// needsDeno adds a package's needs: "name@version", or "name" alone where there
// is one version; version 3 has an object of these. JSR packages name specifiers.
func (b *jsGraph) needsDeno(from int, system string, e jsVal, index *denoIndex) {
	for field, scope := range map[string]inventory.Scope{"dependencies": inventory.Runtime, "optionalDependencies": inventory.Optional} {
		for r := range e.get(field).all() {
			ref := r.raw()
			if !strings.HasPrefix(ref, "npm:") && !strings.HasPrefix(ref, "jsr:") {
				ref = system + ":" + ref
			}
			if to, ok := index.find(ref); ok && to >= 0 {
				b.g.Need(from, to, scope)
			}
		}
	}
}

// denoIndex finds packages by "npm:name@version", by specifier, and by bare
// name where it has one version.
type denoIndex struct {
	byKey, byName map[string]int
	bySpecifier   map[string]string
}

func newDenoIndex(specifiers jsVal) *denoIndex {
	x := &denoIndex{map[string]int{}, map[string]int{}, map[string]string{}}
	for s := range specifiers.all() {
		x.bySpecifier[s.key()] = s.text()
	}
	return x
}

func (x *denoIndex) put(system, key, name string, node int) {
	x.byKey[system+":"+key] = node
	if old, ok := x.byName[system+":"+name]; ok && old != node {
		node = -1
	}
	x.byName[system+":"+name] = node
}

func (x *denoIndex) find(ref string) (int, bool) {
	if !strings.HasPrefix(ref, "npm:") && !strings.HasPrefix(ref, "jsr:") {
		if n, ok := x.byKey["npm:"+x.bySpecifier[ref]]; ok { // version 2
			return n, true
		}
	}
	if n, ok := x.byKey[ref]; ok {
		return n, true
	}
	system, rest, _ := strings.Cut(ref, ":")
	name, _ := jsSplitAt(rest)
	if name == "" {
		name = rest
	}
	chosen, ok := x.bySpecifier[ref]
	if !ok {
		chosen = x.bySpecifier[ref+"@*"]
	}
	for _, key := range []string{chosen, system + ":" + name + "@" + chosen} { // version 3 repeats the name
		if n, ok := x.byKey[key]; ok {
			return n, true
		}
	}
	n, ok := x.byName[system+":"+name]
	return n, ok && n >= 0
}

// rootsDeno adds what the workspace and its members ask for, and the specifiers
// that no JSR package asks for: those stand in the project's own code.
func (b *jsGraph) rootsDeno(root, jsr jsVal, index *denoIndex) {
	take := func(specifier string) {
		if to, ok := index.find(specifier); ok && to >= 0 {
			_, bare, _ := strings.Cut(specifier, ":")
			name, req := jsSplitAt(bare)
			if name == "" {
				req = ""
			}
			b.root(to, inventory.Runtime, req)
		}
	}
	foreign := map[string]bool{}
	for e := range jsr.all() {
		for _, s := range e.get("dependencies").strings() {
			foreign[s] = true
		}
	}
	for s := range index.bySpecifier {
		bare, _ := jsSplitAt(strings.TrimPrefix(strings.TrimPrefix(s, "npm:"), "jsr:"))
		if system, _, _ := strings.Cut(s, ":"); !foreign[s] && !foreign[system+":"+bare] {
			take(s)
		}
	}
	takeAll := func(w jsVal) {
		for _, list := range []jsVal{w.get("dependencies"), w.get("packageJson").get("dependencies")} {
			for r := range list.all() {
				take(r.text())
			}
		}
	}
	w := root.object("workspace")
	takeAll(w)
	for m := range w.object("members").all() {
		takeAll(m)
	}
}
