package detect

import (
	"slices"
)

// textMatch is a known text found in a file.
type textMatch struct {
	rule        *rule
	first, last int   // tokens, last inclusive
	matched     int32 // weight of the rule's required words that were found
	bonus       int32 // weight of its optional words that were found
	inserted    int32 // words of the file that the rule does not have
	lacking     int   // key words not found
	head        int32 // of matched, what stands in the first third of the rule
	runs        []run // the stretches of the file that are the rule's
}

// value ranks matches of one place: what was found, less what differs.
func (m *textMatch) value() int32 {
	bonus := m.bonus * 7 / 10
	if m.matched == m.needed() && m.inserted == 0 {
		bonus = m.bonus // nothing differs
	}
	return m.matched + bonus - (m.needed() - m.matched) - 3*m.inserted - 12*int32(m.lacking)
}

func (m *textMatch) needed() int32 { return m.rule.need[len(m.rule.tokens)] }

// covered is the share of the rule's required weight that was found.
func (m *textMatch) covered() float64 {
	return float64(m.matched) / float64(max(1, m.needed()))
}

// distance counts, about, the words that lack and those that are put in.
func (m *textMatch) distance() int {
	required := 0
	for _, o := range m.rule.optional {
		if !o {
			required++
		}
	}
	return int(float64(required)*(1-m.covered())+0.5) + int(m.inserted)
}

// hit says that four words of a rule stand at a token of the file.
type hit struct {
	rule, at uint16
	d        int32
}

// run is a longest stretch of words that a rule and a file share.
type run struct{ d, r, n int32 }

// Bounds of what is searched at once. A stretch ends where no word of any text
// has been seen for a while; a very long one is searched in windows, of which
// half is looked at twice.
const (
	window     = 24 << 10 // words
	stretchGap = 90       // words without a gram of any rule
	margin     = 4        // words beyond the first and last gram
)

// area is a stretch of a file that was searched: its tokens, and how many of
// them stand in some known text too.
type area struct{ lo, hi, shared int }

// texts finds the known texts in a file, in order and without overlap, and says
// where it looked.
func (c *corpus) texts(toks []token, memo *Memo) (out []textMatch, areas []area) {
	var w work
	from := -1 // of the present stretch
	last, known, shared := 0, 0, 0
	end := func() {
		if from >= 0 && last-from >= 8 {
			lo, hi := max(0, from-margin), min(len(toks), last+margin)
			if n := len(out); n > 0 {
				lo = max(lo, out[n-1].last+1)
			}
			out = append(out, w.stretch(c, toks[lo:hi], lo, memo)...)
			areas = append(areas, area{from, last, shared})
		}
		from, shared = -1, 0
	}
	for i := range toks {
		if toks[i].id == 0 {
			known = 0
			continue
		}
		if known++; known < 4 || !c.table.has(toks[i-3:i+1]) {
			continue
		}
		if from >= 0 && i-last > stretchGap {
			end()
		}
		if from < 0 {
			from = i - 3
		}
		shared += i + 1 - max(last, i-3)
		last = i + 1
	}
	end()
	return out, areas
}

// stretch finds the known texts in some words of a file, which begin at word at.
func (w *work) stretch(c *corpus, toks []token, at int, memo *Memo) []textMatch {
	if memo == nil || len(toks) > window {
		return placed(w.windows(c, toks), at)
	}
	k := keyOf(toks)
	if found, ok := memo.recall(k, at); ok {
		return found
	}
	found := w.windows(c, toks)
	memo.learn(k, found)
	return placed(found, at)
}

func (w *work) windows(c *corpus, toks []token) []textMatch {
	var out []textMatch
	for from := 0; from < len(toks); {
		to := min(len(toks), from+window)
		next := to
		if to < len(toks) {
			next = from + window/2
		}
		for _, m := range placed(w.search(c, toks[from:to]), from) {
			if m.first >= next && to < len(toks) {
				continue
			}
			out = append(out, m)
			next = max(next, m.last+1)
		}
		from = min(next, to)
	}
	return out
}

// work is scratch space that windows share.
type work struct {
	hits, sorted []hit
	counts       []int32
	starts       []int32
	runs         []run
	score        []int32
	back         []int32
	used         []bool
	reach        []int32 // by diagonal: where its last run ends
	order        []int32
	candidates   []candidate
	seen         [1 << 10]uint64 // words of a rule, by number
}

