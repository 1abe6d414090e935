package manifest

import (
	"bytes"
	"strings"
)

// mavenPom is a parsed pom.xml; texts are raw, with ${…}.
type mavenPom struct {
	path                     string
	group, artifact, version string
	parent                   *mavenGAV
	up                       *mavenPom   // the parent, where it lies in the repository
	lineage                  []*mavenPom // the pom and its parents in the repository, nearest first
	mavenSection
	profiles []mavenProfile
	faults   []jsFault
}

// mavenSection is what a project and a profile both have.
type mavenSection struct {
	properties     map[string]string
	dependencies   []mavenDep
	managed        []mavenDep
	plugins        []mavenPlugin
	managedPlugins []mavenPlugin
	extensions     []mavenDep
}

type mavenProfile struct {
	id        string
	byDefault bool // active unless another one is chosen
	mavenSection
}

type mavenDep struct {
	group, artifact, version, scope, typ, classifier, optional string
	line                                                       int
}

func (d mavenDep) isImport() bool { return d.scope == "import" }

type mavenPlugin struct {
	mavenDep
	dependencies []mavenDep
}

func (n *xmlNode) child(name string) *xmlNode {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *xmlNode) childText(name string) string {
	if c := n.child(name); c != nil {
		return strings.TrimSpace(c.text)
	}
	return ""
}

// each gives the children of the list element called list.
func (n *xmlNode) each(list, name string) []*xmlNode {
	var out []*xmlNode
	if l := n.child(list); l != nil {
		for _, c := range l.children {
			if c.name == name {
				out = append(out, c)
			}
		}
	}
	return out
}

// withoutConflicts blanks the marker lines of merge conflicts, at which XML
// would end; lines keep their numbers.
func withoutConflicts(data []byte) (clean []byte, faults []jsFault) {
	if !bytes.Contains(data, []byte("<<<<<<<")) {
		return data, nil
	}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		mark := jsConflict(string(bytes.TrimRight(line[:min(len(line), 20)], "\r\n")))
		if mark == 0 {
			clean = append(clean, line...)
			continue
		}
		clean = append(clean, '\n')
		if mark == '<' && len(faults) < jsMaxFaults {
			faults = append(faults, jsFault{n, "merge conflict", jsConflictMessage})
		}
	}
	return clean, faults
}

func parsePom(p string, data []byte) *mavenPom {
	data, conflicts := withoutConflicts(data)
	root, faults := parseXML(data)
	faults = append(conflicts, faults...)
	pom := &mavenPom{path: p, faults: faults}
	pom.lineage = []*mavenPom{pom}
	project := root.child("project")
	if project == nil {
		pom.faults = append(pom.faults, jsFault{1, "malformed", "there is no <project> element: this is no Maven project"})
		pom.properties = map[string]string{}
		return pom
	}
	pom.group, pom.artifact, pom.version = project.childText("groupId"), project.childText("artifactId"), project.childText("version")
	if n := project.child("parent"); n != nil {
		pom.parent = &mavenGAV{group: n.childText("groupId"), artifact: n.childText("artifactId"), version: n.childText("version"), line: n.line, relative: n.childText("relativePath")}
		pom.parent.noRelative = n.child("relativePath") != nil && pom.parent.relative == ""
	}
	pom.mavenSection = parseSection(project)
	for _, n := range project.each("profiles", "profile") {
		byDefault := n.child("activation").childText("activeByDefault") == "true"
		pom.profiles = append(pom.profiles, mavenProfile{n.childText("id"), byDefault, parseSection(n)})
	}
	return pom
}

func parseSection(n *xmlNode) mavenSection {
	s := mavenSection{properties: map[string]string{}}
	if props := n.child("properties"); props != nil {
		for _, c := range props.children {
			s.properties[c.name] = strings.TrimSpace(c.text)
		}
	}
	s.dependencies = parseDeps(n.each("dependencies", "dependency"))
	s.managed = parseDeps(n.child("dependencyManagement").each("dependencies", "dependency"))
	build := n.child("build")
	s.plugins = append(parsePlugins(build.each("plugins", "plugin")), parsePlugins(n.child("reporting").each("plugins", "plugin"))...)
	s.managedPlugins = parsePlugins(build.child("pluginManagement").each("plugins", "plugin"))
	s.extensions = parseDeps(build.each("extensions", "extension"))
	return s
}

func parseDeps(nodes []*xmlNode) []mavenDep {
	out := make([]mavenDep, 0, len(nodes))
	for _, n := range nodes {
		out = append(out, mavenDep{n.childText("groupId"), n.childText("artifactId"), n.childText("version"), n.childText("scope"), n.childText("type"),
			n.childText("classifier"), n.childText("optional"), n.line})
	}
	return out
}

func parsePlugins(nodes []*xmlNode) []mavenPlugin {
	var out []mavenPlugin
	for i, d := range parseDeps(nodes) {
		if d.group == "" {
			d.group = "org.apache.maven.plugins"
		}
		d.scope, d.typ = "", ""
		out = append(out, mavenPlugin{d, parseDeps(nodes[i].each("dependencies", "dependency"))})
	}
	return out
}
