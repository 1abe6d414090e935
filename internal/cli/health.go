package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/work"
)

type healthFlags struct {
	since, until, window string
	quarters             int
	merges, bots         bool
	explain              bool
	mining               work.HistoryOptions
}

func newHealth(s *settings) *cobra.Command {
	var f healthFlags
	c := &cobra.Command{
		Use:   "health [UPSTREAM|PATH]…",
		Short: "Community metrics of a project: who carries it, who comes and goes, releases, our part",
		Long: `Health computes the metrics of a project's community that its history and tags
can tell: contributor absence factor, elephant factor, organizational diversity, new
and silent contributors, conversion, cadence, releases, our share, our sustained
people, succession. Each has its value, what it was made of (n), its window, the
share of it that is known (coverage), and its trend by quarters of 90 days. Where
too little is known there is no value, and the reason. Issues and change requests
need forge data.

UPSTREAM is a project whose history was mined before (github.com/owner/name, or the end of
it), with all clones and forks of it. A PATH (work tree, bare repository, git URL) is
mined first; only what is new is read. Without either, all that was mined, a line each.

Persons are counted, not addresses; employers are those at the time of the commit; merges
and bots are left out and counted. Nobody is named. docs/metrics.md has each formula with
its source and limits; --explain shows them.`,
		Example: `  tributary health prometheus/prometheus
  tributary health -o json ~/mirrors/curl | jq .contributor_absence_factor.value
  tributary health --since 2025-01-01 --until 2025-12-31 --quarters 8 --explain .
  tributary health --window 730d --merges --bots --all-branches .
  tributary health --as-of 2026-03-31 -o markdown curl
  tributary health -o jsonl | jq 'select(.metrics.succession.value > 0) | .upstream'`,
		RunE: func(c *cobra.Command, args []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			return runHealth(c.Context(), s, &f, args, form)
		},
	}
	c.Flags().StringVar(&f.since, "since", "", "from this day on (2025-01-01), instead of --window")
	c.Flags().StringVar(&f.until, "until", "", "up to and with this day; today, or the day of --as-of, where it is not given")
	c.Flags().StringVar(&f.window, "window", "365d", "how many days back the metrics look")
	c.Flags().IntVar(&f.quarters, "quarters", 4, "how many quarters of 90 days the trend has; 0 for none")
	c.Flags().BoolVar(&f.merges, "merges", false, "count merges too")
	c.Flags().BoolVar(&f.bots, "bots", false, "count bots too")
	c.Flags().BoolVar(&f.explain, "explain", false, "show how each metric is computed, and its source")
	c.Flags().BoolVar(&f.mining.AllBranches, "all-branches", false, "mine all branches of PATH, not only the one that HEAD is on")
	s.addAsOf(c)
	return offer(c, "text", "json", "jsonl", "markdown")
}

func runHealth(ctx context.Context, s *settings, f *healthFlags, args []string, form string) error {
	opts, err := f.options()
	if err != nil {
		return err
	}
	if s.getenv("GOMEMLIMIT") == "" && s.getenv("GOGC") == "" {
		debug.SetMemoryLimit(questionLimit)
		gcPercent(400)
	}
	office, err := s.office(ctx, true)
	if err != nil {
		return err
	}
	defer office.Close()
	if !opts.Until.IsZero() && opts.Until.After(office.AsOf.Add(24*time.Hour)) {
		return wrongUse("", "--until %s is after the date of the answer, %s: nothing is known of then", f.until, office.AsOf.Format(time.DateOnly))
	}
	opts.TrendOfOne = form == "text" && !s.verbose // a line each has no place for trends
	found, err := s.healthOf(ctx, office, f, opts, args)
	if err != nil {
		return err
	}
	if form == "json" && len(found) != 1 {
		return wrongUse("Use -o jsonl: a line for each.", "-o json is of one project, and there are %d", len(found))
	}
	return s.write(func(w io.Writer) error {
		return writeHealth(w, found, healthText{form: form, explain: f.explain, whole: len(found) == 1 || s.verbose})
	})
}

