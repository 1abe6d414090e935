package people

import (
	"cmp"
	"slices"
	"strings"
)

// OwnerSuggestion says whose a domain of addresses may be, by what sources state
// of people with such addresses. A person confirms it.
type OwnerSuggestion struct {
	Domain, Org string
	// People have such an address and a stated employer, For of them this one.
	People, For int
	Commits     int // with such an address
}

// The least that a suggestion rests on: as many persons, and this share of them.
const (
	leastOwners     = 2
	leastOwnerShare = 0.6
)

// SuggestOwners tells whose domains may be that no rule speaks of; commits are by
// domain, in lower case. The heaviest come first.
func (d *Directory) SuggestOwners(commits map[string]int) []OwnerSuggestion {
	votes := map[string]map[string]int{}
	people := map[string]int{}
	for _, x := range d.sources {
		for i := range x.Len() {
			r := x.Record(i)
			orgs := d.statedOrgs(&r)
			if len(orgs) == 0 {
				continue
			}
			for _, domain := range domainsOf(r.Identities) {
				if commits[domain] == 0 || PublicDomain(domain) || d.ruled(domain) {
					continue
				}
				if votes[domain] == nil {
					votes[domain] = map[string]int{}
				}
				people[domain]++
				for _, org := range orgs {
					votes[domain][org]++
				}
			}
		}
	}
	var out []OwnerSuggestion
	for domain, orgs := range votes {
		s := OwnerSuggestion{Domain: domain, People: people[domain], Commits: commits[domain]}
		for _, org := range sortedKeys(orgs) {
			if orgs[org] > s.For {
				s.Org, s.For = org, orgs[org]
			}
		}
		if s.For >= leastOwners && float64(s.For) >= leastOwnerShare*float64(s.People) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b OwnerSuggestion) int {
		return cmp.Or(b.Commits-a.Commits, strings.Compare(a.Domain, b.Domain))
	})
	return out
}

// statedOrgs are the organizations that a record names at any time, each once.
func (d *Directory) statedOrgs(r *Record) (out []string) {
	for _, e := range r.Employment {
		if org := d.Org(e.Org); org != "" && !Independent(org) && !slices.Contains(out, org) {
			out = append(out, org)
		}
	}
	return out
}

func domainsOf(list []Identity) (out []string) {
	for _, who := range list {
		if _, domain, ok := strings.Cut(strings.ToLower(who.Email), "@"); ok && !slices.Contains(out, domain) {
			out = append(out, domain)
		}
	}
	return out
}

// ruled is true for a domain of which a rule speaks, or of one above it.
func (d *Directory) ruled(domain string) bool {
	for domain != "" {
		if len(d.domains[domain]) > 0 {
			return true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return false
}
