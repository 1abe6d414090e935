package work

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/vex"
)

func vulnerable(name, id, decision, level string, fixed ...string) report.Vulnerability {
	return report.Vulnerability{Decision: decision, Role: "security", Repository: "example.com/shop", Purl: "pkg:npm/" + name + "@1.0.0", Name: name, Version: "1.0.0", Ecosystem: "npm",
		ID: id, Kind: "vulnerability", Severity: report.Severity{Level: level}, Fixed: fixed, Scope: "runtime", Relation: "direct"}
}

func titles(actions []report.Action) []string {
	var out []string
	for _, a := range actions {
		out = append(out, a.Title)
	}
	return out
}

func TestOneUpdateIsOneActionWithTheVersionThatEndsAll(t *testing.T) {
	other := vulnerable("lib", "GHSA-3", "review", "medium", "1.9.0")
	other.Repository, other.Purl, other.Version, other.Via = "example.com/till", "pkg:npm/lib@1.1.0", "1.1.0", "pkg:npm/top@2.0.0"
	r := &report.Report{Vulnerabilities: []report.Vulnerability{
		vulnerable("lib", "GHSA-1", "deny", "critical", "1.10.0", "2.0.0"), vulnerable("lib", "GHSA-2", "review", "high", "1.2.0"), other,
		vulnerable("nofix", "GHSA-4", "review", "high"),
		{Decision: "review", Role: "team", Repository: "example.com/shop", Purl: "pkg:golang/stdlib@1.21.0", Name: "stdlib", Ecosystem: "Go", ID: "GO-1", Kind: "stdlib-candidate", Fixed: []string{"1.21.9"}},
		{Decision: "review", Role: "team", Repository: "example.com/shop", Purl: "pkg:golang/stdlib@1.21.0", Name: "stdlib", Ecosystem: "Go", ID: "GO-2", Kind: "stdlib-candidate", Fixed: []string{"1.21.11"}},
	}}
	got := actionsFor(r, 0)
	want := []string{
		"Update lib to 1.10.0 or later: ends 3 vulnerabilities, in 2 repositories",
		"Look at 1 vulnerability in nofix, for which no fix is known, in example.com/shop",
		"Raise the Go release of example.com/shop: 2 vulnerabilities of the standard library may apply",
	}
	if d := cmp.Diff(want, titles(got)); d != "" {
		t.Error(d)
	}
	if !strings.Contains(got[0].Fix, "which comes by pkg:npm/top@2.0.0") || !strings.Contains(got[2].Fix, "1.21.11") {
		t.Errorf("%q, %q", got[0].Fix, got[2].Fix)
	}
}

func TestNeitherLicensesNorVulnerabilitiesHideTheOther(t *testing.T) {
	r := &report.Report{}
	for i := range 20 {
		name := fmt.Sprintf("l%02d", i)
		r.Findings = append(r.Findings, report.Finding{Decision: "deny", Repository: "r", Purl: "pkg:npm/" + name + "@1", Name: name, License: "GPL-3.0-only", Relation: "direct"})
		r.Vulnerabilities = append(r.Vulnerabilities, vulnerable(fmt.Sprintf("v%02d", i), "GHSA-1", "deny", "critical", "2.0.0"))
	}
	exploited := vulnerable("worst", "GHSA-9", "deny", "high", "2.0.0")
	exploited.Exploited = &report.Exploited{CVE: "CVE-1"}
	malware := vulnerable("evil", "MAL-1", "deny", "unknown")
	malware.Kind = "malware"
	accepted := vulnerable("fine", "GHSA-8", "deny", "critical", "2.0.0")
	accepted.Waiver = &report.Waiver{ID: "W", Holds: true, Days: 90}
	r.Vulnerabilities = append(r.Vulnerabilities, exploited, malware, accepted)
	got := titles(actionsFor(r, 0))
	licenses, risks := 0, 0
	for _, title := range got {
		if strings.HasPrefix(title, "Denied: ") {
			licenses++
		} else {
			risks++
		}
		if strings.Contains(title, "fine") {
			t.Errorf("what is accepted for long asks for nothing: %s", title)
		}
	}
	if !strings.Contains(got[0], "evil") || !strings.Contains(got[1], "worst") || licenses != 4 || risks != 6 {
		t.Errorf("%d of licenses, %d of vulnerabilities: %q", licenses, risks, got)
	}
}

