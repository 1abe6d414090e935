package detect

import "slices"

// maxRuns bounds the work on one rule in one window.
const maxRuns = 3000

// gather makes runs of hits, each as long as it can be.
func (w *work) gather(r *rule, toks []token, hits []hit) {
	w.runs = w.runs[:0]
	shift := int32(len(r.tokens))
	if need := len(toks) + len(r.tokens) + 1; len(w.reach) < need {
		w.reach = make([]int32, need+need/2)
	}
	for _, h := range hits {
		at := int32(h.at)
		diagonal := h.d - at + shift
		if h.d < w.reach[diagonal] || len(w.runs) == maxRuns {
			continue
		}
		x := run{h.d, at, 4}
		for x.d > 0 && x.r > 0 && toks[x.d-1].id == r.tokens[x.r-1] && r.allow[x.r+1] == r.allow[x.r] {
			x.d, x.r, x.n = x.d-1, x.r-1, x.n+1
		}
		for int(x.d+x.n) < len(toks) && int(x.r+x.n) < len(r.tokens) && toks[x.d+x.n].id == r.tokens[x.r+x.n] && r.allow[x.r+x.n+1] == r.allow[x.r+x.n] {
			x.n++
		}
		w.reach[diagonal] = x.d + x.n
		w.runs = append(w.runs, x)
	}
	for _, x := range w.runs {
		w.reach[x.d-x.r+shift] = 0
	}
}

// Bounds of what may lie between two runs of one chain.
const (
	maxInserted = 60  // words that the rule does not allow there
	lookBack    = 100 // runs
)

// chains joins runs in order and keeps what may be enough of the rule's text.
func (w *work) chains(r *rule) {
	slices.SortFunc(w.runs, func(a, b run) int {
		if a.d != b.d {
			return int(a.d - b.d)
		}
		return int(a.r - b.r)
	})
	n := len(w.runs)
	span := int32(len(r.tokens)) + r.allow[len(r.tokens)] + maxInserted // the farthest that runs of one chain are apart
	w.score, w.back, w.used = slices.Grow(w.score[:0], n)[:n], slices.Grow(w.back[:0], n)[:n], slices.Grow(w.used[:0], n)[:n]
	for i, x := range w.runs {
		w.score[i], w.back[i], w.used[i] = x.n, -1, false
		for j := i - 1; j >= 0 && j >= i-lookBack; j-- {
			y := w.runs[j]
			if x.d-y.d-y.n > span {
				break
			}
			over := max(0, y.d+y.n-x.d, y.r+y.n-x.r) // both may claim a few words
			if over >= x.n || over >= y.n || x.d <= y.d || x.r <= y.r {
				continue
			}
			put := x.d - (y.d + y.n)
			skipped := max(0, x.r-(y.r+y.n))
			free := r.allow[min(int(x.r)+1, len(r.tokens))] - r.allow[y.r+y.n]
			put -= free
			if put > maxInserted+skipped {
				continue
			}
			cost := (r.need[x.r] - r.need[min(x.r, y.r+y.n)]) / 10
			if put > skipped {
				cost += (put - skipped) / 2
			}
			if s := w.score[j] + x.n - over - cost; s > w.score[i] {
				w.score[i], w.back[i] = s, int32(j)
			}
		}
	}
	w.order = w.order[:0]
	for i, f := range w.score {
		if f >= 4 && (int(f)*5 >= len(r.tokens) || f >= 80) {
			w.order = append(w.order, int32(i))
		}
	}
	slices.SortStableFunc(w.order, func(a, b int32) int { return int(w.score[b] - w.score[a]) })
	for _, best := range w.order {
		var chain []run
		for i := best; i >= 0 && !w.used[i]; i = w.back[i] {
			w.used[i] = true
			chain = append(chain, w.runs[i])
		}
		own := int32(0)
		for _, x := range chain {
			own += x.n
		}
		if len(chain) == 0 || int(own)*5 < len(r.tokens) && own < 80 {
			continue
		}
		slices.Reverse(chain)
		w.candidates = append(w.candidates, estimate(r, chain))
	}
}

// estimate weighs a chain by its runs alone.
func estimate(r *rule, chain []run) candidate {
	x := candidate{rule: r, chain: chain, first: chain[0].d}
	var required, extra, put int32
	for i, k := range chain {
		required += r.need[k.r+k.n] - r.need[k.r]
		extra += r.extra[k.r+k.n] - r.extra[k.r]
		if i > 0 {
			end := chain[i-1].d + chain[i-1].n
			endR := chain[i-1].r + chain[i-1].n
			put += max(0, k.d-end-(k.r-endR)-(r.allow[min(int(k.r)+1, len(r.tokens))]-r.allow[endR]))
		}
		x.last = k.d + k.n - 1
	}
	all := r.need[len(r.tokens)]
	x.worth = required + extra*8/10 - max(0, all-required)/2 - put
	return x
}

// verify weighs a chain, with the words between its runs and at its ends.
func verify(c *corpus, r *rule, toks []token, chain []run) (textMatch, bool) {
	m := textMatch{rule: r, runs: chain}
	var seen [maxKeys]bool
	m.before(c, toks, chain[0], &seen)
	endD, endR := chain[0].d, chain[0].r
	for i, x := range chain {
		skip := max(0, endD-x.d, endR-x.r)
		x.d, x.r, x.n = x.d+skip, x.r+skip, x.n-skip
		if i > 0 {
			between := 0
			if x.d > endD && x.r > endR {
				common(toks[endD:x.d], r.tokens[endR:x.r], func(_, t int) {
					m.take(c, int32(t)+endR, 1, &seen)
					between++
				})
			}
			put := x.d - endD - int32(between) - (r.allow[min(int(x.r)+1, len(r.tokens))] - r.allow[endR])
			m.inserted += max(0, put)
		}
		m.take(c, x.r, x.n, &seen)
		endD, endR = x.d+x.n, x.r+x.n
	}
	m.after(c, toks, endD, endR, &seen)
	for k := range r.keys {
		if k < maxKeys && !seen[k] {
			m.lacking++
		}
	}
	return m, enough(&m)
}

