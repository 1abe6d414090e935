package vex

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

const openVEX02 = `{
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://vendor.example.com/vex/7",
  "author": "Vendor", "role": "Security team", "timestamp": "2026-11-01T08:00:00Z", "last_updated": "2026-11-23T12:00:00Z", "version": 3,
  "statements": [
    {"vulnerability": {"name": "CVE-2026-1", "aliases": ["GHSA-1"]}, "timestamp": "2026-11-02T08:00:00Z",
     "products": [{"@id": "pkg:oci/shop@sha256%3Aabc", "subcomponents": [{"@id": "pkg:npm/left-pad@1.2.0"}, {"@id": "x", "identifiers": {"purl": "pkg:npm/right-pad@2.0.0"}}]}],
     "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path", "impact_statement": "never called"},
    {"vulnerability": {"@id": "https://nvd.nist.gov/vuln/detail/CVE-2026-2"}, "products": [{"@id": "pkg:golang/example.com/m@v1.0.0"}], "status": "affected", "action_statement": "update to 1.1"},
    {"vulnerability": {"name": "CVE-2026-3"}, "products": [{"@id": "a"}], "status": "maybe"},
    {"vulnerability": {"name": "CVE-2026-4"}, "products": [], "status": "fixed"},
    {"vulnerability": 5, "products": [], "status": "fixed"},
    {"vulnerability": {"name": "CVE-2026-6"}, "products": [{"@id": "a"}], "status": "not_affected", "justification": "because"}
  ]
}`

func TestOpenVEXIsReadAndWhatIsWrongCostsItselfAlone(t *testing.T) {
	d, err := Read([]byte(openVEX02))
	if err != nil {
		t.Fatal(err)
	}
	want := []Statement{
		{Vulnerability: "CVE-2026-1", Aliases: []string{"GHSA-1"}, Status: NotAffected, Justification: CodeNotInExecutePath, Impact: "never called", Author: "Vendor", Time: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC),
			Products: []Product{{Item: NewItem("pkg:oci/shop@sha256%3Aabc"), Parts: []Item{NewItem("pkg:npm/left-pad@1.2.0"), NewItem("pkg:npm/right-pad@2.0.0")}}}},
		{Vulnerability: "CVE-2026-2", Status: Affected, Action: "update to 1.1", Author: "Vendor", Time: noon, Products: []Product{{Item: NewItem("pkg:golang/example.com/m@v1.0.0")}}},
		{Vulnerability: "CVE-2026-6", Status: NotAffected, Native: "because", Author: "Vendor", Time: noon, Products: []Product{{Item: Item{Name: "a"}}}},
	}
	if diff := cmp.Diff(want, d.Statements, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	if d.ID != "https://vendor.example.com/vex/7" || d.Author != "Vendor" || d.Version != 3 || !d.Time.Equal(noon) || d.Format != OpenVEX {
		t.Errorf("head: %+v", d)
	}
	for _, words := range []string{`statement 3 (CVE-2026-3): there is no status "maybe"`, "statement 4 (CVE-2026-4): it names no product", "statement 5", `there is no justification "because"`, "needs a justification or an impact"} {
		if !strings.Contains(strings.Join(d.Problems, "\n"), words) {
			t.Errorf("no problem with %q in %q", words, d.Problems)
		}
	}
}

func TestTheFirstOpenVEXIsReadToo(t *testing.T) {
	d, err := Read([]byte(`{"@context": "https://openvex.dev/ns", "@id": "x", "author": "A", "timestamp": "2026-11-23T12:00:00Z", "version": "1",
		"statements": [{"vulnerability": "CVE-2026-1", "products": ["pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64"], "subcomponents": ["pkg:npm/a@1"], "status": "fixed"}]}`))
	if err != nil || len(d.Statements) != 1 {
		t.Fatal(d, err)
	}
	s := d.Statements[0]
	if s.Vulnerability != "CVE-2026-1" || s.Products[0].PURL.Version != "2.39.0-r1" || s.Products[0].Components()[0].PURL.Name != "a" {
		t.Errorf("%+v", s)
	}
}

const cycloneDX16 = `{
  "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 2,
  "metadata": {"timestamp": "2026-11-23T12:00:00Z", "authors": [{"name": "Vendor", "email": "v@example.com"}], "component": {"type": "application", "bom-ref": "app", "name": "shop", "version": "9", "purl": "pkg:generic/shop@9"}},
  "components": [{"type": "library", "bom-ref": "r1", "group": "org.example", "name": "lib", "version": "2.0", "purl": "pkg:maven/org.example/lib@2.0"}],
  "vulnerabilities": [
    {"id": "CVE-2026-1", "references": [{"id": "GHSA-1", "source": {"name": "GitHub"}}], "analysis": {"state": "not_affected", "justification": "requires_configuration", "detail": "the switch is off", "firstIssued": "2026-11-20T00:00:00Z"}, "affects": [{"ref": "r1"}]},
    {"id": "CVE-2026-2", "recommendation": "update", "analysis": {"state": "exploitable"}, "affects": [{"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/a@1.0.0", "versions": [{"range": "vers:npm/<2", "status": "affected"}, {"version": "3", "status": "unaffected"}]}]},
    {"id": "CVE-2026-3", "affects": [{"ref": "r1"}]},
    {"id": "CVE-2026-4", "analysis": {"state": "false_positive"}, "affects": [{"ref": "app"}]}
  ]
}`

