package document

import (
	"bytes"
	"strings"
)

// tagValue reads the tag-value form of SPDX 2.2 and 2.3.
func (in *intake) tagValue(b []byte) error {
	in.bom.Source.Format = SPDXTagValue
	r := tagReader{in: in, doc: &spdxDocument{}}
	line := 0
	for len(b) > 0 {
		var text []byte
		line++
		text, b = cutLine(b)
		start := line
		tag, value, ok := strings.Cut(string(text), ":")
		if trimmed := bytes.TrimSpace(text); len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		if !ok {
			in.problem(line, "malformed", "expected \"Tag: value\", found %.60q", text)
			continue
		}
		value = strings.TrimSpace(value)
		if rest, opens := strings.CutPrefix(value, "<text>"); opens {
			value, b, line = r.longText(rest, b, line)
		}
		r.tag(strings.TrimSpace(tag), value, start)
	}
	in.spdxDocument(r.doc, r.files)
	return nil
}

func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

type tagReader struct {
	in    *intake
	doc   *spdxDocument
	files []string
	// inside is the kind of element that SPDXID and the like belong to:
	// "" for the document, "package", "file", "license", or "other".
	inside string
	// unclosed is true when a <text> without an end was met: no later one has
	// an end either, and need not be searched for it.
	unclosed bool
}

// longText reads on to </text>; one that never ends is cut at its first line.
func (r *tagReader) longText(first string, b []byte, line int) (string, []byte, int) {
	if value, _, ok := strings.Cut(first, "</text>"); ok {
		return value, b, line
	}
	end := -1
	if !r.unclosed {
		end = bytes.Index(b, []byte("</text>"))
	}
	if end < 0 {
		r.unclosed = true
		r.in.problem(line, "malformed", "<text> without </text>; only its first line is taken")
		return first, b, line
	}
	value := first + "\n" + strings.ReplaceAll(string(b[:end]), "\r\n", "\n")
	line += bytes.Count(b[:end], []byte("\n")) + 1
	_, b = cutLine(b[end:])
	return value, b, line
}

func (r *tagReader) tag(tag, value string, line int) {
	d := r.doc
	switch tag {
	case "PackageName":
		r.inside = "package"
		d.Packages = append(d.Packages, spdxPackage{Name: value, line: line})
	case "FileName":
		r.inside = "file"
	case "SnippetSPDXID", "SnippetSPDXIdentifier":
		r.inside = "other"
	case "LicenseID":
		r.inside = "license"
		d.Extracted = append(d.Extracted, spdxExtracted{ID: value})
	case "Relationship":
		if f := strings.Fields(value); len(f) >= 3 {
			d.Relationships = append(d.Relationships, spdxRelationship{f[0], f[1], f[2]})
		} else {
			r.in.problem(line, "malformed", "a relationship has three parts, found %.80q", value)
		}
	case "SPDXVersion":
		d.SPDXVersion = value
	case "DocumentName":
		d.Name = value
	case "DocumentNamespace":
		d.DocumentNamespace = value
	case "DocumentComment":
		d.Comment = value
	case "Creator":
		d.CreationInfo.Creators = append(d.CreationInfo.Creators, value)
	case "Created":
		d.CreationInfo.Created = value
	default:
		r.field(tag, value, line)
	}
}

// field sets a field of the element that was opened last.
func (r *tagReader) field(tag, value string, line int) {
	switch {
	case r.inside == "file" && tag == "SPDXID":
		r.files = append(r.files, value)
	case r.inside == "license":
		e := &r.doc.Extracted[len(r.doc.Extracted)-1]
		switch tag {
		case "ExtractedText":
			e.Text = value
		case "LicenseName":
			e.Name = value
		}
	case r.inside == "package":
		r.pkg(&r.doc.Packages[len(r.doc.Packages)-1], tag, value, line)
	}
}

func (r *tagReader) pkg(p *spdxPackage, tag, value string, line int) {
	switch tag {
	case "SPDXID":
		p.SPDXID = value
	case "PackageVersion":
		p.Version = value
	case "PackageSupplier":
		p.Supplier = value
	case "PackageOriginator":
		p.Originator = value
	case "PrimaryPackagePurpose":
		p.Purpose = value
	case "PackageChecksum":
		algorithm, sum, _ := strings.Cut(value, ":")
		p.Checksums = append(p.Checksums, spdxChecksum{algorithm, strings.TrimSpace(sum)})
	case "PackageSourceInfo":
		p.SourceInfo = value
	case "PackageLicenseConcluded":
		p.Concluded = value
	case "PackageLicenseDeclared":
		p.Declared = value
	case "PackageCopyrightText":
		p.Copyright = value
	case "PackageComment":
		p.Comment = value
	case "ExternalRef":
		if f := strings.Fields(value); len(f) >= 3 {
			p.ExternalRefs = append(p.ExternalRefs, spdxRef{f[0], f[1], f[2]})
		} else {
			r.in.problem(line, "malformed", "an external reference has three parts, found %.80q", value)
		}
	}
}
