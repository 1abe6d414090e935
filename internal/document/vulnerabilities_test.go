package document

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestVulnerabilitiesAreValidCycloneDXAndNowhereElse(t *testing.T) {
	score := 9.8
	b := BOM{Components: []Component{{Ref: "pkg:npm/a@1", Name: "a", Version: "1", PURL: inventory.NewPURL("npm", "a", "1")}},
		Vulnerabilities: []Vulnerability{
			{ID: "GHSA-1", Aliases: []string{"CVE-1"}, Summary: "bad", Level: "critical", Score: &score, Vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Published: time.Unix(0, 0),
				Recommendation: "update", Affects: []string{"pkg:npm/a@1"}, State: "not_affected", Justification: "code_not_reachable", Detail: "never called"},
			{ID: "GHSA-2", Level: "unknown", Affects: []string{"pkg:npm/a@1"}},
			{ID: "GHSA-3", Level: "none", Vector: "CVSS:4.0/AV:N", Affects: []string{"pkg:npm/a@1"}, State: "exploitable"},
		}}
	for _, f := range Formats {
		var out bytes.Buffer
		if err := Write(&out, b, f, Options{}); err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(out.String(), "GHSA-1"); has != strings.HasPrefix(string(f), "cyclonedx") {
			t.Errorf("%s: has vulnerabilities %v", f, has)
		}
		if f == CycloneDXJSON {
			validCycloneDX(t, out.Bytes())
		}
	}
}
