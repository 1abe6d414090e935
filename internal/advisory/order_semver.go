package advisory

import "strings"

// semver is a version of the plain form "v1.2.3-pre+build".
type semver struct {
	number [3]uint64
	pre    string // without its hyphen; "" for a release
}

// compareSemver orders by semver.org, clause 11. It declines what has four
// numbers, numbers of more than 18 digits, or other marks.
func compareSemver(a, b string) (int, bool) {
	x, ok := parseSemver(a)
	if !ok {
		return 0, false
	}
	y, ok := parseSemver(b)
	if !ok {
		return 0, false
	}
	for i := range x.number {
		if x.number[i] != y.number[i] {
			return sign(x.number[i], y.number[i]), true
		}
	}
	switch {
	case x.pre == y.pre:
		return 0, true
	case x.pre == "":
		return 1, true
	case y.pre == "":
		return -1, true
	}
	return comparePre(x.pre, y.pre), true
}

func sign(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func parseSemver(s string) (v semver, ok bool) {
	s = strings.TrimPrefix(s, "v")
	s, _, _ = strings.Cut(s, "+")
	for i := 0; ; i++ {
		n, digits := number(s)
		if digits == 0 || i == len(v.number) {
			return v, false
		}
		v.number[i] = n
		if s = s[digits:]; s == "" {
			return v, true
		}
		if s[0] == '-' {
			v.pre = s[1:]
			return v, v.pre != "" && plainPre(v.pre)
		}
		if s[0] != '.' {
			return v, false
		}
		s = s[1:]
	}
}

// number reads the digits that s starts with; none or more than 18 give 0.
func number(s string) (n uint64, digits int) {
	for digits < len(s) && '0' <= s[digits] && s[digits] <= '9' {
		n = n*10 + uint64(s[digits]-'0')
		digits++
	}
	if digits > 18 {
		return 0, 0
	}
	return n, digits
}

// plainPre admits identifiers that are not empty and neither start with a sign
// nor have more digits than a number takes.
func plainPre(s string) bool {
	start := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			if c := s[i]; !isLetter(c) && !isDigit(c) && (c != '-' || i == start) {
				return false
			}
			continue
		}
		if i == start || i-start > 18 && allDigits(s[start:i]) {
			return false
		}
		start = i + 1
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

// comparePre orders lists of identifiers: numbers by value and before words,
// words by bytes, the shorter list first.
func comparePre(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		nx, ny := allDigits(x), allDigits(y)
		switch {
		case nx && ny:
			m, _ := number(x)
			n, _ := number(y)
			if m != n {
				return sign(m, n)
			}
		case nx:
			return -1
		case ny:
			return 1
		case x != y:
			return strings.Compare(x, y)
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
