package manifest

import (
	"errors"
	"io/fs"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Reader reads one manifest format.
type Reader struct {
	// Name and Version identify the reader in stored facts; raise Version when
	// its answers change, so that old answers are read again.
	Name    string
	Version int
	// Match says by path alone whether this reader reads the file. Several
	// readers may match one file; each answers for itself.
	Match func(path string) bool
	// Read reads the manifest at path. It must be pure: all it knows comes from
	// fsys. What can't be understood goes into Result.Problems with its line;
	// an error is returned only when the manifest gives nothing at all.
	Read func(fsys FS, path string) (Result, error)
}

// Result is what one reader makes of one manifest.
type Result struct {
	Usages   []inventory.Usage
	Problems []inventory.Problem
	// Own lists the purls of first-party packages that the manifest declares. A Go
	// module's has the least Go that it asks for as qualifiers: go, line, toolchain.
	Own []string
}

// FS is a repository's content as readers see it. Paths are slash-separated,
// relative, cleaned, and never leave the repository.
type FS interface {
	// ReadFile gives a whole file. Absent files give an error for which
	// [IsAbsent] holds; files over the limit and missing objects give others.
	// The bytes must not be changed or kept beyond the call of Read.
	ReadFile(path string) ([]byte, error)
	// Exists says whether a regular file is at path, without reading it.
	Exists(path string) bool
	// Glob lists the files that match a pattern ("packages/*/package.json",
	// "**" crosses directories), sorted.
	Glob(pattern string) []string
	// Shared gives what build makes of all files that match a pattern, built
	// once for all readings of one tree: an index of every pom, say. The
	// reading depends on the contents of all those files, and build may read no
	// others. The value must not be changed.
	Shared(pattern string, build func(FS) any) any
}

// IsAbsent says whether err means that there is no such file.
func IsAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
