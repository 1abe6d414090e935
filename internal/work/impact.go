package work

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// ErrNothingScanned says that the store holds no repository as of the date.
var ErrNothingScanned = errors.New("nothing was scanned")

// Impact scores every upstream that the scanned repositories use.
func (o *Office) Impact(ctx context.Context, tool string) (*investment.Report, error) {
	params := o.impactParams()
	used, err := o.usedUpstreams(ctx, params)
	if err != nil {
		return nil, err
	}
	if len(used.repositories) == 0 {
		return nil, ErrNothingScanned
	}
	communities, err := o.communities(ctx, used, params)
	if err != nil {
		return nil, err
	}
	vulnerabilities, err := o.openVulnerabilities(ctx, used)
	if err != nil {
		return nil, err
	}
	registries, err := o.assessor(ctx, used.scannedOf())
	if err != nil {
		return nil, err
	}
	var facts []impact.Facts
	for key, up := range used.byKey {
		facts = append(facts, o.facts(up, communities.of[key], vulnerabilities[key], registries))
	}
	r := &investment.Report{
		Tool: tool, Generated: o.Now, AsOf: o.AsOf, Params: params, Currency: cmp.Or(o.Program.Goals.Score.Currency, "EUR"),
		Organization: o.Program.Organization.Name, Program: cmp.Or(o.ProgramDir, "built-in defaults"), ProgramHash: o.Program.Hash(),
		Scores: impact.Rank(facts, params), Repositories: used.repositories,
		Packages: len(used.mappings), OwnPackages: used.own, Ignored: used.ignored, Fixtures: used.fixtures,
		Histories: communities.histories, Own: communities.own, Coverage: communities.coverage,
	}
	for _, m := range upstream.Unmapped(used.mappings) {
		r.Unmapped = append(r.Unmapped, investment.Unmapped{Package: m.Package.String(), Why: m.Source})
	}
	r.Mappings = mappingRows(used, communities)
	r.Defaults = o.impactDefaults(communities)
	r.ByTeam, r.ByEcosystem = balances(r.Scores)
	communities.addTeams(&r.ByTeam)
	return r, nil
}

// impactDefaults names what was not stated, so that defaults or nothing stand
// in its place.
func (o *Office) impactDefaults(c *communities) []string {
	var out []string
	say := func(missing bool, text string) {
		if missing {
			out = append(out, text)
		}
	}
	say(len(o.Program.Products) == 0, "no products: each repository counts as one of tier standard")
	say(len(o.Program.Goals.Goals) == 0, "no goals: alignment is left out")
	say(len(o.Program.Upstreams.Upstreams) == 0, "nothing in upstreams.yaml: switching costs by kind of software, no seats, no money")
	say(c.histories == 0, "no histories: run \"tributary history\" on clones of upstreams for their fragility and our give")
	say(c.histories > 0 && !c.ours, "it is not known which contributors are ours: name the company's domains in program.yaml, or people in people.yaml")
	return out
}

// facts gathers what is known of one upstream. Of several sources of one number
// the program comes first.
func (o *Office) facts(up *upstreamUse, c *community, vulnerabilities impact.Value, registries *assessor) impact.Facts {
	f := impact.Facts{Upstream: up.name, Take: up.take, Signals: map[impact.Signal]impact.Value{}, Mapping: mappingShare(up.mappings)}
	for _, p := range up.packages {
		f.Packages = append(f.Packages, p.String())
	}
	slices.Sort(f.Packages)
	for _, use := range up.uses {
		f.Uses = append(f.Uses, use)
	}
	slices.SortFunc(f.Uses, func(a, b impact.Use) int {
		return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Repository, b.Repository))
	})
	if c != nil {
		c.into(&f)
	}
	registries.registryInto(&f, up)
	f.Signals[impact.Vulnerabilities] = vulnerabilities
	for _, s := range impact.Signals {
		if !f.Signals[s].Known && f.Signals[s].Note == "" {
			f.Signals[s] = impact.Unknown(missingSignal(s, c != nil))
		}
	}
	o.goalsInto(&f, up.packages)
	o.programInto(&f)
	return f
}

