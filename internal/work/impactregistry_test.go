package work

import (
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

func TestRegistriesTellOfAnUpstreamWhereItsHistoryDoesNot(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n) }
	left, right := inventory.NewPURL("npm", "left", ""), inventory.NewPURL("npm", "right", "")
	listing := func(p inventory.PURL, deprecated string, days ...int) *upstream.Listing {
		l := &upstream.Listing{Package: p, Source: "npm registry", Observed: day(200), Deprecated: deprecated}
		for i, d := range days {
			l.Versions = append(l.Versions, upstream.Release{Version: string(rune('1'+i)) + ".0.0", Published: day(d)})
			l.Latest = l.Versions[i].Version
		}
		return l
	}
	a := &assessor{listings: map[inventory.PURL]*upstream.Listing{left: listing(left, "use right", 0, 10, 20), right: listing(right, "", 0, 50, 150)}, setting: upstream.Setting{Now: day(200)}}
	up := &upstreamUse{packages: []inventory.PURL{left, right}}
	facts := func() *impact.Facts { return &impact.Facts{Signals: map[impact.Signal]impact.Value{}} }

	f := facts()
	a.registryInto(f, up)
	// The package that was released last counts: 50 days, with 75 between releases.
	if got := f.Signals[impact.ReleaseGap]; !got.Known || got.N != 50.0/75 || got.Source != "npm registry, right, 2026-07-20" || f.Lifecycle != "" {
		t.Errorf("%+v, lifecycle %q: one deprecated package is not the end of a project", got, f.Lifecycle)
	}
	mined := facts()
	mined.Signals[impact.ReleaseGap] = impact.Known(3, "history")
	a.registryInto(mined, up)
	if mined.Signals[impact.ReleaseGap].N != 3 {
		t.Error("its history comes first")
	}
	f = facts()
	a.listings[right].Deprecated = "too"
	a.registryInto(f, up)
	if f.Lifecycle != impact.EndOfLife || f.LifecycleSource != "npm registry, right, 2026-07-20: deprecated" {
		t.Errorf("%q %q", f.Lifecycle, f.LifecycleSource)
	}
	f = facts()
	a.listings[left].Archived = upstream.Yes
	a.registryInto(f, up)
	if f.Lifecycle != impact.Archived {
		t.Errorf("%q", f.Lifecycle)
	}
	f = facts()
	a.registryInto(f, &upstreamUse{packages: []inventory.PURL{inventory.NewPURL("npm", "unheard", "")}})
	if f.Signals[impact.ReleaseGap].Known || f.Lifecycle != "" {
		t.Error("of nothing follows nothing")
	}
}
