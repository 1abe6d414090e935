package detect

import (
	"bytes"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// maxFailedTags is how many tags of a file may have no expression before the
// others are not read: it is a program that speaks of tags, or made to be slow.
const maxFailedTags = 500

// tags finds the SPDX tags outside ignored ranges.
func (r *reader) tags(ignored []span) (finds []find) {
	w := &r.c.id
	end, failed := 0, 0
	for i := 0; i+2 < len(r.toks); i++ {
		if r.toks[i].id != w.spdx || r.toks[i+1].id != w.license && r.toks[i+1].id != w.snippet || int(r.toks[i].start) < end {
			continue
		}
		n := i + 2 // SPDX-License-Identifier, or SPDX-SnippetLicense…
		if r.toks[i+1].id == w.snippet {
			continue
		}
		start, after := int(r.toks[i].start), int(r.toks[n].end)
		if r.toks[n].id != w.identifier || inside(ignored, start) {
			continue
		}
		if commentInString(r.b[:start]) {
			r.quoted = append(r.quoted, span{start, after + len(firstLine(r.b[after:]))})
			continue
		}
		rest, ok := tagValue(r.b[after:])
		if !ok {
			continue
		}
		e, used, ok := tagExpression(r.b[after+rest:])
		if !ok {
			if failed++; failed == maxFailedTags {
				break
			}
			continue
		}
		end = after + rest + used
		finds = append(finds, find{expr: e, start: start, end: end})
	}
	return finds
}

// commentInString says whether b ends in a quote and the mark of a comment: a
// program that writes or looks for the first line of other files.
func commentInString(b []byte) bool {
	rest := bytes.TrimRight(b[max(0, len(b)-12):], " \t")
	body := bytes.TrimRight(rest, "/*#;-")
	return len(body) > 0 && len(body) < len(rest) && (body[len(body)-1] == '"' || body[len(body)-1] == '\'')
}

// tagValue skips the colon and what people put around it; it returns the offset
// of the value.
func tagValue(b []byte) (int, bool) {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '"' || b[i] == '*') {
		i++
	}
	if i == len(b) || (b[i] != ':' && b[i] != '=') {
		return 0, false
	}
	for i++; i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '"' || b[i] == '\'' || b[i] == '`' || b[i] == '*'); i++ {
	}
	return i, true
}

// maxTagLines bounds an expression that goes on over several lines.
const maxTagLines = 6

// tagExpression reads the expression at the beginning of b and says how many
// bytes it takes.
func tagExpression(b []byte) (license.Expr, int, bool) {
	line := firstLine(b)
	text, used := cutCloser(string(line)), len(line)
	for n := 1; n < maxTagLines && continues(text); n++ {
		if used >= len(b) {
			break
		}
		next := firstLine(b[used+1:])
		text += " " + strings.TrimLeft(cutCloser(string(next)), " \t*#/;%-!'\"")
		used += 1 + len(next)
	}
	if e, ok := idList(text); ok {
		return e, used, true
	}
	for try := 0; try < 12; try++ {
		text = strings.TrimRight(text, " \t\r.,;:\"'`*/#-!\\)>")
		if strings.Count(text, "(") > strings.Count(text, ")") {
			text += strings.Repeat(")", strings.Count(text, "(")-strings.Count(text, ")"))
		}
		if e, err := license.Parse(text); err == nil {
			return e, used, true
		}
		if try == 0 {
			if e, _, ok := license.Understand(text); ok && strings.ContainsAny(text, "0123456789") {
				return e, used, true
			}
		}
		cut := strings.LastIndexAny(strings.TrimRight(text, ")"), " \t")
		if cut <= 0 {
			break
		}
		text = text[:cut]
	}
	return license.Expr{}, 0, false
}

// idList reads ids with nothing but spaces between them, which U-Boot defined as
// a choice before SPDX had expressions.
func idList(text string) (license.Expr, bool) {
	var all []license.Expr
	for _, id := range strings.Fields(text) {
		e, err := license.Parse(id)
		if err != nil {
			return license.Expr{}, false
		}
		all = append(all, e)
	}
	if len(all) < 2 {
		return license.Expr{}, false
	}
	return license.Or(all...), true
}

// firstLine is b up to its first line end, bounded.
func firstLine(b []byte) []byte {
	b = b[:min(len(b), 1000)]
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	if i := bytes.Index(b, []byte("SPDX-")); i >= 0 {
		b = b[:i] // another tag on the same line
	}
	return b
}

// continues says whether an expression can't end here.
func continues(s string) bool {
	s = strings.TrimRight(s, " \t\r\\")
	up := strings.ToUpper(s)
	return strings.HasSuffix(up, " AND") || strings.HasSuffix(up, " OR") || strings.HasSuffix(up, " WITH") ||
		strings.Count(s, "(") > strings.Count(s, ")")
}

// closers end comments and strings of the languages around us.
var closers = []string{"*/", "-->", "*)", "#}", "%>", "--%>", "]]>", "}}", "\\n", "\"\"\"", "'''", "=#", "|#", "-}", "</", "<br"}

func cutCloser(s string) string {
	for _, c := range closers {
		if i := strings.Index(s, c); i >= 0 {
			s = s[:i]
		}
	}
	return s
}

// span is a range of bytes, end exclusive.
type span struct{ start, end int }

func inside(spans []span, at int) bool {
	for _, s := range spans {
		if s.start <= at && at < s.end {
			return true
		}
	}
	return false
}

// ignoredRanges finds what REUSE excludes by REUSE-IgnoreStart and -IgnoreEnd.
func ignoredRanges(b []byte) []span {
	var out []span
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte("REUSE-IgnoreStart"))
		if j < 0 {
			return out
		}
		start := i + j
		end := bytes.Index(b[start:], []byte("REUSE-IgnoreEnd"))
		if end < 0 {
			return append(out, span{start, len(b)})
		}
		i = start + end
		out = append(out, span{start, i})
	}
}
