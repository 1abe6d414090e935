package cli

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

// waysToCount are the values of --by.
var waysToCount = []string{string(work.ByPerson), string(work.ByIdentity), string(work.ByEmail), string(work.ByDomain), string(work.ByOrg), string(work.ByTeam), string(work.ByUpstream)}

type contributionFlags struct {
	by, since, until string
	merges, bots     bool
	mining           work.HistoryOptions
}

func newContributions(s *settings) *cobra.Command {
	var f contributionFlags
	c := &cobra.Command{
		Use:   "contributions [PATH…]",
		Short: "Who contributed what: commits, co-authored commits, reviews, by person, organization or upstream",
		Long: `Contributions counts commits by who made them. With PATHs their histories are
mined first (only what is new is read); without, all that was mined counts.

  commits      commits with an author of the key: what git shortlog counts
  authored     distinct changes among them: a cherry-pick or backport of one's own
               change counts once (equal to commits until "history --lines" was run)
  co_authored  commits with a co-author of the key (Co-authored-by, Co-developed-by)
  reviews      commits of others that the key reviewed (Reviewed-by, Acked-by)
  people       persons behind these

A commit counts when it entered the history (its committer date, UTC), once, in
however many clones and forks it is. Merges and bots are left out, and how many
were is said; --merges and --bots count them too. What nobody knows is "unknown".

--by identity is name and address after .mailmap, as in git shortlog -sne.

` + unreadHelp,
		Example: `  tributary contributions --by domain .
  tributary contributions --by org --since 2025-01-01 ~/mirrors/*
  tributary contributions --by identity --merges --bots -o jsonl . | jq -r '[.commits, .key] | @tsv'
  tributary contributions --by upstream --since 2025-01-01 --until 2025-12-31`,
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			return runContributions(c.Context(), s, f, args, form)
		},
	}
	c.Flags().StringVar(&f.by, "by", "person", "count by: "+strings.Join(waysToCount, ", "))
	c.Flags().StringVar(&f.since, "since", "", "from this day on (2025-01-01, or a time as 2025-01-01T12:00:00Z)")
	c.Flags().StringVar(&f.until, "until", "", "up to and with this day, or before this time")
	c.Flags().BoolVar(&f.merges, "merges", false, "count merges too")
	c.Flags().BoolVar(&f.bots, "bots", false, "count bots too")
	c.Flags().BoolVar(&f.mining.AllBranches, "all-branches", false, "mine all branches of PATH, not only the one that HEAD is on")
	return offer(c, "text", "json", "jsonl", "csv")
}

func runContributions(ctx context.Context, s *settings, f contributionFlags, args []string, form string) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	if s.getenv("GOMEMLIMIT") == "" && s.getenv("GOGC") == "" {
		// A question is short: below the limit there is little to collect.
		debug.SetMemoryLimit(questionLimit)
		gcPercent(-1)
	}
	office, err := s.office(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	found, err := s.countContributions(ctx, office, f, opts, args)
	if err != nil {
		return err
	}
	if err := s.write(func(w io.Writer) error { return writeContributions(w, found, form, s.verbose) }); err != nil {
		return err
	}
	if form == "jsonl" || form == "csv" {
		for _, line := range leftOut(found) {
			s.say("%s", line)
		}
	}
	return nil
}

func (s *settings) countContributions(ctx context.Context, office *work.Office, f contributionFlags, opts work.ContributionOptions, args []string) (*work.Contributions, error) {
	if len(args) == 0 {
		return office.Contributions(ctx, nil, opts)
	}
	mined, unread, err := s.mineSome(ctx, office, f.mining, args)
	if err != nil {
		return nil, err
	}
	found, err := office.Contributions(ctx, work.HistoriesOf(mined), opts)
	if err == nil {
		found.Unread = unread
	}
	return found, err
}

func (f *contributionFlags) options() (work.ContributionOptions, error) {
	o := work.ContributionOptions{By: work.By(f.by), Merges: f.merges, Bots: f.bots}
	known := false
	for _, w := range waysToCount {
		known = known || w == f.by
	}
	if !known {
		return o, wrongUse("", "--by takes %s, not %q", strings.Join(waysToCount, ", "), f.by)
	}
	var err error
	if o.Since, err = moment("since", f.since, 0); err != nil {
		return o, err
	}
	if o.Until, err = moment("until", f.until, 24*time.Hour); err != nil {
		return o, err
	}
	if !o.Since.IsZero() && !o.Until.IsZero() && !o.Since.Before(o.Until) {
		return o, wrongUse("", "--since %s is not before --until %s", f.since, f.until)
	}
	return o, nil
}

// moment reads a day, to which more is added, or a time.
func moment(flag, value string, more time.Duration) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, value); err == nil {
		return t.Add(more), nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, wrongUse("", "--%s %q is not a date; write 2025-03-31 or 2025-03-31T12:00:00Z", flag, value)
	}
	return t.UTC(), nil
}

// leftOut says what did not count, a line each.
func leftOut(c *work.Contributions) (lines []string) {
	t := &c.Totals
	if n := len(c.Unread); n > 0 {
		lines = append(lines, report.SourcesNotRead(n, len(c.Repositories)+n))
	}
	lines = append(lines, fmt.Sprintf("%d of %s counted", t.Commits, count(t.Seen, "commit")))
	for i := range c.Rows {
		if r := &c.Rows[i]; r.Key == work.Unknown && t.Commits > 0 {
			line := fmt.Sprintf("unknown: the %s of %s (%.0f %%)", c.Options.By, count(r.Commits, "commit"), 100*float64(r.Commits)/float64(t.Commits))
			if c.Options.By == work.ByOrg || c.Options.By == work.ByTeam {
				line += "; \"tributary people import\" adds who works for whom"
			}
			lines = append(lines, line)
		}
	}
	if t.Merges > 0 {
		lines = append(lines, fmt.Sprintf("left out: %s (--merges counts them)", count(t.Merges, "merge")))
	}
	if t.BotPeople > 0 {
		lines = append(lines, fmt.Sprintf("left out: %s of %s (--bots counts them)", count(t.Bots, "commit"), count(t.BotPeople, "bot")))
	}
	if t.Outside > 0 {
		lines = append(lines, fmt.Sprintf("left out: %s outside of the dates asked for", count(t.Outside, "commit")))
	}
	if t.Undated > 0 {
		lines = append(lines, fmt.Sprintf("%s without a date that can be: outside of every range of dates", count(t.Undated, "commit")))
	}
	if t.Duplicates > 0 {
		lines = append(lines, fmt.Sprintf("%s in several of the repositories, counted once", count(t.Duplicates, "commit")))
	}
	if t.Copies > 0 {
		lines = append(lines, fmt.Sprintf("%s cherry-picks or backports of counted ones: in commits, not in authored", are(t.Copies)))
	}
	for i := range c.Repositories {
		h := &c.Repositories[i]
		if h.Partial != "" {
			lines = append(lines, fmt.Sprintf("%s is not whole: %s", h.Repository, h.Partial))
		}
		if len(h.Shallow) > 0 {
			lines = append(lines, fmt.Sprintf("%s is a shallow clone: what came before is unknown", h.Repository))
		}
	}
	return lines
}

func are(n int) string {
	if n == 1 {
		return "1 commit is a copy by"
	}
	return fmt.Sprintf("%d commits are", n)
}
