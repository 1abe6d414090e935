package work

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// PeopleFilter says which persons to list.
type PeopleFilter struct {
	Org, Team string // who worked for it at the date in question
	Text      string // part of a name, address or login
	Bots      bool
}

// KnownPerson is a person of the directory with the employer at the date in
// question.
type KnownPerson struct {
	people.Person
	Employer people.Term
}

// People lists whom sources and decisions speak of, by name.
func (o *Office) People(ctx context.Context, f PeopleFilter) ([]KnownPerson, error) {
	d, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	org, text := d.Org(f.Org), strings.ToLower(f.Text)
	var out []KnownPerson
	all := d.Persons()
	for i := range all {
		p := &all[i]
		k := KnownPerson{*p, d.EmployerOf(p, o.AsOf.Unix())}
		switch {
		case f.Org != "" && !strings.EqualFold(k.Employer.Org, org), f.Team != "" && p.Team != f.Team:
		case f.Bots && !d.Who(p.Identities[0], p.Identities[0]).Bot:
		case text != "" && !mentions(p, text):
		default:
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b KnownPerson) int {
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out, nil
}

func mentions(p *people.Person, text string) bool {
	if strings.Contains(strings.ToLower(p.Name), text) || strings.Contains(strings.ToLower(p.ID), text) {
		return true
	}
	return slices.ContainsFunc(p.Identities, func(i people.Identity) bool {
		return strings.Contains(strings.ToLower(i.Name+" "+i.Email+" "+i.Login), text)
	})
}

// PersonShown is all that is known of somebody.
type PersonShown struct {
	Who people.Who
	// Now is the employer at the date in question.
	Now people.Term
	// Employers are by address, in the order of the identities: an address tells
	// an employer at times of which nothing is stated.
	Employers []AddressTerms
	// Conflicts and Refused are what was said of the person and does not hold.
	Conflicts, Refused []string
}

// AddressTerms are the employers of who commits with an address.
type AddressTerms struct {
	Identity people.Identity
	Terms    []people.Term
}

// Person shows what is known of an identity.
func (o *Office) Person(ctx context.Context, who people.Identity) (*PersonShown, error) {
	d, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	out := &PersonShown{Who: d.Who(who, who)}
	list := []people.Identity{who}
	if p := out.Who.Person; p != nil {
		list = p.Identities
		out.Now = d.EmployerOf(p, o.AsOf.Unix())
	}
	for _, i := range list {
		if i.Email != "" || len(list) == 1 {
			out.Employers = append(out.Employers, AddressTerms{i, d.Terms(out.Who, i.Email)})
		}
	}
	out.Refused, out.Conflicts = d.Disputes(who)
	return out, nil
}

// Suggestions lists persons of the mined histories that may be one, the most
// likely first; those of whom a person decided are left out.
func (o *Office) Suggestions(ctx context.Context) ([]people.Suggestion, error) {
	d, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	histories, err := o.Store.Histories(ctx)
	if err != nil {
		return nil, err
	}
	if len(histories) == 0 {
		return nil, errNothingMined
	}
	seen, at := []people.Seen{}, map[string]int{}
	for i := range histories {
		h := &histories[i]
		commits, err := o.commitsByAuthor(ctx, h)
		if err != nil {
			return nil, err
		}
		mailmap := people.ParseMailmap(h.Mailmap)
		for n, raw := range h.People[:len(commits)] {
			as := mailmap.Map(raw)
			k := as.Key() + "\x00" + as.Name
			if j, ok := at[k]; ok {
				seen[j].Commits += commits[n]
				continue
			}
			at[k] = len(seen)
			seen = append(seen, people.Seen{Who: d.Who(raw, as), As: as, Commits: commits[n]})
		}
	}
	return d.Suggest(seen), nil
}

// commitsByAuthor counts the commits of a history's identities, by index.
func (o *Office) commitsByAuthor(ctx context.Context, h *contribution.History) (commits []int, err error) {
	err = o.Store.EachBlock(ctx, h, false, func(_ int, b *contribution.Block) error {
		commits = append(commits, make([]int, len(h.People)-len(commits))...)
		for _, who := range b.Author {
			commits[who]++
		}
		return nil
	})
	return commits, err
}

// OwnerSuggestions lists domains of addresses in the mined histories of which no
// rule says whose they are, with whose they may be.
func (o *Office) OwnerSuggestions(ctx context.Context) ([]people.OwnerSuggestion, error) {
	d, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	histories, err := o.Store.Histories(ctx)
	if err != nil {
		return nil, err
	}
	if len(histories) == 0 {
		return nil, errNothingMined
	}
	byDomain := map[string]int{}
	for i := range histories {
		h := &histories[i]
		commits, err := o.commitsByAuthor(ctx, h)
		if err != nil {
			return nil, err
		}
		for n, c := range commits {
			byDomain[contribution.Domain(h.People[n].Email)] += c
		}
	}
	return d.SuggestOwners(byDomain), nil
}
