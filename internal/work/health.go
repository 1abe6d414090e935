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

// UpstreamHistories finds the histories in the store of the project that a
// person means: its name, or the end of it; with "", of all.
func (o *Office) UpstreamHistories(ctx context.Context, wanted string) ([]contribution.History, error) {
	all, err := o.Store.Histories(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 && wanted != "" {
		return nil, fmt.Errorf("%q is no directory here, and %w", wanted, errNothingMined)
	}
	if len(all) == 0 {
		return nil, errNothingMined
	}
	if wanted == "" {
		return all, nil
	}
	projects := projectsOf(o, all)
	key := upstream.Key(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(wanted, "https://"), "http://"), ".git"))
	end := "/" + strings.ToLower(wanted)
	var exact, byEnd []project
	for _, p := range projects {
		switch {
		case upstream.Key(p.name) == key:
			exact = append(exact, p)
		case strings.HasSuffix(strings.ToLower(p.name), end):
			byEnd = append(byEnd, p)
		}
	}
	found := exact
	if len(found) == 0 {
		found = byEnd
	}
	switch {
	case len(found) == 1:
		return o.copiesOf(found[0], all), nil
	case len(found) == 0:
		return nil, fmt.Errorf("no history of an upstream called %q was mined; run \"tributary history PATH\" on a clone of it, or give the PATH", wanted)
	}
	var names []string
	for i, p := range found {
		if i == 5 {
			names = append(names, "…")
			break
		}
		names = append(names, p.name)
	}
	return nil, fmt.Errorf("%q may be any of %s; name one of them whole", wanted, strings.Join(names, ", "))
}

// copiesOf are the histories of a project and of its forks at hand, as in impact.
func (o *Office) copiesOf(p project, all []contribution.History) []contribution.History {
	byLocation := map[string]contribution.History{}
	var mirrors []upstream.Mirror
	for _, h := range all {
		byLocation[h.Location] = h
		mirrors = append(mirrors, upstream.Mirror{Name: h.Location, Remotes: o.remotesOf(h, nil), Roots: roots(h)})
	}
	for _, match := range upstream.MatchMirrors([]string{p.name}, mirrors)[upstream.Key(p.name)] {
		h := byLocation[match.Mirror]
		if !slices.ContainsFunc(p.histories, func(x contribution.History) bool { return x.Location == h.Location }) {
			p.histories = append(p.histories, h)
		}
	}
	return p.histories
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
