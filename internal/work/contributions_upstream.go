package work

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/program"
)

// upstreamNames tells under which name histories count that do not tell it
// themselves: what the program says that a local copy is of, else, of a
// copy without a remote, the repository that has the same roots.
func upstreamNames(p *program.Program, histories []contribution.History) map[string]string {
	names, byRoots := map[string]string{}, map[string]string{}
	for i := range histories {
		h := &histories[i]
		if name := copyOf(p, h); name != "" {
			names[h.Location] = name
		} else if h.Repository != h.Location {
			names[h.Location] = h.Repository
		}
		if name := names[h.Location]; name != "" && len(h.Roots) > 0 {
			if roots := strings.Join(h.Roots, " "); byRoots[roots] == "" {
				byRoots[roots] = name
			}
		}
	}
	for i := range histories {
		h := &histories[i]
		if name := byRoots[strings.Join(h.Roots, " ")]; names[h.Location] == "" && name != "" && len(h.Shallow) == 0 {
			names[h.Location] = name
		}
	}
	return names
}

// copyOf is the repository that upstreams.yaml names for a local copy.
func copyOf(p *program.Program, h *contribution.History) string {
	if p == nil {
		return ""
	}
	for i := range p.Upstreams.Upstreams {
		e := &p.Upstreams.Upstreams[i]
		if !e.Mirrors(h.Location) && !e.Mirrors(h.Repository) {
			continue
		}
		for _, g := range e.Repository {
			if !strings.Contains(string(g), "*") {
				return string(g)
			}
		}
	}
	return ""
}
