package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// gemSource is one block of specs: GEM, GIT, PATH or PLUGIN SOURCE.
type gemSource struct {
	kind, remote, revision string
}

type gemSpec struct {
	name, version, platform string
	source                  *gemSource
	deps                    []gemDependency
	line                    int
}

// gemDependency is what a gem or, under DEPENDENCIES, the Gemfile asks for.
type gemDependency struct {
	name, requirement string
	line              int
}

// gemMaxVersions bounds how many locked versions of one gem are looked at; there
// is one, or one a platform.
const gemMaxVersions = 50

// readBundlerLock reads Gemfile.lock and gems.locked. Direct is what stands
// under DEPENDENCIES and what our own gems (PATH) need; groups come from the
// Gemfile, development dependencies of our own gems from their gemspecs.
//
// A gem that is locked for several platforms at one version is one usage; only
// where platforms have different versions the purl says which platform.
func readBundlerLock(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	specs, wanted, problems := parseBundlerLock(p, data)
	l := &bundlerLock{path: p, nodes: map[string][]int{}, byPurl: map[inventory.PURL]int{}, own: map[string]bool{},
		scope: bundlerGroups(fsys, p)}
	l.out.Problems = problems
	l.add(specs)
	for _, s := range specs {
		for _, dep := range s.deps {
			for _, to := range l.nodes[dep.name][:min(len(l.nodes[dep.name]), gemMaxVersions)] {
				if l.own[s.name] {
					l.graph.Root(to, l.scope(s.name), dep.requirement)
				} else if from := l.byPurl[l.purl(s)]; from != to {
					l.graph.Need(from, to, inventory.Runtime)
				}
			}
		}
	}
	for _, d := range wanted {
		l.want(d)
	}
	l.out.Usages = l.graph.Usages()
	return l.out, nil
}

type bundlerLock struct {
	path     string
	nodes    map[string][]int // by name
	byPurl   map[inventory.PURL]int
	versions map[string][]string // versions by name, sorted
	own      map[string]bool
	scope    func(name string) inventory.Scope
	graph    Graph
	out      Result
}

func (l *bundlerLock) purl(s gemSpec) inventory.PURL {
	p := inventory.NewPURL("gem", s.name, s.version)
	if s.platform != "" && len(l.versions[s.name]) > 1 {
		p = withQualifier(p, "platform", s.platform)
	}
	if s.source.kind == "GIT" {
		p = withQualifier(p, "vcs_url", gitLocation(s.source.remote+"#"+s.source.revision))
	}
	return p
}

// add adds the gems, each version once.
func (l *bundlerLock) add(specs []gemSpec) {
	l.versions = map[string][]string{}
	platforms := map[[2]string][]string{}
	for _, s := range specs {
		if len(l.versions[s.name]) < gemMaxVersions && !slices.Contains(l.versions[s.name], s.version) {
			l.versions[s.name] = append(l.versions[s.name], s.version)
		}
		if s.platform != "" {
			key := [2]string{s.name, s.version}
			platforms[key] = append(platforms[key], s.platform)
		}
	}
	for _, s := range specs {
		p := l.purl(s)
		if s.source.kind == "PATH" {
			if !l.own[s.name] {
				l.own[s.name] = true
				l.out.Own = append(l.out.Own, inventory.NewPURL("gem", s.name, s.version).String())
			}
			continue
		}
		if _, seen := l.byPurl[p]; seen {
			continue
		}
		u := inventory.Usage{Component: p, Manifest: l.path, Line: s.line}
		if names := platforms[[2]string{s.name, s.version}]; len(names) > 0 && p.Qualifiers == "" {
			slices.Sort(names)
			u.Note = "locked for " + strings.Join(slices.Compact(names), ", ")
		}
		switch {
		case s.source.kind == "PLUGIN SOURCE":
			u.Note = joinNotes(u.Note, "from a plugin source")
		case s.source.kind == "GEM" && s.source.remote != "" && !strings.Contains(s.source.remote, "://rubygems.org"):
			u.Note = joinNotes(u.Note, "from "+withoutUser(s.source.remote))
		}
		i := l.graph.Add(u)
		l.byPurl[p] = i
		l.nodes[s.name] = append(l.nodes[s.name], i)
	}
}

// want adds one line of DEPENDENCIES.
func (l *bundlerLock) want(d gemDependency) {
	if l.own[d.name] {
		return
	}
	for _, i := range l.nodes[d.name] {
		l.graph.Root(i, l.scope(d.name), d.requirement)
	}
	if len(l.nodes[d.name]) > 0 {
		return
	}
	u := inventory.Usage{Component: inventory.NewPURL("gem", d.name, ""), Requirement: d.requirement, Manifest: l.path, Line: d.line,
		Relation: inventory.Direct, Scope: l.scope(d.name), Note: "not locked: no platform of this lockfile needs it"}
	if u.Requirement == "" {
		u.Requirement = ">= 0"
	}
	if d.name == "bundler" {
		u.Scope, u.Note = inventory.Provided, "comes with Ruby"
	}
	l.graph.Add(u)
}

