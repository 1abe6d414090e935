package license

import (
	"slices"
	"strings"
)

// Op is how the parts of an [Expr] are joined.
type Op int

// The operators. AND means that all parts apply at once, OR that one may be
// chosen.
const (
	OpLeaf Op = iota
	OpAnd
	OpOr
)

// The two values that SPDX allows in place of an expression.
const (
	// None says that the source states there is no license.
	None = "NONE"
	// NoAssertion says that nothing is known or claimed.
	NoAssertion = "NOASSERTION"
)

// Leaf is one license as it appears in an expression.
type Leaf struct {
	// ID is an SPDX id in canonical case, LicenseRef-x, DocumentRef-d:LicenseRef-x,
	// NONE or NOASSERTION. GNU ids always carry -only or -or-later.
	ID string
	// OrLater is the + of licenses outside the GNU family ("Apache-1.1+").
	OrLater bool
	// Exception is what follows WITH: an SPDX exception id, AdditionRef-x or
	// LicenseRef-x; empty when there is none.
	Exception string
}

// String writes the leaf as SPDX does: "GPL-2.0-only WITH Classpath-exception-2.0".
func (l Leaf) String() string {
	s := l.ID
	if l.OrLater {
		s += "+"
	}
	if l.Exception != "" {
		s += " WITH " + l.Exception
	}
	return s
}

// IsZero is true for the leaf that names nothing.
func (l Leaf) IsZero() bool { return l == Leaf{} }

// Expr is a license expression. The zero value means "nothing known".
//
// Values made by [Parse], [And] and [Or] never hold an AND directly inside an
// AND, nor an OR inside an OR, so that printing and parsing give the same value
// back.
type Expr struct {
	Op   Op
	Args []Expr // two or more for OpAnd and OpOr
	Leaf Leaf   // for OpLeaf
}

// Of is the expression of a single license.
func Of(l Leaf) Expr { return Expr{Leaf: l} }

// IsZero is true when nothing is known.
func (e Expr) IsZero() bool { return e.Op == OpLeaf && e.Leaf.IsZero() }

// And joins expressions that apply together. Zero values are left out, so that
// a fold can start from nothing; a part that is known to be unknown must be
// given as NOASSERTION.
func And(es ...Expr) Expr { return join(OpAnd, es) }

// Or joins expressions of which one may be chosen; zero values are left out.
func Or(es ...Expr) Expr { return join(OpOr, es) }

func join(op Op, es []Expr) Expr {
	var args []Expr
	for _, e := range es {
		switch {
		case e.IsZero():
		case e.Op == op:
			args = append(args, e.Args...)
		default:
			args = append(args, e)
		}
	}
	switch len(args) {
	case 0:
		return Expr{}
	case 1:
		return args[0]
	}
	return Expr{Op: op, Args: args}
}

// String writes the expression with the fewest parentheses; empty for the zero
// value.
func (e Expr) String() string {
	var b strings.Builder
	e.write(&b)
	return b.String()
}

func (e Expr) write(b *strings.Builder) {
	if e.Op == OpLeaf {
		b.WriteString(e.Leaf.String())
		return
	}
	word := " AND "
	if e.Op == OpOr {
		word = " OR "
	}
	for i, a := range e.Args {
		if i > 0 {
			b.WriteString(word)
		}
		if e.Op == OpAnd && a.Op == OpOr {
			b.WriteByte('(')
			a.write(b)
			b.WriteByte(')')
			continue
		}
		a.write(b)
	}
}

// Leaves lists the distinct licenses of the expression in the order of their
// first appearance.
func (e Expr) Leaves() []Leaf {
	var out []Leaf
	seen := map[Leaf]bool{}
	e.eachLeaf(func(l Leaf) {
		if !l.IsZero() && !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	})
	return out
}

func (e Expr) eachLeaf(f func(Leaf)) {
	if e.Op == OpLeaf {
		f(e.Leaf)
		return
	}
	for _, a := range e.Args {
		a.eachLeaf(f)
	}
}

