package work

import (
	"slices"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/policy"
)

// finding turns a verdict into its row of the report.
func finding(j *Judged) report.Finding {
	v, use, facts := j.Verdict, j.Use(), j.Facts()
	w := j.judgement.wordsOf(v)
	f := report.Finding{
		Decision: string(v.Decision), Role: v.Role,
		Repository: j.Repository, Product: j.Product, Team: use.Team,
		Purl: j.purl, Name: j.Usage.Component.FullName(), Version: j.Usage.Component.Version,
		Ecosystem: j.Usage.Component.Ecosystem(),
		License:   w.license, Basis: v.Basis, Branch: v.Branch, Category: w.category,
		Scope: string(j.Usage.Scope), Relation: string(j.Usage.Relation), Coupling: string(use.Coupling),
		Rule: report.Rule{ID: v.Rule.ID, File: v.Rule.File, Line: v.Rule.Line, Text: v.Rule.Text},
		Fix:  v.Fix, Places: j.Places(), Chain: j.Usage.Chain, Note: j.Usage.Note,
		Facts: reportFacts(facts), Waiver: waiver(v),
	}
	for _, d := range use.Delivery {
		f.Delivery = append(f.Delivery, string(d))
	}
	for _, r := range slices.Concat(v.Reasons, policy.FactReasons(&use, facts)) {
		f.Reasons = append(f.Reasons, report.Reason{Text: r.Text, Source: r.Source, Date: r.Date})
	}
	for _, d := range v.Duties {
		f.Duties = append(f.Duties, d.ID)
	}
	return f
}

// words are what a verdict is called in counts.
type words struct{ license, category string }

func (j *judgement) wordsOf(v *policy.Verdict) words {
	w, ok := j.words[v]
	if !ok {
		w = words{effective(v), category(v)}
		j.words[v] = w
	}
	return w
}

// effective is the license that was judged, "" when nothing is known.
func effective(v *policy.Verdict) string {
	if v.Effective.IsZero() || v.Effective.Op == license.OpLeaf && v.Effective.Leaf.ID == license.NoAssertion {
		return ""
	}
	return v.Effective.Normalize().String()
}

// category is that of the license that weighs most among those that count.
func category(v *policy.Verdict) string {
	worst := license.Category("")
	for _, l := range v.Leaves {
		if l.Taken && (worst == "" || l.Category.Reach() > worst.Reach()) {
			worst = l.Category
		}
	}
	if worst == "" {
		return "unknown"
	}
	return string(worst)
}

func reportFacts(f policy.LicenseFacts) []report.Fact {
	out := []report.Fact{}
	for _, list := range [][]inventory.LicenseFact{f.Concluded, f.Declared, f.Detected} {
		for _, x := range list {
			out = append(out, report.Fact{Kind: string(x.Kind), Expression: x.Expression, Raw: x.Raw, Source: x.Source, File: x.File,
				FirstLine: x.FirstLine, LastLine: x.LastLine, TextHash: x.TextHash, Observed: x.Observed})
		}
	}
	return out
}

// waiver is the one that holds, else the first that speaks of the finding.
func waiver(v *policy.Verdict) *report.Waiver {
	w := v.Waiver
	if w == nil && len(v.Lapsed) > 0 {
		w = &v.Lapsed[0]
	}
	if w == nil {
		return nil
	}
	return &report.Waiver{ID: w.ID, Owner: w.Owner, Approver: w.Approver, Expires: w.Expires, Days: w.DaysLeft,
		Holds: v.Waiver != nil, Why: w.Why}
}
