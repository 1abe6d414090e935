package upstream

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Names are well-known packages, by type, that others may imitate.
type Names struct {
	byType map[string]map[string]bool
	// variants finds a name by any of its texts with one letter left out.
	variants map[string]map[string][]string
}

// NewNames takes package URLs without versions.
func NewNames(known []inventory.PURL) *Names {
	n := &Names{byType: map[string]map[string]bool{}, variants: map[string]map[string][]string{}}
	for _, p := range known {
		name := p.FullName()
		if n.byType[p.Type] == nil {
			n.byType[p.Type], n.variants[p.Type] = map[string]bool{}, map[string][]string{}
		}
		if len(name) < shortestName || n.byType[p.Type][name] {
			continue
		}
		n.byType[p.Type][name] = true
		for _, v := range deletions(name) {
			n.variants[p.Type][v] = append(n.variants[p.Type][v], name)
		}
	}
	return n
}

// shortestName keeps names out that are close to everything.
const shortestName = 5

// Near gives the known name that is one edit away (a letter more, less, another
// or two swapped), or differs by marks only; false where the name itself is
// known or none is near.
func (n *Names) Near(p inventory.PURL) (string, bool) {
	name := p.FullName()
	known := n.byType[p.Type]
	if len(name) < shortestName || len(name) > 214 || known[name] {
		return "", false
	}
	best := ""
	for _, v := range deletions(name) {
		for _, candidate := range n.variants[p.Type][v] {
			if near(name, candidate) && (best == "" || candidate < best) {
				best = candidate
			}
		}
		if known[v] && (best == "" || v < best) {
			best = v
		}
	}
	return best, best != ""
}

// deletions lists a name, and it with each letter left out, and its letters
// without marks.
func deletions(s string) []string {
	out := make([]string, 0, len(s)+2)
	out = append(out, s)
	for i := range len(s) {
		out = append(out, s[:i]+s[i+1:])
	}
	return append(out, "\x00"+letters(s))
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_.", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// near is true for one edit, a swap of neighbors, or other marks.
func near(a, b string) bool {
	if a == b {
		return false
	}
	if letters(a) == letters(b) {
		return true
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 1:
		return a[i:] == b[i+1:]
	case 0:
		return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	}
	return false
}
