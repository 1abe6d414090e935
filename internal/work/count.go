package work

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/policy"
)

// count makes the headline of a report.
func count(snaps []Scanned, j *judgement) report.Counts {
	c := report.Counts{Repositories: len(snaps), Fixtures: j.fixtures, Decisions: map[string]int{}, Packages: len(j.catalog.purls), Usages: j.catalog.usages}
	for _, s := range snaps {
		c.Files += s.Snapshot.Files
		manifests := map[string]bool{}
		for _, unit := range s.Snapshot.Units {
			manifests[unit.Manifest] = true
			for i := range unit.Usages {
				u := &unit.Usages[i]
				switch u.Relation {
				case inventory.Direct:
					c.Direct++
				case inventory.Transitive:
					c.Transitive++
				default:
					c.Unknown++
				}
				if u.Component.Version == "" {
					c.Unresolved++
				}
			}
		}
		c.Manifests += len(manifests)
	}
	c.Unresolved -= j.unresolved
	for _, judged := range j.last {
		if judged < 0 {
			c.FixturePackages++
		}
	}
	ecosystems := map[string]int{}
	for _, p := range j.catalog.components {
		ecosystems[p.Ecosystem()]++
	}
	c.Ecosystems = ranked(ecosystems)
	countLicenses(&c, j)
	return c
}

// countLicenses counts verdicts, and each component once, by the first verdict
// on it.
func countLicenses(c *report.Counts, j *judgement) {
	outcomes := map[*policy.Verdict]int{}
	first := make([]*Judged, len(j.catalog.purls))
	for i := range j.judged {
		x := &j.judged[i]
		outcomes[x.Verdict]++
		if old := first[x.number]; old == nil || compareJudged(x, old) < 0 {
			first[x.number] = x
		}
	}
	for v, n := range outcomes {
		c.Decisions[v.Outcome()] += n
	}
	counts := map[*policy.Verdict]int{}
	for _, x := range first {
		if x != nil {
			counts[x.Verdict]++
		}
	}
	licenses, categories := map[string]int{}, map[string]int{}
	for v, n := range counts {
		w := j.wordsOf(v)
		if w.license == "" {
			c.NoLicense += n
		}
		licenses[w.license] += n
		categories[w.category] += n
	}
	c.Licenses, c.Categories = ranked(licenses), ranked(categories)
}

// ranked sorts counts, most first, then by name.
func ranked(m map[string]int) []report.Count {
	out := make([]report.Count, 0, len(m))
	for name, n := range m {
		out = append(out, report.Count{Name: name, N: n})
	}
	slices.SortFunc(out, func(a, b report.Count) int { return cmp.Or(b.N-a.N, cmp.Compare(a.Name, b.Name)) })
	return out
}

// dutyGroup is one duty with the components that ask for it, by their numbers.
type dutyGroup struct {
	report.DutyGroup
	components []bool
	products   map[string]bool
}

