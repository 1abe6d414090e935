package work

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
)

// RiskWhatIf judges what is known of vulnerabilities and of projects under two
// offices and says what differs, worse first, and how many verdicts were
// compared.
func RiskWhatIf(ctx context.Context, before, after *Office, snaps []Scanned) ([]Change, int, error) {
	was, err := before.risks(ctx, snaps)
	if err != nil {
		return nil, 0, err
	}
	is, err := after.risks(ctx, snaps)
	if err != nil {
		return nil, 0, err
	}
	g := changeGroups{by: map[[3]string]*Change{}}
	old := map[string]*report.Vulnerability{}
	for i := range was.vulnerabilities {
		v := &was.vulnerabilities[i]
		old[vulnerabilityKey(v)+v.Purl] = v
	}
	for i := range is.vulnerabilities {
		v := &is.vulnerabilities[i]
		if b := old[vulnerabilityKey(v)+v.Purl]; b != nil && b.Outcome() != v.Outcome() {
			g.add(b.Outcome(), v.Outcome(), v.Rule.ID, ChangeItem{Repository: v.Repository, Product: v.Product, Purl: v.Purl, Vulnerability: v.ID})
		}
	}
	g.signals(was.signals, is.signals)
	slices.SortFunc(g.list, func(a, b *Change) int {
		return cmp.Or(cmp.Compare(boolRank(a.Worse), boolRank(b.Worse)), cmp.Compare(len(b.Items), len(a.Items)), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Before, b.Before))
	})
	out := make([]Change, len(g.list))
	for i, c := range g.list {
		out[i] = *c
	}
	return out, len(is.vulnerabilities) + len(is.signals), nil
}

type changeGroups struct {
	by   map[[3]string]*Change
	list []*Change
}

// signals compares verdicts on projects; no rule that speaks is allow.
func (g *changeGroups) signals(was, is []report.Signal) {
	key := func(s *report.Signal) string {
		return strings.Join([]string{s.Repository, s.Product, s.Purl}, "\x00")
	}
	old := map[string]*report.Signal{}
	for i := range was {
		old[key(&was[i])] = &was[i]
	}
	for i := range is {
		s, before := &is[i], "allow"
		if b := old[key(s)]; b != nil {
			before = b.Outcome()
			delete(old, key(s))
		}
		if before != s.Outcome() {
			g.add(before, s.Outcome(), s.Rule.ID, ChangeItem{Repository: s.Repository, Product: s.Product, Purl: s.Purl})
		}
	}
	for i := range was {
		if s := &was[i]; old[key(s)] != nil && s.Outcome() != "allow" {
			g.add(s.Outcome(), "allow", "no rule", ChangeItem{Repository: s.Repository, Product: s.Product, Purl: s.Purl})
		}
	}
}

func (g *changeGroups) add(before, after, rule string, item ChangeItem) {
	key := [3]string{before, after, rule}
	c := g.by[key]
	if c == nil {
		c = &Change{Before: before, After: after, Rule: rule, Worse: riskRank(after) < riskRank(before)}
		g.by[key] = c
		g.list = append(g.list, c)
	}
	c.Items = append(c.Items, item)
}
