package cli

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/marked"
	"github.com/tributary-oss/tributary/internal/work"
)

func newLicenseExplain(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "explain FILE",
		Short: "Show a file with the places marked that speak of licenses, and why",
		Long: `Explain shows one file on disk with every match marked: its license, kind, lines
and score. Lines without a mark are left out (-v shows all). What other scanners
said of the same content, if it was imported, stands beside it.`,
		Example: `  tributary license explain src/main.c
  tributary license explain -o html --file explain.html COPYING`,
		Args: between(1, 1, "a file"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.licenseOffice(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			f, content, err := office.ExplainFile(c.Context(), args[0])
			if err != nil {
				return err
			}
			colored, err := s.colored()
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error { return writeExplained(w, explained(f, content), form, colored, s.verbose) })
		},
	}
	return offer(c, "text", "html")
}

func writeExplained(w io.Writer, d *marked.Document, form string, color, all bool) error {
	if form == "html" {
		return marked.HTML(w, d)
	}
	return marked.Terminal(w, d, marked.Options{Color: color, All: all})
}

// explained is the document about one file.
func explained(f *work.FileLicense, content []byte) *marked.Document {
	d := &marked.Document{Title: f.Path, Text: content}
	fact := func(name, value string) { d.Facts = append(d.Facts, [2]string{name, value}) }
	fact("expression", orNone(f.Expression))
	for _, c := range f.Copyrights {
		fact("copyright", c)
	}
	for _, e := range f.Evidence {
		fact(e.Source+" says", orNone(e.Expression))
		for _, m := range e.Matches {
			fact("  "+m.Expression, fmt.Sprintf("lines %d-%d, score %s, %s", m.FirstLine, m.LastLine, number(m.Score), orUnknown(m.Rule)))
		}
	}
	for _, m := range f.Matches {
		start, end := work.Span(content, m)
		d.Marks = append(d.Marks, marked.Mark{Start: start, End: end, Label: matchLabel(m), Detail: matchDetail(m)})
	}
	return d
}

func matchLabel(m work.Match) string {
	if m.Expression == "" && m.RefersTo != "" {
		return "see " + m.RefersTo
	}
	return orUnknown(m.Expression)
}

// matchDetail says where a match lies and why it is one.
func matchDetail(m work.Match) string {
	parts := []string{lineWords(m), m.Kind, "score " + number(m.Score)}
	if m.Rule != "" {
		parts = append(parts, "by "+m.Rule)
	}
	if m.Covered > 0 {
		parts = append(parts, fmt.Sprintf("%s of the text", percent(m.Covered)), plural(m.Distance, "word differs", "words differ"))
	}
	return strings.Join(parts, ", ")
}

func lineWords(m work.Match) string {
	if m.LastLine > m.FirstLine {
		return fmt.Sprintf("lines %d-%d", m.FirstLine, m.LastLine)
	}
	return fmt.Sprintf("line %d", m.FirstLine)
}

func number(score float64) string { return strconv.FormatFloat(rounded(score), 'g', -1, 64) }

func percent(share float64) string { return strconv.Itoa(int(share*100)) + " %" }
