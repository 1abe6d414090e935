package manifest

import (
	"strings"
	"unicode/utf8"
)

// tomlMaxDepth bounds nesting of arrays, inline tables and dotted names.
const tomlMaxDepth = 60

// parseTOML reads TOML (toml.io/en/v1.0.0) into a tree with lines. It is no
// judge of TOML: what is read of a valid file is right, a statement that can't
// be read is a fault, and reading goes on at the next line.
func parseTOML(data []byte) *jsDoc {
	p := &tomlParser{s: strings.TrimPrefix(string(data), "\ufeff"), line: 1, d: &jsDoc{},
		last: map[int32]int32{}, child: map[tomlChild]int32{}}
	p.d.nodes = append(p.d.nodes, jsNode{kind: jsObject, line: 1})
	if !utf8.ValidString(p.s) {
		p.d.fault(1, "malformed", "not UTF-8; names may be garbled")
		p.s = strings.ToValidUTF8(p.s, "\ufffd")
	}
	table := int32(0)
	for p.blank(true); p.pos < len(p.s); p.blank(true) {
		start := p.line
		var ok bool
		switch {
		case p.conflict():
			ok = true
		case p.s[p.pos] == '[':
			if table, ok = p.header(); !ok {
				// What follows belongs to a table of unknown name.
				table = p.append(0, jsNode{kind: jsObject, line: int32(start)})
			}
		default:
			ok = p.assignment(table, 0)
		}
		if ok {
			p.blank(false)
			ok = p.pos >= len(p.s) || p.s[p.pos] == '\n'
		}
		if !ok {
			p.d.fault(start, "malformed", "not valid TOML: %s; the statement is left out", jsQuote(p.lineText(start)))
			p.skipLine()
		}
	}
	return p.d
}

type tomlChild struct {
	parent int32
	key    string
}

type tomlParser struct {
	s     string
	pos   int
	line  int
	d     *jsDoc
	last  map[int32]int32     // last child of each node
	child map[tomlChild]int32 // by key
}

func (p *tomlParser) append(parent int32, n jsNode) int32 {
	i := p.d.append(parent, p.last[parent], n)
	p.last[parent] = i
	if n.key != "" {
		if _, seen := p.child[tomlChild{parent, n.key}]; !seen {
			p.child[tomlChild{parent, n.key}] = i
		}
	}
	return i
}

// blank skips blanks and comments, and line ends too where lines is true.
func (p *tomlParser) blank(lines bool) {
	for p.pos < len(p.s) {
		switch c := p.s[p.pos]; {
		case c == ' ' || c == '\t' || c == '\r':
			p.pos++
		case c == '#':
			p.skipLine()
		case c == '\n' && lines:
			p.pos++
			p.line++
		default:
			return
		}
	}
}

func (p *tomlParser) skipLine() {
	if i := strings.IndexByte(p.s[p.pos:], '\n'); i >= 0 {
		p.pos += i
	} else {
		p.pos = len(p.s)
	}
}

// lineText is the line that the parser stands in, if it is still the one where
// the statement began.
func (p *tomlParser) lineText(start int) string {
	if p.line != start {
		return "a value of several lines that does not end"
	}
	at := min(p.pos, len(p.s))
	from := strings.LastIndexByte(p.s[:at], '\n') + 1
	to := strings.IndexByte(p.s[at:], '\n')
	if to < 0 {
		return p.s[from:]
	}
	return p.s[from : at+to]
}

func (p *tomlParser) conflict() bool {
	end := min(p.pos+80, len(p.s))
	line, _, _ := strings.Cut(p.s[p.pos:end], "\n")
	mark := jsConflict(line)
	if mark == 0 || p.pos > 0 && p.s[p.pos-1] != '\n' {
		return false
	}
	if mark == '<' {
		p.d.fault(p.line, "merge conflict", jsConflictMessage)
	}
	p.skipLine()
	return true
}

// header reads "[a.b]" or "[[a.b]]" and gives its table.
func (p *tomlParser) header() (int32, bool) {
	line := int32(p.line)
	p.pos++
	list := p.pos < len(p.s) && p.s[p.pos] == '['
	if list {
		p.pos++
	}
	keys, ok := p.keys()
	if !ok || !p.eat(']') || list && !p.eat(']') {
		return 0, false
	}
	at := int32(0)
	for i, k := range keys {
		next, seen := p.child[tomlChild{at, k}]
		final := i == len(keys)-1
		switch {
		case !seen && final && list:
			next = p.append(at, jsNode{kind: jsArray, key: k, line: line})
		case !seen:
			next = p.append(at, jsNode{kind: jsObject, key: k, line: line})
		}
		at = next
		switch p.d.nodes[at].kind {
		case jsArray:
			if final && list {
				return p.append(at, jsNode{kind: jsObject, line: line}), true
			}
			if at = p.last[at]; at == 0 || p.d.nodes[at].kind != jsObject {
				return 0, false
			}
		case jsObject:
			if final && list {
				return 0, false
			}
		default:
			return 0, false
		}
	}
	return at, true
}

