package work

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// particular is a program that speaks of components by name in every way.
var particular = map[string]string{
	"program.yaml": `products:
- {id: shop, repositories: ["**/shop"], delivery: [distributed_binary], modified: ["pkg:npm/changed"], overrides: [{package: ["pkg:npm/apart"], coupling: separate_process}]}
- {id: site, repositories: ["**/shop", "**/site"], delivery: [web_client, network_service]}
`,
	"waivers.yaml": `waivers:
- {id: W1, package: "pkg:npm/waived", license: GPL-3.0-only, class: deadline, justification: it goes, owner: anna, approver: legal, start: 2026-01-01, expires: 2026-05-01}
`,
	"conclusions.yaml": `conclusions:
- {package: "pkg:npm/concluded", license: MIT, by: anna, date: 2026-02-01, reason: read it}
`,
	"policy.yaml": `extends: standard
rules:
- {id: named, package: ["pkg:npm/named"], verdict: deny, reason: named}
`,
}

func TestAVerdictThatIsSharedIsThatOfEachUsageAlone(t *testing.T) {
	o := office(t, particular)
	names := rapid.SampledFrom([]string{"a", "b", "changed", "apart", "waived", "concluded", "named"})
	licenses := rapid.SampledFrom([]string{"", "MIT", "GPL-3.0-only", "LGPL-2.1-only", "(MIT OR GPL-3.0-only)", "a license of ours"})
	rapid.Check(t, func(t *rapid.T) {
		var snaps []Scanned
		for _, repo := range []string{"example.com/shop", "example.com/site", "example.com/other"} {
			s := scanned(repo)
			s.Packages.Facts = map[string][]inventory.LicenseFact{}
			for i := range rapid.IntRange(0, 12).Draw(t, "usages") {
				u := npm(names.Draw(t, "name"), fmt.Sprintf("1.0.%d", rapid.IntRange(0, 2).Draw(t, "version")), licenses.Draw(t, "license"),
					rapid.SampledFrom(inventory.Scopes).Draw(t, "scope"))
				if rapid.Bool().Draw(t, "open") {
					u.Component.Version, u.Requirement = "", fmt.Sprintf("^%d", i%2)
				}
				if found := licenses.Draw(t, "found"); found != "" {
					s.Packages.Facts[u.Component.String()] = []inventory.LicenseFact{{Kind: inventory.Detected, Expression: found, Raw: found, Observed: time.Unix(int64(i), 0)}}
				}
				u.Manifest = rapid.SampledFrom([]string{"package-lock.json", "web/package-lock.json"}).Draw(t, "manifest")
				s.Snapshot.Units[0].Usages = append(s.Snapshot.Units[0].Usages, u)
			}
			snaps = append(snaps, s)
		}
		judged, _ := o.Judge(snaps)
		for _, j := range judged {
			session := o.Policy.NewSession(o.Program.Waivers, o.AsOf)
			use, facts := j.Use(), j.Facts()
			want := session.Brief(&use, &facts)
			if d := cmp.Diff([]any{want.Outcome(), want.Rule, want.Reasons, want.Fix, effective(&want)}, []any{j.Verdict.Outcome(), j.Verdict.Rule, j.Verdict.Reasons, j.Verdict.Fix, effective(j.Verdict)}); d != "" {
				t.Fatalf("%s in %s (-alone +shared):\n%s", j.purl, j.Repository, d)
			}
		}
	})
}
