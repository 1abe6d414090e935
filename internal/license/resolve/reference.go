package resolve

import (
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// Bounds of what is followed.
const (
	maxSteps      = 4  // from file to file to file
	maxReferences = 20 // of one file
)

// follow answers for a file that names others as holding its license. What the
// file says itself holds beside them.
func (t *tree) follow(f *File, own string) Answer {
	var es []license.Expr
	if e, err := license.Parse(own); err == nil && own != "" {
		es = append(es, e)
	}
	a := Answer{Expression: own, How: Own}
	var missing []string
	for _, name := range f.RefersTo[:min(len(f.RefersTo), maxReferences)] {
		target, ok := t.find(parent(f.Path), name)
		if !ok || target == f.Path {
			missing = append(missing, name)
			continue
		}
		expr := t.said(target, map[string]bool{f.Path: true}, 1)
		if own == "" || expr != "" {
			a.How = Referred
			a.From = appendNew(a.From, target)
		}
		if e, err := license.Parse(expr); err == nil && expr != "" {
			es = append(es, e)
		} else if own == "" {
			a.Note = "it refers to " + target + ", in which no license was recognized"
		}
	}
	a.Expression = license.And(es...).Normalize().String()
	if len(missing) > 0 && a.Expression == "" && a.Note == "" {
		a.Note = "it refers to " + strings.Join(missing, ", ") + ", which is not in the tree"
	}
	return a
}

// said is what a file that is referred to says, or what those say that it
// refers to in turn.
func (t *tree) said(p string, seen map[string]bool, step int) string {
	f := t.byPath[p]
	if f == nil || seen[p] || step > maxSteps {
		return ""
	}
	seen[p] = true
	if f.Expression != "" {
		return f.Expression // named as a license, a text is one under any name
	}
	var es []license.Expr
	for _, name := range f.RefersTo[:min(len(f.RefersTo), maxReferences)] {
		if target, ok := t.find(parent(p), name); ok {
			if e, err := license.Parse(t.said(target, seen, step+1)); err == nil {
				es = append(es, e)
			}
		}
	}
	return license.And(es...).Normalize().String()
}

// find looks for a file by the name that another gives it: beside it, then in
// each directory above, in any case, with and without a text's extension.
func (t *tree) find(dir, name string) (string, bool) {
	name = path.Clean("/" + strings.ReplaceAll(strings.TrimSpace(name), `\`, "/"))[1:]
	if name == "" || name == "." || len(name) > 200 {
		return "", false
	}
	for {
		for _, n := range spellings(name) {
			p := path.Join(dir, n)
			if _, ok := t.byPath[p]; ok {
				return p, true
			}
			if found, ok := t.folded[strings.ToLower(p)]; ok {
				return found, true
			}
		}
		if dir == "" {
			return "", false
		}
		dir = parent(dir)
	}
}

// spellings are the names that a file may have that is called name in prose.
func spellings(name string) []string {
	low := strings.ToLower(name)
	stem, ext := name, ""
	for _, e := range []string{".txt", ".md", ".rst"} {
		if strings.HasSuffix(low, e) {
			stem, ext = name[:len(name)-len(e)], e
		}
	}
	stems := []string{stem}
	for _, pair := range [2][2]string{{"license", "licence"}, {"licence", "license"}} {
		if i := strings.LastIndex(low, pair[0]); i >= 0 && i+len(pair[0]) <= len(stem) {
			stems = append(stems, stem[:i]+pair[1]+stem[i+len(pair[0]):])
		}
	}
	out := []string{name}
	for _, s := range stems {
		out = append(out, s+ext, s, s+".txt", s+".md", s+".rst")
	}
	return out
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
