package people

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// union joins identities by key and never joins what is to be kept apart.
type union struct {
	parent  map[string]string
	enemies map[string]map[string]bool // by root, both ways; the values are roots
	order   []string                   // keys as they came
	first   map[string]Identity
}

func newUnion() *union {
	return &union{parent: map[string]string{}, enemies: map[string]map[string]bool{}, first: map[string]Identity{}}
}

func (u *union) add(key string, who Identity) {
	if _, ok := u.parent[key]; !ok {
		u.parent[key], u.first[key] = key, who
		u.order = append(u.order, key)
	} else if have := u.first[key]; have.Name == "" && who.Name != "" {
		have.Name = who.Name
		u.first[key] = have
	}
}

func (u *union) root(key string) string {
	for u.parent[key] != key {
		u.parent[key] = u.parent[u.parent[key]]
		key = u.parent[key]
	}
	return key
}

// apart keeps two apart from now on; false when they are one already.
func (u *union) apart(a, b string) bool {
	ra, rb := u.root(a), u.root(b)
	if ra == rb {
		return false
	}
	for _, pair := range [][2]string{{ra, rb}, {rb, ra}} {
		if u.enemies[pair[0]] == nil {
			u.enemies[pair[0]] = map[string]bool{}
		}
		u.enemies[pair[0]][pair[1]] = true
	}
	return true
}

// join makes two one; false when they are kept apart.
func (u *union) join(a, b string) bool {
	ra, rb := u.root(a), u.root(b)
	switch {
	case ra == rb:
		return true
	case u.enemies[ra][rb]:
		return false
	}
	u.parent[rb] = ra
	for e := range u.enemies[rb] {
		delete(u.enemies[e], rb)
		u.enemies[e][ra] = true
		if u.enemies[ra] == nil {
			u.enemies[ra] = map[string]bool{}
		}
		u.enemies[ra][e] = true
	}
	delete(u.enemies, rb)
	return true
}

// single gives the identities that an identity stands for: its address, and its
// login.
func single(who Identity) []Identity {
	if who.Email != "" && who.Login != "" {
		return []Identity{{Name: who.Name, Email: who.Email}, {Login: who.Login}}
	}
	return []Identity{who}
}

// part is all that hangs together with an identity.
type part struct {
	keys    map[string]bool
	links   []Link
	records []Record
}

// gatherPart goes from an identity to links and records that name it, to the
// identities that these name, and on. Links and records stay in their order.
func (d *Directory) gatherPart(key string) part {
	p := part{keys: map[string]bool{}}
	links, records := map[int]bool{}, map[[2]int]Record{} // a record by source and number
	for queue := []string{key}; len(queue) > 0; {
		k := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if p.keys[k] {
			continue
		}
		named := false
		enter := func(source, i int, r Record) {
			if keys := keysOf(r.Identities); slices.Contains(keys, k) {
				named = true
				records[[2]int{source, i}] = r
				queue = append(queue, keys...)
			}
		}
		for _, i := range d.byLink[k] {
			named, links[i] = true, true
			queue = append(queue, keysOf(d.links[i].Same)...)
		}
		for _, i := range d.byRecord[k] {
			enter(-1, i, d.records[i])
		}
		for s, x := range d.sources {
			for _, i := range x.find(k) {
				enter(s, i, sourced(x.Record(i)))
			}
		}
		if named {
			p.keys[k] = true
		}
	}
	for _, i := range slices.Sorted(maps.Keys(links)) {
		p.links = append(p.links, d.links[i])
	}
	for _, at := range slices.SortedFunc(maps.Keys(records), func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) }) {
		p.records = append(p.records, records[at])
	}
	return p
}

// merged are persons made of links and records.
type merged struct {
	persons []Person
	byKey   map[string]int // identity key to person
	apart   map[[2]string]bool
	// refused are links that a decision forbids, conflicts statements of
	// employment that contradict each other, in words.
	refused, conflicts []string
}