// Normalize gives the expression in a fixed order, without repetition, and
// without parts that others make superfluous: A OR (A AND B) is A, and so is
// A AND (A OR B). It never changes the meaning.
func (e Expr) Normalize() Expr {
	if e.Op == OpLeaf {
		return e
	}
	args := make([]Expr, 0, len(e.Args))
	for _, a := range e.Args {
		args = append(args, a.Normalize())
	}
	flat := join(e.Op, args)
	if flat.Op != e.Op {
		return flat
	}
	flat.Args = absorb(e.Op, sortedDistinct(flat.Args))
	if len(flat.Args) == 1 {
		return flat.Args[0]
	}
	return flat
}

func sortedDistinct(es []Expr) []Expr {
	type keyed struct {
		key  string
		expr Expr
	}
	ks := make([]keyed, len(es))
	for i, e := range es {
		ks[i] = keyed{e.String(), e}
	}
	slices.SortStableFunc(ks, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	ks = slices.CompactFunc(ks, func(a, b keyed) bool { return a.key == b.key })
	out := make([]Expr, len(ks))
	for i, k := range ks {
		out[i] = k.expr
	}
	return out
}

// absorb drops each argument that holds all the parts of a shorter one:
// of the arguments of an OR those parts are joined by AND, and the other way
// round.
func absorb(op Op, args []Expr) []Expr {
	parts := make([]map[string]bool, len(args))
	for i, a := range args {
		parts[i] = partsOf(op, a)
	}
	var kept []Expr
	for i, a := range args {
		covered := false
		for j := range args {
			if i != j && len(parts[j]) < len(parts[i]) && subset(parts[j], parts[i]) {
				covered = true
				break
			}
		}
		if !covered {
			kept = append(kept, a)
		}
	}
	return kept
}

func partsOf(outer Op, e Expr) map[string]bool {
	if e.Op == OpLeaf || e.Op == outer {
		return map[string]bool{e.String(): true}
	}
	m := make(map[string]bool, len(e.Args))
	for _, a := range e.Args {
		m[a.String()] = true
	}
	return m
}

func subset(small, big map[string]bool) bool {
	for k := range small {
		if !big[k] {
			return false
		}
	}
	return true
}

// maxClauses bounds the expansion in [Equivalent].
const maxClauses = 2048

// Equivalent is true when a and b ask the same of the user, however they are
// written: A AND (B OR C) and (A AND B) OR (A AND C) are equivalent. Two
// expressions too large to expand are compared in normal form.
func Equivalent(a, b Expr) bool {
	ca, oka := clauses(a)
	cb, okb := clauses(b)
	if !oka || !okb {
		return a.Normalize().String() == b.Normalize().String()
	}
	return Or(minimal(ca)...).Normalize().String() == Or(minimal(cb)...).Normalize().String()
}

func minimal(cs []Expr) []Expr { return absorb(OpOr, sortedDistinct(cs)) }

// clauses multiplies e out into alternatives, each a leaf or an AND of leaves;
// false when there would be more than maxClauses.
func clauses(e Expr) ([]Expr, bool) {
	switch e.Op {
	case OpLeaf:
		return []Expr{e}, true
	case OpOr:
		var out []Expr
		for _, a := range e.Args {
			cs, ok := clauses(a)
			if !ok || len(out)+len(cs) > maxClauses {
				return nil, false
			}
			out = append(out, cs...)
		}
		return out, true
	}
	out := []Expr{{}}
	for _, a := range e.Args {
		cs, ok := clauses(a)
		if !ok || len(out)*len(cs) > maxClauses {
			return nil, false
		}
		var next []Expr
		for _, o := range out {
			for _, c := range cs {
				next = append(next, And(o, c).Normalize())
			}
		}
		out = minimal(next)
	}
	return out, true
}

// Alternatives lists what may be chosen: each branch of the ORs multiplied out,
// as the set of licenses that then apply together. When that would be more than
// 2048 branches it returns nil: judge the expression recursively instead.
func (e Expr) Alternatives() []Expr {
	if e.IsZero() {
		return nil
	}
	cs, ok := clauses(e)
	if !ok {
		return nil
	}
	return minimal(cs)
}
