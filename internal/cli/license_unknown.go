package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newLicenseUnknown(s *settings) *cobra.Command {
	var f sourceFlags
	var all bool
	c := &cobra.Command{
		Use:   "unknown [PATH…]",
		Short: "List texts that read like a license and are none that is known, for a reviewer",
		Long: `Unknown lists every text that reads like a license and is none that is known:
its name (LicenseRef-tributary- and a hash of its words, the same in every file),
where it stands, and the text itself.

A reviewer names it once for the whole company ("license name"), in licenses.yaml of
the program; from then on every scan uses the name.

` + sourcesHelp,
		Example: `  tributary license unknown .
  tributary license unknown -o json ~/src/* | jq -r '.[] | [.files, .id] | @tsv'`,
		Args: between(0, math.MaxInt, "a path"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			return runLicenseUnknown(c.Context(), s, f, args, form, all)
		},
	}
	f.add(c)
	c.Flags().BoolVar(&all, "all", false, "list texts that have a name too")
	return offer(c, "text", "json")
}

func runLicenseUnknown(ctx context.Context, s *settings, f sourceFlags, args []string, form string, all bool) error {
	office, err := s.licenseOffice(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	p := newProgress(s, len(args))
	texts, total, err := office.UnknownTexts(ctx, args, work.LicenseOptions{ScanOptions: f.options(s, p)})
	p.end()
	if err != nil {
		return err
	}
	named := 0
	var shown []work.UnknownText
	for _, u := range texts {
		if u.Named != "" {
			named++
		}
		if u.Named == "" || all {
			shown = append(shown, u)
		}
	}
	if err := s.write(func(w io.Writer) error { return writeUnknown(w, shown, form, s.verbose) }); err != nil {
		return err
	}
	s.sayProblemList(total.Problems)
	s.say("%s in %s looked at; named: %d", count(len(texts), "unknown text"), count(total.Files, "file"), named)
	return nil
}

type unknownRow struct {
	ID     string     `json:"id"`
	Named  string     `json:"named"`
	Files  int        `json:"files"`
	Places []placeRow `json:"places"`
	Text   string     `json:"text"`
}

type placeRow struct {
	Path  string `json:"path"`
	Lines [2]int `json:"lines"`
}

func writeUnknown(w io.Writer, texts []work.UnknownText, form string, all bool) error {
	if form == "json" {
		rows := []unknownRow{}
		for _, u := range texts {
			row := unknownRow{u.ID, u.Named, u.Files, []placeRow{}, u.Text}
			for _, p := range u.Places {
				row.Places = append(row.Places, placeRow{p.Path, [2]int{p.FirstLine, p.LastLine}})
			}
			rows = append(rows, row)
		}
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(rows)
	}
	for i, u := range texts {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := writeUnknownText(w, u, all); err != nil {
			return err
		}
	}
	return nil
}

// shownLines is how much of an unknown text is shown without -v.
const shownLines = 30

func writeUnknownText(w io.Writer, u work.UnknownText, all bool) error {
	name := ""
	if u.Named != "" {
		name = ", named " + u.Named
	}
	fmt.Fprintf(w, "%s: in %s%s\n", report.Clean(u.ID), count(u.Files, "file"), report.Clean(name))
	for _, p := range u.Places {
		fmt.Fprintf(w, "  %s:%d-%d\n", report.Clean(p.Path), p.FirstLine, p.LastLine)
	}
	lines := strings.Split(strings.TrimRight(u.Text, "\n"), "\n")
	for i, line := range lines {
		if i == shownLines && !all {
			fmt.Fprintf(w, "  | … %d more lines (-v shows all)\n", len(lines)-i)
			break
		}
		fmt.Fprintf(w, "  | %s\n", report.Clean(line))
	}
	if u.Named != "" {
		return nil
	}
	_, err := fmt.Fprintf(w, "  name it: tributary license name %s EXPRESSION --by WHO --reason WHY\n", report.Clean(u.ID))
	return err
}
