package resolve

import (
	"path"
	"strings"
)

// byTable is the license of a file as a reader of the table finds it: the last
// row that names it.
func byTable(sets []Set, p string) string {
	expr := ""
	for _, s := range sets {
		dir, last := path.Split(s.Pattern)
		switch {
		case last == "**" && strings.HasPrefix(p, dir), s.Pattern == p,
			strings.HasPrefix(last, "*.") && path.Join(dir, path.Base(p)) == p && path.Ext(p) == last[1:]:
			expr = s.Expression
		}
	}
	return expr
}
