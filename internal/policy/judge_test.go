package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

func shipped(typ, name string) Use {
	return Use{Component: inventory.NewPURL(typ, name, "1.0.0"), Scope: inventory.Runtime, Relation: inventory.Direct,
		Delivery: []program.Delivery{program.DistributedBinary}}
}

func TestEffectiveLicense(t *testing.T) {
	for _, c := range []struct {
		name                          string
		declared, detected, concluded []string
		want, basis                   string
	}{
		{"nothing", nil, nil, nil, "NOASSERTION", "nothing says"},
		{"declared alone", []string{"MIT"}, nil, nil, "MIT", "declared; no text"},
		{"detected alone", nil, []string{"MIT"}, nil, "MIT", "detected in the text"},
		{"both the same", []string{"MIT"}, []string{"MIT"}, nil, "MIT", "agree"},
		{"same but written otherwise", []string{"ISC OR MIT"}, []string{"MIT OR ISC"}, nil, "ISC OR MIT", "agree"},
		{"a choice with both texts", []string{"MIT OR Apache-2.0"}, []string{"MIT", "Apache-2.0"}, nil, "MIT OR Apache-2.0", "belongs to it"},
		{"a choice with one text", []string{"MIT OR Apache-2.0"}, []string{"Apache-2.0"}, nil, "MIT OR Apache-2.0", "belongs to it"},
		{"the text does not tell or later", []string{"GPL-2.0-or-later"}, []string{"GPL-2.0-only"}, nil, "GPL-2.0-or-later", "belongs to it"},
		{"they differ", []string{"MIT"}, []string{"GPL-3.0-only"}, nil, "MIT AND GPL-3.0-only", "differ"},
		{"two declarations that differ", []string{"MIT", "ISC"}, nil, nil, "MIT AND ISC", "declared"},
		{"a person decided", []string{"MIT"}, []string{"GPL-3.0-only"}, []string{"Apache-2.0"}, "Apache-2.0", "concluded"},
		{"the text helps where the declaration can't be read", []string{"see the file we ship"}, []string{"MIT"}, nil, "MIT", "not understood"},
		{"a declaration that can't be read is unknown", []string{"our own terms, ask us"}, nil, nil, "NOASSERTION", "not understood"},
		{"a second declaration that can't be read", []string{"MIT", "our own terms, ask us"}, nil, nil, "MIT AND NOASSERTION", "not understood"},
		{"NOASSERTION asserts nothing", []string{"NOASSERTION"}, []string{"MIT"}, nil, "MIT", "detected"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, basis := Effective(LicenseFacts{facts(c.declared), facts(c.detected), facts(c.concluded)})
			if e.String() != c.want || !strings.Contains(basis, c.basis) {
				t.Errorf("got %s (%s), want %s (…%s…)", e, basis, c.want, c.basis)
			}
		})
	}
}

func facts(list []string) []inventory.LicenseFact {
	var out []inventory.LicenseFact
	for _, s := range list {
		f := inventory.LicenseFact{Raw: s}
		if e, err := license.Parse(s); err == nil {
			f.Expression = e.String()
		}
		out = append(out, f)
	}
	return out
}

func TestTheBestBranchIsTakenAndRecorded(t *testing.T) {
	pol := preset(t, "standard")
	use := shipped("golang", "example.com/lib")
	for _, c := range []struct{ expr, branch, by string }{
		{"GPL-3.0-only OR MIT", "MIT", "permissive-delivered"},
		{"GPL-3.0-only OR (MIT AND Apache-2.0)", "MIT AND Apache-2.0", "permissive-delivered"},
		{"(GPL-3.0-only OR MIT) AND (AGPL-3.0-only OR ISC)", "MIT AND ISC", "permissive-delivered"},
		{"MIT OR Apache-2.0", "MIT", "permissive-delivered"},
		{"MIT", "", "permissive-delivered"},
	} {
		v := judgeExpr(pol, use, parse(t, c.expr))
		if v.Branch != c.branch || v.Rule.ID != c.by {
			t.Errorf("%s: branch %q by %s, want %q by %s", c.expr, v.Branch, v.Rule.ID, c.branch, c.by)
		}
	}
	v := judgeExpr(pol, use, parse(t, "GPL-3.0-only OR MIT"))
	if len(v.Leaves) != 2 || v.Leaves[0].Taken || !v.Leaves[1].Taken || v.Leaves[0].Decision != Deny {
		t.Errorf("leaves %+v", v.Leaves)
	}
}

