// Package contribution turns commits into answers: who gave what to which
// repository, and how the community behind it is doing (the CHAOSS metrics that
// history alone can give; docs/metrics.md states each formula and its source).
//
// It works on blocks of commits in columns, so that a million commits answer in
// a blink. It must never know where commits come from or how they are stored.
// Start at [Counter] for who gave what, at [Assess] for the metrics.
package contribution
