package manifest

import (
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// nugetReference is a package that a project or a shared file references.
type nugetReference struct {
	name        string
	requirement string
	scope       inventory.Scope
	file        string
	line        int
	note        string
}

// references gives what all files together reference; a package with several
// central versions, of which conditions choose one, comes several times.
func (m *msbuild) references() []nugetReference {
	rest := m.restScope()
	var out []nugetReference
	for _, i := range m.items {
		ref := nugetReference{name: i.name, requirement: i.version, scope: rest, file: i.file, line: i.line}
		if i.condition != "" {
			ref.note = "condition: " + i.condition
		}
		switch {
		case i.kind == "packageversion" || i.action == "remove":
			continue
		case i.action == "update" && (m.includes(i.name) || i.version == "" || !nugetIsProject(i.file)):
			continue
		case i.kind == "globalpackagereference" || i.private || m.privateByUpdate(i.name):
			ref.scope = inventory.Dev
		case i.kind == "packagedownload" || i.kind == "dotnetclitoolreference":
			ref.scope = inventory.Build
		case msbuildIfTest().MatchString(i.condition):
			ref.scope = inventory.Test
		}
		if m.removed(i.name) {
			ref.note = joinNotes(ref.note, "removed again by another item")
		}
		if ref.requirement != "" || i.kind != "packagereference" {
			out = append(out, ref)
			continue
		}
		central := m.central(i.name)
		if len(central) == 0 {
			ref.note = joinNotes(ref.note, "no version is stated in this repository")
			out = append(out, ref)
		}
		for _, c := range central {
			one := ref
			one.requirement = c.version
			if c.condition != "" {
				one.note = joinNotes(ref.note, "version on condition: "+c.condition)
			}
			out = append(out, one)
		}
	}
	for _, s := range m.sdks {
		out = append(out, nugetReference{name: s.name, requirement: s.version, scope: inventory.Build, file: s.file, line: s.line, note: "MSBuild SDK"})
	}
	return out
}

func (m *msbuild) includes(name string) bool {
	return slices.ContainsFunc(m.byName[strings.ToLower(name)], func(i msbuildItem) bool {
		return i.action == "include" && i.kind != "packageversion"
	})
}

func (m *msbuild) privateByUpdate(name string) bool {
	return slices.ContainsFunc(m.byName[strings.ToLower(name)], func(i msbuildItem) bool {
		return i.action == "update" && i.kind == "packagereference" && i.private
	})
}

func (m *msbuild) removed(name string) bool {
	return slices.ContainsFunc(m.byName[strings.ToLower(name)], func(i msbuildItem) bool {
		return i.action == "remove" && i.kind == "packagereference" && i.file == m.path
	})
}

// central gives the versions that shared files state for a package: one, or
// several on conditions.
func (m *msbuild) central(name string) []msbuildItem {
	var out []msbuildItem
	for _, i := range m.byName[strings.ToLower(name)] {
		if i.version == "" || i.action == "remove" {
			continue
		}
		if i.kind != "packageversion" && !(i.kind == "packagereference" && i.action == "update") {
			continue
		}
		if i.condition == "" {
			out = out[:0]
		}
		if len(out) < 20 { // one a target framework; the bound is for hostile files
			out = append(out, i)
		}
	}
	return out
}

// readNuGetProject reads the references that stand in a project or in a file
// that projects share. A reference in a shared file is reported once, there.
func readNuGetProject(fsys FS, p string) (Result, error) {
	if _, err := fsys.ReadFile(p); err != nil {
		return Result{}, err
	}
	m := evaluateMSBuild(fsys, p)
	out := Result{Problems: docProblems(p, m.faults[p])}
	if nugetIsProject(p) {
		base := path.Base(p)
		if base = strings.TrimSuffix(base, path.Ext(base)); base != "" {
			out.Own = []string{inventory.NewPURL("nuget", base, "").String()}
		}
	}
	covered := m.covered()
	var g Graph
	for _, ref := range m.references() {
		if ref.file != p || covered && ref.scope != inventory.Build {
			continue
		}
		if !nugetID(ref.name) {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Line: ref.line, Kind: "not understood",
				Message: "the name of the package is computed: " + jsQuote(ref.name) + "; it is not listed unless a lockfile has it"})
			continue
		}
		g.Add(ref.usage())
	}
	out.Problems = limitProblems(p, out.Problems)
	out.Usages = g.Usages()
	return out, nil
}

func (r nugetReference) usage() inventory.Usage {
	u := inventory.Usage{
		Component: inventory.NewPURL("nuget", r.name, nugetVersion(r.requirement)), Requirement: r.requirement,
		Manifest: r.file, Line: r.line, Relation: inventory.Direct, Scope: r.scope, Note: r.note,
	}
	if strings.Contains(r.requirement, "$(") {
		u.Note = joinNotes(u.Note, "the version is a property that this repository does not set, or sets on conditions")
	}
	return u
}

// covered says whether lockfiles tell what the references came to: the
// project's, or for a shared file those of all projects below it. MSBuild SDKs
// and tools are in no lockfile.
func (m *msbuild) covered() bool {
	if nugetIsProject(m.path) {
		return m.locked(m.path)
	}
	projects := 0
	for _, p := range m.fsys.Glob(path.Join(path.Dir(m.path), "**/*.*proj")) {
		if !nugetIsProject(p) {
			continue
		}
		projects++
		if !m.locked(p) {
			return false
		}
	}
	return projects > 0
}

func (m *msbuild) locked(project string) bool {
	dir := path.Dir(project)
	if m.fsys.Exists(path.Join(dir, "packages.lock.json")) || m.fsys.Exists(path.Join(dir, nugetLockName(project))) {
		return true
	}
	for _, v := range m.props["nugetlockfilepath"] {
		v = msbuildHere().ReplaceAllString(v, "./")
		if q, ok := pathWithin(dir, v); ok && m.fsys.Exists(q) {
			return true
		}
	}
	return false
}
