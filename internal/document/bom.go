package document

import (
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// BOM is a bill of materials, whatever the format that it came from or goes to.
type BOM struct {
	// Name names the document. It is the subject's name unless a document that
	// was read says otherwise.
	Name string
	// Version is the edition of this document (CycloneDX "version"); 1 when
	// nothing is said. SPDX has no such number.
	Version int
	// Serial identifies the document: "urn:uuid:…" in CycloneDX, the document
	// namespace in SPDX.
	Serial  string
	Created time.Time // zero when unknown
	Tools   []Tool
	// Authors wrote the document, or had a tool write it.
	Authors []Party
	// Subject is what the document describes.
	Subject Subject
	// Repositories are the parts of the subject when several repositories were
	// put into one document; empty for one.
	Repositories []Subject
	Components   []Component
	// Vulnerabilities are written where they are asked for; what a document that
	// was read says of them is not kept here.
	Vulnerabilities []Vulnerability
	// Texts are licenses outside the SPDX list that expressions name as
	// LicenseRef-…
	Texts []LicenseText
	// Source tells the format of a document that was read; zero otherwise.
	Source Source
}

// Source is the format of a document that was read.
type Source struct {
	Format  Format
	Version string // "1.6", "2.3"
}

// Tool is a program that made a document.
type Tool struct {
	Vendor, Name, Version string
}

// Party is a person or an organization.
type Party struct {
	Name, Email  string
	Organization bool
}

// IsZero is true when nobody is named.
func (p Party) IsZero() bool { return p.Name == "" && p.Email == "" }

// Subject is something that a document describes: a product, a repository.
type Subject struct {
	// Ref identifies it within the document. [Write] makes one where it is
	// empty.
	Ref     string
	Name    string
	Version string
	PURL    inventory.PURL // zero when it has none
	Commit  string
	// License is an SPDX expression, or free text where none could be
	// understood; empty when unknown.
	License  string
	Supplier Party
	// DependsOn lists the refs of what it needs directly, sorted.
	DependsOn []string
}

// Component is one third-party package.
type Component struct {
	// Ref identifies it within the document: the text of its purl, unless
	// another component has the same.
	Ref string
	// PURL decides what it is; zero when the document does not tell.
	PURL inventory.PURL
	// Name and Version are as documents write them: "@babel/core", "7.1.0".
	// Version is empty for a requirement that nothing resolved.
	Name, Version string
	// Kind is the CycloneDX type ("library", "application", "file",
	// "operating-system"…); empty means library.
	Kind     string
	Licenses Licenses
	// Copyright holds the notices, one a line of the original.
	Copyright []string
	Supplier  Party
	// Publisher is who published or wrote it, where a document tells that apart
	// from the supplier.
	Publisher string
	Hashes    []Hash
	CPEs      []string
	Relation  inventory.Relation
	Scope     inventory.Scope
	// Requirements are the ranges that manifests ask for, distinct and sorted.
	Requirements []string
	Manifests    []Manifest
	// DependsOn lists the refs of the components that it needs, sorted.
	DependsOn []string
	// Line is where a document that was read defines it, from 1; else 0.
	Line int
}

// Licenses are the three statements on a license, which stay apart: each an
// SPDX expression, or the text as written where none could be understood, or
// empty.
type Licenses struct {
	Declared, Detected, Concluded string
}

// Best is what holds: concluded, else declared, else detected.
func (l Licenses) Best() string {
	switch {
	case l.Concluded != "":
		return l.Concluded
	case l.Declared != "":
		return l.Declared
	}
	return l.Detected
}

// Hash is a checksum: the algorithm as CycloneDX names it ("SHA-256") and the
// value in lower-case hex.
type Hash struct {
	Algorithm, Value string
}

// Manifest is a place that proves a component.
type Manifest struct {
	// Repository is set only in documents over several repositories.
	Repository string
	Path       string
	Line       int // 1-based; 0 when unknown
}

// LicenseText is the text behind a LicenseRef.
type LicenseText struct {
	ID, Name, Text string
}
