package contribution

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"
)

// Facts are all that the metrics of one project are computed from.
type Facts struct {
	// Chronicle was made with Since and Until.
	Chronicle *Chronicle
	// Orgs are what the keys of the chronicle stand for.
	Orgs []Org
	// KnowsOurs is false where nothing says who is ours.
	KnowsOurs bool
	Releases  []Release
	// Incomplete says why earlier commits are not known ("a shallow clone"); "" when they are.
	Incomplete   string
	Since, Until time.Time
	// Spans is how many spans of 90 days the trend has.
	Spans int
	// Dependencies are what the project itself uses; nil where it was not scanned.
	Dependencies []Dependency
	// Forge is nil where no issues and change requests are known.
	Forge *Forge
}

// Assess computes all metrics, in the order of [Definitions].
func Assess(f *Facts) []Metric {
	a := newAssessment(f)
	now := a.measure(f.Since, f.Until, true)
	out := make([]Metric, 0, len(Definitions))
	spans := a.spans(f.Spans)
	then := make([]map[string]Reading, len(spans))
	for i, s := range spans {
		then[i] = a.measure(s.Since, s.Until, false)
	}
	for i := range Definitions {
		d := &Definitions[i]
		m := Metric{Definition: d, Reading: a.settle(d, now[d.Name]), Since: f.Since, Until: f.Until}
		if d.Trend && (!d.Forge || f.Forge != nil) {
			for j, s := range spans {
				s.Reading = a.settle(d, then[j][d.Name])
				s.Parts, s.Note = nil, ""
				m.Trend = append(m.Trend, s)
			}
		}
		out = append(out, m)
	}
	return out
}

// assessment is what the readings of all windows share.
type assessment struct {
	*Facts
	people   []Life
	firstOrg []int64
	asOf     int64
	dated    float64 // share of commits with a date that can be
}

func newAssessment(f *Facts) *assessment {
	a := &assessment{Facts: f, asOf: f.Until.Unix(), dated: 1}
	a.people, a.firstOrg = f.Chronicle.Lives()
	if t := f.Chronicle.totals; t.Seen > 0 {
		a.dated = 1 - float64(t.Undated)/float64(t.Seen)
	}
	return a
}

// spans are the last n spans of 90 days, oldest first.
func (a *assessment) spans(n int) (out []Span) {
	for i := n; i > 0; i-- {
		out = append(out, Span{Since: a.Until.AddDate(0, 0, -i*spanDays), Until: a.Until.AddDate(0, 0, -(i-1)*spanDays)})
	}
	return out
}

// settle takes the value from a reading for which too little is known.
func (a *assessment) settle(d *Definition, r Reading) Reading {
	switch {
	case d.Forge && a.Forge == nil:
		return Reading{Reason: needsForge}
	case d.Ours && !a.KnowsOurs:
		return Reading{Reason: needsOurs}
	case r.Reason == "" && a.Chronicle.totals.Seen == 0 && !d.Forge && d.Group != dependencies:
		r = Reading{Reason: "the history has no commit"}
	case r.Reason == "" && d.AllTime && a.Incomplete != "" && !d.Forge && d.Group != releasing && d.Name != "days_since_last_commit":
		r.Reason = a.Incomplete + ": what came before is not known; mine a whole clone"
	case r.Reason == "" && r.N < d.Least:
		r.Reason = fmt.Sprintf("not enough data: n is %d (%s), at least %d are needed", r.N, d.Of, d.Least)
	}
	r.Known = r.Reason == ""
	if !r.Known {
		r.Value = 0
	}
	return r
}

const (
	needsForge = "needs forge data: issues and change requests are not in git; import them with \"tributary history import-forge\""
	needsOurs  = "it is not known who is ours: state organization.domains in program.yaml, or import affiliations with \"tributary people import\""
)

