package document

import (
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// Vulnerability is one known vulnerability in components of a document. Only
// CycloneDX has a place for it.
type Vulnerability struct {
	ID                 string
	Aliases            []string
	Summary            string
	Level              string   // "critical" … "none", "unknown"
	Score              *float64 // CVSS base score
	Vector             string
	Published, Updated time.Time
	Recommendation     string
	Affects            []string // refs of components
	// State, Justification and Detail are a decision on it in CycloneDX's words;
	// empty where nobody decided.
	State, Justification, Detail string
}

func cdxVulnerabilities(list []Vulnerability) *[]cdx.Vulnerability {
	if len(list) == 0 {
		return nil
	}
	out := make([]cdx.Vulnerability, 0, len(list))
	for i := range list {
		out = append(out, cdxVulnerability(&list[i]))
	}
	return &out
}

func cdxVulnerability(v *Vulnerability) cdx.Vulnerability {
	out := cdx.Vulnerability{ID: v.ID, Source: &cdx.Source{Name: "OSV", URL: "https://osv.dev/vulnerability/" + v.ID}, Description: v.Summary, Recommendation: v.Recommendation}
	if !v.Published.IsZero() {
		out.Published = v.Published.UTC().Format(time.RFC3339)
	}
	if !v.Updated.IsZero() {
		out.Updated = v.Updated.UTC().Format(time.RFC3339)
	}
	var aliases []cdx.VulnerabilityReference
	for _, a := range v.Aliases {
		aliases = append(aliases, cdx.VulnerabilityReference{ID: a, Source: &cdx.Source{Name: "OSV"}})
	}
	if len(aliases) > 0 {
		out.References = &aliases
	}
	if v.Level != "" {
		out.Ratings = &[]cdx.VulnerabilityRating{{Severity: cdx.Severity(v.Level), Score: v.Score, Vector: v.Vector, Method: scoringMethod(v.Vector)}}
	}
	if v.State != "" {
		out.Analysis = &cdx.VulnerabilityAnalysis{State: cdx.ImpactAnalysisState(v.State), Justification: cdx.ImpactAnalysisJustification(v.Justification), Detail: v.Detail}
	}
	affects := make([]cdx.Affects, 0, len(v.Affects))
	for _, ref := range v.Affects {
		affects = append(affects, cdx.Affects{Ref: ref})
	}
	out.Affects = &affects
	return out
}

// scoringMethod is told by the beginning of the vector; "" where it has none.
func scoringMethod(vector string) cdx.ScoringMethod {
	for _, m := range []struct {
		prefix string
		method cdx.ScoringMethod
	}{{"CVSS:4.0/", cdx.ScoringMethodCVSSv4}, {"CVSS:3.1/", cdx.ScoringMethodCVSSv31}, {"CVSS:3.0/", cdx.ScoringMethodCVSSv3}, {"AV:", cdx.ScoringMethodCVSSv2}} {
		if len(vector) > len(m.prefix) && vector[:len(m.prefix)] == m.prefix {
			return m.method
		}
	}
	return ""
}
