package work

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/vex"
)

// ImportedVEX is what came of importing one document.
type ImportedVEX struct {
	Document vex.Document
	// Known says that the same bytes were imported before.
	Known bool
}

// ImportVEX keeps the statements of a document as claims of its author. They
// decide nothing. Source says where it was read.
func (o *Office) ImportVEX(ctx context.Context, raw []byte, source string) (ImportedVEX, error) {
	d, err := vex.Read(raw)
	if err != nil {
		return ImportedVEX{}, err
	}
	known, err := o.Store.PutClaims(ctx, raw, d, source, o.Now)
	return ImportedVEX{d, known}, err
}

// Acceptance is how a person makes a claim a decision.
type Acceptance struct {
	By       string
	Expires  program.Date
	Products []string
	// Package is what it shall hold for, instead of what the claim names.
	Package       program.Package
	Justification vex.Justification
	Impact        string
}

// AcceptClaim turns a claim into statements of the program, one for each package
// that it names. It writes nothing.
func (o *Office) AcceptClaim(ctx context.Context, id int64, a Acceptance) ([]program.VEXStatement, error) {
	c, ok, err := o.Store.Claim(ctx, id, o.AsOf)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("there is no claim %d; \"tributary vex list\" has their numbers", id)
	}
	if c.Superseded {
		return nil, fmt.Errorf("a later version of the document that holds claim %d was imported; accept what that says (tributary vex list)", id)
	}
	s := &c.Statement
	base := program.VEXStatement{Vulnerability: s.Vulnerability, Product: a.Products, Status: s.Status, Justification: s.Justification, Impact: s.Impact, Action: s.Action,
		Author: a.By, Date: today(o.AsOf), Expires: a.Expires, Source: claimSource(&c)}
	if a.Justification != "" {
		base.Justification = a.Justification
	}
	if a.Impact != "" {
		base.Impact = a.Impact
	}
	if base.Expires.IsZero() {
		base.Expires = program.Date{Time: s.Expires}
	}
	packages, err := acceptedPackages(&c, a.Package)
	if err != nil {
		return nil, err
	}
	var out []program.VEXStatement
	p := *o.Program
	for _, pkg := range packages {
		one := base
		one.ID, one.Package = p.NextStatementID(o.AsOf.Year()), pkg
		p.VEX = append(p.VEX, one)
		out = append(out, one)
	}
	return out, nil
}

func today(t time.Time) program.Date {
	return program.Date{Time: t.UTC().Truncate(24 * time.Hour)}
}

func claimSource(c *store.Claim) string {
	return fmt.Sprintf("%s (claim %d)", c.Who(), c.ID)
}

// acceptedPackages gives the packages that a claim speaks of, each once.
func acceptedPackages(c *store.Claim, instead program.Package) ([]program.Package, error) {
	if instead.Text != "" {
		return []program.Package{instead}, nil
	}
	var out []program.Package
	seen := map[string]bool{}
	for _, product := range c.Statement.Products {
		for _, item := range product.Components() {
			if item.PURL == (inventory.PURL{}) {
				return nil, fmt.Errorf("claim %d speaks of %s, which is no package URL; say what it shall hold for with --package", c.ID, item.Name)
			}
			plain := item.PURL
			plain.Qualifiers, plain.Subpath = "", ""
			text := plain.String()
			if item.Versions != "" {
				versions, ok := plainRange(item.Versions)
				if !ok {
					return nil, fmt.Errorf("claim %d speaks of versions %s, which can't be taken over; say what it shall hold for with --package 'pkg:TYPE/NAME >=1 <2'", c.ID, item.Versions)
				}
				plain.Version = ""
				text = plain.String() + " " + versions
			}
			if seen[text] {
				continue
			}
			seen[text] = true
			pkg, err := program.ParsePackage(text)
			if err != nil {
				return nil, fmt.Errorf("claim %d: %w", c.ID, err)
			}
			out = append(out, pkg)
		}
	}
	return out, nil
}

// plainRange turns a version range of the form "vers:npm/>=1.0|<2.0" (VERS,
// package-url/vers-spec), one version or a range of ours into ours. Ranges of
// several pieces have no plain form.
func plainRange(s string) (string, bool) {
	if strings.Contains(s, "||") {
		return "", false
	}
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "vers:"); ok {
		_, constraints, ok := strings.Cut(rest, "/")
		parts := strings.Split(constraints, "|")
		if !ok || len(parts) > 2 || strings.Contains(constraints, "!=") || len(parts) == 2 && (!strings.HasPrefix(parts[0], ">") || !strings.HasPrefix(parts[1], "<")) {
			return "", false
		}
		s = strings.Join(parts, " ")
	}
	if s == "*" {
		return "", false
	}
	if s != "" && strings.IndexAny(s, "<>=") != 0 {
		if strings.ContainsAny(s, " ,|") {
			return "", false // words, no version
		}
		s = "=" + s
	}
	_, err := program.ParseRange(s)
	return s, err == nil
}

// VEXEntry is a decision or a claim in the register.
type VEXEntry struct {
	Decision *program.VEXStatement
	Claim    *store.Claim
	// State is "holds", "ended" or "void" of decisions; "open", "accepted" or
	// "superseded" of claims.
	State string
	Why   string // of an ended or void decision
}

// VEXRegister lists decisions in the order of the file, then claims in the order
// of import.
func (o *Office) VEXRegister(ctx context.Context) ([]VEXEntry, error) {
	var out []VEXEntry
	accepted := map[string]bool{}
	for i := range o.Program.VEX {
		s := &o.Program.VEX[i]
		e := VEXEntry{Decision: s, State: "holds", Why: s.Ended(o.AsOf)}
		if s.Void != "" {
			e.State = "void"
		} else if e.Why != "" {
			e.State = "ended"
		}
		accepted[s.Source] = true
		out = append(out, e)
	}
	claims, err := o.Store.Claims(ctx, o.AsOf)
	for i := range claims {
		e := VEXEntry{Claim: &claims[i], State: "open"}
		if claims[i].Superseded {
			e.State = "superseded"
		}
		if accepted[claimSource(&claims[i])] {
			e.State = "accepted"
		}
		out = append(out, e)
	}
	return out, err
}
