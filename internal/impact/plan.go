package impact

import (
	"cmp"
	"slices"
)

// Budget is what can be spent in a year; a part that is not known is not
// available.
type Budget struct {
	FTE, Money float64
}

// Choice is an action that a plan takes.
type Choice struct {
	Score  *Score
	Action Action
	// Share is the part of the budget that it takes: the larger of the parts of
	// work and of money.
	Share float64
}

// Plan is a set of actions within a budget.
type Plan struct {
	Budget Budget
	Chosen []Choice // in the order of choice
	// Spent is what they cost, Less how much smaller the gaps would be in sum, All
	// the sum of all gaps that are known.
	Spent     Budget
	Less, All float64
	// TooDear counts upstreams whose actions do not fit the rest, Uncosted those
	// whose actions have no cost stated.
	TooDear, Uncosted int
}

// Choose takes, as long as the budget lasts, the action that closes most of a gap
// for its share of the budget, one for each upstream. That is the greedy answer
// to a knapsack: not always the best set, and one that can be explained.
func Choose(scores []Score, budget Budget) Plan {
	p := Plan{Budget: budget}
	var all []Choice
	for i := range scores {
		s := &scores[i]
		if s.Thin || !s.Gap.Known {
			continue
		}
		p.All += s.Gap.N
		costed, fits := false, false
		for _, a := range s.Actions {
			if !a.Effect.Known || a.Effect.Less <= 0 || !a.Cost.FTE.Known && !a.Cost.Money.Known {
				continue
			}
			costed = true
			if share, ok := budget.share(a.Cost); ok {
				fits = true
				all = append(all, Choice{s, a, share})
			}
		}
		switch {
		case costed && !fits:
			p.TooDear++
		case !costed && s.Gap.N > 0:
			p.Uncosted++
		}
	}
	slices.SortStableFunc(all, func(a, b Choice) int { // less for its share; what costs nothing first
		return cmp.Or(cmp.Compare(b.Action.Effect.Less*a.Share, a.Action.Effect.Less*b.Share), cmp.Compare(b.Action.Effect.Less, a.Action.Effect.Less), cmp.Compare(a.Score.Facts.Upstream, b.Score.Facts.Upstream))
	})
	p.take(all)
	return p
}

// share is the part of the budget that a cost takes; false where it takes more
// than all, or of what there is none.
func (b Budget) share(c Cost) (float64, bool) {
	most := 0.0
	for _, x := range []struct {
		cost Value
		have float64
	}{{c.FTE, b.FTE}, {c.Money, b.Money}} {
		switch {
		case !x.cost.Known || x.cost.N <= 0:
		case x.have <= 0:
			return 0, false
		default:
			most = max(most, x.cost.N/x.have)
		}
	}
	return most, most <= 1
}

func (p *Plan) take(all []Choice) {
	done, dear := map[string]bool{}, map[string]bool{}
	for _, c := range all {
		name := c.Score.Facts.Upstream
		if done[name] {
			continue
		}
		fte, money := p.Spent.FTE+c.Action.Cost.FTE.N, p.Spent.Money+c.Action.Cost.Money.N
		if fte > p.Budget.FTE+1e-9 || money > p.Budget.Money+1e-9 {
			dear[name] = true
			continue
		}
		done[name] = true
		p.Spent = Budget{fte, money}
		p.Less += c.Action.Effect.Less
		p.Chosen = append(p.Chosen, c)
	}
	for name := range dear {
		if !done[name] {
			p.TooDear++
		}
	}
}
