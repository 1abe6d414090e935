package manifest

import "github.com/tributary-oss/tributary/internal/inventory"

// jsDep is one dependency that an own package states.
type jsDep struct {
	name  string // as the manifest calls it, possibly an alias
	req   string
	scope inventory.Scope
	line  int
	// peer is what the user of the package has to supply; optionalPeer is one
	// that the package can do without.
	peer, optionalPeer bool
}

// jsOwnDeps reads the dependency fields of a package.json, or of a lockfile's
// copy of one. As npm does, an optional dependency wins over the same name
// among the ordinary ones, and a peer gives way to any other mention.
func jsOwnDeps(v jsVal) []jsDep {
	var deps []jsDep
	at := map[string]int{}
	put := func(d jsDep) {
		if i, ok := at[d.name]; ok {
			if d.scope == inventory.Optional || deps[i].peer {
				deps[i] = d
			}
			return
		}
		at[d.name] = len(deps)
		deps = append(deps, d)
	}
	optional := jsOptionalPeers(v)
	for e := range v.object("peerDependencies").all() {
		d := jsDep{name: e.key(), req: e.raw(), scope: inventory.Provided, line: e.line(), peer: true, optionalPeer: optional[e.key()]}
		if d.optionalPeer {
			d.scope = inventory.Optional
		}
		put(d)
	}
	for _, f := range []struct {
		field string
		scope inventory.Scope
	}{{"dependencies", inventory.Runtime}, {"devDependencies", inventory.Dev}, {"optionalDependencies", inventory.Optional}} {
		for e := range v.object(f.field).all() {
			if e.kind() != jsString {
				v.d.fault(e.line(), "malformed", "the requirement of %s should be a string but is %s; it was read without a range", jsQuote(e.key()), e.kind())
			}
			put(jsDep{name: e.key(), req: e.text(), scope: f.scope, line: e.line()})
		}
	}
	return deps
}

// jsOptionalPeers are the peers that a package marks as optional: by npm's
// peerDependenciesMeta or by bun's list.
func jsOptionalPeers(v jsVal) map[string]bool {
	meta, list := v.get("peerDependenciesMeta"), v.get("optionalPeers")
	if !meta.exists() && !list.exists() {
		return nil
	}
	out := map[string]bool{}
	for e := range meta.all() {
		if e.get("optional").isTrue() {
			out[e.key()] = true
		}
	}
	for _, name := range list.strings() {
		out[name] = true
	}
	return out
}

// jsNeeds calls need for each dependency of a third-party package as a lockfile
// lists them, with the scope of the step.
func jsNeeds(v jsVal, need func(name, rng string, scope inventory.Scope)) {
	optional := jsOptionalPeers(v)
	weak := v.object("optionalDependencies")
	for e := range v.object("dependencies").all() {
		if !weak.get(e.key()).exists() {
			need(e.key(), e.raw(), inventory.Runtime)
		}
	}
	for e := range weak.all() {
		need(e.key(), e.raw(), inventory.Optional)
	}
	for e := range v.object("peerDependencies").all() {
		scope := inventory.Runtime
		if optional[e.key()] {
			scope = inventory.Optional
		}
		need(e.key(), e.raw(), scope)
	}
}

// missingNote says in words why a dependency has no version.
func (d jsDep) missingNote() string {
	switch {
	case d.optionalPeer:
		return "optional peer dependency, not installed"
	case d.peer:
		return "peer dependency, not installed"
	}
	return "not in the lockfile"
}
