package manifest

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goMod is one go.mod with its surroundings while it is read.
type goMod struct {
	fsys     FS
	path     string
	file     *modfile.File
	replaces goReplaces
	siblings map[string]bool // module paths of the workspace, itself included
	tools    map[string]bool // modules that tool directives name
	onlyTool bool            // the module holds nothing but a list of tools
	listed   map[string]bool // module paths that are dealt with
	graph    Graph
	out      Result
}

// readGoMod reads a go.mod as itself: the versions that it selects, whatever a
// go.work above it makes of them. Since Go 1.17 it lists every module that its
// packages need; before, go.sum tells the rest.
func readGoMod(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	f, bad, problems := parseGoMod(p, data)
	m := &goMod{fsys: fsys, path: p, file: f, listed: map[string]bool{}, siblings: map[string]bool{}}
	m.out.Problems = problems
	if f == nil {
		m.salvage(bad)
		return m.result(), nil
	}
	m.surroundings()
	for _, r := range f.Require {
		m.require(r)
	}
	m.salvage(bad)
	if !goPruned(f) {
		m.fromSum()
	}
	return m.result(), nil
}

// goToolchain writes the release of Go that a module asks for at least as
// qualifiers of its own purl: go, line (of the go line), toolchain.
func goToolchain(f *modfile.File) string {
	q := url.Values{}
	if f.Go != nil {
		q.Set("go", f.Go.Version)
		if f.Go.Syntax != nil {
			q.Set("line", strconv.Itoa(f.Go.Syntax.Start.Line))
		}
	}
	if f.Toolchain != nil && f.Toolchain.Name != "default" {
		q.Set("toolchain", f.Toolchain.Name)
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

func (m *goMod) result() Result {
	m.out.Usages = m.graph.Usages()
	m.out.Problems = limitProblems(m.path, m.out.Problems)
	slices.Sort(m.out.Own)
	m.out.Own = slices.Compact(m.out.Own)
	return m.out
}

// surroundings learns what the module is, which modules are its siblings in a
// workspace, and what is replaced.
func (m *goMod) surroundings() {
	dir := path.Dir(m.path)
	if m.file.Module != nil {
		m.siblings[m.file.Module.Mod.Path] = true
		m.out.Own = append(m.out.Own, goOwn(m.file.Module.Mod.Path)+goToolchain(m.file))
	}
	own := newGoReplaceList(dir, m.path, m.file.Replace)
	if w := goWorkspaceOf(m.fsys, dir); w != nil {
		for _, member := range w.members {
			m.siblings[member.path] = true
		}
		// The workspace's replacements override the modules' own; those of the
		// other members hold for the whole workspace, but only local ones
		// change what is third-party.
		m.replaces = append(m.replaces, w.replaces, own)
		m.replaces = append(m.replaces, w.localReplaces(m.fsys, dir)...)
	} else {
		m.replaces = goReplaces{own}
	}
	m.tools = goToolModules(m.file)
	m.onlyTool = goOnlyTools(m.fsys, dir)
}

func (m *goMod) require(r *modfile.Require) {
	if m.siblings[r.Mod.Path] {
		m.listed[r.Mod.Path] = true
		return
	}
	u := inventory.Usage{
		Requirement: r.Mod.Version,
		Manifest:    m.path,
		Line:        goLine(r.Syntax),
		Relation:    inventory.Direct,
		Scope:       inventory.Runtime,
	}
	if r.Indirect {
		u.Relation = inventory.Transitive
	}
	switch {
	case m.onlyTool:
		u.Scope = inventory.Build
	case r.Indirect && m.tools[r.Mod.Path]:
		// "go get -tool" marks a module indirect when no package of the main
		// module imports it: then tools are all that it is for.
		u.Relation, u.Scope = inventory.Direct, inventory.Build
		u.Note = "named by a tool directive"
	}
	if m.listed[r.Mod.Path] {
		return // a second line for the same module; the go command tidies it away
	}
	m.listed[r.Mod.Path] = true
	m.add(r.Mod, u)
}

// add adds a selected module, or what replaces it.
func (m *goMod) add(mod module.Version, u inventory.Usage) {
	rep, ok := m.replaces.find(mod)
	switch {
	case !ok:
	case rep.local:
		m.out.Own = append(m.out.Own, goOwn(mod.Path))
		if rep.dir == "" || !m.fsys.Exists(path.Join(rep.dir, "go.mod")) {
			m.out.Problems = append(m.out.Problems, inventory.Problem{Path: rep.file, Line: rep.line, Kind: "outside the repository",
				Message: fmt.Sprintf("%s is replaced by the directory %s, which has no go.mod in this repository; scan the repository that has it as well", mod.Path, rep.mod.Path)})
		}
		return
	default:
		note := "replaces " + mod.Path
		if mod.Path == rep.mod.Path {
			note = "replaces version " + mod.Version
		} else {
			note += "@" + mod.Version
		}
		u.Note = joinNotes(u.Note, note)
		mod = rep.mod
		m.listed[mod.Path] = true
	}
	if err := module.CheckImportPath(mod.Path); err != nil {
		m.out.Problems = append(m.out.Problems, inventory.Problem{Path: u.Manifest, Line: u.Line, Kind: "malformed", Message: err.Error()})
		return
	}
	u.Component = inventory.NewPURL("golang", mod.Path, mod.Version)
	m.graph.Add(u)
}

func joinNotes(notes ...string) string {
	var out []string
	for _, n := range notes {
		if n != "" {
			out = append(out, n)
		}
	}
	return strings.Join(out, "; ")
}

// salvage adds what the lines that the parser refused still tell.
func (m *goMod) salvage(bad []goBadLine) {
	for _, b := range bad {
		modulePath, requirement, indirect, ok := goSalvage(b.text)
		if !ok || m.listed[modulePath] || m.siblings[modulePath] {
			continue
		}
		m.listed[modulePath] = true
		u := inventory.Usage{Requirement: requirement, Manifest: m.path, Line: b.line,
			Relation: inventory.Direct, Scope: inventory.Runtime}
		if indirect {
			u.Relation = inventory.Transitive
		}
		version := ""
		if semver.IsValid(requirement) && module.CanonicalVersion(requirement) == requirement {
			version = requirement
		}
		if version == "" {
			u.Note = "not a version; the go command would resolve it"
		}
		m.add(module.Version{Path: modulePath, Version: version}, u)
	}
}

// goToolModules gives the modules of the tools that are named: of all required
// modules that contain the package, the one with the longest path.
func goToolModules(f *modfile.File) map[string]bool {
	required := make(map[string]bool, len(f.Require))
	for _, r := range f.Require {
		required[r.Mod.Path] = true
	}
	out := map[string]bool{}
	for _, t := range f.Tool {
		for p := t.Path; p != "." && p != "/"; p = path.Dir(p) {
			if required[p] {
				out[p] = true
				break
			}
		}
	}
	return out
}

// goOnlyTools says whether the only Go file of the module is a tools.go that is
// never built: the way to pin tools before Go 1.24 had tool directives.
func goOnlyTools(fsys FS, dir string) bool {
	file := path.Join(dir, "tools.go")
	if !fsys.Exists(file) || len(fsys.Glob(path.Join(dir, "*.go"))) != 1 || len(fsys.Glob(path.Join(dir, "**/*.go"))) != 1 {
		return false
	}
	data, err := fsys.ReadFile(file)
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "//go:build tools", line == "// +build tools":
			return true
		case strings.HasPrefix(line, "package "):
			return false
		}
	}
	return false
}

// goPruned says whether go.mod lists all modules that are needed: from Go 1.17
// on. Without a go line the go command assumes 1.16.
func goPruned(f *modfile.File) bool {
	return f.Go != nil && semver.Compare("v"+f.Go.Version, "v1.17") >= 0
}
