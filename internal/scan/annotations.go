package scan

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// annotations say the license of files by path (REUSE.toml, .reuse/dep5,
// debian/copyright); nil when the tree has none.
type annotations []annotationFile

type annotationFile struct {
	dir     string // that the paths are relative to, "" or "x/y/"
	entries []license.Annotation
}

// forFile is the license of a file that itself says own ("" for nothing). The
// nearest REUSE.toml speaks first (REUSE 3.3); what the file says holds unless
// the annotation overrides it or is to be added to it.
func (a annotations) forFile(p, own string) string {
	for _, file := range a {
		rest, ok := strings.CutPrefix(p, file.dir)
		if !ok {
			continue
		}
		x, ok := license.AnnotationFor(file.entries, rest)
		if !ok || x.Expression.IsZero() {
			continue
		}
		switch {
		case own == "" || x.Precedence == "override":
			return x.Expression.String()
		case x.Precedence == "aggregate":
			if e, err := license.Parse(own); err == nil {
				return license.And(e, x.Expression).Normalize().String()
			}
		}
		return own
	}
	return own
}

// isAnnotationFile says whether a file speaks of others; what it says is not of
// itself.
func isAnnotationFile(p string) bool {
	return path.Base(p) == "REUSE.toml" || p == ".reuse/dep5" || p == "debian/copyright"
}

// readAnnotations reads all files that annotate others; those that can't be
// read are problems.
func readAnnotations(t source.Tree) (out annotations, problems []inventory.Problem) {
	for _, f := range t.Files() {
		if !isAnnotationFile(f.Path) {
			continue
		}
		read, dir := license.ParseDEP5, ""
		if path.Base(f.Path) == "REUSE.toml" {
			read, dir = license.ParseREUSE, strings.TrimSuffix(f.Path, "REUSE.toml")
		}
		b, err := t.ReadFile(f.Path)
		if err == nil {
			var entries []license.Annotation
			if entries, err = read(b); err == nil {
				out = append(out, annotationFile{dir, entries})
				continue
			}
		}
		if f.Path != "debian/copyright" { // which may be prose
			problems = append(problems, inventory.Problem{Path: f.Path, Kind: "malformed", Message: err.Error()})
		}
	}
	// Longer directories are nearer.
	for i := range out {
		for k := i; k > 0 && len(out[k].dir) > len(out[k-1].dir); k-- {
			out[k], out[k-1] = out[k-1], out[k]
		}
	}
	return out, problems
}
