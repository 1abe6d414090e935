package license

import (
	"fmt"
	"strings"
)

// joint is a way to put several names together.
type joint struct {
	words []string // in lower case
	op    Op
	note  string
	tight bool // binds tighter than "with": in "GPL-2+ with", the plus is of the version
}

// joints from the weakest binding to the strongest.
var joints = []joint{
	{words: []string{" or ", "||", "|", " and/or "}, op: OpOr},
	{words: []string{" and ", "&&", "&", " plus "}, op: OpAnd},
	{words: []string{";", ",", "\n"}, op: OpAnd, note: "a list without AND or OR; taken as AND, to be safe"},
	{words: []string{"/"}, op: OpOr, note: "a slash taken as OR"},
	{words: []string{" + ", "+"}, op: OpAnd, tight: true},
}

// splitTop splits s at the words outside parentheses. "or later" is no joint.
func splitTop(s string, words []string) []string {
	low := strings.ToLower(s)
	if len(low) != len(s) {
		return nil // letters whose lower case has another length: no license name
	}
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth != 0 {
			continue
		}
		for _, w := range words {
			if strings.HasPrefix(low[i:], w) && !meansLater(low[i+len(w):]) {
				parts = append(parts, s[start:i])
				i += len(w) - 1
				start = i + 1
				break
			}
		}
	}
	return append(parts, s[start:])
}

func meansLater(rest string) bool {
	rest = strings.TrimLeft(rest, " (")
	for _, w := range []string{"later", "newer", "above", "higher", "greater", "any later", "any newer", "at your option", "lesser", "revised", "old"} {
		if strings.HasPrefix(rest, w) {
			return true
		}
	}
	return false
}

func understandParts(s string, parts []string, j joint, depth int) (Expr, string, bool) {
	var es []Expr
	var notes []string
	for _, p := range parts {
		if strings.TrimSpace(p) == "" {
			continue
		}
		e, note, ok := understandFree(p, depth+1)
		if !ok {
			return Expr{}, fmt.Sprintf("in %q: %s", clip(s), note), false
		}
		es = append(es, e)
		if note != "" {
			notes = append(notes, note)
		}
	}
	if len(es) == 0 {
		return Expr{}, "not understood", false
	}
	if j.note != "" && len(es) > 1 {
		notes = append(notes, j.note)
	}
	return join(j.op, es), strings.Join(notes, "; "), true
}

// topWord is the place of a word outside parentheses, or -1.
func topWord(s, word string) int {
	if parts := splitTop(s, []string{word}); len(parts) > 1 {
		return len(parts[0])
	}
	return -1
}

// understandWith reads "GPLv2 with the Classpath exception".
func understandWith(left, right string, depth int) (Expr, string, bool) {
	e, note, ok := understandFree(left, depth+1)
	if !ok {
		return Expr{}, note, false
	}
	exc, found := exceptionByName(right)
	if !found || e.Op != OpLeaf || e.Leaf.Exception != "" {
		return Expr{}, fmt.Sprintf("%s with an exception that is not known: %q", e, clip(right)), false
	}
	if exc == "Autoconf-exception-generic" && strings.HasPrefix(e.Leaf.ID, "GPL-3.0-") {
		exc = "Autoconf-exception-generic-3.0"
	}
	e.Leaf.Exception = exc
	return e, note, true
}

// exceptionByName finds an exception by its id or by what people call it.
func exceptionByName(s string) (string, bool) {
	if id, ok := exceptionID(strings.TrimSpace(s)); ok {
		return id, true
	}
	k := " " + key(s) + " "
	for _, p := range [][2]string{
		{"classpath", "Classpath-exception-2.0"}, {"cpe", "Classpath-exception-2.0"}, {"ce", "Classpath-exception-2.0"},
		{"llvm", "LLVM-exception"}, {"autoconf", "Autoconf-exception-generic"}, {"bison", "Bison-exception-2.2"},
		{"font", "Font-exception-2.0"}, {"gcc runtime library", "GCC-exception-3.1"}, {"runtime library", "GCC-exception-3.1"},
		{"linux syscall", "Linux-syscall-note"}, {"libtool", "Libtool-exception"}, {"openvpn openssl", "openvpn-openssl-exception"},
		{"foss", "Universal-FOSS-exception-1.0"}, {"wxwindows", "WxWindows-exception-3.1"}, {"swift", "Swift-exception"},
	} {
		if strings.Contains(k, " "+p[0]+" ") {
			return p[1], true
		}
	}
	return "", false
}
