package scan

import (
	"path"
	"sort"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/license/resolve"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// annotations say the license of files by path, the nearest directory first;
// nil when the tree has none.
type annotations []resolve.Annotations

// forFile is the license of a file that itself says own ("" for nothing).
func (a annotations) forFile(p, own string) string {
	for _, file := range a {
		if expr, ok := file.Apply(p, own); ok {
			return expr
		}
		if file.SpeaksOf(p) {
			return own
		}
	}
	return own
}

// readAnnotations reads all files that annotate others; those that can't be
// read are problems.
func readAnnotations(t source.Tree) (out annotations, problems []inventory.Problem) {
	for _, f := range t.Files() {
		if !resolve.IsAnnotationFile(f.Path) || f.Mode == source.Submodule {
			continue
		}
		b, err := t.ReadFile(f.Path)
		if err == nil {
			var a resolve.Annotations
			if a, err = resolve.ParseAnnotations(f.Path, b, identify); err == nil {
				out = append(out, a)
				continue
			}
		}
		if f.Path != "debian/copyright" { // which may be prose
			problems = append(problems, inventory.Problem{Path: f.Path, Kind: "malformed", Message: err.Error()})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return len(out[i].Dir) > len(out[j].Dir) })
	return out, problems
}

// identify is the license of a text.
func identify(text string) string { return detect.Detect([]byte(text)).Expression }

// Annotations reads the files of a tree that speak of others; those that can't
// be read are problems.
func Annotations(t source.Tree) ([]resolve.Annotations, []inventory.Problem) {
	return readAnnotations(t)
}

// maxManifests bounds the manifests that are asked for the license they declare.
const maxManifests = 20_000

// Declared gives what the manifests of a tree declare as the license of their
// directory, by the manifest's path; what is not understood is left out.
func Declared(t source.Tree) map[string]string {
	out := map[string]string{}
	read := 0
	for _, f := range t.Files() {
		fields := rootManifests[path.Base(f.Path)]
		if fields == nil || f.Mode == source.Submodule || f.Mode == source.Symlink || read >= maxManifests {
			continue
		}
		read++
		b, err := t.ReadFile(f.Path)
		if err != nil {
			continue // reported by those who read it for what it says itself
		}
		for _, raw := range fields(b) {
			if e, _, ok := license.Understand(raw); ok && out[f.Path] == "" {
				out[f.Path] = e.String()
			}
		}
	}
	return out
}
