package impact

import (
	"fmt"
	"math"
)

// give is G in [0,1]: how much of what the company means to give it gives.
// known is the share of the weight that is known.
func (p Params) give(g Give) (t *Term, known float64) {
	t = &Term{ID: "give", Name: "Our give (G)"}
	parts := []weighted{
		{towards("give/share", "Share of commits and reviews against the target", share(g), g.TargetShare), p.Share},
		{towards("give/seats", "Seats against the target", given("give/seats/ours", "Our seats", g.Seats), g.SeatsTarget), p.Seats},
		{towards("give/money", "Money against the target", given("give/money/ours", "Our money", g.Money), g.MoneyTarget), p.Money},
	}
	for _, w := range parts {
		t.Parts = append(t.Parts, w.term)
	}
	t.Value, t.How, known = mean(parts)
	if !t.Value.Known {
		t.Value = Unknown("neither a history nor the program tells what we give")
	}
	if g.Coverage.Known && parts[0].term.Value.Known {
		known -= p.Share / (p.Share + p.Seats + p.Money) * (1 - clamp(g.Coverage.N, 0, 1))
	}
	return t, math.Max(known, 0)
}

// share is our part of the commits and reviews in the window.
func share(g Give) *Term {
	t := &Term{ID: "give/share/ours", Name: "Our share of commits and reviews"}
	if g.Share.Known {
		t.Value = g.Share
		return t
	}
	for _, in := range []struct {
		id, name string
		v        Value
	}{{"our-commits", "Our commits", g.OurCommits}, {"all-commits", "All commits", g.AllCommits}, {"our-reviews", "Our reviews", g.OurReviews}, {"all-reviews", "All reviews", g.AllReviews}} {
		t.Parts = append(t.Parts, given("give/share/"+in.id, in.name, in.v))
	}
	if !g.OurCommits.Known || !g.AllCommits.Known {
		t.Value = Unknown("its history was not read; run \"tributary history\" on a clone of it")
		return t
	}
	ours, all := g.OurCommits.N, g.AllCommits.N
	if g.OurReviews.Known && g.AllReviews.Known {
		ours, all = ours+g.OurReviews.N, all+g.AllReviews.N
	}
	if all <= 0 {
		t.Value = Unknown("nobody contributed in the window")
		return t
	}
	t.Value = Value{N: clamp(ours/all, 0, 1), Known: true, Source: g.OurCommits.Source}
	t.How = fmt.Sprintf("%s / %s", number(ours), number(all))
	return t
}

// towards is min(1, ours / target); unknown where either is.
func towards(id, name string, ours *Term, target Value) *Term {
	t := &Term{ID: id, Name: name, Parts: []*Term{ours, given(id+"/target", "Target", target)}}
	switch {
	case !target.Known || target.N <= 0:
		t.Value = Unknown("no target is stated in the program")
	case !ours.Value.Known:
		t.Value = Unknown(ours.Value.Note)
	default:
		t.Value = Value{N: math.Min(1, math.Max(0, ours.Value.N)/target.N), Known: true, Source: ours.Value.Source}
		t.How = fmt.Sprintf("min(1, %s / %s)", number(ours.Value.N), number(target.N))
	}
	return t
}
