package people

import (
	"fmt"
	"strings"
	"time"
)

// Basis is on what a statement of employment rests, best first.
type Basis string

// The bases in order of precedence: at a time for which several speak the first
// of these counts.
const (
	SelfDeclared  Basis = "self-declared"
	CompanyStated Basis = "company" // verified by the employer, or by who keeps a curated list
	EmailDomain   Basis = "email-domain"
	ProfileText   Basis = "profile"
)

// Bases lists them in order of precedence.
var Bases = []Basis{SelfDeclared, CompanyStated, EmailDomain, ProfileText}

// Confidence is how far a basis can be believed, from 0 to 1 (ours).
func (b Basis) Confidence() float64 {
	switch b {
	case SelfDeclared:
		return 1
	case CompanyStated:
		return 0.9
	case EmailDomain:
		return 0.7
	case ProfileText:
		return 0.4
	}
	return 0
}

func (b Basis) rank() int {
	for i, x := range Bases {
		if x == b {
			return i
		}
	}
	return len(Bases)
}

// Employment says for whom somebody worked. From is inclusive, To exclusive;
// zero for no bound. The organization "" says that there was none that is known.
type Employment struct {
	Org      string
	From, To time.Time
	Basis    Basis
	// Origin is the source that says so: an import and its file, a decision.
	Origin string
	// Line is where in the source's file it stands; 0 where that is not known.
	Line int
	// For are the identities that the source names with it; none for all that the
	// person has. A directory sets it.
	For []Identity
}

// Place is the origin with the line.
func (e *Employment) Place() string { return place(e.Origin, e.Line) }

func place(origin string, line int) string {
	if line == 0 {
		return origin
	}
	return fmt.Sprintf("%s:%d", origin, line)
}

// Record is what one source says of one person.
type Record struct {
	// ID is the source's name of the person; it links nothing by itself.
	ID         string
	Name       string
	Identities []Identity
	Team       string
	Bot        bool
	Employment []Employment
	// Origin is the source: an import and its file, a decision.
	Origin string
	Line   int
}

// Key folds what tells an identity from others: the address in lower case, else
// the login in lower case, else the name. Keys of the three do not meet.
func (who Identity) Key() string {
	switch {
	case strings.TrimSpace(who.Email) != "":
		return strings.ToLower(strings.TrimSpace(who.Email))
	case who.Login != "":
		return "@" + strings.ToLower(who.Login)
	}
	return "\x00" + who.Name
}

// ParseIdentity reads an identity as people write it: an address, "Name
// <address>", or a login with its forge ("github.com/ada"; a login alone is one
// of github.com). ok is false for anything else.
func ParseIdentity(s string) (who Identity, ok bool) {
	s = strings.TrimSpace(s)
	if name, rest, found := strings.Cut(s, "<"); found {
		email, tail, closed := strings.Cut(rest, ">")
		who = Identity{Name: strings.TrimSpace(name), Email: strings.TrimSpace(email)}
		return who, closed && strings.TrimSpace(tail) == "" && who.Email != ""
	}
	switch {
	case s == "" || len(s) > maxText || strings.ContainsAny(s, " \t\r\n>"):
		return Identity{}, false
	case strings.HasPrefix(s, "@"):
		return loginOf(s[1:])
	case strings.Contains(s, "@"):
		return Identity{Email: s}, true
	}
	return loginOf(s)
}

func loginOf(s string) (Identity, bool) {
	host, name, found := strings.Cut(s, "/")
	if !found {
		host, name = "github.com", s
	}
	if host == "" || name == "" {
		return Identity{}, false
	}
	return Identity{Login: strings.ToLower(host) + "/" + name}, true
}

// maxText bounds names, addresses and logins that are read, in bytes.
const maxText = 1000

// String is how people read and write an identity; [ParseIdentity] reads it.
func (who Identity) String() string {
	switch {
	case who.Email != "" && who.Name != "":
		return who.Name + " <" + who.Email + ">"
	case who.Email != "":
		return who.Email
	case who.Login != "":
		return who.Login
	}
	return who.Name
}
