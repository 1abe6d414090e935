package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

func newHistory(s *settings) *cobra.Command {
	var opts work.HistoryOptions
	var show string
	c := &cobra.Command{
		Use:   "history [PATH…]",
		Short: "Mine the histories of repositories into facts; only what is new is read",
		Long: `History reads commits straight from git: authors, committers, co-authors,
sign-offs, reviewers and testers (trailers), times with zones, merges, touched
paths, and tags as releases. What was read before is not read again. Facts are
keyed by commit id, so forks and mirrors do not count twice.

A PATH is a work tree, a bare repository, a directory with repositories inside,
or a git URL. The commits that HEAD reaches are mined; --all-branches takes all
branches.

With --lines a second, costlier pass counts lines added and removed and
recognizes cherry-picks and backports by what they change. It goes on where it
was interrupted.

A rewritten history, a renamed default branch, a shallow or partial clone are
handled, and said. Nothing that the repository configures is run or fetched.

` + unreadHelp,
		Example: `  tributary history ~/src/* ~/mirrors/*
  tributary history --lines .
  tributary history --show commits -o jsonl . | jq 'select(.trailers[].kind == "reviewed")'
  tributary history --show releases .
  tributary history -o jsonl ~/src/* | jq 'select(.partial != "")'`,
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			if !slices.Contains(whatToShow, show) {
				return wrongUse("", "--show takes %s, not %q", strings.Join(whatToShow, ", "), show)
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			mined, err := s.mineAll(c.Context(), office, opts, args)
			if err != nil {
				return err
			}
			switch show {
			case "commits":
				return s.showCommits(c.Context(), office, mined, form)
			case "releases":
				return s.showReleases(mined, form)
			}
			return s.write(func(w io.Writer) error { return writeHistories(w, mined, form) })
		},
	}
	c.Flags().BoolVar(&opts.AllBranches, "all-branches", false, "mine all branches, not only the one that HEAD is on")
	c.Flags().BoolVar(&opts.Lines, "lines", false, "count lines and recognize cherry-picks too (costlier)")
	c.Flags().StringVar(&show, "show", "summary", "what to show of what is known now: "+strings.Join(whatToShow, ", "))
	c.Flags().BoolVar(&opts.Again, "again", false, "forget what is known and mine all")
	c.AddCommand(newImportForge(s))
	return offer(c, "text", "jsonl")
}

// mineAll brings histories up to date with a progress display; reading none is
// an error, reading some is not.
func (s *settings) mineAll(ctx context.Context, office *work.Office, opts work.HistoryOptions, args []string) ([]work.MinedHistory, error) {
	mined, unread, err := s.mineSome(ctx, office, opts, args)
	if err == nil && len(unread) > 0 {
		s.say("%s", report.SourcesNotRead(len(unread), len(mined)+len(unread)))
	}
	return mined, err
}

// mineSome is mineAll for those who tell what could not be read in their answer.
func (s *settings) mineSome(ctx context.Context, office *work.Office, opts work.HistoryOptions, args []string) (mined []work.MinedHistory, unread []*work.Unread, err error) {
	if len(args) == 0 {
		args = []string{"."}
	}
	p := newProgress(s, len(args))
	opts.Jobs, opts.CacheDir, opts.Done = s.jobs, s.cacheDir(), p.repository
	opts.Progress = p.commits
	mined, unread, err = office.MineAll(ctx, args, opts)
	p.end()
	if err != nil {
		return nil, nil, err
	}
	s.nameUnread(unread)
	if len(mined) == 0 {
		return nil, unread, &exitError{exitCouldNot, fmt.Errorf("no history could be read of %d given", len(unread)), ""}
	}
	return mined, unread, nil
}

// historyRow is one line of "history -o jsonl".
type historyRow struct {
	Repository  string       `json:"repository"`
	Location    string       `json:"location"`
	Branch      string       `json:"branch"`
	AllBranches bool         `json:"all_branches"`
	Commits     int          `json:"commits"`
	New         int          `json:"new"`
	Identities  int          `json:"identities"`
	Releases    int          `json:"releases"`
	OtherTags   int          `json:"other_tags"`
	Lined       int          `json:"lined"`
	Shallow     bool         `json:"shallow"`
	Partial     string       `json:"partial"`
	Notes       []string     `json:"notes"`
	Oddities    []oddityWire `json:"oddities"`
	MinedAt     time.Time    `json:"mined_at"`
}

type oddityWire struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count"`
	Example string `json:"example"`
}

func newHistoryRow(m *work.MinedHistory) historyRow {
	h := &m.History
	r := historyRow{Repository: h.Repository, Location: h.Location, Branch: h.Branch, AllBranches: h.AllBranches, Commits: h.Commits, New: m.New,
		Identities: len(h.People), Releases: len(h.Releases), OtherTags: h.OtherTags, Lined: h.Lined, Shallow: len(h.Shallow) > 0, Partial: h.Partial,
		Notes: []string{}, Oddities: []oddityWire{}, MinedAt: h.MinedAt}
	r.Notes = append(r.Notes, m.Notes...)
	for _, o := range h.Oddities {
		r.Oddities = append(r.Oddities, oddityWire{o.Kind, o.Count, o.Example})
	}
	return r
}

func writeHistories(w io.Writer, mined []work.MinedHistory, form string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range mined {
		row := newHistoryRow(&mined[i])
		if form == "jsonl" {
			if err := enc.Encode(row); err != nil {
				return err
			}
			continue
		}
		if err := writeHistory(w, &row); err != nil {
			return err
		}
	}
	return nil
}

func writeHistory(w io.Writer, r *historyRow) error {
	fmt.Fprintln(w, report.Clean(r.Repository))
	fmt.Fprintf(w, "  %s (%d new), %s, %s", count(r.Commits, "commit"), r.New, count(r.Identities, "identity"), count(r.Releases, "release"))
	if r.Lined > 0 {
		fmt.Fprintf(w, ", lines of %d", r.Lined)
	}
	fmt.Fprintln(w)
	if r.Partial != "" {
		fmt.Fprintf(w, "  not whole: %s\n", report.Clean(r.Partial))
	}
	for _, n := range r.Notes {
		fmt.Fprintf(w, "  %s\n", report.Clean(n))
	}
	for _, o := range r.Oddities {
		if _, err := fmt.Fprintf(w, "  odd: %d × %s, as in %.12s\n", o.Count, o.Kind, o.Example); err != nil {
			return err
		}
	}
	return nil
}

// plural writes a number with the words for one and for many.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// count writes a number with its noun.
func count(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case noun[len(noun)-1] == 'y':
		noun = noun[:len(noun)-1] + "ies"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