// duties joins the same duty over all components that ask for it.
func duties(j *judgement) []report.DutyGroup {
	groups := map[string]*dutyGroup{}
	owed := map[*policy.Verdict][]*dutyGroup{}
	for i := range j.judged {
		x := &j.judged[i]
		of, ok := owed[x.Verdict]
		if !ok {
			for _, d := range x.Verdict.Duties {
				of = append(of, joinDuty(groups, d, len(j.catalog.purls)))
			}
			owed[x.Verdict] = of
		}
		for _, g := range of {
			g.components[x.number] = true
			if x.Product != "" {
				g.products[x.Product] = true
			}
		}
	}
	var out []report.DutyGroup
	for _, g := range groups {
		for _, n := range j.catalog.sorted() {
			if g.components[n] {
				g.Components = append(g.Components, j.catalog.purls[n])
			}
		}
		g.Products = sortedKeys(g.products)
		out = append(out, g.DutyGroup)
	}
	slices.SortFunc(out, func(a, b report.DutyGroup) int {
		return cmp.Or(cmp.Compare(a.Action, b.Action), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// joinDuty gives the group of a duty.
func joinDuty(groups map[string]*dutyGroup, d license.Duty, components int) *dutyGroup {
	g := groups[d.ID]
	if g == nil {
		g = &dutyGroup{report.DutyGroup{ID: d.ID, Action: string(d.Action), Text: d.Text, Section: d.Section, Licenses: d.Licenses},
			make([]bool, components), map[string]bool{}}
		groups[d.ID] = g
	}
	return g
}

func sortedKeys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// OnlyNew keeps of a report what was not there before: verdicts on components
// that are new, or worse than before, for the same product and repository.
func OnlyNew(now, before *report.Report) *report.Report {
	was := map[string]int{}
	for _, list := range [][]report.Finding{before.Findings, before.Allowed} {
		for _, f := range list {
			k := findingKey(f)
			if n, ok := was[k]; !ok || badness(f) < n {
				was[k] = badness(f)
			}
		}
	}
	out := *now
	keep := func(list []report.Finding) (kept []report.Finding) {
		for _, f := range list {
			if n, ok := was[findingKey(f)]; !ok || badness(f) > n {
				kept = append(kept, f)
			}
		}
		return kept
	}
	out.Findings, out.Allowed = keep(now.Findings), keep(now.Allowed)
	out.Vulnerabilities, out.Signals = newRisks(now, before)
	out.Outbound = newOutbound(now.Outbound, before.Outbound)
	out.NotRead = newProblems(now.NotRead, before.NotRead)
	recount(&out)
	return &out
}

func findingKey(f report.Finding) string {
	return strings.Join([]string{f.Repository, f.Product, f.Purl, f.License}, "\x00")
}

func badness(f report.Finding) int {
	if f.Waiver != nil && f.Waiver.Holds {
		return 2
	}
	switch f.Decision {
	case "deny":
		return 4
	case "review":
		return 3
	case "allow_with_duties":
		return 1
	}
	return 0
}

func newOutbound(now, before []report.Outbound) (out []report.Outbound) {
	was := map[string]bool{}
	key := func(o report.Outbound) string {
		return strings.Join([]string{o.Repository, o.License, o.Component, o.Inbound, o.Value}, "\x00")
	}
	for _, o := range before {
		was[key(o)] = true
	}
	for _, o := range now {
		if !was[key(o)] {
			out = append(out, o)
		}
	}
	return out
}

func newProblems(now, before []report.NotRead) (out []report.NotRead) {
	was := map[report.NotRead]bool{}
	for _, p := range before {
		was[p] = true
	}
	for _, p := range now {
		if !was[p] {
			out = append(out, p)
		}
	}
	return out
}

// recount makes the counts those of the findings that are left.
func recount(r *report.Report) {
	c := report.Counts{Sources: r.Counts.Sources, SourcesNotRead: r.Counts.SourcesNotRead, Repositories: r.Counts.Repositories, Manifests: r.Counts.Manifests, Files: r.Counts.Files, Decisions: map[string]int{}}
	packages, ecosystems, licenses, categories := map[string]bool{}, map[string]int{}, map[string]int{}, map[string]int{}
	duty := map[string]bool{}
	for _, list := range [][]report.Finding{r.Findings, r.Allowed} {
		for _, f := range list {
			d := f.Decision
			if f.Waiver != nil && f.Waiver.Holds {
				d = "waived"
			}
			c.Decisions[d]++
			c.Usages += len(f.Places)
			switch f.Relation {
			case "direct":
				c.Direct += len(f.Places)
			case "transitive":
				c.Transitive += len(f.Places)
			default:
				c.Unknown += len(f.Places)
			}
			for _, id := range f.Duties {
				duty[id] = true
			}
			if packages[f.Purl] {
				continue
			}
			packages[f.Purl] = true
			if f.Version == "" {
				c.Unresolved++
			}
			if f.License == "" {
				c.NoLicense++
			}
			ecosystems[f.Ecosystem]++
			licenses[f.License]++
			categories[f.Category]++
		}
	}
	c.Packages = len(packages)
	c.Ecosystems, c.Licenses, c.Categories = ranked(ecosystems), ranked(licenses), ranked(categories)
	r.Counts = c
	countRisks(r)
	keepDuties(r, duty, packages)
	r.Actions = actionsFor(r, len(r.Actions))
}

func keepDuties(r *report.Report, duty, packages map[string]bool) {
	var kept []report.DutyGroup
	for _, g := range r.Duties {
		if !duty[g.ID] {
			continue
		}
		g.Components = slices.DeleteFunc(slices.Clone(g.Components), func(p string) bool { return !packages[p] })
		kept = append(kept, g)
	}
	r.Duties = kept
}