// maxKeys bounds the key words of a rule that are looked for.
const maxKeys = 16

// take counts n words of the rule from word t on as found.
func (m *textMatch) take(c *corpus, t, n int32, seen *[maxKeys]bool) {
	r := m.rule
	w := r.need[t+n] - r.need[t]
	m.matched += w
	m.bonus += r.extra[t+n] - r.extra[t]
	third := int32(len(r.tokens)+2) / 3
	if t < third {
		m.head += r.need[min(t+n, third)] - r.need[t]
	}
	for _, k := range r.keyAt {
		if int32(k.at) >= t && int32(k.at) < t+n {
			seen[k.key] = true
		}
	}
}

// before looks for single words of the rule before its first run.
func (m *textMatch) before(c *corpus, toks []token, head run, seen *[maxKeys]bool) {
	at, rat := int(head.d), int(head.r)
	if head.r > 0 {
		fromD, fromR := max(0, head.d-min(head.r+4, maxEnds)), max(0, head.r-maxEnds)
		var pairs [][2]int
		common(toks[fromD:head.d], m.rule.tokens[fromR:head.r], func(d, t int) { pairs = append(pairs, [2]int{d + int(fromD), t + int(fromR)}) })
		for _, p := range slices.Backward(pairs) {
			if at-p[0] > maxStray+rat-p[1] || at-p[0] > 2*maxStray {
				break
			}
			m.inserted += max(0, int32(at-p[0]-1)-int32(rat-p[1]-1))
			at, rat = p[0], p[1]
			m.take(c, int32(p[1]), 1, seen)
		}
	}
	m.first = at
}

// after looks for single words of the rule after its last run.
func (m *textMatch) after(c *corpus, toks []token, endD, endR int32, seen *[maxKeys]bool) {
	r := m.rule
	m.last = int(endD) - 1
	rest := len(r.tokens) - int(endR)
	if rest <= 0 || int(endD) >= len(toks) {
		return
	}
	at, rat := int(endD)-1, int(endR)-1
	stop := false
	common(toks[endD:min(len(toks), int(endD)+min(rest+4, maxEnds))], r.tokens[endR:min(len(r.tokens), int(endR)+maxEnds)], func(d, t int) {
		d, t = d+int(endD), t+int(endR)
		if stop = stop || d-at > maxStray+t-rat || d-at > 2*maxStray; stop {
			return
		}
		m.inserted += max(0, int32(d-at-1)-int32(t-rat-1))
		at, rat = d, t
		m.take(c, int32(t), 1, seen)
	})
	m.last = at
}

// How far beyond the runs of a chain single words are looked for, and how many
// alien words may stand between two of them.
const (
	maxEnds  = 32
	maxStray = 3
)

// enough says whether a match is one.
func enough(m *textMatch) bool {
	cov := m.covered()
	n := len(m.rule.tokens)
	head := float64(m.head) / float64(max(1, m.rule.need[(n+2)/3]))
	alien := float64(m.inserted) / float64(max(1, m.last-m.first+1))
	switch {
	case m.rule.kind == ruleExtra:
		return cov >= 0.88 && alien < 0.2
	case n < 12 && m.inserted > 0:
		return false // a sentence with another name in it
	case m.rule.kind == ruleHeader || n < 60:
		return cov >= 0.80 && m.lacking == 0 && alien < 0.3
	case n < 120 && alien > 0.15 && cov < 0.9:
		return false
	case head < 0.5:
		return false // what licenses share stands at their end
	case n < 250:
		return cov >= 0.70 && alien < 0.35 || cov >= 0.42 && head > 0.9 && alien < 0.1 && m.longest() >= 40
	}
	return cov >= 0.60 && alien < 0.35
}

// longest is the length of the longest stretch without a difference.
func (m *textMatch) longest() (n int32) {
	for _, x := range m.runs {
		n = max(n, x.n)
	}
	return n
}

// common calls match for the longest common subsequence of two short lists.
func common(a []token, b []uint16, match func(i, j int)) {
	const limit = 48
	first, last := -1, 0 // the part of a that has any word of b
	var has [8]uint64
	for _, id := range b {
		has[id>>6&7] |= 1 << (id & 63)
	}
	for i := range a {
		if id := a[i].id; id != 0 && has[id>>6&7]>>(id&63)&1 != 0 {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 || len(a) > limit || len(b) > limit {
		return
	}
	a = a[first : last+1]
	var t [limit + 1][limit + 1]uint8
	for i := len(a) - 1; i >= 0; i-- {
		id := a[i].id
		if id == 0 {
			copy(t[i][:len(b)], t[i+1][:len(b)])
			continue
		}
		row, below := &t[i], &t[i+1]
		for j := len(b) - 1; j >= 0; j-- {
			if id == b[j] {
				row[j] = below[j+1] + 1
			} else {
				row[j] = max(below[j], row[j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i].id != 0 && a[i].id == b[j]:
			match(i+first, j)
			i, j = i+1, j+1
		case t[i+1][j] >= t[i][j+1]:
			i++
		default:
			j++
		}
	}
}
