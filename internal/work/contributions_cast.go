package work

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// cast gives identities of all histories their parts: the person, and the keys
// that its deeds count for.
type cast struct {
	office  *Office
	by      By
	persons map[string]uint32
	keyOf   map[string]uint32
	keys    []string
}

func newCast(o *Office, by By) *cast {
	return &cast{office: o, by: by, persons: map[string]uint32{}, keyOf: map[string]uint32{}}
}

// stage is one history whose identities come in as its blocks are read.
type stage struct {
	cast    *cast
	history *contribution.History
	known   []contribution.Actor
}

func (c *cast) enter(h *contribution.History) *stage { return &stage{cast: c, history: h} }

// actors gives the parts of all identities that came in so far.
func (s *stage) actors() []contribution.Actor {
	for _, who := range s.history.People[len(s.known):] {
		s.known = append(s.known, s.cast.actor(s.history, who))
	}
	return s.known
}

func (c *cast) actor(h *contribution.History, who people.Identity) contribution.Actor {
	person := strings.ToLower(who.Email)
	if person == "" {
		person = "\x00" + who.Name
	}
	a := contribution.Actor{Person: number(c.persons, person), Bot: strings.Contains(who.Name, "[bot]") || strings.Contains(who.Email, "[bot]")}
	key := Unknown
	switch c.by {
	case ByIdentity:
		key = who.Name + " <" + who.Email + ">"
	case ByPerson:
		key = who.Name + " <" + who.Email + ">"
	case ByEmail:
		if who.Email != "" {
			key = strings.ToLower(who.Email)
		}
	case ByDomain:
		if d := contribution.Domain(who.Email); d != "" {
			key = d
		}
	case ByUpstream:
		key = h.Repository
	}
	a.Keys = []contribution.Stint{contribution.Always(c.key(key))}
	return a
}

func (c *cast) key(name string) uint32 {
	n := number(c.keyOf, name)
	if int(n) == len(c.keys) {
		c.keys = append(c.keys, name)
	}
	return n
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
