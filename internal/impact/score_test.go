package impact

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func near(t *testing.T, name string, got Value, want float64) {
	t.Helper()
	if !got.Known || math.Abs(got.N-want) > 1e-4 {
		t.Errorf("%s = %+v, want %v", name, got, want)
	}
}

// sample is worked out by hand in docs/impact.md.
func sample() Facts {
	return Facts{
		Upstream: "github.com/acme/left", Mapping: Known(1, ""),
		Uses: []Use{
			{Product: "shop", Weight: .6, Relation: inventory.Direct, Depth: 1, Scope: inventory.Runtime, Package: "pkg:npm/left", Team: "checkout"},
			{Product: "shop", Weight: .6, Relation: inventory.Transitive, Depth: 4, Scope: inventory.Dev, Package: "pkg:npm/left-cli"},
			{Product: "tool", Weight: .3, Relation: inventory.Transitive, Depth: 3, Scope: inventory.Runtime, Package: "pkg:npm/left"},
		},
		Switching: Known(.75, "upstreams.yaml:2:5"),
		Goals:     true, Alignment: []Alignment{{"speed", .8, .5, ""}, {"thrift", .3, 1, ""}},
		Signals: map[Signal]Value{
			AbsenceFactor: Known(2, "history"), LastCommit: Known(200, "history"), ClosureRatio: Known(.7, "forge"), FirstResponse: Known(14, "forge"),
			ElephantFactor: Known(1, "history"), Vulnerabilities: Known(1, "advisories"), NoDisclosure: Known(1, "scan"),
		},
		Give: Give{OurCommits: Known(2, ""), AllCommits: Known(80, ""), OurReviews: Known(1, ""), AllReviews: Known(20, ""), TargetShare: Known(.05, ""),
			Seats: Known(1, ""), SeatsTarget: Known(2, ""), Coverage: Known(1, "")},
	}
}

func TestTheScoreIsTheOneThatAPersonWorksOutByHand(t *testing.T) {
	s := Compute(sample(), DefaultParams())
	near(t, "D", s.D, 1-(1-.6)*(1-.3*.36))
	near(t, "A", s.A, .4)
	near(t, "C", s.C, 6.3342)
	near(t, "F", s.F, 1+9*5.78/11)
	near(t, "Need", s.Need, 36.28921)
	near(t, "G", s.G, (.5*.6+.3*.5)/.8)
	near(t, "Gap", s.Gap, 15.87653)
	// All known: 13 of weight; unknown are the release gap and libyears, 1 each.
	if want := 6.3342 * (1 + 9*5.78/13); math.Abs(s.NeedLow-want) > 1e-4 {
		t.Errorf("least need = %v, want %v", s.NeedLow, want)
	}
	if want := 6.3342 * (1 + 9*7.78/13); math.Abs(s.NeedHigh-want) > 1e-4 {
		t.Errorf("most need = %v, want %v", s.NeedHigh, want)
	}
	if want := .3*1 + .5*11/13 + .2*.8; math.Abs(s.Confidence-want) > 1e-9 {
		t.Errorf("confidence = %v, want %v", s.Confidence, want)
	}
}

func TestCHAOSSWorkedExamples(t *testing.T) {
	for _, x := range []struct {
		name    string
		m       [3]float64
		risk    float64
		want    float64
		rounded float64
	}{{"Foo", [3]float64{10, 7, 8}, 6, 8.3333, 50}, {"Bar", [3]float64{6, 9, 6}, 3, 7, 21}} {
		p := DefaultParams()
		p.Signals = map[Signal]SignalParam{AbsenceFactor: {1, line(Point{1, 0}, Point{10, 1})}} // so that F is the stated risk
		s := Compute(Facts{Upstream: x.name, Manual: Manual{Known(x.m[0], ""), Known(x.m[1], ""), Known(x.m[2], "")},
			Signals: map[Signal]Value{AbsenceFactor: Known(x.risk, "")}}, p)
		near(t, x.name+" criticality", s.C, x.want)
		if math.Round(s.Need.N) != x.rounded {
			t.Errorf("%s: priority %v, want %v", x.name, s.Need.N, x.rounded)
		}
	}
}