func parse(t testing.TB, s string) license.Expr {
	t.Helper()
	e, err := license.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestOrLaterIsJudgedAsTheBestOfItsVersions(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte("rules: [{id: v3, license: [GPL-3.0-only], verdict: allow}]")})
	use := shipped("golang", "example.com/lib")
	v := judgeExpr(pol, use, parse(t, "GPL-2.0-or-later"))
	if !v.Passes() || v.Rule.ID != "v3" || v.Branch != "GPL-3.0-only" || v.Leaves[0].Note == "" {
		t.Errorf("%+v", v)
	}
	if v := judgeExpr(pol, use, parse(t, "GPL-2.0-only")); v.Passes() {
		t.Error("version 2 only can't be taken as version 3")
	}
	pol = mustCompile(t, map[string][]byte{"policy.yaml": []byte(
		"rules: [{id: v3, license: [GPL-3.0-only], verdict: allow}, {id: no, license: [GPL-2.0-or-later], verdict: deny, reason: no}]")})
	if v := judgeExpr(pol, use, parse(t, "GPL-2.0-or-later")); v.Rule.ID != "no" {
		t.Errorf("a rule on the license as written decides, not %s", v.Rule.ID)
	}
}

func TestALicenseWithItsExceptionIsLookedUpAsAPairFirst(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte(`
rules:
  - {id: gpl, license: [GPL-2.0-only], verdict: deny, reason: no}
  - {id: pair, license: [GPL-2.0-only], exception: [GCC-exception-2.0], verdict: allow}
`)})
	use := shipped("maven", "org.example:lib")
	for expr, want := range map[string]string{
		"GPL-2.0-only":                                                "gpl",
		"GPL-2.0-only WITH GCC-exception-2.0":                         "pair",
		"GPL-2.0-only WITH Classpath-exception-2.0":                   "weak-library-replaceable",
		"GPL-2.0-only WITH AdditionRef-something":                     "unknown-delivered",
		"GPL-2.0-only WITH GCC-exception-2.0 AND GPL-2.0-only":        "gpl",
		"GPL-2.0-only WITH Classpath-exception-2.0 OR SSPL-1.0":       "weak-library-replaceable",
		"(GPL-2.0-only OR Apache-2.0) AND (SSPL-1.0 OR BSD-2-Clause)": "permissive-delivered",
	} {
		if v := judgeExpr(pol, use, parse(t, expr)); v.Rule.ID != want {
			t.Errorf("%s: %s, want %s", expr, v.Rule.ID, want)
		}
	}
}

func TestRulesAreAskedByPrecedence(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte(`
rules:
  - {id: other, delivery: [distributed_binary], verdict: allow}
  - {id: category, category: [strong], verdict: review}
  - {id: license, license: [GPL-2.0-*], verdict: deny, reason: no}
  - {id: component, package: ['pkg:maven/org.example/* <2'], verdict: allow}
`)})
	for _, c := range []struct{ name, version, expr, want string }{
		{"org.example:lib", "1.0", "GPL-2.0-only", "component"},
		{"org.example:lib", "2.0", "GPL-2.0-only", "license"},
		{"org.other:lib", "1.0", "GPL-2.0-only", "license"},
		{"org.other:lib", "1.0", "GPL-3.0-only", "category"},
		{"org.other:lib", "1.0", "SSPL-1.0", "other"},
		{"org.other:lib", "1.0", "NOASSERTION", "unknown-delivered"}, // "other" can't let the unknown through
	} {
		use := shipped("maven", c.name)
		use.Component.Version = c.version
		if v := judgeExpr(pol, use, parse(t, c.expr)); v.Rule.ID != c.want {
			t.Errorf("%+v: got %s", c, v.Rule.ID)
		}
	}
}

func TestWhatIsNotKnownIsAskedAndSaysOnWhatItDepends(t *testing.T) {
	pol := preset(t, "standard")
	use := shipped("golang", "example.com/lib")
	use.Delivery = nil
	v := judgeExpr(pol, use, parse(t, "GPL-3.0-only"))
	text := v.Reasons[0].Text + " " + strings.Join(v.Fix, " ")
	for _, want := range []string{"not known how it is delivered", "allow for internal_only, network_service", "deny for distributed_binary", "products.delivery"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not say %q", text, want)
		}
	}
	if v.Decision != Review || v.Role != "team" {
		t.Errorf("%s by %s", v.Decision, v.Role)
	}
	if v := judgeExpr(pol, use, parse(t, "MIT")); v.Decision != AllowWithDuties {
		t.Errorf("MIT passes however it is delivered, got %s", v.Decision)
	}
	c := shipped("conan", "zlib")
	if v := judgeExpr(pol, c, parse(t, "LGPL-2.1-only")); v.Decision != Review || !strings.Contains(v.Reasons[0].Text, "joined to the product") {
		t.Errorf("%s: %v", v.Decision, v.Reasons)
	}
}

