package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

var update = flag.Bool("update", false, "rewrite golden files")

func sample() *Report {
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &Report{
		Tool: "tributary 0.1.0", Generated: day, AsOf: day,
		Program: Program{Source: "built-in defaults", Preset: "standard", Defaults: []string{"products", "teams"}},
		Counts: Counts{Repositories: 1, Manifests: 2, Files: 10, Usages: 4, Packages: 3, Direct: 2, Transitive: 2, Unresolved: 1, Fixtures: 1, NoLicense: 1,
			Decisions:  map[string]int{"deny": 1, "review": 1, "waived": 1, "allow": 1234},
			Ecosystems: []Count{{"npm", 2}, {"Go", 1}}, Licenses: []Count{{"MIT", 2}, {"", 1}}, Categories: []Count{{"permissive-notice", 2}}},
		Repositories: []Repository{{Name: "example.com/app", Kind: "git", Commit: "0123456789abcdef", License: "MIT", Packages: 3, Findings: 2}},
		Findings: []Finding{
			{Decision: "deny", Repository: "example.com/app", Product: "shop", Purl: "pkg:npm/evil@1.0.0", Name: "evil", Version: "1.0.0", License: "GPL-3.0-only",
				Basis: "declared", Scope: "runtime", Relation: "direct", Rule: Rule{ID: "strong-distributed", Text: "strong copyleft is not shipped"},
				Reasons: []Reason{{Text: "GPL-3.0-only is strong copyleft and the product is a distributed binary", Source: "package-lock.json"}},
				Fix:     []string{"replace the component"}, Places: []Place{{Path: "web/package-lock.json", Line: 12}}},
			{Decision: "review", Role: "legal", Repository: "example.com/app", Purl: "pkg:npm/%3Cscript%3E@2", Name: "<script>alert(1)</script>\x1b[31m", Version: "2",
				Rule: Rule{ID: "unknown"}, Reasons: []Reason{{Text: "no license | known"}}, Places: []Place{{Path: "a b%.json"}}},
			{Decision: "deny", Repository: "example.com/app", Purl: "pkg:npm/old@3", Rule: Rule{ID: "x"}, Waiver: &Waiver{ID: "W-1", Holds: true, Expires: day}},
		},
		Actions: []Action{{Title: "Replace evil 1.0.0", Why: "denied", Owner: "web team", Fix: "replace the component", Decision: "deny", Count: 1}},
		Duties:  []DutyGroup{{Action: "include_text", Text: "Give the license text with every copy.", Section: "MIT", Components: []string{"pkg:npm/a@1"}}},
		Outbound: []Outbound{{Repository: "example.com/app", License: "MIT", Component: "pkg:npm/evil@1.0.0", Inbound: "GPL-3.0-only", Value: "conflict",
			Why: "the combined work would be under GPL-3.0-only"}},
		Advisories: Advisories{State: "stale", Doubts: []string{"Advisories of npm are 9 days old."}, Packages: 3, Silent: []Count{{"no advisory data for the ecosystem", 2}},
			Feeds: []Feed{{Name: "npm", Kind: "osv", Made: day, Records: 10, Stale: true}}},
		Vulnerabilities: sampleVulnerabilities(day),
		Signals: []Signal{{Decision: "review", Role: "team", Repository: "example.com/app", Purl: "pkg:npm/old@3", Name: "old", Version: "3", Scope: "runtime", Relation: "direct",
			IDs: []string{"X-1"}, Places: []Place{{Path: "package.json", Line: 4}}, Rule: Rule{ID: "abandoned-direct"}, Reasons: []Reason{{Text: "Nobody maintains it."}}}},
		NotRead: []NotRead{{Repository: "example.com/app", Path: "bad\x1b]0;x\x07.json", Line: 3, Kind: "malformed", Message: "unexpected end"}},
	}
	r.Counts.Vulnerabilities, r.Counts.Signals = CountRisks(r.Vulnerabilities), map[string]int{"review": 1}
	return r
}

