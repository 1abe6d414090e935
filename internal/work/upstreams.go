package work

import (
	"cmp"
	"context"
	"path"
	"slices"

	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// upstreamUse is what the scanned repositories use of one upstream.
type upstreamUse struct {
	name       string // as most packages spell it
	mappings   []upstream.Mapping
	take       impact.Take
	uses       map[[2]string]impact.Use // the strongest by product and repository
	packages   []inventory.PURL
	products   map[string]bool
	repos      map[string]bool
	teams      map[string]bool
	ecosystems map[string]bool
}

// usedUpstreams is the inventory by upstream.
type usedUpstreams struct {
	byKey        map[string]*upstreamUse
	mappings     []upstream.Mapping // of all third-party packages
	of           map[inventory.PURL]*upstream.Mapping
	snapshots    []inventory.Snapshot
	repositories []string // scanned
	// own counts packages of own projects, ignored those that the program sets
	// aside, fixtures usages in test data.
	own, ignored, fixtures int
	isOwn                  map[string]bool // keys of own projects
	// aliases are the upstreams that scanned repositories without a remote are
	// copies of, by their name.
	aliases map[string]string
}

// usedUpstreams maps everything that the latest snapshots use.
func (o *Office) usedUpstreams(ctx context.Context, params impact.Params) (*usedUpstreams, error) {
	refs, err := o.Store.Latest(ctx, o.AsOf)
	if err != nil {
		return nil, err
	}
	var snaps []inventory.Snapshot
	for _, ref := range refs {
		snap, err := o.Store.LoadSnapshot(ctx, ref.ID)
		if err != nil {
			return nil, err
		}
		snaps = append(snaps, snap)
	}
	mapper, aliases, err := o.mapper(ctx, snaps)
	if err != nil {
		return nil, err
	}
	out := &usedUpstreams{byKey: map[string]*upstreamUse{}, of: map[inventory.PURL]*upstream.Mapping{}, snapshots: snaps, isOwn: map[string]bool{}, aliases: aliases}
	g := &gatherer{office: o, params: params, mapper: mapper, out: out}
	for i := range snaps {
		g.snapshot(&snaps[i])
	}
	return g.finish(), nil
}

// mapper gathers everything that tells where packages come from.
func (o *Office) mapper(ctx context.Context, snaps []inventory.Snapshot) (*upstream.Mapper, map[string]string, error) {
	var overrides []upstream.Override
	for i := range o.Program.Upstreams.Packages {
		entry := &o.Program.Upstreams.Packages[i]
		override := upstream.Override{Repository: entry.Repository, Directory: entry.Directory, Source: entry.At.String(), Match: func(p inventory.PURL) bool {
			return slices.ContainsFunc(entry.Package, func(pattern program.Package) bool { return pattern.Match(p) })
		}}
		if entry.None() {
			override.Repository = ""
		}
		overrides = append(overrides, override)
	}
	metadata, imports, err := o.whatRegistriesTell(ctx, snaps)
	if err != nil {
		return nil, nil, err
	}
	own := o.ownPackages(snaps)
	aliases := upstream.Aliases(upstream.NewMapper(overrides, metadata, imports, nil), own)
	for i := range own {
		own[i].Repository = cmp.Or(aliases[own[i].Repository], own[i].Repository)
	}
	return upstream.NewMapper(overrides, metadata, imports, own), aliases, nil
}

// ownPackages lists what the scanned repositories declare themselves.
func (o *Office) ownPackages(snaps []inventory.Snapshot) []upstream.Own {
	var out []upstream.Own
	for _, s := range snaps {
		if s.Repository.Kind != "git" {
			continue
		}
		for _, u := range s.Units {
			if o.Program.IsFixture(s.Repository.Name, u.Manifest, inventory.IsFixture(u.Manifest)) {
				continue
			}
			dir := path.Dir(u.Manifest)
			if dir == "." {
				dir = ""
			}
			for _, text := range u.Own {
				if p, err := inventory.ParsePURL(text); err == nil {
					out = append(out, upstream.Own{Package: p, Repository: s.Repository.Name, Directory: dir})
				}
			}
		}
	}
	return out
}

// gatherer walks snapshots and sorts usages by upstream.
type gatherer struct {
	office *Office
	params impact.Params
	mapper *upstream.Mapper
	out    *usedUpstreams
}

func (g *gatherer) snapshot(s *inventory.Snapshot) {
	repo := s.Repository.Name
	g.out.repositories = append(g.out.repositories, repo)
	for _, unit := range s.Units {
		products := g.office.productsFor(repo, unit.Manifest)
		for i := range unit.Usages {
			u := &unit.Usages[i]
			if g.office.Program.IsFixture(repo, u.Manifest, u.Fixture) && !g.office.Program.Fixtures.Include {
				g.out.fixtures++
				continue
			}
			g.usage(repo, products, u)
		}
	}
}

func (g *gatherer) usage(repo string, products []*program.Product, u *inventory.Usage) {
	key := u.Component.WithoutVersion()
	m, seen := g.out.of[key]
	if !seen {
		answer := g.mapper.Map(u.Component)
		m = &answer
		g.out.of[key] = m
		g.out.mappings = append(g.out.mappings, answer)
		switch {
		case answer.Ignored:
			g.out.ignored++
		case g.isOwn(m):
			g.out.own++
			g.out.isOwn[upstream.Key(answer.Repository.Name)] = true
		}
	}
	if !m.Mapped() || g.isOwn(m) || upstream.Key(m.Repository.Name) == upstream.Key(cmp.Or(g.out.aliases[repo], repo)) {
		return
	}
	up := g.upstream(m)
	if !seen {
		up.mappings = append(up.mappings, *m)
		up.packages = append(up.packages, key)
		up.ecosystems[key.Ecosystem()] = true
	}
	up.count(u)
	up.repos[repo] = true
	for _, product := range products {
		g.use(up, repo, product, u)
	}
}

// isOwn is true for packages of the company's own projects: they are no upstream.
func (g *gatherer) isOwn(m *upstream.Mapping) bool {
	if !m.Mapped() {
		return false
	}
	return g.office.Program.IsOwnProject(m.Repository.Name) || len(g.office.Program.ProductsFor(m.Repository.Name, "")) > 0
}

func (g *gatherer) upstream(m *upstream.Mapping) *upstreamUse {
	key := upstream.Key(m.Repository.Name)
	up := g.out.byKey[key]
	if up == nil {
		up = &upstreamUse{name: m.Repository.Name, uses: map[[2]string]impact.Use{}, products: map[string]bool{}, repos: map[string]bool{}, teams: map[string]bool{}, ecosystems: map[string]bool{}}
		up.take.Scopes = map[inventory.Scope]int{}
		g.out.byKey[key] = up
	}
	up.name = min(up.name, m.Repository.Name) // one spelling, whatever the order
	return up
}

func (up *upstreamUse) count(u *inventory.Usage) {
	up.take.Scopes[u.Scope]++
	switch u.Relation {
	case inventory.Direct:
		up.take.Direct++
	case inventory.Transitive:
		up.take.Transitive++
	default:
		up.take.Unknown++
	}
	if d := depth(u); d > 0 && (up.take.Depth == 0 || d < up.take.Depth) {
		up.take.Depth = d
	}
}

// depth is the distance from the own project, 0 when the manifest does not tell.
func depth(u *inventory.Usage) int {
	switch {
	case u.Relation == inventory.Direct:
		return 1
	case len(u.Chain) > 0:
		return len(u.Chain) + 1
	}
	return 0
}

func (g *gatherer) use(up *upstreamUse, repo string, product *program.Product, u *inventory.Usage) {
	use := impact.Use{Repository: repo, Package: u.Component.String(), Manifest: u.Manifest, Relation: u.Relation, Depth: depth(u), Scope: u.Scope}
	use.Product, use.Team = repo, g.office.Program.TeamFor(repo, u.Manifest)
	if product != nil {
		use.Product, use.Team = product.ID, cmp.Or(product.Team, use.Team)
	}
	up.products[use.Product] = true
	if use.Team != "" {
		up.teams[use.Team] = true
	}
	at := [2]string{use.Product, repo}
	old, seen := up.uses[at]
	if seen && (g.params.Exposure(old) > g.params.Exposure(use) || g.params.Exposure(old) == g.params.Exposure(use) && old.Package <= use.Package) {
		return
	}
	use.Weight, use.WeightSource = g.office.productWeight(product)
	up.uses[at] = use
}

// productWeight is w_p with who says so.
func (o *Office) productWeight(product *program.Product) (float64, string) {
	s := o.Program.Goals.Score
	tier, why := program.Tier("standard"), "no product of program.yaml claims the repository: tier standard"
	if product != nil {
		if w, ok := s.Products[product.ID]; ok && w.Given() {
			return w.N, "goals.yaml, score.products"
		}
		tier, why = cmp.Or(product.Tier, "standard"), product.At.String()+": tier "+string(cmp.Or(product.Tier, "standard"))
		if product.Tier == "" {
			why += " by default"
		}
	}
	switch tier {
	case "critical":
		return given(s.Tiers.Critical, 1), why
	case "high":
		return given(s.Tiers.High, .6), why
	case "low":
		return given(s.Tiers.Low, .1), why
	}
	return given(s.Tiers.Standard, .3), why
}

func given(f program.Fraction, otherwise float64) float64 {
	if f.Given() {
		return f.N
	}
	return otherwise
}

func (g *gatherer) finish() *usedUpstreams {
	for _, up := range g.out.byKey {
		up.take.Products, up.take.Repositories, up.take.Packages = len(up.products), len(up.repos), len(up.packages)
		up.take.Ecosystems, up.take.Teams = sortedKeys(up.ecosystems), sortedKeys(up.teams)
	}
	slices.Sort(g.out.repositories)
	return g.out
}