// mappingShare is how sure it is that the packages come from here: that of the
// surest, for one is enough to make the upstream matter.
func mappingShare(mappings []upstream.Mapping) impact.Value {
	best := upstream.Mapping{}
	for _, m := range mappings {
		if m.Confidence.Share() > best.Confidence.Share() || m.Confidence == best.Confidence && m.Package.String() < best.Package.String() {
			best = m
		}
	}
	v := impact.Known(best.Confidence.Share(), best.Source)
	v.Note = string(best.Confidence)
	return v
}

// missingSignal says what would make a signal known.
func missingSignal(s impact.Signal, mined bool) string {
	switch s {
	case impact.ClosureRatio, impact.FirstResponse:
		return "needs forge data, or a number in upstreams.yaml"
	case impact.Vulnerabilities:
		return "needs advisories of the ecosystem (tributary advisory update), or a number in upstreams.yaml"
	case impact.NoDisclosure:
		return "say disclosure_policy in upstreams.yaml"
	case impact.Libyears:
		return "needs registry dates of its own dependencies, or a number in upstreams.yaml"
	}
	if mined {
		return "its history does not tell"
	}
	return "its history was not read: tributary history PATH"
}

func (o *Office) goalsInto(f *impact.Facts, packages []inventory.PURL) {
	for i := range o.Program.Goals.Goals {
		g := &o.Program.Goals.Goals[i]
		if !g.Until.IsZero() && g.Until.AddDate(0, 0, 1).Before(o.AsOf) {
			continue
		}
		f.Goals = true
		if value, at, ok := g.RelevanceFor(f.Upstream, packages); ok {
			f.Alignment = append(f.Alignment, impact.Alignment{Goal: g.ID, Weight: g.Weight.N, Relevance: value, Source: at.String()})
		}
	}
}

// programInto adds what upstreams.yaml says; of several entries the first that
// states a key wins.
func (o *Office) programInto(f *impact.Facts) {
	score := o.Program.Goals.Score
	f.Give.TargetShare = impact.Value{N: given(score.TargetShare, .05), Known: true, Source: "default", Assumed: !score.TargetShare.Given()}
	if score.TargetShare.Given() {
		f.Give.TargetShare.Source = "goals.yaml, score.target_share"
	}
	r := &f.Relicensing
	r.Sources = map[string]string{}
	if held := upstream.FoundationOf(f.Upstream); held != "" {
		r.Foundation, r.Sources["foundation"] = held, "known account of the foundation"
	}
	entries := o.Program.UpstreamsFor(f.Upstream)
	for i := len(entries) - 1; i >= 0; i-- { // the first is written last
		entryInto(f, entries[i])
	}
	if !f.Switching.Known {
		f.Switching = switching(f.Upstream, entries)
	}
}

func switching(name string, entries []*program.Upstream) impact.Value {
	for _, e := range entries {
		if e.Class == "" {
			continue
		}
		v := impact.Known(upstream.SwitchingLeaf, e.At.String()+": class "+string(e.Class))
		if upstream.DeepClass(string(e.Class)) {
			v.N = upstream.SwitchingDeep
		}
		return v
	}
	if class := upstream.ClassOf(name); upstream.DeepClass(class) {
		return impact.Value{N: upstream.SwitchingDeep, Known: true, Assumed: true, Source: "known as " + class}
	}
	return impact.Value{N: upstream.SwitchingLeaf, Known: true, Assumed: true, Source: "default", Note: "say class or switching in upstreams.yaml"}
}

