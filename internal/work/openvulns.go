package work

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// staleFix is how long an upstream may take for a fix before it is a signal.
const staleFix = 90 * 24 * time.Hour

// openVulnerabilities counts for each upstream, by key, the vulnerabilities of
// its packages in use that have been known for more than 90 days and that no
// version is free of. Upstreams of which the mirror can't tell are left out.
func (o *Office) openVulnerabilities(ctx context.Context, used *usedUpstreams) (map[string]impact.Value, error) {
	mirror, err := o.Mirror(ctx)
	if err != nil || mirror.Empty() {
		return nil, err
	}
	scanned := make([]Scanned, len(used.snapshots))
	for i := range used.snapshots {
		scanned[i].Snapshot = used.snapshots[i]
	}
	answer, err := o.Advisories(ctx, scanned)
	if err != nil {
		return nil, err
	}
	open := map[string]map[string]bool{}
	for _, f := range answer.Findings {
		m, ok := used.of[f.Usage.Component.WithoutVersion()]
		if !ok || !m.Mapped() || f.Kind != advisory.Vulnerability || len(f.Fixed) > 0 || f.Published.IsZero() || o.AsOf.Sub(f.Published) <= staleFix {
			continue
		}
		key := upstream.Key(m.Repository.Name)
		if open[key] == nil {
			open[key] = map[string]bool{}
		}
		open[key][f.ID] = true
	}
	out := map[string]impact.Value{}
	for key, up := range used.byKey {
		if slices.ContainsFunc(up.take.Ecosystems, mirror.Covers) {
			out[key] = openValue(open[key])
		}
	}
	return out, nil
}

func openValue(ids map[string]bool) impact.Value {
	v := impact.Known(float64(len(ids)), "advisories, versions in use")
	if list := sortedKeys(ids); len(list) > 0 {
		v.Note = strings.Join(list[:min(5, len(list))], ", ")
		if len(list) > 5 {
			v.Note += fmt.Sprintf(" and %d more", len(list)-5)
		}
	}
	return v
}
