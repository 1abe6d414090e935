// Package license knows licenses: SPDX expressions and their algebra, the names
// people use for them, a category for each, what each asks of those who use
// the work (duty cards), the full texts, and whether code under one license may
// go out under another.
//
// It is a ground room: pure functions over data that is compiled in. It must
// never know which package has which license, what a company allows, how a
// product is delivered, or how any of it is stored or shown. The tables under
// data/ are our own reading of the license texts. They are not legal advice
// and wait for review by counsel; docs/license-data.md says how they are made
// and extended.
//
// Start reading at [Expr], then [CategoryOf], [Duties] and [Compatible]. What
// is found in the text of a file is the matter of the sub-room detect.
package license
