package license

// CompatValue is the answer to "may code under one license go out as part of a
// work under another?".
type CompatValue string

// The answers.
const (
	CompatYes     CompatValue = "yes"
	CompatSame    CompatValue = "same"    // one and the same license
	CompatNo      CompatValue = "no"      // the conditions contradict each other
	CompatCheck   CompatValue = "check"   // it depends; Why says on what
	CompatUnknown CompatValue = "unknown" // our table has no answer
)

// Compat is an answer with its reason. Not legal advice.
type Compat struct {
	Value  CompatValue
	Why    string // in words, what must be kept or what is in the way
	Source string // the section or the published position that the rule rests on
}

// OK is true when nothing stands in the way.
func (c Compat) OK() bool { return c.Value == CompatYes || c.Value == CompatSame }

// Compatible says whether code that came in under the license inbound may be
// part of a work that goes out under the license outbound.
func Compatible(outbound, inbound Leaf) Compat {
	return Compat{Value: CompatUnknown, Why: "the table has no rule for this pair"}
}
