package program

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestGoalsAndUpstreamsSayWhatIsWrong(t *testing.T) {
	files := map[string][]byte{
		"goals.yaml": []byte(`goals:
  - {id: speed, weight: 1.5}
  - {id: speed, weight: 50%}
  - {id: thrift, weight: 0.2, relevance: [{value: 1}]}
score:
  signals: {cfa: {weight: 3}, response: {curve: '2:0 1:1'}}
  products: {shop: 0.5}
  window_days: 9999
`),
		"upstreams.yaml": []byte(`packages:
  - {package: pkg:npm/left}
upstreams:
  - {repository: github.com/acme/left, owner: nobody, criticality: {dependency: 11}, cla: maybe}
  - {repository: github.com/acme/left, seats: -1}
  - {repository: github.com/acme/left, money: 5}
  - {repositroy: github.com/acme/left}
`)}
	_, findings := Load(files)
	var got strings.Builder
	for _, f := range findings {
		got.WriteString(f.String() + "\n")
	}
	for _, want := range []string{
		`goals.yaml:2:25: error: goals[0].weight: want a number from 0 to 1 (or 0% to 100%), got "1.5"`,
		`the goal id "speed" is used twice`,
		`goal "thrift": a relevance needs upstream or package`,
		`goal "speed" names no upstream that matters for it`,
		`unknown value "cfa"; did you mean "caf"?`,
		`the values must rise, and "1:1" comes after "2:0"`,
		`there is no product "shop"`,
		`score.window_days is 9999; want 1 to 3660`,
		`upstreams.yaml:2:5: error: packages[0]: the key repository is missing`,
		`there is no team "nobody"`,
		`the scores go from 1 to 10, not 11`,
		`criticality needs all three scores`,
		`unknown value "maybe"`,
		`want a number of at least 0, got "-1"`,
		`seats and money count only against a target`,
		`unknown key "repositroy"; did you mean "repository"?`,
	} {
		if !strings.Contains(got.String(), want) {
			t.Errorf("no finding says %s", want)
		}
	}
	if t.Failed() {
		t.Log(got.String())
	}
}

func TestUpstreamsAreFoundByRepositoryAndPackage(t *testing.T) {
	p, findings := Load(map[string][]byte{
		"program.yaml": []byte("products:\n  - {id: lib, repositories: [github.com/acme/lib], delivery: distributed_source}\n"),
		"goals.yaml":   []byte("goals:\n  - {id: g, weight: 80%, relevance: [{upstream: github.com/Acme/*, value: 0.5}, {package: pkg:npm/react}]}\n"),
		"upstreams.yaml": []byte(`packages:
  - {package: 'pkg:npm/@acme/*', repository: none}
  - {package: 'pkg:npm/*', repository: https://git.example.com/all.git}
upstreams:
  - {repository: github.com/acme/*, class: framework}
  - {repository: github.com/acme/left, switching: 0.25}
`)})
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	if s := p.SourceFor(inventory.NewPURL("npm", "@acme/left", "")); s == nil || !s.None() {
		t.Errorf("@acme/left: %+v", s)
	}
	if s := p.SourceFor(inventory.NewPURL("npm", "left", "1")); s == nil || s.Repository != "https://git.example.com/all.git" || s.At.Line != 3 {
		t.Errorf("left: %+v", s)
	}
	if s := p.SourceFor(inventory.NewPURL("gem", "left", "1")); s != nil {
		t.Errorf("gem: %+v", s)
	}
	if got := p.UpstreamsFor("github.com/Acme/Left"); len(got) != 2 || got[0].Class != "framework" {
		t.Errorf("entries for left: %+v", got)
	}
	g := &p.Goals.Goals[0]
	if v, _, ok := g.RelevanceFor("github.com/acme/left", nil); !ok || v != .5 || g.Weight.N != .8 {
		t.Errorf("relevance by name: %v %v", v, ok)
	}
	if v, _, ok := g.RelevanceFor("github.com/facebook/react", []inventory.PURL{inventory.NewPURL("npm", "react", "")}); !ok || v != 1 {
		t.Errorf("relevance by package: %v %v", v, ok)
	}
	if _, _, ok := g.RelevanceFor("github.com/other/x", nil); ok {
		t.Error("a goal matters to what it does not name")
	}
	if !p.IsOwnProject("github.com/acme/lib") || p.IsOwnProject("github.com/acme/left") {
		t.Error("own projects are those delivered as source")
	}
}

func TestClocksOfLicensesAndLifecyclesAreChecked(t *testing.T) {
	p, findings := Load(map[string][]byte{
		"upstreams.yaml":        []byte("clocks:\n  - {package: ['pkg:golang/example.com/db@>=2'], years: 3}\n  - {package: [pkg:npm/a], years: 2.5}\n  - {package: [pkg:npm/b]}\n"),
		"lifecycles/left.json":  []byte(`[]`),
		"lifecycles/right.json": []byte(`<html>`),
	})
	var got []string
	for _, f := range findings {
		got = append(got, f.String())
	}
	want := []string{
		"lifecycles/right.json:1:1: error: \"right.json\" is no JSON; want a product's file as endoflife.date's API gives it",
		"upstreams.yaml:3:5: error: years is 2.5; want a whole number from 1 to 10",
		"upstreams.yaml:4:5: error: a clock states change_date, years, change_license or grant",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	clock := &p.Upstreams.Clocks[0]
	if !clock.Covers(inventory.NewPURL("golang", "example.com/db", "v2.1.0")) || clock.Covers(inventory.NewPURL("golang", "example.com/db", "v1.9.0")) {
		t.Error("a clock speaks of the versions that it names")
	}
	for name, want := range map[string]string{"lifecycles/left.json": "left", "lifecycles/a/b.json": "", "lifecycles/.json": "", "left.json": ""} {
		if product, ok := Lifecycle(name); ok != (want != "") || ok && product != want {
			t.Errorf("%s: %q, %v", name, product, ok)
		}
	}
}
