package cli

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/work"
)

func newImpact(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "impact",
		Short: "Where to invest next: dependence, fragility, what we give, and goals, ranked with actions",
		Long: `Impact scores every upstream that the scanned repositories use. Need is
criticality (how much the products depend on it, what replacing it would cost,
what the goals say) times fragility (who carries it, how alive and how answered
it is); the gap is the need less what we give already. Each upstream has an action
by its dominant signal, with owner, cost where the program states one, and what
the score would be if it worked.

Nothing is read but the store: packages as "tributary scan" found them, histories
as "tributary history" did, and the program (products, goals.yaml, upstreams.yaml).
What is not known lowers the confidence, never the score; the range of the need
says what it could be. docs/impact.md has the formula.`,
		Example: `  tributary impact
  tributary impact -o html --file impact.html
  tributary impact -o svg --file chart.svg
  tributary impact --as-of 2026-03-31 -o markdown
  tributary impact explain github.com/prometheus/prometheus
  tributary impact what-if --upstream prometheus/prometheus --set caf=2`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			r, err := s.impact(c.Context())
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error { return s.writeImpact(w, r, form) })
		},
	}
	s.addAsOf(c)
	c.AddCommand(newImpactExplain(s), newImpactWhatIf(s), newImpactPlan(s), newImpactGiveBack(s), newImpactMap(s))
	return offer(c, "text", "json", "markdown", "html", "svg")
}

// impact computes the scores from the store.
func (s *settings) impact(ctx context.Context) (*investment.Report, error) {
	office, err := s.office(ctx, true)
	if err != nil {
		return nil, err
	}
	defer office.Close()
	if s.getenv("GOGC") == "" {
		gcPercent(400) // all of it is live until it is written
	}
	r, err := office.Impact(ctx, "tributary "+Version)
	if errors.Is(err, work.ErrNothingScanned) {
		return nil, nothingScanned(office)
	}
	return r, err
}

func (s *settings) writeImpact(w io.Writer, r *investment.Report, form string) error {
	switch form {
	case "json":
		return investment.JSON(w, r)
	case "markdown":
		return investment.Markdown(w, r)
	case "html":
		return investment.HTML(w, r)
	case "svg":
		return investment.SVG(w, r)
	}
	color, err := s.colored()
	if err != nil {
		return err
	}
	return investment.Text(w, r, investment.TextOptions{Color: color, Verbose: s.verbose})
}

func newImpactExplain(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "explain UPSTREAM",
		Short: "How each number of an upstream's score was made, from what",
		Long: `Explain writes every number of one upstream's score with its formula, its inputs
and who says so.

UPSTREAM is a repository (github.com/owner/name), the end of its name, or a package
that comes from it (pkg:npm/left-pad).`,
		Example: `  tributary impact explain github.com/prometheus/prometheus
  tributary impact explain pkg:npm/react
  tributary impact explain --as-of 2026-03-31 -o json vite`,
		Args: exactly(1, "an upstream"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			r, score, err := s.scoreOf(c.Context(), args[0])
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					return investment.ExplainJSON(w, rankOf(r, score), score)
				}
				return investment.Explain(w, r, score)
			})
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "json")
}

func (s *settings) scoreOf(ctx context.Context, wanted string) (*investment.Report, *impact.Score, error) {
	r, err := s.impact(ctx)
	if err != nil {
		return nil, nil, err
	}
	score, err := work.FindScore(r, wanted)
	if err != nil {
		return nil, nil, wrongUse("Run \"tributary impact -v\" for all of them, \"tributary impact map\" for packages.", "%w", err)
	}
	return r, score, nil
}

func rankOf(r *investment.Report, score *impact.Score) int {
	for i := range r.Scores {
		if &r.Scores[i] == score {
			return i + 1
		}
	}
	return 0
}

func newImpactWhatIf(s *settings) *cobra.Command {
	var name string
	var set []string
	c := &cobra.Command{
		Use:   "what-if --upstream UPSTREAM --set KEY=VALUE…",
		Short: "The score of an upstream if some inputs were different",
		Long: `What-if computes the score again with other inputs, and shows what changes.
Nothing is kept. What can not be added to, for it is not known, is said and left out;
the exit code is 3 when that is all.

A VALUE with a sign is added to what is there; "%" divides by 100; "fte" after our-reviews
or our-commits is a year of full-time work (reviews_per_fte and commits_per_fte in
goals.yaml). KEY is one of:
` + wrapped(impact.InputKeys(), 78) + `.`,
		Example: `  tributary impact what-if --upstream github.com/prometheus/prometheus --set caf=2
  tributary impact what-if --upstream prometheus --set caf=+1 --set our-reviews=+0.2fte
  tributary impact what-if --upstream vite --set archived=yes -o json
  tributary impact what-if --as-of 2026-03-31 --upstream vite --set seats=1 --set seats-target=1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			changes, err := parseChanges(name, set)
			if err != nil {
				return err
			}
			r, score, err := s.scoreOf(c.Context(), name)
			if err != nil {
				return err
			}
			before, after, refused := impact.WhatIf(score.Facts, changes, r.Params)
			if len(refused) == len(changes) {
				return &exitError{exitCouldNot, errors.Join(refused...), ""}
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					return investment.WhatIfJSON(w, &before, &after, changes, refused)
				}
				return investment.WhatIf(w, &before, &after, changes, refused)
			})
		},
	}
	c.Flags().StringVar(&name, "upstream", "", "the upstream, as in explain")
	c.Flags().StringArrayVar(&set, "set", nil, "an input and its value; may be given several times")
	must(c.RegisterFlagCompletionFunc("set", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var out []string
		for _, k := range impact.InputKeys() {
			out = append(out, k+"=")
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}))
	s.addAsOf(c)
	return offer(c, "text", "json")
}

func must(err error) {
	if err != nil {
		panic(err) // a mistake in our own flags, met by every test
	}
}

func parseChanges(name string, set []string) ([]impact.Change, error) {
	const hint = "Run \"tributary impact what-if --help\" for examples."
	if name == "" {
		return nil, wrongUse(hint, "what-if needs --upstream")
	}
	if len(set) == 0 {
		return nil, wrongUse(hint, "what-if needs at least one --set KEY=VALUE")
	}
	var out []impact.Change
	for _, text := range set {
		change, err := impact.ParseChange(text)
		if err != nil {
			return nil, wrongUse("", "--set %w", err)
		}
		out = append(out, change)
	}
	return out, nil
}

// wrapped joins words with commas in lines of a width.
func wrapped(words []string, width int) string {
	var b strings.Builder
	at := 0
	for i, w := range words {
		if i > 0 {
			b.WriteByte(',')
			if at+len(w)+2 > width {
				b.WriteByte('\n')
				at = 0
			} else {
				b.WriteByte(' ')
				at += 2
			}
		}
		b.WriteString(w)
		at += len(w)
	}
	return b.String()
}
