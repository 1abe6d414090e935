package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newDiff(s *settings) *cobra.Command {
	var f sourceFlags
	c := &cobra.Command{
		Use:   "diff PATH FROM TO",
		Short: "What changed between two revisions: packages, licenses, verdicts",
		Long: `Diff compares two revisions of one repository: packages that came, went or
changed version, scope or license; the repository's own licenses; and verdicts.

For things without revisions (directories, archives, SBOM files) give two paths:
diff OLD NEW.

What could not be read or understood in one of the two only is listed: some of the
difference may be for want of it.`,
		Example: `  tributary diff . v1.0 v1.1
  tributary diff -o json . HEAD~10 HEAD
  tributary diff old.cdx.json new.cdx.json`,
		Args: between(2, 3, "a path and two revisions, or two paths"),
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
			opts := f.options(s, nil)
			var d work.Difference
			if len(args) == 3 {
				d, err = office.DiffRevisions(c.Context(), args[0], args[1], args[2], opts)
			} else {
				d, err = office.DiffPaths(c.Context(), args[0], args[1], opts)
			}
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					enc := json.NewEncoder(w)
					enc.SetIndent("", "  ")
					enc.SetEscapeHTML(false)
					return enc.Encode(d)
				}
				return writeDiff(w, d)
			})
		},
	}
	return offer(c, "text", "json")
}

func writeDiff(w io.Writer, d work.Difference) error {
	from, to := short(d.From), short(d.To)
	if d.FromRepository != "" {
		from, to = d.FromRepository+" at "+from, d.Repository+" at "+to
	} else {
		from = d.Repository + ": " + from
	}
	fmt.Fprintf(w, "%s to %s\n", report.Clean(from), report.Clean(to))
	if d.Empty() {
		_, err := fmt.Fprintln(w, "no difference in packages, licenses or verdicts")
		return err
	}
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(w, "\n%s (%d)\n", title, len(lines))
		for _, l := range lines {
			fmt.Fprintln(w, "  "+report.Clean(l))
		}
	}
	section("Packages added", d.Added)
	section("Packages removed", d.Removed)
	section("Packages changed", d.ChangedText())
	section("Own licenses", d.Licenses)
	section("Verdicts", d.Verdicts)
	section("Not read or not understood in one of the two", d.NotRead)
	return nil
}

func short(commit string) string {
	if len(commit) == 40 || len(commit) == 64 {
		return commit[:12]
	}
	return commit
}
