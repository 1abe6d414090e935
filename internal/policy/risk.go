package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/program"
)

// Vulnerability is what is known of one vulnerability in one use. What is not
// known is -1 or "", and never lets anything pass.
type Vulnerability struct {
	// IDs holds the id shown first, then all other names.
	IDs   []string
	Kind  program.VulnerabilityKind
	Level program.SeverityLevel
	// Score is the CVSS base score, EPSS the probability of exploitation; -1
	// where they are not known.
	Score, EPSS float64
	// Exploited is unknown where no catalog was asked.
	Exploited program.Tri
	// Fixed lists the versions without it above the one in use, lowest first.
	Fixed []string
	// Reachable is unknown where no analysis looked.
	Reachable program.Tri
	// ReachedBy is the evidence for Reachable, in one line.
	ReachedBy string
	Published time.Time
	// Decided is what people found out (vex.yaml).
	Decided program.VEXDecision
	// Claims are what others say, each in one line; they decide nothing.
	Claims []string
	// Source names the records and the state of the data.
	Source string
	// Upstream is what is known of the project; nil for nothing.
	Upstream *Upstream
}

// RiskVerdict is the answer about a vulnerability, or about the project behind a
// component, with its proof.
type RiskVerdict struct {
	Decision program.Decision
	// Role says who decides a review or may waive a denial.
	Role    string
	Rule    RuleRef
	Reasons []Reason
	// Fix lists what would settle it, easiest first; empty when it passes.
	Fix    []string
	Waiver *AppliedWaiver
	Lapsed []AppliedWaiver
}

// Outcome is the decision in one word: "waived" where the risk is accepted.
func (v RiskVerdict) Outcome() string {
	if v.Waiver != nil {
		return "waived"
	}
	return string(v.Decision)
}

// twoSubjects says which keys of a rule can't stand beside its subject; "" when
// all can.
func twoSubjects(r program.Rule) string {
	if r.Vulnerability == nil && r.Upstream == nil {
		return ""
	}
	var wrong []string
	for _, k := range []struct {
		key   string
		given bool
	}{{"license", len(r.License) > 0}, {"exception", len(r.Exception) > 0}, {"category", len(r.Category) > 0}, {"coupling", len(r.Coupling) > 0},
		{"replaceable", r.Replaceable != ""}, {"modified", r.Modified != ""}, {"granted", r.Granted != ""}, {"outbound", len(r.Outbound) > 0},
		{"unresolved", r.Unresolved != nil}, {"when", r.When != ""}} {
		if k.given {
			wrong = append(wrong, k.key)
		}
	}
	switch {
	case len(wrong) > 0:
		return "a rule on vulnerabilities or on upstream can't have " + strings.Join(wrong, ", ") + ", which speak of licenses; write two rules"
	case r.Verdict == AllowWithDuties:
		return "duties follow from licenses; a rule on vulnerabilities or on upstream says allow, review or deny"
	case r.Vulnerability == nil && keyCount(r.Upstream) == 0:
		return "upstream names no signal"
	}
	return ""
}

// riskCase is what the rules say in one situation.
type riskCase struct {
	sit      situation
	decision program.Decision
	rule     *rule // nil when no rule speaks of it
	// doubt names the stricter rule that could not be answered; nil for none.
	doubt  *rule
	unsure string
}

// JudgeVulnerability gives the verdict on one vulnerability in one use. Where no
// rule speaks of it, a person decides.
func (s *Session) JudgeVulnerability(use *Use, v *Vulnerability) RiskVerdict {
	if use.Fixture && !s.policy.includeFixtures {
		return RiskVerdict{Decision: NotJudged, Rule: builtin("fixture", "the manifest is a fixture -> not_judged")}
	}
	cases := s.riskCases(use, v)
	worst, best := cases[0], cases[0]
	for _, c := range cases[1:] {
		if c.decision.Rank() > worst.decision.Rank() {
			worst = c
		}
		if c.decision.Rank() < best.decision.Rank() {
			best = c
		}
	}
	out := RiskVerdict{Decision: worst.decision, Rule: riskRef(worst.rule)}
	text := "No rule speaks of it, so a person decides."
	if worst.rule != nil {
		text = orText(worst.rule.Reason, "The rule says: "+worst.rule.ref.Text+".")
	}
	out.Reasons = []Reason{{Text: text, Source: source(out.Rule)}}
	if worst.doubt != nil && worst.decision.Rank() < Review.Rank() {
		out.Decision, out.Rule = Review, worst.doubt.ref
		out.Reasons = []Reason{{Text: fmt.Sprintf("It is not known %s; with it the verdict would be %s: %s", worst.unsure, worst.doubt.Verdict, worst.doubt.Reason), Source: source(worst.doubt.ref)}}
	}
	if unknownDelivery(use.Delivery) && best.decision.Rank() != worst.decision.Rank() && worst.decision.Rank() > Review.Rank() {
		out.Decision = Review
		out.Reasons = append(out.Reasons, Reason{Text: fmt.Sprintf("It is not known how it is delivered: %s for %s, %s for %s.", best.decision, best.sit.delivery, worst.decision, worst.sit.delivery), Source: "program.yaml"})
		out.Fix = append(out.Fix, "Say how it is delivered (program.yaml, products.delivery).")
	}
	out.Reasons = append(out.Reasons, v.reasons(s.today)...)
	s.settle(&out, use, worst.rule, v)
	return out
}

