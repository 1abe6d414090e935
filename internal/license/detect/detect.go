package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"

	"github.com/tributary-oss/tributary/internal/license"
)

// Version names this detector with its data. It changes whenever the same bytes
// may give another answer, so that cached results can be told apart.
const Version = "tributary-11"

// Match is one place in a file that speaks of a license.
type Match struct {
	// Expression is a canonical SPDX expression; empty where only a file is
	// referred to.
	Expression string
	// Kind says what was recognized: "tag" (SPDX-License-Identifier), "text" (of a
	// license or of the notice that it prescribes), "notice" (a name, a GNU notice,
	// an address), "reference" (to a file), "unknown" (a text that reads like a
	// license).
	Kind string
	// FirstLine and LastLine are 1-based and inclusive.
	FirstLine, LastLine int
	// Start and End are byte offsets in the text, End exclusive: in what was given,
	// but for UTF-16, of which they count the UTF-8 form, and for the end of a very
	// large file, where they are 0.
	Start, End int
	// Score is the confidence from 0 to 1; a tag has 1.
	Score float64
	// Rule names what matched: a text by its source ("spdx/MIT"), or the grammar.
	Rule string
	// Covered is the share of the known text's words, weighed by rarity, that
	// stand in the file; 0 for what is no text.
	Covered float64
	// Distance counts the words by which the file's text differs from the known
	// one.
	Distance int
	// RefersTo is the file that a reference names, as it is written.
	RefersTo string
	// TextHash is the hex SHA-256 of the matched bytes.
	TextHash string
}

// Result is what a file says of itself.
type Result struct {
	// Matches in the order of the file.
	Matches []Match
	// Licenses are the statements of the file in order: matches that the words
	// between them join to a choice are one ("MIT OR GPL-2.0-only").
	Licenses []string
	// Expression joins the statements by AND; empty when nothing was found. A
	// statement that only repeats a license of a choice takes no choice away.
	Expression string
	// Copyrights are the statements found, normalized and distinct, in order.
	Copyrights []string
}

// Bounds of what is looked at.
const (
	wholeFile  = 4 << 20   // a file up to this size is looked at in full
	headOfFile = 3 << 20   // of a larger one, this much from the beginning
	tailOfFile = 512 << 10 // and this much from the end
	binaryHead = 8 << 10   // a NUL byte in here makes the file binary
)

// find is a tag with its place.
type find struct {
	expr       license.Expr
	start, end int // byte offsets, end exclusive
}

// Detect finds the licenses that b speaks of. It never fails: what is not
// understood is not found. It keeps no reference to b.
func Detect(b []byte) Result { return detectAll(b, nil) }

func detectAll(b []byte, memo *Memo) Result {
	b = plainText(b)
	if len(b) == 0 || bytes.IndexByte(b[:min(len(b), binaryHead)], 0) >= 0 {
		return Result{}
	}
	if len(b) <= wholeFile {
		return detectPart(b, 0, memo)
	}
	head := b[:headOfFile]
	tail := b[len(b)-tailOfFile:]
	return merge(detectPart(head, 0, memo), detectPart(tail, bytes.Count(b[:len(b)-tailOfFile], newline), memo))
}

var newline = []byte{'\n'}

// room is memory that one file after another uses.
type room struct{ toks []token }

// roomy is how many words a room may hold: what a large file needed goes with it.
const roomy = 1 << 17

func (r *room) leave() {
	if cap(r.toks) <= roomy {
		rooms.Put(r)
	}
}

var rooms = sync.Pool{New: func() any { return new(room) }}

// detectPart looks at one part of a file, of which linesBefore lines precede it.
func detectPart(b []byte, linesBefore int, memo *Memo) Result {
	c := loadCorpus()
	ignored := ignoredRanges(b)
	room := rooms.Get().(*room)
	defer room.leave()
	room.toks = tokenize(room.toks[:0], b, c.v)
	r := reader{c: c, b: b, toks: room.toks, memo: memo}
	items := r.items(append(r.tags(ignored), r.xmlFields()...), ignored)
	parts := r.statements(items)
	lines := lineIndex{b: b}
	var res Result
	for _, it := range items {
		start, end := int(r.toks[it.first].start), int(r.toks[it.last].end)
		sum := sha256.Sum256(b[start:end])
		res.Matches = append(res.Matches, Match{
			Expression: it.expr.String(), Kind: it.kind, Score: it.score, Rule: it.rule, Start: start, End: end,
			FirstLine: linesBefore + lines.at(start), LastLine: linesBefore + lines.at(max(start, end-1)),
			TextHash: hex.EncodeToString(sum[:]),
		})
		if m := it.text; m != nil {
			last := &res.Matches[len(res.Matches)-1]
			last.Covered, last.Distance = m.covered(), m.distance()
		}
		res.Matches[len(res.Matches)-1].RefersTo = it.refersTo
	}
	all := whole(parts)
	for _, e := range all {
		res.Licenses = append(res.Licenses, e.String())
	}
	if len(all) > 0 {
		res.Expression = license.And(all...).Normalize().String()
	}
	res.Copyrights = findCopyrights(b, ignored)
	return res
}

