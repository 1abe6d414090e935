package investment

import (
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// derived is how many upstreams a page derives number by number; what is beyond
// stands in the JSON form.
const derived = 100

// anchor names the place of a number's derivation: rank of the upstream from 1,
// id of the term.
func anchor(rank int, id string) string {
	return fmt.Sprintf("u%d-%s", rank, strings.ReplaceAll(id, "/", "-"))
}

// step is one number of a derivation in a flat list.
type step struct {
	Anchor string
	Depth  int
	Name   string
	Value  string
	How    string
	Source string
	Note   string
}

// steps flattens the derivation of a score. Anchors are unique: terms named
// after products and goals are numbered, as their names may be anything.
func steps(rank int, s *impact.Score) []step {
	var out []step
	var walk func(t *impact.Term, depth int)
	walk = func(t *impact.Term, depth int) {
		id := t.ID
		if strings.HasPrefix(id, "dependence/") || strings.HasPrefix(id, "alignment/") {
			id = fmt.Sprintf("%s-%d", id[:strings.IndexByte(id, '/')], len(out))
		}
		out = append(out, step{Anchor: anchor(rank, id), Depth: depth, Name: t.Name, Value: exactValue(t.Value), How: t.How, Source: t.Value.Source, Note: t.Value.Note})
		for _, p := range t.Parts {
			walk(p, depth+1)
		}
	}
	walk(s.Derivation, 0)
	for _, t := range s.Beside {
		walk(t, 0)
	}
	return out
}

// words are the parts of a step after its value, in one line.
func (s step) words() string {
	var parts []string
	if s.How != "" {
		parts = append(parts, "= "+s.How)
	}
	if s.Source != "" {
		parts = append(parts, "from "+s.Source)
	}
	if s.Note != "" {
		parts = append(parts, s.Note)
	}
	return report.Clean(strings.Join(parts, "; "))
}