func TestSignalsBecomeRisksAsTheTableSays(t *testing.T) {
	p := DefaultParams()
	for signal, points := range map[Signal]map[float64]float64{
		AbsenceFactor:   {1: 1, 2: .7, 3: .4, 4: .4, 5: .15, 9: .15, 10: 0, 500: 0},
		LastCommit:      {0: 0, 90: 0, 227.5: .3, 365: .6, 547.5: .8, 730: 1, 9000: 1},
		ClosureRatio:    {1.4: 0, .9: 0, .7: .3, .5: .6, .25: 1, 0: 1},
		FirstResponse:   {0: 0, 2: 0, 8: .3, 14: .6, 37: .8, 60: 1, 400: 1},
		ElephantFactor:  {1: .6, 2: .3, 3: 0, 40: 0},
		Vulnerabilities: {0: 0, 1: .7, 2: 1, 10: 1},
		NoDisclosure:    {0: 0, 1: .3},
	} {
		for x, want := range points {
			if got := p.Signals[signal].Curve.At(x); math.Abs(got-want) > 1e-9 {
				t.Errorf("%s of %v is a risk of %v, want %v", signal, x, got, want)
			}
		}
	}
}

func TestExposureFallsWithDistance(t *testing.T) {
	p := DefaultParams()
	for _, x := range []struct {
		use  Use
		want float64
	}{
		{Use{Relation: inventory.Direct, Depth: 1, Scope: inventory.Runtime}, 1},
		{Use{Relation: inventory.Direct, Depth: 1, Scope: inventory.Optional}, .5},
		{Use{Relation: inventory.Direct, Depth: 1, Scope: inventory.Test}, .15},
		{Use{Relation: inventory.Transitive, Depth: 2, Scope: inventory.Runtime}, .6},
		{Use{Relation: inventory.Transitive, Depth: 3, Scope: inventory.Build}, .36 * .15},
		{Use{Relation: inventory.Transitive, Depth: 40, Scope: inventory.Runtime}, .1},
		{Use{Relation: inventory.Transitive, Scope: inventory.Runtime}, .6},
		{Use{Relation: inventory.RelationUnknown, Scope: inventory.Provided}, .6},
		{Use{Relation: inventory.Direct, Depth: 1, Scope: inventory.Runtime, Reach: Known(.25, "")}, .25},
	} {
		if got := p.Exposure(x.use); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("%+v: exposure %v, want %v", x.use, got, x.want)
		}
	}
}

func TestWhatDecidesWhateverTheSignalsSay(t *testing.T) {
	p := DefaultParams()
	f := sample()
	f.Lifecycle, f.LifecycleSource = Archived, "github.com says so"
	s := Compute(f, p)
	near(t, "F of an archived project", s.F, 10)
	if s.Actions[0].Kind != Migrate {
		t.Errorf("an archived project asks for %s", s.Actions[0].Kind)
	}
	f = sample()
	f.Signals = map[Signal]Value{AbsenceFactor: Known(12, "")}
	f.Lifecycle = SecurityOnly
	near(t, "F of a project with security fixes only", Compute(f, p).F, 6)
	f.Signals = map[Signal]Value{AbsenceFactor: Known(1, "")}
	near(t, "F of a worse one", Compute(f, p).F, 10)

	f = sample()
	f.Signals = map[Signal]Value{AbsenceFactor: Known(1, ""), LastCommit: Known(2000, ""), ReleaseGap: Known(50, "")}
	near(t, "F of silent software", Compute(f, p).F, 10)
	f.Finished = true
	near(t, "F of finished software", Compute(f, p).F, 1+9*(3*1+2*.3+1*.3)/6)
}

