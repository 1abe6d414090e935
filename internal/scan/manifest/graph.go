package manifest

import (
	"cmp"
	"slices"
	"sort"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Graph collects the packages of one lockfile and what needs what, and works
// out relation, scope and chain for all formats in one way:
//
//   - direct: a root needs it; transitive: only other packages do; unknown:
//     nothing that is known needs it.
//   - scope: the strongest over all ways from a root, where a way is as strong
//     as its weakest step ([inventory.Scopes]).
//   - chain: a shortest way in among those of the strongest scope; ties go to
//     the smaller purl, so that the answer is stable.
//
// Nodes with the same purl are merged by Usages.
type Graph struct {
	nodes []node
	roots []edge
}

type node struct {
	usage inventory.Usage
	needs []edge
	fixed bool // scope stated by the lockfile
}

type edge struct {
	to          int
	rank        int
	requirement string
}

// maxChain bounds a chain. Real ones have a dozen steps or two; without a bound
// a hostile lockfile of 2 MB that is one long chain would cost gigabytes.
const maxChain = 100

// Add adds a package and returns its number. u.Scope, where set, is what the
// lockfile itself states and wins over arithmetic; u.Relation likewise.
func (g *Graph) Add(u inventory.Usage) int {
	g.nodes = append(g.nodes, node{usage: u, fixed: u.Scope != ""})
	return len(g.nodes) - 1
}

// Root says that an own project needs package to, for the given scope, as
// written in requirement.
func (g *Graph) Root(to int, scope inventory.Scope, requirement string) {
	g.roots = append(g.roots, edge{to, scope.Rank(), requirement})
}

// Need says that package from needs package to. Scope is Runtime for ordinary
// needs, Optional for those that may be left out.
func (g *Graph) Need(from, to int, scope inventory.Scope) {
	g.nodes[from].needs = append(g.nodes[from].needs, edge{to: to, rank: scope.Rank()})
}

// Usages computes and returns one usage for each distinct purl, sorted by purl.
func (g *Graph) Usages() []inventory.Usage {
	purls := make([]string, len(g.nodes))
	for i := range g.nodes {
		purls[i] = g.nodes[i].usage.Component.String()
	}
	g.sortEdges(purls)
	rank, parent := g.reach()

	direct := make([]bool, len(g.nodes))
	requirement := make([]string, len(g.nodes))
	for _, r := range g.roots {
		direct[r.to] = true
		if requirement[r.to] == "" {
			requirement[r.to] = r.requirement
		}
	}
	order := make([]int, len(g.nodes))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return purls[order[a]] < purls[order[b]] })

	out := make([]inventory.Usage, 0, len(order))
	for _, i := range order {
		u := g.finish(i, purls, rank, parent, direct, requirement)
		if n := len(out); n > 0 && out[n-1].Component == u.Component {
			out[n-1] = merge(out[n-1], u)
			continue
		}
		out = append(out, u)
	}
	return out
}

func (g *Graph) sortEdges(purls []string) {
	byPurl := func(a, b edge) int {
		switch {
		case purls[a.to] < purls[b.to]:
			return -1
		case purls[a.to] > purls[b.to]:
			return 1
		}
		return a.rank - b.rank
	}
	slices.SortStableFunc(g.roots, byPurl)
	for i := range g.nodes {
		slices.SortStableFunc(g.nodes[i].needs, byPurl)
	}
}

// reach gives for each node the rank of its scope (-1: not reached) and its
// parent on a shortest way (-1: a root). One breadth-first search a scope,
// strongest first, over the edges that are at least as strong.
func (g *Graph) reach() (rank, parent []int) {
	rank, parent = make([]int, len(g.nodes)), make([]int, len(g.nodes))
	for i := range rank {
		rank[i], parent[i] = -1, -1
	}
	for r := range inventory.Scopes {
		seen := make([]bool, len(g.nodes))
		var queue []int
		visit := func(e edge, from int) {
			if e.rank > r || seen[e.to] {
				return
			}
			seen[e.to] = true
			if rank[e.to] < 0 {
				rank[e.to], parent[e.to] = r, from
			}
			queue = append(queue, e.to)
		}
		for _, e := range g.roots {
			visit(e, -1)
		}
		for len(queue) > 0 {
			i := queue[0]
			queue = queue[1:]
			for _, e := range g.nodes[i].needs {
				visit(e, i)
			}
		}
	}
	return rank, parent
}

func (g *Graph) finish(i int, purls []string, rank, parent []int, direct []bool, requirement []string) inventory.Usage {
	u := g.nodes[i].usage
	if u.Requirement == "" {
		u.Requirement = requirement[i]
	}
	if u.Relation == "" {
		switch {
		case direct[i]:
			u.Relation = inventory.Direct
		case rank[i] >= 0:
			u.Relation = inventory.Transitive
		default:
			u.Relation = inventory.RelationUnknown
		}
	}
	if !g.nodes[i].fixed {
		u.Scope = inventory.Runtime
		if rank[i] >= 0 {
			u.Scope = inventory.Scopes[rank[i]]
		}
	}
	if u.Relation == inventory.Transitive && u.Chain == nil {
		for p := parent[i]; p >= 0; p = parent[p] {
			if len(u.Chain) == maxChain {
				u.Chain, u.Note = nil, cmp.Or(u.Note, "the chain has more than 100 steps and is not kept")
				break
			}
			u.Chain = append(u.Chain, purls[p])
		}
		slices.Reverse(u.Chain)
	}
	if u.DependsOn == nil {
		for _, e := range g.nodes[i].needs {
			if e.to != i {
				u.DependsOn = append(u.DependsOn, purls[e.to])
			}
		}
		u.DependsOn = slices.Compact(u.DependsOn)
	}
	return u
}

// merge joins two nodes of the same purl: the stronger relation and scope, the
// first line, all needs.
func merge(a, b inventory.Usage) inventory.Usage {
	if a.Relation != inventory.Direct && (b.Relation == inventory.Direct || a.Relation == inventory.RelationUnknown) {
		a.Relation, a.Chain = b.Relation, b.Chain
	}
	if b.Scope.Rank() < a.Scope.Rank() {
		a.Scope = b.Scope
		if a.Relation == b.Relation {
			a.Chain = b.Chain
		}
	}
	if a.Requirement == "" {
		a.Requirement = b.Requirement
	}
	if a.License == "" {
		a.License = b.License
	}
	if a.Line == 0 || b.Line > 0 && b.Line < a.Line {
		a.Line = b.Line
	}
	if len(b.DependsOn) > 0 {
		deps := append(slices.Clone(a.DependsOn), b.DependsOn...)
		slices.Sort(deps)
		a.DependsOn = slices.Compact(deps)
	}
	return a
}
