package policy

import (
	"reflect"
	"strings"

	"github.com/tributary-oss/tributary/internal/program"
)

// Upstream is what is known of the project behind a component. What is not
// known is -1 or "" and matches no rule: signals add findings, and how much is
// not known is counted apart.
type Upstream struct {
	// Advisories are the notes of informational records: "unmaintained".
	Advisories                                                                                                           []string
	Deprecated, Yanked, Archived, EndOfLife, Relicensed, ChangeDatePassed, InstallScripts, MaintainersChanged, Typosquat program.Tri
	// Libyears is the time between the release in use and the latest, in years;
	// DaysSinceRelease counts from the latest release of any version to today.
	Libyears, DaysSinceRelease float64
	// Signals explain each fact that is worth a look, with source and date.
	Signals []Reason
}

// NoUpstream is what is known when nothing is.
func NoUpstream() Upstream { return Upstream{Libyears: -1, DaysSinceRelease: -1} }

// present lists the keys of a rule that hold; ok is false when one does not.
func (u *Upstream) present(k *program.UpstreamKeys) (keys []string, ok bool) {
	if u == nil {
		return nil, false
	}
	if len(k.Advisory) > 0 {
		if !u.advises(k.Advisory) {
			return nil, false
		}
		keys = append(keys, "advisory")
	}
	for _, t := range []struct {
		key  string
		want *bool
		have program.Tri
	}{{"deprecated", k.Deprecated, u.Deprecated}, {"yanked", k.Yanked, u.Yanked}, {"archived", k.Archived, u.Archived}, {"end_of_life", k.EndOfLife, u.EndOfLife},
		{"relicensed", k.Relicensed, u.Relicensed}, {"change_date_passed", k.ChangeDatePassed, u.ChangeDatePassed}, {"install_scripts", k.InstallScripts, u.InstallScripts},
		{"maintainers_changed", k.MaintainersChanged, u.MaintainersChanged}, {"typosquat", k.Typosquat, u.Typosquat}} {
		if t.want == nil {
			continue
		}
		if t.have != program.Yes && t.have != program.No || *t.want != (t.have == program.Yes) {
			return nil, false
		}
		keys = append(keys, t.key)
	}
	for _, n := range []struct {
		key  string
		want program.Number
		have float64
	}{{"libyears", k.Libyears, u.Libyears}, {"days_since_release", k.DaysSinceRelease, u.DaysSinceRelease}} {
		if !n.want.Given() {
			continue
		}
		if n.have < 0 || n.have < n.want.Value {
			return nil, false
		}
		keys = append(keys, n.key)
	}
	return keys, true
}

func (u *Upstream) matches(k *program.UpstreamKeys) bool {
	_, ok := u.present(k)
	return ok
}

func (u *Upstream) advises(words []string) bool {
	for _, w := range words {
		for _, a := range u.Advisories {
			if w == "*" || strings.EqualFold(w, a) {
				return true
			}
		}
	}
	return false
}

func keyCount(k *program.UpstreamKeys) int {
	n := 0
	v := reflect.ValueOf(*k)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			n++
		}
	}
	return n
}

// JudgeUpstream gives the verdict on the project behind a component; false when
// no rule has anything to say. For each signal the first rule that speaks of it
// counts, and of their answers the worst: that a company lives with one signal
// hides no other.
func (s *Session) JudgeUpstream(use *Use, u *Upstream) (RiskVerdict, bool) {
	if u == nil || use.Fixture && !s.policy.includeFixtures {
		return RiskVerdict{}, false
	}
	var worst *rule
	answered := map[string]bool{}
	for _, r := range s.policy.upstream {
		if !r.matchesUse(use) || !s.anySituation(r, use) {
			continue
		}
		keys, ok := u.present(r.Upstream)
		if !ok {
			continue
		}
		fresh := false
		for _, k := range keys {
			fresh = fresh || !answered[k]
			answered[k] = true
		}
		if fresh && (worst == nil || r.Verdict.Rank() > worst.Verdict.Rank()) {
			worst = r
		}
	}
	if worst == nil {
		return RiskVerdict{}, false
	}
	out := RiskVerdict{Decision: worst.Verdict, Rule: worst.ref,
		Reasons: append([]Reason{{Text: orText(worst.Reason, "The rule says: "+worst.ref.Text+"."), Source: source(worst.ref)}}, u.Signals...)}
	if out.Decision.Rank() >= Review.Rank() {
		out.Role = orText(worst.Role, "ospo")
		if worst.Fix != "" {
			out.Fix = append(out.Fix, worst.Fix)
		}
		out.Fix = append(out.Fix, "Replace it, help the project, or ask "+out.Role+" to accept it for a time (waivers.yaml, finding: upstream).")
		s.waiveRisk(&out, use, program.FindingUpstream, func(*program.Waiver) bool { return true })
	}
	return out, true
}

// anySituation tells whether the rule holds for a delivery that the use may have.
func (s *Session) anySituation(r *rule, use *Use) bool {
	for _, c := range possibilities(use) {
		for i := range c {
			if r.matchesSituation(&c[i]) {
				return true
			}
		}
	}
	return false
}
