package people

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
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
// are logins there; those of other sources tell nothing that can be compared. A
// person or organization that is not as it should be does not stop the others.
func ReadSortinghat(data []byte, basis Basis) (Source, error) {
	r := sortinghatReader{data: bytes.TrimPrefix(data, []byte("\ufeff")), basis: basis, line: 1}
	r.in = json.NewDecoder(bytes.NewReader(r.data))
	if err := r.object(r.part); err != nil {
		return Source{}, fmt.Errorf("this is not the JSON of a sortinghat export: line %d: %w", r.at(), err)
	}
	if !r.known {
		return Source{}, fmt.Errorf("this JSON has neither uidentities nor organizations; write one with \"sortinghat export --identities --orgs\"")
	}
	slices.SortStableFunc(r.out.Records, func(a, b Record) int { return strings.Compare(a.ID, b.ID) })
	slices.SortStableFunc(r.out.Domains, func(a, b DomainRule) int { return strings.Compare(a.Org, b.Org) })
	return r.out, nil
}

type sortinghatReader struct {
	data  []byte
	in    *json.Decoder
	out   Source
	basis Basis
	known bool
	// line is that of the byte counted.
	line, counted int
}

// at is the line of what was read last.
func (r *sortinghatReader) at() int {
	to := min(int(r.in.InputOffset()), len(r.data))
	r.line += bytes.Count(r.data[r.counted:to], []byte("\n"))
	r.counted = to
	return r.line
}

var errNotObject = errors.New("an object is expected")

// object reads an object member by member; f reads the value.
func (r *sortinghatReader) object(f func(name string) error) error {
	t, err := r.in.Token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return errNotObject
	}
	for r.in.More() {
		name, err := r.in.Token()
		if err != nil {
			return err
		}
		if err := f(name.(string)); err != nil { // names of members are strings
			return err
		}
	}
	_, err = r.in.Token()
	return err
}

func (r *sortinghatReader) part(name string) error {
	switch name {
	case "uidentities":
		r.known = true
		return r.object(r.person)
	case "organizations":
		r.known = true
		return r.object(r.organization)
	}
	var skipped json.RawMessage
	return r.in.Decode(&skipped)
}

// value reads a value of a member; one of another type is told and passed over.
func (r *sortinghatReader) value(name string, into any) (line int, ok bool, err error) {
	line = r.at()
	var wrong *json.UnmarshalTypeError
	if err = r.in.Decode(into); errors.As(err, &wrong) {
		r.out.problem(line, "%s: %s: a %s, not a %s", clip(name), clip(cmp.Or(wrong.Field, "what it holds")), jsonKind(wrong.Value), jsonKind(wrong.Type.Kind().String()))
		return line, false, nil
	}
	return line, err == nil, err
}

// jsonKind is the word of JSON for one of Go.
func jsonKind(word string) string {
	switch word {
	case "slice", "array":
		return "list"
	case "struct", "map":
		return "object"
	}
	return word
}

func (r *sortinghatReader) organization(name string) error {
	var domains []sortinghatDomain
	line, ok, err := r.value(name, &domains)
	if !ok {
		return err
	}
	for _, d := range domains {
		if len(r.out.Domains) >= maxDomains || d.Domain == "" || len(d.Domain) > maxText {
			r.out.problem(line, "%s: a domain that can't be, or too many", clip(name))
			continue
		}
		r.out.Domains = append(r.out.Domains, DomainRule{Domain: d.Domain, Org: orgName(name)})
	}
	return nil
}

func (r *sortinghatReader) person(id string) error {
	var p sortinghatPerson
	line, ok, err := r.value(id, &p)
	if !ok {
		return err
	}
	rec := Record{ID: id, Line: line}
	if p.Profile != nil {
		rec.Name, rec.Bot = p.Profile.Name, p.Profile.IsBot
	}
	for _, i := range p.Identities {
		if who := i.identity(); (who.Email != "" || who.Login != "") && len(rec.Identities) < maxOfPerson && len(who.Email)+len(who.Login)+len(who.Name) < 3*maxText {
			rec.Identities = append(rec.Identities, who)
		}
	}
	for _, e := range p.Enrollments {
		from, err1 := r.out.day(line, e.Start)
		to, err2 := r.out.day(line, e.End)
		if err := errors.Join(err1, err2); err != nil || len(rec.Employment) >= maxOfPerson {
			r.out.problem(line, "%s: an enrollment that can't be read", clip(id))
			continue
		}
		rec.Employment = append(rec.Employment, Employment{Org: orgName(e.Organization), From: from, To: to, Basis: r.basis, Line: line})
	}
	if len(rec.Identities) == 0 || len(r.out.Records) >= maxPersons {
		r.out.problem(line, "%s: no identity with an address or a login that is known", clip(id))
		return nil
	}
	r.out.add(rec)
	return nil
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
