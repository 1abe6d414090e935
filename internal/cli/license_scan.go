package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/work"
)

func newLicenseScan(s *settings) *cobra.Command {
	var f sourceFlags
	var o licenseScanFlags
	c := &cobra.Command{
		Use:   "scan [PATH…]",
		Short: "Find the licenses and copyright statements in files, with evidence",
		Long: `Scan looks into every file and says which licenses it speaks of: where, by which
text or rule, how surely. What a file says stays apart from what follows for it:
only --resolve takes a license from "see COPYING", from REUSE.toml, .reuse/dep5,
debian/copyright or FILE.license, or from the license of the directory, and then
says which. No policy is asked.

` + sourcesHelp + ` A single file of any kind is looked at too.

The forms jsonl (one object a line for each file with an answer) and json are
described in docs/license-detection.md.`,
		Example: `  tributary license scan .
  tributary license scan -o jsonl . | jq -r '[.path, .expression] | @tsv'
  git diff --name-only main | tributary license scan --files-from - -o jsonl .
  tributary license scan --resolve --worktree .`,
		Args: between(0, math.MaxInt, "a path"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			return runLicenseScan(c.Context(), s, f, o, args, form)
		},
	}
	f.add(c)
	o.add(c)
	return offer(c, "text", "json", "jsonl")
}

type licenseScanFlags struct {
	filesFrom string
	resolve   bool
	evidence  bool
	noCache   bool
}

func (o *licenseScanFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&o.filesFrom, "files-from", "", "look only at the files that this file lists, a path a line (\"-\" is standard input)")
	c.Flags().BoolVar(&o.resolve, "resolve", false, "follow references, annotations and directories through the tree; name a primary license and a table")
	c.Flags().BoolVar(&o.evidence, "evidence", false, "show imported findings of other scanners beside ours (\"license import\")")
	c.Flags().BoolVar(&o.noCache, "no-cache", false, "look at every file anew, and keep nothing in the store")
}

func runLicenseScan(ctx context.Context, s *settings, f sourceFlags, o licenseScanFlags, args []string, form string) error {
	only, err := s.listed(ctx, o.filesFrom)
	if err != nil {
		return err
	}
	office, err := s.licenseOffice(ctx, !o.noCache || o.evidence)
	if err != nil {
		return err
	}
	defer office.Close()
	p := newProgress(s, len(args))
	opts := work.LicenseOptions{ScanOptions: f.options(s, p), Only: only, Resolve: o.resolve, Evidence: o.evidence}
	opts.Again = o.noCache
	var total work.LicenseTotals
	err = s.write(func(w io.Writer) error {
		out := newLicenseWriter(w, form, o.resolve)
		total, err = office.ScanLicenses(ctx, args, opts, out.file)
		if err != nil {
			return err
		}
		return out.end(total)
	})
	p.end()
	if err != nil {
		return err
	}
	s.sayLicenseProblems(total)
	if total.Files == 0 && len(total.Problems) > 0 {
		return &exitError{exitCouldNot, fmt.Errorf("no file could be looked at; problems: %d", len(total.Problems)), ""}
	}
	return nil
}

// licenseOffice opens the store as a cache. Without one every file is looked at,
// which is slower and as right: that it can't be opened stops nothing.
func (s *settings) licenseOffice(ctx context.Context, withStore bool) (*work.Office, error) {
	office, err := s.office(ctx, withStore)
	if err == nil || !withStore || ctx.Err() != nil {
		return office, err
	}
	plain, other := s.office(ctx, false)
	if other != nil {
		return nil, err // it is not the store
	}
	s.say("tributary: going on without the store: %s", report.Clean(err.Error()))
	return plain, nil
}

// maxListed bounds the list of files.
const maxListed = 256 << 20

