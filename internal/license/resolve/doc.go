// Package resolve says which license each file of a tree is under, from what the
// files themselves say, what annotation files say of them (REUSE.toml,
// .reuse/dep5, debian/copyright, FILE.license), the files that they refer to
// ("see COPYING"), and the license of the directory that they lie in. It keeps
// apart how each answer was reached, names a primary license, and sums the
// answers up as a table by file set.
//
// It is pure: findings in, answers out. It must never know how a file was read
// or how a license was recognized in it. Start reading at [Resolve].
package resolve
