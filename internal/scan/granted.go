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

// Granted is the license that a file states for itself, "" for none. What it only
// speaks of further down (a name in prose, in a comment on code or in a string) is
// a finding all the same, and puts the file under nothing; so is a name in a change
// log, which tells what was done. READMEs and license files speak of the whole,
// wherever they do.
func Granted(p string, res detect.Result) string {
	if license.IsLicenseFile(p) || strings.HasPrefix(strings.ToLower(path.Base(p)), "readme") {
		return res.Expression
	}
	var stated []license.Leaf
	all, log := true, isChangeLog(p)
	for _, m := range res.Matches {
		if m.Kind == "reference" {
			continue
		}
		if (m.FirstLine > headLines || log && m.Kind == "notice") && (m.Kind != "text" || m.LastLine-m.FirstLine+1 < longLines) {
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

// isChangeLog says whether a file tells the history of others.
func isChangeLog(p string) bool {
	base := strings.ToLower(path.Base(p))
	for _, name := range []string{"changelog", "changes", "news", "history", "releasenotes", "release-notes", "release_notes"} {
		if rest, ok := strings.CutPrefix(base, name); ok && (rest == "" || strings.ContainsRune(".-_0123456789", rune(rest[0]))) {
			return !isCode[path.Ext(base)]
		}
	}
	return false
}

// isCode has the extensions of programs that may be called like a change log.
var isCode = map[string]bool{".c": true, ".h": true, ".go": true, ".py": true, ".js": true, ".ts": true, ".rb": true, ".java": true, ".php": true, ".rs": true, ".cpp": true, ".cs": true}
