package policy

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// verdict writes down the finding with its proof.
func (s *Session) verdict(use *Use, eff effective, f finding) *Verdict {
	k := f.cases[f.deciding]
	v := &Verdict{
		Decision: f.decision, Rule: k.out.deciding.ref(), Effective: eff.expr,
		Role: role(f.decision, k.out.deciding.rule), Leaves: s.leafVerdicts(&k, eff.expr),
	}
	if k.out.elected {
		v.Branch = k.out.chosen.String()
	}
	v.Reasons = s.reasons(f, v)
	if f.hinges {
		d := disagreements(f)[0]
		v.Role, v.Rule = "team", builtin("not-known-"+d.name, "it is not known "+d.what+", and the verdict depends on it -> review")
	}
	if v.Decision.Rank() >= Review.Rank() {
		v.licenseOpen = true
		v.Fix = s.fixes(use, eff, f, v)
	}
	return v
}

func (a answer) ref() RuleRef {
	if a.rule == nil {
		return builtin("default", "no rule speaks of it -> review")
	}
	return a.rule.ref
}

// role names who decides: the rule's, else legal; nobody where it passes.
func role(d program.Decision, r *rule) string {
	switch {
	case d.Rank() < Review.Rank():
		return ""
	case r != nil && r.Role != "":
		return r.Role
	}
	return "legal"
}

func (s *Session) leafVerdicts(k *kase, e license.Expr) []LeafVerdict {
	taken := map[license.Leaf]bool{}
	for _, l := range k.out.chosen.Leaves() {
		taken[l] = true
	}
	var out []LeafVerdict
	for _, l := range e.Leaves() {
		a := s.leaf(&k.sit, l)
		lv := LeafVerdict{License: l.String(), Category: a.facts.category, CategorySource: a.facts.source,
			Decision: a.decision, Rule: a.ref(), Taken: taken[l]}
		if !a.as.IsZero() {
			lv.Taken = taken[a.as]
			lv.Note = "judged as " + a.as.String() + ", which the licensee may choose"
		}
		out = append(out, lv)
	}
	return out
}

func (s *Session) reasons(f finding, v *Verdict) []Reason {
	k := f.cases[f.deciding]
	a := k.out.deciding
	var open, out []Reason
	if f.open {
		for _, d := range disagreements(f) {
			open = append(open, Reason{Text: d.text(), Source: "program.yaml"})
		}
	}
	text := "No rule speaks of it, so a person decides."
	if a.rule != nil {
		text = a.rule.Reason
		if text == "" {
			text = "The rule says: " + a.rule.ref.Text + "."
		}
	}
	if f.hinges {
		out = append(open, Reason{Text: "At worst (" + k.sit.words() + "): " + text, Source: source(a.ref())})
	} else {
		out = append([]Reason{{Text: text, Source: source(a.ref())}}, open...)
	}
	name := a.facts.leaf.String()
	if a.facts.category == license.UnknownCategory && (a.facts.leaf.ID == license.NoAssertion || a.facts.leaf.ID == license.None) {
		name = "no license"
	}
	out = append(out, Reason{Text: fmt.Sprintf("The license that decides is %s, category %s; judged for %s.", name, a.facts.category, k.sit.words()), Source: a.facts.source})
	if v.Branch != "" {
		out = append(out, Reason{Text: "Of what may be chosen, " + v.Branch + " was taken.", Source: "license expression"})
	}
	return out
}

func source(r RuleRef) string {
	if r.Line == 0 {
		return r.File + " rule " + r.ID
	}
	return fmt.Sprintf("%s:%d rule %s", r.File, r.Line, r.ID)
}

func (sit *situation) words() string {
	w := fmt.Sprintf("%s, %s, %s", sit.delivery, orRuntime(sit.use.Scope), sit.coupling)
	if sit.modified == program.Yes {
		w += ", modified"
	}
	if sit.use.LockedDown {
		w += ", locked down"
	}
	return w
}

func orRuntime(s inventory.Scope) inventory.Scope {
	if s == "" {
		return inventory.Runtime
	}
	return s
}

