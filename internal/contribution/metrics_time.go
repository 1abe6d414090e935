package contribution

import (
	"slices"
	"sort"
	"time"
)

// calendar tells the month of a second, without asking the time package for each.
type calendar struct{ starts []int64 }

func monthsBetween(since, until int64) calendar {
	since, until = max(since, 0), min(until, 1<<35) // nothing believable is outside
	t := time.Unix(since, 0).UTC()
	t = time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	var c calendar
	for ; t.Unix() < until; t = t.AddDate(0, 1, 0) {
		c.starts = append(c.starts, t.Unix())
	}
	return c
}

// of numbers the month of a second from 1 on.
func (c calendar) of(at int64) int32 {
	return int32(sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > at }))
}

// DaysBetween counts full days.
func DaysBetween(from, to time.Time) float64 { return float64(max(0, to.Unix()-from.Unix()) / day) }

// Cadence is how evenly a project is worked on: full weeks of seven days,
// counted back from the end of the window.
type Cadence struct {
	Weeks  int     // full weeks in the window
	Active int     // of those, weeks with a commit
	Median float64 // commits a week
}

// WeeklyCadence measures the commits from since to until (ours).
func (c *Chronicle) WeeklyCadence(since, until int64) Cadence {
	const week = 7 * day
	n := int((until - since) / week)
	if n <= 0 {
		return Cadence{}
	}
	byWeek := make([]int, n)
	for _, chunk := range c.commits.within(since, until) {
		for i := range chunk {
			if at := chunk[i].at; at < until {
				if w := (until - 1 - at) / week; at >= since && w < int64(n) {
					byWeek[w]++
				}
			}
		}
	}
	out := Cadence{Weeks: n, Active: howMany(byWeek)}
	slices.Sort(byWeek)
	out.Median = float64(byWeek[n/2]+byWeek[(n-1)/2]) / 2
	return out
}

// Rhythm is M13: how often a project releases (CHAOSS, Release Frequency).
type Rhythm struct {
	Releases, Prereleases int // in the window
	// Days counts the days with a release in the window: a repository with many
	// packages releases many at once.
	Days int
	// Median and Longest are days between days with releases in the window; they
	// need two such days. The time before the first and after the last is not in them.
	Median, Longest float64
	// Since is days from the last release to the end of the window; -1: there is none.
	Since int
	// Usual is the median gap of the last 20 days with releases, of whatever time,
	// Late is Since by Usual (at least one day); 0 below three such days.
	Usual, Late float64
	// AllDays counts days with releases of all time, up to 20.
	AllDays int
	// Dated and Undated count releases of all time by whether their date can be.
	Dated, Undated int
}

// ReleaseRhythm measures releases up to until; prereleases count apart. A tag
// that several clones hold counts once.
func ReleaseRhythm(releases []Release, since, until time.Time) Rhythm {
	r := Rhythm{Since: -1}
	var all, inside []int64
	seen := map[string]bool{}
	for i := range releases {
		x := &releases[i]
		if seen[x.Tag] && x.Tag != "" {
			continue
		}
		seen[x.Tag] = true
		if x.At.IsZero() || x.At.Unix() < firstDay {
			r.Undated++
			continue
		}
		r.Dated++
		if !x.At.Before(until) {
			continue
		}
		within := !x.At.Before(since)
		switch {
		case x.Prerelease && within:
			r.Prereleases++
			continue
		case x.Prerelease:
			continue
		case within:
			r.Releases++
			inside = append(inside, x.At.Unix()/day)
		}
		all = append(all, x.At.Unix()/day)
	}
	all, inside = distinct(all), distinct(inside)
	r.Days = len(inside)
	if gaps := gapsOf(inside); len(gaps) > 0 {
		r.Median, r.Longest = medianDays(gaps), float64(gaps[len(gaps)-1])
	}
	if len(all) > 0 {
		r.Since = int((until.Unix()-1)/day - all[len(all)-1])
	}
	const last = 20
	all = all[max(0, len(all)-last):]
	r.AllDays = len(all)
	if len(all) >= leastReleaseDays {
		r.Usual = medianDays(gapsOf(all))
		r.Late = float64(r.Since) / max(r.Usual, 1)
	}
	return r
}

func distinct(days []int64) []int64 {
	slices.Sort(days)
	return slices.Compact(days)
}

func gapsOf(days []int64) []int64 {
	var gaps []int64
	for i := 1; i < len(days); i++ {
		gaps = append(gaps, days[i]-days[i-1])
	}
	slices.Sort(gaps)
	return gaps
}

func medianDays(sorted []int64) float64 {
	return float64(sorted[len(sorted)/2]+sorted[(len(sorted)-1)/2]) / 2
}
