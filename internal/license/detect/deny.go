package detect

import (
	"bytes"
	"strings"
)

// denyWords before a name say that it is not the license.
var denyWords = []string{"not", "compatible", "incompatible", "unlike", "without", "avoid", "isn", "doesn", "don", "aren", "cannot", "never", "nor", "than", "based", "convert", "consists", "contrary", "similar", "longer", "previously", "formerly"}

// partOfName says whether token i ends the name of a file or of a variable:
// "COPYING.gplv3", "LICENSE_GPL".
func (r *reader) partOfName(i int) bool {
	at := int(r.toks[i].start)
	if at < 2 {
		return false
	}
	if class[r.b[at-1]] == digit && i > 0 && r.begins(max(0, i-2)) {
		return true // lgpl2gpl
	}
	return r.b[at-1] == '_' || r.b[at-1] == '.' && class[r.b[at-2]] != other
}

// named says whether a word that no license has, written as a name, stands right
// before token i: the "Jahia Open Software License" is another's.
func (r *reader) named(i int) bool {
	if i == 0 || r.toks[i-1].id != 0 || r.between(i) != " " {
		return false
	}
	word := r.b[r.toks[i-1].start:r.toks[i-1].end]
	return len(word) > 2 && class[word[0]] == upper && class[word[1]] == lower && r.toks[i-1].flags&stopBefore == 0
}

// compound says whether a weak name is a part of another word, a path or an
// address: "apache-airflow", "github.com/apache/maven".
func (r *reader) compound(from, to int) bool {
	if to < len(r.toks) {
		if sep := r.between(to); (sep == "-" || sep == "/" || sep == "." || sep == "_") && !r.in(to, &besideAfter) && !r.in(to, &cueWords) && !r.isNumber(to) {
			if p, _ := r.c.names.find(r.toks, to); p == nil {
				return true
			}
		}
	}
	if from > 0 {
		if sep := r.between(from); sep == "/" || sep == "@" || sep == "-" {
			return !r.in(from-1, &besideBefore) && !r.in(from-1, &cueWords) && !r.isNumber(from-1)
		}
	}
	return false
}

// qualifies says whether another name begins at token i with only a space before
// it: of "W3C BSD License" the second word is the name.
func (r *reader) qualifies(i int) bool {
	if i >= len(r.toks) || r.toks[i].id == 0 || strings.Trim(r.between(i), " \t") != "" {
		return false
	}
	p, _ := r.c.names.find(r.toks, i)
	return p != nil && p.except == ""
}

// joined says whether another name begins right where a version ends: in the
// name of a program, as lgpl2gpl.
func (r *reader) joined(k int) bool {
	return k < len(r.toks) && r.between(k) == "" && r.begins(k)
}

// begins says whether token k may begin a name.
func (r *reader) begins(k int) bool {
	id := int(r.toks[k].id)
	return id < len(r.c.names.begins) && r.c.names.begins[id]
}

// inPath says whether token i is the base of a file's name with a directory and
// an extension: "docs/GPLv2.TXT".
func (r *reader) inPath(i, next int) bool {
	if at := int(r.toks[i].start); at == 0 || r.b[at-1] != '/' {
		return false
	}
	end := int(r.toks[next-1].end)
	for end < len(r.b) && class[r.b[end]] == digit {
		end++
	}
	return end+1 < len(r.b) && r.b[end] == '.' && (class[r.b[end+1]] == lower || class[r.b[end+1]] == upper)
}

// heads says whether the line of token i is a heading or an entry of an index in
// Texinfo.
func (r *reader) heads(i int) bool {
	at := int(r.toks[i].start)
	line := r.b[bytes.LastIndexByte(r.b[max(0, at-100):at], '\n')+1+max(0, at-100) : at]
	command, _, _ := bytes.Cut(line, []byte(" "))
	switch string(command) {
	case "@cindex", "@findex", "@node", "@item", "@itemx", "@chapter", "@section", "@subsection", "@unnumbered", "@appendix", "@appendixsec":
		return true
	}
	return false
}

// denied says whether the words before a name turn it away: "not under the",
// "compatible with the".
func (r *reader) denied(i int) bool {
	if r.no > 0 && i-r.no <= 1 && strings.ContainsAny(string(r.b[r.toks[r.no-1].end:r.toks[i].start]), "(,/") {
		return true
	}
	if r.no > 0 && i-r.no <= 4 {
		for k := r.no; k < i; k++ {
			if r.is(k, "or", "nor", "and") {
				return true
			}
		}
	}
	for k := i - 1; k >= max(0, i-5) && r.toks[k+1].flags&stopBefore == 0; k-- {
		if r.in(k, &denyWords) {
			return true
		}
	}
	return false
}

// compared says whether a name is that of another work's license: "combined
// with GPL", "a license such as the GPL", "changed the license from LGPL to".
func (r *reader) compared(i int) bool {
	k := i - 1
	for n := 0; n < 2 && r.is(k, "the", "a", "any", "gnu"); n++ {
		k--
	}
	switch {
	case r.is(k, "with"):
		return r.is(k-1, "combined", "together", "linked", "linking", "link", "mixed", "conflict", "clash")
	case r.is(k, "as"):
		return r.is(k-1, "such")
	case r.is(k, "to"):
		return r.is(k-1, "upgrade", "upgraded", "update", "updated", "switch", "switched", "convert", "converted")
	case r.is(k, "under", "of", "by"):
		return r.otherSoftware(k)
	case r.is(k, "from"):
		return r.is(k-1, "license", "licensing", "relicensed", "changed", "switched", "moved")
	}
	return false
}

// otherSoftware says whether the words up to token k speak of what a work is put
// together with: "link it with software that is licensed under".
func (r *reader) otherSoftware(k int) bool {
	if r.is(k, "of") && r.is(k-1, "terms", "conditions") {
		for k -= 2; r.is(k, "the"); k-- {
		}
	}
	if !r.is(k, "under", "by") || !r.is(k-1, "licensed", "covered", "released", "distributed", "available") {
		return false
	}
	for k -= 2; r.is(k, "that", "which", "is", "are", "be"); k-- {
	}
	if !r.is(k, "software", "code", "program", "programs", "work", "works", "library", "libraries", "module", "modules") {
		return false
	}
	return r.is(k-1, "with") || r.is(k-2, "with") && r.is(k-1, "other", "any", "the")
}

// asked says whether the sentence that goes on at token k is a question.
func (r *reader) asked(k int) bool {
	for n := 0; n < 24 && k < len(r.toks); n, k = n+1, k+1 {
		if r.toks[k].flags&stopBefore != 0 {
			return bytes.IndexByte(r.b[r.toks[k-1].end:r.toks[k].start], '?') == 0
		}
	}
	return false
}

// voided says whether the words after a name take it back: "the GPL does not
// apply".
func (r *reader) voided(k int) bool {
	if r.is(k, "license") {
		k++
	}
	if r.is(k, "licensed") && r.is(k+1, "environments", "projects", "applications", "products", "programs") {
		return true // those that have it
	}
	return r.is(k, "may", "does", "do", "will", "can") && r.is(k+1, "not") && r.is(k+2, "apply", "cover", "clash")
}
