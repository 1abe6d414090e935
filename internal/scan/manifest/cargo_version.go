package manifest

import (
	"slices"
	"strconv"
	"strings"
)

// cargoMatches says whether a version meets a requirement
// (doc.rust-lang.org/cargo/reference/specifying-dependencies.html). It serves
// to tell two versions of one crate apart, so pre-releases count as their
// release.
func cargoMatches(requirement, version string) bool {
	v, n := cargoNumbers(version)
	if n == 0 {
		return false
	}
	for _, part := range strings.Split(requirement, ",") {
		part = strings.TrimSpace(part)
		op := part[:len(part)-len(strings.TrimLeft(part, "<>=^~"))]
		want, n := cargoNumbers(strings.TrimSpace(part[len(op):]))
		if !cargoMeets(op, v, want, n) {
			return false
		}
	}
	return true
}

// cargoMeets compares with a requirement of n numbers.
func cargoMeets(op string, v, want [3]int, n int) bool {
	c := 0
	for i := 0; i < 3 && c == 0; i++ {
		c = v[i] - want[i]
	}
	same := func(numbers int) bool { return slices.Equal(v[:numbers], want[:numbers]) }
	switch op {
	case "=":
		return same(n)
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0 || same(n)
	case "~":
		return c >= 0 && same(min(n, 2))
	}
	// Caret, the default: the leftmost number that is not zero must not change.
	fixed := 0
	for fixed < n && want[fixed] == 0 {
		fixed++
	}
	return c >= 0 && same(min(fixed+1, n))
}

// cargoNumbers reads up to three numbers; a wildcard ends them.
func cargoNumbers(s string) (v [3]int, n int) {
	if i := strings.IndexAny(s, "-+"); i >= 0 {
		s = s[:i]
	}
	for _, part := range strings.Split(s, ".") {
		x, err := strconv.Atoi(part)
		if err != nil || n == 3 {
			break
		}
		v[n] = x
		n++
	}
	return v, n
}
