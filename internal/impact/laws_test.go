package impact

import (
	"maps"
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// anyFacts draws facts of every shape, strange numbers included.
func anyFacts(t *rapid.T) Facts {
	value := func(name string, least, most float64) Value {
		if !rapid.Bool().Draw(t, name+" known") {
			return Value{}
		}
		return Known(rapid.Float64Range(least, most).Draw(t, name), "")
	}
	f := Facts{Upstream: "u", Signals: map[Signal]Value{}, Mapping: value("mapping", 0, 1)}
	for _, p := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 6).Draw(t, "products") {
		f.Uses = append(f.Uses, Use{Product: p, Weight: rapid.Float64Range(0, 1).Draw(t, "weight"), Depth: rapid.IntRange(0, 9).Draw(t, "depth"),
			Relation: rapid.SampledFrom([]inventory.Relation{inventory.Direct, inventory.Transitive, inventory.RelationUnknown}).Draw(t, "relation"),
			Scope:    rapid.SampledFrom(inventory.Scopes).Draw(t, "scope"), Reach: value("reach", 0, 1)})
	}
	for _, s := range Signals {
		if v := value(string(s), 0, 2000); v.Known {
			f.Signals[s] = v
		}
	}
	f.Switching = value("switching", 0, 1)
	f.Goals = rapid.Bool().Draw(t, "goals")
	if f.Goals {
		f.Alignment = []Alignment{{"g", rapid.Float64Range(0, 1).Draw(t, "goal"), rapid.Float64Range(0, 1).Draw(t, "relevance"), ""}}
	}
	f.Finished = rapid.Bool().Draw(t, "finished")
	f.Lifecycle = rapid.SampledFrom([]Lifecycle{"", Active, SecurityOnly, Archived, EndOfLife}).Draw(t, "lifecycle")
	f.Give = Give{OurCommits: value("our commits", 0, 100), AllCommits: value("all commits", 0, 100), OurReviews: value("our reviews", 0, 100), AllReviews: value("all reviews", 0, 100),
		TargetShare: value("target", 0, 1), Seats: value("seats", 0, 5), SeatsTarget: value("seats target", 0, 5), Money: value("money", 0, 1e6), MoneyTarget: value("money target", 0, 1e6)}
	return f
}

func TestScoresAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Compute(anyFacts(t), DefaultParams())
		for name, x := range map[string]struct {
			v           Value
			least, most float64
		}{"D": {s.D, 0, 1}, "A": {s.A, 0, 1}, "C": {s.C, 0, 10}, "F": {s.F, 1, 10}, "G": {s.G, 0, 1}, "Need": {s.Need, 0, 100}, "Gap": {s.Gap, 0, 100}} {
			if x.v.Known && !(x.v.N >= x.least-1e-9 && x.v.N <= x.most+1e-9) {
				t.Fatalf("%s = %v", name, x.v.N)
			}
		}
		if s.Need.Known && (s.Gap.N > s.Need.N+1e-9 || s.Need.N < s.NeedLow-1e-9 || s.Need.N > s.NeedHigh+1e-9) {
			t.Fatalf("gap %v, need %v, between %v and %v", s.Gap.N, s.Need.N, s.NeedLow, s.NeedHigh)
		}
		if !(s.Confidence >= 0 && s.Confidence <= 1) || len(s.Actions) == 0 {
			t.Fatalf("confidence %v, %d actions", s.Confidence, len(s.Actions))
		}
	})
}

func TestMoreFragilityNeverLowersNeed(t *testing.T) {
	p := DefaultParams()
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		signal := rapid.SampledFrom(Signals).Draw(t, "signal")
		f.Signals[signal] = Known(rapid.Float64Range(0, 900).Draw(t, "before"), "")
		worse := f
		worse.Signals = maps.Clone(f.Signals)
		worse.Signals[signal] = Known(rapid.Float64Range(0, 900).Draw(t, "after"), "")
		curve := p.Signals[signal].Curve
		if curve.At(worse.Signals[signal].N) < curve.At(f.Signals[signal].N) {
			f, worse = worse, f
		}
		if a, b := Compute(f, p), Compute(worse, p); b.Need.N < a.Need.N-1e-9 || b.F.N < a.F.N-1e-9 {
			t.Fatalf("%s from %v to %v takes need from %v to %v", signal, f.Signals[signal].N, worse.Signals[signal].N, a.Need.N, b.Need.N)
		}
	})
}

