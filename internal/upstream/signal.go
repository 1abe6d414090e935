package upstream

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// SignalKind names what is worth a look about the project behind a component.
type SignalKind string

// The signals.
const (
	SignalDeprecated   SignalKind = "deprecated"
	SignalYanked       SignalKind = "yanked"
	SignalArchived     SignalKind = "archived"
	SignalEndOfLife    SignalKind = "end-of-life"
	SignalRelicensed   SignalKind = "relicensed"
	SignalClock        SignalKind = "change-date"
	SignalMaintainers  SignalKind = "maintainers-changed"
	SignalScripts      SignalKind = "install-scripts"
	SignalTyposquat    SignalKind = "typosquat"
	SignalQuiet        SignalKind = "quiet"
	SignalDoubtfulDate SignalKind = "doubtful-dates"
	SignalUnlisted     SignalKind = "unlisted"
)

// HealthSignal is one fact with its explanation.
type HealthSignal struct {
	Kind SignalKind
	Text string
	// Date is when it happened, or where that is not known when it was seen.
	Date   time.Time
	Source string
}

// Assessment is what is known of one version in use.
type Assessment struct {
	Used, Latest                 string
	UsedPublished, LatestRelease time.Time
	// Libyears is max(0, date(latest stable) - date(used)) in years of 365.25
	// days (CHAOSS, Libyears); below 0 when a date is not known or doubtful,
	// with the reason in NoLibyears.
	Libyears   float64
	NoLibyears string
	// Behind counts the stable versions after the one in use; -1 when unknown.
	Behind                      int
	UsedLicense, LatestLicense  string
	Frequency                   Frequency
	Relicensed, MaintainersMove Known
	Typosquat, ScriptsAdded     Known
	EndOfLife, ChangeDatePassed Known
	Deprecated, Yanked          Known
	Signals                     []HealthSignal // sorted by kind
}

// Frequency is how often a package is released (CHAOSS, Release Frequency).
type Frequency struct {
	// Releases counts the stable ones of the last 365 days.
	Releases int
	// MedianGap and LongestGap are days between successive releases in all
	// history; -1 where fewer than two dates are known.
	MedianGap, LongestGap float64
	SinceLast             float64 // days; -1 when unknown
	Undated               int
}

// Limits of what is called a signal.
const (
	newPackage  = 90 * 24 * time.Hour      // a package younger than this may be a squatter
	quietAfter  = 2 * 365 * 24 * time.Hour // no release for so long is worth a look
	yearOfHours = 365.25 * 24
)

// Setting is what an assessment compares with.
type Setting struct {
	Now time.Time
	// SameLicense says whether two statements are the same license; ok is false
	// when one is not understood.
	SameLicense func(a, b string) (same, ok bool)
	// Order compares versions of the package's ecosystem.
	Order func(a, b string) int
	// Popular are full names that others imitate, of the same ecosystem.
	Popular *Names
	// Lifecycles holds end-of-life data by product.
	Lifecycles Lifecycles
	// Clocks are the parameters of clocked licenses that the company knows.
	Clocks []ClockRule
}

// Assess looks at one version in use with all that a registry tells.
func Assess(l *Listing, used string, set *Setting) Assessment {
	a := Assessment{Used: used, Latest: l.Latest, Libyears: -1, Behind: -1, Frequency: frequency(l, set.Now)}
	now := l.Find(used)
	last := l.Find(l.Latest)
	a.versions(l, now, last, set)
	a.lifecycle(l, now, set)
	a.licenses(l, now, last, set)
	a.people(l, now, last)
	a.names(l, set)
	slices.SortStableFunc(a.Signals, func(x, y HealthSignal) int {
		if x.Kind < y.Kind {
			return -1
		}
		if x.Kind > y.Kind {
			return 1
		}
		return 0
	})
	return a
}

func (a *Assessment) add(l *Listing, kind SignalKind, date time.Time, format string, args ...any) {
	if date.IsZero() {
		date = l.Observed
	}
	a.Signals = append(a.Signals, HealthSignal{kind, fmt.Sprintf(format, args...), date, l.Source})
}

