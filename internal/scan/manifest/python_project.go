package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// pythonWant is one thing that a project asks for.
type pythonWant struct {
	req   pythonReq
	scope inventory.Scope
	group string // extra or dependency group, "" for the project's own
	line  int
	local bool // a path: one of our own
}

// pyproject is what a pyproject.toml says of its project.
type pyproject struct {
	name    string
	wants   []pythonWant
	build   []pythonWant
	faults  []jsFault
	members []string // [tool.uv.workspace]
	dynamic bool     // its dependencies stand elsewhere (setup.py, setup.cfg)
}

// loadPyproject reads a pyproject.toml (packaging.python.org/specifications,
// PEP 621, PEP 735; python-poetry.org; pdm-project.org); nil where there is none.
func loadPyproject(fsys FS, p string) *pyproject {
	data, err := fsys.ReadFile(p)
	if err != nil || len(data) > pythonMaxBytes {
		return nil
	}
	d := parseTOML(data)
	root := d.root()
	out := &pyproject{}
	project := root.object("project")
	out.name = project.get("name").text()
	for v := range project.get("dependencies").all() {
		out.add(v, inventory.Runtime, "")
	}
	for extra := range project.get("optional-dependencies").all() {
		for v := range extra.all() {
			out.add(v, inventory.Optional, extra.key())
		}
	}
	for v := range project.get("dynamic").all() {
		out.dynamic = out.dynamic || v.text() == "dependencies"
	}
	groups := root.get("dependency-groups")
	for g := range groups.all() {
		scope := scopeOfName(g.key())
		if scope == inventory.Runtime {
			scope = inventory.Dev
		}
		for v := range g.all() {
			out.add(v, scope, g.key())
		}
	}
	for v := range root.get("build-system").get("requires").all() {
		if req, ok := parsePEP508(v.text()); ok {
			out.build = append(out.build, pythonWant{req: req, scope: inventory.Build, line: v.line()})
		}
	}
	tool := root.get("tool")
	out.poetry(tool.get("poetry"))
	for g := range tool.get("pdm").get("dev-dependencies").all() {
		for v := range g.all() {
			out.add(v, inventory.Dev, g.key())
		}
	}
	for v := range tool.get("uv").get("dev-dependencies").all() {
		out.add(v, inventory.Dev, "dev")
	}
	for s := range tool.get("uv").get("sources").all() {
		if s.get("path").exists() || s.get("workspace").isTrue() {
			out.makeLocal(s.key())
		}
	}
	out.members = tool.get("uv").get("workspace").get("members").strings()
	out.faults = d.faults
	return out
}

func (out *pyproject) add(v jsVal, scope inventory.Scope, group string) {
	text := v.text()
	if text == "" {
		return // {include-group = "x"}: the group is listed for itself
	}
	text = strings.TrimPrefix(text, "-e ")
	req, ok := parsePEP508(text)
	switch {
	case isLocalPython(text) || strings.HasPrefix(req.url, "file:"):
		out.wants = append(out.wants, pythonWant{req: req, scope: scope, group: group, line: v.line(), local: true})
	case ok:
		out.wants = append(out.wants, pythonWant{req: req, scope: scope, group: group, line: v.line()})
	default:
		out.faults = append(out.faults, jsFault{v.line(), "not understood", jsQuote(text) + " is no requirement (PEP 508)"})
	}
}

func (out *pyproject) makeLocal(name string) {
	name = inventory.NewPURL("pypi", name, "").Name
	for i := range out.wants {
		if inventory.NewPURL("pypi", out.wants[i].req.name, "").Name == name {
			out.wants[i].local = true
		}
	}
}

// poetry reads [tool.poetry]: tables of name = "^1.2" or {version = …}.
func (out *pyproject) poetry(p jsVal) {
	if out.name == "" {
		out.name = p.get("name").text()
	}
	read := func(table jsVal, scope inventory.Scope, group string) {
		for v := range table.all() {
			if v.key() == "python" {
				continue
			}
			entries := []jsVal{v}
			if v.kind() == jsArray {
				entries = slices.Collect(v.all())
			}
			for _, e := range entries {
				w := pythonWant{req: pythonReq{name: v.key(), spec: e.text()}, scope: scope, group: group, line: v.line()}
				if e.kind() == jsObject {
					w.req.spec = e.get("version").text()
					w.local = e.get("path").exists()
					if git := e.get("git").text(); git != "" {
						w.req.url = "git+" + git
					} else {
						w.req.url = e.get("url").text()
					}
					if e.get("optional").isTrue() {
						w.scope = inventory.Optional
					}
				}
				if w.req.spec == "*" {
					w.req.spec = ""
				}
				out.wants = append(out.wants, w)
			}
		}
	}
	read(p.get("dependencies"), inventory.Runtime, "")
	read(p.get("dev-dependencies"), inventory.Dev, "dev")
	for g := range p.get("group").all() {
		scope := scopeOfName(g.key())
		if scope == inventory.Runtime {
			scope = inventory.Dev
		}
		read(g.get("dependencies"), scope, g.key())
	}
}

