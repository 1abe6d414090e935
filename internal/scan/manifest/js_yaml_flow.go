package manifest

// flow reads a flow collection ("{a: b}", "[a, b]") at pos into node n.
func (p *yamlParser) flow(n int32, depth int) {
	closing, kind := byte('}'), jsObject
	if p.s[p.pos] == '[' {
		closing, kind = ']', jsArray
	}
	p.d.nodes[n].kind = kind
	p.pos++
	last := int32(0)
	for {
		p.flowSpace()
		if p.broken {
			return
		}
		if p.pos >= len(p.s) {
			p.broken = true
			p.d.fault(p.line, "malformed", "the file ends inside %c…%c; it was read up to here", p.opening(closing), closing)
			return
		}
		switch c := p.s[p.pos]; {
		case c == closing:
			p.pos++
			return
		case c == ',':
			p.pos++
			continue
		case c == '}' || c == ']':
			p.fault("brackets do not match")
			p.pos++
			return
		}
		start := p.pos
		last = p.flowEntry(n, last, kind, depth)
		if p.pos == start {
			p.pos++ // nothing was understood; go on, never stand still
		}
	}
}

func (p *yamlParser) opening(closing byte) byte {
	if closing == ']' {
		return '['
	}
	return '{'
}

func (p *yamlParser) flowSpace() {
	for p.pos < len(p.s) {
		switch p.s[p.pos] {
		case ' ', '\t', '\r':
			p.pos++
		case '\n':
			p.pos++
			p.line++
		case '#':
			p.pos += len(p.lineAt(p.pos))
		default:
			return
		}
	}
}

func (p *yamlParser) flowEntry(parent, last int32, kind jsKind, depth int) int32 {
	n := jsNode{line: int32(p.line), kind: jsScalar}
	if kind == jsObject {
		n.key, _ = p.scalar(true)
		p.flowSpace()
		if p.pos < len(p.s) && p.s[p.pos] == ':' {
			p.pos++
		}
		p.flowSpace()
	}
	i := p.d.append(parent, last, n)
	if p.pos >= len(p.s) {
		return i
	}
	switch c := p.s[p.pos]; {
	case (c == '{' || c == '[') && depth < jsMaxDepth:
		p.flow(i, depth+1)
	case c == '{' || c == '[':
		p.d.fault(p.line, "too deep", "nested more than %d deep; what lies deeper was not read", jsMaxDepth)
		p.broken = true
	case c != ',' && c != '}' && c != ']':
		val, valKind := p.scalar(true)
		p.d.nodes[i].val, p.d.nodes[i].kind = val, valKind
	}
	return i
}
