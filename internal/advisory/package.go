package advisory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Claim is what one record says of one package, its ranges evaluated.
type Claim struct {
	// Record is the number under which the record is kept.
	Record    int64
	Intervals []Interval
	// Versions lists affected versions that no interval holds, sorted.
	Versions []string
	// Own is what the record says in the project's own count ([Affected.Own]).
	Own string
}

// maxIntervals bounds what one record says of one package; real ones have some
// hundred.
const maxIntervals = 2_000

// NewClaim evaluates what a record says of a package. Problems say in words
// what could not be understood; the rest counts. ok is false when nothing
// remains that could ever match.
func NewClaim(record int64, a Affected) (c Claim, problems []string, ok bool) {
	o := orderOf(a.Key.Ecosystem)
	c.Record, c.Own = record, a.Own
	for _, r := range a.Ranges {
		if r.Type == "GIT" {
			continue
		}
		intervals, err := r.intervals(o)
		if err != nil {
			problems = append(problems, a.Key.Name+": a range is broken: "+err.Error())
		}
		c.Intervals = append(c.Intervals, intervals...)
	}
	if len(c.Intervals) > maxIntervals {
		problems = append(problems, fmt.Sprintf("%s: of %d ranges only %d are read", a.Key.Name, len(c.Intervals), maxIntervals))
		c.Intervals = c.Intervals[:maxIntervals]
	}
	if o.base == "" && len(c.Intervals) > 0 {
		o = order{"npm", compareSemver}
	}
	c.Versions = beyond(o, c.Intervals, a.Versions)
	return c, problems, len(c.Intervals)+len(c.Versions) > 0
}

// beyond gives the listed versions that no interval holds, each once.
func beyond(o order, intervals []Interval, versions []string) []string {
	if len(versions) == 0 {
		return nil
	}
	p := compile(Key{}, o, []Claim{{Intervals: intervals}})
	asker := asker{p: p, order: o}
	var out []string
	for _, v := range versions {
		if rank, err := asker.rank(v); err == nil && len(p.Entries) > 0 && p.Entries[0].spanOf(rank) >= 0 {
			continue
		}
		out = append(out, v)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Package is all that the mirror knows of one package, ready to be asked: the
// versions at which anything changes stand in order once, and stretches are
// pairs of places in that order. A version is placed once, and each record's
// answer is then a comparison of numbers.
type Package struct {
	Key     Key
	Bounds  []string // distinct, in the ecosystem's order
	Entries []Entry  // by record, ascending
}

// Entry is one record's part of a [Package].
type Entry struct {
	Record   int64
	Spans    []Span
	Versions []string // exact texts, sorted
	Own      string
}

// Span is an [Interval] in ranks. A version below all bounds has rank 0, the
// i-th bound itself 2i+1, one between it and the next 2i+2.
type Span struct {
	From  int // first affected rank
	Until int // first rank that is not affected; Forever
	Fix   bool
}

// Forever is the end of a span without one.
const Forever = 1 << 30

// Compile makes a package of claims. The order of claims does not matter; the
// same record twice for one package is one entry.
func Compile(key Key, claims []Claim) *Package { return compile(key, orderOfKey(key, claims), claims) }

// orderOfKey is the ecosystem's order, or Semantic Versioning where only ranges
// of that type could be evaluated.
func orderOfKey(key Key, claims []Claim) order {
	o := orderOf(key.Ecosystem)
	if o.base == "" && slices.ContainsFunc(claims, func(c Claim) bool { return len(c.Intervals) > 0 }) {
		return order{"npm", compareSemver}
	}
	return o
}

func compile(key Key, o order, claims []Claim) *Package {
	p := &Package{Key: key}
	bounds := boundsOf(o, claims)
	for _, b := range bounds {
		p.Bounds = append(p.Bounds, b.text)
	}
	rank := func(text string) int {
		i, _ := slices.BinarySearchFunc(bounds, &version{text: text}, func(b, v *version) int { return o.compare(b, v) })
		return 2*i + 1
	}
	byRecord := map[int64]int{}
	for _, c := range claims {
		at, known := byRecord[c.Record]
		if !known {
			at = len(p.Entries)
			byRecord[c.Record] = at
			p.Entries = append(p.Entries, Entry{Record: c.Record, Own: c.Own})
		}
		e := &p.Entries[at]
		if c.Own != "" && (e.Own == "" || c.Own < e.Own) {
			e.Own = c.Own
		}
		e.Versions = append(e.Versions, c.Versions...)
		for _, v := range c.Intervals {
			s := Span{Until: Forever, Fix: v.Fix}
			if v.From != "" {
				s.From = rank(v.From)
			}
			if v.Until != "" {
				s.Until = rank(v.Until)
				if v.With {
					s.Until++
				}
			}
			e.Spans = append(e.Spans, s)
		}
	}
	for i := range p.Entries {
		e := &p.Entries[i]
		slices.SortFunc(e.Spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Until, b.Until)) })
		e.Spans = slices.Compact(e.Spans)
		slices.Sort(e.Versions)
		e.Versions = slices.Compact(e.Versions)
	}
	slices.SortFunc(p.Entries, func(a, b Entry) int { return cmp.Compare(a.Record, b.Record) })
	return p
}

// boundsOf gives the versions of all intervals in order, each once; of several
// spellings of one version the shortest stands.
func boundsOf(o order, claims []Claim) []*version {
	texts := map[string]bool{}
	for _, c := range claims {
		for _, v := range c.Intervals {
			for _, text := range []string{v.From, v.Until} {
				if text != "" {
					texts[text] = true
				}
			}
		}
	}
	out := make([]*version, 0, len(texts))
	for text := range texts {
		out = append(out, &version{text: text})
	}
	slices.SortFunc(out, func(a, b *version) int {
		return cmp.Or(o.compare(a, b), cmp.Compare(len(a.text), len(b.text)), strings.Compare(a.text, b.text))
	})
	return slices.CompactFunc(out, func(a, b *version) bool { return o.compare(a, b) == 0 })
}

// Claims is the inverse of [Compile].
func (p *Package) Claims() []Claim {
	out := make([]Claim, len(p.Entries))
	for i, e := range p.Entries {
		out[i] = Claim{Record: e.Record, Versions: e.Versions, Own: e.Own}
		for _, s := range e.Spans {
			out[i].Intervals = append(out[i].Intervals, p.interval(s))
		}
	}
	return out
}

func (p *Package) interval(s Span) Interval {
	v := Interval{Fix: s.Fix}
	if s.From > 0 {
		v.From = p.Bounds[(s.From-1)/2]
	}
	if s.Until != Forever {
		v.With = s.Until%2 == 0
		v.Until = p.Bounds[(s.Until-1)/2]
		if v.With {
			v.Until = p.Bounds[s.Until/2-1]
		}
	}
	return v
}

// Valid says whether the ranks of a package point at its bounds; what was read
// from a file is not trusted before.
func (p *Package) Valid() bool {
	top := 2 * len(p.Bounds)
	for _, e := range p.Entries {
		for _, s := range e.Spans {
			if s.From < 0 || s.From > top || s.From > 0 && s.From%2 == 0 || s.Until < 1 || s.Until > top && s.Until != Forever {
				return false
			}
		}
	}
	return true
}

// spanOf gives the index of the span that holds a rank, or -1.
func (e *Entry) spanOf(rank int) int {
	for i, s := range e.Spans {
		if s.From <= rank && rank < s.Until {
			return i
		}
	}
	return -1
}
