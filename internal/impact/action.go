package impact

import (
	"cmp"
	"fmt"
	"slices"
)

// ActionKind is what can be done about an upstream.
type ActionKind string

// The actions.
const (
	FundMaintainer ActionKind = "maintainer"  // fund or second a maintainer
	GrowCommunity  ActionKind = "contributor" // bring in another contributor
	OfferReviews   ActionKind = "reviews"     // give review time
	PayAudit       ActionKind = "audit"       // pay for an audit or fixes
	Foundation     ActionKind = "foundation"  // talk of a foundation; plan a fork
	Migrate        ActionKind = "migrate"     // migrate, or maintain it ourselves
	Replace        ActionKind = "replace"
	Adopt          ActionKind = "adopt"        // take part in maintaining it
	HelpRelease    ActionKind = "release"      // help with releases
	Disclosure     ActionKind = "disclosure"   // help write a security policy
	Dependencies   ActionKind = "dependencies" // send updates of its dependencies
	FindOut        ActionKind = "measure"      // learn what is not known
	KeepWatch      ActionKind = "watch"
)

// ActionKinds lists all actions.
var ActionKinds = []ActionKind{FundMaintainer, GrowCommunity, OfferReviews, PayAudit, Foundation, Migrate, Replace, Adopt, HelpRelease, Disclosure, Dependencies, FindOut, KeepWatch}

// Action is one thing to do about an upstream.
type Action struct {
	Kind   ActionKind
	Title  string
	Why    string
	What   string // how to go about it
	Owner  string
	IfNot  string // what happens if nobody does
	Signal Signal // the signal that it answers; "" for others
	Cost   Cost
	Effect Effect
}

// Effect is the counterfactual: the score recomputed as if the action had
// worked.
type Effect struct {
	// Known is false for an action that changes no input.
	Known     bool
	Assuming  string // what is assumed to change
	Need, Gap Value  // afterwards
	// Less is how much smaller the gap would be.
	Less float64
	// Derivation says how the gap afterwards came about; nil when not Known.
	Derivation *Term
	// PerFTE and PerThousand are Less by year of work and by 1,000 of money,
	// unknown where no cost is given.
	PerFTE, PerThousand Value
}

// plan says what answers a signal.
type plan struct {
	kind               ActionKind
	title, what, ifNot string
}

var plans = map[Signal]plan{
	AbsenceFactor: {FundMaintainer, "Fund or second a maintainer", "Ask the maintainers what they lack; fund one of them, or give one of our people the time to become one.",
		"when the few people who carry it stop, nobody is there to fix or release it"},
	LastCommit: {Adopt, "Take part in maintaining it, or plan to leave", "Ask whether it is finished or abandoned; offer a maintainer, else choose a replacement while there is time.",
		"problems found from now on stay unfixed"},
	ReleaseGap: {HelpRelease, "Help to get a release out", "Ask what holds the next release back and offer the work.",
		"fixes that are made do not reach us"},
	ClosureRatio: {OfferReviews, "Offer review time", "Give a person regular hours to review changes there, as the project's own reviewers do.",
		"the queue grows, contributors leave, our own changes wait"},
	FirstResponse: {OfferReviews, "Offer review time", "Give a person regular hours to answer and review there.",
		"contributors leave, our own changes wait"},
	ElephantFactor: {Foundation, "Talk about governance beyond one organization", "Ask whether others may become maintainers and whether a foundation is wanted; keep a plan for a fork.",
		"one organization's change of mind decides over our products"},
	Vulnerabilities: {PayAudit, "Pay for an audit or for the fixes", "Offer the fixes, or pay somebody the project trusts to make them.",
		"our products ship what is known to be open to attack"},
	NoDisclosure: {Disclosure, "Help to write a security policy", "Propose a SECURITY.md with a private contact, and offer to answer it.",
		"those who find a hole have nobody to tell but the public"},
	Libyears: {Dependencies, "Send updates of its dependencies", "Set up automated updates there, or send them.",
		"old dependencies come into our products with it"},
}

