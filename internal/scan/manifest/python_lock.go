package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// pythonDialect is what sets the TOML lockfiles apart.
type pythonDialect struct {
	list string // key of the packages: "package" or "packages"
	name string
}

var (
	poetryDialect = pythonDialect{"package", "poetry"}
	pdmDialect    = pythonDialect{"package", "pdm"}
	uvDialect     = pythonDialect{"package", "uv"}
	pylockDialect = pythonDialect{"packages", "pylock"}
)

// pythonLock is a TOML lockfile while it is read.
type pythonLock struct {
	dialect pythonDialect
	path    string
	graph   Graph
	nodes   []pythonNode
	byName  map[string][]int // into nodes
	out     Result
}

type pythonNode struct {
	v             jsVal
	name, version string
	node          int // -1 for our own
}

// readPythonLock reads a lockfile of uv, poetry, pdm or PEP 751.
func readPythonLock(d pythonDialect) func(FS, string) (Result, error) {
	return func(fsys FS, p string) (Result, error) {
		data, err := fsys.ReadFile(p)
		if err != nil {
			return Result{}, err
		}
		if len(data) > pythonMaxBytes {
			return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 32 MiB; not read"}}}, nil
		}
		doc := parseTOML(data)
		l := &pythonLock{dialect: d, path: p, byName: map[string][]int{}}
		for v := range doc.root().get(d.list).all() {
			l.add(v)
		}
		for i := range l.nodes {
			l.edges(&l.nodes[i])
		}
		proj := loadPyproject(fsys, path.Join(path.Dir(p), "pyproject.toml"))
		if d.name != "uv" {
			l.roots(proj)
		}
		for r := range doc.root().get("manifest").get("requirements").all() {
			l.want(r)
		}
		l.out.Usages = l.graph.Usages()
		l.out.Problems = limitProblems(p, docProblems(p, doc.faults))
		return l.out, nil
	}
}

func (l *pythonLock) add(v jsVal) {
	n := pythonNode{v: v, name: inventory.NewPURL("pypi", v.get("name").text(), "").Name, version: v.get("version").text(), node: -1}
	if n.name == "" {
		return
	}
	if l.isOwn(v) {
		l.out.Own = append(l.out.Own, inventory.NewPURL("pypi", n.name, n.version).String())
	} else {
		u := inventory.Usage{Component: inventory.NewPURL("pypi", n.name, n.version), Manifest: l.path, Line: v.get("name").line(), Scope: l.statedScope(v)}
		if url := l.location(v); url != "" {
			u.Component = pythonURL(u.Component, url)
		}
		n.node = l.graph.Add(u)
	}
	l.byName[n.name] = append(l.byName[n.name], len(l.nodes))
	l.nodes = append(l.nodes, n)
}

// isUVLock knows uv's lockfile and the one beside a script with inline metadata
// (PEP 723): tool.py.lock.
func isUVLock(p string) bool {
	return path.Base(p) == "uv.lock" || strings.HasSuffix(p, ".py.lock")
}

// want reads a requirement that a uv lockfile has of no package: those of a
// script, and of a workspace without a project of its own.
func (l *pythonLock) want(r jsVal) {
	for _, i := range l.find(r.get("name").text(), "") {
		if n := l.nodes[i].node; n >= 0 {
			l.graph.Root(n, inventory.Runtime, r.get("specifier").text())
		}
	}
}

// isOwn says whether a package comes from a path: a root project, a workspace
// member, a directory.
func (l *pythonLock) isOwn(v jsVal) bool {
	src := v.get("source")
	if l.dialect.name == "uv" {
		return src.get("editable").exists() || src.get("virtual").exists() || src.get("directory").exists() || src.get("path").exists()
	}
	t := src.get("type").text()
	return t == "directory" || t == "file" || v.get("path").exists() || v.get("directory").exists() || v.get("editable").isTrue()
}

// location is where a package that is not from an index comes from.
func (l *pythonLock) location(v jsVal) string {
	src := v.get("source")
	switch {
	case src.get("git").exists():
		url, commit, ok := strings.Cut(src.get("git").text(), "#")
		url, _, _ = strings.Cut(url, "?")
		if ok {
			url += "@" + commit
		}
		return "git+" + url
	case src.get("type").text() == "git":
		return "git+" + src.get("url").text() + "@" + src.get("resolved_reference").text()
	case src.get("type").text() == "url":
		return src.get("url").text()
	case src.get("url").exists() && l.dialect.name == "uv":
		return src.get("url").text()
	case v.get("git").exists() && v.get("revision").exists():
		return "git+" + v.get("git").text() + "@" + v.get("revision").text()
	case v.get("vcs").exists():
		return v.get("vcs").get("type").text() + "+" + v.get("vcs").get("url").text() + "@" + v.get("vcs").get("commit-id").text()
	}
	return ""
}

