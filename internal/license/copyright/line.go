package copyright

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// lineReader reads lines from the middle of a text, without what comments and
// strings put around them.
type lineReader struct {
	b  []byte
	at int // after the last line that was read
}

// maxStatementLine bounds how much of one line is read: minified files are one.
const maxStatementLine = 600

// from gives the rest of the line that the text has at an offset.
func (l *lineReader) from(at int) []byte {
	end := l.end(at)
	l.at = end
	return l.b[at:min(end, at+maxStatementLine)]
}

func (l *lineReader) end(at int) int {
	window := l.b[at:min(len(l.b), at+maxStatementLine)]
	if i := bytes.IndexAny(window, "\n\r"); i >= 0 {
		return at + i
	}
	return at + len(window)
}

// line is the whole last line that was read.
func (l *lineReader) line() []byte {
	from := max(0, l.at-maxStatementLine)
	if i := bytes.LastIndexAny(l.b[from:l.at], "\n\r"); i >= 0 {
		from += i + 1
	}
	return l.b[from:l.at]
}

// next gives the line after the last one, decoded and without comment marks;
// false when it is blank, begins a statement of its own, or is none.
func (l *lineReader) next() (string, bool) {
	s, end, ok := l.look()
	if ok {
		l.at = end
	}
	return s, ok
}

// peek is next without going on.
func (l *lineReader) peek() (string, bool) {
	s, _, ok := l.look()
	return s, ok
}

func (l *lineReader) look() (string, int, bool) {
	start := l.at
	if start < len(l.b) && l.b[start] == '\r' {
		start++
	}
	if start >= len(l.b) || l.b[start] != '\n' && (start == 0 || l.b[start-1] != '\r') {
		return "", 0, false
	}
	if l.b[start] == '\n' {
		start++
	}
	if start >= len(l.b) {
		return "", 0, false
	}
	end := l.end(start)
	s := strings.TrimSpace(withoutMarks(decodeLine(l.b[start:end])))
	if s == "" {
		return "", 0, false
	}
	if _, ok := readMarks(s); ok {
		return "", 0, false
	}
	return s, end, true
}

// beforeCue is what stands before a cue on its line, without comment marks.
func beforeCue(b []byte, at int) string {
	from := max(0, at-maxStatementLine)
	if i := bytes.LastIndexAny(b[from:at], "\n\r"); i >= 0 {
		from += i + 1
	}
	return withoutMarks(decodeLine(b[from:at]))
}

// withoutMarks takes off what opens a comment line in the languages around us.
func withoutMarks(s string) string {
	for {
		t := strings.TrimLeft(s, " \t*#/;%!|~+=<>-_.\"'`\\{}[]")
		for _, word := range []string{"dnl ", "rem ", "REM ", "Rem ", "(*", "C ", "c ", "@c ", "\\\" ", "br>", "p>", "li>", "echo "} {
			t = strings.TrimPrefix(t, word)
		}
		if t == s {
			return t
		}
		s = t
	}
}

// decodeLine gives UTF-8 without control characters; what is not UTF-8 is read
// as Latin-1.
func decodeLine(b []byte) string {
	clean := utf8.Valid(b)
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			clean = false
		}
	}
	if clean {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			if b[0] >= 0xa0 {
				s.WriteRune(rune(b[0]))
			} else {
				s.WriteByte(' ')
			}
		case r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0:
			s.WriteByte(' ')
		default:
			s.WriteRune(r)
		}
		b = b[n:]
	}
	return s.String()
}
