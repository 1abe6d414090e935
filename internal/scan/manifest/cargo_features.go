package manifest

import (
	"slices"
	"strings"
)

// cargoFeature is one feature of one of our own crates.
type cargoFeature struct {
	crate *cargoCrate
	name  string
}

// cargoFeatures finds the optional dependencies that the crates' default
// features turn on, also those of one crate that turn on features of another
// ("crate/feature"): what is on by default is used at run time.
func cargoFeatures(crates map[string]*cargoCrate) {
	named := map[*cargoCrate]map[string][]string{} // packages by their names in the manifest
	features := map[cargoFeature]jsVal{}
	seen := map[cargoFeature]bool{}
	var queue []cargoFeature
	turnOn := func(c *cargoCrate, name string) {
		f := cargoFeature{c, name}
		if c != nil && !seen[f] {
			seen[f] = true
			queue = append(queue, f)
		}
	}
	for _, c := range crates {
		c.on = map[string]bool{}
	}
	for _, c := range crates {
		named[c] = map[string][]string{}
		for e := range c.toml.get("features").all() {
			features[cargoFeature{c, e.key()}] = e
		}
		turnOn(c, "default")
		for _, d := range c.deps() {
			named[c][d.key] = append(named[c][d.key], d.name)
			for _, f := range d.features {
				turnOn(crates[d.name], f)
			}
		}
	}
	for len(queue) > 0 {
		f := queue[0]
		queue = queue[1:]
		for _, item := range features[f].strings() {
			name, feature, slash := strings.Cut(strings.TrimPrefix(item, "dep:"), "/")
			if !slash {
				f.crate.on[name] = true
				turnOn(f.crate, name)
				continue
			}
			key, weak := strings.CutSuffix(name, "?")
			if !weak {
				f.crate.on[key] = true
			}
			for _, dep := range slices.Compact(named[f.crate][key]) {
				turnOn(crates[dep], feature)
			}
		}
	}
}