// riskCases asks the rules in each situation that the use may be in.
func (s *Session) riskCases(use *Use, v *Vulnerability) []riskCase {
	deliveries := use.Delivery
	if unknownDelivery(deliveries) {
		deliveries = reaching(program.Deliveries, use.Component.Type)
	}
	recipients := use.Recipients
	if len(recipients) == 0 {
		recipients = []program.Recipient{""}
	}
	var out []riskCase
	for _, d := range deliveries {
		for _, r := range recipients {
			if r == "" {
				r = defaultRecipient(d)
			}
			out = append(out, s.riskCase(situation{use: use, delivery: d, recipient: r}, v))
		}
	}
	return out
}

func (s *Session) riskCase(sit situation, v *Vulnerability) riskCase {
	c := riskCase{sit: sit, decision: Review}
	for _, r := range s.policy.vulnerabilities {
		if !r.matchesUse(sit.use) || !r.matchesSituation(&sit) || r.Upstream != nil && !v.Upstream.matches(r.Upstream) {
			continue
		}
		holds, unsure := v.matches(r, s.today)
		switch {
		case holds && unsure == "":
			c.decision, c.rule = r.Verdict, r
			return c
		case holds && r.Verdict.Rank() >= Review.Rank() && c.doubt == nil:
			c.doubt, c.unsure = r, unsure
		}
	}
	return c
}

// matches tells whether all keys hold; unsure names what would have to be known
// to say so.
func (v *Vulnerability) matches(r *rule, today time.Time) (holds bool, unsure string) {
	k := r.Vulnerability
	status := program.NoStatus
	if v.Decided.Statement != nil {
		status = program.DecidedStatus(v.Decided.Statement.Status)
	}
	if len(k.ID) > 0 && !anyFold(k.ID, v.IDs) || len(k.Kind) > 0 && !in(k.Kind, v.Kind) || len(k.Severity) > 0 && !in(k.Severity, v.Level) ||
		k.Fix != nil && *k.Fix != (len(v.Fixed) > 0) || len(k.Reachable) > 0 && !in(k.Reachable, orUnknown(v.Reachable)) ||
		len(k.Status) > 0 && !in(k.Status, status) {
		return false, ""
	}
	// Malware passes only by a rule that names it.
	if v.Kind == program.KindMalware && len(k.Kind) == 0 && len(k.ID) == 0 && len(k.Status) == 0 && r.Verdict.Rank() < Review.Rank() {
		return false, ""
	}
	age := -1.0
	if !v.Published.IsZero() {
		age = max(0, today.Sub(day(v.Published)).Hours()/24)
	}
	for _, n := range []struct {
		want program.Number
		have float64
		what string
	}{{k.CVSS, v.Score, "how severe it is (no CVSS score)"}, {k.EPSS, v.EPSS, "how likely it is to be exploited (no EPSS data)"}, {k.Age, age, "when it was published"}} {
		switch {
		case !n.want.Given():
		case n.have < 0:
			unsure = n.what
		case n.have < n.want.Value:
			return false, ""
		}
	}
	switch known := orUnknown(v.Exploited); {
	case k.Exploited == nil:
	case known == program.Unknown:
		unsure = "whether it is exploited (no KEV catalog is loaded)"
	case *k.Exploited != (known == program.Yes):
		return false, ""
	}
	return true, unsure
}

func anyFold(patterns, ids []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return strings.EqualFold(p, id) })
	})
}