func entryInto(f *impact.Facts, e *program.Upstream) {
	at := e.At.String()
	set := func(into *impact.Value, q program.Quantity) {
		if q.Given() {
			*into = impact.Known(q.N, at)
		}
	}
	fraction := func(into *impact.Value, q program.Fraction) {
		if q.Given() {
			*into = impact.Known(q.N, at)
		}
	}
	fraction(&f.Switching, e.Switching)
	fraction(&f.Give.Share, e.Share)
	fraction(&f.Give.TargetShare, e.TargetShare)
	set(&f.Give.Seats, e.Seats)
	set(&f.Give.SeatsTarget, e.SeatsTarget)
	set(&f.Give.Money, e.Money)
	set(&f.Give.MoneyTarget, e.MoneyTarget)
	set(&f.OpenChanges, e.OpenChanges)
	set(&f.Manual.Dependency, e.Criticality.Dependency)
	set(&f.Manual.Opportunity, e.Criticality.Opportunity)
	set(&f.Manual.Supportability, e.Criticality.Supportability)
	for name, q := range e.Signals {
		if q.Given() {
			f.Signals[impact.Signal(name)] = impact.Known(q.N, at)
		}
	}
	switch e.DisclosurePolicy {
	case program.Yes:
		f.Signals[impact.NoDisclosure] = impact.Known(0, at)
	case program.No:
		f.Signals[impact.NoDisclosure] = impact.Known(1, at)
	}
	if e.Finished {
		f.Finished, f.FinishedSource = true, at
	}
	if e.Lifecycle != "" {
		f.Lifecycle, f.LifecycleSource = impact.Lifecycle(e.Lifecycle), at
	}
	f.Owner = cmp.Or(e.Owner, f.Owner)
	for field, value := range map[string]string{"cla": string(e.CLA), "trademark": string(e.Trademark), "vendor": e.Vendor, "foundation": e.Foundation} {
		if value != "" {
			f.Relicensing.Sources[field] = at
		}
	}
	r := &f.Relicensing
	r.CLA, r.Trademark, r.Vendor, r.Foundation = cmp.Or(string(e.CLA), r.CLA), cmp.Or(string(e.Trademark), r.Trademark), cmp.Or(e.Vendor, r.Vendor), cmp.Or(e.Foundation, r.Foundation)
	if len(e.Costs) > 0 && f.Costs == nil {
		f.Costs = map[impact.ActionKind]impact.Cost{}
	}
	for kind, c := range costs(e.Costs, at) {
		f.Costs[kind] = c
	}
}

// FindScore gives the score of the upstream that a person means: its name, the
// end of it, or a package that comes from it.
func FindScore(r *investment.Report, wanted string) (*impact.Score, error) {
	var exact, byName, byPackage []*impact.Score
	key := upstream.Key(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(wanted, "https://"), "http://"), ".git"))
	end := "/" + strings.ToLower(wanted)
	for i := range r.Scores {
		s := &r.Scores[i]
		switch {
		case upstream.Key(s.Facts.Upstream) == key || slices.Contains(s.Facts.Packages, wanted):
			exact = append(exact, s)
		case strings.HasSuffix(strings.ToLower(s.Facts.Upstream), end):
			byName = append(byName, s)
		case slices.ContainsFunc(s.Facts.Packages, func(p string) bool { return strings.HasSuffix(strings.ToLower(p), end) }):
			byPackage = append(byPackage, s)
		}
	}
	found := exact
	for _, other := range [][]*impact.Score{byName, byPackage} {
		if len(found) == 0 {
			found = other
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("no upstream of the scanned repositories is called %q", wanted)
	}
	var names []string
	for i, s := range found {
		if i == 5 {
			names = append(names, "…")
			break
		}
		names = append(names, s.Facts.Upstream)
	}
	return nil, fmt.Errorf("%q may be any of %s; name one of them whole", wanted, strings.Join(names, ", "))
}

// impactWindow is the time in which contributions count.
func (o *Office) impactWindow(params impact.Params) contribution.CountOptions {
	until := o.end()
	return contribution.CountOptions{Since: until.AddDate(0, 0, -params.Days), Until: until, Now: o.Now}
}

// end is the first second after what counts: a date means the whole day.
func (o *Office) end() time.Time { return o.AsOf.UTC().Add(time.Second - 1).Truncate(time.Second) }

func mappingRows(used *usedUpstreams, c *communities) []investment.Mapping {
	var out []investment.Mapping
	for _, m := range used.mappings {
		row := investment.Mapping{Package: m.Package.String(), Repository: m.Repository.Name, Directory: m.Repository.Directory, Confidence: string(m.Confidence), Source: m.Source, Ignored: m.Ignored}
		key := upstream.Key(m.Repository.Name)
		row.Own = m.Mapped() && used.isOwn[key]
		for _, match := range c.clones[key] {
			row.Clones = append(row.Clones, investment.Clone{Location: match.Mirror, By: match.By})
		}
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b investment.Mapping) int { return cmp.Compare(a.Package, b.Package) })
	return out
}
