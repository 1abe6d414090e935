package manifest

import (
	"bytes"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readYarnLock reads yarn.lock: the format of yarn 1, or the YAML of yarn 2 and
// later, which has a __metadata block.
func readYarnLock(fsys FS, file string) (Result, error) {
	b, err := fsys.ReadFile(file)
	if err != nil {
		return Result{}, err
	}
	g := newJSGraph(fsys, file)
	if bytes.HasPrefix(b, []byte("__metadata:")) || bytes.Contains(b, []byte("\n__metadata:")) {
		g.readBerry(b)
	} else {
		g.readYarnClassic(b)
	}
	return g.result(), nil
}

// yarnIndex finds lockfile entries by descriptor ("name@range") and by name.
type yarnIndex struct {
	byDescriptor map[string]int // to node, or -1 for own
	byName       map[string]int // likewise, or yarnSeveral
	resolutions  []yarnResolution
	owned        func(name string) bool
}

// yarnSeveral stands for a name with more than one entry.
const yarnSeveral = -2

type yarnResolution struct{ name, rng string }

func newYarnIndex(owned func(string) bool) *yarnIndex {
	return &yarnIndex{byDescriptor: map[string]int{}, byName: map[string]int{}, owned: owned}
}

func (x *yarnIndex) put(descriptor string, node int) {
	x.byDescriptor[descriptor] = node
	name, _ := jsSplitAt(descriptor)
	if old, ok := x.byName[name]; ok && old != node {
		node = yarnSeveral
	}
	x.byName[name] = node
}

// find gives the entry for a descriptor. Resolutions of the root manifest
// replace ranges. What is still not listed is a member of the project where one
// has that name (yarn 1 does not list members); else a name with a single entry
// is that entry.
func (x *yarnIndex) find(name, rng string) (int, bool) {
	for _, protocol := range []string{"", "npm:"} {
		if n, ok := x.byDescriptor[name+"@"+protocol+rng]; ok {
			return n, true
		}
	}
	for _, r := range x.resolutions {
		if r.name != name {
			continue
		}
		for _, protocol := range []string{"", "npm:"} {
			if n, ok := x.byDescriptor[name+"@"+protocol+r.rng]; ok {
				return n, true
			}
		}
	}
	if x.owned(name) {
		return -1, true
	}
	return x.only(name)
}

// only gives the entry for a name that has a single one.
func (x *yarnIndex) only(name string) (int, bool) {
	n, ok := x.byName[name]
	return n, ok && n != yarnSeveral
}

// setResolutions reads the root manifest's "resolutions"; the keys are names,
// with ranges or parents before them ("a/**/b", "b@npm:^1").
func (x *yarnIndex) setResolutions(m *jsManifest) {
	for e := range m.v.object("resolutions").all() {
		parts := strings.Split(e.key(), "/")
		name := parts[len(parts)-1]
		if len(parts) > 1 && strings.HasPrefix(parts[len(parts)-2], "@") {
			name = parts[len(parts)-2] + "/" + name
		}
		if bare, _ := jsSplitAt(name); bare != "" {
			name = bare
		}
		if len(x.resolutions) >= 1000 {
			return // every look-up walks them
		}
		x.resolutions = append(x.resolutions, yarnResolution{name, e.text()})
	}
}

// readYarnClassic reads version 1 (classic.yarnpkg.com/lang/en/docs/yarn-lock).
// The lockfile has neither roots nor scopes: the manifests of the project and
// of its workspaces tell them.
func (b *jsGraph) readYarnClassic(text []byte) {
	d := jsParseYarnText(text)
	if len(d.nodes) == 1 && len(d.faults) == 0 && !bytes.Contains(text, []byte("yarn lockfile v1")) {
		b.problem(1, "malformed", "the file is empty and no lockfile of yarn; write it anew with yarn install")
	}
	manifests := b.manifests(nil)
	index := newYarnIndex(b.owned)
	nodes := map[int32]int{}
	for e := range d.root().all() {
		descriptors := yarnPatterns(e.key())
		n := b.addYarnClassic(e, descriptors)
		nodes[e.i] = n
		for _, s := range descriptors {
			index.put(s, n)
		}
	}
	if len(manifests) > 0 {
		index.setResolutions(manifests[0])
	}
	for e := range d.root().all() {
		if from := nodes[e.i]; from >= 0 {
			jsNeeds(e, func(name, rng string, scope inventory.Scope) {
				if to, ok := index.find(name, rng); ok && to >= 0 {
					b.g.Need(from, to, scope)
				}
			})
		}
	}
	b.faults(b.path, d)
	for _, m := range manifests {
		b.rootsYarn(m, index)
	}
}

// rootsYarn adds what an own manifest needs.
func (b *jsGraph) rootsYarn(m *jsManifest, index *yarnIndex) {
	for _, d := range jsOwnDeps(m.v) {
		to, ok := index.find(d.name, d.req)
		switch {
		case !ok && d.peer && index.byName[d.name] == yarnSeveral:
			// Several versions are there for other reasons; the lockfile does
			// not say which one is the peer.
		case !ok:
			b.missing(d, m.path, d.missingNote())
		case to >= 0 && !d.optionalPeer:
			b.root(to, d.scope, d.req)
		}
	}
	b.faults(m.path, m.doc)
}

// yarnPatterns parts the key of an entry of yarn 1 into its descriptors.
func yarnPatterns(key string) []string {
	var out []string
	for key != "" {
		var token string
		token, key = yarnToken(key)
		if token = strings.TrimSuffix(token, ","); token != "" {
			out = append(out, token)
		}
		key = strings.TrimLeft(key, ", ")
	}
	return out
}

// addYarnClassic adds the package of an entry; -1 for own ones.
func (b *jsGraph) addYarnClassic(e jsVal, descriptors []string) int {
	if len(descriptors) == 0 || e.kind() != jsObject {
		return -1
	}
	name, rng := jsSplitAt(descriptors[0])
	if name == "" {
		name, rng = descriptors[0], ""
	}
	spec := jsParseSpec(rng)
	resolved := e.get("resolved").text()
	if spec.source == jsLocal || strings.HasPrefix(resolved, "file:") {
		b.own(name, e.get("version").text())
		return -1
	}
	if spec.name != "" {
		name = spec.name
	}
	version := e.get("version").text()
	if version == "" {
		b.problem(e.line(), "malformed", "the entry %s has no version; it is listed without one; write the lockfile anew with yarn install", jsQuote(e.key()))
	}
	if spec.source == jsGit && !jsFromRegistry(resolved) && resolved == "" {
		resolved = spec.rng
	}
	return b.add(jsPURL(name, version, yarnResolved(resolved)), e.line(), "")
}

// yarnResolved drops the hash that yarn 1 appends to a tarball's URL ("#" and
// 40 digits), which is no commit.
func yarnResolved(resolved string) string {
	base, hash, ok := strings.Cut(resolved, "#")
	if ok && (strings.HasPrefix(base, "https://") || strings.HasPrefix(base, "http://")) && !jsGitURL(base) && len(hash) == 40 &&
		strings.Contains(path.Base(base), ".t") {
		return base
	}
	return resolved
}
