package work

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// OutdatedOptions say which components are wanted.
type OutdatedOptions struct {
	// Repository is a name or its end, Product an id; "" is all.
	Repository, Product string
	// Ecosystems are purl types or names of ecosystems; none is all.
	Ecosystems []string
	Direct     bool // direct dependencies only
	// Lifecycles are files of release cycles besides those of the program, by name.
	Lifecycles map[string][]byte
}

// OutdatedComponent is one version in use, over all its places.
type OutdatedComponent struct {
	Component              inventory.PURL
	Repositories, Products []string // sorted; products by id
	Direct                 bool     // in one of them at least
	Scope                  inventory.Scope
	upstream.Assessment
	// License is that of the version in use as far as anybody tells: the registry,
	// else what scans found.
	License string
	// Source and Observed say who told and when; "" where nobody did.
	Source   string
	Observed time.Time
}

// Libyears sums the ages of components (CHAOSS, Libyears). Mean, median and
// largest are of those whose age is known.
type Libyears struct {
	Components, Known      int
	Sum, Mean, Median, Max float64
}

// LibyearGroup is the sums of a repository or product.
type LibyearGroup struct {
	Name                    string
	Direct, Transitive, All Libyears
}

// Outdated is what is known of the age of all components in use.
type Outdated struct {
	AsOf         time.Time
	Repositories []string
	Components   []OutdatedComponent
	LibyearGroup
	ByRepository, ByProduct []LibyearGroup
	// NotKnown counts components without libyears by reason.
	NotKnown map[string]int
	// Signals counts components by signal.
	Signals map[upstream.SignalKind]int
	// Lifecycles is the number of products whose release cycles are known.
	Lifecycles int
	Problems   []string
	// Told is the span of time in which registries were asked; zero when never.
	FirstTold, LastTold time.Time
}

// Reasons of not knowing that no registry is part of.
const (
	notARegistry = "it does not come from a registry"
	notAsked     = "no registry has told of it (tributary refresh)"
)

// Outdated compares what is used with what there is.
func (o *Office) Outdated(ctx context.Context, opts *OutdatedOptions) (*Outdated, error) {
	all, err := o.Latest(ctx, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, ErrNothingScanned
	}
	a, err := o.assessor(ctx, all)
	if err != nil {
		return nil, err
	}
	if len(opts.Lifecycles) > 0 {
		files := maps.Clone(opts.Lifecycles)
		maps.Copy(files, o.Program.Files)
		a.setting.Lifecycles, a.problems = lifecycles(files)
	}
	g := &outdatedGatherer{office: o, opts: opts, assessor: a, at: map[inventory.PURL]int{},
		out: &Outdated{AsOf: o.AsOf, NotKnown: map[string]int{}, Signals: map[upstream.SignalKind]int{}, Lifecycles: a.setting.Lifecycles.Len(), Problems: a.problems}}
	g.repositories, g.products = newAges(), newAges()
	for i := range all {
		g.snapshot(&all[i])
	}
	return g.finish(), nil
}

type outdatedGatherer struct {
	office                 *Office
	opts                   *OutdatedOptions
	assessor               *assessor
	out                    *Outdated
	at                     map[inventory.PURL]int
	repositories, products *ages
}

func (g *outdatedGatherer) snapshot(s *Scanned) {
	repo := s.Snapshot.Repository.Name
	if want := g.opts.Repository; want != "" && repo != want && !strings.HasSuffix(repo, "/"+strings.Trim(want, "/")) {
		return
	}
	used := false
	for _, unit := range s.Snapshot.Units {
		products := g.office.productsFor(repo, unit.Manifest)
		if !g.wantsProduct(products) {
			continue
		}
		for k := range unit.Usages {
			u := &unit.Usages[k]
			if !g.wants(repo, u) {
				continue
			}
			used = true
			g.usage(repo, products, u, s)
		}
	}
	if used || g.opts.Product == "" {
		g.out.Repositories = append(g.out.Repositories, repo)
	}
}

