package work

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/impact"
)

// community turns the histories of an upstream into signals and give. What it
// says of a community is what "tributary health" says of it.
func (o *Office) community(ctx context.Context, name string, histories []contribution.History, crew *crew, scans snapshots, params impact.Params) (*community, error) {
	t, err := o.tally(ctx, histories, crew, tallyOptions{CountOptions: o.impactWindow(params), Give: true})
	if err != nil {
		return nil, err
	}
	source := fmt.Sprintf("history of %s, %d days to %s", name, params.Days, o.AsOf.UTC().Format(time.DateOnly))
	if t.incomplete != "" {
		source += " (" + t.incomplete + ")"
	}
	c := &community{signals: map[impact.Signal]impact.Value{}, teams: t.teams}
	if t.forge, err = o.forge(ctx, crew, name, histories); err != nil {
		return nil, err
	}
	if t.deps, err = scans.dependencies(ctx, o, name, histories); err != nil {
		return nil, err
	}
	facts := t.assessable(crew, 0)
	metrics := contribution.Assess(facts)
	for signal, name := range communitySignals {
		if t.forge == nil && contribution.DefinitionOf(name).Forge || t.deps == nil && signal == impact.Libyears {
			continue // impact says what would make it known
		}
		c.signals[signal] = signalOf(metrics, name, source)
	}
	c.signals[impact.LastCommit] = impact.Unknown("no commit by a human has a date that can be")
	if !t.last.IsZero() {
		c.signals[impact.LastCommit] = impact.Known(contribution.DaysBetween(t.last, t.until), "last human commit on "+t.last.UTC().Format(time.DateOnly))
	}
	_, ours := contribution.Succession(t.period)
	c.ourAbsence = ours > 0
	c.openChanges = signalOf(metrics, "our_open_change_requests", source)
	c.contributions(t, facts, crew, source)
	return c, nil
}

// communitySignals are the signals that are metrics of a community, by name.
var communitySignals = map[impact.Signal]string{
	impact.AbsenceFactor:  "contributor_absence_factor",
	impact.ElephantFactor: "elephant_factor",
	impact.ReleaseGap:     "release_lateness",
	impact.ClosureRatio:   "change_request_closure_ratio",
	impact.FirstResponse:  "time_to_first_response",
	impact.Libyears:       "libyears_mean",
}

// assessable are the facts for the metrics of a project.
func (t *tally) assessable(crew *crew, spans int) *contribution.Facts {
	return &contribution.Facts{Chronicle: t.chronicle, Orgs: t.facts, KnowsOurs: crew.knowsOurs(), Releases: t.releases, Incomplete: t.incomplete,
		Since: t.since, Until: t.until, Spans: spans, Forge: t.forge, Dependencies: t.deps}
}

// signalOf is a metric as a signal.
func signalOf(metrics []contribution.Metric, name, source string) impact.Value {
	for i := range metrics {
		m := &metrics[i]
		if m.Name != name {
			continue
		}
		if !m.Known {
			return impact.Unknown(m.Reason)
		}
		v := impact.Known(m.Value, source)
		v.Note = m.Note
		return v
	}
	return impact.Unknown("")
}

func reviewSource(f *contribution.Facts) string {
	if f.Forge != nil {
		return "issues and change requests of the forge, else trailers"
	}
	return "trailers"
}

// contributions are what our people gave, beside all.
func (c *community) contributions(t *tally, facts *contribution.Facts, crew *crew, source string) {
	g := &c.give
	reviews, ourReviews := facts.Reviewed(t.period)
	g.AllCommits, g.AllReviews = impact.Known(float64(t.totals.Commits), source), impact.Known(float64(reviews), source+", "+reviewSource(facts))
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
	g.OurReviews.N = float64(ourReviews)
	if unknown > 0 {
		g.OurCommits.Note = fmt.Sprintf("the employer of the authors of %d of %s is not known", unknown, plural(t.totals.Commits, "commit", "commits"))
	}
	if t.totals.Commits > 0 {
		g.Coverage = impact.Known(1-float64(unknown)/float64(t.totals.Commits), source)
	}
}