// measure reads all metrics for a window.
func (a *assessment) measure(since, until time.Time, parts bool) map[string]Reading {
	w := &window{assessment: a, from: since.Unix(), to: until.Unix(), out: map[string]Reading{}}
	w.p = a.Chronicle.Period(w.from, w.to, a.Orgs)
	w.reach = a.dated * a.reach(w.from, w.to)
	w.activity()
	w.carriers()
	if parts {
		w.attachParts()
	}
	w.comers()
	w.releases(ReleaseRhythm(a.Releases, since, until))
	w.libyears()
	w.ours()
	w.tooLittle()
	if a.Forge != nil {
		a.Forge.read(since, until, func(name string, r Reading) { w.out[name] = r })
	}
	return w.out
}

// tooLittle takes the values from a window of which less than half is known.
func (w *window) tooLittle() {
	if w.reach >= leastKnown || w.Chronicle.totals.Seen == 0 {
		return
	}
	for i := range Definitions {
		d := &Definitions[i]
		gitTells := d.Group == activity || d.Group == concentration || d.Group == newcomers || d.Group == ourPart
		if r := w.out[d.Name]; gitTells && d.Name != "days_since_last_commit" && r.Reason == "" {
			why := "many commits have no date that can be"
			if w.Incomplete != "" {
				why = w.Incomplete
			}
			w.not(d.Name, "not enough data: of the window %.0f %% is known (%s)", 100*w.reach, why)
		}
	}
}

// reach is the share of a window that the known history reaches back into.
func (a *assessment) reach(from, to int64) float64 {
	if a.Incomplete == "" || to <= from || a.Chronicle.first <= from {
		return 1
	}
	return math.Max(0, float64(to-a.Chronicle.first)/float64(to-from))
}

// window is one stretch of time that is measured.
type window struct {
	*assessment
	from, to int64
	p        *Period
	reach    float64
	out      map[string]Reading
}

func (w *window) put(name string, value float64, n int, coverage float64) {
	w.out[name] = Reading{Value: value, N: n, Coverage: coverage}
}

func (w *window) not(name string, reason string, args ...any) {
	r := w.out[name]
	r.Reason = fmt.Sprintf(reason, args...)
	w.out[name] = r
}

func (w *window) note(name, text string, args ...any) {
	r := w.out[name]
	r.Note = fmt.Sprintf(text, args...)
	w.out[name] = r
}

func (w *window) activity() {
	p, t := w.p, w.Chronicle.Totals()
	w.put("commits", float64(p.Commits), p.Commits, w.reach)
	w.put("merge_commits", float64(t.Merges), t.Merges, w.reach)
	w.put("bot_commits", float64(t.Bots), t.BotPeople, w.reach)
	w.put("contributors", float64(howMany(p.Persons)), p.Commits, w.reach)
	c := w.Chronicle.WeeklyCadence(w.from, w.to)
	w.put("commits_per_week", c.Median, c.Weeks, w.reach)
	w.put("active_weeks", float64(c.Active)/math.Max(1, float64(c.Weeks)), c.Weeks, w.reach)
	last := int64(math.MinInt64)
	for i := range w.people {
		if w.people[i].Commits > 0 {
			last = max(last, w.people[i].Last)
		}
	}
	w.put("days_since_last_commit", DaysBetween(time.Unix(last, 0), time.Unix(w.to, 0)), w.Chronicle.commits.n, w.dated)
	if last == math.MinInt64 {
		w.not("days_since_last_commit", "no commit by a human has a date that can be")
	} else {
		w.note("days_since_last_commit", "on %s", time.Unix(last, 0).UTC().Format(time.DateOnly))
	}
}

