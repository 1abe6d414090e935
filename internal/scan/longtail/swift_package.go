package longtail

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

var (
	swiftName     = pattern.Lazy(`\bPackage\s*\(\s*name:\s*"([^"\n]+)"`)
	swiftCall     = pattern.Lazy(`\.package\s*\(`)
	swiftURL      = pattern.Lazy(`\b(url|id|path):\s*"([^"\n]+)"\s*,?\s*`)
	swiftExact    = pattern.Lazy(`^(?:exact:\s*|\.exact\()"([^"]+)"`)
	swiftTraits   = pattern.Lazy(`,?\s*traits:(?s:.*)$`)
	swiftLocation = pattern.Lazy(`"(?:location|repositoryURL)"\s*:\s*"([^"]+)"`)
	xcodePackages = pattern.Lazy(`\brepositoryURL = "?([^";\n]+)"?;`)
)

// swiftDep is a dependency as Package.swift states it.
type swiftDep struct {
	kind, place, version, requirement string
	line                              int
}

// swiftDeps are the calls of .package in a Package.swift, a program of which
// nothing is run (docs.swift.org, "PackageDescription").
func swiftDeps(data []byte) (out []swiftDep) {
	s := withoutComments(string(data))
	line, counted := 1, 0
	for _, at := range swiftCall().FindAllStringIndex(s, -1) {
		line, counted = line+strings.Count(s[counted:at[0]], "\n"), at[0]
		call, whole := inParentheses(s[at[1]:])
		if !whole {
			continue
		}
		m := swiftURL().FindStringSubmatchIndex(call)
		if m == nil {
			continue
		}
		d := swiftDep{kind: call[m[2]:m[3]], place: call[m[4]:m[5]], line: line}
		rest := strings.TrimSpace(swiftTraits().ReplaceAllString(call[m[1]:], ""))
		if exact := swiftExact().FindStringSubmatch(rest); exact != nil {
			d.version = exact[1]
		}
		d.requirement = strings.Join(strings.Fields(strings.ReplaceAll(rest, `"`, "")), " ")
		out = append(out, d)
	}
	return out
}

// readPackageSwift reads a Package.swift that no Package.resolved covers.
func readPackageSwift(t *text) {
	if m := swiftName().FindSubmatch(t.data); m != nil {
		t.out.Own = append(t.out.Own, inventory.NewPURL("swift", string(m[1]), "").String())
	}
	if t.fsys.Exists(path.Join(path.Dir(t.path), "Package.resolved")) {
		return
	}
	seen := t.lockedByXcode()
	for _, d := range swiftDeps(t.data) {
		name := d.place
		if d.kind == "url" {
			name = repository(d.place)
		}
		key := strings.ToLower(name)
		if d.kind == "path" || name == "" || seen[key] {
			continue
		}
		seen[key] = true
		t.use(inventory.Usage{Component: inventory.NewPURL("swift", name, d.version), Requirement: d.requirement, Line: d.line, Relation: inventory.Direct, Scope: inventory.Runtime})
	}
}

// lockedByXcode are the repositories that Xcode projects in the tree have locked,
// in lower case: they build the packages beside them.
func (t *text) lockedByXcode() map[string]bool {
	locked := map[string]bool{}
	for _, p := range t.fsys.Glob("**/*.xcodeproj/project.xcworkspace/xcshareddata/swiftpm/Package.resolved") {
		data, err := t.fsys.ReadFile(p)
		if err != nil || len(data) > maxText {
			continue
		}
		for _, m := range swiftLocation().FindAllSubmatch(data, maxPins) {
			locked[strings.ToLower(repository(string(m[1])))] = true
		}
	}
	return locked
}

// maxPins bounds what is taken of one Package.resolved.
const maxPins = 5000

// maxLocalPackages bounds the packages of a repository that are asked.
const maxLocalPackages = 100

// swiftDirect are the requirements of the project to which a Package.resolved
// belongs, by repository in lower case; false where there is none to read. An
// Xcode project has its own and those of the packages in its repository.
func swiftDirect(fsys manifest.FS, resolved string) (map[string]string, bool) {
	direct, packages := map[string]string{}, []string{path.Join(path.Dir(resolved), "Package.swift")}
	project, _, xcode := strings.Cut(resolved, ".xcodeproj/")
	if xcode {
		data, err := fsys.ReadFile(project + ".xcodeproj/project.pbxproj")
		if err != nil {
			return nil, false
		}
		for _, m := range xcodePackages().FindAllSubmatch(data, -1) {
			direct[strings.ToLower(repository(string(m[1])))] = ""
		}
		packages = fsys.Glob("**/Package.swift")
	}
	read := false
	for _, p := range packages[:min(len(packages), maxLocalPackages)] {
		data, err := fsys.ReadFile(p)
		if err != nil || len(data) > maxText {
			continue
		}
		read = true
		for _, d := range swiftDeps(data) {
			if name := repository(d.place); name != "" {
				direct[strings.ToLower(name)] = d.requirement
			}
		}
	}
	return direct, xcode || read
}

// withoutComments puts spaces in place of comments, so that all else stays
// where it is.
func withoutComments(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			for i++; i < len(b) && b[i] != '"' && b[i] != '\n'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
		case b[i] == '/' && i+1 < len(b) && (b[i+1] == '/' || b[i+1] == '*'):
			block := b[i+1] == '*'
			for ; i < len(b); i++ {
				if !block && b[i] == '\n' {
					break
				}
				if block && b[i] == '*' && i+1 < len(b) && b[i+1] == '/' {
					b[i], b[i+1] = ' ', ' '
					i++
					break
				}
				if b[i] != '\n' {
					b[i] = ' '
				}
			}
		}
	}
	return string(b)
}

// maxCall bounds the text of one call.
const maxCall = 4096

// inParentheses is the text up to the parenthesis that closes an open one; false
// where none does within the bound.
func inParentheses(s string) (string, bool) {
	s = s[:min(len(s), maxCall)]
	open := 1
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			for i++; i < len(s) && s[i] != '"' && s[i] != '\n'; i++ {
				if s[i] == '\\' {
					i++
				}
			}
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return s[:i], true
			}
		}
	}
	return "", false
}
