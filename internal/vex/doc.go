// Package vex knows what people say about whether a vulnerability concerns a
// product: statements of the Vulnerability Exploitability eXchange, and their
// two forms on file, OpenVEX and CycloneDX.
//
// It is a pure room. It must never know where a document came from, who is to
// be believed, or what the time is. A statement that was read is a claim of its
// author and nothing more. Start reading at [Statement], then [Read] and [Write].
package vex
