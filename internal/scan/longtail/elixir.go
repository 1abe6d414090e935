package longtail

import "strings"

// term is a value of Elixir as mix.lock and the lists of mix.exs write them.
type term struct {
	kind  termKind
	text  string // of an atom or a string
	key   string // its name in a keyword list or map
	items []term
	line  int
}

type termKind byte

const (
	other termKind = iota // an expression that only the program can work out
	atom
	text_
	tuple
	list // also a map
)

// get is the value under a key; a zero term where there is none.
func (v term) get(key string) term {
	for _, it := range v.items {
		if it.key == key {
			return it
		}
	}
	return term{}
}

// at is an item by position; a zero term beyond the end.
func (v term) at(i int) term {
	if i < len(v.items) {
		return v.items[i]
	}
	return term{}
}

// maxTermDepth bounds nesting; real files have five levels.
const maxTermDepth = 40

// elixir reads terms. What is no plain value is passed over, with its brackets
// and strings, and counts as other.
type elixir struct {
	s    string
	pos  int
	line int
}

func (p *elixir) next() {
	if p.s[p.pos] == '\n' {
		p.line++
	}
	p.pos++
}

// space passes over white space and comments.
func (p *elixir) space() {
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ' ', '\t', '\r', '\n':
			p.next()
		case '#':
			for p.pos < len(p.s) && p.s[p.pos] != '\n' {
				p.pos++
			}
		default:
			return
		}
	}
}

func (p *elixir) has(prefix string) bool { return strings.HasPrefix(p.s[p.pos:], prefix) }

// value reads one value, with its key where it has one, up to the comma or
// bracket behind it.
func (p *elixir) value(depth int) term {
	p.space()
	v := term{line: p.line}
	if key, ok := p.key(); ok {
		v = p.value(depth)
		v.key = key
		return v
	}
	v = p.plain(depth)
	p.space()
	if p.has("=>") && v.kind != other {
		p.pos += 2
		key := v.text
		v = p.value(depth)
		v.key = key
		return v
	}
	if p.pos < len(p.s) && !strings.ContainsRune(",]})", rune(p.s[p.pos])) {
		p.skip() // an expression of which this was the beginning
		v = term{line: v.line}
	}
	return v
}

// key reads "name:" or "\"name\":" ahead of a value.
func (p *elixir) key() (string, bool) {
	at, line := p.pos, p.line
	name := ""
	if p.has(`"`) {
		name, _ = p.quoted()
	} else {
		name = p.word()
	}
	if name != "" && p.has(":") && !p.has("::") {
		p.pos++
		return name, true
	}
	p.pos, p.line = at, line
	return "", false
}

func (p *elixir) plain(depth int) term {
	v := term{line: p.line}
	switch {
	case p.pos >= len(p.s) || depth > maxTermDepth:
		p.skip()
	case p.has(`"""`):
		p.skip()
	case p.has(`"`):
		if s, ok := p.quoted(); ok {
			v.kind, v.text = text_, s
		}
	case p.has(`:"`):
		p.pos++
		v.text, _ = p.quoted()
		v.kind = atom
	case p.has(":"):
		p.pos++
		if v.text = p.word(); v.text != "" {
			v.kind = atom
		}
	case p.has("{"), p.has("["), p.has("%{"):
		v.kind = list
		if p.has("{") {
			v.kind = tuple
		}
		p.pos = p.pos + strings.IndexAny(p.s[p.pos:], "{[") + 1
		v.items = p.items(depth + 1)
	case p.has("true"), p.has("false"), p.has("nil"):
		v.kind, v.text = atom, p.word()
	}
	return v
}

// items reads values up to the closing bracket.
func (p *elixir) items(depth int) (out []term) {
	for {
		p.space()
		if p.pos >= len(p.s) {
			return out
		}
		switch c := p.s[p.pos]; c {
		case ']', '}', ')':
			p.pos++
			return out
		case ',':
			p.pos++
			continue
		}
		before := p.pos
		out = append(out, p.value(depth))
		if p.pos == before {
			p.next() // nothing that is understood; go on behind it
		}
	}
}

// skip passes over an expression up to the comma or bracket that ends it.
func (p *elixir) skip() {
	for open := 0; p.pos < len(p.s); {
		switch p.s[p.pos] {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			if open == 0 {
				return
			}
			open--
		case ',':
			if open == 0 {
				return
			}
		case '"':
			if p.has(`"""`) {
				p.heredoc()
			} else {
				p.quoted()
			}
			continue
		case '#':
			p.space()
			continue
		}
		p.next()
	}
}

func (p *elixir) heredoc() {
	end := strings.Index(p.s[p.pos+3:], `"""`)
	if end < 0 {
		end = len(p.s) - p.pos - 6
	}
	for stop := min(len(p.s), p.pos+end+6); p.pos < stop; {
		p.next()
	}
}

// quoted reads a string; false where only the program can work it out.
func (p *elixir) quoted() (string, bool) {
	var b strings.Builder
	plain := true
	for p.pos++; p.pos < len(p.s); p.next() {
		switch c := p.s[p.pos]; c {
		case '"':
			p.pos++
			return b.String(), plain
		case '\\':
			if p.pos+1 < len(p.s) {
				p.pos++
			}
			b.WriteByte(p.s[p.pos])
		case '#':
			plain = plain && !p.has("#{")
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), false
}

// word reads a name.
func (p *elixir) word() string {
	from := p.pos
	for p.pos < len(p.s) {
		c := p.s[p.pos]
		if c != '_' && c != '@' && c != '?' && c != '!' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			break
		}
		p.pos++
	}
	return p.s[from:p.pos]
}
