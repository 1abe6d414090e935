// Package detect finds licenses and copyright statements in the content of a
// file: SPDX tags, known texts, the names and notices that people write, and
// texts that read like a license and are none that is known.
//
// It is pure: bytes in, findings out, no state that changes, safe for use from
// many goroutines. It must never know where the bytes come from or what a
// finding means for anyone.
//
// A file is turned into words (token.go, vocabulary.go); four words in a row
// lead to the known texts that have them (grams.go), whose stretches are chained
// and weighed (match.go); what no text covers is read by a grammar of names,
// versions and addresses (names.go, notice.go, version.go, url.go); the words
// between two findings join them (statement.go). The known texts are in
// index.bin as numbers of hashed words (index.go), made from the modules that
// carry them by index_test.go. docs/license-detection.md shows the whole.
//
// Start reading at [Detect].
package detect
