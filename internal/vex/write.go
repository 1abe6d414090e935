package vex

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Write writes a document. The same statements give the same bytes: an id that
// is not given is made from the content.
func Write(w io.Writer, d Document, f Format) error {
	var out any
	switch f {
	case OpenVEX:
		out = openVEXOf(d)
	case CycloneDX:
		out = cycloneDXOf(d)
	default:
		return fmt.Errorf("there is no VEX format %q; known: %s", f, strings.Join(Formats, ", "))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

// digest identifies what a document says.
func digest(d Document) []byte {
	d.ID = ""
	h := sha256.New()
	if err := json.NewEncoder(h).Encode(d); err != nil {
		panic(err) // plain structs always encode
	}
	return h.Sum(nil)
}

type ovOut struct {
	ovDocument
	Statements []ovStatement `json:"statements"`
}

func openVEXOf(d Document) ovOut {
	id := d.ID
	if id == "" {
		id = "https://openvex.dev/docs/public/vex-" + hex.EncodeToString(digest(d))
	}
	version, _ := json.Marshal(max(d.Version, 1))
	out := ovOut{ovDocument{Context: json.RawMessage(`"https://openvex.dev/ns/v0.2.0"`), ID: id, Author: orElse(d.Author, "Unknown"), Role: d.Role,
		Timestamp: stamp(d.Time), Version: version, Tooling: d.Tooling}, []ovStatement{}}
	for _, s := range d.Statements {
		o := ovStatement{ID: s.ID, Vulnerability: ovVulnerability{Name: s.Vulnerability, Aliases: s.Aliases}, Timestamp: stamp(s.Time),
			Status: string(s.Status), StatusNotes: s.Notes}
		if !strings.Contains(s.ID, ":") {
			o.ID = "" // an @id is an IRI
		}
		switch s.Status { // the schema forbids the others
		case NotAffected:
			o.Justification, o.Impact = string(s.Justification), s.Impact
		case Affected:
			o.Action = orElse(s.Action, "No action is known yet.")
		}
		for _, p := range s.Products {
			o.Products = append(o.Products, rawProduct(p))
		}
		out.Statements = append(out.Statements, o)
	}
	return out
}

func rawProduct(p Product) json.RawMessage {
	out := ovProduct{ID: p.Name, Identifiers: identifiers(p.Item)}
	for _, part := range p.Parts {
		b, err := json.Marshal(ovProduct{ID: part.Name, Identifiers: identifiers(part)})
		if err != nil {
			panic(err) // plain structs always encode
		}
		out.Subcomponents = append(out.Subcomponents, b)
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err)
	}
	return b
}

func identifiers(i Item) map[string]string {
	if i.PURL == (inventory.PURL{}) {
		return nil
	}
	return map[string]string{"purl": i.Name}
}

var cdxStateOf = map[Status]string{NotAffected: "not_affected", Affected: "exploitable", Fixed: "resolved", UnderInvestigation: "in_triage"}

// cdxReasonOf is the inverse of [cdxReasons] where a statement has no word of
// its own.
var cdxReasonOf = map[Justification]string{
	ComponentNotPresent: "code_not_present", CodeNotPresent: "code_not_present", CodeNotInExecutePath: "code_not_reachable",
	CodeNotControllable: "requires_environment", InlineMitigationsExists: "protected_by_mitigating_control",
}

// CycloneDXWords gives a status and its justification in the words of CycloneDX.
func CycloneDXWords(s Status, j Justification) (state, justification string) {
	if s != NotAffected {
		return cdxStateOf[s], ""
	}
	return cdxStateOf[s], cdxReasonOf[j]
}

func cycloneDXOf(d Document) cdxDocument {
	sum := digest(d)
	out := cdxDocument{Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", BOMFormat: "CycloneDX", SpecVersion: "1.6", Version: max(d.Version, 1),
		SerialNumber: serial(sum), Metadata: &cdxMetadata{Timestamp: stamp(d.Time)}, Vulnerabilities: []cdxVulnerability{}}
	if strings.HasPrefix(d.ID, "urn:uuid:") {
		out.SerialNumber = d.ID
	}
	if d.Author != "" {
		out.Metadata.Authors = []cdxPerson{{Name: d.Author}}
	}
	if d.Tooling != "" {
		tool, more, _ := strings.Cut(d.Tooling, " ")
		version, basis, _ := strings.Cut(more, "; ")
		if basis != "" {
			out.Metadata.Properties = []cdxProperty{{Name: "tributary:basis", Value: basis}}
		}
		out.Metadata.Tools, _ = json.Marshal(map[string][]cdxComponent{"components": {{Type: "application", Name: tool, Version: version}}})
	}
	known := map[string]bool{}
	for _, s := range d.Statements {
		v := cdxVulnerability{ID: s.Vulnerability, Analysis: analysisOf(s)}
		for _, a := range s.Aliases {
			v.References = append(v.References, cdxReference{a, cdxSource{Name: sourceOf(a)}})
		}
		if s.Status == Affected {
			v.Recommendation = s.Action
		}
		for _, p := range s.Products {
			if len(p.Parts) > 0 && out.Metadata.Component == nil {
				out.Metadata.Component = componentOf(p.Item)
				out.Metadata.Component.Type = "application"
			}
			for _, c := range p.Components() {
				if !known[c.Name] {
					known[c.Name] = true
					out.Components = append(out.Components, *componentOf(c))
				}
				v.Affects = append(v.Affects, cdxAffects{Ref: c.Name})
			}
		}
		out.Vulnerabilities = append(out.Vulnerabilities, v)
	}
	slices.SortFunc(out.Components, func(a, b cdxComponent) int { return strings.Compare(a.BOMRef, b.BOMRef) })
	return out
}

func analysisOf(s Statement) *cdxAnalysis {
	a := &cdxAnalysis{State: cdxStateOf[s.Status], FirstIssued: stamp(s.Time), Detail: orElse(s.Notes, s.Impact)}
	for _, word := range strings.Split(s.Native, ", ") {
		if _, ok := cdxReasons[word]; ok {
			a.Justification = word
		} else if cdxStates[word] == s.Status && word != "" {
			a.State = word
		}
	}
	if a.Justification == "" && s.Status == NotAffected {
		a.Justification = cdxReasonOf[s.Justification]
	}
	if s.Status == NotAffected && s.Impact != "" {
		a.Detail = s.Impact
	}
	return a
}

func componentOf(i Item) *cdxComponent {
	c := &cdxComponent{Type: "library", BOMRef: i.Name, Name: i.Name}
	if i.PURL != (inventory.PURL{}) {
		c.PURL, c.Group, c.Name, c.Version = i.Name, i.PURL.Namespace, i.PURL.Name, i.PURL.Version
	}
	return c
}

func sourceOf(id string) string {
	switch prefix, _, _ := strings.Cut(id, "-"); prefix {
	case "CVE":
		return "NVD"
	case "GHSA":
		return "GitHub"
	case "GO":
		return "Go"
	case "PYSEC":
		return "PyPI"
	case "RUSTSEC":
		return "RustSec"
	}
	return "OSV"
}

// serial makes a UUID (RFC 9562, version 8) of a digest.
func serial(sum []byte) string {
	u := slices.Clone(sum[:16])
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
