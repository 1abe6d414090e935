package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// cargoPackage is one [[package]] of Cargo.lock. Without a source it comes from
// a path: it is one of our own.
type cargoPackage struct {
	name, version, source string
	deps                  []string // "name", "name version" or "name version (source)"
	line                  int
}

// cargoMaxBytes bounds Cargo.lock; the largest public lockfiles
// have a tenth of it.
const cargoMaxBytes = 16 << 20

// cargoMaxVersions bounds how many versions of one crate are looked at to find
// the one that is meant; real lockfiles have up to ten.
const cargoMaxVersions = 100

// readCargoLock reads Cargo.lock (versions 1 to 4). What is direct, and for
// what, comes from the manifests of the workspace.
func readCargoLock(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if fsys.Exists(path.Join(path.Dir(p), ".cargo-checksum.json")) {
		return Result{}, nil // in a vendored crate; it is not used in a build of another
	}
	pkgs, problems := parseCargoLock(p, data)
	out := Result{Problems: problems}
	crates := cargoCrates(fsys, path.Dir(p))
	index := map[string][]int{}
	for i, pkg := range pkgs {
		index[pkg.name] = append(index[pkg.name], i)
	}
	var g Graph
	node := make([]int, len(pkgs))
	for i, pkg := range pkgs {
		if pkg.source == "" {
			out.Own = append(out.Own, inventory.NewPURL("cargo", pkg.name, pkg.version).String())
			node[i] = -1
			continue
		}
		node[i] = g.Add(inventory.Usage{Component: cargoPURL(pkg.name, pkg.version, pkg.source), Manifest: p, Line: pkg.line})
	}
	without := 0
	for i, pkg := range pkgs {
		targets := make([]int, 0, len(pkg.deps))
		for _, d := range pkg.deps {
			if to := cargoResolve(d, pkgs, index); to >= 0 {
				targets = append(targets, to)
			}
		}
		if node[i] >= 0 {
			for _, to := range targets {
				if node[to] >= 0 {
					g.Need(node[i], node[to], inventory.Runtime)
				}
			}
			continue
		}
		crate := crates[pkg.name]
		if crate == nil && len(targets) > 0 {
			without++
		}
		cargoRoots(&g, crate, pkgs, targets, node)
	}
	if without > 0 {
		out.Problems = append(out.Problems, inventory.Problem{Path: p, Kind: "incomplete",
			Message: fmt.Sprintf("no Cargo.toml was found for %d of its own packages; what they need for tests and builds is shown as runtime", without)})
	}
	out.Usages = g.Usages()
	return out, nil
}

// cargoRoots adds what one of our own crates needs.
func cargoRoots(g *Graph, crate *cargoCrate, pkgs []cargoPackage, targets, node []int) {
	specs := map[string][]cargoDep{}
	if crate != nil {
		for _, d := range crate.deps() {
			specs[d.name] = append(specs[d.name], d)
		}
	}
	versions := map[string]int{}
	for _, to := range targets {
		versions[pkgs[to].name]++
	}
	for _, to := range targets {
		if node[to] < 0 {
			continue
		}
		found := false
		for _, d := range specs[pkgs[to].name] {
			// Only a crate that needs two versions of one package must be told apart.
			if versions[d.name] > 1 && !cargoMatches(d.requirement, pkgs[to].version) {
				continue
			}
			g.Root(node[to], d.scope, d.requirement)
			found = true
		}
		if !found {
			g.Root(node[to], inventory.Runtime, "")
		}
	}
}

// cargoResolve finds the package that an entry of "dependencies" means.
func cargoResolve(dep string, pkgs []cargoPackage, index map[string][]int) int {
	name, rest, _ := strings.Cut(dep, " ")
	version, source, _ := strings.Cut(rest, " ")
	source = strings.Trim(source, "()")
	for _, i := range index[name][:min(len(index[name]), cargoMaxVersions)] {
		if (version == "" || pkgs[i].version == version) && (source == "" || cargoSameSource(pkgs[i].source, source)) {
			return i
		}
	}
	return -1
}

