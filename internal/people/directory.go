package people

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Link is a decision of a person on identities: that they are one person, or
// that two of them are not.
type Link struct {
	Same   []Identity
	Apart  []Identity // every two of them
	Origin string
}

// DomainRule says who owns a domain of addresses and those below it.
type DomainRule struct {
	Domain   string
	Org      string // "" for nobody: a public provider
	From, To time.Time
	Origin   string
}

// Facts are all that a directory is made of.
type Facts struct {
	// Own is the company's name, OwnDomains are its domains of addresses.
	Own        string
	OwnDomains []string
	// Links are decisions, oldest first: of two that contradict each other the
	// later counts, and they come before what Records say.
	Links []Link
	// Records come in order of trust: where two sources name a person's team or
	// name the first counts.
	Records []Record
	// Sources come after Records, in order of trust too; only what is asked for is
	// read of them.
	Sources []*Index
	Domains []DomainRule
	// Aliases are other names of organizations, by name.
	Aliases map[string]string
	// Bots and NotBots are addresses, logins or names, whatever their case; *
	// stands for any text.
	Bots, NotBots []string
}

// Directory answers who is who, and for whom they worked when. The zero value
// knows only what addresses tell. It is safe for concurrent reading.
//
// A person is made when somebody asks for one of its identities: of all that
// links and sources say, what hangs together with it.
type Directory struct {
	links    []Link
	records  []Record
	sources  []*Index
	byRecord map[string][]int // identity key to records
	byLink   map[string][]int // identity key to links
	lock     sync.RWMutex
	found    map[string]*Person // identity key to person, of those that were made
	own      string
	domains  map[string][]DomainRule
	aliases  map[string]string
	bots     []string
	notBots  []string
	apart    map[[2]string]bool // keys that a decision keeps apart
}

// Person is somebody whom a source or decision speaks of.
type Person struct {
	// Key names the person in counts: that of the first identity.
	Key        string
	ID         string
	Name       string
	Team       string
	Bot        bool
	Identities []Identity
	Employment []Employment
	// Origins are the sources that speak of the person or link its identities.
	Origins []string
}

// NewDirectory makes a directory.
func NewDirectory(f Facts) *Directory {
	d := &Directory{own: f.Own, domains: map[string][]DomainRule{}, aliases: map[string]string{}}
	for name, of := range f.Aliases {
		d.aliases[strings.ToLower(name)] = of
	}
	for _, own := range f.OwnDomains {
		org := f.Own
		if org == "" {
			org = strings.ToLower(own)
		}
		d.addDomain(DomainRule{Domain: own, Org: org, Origin: "organization.domains"})
	}
	for _, r := range f.Domains {
		d.addDomain(r)
	}
	for _, x := range f.Sources {
		for _, r := range x.Domains() {
			d.addDomain(r)
		}
	}
	d.bots, d.notBots = folded(f.Bots), folded(f.NotBots)
	d.links, d.records, d.sources = f.Links, f.Records, f.Sources
	d.apart = d.merge(f.Links, nil).apart
	d.byRecord, d.byLink, d.found = map[string][]int{}, map[string][]int{}, map[string]*Person{}
	for i := range f.Records {
		for _, k := range keysOf(f.Records[i].Identities) {
			d.byRecord[k] = append(d.byRecord[k], i)
		}
	}
	for i, l := range f.Links {
		for _, k := range keysOf(append(slices.Clone(l.Same), l.Apart...)) {
			d.byLink[k] = append(d.byLink[k], i)
		}
	}
	return d
}

func (d *Directory) addDomain(r DomainRule) {
	name := strings.Trim(strings.ToLower(r.Domain), " .@")
	r.Domain, r.Org = name, d.Org(r.Org)
	d.domains[name] = append(d.domains[name], r)
}

// Org is the name under which an organization counts.
func (d *Directory) Org(name string) string {
	name = strings.TrimSpace(name)
	if d == nil || len(d.aliases) == 0 {
		return name
	}
	if of, ok := d.aliases[strings.ToLower(name)]; ok {
		return of
	}
	return name
}

