package advisory

import (
	"cmp"
	"slices"
	"strings"
)

// Match is one record that means one version.
type Match struct {
	Record int64
	// Range is the stretch, or the single version, that holds the one asked for.
	Range string
	// Fixed lists the versions above the one asked for that the record calls
	// fixed, lowest first.
	Fixed []string
	// Own is what the record says in the project's own count, where the
	// ecosystem's versions can't tell: then all of them match.
	Own string
}

// asker asks one package about versions; what it parses it keeps.
type asker struct {
	p      *Package
	order  order
	bounds []version
}

// rank places a version among the bounds.
func (a *asker) rank(text string) (int, error) {
	if err := a.order.check(text); err != nil {
		return 0, err
	}
	if a.bounds == nil {
		a.bounds = make([]version, len(a.p.Bounds))
		for i, b := range a.p.Bounds {
			a.bounds[i].text = b
		}
	}
	v := version{text: text}
	low, high := 0, len(a.bounds)
	for low < high {
		mid := (low + high) / 2
		switch c := a.order.compare(&a.bounds[mid], &v); {
		case c == 0:
			return 2*mid + 1, nil
		case c < 0:
			low = mid + 1
		default:
			high = mid
		}
	}
	return 2 * low, nil
}

// Asker answers for many versions of one package. Versions between the same two
// bounds have the same answer, and share it.
type Asker struct {
	asker
	// byRank holds answers that depend on nothing but the rank.
	byRank map[int][]Match
	listed bool // some record lists versions by themselves
}

// NewAsker prepares a package to be asked.
func NewAsker(p *Package) *Asker {
	o := orderOf(p.Key.Ecosystem)
	if o.base == "" && len(p.Bounds) > 0 {
		o = order{"npm", compareSemver}
	}
	listed := slices.ContainsFunc(p.Entries, func(e Entry) bool { return len(e.Versions) > 0 })
	return &Asker{asker: asker{p: p, order: o}, byRank: map[int][]Match{}, listed: listed}
}

// Matches lists the records that mean a version, by record. The error says that
// the text is no version of the ecosystem: then only records that list it
// literally match, and nothing is known of the others. The list may be shared
// and must not be changed.
func (a *Asker) Matches(text string) ([]Match, error) {
	rank, err := a.rank(text)
	if err == nil && !a.listed {
		out, known := a.byRank[rank]
		if !known {
			out, _ = a.match(text, rank, nil)
			a.byRank[rank] = out
		}
		return out, nil
	}
	return a.match(text, rank, err)
}

func (a *Asker) match(text string, rank int, err error) ([]Match, error) {
	var out []Match
	for i := range a.p.Entries {
		e := &a.p.Entries[i]
		span := -1
		if err == nil {
			span = e.spanOf(rank)
		}
		switch {
		case span >= 0:
			out = append(out, Match{e.Record, a.p.interval(e.Spans[span]).String(), a.fixedAbove(e, rank), e.Own})
		case a.lists(e, text):
			m := Match{Record: e.Record, Range: "=" + text, Own: e.Own}
			if err == nil {
				m.Fixed = a.fixedAbove(e, rank)
			}
			out = append(out, m)
		}
	}
	if err != nil && !a.hasSpans() {
		err = nil // nothing but lists, and these were read
	}
	return out, err
}

func (a *Asker) hasSpans() bool {
	return slices.ContainsFunc(a.p.Entries, func(e Entry) bool { return len(e.Spans) > 0 })
}

// lists says whether an entry names a version by itself. Spellings of one
// version meet where the ecosystem's order is exact.
func (a *Asker) lists(e *Entry, text string) bool {
	if len(e.Versions) == 0 {
		return false
	}
	if _, ok := slices.BinarySearch(e.Versions, text); ok {
		return true
	}
	if a.order.base != "PyPI" {
		bare := strings.TrimPrefix(text, "v")
		if _, ok := slices.BinarySearch(e.Versions, bare); ok {
			return true
		}
		_, ok := slices.BinarySearch(e.Versions, "v"+bare)
		return ok
	}
	return slices.ContainsFunc(e.Versions, func(v string) bool {
		c, ok := comparePyPI(v, text)
		return ok && c == 0
	})
}

// fixedAbove lists an entry's fixed versions above a rank.
func (a *Asker) fixedAbove(e *Entry, rank int) []string {
	var out []string
	for _, s := range e.Spans {
		if s.Fix && s.Until > rank && s.Until != Forever {
			out = append(out, a.p.Bounds[(s.Until-1)/2])
		}
	}
	slices.SortFunc(out, func(x, y string) int { return a.order.compare(&version{text: x}, &version{text: y}) })
	return slices.Compact(out)
}

// CleanUpgrades lists the fixed versions above one in which none of the given
// records matches, lowest first: the first is the least upgrade that ends all
// of them.
func (a *Asker) CleanUpgrades(text string, records []int64) []string {
	rank, err := a.rank(text)
	if err != nil {
		return nil
	}
	var entries []*Entry
	var at []int
	for _, record := range records {
		i, ok := slices.BinarySearchFunc(a.p.Entries, record, func(e Entry, r int64) int { return cmp.Compare(e.Record, r) })
		if !ok {
			continue
		}
		e := &a.p.Entries[i]
		entries = append(entries, e)
		for _, s := range e.Spans {
			if s.Fix && s.Until > rank && s.Until != Forever {
				at = append(at, s.Until)
			}
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	var out []string
	for _, r := range at {
		bound := a.p.Bounds[(r-1)/2]
		if !slices.ContainsFunc(entries, func(e *Entry) bool { return e.spanOf(r) >= 0 || a.lists(e, bound) }) {
			out = append(out, bound)
		}
	}
	return out
}
