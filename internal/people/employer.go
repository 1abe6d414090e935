package people

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Term says for whom somebody worked from a second (inclusive) to another
// (exclusive); math.MinInt64 and math.MaxInt64 for no bound.
type Term struct {
	From, To int64
	Org      string // "" is unknown
	Basis    Basis  // "" when unknown
	Origin   string
}

// Confidence is how far the term can be believed, 0 when the employer is unknown.
func (t Term) Confidence() float64 {
	if t.Org == "" {
		return 0
	}
	return t.Basis.Confidence()
}

// Terms tell for whom the owner of an address worked at every time: they cover
// all time, in order, without overlap. The address is the one that the commit
// was made with: at a time for which nobody stated an employer it tells one.
// Precedence is that of [Bases]; what is stated as nobody known leaves no
// employer, whatever the address. Of two statements of one basis at one time the
// one counts whose source names the address with it, then the later beginning.
func (d *Directory) Terms(w Who, email string) []Term {
	var stated []Employment
	if w.Person != nil {
		stated = w.Person.Employment
	}
	var few [8]span
	all := few[:0]
	own := named(stated, email)
	if own == nil && w.as != email {
		own = named(stated, w.as)
	}
	for i := range stated {
		e := &stated[i]
		all = append(all, span{startOf(e), endOf(e), e, len(e.For) == 0 || own != nil && &e.For[0] == own})
	}
	var told []Employment
	if !covered(all) {
		told = d.byDomain(email)
	}
	for i := range told {
		all = append(all, span{startOf(&told[i]), endOf(&told[i]), &told[i], true})
	}
	if len(all) == 0 {
		return []Term{{From: math.MinInt64, To: math.MaxInt64}}
	}
	var some [2*len(few) + 2]int64
	cuts := append(some[:0], math.MinInt64, math.MaxInt64)
	for i := range all {
		cuts = append(cuts, all[i].from, all[i].to)
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	out := make([]Term, 0, len(cuts)-1)
	for i := 0; i+1 < len(cuts); i++ {
		t := Term{From: cuts[i], To: cuts[i+1]}
		if e := best(all, cuts[i]); e != nil {
			t.Org, t.Basis, t.Origin = e.Org, e.Basis, e.Origin
		}
		if n := len(out); n > 0 && out[n-1].Org == t.Org && out[n-1].Basis == t.Basis && out[n-1].Origin == t.Origin {
			out[n-1].To = t.To
			continue
		}
		out = append(out, t)
	}
	return out
}

// Employer is the term that holds at a second.
func (d *Directory) Employer(w Who, email string, at int64) Term {
	for _, t := range d.Terms(w, email) {
		if at < t.To {
			return t
		}
	}
	return Term{From: math.MinInt64, To: math.MaxInt64}
}

// EmployerOf is the term of a person at a second by what was stated and, where
// nothing was, by the addresses of the person in their order.
func (d *Directory) EmployerOf(p *Person, at int64) (t Term) {
	t = Term{From: math.MinInt64, To: math.MaxInt64}
	for i, who := range p.Identities {
		if i > 0 && who.Email == "" {
			continue
		}
		x := d.Employer(Who{Person: p}, who.Email, at)
		if i == 0 || t.Org == "" || x.Org != "" && x.Basis.rank() < t.Basis.rank() {
			t = x
		}
	}
	return t
}

// best is the statement that counts from a second on, nil when none speaks.
func best(all []span, at int64) *Employment {
	var found *span
	for i := range all {
		e := &all[i]
		if at < e.from || at >= e.to {
			continue
		}
		if found == nil || e.before(found) {
			found = e
		}
	}
	if found == nil {
		return nil
	}
	return found.says
}

// span is a statement of employment with its bounds in seconds.
type span struct {
	from, to int64
	says     *Employment
	own      bool // said of the very address
}

// covered is true when statements that come before what an address tells, in
// order of time, leave no time to it.
func covered(all []span) bool {
	end := int64(math.MinInt64)
	for i := range all {
		if s := &all[i]; s.from <= end && s.says.Basis.rank() < EmailDomain.rank() {
			end = max(end, s.to)
		}
	}
	return end == math.MaxInt64
}

// before is true for the statement that counts of two at one time.
func (s *span) before(t *span) bool {
	switch {
	case s.says.Basis != t.says.Basis:
		return s.says.Basis.rank() < t.says.Basis.rank()
	case s.own != t.own:
		return s.own
	}
	return s.from > t.from
}

// named gives the list of identities, by its first, with which a source names an
// address; nil when there is none.
func named(stated []Employment, email string) *Identity {
	var last *Identity
	for i := range stated {
		list := stated[i].For
		if len(list) == 0 || &list[0] == last {
			continue
		}
		last = &list[0]
		if slices.ContainsFunc(list, func(who Identity) bool { return who.Email != "" && strings.EqualFold(who.Email, email) }) {
			return last
		}
	}
	return nil
}

func startOf(e *Employment) int64 {
	if e.From.IsZero() {
		return math.MinInt64
	}
	return e.From.Unix()
}

func endOf(e *Employment) int64 {
	if e.To.IsZero() {
		return math.MaxInt64
	}
	return e.To.Unix()
}

// byDomain is what an address tells: the owner of its domain, as rules say, or
// of the nearest domain above that a rule speaks of; a domain of which no rule
// speaks counts for itself; public mail tells nothing.
func (d *Directory) byDomain(email string) []Employment {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return nil
	}
	domain := strings.Trim(strings.ToLower(strings.TrimSpace(email[at+1:])), ".")
	if d != nil {
		for name := domain; name != ""; {
			if rules := d.domains[name]; len(rules) > 0 {
				var out []Employment
				for _, r := range rules {
					if r.Org != "" {
						out = append(out, Employment{Org: r.Org, From: r.From, To: r.To, Basis: EmailDomain, Origin: r.Origin})
					}
				}
				return out
			}
			_, above, _ := strings.Cut(name, ".")
			name = above
		}
	}
	if PublicDomain(domain) {
		return nil
	}
	return []Employment{{Org: d.Org(domain), Basis: EmailDomain, Origin: "domain " + domain}}
}

// KnowsOwn is true when there is something that tells the company's people.
func (d *Directory) KnowsOwn() bool {
	if d == nil {
		return false
	}
	own := d.Own()
	for _, rules := range d.domains {
		for _, r := range rules {
			if r.Origin == "organization.domains" || own != "" && r.Org == own {
				return true
			}
		}
	}
	if own == "" {
		return false
	}
	for i := range d.records {
		for _, e := range d.records[i].Employment {
			if d.Org(e.Org) == own {
				return true
			}
		}
	}
	return slices.ContainsFunc(d.sources, func(x *Index) bool {
		return x.hasWord(func(word string) bool { return d.Org(word) == own })
	})
}

// IsOwn says whether an organization is the company itself.
func (d *Directory) IsOwn(org string) bool {
	if d == nil || org == "" {
		return false
	}
	if own := d.Own(); own != "" {
		return org == own
	}
	for _, r := range d.domains[org] {
		if r.Origin == "organization.domains" {
			return true
		}
	}
	return false
}

// Day is the start of a day in UTC.
func Day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