// healthOf finds or mines what is asked for. What can't be found or read is
// said, and stops nothing else.
func (s *settings) healthOf(ctx context.Context, office *work.Office, f *healthFlags, opts work.HealthOptions, args []string) ([]work.Health, error) {
	if len(args) == 0 {
		histories, err := office.UpstreamHistories(ctx, "")
		if err != nil {
			return nil, err
		}
		return office.HealthOf(ctx, histories, opts)
	}
	var found []work.Health
	var paths []string
	var last error
	for _, arg := range args {
		if isPlace(arg) {
			paths = append(paths, arg)
			continue
		}
		histories, err := office.UpstreamHistories(ctx, arg)
		if err != nil {
			if strings.Contains(arg, "://") {
				paths = append(paths, arg)
				continue
			}
			if last = err; len(args) > 1 {
				s.say("%v", err)
			}
			continue
		}
		one, err := office.HealthAs(ctx, histories, opts)
		if err != nil {
			return nil, err
		}
		found = append(found, *one)
	}
	if len(paths) > 0 {
		mined, err := s.mineAll(ctx, office, f.mining, paths)
		if err != nil {
			return found, err
		}
		more, err := office.HealthOf(ctx, work.HistoriesOf(mined), opts)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	if len(found) == 0 {
		return nil, last
	}
	return found, nil
}

// isPlace is true for what is there on this machine, or is written as a path.
func isPlace(arg string) bool {
	if strings.HasPrefix(arg, ".") || strings.HasPrefix(arg, "/") || strings.HasPrefix(arg, "~") {
		return true
	}
	_, err := os.Stat(arg)
	return err == nil
}

// mostQuarters is a hundred years: more tell nothing.
const mostQuarters = 400

func (f *healthFlags) options() (work.HealthOptions, error) {
	o := work.HealthOptions{Spans: f.quarters, Merges: f.merges, Bots: f.bots}
	if f.quarters < 0 || f.quarters > mostQuarters {
		return o, wrongUse("", "--quarters takes 0 to %d, not %d", mostQuarters, f.quarters)
	}
	days, err := strconv.Atoi(strings.TrimSuffix(f.window, "d"))
	if err != nil || days < 1 || days > mostQuarters*90 {
		return o, wrongUse("", "--window %q is not a number of days; write 365d", f.window)
	}
	o.Window = time.Duration(days) * 24 * time.Hour
	if o.Since, err = moment("since", f.since, 0); err != nil {
		return o, err
	}
	if o.Until, err = moment("until", f.until, 24*time.Hour); err != nil {
		return o, err
	}
	if !o.Since.IsZero() && o.Since.Year() < 1970 {
		return o, wrongUse("", "--since %s is before 1970: no commit can be of then", f.since)
	}
	if !o.Since.IsZero() && !o.Until.IsZero() && !o.Since.Before(o.Until) {
		return o, wrongUse("", "--since %s is not before --until %s", f.since, f.until)
	}
	return o, nil
}

// healthNotes says what the numbers do not cover, a line each.
func healthNotes(h *work.Health) (lines []string) {
	t := &h.Totals
	if t.Merges > 0 {
		lines = append(lines, fmt.Sprintf("left out: %s (--merges counts them)", count(t.Merges, "merge")))
	}
	if t.BotPeople > 0 {
		lines = append(lines, fmt.Sprintf("left out: %s of %s (--bots counts them)", count(t.Bots, "commit"), count(t.BotPeople, "bot")))
	}
	if t.Undated > 0 {
		lines = append(lines, fmt.Sprintf("%s without a date that can be: outside of every window", count(t.Undated, "commit")))
	}
	if t.Duplicates > 0 {
		lines = append(lines, fmt.Sprintf("%s in several of the repositories, counted once", count(t.Duplicates, "commit")))
	}
	for i := range h.Repositories {
		r := &h.Repositories[i]
		if r.Partial != "" {
			lines = append(lines, fmt.Sprintf("%s is not whole: %s", r.Repository, r.Partial))
		}
		if len(r.Shallow) > 0 {
			lines = append(lines, fmt.Sprintf("%s is a shallow clone: what came before is unknown", r.Repository))
		}
	}
	if days := contribution.DaysBetween(h.Last, h.Until); !h.Last.IsZero() && days > 30 {
		lines = append(lines, fmt.Sprintf("the last commit that is known is of %s; if the clone was not fetched since, fetch, or ask --as-of the day of the fetch", h.Last.Format(time.DateOnly)))
	}
	return lines
}
