package license

import (
	"fmt"
	"strings"
)

// maxParagraphs bounds a copyright file; the largest of Debian have some 5,000.
const maxParagraphs = 50000

// ParseDEP5 reads a machine-readable debian/copyright or .reuse/dep5
// (https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/). A file
// that does not begin with a Format field is an error: it is prose. A name that
// is not understood, or that several licenses share, is read by the text that the
// file gives for it: identify says the expression of a text, "" where it does not
// know; nil reads no texts.
func ParseDEP5(b []byte, identify func(text string) string) ([]Annotation, error) {
	if len(b) > maxAnnotationFile {
		return nil, fmt.Errorf("larger than %d bytes", maxAnnotationFile)
	}
	paragraphs := splitParagraphs(string(b))
	if len(paragraphs) == 0 || paragraphs[0].fields["format"] == "" && paragraphs[0].fields["format-specification"] == "" {
		return nil, fmt.Errorf("line 1: no Format field; it is not machine-readable")
	}
	if len(paragraphs) > maxParagraphs {
		return nil, fmt.Errorf("more than %d paragraphs", maxParagraphs)
	}
	named := newTexts(paragraphs, identify)
	var out []Annotation
	for _, p := range paragraphs[1:] {
		files := p.fields["files"]
		if files == "" {
			continue // a license's text, or a comment
		}
		a := Annotation{Patterns: strings.Fields(files), Precedence: PrecedenceAggregate, Line: p.line}
		raw, _, _ := strings.Cut(p.fields["license"], "\n")
		named.set(&a, strings.TrimSpace(raw))
		for c := range strings.Lines(p.fields["copyright"]) {
			if c = strings.TrimSpace(c); c != "" && c != "." {
				a.Copyrights = append(a.Copyrights, c)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// paragraph holds fields by their name in lower case; lines that continue a
// field are joined by line ends.
type paragraph struct {
	fields map[string]string
	line   int
}

func splitParagraphs(s string) []paragraph {
	var out []paragraph
	var cur paragraph
	var name string
	var value strings.Builder
	endField := func() {
		if name != "" {
			cur.fields[name] = strings.TrimSpace(value.String())
		}
		name = ""
		value.Reset()
	}
	endParagraph := func() {
		endField()
		if len(cur.fields) > 0 {
			out = append(out, cur)
		}
		cur = paragraph{}
	}
	n := 0
	for line := range strings.Lines(s) {
		n++
		line = strings.TrimRight(line, "\r\n")
		switch {
		case strings.TrimSpace(line) == "":
			endParagraph()
		case line[0] == '#':
		case line[0] == ' ' || line[0] == '\t':
			if name != "" {
				value.WriteString("\n" + strings.TrimSpace(line))
			}
		default:
			endField()
			if cur.fields == nil {
				cur = paragraph{fields: map[string]string{}, line: n}
			}
			field, rest, found := strings.Cut(line, ":")
			if found {
				name = strings.ToLower(strings.TrimSpace(field))
				value.WriteString(rest)
			}
		}
	}
	endParagraph()
	return out
}