func TestUnknownIsNeverZero(t *testing.T) {
	p := DefaultParams()
	f := sample()
	f.Signals, f.Give = nil, Give{}
	s := Compute(f, p)
	if s.F.Known || s.Need.Known || s.Gap.Known || s.G.Known {
		t.Errorf("nothing is known of its community, yet F %v, need %v, gap %v, give %v", s.F, s.Need, s.Gap, s.G)
	}
	near(t, "C", s.C, 6.3342)
	if s.NeedLow != s.C.N || math.Abs(s.NeedHigh-10*s.C.N) > 1e-9 {
		t.Errorf("need lies between %v and %v", s.NeedLow, s.NeedHigh)
	}
	if s.Actions[0].Kind != FindOut {
		t.Errorf("the action is %s", s.Actions[0].Kind)
	}
	f = sample()
	f.Give = Give{}
	s = Compute(f, p)
	if s.Gap != (Value{N: s.Need.N, Known: true, Note: s.Gap.Note}) || s.Gap.Note == "" {
		t.Errorf("without knowledge of our give the gap is the need, and says so: %+v", s.Gap)
	}
	f = sample()
	f.Goals, f.Alignment = false, nil
	near(t, "C without any goals", Compute(f, p).C, 10*(.6*.6432+.25*.75)/.85)
	f.Goals = true
	near(t, "C with goals that do not speak of it", Compute(f, p).C, 10*(.6*.6432+.25*.75))
}

