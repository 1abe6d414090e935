// Package policy turns facts about the use of a component into a verdict:
// allow, allow with duties, review or deny, with the rule that decided, the
// reasons, the duties that follow, waivers, and what would make it pass. It
// also checks whether a product's own license can stand with what it contains
// ([Outbound]).
//
// It is a pure room: the same use, facts, program and day give the same verdict.
// It must never know how facts were collected or where anything is stored.
//
// Start reading at [Use], then [Policy.Judge].
package policy
