package detect

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// item is one place of a file that speaks of a license or of an exception.
type item struct {
	mention
	kind  string
	rule  string
	score float64
	text  *textMatch // of known texts
	tag   bool
	echo  bool // it names no version itself
	// refersTo is the file that a reference names.
	refersTo string
}

// listed is how many different licenses a file may name in passing; beyond it
// is a list of licenses rather than a statement.
const listed = 16

// dropLists drops the names of a file that lists licenses.
func dropLists(items []item) []item {
	distinct, passing := map[string]bool{}, map[string]bool{}
	for _, it := range items {
		if it.kind == "notice" && it.except == "" {
			distinct[it.expr.String()] = true
			if !it.cued {
				passing[it.expr.String()] = true
			}
		}
	}
	row := inRows(items)
	full := slices.ContainsFunc(items, func(it item) bool { return it.text != nil && len(it.text.rule.tokens) > longText })
	at := -1
	return slices.DeleteFunc(items, func(it item) bool {
		at++
		if full && it.kind == "notice" && it.except == "" && !it.versioned && !it.strong {
			return true // what stands beside a license in full, and says less
		}
		return it.kind == "notice" && !it.strong && row[at] || it.kind == "notice" && !it.strong && (len(distinct) > listed || len(passing) > listed/3 && !it.cued)
	})
}

// inRows marks names that follow one another with nothing but marks between:
// five different ones or more are a list.
func inRows(items []item) []bool {
	row := make([]bool, len(items))
	for i := 0; i < len(items); {
		j := i + 1
		for j < len(items) && items[j].kind == "notice" && items[j-1].kind == "notice" && items[j].first-items[j-1].last <= 8 {
			j++
		}
		distinct := map[string]bool{}
		for _, it := range items[i:j] {
			distinct[it.expr.String()] = true
		}
		for k := i; len(distinct) >= 5 && k < j; k++ {
			row[k] = true
		}
		i = j
	}
	return row
}

// bindExceptions puts exceptions to the licenses that they belong to.
func bindExceptions(items []item) []item {
	for i, x := range items {
		if x.except == "" || x.text != nil && x.score < 0.97 && contradicted(items, x) {
			continue
		}
		if k := baseOf(items, i); k >= 0 {
			base := items[k].expr.String()
			for j := range items {
				near := items[j].first-x.last < exceptionReach && x.first-items[j].last < exceptionReach
				if j == k || near && items[j].kind == "notice" && items[k].kind == "notice" && items[j].except == "" && items[j].expr.String() == base {
					items[j].expr = with(items[j].expr, x.except)
				}
			}
		} else if x.except == "WxWindows-exception-3.1" && x.kind == "notice" {
			items[i].except = "" // the license of that name is this pair
			items[i].versioned = true
			items[i].set("LGPL-2.0-or-later WITH WxWindows-exception-3.1")
		}
	}
	return slices.DeleteFunc(items, func(it item) bool { return it.except != "" })
}

// contradicted says whether the words of an exception's text hold the wording of
// another exception.
func contradicted(items []item, x item) bool {
	for _, o := range items {
		if o.except != "" && o.except != x.except && o.text == nil && o.first >= x.first && o.last <= x.last {
			return true
		}
	}
	return false
}

// How far, in words, an exception may stand from its license.
const (
	exceptionAfter  = 220
	exceptionBefore = 60
	exceptionReach  = 400 // other mentions of the same license
)

// baseOf finds the item that exception i belongs to.
func baseOf(items []item, i int) int {
	x := items[i]
	for k := i - 1; k >= 0 && x.first-items[k].last <= exceptionAfter; k-- {
		if takes(items[k], x.except) {
			return k
		}
	}
	for k := i + 1; k < len(items) && items[k].first-x.last <= exceptionBefore; k++ {
		if takes(items[k], x.except) {
			return k
		}
	}
	return -1
}

// takes says whether an exception can be one to the license of an item.
func takes(it item, except string) bool {
	if it.except != "" || it.tag {
		return false
	}
	for _, l := range it.expr.Leaves() {
		if l.Exception == "" && mayHave(l.ID, except) {
			return true
		}
	}
	return false
}

func mayHave(id, except string) bool {
	gnu := isGNUName(id) && !strings.HasPrefix(id, "GFDL")
	switch except {
	case "LLVM-exception", "Swift-exception":
		return strings.HasPrefix(id, "Apache-")
	case "Autoconf-exception-generic-3.0", "Autoconf-exception-3.0", "GCC-exception-3.1":
		return gnu && !strings.Contains(id, "-2.0") // written for version 3
	}
	return gnu
}

