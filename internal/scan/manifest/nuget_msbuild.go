package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

const (
	msbuildMaxFiles  = 40
	msbuildMaxExpand = 20      // rounds of $(X) in $(Y)
	msbuildMaxValue  = 1 << 12 // bytes of an expanded value
	msbuildMaxProps  = 10_000
	msbuildMaxItems  = 10_000
)

// msbuild is what a project and the files that it imports say of packages. It is
// no MSBuild: it follows properties and imports as far as their text tells, and
// says so where it does not.
type msbuild struct {
	fsys   FS
	path   string
	loaded map[string]bool
	props  map[string][]string // lower-case name: values; several where conditions decide
	set    int                 // properties set so far
	items  []msbuildItem
	byName map[string][]msbuildItem // items by lower-case name
	faults map[string][]jsFault     // by file
	sdks   []msbuildItem
}

// msbuildItem is one PackageReference or its like.
type msbuildItem struct {
	kind      string // lower case
	action    string // include, update, remove
	name      string
	version   string // expanded
	private   bool   // PrivateAssets=all
	condition string
	file      string
	line      int
}

// evaluateMSBuild reads a project or a file that projects share with its
// surroundings, in MSBuild's order.
func evaluateMSBuild(fsys FS, p string) *msbuild {
	m := &msbuild{fsys: fsys, path: p, loaded: map[string]bool{}, props: map[string][]string{}, faults: map[string][]jsFault{},
		byName: map[string][]msbuildItem{}}
	dir := path.Dir(p)
	project := path.Base(p)
	m.props["msbuildprojectname"] = []string{strings.TrimSuffix(project, path.Ext(project))}
	for _, shared := range []string{"Directory.Build.props", "Directory.Packages.props", "Packages.props"} {
		m.loadAbove(dir, shared)
	}
	m.load(p)
	m.loadAbove(dir, "Directory.Build.targets")
	return m
}

// loadAbove loads the nearest file of a name in a directory or above it.
func (m *msbuild) loadAbove(dir, base string) {
	for _, d := range ancestors(dir) {
		if p := path.Join(d, base); m.fsys.Exists(p) {
			m.load(p)
			return
		}
	}
}

func (m *msbuild) load(p string) {
	if m.loaded[p] || len(m.loaded) >= msbuildMaxFiles {
		return
	}
	m.loaded[p] = true
	data, err := m.fsys.ReadFile(p)
	if err != nil {
		return
	}
	if len(data) > nugetMaxBytes {
		m.faults[p] = []jsFault{{0, "too large", "larger than 16 MiB; not read"}}
		return
	}
	root, faults := parseXML(data)
	m.faults[p] = faults
	for _, project := range root.children {
		m.sdk(p, project, project.attr("Sdk"))
		m.walk(p, project, "")
	}
}

// walk reads the children of a project, a Choose or a group of imports.
func (m *msbuild) walk(p string, n *xmlNode, condition string) {
	for _, c := range n.children {
		cond := condition
		if own := c.attr("Condition"); own != "" {
			cond = strings.TrimSpace(strings.Join([]string{cond, own}, " "))
		}
		switch strings.ToLower(c.name) {
		case "propertygroup":
			m.properties(p, c, cond)
		case "itemgroup":
			for _, item := range c.children {
				m.item(p, item, cond)
			}
		case "import":
			m.sdk(p, c, c.attr("Sdk"))
			m.follow(p, c.attr("Project"))
		case "sdk":
			name := c.attr("Name")
			if v := c.attr("Version"); v != "" {
				name += "/" + v
			}
			m.sdk(p, c, name)
		case "importgroup", "choose", "when":
			m.walk(p, c, cond)
		case "otherwise":
			m.walk(p, c, "otherwise")
		}
	}
}

// sdk notes MSBuild SDKs that are packages: those with a version,
// "Name/1.2.3;Other/1.0".
func (m *msbuild) sdk(p string, n *xmlNode, list string) {
	for _, s := range strings.Split(list, ";") {
		name, version, ok := strings.Cut(strings.TrimSpace(s), "/")
		if ok && nugetID(name) {
			m.sdks = append(m.sdks, msbuildItem{kind: "sdk", name: name, version: m.expand(p, version), file: p, line: n.line})
		} else if strings.HasPrefix(name, "MSTest.Sdk") {
			m.props["istestproject"] = []string{"true"}
		}
		if ok && name == "MSTest.Sdk" {
			m.props["istestproject"] = []string{"true"}
		}
	}
}

func (m *msbuild) properties(p string, group *xmlNode, condition string) {
	for _, c := range group.children {
		if m.set++; m.set > msbuildMaxProps {
			m.tooMany(p, c.line, "properties")
			return
		}
		name := strings.ToLower(c.name)
		cond := condition
		if own := c.attr("Condition"); own != "" {
			cond = own
		}
		value := m.expandKnowing(p, strings.TrimSpace(c.text), name)
		old := m.props[name]
		switch {
		case cond == "":
			m.props[name] = []string{value}
		case msbuildIfEmpty(cond, name):
			if len(old) == 0 || len(old) == 1 && old[0] == "" {
				m.props[name] = []string{value}
			}
		case len(old) < 20 && (len(old) == 0 || old[len(old)-1] != value):
			m.props[name] = append(old[:len(old):len(old)], value)
		}
	}
}

