package license

import (
	"fmt"
	"strings"
)

// Bounds of what [Parse] accepts, far above any honest expression.
const (
	maxExpressionLength = 64 << 10
	maxExpressionDepth  = 100
)

// A ParseError says why and where a text is no SPDX expression.
type ParseError struct {
	Input  string // the text that was given
	Offset int    // byte offset in Input
	Reason string // what is wrong there
	// Nearest is the id that may have been meant, or empty.
	Nearest string
}

func (e *ParseError) Error() string {
	in := e.Input
	if len(in) > 80 {
		in = in[:77] + "..."
	}
	s := fmt.Sprintf("license expression %q, column %d: %s", in, e.Offset+1, e.Reason)
	if e.Nearest != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Nearest)
	}
	return s
}

// Parse reads an SPDX license expression (SPDX 2.3 annex D, SPDX 3.0 annex B).
// Ids and operators may be in any case and come back canonical: deprecated ids
// become their successors, "GPL-2.0+" becomes "GPL-2.0-or-later". An unknown id
// is an error with a suggestion; for the free texts of manifests see
// [Understand]. The empty text is an error.
func Parse(s string) (Expr, error) { return parse(s, suggest) }

func parse(s string, suggest suggester) (Expr, error) {
	if len(s) > maxExpressionLength {
		return Expr{}, &ParseError{Input: s, Reason: fmt.Sprintf("longer than %d bytes", maxExpressionLength)}
	}
	p := parser{in: s, suggest: suggest}
	p.next()
	e, err := p.or(0)
	if err != nil {
		return Expr{}, err
	}
	if p.tok != "" {
		return Expr{}, p.fail(p.at, fmt.Sprintf("expected AND, OR or the end, found %q", p.tok))
	}
	return e, nil
}

// suggester names the license or the exception that tok may have meant.
type suggester func(tok string, exception bool) string

type parser struct {
	in  string
	pos int    // after the current token
	tok string // current token, empty at the end
	at  int    // where it begins

	suggest suggester // names the nearest id in errors; may be nil
}

// next moves to the next token: a parenthesis or a run of other characters.
func (p *parser) next() {
	for p.pos < len(p.in) && isSpace(p.in[p.pos]) {
		p.pos++
	}
	p.at = p.pos
	if p.pos == len(p.in) {
		p.tok = ""
		return
	}
	if c := p.in[p.pos]; c == '(' || c == ')' {
		p.pos++
		p.tok = p.in[p.at:p.pos]
		return
	}
	for p.pos < len(p.in) && !isSpace(p.in[p.pos]) && p.in[p.pos] != '(' && p.in[p.pos] != ')' {
		p.pos++
	}
	p.tok = p.in[p.at:p.pos]
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) fail(at int, reason string) error {
	return &ParseError{Input: p.in, Offset: at, Reason: reason}
}

func (p *parser) or(depth int) (Expr, error) {
	return p.chain(depth, OpOr, "OR", p.and)
}

func (p *parser) and(depth int) (Expr, error) {
	return p.chain(depth, OpAnd, "AND", p.simple)
}

// chain reads operands joined by one operator.
func (p *parser) chain(depth int, op Op, word string, operand func(int) (Expr, error)) (Expr, error) {
	e, err := operand(depth)
	if err != nil || !strings.EqualFold(p.tok, word) {
		return e, err
	}
	args := []Expr{e}
	for strings.EqualFold(p.tok, word) {
		p.next()
		if e, err = operand(depth); err != nil {
			return Expr{}, err
		}
		args = append(args, e)
	}
	return join(op, args), nil
}

func (p *parser) simple(depth int) (Expr, error) {
	at, tok := p.at, p.tok
	switch {
	case tok == "":
		return Expr{}, p.fail(at, "expected a license id, found the end")
	case tok == ")" || isOperator(tok):
		return Expr{}, p.fail(at, fmt.Sprintf("expected a license id, found %q", tok))
	case tok == "(":
		return p.parenthesis(depth)
	}
	leaf, err := p.license(at, tok)
	if err != nil {
		return Expr{}, err
	}
	p.next()
	if !strings.EqualFold(p.tok, "WITH") {
		return Of(leaf), nil
	}
	p.next()
	return p.with(leaf)
}

