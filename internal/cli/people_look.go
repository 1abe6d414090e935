package cli

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/work"
)

// personWire is a person on the wire.
type personWire struct {
	Key        string           `json:"key"`
	Name       string           `json:"name"`
	Team       string           `json:"team,omitempty"`
	Bot        bool             `json:"bot"`
	Org        string           `json:"org"` // at the date in question; "unknown"
	Basis      string           `json:"basis,omitempty"`
	Identities []string         `json:"identities"`
	Employment []employmentWire `json:"employment"`
	Sources    []string         `json:"sources"`
}

type employmentWire struct {
	Org    string `json:"org"`
	From   string `json:"from,omitempty"`
	Until  string `json:"until,omitempty"`
	Basis  string `json:"basis"`
	Source string `json:"source"`
}

func personWireOf(p *people.Person, now people.Term) personWire {
	out := personWire{Key: strings.TrimPrefix(p.Key, "@"), Name: p.Name, Team: p.Team, Bot: p.Bot, Org: orUnknown(now.Org), Basis: string(now.Basis), Identities: []string{}, Employment: []employmentWire{}, Sources: p.Origins}
	for _, i := range p.Identities {
		out.Identities = append(out.Identities, i.String())
	}
	for i := range p.Employment {
		e := &p.Employment[i]
		out.Employment = append(out.Employment, employmentWire{orUnknown(e.Org), dateOrNone(e.From), dateOrNone(e.To), string(e.Basis), e.Place()})
	}
	return out
}

func dateOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

func newPeopleList(s *settings) *cobra.Command {
	var f work.PeopleFilter
	c := &cobra.Command{
		Use:   "list [TEXT]",
		Short: "Persons of whom sources and decisions speak, with their employer",
		Long: `List shows whom imports and decisions speak of, with the employer as of today or
--as-of. TEXT is part of a name, address or login. Who only appears in histories
is counted by "tributary contributions".`,
		Example: "  tributary people list --org \"Example Corp\"\n  tributary people list --team platform -o jsonl\n  tributary people list lovelace --as-of 2025-01-01\n  tributary people list --bots",
		Args:    between(0, 1, "at most one text"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if len(args) == 1 {
				f.Text = args[0]
			}
			return s.withOffice(c.Context(), func(o *work.Office) error {
				list, err := o.People(c.Context(), f)
				if err != nil {
					return err
				}
				return s.write(func(w io.Writer) error { return writePeople(w, list, form, s.verbose) })
			})
		},
	}
	c.Flags().StringVar(&f.Org, "org", "", "who works for this organization")
	c.Flags().StringVar(&f.Team, "team", "", "who is of this team")
	c.Flags().BoolVar(&f.Bots, "bots", false, "bots")
	s.addAsOf(c)
	return offer(c, "text", "jsonl")
}

func writePeople(w io.Writer, list []work.KnownPerson, form string, all bool) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range list {
		p := &list[i]
		if form == "jsonl" {
			if err := enc.Encode(personWireOf(&p.Person, p.Employer)); err != nil {
				return err
			}
			continue
		}
		if i == mostRows && !all {
			fmt.Fprintf(out, "… and %d more (-v lists all)\n", len(list)-i)
			break
		}
		line := orElse(p.Name, strings.TrimPrefix(p.Key, "@")) + ": " + orUnknown(p.Employer.Org)
		if p.Team != "" {
			line += ", team " + p.Team
		}
		if p.Bot {
			line += ", bot"
		}
		var ids []string
		for _, who := range p.Identities {
			ids = append(ids, orElse(who.Email, who.Login))
		}
		fmt.Fprintln(out, report.Clean(line+"; "+strings.Join(ids, ", ")))
	}
	if form == "text" {
		fmt.Fprintln(out, count(len(list), "person"))
	}
	return out.Flush()
}

