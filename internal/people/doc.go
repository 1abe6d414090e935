// Package people knows who is who: identities as they stand in commits and on
// forges, the persons behind them, and for whom a person worked when.
//
// Identities become one person only by a rule that says so (a mailmap, the very
// same address, a link that a person confirmed); a like name is a suggestion,
// never a link. Affiliation has dates, a source and a confidence, and unknown is
// an answer. It must never know what anybody contributed. Start at [Identity]
// and [Directory].
package people
