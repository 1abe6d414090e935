package cli

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
)

func newWhereUsed(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "where-used PACKAGE",
		Short: "Which repositories use a package, in which version, how, and where",
		Long: `Where-used asks the store: the latest snapshot of every scanned repository, or
with --as-of the latest at that date.

PACKAGE is a purl with or without version, a plain name, or a pattern with *.`,
		Example: `  tributary where-used lodash
  tributary where-used pkg:npm/lodash@4.17.20
  tributary where-used 'pkg:maven/org.apache.logging.log4j/*'
  tributary where-used --as-of 2026-03-31 -o jsonl github.com/sirupsen/logrus`,
		Args: exactly(1, "a package"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.formatIs("text", "jsonl")
			if err != nil {
				return err
			}
			now, err := s.now()
			if err != nil {
				return err
			}
			asOf, err := s.asOfDate(now)
			if err != nil {
				return err
			}
			db, err := s.openStore(c.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			hits, err := db.WhereUsed(c.Context(), store.WhereUsedQuery{Package: args[0], AsOf: asOf})
			if err != nil {
				return err
			}
			if len(hits) == 0 {
				s.say("No scanned repository uses %s. Scanned repositories: tributary scan lists them.", report.Clean(args[0]))
			}
			return s.write(func(w io.Writer) error { return writeHits(w, hits, form) })
		},
	}
	c.Flags().StringVar(&s.asOf, "as-of", "", "answer as of this date (2026-03-31)")
	return c
}

func writeHits(w io.Writer, hits []store.Hit, form string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	last := ""
	for _, h := range hits {
		if form == "jsonl" {
			sn := inventory.Snapshot{Repository: inventory.Repository{Name: h.Repository}, Commit: h.Commit}
			if err := enc.Encode(newUsageRow(&sn, h.Usage)); err != nil {
				return err
			}
			continue
		}
		if h.Repository != last {
			last = h.Repository
			fmt.Fprintln(w, report.Clean(h.Repository))
		}
		u := h.Usage
		version := u.Component.Version
		if version == "" {
			version = "unresolved " + u.Requirement
		}
		via := ""
		if len(u.Chain) > 0 {
			via = " via " + u.Chain[0]
		}
		if _, err := fmt.Fprintf(w, "  %s %s, %s, %s%s  %s:%d\n", report.Clean(u.Component.FullName()), report.Clean(version), u.Relation, u.Scope,
			report.Clean(via), report.Clean(u.Manifest), u.Line); err != nil {
			return err
		}
	}
	return nil
}

// exactly is cobra.ExactArgs with words for people.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return wrongUse("Run \""+c.CommandPath()+" --help\" for examples.", "%s needs %s; it got %d arguments", c.Name(), what, len(args))
		}
		return nil
	}
}
