package license

import "strings"

func suggest(tok string, exception bool) string {
	if exception {
		return nearestException(tok)
	}
	return nearestLicense(tok)
}

// nearestLicense suggests the license id that may have been meant by s: first
// what the free text stands for, then the closest spelling.
func nearestLicense(s string) string {
	if e, ok := alias(s); ok {
		return e.String()
	}
	return nearest(s, IDs())
}

// nearest is the candidate with the fewest changed letters, or empty when none
// is near enough to be a slip of the keyboard.
func nearest(s string, candidates []string) string {
	if len(s) > 64 || s == "" {
		return ""
	}
	low := strings.ToLower(s)
	best, least := "", max(1, len(s)/4)+1
	for _, c := range candidates {
		if d := len(c) - len(s); d >= least || -d >= least {
			continue
		}
		if d := distance(low, strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the Levenshtein distance of two short strings, in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diag
			if a[i-1] != b[j-1] {
				cost++
			}
			diag = row[j]
			row[j] = min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}

func nearestException(s string) string {
	if id := nearest(s, exceptionNames()); id != "" {
		return id
	}
	id, _ := exceptionByName(s)
	return id
}