func newPeopleShow(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "show WHO",
		Short: "Why somebody counts as whom, and for whom they worked when",
		Long: `Show tells of the person behind an identity: all identities and who says that they
belong together, what is stated on employers by which source, and what follows
from it over time for commits with each address.`,
		Example: "  tributary people show ada@example.com\n  tributary people show github.com/ada -o json --as-of 2025-01-01",
		Args:    exactly(1, "an identity"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			who, err := identityOf(args[0])
			if err != nil {
				return err
			}
			return s.withOffice(c.Context(), func(o *work.Office) error {
				p, err := o.Person(c.Context(), who)
				if err != nil {
					return err
				}
				return s.write(func(w io.Writer) error {
					if form == "json" {
						return writePersonJSON(w, p)
					}
					return writePersonText(w, p)
				})
			})
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "json")
}

// termWire is a term of employment as it counts.
type termWire struct {
	Address    string  `json:"address"`
	Org        string  `json:"org"`
	From       string  `json:"from,omitempty"`
	Until      string  `json:"until,omitempty"`
	Basis      string  `json:"basis,omitempty"`
	Confidence float64 `json:"confidence"`
	Source     string  `json:"source,omitempty"`
}

func termsWire(all []work.AddressTerms) []termWire {
	out := []termWire{}
	for _, a := range all {
		for _, t := range a.Terms {
			out = append(out, termWire{orElse(a.Identity.Email, a.Identity.Login), orUnknown(t.Org), second(t.From), second(t.To), string(t.Basis), t.Confidence(), t.Origin})
		}
	}
	return out
}

func second(at int64) string {
	if at == math.MinInt64 || at == math.MaxInt64 {
		return ""
	}
	return time.Unix(at, 0).UTC().Format(time.DateOnly)
}

