package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/vex"
)

func vulnerableUse() Use {
	return Use{Component: inventory.NewPURL("npm", "lib", "1.0.0"), Scope: inventory.Runtime, Relation: inventory.Direct, Delivery: []program.Delivery{program.NetworkService}}
}

func vulnerability() *Vulnerability {
	return &Vulnerability{IDs: []string{"GHSA-1", "CVE-2026-1"}, Kind: program.KindVulnerability, Level: "high", Score: 8.1, EPSS: -1, Exploited: program.No, Fixed: []string{"1.0.1"}, Source: "advisory GHSA-1"}
}

func policyOf(t testing.TB, rules string) *Policy {
	return mustCompile(t, map[string][]byte{"policy.yaml": []byte("extends: open\nrules:\n" + rules)})
}

func TestEachKeyOfAVulnerabilitySelects(t *testing.T) {
	for _, c := range []struct {
		keys   string
		change func(*Vulnerability)
	}{
		{"id: [cve-2026-9]", func(v *Vulnerability) { v.IDs = []string{"GHSA-9", "CVE-2026-9"} }},
		{"kind: [malware]", func(v *Vulnerability) { v.Kind = program.KindMalware }},
		{"severity: [critical]", func(v *Vulnerability) { v.Level = "critical" }},
		{"cvss: 9", func(v *Vulnerability) { v.Score = 9 }},
		{"epss: 0.5", func(v *Vulnerability) { v.EPSS = 0.5 }},
		{"exploited: true", func(v *Vulnerability) { v.Exploited = program.Yes }},
		{"fix: false", func(v *Vulnerability) { v.Fixed = nil }},
		{"reachable: [yes]", func(v *Vulnerability) { v.Reachable = program.Yes }},
		{"age: 30", func(v *Vulnerability) { v.Published = someDay.AddDate(0, 0, -30) }},
		{"status: [fixed]", func(v *Vulnerability) { v.Decided.Statement = &program.VEXStatement{Status: vex.Fixed} }},
		{"severity: [high], fix: true", func(v *Vulnerability) {}},
	} {
		s := policyOf(t, "  - {id: it, vulnerability: {"+c.keys+"}, verdict: deny, reason: x}\n").NewSession(nil, someDay)
		use, plain, changed := vulnerableUse(), vulnerability(), vulnerability()
		plain.EPSS, plain.Published = 0.1, someDay.AddDate(0, 0, -29)
		changed.EPSS, changed.Published = 0.1, someDay.AddDate(0, 0, -29)
		c.change(changed)
		if v := s.JudgeVulnerability(&use, changed); v.Rule.ID != "it" || v.Decision != Deny {
			t.Errorf("%s does not select: %s by %s", c.keys, v.Decision, v.Rule.ID)
		}
		if v := s.JudgeVulnerability(&use, plain); v.Rule.ID == "it" && !strings.Contains(c.keys, "fix: true") {
			t.Errorf("%s selects what it should not", c.keys)
		}
	}
}

// Whatever the rules: what is not known never lets anything pass that one of its
// values would not let pass.
func TestWhatIsNotKnownNeverLetsPass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules strings.Builder
		for i := range rapid.IntRange(1, 5).Draw(t, "rules") {
			keys := []string{}
			for _, k := range []string{"exploited: true", "exploited: false", "epss: 0.5", "cvss: 7", "age: 30", "fix: true"} {
				if rapid.Bool().Draw(t, k) {
					keys = append(keys, k)
				}
			}
			if slices.Contains(keys, "exploited: true") && slices.Contains(keys, "exploited: false") {
				keys = slices.DeleteFunc(keys, func(k string) bool { return k == "exploited: false" })
			}
			fmt.Fprintf(&rules, "  - {id: r%d, vulnerability: {%s}, verdict: %s, reason: x}\n", i, strings.Join(keys, ", "), rapid.SampledFrom([]string{"allow", "review", "deny"}).Draw(t, "verdict"))
		}
		file, findings := program.LoadPolicy("policy.yaml", []byte("rules:\n"+rules.String()))
		pol := new(Policy)
		if more := pol.add(file.Rules); len(findings)+len(more) > 0 {
			t.Fatal(findings, more)
		}
		s := pol.NewSession(nil, someDay)
		use, v := vulnerableUse(), vulnerability()
		v.Exploited, v.Score, v.EPSS = program.Unknown, -1, -1
		unknown := s.JudgeVulnerability(&use, v).Decision
		for _, exploited := range []program.Tri{program.Yes, program.No} {
			for _, score := range []float64{0, 7, 10} {
				for _, epss := range []float64{0, 0.5, 1} {
					for _, age := range []int{0, 29, 30, 400} {
						v.Exploited, v.Score, v.EPSS, v.Published = exploited, score, epss, someDay.AddDate(0, 0, -age)
						if known := s.JudgeVulnerability(&use, v).Decision; unknown == Allow && known.Rank() >= Review.Rank() {
							t.Fatalf("unknown passes, but %s, CVSS %v, EPSS %v, %d days is %s", exploited, score, epss, age, known)
						}
					}
				}
			}
		}
	})
}

func TestMalwarePassesOnlyByARuleThatNamesIt(t *testing.T) {
	use, v := vulnerableUse(), vulnerability()
	v.Kind, v.Level, v.Score = program.KindMalware, "unknown", -1
	if got := policyOf(t, "  - {id: all-fine, vulnerability: {}, verdict: allow}\n").NewSession(nil, someDay).JudgeVulnerability(&use, v); got.Decision != Deny {
		t.Errorf("a rule on anything let malware pass: %s by %s", got.Decision, got.Rule.ID)
	}
	if got := policyOf(t, "  - {id: sample, vulnerability: {id: [GHSA-1]}, verdict: allow}\n").NewSession(nil, someDay).JudgeVulnerability(&use, v); got.Decision != Allow {
		t.Errorf("a rule that names it does not count: %s by %s", got.Decision, got.Rule.ID)
	}
}

