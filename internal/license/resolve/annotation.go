package resolve

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// Annotations are the entries of one file that speaks of others.
type Annotations struct {
	File    string // its path, for evidence
	Dir     string // that its paths are relative to: "" or "x/y/"
	Entries []license.Annotation
}

// IsAnnotationFile says whether a file speaks of others (REUSE.toml,
// .reuse/dep5, debian/copyright); what it says is not of itself.
func IsAnnotationFile(p string) bool {
	return p == "REUSE.toml" || strings.HasSuffix(p, "/REUSE.toml") || p == ".reuse/dep5" || p == "debian/copyright"
}

// ParseAnnotations reads an annotation file by its path. identify says the
// license of a text ([license.ParseDEP5]); nil for none.
func ParseAnnotations(p string, b []byte, identify func(text string) string) (Annotations, error) {
	if dir, ok := strings.CutSuffix(p, "REUSE.toml"); ok {
		entries, err := license.ParseREUSE(b)
		return Annotations{p, dir, entries}, err
	}
	entries, err := license.ParseDEP5(b, identify)
	if p == "debian/copyright" {
		// Debian describes what files say; where it is coarser than they are, they
		// know better. Of .reuse/dep5 both hold (REUSE 3.0).
		for i := range entries {
			entries[i].Precedence = license.PrecedenceClosest
		}
	}
	return Annotations{p, "", entries}, err
}

// annotated gives the license of a file by annotation, where that differs from
// what the file says itself; the nearest file that speaks of it decides.
func (t *tree) annotated(p, own string) (expr, from string, ok bool) {
	for _, a := range t.notes {
		if expr, ok := a.Apply(p, own); ok {
			return expr, a.File, true
		}
		if a.SpeaksOf(p) {
			return "", "", false
		}
	}
	return "", "", false
}

// SpeaksOf says whether an entry is about a file.
func (a Annotations) SpeaksOf(p string) bool {
	rest, ok := strings.CutPrefix(p, a.Dir)
	if !ok {
		return false
	}
	_, ok = license.AnnotationFor(a.Entries, rest)
	return ok
}

// Apply gives the license of a file that itself says own ("" for nothing), when
// the annotation changes it.
func (a Annotations) Apply(p, own string) (string, bool) {
	rest, ok := strings.CutPrefix(p, a.Dir)
	if !ok {
		return "", false
	}
	x, ok := license.AnnotationFor(a.Entries, rest)
	if !ok || x.Expression.IsZero() {
		return "", false
	}
	switch {
	case own == "" || x.Precedence == license.PrecedenceOverride:
		return x.Expression.String(), true
	case x.Precedence == license.PrecedenceAggregate:
		if e, err := license.Parse(own); err == nil {
			both := license.And(e, x.Expression).Normalize().String()
			return both, both != own
		}
	}
	return "", false
}
