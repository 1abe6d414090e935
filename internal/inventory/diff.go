package inventory

import (
	"cmp"
	"slices"
)

// Difference is what changed between two snapshots of the same software.
type Difference struct {
	Added, Removed []Usage
	Changed        []Change
}

// Change is a usage that is in both snapshots and differs.
type Change struct {
	Before, After Usage
}

// place identifies a usage across versions: the manifest and the package.
type place struct {
	manifest string
	pkg      PURL
}

// Compare says what changed from a to b. Usages are matched by manifest and
// package; where a manifest has a package in several versions, equal versions
// are matched first and the rest in order of version. Line numbers, chains and
// needs do not count as differences. Everything is sorted by manifest and purl.
//
// Laws: Compare(a, a) is empty; Compare(b, a) has Added and Removed exchanged.
func Compare(a, b Snapshot) Difference {
	was, is := byPlace(a), byPlace(b)
	var d Difference
	for p, old := range was {
		now := is[p]
		old, now, same := takeEqual(old, now)
		for _, pair := range same {
			if differ(pair.Before, pair.After) {
				d.Changed = append(d.Changed, pair)
			}
		}
		n := min(len(old), len(now))
		for i := range n {
			d.Changed = append(d.Changed, Change{old[i], now[i]})
		}
		d.Removed = append(d.Removed, old[n:]...)
		d.Added = append(d.Added, now[n:]...)
	}
	for p, now := range is {
		if _, ok := was[p]; !ok {
			d.Added = append(d.Added, now...)
		}
	}
	slices.SortFunc(d.Added, compareUsages)
	slices.SortFunc(d.Removed, compareUsages)
	slices.SortFunc(d.Changed, func(x, y Change) int {
		return cmp.Or(compareUsages(x.After, y.After), compareUsages(x.Before, y.Before))
	})
	return d
}

func byPlace(s Snapshot) map[place][]Usage {
	m := map[place][]Usage{}
	for _, unit := range s.Units {
		for _, u := range unit.Usages {
			p := place{u.Manifest, u.Component.WithoutVersion()}
			m[p] = append(m[p], u)
		}
	}
	for _, list := range m {
		slices.SortStableFunc(list, compareUsages)
	}
	return m
}

// takeEqual pairs usages with the same version and requirement and returns what
// is left of both.
func takeEqual(old, now []Usage) (restOld, restNow []Usage, same []Change) {
	used := make([]bool, len(now))
	for _, u := range old {
		found := false
		for i, v := range now {
			if !used[i] && u.Component == v.Component && u.Requirement == v.Requirement {
				used[i], found = true, true
				same = append(same, Change{u, v})
				break
			}
		}
		if !found {
			restOld = append(restOld, u)
		}
	}
	for i, v := range now {
		if !used[i] {
			restNow = append(restNow, v)
		}
	}
	return restOld, restNow, same
}

func differ(a, b Usage) bool {
	return a.Component != b.Component || a.Requirement != b.Requirement || a.Relation != b.Relation || a.Scope != b.Scope ||
		a.License != b.License || a.Note != b.Note
}

func compareUsages(a, b Usage) int {
	return cmp.Or(cmp.Compare(a.Manifest, b.Manifest), cmp.Compare(a.Component.String(), b.Component.String()),
		cmp.Compare(a.Requirement, b.Requirement), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Scope, b.Scope))
}
