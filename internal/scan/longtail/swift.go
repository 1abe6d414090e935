package longtail

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// pin is an entry of Package.resolved: version 1 has "repositoryURL" and
// "package", versions 2 and 3 "location", "identity" and "kind".
type pin struct {
	Identity      string `json:"identity"`
	Package       string `json:"package"`
	Kind          string `json:"kind"`
	Location      string `json:"location"`
	RepositoryURL string `json:"repositoryURL"`
	State         struct {
		Version, Revision, Branch string
	} `json:"state"`
}

// readSwift reads Package.resolved of the Swift package manager, versions 1 to
// 3. A pin to a branch has its commit as version. What is direct tells the
// Package.swift beside it, or the Xcode project that it lies in.
func readSwift(t *text) {
	var file struct {
		Version int               `json:"version"`
		Pins    []json.RawMessage `json:"pins"`
		Object  struct {
			Pins []json.RawMessage `json:"pins"`
		} `json:"object"`
	}
	if !t.json(&file) {
		return
	}
	if file.Version > 3 {
		t.problem(0, "unsupported", "has version %d, and versions up to 3 are known; what it lists may be incomplete", file.Version)
	}
	lines := finder{data: t.data}
	direct, told := swiftDirect(t.fsys, t.path)
	for _, raw := range append(file.Object.Pins, file.Pins...) {
		line := lines.of(raw, `"identity"`)
		var p pin
		if err := json.Unmarshal(raw, &p); err != nil {
			t.problem(line, "malformed", "a pin was not read: %v", err)
			continue
		}
		before := len(t.out.Usages)
		t.swiftPin(p, line)
		for i := before; told && i < len(t.out.Usages); i++ {
			u := &t.out.Usages[i]
			u.Relation = inventory.Transitive
			if requirement, ok := direct[strings.ToLower(repository(cmp.Or(p.Location, p.RepositoryURL)))]; ok {
				u.Relation, u.Requirement = inventory.Direct, cmp.Or(u.Requirement, requirement)
			}
		}
	}
}

func (t *text) swiftPin(p pin, line int) {
	location := cmp.Or(p.Location, p.RepositoryURL)
	name := cmp.Or(repository(location), p.Identity, p.Package)
	switch {
	case name == "":
		t.problem(line, "malformed", "a pin has no name and no location")
		return
	case p.Kind == "localSourceControl", strings.HasPrefix(location, "/"), strings.HasPrefix(location, "."), strings.HasPrefix(location, "file:"):
		t.out.Own = append(t.out.Own, inventory.NewPURL("swift", cmp.Or(p.Identity, p.Package, name), "").String())
		return
	}
	u := inventory.Usage{Component: inventory.NewPURL("swift", name, p.State.Version), Line: line, Relation: inventory.RelationUnknown, Scope: inventory.Runtime}
	if p.State.Version == "" {
		u.Component.Version, u.Requirement = p.State.Revision, p.State.Branch
		u.Note = "pinned to a commit, not to a version"
	}
	t.use(u)
}

// repository names a git address as its host and path, without scheme, user and
// ".git"; "" for a path on disk.
func repository(address string) string {
	rest, isURL := address, false
	if _, after, ok := strings.Cut(address, "://"); ok {
		rest, isURL = after, true
	}
	if host, path, ok := strings.Cut(rest, "/"); ok || isURL {
		if i := strings.LastIndexByte(host, '@'); i >= 0 {
			host = host[i+1:]
		}
		if before, after, colon := strings.Cut(host, ":"); colon {
			host = before // a port is no part of the name
			if !isURL {
				path = after + "/" + path
			}
		}
		rest = host + "/" + path
	}
	rest = strings.TrimSuffix(strings.Trim(rest, "/"), ".git")
	host, path, _ := strings.Cut(rest, "/")
	if !strings.Contains(host, ".") || strings.HasPrefix(host, ".") || path == "" {
		return ""
	}
	return strings.ToLower(host) + "/" + path
}
