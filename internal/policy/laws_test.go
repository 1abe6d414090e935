package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

var someLicenses = []string{"MIT", "Apache-2.0", "CC0-1.0", "MPL-2.0", "EPL-2.0", "LGPL-2.1-only", "LGPL-3.0-or-later", "GPL-2.0-only",
	"GPL-2.0-or-later", "GPL-2.0-only WITH Classpath-exception-2.0", "AGPL-3.0-only", "SSPL-1.0", "CC-BY-SA-4.0", "OFL-1.1",
	"LicenseRef-acme", "NOASSERTION", "Apache-1.1+"}

var purlTypes = []string{"npm", "golang", "maven", "conan", "pypi", "docker", "generic"}

// anyExpr draws expressions up to a depth of three.
func anyExpr() *rapid.Generator[license.Expr] {
	leaf := rapid.Custom(func(t *rapid.T) license.Expr {
		e, err := license.Parse(rapid.SampledFrom(someLicenses).Draw(t, "license"))
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
	gen := leaf
	for range 3 {
		inner := gen
		gen = rapid.OneOf(leaf, rapid.Custom(func(t *rapid.T) license.Expr {
			parts := rapid.SliceOfN(inner, 2, 3).Draw(t, "parts")
			if rapid.Bool().Draw(t, "and") {
				return license.And(parts...)
			}
			return license.Or(parts...)
		}))
	}
	return gen
}

func sample[T any](list ...T) *rapid.Generator[T] { return rapid.SampledFrom(list) }

func anyUse() *rapid.Generator[Use] {
	return rapid.Custom(func(t *rapid.T) Use {
		version := sample("1.0.0", "2.5.1", "").Draw(t, "version")
		deliveries := append([]program.Delivery{program.DeliveryUnknown}, program.Deliveries...)
		return Use{
			Component:   inventory.NewPURL(rapid.SampledFrom(purlTypes).Draw(t, "type"), sample("left-pad", "lodash", "x/y").Draw(t, "name"), version),
			Repository:  sample("github.com/a/b", "github.com/a/lab").Draw(t, "repository"),
			Manifest:    sample("go.mod", "tools/go.mod").Draw(t, "manifest"),
			Team:        sample("", "checkout").Draw(t, "team"),
			Product:     sample("", "shop").Draw(t, "product"),
			Tier:        sample[program.Tier]("", "critical", "low").Draw(t, "tier"),
			Relation:    sample(inventory.Direct, inventory.Transitive).Draw(t, "relation"),
			Scope:       rapid.SampledFrom(inventory.Scopes).Draw(t, "scope"),
			Delivery:    rapid.SliceOfN(rapid.SampledFrom(deliveries), 0, 3).Draw(t, "delivery"),
			LockedDown:  rapid.Bool().Draw(t, "locked"),
			Recipients:  rapid.SliceOfN(rapid.SampledFrom(program.Recipients), 0, 2).Draw(t, "recipients"),
			Coupling:    rapid.SampledFrom(append([]program.Coupling{"", program.CouplingUnknown}, program.Couplings...)).Draw(t, "coupling"),
			Replaceable: sample[program.Tri]("", program.Yes, program.No, program.Unknown).Draw(t, "replaceable"),
			Modified:    sample[program.Tri]("", program.Yes, program.No, program.Unknown).Draw(t, "modified"),
			Granted:     sample[program.Tri]("", program.Yes, program.No).Draw(t, "granted"),
			Outbound:    sample("", "MIT", "GPL-3.0-only", "MIT OR Apache-2.0").Draw(t, "outbound"),
		}
	})
}

func judgeExpr(pol *Policy, use Use, e license.Expr) Verdict {
	return pol.Judge(use, declared(e.String()), nil, someDay)
}

func TestLawAddingALicenseNeverImproves(t *testing.T) {
	for _, name := range Presets {
		pol := preset(t, name)
		rapid.Check(t, func(t *rapid.T) {
			use, a, b := anyUse().Draw(t, "use"), anyExpr().Draw(t, "a"), anyExpr().Draw(t, "b")
			before, after := judgeExpr(pol, use, a), judgeExpr(pol, use, license.And(a, b))
			if after.Decision.Rank() < before.Decision.Rank() {
				t.Fatalf("%s is %s, but %s is %s", a, before.Decision, license.And(a, b), after.Decision)
			}
		})
	}
}

func TestLawAddingAChoiceNeverWorsens(t *testing.T) {
	for _, name := range Presets {
		pol := preset(t, name)
		rapid.Check(t, func(t *rapid.T) {
			use, a, b := anyUse().Draw(t, "use"), anyExpr().Draw(t, "a"), anyExpr().Draw(t, "b")
			before, after := judgeExpr(pol, use, a), judgeExpr(pol, use, license.Or(a, b))
			// What a license asks turns allow into allow with duties; that is
			// the price of the elected branch and not a worse answer.
			if max(after.Decision.Rank(), 1) > max(before.Decision.Rank(), 1) {
				t.Fatalf("%s is %s, but %s is %s", a, before.Decision, license.Or(a, b), after.Decision)
			}
		})
	}
}

func TestLawTheWayAnExpressionIsWrittenDoesNotMatter(t *testing.T) {
	pol := preset(t, "standard")
	rapid.Check(t, func(t *rapid.T) {
		use, e := anyUse().Draw(t, "use"), anyExpr().Draw(t, "e")
		a, b := judgeExpr(pol, use, e), judgeExpr(pol, use, e.Normalize())
		if max(a.Decision.Rank(), 1) != max(b.Decision.Rank(), 1) {
			t.Fatalf("%s is %s, %s is %s", e, a.Decision, e.Normalize(), b.Decision)
		}
	})
}

func TestLawAnotherDeliveryNeverImproves(t *testing.T) {
	pol := preset(t, "standard")
	rapid.Check(t, func(t *rapid.T) {
		use, e := anyUse().Draw(t, "use"), anyExpr().Draw(t, "e")
		use.Delivery = []program.Delivery{rapid.SampledFrom(program.Deliveries).Draw(t, "first")}
		before := judgeExpr(pol, use, e)
		use.Delivery = append(use.Delivery, rapid.SampledFrom(program.Deliveries).Draw(t, "second"))
		if after := judgeExpr(pol, use, e); after.Decision.Rank() < before.Decision.Rank() {
			t.Fatalf("%v: %s before, %s after", use.Delivery, before.Decision, after.Decision)
		}
	})
}

func TestLawWhatIsNotKnownIsNeverBetterThanTheWorstPossibilityUnlessAPersonIsAsked(t *testing.T) {
	pol := preset(t, "standard")
	rapid.Check(t, func(t *rapid.T) {
		use, e := anyUse().Draw(t, "use"), anyExpr().Draw(t, "e")
		use.Delivery = nil
		open := judgeExpr(pol, use, e)
		use.Delivery = []program.Delivery{rapid.SampledFrom(reaching(program.Deliveries, use.Component.Type)).Draw(t, "delivery")}
		use.Recipients = nil
		if known := judgeExpr(pol, use, e); open.Passes() && !known.Passes() {
			t.Fatalf("unknown delivery passes (%s), %v does not (%s)", open.Decision, use.Delivery, known.Decision)
		}
	})
}

func TestLawNothingUnknownPassesSilently(t *testing.T) {
	for _, name := range Presets {
		pol := preset(t, name)
		rapid.Check(t, func(t *rapid.T) {
			use := anyUse().Draw(t, "use")
			for _, id := range []string{"NOASSERTION", "NONE", "LicenseRef-acme", ""} {
				if v := pol.Judge(use, declared(id), nil, someDay); v.Passes() {
					t.Fatalf("%q passes: %s by %s", id, v.Decision, v.Rule.ID)
				}
			}
		})
	}
}

func TestLawEveryVerdictIsExplained(t *testing.T) {
	pol := preset(t, "standard")
	rapid.Check(t, func(t *rapid.T) {
		use, e := anyUse().Draw(t, "use"), anyExpr().Draw(t, "e")
		v := judgeExpr(pol, use, e)
		if v.Rule.ID == "" || v.Rule.Text == "" || v.Basis == "" || len(v.Reasons) < 2 || len(v.Leaves) == 0 {
			t.Fatalf("no proof: %+v", v)
		}
		if !v.Passes() && (v.Role == "" || len(v.Fix) == 0) {
			t.Fatalf("nobody is asked or nothing would help: %+v", v)
		}
		for _, r := range v.Reasons {
			if r.Text == "" || r.Source == "" {
				t.Fatalf("a reason without words or source: %+v", v.Reasons)
			}
		}
	})
}

func TestLawASessionAnswersAsAFreshJudgeDoes(t *testing.T) {
	pol := mustCompile(t, map[string][]byte{
		"program.yaml": []byte("products: [{id: shop, repositories: [b]}]\nteams: [{id: checkout}]"),
		"policy.yaml": []byte(`
rules:
  - {id: pkg, package: ['pkg:npm/left-pad >=2', 'pkg:*/x*'], verdict: review}
  - {id: lab, repository: [lab], manifest: [tools], category: [strong], verdict: allow}
  - {id: team, team: [checkout], license: [MIT], relation: [transitive], verdict: review}
  - {id: shop, product: [shop], license: [GPL-*], recipients: [customers], verdict: deny, reason: no}
`)})
	session := pol.NewSession(nil, someDay)
	rapid.Check(t, func(t *rapid.T) {
		use, e := anyUse().Draw(t, "use"), anyExpr().Draw(t, "e")
		got, want := session.Judge(use, declared(e.String())), judgeExpr(pol, use, e)
		// Expressions that mean the same share a verdict, written as the first was.
		ignore := cmpopts.IgnoreFields(Verdict{}, "Branch", "Leaves", "Reasons", "Basis", "licenseOpen", "Duties")
		if diff := cmp.Diff(want, got, ignore); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestLawRulesOnDifferentSubjectsMayStandInAnyOrder(t *testing.T) {
	rules := []string{
		"{id: a, package: ['pkg:npm/*'], verdict: review}",
		"{id: b, license: [GPL-2.0-only], exception: ['*'], verdict: review}",
		"{id: c, license: [MIT], verdict: deny, reason: no}",
		"{id: d, category: [strong], verdict: review}",
		"{id: e, scope: [dev], verdict: deny, reason: no}",
	}
	text := func(order []string) map[string][]byte {
		s := "rules:\n"
		for _, r := range order {
			s += "  - " + r + "\n"
		}
		return map[string][]byte{"policy.yaml": []byte(s)}
	}
	first := mustCompile(t, text(rules))
	rapid.Check(t, func(rt *rapid.T) {
		other := mustCompile(t, text(rapid.Permutation(rules).Draw(rt, "order")))
		use, e := anyUse().Draw(rt, "use"), anyExpr().Draw(rt, "e")
		a, b := judgeExpr(first, use, e), judgeExpr(other, use, e)
		if a.Decision != b.Decision || a.Rule.ID != b.Rule.ID {
			rt.Fatalf("%s by %s, %s by %s", a.Decision, a.Rule.ID, b.Decision, b.Rule.ID)
		}
	})
}