func TestAChangeIsChargedWithWhatItBringsIn(t *testing.T) {
	before := &report.Report{Vulnerabilities: []report.Vulnerability{vulnerable("a", "GHSA-1", "deny", "critical"), vulnerable("b", "GHSA-2", "allow", "high")}}
	same := vulnerable("a", "GHSA-1", "deny", "critical")
	same.Version, same.Purl = "1.0.1", "pkg:npm/a@1.0.1" // another version with the same fault
	worse := vulnerable("b", "GHSA-2", "deny", "high")
	fresh := vulnerable("a", "GHSA-3", "review", "low")
	now := &report.Report{Vulnerabilities: []report.Vulnerability{same, worse, fresh}}
	kept, _ := newRisks(now, before)
	if d := cmp.Diff([]report.Vulnerability{worse, fresh}, kept); d != "" {
		t.Error(d)
	}
	if kept, _ := newRisks(&report.Report{}, before); kept != nil {
		t.Error("no data became an empty answer")
	}
	if kept, _ := newRisks(before, before); kept == nil || len(kept) > 0 {
		t.Errorf("the same twice brings in %v", kept)
	}
}

func TestClaimsSpeakOfTheVersionsThatTheyName(t *testing.T) {
	for _, c := range []struct {
		name, versions, of string
		want               bool
	}{
		{"pkg:npm/a@1.0.0", "", "pkg:npm/a@1.0.0", true}, {"pkg:npm/a@1.0.0", "", "pkg:npm/a@1.0.1", false}, {"pkg:npm/a", "", "pkg:npm/a@1.0.1", true},
		{"pkg:npm/a", "vers:npm/>=1.0.0|<2.0.0", "pkg:npm/a@1.5.0", true}, {"pkg:npm/a", "vers:npm/>=1.0.0|<2.0.0", "pkg:npm/a@2.5.0", false},
		{"pkg:npm/b", "", "pkg:npm/a@1.0.1", false}, {"the product", "", "pkg:npm/a@1.0.1", true}, {"pkg:npm/a", "some odd range", "pkg:npm/a@1.0.1", true},
	} {
		item := vex.NewItem(c.name)
		item.Versions = c.versions
		p, err := inventory.ParsePURL(c.of)
		if err != nil {
			t.Fatal(err)
		}
		claim := &store.Claim{Statement: vex.Statement{Products: []vex.Product{{Item: item}}}}
		if got := claimSpeaksOf(claim, p); got != c.want {
			t.Errorf("%s %s of %s: %v", c.name, c.versions, c.of, got)
		}
	}
}

func TestRangesOfClaimsAreTakenOverWhereTheyHaveAPlainForm(t *testing.T) {
	for in, want := range map[string]string{"vers:npm/>=1.0|<2.0": ">=1.0 <2.0", "1.2.3": "=1.2.3", "vers:pypi/1.5": "=1.5", "<2": "<2",
		"vers:npm/1.0|2.0": "", "vers:npm/>=1|<2|>=3|<4": "", "vers:npm/!=1.5": "", "a || b": "", "vers:npm/*": "", "vers:": ""} {
		got, ok := plainRange(in)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%s: want %q, got %q", in, want, got)
		}
	}
}

func TestAManifestOfGoBelongsToItsModule(t *testing.T) {
	for in, want := range map[string]string{"go.mod": "go.mod", "a/go.sum": "a/go.mod", "vendor/modules.txt": "go.mod", "a/vendor/modules.txt": "a/go.mod", "package.json": "", "go.work": "", "xvendor/modules.txt": ""} {
		if got := goModule(in); got != want {
			t.Errorf("%s: want %q, got %q", in, want, got)
		}
	}
}
