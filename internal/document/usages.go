package document

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Usages gives the components of b as what a scan finds, so that an SBOM can
// take the place of a repository. Path is the SBOM's own: it is the manifest of
// components that name no other.
//
// Components without a purl, files, systems, and the subject are no usages. The
// relation comes from the document's own words or else from its graph: direct is
// what the subject needs, transitive what only others need, and unknown is all
// else, which is everything where the graph says nothing of the subject. A scope
// that the document does not give follows the graph in the same way.
func Usages(b BOM, path string) []inventory.Usage {
	g := graphOf(&b)
	byRef := map[string]string{}
	for _, c := range b.Components {
		if c.isUsage() {
			byRef[c.Ref] = c.PURL.String()
		}
	}
	var out []inventory.Usage
	for i := range b.Components {
		c := &b.Components[i]
		if !c.isUsage() {
			continue
		}
		u := inventory.Usage{Component: c.PURL, Manifest: path, Line: c.Line, License: c.Licenses.Best(),
			Relation: cmp.Or(c.Relation, g.relation(i)), Scope: cmp.Or(c.Scope, g.scope(i))}
		if c.Licenses.Declared != "" {
			u.License = c.Licenses.Declared
		}
		if len(c.Requirements) > 0 {
			u.Requirement = c.Requirements[0]
		}
		if u.Relation == inventory.Transitive {
			u.Chain = g.chain(i, byRef)
		}
		for _, ref := range c.DependsOn {
			if p := byRef[ref]; p != "" {
				u.DependsOn = append(u.DependsOn, p)
			}
		}
		u.DependsOn = sortedSet(u.DependsOn)
		out = append(out, inManifests(u, c)...)
	}
	return out
}

// inManifests is u once for each manifest that the document names.
func inManifests(u inventory.Usage, c *Component) []inventory.Usage {
	if len(c.Manifests) == 0 {
		return []inventory.Usage{u}
	}
	var out []inventory.Usage
	for _, m := range c.Manifests {
		v := u
		v.Manifest, v.Line = m.Path, m.Line
		if m.Repository != "" {
			v.Manifest = m.Repository + "//" + m.Path
		}
		out = append(out, v)
	}
	return slices.CompactFunc(out, func(a, b inventory.Usage) bool { return a.Manifest == b.Manifest && a.Line == b.Line })
}

func (c *Component) isUsage() bool {
	switch c.Kind {
	case "file", "operating-system", "device", "data", "cryptographic-asset":
		return false
	}
	return c.PURL.Name != ""
}

// graph is the dependency graph by component number.
type graph struct {
	b      *BOM
	number map[string]int
	direct []bool
	rank   []int // of the scope on the best way in; -1 when not reached
	parent []int
	rooted bool // the document says what the subject needs
}

func graphOf(b *BOM) *graph {
	n := len(b.Components)
	g := &graph{b: b, number: make(map[string]int, n), direct: make([]bool, n), rank: make([]int, n), parent: make([]int, n)}
	for i := range b.Components {
		g.number[b.Components[i].Ref] = i
		g.rank[i], g.parent[i] = -1, -1
	}
	roots := g.roots()
	g.rooted = len(roots) > 0
	for r := range inventory.Scopes {
		g.search(roots, r)
	}
	return g
}

// roots lists what the subject and its repositories need. A manifest that a
// tool lists as an application passes on what it needs.
func (g *graph) roots() []int {
	var out []int
	seen := map[string]bool{}
	queue := slices.Clone(g.b.Subject.DependsOn)
	for _, r := range g.b.Repositories {
		queue = append(queue, r.DependsOn...)
	}
	for len(queue) > 0 {
		ref := queue[0]
		queue = queue[1:]
		i, ok := g.number[ref]
		if !ok || seen[ref] {
			continue
		}
		seen[ref] = true
		if c := &g.b.Components[i]; c.PURL.Name == "" && !isPackage(c.Kind) {
			queue = append(queue, c.DependsOn...)
			continue
		}
		g.direct[i] = true
		out = append(out, i)
	}
	return out
}

// search goes breadth first from the roots over components whose scope is at
// least as strong as rank.
func (g *graph) search(roots []int, rank int) {
	seen := make([]bool, len(g.rank))
	var queue []int
	visit := func(i, from int) {
		if seen[i] || g.b.Components[i].Scope.Rank() > rank {
			return
		}
		seen[i] = true
		if g.rank[i] < 0 {
			g.rank[i], g.parent[i] = rank, from
		}
		queue = append(queue, i)
	}
	for _, i := range roots {
		visit(i, -1)
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for _, ref := range g.b.Components[i].DependsOn {
			if j, ok := g.number[ref]; ok {
				visit(j, i)
			}
		}
	}
}

func (g *graph) relation(i int) inventory.Relation {
	switch {
	case g.direct[i]:
		return inventory.Direct
	case g.rooted && g.rank[i] >= 0:
		return inventory.Transitive
	}
	return inventory.RelationUnknown
}

func (g *graph) scope(i int) inventory.Scope {
	if g.rank[i] < 0 {
		return inventory.Runtime
	}
	return inventory.Scopes[g.rank[i]]
}

// maxChain is far beyond any real way in; without it a graph that is one long
// line would cost the square of its length.
const maxChain = 100

// chain lists the purls on the way in, the direct one first; nil when it is
// longer than maxChain.
func (g *graph) chain(i int, purls map[string]string) []string {
	var out []string
	steps := 0
	for p := g.parent[i]; p >= 0; p = g.parent[p] {
		if steps++; steps > maxChain {
			return nil
		}
		if s := purls[g.b.Components[p].Ref]; s != "" {
			out = append(out, s)
		}
	}
	slices.Reverse(out)
	return out
}