// statedScope is what poetry 1 and pdm write beside a package; "" for the rest.
func (l *pythonLock) statedScope(v jsVal) inventory.Scope {
	if l.dialect.name == "poetry" && v.get("category").text() == "dev" {
		return inventory.Dev
	}
	return ""
}

// find gives the node that a dependency means: the version it names, else the
// only one.
func (l *pythonLock) find(name, version string) []int {
	all := l.byName[inventory.NewPURL("pypi", name, "").Name]
	if version == "" || len(all) < 2 {
		return all
	}
	for _, i := range all {
		if l.nodes[i].version == version {
			return []int{i}
		}
	}
	return all
}

// edges adds what a package needs. Own packages' needs are roots.
func (l *pythonLock) edges(n *pythonNode) {
	switch l.dialect.name {
	case "uv":
		l.uvEdges(n)
	case "poetry":
		for d := range n.v.get("dependencies").all() {
			scope := inventory.Runtime
			if d.get("optional").isTrue() {
				scope = inventory.Optional
			}
			l.need(n, d.key(), "", scope, "")
		}
	case "pdm", "pylock":
		for d := range n.v.get("dependencies").all() {
			if req, ok := parsePEP508(d.text()); ok {
				l.need(n, req.name, "", inventory.Runtime, "")
			} else if name := d.get("name").text(); name != "" {
				l.need(n, name, d.get("version").text(), inventory.Runtime, "")
			}
		}
	}
}

func (l *pythonLock) uvEdges(n *pythonNode) {
	requires := map[string]string{}
	meta := n.v.get("metadata")
	for d := range meta.get("requires-dist").all() {
		requires["\x00"+d.get("name").text()] = d.get("specifier").text()
	}
	for g := range meta.get("requires-dev").all() {
		for d := range g.all() {
			requires["\x00"+d.get("name").text()] = d.get("specifier").text()
		}
	}
	each := func(list jsVal, scope inventory.Scope) {
		for d := range list.all() {
			name := d.get("name").text()
			l.need(n, name, d.get("version").text(), scope, requires["\x00"+name])
			for extra := range d.get("extra").all() {
				l.extra(n, name, extra.text(), scope)
			}
		}
	}
	each(n.v.get("dependencies"), inventory.Runtime)
	if n.node < 0 {
		for g := range n.v.get("optional-dependencies").all() {
			each(g, inventory.Optional)
		}
	}
	for g := range n.v.get("dev-dependencies").all() {
		scope := scopeOfName(g.key())
		if scope == inventory.Runtime {
			scope = inventory.Dev
		}
		each(g, scope)
	}
}

// extra adds what an extra of a package brings, to whoever asks for the extra.
func (l *pythonLock) extra(n *pythonNode, name, extra string, scope inventory.Scope) {
	for _, i := range l.find(name, "") {
		target := &l.nodes[i]
		for d := range target.v.get("optional-dependencies").get(extra).all() {
			from := target
			if target.node < 0 {
				from = n
			}
			l.need(from, d.get("name").text(), d.get("version").text(), scope, "")
		}
	}
}

func (l *pythonLock) need(n *pythonNode, name, version string, scope inventory.Scope, requirement string) {
	for _, i := range l.find(name, version) {
		to := l.nodes[i].node
		switch {
		case to < 0 || to == n.node:
		case n.node < 0:
			l.graph.Root(to, scope, requirement)
		default:
			l.graph.Need(n.node, to, scope)
		}
	}
}

// roots takes what is direct from the project file beside the lockfile; pdm and
// poetry 2 also write groups, which tell the scope where there is no project.
func (l *pythonLock) roots(proj *pyproject) {
	if proj != nil {
		for _, w := range proj.wants {
			for _, i := range l.find(w.req.name, "") {
				if l.nodes[i].node >= 0 {
					l.graph.Root(l.nodes[i].node, w.scope, w.req.spec)
				}
			}
		}
		return
	}
	l.out.Problems = append(l.out.Problems, inventory.Problem{Path: l.path, Kind: "incomplete",
		Message: "there is no pyproject.toml beside it, so nothing tells which packages are direct and what they are for"})
}