func TestWithoutAdvisoryDataNoFormSaysThatThereIsNothing(t *testing.T) {
	r := sample()
	r.Advisories, r.Vulnerabilities, r.Signals, r.Counts.Vulnerabilities, r.Counts.Signals = Advisories{State: "none"}, nil, nil, nil, nil
	for name, write := range map[string]func(*bytes.Buffer) error{
		"text": func(b *bytes.Buffer) error { return Text(b, r, TextOptions{Width: 200}) }, "markdown": func(b *bytes.Buffer) error { return Markdown(b, r) }, "html": func(b *bytes.Buffer) error { return HTML(b, r) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		if s := b.String(); !strings.Contains(s, "there is no advisory data") || strings.Contains(s, "none known") {
			t.Errorf("%s does not say that nothing is known", name)
		}
	}
	var b bytes.Buffer
	if err := JSON(&b, r); err != nil || !strings.Contains(b.String(), `"vulnerabilities": null`) || strings.Contains(b.String(), `"distinct"`) {
		t.Error("JSON takes no data as an empty list", err)
	}
}

func TestCountsKeepTheClassesApart(t *testing.T) {
	want := &RiskCounts{Distinct: 3, Findings: 3, Packages: 1, Decisions: map[string]int{"deny": 1, "review": 1, "waived": 1, "allow": 1},
		Levels: map[string]int{"critical": 1, "unknown": 2}, Exploited: 1, Fixable: 2, Stdlib: 1}
	if d := cmp.Diff(want, CountRisks(sample().Vulnerabilities)); d != "" {
		t.Error(d)
	}
	r := sample()
	if got := [3]int{r.Decided("deny"), r.Decided("review"), r.Decided("allow")}; got != [3]int{2, 3, 1235} {
		t.Errorf("a gate sees %v", got)
	}
}

func sampleVulnerabilities(day time.Time) []Vulnerability {
	score := 9.8
	worst := Vulnerability{Decision: "deny", Role: "security", Repository: "example.com/app", Product: "shop", Purl: "pkg:npm/deep@1.0.0", Name: "deep", Version: "1.0.0", Ecosystem: "npm",
		ID: "GHSA-1", Aliases: []string{"CVE-2026-1"}, Records: []string{"GHSA-1"}, Kind: "vulnerability", Summary: "code | execution <b>\x1b[31m",
		Severity: Severity{Level: "critical", Score: &score, Vector: "CVSS:3.1/AV:N"}, Exploited: &Exploited{CVE: "CVE-2026-1", Added: "2026-02-01"}, EPSS: &EPSS{Probability: 0.912, Percentile: 0.99},
		Published: day, Range: ">=1.0.0, <1.0.3", Fixed: []string{"1.0.3", "2.0.0"}, Via: "pkg:npm/top@2.0.0", Scope: "runtime", Relation: "transitive",
		Places: []Place{{Path: "web/package-lock.json", Line: 40}}, Chain: []string{"pkg:npm/top@2.0.0"}, Reach: Reach{State: "not analyzed"},
		Rule: Rule{ID: "exploited-fixable"}, Reasons: []Reason{{Text: "It is known to be exploited.", Source: "preset"}}, Fix: []string{"Update deep to 1.0.3 or later; it comes by pkg:npm/top@2.0.0."}}
	decided := worst
	decided.Decision, decided.Role, decided.ID, decided.Aliases, decided.Exploited, decided.Fix = "allow", "", "GHSA-2", nil, nil, nil
	decided.Severity = Severity{Level: "unknown"}
	decided.VEX = &VEX{ID: "V-1", Status: "not_affected", Author: "a@example.com", Date: day, Expires: day}
	accepted := decided
	accepted.Decision, accepted.ID, accepted.VEX, accepted.Fixed, accepted.EPSS = "review", "GHSA-3", nil, nil, nil
	accepted.Waiver = &Waiver{ID: "W-2", Holds: true, Expires: day}
	stdlib := Vulnerability{Decision: "review", Role: "team", Repository: "example.com/app", Purl: "pkg:golang/stdlib@1.21.0", Name: "stdlib", Version: "1.21.0", ID: "GO-1", Kind: "stdlib-candidate",
		Severity: Severity{Level: "unknown"}, Fixed: []string{"1.21.9"}, Scope: "runtime", Relation: "direct", Places: []Place{{Path: "go.mod", Line: 3}},
		Reach: Reach{State: "called", Stack: []string{"main.main", "net/http.Serve"}}, Rule: Rule{ID: "stdlib-candidate"}, Fix: []string{"Raise the go line."}}
	return []Vulnerability{worst, stdlib, accepted, decided}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (run with -update to accept):\n%s", name, d)
	}
}

func TestEachFormatIsAsItWas(t *testing.T) {
	for name, write := range map[string]func(*bytes.Buffer) error{
		"report.txt":         func(b *bytes.Buffer) error { return Text(b, sample(), TextOptions{}) },
		"report-verbose.txt": func(b *bytes.Buffer) error { return Text(b, sample(), TextOptions{Verbose: true}) },
		"report.json":        func(b *bytes.Buffer) error { return JSON(b, sample()) },
		"report.sarif":       func(b *bytes.Buffer) error { return SARIF(b, sample()) },
		"report.xml":         func(b *bytes.Buffer) error { return JUnit(b, sample()) },
		"report.md":          func(b *bytes.Buffer) error { return Markdown(b, sample()) },
		"report.html":        func(b *bytes.Buffer) error { return HTML(b, sample()) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		golden(t, name, b.Bytes())
		if bytes.ContainsAny(b.Bytes(), "\x1b\x07") {
			t.Errorf("%s lets control characters through", name)
		}
		if name == "report.html" && strings.Contains(b.String(), "<script>alert") {
			t.Error("HTML is not escaped")
		}
	}
}

func TestSARIFIsValidByItsSchema(t *testing.T) {
	var b bytes.Buffer
	if err := SARIF(&b, sample()); err != nil {
		t.Fatal(err)
	}
	rep, err := sarif.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := rep.Validate(); err != nil {
		t.Errorf("not valid: %v", err)
	}
	if n := len(rep.Runs[0].Results); n != 5 {
		t.Errorf("%d results, want 5: what is waived or passes is no result", n)
	}
}

func TestMachineFormsParse(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b.Bytes(), &m); err != nil || m["schema"] != Schema {
		t.Errorf("JSON: %v, schema %v", err, m["schema"])
	}
	b.Reset()
	if err := JUnit(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var s junitSuites
	if err := xml.Unmarshal(b.Bytes(), &s); err != nil || s.Tests != 8 || s.Failures != 5 || s.Suites[0].Skipped != 2 {
		t.Errorf("JUnit: %v %+v", err, s)
	}
}

func TestCleanNeutralizesControlAndBidi(t *testing.T) {
	for in, want := range map[string]string{
		"plain ünïcode":    "plain ünïcode",
		"a\x1b[31mb":       `a\u001B[31mb`,
		"a\u202Eb":         `a\u202Eb`,
		"two\nlines\tmore": "two lines more",
		"\u009b31m":        `\u009B31m`,
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x1b\x00\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Clean(s) {
			if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
				t.Fatalf("Clean(%q) lets %U through", s, r)
			}
		}
	})
}
