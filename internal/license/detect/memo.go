package detect

import (
	"slices"
	"sync"
)

// Memo remembers which known texts were found in a stretch of words: the same
// header stands in thousands of files, and with a memo it is searched once. It
// is safe for concurrent use; its size is bounded.
type Memo struct {
	mu    sync.Mutex
	known map[memoKey][]textMatch
}

// memoKey is two hashes over the words of a stretch.
type memoKey struct {
	a, b uint64
	n    int
}

// maxMemo is how many stretches are remembered; then it begins anew.
const maxMemo = 4096

// NewMemo returns an empty memo.
func NewMemo() *Memo { return &Memo{known: map[memoKey][]textMatch{}} }

// DetectWith is [Detect] with a memo, which may be nil; the result is the same.
func DetectWith(b []byte, m *Memo) Result { return detectAll(b, m) }

func keyOf(toks []token) memoKey {
	a, b := hashSeed, uint64(0x9E3779B97F4A7C15)
	for _, t := range toks {
		a = (a ^ uint64(t.id)) * hashPrime
		b = (b + uint64(t.id)) * 0xBF58476D1CE4E5B9
		b ^= b >> 29
	}
	return memoKey{a, b, len(toks)}
}

// recall gives what is known of a stretch, placed where it begins.
func (m *Memo) recall(k memoKey, from int) ([]textMatch, bool) {
	m.mu.Lock()
	found, ok := m.known[k]
	m.mu.Unlock()
	return placed(found, from), ok
}

func (m *Memo) learn(k memoKey, found []textMatch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.known) >= maxMemo {
		clear(m.known)
	}
	m.known[k] = found
}

// placed moves matches by a number of words.
func placed(found []textMatch, from int) []textMatch {
	out := slices.Clone(found)
	for i := range out {
		m := &out[i]
		m.first, m.last = m.first+from, m.last+from
		m.runs = slices.Clone(m.runs)
		for j := range m.runs {
			m.runs[j].d += int32(from)
		}
	}
	return out
}
