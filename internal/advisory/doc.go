// Package advisory knows what is known to be wrong with packages: OSV records,
// the version order of each ecosystem, which versions a record means, how
// several records are one vulnerability, how bad it is, and which version is
// free of it.
//
// It is a judgment room: pure data and functions. It must never know where
// records come from, how they are kept, or what the time is. Start reading at
// [Finding], then [Record], [Package] and [Join].
package advisory