func TestFixesAreFoundByTrying(t *testing.T) {
	pol := preset(t, "standard")
	has := func(v Verdict, words string) bool { return strings.Contains(strings.Join(v.Fix, "\n"), words) }
	v := judgeExpr(pol, shipped("golang", "example.com/lib"), parse(t, "LGPL-3.0-only"))
	if !has(v, "link it dynamically") || !has(v, "separate process") {
		t.Errorf("LGPL in Go: %q", v.Fix)
	}
	v = judgeExpr(pol, shipped("golang", "example.com/lib"), parse(t, "GPL-3.0-only"))
	if has(v, "link it dynamically") || !has(v, "separate process") || !has(v, "waiver") {
		t.Errorf("GPL in Go: %q", v.Fix)
	}
	use := shipped("golang", "example.com/lib")
	use.Component.Version = ""
	if v = judgeExpr(pol, use, parse(t, "MIT")); !has(v, "Pin the version") || v.Unresolved == nil {
		t.Errorf("unresolved: %q", v.Fix)
	}
	if v = judgeExpr(pol, use, parse(t, "NOASSERTION")); !has(v, "conclusions.yaml") {
		t.Errorf("unknown: %q", v.Fix)
	}
}

func TestFixturesAreLeftOutUnlessTheProgramWantsThem(t *testing.T) {
	use := shipped("golang", "example.com/lib")
	use.Fixture = true
	if v := judgeExpr(preset(t, "standard"), use, parse(t, "GPL-3.0-only")); v.Decision != NotJudged || !v.Passes() {
		t.Errorf("%s", v.Decision)
	}
	pol := mustCompile(t, map[string][]byte{"program.yaml": []byte("fixtures: {include_in_verdicts: true}")})
	if v := judgeExpr(pol, use, parse(t, "GPL-3.0-only")); v.Decision != Deny {
		t.Errorf("%s", v.Decision)
	}
}

func TestTheCompanysViewOfACategoryComesFirst(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte("categories: {LicenseRef-acme: permissive-notice, gpl-3.0-only: weak-file}")})
	use := shipped("golang", "example.com/lib")
	for _, id := range []string{"LicenseRef-acme", "GPL-3.0-only"} {
		v := judgeExpr(pol, use, parse(t, id))
		if !v.Passes() || !strings.HasPrefix(v.Leaves[0].CategorySource, "policy.yaml") {
			t.Errorf("%s: %+v", id, v.Leaves)
		}
	}
}

func TestExpressionsOverFacts(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte(`
rules:
  - id: zero
    category: [permissive-notice]
    when: component.version.startsWith("0.") && tier == "critical"
    verdict: review
  - {id: fails-closed, license: [ISC], when: 'component.nothing == "x"', verdict: review}
  - {id: fails-open, license: [Zlib], when: 'component.nothing != "x"', verdict: allow}
  - {id: zlib, license: [Zlib], verdict: deny, reason: no}
`)})
	use := shipped("npm", "left-pad")
	use.Tier = "critical"
	judge := func(version, expr string) string {
		use.Component.Version = version
		return judgeExpr(pol, use, parse(t, expr)).Rule.ID
	}
	got := []string{judge("0.1", "MIT"), judge("1.0", "MIT"), judge("1.0", "ISC"), judge("1.0", "Zlib")}
	if diff := cmp.Diff([]string{"zero", "permissive-delivered", "fails-closed", "zlib"}, got); diff != "" {
		t.Error(diff)
	}
	for expr, words := range map[string]string{`tier = "x"`: "Syntax error", `teir == "x"`: "undeclared reference", `"text"`: "must give true or false"} {
		p, _ := program.Load(map[string][]byte{"policy.yaml": []byte("rules:\n  - id: a\n    when: '" + expr + "'\n    verdict: review\n")})
		pol, findings := Compile(p)
		if pol != nil || len(findings) != 1 || findings[0].Line != 2 || !strings.Contains(findings[0].Message, words) {
			t.Errorf("%s: %v", expr, findings)
		}
	}
}

