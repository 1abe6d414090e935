package detect

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// How far from a name its version may stand, in words.
const (
	afterGNU   = 32
	afterOther = 8
	beforeName = 24
)

// version reads the version of a family's license, before or after its name,
// and whether later ones may be taken.
func (r *reader) version(f *family, m *mention, weak bool) bool {
	if v, from, last, ok := r.versionBefore(m.first); ok {
		if e, end, ok := r.versions(f, v, last); ok {
			m.first, m.expr, m.versioned = from, e, true
			_ = end
			return true
		}
	}
	reach := afterOther
	if f.gnu {
		reach = afterGNU
	}
	if weak {
		reach = 1
	}
	for k := m.last + 1; k < min(len(r.toks), m.last+1+reach); k++ {
		if r.masked[k] || r.toks[k].flags&blankBefore != 0 && !r.is(k, "version", "v") {
			return r.anyVersion(f, m, k)
		}
		if !f.gnu && r.is(k, "or", "and", "under") {
			return false
		}
		if t := r.toks[k]; t.flags&stopBefore != 0 && (k > m.last+1 || t.flags&lineBefore != 0 && !r.isNumber(k) && !r.is(k, "version", "v")) {
			return r.anyVersion(f, m, k)
		}
		if k > m.last+1 && r.other(k, f) {
			return r.anyVersion(f, m, k)
		}
		v, next, ok := r.number(k, k == m.last+1 || k == m.last+2 && r.is(k-1, "license", "v", "version"))
		if !ok {
			continue
		}
		if e, end, ok := r.versions(f, v, next); ok {
			m.last, m.expr, m.versioned = end, e, true
			m.sole = r.is(end+1, "only") || r.is(end+1, "and") && r.is(end+2, "only")
			return true
		}
		if !f.gnu {
			return false
		}
	}
	return r.anyVersion(f, m, min(len(r.toks), m.last+1+reach))
}

// other says whether the name of another license begins at k.
func (r *reader) other(k int, f *family) bool {
	id := r.toks[k].id
	if id == 0 || int(id) >= len(r.c.names.begins) || !r.c.names.begins[id] {
		return false
	}
	p, _ := r.c.names.find(r.toks, k)
	return p != nil && !p.weak && (p.fam != nil && p.fam != f || p.expr != "")
}

// anyVersion reads what else than a number tells the version.
func (r *reader) anyVersion(f *family, m *mention, to int) bool {
	if f.name == "GPL" && r.kernelIdiom(m.last+1) {
		m.versioned = true
		return m.set("GPL-2.0-only")
	}
	return false
}

// number reads a version at token k: "version 2.1", "v2", "2.0". Without such a
// word it counts only where bare says so.
func (r *reader) number(k int, bare bool) (v string, next int, ok bool) {
	worded := false
	for n := 0; n < 3 && r.is(k, "version", "v", "ver", "vers", "versions", "verson", "release", "rev"); n++ {
		worded = true
		k++
	}
	if !worded && !bare || k >= len(r.toks) {
		return "", 0, false
	}
	if !worded && k > 0 {
		// What stands before a word in its line may be the mark of a comment.
		gap, _, _ := strings.Cut(r.between(k), "\n")
		if strings.Trim(gap, " \t\r,-–\"'`/*#:=>") != "" {
			return "", 0, false
		}
	}
	if worded && r.is(k, "number") {
		k++
	}
	if worded {
		switch {
		case r.is(k, "two"):
			return "2", k + 1, true
		case r.is(k, "three"):
			return "3", k + 1, true
		case r.is(k, "one"):
			return "1", k + 1, true
		}
	}
	return r.digits(k)
}

// digits reads "2", "2.0" or "1.3c" at token k.
func (r *reader) digits(k int) (v string, next int, ok bool) {
	if k >= len(r.toks) || !r.isNumber(k) {
		return "", 0, false
	}
	v = r.raw(k)
	for k++; k+0 < len(r.toks) && len(v) < 8 && r.isNumber(k) && r.between(k) == "."; k++ {
		v += "." + r.raw(k)
	}
	if k < len(r.toks) && r.between(k) == "" && len(r.raw(k)) == 1 && (r.is(k, "a") || r.is(k, "c")) {
		v += r.raw(k)
		k++
	}
	return v, k, true
}

func (r *reader) isNumber(k int) bool {
	t := r.toks[k]
	return t.end-t.start <= 2 && class[r.b[t.start]] == digit
}