func TestRankPutsTheGreatestGapFirstAndTheUnknownAfter(t *testing.T) {
	served, unknown, small := sample(), sample(), sample()
	served.Upstream, unknown.Upstream, small.Upstream = "github.com/acme/served", "github.com/acme/unknown", "github.com/acme/small"
	served.Give.Share, served.Give.Seats = Known(.05, ""), Known(2, "")
	unknown.Signals = nil
	small.Uses = small.Uses[2:]
	var got []string
	for _, s := range Rank([]Facts{unknown, served, small, sample()}, DefaultParams()) {
		got = append(got, s.Facts.Upstream)
	}
	want := []string{"github.com/acme/left", "github.com/acme/small", "github.com/acme/served", "github.com/acme/unknown"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestActionsFollowTheDominantSignal(t *testing.T) {
	for name, x := range map[string]struct {
		signals map[Signal]Value
		change  func(*Facts)
		want    ActionKind
	}{
		"one person":       {signals: map[Signal]Value{AbsenceFactor: Known(1, "")}, want: FundMaintainer},
		"a few people":     {signals: map[Signal]Value{AbsenceFactor: Known(4, "")}, want: GrowCommunity},
		"slow answers":     {signals: map[Signal]Value{AbsenceFactor: Known(12, ""), FirstResponse: Known(40, "")}, want: OfferReviews},
		"open holes":       {signals: map[Signal]Value{AbsenceFactor: Known(3, ""), Vulnerabilities: Known(4, "")}, want: PayAudit},
		"one organization": {signals: map[Signal]Value{AbsenceFactor: Known(12, ""), ElephantFactor: Known(1, "")}, want: Foundation},
		"silence":          {signals: map[Signal]Value{AbsenceFactor: Known(12, ""), LastCommit: Known(800, "")}, want: Adopt},
		"end of life":      {signals: map[Signal]Value{AbsenceFactor: Known(12, "")}, change: func(f *Facts) { f.Lifecycle = EndOfLife }, want: Migrate},
		"fragile, minor": {signals: map[Signal]Value{AbsenceFactor: Known(1, ""), LastCommit: Known(800, "")},
			change: func(f *Facts) { f.Uses, f.Switching = f.Uses[2:], Known(.5, "") }, want: Replace},
		"one bad signal among unknown ones, minor": {signals: map[Signal]Value{ReleaseGap: Known(12, "")},
			change: func(f *Facts) { f.Uses, f.Switching = f.Uses[2:], Known(.5, "") }, want: HelpRelease},
		"license": {signals: map[Signal]Value{AbsenceFactor: Known(12, ""), ElephantFactor: Known(1, "")},
			change: func(f *Facts) {
				f.Relicensing = Relicensing{CLA: "relicensing", Vendor: "Acme Inc.", Foundation: "none"}
			}, want: Foundation},
		"well": {signals: map[Signal]Value{AbsenceFactor: Known(12, ""), LastCommit: Known(3, "")}, want: KeepWatch},
	} {
		f := sample()
		f.Signals, f.Give = x.signals, Give{}
		if x.change != nil {
			x.change(&f)
		}
		s := Compute(f, DefaultParams())
		a := s.Actions[0]
		if a.Kind != x.want {
			t.Errorf("%s: %s, want %s (need %v, F %v)", name, a.Kind, x.want, s.Need, s.F)
		}
		if a.Owner != "checkout" && !strings.HasSuffix(name, "minor") || a.Why == "" || a.What == "" || a.IfNot == "" || a.Title == "" {
			t.Errorf("%s: the action does not say all: %+v", name, a)
		}
	}
}

func TestAWellServedUpstreamIsNotForgotten(t *testing.T) {
	f := sample()
	f.Give.Share, f.Give.Seats = Known(.05, ""), Known(2, "")
	s := Compute(f, DefaultParams())
	near(t, "gap", s.Gap, 0)
	if a := s.Actions[0]; a.Kind != KeepWatch || a.Title != "Keep giving what we give" || len(s.Actions) < 2 {
		t.Errorf("%+v", s.Actions)
	}
}

func TestEffectsAreTheScoreComputedAgain(t *testing.T) {
	p := DefaultParams()
	f := sample()
	f.Costs = map[ActionKind]Cost{FundMaintainer: {FTE: Known(.5, "upstreams.yaml:9:7"), Money: Known(80000, "upstreams.yaml:9:7")}}
	s := Compute(f, p)
	a := s.Actions[0]
	if a.Kind != FundMaintainer || a.Effect.Assuming != "caf=3" {
		t.Fatalf("%+v", a)
	}
	// CAF 2 to 3: 3×.7 becomes 3×.4.
	want := 6.3342 * (1 + 9*(5.78-.9)/11) * (1 - .5625)
	near(t, "gap afterwards", a.Effect.Gap, want)
	near(t, "by year of work", a.Effect.PerFTE, (s.Gap.N-want)/.5)
	near(t, "by thousand", a.Effect.PerThousand, (s.Gap.N-want)/80)
}

func TestWhatIf(t *testing.T) {
	p := DefaultParams()
	var changes []Change
	for _, text := range []string{"caf=3", "our-reviews=+0.2fte"} {
		c, err := ParseChange(text)
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, c)
	}
	before, after, refused := WhatIf(sample(), changes, p)
	if refused != nil {
		t.Fatal(refused)
	}
	near(t, "need before", before.Need, 36.28921)
	near(t, "need after", after.Need, 6.3342*(1+9*(5.78-.9)/11))
	// 0.2 years of 500 reviews are 100 more of ours and of all: 103 of 200.
	near(t, "give after", after.G, (.5*1+.3*.5)/.8)
	if d := cmp.Diff(before.Facts.Signals, sample().Signals); d != "" {
		t.Errorf("what-if changed the facts that it was given: %s", d)
	}
	for _, bad := range []string{"", "caf", "caf=", "caf=two", "caf=0", "cfa=2", "our-share=200%", "archived=2", "seats=-", "caf=1fte", "caf=NaN", "money=Inf", "response=1e400"} {
		if c, err := ParseChange(bad); err == nil {
			t.Errorf("%q was taken as %+v", bad, c)
		}
	}
	f := sample()
	f.Signals = map[Signal]Value{AbsenceFactor: Known(2, "")}
	if _, _, refused := WhatIf(f, []Change{{"response", "-3"}}, p); refused == nil {
		t.Error("something was added to what is not known")
	}
	f.Give = Give{TargetShare: Known(.05, "")}
	if _, after, refused := WhatIf(f, []Change{{"caf", "3"}, {"our-reviews", "+0.2fte"}}, p); len(refused) != 1 || after.G.Known || after.Facts.Signals[AbsenceFactor].N != 3 {
		t.Errorf("reviews were added where nobody counted, or the rest was not changed: %v, give %v", refused, after.G)
	}
	if _, after, refused := WhatIf(f, []Change{{"our-share", "5%"}}, p); refused != nil || after.G.N != 1 {
		t.Errorf("a share can be set: %v, %v", after.G, refused)
	}
	for key, value := range map[string]string{"archived": "yes", "security-only": "yes", "end-of-life": "no", "finished": "yes", "switching": "1", "our-share": "5%", "target-share": "0.1", "seats": "+1",
		"seats-target": "3", "money": "1000", "money-target": "5000", "our-commits": "+0.1fte", "alignment": "1", "disclosure": "yes", "used": "no", "elephant": "+1", "vulns": "0", "libyears": "1",
		"last-commit": "1", "release-gap": "1", "closure": "100%", "response": "1"} {
		c, err := ParseChange(key + "=" + value)
		if err != nil {
			t.Errorf("%s=%s: %v", key, value, err)
			continue
		}
		before, after, refused := WhatIf(sample(), []Change{c}, p)
		if refused != nil {
			t.Errorf("%s=%s: %v", key, value, refused)
		}
		if key != "end-of-life" && cmp.Equal(before, after) {
			t.Errorf("%s=%s changes nothing", key, value)
		}
	}
}

func TestRelicensingIsToldWithReasons(t *testing.T) {
	one := map[Signal]Value{ElephantFactor: Known(1, "")}
	many := map[Signal]Value{ElephantFactor: Known(4, "")}
	for name, x := range map[string]struct {
		signals map[Signal]Value
		facts   Relicensing
		want    string
	}{
		"nothing known":               {nil, Relicensing{}, "unknown"},
		"vendor with agreement":       {one, Relicensing{CLA: "relicensing", Vendor: "Acme Inc.", Trademark: "vendor", Foundation: "none"}, "high"},
		"vendor, foundation unknown":  {one, Relicensing{CLA: "relicensing", Vendor: "Acme Inc."}, "high"},
		"foundation with agreement":   {one, Relicensing{CLA: "relicensing", Foundation: "Apache Software Foundation"}, "low"},
		"vendor keeps the trademark":  {one, Relicensing{Vendor: "Acme Inc.", Trademark: "vendor"}, "medium"},
		"vendor, contributors by DCO": {one, Relicensing{CLA: "dco", Vendor: "Acme Inc.", Foundation: "none"}, "low"},
		"community":                   {many, Relicensing{CLA: "none", Vendor: "none", Foundation: "none"}, "low"},
		"vendor only":                 {many, Relicensing{Vendor: "Acme Inc."}, "medium"},
	} {
		f := sample()
		f.Signals, f.Relicensing = x.signals, x.facts
		got := relicenseRisk(f)
		if got.Level != x.want {
			t.Errorf("%s: %s, want %s: %+v", name, got.Level, x.want, got)
		}
		if len(got.For)+len(got.Against)+len(got.Missing) != 5 {
			t.Errorf("%s: not all five questions are answered or named as missing: %+v", name, got)
		}
	}
}

func TestEveryNumberHasAnIDOfItsOwn(t *testing.T) {
	s := Compute(sample(), DefaultParams())
	seen := map[string]bool{}
	var walk func(*Term)
	walk = func(term *Term) {
		if term.ID == "" || seen[term.ID] || term.Name == "" {
			t.Errorf("%q (%s) has no id, no name, or stands twice", term.ID, term.Name)
		}
		seen[term.ID] = true
		if len(term.Parts) > 0 && term.Value.Known && term.How == "" && term.ID != "give/share/ours" {
			t.Errorf("%s has parts and no formula", term.ID)
		}
		for _, p := range term.Parts {
			walk(p)
		}
	}
	walk(s.Derivation)
	for _, id := range []string{"gap", "need", "criticality", "dependence", "dependence/shop", "switching", "alignment", "fragility", "fragility/caf", "fragility/caf/value", "give", "give/share"} {
		if !seen[id] {
			t.Errorf("the derivation has no %s", id)
		}
	}
}

func TestCurvesAreReadAsTheyAreWritten(t *testing.T) {
	for s, param := range DefaultParams().Signals {
		points, err := ParsePoints(param.Curve.String())
		if err != nil {
			t.Errorf("%s: %v", s, err)
		}
		if d := cmp.Diff(param.Curve.Points, points); d != "" {
			t.Errorf("%s: %s", s, d)
		}
	}
	for _, bad := range []string{"", "1", "1:2", "1:-1", "2:0 1:0", "1:0 1:0", "a:b", "NaN:0", "1:NaN", "Inf:1"} {
		if p, err := ParsePoints(bad); err == nil {
			t.Errorf("%q was taken as %v", bad, p)
		}
	}
}
