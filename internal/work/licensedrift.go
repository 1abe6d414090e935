package work

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// The kinds of drift.
const (
	DriftUpgrade  = "upgrade"  // the latest version is under another license than the one in use
	DriftVersions = "versions" // two versions in use are under different licenses
	DriftRestated = "restated" // a registry states another license of the same version than at first
	DriftUnclear  = "unclear"  // a statement changed and is not understood
)

// Drift is one change of license.
type Drift struct {
	Kind    string
	Package inventory.PURL // without version
	// Before and After are the two versions; the same one where it was restated.
	Before, After               string
	LicenseBefore, LicenseAfter string
	// DateBefore and DateAfter are when the versions were published, or what was
	// stated was seen; zero when not known.
	DateBefore, DateAfter time.Time
	Repositories          []string
	Direct                bool
	Source                string
}

// ClockedUse is a version in use under a license that turns into another.
type ClockedUse struct {
	Package      inventory.PURL
	Turning      upstream.Turning
	Passed       bool // on the date of the answer
	Repositories []string
	Direct       bool
}

// LicenseDrift is what changed of licenses over all that is used.
type LicenseDrift struct {
	AsOf         time.Time
	Components   int
	NotKnown     int // components of whose latest version the license is not known, or not comparable
	Drifts       []Drift
	Clocked      []ClockedUse
	Repositories []string
}

// LicenseDrift compares the licenses of what is used with those of the latest
// versions, of other versions in use, and with what was stated at first.
func (o *Office) LicenseDrift(ctx context.Context, opts *OutdatedOptions) (*LicenseDrift, error) {
	r, err := o.Outdated(ctx, opts)
	if err != nil {
		return nil, err
	}
	all, err := o.Latest(ctx, func(string) bool { return true })
	if err != nil {
		return nil, err
	}
	a, err := o.assessor(ctx, all)
	if err != nil {
		return nil, err
	}
	out := &LicenseDrift{AsOf: r.AsOf, Components: len(r.Components), Repositories: r.Repositories}
	var names []string
	for i := range r.Components {
		names = append(names, r.Components[i].Component.WithoutVersion().String())
	}
	slices.Sort(names)
	first, err := o.Store.FirstRegistry(ctx, slices.Compact(names), o.AsOf)
	if err != nil {
		return nil, err
	}
	byPackage := map[inventory.PURL][]*OutdatedComponent{}
	for i := range r.Components {
		c := &r.Components[i]
		key := c.Component.WithoutVersion()
		byPackage[key] = append(byPackage[key], c)
		out.upgrade(c)
		out.restated(c, a, first[key.String()])
		if c.Clock != nil {
			out.Clocked = append(out.Clocked, ClockedUse{key, *c.Clock, c.ChangeDatePassed == upstream.Yes, c.Repositories, c.Direct})
		}
	}
	for _, versions := range byPackage {
		out.versions(versions, a)
	}
	out.sort()
	return out, nil
}

// upgrade compares with the latest version.
func (d *LicenseDrift) upgrade(c *OutdatedComponent) {
	if c.Relicensed == upstream.NotTold {
		d.NotKnown++
		if c.UsedLicense == "" || c.LatestLicense == "" {
			return
		}
	}
	if c.Relicensed == upstream.No {
		return
	}
	kind := DriftUpgrade
	if c.Relicensed == upstream.NotTold {
		kind = DriftUnclear
	}
	d.Drifts = append(d.Drifts, Drift{kind, c.Component.WithoutVersion(), c.Used, c.Latest, c.UsedLicense, c.LatestLicense, c.UsedPublished, c.LatestRelease, c.Repositories, c.Direct, c.Source})
}

// restated compares what a registry states of the version now with what it
// stated at first.
func (d *LicenseDrift) restated(c *OutdatedComponent, a *assessor, first []upstream.Listing) {
	for i := range first {
		old := first[i].Find(c.Used)
		if old == nil || old.License == "" || c.Observed.Equal(first[i].Observed) {
			continue
		}
		now := a.listings[c.Component.WithoutVersion()].Find(c.Used)
		if now == nil || now.License == "" || now.License == old.License {
			continue
		}
		if same, ok := a.sameLicense(old.License, now.License); ok && same {
			continue
		}
		d.Drifts = append(d.Drifts, Drift{DriftRestated, c.Component.WithoutVersion(), c.Used, c.Used, old.License, now.License, first[i].Observed, c.Observed, c.Repositories, c.Direct, first[i].Source})
		return
	}
}

// versions compares the versions of one package in use, each with the next.
func (d *LicenseDrift) versions(list []*OutdatedComponent, a *assessor) {
	kind := list[0].Component.Type
	slices.SortFunc(list, func(x, y *OutdatedComponent) int {
		return cmp.Or(versionOrder(kind, x.Component.Version, y.Component.Version), strings.Compare(x.Component.String(), y.Component.String()))
	})
	for i := 1; i < len(list); i++ {
		x, y := list[i-1], list[i]
		if x.License == "" || y.License == "" || x.Component.Version == y.Component.Version {
			continue
		}
		if same, ok := a.sameLicense(x.License, y.License); !ok || same {
			continue
		}
		repositories := slices.Clone(x.Repositories)
		for _, r := range y.Repositories {
			repositories = inserted(repositories, r)
		}
		d.Drifts = append(d.Drifts, Drift{DriftVersions, x.Component.WithoutVersion(), x.Component.Version, y.Component.Version, x.License, y.License, x.UsedPublished, y.UsedPublished, repositories, x.Direct || y.Direct, cmp.Or(y.Source, x.Source, "scans")})
	}
}

func (d *LicenseDrift) sort() {
	kinds := []string{DriftUpgrade, DriftRestated, DriftVersions, DriftUnclear}
	slices.SortFunc(d.Drifts, func(a, b Drift) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), cmp.Compare(boolRank(a.Direct), boolRank(b.Direct)),
			strings.Compare(a.Package.String(), b.Package.String()), strings.Compare(a.Before, b.Before), strings.Compare(a.After, b.After))
	})
	slices.SortFunc(d.Clocked, func(a, b ClockedUse) int {
		return cmp.Or(a.Turning.Change.Compare(b.Turning.Change), strings.Compare(a.Package.String(), b.Package.String()), strings.Compare(a.Turning.Version, b.Turning.Version))
	})
}
