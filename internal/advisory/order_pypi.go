package advisory

import (
	"math"
	"strings"
)

// pep440 is a version by PEP 440 in the form in which it sorts.
type pep440 struct {
	epoch   uint64
	release [8]uint64
	// pre is the letter of a pre-release with its number; phase 0 stands before
	// every pre-release (a development release of the final), 4 after (no
	// pre-release).
	phase  uint8
	pre    uint64
	post   uint64 // 0: none, else the number + 1
	dev    uint64 // math.MaxUint64: none
	local  string
	locals bool
}

// The phases of a version.
const (
	phaseDev uint8 = iota
	phaseAlpha
	phaseBeta
	phaseRC
	phaseFinal
)

// comparePyPI orders by PEP 440. It declines legacy versions, more than eight
// numbers, numbers of more than 18 digits.
func comparePyPI(a, b string) (int, bool) {
	var x, y pep440
	if !x.parse(a) || !y.parse(b) {
		return 0, false
	}
	if x.epoch != y.epoch {
		return sign(x.epoch, y.epoch), true
	}
	for i := range x.release {
		if x.release[i] != y.release[i] {
			return sign(x.release[i], y.release[i]), true
		}
	}
	for _, c := range [...][2]uint64{{uint64(x.phase), uint64(y.phase)}, {x.pre, y.pre}, {x.post, y.post}, {x.dev, y.dev}} {
		if c[0] != c[1] {
			return sign(c[0], c[1]), true
		}
	}
	switch {
	case x.locals && y.locals:
		return compareLocal(x.local, y.local), true
	case x.locals:
		return 1, true
	case y.locals:
		return -1, true
	}
	return 0, true
}

// pep is a cursor over a version.
type pep struct{ rest string }

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// word takes a separator that may be missing and one of some words, whatever
// the case; the letters must end there. It moves only when it finds one.
func (p *pep) word(words ...string) (string, bool) {
	s := p.rest
	if s != "" && (s[0] == '.' || s[0] == '-' || s[0] == '_') {
		s = s[1:]
	}
	n := 0
	for n < len(s) && isLetter(s[n]) {
		n++
	}
	for _, w := range words {
		if len(w) == n && strings.EqualFold(w, s[:n]) {
			p.rest = s[n:]
			return w, true
		}
	}
	return "", false
}

// tail takes the number after a word; none is 0.
func (p *pep) tail() (uint64, bool) {
	s := p.rest
	if len(s) > 1 && (s[0] == '.' || s[0] == '-' || s[0] == '_') && isDigit(s[1]) {
		s = s[1:]
	}
	if s == "" || !isDigit(s[0]) {
		return 0, true
	}
	n, digits := number(s)
	p.rest = s[digits:]
	return n, digits > 0
}

func (v *pep440) parse(text string) bool {
	p := pep{strings.TrimSpace(text)}
	if p.rest != "" && lower(p.rest[0]) == 'v' {
		p.rest = p.rest[1:]
	}
	*v = pep440{phase: phaseFinal, dev: math.MaxUint64}
	return v.numbers(&p) && v.suffixes(&p) && v.localPart(&p)
}

func (v *pep440) numbers(p *pep) bool {
	n, digits := number(p.rest)
	if digits == 0 {
		return false
	}
	if rest := p.rest[digits:]; rest != "" && rest[0] == '!' {
		v.epoch = n
		p.rest = rest[1:]
		if n, digits = number(p.rest); digits == 0 {
			return false
		}
	}
	for i := 0; ; i++ {
		if i == len(v.release) {
			return false
		}
		v.release[i] = n
		p.rest = p.rest[digits:]
		if len(p.rest) < 2 || p.rest[0] != '.' || !isDigit(p.rest[1]) {
			return true
		}
		p.rest = p.rest[1:]
		if n, digits = number(p.rest); digits == 0 {
			return false
		}
	}
}

func (v *pep440) suffixes(p *pep) (ok bool) {
	ok = true
	if w, found := p.word("a", "b", "c", "rc", "alpha", "beta", "pre", "preview"); found {
		switch w {
		case "a", "alpha":
			v.phase = phaseAlpha
		case "b", "beta":
			v.phase = phaseBeta
		default:
			v.phase = phaseRC
		}
		if v.pre, ok = p.tail(); !ok {
			return false
		}
	}
	switch _, found := p.word("post", "rev", "r"); {
	case found:
		if v.post, ok = p.tail(); !ok {
			return false
		}
		v.post++
	case len(p.rest) > 1 && p.rest[0] == '-' && isDigit(p.rest[1]):
		n, digits := number(p.rest[1:])
		if digits == 0 {
			return false
		}
		v.post = n + 1
		p.rest = p.rest[1+digits:]
	}
	if _, found := p.word("dev"); found {
		if v.dev, ok = p.tail(); !ok {
			return false
		}
		if v.phase == phaseFinal && v.post == 0 {
			v.phase = phaseDev
		}
	}
	return true
}

// localPart reads "+ubuntu.1", which must end the version.
func (v *pep440) localPart(p *pep) bool {
	if p.rest == "" {
		return true
	}
	if p.rest[0] != '+' {
		return false
	}
	v.local, v.locals = p.rest[1:], true
	was := byte('.')
	for i := range len(v.local) {
		c := v.local[i]
		isMark := c == '.' || c == '-' || c == '_'
		wasMark := was == '.' || was == '-' || was == '_'
		if isMark && wasMark || !isMark && !isLetter(c) && !isDigit(c) {
			return false
		}
		was = c
	}
	return v.local != "" && was != '.' && was != '-' && was != '_'
}

// compareLocal orders local versions segment by segment: numbers by value and
// after words, the longer list later.
func compareLocal(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a = cutLocal(a)
		y, b = cutLocal(b)
		nx, ny := allDigits(x), allDigits(y)
		switch {
		case nx && ny:
			if c := compareDigits(x, y); c != 0 {
				return c
			}
		case nx:
			return 1
		case ny:
			return -1
		default:
			if c := strings.Compare(strings.ToLower(x), strings.ToLower(y)); c != 0 {
				return c
			}
		}
	}
	switch {
	case a != "":
		return 1
	case b != "":
		return -1
	}
	return 0
}

func cutLocal(s string) (segment, rest string) {
	if i := strings.IndexAny(s, ".-_"); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// compareDigits orders numbers of any length by value.
func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return sign(uint64(len(a)), uint64(len(b)))
	}
	return strings.Compare(a, b)
}
