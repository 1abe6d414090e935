package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/work"
)

type personFlags struct {
	org, from, until, basis, team, name, by string
	bot, human                              bool
}

func (f *personFlags) addEmployment(c *cobra.Command) {
	c.Flags().StringVar(&f.org, "org", "", "for whom they work; unknown says that nobody knows")
	f.addDates(c)
}

func (f *personFlags) addDates(c *cobra.Command) {
	c.Flags().StringVar(&f.from, "from", "", "first day (2025-01-01); without, always")
	c.Flags().StringVar(&f.until, "until", "", "the day after the last; without, until today and on")
	addBy(c, &f.by)
}

func newPeopleSet(s *settings) *cobra.Command {
	var f personFlags
	c := &cobra.Command{
		Use:   "set WHO",
		Short: "State a person's employer, team or name, or that an account is a bot",
		Long: `Set keeps a statement on a person, with who made it and when. It comes before what
imports say on the same basis where it begins later, and "people undo" takes it
back. With --bot and --human WHO may hold * for any text.`,
		Example: `  tributary people set ada@example.com --org "Example Corp" --from 2024-03-01 --team platform --by ospo@example.com
  tributary people set ada@example.com --org Acme --from 2021-01-01 --until 2024-03-01 --basis profile
  tributary people set '*-ci@example.com' --bot
  tributary people set 'Abbott <abbott@example.com>' --human --name "J. Abbott"`,
		Args: exactly(1, "an identity"),
		RunE: func(c *cobra.Command, args []string) error {
			decisions, err := f.decisions(args[0])
			if err != nil {
				return err
			}
			return s.decide(c.Context(), f.by, decisions)
		},
	}
	f.addEmployment(c)
	c.Flags().StringVar(&f.basis, "basis", string(people.CompanyStated), "what it rests on: "+strings.Join(basisNames(), ", "))
	c.Flags().StringVar(&f.team, "team", "", "team of ours")
	c.Flags().StringVar(&f.name, "name", "", "how the person is called")
	c.Flags().BoolVar(&f.bot, "bot", false, "it is a program")
	c.Flags().BoolVar(&f.human, "human", false, "it is no program, whatever it looks like")
	return c
}

func newPeopleDeclare(s *settings) *cobra.Command {
	f := personFlags{basis: string(people.SelfDeclared)}
	c := &cobra.Command{
		Use:     "self-declare WHO",
		Short:   "Keep what a person says of their own employer: it comes before all else",
		Example: "  tributary people self-declare ada@home.example.org --org \"Example Corp\" --from 2024-03-01 --until 2026-01-01 --by ada@home.example.org",
		Args:    exactly(1, "an identity"),
		RunE: func(c *cobra.Command, args []string) error {
			if f.org == "" {
				return wrongUse("", "say for whom they work: --org \"Example Corp\"")
			}
			decisions, err := f.decisions(args[0])
			if err != nil {
				return err
			}
			return s.decide(c.Context(), f.by, decisions)
		},
	}
	f.addEmployment(c)
	return c
}

