package work

import (
	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// BOM makes one document of what was found, with what is known of licenses.
func (o *Office) BOM(snaps []Scanned, sel document.Selection) document.BOM {
	sel.Facts = o.factsOf(snaps)
	list := make([]inventory.Snapshot, len(snaps))
	for i, s := range snaps {
		list[i] = o.marked(s.Snapshot)
	}
	return document.FromSnapshots(list, sel)
}

// marked is a snapshot whose fixtures are those that the program decides.
func (o *Office) marked(s inventory.Snapshot) inventory.Snapshot {
	units := make([]inventory.Unit, len(s.Units))
	for i, u := range s.Units {
		usages := make([]inventory.Usage, len(u.Usages))
		for k, x := range u.Usages {
			x.Fixture = !o.Program.Fixtures.Include && o.Program.IsFixture(s.Repository.Name, x.Manifest, x.Fixture)
			usages[k] = x
		}
		u.Usages = usages
		units[i] = u
	}
	s.Units = units
	return s
}

// factsOf gives what is known of a component's license beyond its manifests:
// copies on this machine, conclusions of people.
func (o *Office) factsOf(snaps []Scanned) func(inventory.PURL) []inventory.LicenseFact {
	local := map[string][]inventory.LicenseFact{}
	declared := map[string]string{}
	for _, s := range snaps {
		for p, facts := range s.Packages.Facts {
			if len(local[p]) == 0 {
				local[p] = facts
			}
		}
		for _, u := range allUsages(s.Snapshot) {
			if u.License != "" {
				declared[u.Component.String()] = u.License
			}
		}
	}
	return func(p inventory.PURL) []inventory.LicenseFact {
		id := p.String()
		facts := local[id]
		if c, _, ok := o.Program.ConclusionFor(p, declared[id]); ok {
			facts = append([]inventory.LicenseFact{c}, facts...)
		}
		return facts
	}
}
