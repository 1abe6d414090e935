package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/mod/semver"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// match is what answers are compared by: one record that means one version.
type match struct{ ecosystem, name, version, record string }

func (m match) pkg() [3]string { return [3]string{m.ecosystem, m.name, m.version} }

// side is one tool's answer about one tree.
type side struct {
	matches  map[match]string // with a manifest
	packages map[[3]string]string
	cpu      time.Duration
	known    time.Duration // when the commit was scanned before
	peak     float64       // MiB
	// classes counts our findings by kind, by distinct package version and id.
	classes    map[string]int
	unresolved map[[2]string]string // requirements, with a manifest
	// modules are Go's, as module@version, and records what is said of them, by
	// manifest.
	modules, records map[string]map[string]bool
}

// asked are the ecosystems that the mirror has data for.
var asked = map[string]bool{"Go": true, "PyPI": true, "crates.io": true}

type comparison struct {
	tributary, db, osv, govulncheck, vulndb string
	verbose                                 bool
	rows                                    []row
	reasons                                 map[string]int
}

type row struct {
	repo, commit                              string
	ours, theirs                              side
	both, onlyOurs, onlyTheirs                int
	goManifests, goBoth, goOnlyUs, goOnlyThem int
	goFailed                                  string
}

func (c *comparison) repository(repo string) error {
	git := repo
	if _, err := os.Stat(filepath.Join(repo, ".git")); err == nil {
		git = filepath.Join(repo, ".git")
	}
	commit, err := exec.Command("git", "--git-dir="+git, "rev-parse", "HEAD").Output()
	if err != nil {
		return err
	}
	tree, err := os.MkdirTemp("", "advisory-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree)
	if err := checkout(git, tree); err != nil {
		return err
	}
	r := row{repo: repoName(repo), commit: strings.TrimSpace(string(commit))}
	if r.ours, err = c.runOurs(repo); err != nil {
		return err
	}
	if !slices.ContainsFunc(keys(r.ours.packages), func(p [3]string) bool { return asked[p[0]] }) {
		fmt.Fprintf(os.Stderr, "%s: left out: it has no package of Go, PyPI or crates.io\n", r.repo)
		return nil
	}
	if r.theirs, err = c.runTheirs(tree); err != nil {
		return err
	}
	own := ownNames(tree)
	for m, where := range r.theirs.matches {
		if _, ok := r.ours.matches[m]; ok {
			r.both++
			continue
		}
		r.onlyTheirs++
		c.explain(r.repo, "osv-scanner", m, where, whyTheirs(m, where, &r.ours, own))
	}
	for m, where := range r.ours.matches {
		if _, ok := r.theirs.matches[m]; !ok {
			r.onlyOurs++
			c.explain(r.repo, "tributary", m, where, whyOurs(m, where, &r.theirs))
		}
	}
	if c.govulncheck != "" {
		c.runGo(&r)
	}
	c.rows = append(c.rows, r)
	return nil
}

func keys(m map[[3]string]string) [][3]string { return slices.Collect(maps.Keys(m)) }

func (c *comparison) explain(repo, tool string, m match, where, why string) {
	c.reasons["only "+tool+": "+why]++
	if c.verbose || why == unexplained {
		fmt.Fprintf(os.Stderr, "%s: only %s: %s %s %s %s (%s): %s\n", repo, tool, m.ecosystem, m.name, m.version, m.record, where, why)
	}
}

const unexplained = "to be explained"

func whyTheirs(m match, where string, ours *side, own map[string]bool) string {
	if _, ok := ours.packages[m.pkg()]; ok {
		return unexplained
	}
	if _, ok := ours.unresolved[[2]string{m.ecosystem, m.name}]; ok {
		return "a requirement without a lockfile, taken for the version that it starts at"
	}
	if own[m.name] {
		return "a package of the repository itself (workspace member, or replaced by a directory)"
	}
	if filepath.Base(where) == "go.sum" {
		for p := range ours.packages {
			if p[0] == m.ecosystem && p[1] == m.name {
				return "a version that go.sum lists beside the one that is selected"
			}
		}
		return "a module that go.sum lists and no package needs"
	}
	return unexplained
}

func whyOurs(m match, where string, theirs *side) string {
	if _, ok := theirs.packages[m.pkg()]; ok {
		return unexplained
	}
	switch base := filepath.Base(where); {
	case base == "go.sum":
		return "modules of a go.mod before Go 1.17, whose go.sum tells them"
	case base == "modules.txt":
		return "vendored modules"
	default:
		return "packages in " + base + ", which osv-scanner does not read there"
	}
}

// run gives a command's output and cost. Exit code 1 is osv-scanner's way to
// say that it found something.
func run(dir string, env []string, name string, args ...string) (out []byte, cpu time.Duration, peak float64, err error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err = cmd.Output()
	if s := cmd.ProcessState; s != nil {
		cpu, peak = s.UserTime()+s.SystemTime(), float64(s.SysUsage().(*syscall.Rusage).Maxrss)/1024
		var exit *exec.ExitError
		if errors.As(err, &exit) && (exit.ExitCode() == 1 || exit.ExitCode() == 128 || len(out) > 0) {
			err = nil // found something, found no packages, or could not read one file
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", name, err, stderr.Bytes())
	}
	return out, cpu, peak, err
}

func (c *comparison) runOurs(repo string) (s side, err error) {
	s = side{matches: map[match]string{}, packages: map[[3]string]string{}, classes: map[string]int{}, unresolved: map[[2]string]string{},
		modules: map[string]map[string]bool{}, records: map[string]map[string]bool{}}
	env := []string{"TRIBUTARY_DB=" + c.db}
	out, cpu, peak, err := run(".", env, c.tributary, "advisory", "match", "-q", "-o", "jsonl", repo)
	if err != nil {
		return s, err
	}
	s.cpu, s.peak = cpu, peak
	if _, _, _, err := run(".", env, c.tributary, "scan", "-q", "--no-licenses", "-o", "json", repo); err != nil {
		return s, err
	}
	known, again, _, err := run(".", env, c.tributary, "advisory", "match", "-q", "-o", "jsonl", repo)
	if err != nil {
		return s, err
	}
	if !bytes.Equal(out, known) {
		return s, errors.New("the answer from the store is not that from the repository")
	}
	s.known = again
	seen := map[[3]string]bool{}
	err = eachLine(out, func(line []byte) error {
		var f struct {
			PURL, Manifest, ID, Kind string
			Evidence                 []struct{ ID string }
		}
		if err := json.Unmarshal(line, &f); err != nil {
			return err
		}
		if key := [3]string{f.PURL, f.ID, f.Kind}; !seen[key] {
			seen[key] = true
			s.classes[f.Kind]++
		}
		p, err := inventory.ParsePURL(f.PURL)
		if err != nil || f.Kind == "stdlib-candidate" {
			return err
		}
		for _, e := range f.Evidence {
			s.matches[matchOf(p, e.ID)] = f.Manifest
			if p.Type == "golang" {
				put(s.records, f.Manifest, e.ID)
			}
		}
		return nil
	})
	if err != nil {
		return s, err
	}
	out, _, _, err = run(".", env, c.tributary, "inventory", "-q", "-o", "jsonl", repo)
	if err != nil {
		return s, err
	}
	return s, eachLine(out, func(line []byte) error {
		var u struct{ PURL, Manifest, Ecosystem string }
		if err := json.Unmarshal(line, &u); err != nil || !asked[u.Ecosystem] {
			return err
		}
		p, err := inventory.ParsePURL(u.PURL)
		if err != nil {
			return err
		}
		m := matchOf(p, "")
		if p.Version == "" {
			s.unresolved[[2]string{m.ecosystem, m.name}] = u.Manifest
		} else {
			s.packages[m.pkg()] = u.Manifest
			if p.Type == "golang" {
				put(s.modules, u.Manifest, p.FullName()+"@"+p.Version)
			}
		}
		return nil
	})
}

func put(m map[string]map[string]bool, key, value string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	m[key][value] = true
}

func matchOf(p inventory.PURL, record string) match {
	version := p.Version
	if p.Type == "golang" {
		version = strings.TrimPrefix(version, "v")
	}
	return match{p.Ecosystem(), p.FullName(), version, record}
}

func eachLine(out []byte, do func([]byte) error) error {
	s := bufio.NewScanner(bytes.NewReader(out))
	s.Buffer(nil, 64<<20)
	for s.Scan() {
		if err := do(s.Bytes()); err != nil {
			return err
		}
	}
	return s.Err()
}

func (c *comparison) runTheirs(tree string) (s side, err error) {
	s = side{matches: map[match]string{}, packages: map[[3]string]string{}}
	env := []string{"OSV_SCALIBR_LOCAL_DB_CACHE_DIRECTORY=" + c.osv}
	args := []string{"scan", "source", "-r", "--offline", "--offline-vulnerabilities", "--no-ignore", "--no-call-analysis=all", "--format", "json"}
	if _, s.cpu, s.peak, err = run(tree, env, "osv-scanner", append(args, ".")...); err != nil {
		return s, err
	}
	out, _, _, err := run(tree, env, "osv-scanner", append(args, "--all-packages", ".")...)
	if err != nil {
		return s, err
	}
	var doc struct {
		Results []struct {
			Source   struct{ Path string }
			Packages []struct {
				Package         struct{ Name, Version, Ecosystem string }
				Vulnerabilities []struct{ ID string }
			}
		}
	}
	out = out[max(bytes.IndexByte(out, '{'), 0):]
	if len(bytes.TrimSpace(out)) == 0 {
		return s, nil
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		return s, err
	}
	for _, r := range doc.Results {
		for _, p := range r.Packages {
			m := match{p.Package.Ecosystem, p.Package.Name, p.Package.Version, ""}
			if m.ecosystem == "PyPI" {
				m.name = inventory.NewPURL("pypi", m.name, "").Name
			}
			if !asked[m.ecosystem] {
				continue
			}
			s.packages[m.pkg()] = r.Source.Path
			for _, v := range p.Vulnerabilities {
				m.record = v.ID
				s.matches[m] = r.Source.Path
			}
		}
	}
	return s, nil
}

// runGo asks govulncheck about the modules of each manifest, as tributary read
// them (its query mode: a source scan sees only modules whose packages are on
// the disk).
func (c *comparison) runGo(r *row) {
	for manifest, modules := range r.ours.modules {
		args := append([]string{"-db", "file://" + c.vulndb, "-mode", "query", "-format", "json"}, slices.Sorted(maps.Keys(modules))...)
		out, _, _, err := run(".", nil, c.govulncheck, args...)
		if err != nil {
			r.goFailed = err.Error()
			continue
		}
		r.goManifests++
		theirs := map[string]bool{}
		for dec := json.NewDecoder(bytes.NewReader(out)); ; {
			var o struct{ OSV *struct{ ID string } }
			if err := dec.Decode(&o); err != nil {
				break
			}
			if o.OSV != nil {
				theirs[o.OSV.ID] = true
			}
		}
		for id := range theirs {
			if r.ours.records[manifest][id] {
				r.goBoth++
				continue
			}
			r.goOnlyThem++
			c.explain(r.repo, "govulncheck", match{"Go", "", "", id}, manifest, c.whyGo(id, modules))
		}
		for id := range r.ours.records[manifest] {
			if !theirs[id] {
				r.goOnlyUs++
				c.explain(r.repo, "tributary beside govulncheck", match{"Go", "", "", id}, manifest, unexplained)
			}
		}
	}
}

// whyGo looks at the record itself, with Go's own order.
func (c *comparison) whyGo(id string, modules map[string]bool) string {
	data, err := os.ReadFile(filepath.Join(c.vulndb, id+".json"))
	if err != nil {
		return unexplained
	}
	var record struct {
		Withdrawn string
		Affected  []struct {
			Package struct{ Name string }
			Ranges  []struct {
				Events []struct{ Introduced, Fixed string }
			}
		}
	}
	if err := json.Unmarshal(data, &record); err != nil {
		return unexplained
	}
	if record.Withdrawn != "" {
		return "a withdrawn record"
	}
	for module := range modules {
		name, version, _ := strings.Cut(module, "@")
		for _, a := range record.Affected {
			for _, r := range a.Ranges {
				in := false
				for _, e := range r.Events {
					switch {
					case e.Introduced == "0", e.Introduced != "" && semver.Compare(version, "v"+e.Introduced) >= 0:
						in = true
					case e.Fixed != "" && semver.Compare(version, "v"+e.Fixed) >= 0:
						in = false
					}
				}
				if in && a.Package.Name == name {
					return unexplained
				}
			}
		}
	}
	return "no range of the record holds the version: govulncheck's query mode looks at the last fixed version alone"
}

var ownName = regexp.MustCompile(`(?m)^(?:module\s+"?([^\s"]+)|\s*name\s*=\s*["']([^"']+)["'])`)

// ownNames reads the names that the tree's manifests give themselves.
func ownNames(tree string) map[string]bool {
	own := map[string]bool{}
	filepath.WalkDir(tree, func(p string, d os.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{"go.mod", "Cargo.toml", "pyproject.toml", "setup.cfg"}, d.Name()) {
			return nil
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return nil
		}
		for _, m := range ownName.FindAllSubmatch(data, -1) {
			own[string(m[1])+string(m[2])] = true
		}
		return nil
	})
	return own
}

func repoName(repo string) string {
	base := filepath.Base(filepath.Clean(repo))
	if base == "repo" {
		base = filepath.Base(filepath.Dir(filepath.Clean(repo)))
	}
	return strings.ReplaceAll(base, "+", "/")
}

// checkout writes the files of HEAD; objects that are missing leave their files
// out.
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
