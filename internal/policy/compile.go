package policy

import (
	"fmt"
	"sort"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// Policy is a company's rules followed by those of a preset, ready to judge.
// It is immutable and safe for concurrent use.
type Policy struct {
	// Preset is the name of the preset that the rules extend.
	Preset string
	// rules answer for licenses, unresolved for unknown versions.
	rules, unresolved []*rule
	// vulnerabilities and upstream answer for known vulnerabilities and for
	// signals about projects.
	vulnerabilities, upstream []*rule
	categories                map[string]license.Category
	categoriesFile            string
	includeFixtures           bool
	tests                     []program.RuleTest
	asks                      asks
}

// asks notes which facts any rule looks at, so that verdicts are shared between
// uses that differ in nothing that matters.
type asks struct {
	product, team, repository, manifest, recipients, relation, outbound bool
	everything                                                          bool // set for a use that a CEL expression may look at
	packages, expressions                                               []*rule
}

// Compile makes a program's policy ready. The findings speak of what can only
// be seen here: categories of unknown licenses, CEL expressions. With errors the
// policy is nil.
func Compile(p *program.Program) (*Policy, []program.Finding) {
	preset := p.Policy.Extends
	if preset == "" {
		preset = "standard"
	}
	base, findings := presetFile(string(preset))
	if base == nil {
		return nil, findings
	}
	pol := &Policy{
		Preset: string(preset), includeFixtures: p.Fixtures.Include,
		tests: p.Policy.Tests, categories: map[string]license.Category{}, categoriesFile: "policy.yaml",
	}
	for _, f := range []*program.PolicyFile{base, &p.Policy} {
		for id, c := range f.Categories {
			pol.categories[string(id)] = c
		}
	}
	for _, f := range []*program.PolicyFile{&p.Policy, base} {
		findings = append(findings, pol.add(f.Rules)...)
	}
	if program.HasErrors(findings) {
		return nil, findings
	}
	return pol, findings
}

// add appends one layer of rules in order of class.
func (pol *Policy) add(layer []program.Rule) []program.Finding {
	var findings []program.Finding
	var ready []*rule
	for _, r := range layer {
		c := &rule{Rule: r, class: classOf(r), ref: RuleRef{ID: r.ID, File: r.At.File, Line: r.At.Line, Text: ruleText(r)}}
		if wrong := twoSubjects(r); wrong != "" {
			findings = append(findings, program.Finding{Severity: program.Error, Pos: r.At, Message: fmt.Sprintf("rule %q: %s", r.ID, wrong)})
			continue
		}
		if r.When != "" {
			w, err := compileWhen(r.When)
			if err != nil {
				findings = append(findings, program.Finding{Severity: program.Error, Pos: r.At,
					Message: fmt.Sprintf("rule %q: when: %v", r.ID, err)})
				continue
			}
			c.when = w
		}
		ready = append(ready, c)
	}
	sort.SliceStable(ready, func(i, j int) bool { return ready[i].class < ready[j].class })
	for _, r := range ready {
		r.index = len(pol.rules) + len(pol.unresolved)
		switch {
		case r.Vulnerability != nil:
			pol.vulnerabilities = append(pol.vulnerabilities, r)
			continue
		case r.Upstream != nil:
			pol.upstream = append(pol.upstream, r)
			continue
		}
		pol.asks.note(r)
		if r.Unresolved != nil && *r.Unresolved {
			pol.unresolved = append(pol.unresolved, r)
		} else {
			pol.rules = append(pol.rules, r)
		}
	}
	return findings
}

func (a *asks) note(r *rule) {
	a.product = a.product || len(r.Product) > 0
	a.team = a.team || len(r.Team) > 0
	a.repository = a.repository || len(r.Repository) > 0
	a.manifest = a.manifest || len(r.Manifest) > 0
	a.recipients = a.recipients || len(r.Recipients) > 0
	a.relation = a.relation || len(r.Relation) > 0
	a.outbound = a.outbound || len(r.Outbound) > 0
	if r.when != nil {
		loose := *r
		loose.Scope = nil // fixes are tried with another scope
		a.expressions = append(a.expressions, &loose)
	}
	if len(r.Package) > 0 {
		a.packages = append(a.packages, r)
	}
}

// Rules lists the rules in the order in which they are asked: on licenses, on
// unknown versions, on vulnerabilities, on signals about projects.
func (pol *Policy) Rules() []RuleRef {
	var out []RuleRef
	for _, list := range [][]*rule{pol.rules, pol.unresolved, pol.vulnerabilities, pol.upstream} {
		for _, r := range list {
			out = append(out, r.ref)
		}
	}
	return out
}
