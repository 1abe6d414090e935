package people

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Suggestion says that two persons may be one. A person confirms it or keeps
// them apart; it never links by itself.
type Suggestion struct {
	A, B Identity
	// Reasons are why, the strongest first.
	Reasons []string
	// Strength adds up the reasons: 3 for a login in an address of a forge, 2 for
	// a full name, 1 for a name of one word or the local part of an address.
	Strength int
	// Weight is how much hangs on it: the commits of the one with fewer.
	Weight int
}

// Seen is an identity of histories with the person behind it.
type Seen struct {
	Who     Who
	As      Identity // after the mailmap
	Commits int
}

// maxAlike is how many persons of one name or local part are compared: more are
// a common name, which tells nothing.
const maxAlike = 8

// commonLocal are local parts that many have.
var commonLocal = map[string]bool{"info": true, "admin": true, "root": true, "mail": true, "email": true, "dev": true, "git": true, "github": true, "contact": true, "hello": true, "me": true, "noreply": true, "no-reply": true, "user": true, "support": true, "code": true, "gitlab": true, "developer": true, "ubuntu": true, "test": true, "work": true, "none": true, "unknown": true, "you": true, "team": true, "home": true, "public": true, "opensource": true, "webmaster": true, "office": true, "devnull": true}

// commonName are names that tell nothing.
var commonName = map[string]bool{"root": true, "unknown": true, "your name": true, "none": true, "user": true, "no name": true, "ubuntu": true, "admin": true, "github": true, "anonymous": true, "test": true, "developer": true, "vagrant": true, "dev": true, "me": true, "name": true, "(no author)": true, "no author": true}

// Suggest lists pairs of persons that may be one, the strongest and heaviest
// first. Bots and pairs that a decision keeps apart are left out.
func (d *Directory) Suggest(seen []Seen) []Suggestion {
	s := suggester{groups: map[string][]int{}, byKey: map[string]int{}, pairs: map[[2]int]*Suggestion{}, apart: d.apartPairs()}
	for _, x := range seen {
		if !x.Who.Bot && x.Who.Key != "" {
			s.enter(x)
		}
	}
	for _, reason := range sortedKeys(s.groups) {
		s.compare(reason, s.groups[reason])
	}
	out := make([]Suggestion, 0, len(s.pairs))
	for _, p := range s.pairs {
		out = append(out, *p)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		switch {
		case a.Strength != b.Strength:
			return a.Strength > b.Strength
		case a.Weight != b.Weight:
			return a.Weight > b.Weight
		}
		return a.A.Key()+"\x00"+a.B.Key() < b.A.Key()+"\x00"+b.B.Key()
	})
	return out
}

func (d *Directory) apartPairs() map[[2]string]bool {
	if d == nil {
		return nil
	}
	return d.apart
}

type suggester struct {
	persons []Seen
	byKey   map[string]int
	groups  map[string][]int // "reason\x00what" to persons
	pairs   map[[2]int]*Suggestion
	apart   map[[2]string]bool
}

func (s *suggester) enter(x Seen) {
	i, ok := s.byKey[x.Who.Key]
	if !ok {
		i = len(s.persons)
		s.byKey[x.Who.Key] = i
		s.persons = append(s.persons, x)
	} else {
		s.persons[i].Commits += x.Commits
	}
	put := func(reason, what string) {
		k := reason + "\x00" + what
		if list := s.groups[k]; !slices.Contains(list[max(0, len(list)-maxAlike-1):], i) && len(list) <= maxAlike {
			s.groups[k] = append(list, i)
		}
	}
	if n := foldName(x.As.Name); utf8.RuneCountInString(n) > 2 && !commonName[n] {
		if strings.Contains(n, " ") {
			put("1 the same name", n)
		} else {
			put("3 the same name of one word", n)
		}
	}
	email := strings.ToLower(x.As.Email)
	local, domain, _ := strings.Cut(email, "@")
	if login := LoginOfAddress(email); login != "" {
		put("0 the login of an address of a forge", login)
		put("2 the same local part", login)
	} else if plain, _, _ := strings.Cut(local, "+"); len(plain) >= 4 && !commonLocal[plain] && domain != "" {
		put("2 the same local part", plain)
	}
	if x.Who.Person != nil {
		for _, id := range x.Who.Person.Identities {
			if _, name, ok := strings.Cut(strings.ToLower(id.Login), "/"); ok {
				put("0 the login of an address of a forge", name)
			}
		}
	}
}

// LoginOfAddress is the login in an address that a forge made for it
// ("1234+ada@users.noreply.github.com"), in lower case; "" for other addresses.
func LoginOfAddress(email string) string {
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	switch domain {
	case "users.noreply.github.com":
		if _, login, ok := strings.Cut(local, "+"); ok {
			return login
		}
		return local
	case "users.noreply.gitlab.com", "noreply.gitlab.com":
		if _, login, ok := strings.Cut(local, "-"); ok {
			return login
		}
	}
	return ""
}

// foldName compares names whatever their case, blanks and order of parts
// ("Lovelace, Ada").
func foldName(name string) string {
	name = strings.ToLower(name)
	if last, first, ok := strings.Cut(name, ","); ok && !strings.Contains(first, ",") {
		name = first + " " + last
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(name, ".", " ")), " ")
}

func (s *suggester) compare(group string, who []int) {
	if len(who) < 2 || len(who) > maxAlike {
		return
	}
	reason, what, _ := strings.Cut(group, "\x00")
	strength := map[byte]int{'0': 3, '1': 2, '2': 1, '3': 1}[reason[0]]
	for x := range who {
		for _, b := range who[x+1:] {
			a := who[x]
			if s.persons[a].Commits < s.persons[b].Commits || s.persons[a].Commits == s.persons[b].Commits && s.persons[b].Who.Key < s.persons[a].Who.Key {
				a, b = b, a
			}
			pa, pb := &s.persons[a], &s.persons[b]
			if s.apart[pairOf(pa.Who.Key, pb.Who.Key)] || s.apart[pairOf(pa.As.Key(), pb.As.Key())] {
				continue
			}
			p := s.pairs[[2]int{a, b}]
			if p == nil {
				p = &Suggestion{A: pa.As, B: pb.As, Weight: min(pa.Commits, pb.Commits)}
				s.pairs[[2]int{a, b}] = p
			}
			p.Strength += strength
			p.Reasons = append(p.Reasons, reason[2:]+` "`+what+`"`)
		}
	}
}

func pairOf(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}
