package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
)

func newExplain(s *settings) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "explain REPOSITORY PACKAGE",
		Short: "Why a verdict is what it is: rule, facts, source, date, and what would make it pass",
		Long: `Explain shows everything behind the verdicts on one package in one repository:
the rule that decided and where it stands, every statement on the license with
its source and date, the chain that brings the package in, waivers, duties, and
what would make it pass.

REPOSITORY is the name of a scanned repository (or the end of it), or a path,
which is scanned first. PACKAGE is a purl with or without version, or a name.`,
		Example: `  tributary explain . pkg:npm/lodash@4.17.20
  tributary explain github.com/example/shop lodash
  tributary explain --as-of 2026-03-31 shop lodash`,
		Args: exactly(2, "a repository and a package"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			f.licenses = true
			found, err := office.Explain(c.Context(), args[0], args[1], f.options(s, nil))
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					enc := json.NewEncoder(w)
					enc.SetIndent("", "  ")
					enc.SetEscapeHTML(false)
					return enc.Encode(found)
				}
				for _, x := range found {
					writeExplanation(w, x)
				}
				return nil
			})
		},
	}
	f.add(c)
	s.addAsOf(c)
	return offer(c, "text", "json")
}

func writeExplanation(w io.Writer, f report.Finding) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "  %-12s%s\n", label, report.Clean(fmt.Sprintf(format, args...)))
	}
	fmt.Fprintf(w, "%s: %s\n", report.Clean(f.Purl), strings.ToUpper(strings.ReplaceAll(f.Decision, "_", " ")))
	in := f.Repository
	if f.Product != "" {
		in += ", product " + f.Product
	}
	line("in", "%s", in)
	line("rule", "%s (%s%s): %s", f.Rule.ID, f.Rule.File, at(f.Rule.Line), f.Rule.Text)
	for i, r := range f.Reasons {
		label := "because"
		if i > 0 {
			label = ""
		}
		date := ""
		if !r.Date.IsZero() {
			date = ", " + r.Date.UTC().Format("2006-01-02")
		}
		source := ""
		if r.Source != "" {
			source = " (" + r.Source + date + ")"
		}
		line(label, "%s%s", r.Text, source)
	}
	lic := f.License
	if lic == "" {
		lic = "unknown"
	}
	if f.Branch != "" && f.Branch != lic {
		lic += ", elected: " + f.Branch
	}
	line("license", "%s: %s", lic, f.Basis)
	for _, x := range f.Facts {
		line("  "+x.Kind, "%s", factText(x))
	}
	line("used as", "%s, %s; delivery %s; coupling %s", f.Relation, f.Scope, orUnknown(strings.Join(f.Delivery, ", ")), orUnknown(f.Coupling))
	for i, p := range f.Places {
		label := "found in"
		if i > 0 {
			label = ""
		}
		req := ""
		if p.Requirement != "" {
			req = " asks for " + p.Requirement
		}
		line(label, "%s%s%s", p.Path, at(p.Line), req)
	}
	for i, c := range f.Chain {
		line("comes by", "%s%s", strings.Repeat("  ", i), c)
	}
	if f.Waiver != nil {
		line("waiver", "%s", waiverText(*f.Waiver))
	}
	if f.Note != "" {
		line("note", "%s", f.Note)
	}
	if len(f.Duties) > 0 {
		line("owed", "%s", strings.Join(f.Duties, ", "))
	}
	writeFixes(line, f.Fix)
	who := f.Team
	if who == "" {
		who = "no owner known"
	}
	if f.Role != "" {
		who += "; decides: " + f.Role
	}
	line("owner", "%s", who)
	writeRisks(w, f)
	fmt.Fprintln(w)
}

func writeFixes(line func(label, format string, args ...any), fixes []string) {
	for i, x := range fixes {
		label := "to pass"
		if i > 0 {
			label = "or"
		}
		line(label, "%s", x)
	}
}

func at(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf(":%d", line)
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func factText(x report.Fact) string {
	s := x.Expression
	switch {
	case s == "":
		s = fmt.Sprintf("%q (not understood as SPDX)", x.Raw)
	case x.Raw != "" && x.Raw != s:
		s += fmt.Sprintf(" (written %q)", x.Raw)
	}
	s += ", " + x.Source
	if x.File != "" && x.File != x.Source {
		s += ", " + x.File + at(x.FirstLine)
	}
	if !x.Observed.IsZero() {
		s += ", " + x.Observed.UTC().Format("2006-01-02")
	}
	if len(x.TextHash) > 12 {
		s += ", text sha256:" + x.TextHash[:12]
	}
	return s
}

func waiverText(w report.Waiver) string {
	s := fmt.Sprintf("%s, owner %s, approved by %s, until %s", w.ID, w.Owner, w.Approver, w.Expires.Format("2006-01-02"))
	if !w.Holds {
		s += "; does not hold: " + w.Why
	}
	return s
}
