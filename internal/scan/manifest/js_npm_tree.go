package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// npmTreeNode is one package of a version 1 lockfile, at its place in the tree
// of nested node_modules.
type npmTreeNode struct {
	v        jsVal
	node     int // -1: own
	parent   *npmTreeNode
	children map[string]*npmTreeNode
}

// readNPMTree reads version 1: "dependencies" nested as they are installed.
// What is direct, only package.json beside the lockfile can tell.
func (b *jsGraph) readNPMTree(root jsVal) {
	b.own(root.get("name").text(), root.get("version").text())
	top := &npmTreeNode{v: root, node: -1}
	var all []*npmTreeNode
	b.addNPMTree(top, &all)
	for _, t := range all {
		if t.node < 0 {
			continue
		}
		for r := range t.v.get("requires").all() {
			if to := t.find(r.key()); to != nil && to.node >= 0 {
				scope := inventory.Runtime
				// Version 1 does not tell which needs are optional; what is
				// marked optional under a package that is not can only be that.
				if to.v.get("optional").isTrue() && !t.v.get("optional").isTrue() {
					scope = inventory.Optional
				}
				b.g.Need(t.node, to.node, scope)
			}
		}
	}
	m := jsReadManifest(b.fsys, b.dir)
	if m == nil {
		return
	}
	b.faults(m.path, m.doc)
	b.own(m.name(), m.version())
	for _, d := range jsOwnDeps(m.v) {
		switch to := top.children[d.name]; {
		case to == nil:
			b.missing(d, m.path, d.missingNote())
		case to.node >= 0:
			b.root(to.node, d.scope, d.req)
		}
	}
}

func (b *jsGraph) addNPMTree(t *npmTreeNode, all *[]*npmTreeNode) {
	deps := t.v.object("dependencies")
	if !deps.exists() {
		return
	}
	t.children = map[string]*npmTreeNode{}
	for e := range deps.all() {
		if e.kind() != jsObject {
			e.d.fault(e.line(), "malformed", "the entry %s should be an object but is %s; it was not read", jsQuote(e.key()), e.kind())
			continue
		}
		c := &npmTreeNode{v: e, node: b.addNPMOld(e), parent: t}
		t.children[e.key()] = c
		*all = append(*all, c)
		b.addNPMTree(c, all)
	}
}

// addNPMOld adds the package of a version 1 entry, whose version is a version,
// an alias ("npm:bar@1.0.0"), or where the package comes from.
func (b *jsGraph) addNPMOld(e jsVal) int {
	name, version, resolved := e.key(), e.get("version").text(), e.get("resolved").text()
	switch spec := jsParseSpec(version); spec.source {
	case jsLocal:
		b.own(name, "")
		return -1
	case jsGit, jsTarball:
		version, resolved = "", version
		if spec.source == jsTarball {
			version = jsTarballVersion(name, resolved)
		}
	default:
		if spec.name != "" {
			name, version = spec.name, spec.rng
		}
	}
	n := b.addPlace(jsPURL(name, version, resolved), e.line(), "")
	if n >= 0 {
		b.noteNPM(n, e)
		b.state(n, e)
	}
	return n
}

// jsTarballVersion takes the version from a tarball's file name, where it
// follows npm pack's "NAME-VERSION.tgz".
func jsTarballVersion(name, url string) string {
	file, _, _ := strings.Cut(path.Base(url), "?")
	file, _, _ = strings.Cut(file, "#")
	file = strings.TrimSuffix(strings.TrimSuffix(file, ".tar.gz"), ".tgz")
	scope, bare, scoped := strings.Cut(name, "/")
	if !scoped {
		bare = name
	}
	for _, prefix := range []string{bare + "-", strings.TrimPrefix(scope, "@") + "-" + bare + "-"} {
		if v, ok := strings.CutPrefix(file, prefix); ok && jsExact(v) != "" {
			return jsExact(v)
		}
	}
	return ""
}

// find resolves a name as node does, from t upward.
func (t *npmTreeNode) find(name string) *npmTreeNode {
	for ; t != nil; t = t.parent {
		if c, ok := t.children[name]; ok {
			return c
		}
	}
	return nil
}