// items finds all that speaks of licenses, in order.
func (r *reader) items(tags []find, ignored []span) []item {
	r.masked = make([]bool, len(r.toks))
	texts, areas := r.c.texts(r.toks, r.memo)
	within := func(at int) bool { // in a license's full text
		for i := range texts {
			if m := &texts[i]; len(m.rule.tokens) > longText && at > m.first+8 && at <= m.last {
				return true
			}
		}
		return false
	}
	var out []item
	for _, t := range tags {
		first := tokenAt(r.toks, t.start)
		if within(first) {
			continue
		}
		last := max(first, tokenAt(r.toks, t.end)-1)
		for k := first; k <= last; k++ {
			r.masked[k] = true
		}
		out = append(out, item{mention: mention{first: first, last: last, expr: t.expr, versioned: true}, kind: "tag", score: 1, tag: true})
	}
	for _, s := range slices.Concat(ignored, r.quoted) {
		for k := tokenAt(r.toks, s.start); k < len(r.toks) && int(r.toks[k].start) < s.end; k++ {
			r.masked[k] = true
		}
	}
	for i := range texts {
		m := &texts[i]
		if r.masked[m.first] {
			continue
		}
		if m.rule.kind != ruleExtra {
			r.mask(m)
		}
		it := item{mention: mention{first: m.first, last: m.last, versioned: true}, kind: "text", score: m.covered(), rule: m.rule.name, text: m}
		if m.rule.kind == ruleExtra {
			it.except = m.rule.id
		} else if !it.set(r.variant(m)) {
			continue
		}
		out = append(out, it)
		if also := composites[m.rule.id]; also != "" && len(m.rule.tokens) > longText && it.set(also) {
			out = append(out, it)
		}
	}
	for _, m := range r.mentions() {
		score := 0.9
		if !m.versioned {
			score = 0.6
		}
		out = append(out, item{mention: m, kind: "notice", score: score, rule: "notice/" + m.family})
	}
	byPlace := func(a, b item) int { return a.first - b.first }
	slices.SortStableFunc(out, byPlace)
	out = bindExceptions(settleNotices(dropLists(out)))
	out = append(out, r.unknowns(areas, out)...)
	out = append(out, r.references()...)
	slices.SortStableFunc(out, byPlace)
	return out
}

// composites are licenses whose text, as the SPDX list has it, holds another
// license in full, with holders of its own.
var composites = map[string]string{"Sleepycat": "BSD-3-Clause"}

// variant is the license of a text that somebody changed into another by words
// that texts leave open or that are put in.
func (r *reader) variant(m *textMatch) string {
	for k := m.first; k+4 < m.last; k++ {
		switch {
		case m.rule.id == "ISC" && r.is(k, "used") && r.is(k+1, "in") && r.is(k+2, "advertising"):
			return "HPND" // the name may not be used in advertising
		case m.rule.id == "BSD-4-Clause" && r.is(k, "developed") && r.is(k+3, "university") && r.is(k+5, "california"):
			return "BSD-4-Clause-UC"
		}
	}
	return m.rule.id
}

// longText is the length, in words, from which a text is a license in full: what
// is put into it belongs to it.
const longText = 250

// mask takes the words of a known text out of the search for names. Words that
// somebody put in stay.
func (r *reader) mask(m *textMatch) {
	if len(m.rule.tokens) > longText {
		for k := m.first; k <= m.last; k++ {
			r.masked[k] = true
		}
		return
	}
	end := m.first
	for _, x := range m.runs {
		if int(x.d)-end <= 3 {
			x.n, x.d = x.n+x.d-int32(end), int32(end)
		}
		for k := int(x.d); k < int(x.d+x.n); k++ {
			r.masked[k] = true
		}
		end = int(x.d + x.n)
	}
	if m.last+1-end <= 12 {
		for k := end; k <= m.last; k++ {
			r.masked[k] = true
		}
	}
}

// tokenAt is the first token at or after a byte.
func tokenAt(toks []token, at int) int {
	i, _ := slices.BinarySearchFunc(toks, uint32(at), func(t token, at uint32) int { return int(int64(t.start) - int64(at)) })
	return min(i, len(toks)-1)
}

func merge(a, b Result) Result {
	a.Matches = append(a.Matches, b.Matches...)
	a.Licenses = append(a.Licenses, b.Licenses...)
	if b.Expression != "" && b.Expression != a.Expression {
		x, errX := license.Parse(a.Expression)
		y, errY := license.Parse(b.Expression)
		switch {
		case errX != nil:
			a.Expression = b.Expression
		case errY == nil:
			a.Expression = license.And(x, y).Normalize().String()
		}
	}
	for _, c := range b.Copyrights {
		if !slices.Contains(a.Copyrights, c) {
			a.Copyrights = append(a.Copyrights, c)
		}
	}
	return a
}

// lineIndex finds line numbers for offsets that mostly grow.
type lineIndex struct {
	b    []byte
	pos  int
	line int
}

func (x *lineIndex) at(offset int) int {
	if offset < x.pos {
		x.pos, x.line = 0, 0
	}
	x.line += bytes.Count(x.b[x.pos:offset], newline)
	x.pos = offset
	return x.line + 1
}
