package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/work"
)

func newPolicy(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "policy",
		Short: "Rules: show them, test them, try new ones",
	}
	c.AddCommand(newPolicyTry(s), newPolicyShow(s), newPolicyTest(s), newPolicyDuties(s))
	return c
}

func newPolicyTry(s *settings) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "try NEW-POLICY.yaml [PATH…]",
		Short: "What-if: which verdicts would change under another policy, and where",
		Long: `Try judges the same facts under the present policy and under another one, and
lists what would change. Without paths it asks the store: the latest snapshot of
every scanned repository. Nothing is adopted.`,
		Example: `  tributary policy try new-policy.yaml
  tributary policy try new-policy.yaml ~/src/shop
  tributary policy try --program ./program -o json new-policy.yaml
  tributary policy try --as-of 2026-03-31 new-policy.yaml`,
		Args: between(1, math.MaxInt, "a policy file"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			changes, judged, err := tryPolicy(c.Context(), s, f, args[0], args[1:])
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error { return writeChanges(w, changes, judged, form) })
		},
	}
	f.add(c)
	s.addAsOf(c)
	return offer(c, "text", "json")
}

func tryPolicy(ctx context.Context, s *settings, f sourceFlags, file string, paths []string) ([]work.Change, int, error) {
	b, err := s.readInput(ctx, file, maxProgramFile)
	if err != nil {
		return nil, 0, err
	}
	office, err := s.office(ctx, true)
	if err != nil {
		return nil, 0, err
	}
	defer office.Close()
	other, findings := office.WithPolicy(file, b)
	if msg := work.Errors(findings); msg != "" {
		return nil, 0, &exitError{exitUsage, errorText("the new policy has errors:\n" + msg), ""}
	}
	var snaps []work.Scanned
	if len(paths) > 0 {
		f.licenses = true
		snaps, err = s.scanAll(ctx, office, f, paths, false)
	} else {
		snaps, err = office.Latest(ctx, func(string) bool { return true })
		if err == nil && len(snaps) == 0 {
			err = nothingScanned(office)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	changes, n := work.WhatIf(office, other, snaps)
	risks, m, err := work.RiskWhatIf(ctx, office, other, snaps)
	return append(changes, risks...), n + m, err
}

func writeChanges(w io.Writer, changes []work.Change, judged int, form string) error {
	if form == "json" {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if changes == nil {
			changes = []work.Change{}
		}
		return enc.Encode(struct {
			Judged  int           `json:"judged"`
			Changes []work.Change `json:"changes"`
		}{judged, changes})
	}
	n := 0
	for _, c := range changes {
		n += len(c.Items)
	}
	if _, err := fmt.Fprintf(w, "%d of %s would change\n", n, count(judged, "verdict")); err != nil {
		return err
	}
	for _, c := range changes {
		fmt.Fprintf(w, "\n%s to %s, by rule %s: %d\n", c.Before, c.After, report.Clean(c.Rule), len(c.Items))
		for i, x := range c.Items {
			if i == 10 {
				fmt.Fprintf(w, "  … and %d more (-o json lists all)\n", len(c.Items)-i)
				break
			}
			product := ""
			if x.Product != "" {
				product = ", " + x.Product
			}
			fmt.Fprintf(w, "  %s (%s) in %s%s\n", report.Clean(x.Purl), report.Clean(cmp.Or(x.Vulnerability, x.License, "unknown")), report.Clean(x.Repository), report.Clean(product))
		}
	}
	return nil
}

func newPolicyShow(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "List the rules in the order in which they are asked",
		Example: "  tributary policy show\n  tributary policy show --program ./program",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			office, err := s.office(c.Context(), false)
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				for _, r := range office.Policy.Rules() {
					if _, err := fmt.Fprintf(w, "%-34s %s  (%s%s)\n", report.Clean(r.ID), report.Clean(r.Text), report.Clean(r.File), at(r.Line)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func newPolicyTest(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:     "test",
		Short:   "Run the tests that the policy carries; exit code 1 when one fails",
		Example: "  tributary policy test --program ./program",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			office, err := s.office(c.Context(), false)
			if err != nil {
				return err
			}
			failed, all := 0, policy.RunTests(office.Policy)
			if err := s.write(func(w io.Writer) error {
				for _, r := range all {
					if !r.Passed {
						failed++
					}
					if !r.Passed || s.verbose {
						fmt.Fprintln(w, report.Clean(testLine(r)))
					}
				}
				_, err := fmt.Fprintf(w, "%s, %d failed\n", count(len(all), "test"), failed)
				return err
			}); err != nil {
				return err
			}
			if failed > 0 {
				return errPolicy
			}
			return nil
		},
	}
}

func newPolicyDuties(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "duties [LICENSE…]",
		Short: "Duty cards: what licenses ask for, when, with the section that says so",
		Long: `Duties prints the cards for the given licenses, or lists all licenses that have
some. The cards are written in our own words from the license texts; they are not
legal advice, and counsel should review them before anyone relies on them.`,
		Example: "  tributary policy duties\n  tributary policy duties MIT GPL-3.0-only",
		RunE: func(_ *cobra.Command, args []string) error {
			return s.write(func(w io.Writer) error { return writeCards(w, args) })
		},
	}
}

func writeCards(w io.Writer, ids []string) error {
	if len(ids) == 0 {
		for _, c := range license.Cards() {
			fmt.Fprintf(w, "%s: %s\n", strings.Join(c.Licenses, ", "), count(len(c.Duties), "duty"))
		}
		return nil
	}
	for _, id := range ids {
		e, err := license.Parse(id)
		if err != nil {
			return wrongUse("", "%v", err)
		}
		for _, l := range e.Leaves() {
			category, source := license.CategoryOf(l)
			fmt.Fprintf(w, "%s: category %s (%s)\n", l, category, source)
			if _, ok := license.CardOf(l); !ok {
				fmt.Fprintln(w, "  there is no card for it: what it asks for is not known here")
			}
			for _, d := range license.Duties(l, license.AllEvents) {
				fmt.Fprintf(w, "  %s [%s]\n    on %s; %s; reviewed by: %s\n", d.Text, d.Section, joinEvents(d.On), d.Action, orUnknown(d.ReviewedBy))
			}
		}
	}
	return nil
}

func joinEvents(events []license.Event) string {
	var words []string
	for _, e := range events {
		words = append(words, string(e))
	}
	return strings.Join(words, ", ")
}

// testLine says how a test of the policy went.
func testLine(r policy.TestResult) string {
	if r.Passed {
		return fmt.Sprintf("%s: pass: %s", r.At, r.Name)
	}
	return fmt.Sprintf("%s: FAIL: %s: %s", r.At, r.Name, r.Message)
}
