package detect

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// mention is a place that names a license.
type mention struct {
	first, last int // tokens
	expr        license.Expr
	family      string
	versioned   bool
	cued        bool // the words around speak of licensing
	strong      bool // it stands under "under the terms of"
	except      string
	url         bool
	sole        bool // no other version, it says
}

// reader walks over the words of a file that no known text covers.
type reader struct {
	c      *corpus
	b      []byte
	toks   []token
	masked []bool
	memo   *Memo
	quoted []span // tags of other files that a program writes
	out    []mention
	end    int // the token after the last mention
	no     int // the token after the last name that was turned away
}

func (r *reader) is(i int, words ...string) bool {
	if i < 0 || i >= len(r.toks) || r.toks[i].id == 0 {
		return false
	}
	for _, w := range words {
		if r.toks[i].id == r.c.words[w] {
			return true
		}
	}
	return false
}

// in says whether token i is one of a list of words.
func (r *reader) in(i int, list *[]string) bool {
	return i >= 0 && i < len(r.toks) && r.c.sets[list][r.toks[i].id]
}

// mentions finds the names of licenses.
func (r *reader) mentions() []mention {
	w := &r.c.id
	for i := 0; i < len(r.toks); i++ {
		id := r.toks[i].id
		if id == 0 || r.masked[i] {
			continue
		}
		if id == w.http || id == w.www && !r.is(i-1, "http") {
			m, next, ok := r.address(i)
			if ok {
				r.out = append(r.out, m)
				r.end = next
			}
			if next > i {
				i = next - 1
				continue
			}
		}
		if id == w.module && r.is(i+1, "license") {
			if m, ok := r.module(i); ok {
				r.out = append(r.out, m)
				i = m.last
				r.end = i + 1
				continue
			}
		}
		if id == w.license || id == w.licenses {
			m, ok := r.listed(i)
			if !ok && id == w.license {
				m, ok = r.field(i)
			}
			if ok {
				r.out = append(r.out, m)
				i = m.last
				r.end = i + 1
				continue
			}
		}
		if int(id) >= len(r.c.names.begins) || !r.c.names.begins[id] {
			continue
		}
		p, n := r.c.names.find(r.toks, i)
		if p == nil || r.masked[i+n-1] {
			continue
		}
		if m, ok := r.read(p, i, n); ok {
			r.out = append(r.out, m)
			i = max(i+n-1, m.last)
			r.end = i + 1
		} else {
			i += n - 1
		}
	}
	return r.out
}

// read makes a mention of a phrase at token i, n words long.
func (r *reader) read(p *phrase, i, n int) (mention, bool) {
	m := mention{first: i, last: i + n - 1}
	if p.except != "" {
		m.except = p.except
		return m, true
	}
	m.cued, m.strong = r.cued(i, i+n), r.under(i)
	if r.partOfName(i) || r.inPath(i, i+n) && !m.strong || r.heads(i) || r.named(i) || p.weak && (r.is(i-1, "are") || r.qualifies(i+n) || r.compound(i, i+n)) {
		return m, false
	}
	if r.is(i-1, "license") && r.is(i-2, "change") {
		return m, false // BUSL's parameter: the license of a later day
	}
	if r.denied(i) || r.compared(i) || r.is(i+n, "compatible", "incompatible") || r.voided(i+n) || r.asked(i+n) {
		r.no = i + n
		return m, false
	}
	if r.is(i-1, "licenses") && r.is(i-2, "common") {
		m.url = true // /usr/share/common-licenses/GPL-2
	}
	if p.fam == nil {
		m.family = p.expr
		if p.weak && !r.close(i, i+n) {
			return m, false
		}
		if p.expr == "-" {
			return m, false
		}
		if !p.sure && !m.cued && !p.weak && !r.alone(i, i+n) {
			return m, false
		}
		return m, m.set(p.expr)
	}
	m.family = p.fam.name
	if r.version(p.fam, &m, p.weak) {
		return m, (!p.weak || m.cued && r.granted(i)) && !r.joined(m.last+1)
	}
	if p.weak && !r.close(i, i+n) || !p.weak && !m.cued && !r.alone(i, i+n) {
		return m, false
	}
	if p.fam.bare == "" {
		return m, false
	}
	return m, m.set(p.fam.bare)
}

func (m *mention) set(expr string) bool {
	e, err := license.Parse(expr)
	m.expr = e
	return err == nil
}

// cueWords say that a license is given.
var cueWords = []string{"licensed", "license", "licenses", "licensing", "under", "terms", "distributed", "released", "covered", "governed", "redistribute", "redistributed", "subject", "conditions", "relicensed", "dual", "available", "distributable", "copied", "copying", "permits"}

