package detect

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
)

// index.bin holds the known texts as numbers of hashed words: what is needed to
// recognize a text, and not the text. It is made from modules that carry license
// texts by the command below; a test says when it is stale.
//
//go:generate go test -run TestTheIndexIsThatOfTheModules -update
//go:embed index.bin
var indexFile []byte

// Kinds of rules.
const (
	ruleText   = iota // the text of a license
	ruleHeader        // a notice that refers to a license
	ruleExtra         // the text of an exception
)

// rule is one known text.
type rule struct {
	id   string // SPDX id, or LicenseRef-…
	name string // where the text is from: "spdx/MIT", "licensecheck/MIT"
	kind uint8
	// tokens are ids of the vocabulary; optional tells which may be missing.
	tokens   []uint16
	optional []bool
	// gaps are places where any words may stand, in order.
	gaps []gap

	keys []uint16 // words without which a short text is not this one
	// sums over tokens[:i]: weights of what is required, and words that may be
	// put in (gaps).
	need  []int32
	extra []int32 // as need, of what is optional
	allow []int32
	once  *sync.Once // for the sums, which few rules ever need
	grams int        // how many of its 4-grams are in the table
	keyAt []keyPlace
	// base is the id of which this one is a variant by its name: BSD-3-Clause of
	// BSD-3-Clause-HP; empty when there is none.
	base string
}

// keyPlace says which key word stands at a token.
type keyPlace struct{ at, key uint16 }

// gap allows up to max words before the token at.
type gap struct {
	at  int
	max int
}

// corpus is the index when loaded.
type corpus struct {
	v     *vocabulary
	rules []rule
	table gramTable
	names *names
	words map[string]uint16 // of the grammar
	id    wordIDs
	sets  map[*[]string][]bool
	urls  map[uint64]string // hashes of folded addresses, with the license that each names
}

var loadCorpus = sync.OnceValue(func() *corpus {
	c, err := decodeCorpus(indexFile)
	if err != nil {
		panic("detect: index.bin: " + err.Error()) // a broken build
	}
	c.prepare()
	return c
})

const indexMagic = "tributary license index 4\n"

// encodeCorpus writes the words by falling use, then the rules, not compressed:
// to unpack them took a fifth of the time to load.
func encodeCorpus(words []uint64, rules []rule, urls map[string]string) []byte {
	scratch := []byte(indexMagic)
	num := func(n int) { scratch = binary.AppendUvarint(scratch, uint64(n)) }
	str := func(s string) { num(len(s)); scratch = append(scratch, s...) }
	num(len(words))
	for _, h := range words {
		scratch = binary.LittleEndian.AppendUint64(scratch, h)
	}
	scratch = append(scratch, weights(len(words), rules)...)
	num(len(rules))
	for _, r := range rules {
		str(r.id)
		str(r.name)
		num(int(r.kind))
		num(len(r.keys))
		for _, k := range r.keys {
			num(int(k))
		}
		num(len(r.tokens))
		g := r.gaps
		for i := 0; i <= len(r.tokens); i++ {
			for len(g) > 0 && g[0].at == i {
				num(0)
				num(g[0].max)
				g = g[1:]
			}
			if i < len(r.tokens) {
				n := int(r.tokens[i]) << 1
				if r.optional[i] {
					n |= 1
				}
				num(n)
			}
		}
	}
	num(len(urls))
	for _, u := range slices.Sorted(maps.Keys(urls)) {
		scratch = binary.LittleEndian.AppendUint64(scratch, hashWord(u))
		str(urls[u])
	}
	return scratch
}

var errIndex = errors.New("truncated")

func decodeCorpus(data []byte) (*corpus, error) {
	if !bytes.HasPrefix(data, []byte(indexMagic)) {
		return nil, errors.New("of another version")
	}
	b := data[len(indexMagic):]
	var err error
	num := func() int {
		n, w := binary.Uvarint(b)
		if w <= 0 {
			err, b = errIndex, nil
			return 0
		}
		b = b[w:]
		return int(n)
	}
	str := func() string {
		n := num()
		if n > len(b) {
			err = errIndex
			return ""
		}
		s := string(b[:n])
		b = b[n:]
		return s
	}
	words := num()
	if words > 65000 || words*8 > len(b) {
		return nil, errIndex
	}
	c := &corpus{v: newVocabulary(words + 4000)}
	for i := range words {
		c.v.add(binary.LittleEndian.Uint64(b[8*i:]))
	}
	b = b[8*words:]
	if words > len(b) {
		return nil, errIndex
	}
	copy(c.v.weight[1:], b[:words])
	b = b[words:]
	count := num()
	if count > 1<<15 {
		return nil, errIndex
	}
	c.rules = make([]rule, count)
	onces := make([]sync.Once, count)
	for i := range c.rules {
		r := &c.rules[i]
		r.once = &onces[i]
		r.id, r.name, r.kind = str(), str(), uint8(num())
		for n := num(); n > 0; n-- {
			r.keys = append(r.keys, uint16(num()))
		}
		n := num()
		if err != nil || n > len(b) {
			return nil, errIndex
		}
		r.tokens, r.optional = make([]uint16, 0, n), make([]bool, 0, n)
		for len(r.tokens) < n && err == nil {
			var x int
			if len(b) > 2 && b[0] >= 0x80 && b[1] < 0x80 { // most are two bytes or one
				x, b = int(b[0]&0x7f)|int(b[1])<<7, b[2:]
			} else if len(b) > 0 && b[0] < 0x80 {
				x, b = int(b[0]), b[1:]
			} else {
				x = num()
			}
			if x == 0 {
				r.gaps = append(r.gaps, gap{len(r.tokens), num()})
				continue
			}
			if x>>1 > words {
				return nil, errIndex
			}
			r.tokens, r.optional = append(r.tokens, uint16(x>>1)), append(r.optional, x&1 != 0)
		}
	}
	c.urls = map[uint64]string{}
	for n := num(); n > 0 && err == nil; n-- {
		if len(b) < 8 {
			return nil, errIndex
		}
		h := binary.LittleEndian.Uint64(b)
		b = b[8:]
		c.urls[h] = str()
	}
	for u, id := range moreURLs {
		c.urls[hashWord(u)] = id
	}
	return c, err
}

