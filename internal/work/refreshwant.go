package work

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/remote"
	"github.com/tributary-oss/tributary/internal/store"
)

// wantedPackage is a package in use that registries are to tell of.
type wantedPackage struct {
	purl     inventory.PURL // without version
	name     string         // its text
	versions map[string]*wantedVersion
	// direct and scope are the strongest of all usages: what matters most is asked
	// for first.
	direct bool
	scope  int
}

// wantedVersion is a version in use.
type wantedVersion struct {
	purls    map[string]bool // with qualifiers, as the inventory has them
	licensed bool            // somebody tells its license
}

// wanted lists the packages of the latest snapshots that may be asked for, the
// most important first.
func (o *Office) wanted(ctx context.Context, opts *RefreshOptions) ([]*wantedPackage, *Refreshed, error) {
	refs, err := o.Store.Latest(ctx, o.AsOf)
	if err != nil {
		return nil, nil, err
	}
	g := &wantGatherer{office: o, opts: opts, packages: map[inventory.PURL]*wantedPackage{}, own: map[inventory.PURL]bool{}, spaces: map[inventory.PURL]bool{}, noRegistry: map[string]map[inventory.PURL]bool{}}
	for _, ref := range refs {
		snap, err := o.Store.LoadSnapshot(ctx, ref.ID)
		if err != nil {
			return nil, nil, err
		}
		g.snapshot(&snap)
	}
	out := &Refreshed{PrivateNames: map[string][]string{}, NoRegistry: map[string]int{}}
	for kind, names := range g.noRegistry {
		out.NoRegistry[kind] = len(names)
	}
	var list []*wantedPackage
	for _, w := range g.packages {
		if why := g.private(w.purl); why != "" {
			out.PrivateNames[why] = append(out.PrivateNames[why], w.name)
			continue
		}
		list = append(list, w)
	}
	for _, names := range out.PrivateNames {
		slices.Sort(names)
	}
	out.Packages = len(g.packages)
	slices.SortFunc(list, func(a, b *wantedPackage) int {
		if a.direct != b.direct {
			if a.direct {
				return -1
			}
			return 1
		}
		return cmp.Or(a.scope-b.scope, strings.Compare(a.name, b.name))
	})
	return list, out, o.licensed(ctx, list)
}

type wantGatherer struct {
	office   *Office
	opts     *RefreshOptions
	packages map[inventory.PURL]*wantedPackage
	// own are packages that scanned repositories declare themselves; spaces their
	// npm scopes and Maven groups.
	own, spaces map[inventory.PURL]bool
	noRegistry  map[string]map[inventory.PURL]bool
}

func (g *wantGatherer) snapshot(s *inventory.Snapshot) {
	p := g.office.Program
	for i := range s.Units {
		u := &s.Units[i]
		fixture := p.IsFixture(s.Repository.Name, u.Manifest, inventory.IsFixture(u.Manifest))
		for _, text := range u.Own {
			own, err := inventory.ParsePURL(text)
			if err != nil {
				continue
			}
			own = own.WithoutVersion()
			g.own[own] = true
			if !fixture && own.Namespace != "" && (own.Type == "npm" || own.Type == "maven") {
				g.spaces[inventory.PURL{Type: own.Type, Namespace: own.Namespace}] = true
			}
		}
		for j := range u.Usages {
			if use := &u.Usages[j]; !p.IsFixture(s.Repository.Name, use.Manifest, use.Fixture) || p.Fixtures.Include {
				g.usage(use)
			}
		}
	}
}

func (g *wantGatherer) usage(u *inventory.Usage) {
	key := u.Component.WithoutVersion()
	switch {
	case len(g.opts.Ecosystems) > 0 && !slices.Contains(g.opts.Ecosystems, key.Type), elsewhere(u):
		return
	case !slices.Contains(remote.Kinds, key.Type):
		if g.noRegistry[key.Type] == nil {
			g.noRegistry[key.Type] = map[inventory.PURL]bool{}
		}
		g.noRegistry[key.Type][key] = true
		return
	}
	w := g.packages[key]
	if w == nil {
		w = &wantedPackage{purl: key, name: key.String(), versions: map[string]*wantedVersion{}, scope: len(inventory.Scopes)}
		g.packages[key] = w
	}
	w.direct = w.direct || u.Relation == inventory.Direct
	w.scope = min(w.scope, u.Scope.Rank())
	if u.Component.Version == "" {
		return
	}
	v := w.versions[u.Component.Version]
	if v == nil {
		v = &wantedVersion{purls: map[string]bool{}}
		w.versions[u.Component.Version] = v
	}
	v.purls[u.Component.String()] = true
	v.licensed = v.licensed || u.License != ""
}