func TestPolicyTestsSayWhatDiffers(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte(`
rules:
  - {id: mit, license: [MIT], verdict: review}
tests:
  - {name: right, given: {license: MIT}, expect: review, rule: mit}
  - {name: verdict, given: {license: MIT}, expect: allow}
  - {name: rule, given: {license: MIT}, expect: review, rule: other}
  - {name: package, given: {license: MIT, package: nothing}, expect: review}
`)})
	var got []string
	for _, r := range RunTests(pol) {
		got = append(got, r.Name+": "+r.Message)
	}
	want := []string{
		"right: ",
		"verdict: want allow, got review by rule mit (license is MIT -> review)",
		"rule: want rule other, but mit decided (license is MIT -> review)",
		`package: package URL "nothing": does not start with "pkg:"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDiffGroupsByTheRuleThatNowDecidesWorseFirst(t *testing.T) {
	before, after := preset(t, "open"), preset(t, "regulated")
	var a, b []Judged
	for _, id := range []string{"MIT", "GPL-3.0-only", "AGPL-3.0-only", "GPL-2.0-only", "LGPL-3.0-only"} {
		use := shipped("golang", "example.com/"+id)
		a = append(a, Judged{use, judgeExpr(before, use, parse(t, id))})
		b = append(b, Judged{use, judgeExpr(after, use, parse(t, id))})
	}
	var got []string
	for _, c := range Diff(a, b) {
		line := c.From + " -> " + c.To + " by " + c.Rule.ID
		for _, j := range c.Items {
			line += " " + j.Use.Component.Name
		}
		got = append(got, line)
	}
	want := []string{
		"review -> deny by strong-shipped GPL-3.0-only GPL-2.0-only",
		"review -> deny by network-shipped-coupled AGPL-3.0-only",
		"allow_with_duties -> deny by weak-library-fixed LGPL-3.0-only",
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("sort", sorted)); diff != "" {
		t.Error(diff)
	}
	if len(Diff(a, a)) != 0 {
		t.Error("a policy differs from itself")
	}
	if gone := Diff(a, a[:4]); len(gone) != 1 || gone[0].To != "" || gone[0].Worse {
		t.Errorf("a usage that is gone: %+v", gone)
	}
}

func TestDutiesFollowFromTheUse(t *testing.T) {
	pol := preset(t, "standard")
	device := shipped("maven", "org.example:lib")
	device.Delivery, device.LockedDown = []program.Delivery{program.Device}, true
	inside := shipped("maven", "org.example:lib")
	inside.Delivery = []program.Delivery{program.InternalOnly}
	tool := shipped("maven", "org.example:lib")
	tool.Scope = inventory.Test
	for _, c := range []struct {
		name, expr string
		use        Use
		has, lacks []license.Action
	}{
		{"a notice", "MIT", shipped("npm", "lib"), []license.Action{license.IncludeNotice}, nil},
		{"a replaceable library needs no relinking", "LGPL-2.1-only", shipped("maven", "org.example:lib"), []license.Action{license.ProvideSource}, []license.Action{license.RelinkMaterials}},
		{"a fixed one does", "LGPL-2.1-only", shipped("golang", "example.com/lib"), []license.Action{license.RelinkMaterials}, nil},
		{"installation information", "LGPL-3.0-only", device, []license.Action{license.InstallInfo}, nil},
		{"nothing inside", "LGPL-3.0-only", inside, nil, license.Actions},
		{"nothing for tools", "GPL-3.0-only", tool, nil, license.Actions},
		{"of the branch taken only", "GPL-3.0-only OR MIT", shipped("npm", "lib"), []license.Action{license.IncludeNotice}, []license.Action{license.ProvideSource}},
		{"of both that hold", "MPL-2.0 AND MIT", shipped("npm", "lib"), []license.Action{license.IncludeNotice, license.ProvideSource}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[license.Action]bool{}
			for _, d := range judgeExpr(pol, c.use, parse(t, c.expr)).Duties {
				got[d.Action] = true
			}
			for _, a := range c.has {
				if !got[a] {
					t.Errorf("no %s in %v", a, got)
				}
			}
			for _, a := range c.lacks {
				if got[a] {
					t.Errorf("%s in %v", a, got)
				}
			}
		})
	}
}

func TestARuleCanAllowAUseButNotWaiveWhatTheLicenseAsks(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{"policy.yaml": []byte("rules: [{id: mit, license: [MIT], verdict: allow}]")})
	v := judgeExpr(pol, shipped("npm", "lib"), parse(t, "MIT"))
	if v.Decision != AllowWithDuties || v.Rule.ID != "mit" || len(v.Duties) == 0 {
		t.Errorf("%s by %s with %d duties", v.Decision, v.Rule.ID, len(v.Duties))
	}
}