// cued says whether words before or after a name speak of licensing.
func (r *reader) cued(from, to int) bool {
	if n := len(r.out); n > 0 && r.out[n-1].cued && from-r.end <= 6 {
		return true
	}
	for k := from - 1; k >= max(0, from-12); k-- {
		if r.in(k, &cueWords) {
			return true
		}
		if r.toks[k+1].flags&blankBefore != 0 {
			break
		}
	}
	for k := to; k < min(len(r.toks), to+4) && r.toks[k].flags&(blankBefore|stopBefore) == 0; k++ {
		if r.is(k, "license", "licenses", "licensed", "terms") {
			return true
		}
	}
	return false
}

// granted says whether the words before a weak name are those of a grant: that
// something is available or may be copied, where a language of the same name is
// spoken of, is none.
func (r *reader) granted(from int) bool {
	if n := len(r.out); n > 0 && r.out[n-1].cued && from-r.end <= 6 || r.close(from, from+1) {
		return true
	}
	for k := from - 1; k >= max(0, from-12); k-- {
		if r.in(k, &cueWords) && !r.is(k, "available", "copied", "copying", "subject") {
			return true
		}
	}
	for k := from + 1; k < min(len(r.toks), from+8); k++ {
		if r.is(k, "license", "licenses", "licensed") {
			return true
		}
	}
	return false
}

// under says whether a name follows "under", "under the terms of".
func (r *reader) under(from int) bool {
	for k := from - 1; k >= max(0, from-7); k-- {
		if r.is(k, "under") {
			return true
		}
	}
	return false
}

// close says whether a weak name stands right beside a word of licensing.
func (r *reader) close(from, to int) bool {
	for k := to; k < min(len(r.toks), to+6) && r.toks[k].flags&(stopBefore|blankBefore) == 0; k++ {
		if r.is(k, "license", "licenses", "licensed") {
			return true
		}
		if !r.in(k, &besideAfter) {
			break
		}
	}
	if r.is(from-1, "license") && r.heading(from-1) {
		return true
	}
	for k, steps := from-1, 0; k >= 0 && steps < 9 && r.toks[k+1].flags&blankBefore == 0; k, steps = k-1, steps+1 {
		if r.is(k, "license", "licensed", "licenses", "licensing", "under", "terms") || r.is(k, "via") && r.is(k-1, "licensed", "available", "released", "distributed") {
			return true
		}
		if !r.in(k, &besideBefore) {
			break
		}
	}
	return false
}

// heading says whether token k is all of its line.
func (r *reader) heading(k int) bool {
	return r.toks[k].flags&lineBefore != 0 && k+1 < len(r.toks) && r.toks[k+1].flags&lineBefore != 0
}

// Words that may stand between a weak name and the word of licensing.
var (
	besideAfter  = strings.Fields("style like type open source public software or and gpl lgpl mit bsd apache new modified revised the x11 2 3 0 1 clause v version")
	besideBefore = strings.Fields("the a an of or and is dual either new same terms both gpl gnu lgpl mit bsd apache mpl v gplv lgplv 2 3 0 1 style as to modified revised clear version later lesser general public")
)

// alone says whether a name is all there is: a line of its own or a whole file.
func (r *reader) alone(from, to int) bool {
	if len(r.toks) < 5 || len(r.toks) < 40 && to-from > 1 {
		return true
	}
	if to-from < 2 {
		return false
	}
	if r.is(from-1, "the") && r.toks[from].flags&lineBefore == 0 {
		from--
	}
	return r.toks[from].flags&lineBefore != 0 && (to == len(r.toks) || r.toks[to].flags&lineBefore != 0)
}

// moduleLicenses are the words of MODULE_LICENSE in the Linux kernel, as
// Documentation/process/license-rules.rst there explains them.
var moduleLicenses = map[string]string{
	"GPL": "GPL-2.0-or-later", "GPL v2": "GPL-2.0-only", "GPL and additional rights": "GPL-2.0-or-later",
	"Dual BSD/GPL": "BSD-3-Clause OR GPL-2.0-only", "Dual MIT/GPL": "MIT OR GPL-2.0-only", "Dual MPL/GPL": "MPL-1.1 OR GPL-2.0-only",
}

// module reads MODULE_LICENSE("…") at token i.
func (r *reader) module(i int) (mention, bool) {
	at := int(r.toks[i+1].end)
	line := string(r.b[at:min(len(r.b), at+80)])
	_, line, ok := strings.Cut(line, "\"")
	value, _, closed := strings.Cut(line, "\"")
	expr, known := moduleLicenses[value]
	if !ok || !closed || !known {
		return mention{}, false
	}
	m := mention{first: i, last: i + 1, cued: true, versioned: true, family: "MODULE_LICENSE"}
	for m.last+1 < len(r.toks) && int(r.toks[m.last+1].start) < at+2+len(value) {
		m.last++
	}
	return m, m.set(expr)
}
