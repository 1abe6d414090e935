package work

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// assessor says of versions in use what registries and release cycles tell.
type assessor struct {
	office   *Office
	listings map[inventory.PURL]*upstream.Listing
	setting  upstream.Setting
	// problems are files of release cycles that are not understood.
	problems []string
	same     map[[2]string]sameLicense
	done     map[inventory.PURL]upstream.Assessment
}

type sameLicense struct{ same, ok bool }

// assessor loads what the store knows of all packages in use. Snapshots of
// other repositories than those that are asked about make names well known.
func (o *Office) assessor(ctx context.Context, snaps []Scanned) (*assessor, error) {
	a := &assessor{office: o, listings: map[inventory.PURL]*upstream.Listing{}, same: map[[2]string]sameLicense{}, done: map[inventory.PURL]upstream.Assessment{}}
	popularity := map[inventory.PURL]int{}
	for i := range snaps {
		seen := map[inventory.PURL]bool{}
		for _, unit := range snaps[i].Snapshot.Units {
			for k := range unit.Usages {
				if key := unit.Usages[k].Component.WithoutVersion(); !seen[key] {
					seen[key] = true
					popularity[key]++
				}
			}
		}
	}
	names := make([]string, 0, len(popularity))
	for p := range popularity {
		names = append(names, p.String())
	}
	if o.Store != nil {
		told, err := o.Store.Registry(ctx, names, o.AsOf)
		if err != nil {
			return nil, err
		}
		for p := range popularity {
			if list := told[p.String()]; len(list) > 0 {
				a.listings[p] = joined(p.Type, list)
			}
		}
	}
	a.setting = upstream.Setting{Now: o.AsOf, SameLicense: a.sameLicense, Popular: wellKnown(popularity), Clocks: o.clocks()}
	a.setting.Lifecycles, a.problems = lifecycles(o.Program.Files)
	return a, nil
}

// joined is what all that were asked tell of a package: its own registry comes
// first, collections fill what it leaves out.
func joined(kind string, list []upstream.Listing) *upstream.Listing {
	own := slices.IndexFunc(list, func(l upstream.Listing) bool { return l.Source != "deps.dev" && l.Source != "ecosyste.ms" })
	out := list[max(own, 0)]
	for i := range list {
		if i != max(own, 0) {
			out = upstream.Join(out, list[i], func(x, y string) int { return versionOrder(kind, x, y) })
		}
	}
	return &out
}

// wellKnownFrom is how many repositories must use a package for its name to be
// one that others imitate.
const wellKnownFrom = 3

func wellKnown(popularity map[inventory.PURL]int) *upstream.Names {
	known := upstream.WellKnown()
	for p, n := range popularity {
		if n >= wellKnownFrom {
			known = append(known, p)
		}
	}
	return upstream.NewNames(known)
}

// clocks are the change dates that the program states.
func (o *Office) clocks() (out []upstream.ClockRule) {
	for i := range o.Program.Upstreams.Clocks {
		c := &o.Program.Upstreams.Clocks[i]
		out = append(out, upstream.ClockRule{Match: c.Covers, Clock: upstream.Clock{Years: int(c.Years.N), Date: c.ChangeDate.Time, To: c.ChangeLicense.Text, Grant: c.Grant, Source: c.At.String()}})
	}
	return out
}

// lifecycles reads files of release cycles among those of a program; what is
// not understood is listed.
func lifecycles(files map[string][]byte) (*upstream.Lifecycles, []string) {
	var products []upstream.Product
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(files)) {
		product, ok := program.Lifecycle(name)
		if !ok {
			continue
		}
		p, err := upstream.ParseLifecycle(product, name, files[name])
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		products = append(products, p)
	}
	return upstream.NewLifecycles(products), problems
}

// sameLicense compares two statements as licenses.
func (a *assessor) sameLicense(x, y string) (same, ok bool) {
	key := [2]string{x, y}
	if known, seen := a.same[key]; seen {
		return known.same, known.ok
	}
	ex, _, okX := license.Understand(x)
	ey, _, okY := license.Understand(y)
	out := sameLicense{ok: okX && okY}
	out.same = out.ok && license.Equivalent(ex, ey)
	a.same[key] = out
	return out.same, out.ok
}

// of gives what is known of a component.
func (a *assessor) of(c inventory.PURL) (*upstream.Listing, upstream.Assessment) {
	l := a.listings[c.WithoutVersion()]
	if l == nil {
		l = upstream.Nothing(c)
	}
	known, seen := a.done[c]
	if !seen {
		set := a.setting
		set.Order = func(x, y string) int { return versionOrder(c.Type, x, y) }
		known = upstream.Assess(l, c.Version, &set)
		a.done[c] = known
	}
	return l, known
}

// toldBy says whether registries and release cycles can speak of a usage: what
// comes from a repository or a file is not what they list under its name.
func toldBy(u *inventory.Usage) bool {
	return u.Component.FullName() == "stdlib" || !elsewhere(u) && !strings.Contains(u.Component.Qualifiers, "vcs_url=")
}