// listed reads a list of paths, one a line; nil when none is given.
func (s *settings) listed(ctx context.Context, name string) ([]string, error) {
	if name == "" {
		return nil, nil
	}
	in, err := s.openInput(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer in.Close()
	b, err := io.ReadAll(io.LimitReader(in, maxListed+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxListed {
		return nil, wrongUse("", "the list %s is larger than %d bytes", name, maxListed)
	}
	paths := []string{}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			paths = append(paths, line)
		}
	}
	return paths, nil
}

func (s *settings) sayLicenseProblems(total work.LicenseTotals) {
	s.sayProblemList(total.Problems)
	s.say("%s looked at, %d with an answer; problems: %d", count(total.Files, "file"), total.Answered, len(total.Problems))
}

func (s *settings) sayProblemList(problems []inventory.Problem) {
	const most = 20
	for i, p := range problems {
		if i == most && !s.verbose {
			s.say("… and %d more problems (-v lists all)", len(problems)-most)
			return
		}
		where := ""
		if p.Path != "" {
			where = p.Path + ": "
		}
		s.say("tributary: %s%s: %s", report.Clean(where), report.Clean(p.Kind), report.Clean(p.Message))
	}
}

// licenseWriter writes findings as they come.
type licenseWriter struct {
	w       *bufio.Writer
	form    string
	resolve bool
	enc     *json.Encoder
	n       int
}

func newLicenseWriter(w io.Writer, form string, resolve bool) *licenseWriter {
	out := &licenseWriter{w: bufio.NewWriterSize(w, 64<<10), form: form, resolve: resolve}
	out.enc = json.NewEncoder(out.w)
	out.enc.SetEscapeHTML(false)
	return out
}

func (l *licenseWriter) file(f *work.FileLicense) error {
	switch l.form {
	case "jsonl":
		return l.enc.Encode(newLicenseRow(f))
	case "json":
		// The list is written as it grows: a tree can be larger than memory should be.
		if l.n++; l.n == 1 {
			l.w.WriteString("{\"files\":[\n")
		} else {
			l.w.WriteString(",")
		}
		return l.enc.Encode(newLicenseRow(f))
	}
	return writeLicenseText(l.w, f, l.resolve)
}

func (l *licenseWriter) end(total work.LicenseTotals) error {
	switch l.form {
	case "json":
		if l.n == 0 {
			l.w.WriteString("{\"files\":[")
		}
		l.w.WriteString("],\n\"summary\":")
		if err := l.enc.Encode(newLicenseSummary(total)); err != nil {
			return err
		}
		l.w.WriteString("}\n")
	case "text":
		writeLicenseTrees(l.w, total)
	}
	return l.w.Flush()
}

func writeLicenseText(w io.Writer, f *work.FileLicense, resolve bool) error {
	shown := f.Expression
	how := ""
	if f.Resolved != nil {
		shown, how = f.Resolved.Expression, howWords(f)
	}
	if shown == "" {
		shown = "unknown"
		if !resolve && f.Expression == "" {
			shown = "no license"
		}
	}
	if _, err := fmt.Fprintf(w, "%s: %s%s\n", report.Clean(f.Path), report.Clean(shown), how); err != nil {
		return err
	}
	for _, m := range f.Matches {
		fmt.Fprintf(w, "  %s\n", matchWords(m))
	}
	for _, c := range f.Copyrights {
		fmt.Fprintf(w, "  © %s\n", report.Clean(c))
	}
	for _, e := range f.Evidence {
		fmt.Fprintf(w, "  %s says: %s\n", report.Clean(e.Source), report.Clean(orNone(e.Expression)))
	}
	return nil
}

func orNone(s string) string {
	if s == "" {
		return "no license"
	}
	return s
}

// howWords says how an answer was reached where the file itself does not say it.
func howWords(f *work.FileLicense) string {
	a := f.Resolved
	words := map[string]string{"adjacent": "by", "annotated": "by", "reference": "refers to", "inherited": "inherited from", "unknown": "refers to"}[string(a.How)]
	s := ""
	if words != "" && len(a.From) > 0 {
		s = " (" + words + " " + strings.Join(a.From, ", ") + ")"
	}
	if a.Note != "" {
		s += " [" + a.Note + "]"
	}
	return report.Clean(s)
}

func writeLicenseTrees(w io.Writer, total work.LicenseTotals) {
	for _, t := range total.Trees {
		name := t.Prefix
		if name == "" {
			name = "."
		}
		fmt.Fprintf(w, "\n%s: primary license %s%s\n", report.Clean(name), report.Clean(orUnknown(t.Primary)), report.Clean(from(t.PrimaryFrom)))
		for _, s := range t.Table {
			fmt.Fprintf(w, "  %-50s %6d  %s\n", report.Clean(s.Pattern), s.Files, report.Clean(orUnknown(s.Expression)))
		}
	}
}

func from(files []string) string {
	if len(files) == 0 {
		return ""
	}
	return " (from " + strings.Join(files, ", ") + ")"
}