func writePersonJSON(w io.Writer, p *work.PersonShown) error {
	out := struct {
		Known  bool        `json:"known"`
		Bot    bool        `json:"bot"`
		Person *personWire `json:"person"`
		Counts []termWire  `json:"counts"`
		Notes  []string    `json:"notes"`
	}{Known: p.Who.Person != nil, Bot: p.Who.Bot, Counts: termsWire(p.Employers), Notes: append(append([]string{}, p.Conflicts...), p.Refused...)}
	if p.Who.Person != nil {
		x := personWireOf(p.Who.Person, p.Now)
		out.Person = &x
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func writePersonText(w io.Writer, p *work.PersonShown) error {
	var b strings.Builder
	if x := p.Who.Person; x != nil {
		fmt.Fprintf(&b, "%s\n", orElse(x.Name, strings.TrimPrefix(x.Key, "@")))
		if x.Team != "" {
			fmt.Fprintf(&b, "team %s\n", x.Team)
		}
		b.WriteString("identities\n")
		for _, i := range x.Identities {
			fmt.Fprintf(&b, "  %s\n", i)
		}
		fmt.Fprintf(&b, "  by %s\n", strings.Join(x.Origins, "; "))
		if len(x.Employment) > 0 {
			b.WriteString("stated\n")
		}
		for i := range x.Employment {
			e := &x.Employment[i]
			fmt.Fprintf(&b, "  %s%s; %s; %s\n", orUnknown(e.Org), between2(dateOrNone(e.From), dateOrNone(e.To)), e.Basis, e.Place())
		}
	} else {
		b.WriteString("no source and no decision speaks of this identity\n")
	}
	if p.Who.Bot {
		b.WriteString("counts as a bot\n")
	}
	b.WriteString("counts for\n")
	for _, a := range joinTerms(p.Employers) {
		for _, t := range termsWire([]work.AddressTerms{a}) {
			fmt.Fprintf(&b, "  %s%s with %s", t.Org, between2(t.From, t.Until), t.Address)
			if t.Basis != "" {
				fmt.Fprintf(&b, "; %s, confidence %.1f", t.Basis, t.Confidence)
			}
			b.WriteString("\n")
		}
	}
	for _, line := range append(append([]string{}, p.Conflicts...), p.Refused...) {
		b.WriteString("note: " + line + "\n")
	}
	_, err := io.WriteString(w, cleanLines(b.String()))
	return err
}

// joinTerms makes addresses that tell the same one.
func joinTerms(all []work.AddressTerms) (out []work.AddressTerms) {
	for _, a := range all {
		i := slices.IndexFunc(out, func(b work.AddressTerms) bool { return slices.Equal(a.Terms, b.Terms) })
		if i < 0 {
			out = append(out, a)
			continue
		}
		out[i].Identity.Email += ", " + a.Identity.Email
	}
	return out
}

func between2(from, until string) string {
	switch {
	case from == "" && until == "":
		return ""
	case from == "":
		return " until " + until
	case until == "":
		return " from " + from
	}
	return " from " + from + " until " + until
}

// entryWire is an entry of the log on the wire.
type entryWire struct {
	ID      int64  `json:"id"`
	Kind    string `json:"kind"`
	At      string `json:"at"`
	By      string `json:"by"`
	State   string `json:"state"`
	Says    string `json:"says"`
	Source  string `json:"source,omitempty"`
	Skipped int    `json:"skipped,omitempty"`
	Odd     int    `json:"odd,omitempty"`
}

func newPeopleLog(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "log",
		Short: "Every import and decision on people: what, by whom, when, and whether it counts",
		Example: "  tributary people log\n  tributary people log -o jsonl | jq 'select(.state == \"holds\")'\n" +
			"  tributary people log --as-of 2026-03-31",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			return s.withOffice(c.Context(), func(o *work.Office) error {
				list, err := o.PeopleEntries(c.Context())
				if err != nil {
					return err
				}
				return s.write(func(w io.Writer) error { return writeEntries(w, list, form) })
			})
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "jsonl")
}

func writeEntries(w io.Writer, list []work.PeopleEntry, form string) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i := range list {
		e := &list[i]
		if form == "jsonl" {
			x := entryWire{ID: e.ID, Kind: string(e.Kind), At: e.At.Format(time.RFC3339), By: e.By, State: e.State.String(), Says: entryText(&e.Entry), Skipped: e.Import.Skipped, Odd: e.Import.Odd}
			if e.Kind == people.Imported {
				x.Source = e.Name
			}
			if err := enc.Encode(x); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(out, report.Clean(fmt.Sprintf("%d (%s) %s: %s; by %s, %s", e.ID, e.State, e.Kind, entryText(&e.Entry), e.By, e.At.Format(time.DateOnly))))
	}
	if form == "text" && len(list) == 0 {
		fmt.Fprintln(out, "nothing was imported or decided yet")
	}
	return out.Flush()
}

// entryText says in words what an entry says.
func entryText(e *people.Entry) string {
	var who []string
	for _, i := range e.Identities {
		who = append(who, i.String())
	}
	all := strings.Join(who, " and ")
	switch e.Kind {
	case people.Imported:
		text := fmt.Sprintf("%s: %s, %s of %s", e.Name, e.Import.Form, count(e.Import.Persons, "record"), count(len(e.Import.Files), "file"))
		if e.Import.Skipped > 0 {
			text += fmt.Sprintf(", %d not understood", e.Import.Skipped)
		}
		return text
	case people.Same:
		return all + " are one person"
	case people.Apart:
		return all + " are different persons"
	case people.Employed:
		x := &e.Employment
		return fmt.Sprintf("%s works for %s%s (%s)", all, orElse(x.Org, "nobody known"), between2(dateOrNone(x.From), dateOrNone(x.To)), x.Basis)
	case people.InTeam:
		return all + " is of team " + e.Value
	case people.Named:
		return all + " is " + e.Value
	case people.IsBot:
		return e.Value + " is a bot"
	case people.IsHuman:
		return e.Value + " is no bot"
	case people.Alias:
		return fmt.Sprintf("%s counts as %s", e.Name, e.Value)
	case people.Owner:
		return fmt.Sprintf("addresses of %s are of %s%s", e.Name, orElse(e.Value, "nobody known"), between2(dateOrNone(e.Employment.From), dateOrNone(e.Employment.To)))
	case people.Undo:
		return fmt.Sprintf("%d is taken back", e.Undoes)
	}
	return string(e.Kind)
}
