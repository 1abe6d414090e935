package people

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"time"
)

// ReadGitdm reads files of CNCF gitdm; each line tells its kind by its form:
//
//	login: user!host, user!host          developers_affiliations*.txt, then
//	<TAB>Company from 2020-01-01 until 2021-01-01
//	user!host Company [< 2021-01-01]     email-map
//	domain.org Company [< 2021-01-01]    domain-map
//	user!host other!host                 aliases
//
// The first date counts, the second does not: "until" is the day on which the
// next employment begins. Basis is what the statements rest on; that nobody was
// found ("NotFound") is the weakest of all, so that an address may tell more.
func ReadGitdm(data []byte, basis Basis) Source {
	r := gitdmReader{basis: basis, byEmail: map[string]int{}}
	r.out.eachLine(data, r.line)
	r.end()
	r.finish()
	return r.out
}

type gitdmReader struct {
	out     Source
	basis   Basis
	at      Record
	open    bool
	byEmail map[string]int // email-map: address to record
	fromMap []Record       // what email-map says
}

func (r *gitdmReader) line(n int, line string) {
	text := strings.TrimSpace(line)
	switch {
	case text == "" || strings.HasPrefix(text, "#"):
	case line[0] == '\t' || line[0] == ' ':
		r.employment(n, text)
	default:
		r.end()
		first, rest, _ := strings.Cut(text, " ")
		if t := strings.IndexByte(first, '\t'); t >= 0 {
			first, rest = first[:t], first[t+1:]+" "+rest
		}
		rest = strings.TrimSpace(rest)
		switch {
		case strings.HasSuffix(first, ":") && len(first) > 1:
			r.begin(n, strings.TrimSuffix(first, ":"), rest)
		case rest == "":
			r.out.problem(n, "%q is no line of gitdm", clip(text))
		case strings.Contains(first, "!") && strings.Contains(rest, "!") && !strings.ContainsAny(rest, " \t"):
			r.alias(n, first, rest)
		case strings.Contains(first, "!"):
			r.mapped(n, first, rest)
		case strings.Contains(first, "."):
			r.domain(n, first, rest)
		default:
			r.out.problem(n, "%q is no line of gitdm", clip(text))
		}
	}
}

// bang reads an address that is written with ! for @.
func bang(s string) (Identity, bool) {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexByte(s, '!'); i > 0 && i < len(s)-1 && len(s) <= maxText && !strings.ContainsAny(s, "<>") {
		return Identity{Email: s[:i] + "@" + s[i+1:]}, true
	}
	return Identity{}, false
}

func (r *gitdmReader) begin(n int, login, addresses string) {
	if len(r.out.Records) >= maxPersons || len(login) > maxText {
		r.out.problem(n, "too many persons or too long a login")
		return
	}
	r.open = true
	r.at = Record{ID: login, Line: n, Identities: []Identity{{Login: "github.com/" + login}}}
	for _, a := range r.addresses(n, addresses) {
		who, ok := bang(a)
		if !ok || len(r.at.Identities) >= maxOfPerson {
			r.out.problem(n, "%q is no address (user!host)", clip(strings.TrimSpace(a)))
			continue
		}
		if strings.ContainsAny(who.Email, " \t") {
			r.out.odd(n, "a blank in the address %q", clip(who.Email))
		}
		r.at.Identities = append(r.at.Identities, who)
	}
}

// addresses parts a list at its commas, and at blanks where each part is an
// address of its own.
func (r *gitdmReader) addresses(n int, list string) (out []string) {
	for _, a := range strings.Split(list, ",") {
		words := strings.Fields(a)
		if len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { i := strings.IndexByte(w, '!'); return i <= 0 || i == len(w)-1 }) {
			r.out.odd(n, "no comma between addresses in %q", clip(strings.TrimSpace(a)))
			out = append(out, words...)
		} else if len(words) > 0 {
			out = append(out, a)
		}
	}
	return out
}

func (r *gitdmReader) end() {
	if r.open {
		r.out.add(r.at)
	}
	r.open = false
}

// employment reads "Company from D until D".
func (r *gitdmReader) employment(n int, text string) {
	if !r.open || len(r.at.Employment) >= maxOfPerson {
		r.out.problem(n, "an employer of nobody: %q", clip(text))
		return
	}
	e := Employment{Basis: r.basis, Line: n}
	var err error
	for _, bound := range []struct {
		word string
		at   *time.Time
	}{{" until ", &e.To}, {" from ", &e.From}} {
		i := strings.LastIndex(text, bound.word)
		if i < 0 || err != nil {
			continue
		}
		var t time.Time
		if t, err = r.out.day(n, text[i+len(bound.word):]); err == nil {
			*bound.at, text = t, text[:i]
		} else if bound.word == " from " {
			err = nil // part of a name, as "Tools from Home"
		}
	}
	if err != nil {
		r.out.problem(n, "%v", err)
		return
	}
	if e.Org = orgName(text); e.Org == "" {
		e.Basis = ProfileText
	}
	r.at.Employment = append(r.at.Employment, e)
}

// until reads "Company < D".
func (r *gitdmReader) until(n int, rest string) (org string, to time.Time, err error) {
	org = rest
	if i := strings.LastIndexByte(rest, '<'); i >= 0 {
		org = rest[:i]
		to, err = r.out.day(n, rest[i+1:])
	}
	return orgName(org), to, err
}

