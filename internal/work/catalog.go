package work

import (
	"cmp"
	"slices"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// catalog numbers the distinct components of some snapshots, so that a hundred
// thousand usages are counted and joined without comparing names.
type catalog struct {
	purls      []string
	components []*inventory.PURL // one for each purl
	numbers    [][]int32         // of each snapshot, its usages in order
	usages     int
	order      []int32 // numbers by purl, once somebody asks
}

func newCatalog(snaps []Scanned) *catalog {
	c := &catalog{numbers: make([][]int32, len(snaps))}
	counts := make([]int, len(snaps))
	for i := range snaps {
		for _, u := range snaps[i].Snapshot.Units {
			counts[i] += len(u.Usages)
		}
		c.usages += counts[i]
	}
	known := make(map[string]int32, c.usages/2)
	var text []byte
	for i := range snaps {
		numbers := make([]int32, 0, counts[i])
		for _, unit := range snaps[i].Snapshot.Units {
			for k := range unit.Usages {
				p := &unit.Usages[k].Component
				text = p.Append(text[:0])
				n, ok := known[string(text)]
				if !ok {
					n = int32(len(c.purls))
					purl := string(text)
					known[purl] = n
					c.purls, c.components = append(c.purls, purl), append(c.components, p)
				}
				numbers = append(numbers, n)
			}
		}
		c.numbers[i] = numbers
	}
	return c
}

// sorted gives all numbers in the order of their purls.
func (c *catalog) sorted() []int32 {
	if c.order == nil {
		c.order = make([]int32, len(c.purls))
		for i := range c.order {
			c.order[i] = int32(i)
		}
		slices.SortFunc(c.order, func(a, b int32) int { return cmp.Compare(c.purls[a], c.purls[b]) })
	}
	return c.order
}

// distinct counts the different numbers of one snapshot.
func (c *catalog) distinct(snapshot int) int {
	seen, n := make([]bool, len(c.purls)), 0
	for _, i := range c.numbers[snapshot] {
		if !seen[i] {
			seen[i] = true
			n++
		}
	}
	return n
}
