package document

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func (in *intake) cycloneDXJSON(b []byte) error {
	in.bom.Source.Format = CycloneDXJSON
	w, err := in.walkJSON(b)
	if err != nil {
		return err
	}
	return w.stopped(w.object(func(key string) error {
		switch key {
		case "specVersion":
			return w.value(&in.bom.Source.Version, key)
		case "serialNumber":
			return w.value(&in.bom.Serial, key)
		case "version":
			return w.value(&in.bom.Version, key)
		case "metadata":
			var m cdxInMetadata
			err := w.value(&m, key)
			in.cdxMetadata(m)
			return err
		case "components":
			return w.array(func() error {
				line := w.line()
				var c cdxInComponent
				err := w.value(&c, "component")
				if err == nil {
					in.cdxComponent(&c, line, 0)
				}
				return err
			})
		case "dependencies":
			return w.array(func() error {
				var d cdxInDependency
				err := w.value(&d, "dependency")
				in.cdxDependency(d)
				return err
			})
		}
		return w.skip()
	}))
}

func (in *intake) cycloneDXXML(b []byte) error {
	in.bom.Source.Format = CycloneDXXML
	d := xml.NewDecoder(bytes.NewReader(b))
	d.CharsetReader = func(charset string, r io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(charset), "utf-") || strings.EqualFold(charset, "us-ascii") {
			return r, nil // turned into UTF-8 before
		}
		return nil, fmt.Errorf("the encoding %q is not read; convert the file to UTF-8", charset)
	}
	for {
		t, err := d.Token()
		if err == io.EOF && len(in.bom.Source.Version) > 0 {
			return nil
		}
		if err == nil {
			if start, ok := t.(xml.StartElement); ok {
				err = in.xmlElement(d, start)
			}
		}
		if err != nil {
			line, _ := d.InputPos()
			if len(in.bom.Components) == 0 {
				return fmt.Errorf("line %d: %w", line, err)
			}
			in.problem(line, "malformed", "%v; what came before is kept: get the SBOM again", err)
			return nil
		}
	}
}

// xmlElement reads what stands directly below the root; "bom", "components" and
// "dependencies" are entered by going on.
func (in *intake) xmlElement(d *xml.Decoder, start xml.StartElement) error {
	line, _ := d.InputPos()
	switch start.Name.Local {
	case "bom":
		if i := strings.LastIndexByte(start.Name.Space, '/'); i >= 0 {
			in.bom.Source.Version = start.Name.Space[i+1:]
		}
		for _, a := range start.Attr {
			switch a.Name.Local {
			case "serialNumber":
				in.bom.Serial = a.Value
			case "version":
				in.bom.Version, _ = strconv.Atoi(a.Value)
			}
		}
	case "components", "dependencies":
	case "metadata":
		var m cdxInMetadata
		err := d.DecodeElement(&m, &start)
		in.cdxMetadata(m)
		return err
	case "component":
		var c cdxInComponent
		if err := d.DecodeElement(&c, &start); err != nil {
			return err
		}
		in.cdxComponent(&c, line, 0)
	case "dependency":
		var x cdxInDependency
		if err := d.DecodeElement(&x, &start); err != nil {
			return err
		}
		for _, y := range x.XML {
			x.DependsOn = append(x.DependsOn, y.Ref)
		}
		in.cdxDependency(x)
	default:
		return d.Skip()
	}
	return nil
}

