package manifest

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goSumMaxLine bounds a line of go.sum; a longer one is not a module.
const goSumMaxLine = 4096

type goSumEntry struct {
	version string
	line    int
}

// fromSum adds the modules that only go.sum tells of. It holds a hash of the
// content ("path version h1:…", without "/go.mod") of each module that a build
// reads; of several versions minimal version selection takes the highest.
func (m *goMod) fromSum() {
	sumPath := path.Join(path.Dir(m.path), "go.sum")
	data, err := m.fsys.ReadFile(sumPath)
	if err != nil {
		m.noSum(sumPath, err)
		return
	}
	excluded := map[module.Version]bool{}
	for _, e := range m.file.Exclude {
		excluded[e.Mod] = true
	}
	wanted := map[module.Version]int{}
	for _, list := range m.replaces {
		for _, r := range list.entries {
			if r.New.Version != "" {
				wanted[r.New] = 0
			}
		}
	}
	entries, problems := parseGoSum(sumPath, data, excluded, wanted)
	m.out.Problems = append(m.out.Problems, problems...)
	m.replacedInSum(sumPath, wanted)
	for _, modulePath := range slices.Sorted(maps.Keys(entries)) {
		e := entries[modulePath]
		mod := module.Version{Path: modulePath, Version: e.version}
		if m.listed[modulePath] || m.siblings[modulePath] {
			continue
		}
		if rep, ok := m.replaces.find(mod); ok && !rep.local {
			continue // left from before the replacement
		}
		// Cloned, so that an answer does not hold the whole go.sum in memory.
		mod = module.Version{Path: strings.Clone(modulePath), Version: strings.Clone(e.version)}
		m.add(mod, m.sumUsage(sumPath, e.line))
	}
}

func (m *goMod) sumUsage(sumPath string, line int) inventory.Usage {
	u := inventory.Usage{Manifest: sumPath, Line: line, Relation: inventory.Transitive,
		Scope: inventory.Runtime, Note: "from go.sum"}
	if m.onlyTool {
		u.Scope = inventory.Build
	}
	return u
}

// replacedInSum adds replacements of modules that go.mod does not require: the
// hash in go.sum is then that of the replacement. Wanted has the lines of all
// replacements in go.sum.
func (m *goMod) replacedInSum(sumPath string, wanted map[module.Version]int) {
	for _, list := range m.replaces {
		for _, r := range list.entries {
			line := wanted[r.New] // present there: a valid path
			if line == 0 || m.listed[r.New.Path] || m.listed[r.Old.Path] {
				continue
			}
			m.listed[r.New.Path], m.listed[r.Old.Path] = true, true
			u := m.sumUsage(sumPath, line)
			if r.Old.Path != r.New.Path {
				u.Note += "; replaces " + r.Old.Path
			}
			u.Component = inventory.NewPURL("golang", r.New.Path, r.New.Version)
			m.graph.Add(u)
		}
	}
}

func (m *goMod) noSum(sumPath string, err error) {
	switch {
	case !IsAbsent(err):
		m.out.Problems = append(m.out.Problems, inventory.Problem{Path: sumPath, Kind: "unreadable",
			Message: err.Error() + "; transitive modules are missing"})
	case len(m.file.Require) > 0:
		m.out.Problems = append(m.out.Problems, inventory.Problem{Path: m.path, Kind: "incomplete",
			Message: "before Go 1.17 go.mod does not list transitive modules, and there is no go.sum that tells them; run \"go mod tidy\" with go 1.17 or later in go.mod"})
	}
}

// parseGoSum gives the highest version of each module whose content has a hash,
// and fills in the lines of the versions in wanted.
func parseGoSum(p string, data []byte, excluded map[module.Version]bool, wanted map[module.Version]int) (map[string]goSumEntry, []inventory.Problem) {
	text := string(data) // once, for all the parts of it below
	entries := make(map[string]goSumEntry, strings.Count(text, "\n")/4)
	var problems []inventory.Problem
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		modulePath, rest, _ := strings.Cut(line, " ")
		version, hash, _ := strings.Cut(rest, " ")
		if line == "" || strings.HasSuffix(version, "/go.mod") {
			continue
		}
		old, seen := entries[modulePath]
		if len(line) > goSumMaxLine || !strings.HasPrefix(hash, "h1:") || !semver.IsValid(version) ||
			!seen && module.CheckImportPath(modulePath) != nil {
			if len(problems) < 20 {
				problems = append(problems, inventory.Problem{Path: p, Line: n, Kind: goBadKind(line[:min(len(line), 80)]),
					Message: fmt.Sprintf("%q is not \"module version h1:hash\"; the line is left out", line[:min(len(line), 80)])})
			}
			continue
		}
		mod := module.Version{Path: modulePath, Version: version}
		if excluded[mod] {
			continue
		}
		if _, ok := wanted[mod]; ok {
			wanted[mod] = n
		}
		if !seen || semver.Compare(version, old.version) > 0 {
			entries[modulePath] = goSumEntry{version, n}
		}
	}
	return entries, problems
}
