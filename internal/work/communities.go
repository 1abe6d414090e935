package work

import (
	"context"
	"slices"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// community is what histories tell of one upstream.
type community struct {
	signals    map[impact.Signal]impact.Value
	give       impact.Give
	ourAbsence bool
	// openChanges are change requests of ours that wait there, by forge data.
	openChanges impact.Value
	teams       map[string]contribution.Count // what people of our teams gave
}

func (c *community) into(f *impact.Facts) {
	for s, v := range c.signals {
		f.Signals[s] = v
	}
	f.Give, f.OurAbsence = c.give, c.ourAbsence
	if c.openChanges.Known {
		f.OpenChanges = c.openChanges
	}
}

// communities are what histories tell of all upstreams.
type communities struct {
	of        map[string]*community       // by key
	clones    map[string][]upstream.Match // by key
	histories int
	ours      bool // somebody is known to be ours
	own       []investment.OwnProject
	coverage  impact.Value
	teams     map[string]contribution.Count
}

// communities reads the histories of the upstreams and of own projects.
func (o *Office) communities(ctx context.Context, used *usedUpstreams, params impact.Params) (*communities, error) {
	histories, err := o.Store.Histories(ctx)
	if err != nil {
		return nil, err
	}
	out := &communities{of: map[string]*community{}, histories: len(histories), teams: map[string]contribution.Count{}}
	crew, err := o.newCrew(ctx)
	if err != nil {
		return nil, err
	}
	out.ours = crew.knowsOurs()
	scans, err := o.newSnapshots(ctx)
	if err != nil {
		return nil, err
	}
	byLocation := map[string]contribution.History{}
	var mirrors []upstream.Mirror
	for _, h := range histories {
		byLocation[h.Location] = h
		mirrors = append(mirrors, upstream.Mirror{Name: h.Location, Remotes: o.remotesOf(h, used.aliases), Roots: roots(h)})
	}
	var names []string
	for _, up := range used.byKey {
		names = append(names, up.name)
	}
	slices.Sort(names)
	out.clones = upstream.MatchMirrors(names, mirrors)
	for _, name := range names {
		key := upstream.Key(name)
		var mine []contribution.History
		for _, match := range out.clones[key] {
			mine = append(mine, byLocation[match.Mirror])
		}
		if len(mine) == 0 {
			continue
		}
		if out.of[key], err = o.community(ctx, name, mine, crew, scans, params); err != nil {
			return nil, err
		}
	}
	out.sum()
	return out, out.addOwn(ctx, o, histories, crew, params)
}

// roots are those of a whole history: the ends of a shallow clone are none.
func roots(h contribution.History) []string {
	if len(h.Shallow) > 0 {
		return nil
	}
	return h.Roots
}

// remotesOf are the names under which a history may be known: its repository,
// what its own packages say that it is, and what the program says that a local
// copy is of.
func (o *Office) remotesOf(h contribution.History, aliases map[string]string) []string {
	out := []string{h.Repository}
	if alias := aliases[h.Repository]; alias != "" {
		out = append(out, alias)
	}
	for i := range o.Program.Upstreams.Upstreams {
		e := &o.Program.Upstreams.Upstreams[i]
		if e.Mirrors(h.Location) || e.Mirrors(h.Repository) {
			for _, g := range e.Repository {
				out = append(out, string(g))
			}
		}
	}
	return out
}

// sum adds up what is known over all upstreams.
func (c *communities) sum() {
	known, all := 0.0, 0.0
	for _, one := range c.of {
		g := one.give
		if g.Coverage.Known && g.AllCommits.Known {
			known, all = known+g.Coverage.N*g.AllCommits.N, all+g.AllCommits.N
		}
		for team, n := range one.teams {
			sum := c.teams[team]
			sum.Commits += n.Commits
			sum.Reviews += n.Reviews
			sum.People = max(sum.People, n.People)
			c.teams[team] = sum
		}
	}
	if all > 0 {
		c.coverage = impact.Known(known/all, "histories of upstreams")
	}
}

// addTeams sets what the people of a team gave to all upstreams in place of what
// the company gave to the upstreams that the team uses.
func (c *communities) addTeams(all *[]investment.Balance) {
	if len(c.teams) == 0 {
		return
	}
	for i := range *all {
		b := &(*all)[i]
		n := c.teams[b.Name]
		b.Commits, b.Reviews, b.People = impact.Known(float64(n.Commits), ""), impact.Known(float64(n.Reviews), ""), impact.Known(float64(n.People), "")
	}
}
