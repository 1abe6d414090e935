package document

import (
	_ "embed"
	"strings"
	"sync"

	cdx "github.com/CycloneDX/cyclonedx-go"

	"github.com/tributary-oss/tributary/internal/license"
)

// statement is one statement on a license: what it says, who says it, and the
// property that holds it where "licenses" has no room.
type statement struct {
	text     string
	ack      cdx.LicenseAcknowledgement
	property string
}

// cdxLicenses puts declared and concluded into the "licenses" of CycloneDX,
// which is either a list of single licenses or exactly one expression. When
// both statements fit into a list they stand in it with their acknowledgement;
// else the concluded one stands alone and the declared one is a property.
func cdxLicenses(l Licenses, props []cdx.Property) (*cdx.Licenses, []cdx.Property) {
	var list []statement
	if l.Concluded != "" {
		list = append(list, statement{l.Concluded, cdx.LicenseAcknowledgementConcluded, ""})
	}
	if l.Declared != "" {
		list = append(list, statement{l.Declared, cdx.LicenseAcknowledgementDeclared, propDeclared})
	}
	return cdxStatements(list, props)
}

func cdxStatements(list []statement, props []cdx.Property) (*cdx.Licenses, []cdx.Property) {
	var out cdx.Licenses
	for i, s := range list {
		choice, isExpression := cdxChoice(s)
		if i > 0 && (isExpression || out[0].Expression != "") {
			props = append(props, cdx.Property{Name: s.property, Value: s.text})
			continue
		}
		out = append(out, choice)
	}
	if len(out) == 0 {
		return nil, props
	}
	return &out, props
}

// cdxChoice writes a single license of the SPDX list by its id, what is not
// understood by its name, and all else as an expression.
func cdxChoice(s statement) (choice cdx.LicenseChoice, isExpression bool) {
	e, err := license.Parse(s.text)
	switch {
	case err != nil || e.Leaf.ID == license.None || e.Leaf.ID == license.NoAssertion:
		return cdx.LicenseChoice{License: &cdx.License{Name: s.text, Acknowledgement: s.ack}}, false
	case e.Op == license.OpLeaf && e.Leaf.String() == e.Leaf.ID && listed(e.Leaf.ID):
		return cdx.LicenseChoice{License: &cdx.License{ID: e.Leaf.ID, Acknowledgement: s.ack}}, false
	}
	choice.Expression = e.String()
	if s.ack != "" {
		choice.Acknowledgement = &s.ack
	}
	return choice, true
}

//go:embed data/late.txt
var lateTable string

var lateIDs = sync.OnceValue(func() map[string]bool { return setOf(strings.Split(lateTable, "\n")...) })

// listed says whether every validator knows id: the enumeration behind
// "license.id" grows with the SPDX list, and old copies of it are in use.
func listed(id string) bool {
	i, ok := license.Lookup(id)
	return ok && !i.Exception && !lateIDs()[id]
}
