package work

import (
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// registryInto adds what registries tell of an upstream's packages where its
// history does not: when something was released, and whether it is archived or
// given up.
func (a *assessor) registryInto(f *impact.Facts, up *upstreamUse) {
	told, deprecated := 0, 0
	var best impact.Value // of the package that was released last: where one goes on, the project does
	newest, doubtful := -1.0, false
	last := "" // the words of the last deprecation, with who says so
	for _, p := range up.packages {
		l := a.listings[p]
		if l == nil || !l.Tells() {
			continue
		}
		told++
		source := fmt.Sprintf("%s, %s, %s", l.Source, p.FullName(), l.Observed.UTC().Format(time.DateOnly))
		if l.Archived == upstream.Yes && f.Lifecycle == "" {
			f.Lifecycle, f.LifecycleSource = impact.Archived, source+": archived"
		}
		if l.Deprecated != "" {
			deprecated++
			last = source + ": deprecated"
		}
		known := upstream.Assess(l, "", &upstream.Setting{Now: a.setting.Now})
		gap := known.Frequency
		// Half of all releases within a day of the one before are bursts, or times at
		// which a mirror made its copies: they tell of no rhythm.
		doubtful = doubtful || known.Has(upstream.SignalDoubtfulDate)
		if gap.SinceLast < 0 || newest >= 0 && gap.SinceLast >= newest {
			continue
		}
		newest, best = gap.SinceLast, impact.Value{}
		if gap.MedianGap >= 1 {
			best = impact.Known(gap.SinceLast/gap.MedianGap, source)
			best.Note = fmt.Sprintf("%.0f days since a release, %.0f days between releases", gap.SinceLast, gap.MedianGap)
		}
	}
	// One package may go where the project goes on; all of them tell of its end.
	if told > 0 && deprecated == len(up.packages) && f.Lifecycle == "" {
		f.Lifecycle, f.LifecycleSource = impact.EndOfLife, last
	}
	// Times of a copy at one package are no ground to trust those of its siblings.
	if best.Known && !doubtful && !f.Signals[impact.ReleaseGap].Known {
		f.Signals[impact.ReleaseGap] = best
	}
}

// scannedOf are snapshots without the facts of packages.
func (u *usedUpstreams) scannedOf() []Scanned {
	out := make([]Scanned, len(u.snapshots))
	for i := range u.snapshots {
		out[i].Snapshot = u.snapshots[i]
	}
	return out
}
