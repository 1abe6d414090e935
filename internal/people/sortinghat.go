package people

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// The JSON that sortinghat exports and loads: unique identities by uuid, and
// organizations with their domains.
type sortinghatWire struct {
	Time        string                        `json:"time"`
	Source      *string                       `json:"source"`
	Blacklist   []string                      `json:"blacklist"`
	Uidentities map[string]sortinghatPerson   `json:"uidentities"`
	Orgs        map[string][]sortinghatDomain `json:"organizations"`
}

type sortinghatPerson struct {
	UUID    string `json:"uuid"`
	Profile *struct {
		Name  string `json:"name"`
		Email string `json:"email"`
		IsBot bool   `json:"is_bot"`
	} `json:"profile"`
	Identities  []sortinghatIdentity   `json:"identities"`
	Enrollments []sortinghatEnrollment `json:"enrollments"`
}

type sortinghatIdentity struct {
	ID       string  `json:"id"`
	UUID     string  `json:"uuid"`
	Name     *string `json:"name"`
	Email    *string `json:"email"`
	Username *string `json:"username"`
	Source   string  `json:"source"`
}

type sortinghatEnrollment struct {
	UUID         string `json:"uuid"`
	Organization string `json:"organization"`
	Start        string `json:"start"`
	End          string `json:"end"`
}

type sortinghatDomain struct {
	Domain string `json:"domain"`
	IsTop  bool   `json:"is_top"`
}

// ReadSortinghat reads an export of sortinghat. Usernames of github and gitlab
// are logins there; those of other sources tell nothing that can be compared.
func ReadSortinghat(data []byte, basis Basis) (Source, error) {
	var in sortinghatWire
	if err := json.Unmarshal(data, &in); err != nil {
		return Source{}, fmt.Errorf("this is not the JSON of a sortinghat export: %w", err)
	}
	if in.Uidentities == nil && in.Orgs == nil {
		return Source{}, fmt.Errorf("this JSON has neither uidentities nor organizations; write one with \"sortinghat export --identities --orgs\"")
	}
	var out Source
	for _, id := range sortedKeys(in.Uidentities) {
		p := in.Uidentities[id]
		r := Record{ID: id}
		if p.Profile != nil {
			r.Name, r.Bot = p.Profile.Name, p.Profile.IsBot
		}
		for _, i := range p.Identities {
			if who := i.identity(); (who.Email != "" || who.Login != "") && len(r.Identities) < maxOfPerson {
				r.Identities = append(r.Identities, who)
			}
		}
		for _, e := range p.Enrollments {
			from, err1 := out.day(1, e.Start)
			to, err2 := out.day(1, e.End)
			if err1 != nil || err2 != nil || len(r.Employment) >= maxOfPerson {
				out.problem(1, "%s: an enrollment that can't be read", clip(id))
				continue
			}
			r.Employment = append(r.Employment, Employment{Org: orgName(e.Organization), From: from, To: to, Basis: basis})
		}
		if len(r.Identities) == 0 {
			out.problem(1, "%s: no identity with an address or a login that is known", clip(id))
			continue
		}
		out.add(r)
	}
	for _, org := range sortedKeys(in.Orgs) {
		for _, dom := range in.Orgs[org] {
			out.Domains = append(out.Domains, DomainRule{Domain: dom.Domain, Org: orgName(org)})
		}
	}
	return out, nil
}

func (i *sortinghatIdentity) identity() Identity {
	var who Identity
	if i.Name != nil {
		who.Name = *i.Name
	}
	if i.Email != nil {
		who.Email = strings.TrimSpace(*i.Email)
	}
	if i.Username != nil && *i.Username != "" {
		switch strings.ToLower(i.Source) {
		case "github", "github2", "githubql":
			who.Login = "github.com/" + *i.Username
		case "gitlab":
			who.Login = "gitlab.com/" + *i.Username
		}
	}
	return who
}

func sortedKeys[T any](m map[string]T) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// WriteSortinghat writes records and domains as sortinghat loads them.
func WriteSortinghat(w io.Writer, s Source, at time.Time) error {
	out := sortinghatWire{Time: at.UTC().Format("2006-01-02 15:04:05"), Blacklist: []string{}, Uidentities: map[string]sortinghatPerson{}, Orgs: map[string][]sortinghatDomain{}}
	for i := range s.Records {
		r := &s.Records[i]
		if len(r.Identities) == 0 {
			continue
		}
		id := r.Identities[0].Key()
		p := sortinghatPerson{UUID: id, Identities: []sortinghatIdentity{}, Enrollments: []sortinghatEnrollment{}}
		p.Profile = &struct {
			Name  string `json:"name"`
			Email string `json:"email"`
			IsBot bool   `json:"is_bot"`
		}{Name: r.Name, IsBot: r.Bot}
		for _, who := range r.Identities {
			p.Identities = append(p.Identities, sortinghatOf(id, who))
		}
		for _, e := range r.Employment {
			if e.Org == "" {
				continue
			}
			p.Enrollments = append(p.Enrollments, sortinghatEnrollment{UUID: id, Organization: e.Org, Start: bound(e.From, "1900-01-01T00:00:00"), End: bound(e.To, "2100-01-01T00:00:00")})
			out.Orgs[e.Org] = append(out.Orgs[e.Org], []sortinghatDomain{}...)
		}
		out.Uidentities[id] = p
	}
	for _, d := range s.Domains {
		if d.Org != "" {
			out.Orgs[d.Org] = append(out.Orgs[d.Org], sortinghatDomain{Domain: d.Domain})
		}
	}
	for org, list := range out.Orgs {
		if list == nil {
			out.Orgs[org] = []sortinghatDomain{}
		}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func sortinghatOf(id string, who Identity) sortinghatIdentity {
	i := sortinghatIdentity{ID: who.Key(), UUID: id, Source: "git"}
	if who.Name != "" {
		i.Name = &who.Name
	}
	if who.Email != "" {
		i.Email = &who.Email
	}
	if host, name, ok := strings.Cut(who.Login, "/"); ok {
		i.Username, i.Source = &name, strings.TrimSuffix(host, ".com")
	}
	return i
}

func bound(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return t.Format("2006-01-02T15:04:05")
}
