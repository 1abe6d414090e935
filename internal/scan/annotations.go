package scan

import "github.com/tributary-oss/tributary/internal/scan/source"

// annotations say the license of files by path (REUSE.toml, .reuse/dep5,
// debian/copyright); nil when the tree has none.
type annotations []annotation

type annotation struct {
	matches    func(path string) bool
	expression string
	override   bool
}

// forFile is the license of a file that itself says own ("" for nothing): what
// the file says holds unless an annotation overrides it.
func (a annotations) forFile(path, own string) string {
	for _, x := range a {
		if (own == "" || x.override) && x.matches(path) {
			return x.expression
		}
	}
	return own
}

func readAnnotations(source.Tree) annotations { return nil }