func (in *intake) cdxMetadata(m cdxInMetadata) {
	b := &in.bom
	if m.Timestamp != "" {
		in.bom.Created = in.time(m.Timestamp)
	}
	for _, t := range cdxInTools(m) {
		if t.Name != "" {
			b.Tools = append(b.Tools, Tool{Vendor: cmp.Or(t.Vendor, t.Group), Name: t.Name, Version: t.Version})
		}
	}
	for _, a := range m.Authors {
		b.Authors = append(b.Authors, Party{Name: a.Name, Email: a.Email})
	}
	for _, p := range []*cdxInParty{m.Manufacturer, m.Manufacture} {
		if q := p.party(); !q.IsZero() {
			b.Authors = append(b.Authors, q)
		}
	}
	if m.Component != nil {
		b.Subject = in.cdxSubject(m.Component)
		in.index[cmp.Or(m.Component.Ref, "\x00subject")] = subjectRef
		for i := range m.Component.Components {
			in.cdxPart(&m.Component.Components[i])
		}
	}
	if p := m.Supplier.party(); !p.IsZero() {
		b.Subject.Supplier = p
	}
	for _, p := range m.Properties {
		if p.Name == propName {
			b.Name = p.Value
		} else if id, ok := strings.CutPrefix(p.Name, propText); ok {
			name, text, _ := strings.Cut(p.Value, "\n")
			b.Texts = append(b.Texts, LicenseText{id, name, text})
		}
	}
}

// cdxPart takes in what the subject is made of: repositories in documents of
// our own, whatever else in those of others, where it is a component like any.
func (in *intake) cdxPart(c *cdxInComponent) {
	if c.Type != "application" {
		in.cdxComponent(c, 0, 1)
		return
	}
	if c.Ref != "" {
		in.index[c.Ref] = subjectRef - 1 - len(in.bom.Repositories)
	}
	in.bom.Repositories = append(in.bom.Repositories, in.cdxSubject(c))
}

func cdxInTools(m cdxInMetadata) []cdxInTool {
	tools := append(m.XMLTools.Tools, m.XMLTools.Components...)
	var list []cdxInTool
	if json.Unmarshal(m.Tools, &list) == nil {
		return append(tools, list...)
	}
	var object struct {
		Components []cdxInTool `json:"components"`
	}
	_ = json.Unmarshal(m.Tools, &object) // what can't be read of tools is no loss
	return append(tools, object.Components...)
}

func (in *intake) time(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Second)
		}
	}
	in.problem(0, "malformed", "the time %q is none that is understood (RFC 3339); the document counts as undated", s)
	return time.Time{}
}

func (p *cdxInParty) party() Party {
	if p == nil {
		return Party{}
	}
	out := Party{Name: p.Name, Organization: true}
	if len(p.Contact) > 0 {
		out.Email = p.Contact[0].Email
	}
	if out.IsZero() {
		return Party{}
	}
	return out
}

func (in *intake) cdxSubject(c *cdxInComponent) Subject {
	s := Subject{Ref: c.Ref, Name: cmp.Or(c.Name, "unnamed"), Version: c.Version, Supplier: c.Supplier.party()}
	if c.Group != "" && c.PURL == "" {
		s.Name = c.Group + "/" + s.Name
	}
	if c.PURL != "" {
		s.PURL = in.purl(c.PURL, 0)
	}
	s.License = cdxInStatements(c.choices()).Best()
	for _, p := range c.Properties {
		if p.Name == propCommit {
			s.Commit = p.Value
		}
	}
	return s
}

func (in *intake) purl(s string, line int) inventory.PURL {
	p, err := inventory.ParsePURL(strings.TrimSpace(s))
	if err != nil {
		in.problem(line, "malformed", "%v", err)
	}
	return p
}

func (in *intake) cdxDependency(d cdxInDependency) {
	for _, to := range d.DependsOn {
		in.edges = append(in.edges, [2]string{d.Ref, to})
	}
}

