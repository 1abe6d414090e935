package work

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// HealthOptions say which time the metrics are of.
type HealthOptions struct {
	// Since and Until (exclusive) bound the window; zero until is the date of the
	// answer, zero since is Window before until.
	Since, Until time.Time
	Window       time.Duration
	Spans        int // of the trend, 90 days each
	// TrendOfOne leaves the trends out where several projects are asked for.
	TrendOfOne   bool
	Merges, Bots bool
}

// Health is how one project is doing.
type Health struct {
	Upstream     string
	Repositories []contribution.History // without identities
	Metrics      []contribution.Metric
	AsOf         time.Time
	Since, Until time.Time
	Totals       contribution.Totals
	// InputsHash names what the metrics were computed from.
	InputsHash string
	// Last is the last commit that is known, merges and bots too.
	Last time.Time
}

// HealthOf computes the metrics of the projects whose histories these are: one
// for all clones of a repository.
func (o *Office) HealthOf(ctx context.Context, histories []contribution.History, opts HealthOptions) ([]Health, error) {
	directory, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	crew, projects := newCrewOf(directory), projectsOf(o, histories)
	scans, err := o.newSnapshots(ctx)
	if err != nil {
		return nil, err
	}
	if opts.TrendOfOne && len(projects) > 1 {
		opts.Spans = 0
	}
	var out []Health
	for _, project := range projects {
		h, err := o.health(ctx, project.name, project.histories, crew, scans, opts)
		if err != nil {
			return nil, err
		}
		out = append(out, *h)
	}
	return out, nil
}

// project is what is known of one upstream.
type project struct {
	name      string
	histories []contribution.History
}

// projectsOf groups histories by the upstream that they are of, by name.
func projectsOf(o *Office, histories []contribution.History) (out []project) {
	names := upstreamNames(o.Program, histories)
	at := map[string]int{}
	for i := range histories {
		name := cmp.Or(names[histories[i].Location], histories[i].Repository)
		key := upstream.Key(name)
		n, ok := at[key]
		if !ok {
			n, at[key] = len(out), len(out)
			out = append(out, project{name: name})
		}
		out[n].histories = append(out[n].histories, histories[i])
	}
	slices.SortFunc(out, func(a, b project) int { return strings.Compare(a.name, b.name) })
	return out
}

// HealthAs computes the metrics of one project under the name of the first of
// its histories.
func (o *Office) HealthAs(ctx context.Context, histories []contribution.History, opts HealthOptions) (*Health, error) {
	directory, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	scans, err := o.newSnapshots(ctx)
	if err != nil {
		return nil, err
	}
	name := projectsOf(o, histories[:1])[0].name
	return o.health(ctx, name, histories, newCrewOf(directory), scans, opts)
}

func (o *Office) health(ctx context.Context, name string, histories []contribution.History, crew *crew, scans snapshots, opts HealthOptions) (*Health, error) {
	until := o.end()
	if !opts.Until.IsZero() && opts.Until.Before(until) {
		until = opts.Until
	}
	since := opts.Since
	if since.IsZero() {
		since = until.Add(-opts.Window)
	}
	window := contribution.CountOptions{Since: since, Until: until, Merges: opts.Merges, Bots: opts.Bots, Now: o.Now}
	t, err := o.tally(ctx, histories, crew, tallyOptions{CountOptions: window, AllTime: true})
	if err != nil {
		return nil, err
	}
	if t.forge, err = o.forge(ctx, crew, name, histories); err != nil {
		return nil, err
	}
	if t.deps, err = scans.dependencies(ctx, o, name, histories); err != nil {
		return nil, err
	}
	h := &Health{Upstream: name, AsOf: o.AsOf.UTC(), Since: since, Until: until, Totals: t.totals, Last: t.totals.Last,
		Metrics: contribution.Assess(t.assessable(crew, opts.Spans)), InputsHash: t.hash(histories)}
	for _, x := range histories {
		x.People = nil
		h.Repositories = append(h.Repositories, x)
	}
	return h, nil
}

// hash is the same for the same commits, merged into the same persons, who work
// for the same organizations, with the same releases, in the same window.
func (t *tally) hash(histories []contribution.History) string {
	sum := sha256.New()
	for i := range histories {
		h := &histories[i]
		fmt.Fprintf(sum, "%q %q %q %q\n", h.Tips, h.Shallow, h.Partial, h.Mailmap)
	}
	fmt.Fprintln(sum, t.since.Unix(), t.until.Unix(), t.totals)
	if t.forge != nil {
		fmt.Fprintln(sum, len(t.forge.Items), t.forge.Through.Unix())
	}
	for _, direct := range []bool{true, false} {
		l := contribution.LibyearsOf(t.deps, direct)
		fmt.Fprintf(sum, "%.6f %d %d\n", l.Sum, l.Dated, l.Undated)
	}
	hashCounts(sum, t.period.Persons)
	hashCounts(sum, t.period.Ours)
	for i, n := range t.period.Orgs {
		if n > 0 {
			fmt.Fprintf(sum, "%q %d\n", t.facts[i].Name, n)
		}
	}
	for _, r := range t.releases {
		fmt.Fprintf(sum, "%q %d\n", r.Tag, r.At.Unix())
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

func hashCounts(sum hash.Hash, counts []int) {
	sorted := slices.Clone(counts)
	slices.Sort(sorted)
	fmt.Fprintln(sum, slices.DeleteFunc(sorted, func(n int) bool { return n == 0 }))
}
