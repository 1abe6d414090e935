package policy

import (
	"testing"

	"github.com/tributary-oss/tributary/internal/program"
)

// A policy that loads without errors judges without a panic, and never lets
// through what has no license unless a rule speaks of it.
func FuzzPolicyFile(f *testing.F) {
	for _, name := range Presets {
		text, _ := PresetText(name)
		f.Add(text, "MIT")
	}
	f.Add([]byte("rules: [{id: a, when: 'component.name == \"x\"', verdict: allow}]"), "GPL-2.0-or-later OR NOASSERTION")
	f.Add([]byte("rules: [{id: a, verdict: allow}]\ncategories: {MIT: strong}"), "(MIT AND ISC)")
	f.Add([]byte("rules: [{id: a, package: ['pkg:*/*  >=1 || ^2'], unresolved: false, verdict: allow}]"), "see LICENSE")
	f.Fuzz(func(t *testing.T, data []byte, expression string) {
		p, findings := program.Load(map[string][]byte{"policy.yaml": data})
		if program.HasErrors(findings) {
			return
		}
		pol, findings := Compile(p)
		if (pol == nil) != program.HasErrors(findings) {
			t.Fatalf("policy %v, findings %v", pol, findings)
		}
		if pol == nil {
			return
		}
		RunTests(pol)
		for _, use := range []Use{shipped("npm", "left-pad"), {}, {Component: shipped("conan", "zlib").Component}} {
			v := pol.Judge(use, declared(expression), p.Waivers, someDay)
			if v.Rule.ID == "" || len(v.Reasons) == 0 {
				t.Errorf("no proof: %+v", v)
			}
		}
	})
}
