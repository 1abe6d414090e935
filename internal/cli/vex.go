package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/vex"
	"github.com/tributary-oss/tributary/internal/work"
)

func newVEX(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "vex",
		Short: "Whether vulnerabilities concern us: decisions, what others claim, and documents for recipients",
		Long: `VEX statements say whether a vulnerability concerns a product. Ours are decisions:
they stand in vex.yaml of the program, with reason, author and last day, and the
question is open again on the day after. What others say is imported as their
claim and decides nothing until somebody accepts it. A waiver accepts a risk and
never makes anything not affected.`,
	}
	c.AddCommand(newVEXCreate(s), newVEXImport(s), newVEXAccept(s), newVEXList(s), newVEXExport(s))
	return c
}

// vexFlags are what a person says when a decision is made.
type vexFlags struct {
	by, expires, justification, impact, pkg string
	products                                []string
}

func (f *vexFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.by, "by", "", "who decides and answers for it (an email address)")
	c.Flags().StringVar(&f.expires, "expires", "", "last day (2027-05-31); 180 days from now where a last day is needed")
	c.Flags().StringVar(&f.justification, "justification", "", "why it is not affected: "+strings.Join(vex.Justification("").Values(), ", "))
	c.Flags().StringVar(&f.impact, "impact", "", "why it is not affected, in own words")
	c.Flags().StringVar(&f.pkg, "package", "", "package URL, with a version or a range: 'pkg:npm/left-pad >=1.2 <1.3'")
	c.Flags().StringSliceVar(&f.products, "product", nil, "products it holds for; without, all")
}

func (f *vexFlags) check() (program.Package, vex.Justification, program.Date, error) {
	var pkg program.Package
	var last program.Date
	if f.by == "" {
		return pkg, "", last, wrongUse("", "say who decides: --by security@example.com")
	}
	if f.pkg != "" {
		var err error
		if pkg, err = program.ParsePackage(f.pkg); err != nil {
			return pkg, "", last, wrongUse("", "--package: %v", err)
		}
	}
	if j := vex.Justification("").Values(); f.justification != "" && !slices.Contains(j, f.justification) {
		return pkg, "", last, wrongUse("", "--justification takes %s, not %q", strings.Join(j, ", "), f.justification)
	}
	if f.expires != "" {
		if err := last.UnmarshalText([]byte(f.expires)); err != nil {
			return pkg, "", last, wrongUse("", "--expires: %v", err)
		}
	}
	return pkg, vex.Justification(f.justification), last, nil
}

func newVEXCreate(s *settings) *cobra.Command {
	var f vexFlags
	var id, vulnerability, status, action string
	var repositories, evidence []string
	c := &cobra.Command{
		Use:   "create",
		Short: "Write a decision on a vulnerability into vex.yaml of the program",
		Long: `Create appends a statement to vex.yaml in the program directory; the rest of the
file stays as it is. not_affected needs --justification or --impact, affected
needs --action.`,
		Example: `  tributary vex create --vulnerability CVE-2026-12345 --package pkg:npm/left-pad@1.2.0 \
    --status not_affected --justification vulnerable_code_not_in_execute_path --by security@example.com
  tributary vex create --vulnerability GO-2026-1234 --package 'pkg:golang/example.com/m <1.5' \
    --status affected --action "Update with release 12." --product shop --by security@example.com
  tributary vex create --id V-2026-010 --vulnerability CVE-2026-1 --package pkg:pypi/x --status not_affected --impact "Not called." \
    --expires 2027-01-31 --repository 'github.com/example/*' --evidence https://tickets.example.com/1 --by security@example.com`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			pkg, justification, last, err := f.check()
			if err != nil {
				return err
			}
			if vulnerability == "" || pkg.Text == "" || !slices.Contains(vex.Status("").Values(), status) {
				return wrongUse("Run \"tributary vex create --help\" for examples.", "say --vulnerability, --package and --status (%s)", strings.Join(vex.Status("").Values(), ", "))
			}
			x := program.VEXStatement{ID: id, Vulnerability: vulnerability, Package: pkg, Product: f.products, Status: vex.Status(status),
				Justification: justification, Impact: f.impact, Action: action, Author: f.by, Expires: last, Evidence: evidence}
			for _, r := range repositories {
				var g program.Glob
				if err := g.UnmarshalText([]byte(r)); err != nil {
					return wrongUse("", "--repository: %v", err)
				}
				x.Repository = append(x.Repository, g)
			}
			office, err := s.office(c.Context(), false)
			if err != nil {
				return err
			}
			defer office.Close()
			if x.ID == "" {
				x.ID = office.Program.NextStatementID(office.Now.Year())
			}
			return s.writeStatements(office, []program.VEXStatement{x})
		},
	}
	f.add(c)
	c.Flags().StringVar(&id, "id", "", "id of the statement; the next free one where it is not given")
	c.Flags().StringVar(&vulnerability, "vulnerability", "", "id of the vulnerability, or an alias")
	c.Flags().StringVar(&status, "status", "", "what was found: "+strings.Join(vex.Status("").Values(), ", "))
	c.Flags().StringVar(&action, "action", "", "what is done about it")
	c.Flags().StringSliceVar(&repositories, "repository", nil, "repositories it holds for; without, all")
	c.Flags().StringSliceVar(&evidence, "evidence", nil, "links or documents")
	return c
}

