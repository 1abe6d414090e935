package upstream

import (
	"slices"
	"time"
)

// statedLicense is what is known of a release's license: as declared, else as found.
func (r *Release) statedLicense() string {
	switch {
	case r == nil:
		return ""
	case r.License != "":
		return r.License
	}
	return r.Detected
}

// statements gives of two releases what can be compared: what both declare, or
// what was found in the texts of both, or the best that there is of each.
func statements(now, last *Release) (used, latest string) {
	if now != nil && last != nil {
		switch {
		case now.License != "" && last.License != "":
			return now.License, last.License
		case now.Detected != "" && last.Detected != "":
			return now.Detected, last.Detected
		}
	}
	return now.statedLicense(), last.statedLicense()
}

func (a *Assessment) licenses(l *Listing, now, last *Release, set *Setting) {
	a.UsedLicense, a.LatestLicense = statements(now, last)
	if a.UsedLicense != "" && a.LatestLicense != "" && set.SameLicense != nil {
		same, ok := a.UsedLicense == a.LatestLicense, true
		if !same {
			same, ok = set.SameLicense(a.UsedLicense, a.LatestLicense)
		}
		if ok {
			a.Relicensed = KnownBool(!same)
		}
		if ok && !same {
			a.add(l, SignalRelicensed, last.Published, "%s is under %s, %s is under %s", now.Version, a.UsedLicense, last.Version, a.LatestLicense)
		}
	}
	if now == nil {
		return
	}
	clock, ok := ClockOf(l.Package, now, set.Clocks)
	if !ok {
		return
	}
	a.Clock = &clock
	if clock.Change.IsZero() {
		a.add(l, SignalClock, now.Published, "%s", clock.Text())
		return
	}
	// Before the last possible day nobody knows whether it has turned already.
	if passed := !set.Now.Before(clock.Change); passed || !clock.Latest {
		a.ChangeDatePassed = KnownBool(passed)
	}
	a.add(l, SignalClock, clock.Change, "%s", clock.Text())
}

// scripts tells whether the version in use runs a script when it is installed
// that the stable version before it did not have, or the latest one does that
// the one in use has not.
func (a *Assessment) scripts(l *Listing, now, last *Release) {
	if now == nil || now.InstallScript == NotTold {
		return
	}
	if before := stableBefore(l, now.Version); before != nil && before.InstallScript != NotTold {
		a.ScriptsAdded = KnownBool(before.InstallScript == No && now.InstallScript == Yes)
		if a.ScriptsAdded == Yes {
			a.add(l, SignalScripts, now.Published, "%s runs a script when it is installed, %s before it did not", now.Version, before.Version)
			return
		}
	}
	if last != nil && last.InstallScript != NotTold {
		a.ScriptsAdded = KnownBool(now.InstallScript == No && last.InstallScript == Yes)
		if a.ScriptsAdded == Yes {
			a.add(l, SignalScripts, last.Published, "the latest, %s, runs a script when it is installed, %s did not", last.Version, now.Version)
		}
	}
}

// stableBefore gives the last stable release before a version; nil when there is none.
func stableBefore(l *Listing, version string) *Release {
	i := slices.IndexFunc(l.Versions, func(r Release) bool { return r.Version == version })
	for i--; i >= 0; i-- {
		if !l.Versions[i].Pre {
			return &l.Versions[i]
		}
	}
	return nil
}

func (a *Assessment) people(l *Listing, now, last *Release) {
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
		a.add(l, SignalMaintainers, time.Time{}, "maintainers %s: %d, of whom %d are new since %s; %d left", what, len(latest), joined, now.Version, left)
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
	undated := slices.ContainsFunc(l.Versions, func(r Release) bool { return r.Published.IsZero() })
	if first.IsZero() || undated && set.Now.Sub(first) < newPackage {
		return // near, and nobody tells how old
	}
	a.Typosquat = KnownBool(set.Now.Sub(first) < newPackage)
	if a.Typosquat == Yes {
		a.add(l, SignalTyposquat, first, "the name is close to %s, and the package is %d days old", near, max(0, int(set.Now.Sub(first).Hours()/24)))
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