// cargoSameSource compares sources; in "dependencies" a git source lacks its commit.
func cargoSameSource(full, short string) bool {
	full, _, _ = strings.Cut(full, "#")
	short, _, _ = strings.Cut(short, "#")
	return full == short
}

// parseCargoLock reads line by line: the file is always written by cargo, and a
// conflict or a cut must not hide the rest.
func parseCargoLock(p string, data []byte) ([]cargoPackage, []inventory.Problem) {
	if len(data) > cargoMaxBytes {
		return nil, []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 16 MiB; not read"}}
	}
	l := cargoLockParser{path: p, pkgs: make([]cargoPackage, 0, strings.Count(string(data), "[[package]]"))}
	for line := range strings.Lines(string(data)) {
		l.n++
		l.line(strings.TrimSpace(strings.TrimPrefix(line, "\ufeff")))
	}
	if l.list {
		l.problem("malformed", "the list of dependencies does not end: the file may be truncated; what could be read is listed")
	}
	kept := l.pkgs[:0]
	for _, pkg := range l.pkgs {
		if pkg.name == "" || pkg.version == "" {
			l.n = pkg.line
			l.problem("malformed", "a package without name or version; it is left out")
			continue
		}
		kept = append(kept, pkg)
	}
	return kept, l.problems
}

type cargoLockParser struct {
	path     string
	n        int
	pkgs     []cargoPackage
	in       bool // in a package
	ignore   bool // in a section that names no packages in use
	list     bool // in its dependencies
	problems []inventory.Problem
}

func (l *cargoLockParser) problem(kind, message string) {
	if len(l.problems) < jsMaxFaults {
		l.problems = append(l.problems, inventory.Problem{Path: l.path, Line: l.n, Kind: kind, Message: message})
	}
}

func (l *cargoLockParser) line(s string) {
	switch {
	case s == "" || s[0] == '#':
	case jsConflict(s) != 0:
		if s[0] == '<' {
			l.problem("merge conflict", jsConflictMessage)
		}
	case s == "[[package]]" || s == "[root]":
		l.pkgs = append(l.pkgs, cargoPackage{line: l.n})
		l.in, l.ignore, l.list = true, false, false
	case l.list && s[0] != '[':
		l.dependencies(s)
	case s[0] == '[':
		// [metadata], [[patch.unused]]: nothing in them is in use.
		l.in, l.ignore, l.list = false, true, false
	case l.in:
		l.field(s)
	case !l.ignore && strings.HasPrefix(s, "version = "):
	case !l.ignore:
		l.problem("malformed", fmt.Sprintf("%.100q stands outside of any section; it is left out", s))
	}
}

func (l *cargoLockParser) field(s string) {
	pkg := &l.pkgs[len(l.pkgs)-1]
	key, value, ok := strings.Cut(s, "=")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	if ok && key == "dependencies" && strings.HasPrefix(value, "[") {
		l.list = true
		l.dependencies(value[1:])
		return
	}
	text, closed := unquoteTOML(value)
	if !ok || !closed {
		l.problem("malformed", fmt.Sprintf("%.100q is not \"key = value\"; it is left out", s))
		return
	}
	switch key {
	case "name":
		pkg.name = text
	case "version":
		pkg.version = text
	case "source":
		pkg.source = text
	}
}

// dependencies reads one line of the list, which may end in it.
func (l *cargoLockParser) dependencies(s string) {
	pkg := &l.pkgs[len(l.pkgs)-1]
	for s = strings.TrimLeft(s, " ,\t"); s != ""; s = strings.TrimLeft(s, " ,\t") {
		if s[0] == ']' {
			l.list = false
			return
		}
		end := strings.IndexByte(s[1:], s[0])
		if s[0] != '"' || end < 0 {
			l.problem("malformed", fmt.Sprintf("%.100q is not a dependency; it is left out", s))
			return
		}
		pkg.deps = append(pkg.deps, s[1:end+1])
		s = s[end+2:]
	}
}

func unquoteTOML(s string) (string, bool) {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		return s[1 : len(s)-1], true
	}
	return s, false
}