func (r *reader) raw(k int) string { return string(r.b[r.toks[k].start:r.toks[k].end]) }

// between is what stands between token k and the one before.
func (r *reader) between(k int) string { return string(r.b[r.toks[k-1].end:r.toks[k].start]) }

// versionBefore reads "version 2 or later of the" before a name.
func (r *reader) versionBefore(first int) (v string, from, next int, ok bool) {
	k := first - 1
	for n := 0; n < 2 && r.is(k, "the", "a", "gnu"); n++ {
		k--
	}
	if !r.is(k, "of") {
		return "", 0, 0, false
	}
	for j := k - 1; j >= max(r.end, first-beforeName) && !r.masked[j]; j-- {
		if r.is(j, "version", "v", "versions") {
			if v, next, ok := r.number(j, false); ok && next <= k {
				return v, j, next, true
			}
		}
		if r.toks[j+1].flags&stopBefore != 0 && r.toks[j+1].flags&blankBefore != 0 {
			break
		}
	}
	return "", 0, 0, false
}

// versions makes the expression of version v, whose number ends before token
// next: with "or later" where it is said, and with other versions named beside.
func (r *reader) versions(f *family, v string, next int) (license.Expr, int, bool) {
	id, ok := f.version(v)
	if !ok {
		return license.Expr{}, 0, false
	}
	last := next - 1
	if !f.gnu {
		e, err := license.Parse(id)
		return e, last, err == nil
	}
	exprs := []string{id}
	for k := next; ; {
		j := k
		for r.is(j, "of", "the", "license", "gnu", "general", "public", "lgpl", "gpl") && j < k+6 {
			j++
		}
		if !r.is(j, "or", "and") {
			break
		}
		for j++; r.is(j, "at", "your", "option"); j++ {
		}
		v, after, ok := r.number(j, true)
		if !ok {
			break
		}
		also, ok := f.version(v)
		if !ok {
			break
		}
		exprs = append(exprs, also)
		k, last, next = after, after-1, after
	}
	suffix := "-only"
	if end, later := r.orLater(next); later {
		suffix, last = "-or-later", max(last, end)
	}
	for i := range exprs {
		if i == len(exprs)-1 {
			exprs[i] += suffix
		} else {
			exprs[i] += "-only"
		}
	}
	var all []license.Expr
	for _, x := range exprs {
		e, err := license.Parse(x)
		if err != nil {
			return license.Expr{}, 0, false
		}
		all = append(all, e)
	}
	return license.Or(all...), last, true
}

// orLater says whether the words from token k on allow later versions, and
// where they end.
func (r *reader) orLater(k int) (int, bool) {
	if k > 0 && k <= len(r.toks) {
		at := int(r.toks[k-1].end)
		if at < len(r.b) && r.b[at] == '+' {
			return k - 1, true
		}
	}
	join := -1 // the "or" or "and" that later versions follow
	for j := k; j < min(len(r.toks), k+18); j++ {
		t := r.toks[j]
		if r.masked[j] || t.flags&blankBefore != 0 && j > k+1 {
			return 0, false
		}
		switch {
		case r.is(j, "or", "and", "any") && (join < 0 || j > join+2):
			join = j
		case join >= 0 && r.is(j, "later", "newer", "subsequent", "latest") && j <= join+8:
			return j, true
		case join >= 0 && r.is(j, "greater", "higher", "above", "upward", "upwards", "onwards", "onward", "after", "up") && j <= join+2:
			return j, true
		case r.is(j, "only", "not", "no", "exclusively"):
			return 0, false
		case t.flags&stopBefore != 0 && join < 0 && j > k && !r.is(j, "or"):
			return 0, false
		}
		if join < 0 && j > k+5 {
			return 0, false
		}
	}
	return 0, false
}

// kernelIdiom says whether a name is followed by the pointer to the file COPYING
// that the Linux kernel's files have: there it is version 2 only.
func (r *reader) kernelIdiom(k int) bool {
	for j := k; j < min(len(r.toks)-8, k+14); j++ {
		if r.is(j, "copying") && r.is(j+1, "in") && r.is(j+2, "the") && r.is(j+3, "main") && r.is(j+4, "directory") && (r.is(j+6, "linux") || r.is(j+7, "linux")) {
			return true
		}
	}
	return false
}
