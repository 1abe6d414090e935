package vex

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Format is a form of VEX on file.
type Format string

// The formats that are read and written.
const (
	OpenVEX   Format = "openvex"
	CycloneDX Format = "cyclonedx"
)

// Formats lists the formats, the default first.
var Formats = []string{string(OpenVEX), string(CycloneDX)}

// Bounds of what [Read] takes. They are far beyond real documents.
const (
	MaxSize       = 64 << 20 // bytes
	maxDepth      = 100
	maxStatements = 100_000
	maxItems      = 300_000 // products and parts in a document
	maxText       = 10_000  // bytes of one text; what is longer is cut
	maxName       = 2_000   // bytes of an id or a package URL
	maxProblems   = 100
)

// ErrNotVEX is the error for content that is no VEX document that is read.
var ErrNotVEX = errors.New("not a VEX document: neither OpenVEX (a @context of openvex.dev) nor CycloneDX JSON (bomFormat) with vulnerabilities")

// Read reads a document of anybody, told apart by content: OpenVEX 0.0.1 to
// 0.2.0, CycloneDX 1.4 to 1.7 in JSON. A statement that can't be understood is a
// problem and stops no other.
func Read(b []byte) (Document, error) {
	if len(b) > MaxSize {
		return Document{}, fmt.Errorf("the document has %d bytes; at most %d are read", len(b), MaxSize)
	}
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if depth(b) > maxDepth {
		return Document{}, fmt.Errorf("the document is nested deeper than %d levels", maxDepth)
	}
	var head struct {
		Context   json.RawMessage `json:"@context"`
		BOMFormat string          `json:"bomFormat"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		if !json.Valid(b) {
			return Document{}, fmt.Errorf("the document is not JSON: %w", err)
		}
		return Document{}, ErrNotVEX
	}
	r := &reader{}
	var err error
	switch {
	case head.BOMFormat == "CycloneDX":
		err = r.cycloneDX(b)
	case bytes.Contains(head.Context, []byte("openvex")):
		err = r.openVEX(b)
	default:
		return Document{}, ErrNotVEX
	}
	return r.doc, err
}

// reader collects a document with what was wrong in it.
type reader struct {
	doc      Document
	items    int
	problems int
}

func (r *reader) problem(format string, args ...any) {
	if r.problems++; r.problems <= maxProblems {
		r.doc.Problems = append(r.doc.Problems, fmt.Sprintf(format, args...))
	} else if r.problems == maxProblems+1 {
		r.doc.Problems = append(r.doc.Problems, "and more problems")
	}
}

// words says what is wrong with a value without the names of this program's types.
func words(err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case !errors.As(err, &wrong):
		return err
	case wrong.Field == "":
		return fmt.Errorf("a %s can't stand here; it is left out", wrong.Value)
	}
	return fmt.Errorf("%s can't be a %s; it is left out", wrong.Field, wrong.Value)
}

// add keeps a statement that says something; one that lacks what the minimum
// requirements ask for is kept with a problem, since it is a claim anyway.
func (r *reader) add(s Statement, where string) {
	switch {
	case s.Vulnerability == "":
		r.problem("%s: it names no vulnerability and is left out", where)
		return
	case len(s.Products) == 0:
		r.problem("%s (%s): it names no product and is left out", where, s.Vulnerability)
		return
	case len(r.doc.Statements) == maxStatements:
		r.problem("more than %d statements: the rest is left out", maxStatements)
		return
	}
	if missing := s.Missing(); missing != "" {
		r.problem("%s (%s): %s", where, s.Vulnerability, missing)
	}
	r.doc.Statements = append(r.doc.Statements, s)
}

// item counts towards the bound; false when it is reached.
func (r *reader) item() bool {
	if r.items++; r.items == maxItems+1 {
		r.problem("more than %d products: the rest is left out", maxItems)
	}
	return r.items <= maxItems
}

// depth is how deep brackets nest.
func depth(b []byte) int {
	now, most, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			most = max(most, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return most
}

// text bounds a text from outside.
func text(s string) string { return cut(s, maxText) }

func cut(s string, most int) string {
	s = strings.TrimSpace(s)
	if len(s) <= most {
		return s
	}
	s = s[:most]
	for !utf8.ValidString(s) && len(s) > 0 {
		s = s[:len(s)-1]
	}
	return s + "…"
}

// name bounds an id; one that is too long means nothing and becomes "".
func name(s string) string {
	if s = strings.TrimSpace(s); len(s) > maxName {
		return ""
	}
	return s
}

// when reads a time of RFC 3339, or a day; zero when it is none.
func when(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(s)); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
