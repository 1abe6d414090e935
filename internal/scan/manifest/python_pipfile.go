package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// readPipfileLock reads Pipfile.lock; the Pipfile beside it tells what is direct.
func readPipfileLock(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, pythonMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	doc := jsParseJSON(data)
	direct, known := pipfileNames(fsys, path.Join(path.Dir(p), "Pipfile"))
	out := Result{Problems: limitProblems(p, docProblems(p, doc.faults))}
	byPURL := map[inventory.PURL]int{}
	for section := range doc.root().all() {
		if section.key() == "_meta" {
			continue
		}
		for v := range section.all() {
			u, ok := pipfileEntry(v, p, section.key())
			if !ok {
				out.Own = append(out.Own, v.key())
				continue
			}
			if spec, isDirect := direct[u.Component.Name]; isDirect {
				u.Relation, u.Requirement = inventory.Direct, spec
			} else if known {
				u.Relation = inventory.Transitive
			} else if v.get("index").exists() {
				u.Relation = inventory.Direct // pipenv writes the index of what was asked for
			} else {
				u.Relation = inventory.RelationUnknown
			}
			if i, twice := byPURL[u.Component]; twice {
				out.Usages[i] = merge(out.Usages[i], u)
				continue
			}
			byPURL[u.Component] = len(out.Usages)
			out.Usages = append(out.Usages, u)
		}
	}
	return out, nil
}

// pipfileEntry reads one locked package; false for one of our own.
func pipfileEntry(v jsVal, p, section string) (inventory.Usage, bool) {
	if v.get("path").exists() || v.get("file").exists() && isLocalPython(v.get("file").text()) || v.get("editable").isTrue() && !v.get("git").exists() {
		return inventory.Usage{}, false
	}
	u := inventory.Usage{Component: inventory.NewPURL("pypi", v.key(), ""), Manifest: p, Line: v.line(), Scope: pipfileScope(section)}
	if version, ok := pythonPin(strings.TrimSpace(v.get("version").text())); ok {
		u.Component.Version = version
	}
	if git := v.get("git").text(); git != "" {
		u.Component = pythonURL(u.Component, "git+"+git+"@"+v.get("ref").text())
	}
	if m := v.get("markers").text(); m != "" {
		u.Note = "where " + clipped(m)
	}
	return u, true
}

func pipfileScope(section string) inventory.Scope {
	switch section {
	case "default", "packages":
		return inventory.Runtime
	case "develop", "dev-packages":
		return inventory.Dev
	}
	if scope := scopeOfName(section); scope != inventory.Runtime {
		return scope
	}
	return inventory.Optional
}

// pipfileNames lists what a Pipfile asks for; known is false where there is none.
func pipfileNames(fsys FS, p string) (names map[string]string, known bool) {
	data, err := fsys.ReadFile(p)
	if err != nil || len(data) > pythonMaxBytes {
		return nil, false
	}
	names = map[string]string{}
	for section := range parseTOML(data).root().all() {
		if !isPipfileSection(section) {
			continue
		}
		for v := range section.all() {
			names[inventory.NewPURL("pypi", v.key(), "").Name] = pipfileSpec(v)
		}
	}
	return names, true
}

func isPipfileSection(v jsVal) bool {
	switch v.key() {
	case "source", "requires", "scripts", "pipenv", "pipfile":
		return false
	}
	return v.kind() == jsObject
}

func pipfileSpec(v jsVal) string {
	spec := v.text()
	if v.kind() == jsObject {
		spec = v.get("version").text()
	}
	return strings.TrimSpace(strings.TrimPrefix(spec, "*"))
}

// readPipfile lists the requirements of a Pipfile without a lockfile.
func readPipfile(fsys FS, p string) (Result, error) {
	if fsys.Exists(p + ".lock") {
		return Result{}, nil
	}
	data, tooLarge, err := readBounded(fsys, p, pythonMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	doc := parseTOML(data)
	var out Result
	for section := range doc.root().all() {
		if !isPipfileSection(section) {
			continue
		}
		for v := range section.all() {
			if v.get("path").exists() || v.get("file").exists() {
				out.Own = append(out.Own, v.key())
				continue
			}
			req := pythonReq{name: v.key(), spec: strings.ReplaceAll(pipfileSpec(v), " ", "")}
			if git := v.get("git").text(); git != "" {
				req.url = "git+" + git
				if ref := v.get("ref").text(); ref != "" {
					req.url += "@" + ref
				}
			}
			out.Usages = append(out.Usages, req.usage(p, v.line(), pipfileScope(section.key())))
		}
	}
	out.Problems = limitProblems(p, docProblems(p, doc.faults))
	return out, nil
}