// Own is the company's name among organizations; "" when nobody said.
func (d *Directory) Own() string {
	if d == nil {
		return ""
	}
	return d.Org(d.own)
}

// Persons lists all whom sources and decisions speak of: first those who are made
// of several entries. It reads all sources.
func (d *Directory) Persons() []Person {
	if d == nil {
		return nil
	}
	joined := slices.Clone(d.records)
	var lone []Person
	for s, x := range d.sources {
		for i := range x.Len() {
			r, shared := x.record(i)
			if p := d.only(r, s, shared); p != nil {
				lone = append(lone, *p)
			} else {
				joined = append(joined, sourced(r))
			}
		}
	}
	return append(d.merge(d.links, joined).persons, lone...)
}

// Find gives the person of an identity, nil when no source speaks of it. The
// caller must not change it. Two identities are one person when the keys are one.
func (d *Directory) Find(who Identity) *Person {
	if d == nil {
		return nil
	}
	if p := d.find(who.Key()); p != nil || who.Email == "" || who.Login == "" {
		return p
	}
	return d.find(Identity{Login: who.Login}.Key())
}

func (d *Directory) find(key string) *Person {
	if one, simple := d.alone(key); simple {
		return one // quickly made again
	}
	d.lock.RLock()
	p := d.found[key]
	d.lock.RUnlock()
	if p != nil {
		return p
	}
	part := d.gatherPart(key)
	if len(part.keys) == 0 {
		return nil
	}
	m := d.merge(part.links, part.records)
	d.lock.Lock()
	defer d.lock.Unlock()
	for k := range part.keys {
		if d.found[k] == nil { // else another made it at the same time
			d.found[k] = &m.persons[m.byKey[k]]
		}
	}
	return d.found[key]
}

// alone makes the person of an identity of which one record of one source speaks
// and nothing else, as of nearly all. simple is false where more hangs together;
// the person is nil where nothing speaks of it.
func (d *Directory) alone(key string) (p *Person, simple bool) {
	source, at, hits := d.hits(key)
	if hits != 1 {
		return nil, hits == 0
	}
	r, shared := d.sources[source].record(at)
	if !shared && !slices.ContainsFunc(r.Identities, func(who Identity) bool {
		return who.Email == key || who.Key() == key || who.Email != "" && who.Login != "" && Identity{Login: who.Login}.Key() == key
	}) {
		return nil, true // of another key with the same hash
	}
	p = d.only(r, source, shared)
	return p, p != nil
}

// only makes the person of a record of a source, where nothing else speaks of
// its identities; nil otherwise.
func (d *Directory) only(r Record, source int, shared bool) *Person {
	if shared || len(r.Identities) == 0 || len(d.sources)+len(d.byLink)+len(d.byRecord) > 1 && slices.ContainsFunc(keysOf(r.Identities), func(k string) bool {
		s, _, hits := d.hits(k)
		return hits != 1 || s != source
	}) {
		return nil
	}
	p := &Person{ID: r.ID, Name: r.Name, Team: r.Team, Bot: r.Bot, Identities: r.Identities, Employment: r.Employment}
	if slices.ContainsFunc(r.Identities, func(who Identity) bool { return (who.Email == "") == (who.Login == "") }) {
		p.Identities = nil
		for _, who := range r.Identities {
			if who.Email != "" || who.Login != "" {
				p.Identities = append(p.Identities, single(who)...)
			}
		}
		if len(p.Identities) == 0 {
			return nil
		}
	}
	p.Key = p.Identities[0].Key()
	if r.Origin != "" {
		p.Origins = []string{r.Origin}
	}
	for i := range p.Employment {
		p.Employment[i].Org = d.Org(p.Employment[i].Org)
	}
	if p.Name == "" {
		p.Name = firstName(p.Identities)
	}
	if len(p.Employment) > 1 {
		new(merged).settle(p)
	}
	return p
}