// writeStatements appends decisions to vex.yaml, or writes nothing at all.
func (s *settings) writeStatements(office *work.Office, list []program.VEXStatement) error {
	dir := office.ProgramDir
	if dir == "" {
		return wrongUse("Run \"tributary program init\", or name a directory with --program.", "decisions stand in the program, and there are no program files here")
	}
	name := filepath.Join(dir, "vex.yaml")
	text, err := os.ReadFile(name)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("cannot read %s: %w", name, err)
	}
	day := program.Date{Time: office.Now.UTC().Truncate(24 * time.Hour)}
	for i := range list {
		x := &list[i]
		x.Date = day
		if x.Expires.IsZero() && (x.Status == vex.NotAffected || x.Status == vex.UnderInvestigation) {
			x.Expires = program.Date{Time: day.AddDate(0, 0, 180)}
		}
		for _, p := range x.Product {
			if office.Program.Product(p) == nil {
				return wrongUse("", "the program has no product %q", p)
			}
		}
		if text, err = program.AppendStatement(text, *x); err != nil {
			return &exitError{exitUsage, err, ""}
		}
	}
	if err := replaceFile(name, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	for _, x := range list {
		until := ""
		if !x.Expires.IsZero() {
			until = ", until " + x.Expires.String()
		}
		s.say("%s: wrote %s: %s is %s in %s%s", report.Clean(name), x.ID, report.Clean(x.Vulnerability), x.Status, report.Clean(x.Package.Text), until)
	}
	return nil
}

func newVEXImport(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE…",
		Short: "Keep the statements of OpenVEX and CycloneDX documents as claims of their authors",
		Long: `Import reads OpenVEX and CycloneDX documents (JSON, told apart by content) and keeps
their statements as claims: they are shown beside findings and decide nothing
until "tributary vex accept" makes one a decision. A later version of a document
takes the place of the earlier one. "-" reads standard input.`,
		Example: "  tributary vex import vendor.openvex.json\n  curl -s https://vendor.example.com/vex.json | tributary vex import -",
		Args:    between(1, 10_000, "at least one file"),
		RunE: func(c *cobra.Command, args []string) error {
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			var out strings.Builder
			done := 0
			for _, name := range args {
				line, err := s.importVEX(c.Context(), office, name)
				if c.Context().Err() != nil {
					return c.Context().Err()
				}
				if err != nil {
					fmt.Fprintln(s.stderr, "tributary:", report.Clean(name+": "+err.Error()))
					continue
				}
				done++
				out.WriteString(line)
			}
			if done == 0 {
				return &exitError{exitCouldNot, fmt.Errorf("nothing could be imported of %d given", len(args)), ""}
			}
			err = s.write(func(w io.Writer) error {
				_, err := io.WriteString(w, out.String())
				return err
			})
			if failed := len(args) - done; err == nil && failed > 0 {
				err = &exitError{exitCouldNot, fmt.Errorf("%s of %d could not be read; the rest was imported", count(failed, "file"), len(args)), ""}
			}
			return err
		},
	}
}

func (s *settings) importVEX(ctx context.Context, office *work.Office, name string) (string, error) {
	in, err := s.openInput(ctx, name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, vex.MaxSize+1))
	if err != nil {
		return "", err
	}
	got, err := office.ImportVEX(ctx, raw, name)
	if err != nil {
		return "", err
	}
	d := got.Document
	for _, p := range d.Problems {
		s.say("%s: %s", report.Clean(name), report.Clean(p))
	}
	known := ""
	if got.Known {
		known = ", imported before"
	}
	return fmt.Sprintf("%s: %s of %s (%s%s)\n", report.Clean(name), count(len(d.Statements), "claim"), report.Clean(orUnknown(d.Author)), d.Format, known), nil
}

func newVEXAccept(s *settings) *cobra.Command {
	var f vexFlags
	c := &cobra.Command{
		Use:   "accept CLAIM",
		Short: "Make a claim a decision: it then stands in vex.yaml, with who accepted it",
		Long: `Accept writes a claim into vex.yaml as a decision of the person who accepts it,
one statement for each package that the claim names. CLAIM is its number in
"tributary vex list".`,
		Example: `  tributary vex accept 12 --by security@example.com
  tributary vex accept 12 --by security@example.com --product shop --expires 2027-05-31
  tributary vex accept 13 --by security@example.com --package 'pkg:npm/left-pad <2' --justification component_not_present --impact "Ours has no parser."`,
		Args: exactly(1, "the number of a claim"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return wrongUse("\"tributary vex list\" has the numbers.", "%q is not the number of a claim", args[0])
			}
			pkg, justification, last, err := f.check()
			if err != nil {
				return err
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			list, err := office.AcceptClaim(c.Context(), id, work.Acceptance{By: f.by, Expires: last, Products: f.products, Package: pkg, Justification: justification, Impact: f.impact})
			if err != nil {
				return err
			}
			return s.writeStatements(office, list)
		},
	}
	f.add(c)
	return c
}
