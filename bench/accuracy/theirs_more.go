package main

import (
	"path"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

func goRelease(p pkg, _ string, _ *ours) string {
	if p.ecosystem == "Go" && (p.name == "stdlib" || p.name == "toolchain") {
		return "the `go` or `toolchain` line of go.mod as a package: a lower bound, not what is built with"
	}
	return ""
}

// explainGo asks go.mod and go.sum.
func explainGo(p pkg, file string, o *ours) string {
	if p.ecosystem != "Go" {
		return ""
	}
	dir := path.Dir(file)
	if mod, err := modfile.Parse("go.mod", o.file(path.Join(dir, "go.mod")), nil); err == nil {
		for _, r := range mod.Replace {
			if strings.EqualFold(r.Old.Path, p.name) {
				return "a module that a `replace` line puts another in the place of"
			}
		}
		required := false
		for _, r := range mod.Require {
			required = required || strings.EqualFold(r.Mod.Path, p.name)
		}
		if !required && mod.Go != nil && semver.Compare("v"+mod.Go.Version, "v1.17") >= 0 {
			return "not in go.mod, which since Go 1.17 lists every module that builds or tests need: go.sum has it for the tests of dependencies alone"
		}
	}
	sum := strings.ToLower("\n" + string(o.file(path.Join(dir, "go.sum"))))
	line := strings.ToLower("\n" + p.name + " v" + p.version)
	switch {
	case !strings.Contains(sum, line+"/go.mod h1:"):
		return ""
	case !strings.Contains(sum, line+" h1:"):
		return "go.sum has the checksum of its go.mod only: the code is not part of any build"
	case o.other(p):
		return "go.sum keeps the checksum of a version that minimal version selection does not choose"
	}
	return ""
}

// explainNuGet: a version in a central list is used by nobody until a project
// refers to the package.
func explainNuGet(p pkg, file string, o *ours) string {
	if p.ecosystem != "NuGet" || path.Base(file) != "Directory.Packages.props" {
		return ""
	}
	reference := regexp.MustCompile(`(?i)<((?:Global)?PackageReference|PackageVersion)\s[^>]*\b(?:Include|Update)="` + regexp.QuoteMeta(p.name) + `"`)
	for _, f := range o.tree.Files() {
		switch path.Ext(f.Path) {
		case ".csproj", ".fsproj", ".vbproj", ".props", ".targets", ".proj":
			for _, m := range reference.FindAllSubmatch(o.file(f.Path), -1) {
				if string(m[1]) != "PackageVersion" {
					return ""
				}
			}
		}
	}
	return "in the central list of versions, but no project refers to it"
}

// mavenID is what Maven accepts as a group or artifact id.
var mavenID = regexp.MustCompile(`^[\w.-]+:[\w.-]+$`)

func explainMaven(p pkg, file string, o *ours) string {
	if p.ecosystem != "Maven" {
		return ""
	}
	group, artifact, _ := strings.Cut(p.name, ":")
	switch base := path.Base(file); {
	case strings.HasSuffix(base, ".pom"):
		return "a .pom that lies in the tree as data (a Maven repository for tests); tributary reads pom.xml"
	case o.poms()[p.name]:
		return "an own package of the repository: root project, workspace member, module, path"
	case !mavenID.MatchString(p.name):
		return "an id that Maven refuses (test data)"
	case group == artifact && strings.Contains(string(o.file(file)), "<artifactId>"+artifact+"</artifactId>"):
		return "the artifact's id for its group, where the file has a property or nothing; tributary has the group"
	case strings.HasPrefix(p.version, "["):
		return "a range as a version"
	}
	return ""
}

func explainPython(p pkg, file string, o *ours) string {
	if p.ecosystem == "PyPI" && strings.HasSuffix(file, ".cdx.json") {
		return "an SBOM that lies in the tree; tributary reads one when its path is given"
	}
	return ""
}
