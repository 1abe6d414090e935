package program

import (
	"fmt"
	"strings"
)

// VersionRange says which versions are meant: comparisons joined by spaces or
// commas (all must hold), alternatives by "||": ">=2.0 <3 || 3.1.4". A version
// alone means that version; 1.x and 1.* mean all that start so; ^1.2 and ~1.2
// as npm has them.
//
// Versions are compared without regard to ecosystem: numbers as numbers, known
// words for pre-releases (alpha, beta, rc, snapshot…) below the release, other
// words above it. That decides ranges that people write; it is not the order
// that an ecosystem uses to choose versions.
type VersionRange struct {
	Text string
	any  [][]comparison
}

type comparison struct {
	op      string // "=", "!=", "<", "<=", ">", ">="
	version string
}

// Empty is true for a range that was not given: every version is meant, also
// an unknown one.
func (r VersionRange) Empty() bool { return len(r.any) == 0 }

// UnmarshalText reads the range.
func (r *VersionRange) UnmarshalText(b []byte) error {
	parsed, err := ParseRange(string(b))
	if err != nil {
		return err
	}
	*r = parsed
	return nil
}

// ParseRange reads a range; the empty text gives the empty range.
func ParseRange(s string) (VersionRange, error) {
	r := VersionRange{Text: strings.TrimSpace(s)}
	if r.Text == "" {
		return r, nil
	}
	if len(s) > maxPattern {
		return VersionRange{}, fmt.Errorf("the version range is longer than %d characters", maxPattern)
	}
	for _, part := range strings.Split(r.Text, "||") {
		all, err := parseAll(part)
		if err != nil {
			return VersionRange{}, fmt.Errorf("version range %s: %w", quote(s), err)
		}
		r.any = append(r.any, all)
	}
	return r, nil
}

func parseAll(s string) ([]comparison, error) {
	words := strings.FieldsFunc(s, func(c rune) bool { return c == ' ' || c == ',' || c == '\t' })
	if len(words) == 0 {
		return nil, fmt.Errorf("an alternative is empty")
	}
	var all []comparison
	op := ""
	for _, w := range words {
		version := strings.TrimLeft(w, "<>=!^~")
		op += w[:len(w)-len(version)]
		if version == "" {
			continue
		}
		if strings.ContainsAny(version, "[]()<>=!^~|") {
			return nil, fmt.Errorf("%s is not understood; write comparisons as in >=1.2 <2", quote(w))
		}
		more, err := compare(op, version)
		if err != nil {
			return nil, err
		}
		all, op = append(all, more...), ""
	}
	if op != "" {
		return nil, fmt.Errorf("%s has no version after it", quote(op))
	}
	return all, nil
}

func compare(op, version string) ([]comparison, error) {
	stem := version
	wildcard := version == "*" || version == "x"
	for _, suffix := range []string{".*", ".x", ".X"} {
		if s, ok := strings.CutSuffix(stem, suffix); ok {
			stem, wildcard = s, true
		}
	}
	if wildcard {
		if op != "" && op != "=" && op != "==" {
			return nil, fmt.Errorf("%s%s: a wildcard can't be compared", op, version)
		}
		if stem == "*" || stem == "x" {
			return []comparison{{">=", "0-alpha"}}, nil
		}
		return between(stem, bump(stem, -1)), nil
	}
	switch op {
	case "", "=", "==":
		return []comparison{{"=", version}}, nil
	case "!=", "<", "<=", ">", ">=":
		return []comparison{{op, version}}, nil
	case "^":
		return between(version, bump(version, 0)), nil
	case "~", "~>", "~=":
		return between(version, bump(version, 1)), nil
	}
	return nil, fmt.Errorf("%s is not a comparison; use = != < <= > >= ^ ~", quote(op))
}

// between excludes the pre-releases of the upper bound too.
func between(low, high string) []comparison {
	return []comparison{{">=", low}, {"<", high + "-alpha"}}
}

