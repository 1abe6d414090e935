package work

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/store"
)

// about says what the answers rest on: feeds, their age, and of what nothing can
// be said.
func (j *riskJudge) about() {
	a, m := &j.out.about, j.answer.Mirror
	a.State, a.Packages, a.Withdrawn, a.Doubts = "fresh", j.answer.Packages, j.answer.Withdrawn, m.Doubts()
	for _, f := range m.Feeds {
		stale := f.Stale(m.Asked)
		a.Feeds = append(a.Feeds, report.Feed{Name: f.Name, Kind: f.Kind, Location: f.Location, Ecosystems: f.Ecosystems, Checked: f.Checked,
			Newest: f.Newest, Made: f.Made, Records: f.Records, Problems: f.Problems, Stale: stale, Partial: f.Partial})
		if stale && a.State == "fresh" {
			a.State = "stale"
		}
		if f.Partial {
			a.State = "partial"
		}
		if stale && f.Kind != "osv" {
			a.Doubts = append(a.Doubts, fmt.Sprintf("The data of %s is %s old (%s).", f.Name, plural(int(m.Asked.Sub(f.Made).Hours()/24), "day", "days"), f.Made.Format(time.DateOnly)))
		}
	}
	if !j.kev {
		a.Doubts = append(a.Doubts, "No catalog of known exploited vulnerabilities (CISA KEV) is loaded: whether something is exploited is not known.")
	}
	reasons, ecosystems := map[string]int{}, map[string]int{}
	for _, s := range j.answer.Silences {
		if j.office.Program.IsFixture(s.Repository, s.Usage.Manifest, s.Usage.Fixture) && !j.office.Program.Fixtures.Include {
			continue
		}
		reasons[s.Reason]++
		if s.Reason == advisory.NoData {
			ecosystems[s.Usage.Component.Ecosystem()]++
		}
	}
	a.Silent = ranked(reasons)
	if missing := ranked(ecosystems); len(missing) > 0 {
		var words []string
		for _, e := range missing {
			words = append(words, fmt.Sprintf("%s (%s)", e.Name, plural(e.N, "usage", "usages")))
		}
		a.Doubts = append(a.Doubts, fmt.Sprintf("The mirror has no advisories of %s: nothing can be said about them.", strings.Join(words, ", ")))
	}
	if a.Later > 0 {
		a.Doubts = append(a.Doubts, fmt.Sprintf("%s published after %s and left out.", plural(a.Later, "finding was", "findings were"), j.office.AsOf.Format(time.DateOnly)))
	}
}

// notice takes an informational record as a signal about the project.
func (j *riskJudge) notice(f *advisory.Finding, use policy.Use) {
	c := j.signalFor(f.Repository, use, f.Usage)
	if slices.Contains(c.ids, f.ID) {
		return
	}
	c.ids = append(c.ids, f.ID)
	c.facts.Advisories = append(c.facts.Advisories, f.Note)
	text := f.ID
	if f.Note != "" {
		text += " (" + f.Note + ")"
	}
	if f.Summary != "" {
		text += ": " + f.Summary
	}
	c.facts.Signals = append(c.facts.Signals, policy.Reason{Text: text, Source: "advisory " + f.ID, Date: f.Published})
}

// signalFor gives the case of a component in a product, and adds the place.
func (j *riskJudge) signalFor(repository string, use policy.Use, u *inventory.Usage) *signalCase {
	key := signalKey{repository, use.Product, u.Component.String()}
	c := j.signals[key]
	if c == nil {
		c = &signalCase{signalKey: key, use: use, usage: u, facts: policy.NoUpstream()}
		j.signals[key] = c
		j.order = append(j.order, c)
	}
	// The use that weighs most stands for all.
	if scopeRank(u.Scope) < scopeRank(c.usage.Scope) || u.Scope == c.usage.Scope && u.Relation == inventory.Direct && c.usage.Relation != inventory.Direct {
		c.use, c.usage = use, u
	}
	if p := placeOf(u); !slices.Contains(c.places, p) {
		c.places = append(c.places, p)
	}
	return c
}

func scopeRank(s inventory.Scope) int { return slices.Index(inventory.Scopes, s) }

func (j *riskJudge) judgeSignals() {
	for _, c := range j.order {
		v, ok := j.session.JudgeUpstream(&c.use, &c.facts)
		if !ok {
			continue
		}
		p := c.usage.Component
		j.out.signals = append(j.out.signals, report.Signal{Decision: string(v.Decision), Role: v.Role, Repository: c.repository, Product: c.product, Team: c.use.Team,
			Purl: c.purl, Name: p.FullName(), Version: p.Version, Ecosystem: p.Ecosystem(), Scope: string(c.usage.Scope), Relation: string(c.usage.Relation),
			IDs: c.ids, Places: c.places, Chain: c.usage.Chain, Rule: report.Rule{ID: v.Rule.ID, File: v.Rule.File, Line: v.Rule.Line, Text: v.Rule.Text},
			Reasons: reportReasons(v.Reasons), Fix: v.Fix, Waiver: riskWaiver(v)})
	}
}

// registries adds what registries tell of the projects behind components.
func (j *riskJudge) registries(ctx context.Context, snaps []Scanned) error {
	o := j.office
	told, err := o.upstreamFacts(ctx, snaps)
	if err != nil || len(told) == 0 {
		return err
	}
	for i := range snaps {
		repo := snaps[i].Snapshot.Repository.Name
		for _, unit := range snaps[i].Snapshot.Units {
			for k := range unit.Usages {
				u := &unit.Usages[k]
				facts, ok := told[u.Component.String()]
				if !ok || !toldBy(u) || o.Program.IsFixture(repo, u.Manifest, u.Fixture) && !o.Program.Fixtures.Include {
					continue
				}
				for _, product := range o.productsFor(repo, u.Manifest) {
					j.signalFor(repo, j.use(repo, product, u), u).take(facts)
				}
			}
		}
	}
	return nil
}

// take puts what registries tell beside what advisories told.
func (c *signalCase) take(facts policy.Upstream) {
	if c.told {
		return // the same component at another place
	}
	c.told = true
	facts.Advisories = c.facts.Advisories
	facts.Signals = append(slices.Clone(c.facts.Signals), facts.Signals...)
	c.facts = facts
}

type reachKey struct{ repository, commit, manifest, id string }

// addReached puts into findings what analyses of reachability found for their
// commits.
func (o *Office) addReached(ctx context.Context, snaps []Scanned, a *advisory.Answer) error {
	reached := map[reachKey]store.Reach{}
	for i := range snaps {
		s := &snaps[i].Snapshot
		list, err := o.Store.Reached(ctx, s.Repository.Name, s.Commit)
		if err != nil {
			return err
		}
		for _, r := range list {
			reached[reachKey{s.Repository.Name, s.Commit, r.Manifest, r.Advisory}] = r
		}
	}
	if len(reached) == 0 {
		return nil
	}
	for i := range a.Findings {
		f := &a.Findings[i]
		module := goModule(f.Usage.Manifest)
		for _, id := range f.Names() {
			if r, ok := reached[reachKey{f.Repository, f.Commit, module, id}]; ok {
				f.Reach = advisory.Reach{State: r.State, Stack: r.Stack}
				break
			}
		}
	}
	return nil
}