func TestWhereDeliveryIsNotKnownAndMattersAPersonDecides(t *testing.T) {
	s := policyOf(t, "  - {id: shipped, vulnerability: {}, delivery: [device], verdict: deny, reason: x}\n  - {id: kept, vulnerability: {}, verdict: allow}\n").NewSession(nil, someDay)
	use := vulnerableUse()
	use.Delivery = nil
	got := s.JudgeVulnerability(&use, vulnerability())
	if got.Decision != Review || len(got.Fix) == 0 || !strings.Contains(got.Fix[0], "products.delivery") {
		t.Errorf("%s, %v", got.Decision, got.Fix)
	}
	use.Delivery = []program.Delivery{program.NetworkService, program.Device}
	if got := s.JudgeVulnerability(&use, vulnerability()); got.Decision != Deny {
		t.Errorf("of known ways the worst counts, got %s", got.Decision)
	}
}

func TestAWaiverAcceptsARiskByNameAndUndoesNothing(t *testing.T) {
	waiver := program.Waiver{ID: "W", Finding: program.FindingVulnerability, Vulnerability: []string{"cve-2026-1"}, Owner: "o", Approver: "a",
		Start: program.Date{Time: someDay.AddDate(0, 0, -1)}, Expires: program.Date{Time: someDay.AddDate(0, 0, 10)}}
	var err error
	if waiver.Package, err = program.ParsePackage("pkg:npm/lib"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(*program.Waiver)
		holds  bool
		why    string
	}{
		{"by alias", func(*program.Waiver) {}, true, ""},
		{"another vulnerability", func(w *program.Waiver) { w.Vulnerability = []string{"CVE-2026-2"} }, false, ""},
		{"a waiver of the license", func(w *program.Waiver) { w.Finding = program.FindingLicense }, false, ""},
		{"past its end", func(w *program.Waiver) { w.Expires = program.Date{Time: day(someDay).AddDate(0, 0, -1)} }, false, "expired"},
		{"another delivery", func(w *program.Waiver) { w.Delivery = []program.Delivery{program.InternalOnly} }, false, "not given for delivery"},
	} {
		w := waiver
		c.change(&w)
		use := vulnerableUse()
		got := policyOf(t, "  - {id: no, vulnerability: {}, verdict: deny, reason: x}\n").NewSession([]program.Waiver{w}, someDay).JudgeVulnerability(&use, vulnerability())
		if got.Decision != Deny || (got.Waiver != nil) != c.holds || c.why != "" && (len(got.Lapsed) != 1 || !strings.Contains(got.Lapsed[0].Why, c.why)) {
			t.Errorf("%s: %s, waiver %v, lapsed %v", c.name, got.Decision, got.Waiver, got.Lapsed)
		}
	}
}

func TestLivingWithOneSignalHidesNoOther(t *testing.T) {
	s := policyOf(t, "  - {id: known, upstream: {deprecated: true}, package: ['pkg:npm/lib'], verdict: allow}\n  - {id: squat, upstream: {typosquat: true}, verdict: deny, reason: x}\n").NewSession(nil, someDay)
	use, u := vulnerableUse(), NoUpstream()
	if _, ok := s.JudgeUpstream(&use, &u); ok {
		t.Error("what is not known is no signal")
	}
	u.Deprecated = program.Yes
	if got, ok := s.JudgeUpstream(&use, &u); !ok || got.Decision != Allow {
		t.Errorf("%v by %s", got.Decision, got.Rule.ID)
	}
	u.Typosquat = program.Yes
	if got, ok := s.JudgeUpstream(&use, &u); !ok || got.Decision != Deny || got.Rule.ID != "squat" {
		t.Errorf("%v by %s", got.Decision, got.Rule.ID)
	}
}

func TestRulesSpeakOfOneSubject(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"{id: x, license: [MIT], vulnerability: {}, verdict: review}", "license"},
		{"{id: x, unresolved: true, upstream: {archived: true}, verdict: review}", "unresolved"},
		{"{id: x, when: 'true', vulnerability: {}, verdict: review}", "when"},
		{"{id: x, vulnerability: {}, verdict: allow_with_duties}", "duties follow from licenses"},
		{"{id: x, upstream: {}, verdict: review}", "names no signal"},
	} {
		p, findings := program.Load(map[string][]byte{"policy.yaml": []byte("rules:\n  - " + c.rule + "\n")})
		_, more := Compile(p)
		if all := fmt.Sprint(findings, more); !strings.Contains(all, c.want) {
			t.Errorf("%s: want a finding with %q, got %s", c.rule, c.want, all)
		}
	}
}

func TestAnExpiredDecisionIsToldAndDecidesNothing(t *testing.T) {
	use, v := vulnerableUse(), vulnerability()
	v.Decided = program.VEXDecision{Lapsed: []string{"statement V-1 (vex.yaml:2:5) does not hold: it expired on 2026-10-01"}}
	got := preset(t, "standard").NewSession(nil, someDay).JudgeVulnerability(&use, v)
	if got.Decision != Review || !slices.ContainsFunc(got.Reasons, func(r Reason) bool { return strings.HasPrefix(r.Text, "The question is open again: statement V-1") }) {
		t.Errorf("%s: %v", got.Decision, got.Reasons)
	}
}

func BenchmarkJudgeVulnerabilities(b *testing.B) {
	s := preset(b, "standard").NewSession(nil, someDay)
	use, v := vulnerableUse(), vulnerability()
	v.Published = someDay.Add(-90 * 24 * time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		s.JudgeVulnerability(&use, v)
	}
}
