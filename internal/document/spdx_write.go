package document

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

func writeSPDX(w io.Writer, b BOM, f Format) error {
	doc := spdxFrom(b)
	if f == SPDXTagValue {
		return writeTagValue(w, doc)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

// spdxBuilder turns a canonical BOM into SPDX.
type spdxBuilder struct {
	doc       *spdxDocument
	ids       map[string]string // ref to SPDX id
	scopes    map[string]inventory.Scope
	extracted map[string]bool
	texts     map[string]LicenseText
}

func spdxFrom(b BOM) *spdxDocument {
	created := b.Created
	if created.IsZero() {
		created = time.Unix(0, 0).UTC() // SPDX asks for a time; 1970 is read back as unknown
	}
	doc := &spdxDocument{
		SPDXVersion: "SPDX-2.3", DataLicense: "CC0-1.0", SPDXID: spdxDocumentID,
		Name: oneLine(b.Name), DocumentNamespace: spdxNamespace(b),
		CreationInfo: spdxCreation{Created: created.Format("2006-01-02T15:04:05Z"), Creators: spdxCreators(b),
			LicenseListVersion: license.ListVersion},
	}
	if b.Version > 1 {
		doc.Comment = property(propEdition, strconv.Itoa(b.Version))
	}
	s := spdxBuilder{doc: doc, ids: map[string]string{}, scopes: map[string]inventory.Scope{},
		extracted: map[string]bool{}, texts: map[string]LicenseText{}}
	for _, t := range b.Texts {
		s.texts[t.ID] = t
	}
	s.name(b)
	s.subject(b.Subject, false)
	for _, r := range b.Repositories {
		s.subject(r, true)
	}
	doc.Packages = append(make([]spdxPackage, 0, len(b.Components)+1+len(b.Repositories)), doc.Packages...)
	for i := range b.Components {
		s.component(&b.Components[i])
	}
	for _, t := range b.Texts {
		s.extract(t.ID, t.Name, t.Text)
	}
	s.relationships(b)
	return doc
}

// spdxNamespace is a URI that no other document has. spdx.org/spdxdocs is what
// the specification offers to those without a site of their own.
func spdxNamespace(b BOM) string {
	if strings.Contains(b.Serial, "://") && !strings.ContainsAny(b.Serial, "# ") {
		return oneLine(b.Serial)
	}
	return "https://spdx.org/spdxdocs/" + idString(b.Name, 60) + "-" + strings.TrimPrefix(oneLine(b.Serial), "urn:uuid:")
}

func spdxCreators(b BOM) []string {
	var out []string
	for _, t := range b.Tools {
		name := t.Name
		if t.Vendor != "" {
			name = t.Vendor + "/" + name
		}
		if t.Version != "" {
			name += "-" + t.Version
		}
		out = append(out, oneLine("Tool: "+name))
	}
	for _, a := range b.Authors {
		out = append(out, spdxParty(a))
	}
	if len(out) == 0 {
		out = []string{anonymous} // SPDX asks for one
	}
	return out
}

const anonymous = "Person: anonymous"

func spdxParty(p Party) string {
	kind := "Person: "
	if p.Organization {
		kind = "Organization: "
	}
	if p.Email == "" {
		return oneLine(kind + p.Name)
	}
	return oneLine(kind + p.Name + " (" + p.Email + ")")
}

// name gives every element its id: legal characters, readable, and with a hash
// of the ref that keeps it apart and the same in each document.
func (s *spdxBuilder) name(b BOM) {
	taken := map[string]bool{spdxDocumentID: true}
	add := func(prefix, ref, text string) {
		sum := sha256.Sum256([]byte(ref))
		for n := 6; ; n++ {
			id := "SPDXRef-" + prefix + "-" + idString(text, 60) + "-" + hex.EncodeToString(sum[:n])
			if !taken[id] || n == len(sum) {
				taken[id], s.ids[ref] = true, id
				return
			}
		}
	}
	add("Subject", b.Subject.Ref, b.Subject.Name)
	for _, r := range b.Repositories {
		add("Repository", r.Ref, r.Name)
	}
	for _, c := range b.Components {
		text := c.Name + "-" + c.Version
		if c.PURL.Type != "" {
			text = c.PURL.Type + "-" + text
		}
		add("Package", c.Ref, text)
		s.scopes[c.Ref] = c.Scope
	}
}

// idString keeps what SPDX allows in ids (letters, digits, "." and "-") and
// makes one "-" of the rest.
func idString(s string, most int) string {
	var b strings.Builder
	dash := true
	for i := 0; i < len(s) && b.Len() < most; i++ {
		c := s[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' {
			b.WriteByte(c)
			dash = false
		} else if !dash {
			b.WriteByte('-')
			dash = true
		}
	}
	return strings.Trim(b.String(), "-")
}

func (s *spdxBuilder) subject(x Subject, repository bool) {
	p := s.pkg(x.Ref, x.Name, x.Version, x.PURL)
	p.Purpose = "APPLICATION"
	p.Supplier = spdxSupplier(x.Supplier)
	p.Declared = s.license(x.License)
	if repository {
		p.Comment = property(propKind, "repository")
	}
	if x.Commit != "" {
		p.Comment += property(propCommit, x.Commit)
	}
	s.doc.Packages = append(s.doc.Packages, p)
}

func spdxSupplier(p Party) string {
	if p.IsZero() {
		return spdxNoAssertion
	}
	return spdxParty(p)
}

func (s *spdxBuilder) pkg(ref, name, version string, purl inventory.PURL) spdxPackage {
	p := spdxPackage{Name: oneLine(name), SPDXID: s.ids[ref], Version: oneLine(version), Supplier: spdxNoAssertion,
		DownloadLocation: spdxNoAssertion, Concluded: spdxNoAssertion, Declared: spdxNoAssertion, Copyright: spdxNoAssertion}
	if purl.Name != "" {
		p.ExternalRefs = append(p.ExternalRefs, spdxRef{"PACKAGE-MANAGER", "purl", purl.String()})
	}
	return p
}

func (s *spdxBuilder) component(c *Component) {
	p := s.pkg(c.Ref, c.Name, c.Version, c.PURL)
	p.Purpose = spdxPurposes[c.Kind]
	if p.Purpose == "" {
		p.Purpose = "OTHER"
	}
	p.Supplier = spdxSupplier(c.Supplier)
	if c.Publisher != "" {
		p.Originator = oneLine("Organization: " + c.Publisher)
	}
	p.Declared, p.Concluded = s.license(c.Licenses.Declared), s.license(c.Licenses.Concluded)
	if len(c.Copyright) > 0 {
		p.Copyright = strings.Join(c.Copyright, "\n")
	}
	var comment strings.Builder
	add := func(name, value string) {
		if value != "" {
			comment.WriteString(property(name, value))
		}
	}
	for _, m := range c.Manifests {
		add(propManifest, m.String())
	}
	add(propRelation, string(c.Relation))
	add(propScope, string(c.Scope))
	for _, r := range c.Requirements {
		add(propRequirement, r)
	}
	add(propDetected, c.Licenses.Detected)
	if p.Purpose == "OTHER" {
		add(propKind, c.Kind)
	}
	for _, cpe := range c.CPEs {
		switch {
		case !cpePattern().MatchString(cpe):
			add(propCPE, cpe)
		default:
			p.ExternalRefs = append(p.ExternalRefs, spdxRef{"SECURITY", "cpe23Type", cpe})
		}
	}
	for _, h := range c.Hashes {
		if a := spdxAlgorithms[h.Algorithm]; a != "" && hashPattern().MatchString(h.Value) {
			p.Checksums = append(p.Checksums, spdxChecksum{a, h.Value})
		} else {
			add(propHash, h.Algorithm+":"+h.Value)
		}
	}
	p.Comment = comment.String()
	s.doc.Packages = append(s.doc.Packages, p)
}

func (s *spdxBuilder) relationships(b BOM) {
	add := func(from, kind, to string) {
		s.doc.Relationships = append(s.doc.Relationships, spdxRelationship{from, kind, to})
	}
	subject := s.ids[b.Subject.Ref]
	add(spdxDocumentID, "DESCRIBES", subject)
	parts := map[string]bool{}
	for _, r := range b.Repositories {
		parts[r.Ref] = true
	}
	direct := func(x Subject) {
		for _, ref := range x.DependsOn {
			if parts[ref] {
				add(s.ids[x.Ref], "CONTAINS", s.ids[ref])
			} else if kind := scopeRelationships[s.scopes[ref]]; kind != "" {
				add(s.ids[ref], kind, s.ids[x.Ref])
			} else {
				add(s.ids[x.Ref], "DEPENDS_ON", s.ids[ref])
			}
		}
	}
	direct(b.Subject)
	for _, r := range b.Repositories {
		direct(r)
	}
	for _, c := range b.Components {
		for _, ref := range c.DependsOn {
			add(s.ids[c.Ref], "DEPENDS_ON", s.ids[ref])
		}
	}
}

// scopeRelationships are the relationship types that tell a scope; runtime is
// plain DEPENDS_ON.
var scopeRelationships = map[inventory.Scope]string{
	inventory.Provided: "PROVIDED_DEPENDENCY_OF", inventory.Optional: "OPTIONAL_DEPENDENCY_OF",
	inventory.Build: "BUILD_DEPENDENCY_OF", inventory.Dev: "DEV_DEPENDENCY_OF", inventory.Test: "TEST_DEPENDENCY_OF",
}
