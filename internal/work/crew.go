package work

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/people"
)

// crew tells for identities of histories who they are, for whom they worked
// when, and in which of our teams. Its numbers hold over all histories.
type crew struct {
	directory *people.Directory
	persons   map[string]uint32
	orgs      keyed
	teams     keyed
	byDomain  map[string][]contribution.Stint // the organizations of people whom no source speaks of
	// known are identities that came in before, of which a source speaks and no
	// mailmap: many are in several histories.
	known map[people.Identity]part
}

// part is what one identity counts for.
type part struct{ org, team contribution.Actor }

// keyed numbers names.
type keyed struct {
	of    map[string]uint32
	names []string
}

func (k *keyed) key(name string) uint32 {
	n, ok := k.of[name]
	if !ok {
		n = uint32(len(k.names))
		k.names = append(k.names, name)
		k.of[name] = n
	}
	return n
}

func (o *Office) newCrew(ctx context.Context) (*crew, error) {
	directory, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	return newCrewOf(directory), nil
}

func newCrewOf(directory *people.Directory) *crew {
	return &crew{directory: directory, persons: map[string]uint32{}, orgs: keyed{of: map[string]uint32{}}, teams: keyed{of: map[string]uint32{}}, byDomain: map[string][]contribution.Stint{}, known: map[people.Identity]part{}}
}

// knowsOurs is true when something tells who is ours.
func (c *crew) knowsOurs() bool { return c.directory.KnowsOwn() }

// isOur is true for the name under which our people count as an organization.
func (c *crew) isOur(org string) bool { return org != Unknown && c.directory.IsOwn(org) }

// crewStage is one history whose identities come in as its blocks are read.
type crewStage struct {
	crew    *crew
	history *contribution.History
	mailmap *people.Mailmap
	parts   parts
}

// parts are what identities count for: by organization, and by team of ours.
type parts struct{ byOrg, byTeam []contribution.Actor }

func (c *crew) enter(h *contribution.History) *crewStage {
	return &crewStage{crew: c, history: h, mailmap: people.ParseMailmap(h.Mailmap)}
}

// actors gives the parts of all identities that came in so far.
func (s *crewStage) actors() *parts {
	p := &s.parts
	fresh := s.history.People[len(p.byOrg):]
	p.byOrg, p.byTeam = slices.Grow(p.byOrg, len(fresh)), slices.Grow(p.byTeam, len(fresh))
	for _, raw := range fresh {
		as := s.mailmap.Map(raw)
		one, ok := s.crew.known[raw]
		if !ok || raw != as {
			one = s.crew.part(raw, as)
		}
		p.byOrg = append(p.byOrg, one.org)
		p.byTeam = append(p.byTeam, one.team)
	}
	return p
}

func (c *crew) part(raw, as people.Identity) part {
	who := c.directory.Who(raw, as)
	base := contribution.Actor{Person: number(c.persons, who.Key), Bot: who.Bot}
	out := part{base, base}
	out.org.Keys, out.team.Keys = c.terms(who, raw.Email)
	if who.Person != nil && raw == as {
		c.known[raw] = out
	}
	return out
}

// terms are the organizations, and of those the teams of ours, that a person's
// deeds count for, by time.
func (c *crew) terms(who people.Who, email string) (orgs, teams []contribution.Stint) {
	if who.Person != nil {
		return c.termsOf(who, email)
	}
	// Of somebody whom no source speaks of, only the domain of the address tells.
	domain := contribution.Domain(email)
	known, ok := c.byDomain[domain]
	if !ok {
		known, _ = c.termsOf(who, email)
		c.byDomain[domain] = known
	}
	return known, nil
}

func (c *crew) termsOf(who people.Who, email string) (orgs, teams []contribution.Stint) {
	for _, t := range c.directory.Terms(who, email) {
		org := t.Org
		if org == "" {
			org = Unknown
		}
		orgs = append(orgs, contribution.Stint{From: t.From, To: t.To, Key: c.orgs.key(org)})
		if !c.isOur(org) {
			continue
		}
		if who.Person != nil && who.Person.Team != "" {
			teams = append(teams, contribution.Stint{From: t.From, To: t.To, Key: c.teams.key(who.Person.Team)})
		}
	}
	return orgs, teams
}

// addOwn counts who contributes to the company's own projects. Where it is not
// known who is ours, nobody is known to be from outside.
func (c *communities) addOwn(ctx context.Context, o *Office, histories []contribution.History, crew *crew, params impact.Params) error {
	byName := map[string][]contribution.History{}
	for _, h := range histories {
		if o.Program.IsOwnProject(h.Repository) {
			byName[h.Repository] = append(byName[h.Repository], h)
		}
	}
	for name, mine := range byName {
		t, err := o.tally(ctx, mine, crew, tallyOptions{CountOptions: o.impactWindow(params), Give: true})
		if err != nil {
			return err
		}
		p := investment.OwnProject{Repository: name}
		for i, n := range t.orgs {
			switch {
			case crew.isOur(t.orgNames[i]):
				p.Ours, p.OurPeople = p.Ours+n.Commits, p.OurPeople+n.People
			case t.orgNames[i] == Unknown, !crew.knowsOurs(): // who is not known to be ours may be
				p.Unknown, p.UnknownPeople = p.Unknown+n.Commits, p.UnknownPeople+n.People
			default:
				p.Outside, p.OutsidePeople = p.Outside+n.Commits, p.OutsidePeople+n.People
			}
		}
		c.own = append(c.own, p)
	}
	slices.SortFunc(c.own, func(a, b investment.OwnProject) int { return strings.Compare(a.Repository, b.Repository) })
	return nil
}