// with adds an exception to the leaves that can have it.
func with(e license.Expr, except string) license.Expr {
	s := e.String()
	for _, l := range e.Leaves() {
		if l.Exception != "" || !mayHave(l.ID, except) {
			continue
		}
		x := except
		if x == "Autoconf-exception-generic" && strings.Contains(l.ID, "-3.0") {
			x = "Autoconf-exception-generic-3.0"
		}
		if out, err := license.Parse(replaceID(s, l.ID, l.ID+" WITH "+x)); err == nil {
			return out
		}
	}
	return e
}

// replaceID replaces an id in an expression where it stands as a word.
func replaceID(s, id, by string) string {
	words := strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(s))
	for i, w := range words {
		if w == id {
			words[i] = by
		}
	}
	return strings.Join(words, " ")
}

// settleNotices makes mentions of one license agree: a name without version
// takes the version that is named elsewhere, an address adds nothing to a name,
// and "version 2" after "version 2 or later" takes nothing back.
func settleNotices(items []item) []item {
	specific := map[string]license.Expr{}
	for _, it := range items {
		if it.except != "" {
			continue
		}
		if (it.kind != "notice" || it.versioned && !it.url) && len(it.expr.Leaves()) == 1 {
			if f := familyOf(it.expr.Leaves()[0].ID); specific[f].IsZero() {
				specific[f] = it.expr
			}
		}
	}
	lesser, _ := license.Parse("LGPL-2.1-or-later")
	for _, it := range items { // "LGPL" beside "Lesser", which began with 2.1
		if it.kind == "notice" && !it.versioned && it.except == "" && it.expr.String() == lesser.String() && specific["LGPL"].IsZero() {
			specific["LGPL"] = lesser
		}
	}
	for i := range items {
		it := &items[i]
		if it.except != "" || it.kind != "notice" || it.versioned || len(it.expr.Leaves()) != 1 {
			continue
		}
		if e := specific[familyOf(it.expr.Leaves()[0].ID)]; !e.IsZero() {
			it.expr, it.versioned, it.echo = e, true, true
		}
	}
	return slices.DeleteFunc(items, func(it item) bool {
		if it.kind != "notice" || it.except != "" || len(it.expr.Leaves()) != 1 {
			return false
		}
		id := it.expr.Leaves()[0].ID
		if it.expr.String() == "LicenseRef-public-domain" && (!specific["CC0"].IsZero() || !specific["Unlicense"].IsZero()) {
			return true
		}
		if it.url && !specific[familyOf(id)].IsZero() {
			return true
		}
		base, only := strings.CutSuffix(id, "-only")
		if !only || it.text != nil {
			return false
		}
		for _, o := range items {
			if o.kind == "notice" && o.except == "" && it.first-o.last < 300 && o.first-it.last < 300 && len(o.expr.Leaves()) == 1 && o.expr.Leaves()[0].ID == base+"-or-later" {
				return true
			}
		}
		return false
	})
}

// whole lists what the statements of a file say together. One that only repeats
// a license of a choice takes no choice away.
func whole(parts []said) []license.Expr {
	var out []license.Expr
	for i, p := range parts {
		repeated := false
		for j, o := range parts {
			if i == j || len(o.expr.Leaves()) <= len(p.expr.Leaves()) && !strings.Contains(o.expr.String(), "WITH") || o.expr.String() == p.expr.String() {
				continue
			}
			all := true
			for _, l := range p.expr.Leaves() {
				found := false
				for _, k := range o.expr.Leaves() {
					found = found || k == l || k.ID == l.ID && l.Exception == ""
				}
				all = all && found
			}
			repeated = repeated || all
		}
		if !repeated {
			out = append(out, p.expr)
		}
	}
	return out
}

// familyOf is an id without version: "GPL-2.0-only" is of GPL.
func familyOf(id string) string {
	if strings.HasPrefix(id, "BSD-") {
		return "BSD"
	}
	for i := 0; i+1 < len(id); i++ {
		if id[i] == '-' && class[id[i+1]] == digit {
			return id[:i]
		}
	}
	return id
}

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
	if a.tag || b.tag || b.first <= a.last {
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
		if r.is(k, "alternatively", "alternative", "instead") && (n <= 60 || b.first-k < 60) {
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
	for i := len(items) - 2; i > 0; i-- {
		if joints[i] == comma {
			joints[i] = joints[i+1]
		}
	}
	var out []said
	for i := 0; i < len(items); {
		j := i + 1
		list := []license.Expr{items[i].expr}
		for j < len(items) && joints[j] == or {
			list = append(list, items[j].expr)
			j++
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
