package people

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Source is what one import says: of persons, and of domains.
type Source struct {
	Records []Record
	Domains []DomainRule
	// Problems says what could not be understood, the first hundred; Skipped
	// counts all.
	Problems []string
	Skipped  int
	// Oddities says what was kept although it is odd, the first hundred; Odd
	// counts all.
	Oddities []string
	Odd      int
}

// The limits of one import.
const (
	// MaxSource is how many bytes of a file are read.
	MaxSource   = 256 << 20
	maxPersons  = 2_000_000
	maxOfPerson = 1000 // identities, and employments
	maxProblems = 100
	maxDomains  = 200_000
)

func (s *Source) problem(line int, format string, args ...any) {
	s.Skipped++
	if len(s.Problems) < maxProblems {
		s.Problems = append(s.Problems, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
	}
}

func (s *Source) odd(line int, format string, args ...any) {
	s.Odd++
	if len(s.Oddities) < maxProblems {
		s.Oddities = append(s.Oddities, fmt.Sprintf("line %d: ", line)+fmt.Sprintf(format, args...))
	}
}

// add keeps a record, after a look at its employments: one that ends before it
// begins is left out, and of two that overlap the one that begins later counts.
func (s *Source) add(r Record) {
	r.Employment = slices.DeleteFunc(r.Employment, func(e Employment) bool {
		wrong := !e.From.IsZero() && !e.To.IsZero() && !e.From.Before(e.To)
		if wrong {
			s.problem(e.Line, "%s: %s from %s is not before until %s", clip(r.ID), clip(orNone(e.Org)), e.From.Format(time.DateOnly), e.To.Format(time.DateOnly))
		}
		return wrong
	})
	if len(r.Employment) == 0 {
		r.Employment = nil
	}
	if len(r.Employment) > 1 {
		s.overlaps(&r)
	}
	s.Records = append(s.Records, r)
}

func (s *Source) overlaps(r *Record) {
	list := slices.Clone(r.Employment)
	slices.SortStableFunc(list, func(a, b Employment) int { return a.From.Compare(b.From) })
	for i := 1; i < len(list); i++ {
		a, b := &list[i-1], &list[i]
		if a.Basis == b.Basis && a.Org != b.Org && (a.To.IsZero() || b.From.Before(a.To)) {
			s.odd(b.Line, "%s: %s and %s at one time; the later beginning counts", clip(r.ID), clip(orNone(a.Org)), clip(orNone(b.Org)))
		}
	}
}

// eachLine gives the lines of a text with their numbers, as valid text. Lines
// without end and those that are not UTF-8 are noted.
func (s *Source) eachLine(data []byte, f func(n int, line string)) {
	const most = 1 << 20
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	for n := 1; len(data) > 0; n++ {
		line := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			line, data = data[:i], data[i+1:]
		} else {
			data = nil
		}
		if len(line) > most {
			s.problem(n, "a line of %d bytes", len(line))
			continue
		}
		if !utf8.Valid(line) {
			s.odd(n, "not UTF-8; read as Latin-1")
		}
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

// day reads a date and notes one that can't be: it is no bound. 1900-01-01 and
// 2100-01-01 are how sortinghat writes that there is none.
func (s *Source) day(line int, text string) (time.Time, error) {
	t, err := day(text)
	if text = strings.TrimSpace(text); err == nil && t.IsZero() && text != "" && !strings.HasPrefix(text, "1900-01-01") && !strings.HasPrefix(text, "2100-01-01") {
		s.odd(line, "%s can't be: read as no bound", clip(text))
	}
	return t, err
}

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
