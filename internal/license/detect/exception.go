package detect

import (
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// bindExceptions puts exceptions to the licenses that they belong to.
func bindExceptions(items []item) []item {
	for i, x := range items {
		if x.except == "" || x.text != nil && x.score < 0.97 && contradicted(items, i) {
			continue
		}
		if k := baseOf(items, i); k >= 0 {
			base := items[k].expr.String()
			bind := func(j int) bool {
				near := items[j].first-x.last < exceptionReach && x.first-items[j].last < exceptionReach
				if j == k || near && items[j].kind == "notice" && items[k].kind == "notice" && items[j].except == "" && items[j].expr.String() == base {
					items[j].expr = with(items[j].expr, x.except)
				}
				return near
			}
			bind(k)
			for j := i - 1; j >= 0 && bind(j); j-- {
			}
			for j := i + 1; j < len(items) && bind(j); j++ {
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
func contradicted(items []item, i int) bool {
	x := items[i]
	for _, o := range items[i+1:] {
		if o.first > x.last {
			break
		}
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
