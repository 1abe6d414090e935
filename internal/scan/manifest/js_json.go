package manifest

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// jsParseJSON reads JSON, and the comments and trailing commas that JSONC
// allows. It goes on after what it can step over (a missing comma, conflict
// markers, too deep a nesting) and keeps everything that it read before what it
// can't.
func jsParseJSON(b []byte) *jsDoc {
	p := jsonParser{s: strings.TrimPrefix(string(b), "\ufeff"), line: 1, d: &jsDoc{}}
	p.d.nodes = make([]jsNode, 0, strings.Count(p.s, "\n")+8)
	p.space()
	if p.pos >= len(p.s) {
		p.d.fault(1, "malformed", "the file is empty; remove it, or have the package manager write it anew")
		return p.d
	}
	p.value(-1, 0, "", int32(p.line))
	if p.space(); !p.stopped && p.pos < len(p.s) {
		p.fail("more text after the end of the document")
	}
	return p.d
}

type jsonParser struct {
	s       string
	pos     int
	line    int
	depth   int
	stopped bool
	lenient bool // a conflict was seen: commas may be missing
	d       *jsDoc
}

func (p *jsonParser) fail(what string) {
	if !p.stopped {
		p.d.fault(p.line, "malformed", "not valid JSON: %s; the file was read up to here; correct it, or have the package manager write it anew", what)
	}
	p.stopped, p.pos = true, len(p.s)
}

// space skips blanks, comments and conflict markers.
func (p *jsonParser) space() {
	for p.pos < len(p.s) {
		switch c := p.s[p.pos]; c {
		case ' ', '\t', '\r':
			p.pos++
		case '\n':
			p.pos++
			p.line++
		case '/':
			if !p.comment() {
				return
			}
		case '<', '>', '=', '|':
			if !p.conflict() {
				return
			}
		default:
			return
		}
	}
}

func (p *jsonParser) comment() bool {
	rest := p.s[p.pos:]
	end := -1
	switch {
	case strings.HasPrefix(rest, "//"):
		if end = strings.IndexByte(rest, '\n'); end < 0 {
			end = len(rest)
		}
	case strings.HasPrefix(rest, "/*"):
		if end = strings.Index(rest[2:], "*/"); end < 0 {
			p.fail("a comment that does not end")
			return false
		}
		end += 4
	default:
		return false
	}
	p.line += strings.Count(rest[:end], "\n")
	p.pos += end
	return true
}

// conflict skips a marker line; what stood before the conflict (git's diff3
// style) is skipped with it.
func (p *jsonParser) conflict() bool {
	if p.pos > 0 && p.s[p.pos-1] != '\n' {
		return false
	}
	line := p.restOfLine()
	mark := jsConflict(line)
	if mark == 0 {
		return false
	}
	if mark == '<' {
		p.d.fault(p.line, "merge conflict", jsConflictMessage)
	}
	p.lenient = true
	p.pos += len(line)
	for mark == '|' && p.pos < len(p.s) {
		p.pos++
		p.line++
		line = p.restOfLine()
		p.pos += len(line)
		if jsConflict(line) == '=' {
			break
		}
	}
	return true
}

func (p *jsonParser) restOfLine() string {
	rest := p.s[p.pos:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		return rest[:i]
	}
	return rest
}

// value reads a value as a child of parent (-1: the root) and returns its node,
// or last when there was none.
func (p *jsonParser) value(parent, last int32, key string, line int32) int32 {
	if p.pos >= len(p.s) {
		p.fail("it ends in the middle")
		return last
	}
	n := jsNode{key: key, line: line}
	c := p.s[p.pos]
	if (c == '{' || c == '[') && p.depth >= jsMaxDepth {
		p.tooDeep()
		return last
	}
	switch {
	case c == '{':
		n.kind = jsObject
	case c == '[':
		n.kind = jsArray
	case c == '"':
		n.kind = jsString
		if n.val = p.str(); p.stopped {
			return last // half a version is a wrong version
		}
	default:
		n.kind = jsScalar
		if n.val = p.word(); n.val == "" {
			p.fail("an unexpected " + jsQuote(p.s[p.pos:min(p.pos+1, len(p.s))]))
			return last
		}
	}
	var i int32
	if parent < 0 {
		p.d.nodes = append(p.d.nodes, n)
	} else {
		i = p.d.append(parent, last, n)
	}
	switch n.kind {
	case jsObject, jsArray:
		p.depth++
		p.members(i, n.kind)
		p.depth--
	}
	return i
}

