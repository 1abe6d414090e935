// Package contribution turns commits into answers: who gave what to which
// repository, and how the community behind it is doing (the CHAOSS metrics that
// history alone can give; docs/metrics.md states each formula and its source).
//
// It works on tallies: counts by repository, identity, kind and day, so that a
// million commits answer as fast as a thousand. It must never know where commits
// come from or how they are stored. Start at [Commit] and [Tally].
package contribution
