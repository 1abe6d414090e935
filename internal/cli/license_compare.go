package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newLicenseCompare(s *settings) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "compare SCANCODE.json ROOT",
		Short: "Set our findings in a tree beside those of ScanCode, file by file",
		Long: `Compare reads a result of ScanCode Toolkit (--json, --json-pp or --json-lines) on
the tree ROOT, looks into the same files, and tells where the two differ: by file
and by license. Nothing is kept; "license import" keeps the result as evidence.

` + sourcesHelp,
		Example: `  scancode --license --json-pp scancode.json src
  tributary license compare scancode.json src
  tributary license compare -o json scancode.json src | jq '.files[] | select(.class == "only theirs")'`,
		Args: between(2, 2, "a ScanCode result and a path"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			return runLicenseCompare(c.Context(), s, f, args[0], args[1], form)
		},
	}
	f.add(c)
	return offer(c, "text", "json")
}

func runLicenseCompare(ctx context.Context, s *settings, f sourceFlags, document, root, form string) error {
	in, err := s.openInput(ctx, document)
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	defer in.Close()
	office, err := s.licenseOffice(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	p := newProgress(s, 1)
	cmp, err := office.CompareScanCode(ctx, in, root, work.LicenseOptions{ScanOptions: f.options(s, p)})
	p.end()
	if err != nil {
		return fmt.Errorf("%s: %w", document, err)
	}
	if err := s.write(func(w io.Writer) error { return writeComparison(w, cmp, form, s.verbose) }); err != nil {
		return err
	}
	s.sayProblemList(cmp.Totals.Problems)
	if n := len(cmp.OnlyInDocument); n > 0 {
		s.say("%s of %s %s not in %s, the first %s", count(n, "file"), report.Clean(document), isOrAre(n), report.Clean(root), report.Clean(cmp.OnlyInDocument[0]))
	}
	if cmp.NotUnderstood > 0 {
		s.say("of the expressions of %[2]s %[1]d could not be understood as SPDX: such count as they stand", cmp.NotUnderstood, report.Clean(document))
	}
	return nil
}

type comparisonRow struct {
	Source         string         `json:"source"`
	Counts         map[string]int `json:"counts"`
	Files          []comparedRow  `json:"files"`
	Licenses       []comparedID   `json:"licenses"`
	OnlyInDocument []string       `json:"only_in_document"`
}

type comparedRow struct {
	Path   string   `json:"path"`
	Class  string   `json:"class"`
	Ours   string   `json:"ours"`
	Theirs string   `json:"theirs"`
	More   []string `json:"only_ours"`
	Less   []string `json:"only_theirs"`
}

type comparedID struct {
	License    string `json:"license"`
	Both       int    `json:"both"`
	OnlyOurs   int    `json:"only_ours"`
	OnlyTheirs int    `json:"only_theirs"`
}

// classes in the order in which they are shown.
var classes = []string{work.SameExpression, work.SameIDs, work.Different, work.OnlyOurs, work.OnlyTheirs, work.NeitherSays}

func writeComparison(w io.Writer, c *work.LicenseComparison, form string, all bool) error {
	if form == "json" {
		return writeComparisonJSON(w, c)
	}
	fmt.Fprintf(w, "beside %s\n", report.Clean(c.Source))
	for _, class := range classes {
		fmt.Fprintf(w, "  %-12s %6d files\n", class, c.Counts[class])
	}
	fmt.Fprintf(w, "\n%-40s %8s %10s %12s\n", "license", "both", "only ours", "only theirs")
	for i, id := range c.IDs {
		if i == 30 && !all {
			fmt.Fprintf(w, "… and %d more (-v lists all)\n", len(c.IDs)-i)
			break
		}
		fmt.Fprintf(w, "%-40s %8d %10d %12d\n", report.Clean(id.ID), id.Both, id.Ours, id.Theirs)
	}
	for i, f := range c.Rows {
		if i == 0 {
			fmt.Fprintln(w)
		}
		if i == 50 && !all {
			fmt.Fprintf(w, "… and %d more files (-v lists all)\n", len(c.Rows)-i)
			break
		}
		fmt.Fprintf(w, "%s: %s\n  ours    %s\n  theirs  %s\n", report.Clean(f.Path), f.Class, report.Clean(orNone(f.Ours)), report.Clean(orNone(f.Theirs)))
	}
	return nil
}

func writeComparisonJSON(w io.Writer, c *work.LicenseComparison) error {
	row := comparisonRow{Source: c.Source, Counts: map[string]int{}, Files: []comparedRow{}, Licenses: []comparedID{}, OnlyInDocument: list(c.OnlyInDocument)}
	for _, class := range classes {
		row.Counts[strings.ReplaceAll(class, " ", "_")] = c.Counts[class]
	}
	for _, f := range c.Rows {
		row.Files = append(row.Files, comparedRow{f.Path, f.Class, f.Ours, f.Theirs, list(f.More), list(f.Less)})
	}
	for _, id := range c.IDs {
		row.Licenses = append(row.Licenses, comparedID{id.ID, id.Both, id.Ours, id.Theirs})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(row)
}

func newLicenseImport(s *settings) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "import SCANCODE.json ROOT",
		Short: "Keep a result of ScanCode as evidence beside our own findings",
		Long: `Import reads a result of ScanCode Toolkit on the tree ROOT and keeps what it says
of each content in the store, under the name and version of the scanner. It is
shown by "license scan --evidence" and "license explain", wherever the same
content stands, and is never joined with our own findings. A later import by the
same version takes the place of the earlier one.

` + sourcesHelp,
		Example: `  tributary license import scancode.json .
  tributary license scan --evidence .`,
		Args: between(2, 2, "a ScanCode result and a path"),
		RunE: func(c *cobra.Command, args []string) error {
			in, err := s.openInput(c.Context(), args[0])
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			defer in.Close()
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			total, err := office.ImportScanCode(c.Context(), in, args[1], f.options(s, nil))
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return s.write(func(w io.Writer) error { return writeImported(w, total) })
		},
	}
	f.add(c)
	return c
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func writeImported(w io.Writer, t work.ImportTotals) error {
	_, err := fmt.Fprintf(w, "%s: %s, %d kept as evidence\n", report.Clean(t.Source), count(t.Files, "file"), t.Kept)
	if n := len(t.NotInTree); n > 0 {
		fmt.Fprintf(w, "%d %s not in the tree, the first %s\n", n, isOrAre(n), report.Clean(t.NotInTree[0]))
	}
	if t.Failed > 0 {
		fmt.Fprintf(w, "%d could not be scanned by it\n", t.Failed)
	}
	if t.NotUnderstood > 0 {
		fmt.Fprintf(w, "of the expressions %d could not be understood as SPDX: such are kept as written\n", t.NotUnderstood)
	}
	return err
}