func (p *tomlParser) eat(c byte) bool {
	if p.pos < len(p.s) && p.s[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// keys reads a dotted key.
func (p *tomlParser) keys() ([]string, bool) {
	var out []string
	for len(out) < tomlMaxDepth {
		p.inline()
		if p.pos >= len(p.s) {
			return nil, false
		}
		var key string
		switch c := p.s[p.pos]; {
		case c == '"' || c == '\'':
			var ok bool
			if key, ok = p.str(); !ok {
				return nil, false
			}
		default:
			start := p.pos
			for p.pos < len(p.s) && tomlBare(p.s[p.pos]) {
				p.pos++
			}
			key = p.s[start:p.pos]
		}
		if key == "" {
			return nil, false
		}
		out = append(out, key)
		p.inline()
		if !p.eat('.') {
			return out, true
		}
	}
	return nil, false
}

func (p *tomlParser) inline() {
	for p.pos < len(p.s) && (p.s[p.pos] == ' ' || p.s[p.pos] == '\t') {
		p.pos++
	}
}

func tomlBare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_'
}

// assignment reads "key = value" into a table.
func (p *tomlParser) assignment(table int32, depth int) bool {
	line := int32(p.line)
	keys, ok := p.keys()
	if !ok || !p.eat('=') {
		return false
	}
	for _, k := range keys[:len(keys)-1] {
		next, seen := p.child[tomlChild{table, k}]
		if !seen {
			next = p.append(table, jsNode{kind: jsObject, key: k, line: line})
		}
		if table = next; p.d.nodes[table].kind != jsObject {
			return false
		}
	}
	return p.value(table, keys[len(keys)-1], line, depth)
}

func (p *tomlParser) value(parent int32, key string, line int32, depth int) bool {
	p.inline()
	if p.pos >= len(p.s) || depth > tomlMaxDepth {
		return false
	}
	switch c := p.s[p.pos]; c {
	case '"', '\'':
		s, ok := p.str()
		p.append(parent, jsNode{kind: jsString, key: key, val: s, line: line})
		return ok
	case '[':
		return p.collection(p.append(parent, jsNode{kind: jsArray, key: key, line: line}), ']', depth)
	case '{':
		return p.collection(p.append(parent, jsNode{kind: jsObject, key: key, line: line}), '}', depth)
	}
	start := p.pos
	for p.pos < len(p.s) && !strings.ContainsRune(",]}#\n\r", rune(p.s[p.pos])) {
		p.pos++
	}
	word := strings.TrimSpace(p.s[start:p.pos])
	if word == "" || strings.IndexFunc(word, tomlNotScalar) >= 0 {
		return false
	}
	p.append(parent, jsNode{kind: jsScalar, key: key, val: word, line: line})
	return true
}

// tomlNotScalar finds what no number, boolean or date has.
func tomlNotScalar(r rune) bool {
	return r > 'z' || !tomlBare(byte(r)) && !strings.ContainsRune("+.: ", r)
}

// collection reads an array or an inline table, with its opening at pos.
func (p *tomlParser) collection(node int32, closing byte, depth int) bool {
	p.pos++
	for {
		for p.blank(true); p.conflict(); p.blank(true) {
		}
		if p.eat(closing) {
			return true
		}
		if p.pos >= len(p.s) {
			return false
		}
		var ok bool
		if closing == ']' {
			ok = p.value(node, "", int32(p.line), depth+1)
		} else {
			ok = p.assignment(node, depth+1)
		}
		if !ok {
			return false
		}
		for p.blank(true); p.conflict(); p.blank(true) {
		}
		if !p.eat(',') && (p.pos >= len(p.s) || p.s[p.pos] != closing) {
			return false
		}
	}
}

// str reads a string of any of the four kinds.
func (p *tomlParser) str() (string, bool) {
	quote := p.s[p.pos : p.pos+1]
	if triple := quote + quote + quote; strings.HasPrefix(p.s[p.pos:], triple) {
		body := p.s[p.pos+3:]
		end := strings.Index(body, triple)
		if end < 0 {
			return "", false
		}
		for end+3 < len(body) && body[end+3] == quote[0] {
			end++
		}
		p.pos += end + 6
		p.line += strings.Count(body[:end], "\n")
		return body[:end], true // escapes are kept: no such text is a name or a version
	}
	escaped := false
	for i := p.pos + 1; i < len(p.s) && p.s[i] != '\n'; i++ {
		switch {
		case p.s[i] == '\\' && quote == `"`:
			escaped = true
			i++
		case p.s[i] == quote[0]:
			s := p.s[p.pos+1 : i]
			p.pos = i + 1
			if escaped {
				s = tomlUnescape(s)
			}
			return s, true
		}
	}
	return "", false
}

// tomlUnescape resolves what may stand in a name, a path or a requirement.
func tomlUnescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\n`, "\n", `\t`, "\t").Replace(s)
}
