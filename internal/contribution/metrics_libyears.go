package contribution

import (
	"slices"
	"time"
)

// Dependency is one version of a package that a project uses.
type Dependency struct {
	Direct bool
	// Used and Latest are when the version in use and the latest stable one were
	// published; zero where that is not known.
	Used, Latest time.Time
}

// Libyears is M14: how old the versions in use are against the latest stable
// ones, in years of 365.25 days.
type Libyears struct {
	Sum, Mean, Median float64
	// Dated are the dependencies that count, Undated those of which a date is not known.
	Dated, Undated int
}

// LibyearsOf sums max(0, latest - used) over direct or over transitive
// dependencies (CHAOSS, Libyears; Cox et al. 2015). Several versions of a package
// count each.
func LibyearsOf(all []Dependency, direct bool) (l Libyears) {
	var ages []float64
	for _, d := range all {
		switch {
		case d.Direct != direct:
		case d.Used.IsZero() || d.Latest.IsZero():
			l.Undated++
		default:
			ages = append(ages, max(0, d.Latest.Sub(d.Used).Hours()/(24*365.25)))
		}
	}
	slices.Sort(ages) // so that the sum is the same in whatever order they come
	for _, years := range ages {
		l.Sum += years
	}
	if l.Dated = len(ages); l.Dated > 0 {
		l.Mean, l.Median = l.Sum/float64(l.Dated), Median(ages)
	}
	return l
}

// libyears are M14.
func (w *window) libyears() {
	direct, transitive := LibyearsOf(w.Dependencies, true), LibyearsOf(w.Dependencies, false)
	known := covered(direct.Dated, direct.Dated+direct.Undated)
	w.put("libyears", direct.Sum, direct.Dated, known)
	w.put("libyears_mean", direct.Mean, direct.Dated, known)
	w.put("libyears_median", direct.Median, direct.Dated, known)
	w.put("libyears_transitive", transitive.Sum, transitive.Dated, covered(transitive.Dated, transitive.Dated+transitive.Undated))
	for _, name := range []string{"libyears", "libyears_mean", "libyears_median", "libyears_transitive"} {
		switch {
		case w.Dependencies == nil:
			w.not(name, "needs a scan of the project, and what registries tell of its dependencies: run \"tributary scan\" on a clone, then \"tributary refresh\"")
		case w.out[name].N == 0:
			w.not(name, "not enough data: of no dependency both dates are known; run \"tributary refresh\"")
		}
	}
}
