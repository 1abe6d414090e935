package policy

import (
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// answer is what the rules say of one license in one situation.
type answer struct {
	facts    *leafFacts
	decision program.Decision
	rule     *rule // nil when no rule speaks of it
	// as is the version it was judged as, when "or later" was used.
	as license.Leaf
}

// outcome is what follows for an expression in one situation.
type outcome struct {
	decision program.Decision
	deciding answer       // the license that decided
	chosen   license.Expr // the expression with its choices made
	elected  bool         // whether there was a choice to make
}

// evaluate judges an expression: AND is as bad as its worst part, OR as good
// as its best. It is a fold, so its depth is the parser's.
func (s *Session) evaluate(sit *situation, e license.Expr) outcome {
	if e.Op == license.OpLeaf {
		a := s.leaf(sit, e.Leaf)
		out := outcome{decision: a.decision, deciding: a, chosen: e}
		if !a.as.IsZero() {
			out.chosen, out.elected = license.Of(a.as), true
		}
		return out
	}
	var result outcome
	var parts []license.Expr
	elected := false
	for i, arg := range e.Args {
		out := s.evaluate(sit, arg)
		parts = append(parts, out.chosen)
		elected = elected || out.elected
		if i == 0 || e.Op == license.OpAnd && out.worse(result) || e.Op == license.OpOr && result.worse(out) {
			result = out
		}
	}
	if e.Op == license.OpAnd {
		result.chosen, result.elected = license.And(parts...), elected
	} else {
		result.elected = true
	}
	return result
}

// worse orders by decision, then by the reach of the category.
func (o outcome) worse(than outcome) bool {
	if a, b := o.decision.Rank(), than.decision.Rank(); a != b {
		return a > b
	}
	return o.deciding.facts.category.Reach() > than.deciding.facts.category.Reach()
}

// leaf asks the rules about one license. A rule on the license as it is written
// decides; otherwise "or later" is the set of its versions and the licensee
// takes the best.
func (s *Session) leaf(sit *situation, l license.Leaf) answer {
	written := s.ask(sit, l)
	if written.rule != nil && written.rule.class <= classLicense {
		return written
	}
	best := written
	for _, v := range l.Later() {
		if v == l {
			continue
		}
		if a := s.ask(sit, v); a.decision.Rank() < best.decision.Rank() {
			a.as = v
			best = a
		}
	}
	return best
}

// ask finds the first rule that matches; where none speaks, a person decides.
func (s *Session) ask(sit *situation, l license.Leaf) answer {
	facts := s.facts(l)
	for _, r := range s.policy.rules {
		if r.matches(s, sit, facts) {
			return answer{facts: facts, decision: r.Verdict, rule: r}
		}
	}
	return answer{facts: facts, decision: Review}
}

// facts looks a license up once.
func (s *Session) facts(l license.Leaf) *leafFacts {
	if f, ok := s.leaves[l]; ok {
		return f
	}
	f := &leafFacts{leaf: l, id: license.Leaf{ID: l.ID, OrLater: l.OrLater}.String()}
	f.category, f.source = s.policy.category(l)
	if l.Exception != "" {
		base, _ := s.policy.category(license.Leaf{ID: l.ID, OrLater: l.OrLater})
		f.pair = base != f.category
	}
	s.leaves[l] = f
	return f
}

// category is the company's view of a license, else ours.
func (pol *Policy) category(l license.Leaf) (license.Category, string) {
	if c, ok := pol.categories[l.String()]; ok {
		return c, pol.categoriesFile + ": categories"
	}
	if _, ok := pol.categories[l.ID]; ok && l.Exception != "" {
		// The company's word on the license holds for it with an exception too,
		// unless the exception makes it another thing.
		if base, _ := license.CategoryOf(license.Leaf{ID: l.ID, OrLater: l.OrLater}); base == first(license.CategoryOf(l)) {
			return pol.categories[l.ID], pol.categoriesFile + ": categories"
		}
	}
	return license.CategoryOf(l)
}

func first(c license.Category, _ string) license.Category { return c }

// possibilities lists the situations of a use: one list for each known
// delivery and recipient (the worst counts), in it one situation for each value
// of what is not known (where they disagree a person is asked).
func possibilities(use *Use) [][]situation {
	recipients := use.Recipients
	if len(recipients) == 0 {
		recipients = []program.Recipient{""} // by delivery
	}
	var all [][]situation
	for _, r := range recipients {
		if unknownDelivery(use.Delivery) {
			var open []situation
			for _, d := range reaching(program.Deliveries, use.Component.Type) {
				open = append(open, expand(situation{use: use, delivery: d, recipient: r})...)
			}
			all = append(all, open)
			continue
		}
		for _, d := range use.Delivery {
			all = append(all, expand(situation{use: use, delivery: d, recipient: r}))
		}
	}
	return all
}

// expand fills in what follows by default, and gives one situation for each
// value of what remains unknown.
func expand(base situation) []situation {
	use := base.use
	if base.recipient == "" {
		base.recipient = defaultRecipient(base.delivery)
	}
	coupling := use.Coupling
	if coupling == "" {
		coupling = DefaultCoupling(use.Component.Type, base.delivery)
	}
	couplings := []program.Coupling{coupling}
	if coupling == program.CouplingUnknown {
		couplings = program.Couplings
	}
	var all []situation
	for _, c := range couplings {
		replaceable := use.Replaceable
		if replaceable == "" {
			replaceable = DefaultReplaceable(c)
		}
		for _, r := range answers(replaceable) {
			for _, m := range answers(orNo(use.Modified)) {
				for _, g := range answers(orUnknown(use.Granted)) {
					sit := base
					sit.coupling, sit.replaceable, sit.modified, sit.granted = c, r, m, g
					all = append(all, sit)
				}
			}
		}
	}
	return all
}

// defaultRecipient is who gets a product when nobody says: what is internal
// stays in the legal entity, all else is for everybody.
func defaultRecipient(d program.Delivery) program.Recipient {
	if d == program.InternalOnly {
		return program.OwnEntity
	}
	return program.Public
}

func answers(t program.Tri) []program.Tri {
	if t == program.Unknown {
		return []program.Tri{program.Yes, program.No}
	}
	return []program.Tri{t}
}

func orNo(t program.Tri) program.Tri {
	if t == "" {
		return program.No
	}
	return t
}

func orUnknown(t program.Tri) program.Tri {
	if t == "" {
		return program.Unknown
	}
	return t
}
