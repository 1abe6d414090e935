package detect

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// Bounds on what is kept of copyright statements.
const (
	maxCopyrights      = 100
	maxCopyrightLength = 300
)

// statement recognizes a line that claims copyright: the word or sign, then a
// year, "(c)", or "by", then a holder. Lines that only speak of copyright
// ("copyright notice", "copyright holders") are not meant.
var statement = regexp.MustCompile(`(?i)(?:spdx-(?:file|snippet)copyrighttext\s*[:=]\s*(.+)|` +
	`((?:copyright|copr\.)\s*(?:\(c\)|©|&copy;|\(©\))?\s*(?:by\s+)?(?:[0-9]{4}.*|\(c\).*|©.*)|` +
	`(?:copyright\s+)?(?:\(c\)|©|&copy;)\s*(?:copyright\s*)?[0-9]{4}.*|` +
	`copyright\s+(?:\(c\)|©|&copy;|by)\s+[A-Z\p{L}].*))`)

// placeholders are the blanks of license templates.
var placeholders = regexp.MustCompile(`(?i)[\[<{(]?\s*(yyyy|xxxx)\b|<year>|\[year\]|\{year\}|name of (?:copyright owner|author)|<owner>|<copyright holders?>|\[fullname\]|<name>`)

// findCopyrights collects the statements around the cues, outside long license
// texts, which carry those of their own authors.
func findCopyrights(b []byte, first, last int, finds []find, ignored []span) []string {
	var out []string
	end := min(len(b), last+maxCopyrightLength)
	for at := lineStart(b, first); at < end && len(out) < maxCopyrights; {
		stop := bytes.IndexByte(b[at:], '\n')
		if stop < 0 {
			stop = len(b) - at
		}
		line := b[at : at+min(stop, 2*maxCopyrightLength)]
		if mayClaim(line) && !inside(ignored, at) && !inLongText(finds, at) {
			if c := claim(line); c != "" && !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
		at += stop + 1
	}
	return out
}

func inLongText(finds []find, at int) bool {
	for _, f := range finds {
		if f.kind == "text" && f.end-f.start > 3000 && f.start <= at && at < f.end {
			return true
		}
	}
	return false
}

// mayClaim is a cheap test before the regular expression.
func mayClaim(line []byte) bool {
	return indexFold(line, "cop") >= 0 || bytes.Contains(line, []byte("©")) || bytes.Contains(line, []byte("(c)")) || bytes.Contains(line, []byte("(C)"))
}

// claim returns the normalized statement in a line, or nothing.
func claim(line []byte) string {
	m := statement.FindSubmatch(line)
	if m == nil {
		return ""
	}
	s := m[1]
	if s == nil {
		s = m[2]
	}
	c := cutCloser(string(s))
	c = strings.ToValidUTF8(c, "")
	c = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, c)
	c = strings.Join(strings.Fields(c), " ")
	for _, noise := range []string{"All rights reserved", "All Rights Reserved", "all rights reserved", "ALL RIGHTS RESERVED"} {
		if i := strings.Index(c, noise); i > 0 {
			c = c[:i]
		}
	}
	c = strings.TrimRight(c, " .,;:*/#-\"'`)>|")
	if len(c) < 8 || len(c) > maxCopyrightLength || placeholders.MatchString(c) {
		return ""
	}
	return c
}