// carriers are M1 to M3.
func (w *window) carriers() {
	p := w.p
	k, _ := AbsenceFactor(p.Persons)
	w.put("contributor_absence_factor", float64(k), p.Commits, w.reach)
	people := howMany(p.Persons)
	w.note("contributor_absence_factor", "%d %s made %d commits", people, map[bool]string{true: "person", false: "people"}[people == 1], p.Commits)
	reviews := total(p.Reviews)
	k, _ = AbsenceFactor(p.Reviews)
	w.put("review_absence_factor", float64(k), reviews, w.reach)
	if reviews == 0 {
		w.not("review_absence_factor", "no commit names its reviewers: needs forge data")
	}
	e := ElephantFactor(p)
	known := w.reach * covered(e.KnownCommits, p.Commits)
	w.put("elephant_factor", float64(e.Known), e.KnownCommits, known)
	w.note("elephant_factor", "of %d commits whose author's employer is known; of %d it is not", e.KnownCommits, e.UnknownCommits)
	w.put("organization_concentration", Concentration(p), e.KnownCommits, known)
	if !e.Told() && p.Commits > 0 {
		for _, name := range []string{"elephant_factor", "organization_concentration"} {
			w.not(name, "not enough data: the employer is known for %d of %d commits; import affiliations with \"tributary people import\"", e.KnownCommits, p.Commits)
		}
	}
	w.put("elephant_factor_with_unknown", float64(e.WithUnknown), p.Commits, known)
	w.put("organizations", float64(howMany(p.Orgs)), p.Commits, known)
	w.put("unknown_affiliation", share(e.UnknownCommits, p.Commits), p.Commits, w.reach)
	fresh := 0
	for org, first := range w.firstOrg {
		if first >= w.from && first < w.to && orgOf(w.Orgs, uint32(org)).Kind == Employer {
			fresh++
		}
	}
	w.put("new_organizations", float64(fresh), howMany(p.Orgs), known)
}

// attachParts lists the commits of each employer, most first.
func (w *window) attachParts() {
	r := w.out["organizations"]
	for org, n := range w.p.Orgs {
		if n > 0 {
			r.Parts = append(r.Parts, Part{Name: w.Orgs[org].Name, N: n, Share: share(n, w.p.Commits)})
		}
	}
	slices.SortFunc(r.Parts, func(a, b Part) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Name, b.Name)) })
	for _, x := range []struct {
		name   string
		counts []int
	}{{"independent", w.p.Independent}, {"unknown", w.p.Unknown}} {
		if n := total(x.counts); n > 0 {
			r.Parts = append(r.Parts, Part{Name: x.name, N: n, Share: share(n, w.p.Commits)})
		}
	}
	w.out["organizations"] = r
}

// comers are M10 to M12 and who stays.
func (w *window) comers() {
	people := howMany(w.p.Persons)
	w.put("new_contributors", float64(NewContributors(w.people, w.from, w.to)), people, w.reach)
	w.put("inactive_contributors", float64(InactiveContributors(w.people, w.from, w.to, w.asOf, inactiveDays*day)), people, w.reach)
	if w.from > w.asOf-inactiveDays*day {
		w.not("inactive_contributors", "the window begins less than %d days before the date of the answer: nobody can be told silent yet", inactiveDays)
	}
	c := NewcomerConversion(w.people, w.from, w.to, returnDays*day)
	w.put("second_commit_conversion", share(c.Second, c.Newcomers), c.Newcomers, w.reach)
	w.put("returning_newcomers", share(c.Returned, c.Cohort), c.Cohort, covered(c.Cohort, c.Newcomers))
	were, still := Retained(w.Chronicle.Period(2*w.from-w.to, w.from, nil).Persons, w.p.Persons)
	w.put("retained_contributors", share(still, were), were, w.reach)
	w.put("sustained_contributors", float64(count(w.Chronicle.Sustained(w.from, w.to, nil))), people, w.reach)
	if w.to-w.from < spanDays*day {
		w.not("sustained_contributors", "the window is shorter than %d days", spanDays)
	}
}

