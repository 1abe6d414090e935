// Command accuracy compares the packages that tributary finds with those of
// syft, trivy and osv-scanner, on checked-out trees of real repositories, and
// explains each disagreement.
//
//	go run ./bench/accuracy -tributary ./tributary DIR…
//
// Each DIR is a git repository (bare or not) with HEAD. Tools that are not in
// the PATH are left out by name. Nothing is fetched: every tool runs offline.
// Output is Markdown: a table by ecosystem, then the classes of disagreement.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
)

func main() {
	log.SetFlags(0)
	binary := flag.String("tributary", "./tributary", "the program to compare")
	verbose := flag.Bool("v", false, "list every package of every disagreement")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: accuracy [-tributary PATH] REPOSITORY…")
	}
	tools := []tool{{name: "tributary", run: tributary(*binary)}}
	for _, t := range []tool{{name: "osv-scanner", run: osvScanner}, {name: "syft", run: syft}, {name: "trivy", run: trivy}} {
		if _, err := exec.LookPath(t.name); err != nil {
			fmt.Printf("(%s is not installed and is left out)\n\n", t.name)
			continue
		}
		tools = append(tools, t)
	}
	all := &comparison{tools: tools, verbose: *verbose}
	for _, repo := range flag.Args() {
		if err := all.repository(repo); err != nil {
			log.Fatalf("%s: %v", repo, err)
		}
	}
	all.print(os.Stdout)
}

// pkg is what tools are compared by.
type pkg struct{ ecosystem, name, version string }

func (p pkg) String() string { return p.ecosystem + " " + p.name + " " + p.version }

// answer is what a tool says of one tree.
type answer struct {
	packages map[pkg]bool
	// requirements and own are told by tributary alone: names without a
	// version, and first-party names.
	requirements map[pkg]bool
	fixtures     map[pkg]bool
	failed       error
}

type tool struct {
	name string
	run  func(tree, repo string) answer
}

// compared are the ecosystems that all the tools read.
var compared = map[string]bool{"Go": true, "npm": true, "PyPI": true, "Maven": true, "crates.io": true, "RubyGems": true, "Packagist": true, "NuGet": true}

type row struct {
	repo    string
	answers []answer
}

type comparison struct {
	tools   []tool
	rows    []row
	verbose bool
}

