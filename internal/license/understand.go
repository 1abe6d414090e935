package license

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed data/aliases.tsv
var aliasTable string

// meaning is what a name stands for.
type meaning struct {
	expr      Expr
	note      string
	ambiguous bool // then note names the candidates
}

// loadAliases gives the meaning of names by [key]: our own table first, then
// ids and names of the SPDX list. A name that two licenses share is dropped.
var loadAliases = sync.OnceValue(func() map[string]meaning {
	m := map[string]meaning{}
	for f := range rows(aliasTable) {
		e, err := parsePlain(f[1])
		if f[1] != "?" && err != nil {
			continue // a test checks that this never happens
		}
		for name := range strings.SplitSeq(f[0], "|") {
			m[key(name)] = meaning{expr: e, note: f[2], ambiguous: f[1] == "?"}
		}
	}
	fromList := map[string]Expr{}
	add := func(name string, e Expr) {
		k := key(name)
		if _, ours := m[k]; ours || k == "" {
			return
		}
		if old, taken := fromList[k]; taken && old.String() != e.String() {
			e = Expr{}
		}
		fromList[k] = e
	}
	for _, info := range loadCatalog().licenses {
		if e, err := parsePlain(info.ID); err == nil {
			add(info.ID, e)
		}
	}
	byID := len(fromList)
	for _, info := range loadCatalog().licenses {
		if _, taken := fromList[key(info.Name)]; taken && byID > 0 {
			continue
		}
		if e, err := parsePlain(info.ID); err == nil && !info.Deprecated {
			add(info.Name, e)
		}
	}
	for k, e := range fromList {
		if !e.IsZero() {
			m[k] = meaning{expr: e}
		}
	}
	return m
})

// maxFreeText bounds what is taken for a name; a longer text is a license text.
const maxFreeText = 4 << 10

// Understand reads what manifests say of a license where an SPDX expression is
// not required or not kept to: names, abbreviations, URLs, classifiers,
// distributions' short forms, JSON. The string says what was assumed, or why
// the text is not understood; empty when nothing had to be assumed. An
// ambiguous text ("BSD", "GPL") is not guessed: the answer is false, with the
// candidates in the note.
func Understand(raw string) (Expr, string, bool) {
	s := strings.TrimSpace(raw)
	switch {
	case s == "":
		return Expr{}, "nothing is said", false
	case len(s) > maxFreeText:
		return Expr{}, "too long for a name; it may be the text of a license", false
	}
	if e, err := parsePlain(s); err == nil {
		return e, deprecationNote(s), true
	}
	switch {
	case s[0] == '{' || s[0] == '[':
		return understandJSON(s)
	case strings.Contains(s, "License ::"):
		return understandClassifiers(s)
	}
	return understandFree(s, 0)
}

// deprecationNote says what became of a GNU id that does not tell "only" from
// "or later".
func deprecationNote(s string) string {
	if i, ok := loadCatalog().licenses[strings.ToLower(s)]; ok && i.Deprecated {
		return fmt.Sprintf("%s is a deprecated id", i.ID)
	}
	return ""
}

// maxNesting bounds the parts within parts of a free text.
const maxNesting = 8

func understandFree(s string, depth int) (Expr, string, bool) {
	s = strings.Trim(s, " \t\r\n\"'`,;")
	if depth > maxNesting || s == "" {
		return Expr{}, "not understood", false
	}
	if e, err := parsePlain(s); err == nil {
		return e, "", true
	}
	if isURL(s) {
		return understandURL(s)
	}
	if file, ok := seeFile(s); ok {
		return Expr{}, fmt.Sprintf("the license is in the file %q", clip(file)), false
	}
	if e, note, ok, known := named(s); known {
		return e, note, ok
	}
	if inner, ok := unwrap(s); ok {
		return understandFree(inner, depth+1)
	}
	for _, j := range joints {
		if i := topWord(s, " with "); i > 0 && j.tight {
			return understandWith(s[:i], s[i+len(" with "):], depth)
		}
		if parts := splitTop(s, j.words); len(parts) > 1 {
			return understandParts(s, parts, j, depth)
		}
	}
	return Expr{}, fmt.Sprintf("%q is no name of a license that is known", clip(s)), false
}

// named looks s up as a single name.
func named(s string) (e Expr, note string, ok, known bool) {
	m, found := loadAliases()[key(cutFileMention(s))]
	if !found {
		return Expr{}, "", false, false
	}
	if m.ambiguous {
		return Expr{}, fmt.Sprintf("%q is ambiguous: %s", clip(s), m.note), false, true
	}
	note = m.note
	if note == "" {
		note = fmt.Sprintf("%q read as %s", clip(s), m.expr)
	}
	return m.expr, note, true, true
}

// alias finds the expression that a single name stands for.
func alias(s string) (Expr, bool) {
	e, _, ok, known := named(s)
	return e, ok && known
}

// cutFileMention drops R's "+ file LICENSE", which adds the name of the holder.
func cutFileMention(s string) string {
	if i := strings.Index(strings.ToLower(s), "+ file "); i > 0 {
		return s[:i]
	}
	if i := strings.Index(strings.ToLower(s), "| file "); i > 0 {
		return s[:i]
	}
	return rangeAsPlus(s)
}

// rangeAsPlus turns R's "GPL (>= 2)" into "GPL 2+", and "(== 2.0)" into "2.0".
func rangeAsPlus(s string) string {
	open := strings.Index(s, "(")
	end := strings.LastIndex(s, ")")
	if open < 0 || end < open {
		return s
	}
	in := strings.TrimSpace(s[open+1 : end])
	if v, ok := strings.CutPrefix(in, ">="); ok && !strings.Contains(v, ",") {
		return s[:open] + strings.TrimSpace(v) + "+" + s[end+1:]
	}
	if v, ok := strings.CutPrefix(in, "=="); ok {
		return s[:open] + strings.TrimSpace(v) + s[end+1:]
	}
	return s
}

// seeFile recognizes "SEE LICENSE IN x" and "file: x".
func seeFile(s string) (string, bool) {
	low := strings.ToLower(s)
	for _, p := range []string{"see license in ", "see licence in ", "see the license in ", "see file ", "file:"} {
		if strings.HasPrefix(low, p) {
			return strings.TrimSpace(s[len(p):]), true
		}
	}
	return "", false
}

// unwrap takes off one pair of parentheses around the whole.
func unwrap(s string) (string, bool) {
	if len(s) < 2 || s[0] != '(' || s[len(s)-1] != ')' {
		return "", false
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 && i < len(s)-1 {
				return "", false
			}
		}
	}
	return s[1 : len(s)-1], true
}

// parsePlain is [Parse] without the search for what may have been meant.
func parsePlain(s string) (Expr, error) { return parse(s, nil) }
