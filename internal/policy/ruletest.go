package policy

import (
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

// TestResult is what came of one test of a policy file.
type TestResult struct {
	Name     string
	At       program.Pos
	Passed   bool
	Want     program.Decision
	Got      program.Decision
	WantRule string // "" when the test names none
	GotRule  RuleRef
	// Message says in words what differs; "" when the test passed.
	Message string
}

// RunTests runs the tests of the company's policy file. Waivers play no part in
// them.
func RunTests(pol *Policy) []TestResult { return pol.run(pol.tests) }

func (pol *Policy) run(tests []program.RuleTest) []TestResult {
	session := pol.NewSession(nil, time.Time{})
	out := make([]TestResult, 0, len(tests))
	for _, t := range tests {
		use, facts, err := given(t.Given)
		r := TestResult{Name: t.Name, At: t.At, Want: t.Expect, WantRule: t.Rule}
		if err != nil {
			r.Message = err.Error()
			out = append(out, r)
			continue
		}
		r.Got, r.GotRule = session.decide(t.Given, use, facts)
		switch {
		case r.Got != r.Want:
			r.Message = fmt.Sprintf("want %s, got %s by rule %s (%s)", r.Want, r.Got, r.GotRule.ID, r.GotRule.Text)
		case t.Rule != "" && t.Rule != r.GotRule.ID:
			r.Message = fmt.Sprintf("want rule %s, but %s decided (%s)", t.Rule, r.GotRule.ID, r.GotRule.Text)
		default:
			r.Passed = true
		}
		out = append(out, r)
	}
	return out
}

func given(g program.Given) (Use, LicenseFacts, error) {
	text := g.Package
	if text == "" {
		text = "pkg:generic/example@1.0"
	}
	c, err := inventory.ParsePURL(text)
	if err != nil {
		return Use{}, LicenseFacts{}, err
	}
	switch {
	case g.Unresolved:
		c.Version = ""
	case c.Version == "":
		c.Version = "1.0"
	}
	use := Use{Component: c, Product: g.Product, Tier: g.Tier, Team: g.Team, Repository: g.Repository, Manifest: g.Manifest,
		Delivery: g.Delivery, LockedDown: g.LockedDown, Recipients: g.Recipients, Scope: g.Scope, Relation: g.Relation,
		Coupling: g.Coupling, Replaceable: g.Replaceable, Modified: g.Modified, Granted: g.Granted, Outbound: g.Outbound.Text}
	if use.Scope == "" {
		use.Scope = inventory.Runtime
	}
	if use.Relation == "" {
		use.Relation = inventory.Direct
	}
	var facts LicenseFacts
	if g.License != "" {
		facts.Declared = []inventory.LicenseFact{{Kind: inventory.Declared, Expression: g.License, Raw: g.License, Source: "the test"}}
	}
	if g.Detected != "" {
		facts.Detected = []inventory.LicenseFact{{Kind: inventory.Detected, Expression: g.Detected, Raw: g.Detected, Source: "the test"}}
	}
	return use, facts, nil
}
