package document

import (
	"strconv"
	"strings"
	"unicode"
)

const (
	propEdition = "tributary:edition"
	propKind    = "tributary:kind"
)

// property is one line of a comment that carries what SPDX has no field for.
// Values that would break the line, or tag-value's markup, are quoted as in Go.
func property(name, value string) string {
	if strings.ContainsFunc(value, unicode.IsControl) || strings.HasPrefix(value, `"`) ||
		strings.Contains(value, "text>") || strings.TrimSpace(value) != value || strings.ToValidUTF8(value, "") != value {
		value = strings.ReplaceAll(strconv.Quote(value), "<", `\u003c`)
	}
	return name + "=" + value + "\n"
}

// properties reads what [property] wrote among other lines of a comment.
func properties(comment string, found func(name, value string)) {
	for line := range strings.Lines(comment) {
		line = strings.TrimRight(line, "\r\n")
		name, value, ok := strings.Cut(line, "=")
		if !ok || !strings.HasPrefix(name, "tributary:") {
			continue
		}
		if strings.HasPrefix(value, `"`) {
			if u, err := strconv.Unquote(value); err == nil {
				value = u
			}
		}
		found(name, value)
	}
}

// oneLine makes text safe to stand on one line of a text format and on a
// terminal: control and direction characters become spaces.
func oneLine(s string) string {
	return strings.TrimSpace(neutral(s, false))
}

// neutral replaces what could act on a terminal or reorder a line; line feeds
// and tabs stay where lines is true.
func neutral(s string, lines bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case lines && (r == '\n' || r == '\t'):
			return r
		case unicode.IsControl(r), r == '\u2028', r == '\u2029',
			'\u202a' <= r && r <= '\u202e', '\u2066' <= r && r <= '\u2069':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
