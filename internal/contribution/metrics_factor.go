package contribution

import "slices"

// AbsenceFactor is M1, and over organizations M2: the least number of keys that
// together made at least half. With c1 >= c2 >= … and T their sum it is the least
// k with c1+…+ck >= T/2. least is ck, the smallest count among those k; both are
// 0 where nothing was made.
//
// Source: CHAOSS, Contributor Absence Factor and Elephant Factor. Low is
// concentrated. CHAOSS' example: 1000, 202, 90, 33, 332, 343, 42, 433 give 2.
func AbsenceFactor(counts []int) (k, least int) {
	sorted, sum := positive(counts)
	slices.Sort(sorted)
	for at := 0; k < len(sorted) && 2*at < sum; k++ {
		least = sorted[len(sorted)-1-k]
		at += least
	}
	return k, least
}

func positive(counts []int) (out []int, sum int) {
	for _, n := range counts {
		if n > 0 {
			out = append(out, n)
			sum += n
		}
	}
	return out, sum
}

// Elephant is M2 in its two readings.
type Elephant struct {
	// Known is over the contributions whose employer is known, WithUnknown over
	// all, with everybody whose employer is not known as an organization alone.
	Known, WithUnknown int
	// KnownCommits and UnknownCommits are what they were made of.
	KnownCommits, UnknownCommits int
}

// ElephantFactor is M2: the least number of organizations that together made at
// least half of the contributions. Who works for nobody counts alone.
func ElephantFactor(p *Period) (e Elephant) {
	known := slices.Concat(p.Orgs, p.Independent)
	_, e.KnownCommits = positive(known)
	_, e.UnknownCommits = positive(p.Unknown)
	e.Known, _ = AbsenceFactor(known)
	e.WithUnknown, _ = AbsenceFactor(append(known, p.Unknown...))
	return e
}

// Told is true when at least as much is known as is not: below that a figure
// over organizations would tell of the directory, not of the project.
func (e Elephant) Told() bool { return e.KnownCommits > 0 && e.KnownCommits >= e.UnknownCommits }

// Concentration is the sum of the squared shares (Herfindahl-Hirschman index)
// over employers and people who work for nobody: 1/n for n equal ones, 1 for
// one alone; 0 where nothing was made. Ours, a single number for M3.
func Concentration(p *Period) (index float64) {
	known, sum := positive(slices.Concat(p.Orgs, p.Independent))
	for _, n := range known {
		share := float64(n) / float64(sum)
		index += share * share
	}
	return index
}

// howMany counts the keys that made anything.
func howMany(counts []int) (n int) {
	for _, c := range counts {
		if c > 0 {
			n++
		}
	}
	return n
}

func total(counts []int) (sum int) {
	for _, c := range counts {
		sum += c
	}
	return sum
}