// actions proposes what to do, the most telling first.
func (p Params) actions(s *Score) []Action {
	f := s.Facts
	if s.Thin {
		return []Action{p.finish(s, Action{Kind: FindOut, Title: "Find out how it is doing", Why: "too little is known of its community",
			What: "Clone it and read its history: tributary history PATH.", IfNot: "its risk stays unknown: anything up to a need of " + number(round1(s.NeedHigh))})}
	}
	var out []Action
	switch f.Lifecycle {
	case Archived, EndOfLife:
		word := map[Lifecycle]string{Archived: "it is archived", EndOfLife: "its end of life is declared"}[f.Lifecycle]
		out = append(out, Action{Kind: Migrate, Title: "Migrate away, or maintain it ourselves", Why: word + source(f.LifecycleSource),
			What: "Choose a successor; until then keep a fork with owner, changes and exit criteria on record.", IfNot: "no more fixes come, security fixes included"})
	}
	if s.Need.N < p.ActFrom && len(out) == 0 {
		return []Action{p.finish(s, Action{Kind: KeepWatch, Title: "Keep watching", Why: fmt.Sprintf("need %s is below %s", number(round1(s.Need.N)), number(p.ActFrom)),
			What: "Nothing now.", IfNot: "nothing, as things are"})}
	}
	if s.G.Known && s.Gap.N < p.ActFrom && len(out) == 0 {
		out = append(out, Action{Kind: KeepWatch, Title: "Keep giving what we give", Why: fmt.Sprintf("it is needed (%s), and what we give leaves a gap of %s, below %s", number(round1(s.Need.N)), number(round1(s.Gap.N)), number(p.ActFrom)),
			What: "Nothing new; see that it lasts when people move on.", IfNot: "the gap opens to the whole need of " + number(round1(s.Need.N))})
	}
	if s.Relicense.Level == "high" {
		out = append(out, Action{Kind: Foundation, Title: "Talk of a foundation, plan a contingency fork", Why: "one company has the means and the right to change the license",
			What: "Ask the owner for a commitment or a neutral home; know the last open version, what a fork would cost, and who would share it.", IfNot: "a new license takes effect at the owner's date, not ours"})
	}
	if s.F.N >= 7 && s.C.N < 3 && knownShare(s.Risks) >= p.LeastKnown && f.Lifecycle != Archived && f.Lifecycle != EndOfLife {
		out = append(out, Action{Kind: Replace, Title: "Replace it", Why: fmt.Sprintf("fragile (%s of 10) and not critical to us (%s of 10)", number(round1(s.F.N)), number(round1(s.C.N))),
			What: "Choose an alternative at the next occasion; leaving is cheaper than helping.", IfNot: "a small dependency turns into an incident"})
	}
	out = append(out, p.signalActions(s)...)
	if len(out) == 0 {
		out = append(out, Action{Kind: KeepWatch, Title: "Keep watching", Why: "no signal asks for anything", What: "Nothing now.", IfNot: "nothing, as things are"})
	}
	return p.dominant(s, out)
}

// knownShare is the share of fragility's weight that is known: one bad signal
// among unknown ones asks for its own remedy, not for leaving.
func knownShare(risks []Risk) float64 {
	known, all := 0.0, 0.0
	for _, r := range risks {
		all += r.Weight
		if r.Value.Known {
			known += r.Weight
		}
	}
	if all == 0 {
		return 0
	}
	return known / all
}

// speaks is what a signal must add to fragility's sum to ask for an action: as
// much as a missing disclosure policy.
const speaks = .3 - 1e-9

