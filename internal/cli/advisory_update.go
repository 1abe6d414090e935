package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/feed"
	"github.com/tributary-oss/tributary/internal/work"
)

func newAdvisoryUpdate(s *settings) *cobra.Command {
	var from []string
	var ecosystems []string
	var again bool
	c := &cobra.Command{
		Use:   "update",
		Short: "Bring the mirror of advisories up to date",
		Long: `Update reads advisories in the OSV format (schema 1.x) into the store. Only what
changed since the last update is read again. Each feed is one transaction: an
update that is interrupted leaves what was there.

--from takes, once or several times,
  a directory in the layout of OSV's public bucket: ECOSYSTEM/all.zip
  a directory of JSON files, such as a clone of an advisory database
  Go's database (vuln.go.dev), as a directory or as vulndb.zip
  an archive (.zip) of JSON files, or a single record
  CISA's catalog of known exploited vulnerabilities (.json)
  FIRST's scores of exploitation probability, EPSS (.csv, .csv.gz)
  the address (https://…) of such a file, or of a bucket in OSV's layout
Without --from, OSV's public bucket is asked. Of a bucket the ecosystems are read
that --ecosystem names, or of which the store has components; only what the
server has changed is fetched.`,
		Example: `  tributary advisory update --from ~/osv
  tributary advisory update --ecosystem npm,Go
  tributary advisory update --from npm/all.zip --from vulndb.zip
  tributary advisory update --from known_exploited_vulnerabilities.json --from epss_scores-current.csv.gz`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(from) == 0 {
				from = []string{feed.PublicBucket}
			}
			return s.updateAdvisories(c, from, ecosystems, again)
		},
	}
	c.Flags().StringArrayVar(&from, "from", nil, "where to read advisories from; may be repeated")
	c.Flags().StringSliceVar(&ecosystems, "ecosystem", nil, "which ecosystems of a bucket (npm, Go, PyPI, crates.io, Maven, Debian:12…)")
	c.Flags().BoolVar(&again, "again", false, "read everything anew, even what has not changed")
	return c
}

func (s *settings) updateAdvisories(c *cobra.Command, from, ecosystems []string, again bool) error {
	office, err := s.advisoryOffice(c)
	if err != nil {
		return err
	}
	defer office.Close()
	bar := newCounter(s)
	var all []work.FeedUpdate
	failed := 0
	for _, path := range from {
		opts := work.AdvisoryOptions{Again: again, Workers: s.jobs, Progress: bar.show}
		var updates []work.FeedUpdate
		if feed.IsURL(path) {
			updates, err = office.FetchAdvisories(c.Context(), path, filepath.Join(s.cacheDir(), "advisories"), ecosystems, opts)
		} else {
			updates, err = office.UpdateAdvisories(c.Context(), path, opts)
		}
		bar.end()
		if c.Context().Err() != nil {
			return c.Context().Err()
		}
		if err != nil {
			complain(s.stderr, err)
			failed++
		}
		for _, u := range updates {
			if u.Err != nil {
				complain(s.stderr, u.Err)
				failed++
			}
		}
		all = append(all, updates...)
	}
	if err := s.write(func(w io.Writer) error { return writeUpdates(w, all) }); err != nil {
		return err
	}
	if changed(all) {
		s.say("\"tributary advisory affected --since %s\" says who is affected by what changed.", office.Now.Add(-time.Second).Format(time.RFC3339))
	}
	if failed > 0 {
		return &exitError{exitCouldNot, fmt.Errorf("%d of the feeds could not be read; what was kept of them before stays", failed), ""}
	}
	return nil
}

// changed says whether an update of a mirror that was not empty brought
// anything.
func changed(updates []work.FeedUpdate) bool {
	return slices.ContainsFunc(updates, func(u work.FeedUpdate) bool {
		return u.Err == nil && u.Change.Changed+u.Change.Gone > 0 || u.Change.New > 0 && u.Change.Unchanged > 0
	})
}

func writeUpdates(w io.Writer, updates []work.FeedUpdate) error {
	for _, u := range updates {
		if u.Err != nil {
			continue
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n", report.Clean(u.Name), describeUpdate(u)); err != nil {
			return err
		}
	}
	return nil
}

func describeUpdate(u work.FeedUpdate) string {
	if u.Kind != "osv" {
		text := count(u.Listed, "entry")
		if u.Bad > 0 {
			text += fmt.Sprintf(", %d not understood", u.Bad)
		}
		return text
	}
	if u.Same {
		return fmt.Sprintf("unchanged (%s)", count(u.Change.Unchanged, "file"))
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{u.Change.New, "new"}, {u.Change.Changed, "changed"}, {u.Change.Withdrawn, "of them withdrawn"}, {u.Change.Gone, "no longer listed"}, {u.Change.Unchanged, "unchanged"},
		{u.Change.Older, "older than what is kept"}, {u.Change.Twice, "in more than one file"}, {u.Change.Faults, "not understood (tributary advisory status -v lists them)"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if len(parts) == 0 {
		return "no records"
	}
	return strings.Join(parts, ", ")
}
