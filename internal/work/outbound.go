package work

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
)

// outbound checks, for each repository that has a license of its own, what it
// holds (files under other licenses) and links (components) against it.
func (o *Office) outbound(snaps []Scanned, j *judgement) []report.Outbound {
	var out []report.Outbound
	var judged map[string][]*Judged
	for _, s := range snaps {
		own, ok := o.ownLicense(s.Snapshot)
		if !ok {
			continue
		}
		repo := s.Snapshot.Repository.Name
		if judged == nil {
			judged = j.byRepository()
		}
		held := holdings(s.Snapshot, judged[repo], own)
		items := make([]policy.OutboundItem, len(held))
		for i, h := range held {
			items[i] = h.item
		}
		for i, f := range policy.Outbound(own, items) {
			if f.Value != program.OutboundReview && f.Value != program.OutboundConflict {
				continue
			}
			if held[i].text && f.Value == program.OutboundConflict {
				f.Value, f.Suggestions = program.OutboundReview, []string{"See whether the release holds what the text speaks of."}
				f.Why = "a text that names licenses; is what it speaks of in the release? At worst: " + f.Why
			}
			out = append(out, report.Outbound{Repository: repo, License: own.String(), Component: held[i].name, Inbound: f.Item.Expr.String(),
				Value: string(f.Value), Why: f.Why, Source: f.Source, Suggest: f.Suggestions, Examples: held[i].examples})
		}
	}
	slices.SortStableFunc(out, func(a, b report.Outbound) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Component, b.Component))
	})
	return out
}

// ownLicense is the license that a repository is released under: its product's
// where the program names one, else what its own files say.
func (o *Office) ownLicense(s inventory.Snapshot) (license.Expr, bool) {
	text := ""
	if s.Licenses != nil {
		text = s.Licenses.Primary
	}
	for _, p := range o.Program.ProductsFor(s.Repository.Name, "") {
		if p.License.Text != "" {
			text = p.License.Text
		}
	}
	e, err := license.Parse(text)
	return e, err == nil && !e.IsZero()
}

// holding is one thing that a repository holds or links.
type holding struct {
	name     string
	item     policy.OutboundItem
	examples []string
	// text says that it is pages and lists of licenses only: they may be under what
	// they name, or speak of something that the release holds or does not hold.
	text bool
}

// holdings lists what a repository holds and links. Files under the
// repository's own license are no question.
func holdings(s inventory.Snapshot, judged []*Judged, own license.Expr) (out []holding) {
	if s.Licenses != nil {
		for _, list := range []struct {
			sets []inventory.LicenseSet
			what string
		}{{s.Licenses.Sets, "files"}, {s.Licenses.Vendored, "copies of others' files"}} {
			for _, set := range list.sets {
				e, err := license.Parse(set.Expression)
				if err != nil || license.Equivalent(e, own) {
					continue
				}
				name := fmt.Sprintf("%d %s such as %s", set.Files, list.what, first(set.Examples))
				if set.Files == 1 {
					name = "the file " + first(set.Examples)
				}
				item := policy.OutboundItem{Expr: e, CopiedIn: true}
				if isContent(e) && allDocuments(set.Examples) {
					// A document or a font stands beside the code, not in it.
					item = policy.OutboundItem{Expr: e, Use: policy.Use{Coupling: program.AggregatedOnly}}
				}
				text := list.what == "files" && len(set.Examples) == set.Files && allTexts(set.Examples, len(e.Leaves()) > 2)
				out = append(out, holding{name, item, set.Examples, text})
			}
		}
	}
	for _, j := range judged {
		out = append(out, holding{j.purl, policy.OutboundItem{Component: j.Usage.Component, Expr: j.Verdict.Effective, Use: j.Use()}, nil, false})
	}
	return out
}

// byRepository gives the first verdict on each component of a repository whose
// license is known; an unknown one is a finding of its own.
func (j *judgement) byRepository() map[string][]*Judged {
	type key struct {
		repository string
		number     int32
	}
	at := map[key]int{}
	out := map[string][]*Judged{}
	unknown := map[*policy.Verdict]bool{}
	for i := range j.judged {
		x := &j.judged[i]
		u, ok := unknown[x.Verdict]
		if !ok {
			u = hasUnknown(x.Verdict.Effective)
			unknown[x.Verdict] = u
		}
		if u {
			continue
		}
		list, k := out[x.Repository], key{x.Repository, x.number}
		if n, ok := at[k]; !ok {
			at[k] = len(list)
			out[x.Repository] = append(list, x)
		} else if compareJudged(x, list[n]) < 0 {
			list[n] = x
		}
	}
	return out
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

// isContent says whether all licenses of an expression are meant for content.
func isContent(e license.Expr) bool {
	for _, l := range e.Leaves() {
		if c, _ := license.CategoryOf(l); c != license.ContentAttribution && c != license.ContentShareAlike {
			return false
		}
	}
	return true
}

// allDocuments says whether paths are those of documents, fonts and pictures.
func allDocuments(paths []string) bool {
	for _, p := range paths {
		switch strings.ToLower(path.Ext(p)) {
		case ".md", ".markdown", ".rst", ".adoc", ".txt", ".html", ".svg", ".css", ".tex", "":
		default:
			return false
		}
	}
	return true
}

// allTexts says whether paths are those of pages or, where they name many licenses,
// of lists of licenses. A license's text alone is that of what lies beside it.
func allTexts(paths []string, many bool) bool {
	for _, p := range paths {
		base := strings.ToLower(path.Base(p))
		switch path.Ext(base) {
		case ".md", ".markdown", ".rst", ".adoc":
			continue
		}
		if !many || !strings.Contains(base, "license") && !strings.Contains(base, "licence") && !strings.HasPrefix(base, "notice") && !strings.HasPrefix(base, "copying") {
			return false
		}
		if path.Ext(base) != "" && path.Ext(base) != ".txt" && path.Ext(base) != ".html" {
			return false
		}
	}
	return true
}

// hasUnknown says whether a part of an expression is not known.
func hasUnknown(e license.Expr) bool {
	return e.IsZero() || slices.ContainsFunc(e.Leaves(), func(l license.Leaf) bool { return l.ID == license.NoAssertion })
}