// pythonLocks are the lockfiles that cover the pyproject.toml beside them.
var pythonLocks = []string{"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"}

// readPyproject lists what a project asks for where no lockfile tells what it
// got. What builds it is in no lockfile.
func readPyproject(fsys FS, p string) (Result, error) {
	proj := loadPyproject(fsys, p)
	if proj == nil {
		_, err := fsys.ReadFile(p)
		return Result{}, err
	}
	out := Result{Problems: limitProblems(p, docProblems(p, proj.faults))}
	if proj.name != "" {
		out.Own = append(out.Own, inventory.NewPURL("pypi", proj.name, "").String())
	}
	wants := proj.build
	if !pythonCovered(fsys, path.Dir(p)) {
		wants = append(wants, proj.wants...)
	}
	own := inventory.NewPURL("pypi", proj.name, "").Name
	for _, w := range wants {
		if w.local || w.req.name == "" || own != "" && inventory.NewPURL("pypi", w.req.name, "").Name == own {
			continue
		}
		u := w.req.usage(p, w.line, w.scope)
		if w.group != "" {
			u.Note = joinNotes("group "+w.group, u.Note)
		}
		out.Usages = append(out.Usages, u)
	}
	return out, nil
}

// pythonCovered says whether a lockfile tells what a project's dependencies
// resolved to: one beside it, or the uv.lock of a workspace above it that has
// it as a member.
func pythonCovered(fsys FS, dir string) bool {
	for _, name := range pythonLocks {
		if fsys.Exists(path.Join(dir, name)) {
			return true
		}
	}
	for _, up := range ancestors(dir)[1:] {
		if !fsys.Exists(path.Join(up, "uv.lock")) {
			continue
		}
		return uvMembers(fsys, path.Join(up, "uv.lock"))[strings.TrimPrefix(dir, up+"/")]
	}
	return false
}

// uvMember is the source of a directory in uv.lock.
var uvMember = pattern.Lazy(`\b(?:editable|virtual|directory) = "([^"\n]+)"`)

// uvMembers lists the directories that a uv.lock resolves, relative to it. All
// projects below it ask for them.
func uvMembers(fsys FS, lock string) map[string]bool {
	return fsys.Shared(GlobEscape(lock), func(fsys FS) any {
		members := map[string]bool{}
		data, err := fsys.ReadFile(lock)
		if err != nil {
			return members
		}
		for line := range bytes.Lines(data) {
			if !bytes.Contains(line, []byte("editable")) && !bytes.Contains(line, []byte("virtual")) && !bytes.Contains(line, []byte("directory")) {
				continue // most lines are hashes; matching them would cost more than all else
			}
			for _, m := range uvMember().FindAllSubmatch(line, -1) {
				members[string(m[1])] = true
			}
		}
		return members
	}).(map[string]bool)
}

var iniSection = pattern.Lazy(`^\[([^\]]+)\]\s*$`)

// readSetupCfg reads setuptools' declarative form.
func readSetupCfg(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, pythonMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	var out Result
	section, key := "", ""
	n := 0
	for raw := range strings.Lines(string(decodeText(data))) {
		n++
		line := strings.TrimRight(raw, "\r\n")
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "#") || strings.HasPrefix(text, ";") {
			continue
		}
		if m := iniSection().FindStringSubmatch(line); m != nil {
			section, key = m[1], ""
			continue
		}
		if line[0] != ' ' && line[0] != '\t' {
			k, v, ok := strings.Cut(line, "=")
			if !ok {
				continue
			}
			key, text = strings.TrimSpace(k), strings.TrimSpace(v)
			if section == "metadata" && key == "name" && text != "" && !strings.Contains(text, ":") {
				out.Own = append(out.Own, inventory.NewPURL("pypi", text, "").String())
			}
		}
		scope, group, ok := setupCfgScope(section, key)
		if !ok || text == "" || strings.HasPrefix(text, "file:") || strings.HasPrefix(text, "%") {
			continue
		}
		for _, part := range strings.Split(text, "\n") {
			if req, ok := parsePEP508(part); ok {
				u := req.usage(p, n, scope)
				if group != "" {
					u.Note = joinNotes("extra "+group, u.Note)
				}
				out.Usages = append(out.Usages, u)
			}
		}
	}
	return out, nil
}

func setupCfgScope(section, key string) (inventory.Scope, string, bool) {
	switch {
	case section == "options" && key == "install_requires":
		return inventory.Runtime, "", true
	case section == "options" && key == "tests_require":
		return inventory.Test, "", true
	case section == "options" && key == "setup_requires":
		return inventory.Build, "", true
	case section == "options.extras_require" && key != "":
		return inventory.Optional, key, true
	}
	return "", "", false
}
