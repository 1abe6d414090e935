package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// nugetReaders reads NuGet: MSBuild projects and the files that they share,
// packages.lock.json, packages.config, and the tools of global.json and
// dotnet-tools.json. Formats: learn.microsoft.com/nuget/consume-packages.
func nugetReaders() []Reader {
	return []Reader{
		{Name: "nuget-project", Version: 1, Match: nugetIsMSBuild, Read: readNuGetProject},
		{Name: "nuget-lock", Version: 1, Match: func(p string) bool {
			base := strings.ToLower(path.Base(p))
			return strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".lock.json") || base == "packages.lock.json"
		}, Read: readNuGetLock},
		{Name: "nuget-config", Version: 1, Match: func(p string) bool {
			base := strings.ToLower(path.Base(p))
			return base == "packages.config" || strings.HasPrefix(base, "packages.") && strings.HasSuffix(base, ".config")
		}, Read: readPackagesConfig},
		{Name: "nuget-tools", Version: 1, Match: matchBase("dotnet-tools.json", "global.json"), Read: readNuGetTools},
	}
}

// nugetIsMSBuild matches projects and the files that projects import.
func nugetIsMSBuild(p string) bool {
	switch strings.ToLower(path.Ext(p)) {
	case ".csproj", ".fsproj", ".vbproj", ".proj", ".sqlproj", ".wixproj", ".vcxproj", ".props", ".targets":
		return true
	}
	return false
}

// nugetIsProject says whether a file is a project, not one that projects share.
func nugetIsProject(p string) bool {
	return nugetIsMSBuild(p) && strings.HasSuffix(strings.ToLower(p), "proj")
}

var nugetPlain = pattern.Lazy(`^\d+(?:\.\d+){0,3}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$`)

// nugetVersion gives the version that a requirement means, if it means one:
// "1.2.3" (restored unless a package needs a later one) or "[1.2.3]". Floating
// and ranges are requirements.
func nugetVersion(requirement string) string {
	v := strings.TrimSpace(requirement)
	if inner, ok := strings.CutPrefix(v, "["); ok {
		if v, ok = strings.CutSuffix(inner, "]"); !ok {
			return ""
		}
		v = strings.TrimSpace(v)
	}
	if nugetPlain().MatchString(v) {
		return v
	}
	return ""
}

// nugetID holds names to what NuGet allows.
func nugetID(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '_') {
			return false
		}
	}
	return s != "" && len(s) <= 200
}

// readPackagesConfig reads packages.config. It lists everything that is
// installed and does not tell what is direct.
func readPackagesConfig(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > nugetMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 16 MiB; not read"}}}, nil
	}
	root, faults := parseXML(data)
	out := Result{Problems: docProblems(p, faults)}
	var g Graph
	for _, packages := range root.children {
		for _, n := range packages.children {
			id := n.attr("id")
			if n.name != "package" || !nugetID(id) {
				continue
			}
			u := inventory.Usage{
				Component: inventory.NewPURL("nuget", id, nugetVersion(n.attr("version"))), Requirement: n.attr("allowedVersions"),
				Manifest: p, Line: n.line, Relation: inventory.RelationUnknown, Scope: inventory.Runtime,
			}
			if u.Component.Version == "" {
				u.Requirement = n.attr("version")
			}
			if strings.EqualFold(n.attr("developmentDependency"), "true") {
				u.Scope = inventory.Dev
			}
			g.Add(u)
		}
	}
	out.Usages = g.Usages()
	return out, nil
}

// readNuGetTools reads the tools of dotnet-tools.json and the MSBuild SDKs that
// global.json pins: packages that only building needs.
func readNuGetTools(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > nugetMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 16 MiB; not read"}}}, nil
	}
	doc := jsParseJSON(data)
	out := Result{Problems: docProblems(p, doc.faults)}
	key, note := "msbuild-sdks", "MSBuild SDK"
	if path.Base(p) == "dotnet-tools.json" {
		key, note = "tools", ".NET tool"
	}
	var g Graph
	for e := range doc.root().get(key).all() {
		requirement := e.text()
		if key == "tools" {
			requirement = e.get("version").text()
		}
		if !nugetID(e.key()) {
			continue
		}
		g.Add(inventory.Usage{Component: inventory.NewPURL("nuget", e.key(), nugetVersion(requirement)), Requirement: requirement,
			Manifest: p, Line: e.line(), Relation: inventory.Direct, Scope: inventory.Build, Note: note})
	}
	out.Usages = g.Usages()
	return out, nil
}
