package policy

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

func TestOutboundCheck(t *testing.T) {
	lib := Use{Component: inventory.NewPURL("generic", "lib", "1.0"), Scope: inventory.Runtime, Coupling: program.Static}
	with := func(change func(*Use)) Use {
		u := lib
		change(&u)
		return u
	}
	dynamic := with(func(u *Use) { u.Coupling = program.Dynamic })
	unknown := with(func(u *Use) { u.Coupling = "" })
	for _, c := range []struct {
		name, own, inbound string
		use                Use
		copied             bool
		want               program.OutboundValue
	}{
		{"a tool is not part of the release", "MIT", "GPL-3.0-only", with(func(u *Use) { u.Scope = inventory.Build }), false, program.OutboundOK},
		{"a tool that was copied in is", "MIT", "GPL-3.0-only", with(func(u *Use) { u.Scope = inventory.Build }), true, program.OutboundConflict},
		{"a program beside it", "MIT", "GPL-3.0-only", with(apart), false, program.OutboundDuties},
		{"permissive, linked", "MIT", "Apache-2.0", lib, false, program.OutboundOK},
		{"permissive into version 2 of the GPL", "GPL-2.0-only", "Apache-2.0", lib, false, program.OutboundConflict},
		{"permissive into version 3 of the GPL", "GPL-3.0-only", "Apache-2.0", lib, false, program.OutboundDuties},
		{"or later of an inbound GPL", "GPL-3.0-only", "GPL-2.0-or-later", lib, false, program.OutboundOK},
		{"only of an inbound GPL", "GPL-3.0-only", "GPL-2.0-only", lib, false, program.OutboundConflict},
		{"the same license", "GPL-2.0-only", "GPL-2.0-only", lib, true, program.OutboundOK},
		{"weak by file, linked", "Apache-2.0", "MPL-2.0", lib, false, program.OutboundDuties},
		{"weak by file, copied in", "Apache-2.0", "MPL-2.0", lib, true, program.OutboundDuties},
		{"weak by library, replaceable", "Apache-2.0", "LGPL-2.1-only", dynamic, false, program.OutboundDuties},
		{"weak by library, static", "Apache-2.0", "LGPL-2.1-only", lib, false, program.OutboundReview},
		{"weak by library, nobody knows how", "Apache-2.0", "LGPL-2.1-only", unknown, false, program.OutboundReview},
		{"strong, linked", "Apache-2.0", "GPL-3.0-only", lib, false, program.OutboundConflict},
		{"network, linked", "MIT", "AGPL-3.0-only", dynamic, false, program.OutboundConflict},
		{"source-available", "MIT", "SSPL-1.0", lib, false, program.OutboundConflict},
		{"source-available beside it", "MIT", "BUSL-1.1", with(apart), false, program.OutboundConflict},
		{"strong, nobody knows how", "MIT", "GPL-3.0-only", unknown, false, program.OutboundReview},
		{"strong into a product with limits", "BUSL-1.1", "GPL-3.0-only", lib, false, program.OutboundConflict},
		{"no license", "MIT", "NOASSERTION", lib, false, program.OutboundReview},
		{"the better branch", "MIT", "GPL-3.0-only OR ISC", lib, false, program.OutboundOK},
		{"both at once", "MIT", "GPL-3.0-only AND ISC", lib, false, program.OutboundConflict},
		{"each license of the release must fit", "MIT OR GPL-2.0-only", "Apache-2.0", lib, false, program.OutboundConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := Outbound(parse(t, c.own), []OutboundItem{{Component: lib.Component, Expr: parse(t, c.inbound), Use: c.use, CopiedIn: c.copied}})[0]
			if f.Value != c.want {
				t.Errorf("%s into %s: %s (%s, %s), want %s", c.inbound, c.own, f.Value, f.Why, f.Source, c.want)
			}
			if f.Why == "" || f.Source == "" {
				t.Errorf("no reason: %+v", f)
			}
			if bad := f.Value == program.OutboundReview || f.Value == program.OutboundConflict; bad != (len(f.Suggestions) > 0) {
				t.Errorf("%s: suggestions %q", f.Value, f.Suggestions)
			}
		})
	}
}

func TestOutboundSuggestsWhatWouldFit(t *testing.T) {
	item := OutboundItem{Expr: parse(t, "GPL-3.0-only"), Use: Use{Coupling: program.Static}}
	f := Outbound(parse(t, "GPL-2.0-only"), []OutboundItem{item})[0]
	text := strings.Join(f.Suggestions, "\n")
	for _, want := range []string{"GPL-3.0-only", "separate process", "Replace it", "Ask its authors"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q does not say %q", text, want)
		}
	}
}

func TestOutboundOfAReleaseWithoutALicense(t *testing.T) {
	f := Outbound(license.Expr{}, []OutboundItem{{Expr: parse(t, "MIT")}})[0]
	if f.Value != program.OutboundReview || !strings.Contains(f.Why, "names no license") {
		t.Errorf("%+v", f)
	}
}

func TestOutboundFindingsCanBeWaived(t *testing.T) {
	p, findings := program.Load(map[string][]byte{"waivers.yaml": []byte(
		"waivers: [{id: A, finding: outbound, package: 'pkg:generic/*', license: GPL-3.0-only, class: other, justification: j, owner: a, approver: b, start: 2026-11-01, expires: 2026-12-01}]")})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	session := preset(t, "standard").NewSession(p.Waivers, someDay)
	for id, holds := range map[string]bool{"GPL-3.0-only": true, "AGPL-3.0-only": false} {
		use := Use{Component: inventory.NewPURL("generic", "lib", "1.0"), Coupling: program.Static}
		f := Outbound(parse(t, "MIT"), []OutboundItem{{Component: use.Component, Expr: parse(t, id), Use: use}})[0]
		waiver, lapsed := session.WaiveOutbound(f)
		if (waiver != nil) != holds || (len(lapsed) > 0) == holds {
			t.Errorf("%s: %+v %+v", id, waiver, lapsed)
		}
	}
}

func TestLawOutboundChoicesHelpAndConditionsHurt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		own, a, b := parseDraw(t, "MIT", "Apache-2.0", "GPL-2.0-only", "GPL-3.0-or-later", "MPL-2.0"), anyExpr().Draw(t, "a"), anyExpr().Draw(t, "b")
		item := OutboundItem{Use: anyUse().Draw(t, "use"), CopiedIn: rapid.Bool().Draw(t, "copied")}
		value := func(e license.Expr) int {
			item.Expr = e
			return rankOf(Outbound(own, []OutboundItem{item})[0].Value)
		}
		if value(license.Or(a, b)) > value(a) || value(license.And(a, b)) < value(a) {
			t.Fatalf("%s: %d, or %s: %d, and: %d", a, value(a), b, value(license.Or(a, b)), value(license.And(a, b)))
		}
	})
}

func parseDraw(t *rapid.T, list ...string) license.Expr {
	e, err := license.Parse(rapid.SampledFrom(list).Draw(t, "own"))
	if err != nil {
		t.Fatal(err)
	}
	return e
}
