// Package source opens whatever a user points at (a work tree, a bare
// repository, a directory, an archive, an SBOM file, a git URL) and gives one
// uniform, read-only tree of files with content ids.
//
// Everything it reads is hostile. A scanned repository's configuration is never
// in force while its objects are read, links never lead out of a tree, archives
// are bounded. What can't be read is a problem in words and stops nothing else.
// Start at [Open].
package source
