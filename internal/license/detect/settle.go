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

// settleNotices makes mentions of one license agree: a name without version
// takes the version that is named elsewhere, an address adds nothing to a name,
// and "version 2" near "version 2 or later" takes nothing back.
func settleNotices(items []item) []item {
	specific := specificOf(items)
	for i := range items {
		it := &items[i]
		if id := it.single(); id != "" && it.kind == "notice" && !it.versioned {
			if e := specific[familyOf(id)]; !e.IsZero() {
				it.expr, it.versioned, it.echo = e, true, true
			}
		}
	}
	later := map[string][]int{} // where "or later" of an id is said
	for _, it := range items {
		if base, ok := strings.CutSuffix(it.single(), "-or-later"); ok && it.kind == "notice" {
			later[base] = append(later[base], it.first)
		}
	}
	var out []item
	for _, it := range items {
		id := it.single()
		f := familyOf(id)
		base, only := strings.CutSuffix(id, "-only")
		switch {
		case id == "" || it.kind != "notice":
		case f == "LicenseRef-public-domain" && (!specific["CC0"].IsZero() || !specific["Unlicense"].IsZero()):
			continue
		case it.url && !specific[f].IsZero():
			continue
		case only && !it.sole && nearAny(later[base], it.first, 300):
			continue
		}
		out = append(out, it)
	}
	return out
}

// specificOf gives, by family, the license that a file names with its version or
// holds in full.
func specificOf(items []item) map[string]license.Expr {
	specific := map[string]license.Expr{}
	for _, it := range items {
		id := it.single()
		if id == "" || it.kind == "notice" && (!it.versioned || it.url) {
			continue
		}
		if f := familyOf(id); specific[f].IsZero() {
			specific[f] = it.expr
		}
	}
	for _, it := range items { // "LGPL" beside "Lesser", which began with 2.1
		if it.kind == "notice" && !it.versioned && it.single() == "LGPL-2.1-or-later" && specific["LGPL"].IsZero() {
			specific["LGPL"] = it.expr
		}
	}
	return specific
}

// single is the id of an item that names one license; "" otherwise.
func (it *item) single() string {
	if it.except != "" {
		return ""
	}
	if l := it.expr.Leaves(); len(l) == 1 {
		return l[0].String()
	}
	return ""
}

// nearAny says whether one of some places, which grow, is no farther than reach.
func nearAny(places []int, at, reach int) bool {
	i, _ := slices.BinarySearch(places, at-reach)
	return i < len(places) && places[i] <= at+reach
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
