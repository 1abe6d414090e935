package people

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Source is what one import says: of persons, and of domains.
type Source struct {
	Records []Record
	Domains []DomainRule
	// Problems says what could not be understood, the first hundred; Skipped
	// counts all.
	Problems []string
	Skipped  int
}

// The limits of one import.
const (
	// MaxSource is how many bytes of a file are read.
	MaxSource   = 256 << 20
	maxPersons  = 2_000_000
	maxOfPerson = 1000 // identities, and employments
	maxProblems = 100
)

func (s *Source) problem(line int, format string, args ...any) {
	s.Skipped++
	if len(s.Problems) < maxProblems {
		s.Problems = append(s.Problems, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
	}
}

// eachLine gives the lines of a text with their numbers, as valid text.
func eachLine(data []byte, f func(n int, line string)) {
	const most = 1 << 20
	for n := 1; len(data) > 0; n++ {
		line, rest := data[:min(len(data), most)], data[min(len(data), most):]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line, rest = data[:i], data[i+1:]
		}
		data = rest
		f(n, strings.TrimSuffix(validText(line), "\r"))
	}
}

// noOrg are words for an employer that nobody knows.
var noOrg = map[string]bool{"": true, "notfound": true, "not found": true, "(unknown)": true, "unknown": true, "?": true, "(not found)": true, "n/a": true, "none": true}

func orgName(s string) string {
	s = strings.TrimSpace(s)
	if noOrg[strings.ToLower(s)] || len(s) > maxText {
		return ""
	}
	return s
}

// independent are names for nobody's employees: everybody is alone.
var independent = map[string]bool{"independent": true, "self": true, "self-employed": true, "freelance": true, "freelancer": true, "individual": true, "(independent)": true, "unaffiliated": true, "hobbyist": true, "volunteer": true}

// Independent says whether the name of an organization stands for people who
// work for nobody: each counts alone, not together.
func Independent(org string) bool { return independent[strings.ToLower(strings.TrimSpace(org))] }

// day reads YYYY-MM-DD, also with a time behind it; years before 1971 and after
// 2099 are no bound.
func day(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	if len(s) > 10 && (s[10] == 'T' || s[10] == ' ') {
		s = s[:10]
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is not a date (YYYY-MM-DD)", clip(s))
	}
	if t.Year() < 1971 || t.Year() > 2099 {
		return time.Time{}, nil
	}
	return t, nil
}

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
