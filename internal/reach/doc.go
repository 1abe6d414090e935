// Package reach asks whether a Go module can call code that advisories name, by
// the call graph analysis of golang.org/x/vuln (govulncheck) as a library.
//
// The analysis runs the go command on the module, and the go command may run
// what the module names (cgo and its flags, for one): it must never be used on
// repositories that nobody trusts. Nothing is fetched: the go command is told to
// stay offline, and advisories come from a directory. Start at [Module].
package reach
