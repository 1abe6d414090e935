package cli

import (
	"io"
	"math"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
)

func newImpactGiveBack(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "giveback",
		Short: "What we use of each upstream beside what our people gave to it",
		Long: `Giveback lists every upstream with what the scanned repositories use of it
(products, packages, direct or transitive, scope, depth) and what our people gave
in the window (commits, reviews, share, people), then the balance by team and
ecosystem, and for own projects the share of contributors from outside.

Our people are those whom the program says to be ours at the time. What is not
known is said and counts as nothing on neither side.`,
		Example: `  tributary impact giveback
  tributary impact giveback -o csv --file giveback.csv
  tributary impact giveback --as-of 2026-03-31 -o jsonl`,
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
			return s.write(func(w io.Writer) error { return investment.GiveBack(w, r, form, s.verbose) })
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "jsonl", "csv")
}

func newImpactPlan(s *settings) *cobra.Command {
	var budget impact.Budget
	c := &cobra.Command{
		Use:   "plan [--fte YEARS] [--money AMOUNT]",
		Short: "Which actions a budget pays for, and how much smaller the gaps would be",
		Long: `Plan chooses among the actions whose cost the program states (costs in goals.yaml
and upstreams.yaml): those that close most of a gap for their share of the budget,
one for each upstream, as long as the budget lasts.`,
		Example: `  tributary impact plan --fte 1.5
  tributary impact plan --fte 1 --money 50000 -o json
  tributary impact plan --as-of 2026-03-31 --fte 1`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if !(budget.FTE >= 0 && budget.Money >= 0 && budget.FTE+budget.Money > 0) || math.IsInf(budget.FTE+budget.Money, 0) {
				return wrongUse("Run \"tributary impact plan --help\" for examples.", "plan needs --fte or --money above 0")
			}
			r, err := s.impact(c.Context())
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error { return investment.Plan(w, r, impact.Choose(r.Scores, budget), form) })
		},
	}
	c.Flags().Float64Var(&budget.FTE, "fte", 0, "years of full-time work")
	c.Flags().Float64Var(&budget.Money, "money", 0, "money, in the currency of goals.yaml")
	s.addAsOf(c)
	return offer(c, "text", "json")
}

func newImpactMap(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "map",
		Short: "Which repository each package comes from, how sure that is, and who says so",
		Long: `Map lists every third-party package of the scanned repositories with the repository
where it is developed, the confidence (certain, high, medium, low, none), the source
of the answer, and the local clones of it whose history is known.`,
		Example: `  tributary impact map
  tributary impact map -o jsonl | jq 'select(.confidence == "none")'
  tributary impact map --as-of 2026-03-31 -o csv`,
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
			return s.write(func(w io.Writer) error { return investment.Map(w, r, form) })
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "jsonl", "csv")
}
