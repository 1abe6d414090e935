package detect

import "bytes"

// cues are the beginnings of words, in lower case, without which a file says
// nothing of licenses that this detector could find.
var cues = [...]string{"licen", "copyr", "spdx-", "warrant", "redistrib", "permission", "public domain", "gnu.org", "(c)", "\xc2\xa9"}

// cueFirst marks the first bytes of cues in both cases.
var cueFirst = func() (t [256]bool) {
	for _, c := range cues {
		t[c[0]] = true
		if 'a' <= c[0] && c[0] <= 'z' {
			t[c[0]-'a'+'A'] = true
		}
	}
	return t
}()

// cueSpan returns the offsets of the first and the last cue, or -1, -1.
func cueSpan(b []byte) (first, last int) {
	first, last = -1, -1
	for i := 0; i+3 <= len(b); i++ {
		if !cueFirst[b[i]] || !isCue(b[i:]) {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	return first, last
}

func isCue(b []byte) bool {
	for _, c := range cues {
		if hasPrefixFold(b, c) {
			return true
		}
	}
	return false
}

// hasPrefixFold compares with a prefix in lower case.
func hasPrefixFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != prefix[i] {
			return false
		}
	}
	return true
}

func lineStart(b []byte, at int) int {
	return bytes.LastIndexByte(b[:at], '\n') + 1
}