// bump gives the version with the number at index at increased and what
// follows cut; -1 means the last; for 0 the first number that is not zero.
func bump(version string, at int) string {
	nums := strings.Split(strings.TrimPrefix(strings.SplitN(version, "-", 2)[0], "v"), ".")
	if at == 0 {
		for at < len(nums)-1 && strings.Trim(nums[at], "0") == "" {
			at++
		}
	}
	if at < 0 || at >= len(nums) {
		at = len(nums) - 1
	}
	nums = nums[:at+1]
	nums[at] = increment(nums[at])
	return strings.Join(nums, ".")
}

// increment adds one to a decimal of any length; a text that is none gets "z".
func increment(s string) string {
	b := []byte(s)
	for i := len(b) - 1; i >= 0; i-- {
		switch {
		case b[i] < '0' || b[i] > '9':
			return s + "z"
		case b[i] < '9':
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	return "1" + string(b)
}

// Contains tells whether the version is meant. An unknown version ("") is in
// no range but the empty one.
func (r VersionRange) Contains(version string) bool {
	if r.Empty() {
		return true
	}
	if version == "" {
		return false
	}
	for _, all := range r.any {
		if holds(all, version) {
			return true
		}
	}
	return false
}

func holds(all []comparison, version string) bool {
	for _, c := range all {
		d := CompareVersions(version, c.version)
		ok := false
		switch c.op {
		case "=":
			ok = d == 0
		case "!=":
			ok = d != 0
		case "<":
			ok = d < 0
		case "<=":
			ok = d <= 0
		case ">":
			ok = d > 0
		case ">=":
			ok = d >= 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// CompareVersions orders two versions as [VersionRange] describes: -1, 0 or 1.
func CompareVersions(a, b string) int {
	for a, b = release(a), release(b); a != "" || b != ""; {
		var x, y string
		x, a = token(a)
		y, b = token(b)
		if d := compareTokens(x, y); d != 0 {
			return d
		}
	}
	return 0
}

// release cuts the leading v and the build metadata, which do not order.
func release(v string) string {
	v, _, _ = strings.Cut(v, "+")
	if len(v) > 1 && (v[0] == 'v' || v[0] == 'V') && isDigit(v[1]) {
		v = v[1:]
	}
	return strings.ToLower(v)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return c >= 0x80 || 'a' <= c && c <= 'z' }

// token takes the next run of digits or of letters; all else separates.
func token(s string) (tok, rest string) {
	i := 0
	for i < len(s) && !isDigit(s[i]) && !isLetter(s[i]) {
		i++
	}
	s = s[i:]
	if s == "" {
		return "", ""
	}
	is := isLetter
	if isDigit(s[0]) {
		is = isDigit
	}
	for i = 1; i < len(s) && is(s[i]); i++ {
	}
	return s[:i], s[i:]
}

func compareTokens(x, y string) int {
	if rx, ry := rank(x), rank(y); rx != ry {
		return cmpInt(rx, ry)
	}
	x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	if isNumber(x) && isNumber(y) && len(x) != len(y) {
		return cmpInt(len(x), len(y))
	}
	if rankOfWord(x) < rankRelease || rank(x) == rankRelease {
		return 0 // spellings of the same: a and alpha, "" and 0 and final
	}
	return strings.Compare(x, y)
}

const (
	rankRelease = 7
	rankWord    = 8
	rankNumber  = 9
)

// rank orders kinds of tokens; a missing one counts as the number 0.
func rank(t string) int {
	switch {
	case strings.Trim(t, "0") == "":
		return rankRelease
	case isDigit(t[0]):
		return rankNumber
	default:
		return rankOfWord(t)
	}
}

func rankOfWord(t string) int {
	switch t {
	case "dev":
		return 1
	case "a", "alpha":
		return 2
	case "b", "beta":
		return 3
	case "m", "milestone":
		return 4
	case "c", "cr", "rc", "pre", "preview", "next", "canary", "nightly":
		return 5
	case "snapshot":
		return 6
	case "final", "ga", "release":
		return rankRelease
	}
	return rankWord
}

func isNumber(s string) bool { return s != "" && isDigit(s[0]) }

func cmpInt(a, b int) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}
