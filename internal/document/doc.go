// Package document knows bills of materials and notices: how what was found is
// written as CycloneDX and SPDX, how such documents of any tool are read back,
// how complete they are by the NTIA minimum elements, and how the license texts
// that are owed are put together.
//
// It is pure: bytes and values in, bytes and values out. It must never know
// where a document lies, what the time is, or what a license allows. Start
// reading at [BOM], then [FromSnapshots], [Write] and [Read].
package document
