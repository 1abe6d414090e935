package contribution

import (
	"cmp"
	"slices"
	"time"
)

// Wait is how long something took, or for what still goes on, at least takes.
type Wait struct {
	Days float64
	Open bool
}

// Quantile estimates after how many days a share of the waits is over, where
// some still go on (Kaplan and Meier, 1958). ok is false where it was not reached.
func Quantile(waits []Wait, rank float64) (float64, bool) {
	sorted := slices.Clone(waits)
	slices.SortFunc(sorted, func(a, b Wait) int {
		// What ends at a moment ends before what is cut off there.
		return cmp.Or(cmp.Compare(a.Days, b.Days), cmp.Compare(number(a.Open), number(b.Open)))
	})
	left := 1.0
	for i := 0; i < len(sorted); {
		over, at := 0, sorted[i].Days
		atRisk := len(sorted) - i
		for ; i < len(sorted) && sorted[i].Days == at; i++ {
			if !sorted[i].Open {
				over++
			}
		}
		left *= 1 - float64(over)/float64(atRisk)
		if over > 0 && left <= 1-rank+1e-12 {
			return at, true
		}
	}
	return 0, false
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TwoBusinessDays is two days of Monday to Friday (UTC) after a moment; a
// weekend's moment counts as the beginning of Monday.
func TwoBusinessDays(from time.Time) time.Time {
	at := afterWeekend(from.UTC())
	for range 2 {
		at = at.AddDate(0, 0, 1)
		if d := at.Weekday(); d == time.Saturday || d == time.Sunday {
			at = at.AddDate(0, 0, 2)
		}
	}
	return at
}

func afterWeekend(t time.Time) time.Time {
	switch t.Weekday() {
	case time.Saturday:
		return t.Truncate(24*time.Hour).AddDate(0, 0, 2)
	case time.Sunday:
		return t.Truncate(24*time.Hour).AddDate(0, 0, 1)
	}
	return t
}
