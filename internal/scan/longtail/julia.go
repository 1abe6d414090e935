package longtail

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

var (
	juliaEntry = pattern.Lazy(`^\[\[(?:deps\.)?"?([A-Za-z_][A-Za-z0-9_]*)"?\]\]$`)
	juliaNeeds = pattern.Lazy(`^\[(?:deps\.)?"?([A-Za-z_][A-Za-z0-9_]*)"?\.deps\]$`)
	juliaValue = pattern.Lazy(`^([A-Za-z0-9_-]+)\s*=\s*"([^"]*)"`)
	juliaList  = pattern.Lazy(`^deps\s*=\s*\[(.*)\]`)
)

type juliaPackage struct {
	name, version, path, repo, uuid string
	line                            int
	needs                           []string
}

// maxSameName bounds the packages of one name whose needs are followed: each may
// need each. Julia lets names be shared, and hardly anybody does.
const maxSameName = 4

// readJulia reads Manifest.toml of Julia, formats 1 and 2
// (pkgdocs.julialang.org, "Project.toml and Manifest.toml"), which Julia writes
// line by line. Project.toml beside it tells what is direct. Entries without a
// version are Julia's standard library; those with a path are the repository's
// own.
func readJulia(t *text) {
	packages := parseJulia(string(t.data))
	var g manifest.Graph
	byName := map[string][]int{}
	numbers := make([]int, len(packages)) // in g; -1 for what is no usage
	var ownNeeds []string
	for i, p := range packages {
		numbers[i] = -1
		switch {
		case p.uuid == "" || p.version == "" && p.path == "":
		case p.path != "":
			t.out.Own = append(t.out.Own, inventory.PURL{Type: "julia", Name: p.name}.String())
			ownNeeds = append(ownNeeds, p.needs...)
		default:
			numbers[i] = g.Add(p.usage())
			if len(byName[p.name]) < maxSameName {
				byName[p.name] = append(byName[p.name], numbers[i])
			}
		}
	}
	for i, p := range packages {
		for _, need := range p.needs {
			for _, to := range byName[need] {
				if numbers[i] >= 0 {
					g.Need(numbers[i], to, inventory.Runtime)
				}
			}
		}
	}
	for _, name := range append(t.juliaProject(), ownNeeds...) {
		for _, to := range byName[name] {
			g.Root(to, inventory.Runtime, "")
		}
	}
	for _, u := range g.Usages() {
		t.use(u)
	}
}

func (p juliaPackage) usage() inventory.Usage {
	u := inventory.Usage{Component: qualified(inventory.PURL{Type: "julia", Name: p.name, Version: p.version}, "uuid", p.uuid), Line: p.line}
	if p.repo != "" {
		u.Note = "from git " + p.repo
	}
	return u
}

func parseJulia(s string) []juliaPackage {
	var out []juliaPackage
	inNeeds := false
	for n, line := range strings.Split(s, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inNeeds = false
			if m := juliaEntry().FindStringSubmatch(line); m != nil {
				out = append(out, juliaPackage{name: m[1], line: n + 1})
			} else if m := juliaNeeds().FindStringSubmatch(line); m != nil && len(out) > 0 && out[len(out)-1].name == m[1] {
				inNeeds = true
			}
			continue
		}
		if len(out) > 0 {
			out[len(out)-1].take(line, inNeeds)
		}
	}
	return out
}

// take reads one line of an entry.
func (p *juliaPackage) take(line string, inNeeds bool) {
	if m := juliaList().FindStringSubmatch(line); m != nil {
		for _, name := range strings.Split(m[1], ",") {
			p.needs = append(p.needs, strings.Trim(strings.TrimSpace(name), `"`))
		}
		return
	}
	m := juliaValue().FindStringSubmatch(line)
	switch {
	case m == nil:
	case inNeeds:
		p.needs = append(p.needs, m[1])
	case m[1] == "version":
		p.version = m[2]
	case m[1] == "path":
		p.path = m[2]
	case m[1] == "repo-url":
		p.repo = m[2]
	case m[1] == "uuid":
		p.uuid = m[2]
	}
}

// juliaProject lists what the project file beside the manifest asks for.
func (t *text) juliaProject() []string {
	data, err := t.fsys.ReadFile(path.Join(path.Dir(t.path), "Project.toml"))
	if err != nil {
		return nil
	}
	var names []string
	section := ""
	for _, line := range strings.Split(string(data), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
		} else if m := juliaValue().FindStringSubmatch(line); m != nil && section == "[deps]" {
			names = append(names, m[1])
		}
	}
	return names
}
