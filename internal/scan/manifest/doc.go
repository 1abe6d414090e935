// Package manifest reads manifests and lockfiles: bytes in, usages out.
//
// A [Reader] is one format. It sees the repository only through [FS], so it can
// be tested with a map of files, cached by what it looked at, and never touches
// a disk, a network or a clock. Graph arithmetic (direct or transitive, scope,
// chain) is shared: a reader fills a [Graph] and asks for its usages.
//
// To add a format: write one file with its reader and one with its tests and
// cases beside it, and list it in readers.go.
package manifest