// FactReasons repeats the statements and the assumptions that the verdict
// rests on, with their sources.
func FactReasons(use *Use, f LicenseFacts) []Reason {
	out := make([]Reason, 0, len(f.Concluded)+len(f.Declared)+len(f.Detected)+len(use.Assumptions))
	for _, list := range [][]inventory.LicenseFact{f.Concluded, f.Declared, f.Detected} {
		for i := range list {
			out = append(out, factReason(&list[i]))
		}
	}
	for _, a := range use.Assumptions {
		out = append(out, Reason{Text: "Assumed: " + a + ".", Source: "built-in defaults"})
	}
	return out
}

func factReason(f *inventory.LicenseFact) Reason {
	text := f.Expression
	if text == "" {
		text = quoted(f.Raw)
	}
	r := Reason{Text: string(f.Kind) + ": " + text, Source: f.Source, Date: f.Observed}
	switch {
	case f.File == "":
	case f.FirstLine > 0:
		r.Source += fmt.Sprintf(" (%s:%d)", f.File, f.FirstLine)
	default:
		r.Source += " (" + f.File + ")"
	}
	return r
}

func quoted(s string) string {
	if r := []rune(s); len(r) > 80 {
		s = string(r[:80]) + "…"
	}
	return fmt.Sprintf("%q", s)
}

// disagreement tells how the verdict depends on one fact that is not known.
type disagreement struct {
	name string // "delivery"
	what string // "how it is delivered"
	key  string // the key in program.yaml that says
	by   map[program.Decision][]string
}

func (d disagreement) text() string {
	if len(d.by) < 2 {
		return "It is not known " + d.what + "; the verdict depends on this together with other facts that are not known."
	}
	var parts []string
	for _, dec := range program.Decisions {
		if len(d.by[dec]) > 0 {
			parts = append(parts, string(dec)+" for "+strings.Join(d.by[dec], ", "))
		}
	}
	return "It is not known " + d.what + ": " + strings.Join(parts, "; ") + "."
}

// dimensions are the facts that may be unknown. Each may follow from those
// before it, as the coupling of JavaScript does from the delivery.
var dimensions = []struct {
	name, what, key string
	value           func(*situation) string
}{
	{"delivery", "how it is delivered", "products.delivery", func(s *situation) string { return string(s.delivery) }},
	{"coupling", "how it is joined to the product", "products.overrides.coupling", func(s *situation) string { return string(s.coupling) }},
	{"replaceable", "whether recipients can replace it", "products.overrides.replaceable", func(s *situation) string { return string(s.replaceable) }},
	{"modified", "whether it was modified", "products.modified", func(s *situation) string { return string(s.modified) }},
	{"granted", "whether the licensor grants this use", "products.overrides.granted", func(s *situation) string { return string(s.granted) }},
}

// disagreements lists the unknown facts on which the verdict depends.
func disagreements(f finding) []disagreement {
	var out, joint []disagreement
	before := make([]string, len(f.cases)) // the dimensions already looked at, by case
	for _, dim := range dimensions {
		values, worst := map[string]string{}, map[string]program.Decision{}
		var order []string
		open := false
		for i := range f.cases {
			v, d := dim.value(&f.cases[i].sit), f.cases[i].out.decision
			if first, ok := values[before[i]]; ok && first != v {
				open = true
			} else if !ok {
				values[before[i]] = v
			}
			if w, ok := worst[v]; !ok {
				order = append(order, v)
				worst[v] = d
			} else if d.Rank() > w.Rank() {
				worst[v] = d
			}
			before[i] += "\x00" + v
		}
		d := disagreement{name: dim.name, what: dim.what, key: dim.key, by: map[program.Decision][]string{}}
		for _, v := range order {
			d.by[worst[v]] = append(d.by[worst[v]], v)
		}
		switch {
		case open && len(d.by) > 1:
			out = append(out, d)
		case open:
			joint = append(joint, d)
		}
	}
	if len(out) == 0 {
		return joint // no single fact decides, but two of them together do
	}
	return out
}

