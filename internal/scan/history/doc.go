// Package history mines commits straight from git: who wrote, committed,
// co-authored, signed and reviewed what, when, touching which paths; tags as
// releases; lines and patch ids in a second, costlier pass.
//
// The git program reads the objects, under the private configuration of
// scan/source; only what is new since the last run is read. Everything in a
// commit is hostile text: it is bounded, made valid, and what is odd is kept and
// counted. Start at [Mine].
package history
