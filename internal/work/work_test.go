package work

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
)

func office(t *testing.T, files map[string]string) *Office {
	t.Helper()
	in := map[string][]byte{}
	for name, text := range files {
		in[name] = []byte(text)
	}
	p, findings := program.Load(in)
	compiled, more := policy.Compile(p)
	if msg := Errors(append(findings, more...)); msg != "" {
		t.Fatal(msg)
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	return &Office{Program: p, Policy: compiled, Now: day, AsOf: day}
}

func scanned(repo string, usages ...inventory.Usage) Scanned {
	return Scanned{Snapshot: inventory.Snapshot{Repository: inventory.Repository{Name: repo}, Commit: "c", Units: []inventory.Unit{{Manifest: "package-lock.json", Usages: usages}}}}
}

func npm(name, version, license string, scope inventory.Scope) inventory.Usage {
	return inventory.Usage{Component: inventory.NewPURL("npm", name, version), License: license, Manifest: "package-lock.json", Scope: scope, Relation: inventory.Direct}
}

const shipped = "products:\n- {id: shop, repositories: [\"**/shop\"], delivery: [distributed_binary], team: web}\nteams:\n- {id: web, owns: [\"**/shop\"]}\n"

func TestTheSamePackageInSeveralManifestsIsOneVerdictTheWorst(t *testing.T) {
	dev, run := npm("gpl", "1.0.0", "GPL-3.0-only", inventory.Dev), npm("gpl", "1.0.0", "GPL-3.0-only", inventory.Runtime)
	dev.Manifest = "tools/package-lock.json"
	o := office(t, map[string]string{"program.yaml": shipped})
	judged, _ := o.Judge([]Scanned{scanned("example.com/shop", dev, run)})
	if len(judged) != 1 || judged[0].Verdict.Decision != policy.Deny || len(judged[0].Places()) != 2 {
		t.Fatalf("%d verdicts: %+v", len(judged), judged)
	}
}

func TestOnlyNewLeavesOutWhatTheBaseHadAlready(t *testing.T) {
	o := office(t, map[string]string{"program.yaml": shipped})
	at := func(usages ...inventory.Usage) *report.Report {
		r, err := o.Report(context.Background(), []Scanned{scanned("example.com/shop", usages...)}, ReportOptions{All: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	old := npm("old", "1.0.0", "GPL-3.0-only", inventory.Runtime)
	worse, better := npm("x", "1.0.0", "MIT", inventory.Runtime), npm("y", "1.0.0", "GPL-3.0-only", inventory.Runtime)
	before := at(old, worse, better)
	worse.License, better.License = "GPL-3.0-only", "MIT"
	got := OnlyNew(at(old, worse, better, npm("new", "1.0.0", "GPL-3.0-only", inventory.Runtime), npm("fine", "1.0.0", "MIT", inventory.Runtime)), before)
	var names []string
	for _, f := range got.Findings {
		names = append(names, f.Name)
	}
	if d := cmp.Diff([]string{"new", "x"}, names); d != "" {
		t.Errorf("findings:\n%s", d)
	}
	if got.Counts.Decisions["deny"] != 2 {
		t.Errorf("counts are not those of what is left: %v", got.Counts.Decisions)
	}
}

func TestActionsPutDenialsFirstAndJoinWhatOnePieceOfWorkSettles(t *testing.T) {
	o := office(t, map[string]string{"program.yaml": shipped})
	r, err := o.Report(context.Background(), []Scanned{scanned("example.com/shop",
		npm("a", "1.0.0", "", inventory.Runtime), npm("b", "1.0.0", "", inventory.Runtime), npm("c", "1.0.0", "", inventory.Runtime),
		npm("gpl", "1.0.0", "GPL-3.0-only", inventory.Runtime), npm("mit", "1.0.0", "MIT", inventory.Runtime))}, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Actions) == 0 || r.Actions[0].Decision != "deny" || r.Actions[0].Owner == "" || r.Actions[0].Fix == "" {
		t.Fatalf("actions: %+v", r.Actions)
	}
	covered := 0
	for _, a := range r.Actions {
		covered += a.Count
	}
	if len(r.Actions) >= covered {
		t.Errorf("%d actions for %d findings: nothing was joined", len(r.Actions), covered)
	}
	if r.Counts.NoLicense != 3 {
		t.Errorf("%d packages without a license, want 3", r.Counts.NoLicense)
	}
}

func TestFixturesAreNeitherUnresolvedNorSilentlyAmongThePackages(t *testing.T) {
	sample, bare, own, both := npm("sample", "1.0.0", "MIT", inventory.Runtime), npm("bare", "", "", inventory.Runtime), npm("own", "", "", inventory.Runtime), npm("both", "1.0.0", "MIT", inventory.Runtime)
	sample.Manifest, bare.Manifest = "testdata/package-lock.json", "testdata/package-lock.json"
	sample.Fixture, bare.Fixture = true, true
	again := both
	again.Manifest, again.Fixture = "testdata/package-lock.json", true
	r, err := office(t, nil).Report(context.Background(), []Scanned{scanned("example.com/app", sample, bare, own, both, again)}, ReportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Counts; c.Packages != 4 || c.Fixtures != 3 || c.FixturePackages != 2 || c.Unresolved != 1 {
		t.Errorf("%+v", c)
	}
}

func TestFixturesAreCountedAndNotJudged(t *testing.T) {
	u := npm("gpl", "1.0.0", "GPL-3.0-only", inventory.Runtime)
	u.Manifest, u.Fixture = "testdata/package-lock.json", true
	for text, want := range map[string]int{shipped: 0, shipped + "fixtures: {include_in_verdicts: true}\n": 1} {
		o := office(t, map[string]string{"program.yaml": text})
		judged, left := o.Judge([]Scanned{scanned("example.com/shop", u)})
		if len(judged) != want || left != 1-want {
			t.Errorf("%d judged and %d left out, want %d judged", len(judged), left, want)
		}
	}
}

func TestWhatIfTellsWhichVerdictsWouldChange(t *testing.T) {
	o := office(t, map[string]string{"program.yaml": shipped})
	other, findings := o.WithPolicy("new.yaml", []byte("extends: standard\nrules:\n- {id: no-mit, license: [MIT], verdict: deny, reason: test}\n"))
	if msg := Errors(findings); msg != "" {
		t.Fatal(msg)
	}
	changes, n := WhatIf(o, other, []Scanned{scanned("example.com/shop", npm("a", "1.0.0", "MIT", inventory.Runtime), npm("b", "1.0.0", "ISC", inventory.Runtime))})
	if n != 2 || len(changes) != 1 || changes[0].Rule != "no-mit" || len(changes[0].Items) != 1 || changes[0].After != "deny" {
		t.Errorf("%d judged, %+v", n, changes)
	}
}

func TestProgressAndTheEndAreToldByTheSameName(t *testing.T) {
	dir := t.TempDir()
	for i := range 200 { // a few files are not worth telling of
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.c", i)), fmt.Appendf(nil, "int a%d;\n", i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	told := map[string]int{}
	opts := ScanOptions{Licenses: true, Progress: func(path string, _, _ int) { told[path] |= 1 }, Done: func(path string) { told[path] |= 2 }}
	if _, failed, err := office(t, nil).ScanAll(t.Context(), []string{dir}, opts); err != nil || failed != nil {
		t.Fatal(failed, err)
	}
	if d := cmp.Diff(map[string]int{dir: 3}, told); d != "" {
		t.Error(d)
	}
}
