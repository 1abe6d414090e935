package work

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// cast gives identities of all histories their parts: the person, and the keys
// that its deeds count for, by time.
type cast struct {
	by        By
	directory *people.Directory
	knowsOwn  bool
	persons   map[string]uint32
	keyOf     map[string]uint32
	keys      []string
	// personKey is the key of each person, where persons are the keys.
	personKey []uint32
	// byDomain are the stints of those of whom only the address tells, by what
	// follows the @.
	byDomain map[string][]contribution.Stint
	// known are the identities that came in before and of which no mailmap says
	// anything: many are in several histories.
	known map[people.Identity]contribution.Actor
	// upstreams are the names of histories by location, where they are known by
	// another than their own.
	upstreams map[string]string
}

// Outside is the key among teams of those who are known to work for others.
const Outside = "outside"

func newCast(d *people.Directory, by By) *cast {
	return &cast{by: by, directory: d, knowsOwn: d.KnowsOwn(), persons: map[string]uint32{}, keyOf: map[string]uint32{}, byDomain: map[string][]contribution.Stint{},
		known: map[people.Identity]contribution.Actor{}}
}

// stage is one history whose identities come in as its blocks are read.
type stage struct {
	cast    *cast
	history *contribution.History
	mailmap *people.Mailmap
	known   []contribution.Actor
	stints  []contribution.Stint
}

func (c *cast) enter(h *contribution.History) *stage {
	return &stage{cast: c, history: h, mailmap: people.ParseMailmap(h.Mailmap)}
}

// actors gives the parts of all identities that came in so far.
func (s *stage) actors() []contribution.Actor {
	fresh := s.history.People[len(s.known):]
	if len(fresh) == 0 {
		return s.known
	}
	s.stints = make([]contribution.Stint, 0, len(fresh))
	for _, raw := range fresh {
		as := s.mailmap.Map(raw)
		if raw != as {
			s.known = append(s.known, s.actor(raw, as))
			continue
		}
		a, ok := s.cast.known[raw]
		switch {
		case !ok:
			a = s.actor(raw, as)
			s.cast.known[raw] = a
		case s.cast.by == ByUpstream: // whose key is the history's
			a.Keys = []contribution.Stint{contribution.Always(s.cast.key(s.cast.name(s.history, raw, as)))}
		}
		s.known = append(s.known, a)
	}
	return s.known
}

func (s *stage) actor(raw, as people.Identity) contribution.Actor {
	c := s.cast
	who := c.directory.Who(raw, as)
	before := len(c.persons)
	a := contribution.Actor{Person: number(c.persons, who.Key), Bot: who.Bot}
	always := func(key uint32) {
		s.stints = append(s.stints, contribution.Always(key))
		a.Keys = s.stints[len(s.stints)-1:]
	}
	switch c.by {
	case ByOrg, ByTeam:
		a.Keys = c.dated(&who, raw.Email)
	case ByPerson:
		if len(c.persons) > before {
			c.personKey = append(c.personKey, c.newKey(shownPerson(&who)))
		}
		always(c.personKey[a.Person])
	default:
		always(c.key(c.name(s.history, raw, as)))
	}
	return a
}

// dated are the organizations or teams that the deeds of somebody count for.
func (c *cast) dated(who *people.Who, email string) []contribution.Stint {
	domain := email[strings.LastIndexByte(email, '@')+1:]
	if who.Person == nil {
		if known, ok := c.byDomain[domain]; ok && len(domain) < len(email) {
			return known
		}
	}
	terms := c.directory.Terms(*who, email)
	out := make([]contribution.Stint, 0, len(terms))
	for _, t := range terms {
		key := c.key(c.orgOrTeam(who, t.Org))
		if n := len(out); n > 0 && out[n-1].Key == key {
			out[n-1].To = t.To
			continue
		}
		out = append(out, contribution.Stint{From: t.From, To: t.To, Key: key})
	}
	if who.Person == nil && len(domain) < len(email) {
		c.byDomain[domain] = out
	}
	return out
}

func (c *cast) orgOrTeam(who *people.Who, org string) string {
	team := ""
	if who.Person != nil {
		team = who.Person.Team
	}
	switch {
	case c.by == ByOrg && org != "":
		return org
	case c.by == ByOrg:
		return Unknown
	case team != "" && (c.directory.IsOwn(org) || !c.knowsOwn):
		return team
	case org != "" && c.knowsOwn && !c.directory.IsOwn(org):
		return Outside
	}
	return Unknown
}

// shownPerson is how a person is shown: as the first of its identities.
func shownPerson(who *people.Who) string {
	if who.Name == "" && who.Email == "" {
		return Unknown
	}
	return fullName(people.Identity{Name: who.Name, Email: who.Email})
}

func fullName(who people.Identity) string { return who.Name + " <" + who.Email + ">" }

func (c *cast) name(h *contribution.History, raw, who people.Identity) string {
	switch c.by {
	case ByIdentity:
		return fullName(who)
	case ByEmail:
		if who.Email != "" {
			return strings.ToLower(who.Email)
		}
	case ByDomain:
		if d := contribution.Domain(raw.Email); d != "" {
			return d
		}
	case ByUpstream:
		if name, ok := c.upstreams[h.Location]; ok {
			return name
		}
		return h.Repository
	}
	return Unknown
}

func (c *cast) key(name string) uint32 {
	n, ok := c.keyOf[name]
	if !ok {
		n = uint32(len(c.keys))
		c.keys = append(c.keys, name)
		c.keyOf[name] = n
	}
	return n
}

// newKey makes a key of its own, also for a name that is there; but what is
// unknown is one.
func (c *cast) newKey(name string) uint32 {
	if name == Unknown {
		return c.key(name)
	}
	c.keys = append(c.keys, name)
	return uint32(len(c.keys) - 1)
}

// number gives a name its number, a new one where it has none.
func number(m map[string]uint32, name string) uint32 {
	n, ok := m[name]
	if !ok {
		n = uint32(len(m))
		m[name] = n
	}
	return n
}