// fixes lists what would make it pass, found by trying: the same rules are
// asked about the same use with one thing changed.
func (s *Session) fixes(use *Use, eff effective, f finding, v *Verdict) []string {
	var out []string
	if r := f.cases[f.deciding].out.deciding.rule; r != nil && r.Fix != "" {
		out = append(out, r.Fix)
	}
	if f.open {
		for _, d := range disagreements(f) {
			good := append(d.by[Allow], d.by[AllowWithDuties]...)
			switch {
			case len(d.by) < 2:
				out = append(out, fmt.Sprintf("Say %s (program.yaml, %s).", d.what, d.key))
			case len(good) > 0:
				out = append(out, fmt.Sprintf("Say %s (program.yaml, %s): it passes with %s.", d.what, d.key, strings.Join(good, ", ")))
			}
		}
	}
	if f.cases[f.deciding].out.deciding.facts.category == license.UnknownCategory {
		out = append(out, "Find out the license and record it in conclusions.yaml.")
	}
	for _, try := range trials {
		changed := *use
		if try.change(&changed) && s.passes(&changed, eff.expr) {
			out = append(out, try.say)
		}
	}
	if strings.Contains(eff.basis, "differ") {
		out = append(out, "Declared and detected licenses differ: find out which is right and record it in conclusions.yaml.")
	}
	out = append(out, "Use another version or another component with a license that passes.")
	if v.Decision == Deny {
		return append(out, "Ask "+v.Role+" for a waiver (waivers.yaml).")
	}
	return append(out, "Ask "+v.Role+" to review it; record the answer as a rule on the package, a conclusion or a waiver.")
}

// trials are changes of use that may make a finding pass.
var trials = []struct {
	say    string
	change func(*Use) bool
}{
	{"If it is only needed to build or test, move it out of the runtime scope.", func(u *Use) bool {
		before := u.Scope
		u.Scope = inventory.Dev
		return before == "" || before == inventory.Runtime || before == inventory.Optional || before == inventory.Provided
	}},
	{"Make it replaceable by recipients: link it dynamically.", func(u *Use) bool {
		before := u.Coupling
		u.Coupling, u.Replaceable = program.Dynamic, program.Yes
		return before != program.Dynamic
	}},
	{"Run it as a separate process.", func(u *Use) bool {
		before := u.Coupling
		u.Coupling, u.Replaceable = program.SeparateProcess, ""
		return before != program.SeparateProcess
	}},
	{"Use it unmodified.", func(u *Use) bool {
		before := u.Modified
		u.Modified = program.No
		return before == program.Yes
	}},
}

func (s *Session) passes(use *Use, e license.Expr) bool {
	for _, g := range possibilities(use) {
		if f := s.resolve(g, e); f.decision.Rank() > AllowWithDuties.Rank() {
			return false
		}
	}
	return true
}

// second answers whether a component of unknown version may be used, in each
// of the situations; the worst counts.
func (s *Session) second(v *Verdict, use *Use, findings []finding) {
	lv := LeafVerdict{Decision: NotJudged, Taken: true}
	why, who := "", ""
	for _, f := range findings {
		for i := range f.cases {
			d, rule := s.askUnresolved(&f.cases[i])
			if d.Rank() <= lv.Decision.Rank() {
				continue
			}
			lv.Decision, lv.Rule = d, builtin("unresolved", "the version is not known -> review")
			why, who = "The version is not known, so neither is what exactly is used.", "team"
			if rule != nil {
				lv.Rule, why, who = rule.ref, orText(rule.Reason, why), orText(rule.Role, who)
			}
		}
	}
	v.Unresolved = &lv
	reason := Reason{Text: why, Source: source(lv.Rule)}
	if lv.Decision.Rank() <= v.Decision.Rank() {
		v.Reasons = append(v.Reasons, reason)
	} else {
		v.Decision, v.Rule, v.Role = lv.Decision, lv.Rule, ""
		if lv.Decision.Rank() >= Review.Rank() {
			v.Role = who
		}
		v.Reasons = append([]Reason{reason}, v.Reasons...)
	}
	if lv.Decision.Rank() >= Review.Rank() {
		v.Fix = append([]string{"Pin the version with a lockfile and scan again."}, v.Fix...)
	}
}

func (s *Session) askUnresolved(k *kase) (program.Decision, *rule) {
	for _, r := range s.policy.unresolved {
		if r.matches(s, &k.sit, k.out.deciding.facts) {
			return r.Verdict, r
		}
	}
	return Review, nil
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
