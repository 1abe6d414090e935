package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/work"
)

// whatToShow are the values of history --show.
var whatToShow = []string{"summary", "commits", "releases"}

// commitRow is one line of "history --show commits -o jsonl".
type commitRow struct {
	Repository string        `json:"repository"`
	ID         string        `json:"id"`
	Parents    int           `json:"parents"`
	Author     identityWire  `json:"author"`
	Authored   string        `json:"authored"`
	Committer  identityWire  `json:"committer"`
	Committed  string        `json:"committed"`
	Trailers   []trailerWire `json:"trailers"`
	// Paths is null where they are not known: merges, missing trees.
	Paths   []string `json:"paths"`
	Added   *int     `json:"added"`
	Removed *int     `json:"removed"`
	Patch   string   `json:"patch"`
}

type identityWire struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

type trailerWire struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// releaseRow is one line of "history --show releases -o jsonl".
type releaseRow struct {
	Repository string     `json:"repository"`
	Tag        string     `json:"tag"`
	Version    string     `json:"version"`
	Prerelease bool       `json:"prerelease"`
	At         *time.Time `json:"at"`
}

func newCommitRow(repository string, c contribution.Commit) commitRow {
	who := func(p people.Identity) identityWire { return identityWire{p.Name, p.Email} }
	r := commitRow{Repository: repository, ID: c.ID, Parents: len(c.Parents), Author: who(c.Author), Authored: c.Authored.Format(time.RFC3339),
		Committer: who(c.Committer), Committed: c.Committed.Format(time.RFC3339), Trailers: []trailerWire{}, Paths: c.Paths}
	for _, t := range c.Trailers {
		r.Trailers = append(r.Trailers, trailerWire{string(t.Kind), t.Who.Name, t.Who.Email})
	}
	if c.Lines != nil {
		r.Added, r.Removed, r.Patch = &c.Lines.Added, &c.Lines.Removed, c.Lines.PatchID
	}
	return r
}

// showCommits writes the commits of the mined histories; those in several of
// them once.
func (s *settings) showCommits(ctx context.Context, office *work.Office, mined []work.MinedHistory, form string) error {
	return s.write(func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 64<<10)
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		seen := map[string]bool{}
		for i := range mined {
			err := office.EachCommit(ctx, mined[i].History, func(c contribution.Commit) error {
				if len(mined) > 1 {
					if seen[c.ID] {
						return nil
					}
					seen[c.ID] = true
				}
				row := newCommitRow(mined[i].History.Repository, c)
				if form == "jsonl" {
					return enc.Encode(row)
				}
				return writeCommit(out, &row)
			})
			if err != nil {
				return err
			}
		}
		return out.Flush()
	})
}

func writeCommit(w io.Writer, r *commitRow) error {
	paths := "paths unknown"
	if r.Paths != nil {
		paths = count(len(r.Paths), "path")
	}
	if r.Parents > 1 {
		paths = fmt.Sprintf("merge of %d", r.Parents)
	}
	lines := ""
	if r.Added != nil {
		lines = fmt.Sprintf(", +%d -%d", *r.Added, *r.Removed)
	}
	var others []string
	for _, t := range r.Trailers {
		others = append(others, t.Kind+" by "+t.Name+" <"+t.Email+">")
	}
	line := fmt.Sprintf("%.12s %s %s <%s> (%s%s)", r.ID, r.Committed, r.Author.Name, r.Author.Email, paths, lines)
	if len(others) > 0 {
		line += "; " + strings.Join(others, ", ")
	}
	_, err := fmt.Fprintln(w, report.Clean(line))
	return err
}

// showReleases writes the releases of the mined histories.
func (s *settings) showReleases(mined []work.MinedHistory, form string) error {
	return s.write(func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		for i := range mined {
			for _, r := range mined[i].History.Releases {
				row := releaseRow{mined[i].History.Repository, r.Tag, r.Version, r.Prerelease, known(r.At)}
				var err error
				if form == "jsonl" {
					err = enc.Encode(row)
				} else {
					pre := ""
					if r.Prerelease {
						pre = "  prerelease"
					}
					_, err = fmt.Fprintf(w, "%-10s  %-20s %s  %s%s\n", dayOf(r.At), report.Clean(r.Version), report.Clean(r.Tag), report.Clean(row.Repository), pre)
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
}
