package main

import (
	"fmt"
	"io"
	"sort"
	"strings"
)

// print writes the repositories, the table and the disagreements.
func (c *comparison) print(w io.Writer) {
	c.repositories(w)
	c.table(w)
	reads := c.formatsRead()
	for i, p := range c.peers {
		c.disagreements(w, i, p.name, reads[i])
	}
}

func (c *comparison) repositories(w io.Writer) {
	fmt.Fprint(w, "| repository | commit | tributary |")
	for _, p := range c.peers {
		fmt.Fprintf(w, " %s |", p.name)
	}
	fmt.Fprint(w, "\n|---|---|---|"+strings.Repeat("---|", len(c.peers))+"\n")
	for _, r := range c.rows {
		fmt.Fprintf(w, "| %s | `%.12s` | %d |", r.repo, r.commit, len(r.ours.packages))
		for _, a := range r.answers {
			if a.failed != "" {
				fmt.Fprint(w, " failed |")
				continue
			}
			fmt.Fprintf(w, " %d |", len(a.packages))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}

// table counts, for each ecosystem and tool, the packages found (name and
// version, distinct in each repository).
func (c *comparison) table(w io.Writer) {
	counts, requirements := map[string][]int{}, map[string]int{}
	count := func(p pkg, tool int) {
		if counts[p.ecosystem] == nil {
			counts[p.ecosystem] = make([]int, len(c.peers)+1)
		}
		counts[p.ecosystem][tool]++
	}
	for _, r := range c.rows {
		for p := range r.ours.packages {
			count(p, 0)
		}
		for p := range r.ours.requirements {
			requirements[p.ecosystem]++
		}
		for i, a := range r.answers {
			for p := range a.packages {
				count(p, i+1)
			}
		}
	}
	fmt.Fprint(w, "| ecosystem | tributary: packages | and names without a version |")
	for _, p := range c.peers {
		fmt.Fprintf(w, " %s |", p.name)
	}
	fmt.Fprint(w, "\n|---|---|---|"+strings.Repeat("---|", len(c.peers))+"\n")
	for _, e := range sorted(counts) {
		fmt.Fprintf(w, "| %s | %d | %d |", e, counts[e][0], requirements[e])
		for _, n := range counts[e][1:] {
			fmt.Fprintf(w, " %d |", n)
		}
		fmt.Fprintln(w)
	}
}

// disagreements lists, by class, what only a peer or only tributary has.
func (c *comparison) disagreements(w io.Writer, peer int, name string, reads map[string]int) {
	both := 0
	theirs, our := map[string][]string{}, map[string][]string{}
	for _, r := range c.rows {
		for p, class := range r.theirs[peer] {
			theirs[class] = append(theirs[class], r.repo+": "+p.String()+" ("+r.answers[peer].packages[p][0]+")")
		}
		for p, usages := range r.ours.packages {
			if _, ok := r.answers[peer].packages[p]; ok {
				both++
				continue
			}
			class := explainOurs(p, usages, r, peer, reads)
			our[class] = append(our[class], r.repo+": "+p.String()+" ("+usages[0].Manifest+")")
		}
	}
	fmt.Fprintf(w, "\n### tributary and %s\n\nBoth have %d packages.\n", name, both)
	c.classes(w, "only "+name, theirs)
	c.classes(w, "only tributary", our)
}

func (c *comparison) classes(w io.Writer, title string, classes map[string][]string) {
	fmt.Fprintf(w, "\n| %s | packages | for example |\n|---|---|---|\n", title)
	keys := sorted(classes)
	sort.SliceStable(keys, func(i, j int) bool { return len(classes[keys[i]]) > len(classes[keys[j]]) })
	for _, k := range keys {
		list := classes[k]
		sort.Strings(list)
		shown := list
		if !c.verbose {
			shown = list[:1]
		}
		fmt.Fprintf(w, "| %s | %d | %s |\n", k, len(list), strings.ReplaceAll(strings.Join(shown, "; "), "|", `\|`))
	}
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
