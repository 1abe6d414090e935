package policy

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// effective is the license that is judged, and how it came about.
type effective struct {
	expr  license.Expr
	text  string // expr in normal form, for look-ups
	basis string
	// leaves has the licenses of expr with the versions that "or later" allows;
	// filled in by a session.
	leaves []*leafFacts
}

var noAssertion = license.Of(license.Leaf{ID: license.NoAssertion})

// Effective gives the license to judge from the statements on it: what a
// person concluded; else what declared and detected agree on; else, where they
// differ, both at once, since either may be true.
func Effective(f LicenseFacts) (license.Expr, string) {
	e := effectiveOf(f)
	return e.expr, e.basis
}

func effectiveOf(f LicenseFacts) effective {
	expr, basis := weigh(f)
	if expr.IsZero() {
		expr = noAssertion
	}
	return effective{expr: expr, text: expr.Normalize().String(), basis: basis}
}

func weigh(f LicenseFacts) (license.Expr, string) {
	if c, _, ok := combine(f.Concluded); ok {
		return c, "concluded by a person"
	}
	declared, unclear, isDeclared := combine(f.Declared)
	detected, odd, isDetected := combine(f.Detected)
	switch {
	case !isDeclared && !isDetected:
		return noAssertion, "nothing says what the license is" + unclearNote(unclear, odd)
	case !isDetected:
		return withUnclear(declared, unclear), "declared; no text was looked at or none was recognized" + unclearNote(unclear, odd)
	case !isDeclared:
		return withUnclear(detected, odd), "detected in the text; nothing understood is declared" + unclearNote(unclear, odd)
	case license.Equivalent(declared, detected):
		return declared, "declared and detected agree"
	case explains(declared, detected):
		return declared, "declared, and every text found belongs to it"
	}
	return license.And(declared, detected), "declared (" + declared.String() + ") and detected (" + detected.String() + ") differ: both must hold"
}

// withUnclear adds the unknown where a statement of the same kind could not be
// understood: it may be a further condition.
func withUnclear(e license.Expr, unclear []string) license.Expr {
	if len(unclear) == 0 {
		return e
	}
	return license.And(e, noAssertion)
}

func unclearNote(lists ...[]string) string {
	var all []string
	for _, l := range lists {
		for _, s := range l {
			all = append(all, quoted(s))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return " (not understood: " + strings.Join(all, ", ") + ")"
}

// combine joins the statements of one kind: all of them hold. What could not be
// understood is returned apart; statements that assert nothing are left out.
func combine(facts []inventory.LicenseFact) (e license.Expr, unclear []string, ok bool) {
	var all []license.Expr
	seen := map[string]bool{}
	for _, f := range facts {
		x, known := understand(f)
		if !known {
			if raw := strings.TrimSpace(f.Raw); raw != "" {
				unclear = append(unclear, raw)
			}
			continue
		}
		if key := x.Normalize().String(); key != license.NoAssertion && !seen[key] {
			seen[key] = true
			all = append(all, x)
		}
	}
	e = license.And(all...)
	return e, unclear, len(all) > 0
}

func understand(f inventory.LicenseFact) (license.Expr, bool) {
	if f.Expression != "" {
		if e, err := license.Parse(f.Expression); err == nil {
			return e, true
		}
	}
	if f.Raw == "" {
		return license.Expr{}, false
	}
	e, _, ok := license.Understand(f.Raw)
	return e, ok
}

// explains is true when every license found in the text is one of the declared
// expression: a choice of two comes with two texts, and the text of the GPL
// does not tell whether later versions may be chosen.
func explains(declared, detected license.Expr) bool {
	stems := map[license.Leaf]bool{}
	for _, l := range declared.Leaves() {
		stems[stem(l)] = true
		stems[stem(license.Leaf{ID: l.ID})] = true
	}
	for _, l := range detected.Leaves() {
		if !stems[stem(l)] {
			return false
		}
	}
	return true
}

func stem(l license.Leaf) license.Leaf {
	id := strings.TrimSuffix(strings.TrimSuffix(l.ID, "-only"), "-or-later")
	return license.Leaf{ID: id, Exception: l.Exception}
}
