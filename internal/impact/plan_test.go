package impact

import (
	"testing"

	"pgregory.net/rapid"
)

func TestAPlanTakesWhatClosesMostForItsShareOfTheBudget(t *testing.T) {
	score := func(name string, gap float64, actions ...Action) Score {
		return Score{Facts: Facts{Upstream: name}, Gap: Known(gap, ""), Need: Known(gap, ""), Actions: actions}
	}
	action := func(kind ActionKind, less, fte, money float64) Action {
		a := Action{Kind: kind, Effect: Effect{Known: true, Less: less}}
		if fte > 0 {
			a.Cost.FTE = Known(fte, "")
		}
		if money > 0 {
			a.Cost.Money = Known(money, "")
		}
		return a
	}
	scores := []Score{
		score("dear", 50, action(FundMaintainer, 40, 2, 0)),                                    // beyond the budget
		score("good", 30, action(FundMaintainer, 20, .5, 0), action(OfferReviews, 18, .2, 0)),  // the second is better for its share
		score("money", 20, action(PayAudit, 10, 0, 5000)),                                      //
		score("late", 10, action(OfferReviews, 3, .9, 0)),                                      // does not fit the rest
		score("uncosted", 10, Action{Kind: HelpRelease, Effect: Effect{Known: true, Less: 5}}), //
	}
	p := Choose(scores, Budget{FTE: 1, Money: 10000})
	var got []string
	for _, c := range p.Chosen {
		got = append(got, c.Score.Facts.Upstream+" "+string(c.Action.Kind))
	}
	if len(got) != 2 || got[0] != "good reviews" || got[1] != "money audit" {
		t.Errorf("chosen: %v", got)
	}
	if p.Less != 28 || p.All != 120 || p.Spent != (Budget{.2, 5000}) || p.TooDear != 2 || p.Uncosted != 1 {
		t.Errorf("%+v", p)
	}
}

func TestPlansStayWithinTheirBudget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var facts []Facts
		for i := range rapid.IntRange(0, 8).Draw(t, "n") {
			f := anyFacts(t)
			f.Upstream = string(rune('a' + i))
			f.Costs = map[ActionKind]Cost{}
			for _, k := range ActionKinds {
				f.Costs[k] = Cost{FTE: Known(rapid.Float64Range(0, 2).Draw(t, "fte"), ""), Money: Known(rapid.Float64Range(0, 1e5).Draw(t, "money"), "")}
			}
			facts = append(facts, f)
		}
		scores := Rank(facts, DefaultParams())
		b := Budget{rapid.Float64Range(0, 4).Draw(t, "budget"), rapid.Float64Range(0, 2e5).Draw(t, "purse")}
		p := Choose(scores, b)
		if p.Spent.FTE > b.FTE+1e-6 || p.Spent.Money > b.Money+1e-6 || p.Less > p.All+1e-6 {
			t.Fatalf("%+v", p)
		}
		seen := map[string]bool{}
		for _, c := range p.Chosen {
			if seen[c.Score.Facts.Upstream] || c.Action.Effect.Less <= 0 {
				t.Fatalf("%s twice, or for nothing", c.Score.Facts.Upstream)
			}
			seen[c.Score.Facts.Upstream] = true
		}
	})
}
