package manifest

import (
	"strconv"
	"strings"
)

// jsParseYAML reads the YAML that pnpm and yarn write, and what people write in
// pnpm-workspace.yaml: block mappings and lists, flow collections, quoted and
// plain scalars, folded text (skipped), explicit keys ("? "), several documents.
// Anchors, aliases and tags are not followed; they are reported. There is
// always at least one document.
func jsParseYAML(b []byte) []*jsDoc {
	s := strings.TrimPrefix(string(b), "\ufeff")
	var docs []*jsDoc
	line := 1
	for {
		part, rest, more := s, "", false
		if i := yamlSeparator(s); i >= 0 {
			part, rest, more = s[:i], s[i+3:], true
		}
		if d := yamlDocument(part, line); len(d.nodes) > 1 || len(d.faults) > 0 || !more && len(docs) == 0 {
			docs = append(docs, d)
		}
		if !more {
			return docs
		}
		line += strings.Count(part, "\n")
		s = rest
	}
}

// yamlSeparator is the offset of a line that is "---", or -1.
func yamlSeparator(s string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], "---")
		if i < 0 {
			return -1
		}
		i += from
		end := i + 3
		if (i == 0 || s[i-1] == '\n') && (end == len(s) || s[end] == '\n' || s[end] == '\r' || s[end] == ' ') {
			return i
		}
		from = end
	}
}

type yamlFrame struct {
	indent int
	node   int32
	last   int32
	open   bool // last has no value yet and may get children
}

type yamlParser struct {
	s     string
	pos   int
	line  int
	stack []yamlFrame
	// broken says that a flow collection can't be read further; reading goes on
	// at the next line.
	broken bool
	d      *jsDoc
}

func yamlDocument(s string, line int) *jsDoc {
	p := yamlParser{s: s, line: line, d: &jsDoc{}}
	p.d.nodes = append(make([]jsNode, 0, strings.Count(s, "\n")*4/3+8), jsNode{kind: jsObject, line: int32(line)})
	p.stack = []yamlFrame{{}}
	first := true
	for p.pos < len(p.s) {
		text := p.lineAt(p.pos)
		if mark := jsConflict(text); mark != 0 {
			p.conflict(mark)
			continue
		}
		content := strings.TrimLeft(text, " ")
		indent := len(text) - len(content)
		if trimmed := strings.TrimRight(content, " \t"); trimmed == "" || content[0] == '#' || trimmed == "..." {
			p.nextLine()
			continue
		}
		if content[0] == '\t' {
			p.fault("a tab where only blanks may indent")
			p.nextLine()
			continue
		}
		if first {
			p.stack[0].indent, first = indent, false
		}
		p.pos += indent
		p.entry(indent)
	}
	p.pop(0)
	return p.d
}

func (p *yamlParser) fault(what string) {
	p.d.fault(p.line, "malformed", "%s; this line was not read: %s", what, jsQuote(strings.TrimSpace(p.lineAt(p.pos))))
}

// lineAt is the text from pos to the end of its line, without "\r".
func (p *yamlParser) lineAt(pos int) string {
	rest := p.s[pos:]
	if i := strings.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	return strings.TrimSuffix(rest, "\r")
}

func (p *yamlParser) nextLine() {
	if i := strings.IndexByte(p.s[p.pos:], '\n'); i >= 0 {
		p.pos += i + 1
		p.line++
		return
	}
	p.pos = len(p.s)
}

func (p *yamlParser) conflict(mark byte) {
	if mark == '<' {
		p.d.fault(p.line, "merge conflict", jsConflictMessage)
	}
	p.nextLine()
	for mark == '|' && p.pos < len(p.s) {
		found := jsConflict(p.lineAt(p.pos))
		p.nextLine()
		if found == '=' {
			return
		}
	}
}

func (p *yamlParser) top() *yamlFrame { return &p.stack[len(p.stack)-1] }

