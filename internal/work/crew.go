package work

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
)

// crew tells for identities of histories who they are and for whom they work.
// Its numbers of persons and organizations hold over all histories.
type crew struct {
	persons, orgs *cast
	ours          map[uint32]bool // persons who were ours at some time
}

func (o *Office) newCrew(_ context.Context) (*crew, error) {
	return &crew{persons: newCast(o, ByPerson), orgs: newCast(o, ByOrg), ours: map[uint32]bool{}}, nil
}

// knowsOurs is true when the program says who is ours.
func (c *crew) knowsOurs() bool { return len(c.orgs.domains) > 0 }

// isOur is true for the name under which our people count as an organization.
func (c *crew) isOur(org string) bool {
	return org != Unknown && (org == c.orgs.own || slices.Contains(c.orgs.domains, org))
}

// personIsOurs is true for a person who was ours at some time in what was read.
func (c *crew) personIsOurs(person uint32) bool { return c.ours[person] }

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
		person, org := s.crew.persons.actor(s.history, who), s.crew.orgs.actor(s.history, who)
		for _, stint := range org.Keys {
			if s.crew.isOur(s.crew.orgs.keys[stint.Key]) {
				s.crew.ours[person.Person] = true
			}
		}
		org.Person = person.Person
		person.Keys = []contribution.Stint{contribution.Always(person.Person)}
		one := person
		one.Keys = []contribution.Stint{contribution.Always(0)}
		s.byPerson, s.byOrg, s.asOne = append(s.byPerson, person), append(s.byOrg, org), append(s.asOne, one)
	}
	return s.byPerson, s.byOrg, s.asOne
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
		t, err := o.tally(ctx, mine, crew, params)
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
