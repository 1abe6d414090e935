package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

const waiverText = `
waivers:
  - id: W-1
    package: pkg:golang/example.com/lib
    versions: '>=1 <2'
    license: GPL-3.0-only
    product: [shop]
    delivery: [distributed_binary]
    coupling: [static]
    modified: no
    class: deadline
    justification: It is needed.
    owner: a@example.com
    approver: b@example.com
    start: 2026-11-01
    expires: 2026-12-31
`

func TestAWaiverHoldsOnlyWhileEverythingItNamesHolds(t *testing.T) {
	p, findings := program.Load(map[string][]byte{"waivers.yaml": []byte(waiverText),
		"program.yaml": []byte("products: [{id: shop, repositories: [shop]}]")})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	pol := preset(t, "standard")
	for _, c := range []struct {
		name   string
		change func(*Use)
		expr   string
		today  string
		holds  bool
		why    string // of the lapsed waiver; "" when it does not speak of the finding at all
	}{
		{"as given", nil, "GPL-3.0-only", "2026-11-23", true, ""},
		{"on the first day", nil, "GPL-3.0-only", "2026-11-01", true, ""},
		{"on the last day", nil, "GPL-3.0-only", "2026-12-31", true, ""},
		{"on the day after", nil, "GPL-3.0-only", "2027-01-01", false, "expired on 2026-12-31"},
		{"before it starts", nil, "GPL-3.0-only", "2026-10-31", false, "starts only on 2026-11-01"},
		{"another version", func(u *Use) { u.Component.Version = "2.0.0" }, "GPL-3.0-only", "2026-11-23", false, "version 2.0.0 is outside"},
		{"another license", nil, "AGPL-3.0-only", "2026-11-23", false, "was given for GPL-3.0-only"},
		{"a further license", nil, "GPL-3.0-only AND SSPL-1.0", "2026-11-23", false, "was given for GPL-3.0-only"},
		{"a further license that passes", nil, "GPL-3.0-only AND MIT", "2026-11-23", true, ""},
		{"a further delivery", func(u *Use) { u.Delivery = append(u.Delivery, program.WebClient) }, "GPL-3.0-only", "2026-11-23", false, "not given for delivery web_client"},
		{"unknown delivery", func(u *Use) { u.Delivery = nil }, "GPL-3.0-only", "2026-11-23", false, "not given for delivery unknown"},
		{"another coupling", func(u *Use) { u.Coupling = program.Dynamic }, "GPL-3.0-only", "2026-11-23", false, "not given for coupling dynamic"},
		{"changed", func(u *Use) { u.Modified = program.Yes }, "GPL-3.0-only", "2026-11-23", false, "modified: no"},
		{"another product", func(u *Use) { u.Product = "till" }, "GPL-3.0-only", "2026-11-23", false, ""},
		{"another package", func(u *Use) { u.Component.Name = "lib2" }, "GPL-3.0-only", "2026-11-23", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			use := shipped("golang", "example.com/lib")
			use.Product = "shop"
			if c.change != nil {
				c.change(&use)
			}
			today, _ := time.Parse(time.DateOnly, c.today)
			v := pol.Judge(use, declared(c.expr), p.Waivers, today.Add(23*time.Hour))
			if v.Passes() != c.holds || (v.Waiver != nil) != c.holds {
				t.Fatalf("passes %v, waiver %+v, lapsed %+v", v.Passes(), v.Waiver, v.Lapsed)
			}
			if v.Decision.Rank() < Review.Rank() {
				t.Error("the finding is accepted, not undone")
			}
			var why string
			for _, l := range v.Lapsed {
				why += l.Why
			}
			if c.why == "" && why != "" || !strings.Contains(why, c.why) {
				t.Errorf("why %q, want %q", why, c.why)
			}
		})
	}
}

func TestAWaiverCountsDownToItsLastDay(t *testing.T) {
	p, _ := program.Load(map[string][]byte{"waivers.yaml": []byte(waiverText), "program.yaml": []byte("products: [{id: shop, repositories: [shop]}]")})
	use := shipped("golang", "example.com/lib")
	use.Product = "shop"
	v := preset(t, "standard").Judge(use, declared("GPL-3.0-only"), p.Waivers, someDay)
	if v.Outcome() != "waived" || v.Waiver.DaysLeft != 38 || !strings.Contains(v.Reasons[0].Text, "until 2026-12-31 (38 days left)") {
		t.Errorf("%s %+v %v", v.Outcome(), v.Waiver, v.Reasons[0])
	}
}

func TestAWaiverThatWasWrittenWronglyDoesNotHold(t *testing.T) {
	text := strings.Replace(waiverText, "approver: b@", "approver: a@", 1)
	p, findings := program.Load(map[string][]byte{"waivers.yaml": []byte(text), "program.yaml": []byte("products: [{id: shop, repositories: [shop]}]")})
	if !program.HasErrors(findings) {
		t.Fatal("no finding")
	}
	use := shipped("golang", "example.com/lib")
	use.Product = "shop"
	v := preset(t, "standard").Judge(use, declared("GPL-3.0-only"), p.Waivers, someDay)
	if v.Passes() || len(v.Lapsed) != 1 || !strings.Contains(v.Lapsed[0].Why, "not valid") {
		t.Errorf("%+v", v)
	}
}

func TestLicenseAndUnknownVersionEachNeedAWaiver(t *testing.T) {
	base := "{package: 'pkg:golang/*', class: other, justification: j, owner: a, approver: b, start: 2026-11-01, expires: 2026-12-01, "
	load := func(text string) []program.Waiver {
		p, findings := program.Load(map[string][]byte{"waivers.yaml": []byte("waivers: [" + text + "]")})
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		return p.Waivers
	}
	use := shipped("golang", "example.com/lib")
	use.Component = inventory.NewPURL("golang", "example.com/lib", "")
	pol := preset(t, "standard")
	one := load(base + "id: A, finding: license}")
	if v := pol.Judge(use, declared("GPL-3.0-only"), one, someDay); v.Passes() || len(v.Lapsed) != 1 {
		t.Errorf("one waiver for two findings: %+v", v.Lapsed)
	}
	two := load(base + "id: A, finding: license}, " + base + "id: B, finding: unresolved}")
	if v := pol.Judge(use, declared("GPL-3.0-only"), two, someDay); !v.Passes() {
		t.Errorf("two waivers for two findings: %+v", v.Lapsed)
	}
	if v := pol.Judge(use, declared("MIT"), load(base+"id: B, finding: unresolved}"), someDay); !v.Passes() {
		t.Errorf("the license passes by itself: %+v", v.Lapsed)
	}
}
