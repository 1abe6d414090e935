package contribution

// NewContributors is M10: people whose first ever commit lies in the window
// (CHAOSS, New Contributors).
func NewContributors(people []Life, since, until int64) (n int) {
	for i := range people {
		if l := &people[i]; l.Commits > 0 && l.First >= since && l.First < until {
			n++
		}
	}
	return n
}

// InactiveContributors is M11: people whose last commit lies in the window, and
// is older than the interval at asOf (seconds; CHAOSS, Inactive Contributors).
// They count in the period of their last commit.
func InactiveContributors(people []Life, since, until, asOf, interval int64) (n int) {
	until = min(until, asOf-interval)
	for i := range people {
		if l := &people[i]; l.Commits > 0 && l.Last >= since && l.Last < until {
			n++
		}
	}
	return n
}

// Conversion is M12 as far as commits tell: of those who began in a window, how
// many went on.
type Conversion struct {
	// Newcomers made their first commit in the window.
	Newcomers int
	// Second made another by the end of it.
	Second int
	// Cohort are those newcomers who had time enough to come back, Returned those
	// of them who committed on a later day within that time.
	Cohort, Returned int
}

// NewcomerConversion follows those who began from since to until; within is the
// time that each has to come back (seconds). Source: CHAOSS, Conversion Rate,
// with the first commit and a later one as its two stages; the second reading,
// in which everybody has the same time, is ours.
func NewcomerConversion(people []Life, since, until, within int64) (c Conversion) {
	for i := range people {
		l := &people[i]
		if l.Commits == 0 || l.First < since || l.First >= until {
			continue
		}
		c.Newcomers++
		if l.Second < until {
			c.Second++
		}
		if l.First+within > until {
			continue // still has time
		}
		c.Cohort++
		if l.Return != Never && l.Return-l.First <= within {
			c.Returned++
		}
	}
	return c
}

// Retained tells how many people of one period made anything in the next.
func Retained(before, now []int) (were, still int) {
	for person, n := range before {
		if n == 0 {
			continue
		}
		were++
		if person < len(now) && now[person] > 0 {
			still++
		}
	}
	return were, still
}

// sustainedMonths is in how many months somebody has to commit to be sustained.
const sustainedMonths = 3

// Sustained says for each person by number whether commits were made in three
// different calendar months (UTC) of the window; with only, commits count whose
// organization it is true for.
func (c *Chronicle) Sustained(since, until int64, only func(org uint32) bool) []bool {
	months := make([][sustainedMonths]int32, c.persons)
	out := make([]bool, c.persons)
	calendar := monthsBetween(since, until)
	for _, chunk := range c.commits.within(since, until) {
		for i := range chunk {
			d := &chunk[i]
			if d.at < since || d.at >= until || out[d.person] || only != nil && !only(d.org) {
				continue
			}
			month := calendar.of(d.at)
			for j, m := range months[d.person] {
				if m == month {
					break
				}
				if m == 0 {
					months[d.person][j] = month
					out[d.person] = j == sustainedMonths-1
					break
				}
			}
		}
	}
	return out
}
