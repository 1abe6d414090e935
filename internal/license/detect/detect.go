package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// Version names this detector with its data. It changes whenever the same bytes
// may give another answer, so that cached results can be told apart.
const Version = "tags-licensecheck-0.3.1-3"

// Match is one place in a file that speaks of a license.
type Match struct {
	// Expression is a canonical SPDX expression.
	Expression string
	// Kind says what was recognized: "tag", "text", "header" or "manifest".
	Kind string
	// FirstLine and LastLine are 1-based and inclusive.
	FirstLine, LastLine int
	// Score is the confidence from 0 to 1; a tag has 1.
	Score float64
	// TextHash is the hex SHA-256 of the matched bytes.
	TextHash string
}

// Result is what a file says of itself.
type Result struct {
	// Matches in the order of the file.
	Matches []Match
	// Expression joins the matches by AND; empty when nothing was found.
	Expression string
	// Copyrights are the statements found, normalized and distinct, in order.
	Copyrights []string
}

// Bounds of what is looked at: license statements stand at the head of a file,
// now and then at its end.
const (
	wholeFile  = 1 << 20   // a file up to this size is looked at in full
	headOfFile = 512 << 10 // of a larger one, this much from the beginning
	tailOfFile = 64 << 10  // and this much from the end
	binaryHead = 8 << 10   // a NUL byte in here makes the file binary
)

// find is a match with its place in the part of the file that was looked at.
type find struct {
	expr       license.Expr
	kind       string
	score      float64
	start, end int // byte offsets, end exclusive
}

// Detect finds the licenses that b speaks of. It never fails: what is not
// understood is not found. It keeps no reference to b.
func Detect(b []byte) Result { return detectAll(b, nil) }

func detectAll(b []byte, memo *Memo) Result {
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

// detectPart looks at one part of a file, of which linesBefore lines precede it.
func detectPart(b []byte, linesBefore int, memo *Memo) Result {
	first, last := cueSpan(b)
	if first < 0 {
		return Result{}
	}
	ignored := ignoredRanges(b)
	tags, tagged := findTags(b, ignored)
	finds := append(tags, findTexts(b, first, last, tagged, ignored, memo)...)
	slices.SortStableFunc(finds, func(x, y find) int { return x.start - y.start })
	lines := lineIndex{b: b}
	var r Result
	for _, f := range finds {
		sum := sha256.Sum256(b[f.start:f.end])
		r.Matches = append(r.Matches, Match{
			Expression: f.expr.String(), Kind: f.kind, Score: f.score,
			FirstLine: linesBefore + lines.at(f.start), LastLine: linesBefore + lines.at(max(f.start, f.end-1)),
			TextHash: hex.EncodeToString(sum[:]),
		})
	}
	r.Expression = conclude(finds).String()
	r.Copyrights = findCopyrights(b, first, last, finds, ignored)
	return r
}

func merge(a, b Result) Result {
	a.Matches = append(a.Matches, b.Matches...)
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

// conclude joins the finds of one file. A find adds nothing when a tag, or a
// more telling find, already names all its licenses: the text of the GPL beside
// the tag "GPL-2.0-only OR MIT" takes no choice away.
func conclude(finds []find) license.Expr {
	var named []license.Expr
	add := func(e license.Expr) {
		for _, old := range named {
			if covers(old, e) {
				return
			}
		}
		named = append(named, e)
	}
	for _, kind := range []string{"tag", "header", "text", "mention"} {
		for _, f := range finds {
			if f.kind == kind {
				add(f.expr)
			}
		}
	}
	return license.And(named...).Normalize()
}

// covers says whether every license of e is named in old, where "or later"
// names the version that stands alone in a license text too.
func covers(old, e license.Expr) bool {
	known := map[string]bool{}
	for _, l := range old.Leaves() {
		known[l.String()] = true
		known[l.ID] = true
		if base, ok := strings.CutSuffix(l.ID, "-or-later"); ok {
			known[base+"-only"] = true
		}
	}
	for _, l := range e.Leaves() {
		if !known[l.String()] {
			return false
		}
	}
	return true
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
