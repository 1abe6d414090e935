// Package feed reads advisories from disk, where [Fetch] brings them from a
// server: the public bucket's layout
// (ECOSYSTEM/all.zip), archives, directories of JSON files, Go's database,
// single files, CISA's catalog and FIRST's scores. It is an edge: it gives out
// what it read, understood and marked, and keeps nothing.
//
// Everything read is taken for hostile: sizes, counts and ratios are bounded,
// names of archive entries are only names, and a broken file is reported and
// stops no other. Start at [Open] and [Source.Read].
package feed
