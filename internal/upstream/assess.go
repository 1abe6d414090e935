package upstream

import (
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// Assessment is what is known of one version in use.
type Assessment struct {
	Used, Latest                 string
	UsedPublished, LatestRelease time.Time
	// Libyears is max(0, date(latest stable) - date(used)) in years of 365.25
	// days (CHAOSS, Libyears); below 0 when a date is not known or doubtful,
	// with the reason in NoLibyears.
	Libyears   float64
	NoLibyears string
	// Behind counts the stable versions after the one in use, up to the latest;
	// -1 when unknown.
	Behind                      int
	UsedLicense, LatestLicense  string
	Frequency                   Frequency
	Relicensed, MaintainersMove Known
	Typosquat, ScriptsAdded     Known
	EndOfLife, ChangeDatePassed Known
	Deprecated, Yanked          Known
	Archived                    Known
	// Clock is when a clocked license of the version in use turns; nil for others.
	Clock   *Turning
	Signals []HealthSignal // sorted by kind
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
	Lifecycles *Lifecycles
	// Clocks are the parameters of clocked licenses that the company knows.
	Clocks []ClockRule
}

// Assess looks at one version in use with all that a registry tells. A listing
// with no more than a package is what nobody told of: only data that comes from
// elsewhere speaks of it then.
func Assess(l *Listing, used string, set *Setting) Assessment {
	a := Assessment{Used: used, Latest: l.Latest, Libyears: -1, Behind: -1, Frequency: frequency(l, set.Now)}
	now := l.Find(used)
	if now == nil {
		now = pseudo(l, used)
	}
	last := l.Find(l.Latest)
	a.versions(l, now, last, set)
	a.lifecycle(l, now, set)
	a.licenses(l, now, last, set)
	a.scripts(l, now, last)
	a.people(l, now, last)
	a.names(l, set)
	a.sortSignals()
	return a
}

// pseudoVersion is a Go version that is made of a commit: its time stands in it
// (go.dev/ref/mod#pseudo-versions).
var pseudoVersion = pattern.Lazy(`^v\d+\.\d+\.\d+-(?:[0-9A-Za-z.-]*[.-])?(\d{14})-[0-9a-f]{12}(?:\+incompatible)?$`)

// pseudo makes a release of a Go pseudo-version, which no registry lists.
func pseudo(l *Listing, version string) *Release {
	if l.Package.Type != "golang" {
		return nil
	}
	m := pseudoVersion().FindStringSubmatch(version)
	if m == nil {
		return nil
	}
	t, err := time.Parse("20060102150405", m[1])
	if err != nil {
		return nil
	}
	return &Release{Version: version, Published: t, Pre: true}
}

func (a *Assessment) versions(l *Listing, now, last *Release, set *Setting) {
	if now != nil {
		a.UsedPublished = now.Published
	}
	if last != nil {
		a.LatestRelease = last.Published
	}
	doubtful := DoubtfulDates(l.Versions)
	a.libyears(doubtful, set)
	if doubtful {
		a.add(l, SignalDoubtfulDate, time.Time{}, "later patch versions are dated before earlier ones: these are times of a copy, not of publication")
	}
	if a.Used != "" && a.Latest != "" {
		a.Behind = behind(l, a.Used, a.Latest, set.Order)
	}
	newest := newestRelease(l, Release{Version: a.Latest, Published: a.LatestRelease})
	if since := set.Now.Sub(newest.Published); !newest.Published.IsZero() && since > quietAfter && !doubtful {
		a.add(l, SignalQuiet, newest.Published, "the latest release, %s, was %.1f years ago", newest.Version, since.Hours()/yearOfHours)
	}
}

// newestRelease is the release that was made last: of an older line perhaps, or
// a preview. A project that makes any is not quiet.
func newestRelease(l *Listing, newest Release) Release {
	for _, r := range l.Versions {
		if r.Published.After(newest.Published) {
			newest = r
		}
	}
	return newest
}

// libyears follows the dates alone, as the metric does: a preview that is
// higher than the latest stable version and older is behind all the same.
func (a *Assessment) libyears(doubtful bool, set *Setting) {
	dated := !a.UsedPublished.IsZero() && !a.LatestRelease.IsZero()
	switch {
	case a.Used == "":
		a.NoLibyears = "no version is resolved"
	case a.Latest == "":
		a.NoLibyears = "the latest version is not known"
	case a.Used == a.Latest || !dated && set.Order(a.Used, a.Latest) >= 0:
		a.Libyears = 0
	case a.UsedPublished.IsZero():
		a.NoLibyears = "the date of the version in use is not known"
	case a.LatestRelease.IsZero():
		a.NoLibyears = "the date of the latest version is not known"
	case doubtful:
		a.NoLibyears = "the dates contradict the order of versions"
	default:
		a.Libyears = max(0, a.LatestRelease.Sub(a.UsedPublished).Hours()/yearOfHours)
	}
}

// behind counts the stable versions that were not withdrawn, from the one in use
// to the latest.
func behind(l *Listing, used, latest string, order func(a, b string) int) int {
	if order(used, latest) >= 0 {
		return 0
	}
	n := 0
	for _, r := range l.Versions {
		if !r.Pre && r.Yanked == "" && order(r.Version, used) > 0 && order(r.Version, latest) <= 0 {
			n++
		}
	}
	return max(n, 1) // the latest itself, even where the list lacks it
}

func (a *Assessment) lifecycle(l *Listing, now *Release, set *Setting) {
	if len(l.Versions) > 0 {
		a.Deprecated = KnownBool(l.Deprecated != "")
	}
	if l.Deprecated != "" {
		a.add(l, SignalDeprecated, time.Time{}, "the package is deprecated: %s", l.Deprecated)
	}
	a.Archived = l.Archived
	if l.Archived == Yes {
		a.add(l, SignalArchived, time.Time{}, "the project is archived")
	}
	switch {
	case now != nil:
		if now.Deprecated != "" && now.Deprecated != l.Deprecated {
			a.Deprecated = Yes
			a.add(l, SignalDeprecated, time.Time{}, "version %s is deprecated: %s", now.Version, now.Deprecated)
		}
		a.Yanked = KnownBool(now.Yanked != "")
		if now.Yanked != "" {
			a.add(l, SignalYanked, time.Time{}, "version %s was withdrawn: %s", now.Version, now.Yanked)
		}
	case a.Used != "" && len(l.Versions) > 1:
		a.add(l, SignalUnlisted, time.Time{}, "the registry does not list version %s", a.Used)
	}
	if end, ok := set.Lifecycles.Find(l.Package, a.Used); ok {
		a.EndOfLife = KnownBool(end.Over(set.Now))
		if a.EndOfLife == Yes {
			date := end.End
			if date.IsZero() {
				date = set.Now
			}
			a.Signals = append(a.Signals, HealthSignal{SignalEndOfLife, end.Text(a.Used), date, end.Source})
		}
	}
}

// Tells says whether a registry told anything of versions.
func (l *Listing) Tells() bool { return len(l.Versions) > 0 || l.Latest != "" }

// Nothing is the listing of a package of which nobody told.
func Nothing(p inventory.PURL) *Listing { return &Listing{Package: p.WithoutVersion()} }