func (w *work) search(c *corpus, toks []token) []textMatch {
	w.collect(c, toks)
	if len(w.hits) < 2 {
		return nil
	}
	w.sortByRule(len(c.rules))
	w.candidates = w.candidates[:0]
	for i := range c.rules {
		r := &c.rules[i]
		n := int(w.counts[i])
		if n == 0 || n*6 < r.grams && n < enoughHits {
			continue
		}
		hits := w.sorted[w.starts[i] : w.starts[i]+int32(n)]
		// A notice that stands in a file many times hits a long text as often.
		if n >= enoughHits && enoughHits*6 < r.grams && w.places(hits) < enoughHits {
			continue
		}
		r.ready(c.v)
		w.gather(r, toks, hits)
		w.chains(r)
	}
	return settle(w.verify(c, toks))
}

// enoughHits are enough to look for a text of which they are less than a sixth.
const enoughHits = 30

// places counts the different words of a rule that are hit, up to enoughHits.
func (w *work) places(hits []hit) (n int) {
	clear(w.seen[:])
	for _, h := range hits {
		if bit := uint64(1) << (h.at & 63); w.seen[h.at>>6]&bit == 0 {
			w.seen[h.at>>6] |= bit
			if n++; n == enoughHits {
				break
			}
		}
	}
	return n
}

// candidate is a chain of runs that may be a match.
type candidate struct {
	rule        *rule
	chain       []run
	first, last int32 // tokens of the file
	worth       int32 // what it will be worth at least, near enough
}

// enoughRivals is how many better candidates a place may have before the others
// there are not looked at more closely.
const (
	enoughRivals = 60
	rivalStep    = 64 // words
)

// verify looks at candidates, the most promising first.
func (w *work) verify(c *corpus, toks []token) []textMatch {
	slices.SortStableFunc(w.candidates, func(a, b candidate) int { return int(b.worth - a.worth) })
	rivals := make([]uint8, len(toks)/rivalStep+1) // how many stand at a place already
	var found []textMatch
	for _, x := range w.candidates {
		if rivals[(x.first+x.last)/2/rivalStep] >= enoughRivals {
			continue
		}
		m, ok := verify(c, x.rule, toks, x.chain)
		if !ok {
			continue
		}
		found = append(found, m)
		weight := uint8(1)
		if m.matched == m.needed() && m.inserted == 0 {
			weight = enoughRivals / 3
		}
		for i := x.first / rivalStep; i <= x.last/rivalStep; i++ {
			rivals[i] = min(rivals[i]+weight, enoughRivals)
		}
	}
	return found
}

// collect notes every gram of the file that a rule has.
func (w *work) collect(c *corpus, toks []token) {
	w.hits = w.hits[:0]
	t := &c.table
	known := 0
	for i := range toks {
		if toks[i].id == 0 {
			known = 0
			continue
		}
		if known++; known < 4 {
			continue
		}
		h := gramHash(toks[i-3].id, toks[i-2].id, toks[i-1].id, toks[i].id)
		b := h >> (64 - gramBits)
		for _, p := range t.posts[t.starts[b]:t.starts[b+1]] {
			if p.check == uint16(h) {
				w.hits = append(w.hits, hit{p.rule, p.at, int32(i - 3)})
			}
		}
	}
}

func (w *work) sortByRule(rules int) {
	if w.counts == nil {
		w.counts, w.starts = make([]int32, rules), make([]int32, rules)
	}
	clear(w.counts)
	for _, h := range w.hits {
		w.counts[h.rule]++
	}
	at := int32(0)
	for i, n := range w.counts {
		w.starts[i] = at
		at += n
	}
	w.sorted = slices.Grow(w.sorted[:0], len(w.hits))[:len(w.hits)]
	for _, h := range w.hits {
		w.sorted[w.starts[h.rule]] = h
		w.starts[h.rule]++
	}
	for i, n := range w.counts {
		w.starts[i] -= n
	}
}

// plainer gives the license of which m's is a variant, when its text stands at
// the same place and is nearly as good: a variant must be clearly better.
func plainer(m textMatch, others []textMatch) textMatch {
	if m.rule.base == "" {
		return m
	}
	for _, o := range others {
		if o.value() < m.value()-m.value()/40 {
			return m
		}
		if o.rule.id == m.rule.base && min(m.last, o.last)-max(m.first, o.first) > (m.last-m.first)*4/5 {
			return o
		}
	}
	return m
}

// settle keeps the best of what overlaps, in order of place.
func settle(found []textMatch) []textMatch {
	slices.SortStableFunc(found, func(a, b textMatch) int {
		if x, y := a.value(), b.value(); x != y {
			return int(y - x)
		}
		return a.first - b.first
	})
	var out []textMatch
next:
	for i, m := range found {
		m = plainer(m, found[i+1:])
		for _, o := range out {
			over := min(m.last, o.last) - max(m.first, o.first) + 1
			if over*5 > m.last-m.first+1 || over*5 > o.last-o.first+1 {
				continue next
			}
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b textMatch) int { return a.first - b.first })
	return out
}