func (a *Assessment) versions(l *Listing, now, last *Release, set *Setting) {
	if now != nil {
		a.UsedPublished = now.Published
	}
	if last != nil {
		a.LatestRelease = last.Published
	}
	doubtful := DoubtfulDates(l.Versions)
	switch {
	case a.Used == "":
		a.NoLibyears = "no version is resolved"
	case a.Latest == "":
		a.NoLibyears = "the latest version is not known"
	case set.Order(a.Used, a.Latest) >= 0:
		a.Libyears, a.Behind = 0, 0
	case now == nil || now.Published.IsZero():
		a.NoLibyears = "the date of " + a.Used + " is not known"
	case last == nil || last.Published.IsZero():
		a.NoLibyears = "the date of " + a.Latest + " is not known"
	case doubtful:
		a.NoLibyears = "the dates contradict the order of versions"
	default:
		a.Libyears = max(0, last.Published.Sub(now.Published).Hours()/yearOfHours)
	}
	if doubtful {
		a.add(l, SignalDoubtfulDate, time.Time{}, "later patch versions are dated before earlier ones: these are times of a copy, not of publication")
	}
	if a.Behind < 0 && now != nil && last != nil {
		a.Behind = 0
		for _, r := range l.Versions {
			if !r.Pre && r.Yanked == "" && set.Order(r.Version, a.Used) > 0 && set.Order(r.Version, a.Latest) <= 0 {
				a.Behind++
			}
		}
	}
	if since := set.Now.Sub(a.LatestRelease); !a.LatestRelease.IsZero() && since > quietAfter && !doubtful {
		a.add(l, SignalQuiet, a.LatestRelease, "the latest release, %s, was %.1f years ago", a.Latest, since.Hours()/yearOfHours)
	}
}

func (a *Assessment) lifecycle(l *Listing, now *Release, set *Setting) {
	if l.Deprecated != "" {
		a.Deprecated = Yes
		a.add(l, SignalDeprecated, time.Time{}, "the package is deprecated: %s", l.Deprecated)
	}
	if now != nil {
		if now.Deprecated != "" && now.Deprecated != l.Deprecated {
			a.Deprecated = Yes
			a.add(l, SignalDeprecated, time.Time{}, "version %s is deprecated: %s", now.Version, now.Deprecated)
		}
		a.Yanked = KnownBool(now.Yanked != "")
		if now.Yanked != "" {
			a.add(l, SignalYanked, time.Time{}, "version %s was withdrawn: %s", now.Version, now.Yanked)
		}
	} else if a.Used != "" && len(l.Versions) > 1 && l.Package.Type != "golang" {
		a.add(l, SignalUnlisted, time.Time{}, "the registry does not list version %s", a.Used)
	}
	if l.Archived == Yes {
		a.add(l, SignalArchived, time.Time{}, "the project is archived")
	}
	if end, ok := set.Lifecycles.Find(l.Package, a.Used); ok {
		a.EndOfLife = KnownBool(end.Over(set.Now))
		if a.EndOfLife == Yes {
			a.Signals = append(a.Signals, HealthSignal{SignalEndOfLife, end.Text(a.Used, set.Now), end.Date, end.Source})
		}
	}
}

// license is what is known of a release's license: as declared, else as found.
func (r *Release) license() string {
	switch {
	case r == nil:
		return ""
	case r.License != "":
		return r.License
	}
	return r.Detected
}

func (a *Assessment) licenses(l *Listing, now, last *Release, set *Setting) {
	a.UsedLicense, a.LatestLicense = now.license(), last.license()
	if a.UsedLicense != "" && a.LatestLicense != "" && set.SameLicense != nil {
		if same, ok := set.SameLicense(a.UsedLicense, a.LatestLicense); ok {
			a.Relicensed = KnownBool(!same)
			if !same {
				a.add(l, SignalRelicensed, last.Published, "%s is under %s, %s is under %s", now.Version, a.UsedLicense, last.Version, a.LatestLicense)
			}
		}
	}
	if now == nil {
		return
	}
	clock, ok := ClockOf(l.Package, now, set.Clocks)
	if !ok {
		return
	}
	if clock.Change.IsZero() {
		a.add(l, SignalClock, now.Published, "%s", clock.Text())
		return
	}
	a.ChangeDatePassed = KnownBool(!set.Now.Before(clock.Change))
	a.add(l, SignalClock, clock.Change, "%s", clock.Text())
}

