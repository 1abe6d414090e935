package impact

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Score is the answer for one upstream.
type Score struct {
	Facts Facts
	// The numbers of the formula. F, G, Need and Gap may be unknown.
	D, X, A, C, F, G, Need, Gap Value
	// NeedLow and NeedHigh bound Need: unknown signals may be the best or the worst.
	NeedLow, NeedHigh float64
	// Thin is true when too little of fragility is known to rank it, and nothing
	// that is known asks for action.
	Thin bool
	// Confidence in [0,1] is the share of what the formula asks for that was
	// stated or measured; it never enters the score.
	Confidence float64
	Risks      []Risk // all signals, in order
	Relicense  RelicenseRisk
	// Actions are what to do: the first for the dominant signal.
	Actions []Action
	// Derivation holds every number: gap at the top, what it is made of below.
	Derivation *Term
	// Beside holds what goes with the score and does not enter it: the
	// confidence, the least and the most that the need can be, the gap if the
	// first action works.
	Beside []*Term
}

// Level is the confidence in a word.
func (s *Score) Level() string {
	switch {
	case s.Confidence >= .7:
		return "high"
	case s.Confidence >= .4:
		return "medium"
	}
	return "low"
}

// Compute scores one upstream.
func Compute(f Facts, p Params) Score {
	s := compute(f, p)
	s.Relicense = relicenseRisk(f)
	s.Actions = p.actions(&s)
	if d := s.Actions[0].Effect.Derivation; d != nil {
		s.Beside = append(s.Beside, d)
	}
	return s
}

// compute is the score without what follows from it.
func compute(f Facts, p Params) Score {
	c, knownC := p.criticality(f)
	frag, risks, low, high, knownF := p.fragility(f)
	g, knownG := p.give(f.Give)
	need := &Term{ID: "need", Name: "Need", Parts: []*Term{c, frag}}
	gap := &Term{ID: "gap", Name: "Gap", Parts: []*Term{need, g}}
	s := Score{Facts: f, C: c.Value, F: frag.Value, G: g.Value, Risks: risks, Derivation: gap}
	if t := c.Find("dependence"); t != nil {
		s.D = t.Value
	} else {
		s.D = p.dependence(f.Uses).Value
	}
	s.X, s.A = f.Switching, alignment(f).Value
	s.NeedLow, s.NeedHigh = s.C.N*low, s.C.N*high
	switch {
	case !s.C.Known:
		need.Value, gap.Value = Unknown(s.C.Note), Unknown(s.C.Note)
	case !s.F.Known:
		need.Value = Unknown(fmt.Sprintf("fragility is not known; need lies between %s and %s", number(s.NeedLow), number(s.NeedHigh)))
		gap.Value = Unknown("need is not known")
	default:
		need.Value, need.How = Value{N: s.C.N * s.F.N, Known: true}, number(s.C.N)+" × "+number(s.F.N)
		gap.Value, gap.How = Value{N: need.Value.N, Known: true, Note: "our give is not known, so this is the need itself: the most that the gap can be"}, number(need.Value.N)
		if s.G.Known {
			gap.Value, gap.How = Value{N: need.Value.N * (1 - s.G.N), Known: true}, number(need.Value.N)+" × (1 - "+number(s.G.N)+")"
		}
	}
	s.Need, s.Gap = need.Value, gap.Value
	s.Thin = !s.Need.Known || knownF < p.LeastKnown && !f.settled() && strongest(&s) < speaks
	s.beside(f, knownC, knownF, knownG, low, high)
	return s
}

// The parts of the confidence: how sure the mapping is, times how much is known
// of each factor.
const confidenceC, confidenceF, confidenceG = .3, .5, .2

func (s *Score) beside(f Facts, c, frag, g, low, high float64) {
	mapping := Value{N: 1, Known: true, Source: "not stated"}
	if f.Mapping.Known {
		mapping = f.Mapping
		mapping.N = clamp(mapping.N, 0, 1)
	}
	s.Confidence = clamp(mapping.N*(confidenceC*c+confidenceF*frag+confidenceG*g), 0, 1)
	s.Beside = []*Term{
		{ID: "confidence", Name: "Confidence", Value: Known(s.Confidence, ""),
			How: fmt.Sprintf("%s × (%s×%s + %s×%s + %s×%s)", number(mapping.N), number(confidenceC), number(c), number(confidenceF), number(frag), number(confidenceG), number(g)),
			Parts: []*Term{given("confidence/mapping", "How sure it is that the packages come from here", mapping),
				given("confidence/criticality", "Share of criticality that was stated or measured", Known(c, "")),
				given("confidence/fragility", "Share of fragility's weight that is known", Known(frag, "")),
				given("confidence/give", "Share of our give's weight that is known, less what is done by people of unknown employer", Known(g, ""))}},
		{ID: "least", Name: "Least need, if all that is unknown is well", Value: Known(s.NeedLow, ""), How: number(s.C.N) + " × " + number(low)},
		{ID: "most", Name: "Most need, if all that is unknown is bad", Value: Known(s.NeedHigh, ""), How: number(s.C.N) + " × " + number(high)},
	}
}

// settled is true when the project's lifecycle decides, whatever the signals say.
func (f Facts) settled() bool {
	return f.Lifecycle == Archived || f.Lifecycle == EndOfLife || f.Lifecycle == SecurityOnly
}

// Rank scores all upstreams: the greatest gap first. Those of which too little is
// known follow, by the most that their need can be. Equal ones are sorted by name.
func Rank(all []Facts, p Params) []Score {
	out := make([]Score, len(all))
	for i, f := range all {
		out[i] = Compute(f, p)
	}
	slices.SortFunc(out, func(a, b Score) int {
		if a.Thin != b.Thin {
			if b.Thin {
				return -1
			}
			return 1
		}
		if a.Thin {
			return cmp.Or(cmp.Compare(math.Round(b.NeedHigh*1e6), math.Round(a.NeedHigh*1e6)), cmp.Compare(a.Facts.Upstream, b.Facts.Upstream))
		}
		return cmp.Or(-compareKnown(a.Gap, b.Gap), -compareKnown(a.Need, b.Need), -compareKnown(a.C, b.C), cmp.Compare(a.Facts.Upstream, b.Facts.Upstream))
	})
	return out
}

// compareKnown puts what is known above what is not. Differences that no reader
// sees do not count, so that the order does not hang on rounding.
func compareKnown(a, b Value) int {
	switch {
	case a.Known != b.Known:
		if a.Known {
			return 1
		}
		return -1
	case !a.Known:
		return 0
	}
	return cmp.Compare(math.Round(a.N*1e6), math.Round(b.N*1e6))
}
