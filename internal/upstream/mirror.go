package upstream

import (
	"cmp"
	"slices"
	"strings"
)

// Mirror is a copy of a repository at hand whose history was read.
type Mirror struct {
	// Name is how the copy is known here: its remote's name, or its path.
	Name string
	// Remotes are the addresses that it was cloned from, as git tells them.
	Remotes []string
	// Roots are the ids of the commits without parents. Histories whose roots
	// are more alike than not are one project: forks, mirrors, clones without a
	// remote. A single root in common does not do: it comes in with a merge of
	// some other project.
	Roots []string
}

// Match is a mirror found for an upstream, and how.
type Match struct {
	Mirror string // its Name
	By     string // "remote" or "root commit"
}

// MatchMirrors finds for each upstream the copies of it. A copy is of an
// upstream when a remote of it, or its name, is the upstream's address; a copy
// is also of it when it has the root commits of such a copy. Keys of
// the result are [Key]s of upstreams; copies are sorted, those by remote first.
func MatchMirrors(upstreams []string, mirrors []Mirror) map[string][]Match {
	byKey, byRoot := map[string][]int{}, map[string][]int{}
	for i, m := range mirrors {
		for _, name := range append([]string{m.Name}, m.Remotes...) {
			if repo, ok := Parse(name); ok {
				name = repo.Name
			}
			byKey[Key(name)] = append(byKey[Key(name)], i)
		}
		for _, r := range m.Roots {
			byRoot[r] = append(byRoot[r], i)
		}
	}
	out := map[string][]Match{}
	for _, u := range upstreams {
		if found := copies(byKey[Key(u)], byRoot, mirrors); len(found) > 0 {
			out[Key(u)] = found
		}
	}
	return out
}

func copies(direct []int, byRoot map[string][]int, mirrors []Mirror) []Match {
	seen := map[int]bool{}
	var out []Match
	for _, i := range direct {
		if !seen[i] {
			seen[i] = true
			out = append(out, Match{mirrors[i].Name, "remote"})
		}
	}
	var more []Match
	for _, i := range direct {
		for _, root := range mirrors[i].Roots {
			for _, j := range byRoot[root] {
				if !seen[j] && alike(mirrors[i].Roots, mirrors[j].Roots) {
					seen[j] = true
					more = append(more, Match{mirrors[j].Name, "root commit"})
				}
			}
		}
	}
	byName := func(a, b Match) int { return cmp.Compare(a.Mirror, b.Mirror) }
	slices.SortFunc(out, byName)
	slices.SortFunc(more, byName)
	return append(out, more...)
}

// alike is true when more than half of all roots are common ones.
func alike(a, b []string) bool {
	common, all := 0, map[string]bool{}
	for _, r := range a {
		all[r] = true
	}
	for _, r := range b {
		if all[r] {
			common++
		}
	}
	return 2*common > len(a)+len(b)-common
}

// Aliases tells of repositories without a remote, which are named by their
// path, what they are copies of: the repository from which most of the packages
// come that they declare themselves. Only sure answers count, and more than half
// of them must agree.
func Aliases(m *Mapper, own []Own) map[string]string {
	votes, all := map[string]map[string]int{}, map[string]int{}
	names := map[string]string{}
	for _, o := range own {
		if !strings.HasPrefix(o.Repository, "/") {
			continue
		}
		answer := m.Map(o.Package)
		if answer.Confidence != Certain && answer.Confidence != High {
			continue
		}
		if votes[o.Repository] == nil {
			votes[o.Repository] = map[string]int{}
		}
		key := Key(answer.Repository.Name)
		names[key] = answer.Repository.Name
		votes[o.Repository][key]++
		all[o.Repository]++
	}
	out := map[string]string{}
	for repo, keys := range votes {
		for key, n := range keys {
			if 2*n > all[repo] {
				out[repo] = names[key]
			}
		}
	}
	return out
}
