package cli

import (
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

// licenseRow is one line of "license scan -o jsonl": a stable interface,
// documented in docs/license-detection.md.
type licenseRow struct {
	Path       string        `json:"path"`
	Licenses   []string      `json:"licenses"`
	Expression string        `json:"expression"`
	Copyrights []string      `json:"copyrights"`
	Matches    []matchRow    `json:"matches"`
	Resolved   *resolvedRow  `json:"resolved,omitempty"`
	Evidence   []evidenceRow `json:"evidence,omitempty"`
}

type matchRow struct {
	Lines    [2]int  `json:"lines"`
	Kind     string  `json:"kind"`
	License  string  `json:"license"`
	Score    float64 `json:"score"`
	TextHash string  `json:"text_hash"`
	Rule     string  `json:"rule,omitempty"`      // what matched
	Covered  float64 `json:"covered,omitempty"`   // share of the known text that stands in the file
	Distance int     `json:"distance,omitempty"`  // words that differ from the known text
	RefersTo string  `json:"refers_to,omitempty"` // the file that is said to hold the license
}

// resolvedRow is the answer through the tree, with --resolve.
type resolvedRow struct {
	Expression string   `json:"expression"`
	How        string   `json:"how"`
	From       []string `json:"from,omitempty"`
	Note       string   `json:"note,omitempty"`
}

type evidenceRow struct {
	Source     string     `json:"source"`
	Expression string     `json:"expression"`
	Copyrights []string   `json:"copyrights,omitempty"`
	Matches    []matchRow `json:"matches"`
}

func newLicenseRow(f *work.FileLicense) licenseRow {
	row := licenseRow{Path: f.Path, Licenses: list(f.Licenses), Expression: f.Expression, Copyrights: list(f.Copyrights), Matches: []matchRow{}}
	for _, m := range f.Matches {
		row.Matches = append(row.Matches, newMatchRow(m))
	}
	if a := f.Resolved; a != nil {
		row.Resolved = &resolvedRow{a.Expression, string(a.How), a.From, a.Note}
	}
	for _, e := range f.Evidence {
		out := evidenceRow{Source: e.Source, Expression: e.Expression, Copyrights: e.Copyrights, Matches: []matchRow{}}
		for _, m := range e.Matches {
			out.Matches = append(out.Matches, matchRow{Lines: [2]int{m.FirstLine, m.LastLine}, Kind: m.Rule, License: m.Expression, Score: m.Score})
		}
		row.Evidence = append(row.Evidence, out)
	}
	return row
}

func newMatchRow(m work.Match) matchRow {
	return matchRow{Lines: [2]int{m.FirstLine, m.LastLine}, Kind: m.Kind, License: m.Expression, Score: rounded(m.Score), TextHash: m.TextHash,
		Rule: m.Rule, Covered: rounded(m.Covered), Distance: m.Distance, RefersTo: m.RefersTo}
}

// rounded keeps scores readable and the same on every machine.
func rounded(score float64) float64 { return float64(int(score*1000+0.5)) / 1000 }

func list(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// matchWords is one match for people.
func matchWords(m work.Match) string {
	return report.Clean(matchLabel(m) + ": " + matchDetail(m))
}

type licenseSummary struct {
	Files    int              `json:"files"`
	Answered int              `json:"answered"`
	Trees    []licenseTreeRow `json:"trees,omitempty"`
	Problems []problemRow     `json:"problems"`
}

type licenseTreeRow struct {
	Path        string   `json:"path"`
	Primary     string   `json:"primary"`
	PrimaryFrom []string `json:"primary_from"`
	Table       []setRow `json:"table"`
}

type setRow struct {
	Pattern    string   `json:"pattern"`
	Expression string   `json:"expression"`
	Files      int      `json:"files"`
	Examples   []string `json:"examples"`
}

type problemRow struct {
	Path    string `json:"path"`
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

func newLicenseSummary(t work.LicenseTotals) licenseSummary {
	s := licenseSummary{Files: t.Files, Answered: t.Answered, Problems: []problemRow{}}
	for _, tree := range t.Trees {
		row := licenseTreeRow{Path: tree.Prefix, Primary: tree.Primary, PrimaryFrom: list(tree.PrimaryFrom), Table: []setRow{}}
		for _, x := range tree.Table {
			row.Table = append(row.Table, setRow{x.Pattern, x.Expression, x.Files, list(x.Examples)})
		}
		s.Trees = append(s.Trees, row)
	}
	for _, p := range t.Problems {
		s.Problems = append(s.Problems, problemRow{p.Path, p.Kind, p.Message})
	}
	return s
}