// elsewhere says whether a package does not come from a registry: from a
// repository, a file, the project itself. Its name may mean another package
// there, or be nobody's business.
func elsewhere(u *inventory.Usage) bool {
	for _, key := range []string{"vcs_url=", "download_url=", "repository_url=", "file_name="} {
		if strings.Contains("&"+u.Component.Qualifiers, "&"+key) {
			return true
		}
	}
	for _, scheme := range []string{"file:", "link:", "workspace:", "portal:", "git+", "git:", "github:", "git@", "http:", "https:", "./", "../"} {
		if strings.HasPrefix(u.Requirement, scheme) {
			return true
		}
	}
	if u.Component.Type == "composer" && u.Component.Namespace == "" {
		return true // php, ext-json: the platform
	}
	return u.Component.Type == "golang" && (u.Component.Name == "stdlib" || u.Component.Name == "toolchain") && u.Component.Namespace == ""
}

// Why packages are not asked for.
const (
	whyOwn    = "of your own repositories"
	whyScope  = "in npm scopes of your own packages (--public PATTERN, or a registry for the scope in .npmrc, has them asked)"
	whyGroup  = "in Maven groups of your own packages (--public PATTERN has them asked)"
	whyModule = "of GOPRIVATE or GONOPROXY"
	whyOwner  = "of own projects, as the program says"
	whyListed = "private, as --private says"
)

// private gives why the name of a package is not sent to anybody.
func (g *wantGatherer) private(p inventory.PURL) string {
	for i := range g.opts.Private {
		if g.opts.Private[i].Match(p) {
			return whyListed
		}
	}
	configured := g.opts.Registries.ScopeConfigured(p) || slices.ContainsFunc(g.opts.Public, func(pattern program.Package) bool { return pattern.Match(p) })
	switch {
	case g.own[p] && !configured:
		return whyOwn
	case g.spaces[inventory.PURL{Type: p.Type, Namespace: p.Namespace}] && !configured:
		if p.Type == "maven" {
			return whyGroup
		}
		return whyScope
	}
	if p.Type == "golang" {
		if g.opts.Registries.PrivateModule(p.FullName()) {
			return whyModule
		}
		parts := strings.SplitN(p.FullName(), "/", 4)
		if len(parts) >= 3 && g.office.Program.IsOwnProject(strings.Join(parts[:3], "/")) {
			return whyOwner
		}
	}
	return ""
}

// licensed marks the versions of which the store knows a license.
func (o *Office) licensed(ctx context.Context, list []*wantedPackage) error {
	var all []string
	for _, w := range list {
		for _, v := range w.versions {
			all = append(all, sortedKeys(v.purls)...)
		}
	}
	facts, err := o.Store.PackageLicenses(ctx, all, o.AsOf)
	if err != nil {
		return err
	}
	for _, w := range list {
		for _, v := range w.versions {
			for p := range v.purls {
				v.licensed = v.licensed || slices.ContainsFunc(facts[p], func(f inventory.LicenseFact) bool { return f.Expression != "" })
			}
		}
	}
	return nil
}

// due leaves out what was asked for within the age that is given. What could not
// be asked then is asked again.
func (o *Office) due(ctx context.Context, list []*wantedPackage, opts *RefreshOptions, out *Refreshed) ([]*wantedPackage, error) {
	names := make([]string, 0, len(list))
	for _, w := range list {
		names = append(names, w.name)
	}
	checks, err := o.Store.RegistryChecks(ctx, opts.Source, names)
	if err != nil {
		return nil, err
	}
	kept := list[:0]
	for _, w := range list {
		c, ok := checks[w.name]
		unknown := strings.Contains(c.Fault, remote.ErrNotFound.Error())
		if ok && (c.Fault == "" || unknown) && o.Now.Sub(c.Checked) < opts.MaxAge && w.covered(c, opts) {
			out.Fresh++
			if unknown {
				out.Unknown = append(out.Unknown, w.name)
			}
			continue
		}
		kept = append(kept, w)
	}
	return kept, nil
}

// covered says whether an earlier question was about all versions in use now,
// and their licenses, where these are asked for one by one.
func (w *wantedPackage) covered(c store.RegistryCheck, opts *RefreshOptions) bool {
	for v := range w.versions {
		if !slices.Contains(c.Versions, v) {
			return false
		}
	}
	return opts.Licenses != LicensesAll || slices.Contains(c.Versions, allLicenses)
}

// allLicenses among the versions of a check says that license texts of all of
// them were asked for.
const allLicenses = "licenses of all"
