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

// crew tells for identities of histories who they are and for whom they work.
// Its numbers of persons and organizations hold over all histories.
type crew struct {
	cast    *cast
	our     string // the key of our organization
	domains []string
	orgs    []string // by number
	orgOf   map[string]uint32
	ours    map[uint32]bool // persons who are ours
}

func (o *Office) newCrew(_ context.Context) (*crew, error) {
	c := &crew{cast: newCast(o, ByPerson), our: o.Program.Organization.Name, orgOf: map[string]uint32{}, ours: map[uint32]bool{}}
	for _, d := range o.Program.Organization.Domains {
		c.domains = append(c.domains, strings.ToLower(d))
	}
	if c.our == "" {
		c.our = "our organization"
	}
	return c, nil
}

// knowsOurs is true when the program says who is ours.
func (c *crew) knowsOurs() bool { return len(c.domains) > 0 }

// personIsOurs is true for a person who was ours at some time in what was read.
func (c *crew) personIsOurs(person int) bool { return c.ours[uint32(person)] }

// crewStage is one history whose identities come in as its blocks are read.
type crewStage struct {
	crew                   *crew
	history                *contribution.History
	byPerson, byOrg, asOne []contribution.Actor
}

func (c *crew) enter(h *contribution.History) *crewStage { return &crewStage{crew: c, history: h} }

// actors gives the parts of all identities that came in so far: by person, by
// organization, and all under one key.
func (s *crewStage) actors() (byPerson, byOrg, asOne []contribution.Actor) {
	for _, who := range s.history.People[len(s.byPerson):] {
		a := s.crew.cast.actor(s.history, who)
		org := a
		org.Keys = s.crew.employers(who, a.Person)
		a.Keys = []contribution.Stint{contribution.Always(a.Person)}
		one := a
		one.Keys = []contribution.Stint{contribution.Always(0)}
		s.byPerson, s.byOrg, s.asOne = append(s.byPerson, a), append(s.byOrg, org), append(s.asOne, one)
	}
	return s.byPerson, s.byOrg, s.asOne
}

// employers are the organizations that a person's deeds count for, by time.
func (c *crew) employers(who people.Identity, person uint32) []contribution.Stint {
	org := Unknown
	if d := contribution.Domain(who.Email); d != "" && slices.ContainsFunc(c.domains, func(own string) bool { return d == own || strings.HasSuffix(d, "."+own) }) {
		org = c.our
		c.ours[person] = true
	}
	return []contribution.Stint{contribution.Always(c.org(org))}
}

func (c *crew) org(name string) uint32 {
	n := number(c.orgOf, name)
	if int(n) == len(c.orgs) {
		c.orgs = append(c.orgs, name)
	}
	return n
}

// addOwn counts who contributes to the company's own projects.
func (c *communities) addOwn(ctx context.Context, o *Office, histories []contribution.History, crew *crew, params impact.Params) error {
	byName := map[string][]contribution.History{}
	for _, h := range histories {
		if o.Program.IsOwnProject(h.Repository) {
			byName[h.Repository] = append(byName[h.Repository], h)
		}
	}
	for name, mine := range byName {
		t, err := o.tally(ctx, mine, crew, params)
		if err != nil {
			return err
		}
		p := investment.OwnProject{Repository: name}
		for i, n := range t.orgs {
			switch t.orgNames[i] {
			case crew.our:
				p.Ours, p.OurPeople = p.Ours+n.Commits, p.OurPeople+n.People
			case Unknown:
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
