package policy

import (
	"time"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// The decisions, best first (the type is the program's, since rules are
// written with it).
const (
	Allow           = program.Allow
	AllowWithDuties = program.AllowWithDuties
	Review          = program.Review
	Deny            = program.Deny
	NotJudged       = program.NotJudged
)

// Verdict is the answer for one use of one component, with its proof. Its
// slices may be shared with other verdicts: do not change them.
type Verdict struct {
	Decision program.Decision
	// Role says who decides a review or may waive a denial; "" otherwise.
	Role string
	// Rule is the rule that decided.
	Rule RuleRef
	// Effective is the license that was judged.
	Effective license.Expr
	// Basis says in words how Effective came about: "concluded", "declared and
	// detected agree", "declared and detected differ: both must hold"…
	Basis string
	// Branch is the license elected where the licensee may choose (OR, or
	// later), as an expression; "" where there is no choice.
	Branch string
	// Leaves has the verdict on each license of the expression, those of
	// branches not taken included.
	Leaves []LeafVerdict
	// Unresolved is the answer to the second question, whether a component
	// whose version is not known may be used; nil when the version is known.
	Unresolved *LeafVerdict
	// Reasons explain the decision, most important first.
	Reasons []Reason
	// Duties follow from the use, each once.
	Duties []license.Duty
	// Waiver is the waiver that accepts the finding; nil when none does.
	Waiver *AppliedWaiver
	// Lapsed lists waivers that speak of this finding and do not hold, with why.
	Lapsed []AppliedWaiver
	// Fix lists what would make it pass, easiest first; empty when it passes.
	Fix []string

	// licenseOpen is true when the license question by itself does not pass.
	licenseOpen bool
}

// Passes tells whether the use may go on: allowed, accepted by a waiver, or
// left out by the program.
func (v Verdict) Passes() bool {
	return v.Decision.Rank() <= AllowWithDuties.Rank() || v.Waiver != nil
}

// Outcome is the decision in one word for people and counts: "waived" for a
// finding that a waiver accepts, else the decision.
func (v Verdict) Outcome() string {
	if v.Waiver != nil {
		return "waived"
	}
	return string(v.Decision)
}

// RuleRef says where a rule stands. File is "preset:NAME" for a built-in one
// and "built-in" for what the engine itself decides.
type RuleRef struct {
	ID   string
	File string
	Line int
	// Text is the rule in one line: "category is strong, delivery is device -> deny".
	Text string
}

// LeafVerdict is the verdict on one license of an expression.
type LeafVerdict struct {
	License  string // "GPL-2.0-or-later WITH Classpath-exception-2.0"
	Category license.Category
	// CategorySource says whose opinion the category is.
	CategorySource string
	Decision       program.Decision
	Rule           RuleRef
	// Taken is false for a branch that was not elected.
	Taken bool
	// Note tells of an expansion: "judged as GPL-3.0-only, a later version".
	Note string
}

// Reason is one sentence of an explanation with its origin.
type Reason struct {
	Text string
	// Source is the rule, file or fact that says so; Date when that was
	// observed, zero when it has no date.
	Source string
	Date   time.Time
}

// AppliedWaiver tells what a waiver does to a verdict.
type AppliedWaiver struct {
	ID       string
	At       program.Pos
	Owner    string
	Approver string
	Expires  time.Time
	// DaysLeft counts from today to the last day; negative when past.
	DaysLeft int
	// Why says why the waiver does not hold; "" for one that does.
	Why string
}
