package resolve

import (
	"path"
	"sort"
	"strings"
)

// Set is one row of the table: files that are under the same license, as few
// patterns as say so. A later row holds for what it names, whatever an earlier
// one says of the directory around it.
type Set struct {
	// Pattern is a directory with all below it ("src/**", "**" for the root), or
	// one file, or files of one directory that share an extension ("docs/*.md").
	Pattern    string
	Expression string // "" where the license is unknown
	Files      int    // that this row decides
	Examples   []string
}

// MaxSets bounds the table; what lies beyond is in the answers.
const MaxSets = 500

const maxExamples = 3

// node is a directory with its answers.
type node struct {
	files []Answer
	names []string
	kids  map[string]*node
	count map[string]int // files below, by expression
}

func table(answers []Answer) []Set {
	root := &node{}
	for _, a := range answers {
		root.add(strings.Split(a.Path, "/"), a)
	}
	var out []Set
	if len(answers) > 0 {
		root.rows("", "", true, &out)
	}
	return out
}

func (n *node) add(parts []string, a Answer) {
	for {
		if n.count == nil {
			n.count = map[string]int{}
		}
		n.count[a.Expression]++
		if len(parts) == 1 {
			n.files = append(n.files, a)
			return
		}
		kid := n.kids[parts[0]]
		if kid == nil {
			if n.kids == nil {
				n.kids = map[string]*node{}
			}
			kid = &node{}
			n.kids[parts[0]] = kid
			n.names = append(n.names, parts[0])
		}
		n, parts = kid, parts[1:]
	}
}

// most is the license of most files below; of equals the first by name, what is
// known before what is not.
func (n *node) most() string {
	best, max := "", -1
	for expr, c := range n.count {
		if c > max || c == max && (best == "" || expr != "" && expr < best) {
			best, max = expr, c
		}
	}
	return best
}

// rows writes the row of a directory, where it differs from what holds around
// it, then of what differs within.
func (n *node) rows(dir, around string, first bool, out *[]Set) {
	most := n.most()
	row := -1
	if first || most != around {
		row = len(*out)
		*out = append(*out, Set{Pattern: path.Join(dir, "**"), Expression: most})
	}
	n.decide(dir, most, row, out)
}

// decide counts the files that are under the license of the directory's row and
// writes rows for the others. row is -1 where the row is one further up, which
// counts by itself.
func (n *node) decide(dir, most string, row int, out *[]Set) {
	if row >= 0 {
		n.tally(dir, most, &(*out)[row])
	}
	for _, s := range n.odd(dir, most) {
		if len(*out) < MaxSets {
			*out = append(*out, s)
		}
	}
	sort.Strings(n.names)
	for _, name := range n.names {
		if len(*out) >= MaxSets {
			return
		}
		if kid := n.kids[name]; kid.count[most] != sum(kid.count) {
			kid.rows(path.Join(dir, name), most, false, out)
		}
	}
}

// tally counts the files that a row decides: those of its license, below
// directories where that is the license of most.
func (n *node) tally(dir, most string, s *Set) {
	for _, a := range n.files {
		if a.Expression == most {
			s.Files++
			if len(s.Examples) < maxExamples {
				s.Examples = append(s.Examples, a.Path)
			}
		}
	}
	names := append([]string(nil), n.names...)
	sort.Strings(names)
	for _, name := range names {
		if kid := n.kids[name]; kid.most() == most {
			kid.tally(path.Join(dir, name), most, s)
		}
	}
}

// odd groups the files of one directory that are not under its license: by
// extension where all files of it agree and they are several, else one by one.
func (n *node) odd(dir, most string) []Set {
	agree := map[string]bool{}
	license := map[string]string{}
	count := map[string]int{}
	for _, a := range n.files {
		ext := path.Ext(a.Path)
		if old, seen := license[ext]; !seen {
			license[ext], agree[ext] = a.Expression, true
		} else if old != a.Expression {
			agree[ext] = false
		}
		count[ext]++
	}
	var out []Set
	at := map[string]int{}
	for _, a := range n.files {
		if a.Expression == most {
			continue
		}
		pattern := a.Path
		if ext := path.Ext(a.Path); ext != "" && agree[ext] && count[ext] > 2 {
			pattern = path.Join(dir, "*"+ext)
		}
		i, ok := at[pattern]
		if !ok {
			i = len(out)
			at[pattern] = i
			out = append(out, Set{Pattern: pattern, Expression: a.Expression})
		}
		out[i].Files++
		if len(out[i].Examples) < maxExamples {
			out[i].Examples = append(out[i].Examples, a.Path)
		}
	}
	return out
}

func sum(m map[string]int) int {
	n := 0
	for _, c := range m {
		n += c
	}
	return n
}
