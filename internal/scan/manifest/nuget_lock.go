package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// nugetLock is a packages.lock.json while it is read.
type nugetLock struct {
	path  string
	nodes map[string]map[string]int // framework, lower-case name: node, -1 for a project
	graph Graph
	out   Result
}

// readNuGetLock reads packages.lock.json (versions 1 and 2): for each target
// framework what was restored, and who needs whom. What is for development or
// tests comes from the project beside it.
func readNuGetLock(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > nugetMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 16 MiB; not read"}}}, nil
	}
	doc := jsParseJSON(data)
	l := &nugetLock{path: p, nodes: map[string]map[string]int{}}
	l.out.Problems = docProblems(p, doc.faults)
	frameworks := doc.root().get("dependencies")
	own := map[string]bool{}
	for framework := range frameworks.all() {
		l.add(framework, own)
	}
	scope := nugetLockScopes(fsys, p)
	for framework := range frameworks.all() {
		l.edges(framework, scope)
	}
	l.out.Usages = l.graph.Usages()
	return l.out, nil
}

func (l *nugetLock) add(framework jsVal, own map[string]bool) {
	nodes := map[string]int{}
	l.nodes[framework.key()] = nodes
	for e := range framework.all() {
		name := strings.ToLower(e.key())
		version := e.get("resolved").text()
		u := inventory.Usage{Component: inventory.NewPURL("nuget", e.key(), version), Requirement: e.get("requested").text(),
			Manifest: l.path, Line: e.line()}
		switch kind := e.get("type").text(); kind {
		case "Project":
			nodes[name] = -1
			if !own[name] {
				own[name] = true
				l.out.Own = append(l.out.Own, inventory.NewPURL("nuget", e.key(), "").String())
			}
			continue
		case "Direct":
			u.Relation = inventory.Direct
		case "Transitive", "CentralTransitive":
			u.Relation = inventory.Transitive
		default:
			u.Relation = inventory.RelationUnknown
			l.problem(e, "unsupported", "an entry of unknown type "+jsQuote(kind)+"; its relation is unknown")
		}
		if !nugetID(e.key()) || version == "" {
			l.problem(e, "malformed", "a package without a name or a resolved version; it is left out")
			continue
		}
		nodes[name] = l.graph.Add(u)
	}
}

func (l *nugetLock) problem(e jsVal, kind, message string) {
	if len(l.out.Problems) < jsMaxFaults {
		l.out.Problems = append(l.out.Problems, inventory.Problem{Path: l.path, Line: e.line(), Kind: kind, Message: message})
	}
}

// edges adds who needs whom. What our own projects need is transitive for this
// one, by a way that has no third-party package in it.
func (l *nugetLock) edges(framework jsVal, scope func(string) inventory.Scope) {
	for e := range framework.all() {
		from, ok := l.nodes[framework.key()][strings.ToLower(e.key())]
		if !ok {
			continue
		}
		if e.get("type").text() == "Direct" && from >= 0 {
			l.graph.Root(from, scope(e.key()), "")
		}
		for d := range e.get("dependencies").all() {
			to, ok := l.find(framework.key(), strings.ToLower(d.key()))
			switch {
			case !ok || to < 0:
			case from < 0:
				l.graph.Root(to, scope(""), "")
			default:
				l.graph.Need(from, to, inventory.Runtime)
			}
		}
	}
}

// find looks a package up in a framework; one with a runtime ("net8.0/win-x64")
// lists only what differs from the framework alone.
func (l *nugetLock) find(framework, name string) (int, bool) {
	if i, ok := l.nodes[framework][name]; ok {
		return i, true
	}
	base, _, _ := strings.Cut(framework, "/")
	i, ok := l.nodes[base][name]
	return i, ok
}

// nugetLockScopes gives the scope that the project of a lockfile has for what
// it references; the empty name stands for everything else.
func nugetLockScopes(fsys FS, lock string) func(string) inventory.Scope {
	scopes := map[string]inventory.Scope{}
	base := strings.ToLower(path.Base(lock))
	fallback := inventory.Scope("")
	for _, p := range fsys.Glob(path.Join(path.Dir(lock), "*.*proj")) {
		if !nugetIsProject(p) || base != "packages.lock.json" && nugetLockName(p) != base {
			continue
		}
		m := evaluateMSBuild(fsys, p)
		// Where several projects share a directory the strongest scope counts.
		if s := m.restScope(); fallback == "" || s.Rank() < fallback.Rank() {
			fallback = s
		}
		for _, ref := range m.references() {
			name := strings.ToLower(ref.name)
			if old, ok := scopes[name]; !ok || ref.scope.Rank() < old.Rank() {
				scopes[name] = ref.scope
			}
		}
	}
	if fallback == "" {
		fallback = inventory.Runtime
	}
	return func(name string) inventory.Scope {
		if s, ok := scopes[strings.ToLower(name)]; ok {
			return s
		}
		return fallback
	}
}

// nugetLockName is the name of a lockfile in a directory of several projects.
func nugetLockName(project string) string {
	base := path.Base(project)
	base = strings.TrimSuffix(base, path.Ext(base))
	return strings.ToLower("packages." + strings.ReplaceAll(base, " ", "_") + ".lock.json")
}