// signalActions answers the signals by what they add to fragility, each kind of
// action once.
func (p Params) signalActions(s *Score) []Action {
	risks := slices.Clone(s.Risks)
	slices.SortStableFunc(risks, func(a, b Risk) int { return cmp.Compare(b.Risk*b.Weight, a.Risk*a.Weight) })
	seen := map[ActionKind]bool{}
	var out []Action
	for _, r := range risks {
		if !r.Value.Known || r.Risk*r.Weight < speaks {
			continue
		}
		pl := plans[r.Signal]
		if r.Signal == AbsenceFactor && r.Value.N > 2 {
			pl.kind, pl.title = GrowCommunity, "Bring in another contributor"
			pl.what = "Give one of our people regular time there, with the aim of becoming a maintainer."
		}
		if seen[pl.kind] {
			continue
		}
		seen[pl.kind] = true
		a := Action{Kind: pl.kind, Title: pl.title, What: pl.what, IfNot: pl.ifNot, Signal: r.Signal, Why: why(r, s.Facts)}
		if pl.kind == OfferReviews && s.Facts.OpenChanges.Known && s.Facts.OpenChanges.N > 0 {
			a.Why += fmt.Sprintf("; %s of our own changes wait there", number(s.Facts.OpenChanges.N))
		}
		out = append(out, a)
	}
	return out
}

// why puts a risk in words.
func why(r Risk, f Facts) string {
	n := number(round1(r.Value.N))
	switch r.Signal {
	case AbsenceFactor:
		text := n + " people make half of the contributions"
		if r.Value.N == 1 {
			text = "one person makes half of the contributions"
		}
		if f.OurAbsence {
			text += ", and ours is among them: plan the succession"
		}
		return text
	case LastCommit:
		return n + " days since the last commit by a human"
	case ReleaseGap:
		return "the last release is " + n + " of its usual gaps ago"
	case ClosureRatio:
		return "only " + number(round1(100*r.Value.N)) + " % as many change requests are closed as are opened"
	case FirstResponse:
		return "half of the first answers take longer than " + n + " days"
	case ElephantFactor:
		if r.Value.N == 1 {
			return "one organization makes half of the contributions"
		}
		return n + " organizations make half of the contributions"
	case Vulnerabilities:
		if r.Value.N == 1 {
			return "a known vulnerability is unfixed for more than 90 days" + source(r.Value.Note)
		}
		return n + " known vulnerabilities are unfixed for more than 90 days" + source(r.Value.Note)
	case NoDisclosure:
		return "it says nowhere how to report a vulnerability"
	}
	return "its own dependencies are " + n + " years behind on average"
}

// dominant keeps the order (overrides before signals) and adds owner, cost and
// effect. At most four are kept: more is no plan.
func (p Params) dominant(s *Score, all []Action) []Action {
	// A license risk leads only where nothing that counts in the score is more
	// pressing.
	if len(all) > 1 && all[0].Kind == Foundation && all[0].Signal == "" && all[1].Signal != "" && all[1].Signal != ElephantFactor && strongest(s) >= 2 {
		all[0], all[1] = all[1], all[0]
	}
	seen := map[ActionKind]bool{}
	var out []Action
	for _, a := range all {
		if !seen[a.Kind] && len(out) < 4 {
			seen[a.Kind] = true
			out = append(out, p.finish(s, a))
		}
	}
	return out
}

func strongest(s *Score) float64 {
	most := 0.0
	for _, r := range s.Risks {
		most = max(most, r.Risk*r.Weight)
	}
	return most
}

// finish adds owner, cost and counterfactual.
func (p Params) finish(s *Score, a Action) Action {
	a.Owner = owner(s.Facts, p)
	a.Cost = p.Costs[a.Kind]
	if own, ok := s.Facts.Costs[a.Kind]; ok {
		a.Cost = own
	}
	a.Effect = p.effect(s, a)
	return a
}

// owner is who answers for the relation: the program's word, else the team of
// the product that depends most on it, else the open source office.
func owner(f Facts, p Params) string {
	if f.Owner != "" {
		return f.Owner
	}
	best, team := 0.0, ""
	for _, u := range f.Uses {
		if e := u.Weight * p.Exposure(u); u.Team != "" && (e > best || e == best && (team == "" || u.Team < team)) {
			best, team = e, u.Team
		}
	}
	return cmp.Or(team, "ospo")
}

func source(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}
