package longtail

import (
	"encoding/json"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readVcpkg reads vcpkg.json
// (learn.microsoft.com/vcpkg/reference/vcpkg-json). Versions come from the
// baseline of the registry, which is not here; only overrides are versions.
func readVcpkg(t *text) {
	type named struct {
		Name    string
		Version string
		Semver  string `json:"version-semver"`
		Text    string `json:"version-string"`
		Date    string `json:"version-date"`
		Least   string `json:"version>="`
		Host    bool
	}
	var file struct {
		Name         string
		Dependencies []json.RawMessage
		Overrides    []named
		Features     object
	}
	if !t.json(&file) {
		return
	}
	pinned := map[string]string{}
	for _, o := range file.Overrides {
		pinned[o.Name] = o.Version + o.Semver + o.Text + o.Date
	}
	lines := finder{data: t.data}
	read := func(raw json.RawMessage, scope inventory.Scope) {
		var d named
		line := lines.of(raw, `"name"`)
		if json.Unmarshal(raw, &d.Name) != nil && json.Unmarshal(raw, &d) != nil || d.Name == "" {
			t.problem(line, "malformed", "a dependency is neither a name nor an object with one")
			return
		}
		if d.Name == file.Name { // a feature of its own
			return
		}
		u := inventory.Usage{Component: inventory.PURL{Type: "vcpkg", Name: d.Name, Version: pinned[d.Name]}, Line: line, Relation: inventory.Direct, Scope: scope}
		if d.Host {
			u.Scope = inventory.Build
		}
		if u.Component.Version == "" && d.Least != "" {
			u.Requirement = ">=" + d.Least
		}
		t.use(u)
	}
	// Their lines are looked for in an order of their own, from the start.
	for _, raw := range file.Dependencies {
		read(raw, inventory.Runtime)
	}
	lines = finder{data: t.data}
	for _, m := range file.Features {
		var feature struct{ Dependencies []json.RawMessage }
		if json.Unmarshal(m.raw, &feature) == nil {
			for _, raw := range feature.Dependencies {
				read(raw, inventory.Optional)
			}
		}
	}
}
