package work

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/impact"
)

// leastCommits is how many commits in the window a factor needs: below it one
// busy week decides.
const leastCommits = 10

// community turns the histories of an upstream into signals and give.
func (o *Office) community(ctx context.Context, name string, histories []contribution.History, crew *crew, params impact.Params) (*community, error) {
	t, err := o.tally(ctx, histories, crew, params)
	if err != nil {
		return nil, err
	}
	source := fmt.Sprintf("history of %s, %d days to %s", name, params.Days, o.AsOf.UTC().Format(time.DateOnly))
	if t.shallow {
		source += " (a shallow clone)"
	}
	c := &community{signals: map[impact.Signal]impact.Value{}, teams: t.teams}
	c.factors(t, crew, source)
	c.signals[impact.LastCommit] = impact.Unknown("no commit by a human has a date that can be")
	if !t.last.IsZero() {
		c.signals[impact.LastCommit] = impact.Known(math.Floor(math.Max(0, o.AsOf.Sub(t.last).Hours()/24)), "last human commit on "+t.last.UTC().Format(time.DateOnly))
	}
	c.signals[impact.ReleaseGap] = releaseGap(t.releases, o.AsOf)
	c.contributions(t, crew, source)
	return c, nil
}

// factors are M1 and M2.
func (c *community) factors(t *tally, crew *crew, source string) {
	few := impact.Unknown(fmt.Sprintf("%d commits in the window are too few; at least %d are needed", t.totals.Commits, leastCommits))
	c.signals[impact.AbsenceFactor], c.signals[impact.ElephantFactor] = few, few
	if t.totals.Commits < leastCommits {
		return
	}
	k, who := half(t.persons)
	caf := impact.Known(float64(k), source)
	caf.Note = fmt.Sprintf("%d people made %d commits", countPeople(t.persons), t.totals.Commits)
	c.signals[impact.AbsenceFactor] = caf
	for _, person := range who {
		c.ourAbsence = c.ourAbsence || crew.personIsOurs(uint32(person))
	}
	c.signals[impact.ElephantFactor] = elephant(t, source)
}

// elephant is the elephant factor over those whose employer is known. Where more
// is unknown than known it would tell of the directory, not of the project.
func elephant(t *tally, source string) impact.Value {
	known, unknown := []contribution.Count{}, 0
	for i, n := range t.orgs {
		if t.orgNames[i] == Unknown {
			unknown = n.Commits
			continue
		}
		known = append(known, n)
	}
	sum := 0
	for _, n := range known {
		sum += n.Commits
	}
	if sum == 0 || sum < unknown {
		return impact.Unknown(fmt.Sprintf("the employer is known for %d of %d commits; import affiliations with \"tributary people import\"", sum, sum+unknown))
	}
	k, _ := half(known)
	v := impact.Known(float64(k), source)
	v.Note = fmt.Sprintf("of %d commits whose author's employer is known; of %d it is not", sum, unknown)
	return v
}

// half gives the least number of keys that together made half of the commits,
// and those keys.
func half(counts []contribution.Count) (k int, keys []int) {
	order := make([]int, 0, len(counts))
	sum := 0
	for i, n := range counts {
		if n.Commits > 0 {
			order = append(order, i)
			sum += n.Commits
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[b].Commits - counts[a].Commits })
	at := 0
	for k < len(order) && 2*at < sum {
		at += counts[order[k]].Commits
		k++
	}
	return k, order[:k]
}

func countPeople(counts []contribution.Count) int {
	n := 0
	for _, c := range counts {
		if c.Commits > 0 {
			n++
		}
	}
	return n
}

// releaseGap is the time since the last release by the project's own median gap
// between the days on which it released.
func releaseGap(releases []contribution.Release, asOf time.Time) impact.Value {
	days := map[int64]bool{}
	for _, r := range releases {
		if !r.Prerelease && !r.At.IsZero() && !r.At.After(asOf) && r.At.Unix() > 24*3600 {
			days[r.At.Unix()/(24*3600)] = true
		}
	}
	sorted := make([]int64, 0, len(days))
	for d := range days {
		sorted = append(sorted, d)
	}
	slices.Sort(sorted)
	const last, least = 20, 3
	if len(sorted) < least {
		return impact.Unknown(fmt.Sprintf("too few days with releases to tell what is usual: %d of at least %d", len(sorted), least))
	}
	sorted = sorted[max(0, len(sorted)-last):]
	gaps := make([]int64, 0, len(sorted))
	for i := 1; i < len(sorted); i++ {
		gaps = append(gaps, sorted[i]-sorted[i-1])
	}
	slices.Sort(gaps)
	median := float64(gaps[len(gaps)/2]+gaps[(len(gaps)-1)/2]) / 2
	since := float64(asOf.Unix()/(24*3600) - sorted[len(sorted)-1])
	v := impact.Known(math.Round(since/math.Max(median, 1)*100)/100, fmt.Sprintf("%.0f days since the last release; the median gap of the last %d is %.1f days", since, len(gaps), median))
	return v
}

// contributions are what our people gave, beside all.
func (c *community) contributions(t *tally, crew *crew, source string) {
	g := &c.give
	reviews := 0
	for _, n := range t.all {
		reviews += n.Reviews
	}
	g.AllCommits, g.AllReviews = impact.Known(float64(t.totals.Commits), source), impact.Known(float64(reviews), source+", trailers")
	if reviews == 0 {
		g.AllReviews = impact.Unknown("no commit names its reviewers; needs forge data")
	}
	if !crew.knowsOurs() {
		missing := impact.Unknown("it is not known which contributors are ours")
		g.OurCommits, g.OurReviews, g.OurPeople = missing, missing, missing
		return
	}
	var ours contribution.Count
	unknown := 0
	for i, n := range t.orgs {
		switch {
		case crew.isOur(t.orgNames[i]):
			ours.Commits, ours.Reviews, ours.People = ours.Commits+n.Commits, ours.Reviews+n.Reviews, ours.People+n.People
		case t.orgNames[i] == Unknown:
			unknown = n.Commits
		}
	}
	g.OurCommits, g.OurReviews, g.OurPeople = impact.Known(float64(ours.Commits), source), g.AllReviews, impact.Known(float64(ours.People), source)
	g.OurReviews.N = float64(ours.Reviews)
	if unknown > 0 {
		g.OurCommits.Note = fmt.Sprintf("the employer of the authors of %d of %d commits is not known", unknown, t.totals.Commits)
	}
	if t.totals.Commits > 0 {
		g.Coverage = impact.Known(1-float64(unknown)/float64(t.totals.Commits), source)
	}
}
