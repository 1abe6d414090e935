// Package remote asks package registries: npm's, Go's module proxies, PyPI,
// crates.io, Maven repositories, RubyGems, NuGet, Packagist, hex.pm, pub.dev, and the collections deps.dev
// and ecosyste.ms. It is the room that knows their addresses, credentials and
// forms, and how to ask without being a burden: conditional requests, a cache on
// disk, few questions at once, waiting when told to, and leaving a host alone
// that does not answer.
//
// It turns replies into [upstream.Listing] facts and must never know what they
// mean for anyone, nor keep them (that is the store's). The name of a private
// package is sent to no other host than its own; errors name hosts, never
// addresses, which may hold secrets. Start at [Registries] and [Client].
package remote
