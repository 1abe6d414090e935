package detect

import (
	"bytes"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// maxField bounds the value of a field, maxList that of a list or an object.
const (
	maxField = 160
	maxList  = 800
)

// field reads "License: MIT" and `"license": "MIT"`, where the word begins its
// line.
func (r *reader) field(i int) (mention, bool) {
	t := r.toks[i]
	if t.flags&lineBefore == 0 && !(t.start > 0 && (r.b[t.start-1] == '"' || r.b[t.start-1] == '@')) {
		return mention{}, false
	}
	rest := r.b[t.end:min(len(r.b), int(t.end)+maxField)]
	skip := bytes.TrimLeft(rest, "\"' \t")
	at := r.b[max(0, int(t.start)-1)] == '@'
	if len(skip) == 0 || skip[0] != ':' && skip[0] != '=' && !at {
		return mention{}, false
	}
	value := bytes.TrimLeft(skip, ":=>{ \t\"'[")
	if j := bytes.IndexAny(value, "\r\n\"'<{}"); j >= 0 {
		value = value[:j]
	}
	value = bytes.Trim(value, " \t,;.*/#]")
	if len(value) < 2 || len(value) > 100 {
		return mention{}, false
	}
	e, _, ok := license.Understand(string(value))
	if !ok {
		return mention{}, false
	}
	return r.until(i, bytes.Index(r.b[t.end:], value)+int(t.end)+len(value), e)
}

// until makes a mention of a field from token i to a byte.
func (r *reader) until(i, end int, e license.Expr) (mention, bool) {
	m := mention{first: i, last: i, cued: true, versioned: true, family: "field", expr: e}
	for m.last+1 < len(r.toks) && int(r.toks[m.last+1].end) <= end {
		m.last++
	}
	return m, m.last > i
}

var (
	typeValue = pattern.Lazy(`["':]type["']?\s*(?:=>|:)\s*["']([^"'\n]{2,80})["']`)
	listValue = pattern.Lazy(`^\s*"([^"\n]{2,80})"\s*[,\]]`)
)

// listed reads lists and objects of manifests: npm's old "licenses": [{"type":
// "MIT"}], Composer's "license": ["MIT", "GPL-2.0-only"], CocoaPods' { :type =>
// "MIT" }. In the first two it is the user who chooses (getcomposer.org/doc/04-schema.md).
func (r *reader) listed(i int) (mention, bool) {
	t := r.toks[i]
	window := r.b[t.end:min(len(r.b), int(t.end)+maxList)]
	rest := bytes.TrimLeft(window, "\"' \t")
	if len(rest) == 0 || rest[0] != ':' && rest[0] != '=' {
		return mention{}, false
	}
	colon := rest[0] == ':'
	rest = bytes.TrimLeft(rest, ":=> \t\r\n")
	if len(rest) == 0 || rest[0] != '[' && rest[0] != '{' {
		return mention{}, false
	}
	end := bytes.IndexByte(rest, rest[0]+2) // "]" and "}" in ASCII
	if end < 0 {
		return mention{}, false
	}
	inside := rest[1 : end+1]
	var all []license.Expr
	take := func(value []byte) bool {
		e, _, ok := license.Understand(string(value))
		all = append(all, e)
		return ok
	}
	for _, m := range typeValue().FindAllSubmatch(inside, -1) {
		if !take(m[1]) {
			return mention{}, false
		}
	}
	for m := listValue().FindSubmatch(inside); m != nil && colon && rest[0] == '['; m = listValue().FindSubmatch(inside) {
		if !take(m[1]) {
			return mention{}, false
		}
		inside = inside[len(m[0]):]
	}
	if len(all) == 0 {
		return mention{}, false
	}
	return r.until(i, int(t.end)+len(window)-len(rest)+end+1, license.Or(all...))
}

// elements are those of manifests in XML that hold an expression: NuGet's
// <license type="expression"> and <PackageLicenseExpression>.
var elements = [][]byte{[]byte("<license"), []byte("<PackageLicenseExpression")}

// xmlFields finds expressions in elements of manifests.
func (r *reader) xmlFields() (finds []find) {
	for _, element := range elements {
		for at := 0; ; {
			i := bytes.Index(r.b[at:], element)
			if i < 0 {
				break
			}
			at += i + len(element)
			window := r.b[at:min(len(r.b), at+maxField)]
			open := bytes.IndexByte(window, '>')
			if open < 0 || open > 0 && window[0] != ' ' {
				continue
			}
			shut := bytes.IndexByte(window[open:], '<')
			if shut < 0 {
				continue
			}
			if e, err := license.Parse(string(bytes.TrimSpace(window[open+1 : open+shut]))); err == nil {
				finds = append(finds, find{expr: e, start: at + open + 1, end: at + open + shut})
			}
		}
	}
	return finds
}