func (w *window) releases(r Rhythm) {
	dated := covered(r.Dated, r.Dated+r.Undated)
	w.put("releases", float64(r.Releases), r.Days, dated)
	if w.Incomplete != "" && r.Dated+r.Undated == 0 {
		w.not("releases", "%s: no tag is there, and it is not known whether there are any", w.Incomplete)
	}
	if r.Prereleases > 0 {
		w.note("releases", "%d prereleases apart", r.Prereleases)
	}
	w.put("median_release_gap", r.Median, r.Days, dated)
	w.put("longest_release_gap", r.Longest, r.Days, dated)
	w.put("days_since_last_release", float64(r.Since), r.Dated, dated)
	w.put("release_lateness", math.Round(r.Late*100)/100, r.AllDays, dated)
	if r.Since < 0 {
		w.not("days_since_last_release", "not enough data: no tag of that time names a version")
	}
	if r.AllDays < leastReleaseDays {
		w.not("release_lateness", "too few days with releases to tell what is usual: %d of at least %d", r.AllDays, leastReleaseDays)
	} else {
		w.note("release_lateness", "%d days since the last release; the median gap of the last %d is %.1f days", r.Since, r.AllDays-1, r.Usual)
	}
}

// ours are what our people give, and where the project leans on them.
func (w *window) ours() {
	p := w.p
	ours, people := total(p.Ours), howMany(p.Ours)
	_, unknown := positive(p.Unknown)
	known := w.reach * covered(p.Commits-unknown, p.Commits)
	w.put("our_commits", float64(ours), p.Commits, known)
	w.put("our_share", share(ours, p.Commits), p.Commits, known)
	reviewed, ourReviews := w.reviewed(p, w.from, w.to)
	w.put("our_reviews", float64(ourReviews), reviewed, known)
	if reviewed == 0 {
		w.not("our_reviews", "no commit names its reviewers: needs forge data")
	}
	w.put("our_people", float64(people), howMany(p.Persons), known)
	sustained := w.Chronicle.Sustained(w.from, w.to, func(org uint32) bool { return orgOf(w.Orgs, org).Ours })
	byThem := 0
	for person, yes := range sustained {
		if yes {
			byThem += p.Ours[person]
		}
	}
	w.put("our_sustained_people", float64(count(sustained)), people, known)
	w.put("our_sustained_share", share(byThem, ours), ours, known)
	if w.to-w.from < spanDays*day {
		w.not("our_sustained_people", "the window is shorter than %d days", spanDays)
		w.not("our_sustained_share", "the window is shorter than %d days", spanDays)
	}
	k, mine := Succession(p)
	w.put("succession", float64(mine), k, known)
	w.note("succession", "of the %d who made half of the commits", k)
	if p.Commits < leastCommits {
		w.not("succession", "not enough data: n is %d (commits), at least %d are needed", p.Commits, leastCommits)
	}
}

// Reviewed counts what was reviewed in the window, and what of it our people
// reviewed: change requests where the forge tells of reviews, else commits whose
// trailers do.
func (f *Facts) Reviewed(p *Period) (all, ours int) {
	return f.reviewed(p, f.Since.Unix(), f.Until.Unix())
}

func (f *Facts) reviewed(p *Period, from, to int64) (all, ours int) {
	if f.Forge != nil {
		if all, ours = f.Forge.Reviews(time.Unix(from, 0), time.Unix(to, 0)); all > 0 {
			return all, ours
		}
	}
	return p.Reviewed, p.OurReviews
}

// Succession gives the contributor absence factor, and how many people of ours
// are it: those with as many commits as its last, however ties are broken.
func Succession(p *Period) (k, ours int) {
	k, least := AbsenceFactor(p.Persons)
	for person, n := range p.Persons {
		if least > 0 && n >= least && p.Ours[person] > 0 {
			ours++
		}
	}
	return k, ours
}

// covered is the share of what is there; where nothing is, nothing is missing.
func covered(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return share(part, whole)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func count(yes []bool) (n int) {
	for _, y := range yes {
		if y {
			n++
		}
	}
	return n
}
