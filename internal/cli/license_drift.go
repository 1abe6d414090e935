package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newLicenseDrift(s *settings) *cobra.Command {
	var opts work.OutdatedOptions
	c := &cobra.Command{
		Use:   "drift",
		Short: "Where licenses change: latest versions, versions in use, what was stated before; change dates",
		Long: `Drift lists over all scanned repositories where a license differs between the
version in use and the latest one (upgrade), between two versions in use (versions),
or between what a registry stated of one version at first and now (restated).
Statements that changed and are not understood are listed as unclear. Then come the
versions under licenses that turn into others (BUSL-1.1, FSL-1.1), with their dates;
clocks in upstreams.yaml corrects these.

Licenses of latest versions are asked for by "tributary refresh --licenses all".`,
		Example: `  tributary license drift
  tributary license drift --direct --repository shop
  tributary license drift --as-of 2026-03-31 -o markdown --file drift.md
  tributary license drift -o json | jq '.drifts[] | select(.kind == "upgrade")'`,
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
			d, err := office.LicenseDrift(c.Context(), &opts)
			if errors.Is(err, work.ErrNothingScanned) {
				return &exitError{exitCouldNot, fmt.Errorf("nothing was scanned by %s", day(office.AsOf)), "Run \"tributary scan PATH…\" first."}
			}
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error { return writeDrift(w, d, form) })
		},
	}
	c.Flags().StringVar(&opts.Repository, "repository", "", "this repository only: its name, or the end of it")
	c.Flags().BoolVar(&opts.Direct, "direct", false, "direct dependencies only")
	s.addAsOf(c)
	return offer(c, "text", "json", "markdown")
}

type driftWire struct {
	Kind          string   `json:"kind"`
	Package       string   `json:"package"`
	Before        string   `json:"before"`
	LicenseBefore string   `json:"license_before"`
	DateBefore    *string  `json:"date_before"`
	After         string   `json:"after"`
	LicenseAfter  string   `json:"license_after"`
	DateAfter     *string  `json:"date_after"`
	Direct        bool     `json:"direct"`
	Repositories  []string `json:"repositories"`
	Source        string   `json:"source"`
}

type clockedWire struct {
	Package      string   `json:"package"`
	Version      string   `json:"version"`
	License      string   `json:"license"`
	Change       *string  `json:"change_date"`
	AtLatest     bool     `json:"at_the_latest"`
	To           string   `json:"change_license"`
	Grant        string   `json:"grant"`
	Passed       bool     `json:"passed"`
	Source       string   `json:"source"`
	Direct       bool     `json:"direct"`
	Repositories []string `json:"repositories"`
}

func writeDrift(w io.Writer, d *work.LicenseDrift, form string) error {
	if form == "json" {
		return driftJSON(w, d)
	}
	t := textWriter{w: w}
	head := []string{"component", "version", "license", "version", "license", "of", "kind", "relation", "repositories"}
	var rows, clocked [][]string
	for i := range d.Drifts {
		x := &d.Drifts[i]
		rows = append(rows, []string{x.Package.FullName(), x.Before, x.LicenseBefore, x.After, x.LicenseAfter, orMark(day(x.DateAfter)), x.Kind, directly(x.Direct), strings.Join(x.Repositories, " ")})
	}
	for i := range d.Clocked {
		x := &d.Clocked[i]
		clocked = append(clocked, []string{x.Package.FullName(), x.Turning.Text(), directly(x.Direct), strings.Join(x.Repositories, " ")})
	}
	clockHead := []string{"component", "turns", "relation", "repositories"}
	title := fmt.Sprintf("%s in licenses of %s, as of %s", count(len(d.Drifts), "change"), count(d.Components, "component"), day(d.AsOf))
	missing := fmt.Sprintf("Not known for %s whether the latest version is under another license; run \"tributary refresh --licenses all\".", count(d.NotKnown, "component"))
	if form == "markdown" {
		t.printf("# License drift\n\n%s.\n", title)
		t.markdownTable(head, rows)
		t.printf("\n## Licenses with a change date\n")
		t.markdownTable(clockHead, clocked)
		if d.NotKnown > 0 {
			t.printf("\n%s\n", markdownCell(missing))
		}
		return t.err
	}
	t.printf("%s\n", report.Clean(title))
	if len(rows) > 0 {
		t.printf("\n")
		t.columns(head, rows)
	}
	if len(clocked) > 0 {
		t.printf("\nLicenses with a change date: %s\n", strconv.Itoa(len(clocked)))
		t.columns(clockHead, clocked)
	}
	if d.NotKnown > 0 {
		t.printf("\n%s\n", missing)
	}
	return t.err
}

func directly(direct bool) string {
	if direct {
		return "direct"
	}
	return "transitive"
}

func driftJSON(w io.Writer, d *work.LicenseDrift) error {
	drifts, clocked := []driftWire{}, []clockedWire{}
	for i := range d.Drifts {
		x := &d.Drifts[i]
		drifts = append(drifts, driftWire{x.Kind, x.Package.String(), x.Before, x.LicenseBefore, dayWire(x.DateBefore), x.After, x.LicenseAfter, dayWire(x.DateAfter), x.Direct, x.Repositories, x.Source})
	}
	for i := range d.Clocked {
		x := &d.Clocked[i]
		c := &x.Turning
		clocked = append(clocked, clockedWire{x.Package.String(), c.Version, c.License, dayWire(c.Change), c.Latest, c.To, c.Grant, x.Passed, c.Source, x.Direct, x.Repositories})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(struct {
		AsOf       time.Time     `json:"as_of"`
		Components int           `json:"components"`
		NotKnown   int           `json:"not_known"`
		Drifts     []driftWire   `json:"drifts"`
		Clocked    []clockedWire `json:"clocked"`
	}{d.AsOf, d.Components, d.NotKnown, drifts, clocked})
}
