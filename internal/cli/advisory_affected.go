package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newAdvisoryAffected(s *settings) *cobra.Command {
	var since string
	c := &cobra.Command{
		Use:   "affected ID",
		Short: "Who is affected by an advisory: products, repositories, owners, the way in, the fixed version",
		Long: `Affected asks the store who uses what an advisory means: the latest state of
every scanned repository, or with --as-of the state at a date. Repositories are
not read again. ID is any name of the vulnerability: CVE-…, GHSA-…, GO-….

With --since it asks the same for everything that the mirror learned after a
date: what an update brought is matched anew, and nothing else.`,
		Example: `  tributary advisory affected CVE-2021-44228
  tributary advisory affected GHSA-jfh8-c2jp-5v3q -o json
  tributary advisory affected --since 2026-11-22 -o jsonl
  tributary advisory affected GO-2022-0969 --as-of 2026-06-30`,
		Args: between(0, 1, "an ID, or --since"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if (len(args) == 0) == (since == "") {
				return wrongUse("Run \"tributary advisory affected --help\" for examples.", "give either an ID or --since")
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			if err := s.requireAdvisories(c, office); err != nil {
				return err
			}
			b, err := s.blast(c, office, args, since)
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				switch form {
				case "json":
					return writeBlastJSON(w, b)
				case "jsonl":
					return writeBlastLines(w, b)
				}
				return writeBlastText(w, b, since != "")
			})
		},
	}
	c.Flags().StringVar(&since, "since", "", "all that the mirror learned after this date (2026-11-22, or with a time)")
	s.addAsOf(c)
	return offer(c, "text", "json", "jsonl")
}

func (s *settings) blast(c *cobra.Command, office *work.Office, args []string, since string) (*work.Blast, error) {
	if since != "" {
		after, err := time.Parse(time.DateOnly, since)
		if err != nil {
			if after, err = time.Parse(time.RFC3339, since); err != nil {
				return nil, wrongUse("", "--since %q is not a date; write 2026-03-31 or 2026-03-31T12:00:00Z", since)
			}
		}
		return office.AffectedSince(c.Context(), after)
	}
	b, err := office.Affected(c.Context(), args[0])
	if err != nil || len(b.Records) > 0 {
		return b, err
	}
	hint := "That may mean that it is new, or of an ecosystem that the mirror lacks; \"tributary advisory status\" says what there is."
	for _, d := range b.Mirror.Doubts() {
		hint += "\n" + d
	}
	return nil, &exitError{exitCouldNot, fmt.Errorf("no advisory in the mirror is named %q, so nothing can be said about who is affected", args[0]), hint}
}

type blastRow struct {
	findingRow
	Products []string `json:"products"`
	Team     string   `json:"team"`
	Contact  string   `json:"contact"`
}

func newBlastRow(h *work.BlastHit) blastRow {
	return blastRow{newFindingRow(&h.Finding), names(h.Products), h.Team, h.Contact}
}

func writeBlastLines(w io.Writer, b *work.Blast) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range b.Hits {
		if err := enc.Encode(newBlastRow(&b.Hits[i])); err != nil {
			return err
		}
	}
	return nil
}

