package work

import (
	"cmp"
	"context"
	"slices"

	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/vex"
)

// AddVulnerabilities puts the known vulnerabilities of a document's components
// into it, with the decisions that hold. The doubts say how far that can be
// trusted.
func (o *Office) AddVulnerabilities(ctx context.Context, snaps []Scanned, bom *document.BOM) (doubts []string, err error) {
	found, err := o.risks(ctx, snaps)
	if err != nil {
		return nil, err
	}
	refs := map[string]string{}
	for _, c := range bom.Components {
		refs[c.PURL.String()] = c.Ref
	}
	type key struct{ id, decision string }
	index := map[key]int{}
	for i := range found.vulnerabilities {
		v := &found.vulnerabilities[i]
		ref, ok := refs[v.Purl]
		if !ok {
			continue // a candidate of the standard library is no component
		}
		k := key{id: v.ID}
		if v.VEX != nil {
			k.decision = v.VEX.ID
		}
		at, ok := index[k]
		if !ok {
			at = len(bom.Vulnerabilities)
			index[k] = at
			one := document.Vulnerability{ID: v.ID, Aliases: v.Aliases, Summary: v.Summary, Level: v.Severity.Level, Score: v.Severity.Score, Vector: v.Severity.Vector,
				Published: v.Published, Updated: v.Modified}
			if len(v.Fixed) > 0 {
				one.Recommendation = "Update " + v.Name + " to " + v.Fixed[0] + " or later."
			}
			if x := v.VEX; x != nil {
				one.State, one.Justification = vex.CycloneDXWords(vex.Status(x.Status), vex.Justification(x.Justification))
				one.Detail = cmp.Or(x.Impact, x.Action)
			}
			bom.Vulnerabilities = append(bom.Vulnerabilities, one)
		}
		if affects := &bom.Vulnerabilities[at].Affects; !slices.Contains(*affects, ref) {
			*affects = append(*affects, ref)
		}
	}
	for i := range bom.Vulnerabilities {
		slices.Sort(bom.Vulnerabilities[i].Affects)
	}
	slices.SortStableFunc(bom.Vulnerabilities, func(a, b document.Vulnerability) int { return cmp.Compare(a.ID, b.ID) })
	return found.about.Doubts, nil
}