// pop closes frames until n are left.
func (p *yamlParser) pop(n int) {
	for len(p.stack) > n {
		if f := p.top(); p.d.nodes[f.node].kind == jsObject {
			p.d.checkDuplicates(f.node)
		}
		p.stack = p.stack[:len(p.stack)-1]
	}
}

// settle finds the frame to which an entry at a column belongs; false when
// there is none.
func (p *yamlParser) settle(indent int, item bool) bool {
	n := len(p.stack)
	for n > 1 && p.stack[n-1].indent > indent {
		n--
	}
	// A list may stand at the column of its own key: leave it for the next key.
	if n > 1 && !item && p.stack[n-1].indent == indent && p.d.nodes[p.stack[n-1].node].kind == jsArray {
		n--
	}
	p.pop(n)
	f := p.top()
	isArray := p.d.nodes[f.node].kind == jsArray
	if indent > f.indent || item && !isArray && indent == f.indent {
		if !f.open || f.last == 0 || len(p.stack) > jsMaxDepth {
			return false
		}
		f.open = false
		child := &p.d.nodes[f.last]
		if child.kind = jsObject; item {
			child.kind = jsArray
		}
		p.stack = append(p.stack, yamlFrame{indent: indent, node: f.last})
		return true
	}
	return indent == f.indent && isArray == item
}

// entry reads one "key: value", "- item", "? key" or ": value" at pos.
func (p *yamlParser) entry(indent int) {
	c := p.s[p.pos]
	marker := p.pos+1 >= len(p.s) || strings.IndexByte(" \r\n", p.s[p.pos+1]) >= 0
	switch {
	case marker && c == '-':
		p.item(indent)
	case marker && c == '?' && p.settle(indent, false):
		p.skip(1)
		key, _ := p.scalar(false)
		p.put(jsNode{key: key, line: int32(p.line), kind: jsScalar}, true)
		p.nextLine()
	case marker && c == ':' && p.settle(indent, false) && p.top().open:
		p.inner(indent, p.top().last)
	default:
		p.pair(indent)
	}
}

// put adds a node to the innermost frame.
func (p *yamlParser) put(n jsNode, open bool) int32 {
	f := p.top()
	f.last = p.d.append(f.node, f.last, n)
	f.open = open
	return f.last
}

// skip steps over n characters and the blanks after them.
func (p *yamlParser) skip(n int) {
	p.pos += n
	for p.pos < len(p.s) && p.s[p.pos] == ' ' {
		p.pos++
	}
}

func (p *yamlParser) item(indent int) {
	if !p.settle(indent, true) {
		p.fault("a list item where none can be")
		p.nextLine()
		return
	}
	p.inner(indent, p.put(jsNode{line: int32(p.line), kind: jsScalar}, true))
}

// inner reads what follows "- " or ": " on the same line into node n: a first
// pair of a mapping, an item, or a value.
func (p *yamlParser) inner(indent int, n int32) {
	at := p.pos
	p.skip(1)
	text := p.lineAt(p.pos)
	if _, _, isPair := yamlKey(text); isPair && text[0] != '{' && text[0] != '[' || strings.HasPrefix(text, "- ") {
		p.entry(indent + p.pos - at)
		return
	}
	p.value(n, indent)
}

func (p *yamlParser) pair(indent int) {
	text := p.lineAt(p.pos)
	key, length, ok := yamlKey(text)
	switch {
	case !ok:
		p.fault("neither a key nor a list item")
	case !p.settle(indent, false):
		p.fault("the indentation fits nothing above")
	default:
		n := p.put(jsNode{key: key, line: int32(p.line), kind: jsScalar}, true)
		p.skip(length)
		p.value(n, indent)
		return
	}
	p.nextLine()
}

