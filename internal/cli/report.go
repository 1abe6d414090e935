package cli

import (
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/work"
)

func newReport(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "report",
		Short: "Report on everything in the store, now or as of a date, without reading a repository",
		Long: `Report judges the latest snapshot of every scanned repository, or with --as-of
the latest at that date under the program that was in force then. Nothing is read
but the store.`,
		Example: `  tributary report
  tributary report -o html --file report.html
  tributary report --as-of 2026-03-31 -o json --file evidence.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			if s.getenv("GOGC") == "" {
				// All of it is live until it is written: collecting finds little.
				gcPercent(400)
				if headline := form == "text" && !s.verbose; headline && s.getenv("GOMEMLIMIT") == "" {
					gcPercent(-1)
					debug.SetMemoryLimit(1 << 30) // the facts of half a million usages; above, it collects after all
				}
			}
			snaps, err := office.Latest(c.Context(), func(string) bool { return true })
			if err != nil {
				return err
			}
			if len(snaps) == 0 {
				return nothingScanned(office)
			}
			rep, err := office.Report(c.Context(), snaps, work.ReportOptions{Tool: "tributary " + Version, All: form == "json" && s.verbose, Headline: form == "text" && !s.verbose})
			if err != nil {
				return err
			}
			return s.writeReport(rep, form)
		},
	}
	s.addAsOf(c)
	return offer(c, reportForms...)
}

// nothingScanned is the error of a question to a store that was empty then.
func nothingScanned(o *work.Office) error {
	return &exitError{exitCouldNot, errorText("the store has no repository scanned by " + o.AsOf.Format(time.DateOnly)), "Run \"tributary scan PATH\" first."}
}

// reportForms are the faces of a report.
var reportForms = []string{"text", "json", "html", "markdown", "sarif", "junit"}

// addAsOf adds --as-of to a command that answers from the store.
func (s *settings) addAsOf(c *cobra.Command) {
	c.Flags().StringVar(&s.asOf, "as-of", "", "answer from the facts and the program as they were on this date (2026-03-31)")
}