// word reads a number or a name such as true.
func (p *jsonParser) word() string {
	start := p.pos
	for p.pos < len(p.s) {
		c := p.s[p.pos]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.' {
			p.pos++
			continue
		}
		break
	}
	return p.s[start:p.pos]
}

func (p *jsonParser) members(object int32, kind jsKind) {
	closing := byte('}')
	if kind == jsArray {
		closing = ']'
	}
	p.pos++
	last, comma := int32(0), true
	for {
		p.space()
		if p.pos >= len(p.s) {
			p.fail("it ends in the middle")
			break
		}
		c := p.s[p.pos]
		if c == closing {
			p.pos++
			break
		}
		if c == ',' && (!comma || p.lenient) {
			p.pos++
			comma = true
			continue
		}
		if !comma && !p.lenient {
			p.fail("a comma is missing before " + jsQuote(p.s[p.pos:min(p.pos+20, len(p.s))]))
			break
		}
		comma = false
		if kind == jsArray {
			last = p.value(object, last, "", int32(p.line))
		} else {
			last = p.member(object, last)
		}
		if p.stopped {
			break
		}
	}
	if kind == jsObject {
		p.d.checkDuplicates(object)
	}
}

func (p *jsonParser) member(object, last int32) int32 {
	if p.s[p.pos] != '"' {
		p.fail("a key is expected, not " + jsQuote(p.s[p.pos:p.pos+1]))
		return last
	}
	line := int32(p.line)
	key := p.str()
	if p.stopped {
		return last
	}
	if p.space(); p.pos >= len(p.s) || p.s[p.pos] != ':' {
		p.fail("a colon is missing after the key " + jsQuote(key))
		return last
	}
	p.pos++
	p.space()
	return p.value(object, last, key, line)
}

// str reads a string, with its opening quote at pos.
func (p *jsonParser) str() string {
	start := p.pos + 1
	escaped := false
	for i := start; i < len(p.s); i++ {
		switch p.s[i] {
		case '"':
			p.pos = i + 1
			if escaped {
				return p.unescape(p.s[start-1 : i+1])
			}
			return p.s[start:i]
		case '\\':
			escaped = true
			i++
		case '\n':
			p.pos = i
			p.fail("a string that does not end on its line")
			return ""
		}
	}
	p.fail("it ends in the middle of a string")
	return ""
}

func (p *jsonParser) unescape(quoted string) string {
	var out string
	if json.Unmarshal([]byte(quoted), &out) != nil || !utf8.ValidString(out) {
		p.d.fault(p.line, "malformed", "a string has an escape that JSON does not know: %s", jsQuote(quoted))
		return quoted[1 : len(quoted)-1]
	}
	return out
}

// tooDeep steps over a value that nests deeper than any real file does.
func (p *jsonParser) tooDeep() {
	p.d.fault(p.line, "too deep", "nested more than %d deep; what lies deeper was not read", jsMaxDepth)
	open := 0
	for p.pos < len(p.s) && !p.stopped {
		switch p.s[p.pos] {
		case '{', '[':
			open++
		case '}', ']':
			if open--; open == 0 {
				p.pos++
				return
			}
		case '"':
			p.str()
			continue
		case '\n':
			p.line++
		}
		p.pos++
	}
	p.fail("it ends in the middle")
}
