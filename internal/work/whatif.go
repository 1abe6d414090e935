package work

import (
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
)

// Change is verdicts that would change in the same way by the same rule.
type Change struct {
	Before string       `json:"before"`
	After  string       `json:"after"`
	Rule   string       `json:"rule"` // the rule that decides afterwards
	Worse  bool         `json:"worse"`
	Items  []ChangeItem `json:"items"`
}

// ChangeItem is one verdict that would change.
type ChangeItem struct {
	Repository string `json:"repository"`
	Product    string `json:"product,omitempty"`
	Purl       string `json:"purl"`
	License    string `json:"license"`
	// Vulnerability is the id where the verdict is about one.
	Vulnerability string `json:"vulnerability,omitempty"`
}

// WithPolicy is the same office under another policy file.
func (o *Office) WithPolicy(name string, b []byte) (*Office, []program.Finding) {
	file, findings := program.LoadPolicy(name, b)
	if file == nil || program.HasErrors(findings) {
		return nil, findings
	}
	p, more := o.Program.WithPolicy(file)
	compiled, still := policy.Compile(p)
	findings = append(append(findings, more...), still...)
	other := *o
	other.Program, other.Policy = p, compiled
	return &other, findings
}

// WhatIf judges the same facts under two offices and says what differs, worse
// first, and how many verdicts were compared.
func WhatIf(before, after *Office, snaps []Scanned) ([]Change, int) {
	was, is := before.forDiff(snaps), after.forDiff(snaps)
	var out []Change
	for _, c := range policy.Diff(was, is) {
		change := Change{Before: c.From, After: c.To, Rule: c.Rule.ID, Worse: c.Worse}
		for _, j := range c.Items {
			change.Items = append(change.Items, ChangeItem{Repository: j.Use.Repository, Product: j.Use.Product, Purl: j.Use.Component.String(), License: effective(&j.Verdict)})
		}
		out = append(out, change)
	}
	return out, len(is)
}

// forDiff gives verdicts by component, product and repository; which manifest
// decided is left out, for that can change with the policy.
func (o *Office) forDiff(snaps []Scanned) []policy.Judged {
	judged, _ := o.Judge(snaps)
	out := make([]policy.Judged, len(judged))
	for i, j := range judged {
		use := j.Use()
		use.Manifest = ""
		out[i] = policy.Judged{Use: use, Verdict: *j.Verdict}
	}
	return out
}
