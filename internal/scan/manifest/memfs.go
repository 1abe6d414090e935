package manifest

import (
	"fmt"
	"io/fs"
	"sort"

	"github.com/bmatcuk/doublestar/v4"
)

// MapFS is an [FS] over a map, for tests and for single files.
type MapFS map[string][]byte

// ReadFile implements [FS].
func (m MapFS) ReadFile(path string) ([]byte, error) {
	if b, ok := m[path]; ok {
		return b, nil
	}
	return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
}

// Exists implements [FS].
func (m MapFS) Exists(path string) bool { _, ok := m[path]; return ok }

// Shared implements [FS].
func (m MapFS) Shared(_ string, build func(FS) any) any { return build(m) }

// Glob implements [FS].
func (m MapFS) Glob(pattern string) []string {
	var out []string
	for p := range m {
		if ok, _ := doublestar.Match(pattern, p); ok {
			out = append(out, p)
		}
	}
	sort.Strings(out)
	return out
}
