package policy

import (
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// Judge gives the verdict on one use. For many uses make one [Session].
func (pol *Policy) Judge(use Use, facts LicenseFacts, waivers []program.Waiver, today time.Time) Verdict {
	return pol.NewSession(waivers, today).Judge(use, facts)
}

// Session judges many uses on one day with the same waivers, and remembers what
// it has worked out: uses that differ in nothing that a rule asks share the
// work. It is not safe for concurrent use; make one a goroutine.
type Session struct {
	policy  *Policy
	waivers waiverIndex
	today   time.Time

	leaves    map[license.Leaf]*leafFacts
	effective map[[3]string]effective
	memo      map[class]*Verdict
	fits      map[fit]program.OutboundValue
	duties    map[dutyKey][]license.Duty
}

// NewSession starts judging.
func (pol *Policy) NewSession(waivers []program.Waiver, today time.Time) *Session {
	return &Session{
		policy: pol, waivers: indexWaivers(waivers), today: day(today),
		leaves: map[license.Leaf]*leafFacts{}, effective: map[[3]string]effective{},
		memo: map[class]*Verdict{}, fits: map[fit]program.OutboundValue{},
		duties: map[dutyKey][]license.Duty{},
	}
}

// Judge gives the verdict on one use.
func (s *Session) Judge(use Use, facts LicenseFacts) Verdict {
	v := s.Brief(&use, &facts)
	if v.Decision != NotJudged {
		v.Reasons = append(v.Reasons[:len(v.Reasons):len(v.Reasons)], FactReasons(&use, facts)...)
	}
	return v
}

// Brief is [Session.Judge] without the reasons that repeat the statements on
// the license; [FactReasons] gives them. Of a hundred thousand verdicts most are
// only counted.
func (s *Session) Brief(use *Use, facts *LicenseFacts) Verdict {
	if use.Fixture && !s.policy.includeFixtures {
		return Verdict{Decision: NotJudged, Rule: builtin("fixture", "the manifest is a fixture -> not_judged"),
			Reasons: []Reason{{Text: "The manifest is test data or a sample; the program leaves those out of verdicts (fixtures.include_in_verdicts).", Source: use.Manifest}}}
	}
	eff := s.effectiveFor(*facts)
	v := *s.class(use, eff)
	v.Effective, v.Basis = eff.expr, eff.basis
	if v.Decision.Rank() >= Review.Rank() {
		s.waive(&v, use)
	}
	return v
}

// class is all of a use that can make a difference to the verdict.
type class struct {
	license, basis, packages            string
	purlType                            string
	deliveries, recipients              uint32
	scope                               inventory.Scope
	relation                            inventory.Relation
	tier                                program.Tier
	coupling                            program.Coupling
	replaceable, modified, granted      program.Tri
	locked, unresolved                  bool
	outbound                            string
	product, team, repository, manifest string
	component                           inventory.PURL
}

func (s *Session) classOf(use *Use, eff effective) class {
	a := s.policy.asks
	a.everything = s.nearExpression(use, eff)
	c := class{
		license: eff.text, basis: eff.basis, packages: s.packages(use.Component), purlType: use.Component.Type,
		deliveries: bits(use.Delivery, program.Deliveries), recipients: bits(use.Recipients, program.Recipients),
		scope: use.Scope, tier: use.Tier, coupling: use.Coupling, replaceable: use.Replaceable,
		modified: use.Modified, granted: use.Granted, locked: use.LockedDown, unresolved: use.Component.Version == "",
		outbound: use.Outbound,
	}
	if a.relation || a.everything {
		c.relation = use.Relation
	}
	if a.product || a.everything {
		c.product = use.Product
	}
	if a.team || a.everything {
		c.team = use.Team
	}
	if a.repository || a.everything {
		c.repository = use.Repository
	}
	if a.manifest || a.everything {
		c.manifest = use.Manifest
	}
	if a.everything {
		c.component = use.Component
	}
	return c
}

// Particular tells whether a rule, a waiver or the product may treat a component
// otherwise than others of its type with the same license and use. Where nothing
// does, one verdict serves all of them.
func (s *Session) Particular(product *program.Product, c inventory.PURL) bool {
	if len(s.policy.asks.expressions) > 0 || s.waivers.mayName(c) {
		return true
	}
	for _, r := range s.policy.asks.packages {
		if anyPackage(r.Package, c) {
			return true
		}
	}
	if product == nil {
		return false
	}
	for i := range product.Overrides {
		if speaksOf(product.Overrides[i], c) {
			return true
		}
	}
	return anyPackage(product.Modified, c)
}

// nearExpression tells whether a rule with a CEL expression may be asked about
// the use: only then everything can make a difference.
func (s *Session) nearExpression(use *Use, eff effective) bool {
	for _, r := range s.policy.asks.expressions {
		if !r.matchesUse(use) {
			continue
		}
		if r.Unresolved != nil {
			return true
		}
		for _, l := range eff.leaves {
			if r.matchesLicense(l) {
				return true
			}
		}
	}
	return false
}

// bits packs a list into a set; a value that is not known sets the highest bit.
func bits[T comparable](list, known []T) uint32 {
	var set uint32
	for _, v := range list {
		at := 31
		for i, k := range known {
			if k == v {
				at = i
			}
		}
		set |= 1 << at
	}
	return set
}

// packages notes which rules on packages speak of the component.
func (s *Session) packages(c inventory.PURL) string {
	if len(s.policy.asks.packages) == 0 {
		return ""
	}
	var b strings.Builder
	for i, r := range s.policy.asks.packages {
		if anyPackage(r.Package, c) {
			b.WriteByte(byte(i))
			b.WriteByte(byte(i >> 8))
		}
	}
	return b.String()
}

func (s *Session) class(use *Use, eff effective) *Verdict {
	key := s.classOf(use, eff)
	if v, ok := s.memo[key]; ok {
		return v
	}
	v := s.judge(use, eff)
	s.memo[key] = v
	return v
}

// effectiveFor weighs the statements once for each combination of them.
func (s *Session) effectiveFor(f LicenseFacts) effective {
	key := [3]string{statements(f.Declared), statements(f.Detected), statements(f.Concluded)}
	if e, ok := s.effective[key]; ok {
		return e
	}
	e := effectiveOf(f)
	for _, l := range e.expr.Leaves() {
		e.leaves = append(e.leaves, s.facts(l))
		for _, v := range l.Later() {
			e.leaves = append(e.leaves, s.facts(v))
		}
	}
	s.effective[key] = e
	return e
}

func statements(facts []inventory.LicenseFact) string {
	if len(facts) == 1 && facts[0].Expression != "" && facts[0].Expression == facts[0].Raw {
		return facts[0].Expression
	}
	var b strings.Builder
	for _, f := range facts {
		b.WriteString(f.Expression)
		b.WriteByte(0)
		b.WriteString(f.Raw)
		b.WriteByte(1)
	}
	return b.String()
}

// judge works out the verdict of a class: the license question, then, for a
// version that is not known, the second one; the worse answer counts.
func (s *Session) judge(use *Use, eff effective) *Verdict {
	groups := possibilities(use)
	var worst finding
	var all []finding
	for i, g := range groups {
		f := s.resolve(g, eff.expr)
		all = append(all, f)
		if i == 0 || f.decision.Rank() > worst.decision.Rank() {
			worst = f
		}
	}
	v := s.verdict(use, eff, worst)
	v.Duties = s.dutiesOf(all)
	if v.Decision == Allow && len(v.Duties) > 0 {
		v.Decision = AllowWithDuties // a rule can let a use pass, it can't waive what the license asks
	}
	if use.Component.Version == "" {
		s.second(v, use, all)
	}
	return v
}

// kase is one situation with what follows in it.
type kase struct {
	sit situation
	out outcome
}

// finding is the answer for one group of possibilities.
type finding struct {
	decision program.Decision
	cases    []kase
	deciding int // index of the case that explains the decision
	// open is true when the possibilities disagree and some do not pass, so that
	// a person must look.
	open bool
	// hinges is true when some possibilities pass: it is enough to say which one
	// it is.
	hinges bool
}

func (s *Session) resolve(group []situation, e license.Expr) finding {
	f := finding{cases: make([]kase, len(group))}
	best := 0
	for i := range group {
		f.cases[i] = kase{group[i], s.evaluate(&group[i], e)}
		if f.cases[i].out.worse(f.cases[f.deciding].out) {
			f.deciding = i
		}
		if f.cases[best].out.worse(f.cases[i].out) {
			best = i
		}
	}
	lo, hi := f.cases[best].out.decision, f.cases[f.deciding].out.decision
	f.decision = hi
	if lo.Rank() != hi.Rank() && hi.Rank() > AllowWithDuties.Rank() {
		f.decision, f.open = Review, true
		if f.hinges = lo.Rank() <= AllowWithDuties.Rank(); !f.hinges {
			f.deciding = best // a review, whatever the answer; that is what is needed
		}
	}
	return f
}

func day(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func builtin(id, text string) RuleRef { return RuleRef{ID: id, File: "built-in", Text: text} }
