package advisory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Interval is a stretch of affected versions. It starts at From, or before all
// versions; it ends before Until, or with it, or never.
type Interval struct {
	From  string // "" is before all
	Until string // "" is never
	// With says that Until itself is affected (last_affected).
	With bool
	// Fix says that Until is a fixed version (not a limit).
	Fix bool
}

// String writes the interval as a requirement: ">=1.2.0, <1.2.7".
func (v Interval) String() string {
	var parts []string
	if v.From != "" {
		parts = append(parts, ">="+v.From)
	}
	switch {
	case v.Until == "":
	case v.With:
		parts = append(parts, "<="+v.Until)
	default:
		parts = append(parts, "<"+v.Until)
	}
	if len(parts) == 0 {
		return "all versions"
	}
	return strings.Join(parts, ", ")
}

// errNoIntroduced and its like are what can be wrong with a range.
var (
	errNoIntroduced = errors.New(`it has no "introduced" event`)
	errFixedFirst   = errors.New("a version is fixed before any is introduced")
	errNothing      = errors.New("it means no version: each stretch ends before it starts")
)

// maxEvents bounds the events of one range.
const maxEvents = 10_000

// Intervals evaluates the events of a range as the schema says
// (ossf.github.io/osv-schema, "Evaluation"), into stretches in the
// ecosystem's order. The error says what is wrong with the range; what can be
// understood of it is given all the same.
func (r Range) Intervals(ecosystem string) ([]Interval, error) {
	return r.intervals(orderOf(ecosystem))
}

func (r Range) intervals(o order) ([]Interval, error) {
	if o.base == "" && r.Type == "SEMVER" {
		o = order{"npm", compareSemver} // the range says by itself how it is ordered
	}
	if len(r.Events) > maxEvents {
		return nil, fmt.Errorf("it has %d events; at most %d are read", len(r.Events), maxEvents)
	}
	events, limits, problem := r.sorted(o)
	out := []Interval{}
	open := false
	introduced := false
	for _, e := range events {
		switch {
		case e.What == Introduced && !open:
			out = append(out, Interval{From: e.version.text})
			open, introduced = true, true
		case e.What == Introduced:
			introduced = true
		case open:
			last := &out[len(out)-1]
			last.Until, last.With, last.Fix = e.version.text, e.What == LastAffected, e.What == Fixed
			open = false
		case e.What == Fixed && len(out) > 0 && out[len(out)-1].With && o.compare(&version{text: out[len(out)-1].Until}, &e.version) == 0:
			out[len(out)-1].With, out[len(out)-1].Fix = false, true // both the last affected and fixed
		case len(out) == 0 && problem == nil:
			problem = errFixedFirst
		}
	}
	if !introduced && problem == nil {
		problem = errNoIntroduced
	}
	out = slices.DeleteFunc(limited(o, out, limits), func(v Interval) bool { return v.empty(o) })
	if len(out) == 0 && problem == nil {
		problem = errNothing
	}
	return out, problem
}

type sortedEvent struct {
	Event
	version version // "" for before all versions
}

// sorted puts events in the order of their versions; those at one version keep
// the order in which they were written.
func (r Range) sorted(o order) (events []sortedEvent, limits []version, problem error) {
	for _, e := range r.Events {
		s := sortedEvent{e, version{text: e.Version}}
		if e.What == Introduced && isFirst(o, e.Version) {
			s.version.text = ""
		} else if e.What == Limit && e.Version == "*" {
			continue
		} else if err := o.check(e.Version); err != nil {
			problem = fmt.Errorf("%s %q: %w", e.What, e.Version, err)
			continue
		}
		if e.What == Limit {
			limits = append(limits, s.version)
			continue
		}
		events = append(events, s)
	}
	slices.SortStableFunc(events, func(a, b sortedEvent) int {
		switch {
		case a.version.text == "" && b.version.text == "":
			return 0
		case a.version.text == "":
			return -1
		case b.version.text == "":
			return 1
		}
		return o.compare(&a.version, &b.version)
	})
	return events, limits, problem
}

// isFirst says whether a version stands before all others: "0" does by the
// schema, and 0.0.0-0 is the lowest of Semantic Versioning.
func isFirst(o order, v string) bool {
	return v == "0" || v == "0.0.0-0" && o.fast != nil && o.base == "npm"
}

// limited cuts intervals at the highest limit: versions at or above every limit
// are not affected.
func limited(o order, in []Interval, limits []version) []Interval {
	if len(limits) == 0 {
		return in
	}
	top := slices.MaxFunc(limits, func(a, b version) int { return o.compare(&a, &b) })
	var out []Interval
	for _, v := range in {
		if v.From != "" && o.compare(&version{text: v.From}, &top) >= 0 {
			continue
		}
		if v.Until == "" || o.compare(&version{text: v.Until}, &top) >= 0 && !(v.Fix && v.Until == top.text) {
			v.Until, v.With, v.Fix = top.text, false, false
		}
		out = append(out, v)
	}
	return out
}

func (v Interval) empty(o order) bool {
	if v.From == "" || v.Until == "" {
		return false
	}
	c := o.compare(&version{text: v.From}, &version{text: v.Until})
	return c > 0 || c == 0 && !v.With
}
