package upstream

import (
	"math"
	"slices"
	"time"
)

// Frequency is how often a package is released (CHAOSS, Release Frequency):
// stable releases with their point releases. Numbers are -1 where they are not
// known: a gap needs two dates, and where more than a tenth of the releases have
// no date neither gaps nor a count tell the truth.
type Frequency struct {
	// Releases counts those of the last 365 days.
	Releases int
	// MedianGap and LongestGap are days between successive releases in all
	// history.
	MedianGap, LongestGap float64
	SinceLast             float64 // days since the last dated release
	Undated               int
}

func frequency(l *Listing, now time.Time) Frequency {
	f := Frequency{Releases: -1, MedianGap: -1, LongestGap: -1, SinceLast: -1}
	var dates []time.Time
	for _, r := range l.Versions {
		switch {
		case r.Pre:
		case r.Published.IsZero():
			f.Undated++
		case !r.Published.After(now):
			dates = append(dates, r.Published)
		}
	}
	if len(dates) == 0 {
		return f
	}
	slices.SortFunc(dates, time.Time.Compare)
	last := dates[len(dates)-1]
	if r := l.Find(l.Latest); f.Undated == 0 || r != nil && !r.Published.IsZero() {
		f.SinceLast = now.Sub(last).Hours() / 24
	}
	if f.Undated*10 > f.Undated+len(dates) {
		return f
	}
	f.Releases = 0
	var gaps []float64
	for i, d := range dates {
		if now.Sub(d) <= 365*24*time.Hour {
			f.Releases++
		}
		if i > 0 {
			gaps = append(gaps, d.Sub(dates[i-1]).Hours()/24)
		}
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
