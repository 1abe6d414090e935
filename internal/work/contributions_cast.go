package work

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// cast gives identities of all histories their parts: the person, and the keys
// that its deeds count for.
type cast struct {
	by      By
	own     string   // the company's name
	domains []string // the company's
	persons map[string]uint32
	keyOf   map[string]uint32
	keys    []string
	// personKey is the key of each person, where persons are the keys.
	personKey []uint32
	// upstreams are the names of histories by location, where they are known by
	// another than their own.
	upstreams map[string]string
}

func newCast(o *Office, by By) *cast {
	c := &cast{by: by, persons: map[string]uint32{}, keyOf: map[string]uint32{}}
	if o.Program != nil {
		c.own = o.Program.Organization.Name
		for _, d := range o.Program.Organization.Domains {
			c.domains = append(c.domains, strings.ToLower(d))
		}
	}
	return c
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
	for _, who := range fresh {
		a, key := s.cast.part(s.history, s.mailmap, who)
		s.stints = append(s.stints, contribution.Always(key))
		a.Keys = s.stints[len(s.stints)-1:]
		s.known = append(s.known, a)
	}
	return s.known
}

// part tells who an identity is, and the key that its deeds count for.
func (c *cast) part(h *contribution.History, mailmap *people.Mailmap, raw people.Identity) (contribution.Actor, uint32) {
	who := mailmap.Map(raw)
	person := strings.ToLower(who.Email)
	if person == "" {
		person = "\x00" + who.Name // without an address, only the very same name is the same person
	}
	before := len(c.persons)
	a := contribution.Actor{Person: number(c.persons, person), Bot: people.LikelyBot(who)}
	if c.by == ByPerson || c.by == ByEmail {
		if len(c.persons) > before {
			c.personKey = append(c.personKey, c.newKey(c.personName(who)))
		}
		return a, c.personKey[a.Person]
	}
	return a, c.key(c.name(h, raw, who))
}

// personName is how a person is shown: as the first of its identities.
func (c *cast) personName(who people.Identity) string {
	switch {
	case c.by == ByPerson && who != (people.Identity{}):
		return fullName(who)
	case c.by == ByEmail && who.Email != "":
		return strings.ToLower(who.Email)
	}
	return Unknown
}

func fullName(who people.Identity) string { return who.Name + " <" + who.Email + ">" }

func (c *cast) name(h *contribution.History, raw, who people.Identity) string {
	switch c.by {
	case ByIdentity:
		return fullName(who)
	case ByDomain:
		if d := contribution.Domain(raw.Email); d != "" {
			return d
		}
	case ByOrg:
		return c.employer(contribution.Domain(raw.Email))
	case ByUpstream:
		if name, ok := c.upstreams[h.Location]; ok {
			return name
		}
		return h.Repository
	}
	return Unknown
}

// employer tells of an address' domain for whom its owner works: the company,
// whoever owns the domain, or nobody knows.
func (c *cast) employer(domain string) string {
	for _, own := range c.domains {
		if domain == own || strings.HasSuffix(domain, "."+own) {
			if c.own != "" {
				return c.own
			}
			return own
		}
	}
	if people.PublicDomain(domain) {
		return Unknown
	}
	return domain
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
