package impact

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Change is one input set to another value: "caf=2", "our-reviews=+0.2fte".
type Change struct {
	Key   string
	Value string
}

// ParseChange reads KEY=VALUE. A VALUE with a sign is added to what is there;
// "%" divides by 100; for our-reviews and our-commits "fte" is years of work.
func ParseChange(s string) (Change, error) {
	key, value, ok := strings.Cut(s, "=")
	key, value = strings.TrimSpace(strings.ToLower(key)), strings.TrimSpace(value)
	if !ok || value == "" {
		return Change{}, fmt.Errorf("%q is no change; write KEY=VALUE, as in caf=2 or our-reviews=+0.2fte", s)
	}
	if _, known := inputs[key]; !known {
		return Change{}, fmt.Errorf("there is no input %q; there are %s", key, strings.Join(InputKeys(), ", "))
	}
	c := Change{key, value}
	probe := Facts{}
	if err := c.Apply(&probe, DefaultParams()); err != nil {
		return Change{}, err
	}
	return c, nil
}

// InputKeys lists the inputs that can be changed, sorted.
func InputKeys() []string { return slices.Sorted(maps.Keys(inputs)) }

// amount is a parsed value.
type amount struct {
	n        float64
	relative bool
	fte      bool
	yes      bool // for what is yes or no
}

// input changes one input.
type input struct {
	flag  bool // yes or no
	fte   bool // takes "fte"
	apply func(f *Facts, a amount, p Params) error
	least float64
	most  float64
}

const stated = "what-if"

var inputs = map[string]input{
	"caf": signalInput(AbsenceFactor, 1, 1e6), "last-commit": signalInput(LastCommit, 0, 1e5), "release-gap": signalInput(ReleaseGap, 0, 1e4),
	"closure": signalInput(ClosureRatio, 0, 1e3), "response": signalInput(FirstResponse, 0, 1e5), "elephant": signalInput(ElephantFactor, 1, 1e6),
	"vulns": signalInput(Vulnerabilities, 0, 1e6), "libyears": signalInput(Libyears, 0, 1e3),
	"disclosure": {flag: true, apply: func(f *Facts, a amount, _ Params) error {
		f.setSignal(NoDisclosure, map[bool]float64{true: 0, false: 1}[a.yes])
		return nil
	}},
	"archived": lifecycleInput(Archived), "end-of-life": lifecycleInput(EndOfLife), "security-only": lifecycleInput(SecurityOnly),
	"finished": {flag: true, apply: func(f *Facts, a amount, _ Params) error {
		f.Finished, f.FinishedSource = a.yes, stated
		return nil
	}},
	"switching":    valueInput(func(f *Facts) *Value { return &f.Switching }, 0, 1),
	"our-share":    valueInput(func(f *Facts) *Value { return shareOf(f) }, 0, 1),
	"target-share": valueInput(func(f *Facts) *Value { return &f.Give.TargetShare }, 0, 1),
	"seats":        valueInput(func(f *Facts) *Value { return &f.Give.Seats }, 0, 1e4), "seats-target": valueInput(func(f *Facts) *Value { return &f.Give.SeatsTarget }, 0, 1e4),
	"money": valueInput(func(f *Facts) *Value { return &f.Give.Money }, 0, 1e12), "money-target": valueInput(func(f *Facts) *Value { return &f.Give.MoneyTarget }, 0, 1e12),
	"our-commits": workInput(func(g *Give) (ours, all *Value) { return &g.OurCommits, &g.AllCommits }, func(p Params) float64 { return p.CommitsPerFTE }),
	"our-reviews": workInput(func(g *Give) (ours, all *Value) { return &g.OurReviews, &g.AllReviews }, func(p Params) float64 { return p.ReviewsPerFTE }),
	"alignment": {most: 1, apply: func(f *Facts, a amount, _ Params) error {
		v := alignment(*f).Value
		n, err := a.on(v, "alignment")
		if err != nil {
			return err
		}
		f.Goals, f.Alignment = true, []Alignment{{Goal: stated, Weight: 1, Relevance: n, Source: stated}}
		return nil
	}},
	"used": {flag: true, apply: func(f *Facts, a amount, _ Params) error {
		if !a.yes {
			f.Uses = nil
		}
		return nil
	}},
}

// shareOf makes the computed share editable.
func shareOf(f *Facts) *Value {
	if !f.Give.Share.Known {
		f.Give.Share = share(f.Give).Value
	}
	return &f.Give.Share
}

