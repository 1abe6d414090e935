// Command accuracy compares the packages that tributary finds with those of
// syft, trivy and osv-scanner, on checked-out trees of real repositories, and
// explains each disagreement.
//
//	go run ./bench/accuracy [-v] [-answers DIR] REPOSITORY…
//
// Each repository is a git repository (bare or not) with HEAD. Tools that are
// not in the PATH are left out by name. Nothing is fetched: every tool runs
// offline, and with the packages of development and tests where it has a switch
// for them. Output is Markdown: the repositories with their commits, a table by
// ecosystem, then the classes of disagreement, each decided by evidence in the
// tree or in tributary's own inventory (explain.go).
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	verbose := flag.Bool("v", false, "list every package of every disagreement")
	answers := flag.String("answers", "", "a directory that keeps the other tools' answers by commit, so that a second run is quick")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: accuracy [-v] [-answers DIR] REPOSITORY…")
	}
	all := &comparison{verbose: *verbose}
	for _, t := range []tool{{"osv-scanner", osvScanner}, {"syft", syft}, {"trivy", trivy}} {
		if _, err := exec.LookPath(t.name); err != nil {
			fmt.Printf("(%s is not installed and is left out)\n\n", t.name)
			continue
		}
		all.peers = append(all.peers, t)
	}
	defer all.close()
	for _, repo := range flag.Args() {
		if err := all.repository(repo, *answers); err != nil {
			log.Fatalf("%s: %v", repo, err)
		}
	}
	all.print(os.Stdout)
}

// pkg is what tools are compared by.
type pkg struct{ ecosystem, name, version string }

func (p pkg) String() string { return strings.TrimSpace(p.ecosystem + " " + p.name + " " + p.version) }

func (p pkg) base() pkg { return pkg{p.ecosystem, p.name, ""} }

// compared are the ecosystems that all the tools read.
var compared = map[string]bool{"Go": true, "npm": true, "PyPI": true, "Maven": true, "crates.io": true, "RubyGems": true, "Packagist": true, "NuGet": true}

// answer is what a peer says of one tree: packages and the files that it names
// as their source.
type answer struct {
	packages map[pkg][]string
	failed   string
}

type tool struct {
	name string
	run  func(tree string) (answer, error)
}

type row struct {
	repo, commit string
	ours         *ours
	answers      []answer // one a peer
	// theirs classes what only the peer has, by peer.
	theirs []map[pkg]string
}

type comparison struct {
	peers   []tool
	rows    []row
	verbose bool
}

func (c *comparison) repository(repo, keep string) error {
	r := row{repo: repoName(repo)}
	o, err := inventoryOf(repo)
	if err != nil {
		return err
	}
	r.ours, r.commit = o, o.commit
	dir := "" // the checked-out tree, made when the first peer has to run
	defer func() { os.RemoveAll(dir) }()
	for _, p := range c.peers {
		a, ok := recall(keep, r, p.name)
		if !ok {
			if dir == "" {
				if dir, err = os.MkdirTemp("", "accuracy-*"); err != nil {
					return err
				}
				if err := checkout(gitDir(repo), dir); err != nil {
					return err
				}
			}
			a, err = p.run(dir)
			if err != nil {
				a.failed = err.Error()
			}
			a.keep(keep, r, p.name)
		}
		if a.failed != "" {
			fmt.Fprintf(os.Stderr, "%s: %s: %s\n", r.repo, p.name, a.failed)
		}
		classes := map[pkg]string{}
		for q, files := range a.packages {
			if o.packages[q] == nil {
				classes[q] = explainTheirs(q, files, o)
			}
		}
		r.answers, r.theirs = append(r.answers, a), append(r.theirs, classes)
	}
	c.rows = append(c.rows, r)
	return nil
}

func (c *comparison) close() {
	for _, r := range c.rows {
		r.ours.tree.Close()
	}
}

func gitDir(repo string) string {
	if _, err := os.Stat(filepath.Join(repo, ".git")); err == nil {
		return filepath.Join(repo, ".git")
	}
	return repo
}

// repoName is owner/name for a directory OWNER+NAME or OWNER+NAME/repo.
func repoName(repo string) string {
	repo = filepath.Clean(strings.TrimSuffix(filepath.ToSlash(repo), "/.git"))
	base := filepath.Base(repo)
	if base == "repo" {
		base = filepath.Base(filepath.Dir(repo))
	}
	return strings.ReplaceAll(base, "+", "/")
}

// checkout writes the files of HEAD into dir. Objects that are missing (a
// partial clone) leave their files out; git says so and goes on.
func checkout(gitDir, dir string) error {
	index := dir + ".index"
	defer os.Remove(index)
	for _, args := range [][]string{{"read-tree", "HEAD"}, {"--work-tree=" + dir, "checkout-index", "-a", "-f", "-q"}} {
		cmd := exec.Command("git", append([]string{"--git-dir=" + gitDir}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
		if out, err := cmd.CombinedOutput(); err != nil && args[0] == "read-tree" {
			return fmt.Errorf("git read-tree: %w: %s", err, out)
		}
	}
	return nil
}
