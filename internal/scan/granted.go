package scan

import (
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
)

// What counts as the statement of a file about itself: a text of some length
// wherever it stands, all else in the head of the file.
const (
	headLines = 30
	longLines = 5
)

// granted is the license that a file states for itself. What it only speaks of
// further down (a name in prose, in a comment on code or in a string) is a
// finding all the same, and puts the file under nothing. READMEs and license
// files speak of the whole, wherever they do.
func granted(p string, res detect.Result) string {
	if license.IsLicenseFile(p) || strings.HasPrefix(strings.ToLower(path.Base(p)), "readme") {
		return res.Expression
	}
	var stated []license.Leaf
	all := true
	for _, m := range res.Matches {
		if m.Kind == "reference" {
			continue
		}
		if m.FirstLine > headLines && (m.Kind != "text" || m.LastLine-m.FirstLine+1 < longLines) {
			all = false
			continue
		}
		if e, err := license.Parse(m.Expression); err == nil {
			stated = append(stated, e.Leaves()...)
		}
	}
	if all {
		return res.Expression
	}
	var kept []license.Expr
	for _, s := range res.Licenses {
		e, err := license.Parse(s)
		if err == nil && slices.ContainsFunc(e.Leaves(), func(l license.Leaf) bool { return slices.Contains(stated, l) }) {
			kept = append(kept, e)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return license.And(kept...).Normalize().String()
}
