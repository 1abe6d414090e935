package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/tributary-oss/tributary/internal/license"
)

// Memo remembers what the search for known texts found in stretches of text.
// The same header stands in thousands of files; with a memo it is searched once,
// and a run that meets only known stretches does not even build the search's
// index, which costs a second. Both functions must be safe for concurrent use.
type Memo struct {
	// Get gives what was found in a stretch, by its key.
	Get func(key string) (found []byte, ok bool)
	// Put keeps it.
	Put func(key string, found []byte)
}

// DetectWith is [Detect] with a memo; the result is the same.
func DetectWith(b []byte, m *Memo) Result { return detectAll(b, m) }

// stretch is a run of cues that lie close together, from the line of the first
// one that is more than a copyright statement to the end of the line of the last.
type stretch struct {
	start, end int
	key        string
}

// clusterGap is the largest distance of cues in one stretch. No license has as
// long a passage without a cue.
const clusterGap = 1500

// stretches parts the cues between first and last; nil when there are too many
// for a memo to be of use.
func stretches(b []byte, first, last int) []stretch {
	var out []stretch
	open := false
	previous := -1
	for i := first; i <= last; i++ {
		if !cueFirst[b[i]] || !isCue(b[i:]) {
			continue
		}
		if open && i-previous > clusterGap {
			open = false
		}
		if !open {
			if isCopyrightCue(b[i:]) {
				continue // a statement before the license; its year would make every header another
			}
			if len(out) == 16 {
				return nil
			}
			out = append(out, stretch{start: lineStart(b, i)})
			open = true
		}
		previous = i
		end := bytes.IndexByte(b[i:], '\n')
		if end < 0 {
			end = len(b) - i
		}
		out[len(out)-1].end = min(len(b), i+end+1)
	}
	for i := range out {
		sum := sha256.Sum256(b[out[i].start:out[i].end])
		out[i].key = hex.EncodeToString(sum[:])
	}
	return out
}

func isCopyrightCue(b []byte) bool {
	return hasPrefixFold(b, "copyr") || hasPrefixFold(b, "(c)") || hasPrefixFold(b, "\xc2\xa9")
}

// kept is a find relative to its stretch.
type kept struct {
	Expression string  `json:"e"`
	Kind       string  `json:"k"`
	Score      float64 `json:"s"`
	Start      int     `json:"a"`
	End        int     `json:"b"`
}

// recall gives the finds of all stretches, if every one of them is known.
func (m *Memo) recall(all []stretch) ([]find, bool) {
	var out []find
	for _, s := range all {
		data, ok := m.Get(s.key)
		if !ok {
			return nil, false
		}
		var list []kept
		if len(data) > 0 && json.Unmarshal(data, &list) != nil {
			return nil, false
		}
		for _, k := range list {
			e, err := license.Parse(k.Expression)
			if err != nil || k.Start < 0 || k.End > s.end-s.start || k.Start >= k.End {
				return nil, false
			}
			out = append(out, find{e, k.Kind, k.Score, s.start + k.Start, s.start + k.End})
		}
	}
	return out, true
}

// learn keeps what was found in each stretch, unless a find reaches beyond one:
// then what surrounds the stretch matters.
func (m *Memo) learn(all []stretch, finds []find) {
	inside := 0
	lists := make([][]kept, len(all))
	for _, f := range finds {
		for i, s := range all {
			if f.start >= s.start && f.end <= s.end {
				lists[i] = append(lists[i], kept{f.expr.String(), f.kind, f.score, f.start - s.start, f.end - s.start})
				inside++
				break
			}
		}
	}
	if inside != len(finds) {
		return
	}
	for i, s := range all {
		var data []byte
		if len(lists[i]) > 0 {
			var err error
			if data, err = json.Marshal(lists[i]); err != nil {
				return
			}
		}
		m.Put(s.key, data)
	}
}
