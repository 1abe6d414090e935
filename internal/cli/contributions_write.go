package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

// contributionRow is one line of "contributions -o jsonl": a stable interface,
// documented in docs/history.md.
type contributionRow struct {
	Key        string     `json:"key"`
	Commits    int        `json:"commits"`
	Authored   int        `json:"authored"`
	CoAuthored int        `json:"co_authored"`
	Reviews    int        `json:"reviews"`
	First      *time.Time `json:"first"`
	Last       *time.Time `json:"last"`
	People     int        `json:"people"`
	// Added and Removed are null where the lines of no counted commit are known.
	Added   *int `json:"added"`
	Removed *int `json:"removed"`
}

func newContributionRow(r *work.ContributionRow) contributionRow {
	out := contributionRow{Key: r.Key, Commits: r.Commits, Authored: r.Authored, CoAuthored: r.CoAuthored, Reviews: r.Reviews, People: r.People}
	out.First, out.Last = known(r.First), known(r.Last)
	if r.Lined > 0 {
		out.Added, out.Removed = &r.Added, &r.Removed
	}
	return out
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// contributionsWire is "contributions -o json".
type contributionsWire struct {
	By           string            `json:"by"`
	Since        *time.Time        `json:"since"`
	Until        *time.Time        `json:"until"`
	Repositories []string          `json:"repositories"`
	Unread       []unreadWire      `json:"unread"`
	Commits      int               `json:"commits"`
	Seen         int               `json:"seen"`
	LeftOut      leftOutWire       `json:"left_out"`
	Undated      int               `json:"undated"`
	Duplicates   int               `json:"duplicates"`
	Copies       int               `json:"copies"`
	Lined        int               `json:"lined"`
	Notes        []string          `json:"notes"`
	Rows         []contributionRow `json:"rows"`
}

// unreadWire is a source that was given and could not be read.
type unreadWire struct {
	Source  string `json:"source"`
	Message string `json:"message"`
}

type leftOutWire struct {
	Merges     int `json:"merges"`
	BotCommits int `json:"bot_commits"`
	Bots       int `json:"bots"`
	Outside    int `json:"outside_of_dates"`
}

func newContributionsWire(c *work.Contributions) contributionsWire {
	t := &c.Totals
	out := contributionsWire{By: string(c.Options.By), Since: known(c.Options.Since), Until: known(c.Options.Until), Repositories: []string{}, Unread: []unreadWire{}, Commits: t.Commits, Seen: t.Seen,
		LeftOut: leftOutWire{t.Merges, t.Bots, t.BotPeople, t.Outside}, Undated: t.Undated, Duplicates: t.Duplicates, Copies: t.Copies, Lined: t.Lined,
		Notes: leftOut(c), Rows: []contributionRow{}}
	for i := range c.Repositories {
		out.Repositories = append(out.Repositories, c.Repositories[i].Repository)
	}
	for _, u := range c.Unread {
		out.Unread = append(out.Unread, unreadWire{u.Source, u.Err.Error()})
	}
	for i := range c.Rows {
		out.Rows = append(out.Rows, newContributionRow(&c.Rows[i]))
	}
	return out
}

func writeContributions(w io.Writer, c *work.Contributions, form string, all bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	switch form {
	case "json":
		enc.SetIndent("", "  ")
		return enc.Encode(newContributionsWire(c))
	case "jsonl":
		return writeContributionLines(w, c)
	case "csv":
		return writeContributionsCSV(w, c)
	}
	return writeContributionsText(w, c, all)
}

// writeContributionLines writes what an encoder would, at a tenth of the time:
// there may be a hundred thousand persons.
func writeContributionLines(w io.Writer, c *work.Contributions) error {
	out := bufio.NewWriterSize(w, 64<<10)
	var b []byte
	for i := range c.Rows {
		r := newContributionRow(&c.Rows[i])
		key, err := jsonText(r.Key)
		if err != nil {
			return err
		}
		b = append(append(b[:0], `{"key":`...), key...)
		for _, n := range []struct {
			name string
			n    int
		}{{"commits", r.Commits}, {"authored", r.Authored}, {"co_authored", r.CoAuthored}, {"reviews", r.Reviews}} {
			b = strconv.AppendInt(append(append(append(b, `,"`...), n.name...), `":`...), int64(n.n), 10)
		}
		b = appendTime(append(b, `,"first":`...), r.First)
		b = appendTime(append(b, `,"last":`...), r.Last)
		b = strconv.AppendInt(append(b, `,"people":`...), int64(r.People), 10)
		b = appendCount(append(b, `,"added":`...), r.Added)
		b = appendCount(append(b, `,"removed":`...), r.Removed)
		if _, err := out.Write(append(b, "}\n"...)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func jsonText(s string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func appendTime(b []byte, t *time.Time) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	return append(t.AppendFormat(append(b, '"'), time.RFC3339), '"')
}

func appendCount(b []byte, n *int) []byte {
	if n == nil {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, int64(*n), 10)
}

func writeContributionsCSV(w io.Writer, c *work.Contributions) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"key", "commits", "authored", "co_authored", "reviews", "first", "last", "people", "added", "removed"}) // an error is kept until Flush
	date := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	for i := range c.Rows {
		r := newContributionRow(&c.Rows[i])
		_ = out.Write([]string{sheet(r.Key), strconv.Itoa(r.Commits), strconv.Itoa(r.Authored), strconv.Itoa(r.CoAuthored), strconv.Itoa(r.Reviews),
			date(r.First), date(r.Last), strconv.Itoa(r.People), number(r.Added), number(r.Removed)})
	}
	out.Flush()
	return out.Error()
}

// mostRows is how many keys text shows without -v.
const mostRows = 50

func writeContributionsText(w io.Writer, c *work.Contributions, all bool) error {
	fmt.Fprintf(w, "%8s %8s %8s %8s %7s  %-10s  %-10s  %s\n", "commits", "authored", "co-auth.", "reviews", "people", "first", "last", c.Options.By)
	for i := range c.Rows {
		r := &c.Rows[i]
		if i == mostRows && !all {
			fmt.Fprintf(w, "… and %d more (-v lists all)\n", len(c.Rows)-i)
			break
		}
		if _, err := fmt.Fprintf(w, "%8d %8d %8d %8d %7d  %-10s  %-10s  %s\n", r.Commits, r.Authored, r.CoAuthored, r.Reviews, r.People, dayOf(r.First), dayOf(r.Last), report.Clean(r.Key)); err != nil {
			return err
		}
	}
	for _, line := range leftOut(c) {
		if _, err := fmt.Fprintln(w, report.Clean(line)); err != nil {
			return err
		}
	}
	return nil
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.Format(time.DateOnly)
}