func writeBlastJSON(w io.Writer, b *work.Blast) error {
	type recordRow struct {
		ID        string   `json:"id"`
		Aliases   []string `json:"aliases"`
		Kind      string   `json:"kind"`
		Severity  string   `json:"severity"`
		Summary   string   `json:"summary"`
		Modified  string   `json:"modified"`
		Withdrawn string   `json:"withdrawn,omitempty"`
	}
	type packageRow struct {
		Ecosystem string   `json:"ecosystem"`
		Name      string   `json:"name"`
		Ranges    []string `json:"ranges"`
		Fixed     []string `json:"fixed"`
	}
	doc := struct {
		Records      []recordRow  `json:"records"`
		Packages     []packageRow `json:"packages"`
		Affected     []blastRow   `json:"affected"`
		Unanswered   []silenceRow `json:"unanswered"`
		Repositories int          `json:"repositories"`
		Mirror       mirrorRow    `json:"mirror"`
	}{[]recordRow{}, []packageRow{}, []blastRow{}, []silenceRow{}, b.Repositories, newMirrorRow(b.Mirror)}
	for _, r := range b.Records {
		doc.Records = append(doc.Records, recordRow{r.ID, names(r.Names), string(r.Kind), string(r.Severity.Level), r.Summary, timeOf(r.Modified), timeOf(r.Withdrawn)})
	}
	for _, p := range b.Packages {
		doc.Packages = append(doc.Packages, packageRow{p.Key.Ecosystem, p.Key.Name, names(p.Ranges), names(p.Fixed)})
	}
	for i := range b.Hits {
		doc.Affected = append(doc.Affected, newBlastRow(&b.Hits[i]))
	}
	for _, h := range b.Maybe {
		u := h.Usage
		doc.Unanswered = append(doc.Unanswered, silenceRow{h.Repository, u.Manifest, u.Line, u.Component.String(), u.Requirement, h.Range})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func writeBlastText(w io.Writer, b *work.Blast, many bool) error {
	t := textWriter{w: w}
	if many {
		t.printf("%s changed\n", count(len(b.Records), "advisory"))
	} else {
		for _, r := range b.Records {
			state := ""
			if !r.Withdrawn.IsZero() {
				state = " WITHDRAWN " + dateOf(r.Withdrawn)
			}
			t.printf("%s%s  %s  %s\n", report.Clean(r.ID), state, r.Severity.Level, report.Clean(r.Summary))
			if len(r.Names) > 0 {
				t.printf("  also %s\n", report.Clean(strings.Join(r.Names, ", ")))
			}
		}
		for _, p := range b.Packages {
			t.printf("  %s %s: %s\n", p.Key.Ecosystem, report.Clean(p.Key.Name), report.Clean(shortList(p.Ranges, " or ")))
		}
	}
	last := ""
	for i := range b.Hits {
		h := &b.Hits[i]
		if h.Repository != last {
			last = h.Repository
			t.printf("%s\n", report.Clean(h.Repository))
		}
		u := h.Usage
		line := fmt.Sprintf("  %s %s", u.Component.FullName(), u.Component.Version)
		if many {
			line += "  " + h.ID
		}
		if h.Kind != "vulnerability" {
			line += "  (" + string(h.Kind) + ")"
		}
		if len(h.Fixed) > 0 {
			line += "  fixed in " + h.Fixed[0]
		} else {
			line += "  no fixed version is known"
		}
		t.printf("%s\n    %s\n", report.Clean(line), report.Clean(placeOf(&h.Finding)))
		if who := whom(h); who != "" {
			t.printf("    %s\n", report.Clean(who))
		}
	}
	if n := len(b.Maybe); n > 0 {
		t.printf("Not answered: %s of these packages\n", ways(n, "usage", "usages"))
		for i := range b.Maybe {
			h := &b.Maybe[i]
			t.printf("  %s: %s %s: %s: %s\n", report.Clean(h.Repository), report.Clean(h.Usage.Component.FullName()), report.Clean(h.Usage.Requirement), report.Clean(h.Usage.Manifest), h.Range)
		}
	}
	repositories := map[string]bool{}
	for i := range b.Hits {
		repositories[b.Hits[i].Repository] = true
	}
	t.printf("%d of %s affected, by %s\n", len(repositories), count(b.Repositories, "scanned repository"), ways(len(b.Hits), "usage", "usages"))
	for _, d := range b.Mirror.Doubts() {
		t.printf("%s\n", report.Clean(d))
	}
	return t.err
}

func whom(h *work.BlastHit) string {
	var parts []string
	if len(h.Products) > 0 {
		parts = append(parts, "product "+strings.Join(h.Products, ", "))
	}
	if h.Team != "" {
		parts = append(parts, "owner "+h.Team)
	}
	if h.Contact != "" {
		parts = append(parts, h.Contact)
	}
	return strings.Join(parts, ", ")
}

func shortList(l []string, by string) string {
	const most = 6
	if len(l) > most {
		return strings.Join(l[:most], by) + fmt.Sprintf(" and %d more", len(l)-most)
	}
	return strings.Join(l, by)
}

func newAdvisoryShow(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:     "show ID",
		Short:   "An advisory as its sources wrote it, and all that are the same vulnerability",
		Example: "  tributary advisory show CVE-2021-44228\n  tributary advisory show GO-2022-0969 -o json",
		Args:    exactly(1, "an ID"),
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.advisoryOffice(c)
			if err != nil {
				return err
			}
			defer office.Close()
			raw, infos, err := office.Record(c.Context(), args[0])
			if err != nil {
				return err
			}
			if len(raw) == 0 {
				return &exitError{exitCouldNot, fmt.Errorf("no advisory in the mirror is named %q", args[0]), "\"tributary advisory status\" says what there is."}
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					return writeRecordsJSON(w, raw)
				}
				return writeRecordsText(w, raw, infos)
			})
		},
	}
	return offer(c, "text", "json")
}

func newAdvisoryStatus(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:     "status",
		Short:   "What the mirror of advisories holds, how old it is, and what of it was not understood",
		Example: "  tributary advisory status\n  tributary advisory status -v",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.advisoryOffice(c)
			if err != nil {
				return err
			}
			defer office.Close()
			m, err := office.Mirror(c.Context())
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					enc := json.NewEncoder(w)
					enc.SetEscapeHTML(false)
					enc.SetIndent("", "  ")
					return enc.Encode(newMirrorRow(m))
				}
				t := textWriter{w: w}
				for _, f := range m.Feeds {
					state := ""
					if f.Stale(m.Asked) && f.Records > 0 {
						state = ", OLD"
					}
					if f.Partial {
						state += ", INCOMPLETE"
					}
					t.printf("%s: %s, data of %s, read %s from %s%s\n", report.Clean(f.Name), count(f.Records, "record"), dateOf(f.Made), dateOf(f.Checked), report.Clean(f.Location), state)
				}
				for _, d := range m.Doubts() {
					t.printf("%s\n", report.Clean(d))
				}
				if t.err != nil || !s.verbose {
					return t.err
				}
				problems, err := office.Store.AdvisoryProblems(c.Context())
				for _, p := range problems {
					t.printf("%s: %s: %s\n", report.Clean(p.Feed), report.Clean(p.File), report.Clean(p.Problem))
				}
				return errors.Join(err, t.err)
			})
		},
	}
	return offer(c, "text", "json")
}
