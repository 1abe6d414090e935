package work

import (
	"slices"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/scan"
)

// textNames gives what people of the company found unknown texts to be.
func (o *Office) textNames() map[string]license.Expr {
	if o.Program == nil {
		return nil
	}
	return o.Program.TextNames()
}

// nameOf is what the program calls a text; "" when it does not speak of it.
func (o *Office) nameOf(id string) string {
	e, ok := o.textNames()[id]
	switch {
	case !ok:
		return ""
	case e.IsZero():
		return license.None
	}
	return e.String()
}

// withNames gives a snapshot in which unknown texts have the names that the
// program gives them. What is stored stays as it was found: a name is a decision.
func (o *Office) withNames(snap inventory.Snapshot) inventory.Snapshot {
	if len(o.textNames()) == 0 || snap.Licenses == nil {
		return snap
	}
	l := *snap.Licenses
	l.Primary = o.named(l.Primary)
	l.Files = o.factsWithNames(l.Files)
	l.Sets, l.Vendored, l.Fixtures = o.setsWithNames(l.Sets), o.setsWithNames(l.Vendored), o.setsWithNames(l.Fixtures)
	l.Notices = slices.Clone(l.Notices)
	for i := range l.Notices {
		l.Notices[i].Expression = o.named(l.Notices[i].Expression)
	}
	snap.Licenses = &l
	return snap
}

func (o *Office) factsWithNames(facts []inventory.LicenseFact) []inventory.LicenseFact {
	facts = slices.Clone(facts)
	for i := range facts {
		facts[i].Expression = o.named(facts[i].Expression)
	}
	return facts
}

// setsWithNames joins sets that a name makes one.
func (o *Office) setsWithNames(sets []inventory.LicenseSet) []inventory.LicenseSet {
	var out []inventory.LicenseSet
	at := map[string]int{}
	for _, s := range sets {
		if s.Expression = o.named(s.Expression); s.Expression == "" {
			continue // no license after all
		}
		if i, ok := at[s.Expression]; ok {
			out[i].Files += s.Files
			continue
		}
		at[s.Expression] = len(out)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b inventory.LicenseSet) int { return b.Files - a.Files })
	return out
}

func (o *Office) packagesWithNames(p scan.PackageLicenses) scan.PackageLicenses {
	p.Facts = o.factMapWithNames(p.Facts)
	return p
}

func (o *Office) factMapWithNames(facts map[string][]inventory.LicenseFact) map[string][]inventory.LicenseFact {
	if len(o.textNames()) == 0 || facts == nil {
		return facts
	}
	out := make(map[string][]inventory.LicenseFact, len(facts))
	for purl, list := range facts {
		out[purl] = o.factsWithNames(list)
	}
	return out
}
