package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/vex"
	"github.com/tributary-oss/tributary/internal/work"
)

func newVEXList(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "list",
		Short: "Decisions and claims, and which of them hold",
		Long: `List shows the decisions of vex.yaml with their state (holds, ended, void), then
imported claims (open, accepted, superseded) with the number that "tributary vex
accept" takes.`,
		Example: "  tributary vex list\n  tributary vex list -o json | jq '.[] | select(.state == \"open\")'\n  tributary vex list --as-of 2026-03-31",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			list, err := office.VEXRegister(c.Context())
			if err != nil {
				return err
			}
			return s.write(func(w io.Writer) error {
				if form == "json" {
					return writeVEXJSON(w, list)
				}
				return writeVEXText(w, list)
			})
		},
	}
	s.addAsOf(c)
	return offer(c, "text", "json")
}

// vexWire is an entry of the register on the wire.
type vexWire struct {
	Kind          string   `json:"kind"` // "decision" or "claim"
	ID            string   `json:"id"`   // of a decision
	Claim         int64    `json:"claim,omitempty"`
	State         string   `json:"state"`
	Why           string   `json:"why,omitempty"`
	Vulnerability string   `json:"vulnerability"`
	Aliases       []string `json:"aliases,omitempty"`
	Packages      []string `json:"packages"`
	Products      []string `json:"products,omitempty"`
	Status        string   `json:"status"`
	Justification string   `json:"justification,omitempty"`
	Impact        string   `json:"impact,omitempty"`
	Action        string   `json:"action,omitempty"`
	Author        string   `json:"author,omitempty"`
	Date          string   `json:"date,omitempty"`
	Expires       string   `json:"expires,omitempty"`
	Source        string   `json:"source,omitempty"`
	At            string   `json:"at,omitempty"`
}

func vexWireOf(e work.VEXEntry) vexWire {
	if d := e.Decision; d != nil {
		text := d.Package.Text
		if !d.Versions.Empty() {
			text += " " + d.Versions.Text
		}
		return vexWire{Kind: "decision", ID: d.ID, State: e.State, Why: e.Why, Vulnerability: d.Vulnerability, Packages: []string{text}, Products: d.Product,
			Status: string(d.Status), Justification: string(d.Justification), Impact: d.Impact, Action: d.Action, Author: d.Author,
			Date: d.Date.String(), Expires: d.Expires.String(), Source: d.Source, At: d.At.String()}
	}
	c := e.Claim
	x := &c.Statement
	out := vexWire{Kind: "claim", Claim: c.ID, State: e.State, Vulnerability: x.Vulnerability, Aliases: x.Aliases, Status: string(x.Status),
		Justification: string(x.Justification), Impact: x.Impact, Action: x.Action, Author: c.Who(), Source: c.Source, Packages: claimPackages(c)}
	if !x.Time.IsZero() {
		out.Date = x.Time.Format(time.DateOnly)
	}
	for _, p := range x.Products {
		if len(p.Parts) > 0 {
			out.Products = append(out.Products, p.Name)
		}
	}
	return out
}

func claimPackages(c *store.Claim) []string {
	out := []string{}
	for _, p := range c.Statement.Products {
		for _, i := range p.Components() {
			text := i.Name
			if i.Versions != "" {
				text += " " + i.Versions
			}
			out = append(out, text)
		}
	}
	return out
}

