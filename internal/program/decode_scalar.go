package program

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// wrong says what stands in a place and what should.
func (d *decoder) wrong(n *yaml.Node, path, want string) {
	got := "a value"
	switch {
	case isNull(n):
		got = "nothing"
	case n.Kind == yaml.MappingNode:
		got = "a mapping"
	case n.Kind == yaml.SequenceNode:
		got = "a list"
	case n.Kind == yaml.ScalarNode:
		got = quote(n.Value)
	}
	d.errorf(n, "%s: want %s, got %s", orTop(path), want, got)
}

// scalar gives the text as written, so that the version 1.10 stays "1.10" and
// the country NO stays "NO".
func (d *decoder) scalar(n *yaml.Node, path string) (string, bool) {
	if n.Kind != yaml.ScalarNode || isNull(n) {
		d.wrong(n, path, "a text")
		return "", false
	}
	return n.Value, true
}

// ids are compared in messages, rules and reports: one line, no surprises.
func (d *decoder) text(n *yaml.Node, v reflect.Value, path string) {
	s, ok := d.scalar(n, path)
	if !ok {
		return
	}
	if strings.HasSuffix(path, ".id") && !plainID(s) {
		d.errorf(n, "%s: %s is not an id; use letters, digits, dot, dash and underscore, at most 100", path, quote(s))
		return
	}
	if known := valuesOf(v.Type()); known != nil && !contains(known, s) {
		if v.Type() == reflect.TypeFor[Tri]() && (s == "true" || s == "false") {
			v.SetString(map[string]string{"true": "yes", "false": "no"}[s])
			return
		}
		d.errorf(n, "%s: unknown value %s%s", path, quote(s), suggest(s, known))
		return
	}
	v.SetString(s)
}

func plainID(s string) bool {
	for _, c := range s {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("._-", c)) {
			return false
		}
	}
	return s != "" && len(s) <= 100
}

func (d *decoder) boolean(n *yaml.Node, v reflect.Value, path string) {
	switch {
	case n.Kind == yaml.ScalarNode && contains([]string{"true", "yes"}, strings.ToLower(n.Value)):
		v.SetBool(true)
	case n.Kind == yaml.ScalarNode && contains([]string{"false", "no"}, strings.ToLower(n.Value)):
		v.SetBool(false)
	default:
		d.wrong(n, path, "true or false")
	}
}

func (d *decoder) integer(n *yaml.Node, v reflect.Value, path string) {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		d.wrong(n, path, "a whole number")
		return
	}
	v.SetInt(int64(i))
}

// valuesOf lists what a type accepts, nil for free text.
func valuesOf(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[inventory.Scope]():
		return texts(inventory.Scopes)
	case reflect.TypeFor[inventory.Relation]():
		return texts([]inventory.Relation{inventory.Direct, inventory.Transitive, inventory.RelationUnknown})
	case reflect.TypeFor[license.Category]():
		return texts(license.Categories)
	}
	if e, ok := reflect.Zero(t).Interface().(interface{ Values() []string }); ok {
		return e.Values()
	}
	return nil
}

func contains(list []string, s string) bool {
	for _, t := range list {
		if t == s {
			return true
		}
	}
	return false
}

// suggest ends a message with the nearest known word, or with all of them.
func suggest(got string, known []string) string {
	best, at := 1+max(2, len(got)/3), ""
	if len(got) < 4 {
		best = 2 // any short word is near to any other
	}
	for _, k := range known {
		if dist := distance(strings.ToLower(got), k, best); dist < best {
			best, at = dist, k
		}
	}
	if at != "" {
		return fmt.Sprintf("; did you mean %q?", at)
	}
	return "; known: " + strings.Join(known, ", ")
}

// distance is the number of insertions, deletions, replacements and swaps of
// neighbors between two words; words that differ by limit in length are cut short.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