// mapped reads a line of email-map. Lines of one address follow one another in
// time: each holds from the end of the one before.
func (r *gitdmReader) mapped(n int, address, rest string) {
	who, ok := bang(address)
	org, to, err := r.until(n, rest)
	if !ok || err != nil {
		r.out.problem(n, "%q is no line of an email-map", clip(address+" "+rest))
		return
	}
	k := who.Key()
	i, ok := r.byEmail[k]
	if !ok {
		if len(r.out.Records)+len(r.fromMap) >= maxPersons {
			r.out.problem(n, "too many persons")
			return
		}
		i = len(r.fromMap)
		r.byEmail[k] = i
		r.fromMap = append(r.fromMap, Record{ID: who.Email, Line: n, Identities: []Identity{who}})
	}
	rec := &r.fromMap[i]
	if len(rec.Employment) >= maxOfPerson {
		r.out.problem(n, "too many employers of one address")
		return
	}
	e := Employment{Org: org, To: to, Basis: r.basis, Line: n}
	if org == "" {
		e.Basis = ProfileText
	}
	rec.Employment = append(rec.Employment, e)
}

// finish gives employments of an email-map, and owners of domains, their
// beginnings: each where the one before ends.
func (r *gitdmReader) finish() {
	for i := range r.fromMap {
		inTurn(r.fromMap[i].Employment)
		r.out.add(r.fromMap[i])
	}
	last := map[string]time.Time{}
	slices.SortStableFunc(r.out.Domains, func(a, b DomainRule) int {
		if c := strings.Compare(strings.ToLower(a.Domain), strings.ToLower(b.Domain)); c != 0 {
			return c
		}
		return compareEnds(a.To, b.To)
	})
	for i := range r.out.Domains {
		d := &r.out.Domains[i]
		name := strings.ToLower(d.Domain)
		d.From = last[name]
		last[name] = d.To
	}
}

// compareEnds orders ends of terms; none is the last.
func compareEnds(a, b time.Time) int {
	if a.IsZero() || b.IsZero() {
		return boolInt(a.IsZero()) - boolInt(b.IsZero())
	}
	return a.Compare(b)
}

// inTurn lets each employment begin where the one before it ends.
func inTurn(list []Employment) {
	slices.SortStableFunc(list, func(a, b Employment) int { return compareEnds(a.To, b.To) })
	for i := 1; i < len(list); i++ {
		list[i].From = list[i-1].To
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (r *gitdmReader) domain(n int, domain, rest string) {
	org, to, err := r.until(n, rest)
	if err != nil || len(domain) > maxText {
		r.out.problem(n, "%q is no line of a domain-map", clip(domain+" "+rest))
		return
	}
	if len(r.out.Domains) >= maxDomains {
		r.out.problem(n, "too many domains")
		return
	}
	r.out.Domains = append(r.out.Domains, DomainRule{Domain: domain, Org: org, To: to})
}

func (r *gitdmReader) alias(n int, a, b string) {
	x, ok1 := bang(a)
	y, ok2 := bang(b)
	if !ok1 || !ok2 || len(r.out.Records) >= maxPersons {
		r.out.problem(n, "%q is no line of aliases", clip(a+" "+b))
		return
	}
	r.out.add(Record{ID: y.Email, Line: n, Identities: []Identity{y, x}})
}

// WriteGitdm writes records as a file of developers' affiliations: persons in
// order of names, addresses and employers in order. Persons without a login go
// by their first address.
func WriteGitdm(w io.Writer, records []Record) error {
	lines := make([]string, 0, len(records))
	for i := range records {
		if text := gitdmText(&records[i]); text != "" {
			lines = append(lines, text)
		}
	}
	sort.Strings(lines)
	for _, l := range lines {
		if _, err := io.WriteString(w, l); err != nil {
			return err
		}
	}
	return nil
}

func gitdmText(r *Record) string {
	var login string
	var mails []string
	for _, who := range r.Identities {
		if name, ok := strings.CutPrefix(who.Login, "github.com/"); ok && login == "" {
			login = name
		}
		if i := strings.LastIndexByte(who.Email, '@'); i > 0 && !strings.ContainsAny(who.Email, "!, \t\r\n") {
			mails = append(mails, who.Email[:i]+"!"+who.Email[i+1:])
		}
	}
	if len(mails) == 0 {
		return ""
	}
	if login == "" {
		login = mails[0]
	}
	slices.Sort(mails)
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", login, strings.Join(slices.Compact(mails), ", "))
	list := slices.Clone(r.Employment)
	slices.SortStableFunc(list, func(a, b Employment) int { return a.From.Compare(b.From) })
	for _, e := range list {
		org := strings.Join(strings.Fields(e.Org), " ")
		if org == "" {
			org = "NotFound"
		}
		b.WriteString("\t" + org)
		if !e.From.IsZero() {
			b.WriteString(" from " + e.From.Format(time.DateOnly))
		}
		if !e.To.IsZero() {
			b.WriteString(" until " + e.To.Format(time.DateOnly))
		}
		b.WriteByte('\n')
	}
	return b.String()
}