// sourced notes of which identities a source says what it says: where it has
// several entries of one person, each may be of other addresses.
func sourced(r Record) Record {
	for i := range r.Employment {
		r.Employment[i].For = r.Identities
	}
	return r
}

// hits counts what speaks of an identity, and gives one record of a source.
func (d *Directory) hits(key string) (source, record, n int) {
	if len(d.byLink) > 0 || len(d.byRecord) > 0 {
		n = 2 * (len(d.byLink[key]) + len(d.byRecord[key])) // never one
	}
	for s, x := range d.sources {
		if at, hits := x.first(key); hits > 0 {
			source, record, n = s, at, n+hits
		}
	}
	return source, record, n
}

// Disputes says in words which statements on an identity and all that hangs
// together with it do not hold: links that a decision forbids, and employments
// that contradict each other.
func (d *Directory) Disputes(who Identity) (refused, conflicts []string) {
	if d == nil {
		return nil, nil
	}
	for _, k := range keysOf([]Identity{who}) {
		if part := d.gatherPart(k); len(part.keys) > 0 {
			m := d.merge(part.links, part.records)
			return m.refused, m.conflicts
		}
	}
	return nil, nil
}

// Who is the person behind an identity of a history.
type Who struct {
	// Key is the same for all identities of a person, in all histories.
	Key string
	// Name and Email are how the person is shown: as sources and decisions name
	// them, else as the history does.
	Name, Email string
	Bot         bool
	// Person is nil when no source speaks of it.
	Person *Person
	// as is the address that the history's mailmap gives.
	as string
}

// Who tells who an identity is: raw as the commit has it, mapped as the
// history's mailmap has it. What a mailmap says holds in its own history only,
// since anybody may write one.
func (d *Directory) Who(raw, mapped Identity) Who {
	w := Who{Key: mapped.Key(), Name: mapped.Name, Email: mapped.Email, as: mapped.Email}
	if d == nil {
		w.Bot = d.bot(nil, raw, mapped)
		return w
	}
	if w.Person = d.find(w.Key); w.Person == nil && raw != mapped {
		w.Person = d.find(raw.Key())
	}
	if p := w.Person; p != nil {
		if w.Key = p.Key; p.Name != "" { // else the history knows them better than a list of addresses
			w.Name = p.Name
			if i := slices.IndexFunc(p.Identities, func(i Identity) bool { return i.Email != "" }); i >= 0 {
				w.Email = p.Identities[i].Email
			}
		}
	}
	w.Bot = d.bot(w.Person, raw, mapped)
	return w
}

func (d *Directory) bot(p *Person, raw, mapped Identity) bool {
	likely := LikelyBot(mapped) || raw != mapped && LikelyBot(raw)
	if d == nil {
		return likely
	}
	switch {
	case matchesAny(d.notBots, raw) || matchesAny(d.notBots, mapped):
		return false
	case p != nil && p.Bot, matchesAny(d.bots, raw), matchesAny(d.bots, mapped):
		return true
	}
	return likely
}

func folded(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func matchesAny(patterns []string, who Identity) bool {
	if len(patterns) == 0 {
		return false
	}
	for _, text := range []string{strings.ToLower(who.Email), strings.ToLower(who.Login), strings.ToLower(who.Name)} {
		for _, p := range patterns {
			if text != "" && like(p, text) {
				return true
			}
		}
	}
	return false
}

// like matches a pattern in which * stands for any text, in time of the product
// of the lengths at most.
func like(pattern, text string) bool {
	star, from, p, t := -1, 0, 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			from++
			p, t = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

func conflict(p *Person, a, b Employment) string {
	return fmt.Sprintf("%s: %s (%s) and %s (%s) at one time; what is said with the commit's own address counts, else the later beginning", shown(p.Key), orNone(a.Org), a.Place(), orNone(b.Org), b.Place())
}

func orNone(s string) string {
	if s == "" {
		return "nobody known"
	}
	return s
}
