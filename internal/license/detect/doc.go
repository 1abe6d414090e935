// Package detect finds licenses and copyright statements in the content of a
// file: SPDX tags, known texts, and the notices at the head of source files.
//
// It is pure: bytes in, findings out, no state that changes, safe for use from
// many goroutines. It must never know where the bytes come from or what a
// finding means for anyone. Start reading at [Detect].
package detect
