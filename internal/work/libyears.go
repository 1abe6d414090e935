package work

import (
	"maps"
	"slices"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// ages collects for each name the components that it has, and whether one is
// direct there.
type ages struct{ of map[string]map[int]bool }

func newAges() *ages { return &ages{map[string]map[int]bool{}} }

func (a *ages) add(name string, component int, direct bool) {
	if a.of[name] == nil {
		a.of[name] = map[int]bool{}
	}
	a.of[name][component] = a.of[name][component] || direct
}

// groups sums up, by name.
func (a *ages) groups(all []OutdatedComponent) (out []LibyearGroup) {
	for _, name := range slices.Sorted(maps.Keys(a.of)) {
		var direct, transitive []float64
		for i, isDirect := range a.of[name] {
			if isDirect {
				direct = append(direct, all[i].Libyears)
			} else {
				transitive = append(transitive, all[i].Libyears)
			}
		}
		out = append(out, LibyearGroup{Name: name, Direct: libyearsOf(direct), Transitive: libyearsOf(transitive), All: libyearsOf(append(direct, transitive...))})
	}
	return out
}

// libyearsOf sums ages; what is below 0 is not known, and counted alone.
func libyearsOf(years []float64) Libyears {
	out := Libyears{Components: len(years)}
	sorted := slices.Clone(years)
	slices.Sort(sorted)
	first, _ := slices.BinarySearch(sorted, 0)
	sorted = sorted[first:]
	if out.Known = len(sorted); out.Known == 0 {
		return out
	}
	for _, y := range sorted {
		out.Sum += y
	}
	out.Mean, out.Median, out.Max = out.Sum/float64(out.Known), upstream.Median(sorted), sorted[len(sorted)-1]
	return out
}