func (a *Assessment) people(l *Listing, now, last *Release) {
	if now != nil && last != nil && now.InstallScript != NotTold && last.InstallScript != NotTold {
		a.ScriptsAdded = KnownBool(now.InstallScript == No && last.InstallScript == Yes)
		if a.ScriptsAdded == Yes {
			a.add(l, SignalScripts, last.Published, "%s runs a script when it is installed, %s did not", last.Version, now.Version)
		}
	}
	if now == nil || len(now.Maintainers) == 0 {
		return
	}
	latest, what := l.Maintainers, "today"
	if len(latest) == 0 && last != nil {
		latest, what = last.Maintainers, "at "+last.Version
	}
	if len(latest) == 0 {
		return
	}
	joined, left := difference(latest, now.Maintainers), difference(now.Maintainers, latest)
	a.MaintainersMove = KnownBool(joined+left > 0)
	if joined+left > 0 {
		var date time.Time
		if last != nil {
			date = last.Published
		}
		a.add(l, SignalMaintainers, date, "maintainers %s: %d, of whom %d are new since %s; %d left", what, len(latest), joined, now.Version, left)
	}
}

// difference counts what is in a and not in b.
func difference(a, b []string) int {
	n := 0
	for _, x := range a {
		if !slices.Contains(b, x) {
			n++
		}
	}
	return n
}

func (a *Assessment) names(l *Listing, set *Setting) {
	if set.Popular == nil {
		return
	}
	near, ok := set.Popular.Near(l.Package)
	if !ok {
		a.Typosquat = No
		return
	}
	first := FirstPublished(l)
	if first.IsZero() {
		return // near, and nobody tells how old
	}
	a.Typosquat = KnownBool(set.Now.Sub(first) < newPackage)
	if a.Typosquat == Yes {
		a.add(l, SignalTyposquat, first, "the name is close to %s, and the package is %d days old", near, int(set.Now.Sub(first).Hours()/24))
	}
}

// FirstPublished is the earliest date of any version; zero when none is known.
func FirstPublished(l *Listing) time.Time {
	var first time.Time
	for _, r := range l.Versions {
		if !r.Published.IsZero() && (first.IsZero() || r.Published.Before(first)) {
			first = r.Published
		}
	}
	return first
}

// DoubtfulDates is true where successive patch versions of one minor version
// stand in the wrong order of time in more than one case out of five: such
// times are those of a copy being made.
func DoubtfulDates(sorted []Release) bool {
	pairs, wrong := 0, 0
	var before *Release
	for i := range sorted {
		r := &sorted[i]
		if r.Pre || r.Published.IsZero() {
			continue
		}
		if before != nil && minorOf(before.Version) == minorOf(r.Version) {
			pairs++
			if r.Published.Before(before.Published.Add(-time.Hour)) {
				wrong++
			}
		}
		before = r
	}
	return wrong > 1 && wrong*5 > pairs || wrong == 1 && pairs == 1
}

func minorOf(version string) string {
	dots := 0
	for i := range len(version) {
		if version[i] == '.' {
			if dots++; dots == 2 {
				return version[:i]
			}
		}
	}
	return version
}

func frequency(l *Listing, now time.Time) Frequency {
	f := Frequency{MedianGap: -1, LongestGap: -1, SinceLast: -1}
	var dates []time.Time
	for _, r := range l.Versions {
		switch {
		case r.Published.IsZero():
			f.Undated++
		case !r.Pre && !r.Published.After(now):
			dates = append(dates, r.Published)
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	var gaps []float64
	for i, d := range dates {
		if now.Sub(d) <= 365*24*time.Hour {
			f.Releases++
		}
		if i > 0 {
			gaps = append(gaps, d.Sub(dates[i-1]).Hours()/24)
		}
	}
	if len(dates) > 0 {
		f.SinceLast = now.Sub(dates[len(dates)-1]).Hours() / 24
	}
	if len(gaps) > 0 {
		slices.Sort(gaps)
		f.MedianGap, f.LongestGap = Median(gaps), gaps[len(gaps)-1]
	}
	return f
}

// Median of sorted numbers; NaN of none.
func Median(sorted []float64) float64 {
	n := len(sorted)
	switch {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}