func TestMoreUseNeverLowersNeedAndMoreGiveNeverRaisesTheGap(t *testing.T) {
	p := DefaultParams()
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		more := f
		more.Uses = append(append([]Use{}, f.Uses...), Use{Product: "z", Weight: rapid.Float64Range(0, 1).Draw(t, "more"), Relation: inventory.Direct, Scope: inventory.Runtime})
		if a, b := Compute(f, p), Compute(more, p); a.Need.Known && b.Need.N < a.Need.N-1e-9 {
			t.Fatalf("another use takes need from %v to %v", a.Need.N, b.Need.N)
		}
		f.Give.Seats, f.Give.SeatsTarget = Known(1, ""), Known(4, "")
		giving := f
		giving.Give.Seats = Known(3, "")
		if a, b := Compute(f, p), Compute(giving, p); b.Gap.N > a.Gap.N+1e-9 {
			t.Fatalf("more seats take the gap from %v to %v", a.Gap.N, b.Gap.N)
		}
	})
}

// What is not known may be anything: whatever it turns out to be, need lies in
// the range that was given before, and confidence does not fall.
func TestLearningAnInputStaysInTheRangeAndRaisesConfidence(t *testing.T) {
	p := DefaultParams()
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		f.Uses = append(f.Uses, Use{Product: "z", Weight: .5, Relation: inventory.Direct, Scope: inventory.Runtime})
		signal := rapid.SampledFrom(Signals).Draw(t, "signal")
		if f.Signals[signal].Known {
			delete(f.Signals, signal)
		}
		learned := f
		learned.Signals = maps.Clone(f.Signals)
		learned.Signals[signal] = Known(rapid.Float64Range(0, 900).Draw(t, "value"), "")
		a, b := Compute(f, p), Compute(learned, p)
		if b.Need.N < a.NeedLow-1e-9 || b.Need.N > a.NeedHigh+1e-9 {
			t.Fatalf("learning %s gives a need of %v, outside %v to %v", signal, b.Need.N, a.NeedLow, a.NeedHigh)
		}
		if b.Confidence < a.Confidence-1e-9 {
			t.Fatalf("learning %s takes the confidence from %v to %v", signal, a.Confidence, b.Confidence)
		}
	})
}

func TestAnInputThatIsMissingChangesTheConfidenceOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		signal := rapid.SampledFrom(Signals).Draw(t, "signal")
		delete(f.Signals, signal)
		without := DefaultParams() // a formula that does not ask for it
		param := without.Signals[signal]
		param.Weight = 0
		without.Signals[signal] = param
		a, b := Compute(f, DefaultParams()), Compute(f, without)
		if a.Need.Known != b.Need.Known || math.Abs(a.Need.N-b.Need.N) > 1e-9 || math.Abs(a.Gap.N-b.Gap.N) > 1e-9 {
			t.Fatalf("the missing %s counts: need %v against %v", signal, a.Need.N, b.Need.N)
		}
		if a.Confidence > b.Confidence+1e-9 {
			t.Fatalf("the missing %s raises confidence", signal)
		}
	})
}

func TestTheOrderOfFactsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []Facts
		for i := range rapid.IntRange(0, 6).Draw(t, "n") {
			f := anyFacts(t)
			f.Upstream = string(rune('a' + i))
			all = append(all, f)
		}
		first := Rank(all, DefaultParams())
		again := Rank(rapid.Permutation(all).Draw(t, "order"), DefaultParams())
		for i := range first {
			if first[i].Facts.Upstream != again[i].Facts.Upstream {
				t.Fatalf("place %d is %s, then %s", i, first[i].Facts.Upstream, again[i].Facts.Upstream)
			}
		}
	})
}

func FuzzParseChange(f *testing.F) {
	for _, s := range []string{"caf=2", "our-reviews=+0.2fte", "our-share=5%", "archived=yes", "money=-1e9", "alignment=+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseChange(s)
		if err != nil {
			return
		}
		_, after, _ := WhatIf(sample(), []Change{c}, DefaultParams())
		if after.Need.Known && !(after.Need.N >= 0 && after.Need.N <= 100+1e-9) {
			t.Fatalf("%q gives a need of %v", s, after.Need.N)
		}
	})
}