// msbuildIfEmpty recognizes the usual "'$(Name)' == ”".
func msbuildIfEmpty(condition, name string) bool {
	c := strings.ToLower(strings.NewReplacer(" ", "", "'", "", `"`, "").Replace(condition))
	return c == "$("+name+")==" || c == "==$("+name+")"
}

var msbuildItems = map[string]bool{"packagereference": true, "packageversion": true, "globalpackagereference": true,
	"packagedownload": true, "dotnetclitoolreference": true}

func (m *msbuild) item(p string, n *xmlNode, condition string) {
	kind := strings.ToLower(n.name)
	if !msbuildItems[kind] {
		return
	}
	if own := n.attr("Condition"); own != "" {
		condition = strings.TrimSpace(strings.Join([]string{condition, own}, " "))
	}
	for _, action := range []string{"include", "update", "remove"} {
		for _, name := range strings.Split(m.expand(p, n.attr(action)), ";") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			version := n.attr("VersionOverride")
			if version == "" {
				version = n.attr("Version")
			}
			if len(m.items) >= msbuildMaxItems {
				m.tooMany(p, n.line, "package items")
				return
			}
			i := msbuildItem{
				kind: kind, action: action, name: name, version: m.expand(p, version),
				private:   strings.Contains(strings.ToLower(m.expand(p, n.attr("PrivateAssets"))), "all"),
				condition: condition, file: p, line: n.line,
			}
			m.items = append(m.items, i)
			m.byName[strings.ToLower(name)] = append(m.byName[strings.ToLower(name)], i)
		}
	}
}

// tooMany says once for each file that a bound was met.
func (m *msbuild) tooMany(p string, line int, what string) {
	if faults := m.faults[p]; len(faults) == 0 || faults[len(faults)-1].kind != "too large" {
		m.faults[p] = append(faults, jsFault{line, "too large", "more than 10,000 " + what + "; the rest was not read"})
	}
}

var (
	msbuildProjectDir = pattern.Lazy(`(?i)\$\((?:MSBuildProjectDirectory|ProjectDir)\)`)
	msbuildRef        = pattern.Lazy(`\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)`)
	msbuildHere       = pattern.Lazy(`(?i)\$\((?:MSBuildThisFileDirectory|MSBuildProjectDirectory|ProjectDir)\)`)
	msbuildAbove      = pattern.Lazy(`(?i)GetPathOfFileAbove\(\s*['"]?([^'",)]+)['"]?`)
)

// follow loads an imported file where its path can be told from the text.
func (m *msbuild) follow(p, project string) {
	dir := path.Dir(p)
	if a := msbuildAbove().FindStringSubmatch(project); a != nil {
		base := strings.TrimSpace(a[1])
		if base == "$(MSBuildThisFile)" {
			base = path.Base(p)
		}
		if strings.EqualFold(base, path.Base(p)) || strings.Contains(project, "..") {
			if dir == "." {
				return
			}
			dir = path.Dir(dir)
		}
		m.loadAbove(dir, base)
		return
	}
	if msbuildProjectDir().MatchString(project) {
		dir = path.Dir(m.path)
	}
	project = m.expand(p, msbuildHere().ReplaceAllString(project, "./"))
	if project == "" || strings.ContainsAny(project, "$*") {
		return // an SDK's file, or one that only a build can find
	}
	if q, ok := pathWithin(dir, project); ok {
		m.load(q)
	}
}

func (m *msbuild) expand(p, s string) string { return m.expandKnowing(p, s, "") }

// expandKnowing replaces $(X) where X has one value. Self names the property
// that is being set: "$(X);more" means its value until now.
func (m *msbuild) expandKnowing(p, s, self string) string {
	for range msbuildMaxExpand {
		if !strings.Contains(s, "$(") {
			return s
		}
		next := msbuildRef().ReplaceAllStringFunc(s, func(ref string) string {
			name := strings.ToLower(ref[2 : len(ref)-1])
			values := m.props[name]
			if name == self && len(values) == 0 {
				return ""
			}
			if len(values) != 1 || len(values[0]) > 256 {
				return ref
			}
			return values[0]
		})
		if next == s || len(next) > msbuildMaxValue {
			return s
		}
		s = next
	}
	return s
}

// is says whether a property is set to true.
func (m *msbuild) is(name string) bool {
	v := m.props[name]
	return len(v) == 1 && strings.EqualFold(v[0], "true")
}

// msbuildTestFrameworks are packages that only projects of tests reference.
var msbuildTestFrameworks = pattern.Lazy(`(?i)^(?:Microsoft\.NET\.Test\.Sdk|xunit|xunit\.v3(?:\..*)?|NUnit|MSTest|MSTest\.TestFramework|TUnit)$`)

// msbuildIfTest recognizes items that only projects of tests have.
var msbuildIfTest = pattern.Lazy(`(?i)\$\(IsTestProject\)['"\s]*==\s*['"]?true`)

// restScope is the scope of what no attribute marks: tests in a test project.
func (m *msbuild) restScope() inventory.Scope {
	test := m.is("istestproject") && nugetIsProject(m.path)
	shared := strings.HasPrefix(strings.ToLower(path.Base(m.path)), "directory.")
	for _, i := range m.items {
		// A file that projects import is for tests when it brings in a framework
		// itself; one that all projects import says nothing of each.
		here := nugetIsProject(m.path) || i.file == m.path && !shared && i.condition == ""
		test = test || here && i.action == "include" && i.kind == "packagereference" && msbuildTestFrameworks().MatchString(i.name)
	}
	if test {
		return inventory.Test
	}
	return inventory.Runtime
}