// value reads the value of node n up to the end of its line (or of its flow
// collection, quoted or folded text).
func (p *yamlParser) value(n int32, indent int) {
	if text := p.lineAt(p.pos); strings.HasPrefix(text, "&") {
		name, _, _ := strings.Cut(text, " ")
		p.skip(len(name))
	}
	text := p.lineAt(p.pos)
	if text == "" || text[0] == '#' {
		p.nextLine()
		return // children may follow
	}
	p.top().open = false
	switch text[0] {
	case '|', '>':
		p.d.nodes[n].kind = jsString
		p.nextLine()
		p.skipFolded(indent)
		return
	case '*', '!':
		p.d.fault(p.line, "unsupported", "YAML aliases and tags are not followed: %s; write the value out", jsQuote(text))
	case '{', '[':
		p.broken = false
		p.flow(n, 0)
	default:
		val, kind := p.scalar(false)
		p.d.nodes[n].val, p.d.nodes[n].kind = val, kind
	}
	p.nextLine()
}

func (p *yamlParser) skipFolded(indent int) {
	for p.pos < len(p.s) {
		text := p.lineAt(p.pos)
		content := strings.TrimLeft(text, " ")
		if content != "" && len(text)-len(content) <= indent {
			return
		}
		p.nextLine()
	}
}

// scalar reads a quoted or plain scalar; in a flow collection a plain one ends
// at , ] or }.
func (p *yamlParser) scalar(inFlow bool) (string, jsKind) {
	if p.pos < len(p.s) && (p.s[p.pos] == '"' || p.s[p.pos] == '\'') {
		return p.quoted(p.s[p.pos]), jsString
	}
	start := p.pos
	for ; p.pos < len(p.s) && p.s[p.pos] != '\n'; p.pos++ {
		c := p.s[p.pos]
		if c == '#' && p.pos > start && p.s[p.pos-1] == ' ' || inFlow && p.endsFlowScalar(c) {
			break
		}
	}
	val := strings.TrimRight(p.s[start:p.pos], " \t\r")
	if val == "" || val == "null" || val == "~" {
		return "", jsScalar
	}
	return val, jsString
}

func (p *yamlParser) endsFlowScalar(c byte) bool {
	return c == ',' || c == ']' || c == '}' ||
		c == ':' && (p.pos+1 >= len(p.s) || strings.IndexByte(" \r\n", p.s[p.pos+1]) >= 0)
}

// quoted reads a quoted scalar; it may go over several lines.
func (p *yamlParser) quoted(quote byte) string {
	for i := p.pos + 1; i < len(p.s); i++ {
		switch {
		case p.s[i] == '\\' && quote == '"':
			i++
		case p.s[i] != quote:
		case quote == '\'' && i+1 < len(p.s) && p.s[i+1] == '\'':
			i++
		default:
			raw := p.s[p.pos : i+1]
			p.pos = i + 1
			p.line += strings.Count(raw, "\n")
			return yamlUnquote(raw)
		}
	}
	p.fault("a quoted text does not end")
	p.pos = len(p.s)
	return ""
}

func yamlUnquote(raw string) string {
	body := raw[1 : len(raw)-1]
	if raw[0] == '\'' {
		return strings.ReplaceAll(body, "''", "'")
	}
	if strings.IndexByte(body, '\\') < 0 {
		return body
	}
	if s, err := strconv.Unquote(strings.ReplaceAll(raw, `\/`, `/`)); err == nil {
		return s
	}
	return body
}

// yamlKey reads a key and its colon at the start of text; length counts both.
func yamlKey(text string) (key string, length int, ok bool) {
	if text == "" {
		return "", 0, false
	}
	if q := text[0]; q == '"' || q == '\'' {
		for i := 1; i < len(text); i++ {
			switch {
			case text[i] == '\\' && q == '"':
				i++
			case text[i] != q:
			case q == '\'' && i+1 < len(text) && text[i+1] == '\'':
				i++
			default:
				rest := strings.TrimLeft(text[i+1:], " ")
				if rest == "" || rest[0] != ':' {
					return "", 0, false
				}
				return yamlUnquote(text[:i+1]), len(text) - len(rest) + 1, true
			}
		}
		return "", 0, false
	}
	for i := 0; i < len(text); i++ {
		if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t') {
			return strings.TrimRight(text[:i], " "), i + 1, true
		}
		if text[i] == '#' && i > 0 && text[i-1] == ' ' {
			break
		}
	}
	return "", 0, false
}
