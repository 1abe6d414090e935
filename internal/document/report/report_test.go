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
	return &Report{
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
		NotRead: []NotRead{{Repository: "example.com/app", Path: "bad\x1b]0;x\x07.json", Line: 3, Kind: "malformed", Message: "unexpected end"}},
	}
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
	if n := len(rep.Runs[0].Results); n != 2 {
		t.Errorf("%d results, want 2: the waived finding is not a result", n)
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
	if err := xml.Unmarshal(b.Bytes(), &s); err != nil || s.Tests != 3 || s.Failures != 2 || s.Suites[0].Skipped != 1 {
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
