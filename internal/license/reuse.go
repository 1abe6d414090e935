package license

import (
	"fmt"
	"strings"
)

// Annotation says the license of files by their path, as REUSE.toml,
// .reuse/dep5 and debian/copyright do.
type Annotation struct {
	// Patterns as written; [Annotation.Matches] applies them.
	Patterns []string
	// Expression is zero when Raw is not understood.
	Expression Expr
	// Raw is what the file says of the license.
	Raw string
	// Note says what was assumed in reading Raw, or why it is not understood.
	Note string
	// Copyrights are the statements, one a line, as written.
	Copyrights []string
	// Precedence is "closest" (the file's own statement goes first),
	// "aggregate" (both hold) or "override" (this one holds).
	Precedence string
	// Line is the 1-based line of the entry; 0 where the format does not tell.
	Line int

	slashes bool // whether * stops at a slash
}

// The three precedences of REUSE 3.2.
const (
	PrecedenceClosest   = "closest"
	PrecedenceAggregate = "aggregate"
	PrecedenceOverride  = "override"
)

// maxAnnotationFile bounds what is read, in bytes.
const maxAnnotationFile = 4 << 20

// Matches says whether the annotation speaks of a file. The path is relative to
// the directory that the annotations are about: that of REUSE.toml, and the
// root for the other two.
func (a Annotation) Matches(path string) bool {
	for _, p := range a.Patterns {
		if glob(p, path, a.slashes) {
			return true
		}
	}
	return false
}

// AnnotationFor finds the one that holds for a file: the last that matches.
func AnnotationFor(as []Annotation, path string) (Annotation, bool) {
	for i := len(as) - 1; i >= 0; i-- {
		if as[i].Matches(path) {
			return as[i], true
		}
	}
	return Annotation{}, false
}

// reuseFile is the form of REUSE.toml (REUSE specification 3.3).
type reuseFile struct {
	Version     int `toml:"version"`
	Annotations []struct {
		Path       any    `toml:"path"`
		Precedence string `toml:"precedence"`
		Copyright  any    `toml:"SPDX-FileCopyrightText"`
		License    any    `toml:"SPDX-License-Identifier"`
	} `toml:"annotations"`
}

// ParseREUSE reads a REUSE.toml.
func ParseREUSE(b []byte) ([]Annotation, error) {
	var f reuseFile
	if err := DecodeTOML(b, &f); err != nil {
		return nil, err
	}
	if f.Version != 1 {
		return nil, fmt.Errorf("version is %d; only version 1 is known", f.Version)
	}
	var out []Annotation
	for i, x := range f.Annotations {
		a := Annotation{Patterns: textList(x.Path), Copyrights: textList(x.Copyright), Precedence: x.Precedence, slashes: true}
		if len(a.Patterns) == 0 {
			return nil, fmt.Errorf("annotation %d has no path", i+1)
		}
		switch a.Precedence {
		case "":
			a.Precedence = PrecedenceClosest
		case PrecedenceClosest, PrecedenceAggregate, PrecedenceOverride:
		default:
			return nil, fmt.Errorf("annotation %d: unknown precedence %q; use closest, aggregate or override", i+1, a.Precedence)
		}
		a.setLicenses(textList(x.License))
		out = append(out, a)
	}
	return out, nil
}

// setLicenses joins several expressions by AND; one that is not understood
// leaves the whole unknown.
func (a *Annotation) setLicenses(raws []string) {
	a.Raw = strings.Join(raws, " AND ")
	var es []Expr
	for _, raw := range raws {
		e, note, ok := Understand(raw)
		if !ok {
			a.Note = note
			return
		}
		es = append(es, e)
		if note != "" {
			a.Note = note
		}
	}
	a.Expression = And(es...)
}

func textList(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, x := range v {
			if s, ok := x.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// glob matches a whole path. "\" takes the meaning of the next character. With
// slashes, "*" stops at a slash and "**" does not (REUSE.toml); without, "*"
// and "?" match slashes too (DEP-5).
func glob(pattern, path string, slashes bool) bool {
	ts := globTokens(pattern, slashes)
	// reach[i] says that the tokens so far can end before path[i].
	reach := make([]bool, len(path)+1)
	reach[0] = true
	for _, t := range ts {
		next := make([]bool, len(path)+1)
		open := false
		for i := 0; i <= len(path); i++ {
			switch t.kind {
			case globChar:
				next[i] = i > 0 && reach[i-1] && path[i-1] == t.char
			case globOne:
				next[i] = i > 0 && reach[i-1]
			case globMany:
				if i > 0 && path[i-1] == '/' {
					open = false
				}
				open = open || reach[i]
				next[i] = open
			case globAll:
				open = open || reach[i]
				next[i] = open
			}
		}
		reach = next
	}
	return reach[len(path)]
}

const (
	globChar = iota // one given byte
	globOne         // any one byte
	globMany        // any bytes but a slash
	globAll         // any bytes
)

type globToken struct {
	kind int
	char byte
}

// maxPattern bounds the work of one match.
const maxPattern = 1000

func globTokens(p string, slashes bool) []globToken {
	p = p[:min(len(p), maxPattern)]
	var out []globToken
	for i := 0; i < len(p); i++ {
		switch {
		case p[i] == '\\' && i+1 < len(p):
			i++
			out = append(out, globToken{char: p[i]})
		case p[i] == '*' && slashes && i+1 < len(p) && p[i+1] == '*':
			i++
			out = append(out, globToken{kind: globAll})
		case p[i] == '*' && slashes:
			out = append(out, globToken{kind: globMany})
		case p[i] == '*':
			out = append(out, globToken{kind: globAll})
		case p[i] == '?' && !slashes:
			out = append(out, globToken{kind: globOne})
		default:
			out = append(out, globToken{char: p[i]})
		}
	}
	return out
}