func (in *intake) cdxComponent(x *cdxInComponent, line, depth int) {
	if x.Name == "" && x.PURL == "" {
		in.problem(line, "malformed", "a component without a name is left out")
	} else {
		c := Component{Kind: x.Type, Name: x.Name, Version: knownVersion(x.Version), Line: line,
			Supplier: x.Supplier.party(), Publisher: cmp.Or(x.Publisher, x.Author), Scope: scopeOfCDX(x.Scope)}
		if x.Group != "" && x.Name != "" {
			c.Name = x.Group + "/" + x.Name
		}
		if x.PURL != "" {
			c.PURL = in.purl(x.PURL, line)
		}
		c.Licenses = cdxInStatements(x.choices())
		c.Licenses.Detected = cdxInStatements(append(x.Evidence.Licenses, x.Evidence.XMLLicenses.choices()...)).Best()
		c.Copyright = splitLines(x.Copyright)
		for _, t := range x.Evidence.Copyright {
			c.Copyright = append(c.Copyright, splitLines(t.Text)...)
		}
		for _, h := range x.Hashes {
			c.Hashes = append(c.Hashes, Hash{h.Algorithm, strings.TrimSpace(h.Value)})
		}
		if x.CPE != "" {
			c.CPEs = []string{x.CPE}
		}
		for _, o := range x.Evidence.Occurrences {
			if o.Location != "" {
				c.Manifests = append(c.Manifests, Manifest{Path: strings.TrimLeft(o.Location, "/"), Line: max(o.Line, 0)})
			}
		}
		for _, p := range x.Properties {
			if !c.property(p.Name, p.Value) {
				c.foreignProperty(p.Name, p.Value)
			}
		}
		in.add(x.Ref, c)
	}
	if depth >= maxDepth && len(x.Components) > 0 {
		in.problem(line, "malformed", "components nested deeper than %d are left out", maxDepth)
		return
	}
	for i := range x.Components {
		in.cdxComponent(&x.Components[i], line, depth+1)
	}
}

// foreignProperty understands what widely used tools say in properties.
func (c *Component) foreignProperty(name, value string) {
	switch {
	case strings.HasPrefix(name, "syft:location:") && strings.HasSuffix(name, ":path"),
		name == "aquasecurity:trivy:FilePath", name == "SrcFile", name == "cdx:npm:package:path":
		c.Manifests = append(c.Manifests, Manifest{Path: strings.TrimLeft(value, "/")})
	case name == "cdx:npm:package:development" && value == "true":
		c.Scope = inventory.Dev
	case name == "syft:cpe23":
		c.CPEs = append(c.CPEs, value)
	}
}

// knownVersion takes away the word that syft writes for no version.
func knownVersion(v string) string {
	if v == "UNKNOWN" {
		return ""
	}
	return v
}

func splitLines(s string) []string {
	var out []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// scopeOfCDX maps the scopes of CycloneDX, where no scope means required.
// "excluded" tells that it is not part of the product but not why: development
// is the weakest reading that still counts.
func scopeOfCDX(s string) inventory.Scope {
	switch s {
	case "optional":
		return inventory.Optional
	case "excluded":
		return inventory.Dev
	case "required":
		return inventory.Runtime
	}
	return ""
}

func (c *cdxInComponent) choices() []cdxInChoice {
	return append(c.Licenses, c.XMLLicenses.choices()...)
}

func (x cdxInXMLChoices) choices() []cdxInChoice {
	var out []cdxInChoice
	for i := range x.License {
		out = append(out, cdxInChoice{License: &x.License[i]})
	}
	for _, e := range x.Expression {
		out = append(out, cdxInChoice{Expression: strings.TrimSpace(e.Text), Acknowledgement: e.Acknowledgement})
	}
	return out
}

// cdxInStatements sorts licenses by who says so: what is not called concluded
// was declared. Several licenses in one list all apply.
func cdxInStatements(list []cdxInChoice) Licenses {
	var declared, concluded []string
	for _, x := range list {
		text, ack := x.Expression, x.Acknowledgement
		if x.License != nil {
			text, ack = cmp.Or(x.License.ID, x.License.Name), x.License.Acknowledgement
		}
		if text == "" || text == spdxNoAssertion {
			continue
		}
		if ack == "concluded" {
			concluded = append(concluded, text)
		} else {
			declared = append(declared, text)
		}
	}
	return Licenses{Declared: understood(declared), Concluded: understood(concluded)}
}

// understood joins statements; a single one that is no expression stays as it
// is written.
func understood(texts []string) string {
	if len(texts) == 1 {
		return expressionOrRaw(texts[0])
	}
	return joinStatements(texts)
}
