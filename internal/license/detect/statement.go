package detect

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// joint says how an item is joined to the one before it.
type joint int

const (
	apart joint = iota
	comma       // a list: the joint is that of what follows
	and
	or
)

// choiceWords announce that a choice follows.
var choiceWords = []string{"dual", "either", "choice", "choose", "option", "dually", "double", "multi", "triple", "tri", "disjunctive"}

// jointOf reads the words between two items.
func (r *reader) jointOf(a, b item) joint {
	if a.tag || b.tag {
		return apart
	}
	if b.first <= a.last { // put into a text
		for k := b.first - 1; k >= max(0, b.first-24) && b.kind == "notice"; k-- {
			if r.alternative(k) {
				return or
			}
		}
		return apart
	}
	n := b.first - a.last - 1
	if n > 160 {
		return apart
	}
	if n == 0 && strings.Trim(r.between(b.first), " \t") == "/" {
		return or
	}
	has := false
	for k := a.last + 1; k < b.first; k++ {
		if (r.alternative(k) || r.is(k, "instead")) && (n <= 60 || b.first-k < 60) {
			return or
		}
		if r.is(k, "or") && !r.is(k-1, "and") && !r.is(k+1, "without", "any", "later", "at", "newer", "modify", "implied", "other", "more", "under", "fitness", "higher", "its", "in") && n <= 24 {
			has = true
		}
		if r.is(k, "or") && r.is(k+1, "under", "at", "the", "in") && n <= 14 {
			has = true
		}
	}
	if has {
		return or
	}
	if n <= 10 && r.announced(a.first) {
		return or
	}
	if n <= 3 {
		for k := a.last + 1; k < b.first; k++ {
			if r.is(k, "and") {
				return and
			}
		}
		if strings.Contains(string(r.b[r.toks[a.last].end:r.toks[b.first].start]), ",") {
			return comma
		}
	}
	return apart
}

// alternative says whether token k announces another license, which "alternative
// licensing arrangements" on request do not.
func (r *reader) alternative(k int) bool {
	return r.is(k, "alternatively") || r.is(k, "alternative") && !r.is(k+1, "licensing", "arrangements")
}

// oneOfAbove says whether the words after an item leave the choice between what
// was named: "you may select, at your option, one of the above-listed licenses".
func (r *reader) oneOfAbove(it item) bool {
	for k := it.last + 1; k < min(len(r.toks)-3, it.last+32); k++ {
		if r.is(k, "one") && r.is(k+1, "of") && (r.is(k+2, "above", "listed") || r.is(k+3, "above", "listed")) {
			return true
		}
	}
	return false
}

// announced says whether the words before token i announce a choice.
func (r *reader) announced(i int) bool {
	for k := i - 1; k >= max(0, i-14); k-- {
		if r.in(k, &choiceWords) {
			return true
		}
		if r.toks[k+1].flags&blankBefore != 0 {
			return false
		}
	}
	return false
}

// said is a run of items that together say one expression.
type said struct {
	expr        license.Expr
	first, last int // items
}

// statements joins items by the words between them.
func (r *reader) statements(items []item) []said {
	items = slices.DeleteFunc(slices.Clone(items), func(it item) bool { return it.refersTo != "" })
	joints := make([]joint, len(items))
	for i := 1; i < len(items); i++ {
		joints[i] = r.jointOf(items[i-1], items[i])
	}
	for i := 1; i < len(items); i++ {
		if joints[i] != or && items[i].kind == "notice" && items[i-1].kind == "notice" && r.oneOfAbove(items[i]) {
			joints[i] = or
		}
	}
	for i := len(items) - 2; i > 0; i-- {
		if joints[i] == comma {
			joints[i] = joints[i+1]
		}
	}
	var out []said
	for i := 0; i < len(items); {
		j := i + 1
		list, seen := []license.Expr{items[i].expr}, map[string]bool{items[i].expr.String(): true}
		for ; j < len(items) && joints[j] == or; j++ {
			if x := items[j].expr.String(); !seen[x] {
				seen[x] = true
				list = append(list, items[j].expr)
			}
		}
		e := items[i].expr
		if len(list) > 1 {
			e = license.Or(list...).Normalize()
		}
		out = append(out, said{e, i, j - 1})
		i = j
	}
	return out
}

// whole lists what the statements of a file say together, each once. One that
// only repeats a license of another, which is a choice or has an exception,
// takes nothing away.
func whole(parts []said) []license.Expr {
	var all []license.Expr
	seen := map[string]bool{}
	for _, p := range parts {
		if s := p.expr.String(); !seen[s] {
			seen[s] = true
			all = append(all, p.expr)
		}
	}
	if len(all) > listed*4 {
		return all
	}
	var out []license.Expr
	for i, p := range all {
		repeated := false
		for j, o := range all {
			repeated = repeated || i != j && repeats(o, p)
		}
		if !repeated {
			out = append(out, p)
		}
	}
	return out
}

// repeats says whether a choice, or a license with an exception, names all
// licenses of another statement.
func repeats(o, p license.Expr) bool {
	larger := o.Leaves()
	if len(larger) <= len(p.Leaves()) && !strings.Contains(o.String(), " WITH ") {
		return false
	}
	for _, l := range p.Leaves() {
		if !slices.ContainsFunc(larger, func(k license.Leaf) bool { return k == l || k.ID == l.ID && l.Exception == "" }) {
			return false
		}
	}
	return true
}
