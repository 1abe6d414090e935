package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

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
			form, err := s.form(c)
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
				if err := s.sayNobody(c.Context(), db, args[0], asOf); err != nil {
					return err
				}
			}
			return s.write(func(w io.Writer) error { return writeHits(w, hits, form) })
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "jsonl")
}

// sayNobody tells "nobody uses it" from "nothing was looked at".
func (s *settings) sayNobody(ctx context.Context, db *store.DB, pkg string, asOf time.Time) error {
	refs, err := db.Latest(ctx, asOf)
	if err != nil {
		return err
	}
	if len(refs) == 0 {
		s.say("Nothing was scanned by %s; run \"tributary scan PATH\" first.", asOf.Format(time.DateOnly))
		return nil
	}
	hint := ""
	if !strings.Contains(pkg, "*") {
		hint = " A part of a name is found with *, as in '*" + pkg + "*'."
	}
	s.say("None of %s uses %s.%s", plural(len(refs), "scanned repository", "scanned repositories"), report.Clean(pkg), report.Clean(hint))
	return nil
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
		via := ""
		if len(u.Chain) > 0 {
			via = " via " + u.Chain[0]
		}
		if u.Fixture {
			via += ", test data or sample"
		}
		if _, err := fmt.Fprintf(w, "  %s %s, %s, %s%s  %s%s\n", report.Clean(u.Component.FullName()), report.Clean(versionWords(u.Component.Version, u.Requirement)), u.Relation, u.Scope,
			report.Clean(via), report.Clean(u.Manifest), at(u.Line)); err != nil {
			return err
		}
	}
	return nil
}

// exactly is cobra.ExactArgs with words for people.
func exactly(n int, what string) cobra.PositionalArgs {
	return between(n, n, what)
}

// between is cobra.RangeArgs with words for people.
func between(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return wrongUse("Run \""+c.CommandPath()+" --help\" for examples.", "%s needs %s; it got %s", strings.TrimPrefix(c.CommandPath(), "tributary "), what, arguments(len(args)))
		}
		return nil
	}
}

func arguments(n int) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}