func (c *comparison) repository(repo string) error {
	tree, err := os.MkdirTemp("", "accuracy-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree)
	if err := checkout(gitDir(repo), tree); err != nil {
		return err
	}
	r := row{repo: repoName(repo)}
	for _, t := range c.tools {
		a := t.run(tree, repo)
		if a.failed != nil {
			fmt.Fprintf(os.Stderr, "%s: %s: %v\n", repo, t.name, a.failed)
		}
		r.answers = append(r.answers, a)
	}
	c.rows = append(c.rows, r)
	return nil
}

func gitDir(repo string) string {
	if _, err := os.Stat(filepath.Join(repo, ".git")); err == nil {
		return filepath.Join(repo, ".git")
	}
	return repo
}

func repoName(repo string) string {
	base := filepath.Base(strings.TrimSuffix(repo, "/"))
	if base == "repo" || base == ".git" {
		base = filepath.Base(filepath.Dir(repo))
	}
	return strings.ReplaceAll(base, "+", "/")
}

// print writes the table and the explanations.
func (c *comparison) print(w *os.File) {
	c.table(w)
	for i, t := range c.tools[1:] {
		c.disagreements(w, i+1, t.name)
	}
}

// table counts, for each ecosystem and tool, the packages found (name and
// version, distinct in each repository).
func (c *comparison) table(w *os.File) {
	counts := map[string][]int{}
	for _, r := range c.rows {
		for i, a := range r.answers {
			for p := range a.packages {
				if counts[p.ecosystem] == nil {
					counts[p.ecosystem] = make([]int, len(c.tools))
				}
				counts[p.ecosystem][i]++
			}
		}
	}
	fmt.Fprint(w, "| ecosystem |")
	for _, t := range c.tools {
		fmt.Fprintf(w, " %s |", t.name)
	}
	fmt.Fprint(w, "\n|---|"+strings.Repeat("---|", len(c.tools))+"\n")
	for _, e := range sorted(counts) {
		fmt.Fprintf(w, "| %s |", e)
		for _, n := range counts[e] {
			fmt.Fprintf(w, " %d |", n)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\n%d repositories:", len(c.rows))
	for _, r := range c.rows {
		fmt.Fprintf(w, " %s", r.repo)
	}
	fmt.Fprintln(w)
}

// disagreements lists, by class, what only a peer or only tributary has.
func (c *comparison) disagreements(w *os.File, peer int, name string) {
	classes := map[string][]string{}
	for _, r := range c.rows {
		ours, theirs := r.answers[0], r.answers[peer]
		if theirs.failed != nil {
			classes["the tool failed on the repository"] = append(classes["the tool failed on the repository"], r.repo)
			continue
		}
		for p := range theirs.packages {
			if !ours.packages[p] {
				k := "only " + name + ": " + explainTheirs(p, ours)
				classes[k] = append(classes[k], r.repo+": "+p.String())
			}
		}
		for p := range ours.packages {
			if !theirs.packages[p] {
				k := "only tributary: " + explainOurs(p, ours, theirs)
				classes[k] = append(classes[k], r.repo+": "+p.String())
			}
		}
	}
	fmt.Fprintf(w, "\n### tributary and %s\n\n| disagreement | packages | for example |\n|---|---|---|\n", name)
	for _, k := range sorted(classes) {
		list := classes[k]
		sort.Strings(list)
		shown := list
		if len(shown) > 3 && !c.verbose {
			shown = shown[:3]
		}
		fmt.Fprintf(w, "| %s | %d | %s |\n", k, len(list), strings.Join(shown, "; "))
	}
}

// explainTheirs classes a package that a peer has and we have not.
func explainTheirs(p pkg, ours answer) string {
	base := pkg{p.ecosystem, p.name, ""}
	switch {
	case p.ecosystem == "Go" && (p.name == "stdlib" || p.name == "toolchain"):
		return "the Go release as a package"
	case p.version == "":
		return "a name without a version as a package"
	case strings.ContainsAny(p.version, "^~<>*|, ") || strings.HasPrefix(p.version, "="):
		return "a range as a version"
	case ours.requirements[base]:
		return "a requirement as a version"
	case strings.HasPrefix(p.version, "0.0.0") || p.version == "UNKNOWN" || strings.Contains(p.version, "use.local"):
		return "a placeholder version (an own package)"
	case strings.Contains(p.version, "${") || strings.Contains(p.version, "$("):
		return "an unresolved property as a version"
	}
	for q := range ours.packages {
		if q.ecosystem == p.ecosystem && q.name == p.name {
			return "another version of a package that both have"
		}
	}
	return "to be explained"
}

// explainOurs classes a package that we have and a peer has not.
func explainOurs(p pkg, ours, theirs answer) string {
	for q := range theirs.packages {
		if q.ecosystem == p.ecosystem && strings.EqualFold(q.name, p.name) {
			if q.name != p.name {
				return "the peer changes the case of the name"
			}
			return "another version of a package that both have"
		}
	}
	if ours.fixtures[p] {
		return "in test data or a sample"
	}
	return "the peer does not have it"
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// checkout writes the files of HEAD into tree. Objects that are missing (a
// partial clone) leave their files out; git says so and goes on.
func checkout(gitDir, tree string) error {
	index := tree + ".index"
	defer os.Remove(index)
	for _, args := range [][]string{{"read-tree", "HEAD"}, {"--work-tree=" + tree, "checkout-index", "-a", "-f", "-q"}} {
		cmd := exec.Command("git", append([]string{"--git-dir=" + gitDir}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
		if out, err := cmd.CombinedOutput(); err != nil && args[0] == "read-tree" {
			return fmt.Errorf("git read-tree: %w: %s", err, out)
		}
	}
	return nil
}
