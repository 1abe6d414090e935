package document

import "fmt"

// Grade says how complete a document is by the minimum elements of the NTIA
// ("The Minimum Elements For a Software Bill of Materials", 2021, data fields).
// It counts what is there and nothing else: a field that says NOASSERTION is
// missing, in documents of our own too.
type Grade struct {
	Components int
	Elements   []Element // in the order of the NTIA's table
	// Percent is the mean of the elements' shares, each of the seven weighing the
	// same, rounded down: 100 means that nothing is missing.
	Percent int
	// Letter is A from 95, B from 85, C from 70, D from 50, else F.
	Letter string
	// Missing says in words what is missing, in the order of the elements.
	Missing []string
}

// Element is one of the NTIA's data fields.
type Element struct {
	Name string
	// Have of Total components satisfy it; for what is asked of the document as
	// a whole Total is 1.
	Have, Total int
	// Examples names up to three components without it.
	Examples []string
}

// GradeOf grades b.
func GradeOf(b BOM) Grade {
	related := relatedRefs(&b)
	each := []struct {
		name string
		has  func(*Component) bool
	}{
		{"supplier name", func(c *Component) bool { return !c.Supplier.IsZero() }},
		{"component name", func(c *Component) bool { return c.Name != "" && c.Name != "unnamed" }},
		{"version", func(c *Component) bool { return c.Version != "" }},
		{"unique identifier", func(c *Component) bool { return c.PURL.Name != "" || len(c.CPEs) > 0 }},
		{"dependency relationship", func(c *Component) bool { return related[c.Ref] }},
	}
	var g Grade
	for i := range b.Components {
		if b.Components[i].Kind != "file" {
			g.Components++
		}
	}
	for _, e := range each {
		x := Element{Name: e.name, Total: g.Components}
		for i := range b.Components {
			c := &b.Components[i]
			switch {
			case c.Kind == "file":
			case e.has(c):
				x.Have++
			case len(x.Examples) < 3:
				x.Examples = append(x.Examples, c.Name)
			}
		}
		g.Elements = append(g.Elements, x)
	}
	g.Elements = append(g.Elements,
		Element{Name: "author of SBOM data", Have: count(len(b.Authors)+len(b.Tools) > 0), Total: 1},
		Element{Name: "timestamp", Have: count(!b.Created.IsZero()), Total: 1})
	g.sum()
	return g
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// relatedRefs gives the components that stand in a dependency relationship, on
// either side.
func relatedRefs(b *BOM) map[string]bool {
	related := map[string]bool{}
	for _, ref := range b.Subject.DependsOn {
		related[ref] = true
	}
	for _, r := range b.Repositories {
		for _, ref := range r.DependsOn {
			related[ref] = true
		}
	}
	for i := range b.Components {
		c := &b.Components[i]
		for _, ref := range c.DependsOn {
			related[ref], related[c.Ref] = true, true
		}
	}
	return related
}

func (g *Grade) sum() {
	hundredths := 0
	for _, e := range g.Elements {
		if e.Total == 0 {
			continue // an empty list satisfies nothing
		}
		hundredths += 10000 * e.Have / e.Total
		switch {
		case e.Have == e.Total:
		case e.Examples == nil: // asked of the document
			g.Missing = append(g.Missing, "the document has no "+e.Name)
		default:
			g.Missing = append(g.Missing, fmt.Sprintf("%d of %d components have no %s", e.Total-e.Have, e.Total, e.Name))
		}
	}
	if g.Components == 0 {
		g.Missing = append(g.Missing, "the document lists no components")
	}
	g.Percent = hundredths / len(g.Elements) / 100
	g.Letter = letter(g.Percent)
}

func letter(percent int) string {
	switch {
	case percent >= 95:
		return "A"
	case percent >= 85:
		return "B"
	case percent >= 70:
		return "C"
	case percent >= 50:
		return "D"
	}
	return "F"
}
