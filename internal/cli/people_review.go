package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/work"
)

func newPeopleReview(s *settings) *cobra.Command {
	var by string
	var ask, domains bool
	var least, most int
	c := &cobra.Command{
		Use:   "review",
		Short: "Persons of the mined histories that may be one: confirm or reject",
		Long: `Review lists pairs of persons that may be one, with the reasons, the most likely
and heaviest first. Nothing is linked by a like name alone: somebody confirms
("people link") or rejects ("people unlink"), and is asked for each with --ask:
y links, n keeps apart, s (or nothing) leaves it open, q ends. Rejected pairs are
not suggested again.

The strength adds up 3 for the login in an address that a forge made, 2 for a
full name, 1 for a name of one word or the part of an address before the @.`,
		Example: "  tributary people review\n  tributary people review --ask --by ospo@example.com\n  tributary people review --least 4 --most 1000 -o jsonl\n  tributary people review --domains",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if most < 1 {
				return wrongUse("", "--most takes a number from 1 on")
			}
			return s.withOffice(c.Context(), func(o *work.Office) error {
				if domains {
					owners, err := o.OwnerSuggestions(c.Context())
					if err != nil {
						return err
					}
					return s.write(func(w io.Writer) error { return writeOwners(w, owners, most, form) })
				}
				all, err := o.Suggestions(c.Context())
				if err != nil {
					return err
				}
				var list []people.Suggestion
				for _, x := range all {
					if x.Strength >= least {
						list = append(list, x)
					}
				}
				if ask {
					return s.askReview(c.Context(), o, list, s.actor(by))
				}
				return s.write(func(w io.Writer) error { return writeSuggestions(w, list, most, form) })
			})
		},
	}
	c.Flags().BoolVar(&ask, "ask", false, "ask for each on the terminal and keep the answers")
	c.Flags().BoolVar(&domains, "domains", false, "suggest whose domains of addresses are, by what sources state of people who have one")
	c.Flags().IntVar(&least, "least", 2, "leave out what is weaker")
	c.Flags().IntVar(&most, "most", 50, "how many to list")
	addBy(c, &by)
	return offer(c, "text", "jsonl")
}

type suggestionWire struct {
	A        string   `json:"a"`
	B        string   `json:"b"`
	Strength int      `json:"strength"`
	Commits  int      `json:"commits"` // of the one with fewer
	Reasons  []string `json:"reasons"`
}

func writeSuggestions(w io.Writer, list []people.Suggestion, most int, form string) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i, x := range list {
		if i == most {
			break
		}
		if form == "jsonl" {
			if err := enc.Encode(suggestionWire{x.A.String(), x.B.String(), x.Strength, x.Weight, x.Reasons}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(out, report.Clean(suggestionText(&x)))
		fmt.Fprintln(out, report.Clean(fmt.Sprintf("    tributary people link %s %s", shellWord(typed(x.A)), shellWord(typed(x.B)))))
	}
	if form == "text" {
		fmt.Fprintln(out, count(len(list), "pair")+" may be one person; \"people link\" confirms, \"people unlink\" rejects, --ask asks for each")
	}
	return out.Flush()
}

type ownerWire struct {
	Domain  string `json:"domain"`
	Org     string `json:"org"`
	For     int    `json:"for"`
	People  int    `json:"people"`
	Commits int    `json:"commits"`
}

func writeOwners(w io.Writer, list []people.OwnerSuggestion, most int, form string) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for i, x := range list {
		if i == most {
			break
		}
		if form == "jsonl" {
			if err := enc.Encode(ownerWire{x.Domain, x.Org, x.For, x.People, x.Commits}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintln(out, report.Clean(fmt.Sprintf("%s: %s for %d of %s with such an address and a stated employer (%s)", x.Domain, x.Org, x.For, count(x.People, "person"), count(x.Commits, "commit"))))
		fmt.Fprintln(out, report.Clean(fmt.Sprintf("    tributary people domain %s %s", shellWord(x.Domain), shellWord(x.Org))))
	}
	if form == "text" {
		fmt.Fprintln(out, count(len(list), "domain")+" may have an owner that sources know; \"people domain\" confirms")
	}
	return out.Flush()
}

func suggestionText(x *people.Suggestion) string {
	return fmt.Sprintf("%s and %s: %s (strength %d, %s)", x.A, x.B, strings.Join(x.Reasons, ", "), x.Strength, count(x.Weight, "commit"))
}

// typed is an identity as short as it can be typed.
func typed(who people.Identity) string { return orElse(who.Email, orElse(who.Login, who.Name)) }

func shellWord(s string) string {
	if strings.ContainsAny(s, " \t\n'\"\\$`!&|;<>()*?[]#~{}") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// askReview asks for each suggestion and keeps the answers.
func (s *settings) askReview(ctx context.Context, o *work.Office, list []people.Suggestion, by string) error {
	in := bufio.NewScanner(s.stdin)
	linked, apart, done := 0, 0, false
	for i := 0; i < len(list) && !done; i++ {
		x := &list[i]
		if x.A.Email+x.A.Login == "" || x.B.Email+x.B.Login == "" {
			continue // a name alone can't be decided on
		}
		fmt.Fprintf(s.stderr, "[%d of %d] %s\n  one person? [y/n/s/q] ", i+1, len(list), report.Clean(suggestionText(x)))
		if !in.Scan() {
			break
		}
		var kind people.EntryKind
		switch strings.ToLower(strings.TrimSpace(in.Text())) {
		case "y", "yes":
			kind = people.Same
			linked++
		case "n", "no":
			kind = people.Apart
			apart++
		case "q", "quit":
			done = true
		}
		if kind != "" {
			if _, err := o.Decide(ctx, by, people.Entry{Kind: kind, Identities: []people.Identity{x.A, x.B}}); err != nil {
				return err
			}
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	return s.write(func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%d linked, %d kept apart, %d left open\n", linked, apart, len(list)-linked-apart)
		return err
	})
}
