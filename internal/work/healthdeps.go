package work

import (
	"context"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// snapshots find what projects use themselves, where a clone of them was scanned.
type snapshots map[string]int64 // snapshot by the key of its repository

func (o *Office) newSnapshots(ctx context.Context) (snapshots, error) {
	refs, err := o.Store.Latest(ctx, o.AsOf)
	if err != nil {
		return nil, err
	}
	out := snapshots{}
	for _, r := range refs {
		out[upstream.Key(r.Repository)] = r.ID
	}
	return out, nil
}

// dependencies lists the versions that a project uses at run time and for its
// build, each once, with the dates that registries tell; nil where no clone of it
// was scanned.
func (s snapshots) dependencies(ctx context.Context, o *Office, name string, histories []contribution.History) ([]contribution.Dependency, error) {
	id, ok := s[upstream.Key(name)]
	for i := 0; i < len(histories) && !ok; i++ {
		id, ok = s[upstream.Key(histories[i].Repository)]
	}
	if !ok {
		return nil, nil
	}
	snap, err := o.Store.LoadSnapshot(ctx, id)
	if err != nil {
		return nil, err
	}
	direct := map[inventory.PURL]bool{}
	for i := range snap.Units {
		for _, u := range snap.Units[i].Usages {
			if u.Component.Version != "" {
				direct[u.Component] = direct[u.Component] || u.Relation == inventory.Direct
			}
		}
	}
	asked, names := map[string]bool{}, []string{}
	for p := range direct {
		if key := p.WithoutVersion().String(); !asked[key] {
			asked[key], names = true, append(names, key)
		}
	}
	listings, err := o.Store.Registry(ctx, names, o.AsOf)
	if err != nil {
		return nil, err
	}
	out := []contribution.Dependency{}
	for p, isDirect := range direct {
		d := contribution.Dependency{Direct: isDirect}
		d.Used, d.Latest = published(listings[p.WithoutVersion().String()], p.Version)
		out = append(out, d)
	}
	return out, nil
}

// published tells when a version and the latest stable one came out, by the
// first registry that knows both.
func published(listings []upstream.Listing, version string) (used, latest time.Time) {
	for i := range listings {
		now, last := listings[i].Find(version), listings[i].Find(listings[i].Latest)
		if now != nil && last != nil && !now.Published.IsZero() && !last.Published.IsZero() {
			return now.Published, last.Published
		}
	}
	return time.Time{}, time.Time{}
}
