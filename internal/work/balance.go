package work

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
)

// balances sums up what is taken and given by the teams whose products take, and
// by ecosystem. An upstream counts under each heading that it belongs to.
func balances(scores []impact.Score) (byTeam, byEcosystem []investment.Balance) {
	teams, ecosystems := map[string]*investment.Balance{}, map[string]*investment.Balance{}
	for i := range scores {
		f := &scores[i].Facts
		for _, name := range f.Take.Ecosystems {
			addTo(ecosystems, name, f)
		}
		for _, name := range f.Take.Teams {
			addTo(teams, name, f)
		}
		if len(f.Take.Teams) == 0 {
			addTo(teams, "no team known", f)
		}
	}
	if len(teams) == 1 && teams["no team known"] != nil {
		teams = nil
	}
	return inOrder(teams), inOrder(ecosystems)
}

func addTo(all map[string]*investment.Balance, name string, f *impact.Facts) {
	b := all[name]
	if b == nil {
		b = &investment.Balance{Name: name}
		all[name] = b
	}
	b.Members = append(b.Members, f.Upstream)
	b.Upstreams++
	b.Packages += f.Take.Packages
	if f.Take.Direct > 0 {
		b.Direct++
	}
	g := f.Give
	if !g.OurCommits.Known {
		return
	}
	b.Known++
	if g.OurCommits.N > 0 || g.OurReviews.Known && g.OurReviews.N > 0 {
		b.Served++
	}
	b.Commits = plus(b.Commits, g.OurCommits)
	b.Reviews = plus(b.Reviews, g.OurReviews)
}

func plus(a, b impact.Value) impact.Value {
	if !b.Known {
		return a
	}
	return impact.Known(a.N+b.N, "")
}

func inOrder(all map[string]*investment.Balance) []investment.Balance {
	var out []investment.Balance
	for _, b := range all {
		slices.Sort(b.Members)
		out = append(out, *b)
	}
	slices.SortFunc(out, func(a, b investment.Balance) int {
		return cmp.Or(cmp.Compare(b.Upstreams, a.Upstreams), cmp.Compare(a.Name, b.Name))
	})
	return out
}
