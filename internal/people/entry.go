package people

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// EntryKind says what an entry is.
type EntryKind string

// The kinds of entries.
const (
	Imported EntryKind = "import"
	Same     EntryKind = "same"  // all Identities are one person
	Apart    EntryKind = "apart" // no two of Identities are one person
	Employed EntryKind = "employment"
	InTeam   EntryKind = "team"
	Named    EntryKind = "name"
	IsBot    EntryKind = "bot"    // whatever is like Value
	IsHuman  EntryKind = "human"  // whatever is like Value
	Alias    EntryKind = "alias"  // the organization Name counts as Value
	Owner    EntryKind = "domain" // the domain Name is of the organization Value, as Employment is dated
	Undo     EntryKind = "undo"
)

// Entry is one thing that somebody told about people: an import, a decision, or
// that an earlier entry is taken back. Entries are only added, never changed, so
// that all of them can be taken back and asked about as of a date.
type Entry struct {
	ID   int64 // in the order in which they were made
	Kind EntryKind
	At   time.Time
	By   string // who made it
	// Name is that of an import's source, of an organization, or a domain. Of
	// imports of one name the last counts.
	Name       string
	Identities []Identity
	Employment Employment
	Value      string
	Undoes     int64
	Import     ImportCounts
	// Source is what an import to be kept says, Index what one that is kept says,
	// where that was asked for.
	Source *Source
	Index  *Index
}

// ImportCounts say what an import held.
type ImportCounts struct {
	Form   string // "gitdm", "sortinghat", "csv"
	Files  []string
	Digest string // SHA-256 of the files
	// Persons, Identities, Employments and Domains are what was understood;
	// Skipped counts what was not, Odd what was kept although it is odd.
	Persons, Identities, Employments, Domains, Skipped, Odd int
}

// State says whether an entry holds.
type State struct {
	Holds bool
	// By is the entry that took this one back, or replaced it; 0 for none.
	By int64
	// Replaced is true for an import of which there is a later one.
	Replaced bool
}

func (s State) String() string {
	switch {
	case s.Holds:
		return "holds"
	case s.Replaced:
		return fmt.Sprintf("replaced by %d", s.By)
	}
	return fmt.Sprintf("undone by %d", s.By)
}

// States tells which entries hold, by index. Entries come in the order of their
// ids. An undone undo leaves its entry as it was.
func States(entries []Entry) []State {
	out := make([]State, len(entries))
	undone, later := map[int64]int64{}, map[string]int64{}
	for i := len(entries) - 1; i >= 0; i-- {
		e := &entries[i]
		by := undone[e.ID]
		switch {
		case by != 0:
			out[i] = State{By: by}
			continue
		case e.Kind == Imported && later[e.Name] != 0:
			out[i] = State{By: later[e.Name], Replaced: true}
			continue
		case e.Kind == Imported:
			later[e.Name] = e.ID
		case e.Kind == Undo && undone[e.Undoes] == 0:
			undone[e.Undoes] = e.ID
		}
		out[i] = State{Holds: true}
	}
	return out
}

// Assemble adds to facts what those entries say that hold. Decisions come before
// imports, later imports before earlier ones.
func Assemble(f Facts, entries []Entry) Facts {
	states := States(entries)
	aliases := map[string]string{}
	for name, of := range f.Aliases {
		aliases[name] = of
	}
	f.Aliases = aliases
	f.Records, f.Sources, f.Links = slices.Clone(f.Records), slices.Clone(f.Sources), slices.Clone(f.Links)
	f.Bots, f.NotBots, f.Domains = slices.Clone(f.Bots), slices.Clone(f.NotBots), slices.Clone(f.Domains)
	for i := range entries {
		if states[i].Holds {
			f.decide(&entries[i])
		}
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if e := &entries[i]; states[i].Holds && e.Index != nil {
			f.Sources = append(f.Sources, e.Index)
		}
	}
	return f
}

// decide adds a decision to facts.
func (f *Facts) decide(e *Entry) {
	origin := e.Origin()
	record := Record{Identities: e.Identities[:min(1, len(e.Identities))], Origin: origin}
	switch e.Kind {
	case Same:
		f.Links = append(f.Links, Link{Same: e.Identities, Origin: origin})
	case Apart:
		f.Links = append(f.Links, Link{Apart: e.Identities, Origin: origin})
	case Employed:
		x := e.Employment
		x.Origin = origin
		record.Employment = []Employment{x}
		f.Records = append(f.Records, record)
	case InTeam:
		record.Team = e.Value
		f.Records = append([]Record{record}, f.Records...) // the last team counts
	case Named:
		record.Name = e.Value
		f.Records = append([]Record{record}, f.Records...)
	case IsBot:
		f.Bots, f.NotBots = append(f.Bots, e.Value), without(f.NotBots, e.Value)
	case IsHuman:
		f.NotBots, f.Bots = append(f.NotBots, e.Value), without(f.Bots, e.Value)
	case Owner:
		f.Domains = append(f.Domains, DomainRule{Domain: e.Name, Org: e.Value, From: e.Employment.From, To: e.Employment.To, Origin: origin})
	case Alias:
		f.Aliases[e.Name] = e.Value
	}
}

func without(list []string, s string) []string {
	return slices.DeleteFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}

// Origin names an entry where what it says is shown.
func (e *Entry) Origin() string {
	if e.Kind == Imported {
		return fmt.Sprintf("import %d (%s)", e.ID, e.Name)
	}
	return fmt.Sprintf("decision %d by %s", e.ID, e.By)
}
