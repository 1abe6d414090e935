// Package impact says where to invest next: how much the company depends on an
// upstream, how fragile that upstream is, what the company gives to it and what
// its goals are, as one score that hides none of its parts.
//
// Everything is pure: [Facts] and [Params] in, a [Score] out, whose [Term] tree
// holds every number with the formula that made it and who says so. What is
// unknown is left out of means and lowers the confidence; it never counts as
// zero. docs/impact.md states the formula. The room must never know where facts
// come from. Start at [Rank].
package impact
