package policy

import (
	"fmt"
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

// benchmark judges 100,000 usages of 2,000 packages in 50 repositories, half of
// them for two products, with the rules and waivers of a large company.
func benchmark(b *testing.B, policyText string) {
	waivers := "waivers:\n"
	for i := range 300 {
		waivers += fmt.Sprintf("  - {id: W-%d, package: pkg:npm/package-%d, class: other, justification: j, owner: a, approver: b, start: 2026-11-01, expires: 2026-12-01}\n", i, i*7)
	}
	files := map[string][]byte{"policy.yaml": []byte(policyText), "waivers.yaml": []byte(waivers), "program.yaml": []byte(`
products:
  - {id: shop, repositories: ['github.com/example/*'], delivery: [network_service, web_client], tier: critical, team: checkout}
  - {id: till, repositories: ['github.com/example/repo-1*'], delivery: [device], locked_down: true}
teams:
  - {id: checkout, owns: ['github.com/example/**']}
`)}
	p, findings := program.Load(files)
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	pol, findings := Compile(p)
	if len(findings) > 0 {
		b.Fatal(findings)
	}
	usages := make([]inventory.Usage, 100_000)
	facts := make([]LicenseFacts, len(usages))
	for i := range usages {
		typ := purlTypes[i%len(purlTypes)]
		usages[i] = inventory.Usage{Component: inventory.NewPURL(typ, fmt.Sprintf("package-%d", i%2000), fmt.Sprintf("1.%d.0", i%3)),
			Manifest: "services/web/package-lock.json", Relation: inventory.Transitive, Scope: inventory.Scopes[i%len(inventory.Scopes)]}
		facts[i] = declared(someLicenses[i%len(someLicenses)])
	}
	b.ReportAllocs()
	for b.Loop() {
		session := pol.NewSession(p.Waivers, someDay)
		failed := 0
		for i := range usages {
			repo := fmt.Sprintf("github.com/example/repo-%d", i%50)
			for _, product := range p.ProductsFor(repo, usages[i].Manifest) {
				if v := session.Judge(UseFor(p, product, repo, usages[i]), facts[i]); !v.Passes() {
					failed++
				}
			}
		}
		if failed == 0 {
			b.Fatal("nothing failed")
		}
	}
	b.ReportMetric(float64(len(usages)), "usages/op")
}

func BenchmarkJudge100000(b *testing.B) { benchmark(b, "extends: standard") }

func BenchmarkJudge100000WithPackageRules(b *testing.B) {
	text := "rules:\n"
	for i := range 50 {
		text += fmt.Sprintf("  - {id: p%d, package: ['pkg:npm/package-%d*'], team: [checkout], verdict: review}\n", i, i*3)
	}
	benchmark(b, text)
}

func BenchmarkJudge100000WithExpressions(b *testing.B) {
	benchmark(b, `rules: [{id: zero, category: [strong], when: 'component.version.startsWith("0.")', verdict: review}]`)
}

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		p, _ := program.Load(program.Starter("standard"))
		if pol, _ := Compile(p); pol == nil {
			b.Fatal("no policy")
		}
	}
}
