package history

import (
	"strings"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/internal/people"
)

// maxName bounds a name or an address, in bytes.
const maxName = 1000

// identityOf makes an identity of bytes of a commit. Text that is not UTF-8 is
// read as Latin-1, in which nearly all old names are.
func identityOf(name, email []byte) (who people.Identity, encoding, long bool) {
	n, bad1, long1 := cleanText(name)
	e, bad2, long2 := cleanText(email)
	return people.Identity{Name: n, Email: e}, bad1 || bad2, long1 || long2
}

func cleanText(b []byte) (s string, bad, long bool) {
	if len(b) > maxName {
		b, long = b[:maxName], true
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		if len(b) > 0 && b[len(b)-1] >= utf8.RuneSelf {
			b = b[:len(b)-1] // half a rune
		}
	}
	if utf8.Valid(b) {
		return strings.TrimSpace(string(b)), false, long
	}
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return strings.TrimSpace(out.String()), true, long
}

// believableEmail says whether an address can be one: one @ with something on
// both sides, no spaces or controls.
func believableEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