func TestCycloneDXIsReadInTheCommonWords(t *testing.T) {
	d, err := Read([]byte(cycloneDX16))
	if err != nil {
		t.Fatal(err)
	}
	shop := NewItem("pkg:generic/shop@9")
	ranged := NewItem("pkg:npm/a@1.0.0")
	ranged.Versions = "vers:npm/<2"
	want := []Statement{
		{Vulnerability: "CVE-2026-1", Aliases: []string{"GHSA-1"}, Status: NotAffected, Justification: CodeNotControllable, Native: "requires_configuration", Impact: "the switch is off",
			Author: "Vendor v@example.com", Time: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), Products: []Product{{Item: shop, Parts: []Item{NewItem("pkg:maven/org.example/lib@2.0")}}}},
		{Vulnerability: "CVE-2026-2", Status: Affected, Action: "update", Author: "Vendor v@example.com", Time: noon, Products: []Product{{Item: shop, Parts: []Item{ranged}}}},
		{Vulnerability: "CVE-2026-4", Status: NotAffected, Native: "false_positive", Impact: "false positive", Author: "Vendor v@example.com", Time: noon, Products: []Product{{Item: shop}}},
	}
	if diff := cmp.Diff(want, d.Statements, cmpopts.EquateEmpty()); diff != "" || len(d.Problems) > 0 {
		t.Error(diff, d.Problems)
	}
}

func TestWhatIsNoVEXIsRefusedInWords(t *testing.T) {
	for content, want := range map[string]string{
		"":         "not JSON",
		"<html>":   "not JSON",
		"[]":       "not a VEX document",
		`{"a": 1}`: "not a VEX document",
		`{"bomFormat": "CycloneDX", "components": []}`:                           "not a VEX document",
		`{"@context": "https://openvex.dev/ns/v0.2.0", "statements": 7}`:         "the statements",
		strings.Repeat("[", 200) + strings.Repeat("]", 200):                      "nested deeper",
		`{"@context": "https://openvex.dev/ns/v0.2.0", "statements": [` + "\xff": "not JSON",
	} {
		if _, err := Read([]byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: want an error with %q, got %v", content, want, err)
		}
	}
}

// statements draws what can be said in both formats.
func statements(t *rapid.T) []Statement {
	purl := rapid.StringMatching(`pkg:npm/[a-z]{1,8}@[0-9]\.[0-9]`)
	word := rapid.StringMatching(`[A-Za-z][A-Za-z0-9 .]{0,20}[a-z]`)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Statement {
		s := Statement{Vulnerability: rapid.StringMatching(`CVE-2026-[0-9]{4}`).Draw(t, "id"), Status: rapid.SampledFrom(Statuses).Draw(t, "status"), Author: "A", Time: noon}
		switch s.Status {
		case NotAffected:
			s.Justification = rapid.SampledFrom(Justifications[1:]).Draw(t, "why") // component_not_present is no word of CycloneDX
			s.Impact = word.Draw(t, "impact")
		case Affected:
			s.Action = word.Draw(t, "action")
		}
		for _, p := range rapid.SliceOfN(purl, 1, 3).Draw(t, "parts") {
			s.Products = append(s.Products, Product{Item: NewItem("pkg:generic/shop@1"), Parts: []Item{NewItem(p)}})
		}
		return s
	}), 1, 5).Draw(t, "statements")
}

func TestWhatIsWrittenIsReadBackTheSameInBothFormats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Document{Author: "A", Time: noon, Version: 2, Tooling: "tributary 1", Statements: statements(t)}
		for _, f := range []Format{OpenVEX, CycloneDX} {
			var b, again bytes.Buffer
			if err := Write(&b, d, f); err != nil {
				t.Fatal(err)
			}
			if err := Write(&again, d, f); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
				t.Fatal("the same statements gave other bytes", err)
			}
			got, err := Read(b.Bytes())
			if err != nil || len(got.Problems) > 0 {
				t.Fatal(err, got.Problems, b.String())
			}
			if diff := cmp.Diff(d.Statements, got.Statements, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(Statement{}, "Native")); diff != "" {
				t.Fatalf("%s: %s\n%s", f, diff, b.String())
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{openVEX02, cycloneDX16, `{"@context":"openvex","statements":[{"vulnerability":"x","products":["a"],"status":"fixed"}]}`, `{"bomFormat":"CycloneDX","vulnerabilities":[{}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Read(b)
		if err != nil {
			return
		}
		for _, format := range []Format{OpenVEX, CycloneDX} {
			var out bytes.Buffer
			if err := Write(&out, d, format); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(out.Bytes()); err != nil {
				t.Fatalf("what was written as %s can't be read: %v\n%s", format, err, out.String())
			}
		}
	})
}

func TestWrongTypesAreToldWithoutTheNamesOfOurs(t *testing.T) {
	for _, text := range []string{
		`{"@context":"https://openvex.dev/ns/v0.2.0","statements":[5,{"vulnerability":{"name":5},"products":[{"@id":[]}],"status":7}]}`,
		`{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"vulnerability":"X","products":[{"@id":[]},5],"status":"affected"}]}`,
		`{"bomFormat":"CycloneDX","vulnerabilities":[5,{"id":"X","affects":[5]}]}`,
	} {
		doc, err := Read([]byte(text))
		if err != nil || len(doc.Problems) == 0 {
			t.Errorf("%s: %v %v", text, err, doc.Problems)
		}
		for _, p := range doc.Problems {
			if strings.Contains(p, "json:") || strings.Contains(p, "vex.") || strings.Contains(p, "Go ") {
				t.Errorf("%s: %s", text, p)
			}
		}
	}
}
