package manifest

import (
	"net/url"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readBerry reads the lockfile of yarn 2 and later. Each entry's key lists the
// descriptors that it answers, its resolution says what was chosen; the
// project's own workspaces are entries too, with runtime and development
// dependencies in one list, which their manifests tell apart.
func (b *jsGraph) readBerry(text []byte) {
	d := jsParseYAML(text)[0]
	index := newYarnIndex(b.owned)
	nodes := map[int32]int{}
	var workspaces []jsVal
	for e := range d.root().all() {
		if e.key() == "__metadata" {
			continue
		}
		n, workspace := b.addBerry(e)
		nodes[e.i] = n
		if workspace {
			workspaces = append(workspaces, e)
		}
		for s := range strings.SplitSeq(e.key(), ",") {
			index.put(berryDescriptor(strings.TrimSpace(s)), n)
		}
	}
	if m := jsReadManifest(b.fsys, b.dir); m != nil {
		index.setResolutions(m)
	}
	for e := range d.root().all() {
		if from, ok := nodes[e.i]; ok && from >= 0 {
			b.needsBerry(from, e, index)
		}
	}
	for _, w := range workspaces {
		b.rootsBerry(w, index)
	}
	b.faults(b.path, d)
}

// berryDescriptor drops the bindings after "::" of a descriptor.
func berryDescriptor(s string) string {
	s, _, _ = strings.Cut(s, "::")
	return s
}

// addBerry adds the package of an entry; -1 for own ones. workspace says
// whether it is a member of the project.
func (b *jsGraph) addBerry(e jsVal) (n int, workspace bool) {
	if e.kind() != jsObject {
		e.d.fault(e.line(), "malformed", "the entry %s should be a mapping but is %s; it was not read", jsQuote(e.key()), e.kind())
		return -1, false
	}
	resolution := e.get("resolution").text()
	if resolution == "" {
		e.d.fault(e.line(), "malformed", "the entry %s has no resolution; its key was taken; write the lockfile anew with yarn install", jsQuote(e.key()))
		resolution, _, _ = strings.Cut(e.key(), ",")
	}
	name, ref := jsSplitAt(resolution)
	bindings := ""
	ref, bindings, _ = strings.Cut(ref, "::")
	if strings.HasPrefix(ref, "workspace:") {
		b.own(name, "")
		return -1, true
	}
	for strings.HasPrefix(ref, "patch:") { // the package that is patched, perhaps more than once
		inner, _, _ := strings.Cut(ref[len("patch:"):], "#")
		if u, err := url.PathUnescape(inner); err == nil {
			inner = u
		}
		name, ref = jsSplitAt(inner)
		ref, _, _ = strings.Cut(ref, "::")
	}
	version := e.get("version").text()
	resolved := ""
	switch spec := jsParseSpec(ref); spec.source {
	case jsLocal:
		b.own(name, "")
		return -1, false
	case jsGit:
		resolved = spec.rng
	case jsTarball:
		if resolved = spec.rng; strings.Contains(ref, "#commit=") {
			resolved = "git+" + ref
		}
	case jsRegistry:
		resolved = berryArchive(bindings)
	}
	if version == "" {
		e.d.fault(e.line(), "malformed", "the entry %s has no version; it is listed without one; write the lockfile anew with yarn install", jsQuote(e.key()))
	}
	return b.add(jsPURL(name, version, resolved), e.line(), ""), false
}

// berryArchive is where a registry package was fetched from when its tarball
// lies elsewhere ("__archiveUrl=…").
func berryArchive(bindings string) string {
	for kv := range strings.SplitSeq(bindings, "&") {
		if v, ok := strings.CutPrefix(kv, "__archiveUrl="); ok {
			if u, err := url.PathUnescape(v); err == nil {
				return u
			}
		}
	}
	return ""
}

func (b *jsGraph) needsBerry(from int, e jsVal, index *yarnIndex) {
	meta := e.get("dependenciesMeta")
	for r := range e.object("dependencies").all() {
		scope := inventory.Runtime
		if meta.get(r.key()).get("optional").isTrue() {
			scope = inventory.Optional
		}
		if to, ok := index.find(r.key(), berryDescriptor(r.raw())); ok && to >= 0 {
			b.g.Need(from, to, scope)
		}
	}
	optional := jsOptionalPeers(e)
	for r := range e.object("peerDependencies").all() {
		// A peer is whatever the package above has of that name; the lockfile
		// tells it only where there is a single one.
		if to, ok := index.only(r.key()); ok && to >= 0 && !optional[r.key()] {
			b.g.Need(from, to, inventory.Runtime)
		}
	}
}

// rootsBerry adds what a member of the project needs.
func (b *jsGraph) rootsBerry(w jsVal, index *yarnIndex) {
	resolution := w.get("resolution").text()
	_, dir, _ := strings.Cut(resolution, "@workspace:")
	dir, _, _ = strings.Cut(dir, "::")
	deps := w.object("dependencies")
	m := jsReadManifest(b.fsys, path.Join(b.dir, dir))
	if m == nil {
		for _, d := range jsOwnDeps(w) {
			if to, ok := index.find(d.name, berryDescriptor(d.req)); ok && to >= 0 {
				b.root(to, d.scope, d.req)
			}
		}
		return
	}
	b.own(m.name(), m.version())
	for _, d := range jsOwnDeps(m.v) {
		rng := d.req
		if l := deps.get(d.name); l.exists() {
			rng = l.raw()
		}
		if strings.HasPrefix(rng, "catalog:") {
			if c := b.berryCatalog(d.name, rng); c != "" {
				rng, d.req = c, c
			}
		}
		to, ok := index.find(d.name, berryDescriptor(rng))
		switch {
		case !ok && d.peer && index.byName[d.name] == yarnSeveral: // as for yarn 1
		case !ok:
			b.missing(d, m.path, d.missingNote())
		case to >= 0 && !d.optionalPeer:
			b.root(to, d.scope, d.req)
		}
	}
	b.faults(m.path, m.doc)
}

// berryCatalog looks a catalog entry up in .yarnrc.yml.
func (b *jsGraph) berryCatalog(name, spec string) string {
	text, err := b.fsys.ReadFile(path.Join(b.dir, ".yarnrc.yml"))
	if err != nil {
		return ""
	}
	root := jsParseYAML(text)[0].root()
	if c := strings.TrimPrefix(spec, "catalog:"); c != "" {
		return root.get("catalogs").get(c).get(name).raw()
	}
	return root.get("catalog").get(name).raw()
}
