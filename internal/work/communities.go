package work

import (
	"context"
	"slices"
	"time"

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
	teams      map[string]contribution.Count // what people of our teams gave
}

func (c *community) into(f *impact.Facts) {
	for s, v := range c.signals {
		f.Signals[s] = v
	}
	f.Give, f.OurAbsence = c.give, c.ourAbsence
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
		if out.of[key], err = o.community(ctx, name, mine, crew, params); err != nil {
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

// tally is what the clones of one project tell about a window.
type tally struct {
	persons, orgs, all []contribution.Count
	orgNames           []string
	teams              map[string]contribution.Count // of ours
	totals             contribution.Totals
	last               time.Time // of the last human commit by the date
	releases           []contribution.Release
	shallow            bool
}

// tally counts the commits of clones of one project, each commit once.
func (o *Office) tally(ctx context.Context, histories []contribution.History, crew *crew, params impact.Params) (*tally, error) {
	since, until := o.window(params)
	window := contribution.CountOptions{Since: since, Until: until, Now: o.Now}
	persons, orgs, teams, all := contribution.NewCounter(window), contribution.NewCounter(window), contribution.NewCounter(window), contribution.NewCounter(window)
	seen := make([]*contribution.Seen, 4)
	if len(histories) > 1 {
		for i := range seen {
			seen[i] = contribution.NewSeen()
		}
	}
	t := &tally{}
	for i := range histories {
		h := histories[i]
		stage := crew.enter(&h)
		err := o.Store.EachBlock(ctx, &h, len(histories) > 1, func(_ int, b *contribution.Block) error {
			parts := stage.actors()
			last, inWindow := look(b, parts.asOne, since, until, o.Now)
			if last.After(t.last) {
				t.last = last
			}
			if !inWindow {
				return nil
			}
			persons.Add(b, parts.byPerson, seen[0])
			orgs.Add(b, parts.byOrg, seen[1])
			teams.Add(b, parts.byTeam, seen[2])
			all.Add(b, parts.asOne, seen[3])
			return nil
		})
		if err != nil {
			return nil, err
		}
		releases, err := o.Store.Releases(ctx, h.Location)
		if err != nil {
			return nil, err
		}
		t.releases = append(t.releases, releases...)
		t.shallow = t.shallow || len(h.Shallow) > 0
	}
	t.persons, t.orgs, t.all, t.orgNames = persons.Counts(), orgs.Counts(), all.Counts(), crew.orgs.names
	t.teams = map[string]contribution.Count{}
	for i, n := range teams.Counts() {
		t.teams[crew.teams.names[i]] = n
	}
	t.totals = all.Totals()
	return t, nil
}

// look finds the last commit of a block by a human before until, merges apart,
// and whether any commit of it lies in the window at all.
func look(b *contribution.Block, actors []contribution.Actor, since, until, now time.Time) (last time.Time, inWindow bool) {
	from, to, latest := since.Unix(), until.Unix(), int64(0)
	for i := range b.Author {
		at, ok := b.When(i, now)
		if !ok || at >= to {
			continue
		}
		inWindow = inWindow || at >= from
		if at > latest && !b.Merge(i) && !actors[b.Author[i]].Bot {
			latest = at
		}
	}
	if latest > 0 {
		last = time.Unix(latest, 0).UTC()
	}
	return last, inWindow
}
