package detect

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"
)

// UnknownPrefix begins the names of texts that read like a license and are none
// that is known; the first digits of a hash over their words follow, so that the
// same text has the same name wherever it stands and however it is wrapped.
const UnknownPrefix = "LicenseRef-tributary-"

// legalWords are those of which any license has many.
var legalWords = strings.Fields("license licensed permission permitted redistribute redistributed redistribution distribute distributed copy copies warranty warranties liable liability granted grant sublicense terms conditions copyright modify modified provided herein software fee royalty prohibited")

// Bounds of a text that reads like a license.
const (
	minUnknown    = 60  // words
	unknownShared = 0.3 // of its words, those that stand in known texts in the same order
	minLegal      = 7   // different legal words
	shortUnknown  = 120 // words, below which one that points to a file says what stands there
)

// unknowns finds stretches that read like a license and in which nothing was
// recognized.
func (r *reader) unknowns(areas []area, items []item) (out []item) {
	for _, a := range areas {
		n := a.hi - a.lo
		if n < minUnknown || float64(a.shared) < unknownShared*float64(n) || taken(items, a) {
			continue
		}
		legal := map[uint16]bool{}
		for k := a.lo; k < a.hi; k++ {
			if r.in(k, &legalWords) {
				legal[r.toks[k].id] = true
			}
		}
		if len(legal) < minLegal || !r.grants(a) || n < shortUnknown && r.points(a) {
			continue
		}
		it := item{mention: mention{first: a.lo, last: a.hi - 1, versioned: true}, kind: "unknown", rule: "unknown", score: 0.5}
		if it.set(UnknownPrefix + r.nameOf(a)) {
			out = append(out, it)
		}
	}
	return out
}

// grantWords are those without which there is no license: a disclaimer has none.
var grantWords = strings.Fields("permission permitted permit permits grant grants granted redistribute redistributed redistribution distribute distributed copy copied copies use used modify license licensed")

func (r *reader) grants(a area) bool {
	for k := a.lo; k < a.hi; k++ {
		if r.in(k, &grantWords) {
			return true
		}
	}
	return false
}

// points says whether an area names a file that holds the license.
func (r *reader) points(a area) bool {
	for k := a.lo; k < a.hi; k++ {
		if name, next, ok := r.pointer(k); ok && next <= a.hi && name != "" {
			return true
		}
	}
	return false
}

// taken says whether an item, of which there are in order, stands in or near an
// area.
func taken(items []item, a area) bool {
	i, _ := slices.BinarySearchFunc(items, a.lo-nearArea, func(it item, at int) int { return it.last - at })
	return i < len(items) && items[i].first < a.hi+nearArea
}

// nearArea is how near, in words, a finding speaks for a stretch.
const nearArea = 40

// nameOf hashes the words of an area, folded as everywhere.
func (r *reader) nameOf(a area) string {
	h := sha256.New()
	for k := a.lo; k < a.hi; k++ {
		h.Write(bytes.ToLower(r.b[r.toks[k].start:r.toks[k].end]))
		h.Write([]byte{' '})
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// fileNames are how files with licenses are called; pointWords stand before one
// that is pointed to.
var (
	fileNames  = strings.Fields("copying license licence unlicense copyright notice")
	pointWords = strings.Fields("see file in accompanying refer found described")
)

// references finds pointers to files: "see COPYING", "in the LICENSE file".
func (r *reader) references() (out []item) {
	seen := map[string]bool{}
	for i := range r.toks {
		name, next, ok := r.pointer(i)
		if !ok || seen[name] {
			continue
		}
		seen[name] = true
		out = append(out, item{mention: mention{first: i, last: next - 1}, kind: "reference", rule: "reference", score: 0.5, refersTo: name})
	}
	return out
}

// pointer reads the name of a file with a license that the words around token i
// point to, and says where it ends.
func (r *reader) pointer(i int) (name string, next int, ok bool) {
	if !r.in(i, &fileNames) || class[r.b[r.toks[i].start]] != upper || class[r.b[r.toks[i].end-1]] != upper || r.masked[i] {
		return "", 0, false
	}
	name, next = r.fileAt(i)
	return name, next, r.pointed(i, next)
}

// fileAt reads the name of a file around token i ("LICENSE.txt",
// "licenses/LICENSE-MIT") and says where it ends.
func (r *reader) fileAt(i int) (string, int) {
	part := func(c byte) bool {
		return class[c] != other && class[c] != high || c == '.' || c == '-' || c == '_' || c == '/'
	}
	start, end := int(r.toks[i].start), int(r.toks[i].end)
	for start > 0 && end-start < 100 && part(r.b[start-1]) {
		start--
	}
	for end < len(r.b) && end-start < 100 && part(r.b[end]) {
		end++
	}
	name := strings.Trim(string(r.b[start:end]), "./-")
	for i++; i < len(r.toks) && int(r.toks[i].start) < end; i++ {
	}
	return name, i
}

// pointed says whether the words beside a name speak of a file.
func (r *reader) pointed(from, to int) bool {
	if r.is(to, "file") {
		return true
	}
	for k := from - 1; k >= max(0, from-5); k-- {
		if r.in(k, &pointWords) {
			return true
		}
		if r.toks[k+1].flags&stopBefore != 0 {
			return false
		}
	}
	return false
}

// plainText gives the UTF-8 form of UTF-16 with a byte order mark, RTF without its
// control words at the same length, and all else as it is.
func plainText(b []byte) []byte {
	if len(b) < 2 || len(b) > 2*wholeFile {
		return b
	}
	if bytes.HasPrefix(b, []byte(`{\rtf`)) {
		return withoutControls(b)
	}
	big := b[0] == 0xFE && b[1] == 0xFF
	if !big && (b[0] != 0xFF || b[1] != 0xFE) {
		return b
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 2; i+1 < len(b); i += 2 {
		lo, hi := b[i], b[i+1]
		if big {
			lo, hi = hi, lo
		}
		units = append(units, uint16(lo)|uint16(hi)<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// withoutControls blanks the control words and braces of RTF.
func withoutControls(b []byte) []byte {
	out := bytes.Clone(b)
	for i := 0; i < len(out); i++ {
		switch {
		case out[i] == '{' || out[i] == '}':
			out[i] = ' '
		case out[i] == '\\' && i+1 < len(out) && out[i+1] == '\'':
			for k := i; k < min(i+4, len(out)); k++ {
				out[k] = ' '
			}
		case out[i] == '\\':
			k := i + 1
			for k < len(out) && (class[out[k]] == lower || class[out[k]] == upper || class[out[k]] == digit || out[k] == '-') {
				k++
			}
			for ; i < k; i++ {
				out[i] = ' '
			}
			i--
		}
	}
	return out
}
