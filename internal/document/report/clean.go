package report

import (
	"fmt"
	"strings"
	"unicode"
)

// Clean makes a text from outside safe for a terminal and a line: control
// characters and those that reorder text (Unicode Bidi, "Trojan Source",
// CVE-2021-42574) are shown as escapes, and very long texts are cut.
func Clean(s string) string {
	const longest = 500
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "") + "…"
	}
	bad := func(r rune) bool {
		return unicode.IsControl(r) || r == unicode.ReplacementChar ||
			r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case bad(r):
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
