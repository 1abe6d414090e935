package document

import (
	"io"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// Names of the properties that carry what CycloneDX has no field for. The first
// four are an interface that others script against.
const (
	propManifest    = "tributary:manifest"
	propRelation    = "tributary:relation"
	propScope       = "tributary:scope"
	propRequirement = "tributary:requirement"

	propCommit   = "tributary:commit"
	propDeclared = "tributary:license:declared"
	propDetected = "tributary:license:detected"
	propCPE      = "tributary:cpe"
	propHash     = "tributary:hash"
	propName     = "tributary:document-name"
	propText     = "tributary:license-text:" // and the LicenseRef
)

func writeCycloneDX(w io.Writer, b BOM, f Format) error {
	out := cdx.BOM{
		XMLNS:        "http://cyclonedx.org/schema/bom/1.6",
		JSONSchema:   "http://cyclonedx.org/schema/bom-1.6.schema.json",
		BOMFormat:    cdx.BOMFormat,
		SpecVersion:  cdx.SpecVersion1_6,
		SerialNumber: uuidURN(b.Serial),
		Version:      b.Version,
		Metadata:     cdxMetadata(b),
	}
	components := make([]cdx.Component, len(b.Components))
	for i := range b.Components {
		components[i] = cdxComponent(&b.Components[i])
	}
	out.Components = &components
	out.Dependencies = cdxDependencies(b)
	out.Vulnerabilities = cdxVulnerabilities(b.Vulnerabilities)
	format := cdx.BOMFileFormatJSON
	if f == CycloneDXXML {
		format = cdx.BOMFileFormatXML
	}
	return cdx.NewBOMEncoder(w, format).SetPretty(true).SetEscapeHTML(false).Encode(&out)
}

var uuidPattern = pattern.Lazy(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// uuidURN is the UUID at the end of a serial or namespace as a URN; "" when
// there is none, for CycloneDX takes no other serial.
func uuidURN(serial string) string {
	if id := uuidPattern().FindString(strings.ToLower(serial)); id != "" {
		return "urn:uuid:" + id
	}
	return ""
}

func cdxMetadata(b BOM) *cdx.Metadata {
	m := &cdx.Metadata{}
	if !b.Created.IsZero() {
		m.Timestamp = b.Created.Format(time.RFC3339)
	}
	if len(b.Tools) > 0 {
		var tools []cdx.Component
		for _, t := range b.Tools {
			tools = append(tools, cdx.Component{Type: cdx.ComponentTypeApplication,
				Group: t.Vendor, Name: t.Name, Version: t.Version})
		}
		m.Tools = &cdx.ToolsChoice{Components: &tools}
	}
	var people []cdx.OrganizationalContact
	for _, a := range b.Authors {
		if a.Organization && m.Manufacturer == nil {
			m.Manufacturer = cdxOrganization(a)
			continue
		}
		people = append(people, cdx.OrganizationalContact{Name: a.Name, Email: a.Email})
	}
	if len(people) > 0 {
		m.Authors = &people
	}
	m.Supplier = cdxOrganization(b.Subject.Supplier)
	subject := cdxSubject(b.Subject)
	if len(b.Repositories) > 0 {
		var parts []cdx.Component
		for _, r := range b.Repositories {
			part := cdxSubject(r)
			part.Supplier = cdxOrganization(r.Supplier)
			parts = append(parts, part)
		}
		subject.Components = &parts
	}
	m.Component = &subject
	var props []cdx.Property
	if b.Name != b.Subject.Name {
		props = append(props, cdx.Property{Name: propName, Value: b.Name})
	}
	for _, t := range b.Texts {
		props = append(props, cdx.Property{Name: propText + t.ID, Value: t.Name + "\n" + t.Text})
	}
	if len(props) > 0 {
		m.Properties = &props
	}
	return m
}

func cdxOrganization(p Party) *cdx.OrganizationalEntity {
	if p.IsZero() {
		return nil
	}
	e := &cdx.OrganizationalEntity{Name: p.Name}
	if p.Email != "" {
		e.Contact = &[]cdx.OrganizationalContact{{Email: p.Email}}
	}
	return e
}

func cdxSubject(s Subject) cdx.Component {
	c := cdx.Component{BOMRef: s.Ref, Type: cdx.ComponentTypeApplication, Name: s.Name, Version: s.Version}
	var props []cdx.Property
	if s.PURL.Name != "" {
		c.PackageURL = s.PURL.String()
	}
	if s.Commit != "" {
		props = append(props, cdx.Property{Name: propCommit, Value: s.Commit})
	}
	c.Licenses, props = cdxLicenses(Licenses{Declared: s.License}, props)
	if len(props) > 0 {
		c.Properties = &props
	}
	return c
}

func cdxComponent(c *Component) cdx.Component {
	out := cdx.Component{
		BOMRef: c.Ref, Type: cdxKind(c.Kind), Name: c.Name, Version: c.Version,
		Supplier: cdxOrganization(c.Supplier), Publisher: c.Publisher,
		Scope: cdxScope(c.Scope), Copyright: strings.Join(c.Copyright, "\n"),
	}
	if c.PURL.Name != "" {
		out.Group, out.Name, out.PackageURL = c.PURL.Namespace, c.PURL.Name, c.PURL.String()
	}
	var props []cdx.Property
	add := func(name, value string) {
		if value != "" {
			props = append(props, cdx.Property{Name: name, Value: value})
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
	for _, cpe := range c.CPEs {
		if out.CPE == "" && cpePattern().MatchString(cpe) {
			out.CPE = cpe
			continue
		}
		add(propCPE, cpe)
	}
	var hashes []cdx.Hash
	for _, h := range c.Hashes {
		if !cdxHashes[h.Algorithm] || !hashPattern().MatchString(h.Value) {
			add(propHash, h.Algorithm+":"+h.Value)
			continue
		}
		hashes = append(hashes, cdx.Hash{Algorithm: cdx.HashAlgorithm(h.Algorithm), Value: h.Value})
	}
	if len(hashes) > 0 {
		out.Hashes = &hashes
	}
	out.Licenses, props = cdxLicenses(c.Licenses, props)
	if c.Licenses.Detected != "" {
		var evidence *cdx.Licenses
		evidence, props = cdxStatements([]statement{{c.Licenses.Detected, "", propDetected}}, props)
		out.Evidence = &cdx.Evidence{Licenses: evidence}
	}
	if len(props) > 0 {
		out.Properties = &props
	}
	return out
}

var (
	// cpePattern follows the patterns of the CycloneDX schema for CPE 2.2 and
	// 2.3 where they are strict: what does not start so is no CPE.
	cpePattern  = pattern.Lazy(`^(cpe:2\.3:[aho\*\-](:(((\?*|\*?)([a-zA-Z0-9\-\._]|(\\[\\\*\?!"#$$%&'\(\)\+,/:;<=>@\[\]\^` + "`" + `\{\|}~]))+(\?*|\*?))|[\*\-])){5}(:(([a-zA-Z]{2,3}(-([a-zA-Z]{2}|[0-9]{3}))?)|[\*\-]))(:(((\?*|\*?)([a-zA-Z0-9\-\._]|(\\[\\\*\?!"#$$%&'\(\)\+,/:;<=>@\[\]\^` + "`" + `\{\|}~]))+(\?*|\*?))|[\*\-])){4})$`)
	hashPattern = pattern.Lazy(`^([a-fA-F0-9]{32}|[a-fA-F0-9]{40}|[a-fA-F0-9]{64}|[a-fA-F0-9]{96}|[a-fA-F0-9]{128})$`)
)

// cdxHashes are the algorithms of CycloneDX 1.6.
var cdxHashes = setOf("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512",
	"BLAKE2b-256", "BLAKE2b-384", "BLAKE2b-512", "BLAKE3")

func setOf(values ...string) map[string]bool {
	m := make(map[string]bool, len(values))
	for _, v := range values {
		m[v] = true
	}
	return m
}

// cdxKinds are the component types of CycloneDX 1.6.
var cdxKinds = setOf("application", "framework", "library", "container", "platform", "operating-system", "device",
	"device-driver", "firmware", "file", "machine-learning-model", "data", "cryptographic-asset")

func cdxKind(kind string) cdx.ComponentType {
	if cdxKinds[kind] {
		return cdx.ComponentType(kind)
	}
	return cdx.ComponentTypeLibrary
}

// cdxScope maps a scope to the three of CycloneDX, where "excluded" is what is
// present but not called at run time.
func cdxScope(s inventory.Scope) cdx.Scope {
	switch s {
	case inventory.Runtime, inventory.Provided:
		return cdx.ScopeRequired
	case inventory.Optional:
		return cdx.ScopeOptional
	case inventory.Build, inventory.Dev, inventory.Test:
		return cdx.ScopeExcluded
	}
	return ""
}

// cdxDependencies lists every element, also those that need nothing: absence
// would mean that nothing is known of it.
func cdxDependencies(b BOM) *[]cdx.Dependency {
	out := make([]cdx.Dependency, 0, len(b.Components)+len(b.Repositories)+1)
	add := func(ref string, needs []string) {
		d := cdx.Dependency{Ref: ref}
		if len(needs) > 0 {
			d.Dependencies = &needs
		}
		out = append(out, d)
	}
	add(b.Subject.Ref, b.Subject.DependsOn)
	for _, r := range b.Repositories {
		add(r.Ref, r.DependsOn)
	}
	for _, c := range b.Components {
		add(c.Ref, c.DependsOn)
	}
	return &out
}

// String is "path:line", or "path" where there are no lines, with the
// repository and "//" before it where the document covers several.
func (m Manifest) String() string {
	s := m.Path
	if m.Repository != "" {
		s = m.Repository + "//" + s
	}
	if m.Line > 0 {
		s += ":" + strconv.Itoa(m.Line)
	}
	return s
}

// parseManifest reads what [Manifest.String] writes.
func parseManifest(s string) Manifest {
	var m Manifest
	if i := strings.LastIndex(s, "//"); i > 0 {
		m.Repository, s = s[:i], s[i+2:]
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 {
		if n, err := strconv.Atoi(s[i+1:]); err == nil && n > 0 && s[i+1] != '+' {
			m.Line, s = n, s[:i]
		}
	}
	m.Path = s
	return m
}
