package people

import (
	"fmt"
	"strings"
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
	Domains []DomainRule
	// Aliases are other names of organizations, by name.
	Aliases map[string]string
	// Bots and NotBots are addresses, logins or names, whatever their case; *
	// stands for any text.
	Bots, NotBots []string
}

// Directory answers who is who, and for whom they worked when. The zero value
// knows only what addresses tell. It is safe for concurrent reading.
type Directory struct {
	persons []Person
	byKey   map[string]int // identity key to person
	own     string
	domains map[string][]DomainRule
	aliases map[string]string
	bots    []string
	notBots []string
	apart   map[[2]string]bool // keys that a decision keeps apart
	// Refused are links that a decision forbids, in words.
	Refused []string
	// Conflicts are statements of employment that contradict each other.
	Conflicts []string
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
	d.bots, d.notBots = folded(f.Bots), folded(f.NotBots)
	d.merge(f.Links, f.Records)
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
	if d == nil {
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

// Persons lists whom sources and decisions speak of. The caller must not change them.
func (d *Directory) Persons() []Person {
	if d == nil {
		return nil
	}
	return d.persons
}

// Find gives the person of an identity, nil when no source speaks of it.
func (d *Directory) Find(who Identity) *Person {
	if d == nil || len(d.byKey) == 0 {
		return nil
	}
	if i, ok := d.byKey[who.Key()]; ok {
		return &d.persons[i]
	}
	if who.Email != "" && who.Login != "" {
		if i, ok := d.byKey[Identity{Login: who.Login}.Key()]; ok {
			return &d.persons[i]
		}
	}
	return nil
}

// Who is the person behind an identity of a history.
type Who struct {
	// Key is the same for all identities of a person, in all histories.
	Key string
	// Name and Email are how the person is shown.
	Name, Email string
	Bot         bool
	// Person is nil when no source speaks of it.
	Person *Person
}

// Who tells who an identity is: raw as the commit has it, mapped as the
// history's mailmap has it. What a mailmap says holds in its own history only,
// since anybody may write one.
func (d *Directory) Who(raw, mapped Identity) Who {
	w := Who{Key: mapped.Key(), Name: mapped.Name, Email: mapped.Email}
	if w.Person = d.Find(mapped); w.Person == nil && raw != mapped {
		w.Person = d.Find(raw)
	}
	if p := w.Person; p != nil {
		w.Key = p.Key
		if p.Name != "" {
			w.Name = p.Name
		}
		for _, i := range p.Identities {
			if i.Email != "" {
				w.Email = i.Email
				break
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
	return fmt.Sprintf("%s: %s (%s) and %s (%s) at one time; the later beginning counts", p.Key, orNone(a.Org), a.Origin, orNone(b.Org), b.Origin)
}

func orNone(s string) string {
	if s == "" {
		return "nobody known"
	}
	return s
}
