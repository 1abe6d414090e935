package vex

import (
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Status is the answer of a statement (CISA, "Minimum Requirements for VEX",
// 2023).
type Status string

// The statuses.
const (
	NotAffected        Status = "not_affected"
	Affected           Status = "affected"
	Fixed              Status = "fixed"
	UnderInvestigation Status = "under_investigation"
)

// Statuses lists all statuses, the most cautious last.
var Statuses = []Status{NotAffected, Fixed, UnderInvestigation, Affected}

// Values lists what may be written.
func (Status) Values() []string {
	return []string{string(NotAffected), string(Affected), string(Fixed), string(UnderInvestigation)}
}

// Caution ranks statuses: of two that speak of the same at the same time the
// higher one counts.
func (s Status) Caution() int {
	for i, known := range Statuses {
		if s == known {
			return i
		}
	}
	return len(Statuses)
}

// Justification says why something is not affected, in the words of OpenVEX.
type Justification string

// The justifications (github.com/openvex/spec, "Status Justifications").
const (
	ComponentNotPresent     Justification = "component_not_present"
	CodeNotPresent          Justification = "vulnerable_code_not_present"
	CodeNotInExecutePath    Justification = "vulnerable_code_not_in_execute_path"
	CodeNotControllable     Justification = "vulnerable_code_cannot_be_controlled_by_adversary"
	InlineMitigationsExists Justification = "inline_mitigations_already_exist"
)

// Justifications lists all justifications.
var Justifications = []Justification{ComponentNotPresent, CodeNotPresent, CodeNotInExecutePath, CodeNotControllable, InlineMitigationsExists}

// Values lists what may be written.
func (Justification) Values() []string {
	out := make([]string, len(Justifications))
	for i, j := range Justifications {
		out[i] = string(j)
	}
	return out
}

// Document is a set of statements by one author.
type Document struct {
	// ID is the document's own name, an IRI; made from the content when it is
	// written without one.
	ID     string
	Format Format
	Author string
	Role   string // of the author: "Document Creator"
	Time   time.Time
	// Version counts the revisions of the document from 1 on.
	Version    int
	Tooling    string
	Statements []Statement
	// Problems say in words what was not understood; they stop nothing else.
	Problems []string
}

// Statement says one thing about one vulnerability in some products.
type Statement struct {
	// ID is the statement's own name, "" where it has none.
	ID            string
	Vulnerability string
	Aliases       []string
	Products      []Product
	Status        Status
	Justification Justification
	// Native is the source's own word where it says more than Status and
	// Justification: "false_positive", "requires_configuration".
	Native string
	Impact string // why it is not affected, in words
	Action string // what to do about it
	Notes  string
	Author string // of the statement; the document's where that says no more
	Time   time.Time
	// Expires is the last day; zero without one. OpenVEX has no word for it.
	Expires time.Time
}

// Product is what a statement speaks of: a product, with the parts of it that
// bring the vulnerability in, or one component itself when there are no parts.
type Product struct {
	Item
	Parts []Item
}

// Item is a thing by its name. PURL is the zero value when the name is not a
// package URL.
type Item struct {
	Name string
	PURL inventory.PURL
	// Versions is a version range as the document writes it
	// ("vers:npm/>=1.0|<2.0"); "" where the name has the version, or all are meant.
	Versions string
}

// NewItem takes a name; a package URL is understood.
func NewItem(name string) Item {
	p, err := inventory.ParsePURL(name)
	if err != nil {
		return Item{Name: name}
	}
	return Item{Name: name, PURL: p}
}

// Components lists the packages that a product entry speaks of: its parts, or
// itself.
func (p Product) Components() []Item {
	if len(p.Parts) > 0 {
		return p.Parts
	}
	return []Item{p.Item}
}

// Missing says what a statement needs and does not have, "" when it is whole
// (CISA's minimum requirements): not_affected needs a justification or an
// impact, affected an action.
func (s *Statement) Missing() string {
	switch {
	case s.Vulnerability == "":
		return "it names no vulnerability"
	case s.Status == "":
		return "it has no status"
	case s.Status == NotAffected && s.Justification == "" && s.Impact == "":
		return "not_affected needs a justification or an impact statement"
	case s.Status == Affected && s.Action == "":
		return "affected needs an action statement"
	}
	return ""
}