// merge makes persons: decisions first, the latest before earlier ones, then
// what the sources say.
func (d *Directory) merge(links []Link, records []Record) *merged {
	u := newUnion()
	m := &merged{apart: map[[2]string]bool{}}
	origins := map[string][]string{} // by key
	for i := len(links) - 1; i >= 0; i-- {
		l := &links[i]
		m.joinAll(u, l.Same, l.Origin, origins)
		keys := enter(u, l.Apart, l.Origin, origins)
		for x := range keys {
			for _, y := range keys[x+1:] {
				if u.apart(keys[x], y) {
					m.apart[pairOf(keys[x], y)] = true
				} else if keys[x] != y {
					m.refused = append(m.refused, fmt.Sprintf("%s: a later decision says that %s and %s are one person", l.Origin, shown(keys[x]), shown(y)))
				}
			}
		}
	}
	for i := range records {
		m.joinAll(u, records[i].Identities, records[i].Origin, origins)
	}
	d.gather(m, u, records, origins)
	return m
}

func enter(u *union, list []Identity, origin string, origins map[string][]string) (keys []string) {
	for _, who := range list {
		for _, one := range single(who) {
			if one.Email == "" && one.Login == "" {
				continue // a name alone is nobody
			}
			k := one.Key()
			u.add(k, one)
			if origin != "" && !slices.Contains(origins[k], origin) {
				origins[k] = append(origins[k], origin)
			}
			keys = append(keys, k)
		}
	}
	return keys
}

func (m *merged) joinAll(u *union, list []Identity, origin string, origins map[string][]string) {
	keys := enter(u, list, origin, origins)
	for i := 1; i < len(keys); i++ {
		if !u.join(keys[0], keys[i]) {
			m.refused = append(m.refused, fmt.Sprintf("%s: says that %s and %s are one person; a decision keeps them apart", origin, shown(keys[0]), shown(keys[i])))
		}
	}
}

func shown(key string) string { return strings.TrimPrefix(strings.TrimPrefix(key, "@"), "\x00") }

// gather writes the persons of a union in the order in which they came.
func (d *Directory) gather(m *merged, u *union, records []Record, origins map[string][]string) {
	m.byKey = make(map[string]int, len(u.order))
	at := map[string]int{}
	for _, k := range u.order {
		r := u.root(k)
		i, ok := at[r]
		if !ok {
			i = len(m.persons)
			at[r] = i
			m.persons = append(m.persons, Person{Key: k})
		}
		p := &m.persons[i]
		p.Identities = append(p.Identities, u.first[k])
		for _, o := range origins[k] {
			if !slices.Contains(p.Origins, o) {
				p.Origins = append(p.Origins, o)
			}
		}
		m.byKey[k] = i
	}
	for i := range records {
		d.tell(m, &records[i])
	}
	for i := range m.persons {
		p := &m.persons[i]
		if p.Name == "" {
			p.Name = firstName(p.Identities)
		}
		m.settle(p)
	}
}

// tell gives what a record says to its person. Where a decision parted its
// identities it speaks of the first alone.
func (d *Directory) tell(m *merged, r *Record) {
	keys := keysOf(r.Identities)
	if len(keys) == 0 {
		return
	}
	p := &m.persons[m.byKey[keys[0]]]
	if p.Name == "" {
		p.Name = r.Name
	}
	if p.ID == "" {
		p.ID = r.ID
	}
	if p.Team == "" {
		p.Team = r.Team
	}
	p.Bot = p.Bot || r.Bot
	for _, e := range r.Employment {
		e.Org = d.Org(e.Org)
		p.Employment = append(p.Employment, e)
	}
}

func firstName(list []Identity) string {
	for _, i := range list {
		if i.Name != "" {
			return i.Name
		}
	}
	return ""
}

// settle orders what is said of a person's employment and notes contradictions.
func (m *merged) settle(p *Person) {
	slices.SortStableFunc(p.Employment, func(a, b Employment) int {
		if c := a.Basis.rank() - b.Basis.rank(); c != 0 {
			return c
		}
		return a.From.Compare(b.From)
	})
	for i := 1; i < len(p.Employment); i++ {
		a, b := p.Employment[i-1], p.Employment[i]
		if a.Basis == b.Basis && a.Org != b.Org && (a.To.IsZero() || b.From.Before(a.To)) {
			m.conflicts = append(m.conflicts, conflict(p, a, b))
		}
	}
}