func writeVEXJSON(w io.Writer, list []work.VEXEntry) error {
	out := make([]vexWire, 0, len(list))
	for _, e := range list {
		out = append(out, vexWireOf(e))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(out)
}

func writeVEXText(w io.Writer, list []work.VEXEntry) error {
	var b strings.Builder
	decisions, claims := 0, 0
	for _, e := range list {
		x := vexWireOf(e)
		name := x.ID
		if e.Claim != nil {
			name = fmt.Sprintf("claim %d", x.Claim)
			claims++
		} else {
			decisions++
		}
		packages := strings.Join(x.Packages, ", ")
		if len(x.Packages) > 3 {
			packages = fmt.Sprintf("%s and %d more", strings.Join(x.Packages[:3], ", "), len(x.Packages)-3)
		}
		line := fmt.Sprintf("%s (%s): %s is %s in %s", name, x.State, x.Vulnerability, x.Status, packages)
		if len(x.Products) > 0 {
			line += " of " + strings.Join(x.Products, ", ")
		}
		b.WriteString(report.Clean(line) + "\n")
		more := []string{x.Justification, x.Impact, x.Action}
		if x.Expires != "" {
			more = append(more, "until "+x.Expires)
		}
		more = append(more, "by "+orUnknown(x.Author))
		if x.Date != "" {
			more = append(more, x.Date)
		}
		if e.State != "holds" && x.Why != "" {
			more = append(more, x.Why)
		}
		b.WriteString("    " + report.Clean(joined(more)) + "\n")
	}
	fmt.Fprintf(&b, "%s, %s\n", count(decisions, "decision"), count(claims, "claim"))
	_, err := io.WriteString(w, b.String())
	return err
}

func joined(parts []string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, strings.TrimSuffix(p, "."))
		}
	}
	return strings.Join(out, "; ")
}

func newVEXExport(s *settings) *cobra.Command {
	var want work.VEXExport
	c := &cobra.Command{
		Use:   "export",
		Short: "A VEX document for recipients of products: what is decided, and what is still looked into",
		Long: `Export writes, from the latest scan of every repository, a statement for each
vulnerability in each product: decisions that hold with their status, everything
else as under_investigation. What only a go line suggests is left out until
somebody decided on it.

A product is named by its package URL: give the one that recipients know with
--as. Without --product the document speaks of all products; a CycloneDX document
is about one.`,
		Example: `  tributary vex export --product shop --as pkg:oci/shop@sha256:0123 --file shop.openvex.json
  tributary vex export --product shop -o cyclonedx --author security@example.com
  tributary vex export --as-of 2026-03-31`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			form, err := s.form(c)
			if err != nil {
				return err
			}
			office, err := s.office(c.Context(), true)
			if err != nil {
				return err
			}
			defer office.Close()
			for _, p := range want.Products {
				if office.Program.Product(p) == nil {
					return wrongUse("", "the program has no product %q", p)
				}
			}
			if want.As != "" && len(want.Products) != 1 {
				return wrongUse("", "--as names one product: say which with --product")
			}
			want.Tool = "tributary " + Version
			out, err := office.ExportVEX(c.Context(), want)
			if err != nil {
				return &exitError{exitCouldNot, err, ""}
			}
			if form == string(vex.CycloneDX) && out.Products > 1 {
				return wrongUse("", "a CycloneDX document is about one product, and there are %d: say which with --product", out.Products)
			}
			s.unsaid(&out)
			return s.write(func(w io.Writer) error { return vex.Write(w, out.Document, vex.Format(form)) })
		},
	}
	c.Flags().StringSliceVar(&want.Products, "product", nil, "products to speak of; without, all")
	c.Flags().StringVar(&want.As, "as", "", "package URL by which recipients know the product")
	c.Flags().StringVar(&want.Author, "author", "", "author of the document; the organization's name where it is not given")
	s.addAsOf(c)
	return offer(c, vex.Formats...)
}

// unsaid tells who exports what recipients can't see in the document.
func (s *settings) unsaid(out *work.ExportedVEX) {
	if out.Document.Author == program.ExampleOrganization {
		s.say("the document is signed by %q, the example in program.yaml: put your organization there, or give --author", out.Document.Author)
	}
	if len(out.Document.Statements) == 0 {
		s.say("no vulnerability is known in what was scanned; the document has no statements")
	}
	if out.Candidates > 0 {
		s.say("%s of Go's standard library left out: a go line is only the lowest release that may be built with", count(out.Candidates, "candidate"))
	}
	for _, d := range out.Doubts {
		s.say("%s", report.Clean(d))
	}
}