// prepare derives what the file need not hold: weights, sums and the table of
// 4-grams.
func (c *corpus) prepare() {
	for from, to := range sameWords {
		if id := c.v.id(hashWord(to)); id != 0 {
			c.v.set(hashWord(from), id)
		}
	}
	ids := map[string]bool{}
	for i := range c.rules {
		ids[c.rules[i].id] = true
	}
	for i := range c.rules {
		r := &c.rules[i]
		for at := strings.LastIndexByte(r.id, '-'); at > 0 && r.base == ""; at = strings.LastIndexByte(r.id[:at], '-') {
			if ids[r.id[:at]] {
				r.base = r.id[:at]
			}
		}
	}
	c.table.build(c.rules)
	c.names = makeNames(c.v)
	c.words = map[string]uint16{}
	for _, w := range strings.Fields(grammarWords) {
		c.word(w)
	}
	c.id = wordIDs{c.words["spdx"], c.words["license"], c.words["snippet"], c.words["identifier"], c.words["http"], c.words["www"], c.words["module"], c.words["licenses"]}
	c.sets = map[*[]string][]bool{}
	for _, list := range []*[]string{&cueWords, &besideAfter, &besideBefore, &denyWords, &choiceWords, &fileNames, &pointWords, &legalWords, &grantWords} {
		for _, w := range *list {
			c.word(w)
		}
		set := make([]bool, 1<<16)
		for _, w := range *list {
			set[c.words[w]] = true
		}
		c.sets[list] = set
	}
}

// word gives a word of the grammar its number.
func (c *corpus) word(w string) uint16 {
	h := hashWord(w)
	if to, ok := sameWords[w]; ok {
		h = hashWord(to)
	}
	c.words[w] = c.v.add(h)
	return c.words[w]
}

// wordIDs are the words that are looked for at each token.
type wordIDs struct {
	spdx, license, snippet, identifier, http, www, module, licenses uint16
}

// grammarWords are all words that the grammar of notices asks for.
const grammarWords = `change licensing arrangements combined together linked linking link mixed conflict clash any with such as from changed switched moved above listed select chosen used advertising developed university california may does do will can apply cover licensed license licenses licensing under terms distributed released covered governed redistribute redistributed subject conditions
	relicensed dual available distributable copied copying permits style like type open source public software or and gpl lgpl mit bsd apache mpl v 2 3 0 1 the a an of is either
	new same both gnu as to modified not compatible incompatible unlike without avoid isn never nor than version ver vers versions verson release rev number two three one
	applications by code converted environments libraries library modules products program programs projects switch that update updated upgrade upgraded which work works
	general any up later newer greater higher above subsequent upward upwards latest onwards onward after only no exclusively c alternatively see file files in this may be
	refer accompanying found license licence unlicense notice readme copyright described details are similar spdx snippet identifier http www module linux contrary main directory doesn don aren cannot common via gplv lgplv x11 clause revised clear lesser based convert consists dually double multi triple tri disjunctive without any later at newer modify implied other more fitness its instead alternative choose choice option your at use used copy with either`

// weights gives each word its weight, by its number less 1.
func weights(words int, rules []rule) []byte {
	seen := make([]int, words+1) // in how many rules a word is
	last := make([]int, words+1)
	for i := range rules {
		for _, t := range rules[i].tokens {
			if last[t] != i+1 {
				last[t] = i + 1
				seen[t]++
			}
		}
	}
	out := make([]byte, words)
	for i := range out {
		out[i] = weigh(seen[i+1], len(rules))
	}
	return out
}

// weigh gives a word that is in n of all rules its weight: the bits that it
// tells, and 1 more.
func weigh(n, all int) uint8 {
	w := uint8(1)
	for n = max(n, 1); n < all && w < 10; n *= 2 {
		w++
	}
	return w
}

// ready makes the sums of a rule.
func (r *rule) ready(v *vocabulary) { r.once.Do(func() { r.sums(v) }) }

func (r *rule) sums(v *vocabulary) {
	if len(r.keys) > 0 {
		for i, t := range r.tokens {
			if k := slices.Index(r.keys, t); k >= 0 && k < maxKeys {
				r.keyAt = append(r.keyAt, keyPlace{uint16(i), uint16(k)})
			}
		}
	}
	n := len(r.tokens) + 1
	sums := make([]int32, 3*n)
	r.need, r.extra, r.allow = sums[:n:n], sums[n:2*n:2*n], sums[2*n:]
	g := r.gaps
	for i, t := range r.tokens {
		r.need[i+1], r.extra[i+1], r.allow[i+1] = r.need[i], r.extra[i], r.allow[i]
		for len(g) > 0 && g[0].at == i {
			r.allow[i+1] += int32(g[0].max)
			g = g[1:]
		}
		if r.optional[i] {
			r.extra[i+1] += int32(v.weight[t])
		} else {
			r.need[i+1] += int32(v.weight[t])
		}
	}
}
