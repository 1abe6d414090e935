package work

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/program"
)

// The program's words for signals and actions are those of the score.
func TestTheProgramAndTheScoreUseTheSameWords(t *testing.T) {
	var signals, actions []string
	for _, s := range impact.Signals {
		signals = append(signals, string(s))
	}
	for _, a := range impact.ActionKinds {
		actions = append(actions, string(a))
	}
	if d := cmp.Diff(signals, program.SignalName("").Values()); d != "" {
		t.Errorf("signals: %s", d)
	}
	if d := cmp.Diff(actions, program.ActionName("").Values()); d != "" {
		t.Errorf("actions: %s", d)
	}
}

// What goals.yaml documents as the default is the default.
func TestDefaultsOfTheFormulaAreThoseOfTheReference(t *testing.T) {
	p, findings := program.Load(map[string][]byte{"goals.yaml": []byte(`score:
  window_days: 365
  exposure: {decay: 0.6, floor: 0.1, optional: 0.5, build: 0.15}
  criticality: {dependence: 0.6, switching: 0.25, alignment: 0.15}
  give: {share: 0.5, seats: 0.3, money: 0.2}
  finished_cap: 0.3
  security_only: 6
  reviews_per_fte: 500
  commits_per_fte: 250
  act_from: 10
  least_known: 0.2
  signals: {caf: {weight: 3, curve: '1:1 2:0.7 3:0.4 5:0.15 10:0'}, response: {weight: 1, curve: '2:0 14:0.6 60:1'}}
`)})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	stated := (&Office{Program: p}).impactParams()
	defaults := (&Office{Program: &program.Program{}}).impactParams()
	if d := cmp.Diff(defaults, stated); d != "" {
		t.Error(d)
	}
	p.Goals.Score.Signals["caf"] = program.SignalSetting{Weight: program.Quantity{Text: "5", N: 5}}
	if got := (&Office{Program: p}).impactParams().Signals[impact.AbsenceFactor]; got.Weight != 5 || len(got.Curve.Points) != 5 {
		t.Errorf("a weight alone keeps the curve: %+v", got)
	}
}

func TestAnUpstreamIsFoundByWhatPeopleCallIt(t *testing.T) {
	facts := func(name string, packages ...string) impact.Facts {
		return impact.Facts{Upstream: name, Packages: packages}
	}
	r := &investment.Report{Scores: impact.Rank([]impact.Facts{facts("github.com/Acme/Left", "pkg:npm/left"), facts("github.com/types/all", "pkg:npm/%40types/left", "pkg:npm/%40types/right"),
		facts("gitlab.com/other/left", "pkg:npm/other")}, impact.DefaultParams())}
	for wanted, want := range map[string]string{"github.com/acme/left": "github.com/Acme/Left", "https://github.com/acme/left.git": "github.com/Acme/Left", "pkg:npm/left": "github.com/Acme/Left",
		"acme/left": "github.com/Acme/Left", "right": "github.com/types/all", "left": "", "nothing": ""} {
		s, err := FindScore(r, wanted)
		switch {
		case want == "" && err == nil:
			t.Errorf("%q is %s", wanted, s.Facts.Upstream)
		case want != "" && (err != nil || s.Facts.Upstream != want):
			t.Errorf("%q: %v, want %s", wanted, err, want)
		}
	}
}