// reasons says what the verdict rests on, beside the rule.
func (v *Vulnerability) reasons(today time.Time) []Reason {
	text := "Severity " + string(v.Level)
	if v.Score >= 0 {
		text += fmt.Sprintf(" (CVSS %.1f)", v.Score)
	}
	if v.EPSS >= 0 {
		text += fmt.Sprintf(", EPSS %.1f %%", 100*v.EPSS)
	}
	switch orUnknown(v.Exploited) {
	case program.Yes:
		text += ", known to be exploited"
	case program.Unknown:
		text += ", not known whether it is exploited"
	}
	out := []Reason{{Text: text + ".", Source: v.Source, Date: v.Published}}
	if v.Reachable != "" && v.Reachable != program.Unknown {
		words := map[program.Tri]string{program.Yes: "Affected code can be called", program.No: "No way to call affected code was found"}
		out = append(out, Reason{Text: words[v.Reachable] + orText(ifText(v.ReachedBy, ": "+v.ReachedBy), "") + ".", Source: "call graph analysis"})
	}
	if d := v.Decided.Statement; d != nil {
		out = append(out, Reason{Text: decided(d), Source: d.At.String(), Date: d.Date.Time})
	}
	for _, l := range v.Decided.Lapsed {
		out = append(out, Reason{Text: "The question is open again: " + l + ".", Source: "vex.yaml"})
	}
	for _, c := range v.Claims {
		out = append(out, Reason{Text: c, Source: "imported VEX, not accepted"})
	}
	return out
}

func ifText(s, then string) string {
	if s == "" {
		return ""
	}
	return then
}

func decided(d *program.VEXStatement) string {
	text := fmt.Sprintf("Decided by %s: %s", d.Author, d.Status)
	for _, more := range []string{string(d.Justification), d.Impact, d.Action} {
		if more != "" {
			text += "; " + strings.TrimSuffix(more, ".")
		}
	}
	if !d.Expires.IsZero() {
		text += "; until " + d.Expires.String()
	}
	if d.Source != "" {
		text += "; accepted from " + d.Source
	}
	return text + "."
}

// settle says who decides and what would settle the finding, and looks for a
// waiver that accepts its risk. A waiver never changes what is so: the finding
// stays, accepted.
func (s *Session) settle(out *RiskVerdict, use *Use, by *rule, v *Vulnerability) {
	if out.Decision.Rank() < Review.Rank() {
		out.Fix = nil
		return
	}
	out.Role = "security"
	if by != nil {
		out.Role = orText(by.Role, out.Role)
		if by.Fix != "" {
			out.Fix = append(out.Fix, by.Fix)
		}
	}
	if len(v.Fixed) > 0 {
		out.Fix = append(out.Fix, fmt.Sprintf("Update %s to %s or later.", use.Component.FullName(), v.Fixed[0]))
	} else {
		out.Fix = append(out.Fix, "No fixed version is known: replace it, or keep the affected code from being reached.")
	}
	if v.Decided.Statement == nil {
		out.Fix = append(out.Fix, fmt.Sprintf("If it does not concern you, record why: tributary vex create --status not_affected --vulnerability %s --package %s", v.IDs[0], use.Component))
	}
	out.Fix = append(out.Fix, "Ask "+out.Role+" to accept the risk for a time (waivers.yaml, finding: vulnerability).")
	s.waiveRisk(out, use, program.FindingVulnerability, func(w *program.Waiver) bool { return anyFold(w.Vulnerability, v.IDs) })
}

func (s *Session) waiveRisk(out *RiskVerdict, use *Use, kind program.FindingType, speaks func(*program.Waiver) bool) {
	for _, w := range s.waivers.speaking(use) {
		if w.Finding != kind || !speaks(w) {
			continue
		}
		a := s.applied(w)
		if a.Why = s.why(w, nil, use, kind); a.Why != "" {
			out.Lapsed = append(out.Lapsed, a)
		} else if out.Waiver == nil || a.Expires.Before(out.Waiver.Expires) {
			out.Waiver = &a
		}
	}
	if w := out.Waiver; w != nil {
		text := fmt.Sprintf("The risk is accepted by waiver %s until %s (%s left); approved by %s, owned by %s.",
			w.ID, w.Expires.Format(time.DateOnly), days(w.DaysLeft), w.Approver, w.Owner)
		out.Reasons = append([]Reason{{Text: text, Source: w.At.String()}}, out.Reasons...)
		out.Fix = nil
	}
}

func riskRef(r *rule) RuleRef {
	if r == nil {
		return builtin("default", "no rule speaks of it -> review")
	}
	return r.ref
}