// bundlerGroups gives the scope of what the Gemfile and the gemspecs beside a
// lockfile name; anything else is runtime.
func bundlerGroups(fsys FS, lock string) func(string) inventory.Scope {
	gems, _, gemspecs, _ := loadGemfile(fsys, bundlerGemfileOf(lock))
	scopes := map[string]inventory.Scope{}
	for _, g := range gems {
		if old, ok := scopes[g.name]; !ok || g.scope.Rank() < old.Rank() {
			scopes[g.name] = g.scope
		}
	}
	for _, p := range gemspecs {
		data, err := fsys.ReadFile(p)
		if err != nil || len(data) > bundlerMaxBytes {
			continue
		}
		_, deps, _ := parseGemspec(p, data)
		for _, d := range deps {
			if _, ok := scopes[d.name]; !ok || d.scope == inventory.Runtime {
				scopes[d.name] = d.scope
			}
		}
	}
	return func(name string) inventory.Scope {
		if s, ok := scopes[name]; ok {
			return s
		}
		return inventory.Runtime
	}
}

// parseBundlerLock reads the sections by their indentation, as Bundler does.
func parseBundlerLock(p string, data []byte) ([]gemSpec, []gemDependency, []inventory.Problem) {
	if len(data) > bundlerMaxBytes {
		return nil, nil, []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 8 MiB; not read"}}
	}
	l := bundlerParser{path: p}
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		l.n++
		if l.n > 1<<20 {
			break
		}
		l.read(strings.TrimRight(line, " \t\r\n"))
	}
	return l.specs, l.wanted, l.problems
}

type bundlerParser struct {
	path     string
	n        int
	section  string
	source   *gemSource
	specs    []gemSpec
	wanted   []gemDependency
	problems []inventory.Problem
}

func (l *bundlerParser) problem(kind, message string) {
	if len(l.problems) < jsMaxFaults {
		l.problems = append(l.problems, inventory.Problem{Path: l.path, Line: l.n, Kind: kind, Message: message})
	}
}

func (l *bundlerParser) read(line string) {
	text := strings.TrimLeft(line, " ")
	indent := len(line) - len(text)
	switch {
	case text == "":
	case jsConflict(line) != 0:
		if line[0] == '<' {
			l.problem("merge conflict", jsConflictMessage)
		}
	case indent == 0:
		l.section = text
		l.source = nil
		switch text {
		case "GEM", "GIT", "PATH", "PLUGIN SOURCE":
			l.source = &gemSource{kind: text}
		case "PLATFORMS", "DEPENDENCIES", "CHECKSUMS", "RUBY VERSION", "BUNDLED WITH", "METADATA":
		default:
			l.problem("malformed", fmt.Sprintf("%.100q is not a section of a lockfile; what is in it is left out", text))
		}
	case l.source != nil:
		l.spec(text, indent)
	case l.section == "DEPENDENCIES" && indent == 2:
		name, requirement, ok := gemAndParens(strings.TrimSuffix(text, "!"))
		if !ok {
			l.problem("malformed", fmt.Sprintf("%.100q is not a dependency; it is left out", text))
			return
		}
		l.wanted = append(l.wanted, gemDependency{name, requirement, l.n})
	}
}

// spec reads a line of a source block: an option, a gem or what a gem needs.
func (l *bundlerParser) spec(text string, indent int) {
	switch {
	case indent == 2:
		key, value, _ := strings.Cut(text, ": ")
		switch key {
		case "remote":
			l.source.remote = value
		case "revision":
			l.source.revision = value
		}
		return
	case indent == 4:
		name, version, ok := gemAndParens(text)
		if !ok || version == "" {
			l.problem("malformed", fmt.Sprintf("%.100q is not \"gem (version)\"; the gem is left out", text))
			return
		}
		version, platform, _ := strings.Cut(version, "-")
		l.specs = append(l.specs, gemSpec{name: name, version: version, platform: platform, source: l.source, line: l.n})
		return
	case indent == 6 && len(l.specs) > 0 && l.specs[len(l.specs)-1].source == l.source:
		if name, requirement, ok := gemAndParens(text); ok {
			last := &l.specs[len(l.specs)-1]
			last.deps = append(last.deps, gemDependency{name, requirement, l.n})
			return
		}
	}
	l.problem("malformed", fmt.Sprintf("%.100q can't be placed; it is left out", text))
}

// gemAndParens reads "name" or "name (text)".
func gemAndParens(s string) (name, inside string, ok bool) {
	name, rest, parens := strings.Cut(s, " (")
	if parens {
		if inside, ok = strings.CutSuffix(rest, ")"); !ok {
			return "", "", false
		}
	}
	name = strings.TrimSpace(name)
	return name, inside, gemName(name)
}

// gemName holds names to what RubyGems allows.
func gemName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}

// bundlerOwns says whether a lockfile has a gem from a path.
func bundlerOwns(fsys FS, lock, gem string) bool {
	data, err := fsys.ReadFile(lock)
	if err != nil {
		return false
	}
	specs, _, _ := parseBundlerLock(lock, data)
	for _, s := range specs {
		if s.name == gem && s.source.kind == "PATH" {
			return true
		}
	}
	return false
}

// bundlerCovered says whether a lockfile beside a gemspec or above it tells what
// the gem's requirements came to.
func bundlerCovered(fsys FS, gemspec, gem string) bool {
	for _, dir := range ancestors(path.Dir(gemspec)) {
		for _, base := range []string{"Gemfile.lock", "gems.locked"} {
			if lock := path.Join(dir, base); fsys.Exists(lock) && bundlerOwns(fsys, lock, gem) {
				return true
			}
		}
	}
	return false
}
