package impact

import (
	"fmt"
	"math"
	"sort"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Exposure is e(p,u) of one use: how directly the product would feel a failure.
func (p Params) Exposure(u Use) float64 {
	e := 1.0
	if u.Relation != inventory.Direct {
		depth := u.Depth
		if depth < 1 {
			depth = p.UnknownDepth
		}
		e = math.Max(math.Pow(p.Decay, float64(depth-1)), p.Floor)
	}
	switch u.Scope {
	case inventory.Optional:
		e *= p.Optional
	case inventory.Build, inventory.Dev, inventory.Test:
		e *= p.Build
	}
	if u.Reach.Known {
		e *= clamp(u.Reach.N, 0, 1)
	}
	return e
}

// dependence is D = 1 - Π(1 - w·e), with the strongest use of each product.
func (p Params) dependence(uses []Use) *Term {
	t := &Term{ID: "dependence", Name: "Dependence (D)"}
	best := map[string]Use{}
	for _, u := range uses {
		old, seen := best[u.Product]
		if !seen || p.Exposure(u) > p.Exposure(old) {
			best[u.Product] = u
		}
	}
	ids := make([]string, 0, len(best))
	for id := range best {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool {
		a, b := best[ids[i]], best[ids[j]]
		if x, y := a.Weight*p.Exposure(a), b.Weight*p.Exposure(b); x != y {
			return x > y
		}
		return ids[i] < ids[j]
	})
	rest := 1.0
	how := "1"
	for i, id := range ids {
		u := best[id]
		e := p.Exposure(u)
		part := clamp(u.Weight, 0, 1) * e
		rest *= 1 - part
		t.Parts = append(t.Parts, productTerm(id, u, e, part))
		switch {
		case i == 0:
			how = fmt.Sprintf("1 - (1 - %s)", number(part))
		case i < 6:
			how += fmt.Sprintf("(1 - %s)", number(part))
		case i == 6:
			how += "…"
		}
	}
	if len(ids) == 0 {
		t.Value = Unknown("no scanned repository uses it")
		return t
	}
	t.Value, t.How = Value{N: 1 - rest, Known: true}, how
	return t
}

func productTerm(id string, u Use, e, part float64) *Term {
	relation := string(u.Relation)
	switch {
	case u.Relation == inventory.Direct:
	case u.Depth < 1:
		relation += ", depth not known"
	default:
		relation += fmt.Sprintf(", depth %d", u.Depth)
	}
	return &Term{ID: "dependence/" + id, Name: "Product " + id, Value: Value{N: part, Known: true},
		How: fmt.Sprintf("weight %s × exposure %s", number(u.Weight), number(e)),
		Parts: []*Term{
			given("dependence/"+id+"/weight", "Weight", Known(u.Weight, u.WeightSource)),
			given("dependence/"+id+"/exposure", "Exposure", Known(e, fmt.Sprintf("%s, %s, %s of %s", relation, u.Scope, u.Package, u.Repository))),
		}}
}

// alignment is A = max over goals of weight × relevance.
func alignment(f Facts) *Term {
	t := &Term{ID: "alignment", Name: "Goal alignment (A)"}
	if !f.Goals {
		t.Value = Unknown("goals.yaml states no goals")
		return t
	}
	t.Value = Value{Known: true, Source: "no goal speaks of it"}
	for _, a := range f.Alignment {
		n := clamp(a.Weight, 0, 1) * clamp(a.Relevance, 0, 1)
		t.Parts = append(t.Parts, &Term{ID: "alignment/" + a.Goal, Name: "Goal " + a.Goal, Value: Known(n, a.Source),
			How: "weight " + number(a.Weight) + " × relevance " + number(a.Relevance)})
		if n > t.Value.N || t.How == "" {
			t.Value, t.How = Known(n, a.Source), "the highest of the goals"
		}
	}
	return t
}

// criticality is C in 0..10; known is the share of its inputs that was stated
// or measured.
func (p Params) criticality(f Facts) (t *Term, known float64) {
	d := p.dependence(f.Uses)
	if f.Manual.Given() {
		m := []*Term{given("criticality/dependency", "Dependency, 1 to 10", f.Manual.Dependency), given("criticality/opportunity", "Opportunity, 1 to 10", f.Manual.Opportunity),
			given("criticality/supportability", "Supportability, 1 to 10", f.Manual.Supportability)}
		n := (m[0].Value.N + m[1].Value.N + m[2].Value.N) / 3
		return &Term{ID: "criticality", Name: "Criticality (C)", Value: Known(n, m[0].Value.Source),
			How: fmt.Sprintf("(%s + %s + %s) / 3, stated by people in place of the computed value", number(m[0].Value.N), number(m[1].Value.N), number(m[2].Value.N)), Parts: m}, 1
	}
	x := given("switching", "Switching cost (X)", f.Switching)
	a := alignment(f)
	v, how, known := mean([]weighted{{d, p.Dependence}, {x, p.Switching}, {a, p.AlignmentShare}})
	t = &Term{ID: "criticality", Name: "Criticality (C)", Parts: []*Term{d, x, a}}
	if !d.Value.Known {
		t.Value = Unknown(d.Value.Note)
		return t, 0
	}
	if f.Switching.Known && f.Switching.Assumed {
		known -= p.Switching / 2 / (p.Dependence + p.Switching + p.AlignmentShare)
	}
	v.N *= 10
	t.Value, t.How = v, "10 × ("+how+")"
	return t, known
}

func clamp(x, least, most float64) float64 {
	if math.IsNaN(x) {
		return least
	}
	return math.Min(math.Max(x, least), most)
}
