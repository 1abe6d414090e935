package copyright

import (
	"strings"
)

// readYears reads the years at the beginning of s: "1999, 2001-03", "[2010] to
// present", and writes them as "1999, 2001-2003" and "2010-present". Without
// years it returns s.
func readYears(s string) (years, rest string) {
	var out strings.Builder
	last := ""
	for {
		rest = s
		t := strings.TrimLeft(s, " \t,[(]:;")
		joined := ""
		if out.Len() > 0 {
			joined, t = joint(s)
			if joined == "" {
				break
			}
		}
		year, after, ok := cutYear(t, last, joined == "-")
		if !ok {
			break
		}
		if joined == "," {
			joined = ", "
		}
		out.WriteString(joined + year)
		if last = year; year == "present" {
			last = ""
		}
		s = after
	}
	rest = strings.TrimLeft(rest, " \t,:;])-–—.")
	if out.Len() == 0 {
		return "", rest
	}
	if after, ok := cutFold(rest, "by "); ok {
		rest = after
	}
	rest = strings.TrimLeft(rest, " \t,:;")
	if after, ok := cutSign(rest); ok {
		rest = strings.TrimLeft(after, " \t,:;")
	}
	return out.String(), rest
}

// joint reads what stands between two years: a dash, or a comma in any form.
func joint(s string) (joined, rest string) {
	t := strings.TrimLeft(s, " \t])")
	for _, dash := range []string{"--", "-", "–", "—", "~", "to ", "through ", "thru "} {
		if rest, ok := strings.CutPrefix(t, dash); ok {
			return "-", strings.TrimLeft(rest, " \t[(-")
		}
	}
	for _, comma := range []string{", and ", ",", ";", "and ", "& ", "&", "/", "+"} {
		if rest, ok := strings.CutPrefix(t, comma); ok {
			return ",", strings.TrimLeft(rest, " \t[(")
		}
	}
	if startsWithYear(t) && t != s {
		return ",", t
	}
	return "", s
}

// cutYear takes a year, or at the end of a range "present" or the two last
// digits.
func cutYear(s, last string, inRange bool) (year, rest string, ok bool) {
	if startsWithYear(s) {
		return s[:4], s[4:], true
	}
	if last == "" {
		return "", s, false
	}
	if inRange {
		for _, now := range []string{"present", "now", "today", "current"} {
			if rest, ok := cutFold(s, now); ok {
				return "present", rest, true
			}
		}
	}
	if inRange && len(s) > 0 && isDigit(s[0]) && (len(s) == 1 || !isDigit(s[1])) && last[:3]+s[:1] > last {
		return last[:3] + s[:1], s[1:], true
	}
	if len(s) >= 2 && isDigit(s[0]) && isDigit(s[1]) && (len(s) == 2 || !isDigit(s[2])) && (inRange || len(s) == 2 || strings.IndexByte(", -", s[2]) >= 0) {
		if full := last[:2] + s[:2]; full > last {
			return full, s[2:], true
		}
	}
	return "", s, false
}

// startsWithYear says whether s begins with a year from 1900 to 2099.
func startsWithYear(s string) bool {
	s = strings.TrimLeft(s, "[(")
	if len(s) < 4 || s[:2] != "19" && s[:2] != "20" || !isDigit(s[2]) || !isDigit(s[3]) {
		return false
	}
	return len(s) == 4 || !isDigit(s[4]) && (s[4] < 'A' || s[4] > 'z' || s[4] == ']')
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