func (p *parser) parenthesis(depth int) (Expr, error) {
	if depth >= maxExpressionDepth {
		return Expr{}, p.fail(p.at, fmt.Sprintf("parentheses more than %d deep", maxExpressionDepth))
	}
	open := p.at
	p.next()
	e, err := p.or(depth + 1)
	if err != nil {
		return Expr{}, err
	}
	if p.tok != ")" {
		return Expr{}, p.fail(open, "this parenthesis is not closed")
	}
	p.next()
	if strings.EqualFold(p.tok, "WITH") {
		return Expr{}, p.fail(p.at, "WITH must follow a license id, not a parenthesis")
	}
	return e, nil
}

func isOperator(tok string) bool {
	return strings.EqualFold(tok, "AND") || strings.EqualFold(tok, "OR") || strings.EqualFold(tok, "WITH")
}

// with reads what follows WITH.
func (p *parser) with(leaf Leaf) (Expr, error) {
	at, tok := p.at, p.tok
	switch {
	case tok == "" || tok == "(" || tok == ")" || isOperator(tok):
		return Expr{}, p.fail(at, "expected an exception id after WITH")
	case leaf.Exception != "":
		return Expr{}, p.fail(at, fmt.Sprintf("the deprecated id already stands for %q; a second WITH is not possible", leaf))
	case leaf.ID == None || leaf.ID == NoAssertion:
		return Expr{}, p.fail(at, leaf.ID+" takes no exception")
	}
	if ref, ok := canonicalRef(tok); ok {
		leaf.Exception = ref
	} else if id, ok := exceptionID(tok); ok {
		leaf.Exception = id
	} else {
		return Expr{}, &ParseError{Input: p.in, Offset: at, Reason: fmt.Sprintf("unknown exception id %q", clip(tok)), Nearest: p.nearest(tok, true)}
	}
	p.next()
	return Of(leaf), nil
}

func (p *parser) nearest(tok string, exception bool) string {
	if p.suggest == nil {
		return ""
	}
	return p.suggest(tok, exception)
}

// license reads a license id with its "+".
func (p *parser) license(at int, tok string) (Leaf, error) {
	if ref, ok := canonicalRef(tok); ok {
		if strings.Contains(ref, "AdditionRef-") {
			return Leaf{}, p.fail(at, "an AdditionRef can only follow WITH")
		}
		return Leaf{ID: ref}, nil
	}
	id, plus := strings.CutSuffix(tok, "+")
	leaf, ok := canonicalLeaf(id, plus)
	if ok {
		return leaf, nil
	}
	if _, isException := exceptionID(tok); isException {
		return Leaf{}, p.fail(at, fmt.Sprintf("%q is an exception; it must follow WITH", tok))
	}
	if l, known := canonicalLeaf(id, false); known && plus {
		return Leaf{}, p.fail(at, fmt.Sprintf("%q cannot be followed by +", l))
	}
	return Leaf{}, &ParseError{Input: p.in, Offset: at, Reason: fmt.Sprintf("unknown license id %q", clip(tok)), Nearest: p.nearest(id, false)}
}

// canonicalRef reads [DocumentRef-x:]LicenseRef-y or AdditionRef-y. The prefix
// may be in any case, the name is kept as written.
func canonicalRef(tok string) (string, bool) {
	doc, rest, found := strings.Cut(tok, ":")
	if !found {
		doc, rest = "", tok
	} else {
		name, ok := cutPrefixFold(doc, "DocumentRef-")
		if !ok || !isIDString(name) {
			return "", false
		}
		doc = "DocumentRef-" + name + ":"
	}
	for _, prefix := range []string{"LicenseRef-", "AdditionRef-"} {
		if name, ok := cutPrefixFold(rest, prefix); ok && isIDString(name) {
			return doc + prefix + name, true
		}
	}
	return "", false
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return "", false
	}
	return s[len(prefix):], true
}

// isIDString says whether s is an SPDX idstring: letters, digits, "-" and ".".
func isIDString(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.') {
			return false
		}
	}
	return s != ""
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:57] + "..."
	}
	return s
}
