package work

import (
	"context"
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// upstreamFacts gives what registries and release cycles tell of the components
// in use, by package URL, out of the store; a component of which nothing is known
// is absent.
func (o *Office) upstreamFacts(ctx context.Context, snaps []Scanned) (map[string]policy.Upstream, error) {
	a, err := o.assessor(ctx, snaps)
	if err != nil || len(a.listings) == 0 && a.setting.Lifecycles.Len() == 0 {
		return nil, err
	}
	out := map[string]policy.Upstream{}
	for i := range snaps {
		for _, unit := range snaps[i].Snapshot.Units {
			for k := range unit.Usages {
				u := &unit.Usages[k]
				key := u.Component.String()
				if _, seen := out[key]; seen || !toldBy(u) {
					continue
				}
				l, known := a.of(u.Component)
				if l.Tells() || known.EndOfLife != upstream.NotTold {
					out[key] = policyFacts(&known, o.AsOf)
				}
			}
		}
	}
	return out, nil
}

// policyFacts are the answers that rules ask for, and the signals that explain
// them.
func policyFacts(a *upstream.Assessment, asOf time.Time) policy.Upstream {
	out := policy.NoUpstream()
	out.Deprecated, out.Yanked, out.Archived, out.EndOfLife = tri(a.Deprecated), tri(a.Yanked), tri(a.Archived), tri(a.EndOfLife)
	out.Relicensed, out.ChangeDatePassed, out.InstallScripts = tri(a.Relicensed), tri(a.ChangeDatePassed), tri(a.ScriptsAdded)
	out.MaintainersChanged, out.Typosquat = tri(a.MaintainersMove), tri(a.Typosquat)
	out.Libyears = a.Libyears
	if !a.LatestRelease.IsZero() {
		out.DaysSinceRelease = max(0, asOf.Sub(a.LatestRelease).Hours()/24)
	}
	if a.Libyears > 0 {
		out.Signals = append(out.Signals, policy.Reason{Text: libyearsText(a), Date: a.LatestRelease, Source: "dates of releases"})
	}
	for _, s := range a.Signals {
		out.Signals = append(out.Signals, policy.Reason{Text: s.Text, Source: s.Source, Date: s.Date})
	}
	return out
}

func libyearsText(a *upstream.Assessment) string {
	text := fmt.Sprintf("%.1f libyears: %s is of %s, the latest, %s, of %s", a.Libyears, a.Used, a.UsedPublished.Format(time.DateOnly), a.Latest, a.LatestRelease.Format(time.DateOnly))
	if a.Behind > 0 {
		text += fmt.Sprintf("; %s later", plural(a.Behind, "stable version", "stable versions"))
	}
	return text
}

func tri(k upstream.Known) program.Tri {
	switch k {
	case upstream.Yes:
		return program.Yes
	case upstream.No:
		return program.No
	}
	return program.Unknown
}
