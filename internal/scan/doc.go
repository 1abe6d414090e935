// Package scan turns a repository into a snapshot: which packages its manifests
// use and which licenses its files carry.
//
// It reads through [source.Tree] and asks a [Cache] before it reads: a manifest
// whose content and surroundings are unchanged is not read again, nor is a
// file, nor a directory whose tree id was summarized before. It never writes
// anything, knows nothing of policy, and runs no code of what it scans.
//
// Start at [Scan]; packages.go runs the manifest readers, licenses.go sums up
// the files' licenses, local.go and its kin find licenses of packages in copies
// that lie on this machine.
package scan