// decisions are the entries that the flags ask for.
func (f *personFlags) decisions(arg string) (out []people.Entry, err error) {
	if f.bot && f.human {
		return nil, wrongUse("", "--bot and --human exclude each other")
	}
	if f.bot || f.human {
		kind := people.IsBot
		if f.human {
			kind = people.IsHuman
		}
		pattern := strings.TrimSpace(arg)
		if who, ok := people.ParseIdentity(arg); ok && !strings.Contains(arg, "*") {
			pattern = orElse(who.Email, who.Login)
		}
		if strings.Trim(pattern, "* ") == "" {
			return nil, wrongUse("", "%q is everybody", arg)
		}
		out = append(out, people.Entry{Kind: kind, Value: pattern})
	}
	if f.org == "" && f.team == "" && f.name == "" {
		if f.from != "" || f.until != "" {
			return nil, wrongUse("", "--from and --until bound an employment: say --org")
		}
		if len(out) == 0 {
			return nil, wrongUse("", "say what to set: --org, --team, --name, --bot or --human")
		}
		return out, nil
	}
	who, err := identityOf(arg)
	if err != nil {
		return nil, err
	}
	id := []people.Identity{who}
	if f.org != "" {
		e := people.Entry{Kind: people.Employed, Identities: id}
		if e.Employment, err = f.employment(); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if f.team != "" {
		out = append(out, people.Entry{Kind: people.InTeam, Identities: id, Value: f.team})
	}
	if f.name != "" {
		out = append(out, people.Entry{Kind: people.Named, Identities: id, Value: f.name})
	}
	return out, nil
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

func (f *personFlags) employment() (e people.Employment, err error) {
	if e.Basis, err = basisOf(f.basis); err != nil {
		return e, err
	}
	if e.Org = strings.TrimSpace(f.org); strings.EqualFold(e.Org, work.Unknown) {
		e.Org = ""
	}
	for _, d := range []struct {
		flag, text string
		at         *time.Time
	}{{"from", f.from, &e.From}, {"until", f.until, &e.To}} {
		if d.text == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, d.text)
		if err != nil || t.Year() < 1971 || t.Year() > 2099 {
			return e, wrongUse("", "--%s %q is not a date of an employment; write 2025-03-31", d.flag, d.text)
		}
		*d.at = t
	}
	if !e.From.IsZero() && !e.To.IsZero() && !e.From.Before(e.To) {
		return e, wrongUse("", "--from %s is not before --until %s", f.from, f.until)
	}
	return e, nil
}

func newPeopleAlias(s *settings) *cobra.Command {
	var by string
	c := &cobra.Command{
		Use:   "alias NAME ORGANIZATION",
		Short: "Count one name of an organization as another",
		Long: `Alias lets an organization that sources call by several names count as one. The
company's own name is the one of organization.name in the program.`,
		Example: "  tributary people alias \"Example Incorporated\" \"Example Corp\" --by ospo@example.com",
		Args:    exactly(2, "two names of an organization"),
		RunE: func(c *cobra.Command, args []string) error {
			name, of := strings.TrimSpace(args[0]), strings.TrimSpace(args[1])
			if name == "" || of == "" || strings.EqualFold(name, of) {
				return wrongUse("", "give two different names")
			}
			return s.decide(c.Context(), by, []people.Entry{{Kind: people.Alias, Name: strings.ToLower(name), Value: of}})
		},
	}
	addBy(c, &by)
	return c
}

func newPeopleDomain(s *settings) *cobra.Command {
	f := personFlags{basis: string(people.EmailDomain)}
	c := &cobra.Command{
		Use:   "domain DOMAIN ORGANIZATION",
		Short: "State whose the addresses of a domain and those below it are",
		Long: `Domain says for whom people work who commit with an address of a domain, where
nothing stronger is known of them. The organization unknown says that such an
address tells nothing. "people review --domains" suggests owners.`,
		Example: "  tributary people domain example.com \"Example Corp\" --by ospo@example.com\n  tributary people domain bought.example Acme --from 2015-01-01 --until 2024-07-01\n  tributary people domain alumni.example.edu unknown",
		Args:    exactly(2, "a domain and an organization"),
		RunE: func(c *cobra.Command, args []string) error {
			domain := strings.Trim(strings.ToLower(strings.TrimSpace(args[0])), "@.")
			if f.org = args[1]; domain == "" || strings.ContainsAny(domain, "@ *") || strings.TrimSpace(f.org) == "" {
				return wrongUse("", "%q is not a domain of addresses", args[0])
			}
			e, err := f.employment()
			if err != nil {
				return err
			}
			return s.decide(c.Context(), f.by, []people.Entry{{Kind: people.Owner, Name: domain, Value: e.Org, Employment: people.Employment{From: e.From, To: e.To}}})
		},
	}
	f.addDates(c)
	return c
}

func (s *settings) decide(ctx context.Context, by string, decisions []people.Entry) error {
	return s.withOffice(ctx, func(o *work.Office) error {
		made, err := o.Decide(ctx, s.actor(by), decisions...)
		if err != nil {
			return err
		}
		return s.write(func(w io.Writer) error {
			for i := range made {
				if _, err := fmt.Fprintf(w, "decision %d: %s\n", made[i].ID, report.Clean(entryText(&made[i]))); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func newPeopleUndo(s *settings) *cobra.Command {
	var by, source string
	c := &cobra.Command{
		Use:   "undo NUMBER…",
		Short: "Take imports and decisions back, by their number in \"people log\" or by their source",
		Long: `Undo takes entries back: nothing of what they said counts from now on. They are
not deleted, so that questions as of an earlier day (--as-of) are answered as
before, and an undo can be undone by its own number. When the last import of a
source is taken back the one before counts again; --source takes back all.`,
		Example: "  tributary people undo 12\n  tributary people undo --source cncf --by ospo@example.com",
		RunE: func(c *cobra.Command, args []string) error {
			var ids []int64
			for _, a := range args {
				var id int64
				if n, err := fmt.Sscanf(a, "%d", &id); n != 1 || err != nil || fmt.Sprint(id) != a || slices.Contains(ids, id) {
					return wrongUse("\"tributary people log\" lists the numbers.", "%q is not the number of an entry", a)
				}
				ids = append(ids, id)
			}
			if (source == "") == (len(ids) == 0) {
				return wrongUse("\"tributary people log\" lists both.", "say which entries by number, or --source NAME")
			}
			return s.withOffice(c.Context(), func(o *work.Office) error {
				undone, err := o.UndoPeople(c.Context(), ids, source, s.actor(by))
				if err != nil {
					return &exitError{exitUsage, err, ""}
				}
				return s.write(func(w io.Writer) error {
					for i := range undone {
						if _, err := fmt.Fprintf(w, "%d no longer counts: %s\n", undone[i].ID, report.Clean(entryText(&undone[i]))); err != nil {
							return err
						}
					}
					return nil
				})
			})
		},
	}
	c.Flags().StringVar(&source, "source", "", "take back all imports of this source")
	addBy(c, &by)
	return c
}
