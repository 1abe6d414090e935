package document

import (
	"bufio"
	"io"
	"strings"
)

// writeTagValue writes the tag-value form of SPDX 2.3.
func writeTagValue(w io.Writer, d *spdxDocument) error {
	t := tagWriter{bufio.NewWriter(w)}
	t.tag("SPDXVersion", d.SPDXVersion)
	t.tag("DataLicense", d.DataLicense)
	t.tag("SPDXID", d.SPDXID)
	t.tag("DocumentName", d.Name)
	t.tag("DocumentNamespace", d.DocumentNamespace)
	t.text("DocumentComment", d.Comment)
	t.tag("LicenseListVersion", d.CreationInfo.LicenseListVersion)
	for _, c := range d.CreationInfo.Creators {
		t.tag("Creator", c)
	}
	t.tag("Created", d.CreationInfo.Created)
	for i := range d.Packages {
		t.pkg(&d.Packages[i])
	}
	for _, e := range d.Extracted {
		t.line()
		t.tag("LicenseID", e.ID)
		t.text("ExtractedText", e.Text)
		t.tag("LicenseName", e.Name)
	}
	t.line()
	for _, r := range d.Relationships {
		t.tag("Relationship", r.From+" "+r.Type+" "+r.To)
	}
	return t.w.Flush()
}

type tagWriter struct{ w *bufio.Writer }

func (t tagWriter) line() { t.w.WriteByte('\n') }

// tag writes one line; nothing for an empty value.
func (t tagWriter) tag(name, value string) {
	if value = oneLine(value); value == "" {
		return
	}
	t.w.WriteString(name)
	t.w.WriteString(": ")
	t.w.WriteString(value)
	t.w.WriteByte('\n')
}

// text writes a value that may have several lines. The end mark can't be
// escaped in this format, so that one inside the text is broken up.
func (t tagWriter) text(name, value string) {
	if value = strings.TrimRight(neutral(value, true), "\n"); value == "" {
		return
	}
	t.w.WriteString(name)
	t.w.WriteString(": <text>")
	t.w.WriteString(strings.ReplaceAll(value, "</text>", "< /text>"))
	t.w.WriteString("</text>\n")
}

func (t tagWriter) pkg(p *spdxPackage) {
	t.line()
	t.tag("PackageName", p.Name)
	t.tag("SPDXID", p.SPDXID)
	t.tag("PackageVersion", p.Version)
	t.tag("PackageFileName", p.FileName)
	t.tag("PackageSupplier", p.Supplier)
	t.tag("PackageOriginator", p.Originator)
	t.tag("PackageDownloadLocation", p.DownloadLocation)
	t.tag("PrimaryPackagePurpose", strings.ReplaceAll(p.Purpose, "_", "-"))
	t.tag("FilesAnalyzed", "false")
	for _, c := range p.Checksums {
		t.tag("PackageChecksum", c.Algorithm+": "+c.Value)
	}
	t.text("PackageSourceInfo", p.SourceInfo)
	t.tag("PackageLicenseConcluded", p.Concluded)
	t.tag("PackageLicenseDeclared", p.Declared)
	if p.Copyright == spdxNoAssertion || p.Copyright == spdxNone {
		t.tag("PackageCopyrightText", p.Copyright)
	} else {
		t.text("PackageCopyrightText", p.Copyright)
	}
	t.text("PackageComment", p.Comment)
	for _, r := range p.ExternalRefs {
		t.tag("ExternalRef", r.Category+" "+r.Type+" "+strings.ReplaceAll(oneLine(r.Locator), " ", "%20"))
	}
}