func (f *Facts) setSignal(s Signal, n float64) {
	f.Signals = maps.Clone(f.Signals)
	if f.Signals == nil {
		f.Signals = map[Signal]Value{}
	}
	f.Signals[s] = Known(n, stated)
}

func signalInput(s Signal, least, most float64) input {
	return input{least: least, most: most, apply: func(f *Facts, a amount, _ Params) error {
		n, err := a.on(f.Signals[s], string(s))
		if err == nil {
			f.setSignal(s, clamp(n, least, most))
		}
		return err
	}}
}

func lifecycleInput(l Lifecycle) input {
	return input{flag: true, apply: func(f *Facts, a amount, _ Params) error {
		switch {
		case a.yes:
			f.Lifecycle, f.LifecycleSource = l, stated
		case f.Lifecycle == l:
			f.Lifecycle, f.LifecycleSource = Active, stated
		}
		return nil
	}}
}

func valueInput(at func(*Facts) *Value, least, most float64) input {
	return input{least: least, most: most, apply: func(f *Facts, a amount, _ Params) error {
		v := at(f)
		base := *v
		if !base.Known {
			base = Known(0, "") // of seats and money none are on record
		}
		n, err := a.on(base, "")
		if err == nil {
			*v = Known(clamp(n, least, most), stated)
		}
		return err
	}}
}

// workInput changes our commits or reviews; what we add is added to all.
func workInput(at func(*Give) (ours, all *Value), rate func(Params) float64) input {
	return input{fte: true, most: 1e9, apply: func(f *Facts, a amount, p Params) error {
		if f.Signals == nil { // only the form is tested
			return nil
		}
		if !f.Give.AllCommits.Known || !f.Give.OurCommits.Known {
			return fmt.Errorf("what is given there is not known, so nothing can be added to it: read its history, say who is ours, or set our-share")
		}
		ours, all := at(&f.Give)
		n := a.n
		if a.fte {
			n *= rate(p) * float64(p.Days) / 365
		}
		was := 0.0
		if ours.Known {
			was = ours.N
		}
		if a.relative {
			n += was
		}
		n = math.Max(0, n)
		total := n
		if all.Known {
			total = math.Max(n, all.N+n-was)
		}
		*ours, *all = Known(n, stated), Known(total, stated)
		f.Give.Share = Value{} // a share that was stated is of before
		return nil
	}}
}

// on gives the amount itself, or added to what is there.
func (a amount) on(v Value, name string) (float64, error) {
	if !a.relative {
		return a.n, nil
	}
	if !v.Known {
		return 0, fmt.Errorf("%s is not known, so nothing can be added to it; set it without a sign", name)
	}
	return v.N + a.n, nil
}

// Apply changes the facts.
func (c Change) Apply(f *Facts, p Params) error {
	in, ok := inputs[c.Key]
	if !ok {
		return fmt.Errorf("there is no input %q; there are %s", c.Key, strings.Join(InputKeys(), ", "))
	}
	a, err := parseAmount(c.Value, in)
	if err != nil {
		return fmt.Errorf("%s=%s: %w", c.Key, c.Value, err)
	}
	if f.Signals == nil && a.relative && !in.flag { // only the form is tested
		return nil
	}
	return in.apply(f, a, p)
}

