package detect

// gramTable finds where four words in a row stand in the rules. Of long texts
// only every fourth gram is kept, chosen by its hash, so that a text and a file
// choose alike.
type gramTable struct {
	starts []uint32 // by bucket, one more than buckets
	posts  []post
}

// post is a place in a rule; check tells grams of one bucket apart.
type post struct {
	check uint16
	rule  uint16
	at    uint16
}

const (
	gramBits = 18
	longRule = 500 // tokens
)

func gramHash(a, b, c, d uint16) uint64 {
	x := uint64(a) | uint64(b)<<16 | uint64(c)<<32 | uint64(d)<<48
	x *= 0x9E3779B97F4A7C15
	x ^= x >> 31
	x *= 0xBF58476D1CE4E5B9
	return x
}

// eachGram calls do for the grams of a rule that are kept.
func eachGram(r *rule, do func(h uint64, at int)) {
	g := r.gaps
	open := 0 // tokens since the last gap
	for i := range r.tokens {
		for len(g) > 0 && g[0].at <= i {
			open, g = 0, g[1:]
		}
		if open++; open < 4 {
			continue
		}
		t := r.tokens[i-3 : i+1]
		h := gramHash(t[0], t[1], t[2], t[3])
		if len(r.tokens) > longRule && h>>16&3 != 0 {
			continue
		}
		do(h, i-3)
	}
}

// commonGram is how many places a gram may have before only every fourth such
// gram is kept: what whole families of licenses share need not be found at each
// word, as a stretch that is found is extended as far as it goes.
const commonGram = 24

func (t *gramTable) build(rules []rule) {
	type gram struct {
		hash     uint64
		rule, at uint16
	}
	n := 0
	for i := range rules {
		n += len(rules[i].tokens)
	}
	all := make([]gram, 0, n)
	uses := make([]uint16, 1<<gramBits) // by bucket, near enough to by gram
	for i := range rules {
		eachGram(&rules[i], func(h uint64, at int) {
			all = append(all, gram{h, uint16(i), uint16(at)})
			if b := h >> (64 - gramBits); uses[b] < 1<<15 {
				uses[b]++
			}
		})
	}
	t.starts = make([]uint32, 1<<gramBits+1)
	kept := all[:0]
	for _, g := range all {
		if uses[g.hash>>(64-gramBits)] <= commonGram || g.hash>>20&3 == 0 {
			kept = append(kept, g)
			t.starts[g.hash>>(64-gramBits)+1]++
			rules[g.rule].grams++
		}
	}
	for i := 1; i < len(t.starts); i++ {
		t.starts[i] += t.starts[i-1]
	}
	t.posts = make([]post, len(kept))
	fill := make([]uint32, 1<<gramBits)
	copy(fill, t.starts)
	for _, g := range kept {
		b := g.hash >> (64 - gramBits)
		t.posts[fill[b]] = post{uint16(g.hash), g.rule, g.at}
		fill[b]++
	}
}

// has says whether four words in a row stand in any rule.
func (t *gramTable) has(w []token) bool {
	h := gramHash(w[0].id, w[1].id, w[2].id, w[3].id)
	b := h >> (64 - gramBits)
	for _, p := range t.posts[t.starts[b]:t.starts[b+1]] {
		if p.check == uint16(h) {
			return true
		}
	}
	return false
}