func (g *outdatedGatherer) wantsProduct(products []*program.Product) bool {
	return g.opts.Product == "" || slices.ContainsFunc(products, func(p *program.Product) bool { return p != nil && p.ID == g.opts.Product })
}

func (g *outdatedGatherer) wants(repo string, u *inventory.Usage) bool {
	if g.office.Program.IsFixture(repo, u.Manifest, u.Fixture) && !g.office.Program.Fixtures.Include || g.opts.Direct && u.Relation != inventory.Direct {
		return false
	}
	return len(g.opts.Ecosystems) == 0 || slices.ContainsFunc(g.opts.Ecosystems, func(e string) bool {
		return strings.EqualFold(e, u.Component.Type) || strings.EqualFold(e, u.Component.Ecosystem())
	})
}

func (g *outdatedGatherer) usage(repo string, products []*program.Product, u *inventory.Usage, s *Scanned) {
	i, seen := g.at[u.Component]
	if !seen {
		i = len(g.out.Components)
		g.at[u.Component] = i
		g.out.Components = append(g.out.Components, g.component(u, s))
	}
	c := &g.out.Components[i]
	direct := u.Relation == inventory.Direct
	c.Direct = c.Direct || direct
	if u.Scope.Rank() < c.Scope.Rank() {
		c.Scope = u.Scope
	}
	c.Repositories = inserted(c.Repositories, repo)
	g.repositories.add(repo, i, direct)
	for _, p := range products {
		if p != nil && (g.opts.Product == "" || p.ID == g.opts.Product) {
			c.Products = inserted(c.Products, p.ID)
			g.products.add(p.ID, i, direct)
		}
	}
}

// component says what is known of a version in use.
func (g *outdatedGatherer) component(u *inventory.Usage, s *Scanned) OutdatedComponent {
	c := OutdatedComponent{Component: u.Component, Scope: u.Scope}
	if !toldBy(u) {
		c.Assessment = upstream.Assessment{Used: u.Component.Version, Libyears: -1, Behind: -1, NoLibyears: notARegistry}
	} else {
		var l *upstream.Listing
		l, c.Assessment = g.assessor.of(u.Component)
		c.Source, c.Observed = l.Source, l.Observed
		if !l.Tells() {
			c.NoLibyears = notAsked
		}
	}
	if c.License = c.UsedLicense; c.License == "" {
		c.License = cmp.Or(u.License, statedLicense(s.Packages.Facts[u.Component.String()]))
	}
	return c
}

// statedLicense is the first license that the facts of a version state.
func statedLicense(facts []inventory.LicenseFact) string {
	for _, f := range facts {
		if f.Expression != "" {
			return f.Expression
		}
	}
	return ""
}

func inserted(sorted []string, s string) []string {
	i, found := slices.BinarySearch(sorted, s)
	if found {
		return sorted
	}
	return slices.Insert(sorted, i, s)
}

func (g *outdatedGatherer) finish() *Outdated {
	out := g.out
	whole := newAges()
	for i := range out.Components {
		c := &out.Components[i]
		whole.add("", i, c.Direct)
		if c.Libyears < 0 {
			out.NotKnown[c.NoLibyears]++
		}
		for _, kind := range upstream.SignalKinds {
			if c.Has(kind) {
				out.Signals[kind]++
			}
		}
		if c.Observed.IsZero() {
			continue
		}
		if out.FirstTold.IsZero() || c.Observed.Before(out.FirstTold) {
			out.FirstTold = c.Observed
		}
		if c.Observed.After(out.LastTold) {
			out.LastTold = c.Observed
		}
	}
	if groups := whole.groups(out.Components); len(groups) > 0 {
		out.LibyearGroup = groups[0]
	}
	out.ByRepository, out.ByProduct = g.repositories.groups(out.Components), g.products.groups(out.Components)
	slices.Sort(out.Repositories)
	slices.SortFunc(out.Components, func(a, b OutdatedComponent) int { return strings.Compare(a.Component.String(), b.Component.String()) })
	return out
}