func parseAmount(s string, in input) (amount, error) {
	if in.flag {
		switch strings.ToLower(s) {
		case "yes", "true":
			return amount{yes: true}, nil
		case "no", "false":
			return amount{}, nil
		}
		return amount{}, fmt.Errorf("want yes or no")
	}
	a := amount{relative: strings.HasPrefix(s, "+") || strings.HasPrefix(s, "-")}
	text := strings.ToLower(s)
	scale := 1.0
	switch {
	case strings.HasSuffix(text, "fte") && in.fte:
		text, a.fte = strings.TrimSpace(strings.TrimSuffix(text, "fte")), true
	case strings.HasSuffix(text, "%"):
		text, scale = strings.TrimSuffix(text, "%"), .01
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !finite(n) {
		return a, fmt.Errorf("want a number")
	}
	a.n = n * scale
	if !a.relative && (a.n < in.least || a.n > in.most) {
		return a, fmt.Errorf("want a number from %s to %s", number(in.least), number(in.most))
	}
	return a, nil
}

// WhatIf scores an upstream as it is and as it would be. Refused says which
// changes could not be made, for what they add to is not known; the others hold.
func WhatIf(f Facts, changes []Change, p Params) (before, after Score, refused []error) {
	before = Compute(f, p)
	changed := f
	if changed.Signals == nil {
		changed.Signals = map[Signal]Value{}
	}
	for _, c := range changes {
		if err := c.Apply(&changed, p); err != nil {
			refused = append(refused, fmt.Errorf("%s=%s: %w", c.Key, c.Value, err))
		}
	}
	return before, Compute(changed, p), refused
}

// nextStep is the least whole number above n whose risk is smaller.
func nextStep(c Curve, n float64) float64 {
	now := c.At(n)
	for i, x := 0, math.Round(n)+1; i < 100; i, x = i+1, x+1 {
		if c.At(x) < now {
			return x
		}
	}
	return math.Round(n) + 1
}

// assumption is what an action is assumed to change.
func assumption(s *Score, a Action, p Params) []Change {
	signal := func(k Signal, better func(n float64) string) []Change {
		return []Change{{string(k), better(s.Facts.Signals[k].N)}}
	}
	switch a.Kind {
	case FundMaintainer, GrowCommunity:
		return signal(AbsenceFactor, func(n float64) string { return number(nextStep(p.Signals[AbsenceFactor].Curve, n)) })
	case OfferReviews:
		out := []Change{{"our-reviews", "+0.2fte"}}
		if a.Signal == FirstResponse {
			return append(out, signal(FirstResponse, func(n float64) string { return number(math.Max(2, n/2)) })...)
		}
		return append(out, signal(ClosureRatio, func(n float64) string { return number(math.Max(n, .9)) })...)
	case PayAudit:
		return []Change{{"vulns", "0"}}
	case Foundation:
		if ef := s.Facts.Signals[ElephantFactor]; ef.Known && ef.N < 3 {
			return signal(ElephantFactor, func(n float64) string { return number(nextStep(p.Signals[ElephantFactor].Curve, n)) })
		}
	case Migrate, Replace:
		return []Change{{"used", "no"}}
	case Adopt:
		return []Change{{"last-commit", "30"}}
	case HelpRelease:
		return []Change{{"release-gap", "1"}}
	case Disclosure:
		return []Change{{"disclosure", "yes"}}
	case Dependencies:
		return []Change{{"libyears", "0.5"}}
	}
	return nil
}

// effect recomputes the score under what the action is assumed to change.
func (p Params) effect(s *Score, a Action) Effect {
	changes := assumption(s, a, p)
	if len(changes) == 0 || !s.Gap.Known {
		return Effect{}
	}
	changed := s.Facts
	var words []string
	for _, c := range changes {
		if c.Apply(&changed, p) == nil { // what is not known can't be added to
			words = append(words, c.Key+"="+c.Value)
		}
	}
	if len(words) == 0 {
		return Effect{}
	}
	e := Effect{Known: true, Assuming: strings.Join(words, " ")}
	if len(changed.Uses) == 0 { // nothing of ours depends on it any more
		e.Assuming, e.Need, e.Gap = "no product uses it", Known(0, stated), Known(0, stated)
		e.Derivation = &Term{ID: "effect", Name: "Gap then", Value: e.Gap, How: "0: nothing of ours depends on it"}
	} else {
		after := compute(changed, p)
		e.Need, e.Gap = after.Need, after.Gap
		e.Derivation = effectTerm(after.Derivation, e.Assuming)
	}
	e.Less = s.Gap.N - e.Gap.N
	if a.Cost.FTE.Known && a.Cost.FTE.N > 0 {
		e.PerFTE = Known(e.Less/a.Cost.FTE.N, a.Cost.FTE.Source)
	}
	if a.Cost.Money.Known && a.Cost.Money.N > 0 {
		e.PerThousand = Known(e.Less/a.Cost.Money.N*1000, a.Cost.Money.Source)
	}
	return e
}

// effectTerm is the top of the score's derivation as it would be.
func effectTerm(gap *Term, assuming string) *Term {
	out := &Term{ID: "effect", Name: "Gap then, with " + assuming, Value: gap.Value, How: gap.How}
	for _, id := range []string{"need", "criticality", "fragility", "give"} {
		if t := gap.Find(id); t != nil {
			out.Parts = append(out.Parts, &Term{ID: "effect/" + id, Name: t.Name + " then", Value: t.Value, How: t.How})
		}
	}
	return out
}

func round1(x float64) float64 { return math.Round(x*10) / 10 }
