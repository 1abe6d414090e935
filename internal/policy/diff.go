package policy

import "sort"

// Judged is a verdict with what it is about.
type Judged struct {
	Use     Use
	Verdict Verdict
}

// Key identifies the usage that was judged.
func (j Judged) Key() string {
	u := &j.Use
	return u.Repository + "\x00" + u.Manifest + "\x00" + u.Product + "\x00" + u.Component.String()
}

// Change is one group of usages whose outcome a new policy changes in the same
// way by the same rule.
type Change struct {
	// From and To are outcomes ([Verdict.Outcome]); "" for a usage that is not
	// on one of the sides.
	From, To string
	// Rule is the rule that decides after the change (before it, for a usage
	// that is gone).
	Rule RuleRef
	// Before is the rule that decided before, of the first usage of the group.
	Before RuleRef
	// Worse is true when fewer uses pass than before.
	Worse bool
	Items []Judged // after the change; before it for usages that are gone
}

// Diff compares two judgments of the same usages, before and after a change of
// policy, and groups what differs by the rule that now decides: worse first,
// then by number.
func Diff(before, after []Judged) []Change {
	old := make(map[string]*Judged, len(before))
	for i := range before {
		old[before[i].Key()] = &before[i]
	}
	groups := map[[3]string]*Change{}
	seen := make(map[string]bool, len(after))
	for i := range after {
		j := &after[i]
		key := j.Key()
		seen[key] = true
		note(groups, old[key], j)
	}
	for i := range before {
		if !seen[before[i].Key()] {
			note(groups, &before[i], nil)
		}
	}
	out := make([]Change, 0, len(groups))
	for _, g := range groups {
		out = append(out, *g)
	}
	sort.Slice(out, func(i, j int) bool { return lessChange(&out[i], &out[j]) })
	return out
}

func lessChange(a, b *Change) bool {
	switch {
	case a.Worse != b.Worse:
		return a.Worse
	case len(a.Items) != len(b.Items):
		return len(a.Items) > len(b.Items)
	case a.Rule.ID != b.Rule.ID:
		return a.Rule.ID < b.Rule.ID
	case a.From != b.From:
		return a.From < b.From
	}
	return a.To < b.To
}

func note(groups map[[3]string]*Change, before, after *Judged) {
	c := Change{}
	item := after
	if before != nil {
		c.From, c.Before, c.Rule = before.Verdict.Outcome(), before.Verdict.Rule, before.Verdict.Rule
	}
	if after != nil {
		c.To, c.Rule = after.Verdict.Outcome(), after.Verdict.Rule
	} else {
		item = before
	}
	if c.From == c.To {
		return
	}
	c.Worse = after != nil && !after.Verdict.Passes() &&
		(before == nil || before.Verdict.Passes() || after.Verdict.Decision.Rank() > before.Verdict.Decision.Rank())
	key := [3]string{c.From, c.To, c.Rule.File + "\x00" + c.Rule.ID}
	g := groups[key]
	if g == nil {
		g = &c
		groups[key] = g
	}
	g.Items = append(g.Items, *item)
}
