package work

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/vex"
)

// VEXExport says what a document shall speak of.
type VEXExport struct {
	// Products are ids; none means all, and repositories that belong to none.
	Products []string
	// As is the name under which the one product is known to its recipients.
	As     string
	Author string
	Tool   string
}

// ExportVEX writes down what is decided about the vulnerabilities in products,
// as of the office's date: decisions that hold with their status, everything
// else as under investigation. A waiver accepts a risk and makes nothing not
// affected. Products is how many the document speaks of.
func (o *Office) ExportVEX(ctx context.Context, want VEXExport) (out ExportedVEX, err error) {
	snaps, err := o.Latest(ctx, func(string) bool { return true })
	if err != nil {
		return out, err
	}
	found, err := o.risks(ctx, snaps)
	if err != nil {
		return out, err
	}
	e := vexExport{office: o, want: want, index: map[string]int{}, done: map[string]bool{}, products: map[string]bool{}}
	for i := range found.vulnerabilities {
		e.vulnerability(&found.vulnerabilities[i])
	}
	e.beyondTheMirror(snaps)
	slices.SortStableFunc(e.statements, func(a, b vex.Statement) int {
		return cmp.Or(cmp.Compare(a.Vulnerability, b.Vulnerability), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Impact+a.Action+a.Notes, b.Impact+b.Action+b.Notes))
	})
	author := cmp.Or(want.Author, o.Program.Organization.Name)
	out = ExportedVEX{Products: len(e.products), Candidates: e.candidates, Doubts: found.about.Doubts}
	out.Document = vex.Document{Author: author, Role: "Document Creator", Time: o.AsOf, Version: 1, Tooling: want.Tool + dataOf(found.about.Feeds), Statements: e.statements}
	if found.about.State == "none" {
		return out, fmt.Errorf("there is no advisory data, so nothing is known of vulnerabilities; run \"tributary advisory update\" first")
	}
	return out, nil
}

// ExportedVEX is a document, and what it leaves unsaid.
type ExportedVEX struct {
	Document vex.Document
	Products int
	// Candidates are findings that only a go line suggests: no statement is made
	// of them.
	Candidates int
	Doubts     []string // what the advisories do not tell, in sentences
}

// dataOf says which advisories a document rests on, for its tooling.
func dataOf(feeds []report.Feed) string {
	var parts []string
	for _, f := range feeds {
		if f.Kind == "osv" && f.Records > 0 {
			parts = append(parts, f.Name+" of "+f.Made.Format(time.DateOnly))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; advisories: " + strings.Join(parts, ", ")
}

// vexExport collects statements; those that say the same of several parts are
// one.
type vexExport struct {
	office     *Office
	want       VEXExport
	statements []vex.Statement
	index      map[string]int
	done       map[string]bool // product, vulnerability and package
	products   map[string]bool
	candidates int
}

func (e *vexExport) wants(product string) bool {
	return len(e.want.Products) == 0 || slices.Contains(e.want.Products, product)
}

func (e *vexExport) vulnerability(v *report.Vulnerability) {
	// What only a go line suggests is no finding in a product; a decision on it is
	// worth telling.
	if !e.wants(v.Product) {
		return
	}
	if v.Kind == "stdlib-candidate" && v.VEX == nil {
		e.candidates++
		return
	}
	s := vex.Statement{Vulnerability: v.ID, Aliases: v.Aliases, Author: e.want.Author, Time: e.office.AsOf, Status: vex.UnderInvestigation}
	switch x := v.VEX; {
	case x != nil:
		s.Status, s.Justification, s.Impact, s.Action, s.Time = vex.Status(x.Status), vex.Justification(x.Justification), x.Impact, x.Action, x.Date
	case v.Accepted():
		s.Notes = "The risk is accepted until " + v.Waiver.Expires.Format("2006-01-02") + "; whether the product is affected is not decided."
	case v.Reach.State == "called":
		s.Notes = "A way to call the affected code was found."
	default:
		s.Notes = "The version in use is in the affected range " + v.Range + "."
	}
	e.add(s, e.product(v.Repository, v.Product), v.Purl)
	e.done[strings.Join([]string{v.Product, v.Repository, v.ID, v.Purl}, "\x00")] = true
	for _, alias := range v.Aliases {
		e.done[strings.Join([]string{v.Product, v.Repository, alias, v.Purl}, "\x00")] = true
	}
}

// product names what a repository or product is to recipients.
func (e *vexExport) product(repository, id string) string {
	if e.want.As != "" {
		return e.want.As
	}
	if id != "" {
		p := inventory.NewPURL("generic", id, "")
		if org := e.office.Program.Organization.Name; org != "" {
			p.Namespace = strings.ToLower(strings.Join(strings.Fields(org), "-"))
		}
		return p.String()
	}
	if owner, ok := strings.CutPrefix(repository, "github.com/"); ok {
		return inventory.NewPURL("github", owner, "").String()
	}
	return inventory.NewPURL("generic", inventory.PublicName(repository), "").String()
}

func (e *vexExport) add(s vex.Statement, product, purl string) {
	e.products[product] = true
	key := strings.Join([]string{s.Vulnerability, string(s.Status), string(s.Justification), s.Impact, s.Action, s.Notes, s.Time.String()}, "\x00")
	at, ok := e.index[key]
	if !ok {
		at = len(e.statements)
		e.index[key] = at
		e.statements = append(e.statements, s)
	}
	out := &e.statements[at]
	part := vex.NewItem(purl)
	for i := range out.Products {
		if p := &out.Products[i]; p.Name == product {
			if !slices.Contains(p.Parts, part) {
				p.Parts = append(p.Parts, part)
			}
			return
		}
	}
	out.Products = append(out.Products, vex.Product{Item: vex.NewItem(product), Parts: []vex.Item{part}})
}

// beyondTheMirror adds decisions on vulnerabilities of which no advisory speaks,
// in packages that are used.
func (e *vexExport) beyondTheMirror(snaps []Scanned) {
	o := e.office
	if len(o.Program.VEX) == 0 {
		return
	}
	for _, s := range snaps {
		repo := s.Snapshot.Repository.Name
		for _, unit := range s.Snapshot.Units {
			for i := range unit.Usages {
				u := &unit.Usages[i]
				if o.Program.IsFixture(repo, u.Manifest, u.Fixture) && !o.Program.Fixtures.Include {
					continue
				}
				for _, p := range o.productsFor(repo, u.Manifest) {
					e.decisions(repo, p, u.Component)
				}
			}
		}
	}
}

func (e *vexExport) decisions(repo string, product *program.Product, c inventory.PURL) {
	o, id := e.office, ""
	if product != nil {
		id = product.ID
	}
	if !e.wants(id) {
		return
	}
	for i := range o.Program.VEX {
		x := &o.Program.VEX[i]
		key := strings.Join([]string{id, repo, x.Vulnerability, c.String()}, "\x00")
		if e.done[key] || !x.Package.MatchName(c) {
			continue
		}
		if held := o.Program.VEXFor([]string{x.Vulnerability}, c, id, repo, o.AsOf).Statement; held == x {
			e.done[key] = true
			e.add(vex.Statement{Vulnerability: x.Vulnerability, Status: x.Status, Justification: x.Justification, Impact: x.Impact, Action: x.Action,
				Author: e.want.Author, Time: x.Date.Time}, e.product(repo, id), c.String())
		}
	}
}
