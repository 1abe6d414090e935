package manifest

import (
	"strings"
)

// mavenPom is a parsed pom.xml; texts are raw, with ${…}.
type mavenPom struct {
	path                     string
	group, artifact, version string
	parent                   *mavenGAV
	up                       *mavenPom // the parent, where it lies in the repository
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
	id string
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

func parsePom(p string, data []byte) *mavenPom {
	root, faults := parseXML(data)
	pom := &mavenPom{path: p, faults: faults}
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
		pom.profiles = append(pom.profiles, mavenProfile{n.childText("id"), parseSection(n)})
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

// link finds the parent in the repository: at its relativePath if the
// coordinates there agree, else by coordinates.
func (p *mavenPom) link(x *mavenIndex) {
	if p.parent == nil {
		return
	}
	if !p.parent.noRelative {
		if at := p.parent.parentFile(p.path); at != "" {
			if up := x.byPath[at]; up != nil && up != p && up.artifact == p.parent.artifact {
				p.up = up
				return
			}
		}
	}
	for _, up := range x.byGA[p.parent.group+":"+p.parent.artifact] {
		if up != p && up.versionText() == p.parent.version {
			p.up = up
			return
		}
	}
}

func (p *mavenPom) versionText() string {
	if p.version != "" {
		return p.version
	}
	if p.parent != nil {
		return p.parent.version
	}
	return ""
}

func (p *mavenPom) effectiveGroup() string {
	if p.group == "" && p.parent != nil {
		return p.parent.group
	}
	return p.group
}

// line walks a pom and its parents in the repository, nearest first; a loop of
// parents ends it.
func (p *mavenPom) line() []*mavenPom {
	var out []*mavenPom
	for at := p; at != nil && len(out) < mavenMaxDepth; at = at.up {
		for _, seen := range out {
			if seen == at {
				return out
			}
		}
		out = append(out, at)
	}
	return out
}

// externalParent is the parent that lies outside of the repository, the last
// one of the line; nil when there is none.
func (p *mavenPom) externalParent() *mavenGAV {
	line := p.line()
	if last := line[len(line)-1]; last.parent != nil && last.up == nil {
		return last.parent
	}
	return nil
}

// property looks a name up: the project's own values, then properties of the
// pom and its parents, nearest first, then of their profiles.
func (p *mavenPom) property(name string) (string, bool) {
	line := p.line()
	switch strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.") {
	case "groupId":
		return p.effectiveGroup(), true
	case "artifactId":
		return p.artifact, true
	case "version":
		if name != "version" || p.version != "" || p.parent != nil {
			return p.versionText(), p.versionText() != ""
		}
	case "parent.version":
		if p.parent != nil {
			return p.parent.version, true
		}
	case "parent.groupId":
		if p.parent != nil {
			return p.parent.group, true
		}
	case "parent.artifactId":
		if p.parent != nil {
			return p.parent.artifact, true
		}
	}
	for _, at := range line {
		if v, ok := at.properties[name]; ok {
			return v, true
		}
	}
	for _, at := range line {
		for _, profile := range at.profiles {
			if v, ok := profile.properties[name]; ok {
				return v, true
			}
		}
	}
	return "", false
}

// interpolate replaces ${…}; what nothing sets stays and is named.
func (p *mavenPom) interpolate(raw string) mavenValue {
	return p.expand(raw, 0)
}

// interpolateFor interpolates a text of this pom as it is inherited by another:
// the heir's properties win.
func (p *mavenPom) interpolateFor(heir *mavenPom, raw string) mavenValue {
	if v := heir.expand(raw, 0); v.unknown == "" && !strings.Contains(raw, "${project.") {
		return v
	}
	return p.expand(raw, 0)
}

const mavenMaxText = 4096

func (p *mavenPom) expand(raw string, depth int) mavenValue {
	if !strings.Contains(raw, "${") {
		if len(raw) > 2 && raw[0] == '@' && raw[len(raw)-1] == '@' {
			return mavenValue{raw, raw} // filled in when the file is copied (maven-resources-plugin, invoker)
		}
		return mavenValue{text: raw}
	}
	if depth > mavenMaxDepth || len(raw) > mavenMaxText {
		return mavenValue{raw, clipped(raw)}
	}
	var b strings.Builder
	unknown := ""
	for raw != "" {
		i := strings.Index(raw, "${")
		if i < 0 {
			b.WriteString(raw)
			break
		}
		end := strings.IndexByte(raw[i:], '}')
		if end < 0 {
			b.WriteString(raw)
			break
		}
		name := raw[i+2 : i+end]
		b.WriteString(raw[:i])
		value, ok := p.property(name)
		var v mavenValue
		if ok {
			v = p.expand(value, depth+1)
		}
		if !ok || v.unknown != "" {
			if unknown == "" {
				unknown = "${" + name + "}"
			}
			b.WriteString("${" + name + "}")
		} else {
			b.WriteString(v.text)
		}
		raw = raw[i+end+1:]
		if b.Len() > mavenMaxText {
			return mavenValue{b.String()[:mavenMaxText], clipped(b.String())}
		}
	}
	return mavenValue{b.String(), unknown}
}

func clipped(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// mavenManaged is what dependencyManagement says of a dependency: the entry and
// the pom that it stands in, or else the BOMs from outside that may tell.
type mavenManaged struct {
	dep  mavenDep
	pom  *mavenPom
	boms []string
}

// managedFor looks through the line's dependencyManagement, nearest first, and
// through the BOMs that it imports; those of the repository are entered.
func (p *mavenPom) managedFor(d mavenDep, x *mavenIndex) mavenManaged {
	return p.managedIn(p, d, x, 0)
}

func (p *mavenPom) managedIn(asker *mavenPom, d mavenDep, x *mavenIndex, depth int) (out mavenManaged) {
	if depth > mavenMaxDepth {
		return out
	}
	want := asker.interpolate(d.group).text + ":" + asker.interpolate(d.artifact).text
	for _, at := range p.line() {
		for _, m := range at.allManaged() {
			ga := p.interpolate(m.group).text + ":" + p.interpolate(m.artifact).text
			if !m.isImport() {
				if ga == want && m.classifier == d.classifier && sameType(m.typ, d.typ) {
					return mavenManaged{dep: m, pom: p}
				}
				continue
			}
			inside := false
			for _, bom := range x.byGA[ga] {
				if bom == at || bom == p {
					continue
				}
				inside = true
				if found := bom.managedIn(asker, d, x, depth+1); found.pom != nil {
					return found
				} else {
					out.boms = append(out.boms, found.boms...)
				}
				break
			}
			if !inside {
				out.boms = append(out.boms, ga+"@"+p.interpolate(m.version).text)
			}
		}
	}
	return out
}

// allManaged lists the pom's management, then that of its profiles.
func (p *mavenPom) allManaged() []mavenDep {
	if len(p.profiles) == 0 {
		return p.managed
	}
	all := p.managed[:len(p.managed):len(p.managed)]
	for _, profile := range p.profiles {
		all = append(all, profile.managed...)
	}
	return all
}

func sameType(a, b string) bool {
	return a == b || (a == "" || a == "jar") && (b == "" || b == "jar")
}

// managedPlugin gives the version that pluginManagement sets, "" for none.
func (p *mavenPom) managedPlugin(d mavenDep) string {
	for _, at := range p.line() {
		for _, list := range [][]mavenPlugin{at.managedPlugins, at.plugins} {
			for _, m := range list {
				if m.artifact == d.artifact && m.group == d.group && m.version != "" {
					return m.version
				}
			}
		}
	}
	return ""
}
