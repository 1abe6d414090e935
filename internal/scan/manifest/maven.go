package manifest

import (
	"cmp"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// mavenReaders reads Maven projects (maven.apache.org/pom.html). Every pom of
// the repository is parsed once and shared: parents, imported BOMs and own
// modules are looked up there.
func mavenReaders() []Reader {
	return []Reader{
		{Name: "maven-pom", Version: 2, Match: matchBase("pom.xml"), Read: readPom},
		{Name: "maven-extensions", Version: 1, Match: isCoreExtensions, Read: readCoreExtensions},
	}
}

const (
	mavenPattern  = "**/pom.xml"
	mavenMaxBytes = 8 << 20
	mavenMaxDepth = 30 // of parents, imports and properties
)

// readPom lists what one pom declares: dependencies, plugins and extensions,
// its parent and the BOMs that it imports where those come from outside.
func readPom(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > mavenMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 8 MiB; not read"}}}, nil
	}
	x := fsys.Shared(mavenPattern, buildMavenIndex).(*mavenIndex)
	pom := x.byPath[p]
	if pom == nil {
		pom = parsePom(p, data)
		pom.link(x)
		pom.trace()
	}
	r := pomReading{pom: pom, index: x, managed: newMavenManagement(pom, x)}
	r.out.Problems = limitProblems(p, docProblems(p, pom.faults))
	if pom.artifact != "" {
		r.out.Own = append(r.out.Own, inventory.NewPURL("maven", r.value(pom.effectiveGroup()).text+":"+pom.artifact, r.value("${project.version}").text).String())
	}
	r.parent()
	for _, d := range pom.dependencies {
		r.dependency(d, "", "")
	}
	for _, profile := range pom.profiles {
		for _, d := range profile.dependencies {
			r.dependency(d, inventory.Optional, "in profile "+profile.id)
		}
		for _, pl := range profile.plugins {
			r.plugin(pl, "in profile "+profile.id)
		}
		r.boms(profile.managed, "in profile "+profile.id)
	}
	for _, pl := range pom.plugins {
		r.plugin(pl, "")
	}
	for _, e := range pom.extensions {
		r.dependency(e, inventory.Build, "build extension")
	}
	r.boms(pom.managed, "")
	r.out.Usages = r.graph.Usages()
	return r.out, nil
}

func isCoreExtensions(p string) bool {
	return p == ".mvn/extensions.xml" || strings.HasSuffix(p, "/.mvn/extensions.xml")
}

// readCoreExtensions reads what Maven loads into itself before any pom
// (maven.apache.org/configure.html, ".mvn/extensions.xml").
func readCoreExtensions(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > mavenMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 8 MiB; not read"}}}, nil
	}
	root, faults := parseXML(data)
	r := pomReading{pom: &mavenPom{path: p, lineage: []*mavenPom{{}}}}
	r.out.Problems = docProblems(p, faults)
	for _, d := range parseDeps(root.each("extensions", "extension")) {
		r.add(d, r.value(d.version), inventory.Build, "core extension")
	}
	r.out.Usages, r.out.Problems = r.graph.Usages(), limitProblems(p, r.out.Problems)
	return r.out, nil
}

// pomReading is one pom while its usages are worked out.
type pomReading struct {
	pom     *mavenPom
	index   *mavenIndex
	managed *mavenManagement
	plugins map[[2]string]string // versions by group and artifact, once asked for
	graph   Graph
	out     Result
}

func (r *pomReading) value(raw string) mavenValue { return r.pom.interpolate(raw) }

// add lists one component. Without version it is a requirement.
func (r *pomReading) add(d mavenDep, version mavenValue, scope inventory.Scope, notes ...string) {
	group, artifact := r.value(d.group), r.value(d.artifact)
	if group.text == "" || artifact.text == "" || strings.Contains(group.text+artifact.text, "${") {
		r.out.Problems = append(r.out.Problems, inventory.Problem{Path: r.pom.path, Line: d.line, Kind: "not understood",
			Message: "the coordinates " + jsQuote(d.group+":"+d.artifact) + " name a property that nothing in this repository sets"})
		return
	}
	u := inventory.Usage{Component: inventory.NewPURL("maven", group.text+":"+artifact.text, ""), Manifest: r.pom.path, Line: d.line,
		Relation: inventory.Direct, Scope: scope}
	if c := r.value(d.classifier).text; c != "" && !strings.Contains(c, "${") {
		u.Component = withQualifier(u.Component, "classifier", c)
	}
	if t := r.value(d.typ).text; t != "" && t != "jar" && t != "pom" && !strings.Contains(t, "${") {
		u.Component = withQualifier(u.Component, "type", t)
	}
	switch exact, ok := mavenExact(version.text); {
	case version.unknown != "":
		u.Requirement = d.version
		notes = append(notes, r.outside(version.unknown))
	case ok:
		u.Component.Version, u.Requirement = exact, d.version
	default:
		u.Requirement = version.text
	}
	u.Note = joinNotes(notes...)
	r.graph.Add(u)
}

// mavenExact says whether a version stands for itself: "1.2" (what Maven calls
// a soft requirement, which it resolves to just that) or "[1.2]".
func mavenExact(v string) (string, bool) {
	v = strings.TrimSpace(v)
	if strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]") && !strings.Contains(v, ",") {
		v = strings.Trim(v, "[] ")
	}
	return v, v != "" && !strings.ContainsAny(v, "[](),${}&;<> \t\n") && v != "LATEST" && v != "RELEASE"
}

// outside says where the answer lies that the repository does not hold.
func (r *pomReading) outside(property string) string {
	what := "version " + property
	if values := r.pom.profileValues(strings.TrimSuffix(strings.TrimPrefix(property, "${"), "}")); len(values) > 1 {
		return what + " depends on the profile: " + clipped(strings.Join(values, ", "))
	}
	if e := r.pom.externalParent(); e != nil {
		return what + " from parent " + e.String()
	}
	return what + " is set nowhere in this repository"
}

// parent lists a parent that comes from outside of the repository.
func (r *pomReading) parent() {
	p := r.pom.parent
	if p == nil || r.pom.up != nil {
		return
	}
	r.add(mavenDep{group: p.group, artifact: p.artifact, version: p.version, line: p.line}, r.value(p.version), inventory.Build, "parent pom")
}

// boms lists imported BOMs that come from outside.
func (r *pomReading) boms(managed []mavenDep, note string) {
	for _, d := range managed {
		if d.isImport() && !r.own(d, r.value(d.version).text) {
			r.add(d, r.value(d.version), inventory.Build, "imported BOM", note)
		}
	}
}

func (r *pomReading) dependency(d mavenDep, scope inventory.Scope, note string) {
	found := r.managed.wanted[r.pom.key(d)]
	version := r.value(d.version)
	if d.version == "" && found.pom != nil {
		d.version, version = found.dep.version, found.pom.interpolate(found.dep.version)
	}
	d.scope, d.optional = cmp.Or(d.scope, found.dep.scope), cmp.Or(d.optional, found.dep.optional)
	if r.own(d, version.text) {
		return
	}
	own, scopeNote := mavenScope(r.value(d.scope).text, r.value(d.optional).text == "true")
	if scope == "" || own.Rank() > scope.Rank() {
		scope = own
	}
	if d.version == "" {
		r.add(d, mavenValue{}, scope, note, scopeNote, r.from())
		return
	}
	r.add(d, version, scope, note, scopeNote)
}

// from says where an absent version comes from.
func (r *pomReading) from() string {
	var places []string
	if e := r.pom.externalParent(); e != nil {
		places = append(places, "parent "+e.String())
	}
	for _, b := range r.managed.outside {
		places = append(places, "BOM "+b)
	}
	switch len(places) {
	case 0:
		return "no version is set in this repository"
	case 1:
		return "version from " + places[0]
	}
	return "version from one of: " + strings.Join(places[:min(len(places), 6)], ", ")
}

// managedPlugin gives the version that the lineage sets for a plugin, "" for
// none; profiles count last.
func (r *pomReading) managedPlugin(d mavenDep) string {
	if r.plugins == nil {
		r.plugins = map[[2]string]string{}
		note := func(list []mavenPlugin) {
			for _, m := range list {
				id := [2]string{r.value(m.group).text, r.value(m.artifact).text}
				if _, taken := r.plugins[id]; !taken && m.version != "" {
					r.plugins[id] = m.version
				}
			}
		}
		for _, at := range r.pom.lineage {
			note(at.managedPlugins)
			note(at.plugins)
		}
		for _, at := range r.pom.lineage {
			for i := range at.profiles {
				note(at.profiles[i].managedPlugins)
			}
		}
	}
	return r.plugins[[2]string{r.value(d.group).text, r.value(d.artifact).text}]
}

func (r *pomReading) plugin(pl mavenPlugin, note string) {
	d := pl.mavenDep
	if d.version == "" {
		d.version = r.managedPlugin(d)
	}
	version := r.value(d.version)
	if !r.own(d, version.text) {
		if d.version == "" {
			where := "no version is set: Maven takes its own default"
			if e := r.pom.externalParent(); e != nil {
				where = "version from parent " + e.String()
			}
			r.add(d, mavenValue{}, inventory.Build, note, "plugin", where)
		} else {
			r.add(d, version, inventory.Build, note, "plugin")
		}
	}
	for _, x := range pl.dependencies {
		if v := r.value(x.version); !r.own(x, v.text) {
			r.add(x, v, inventory.Build, note, "of plugin "+pl.artifact)
		}
	}
}

func (r *pomReading) own(d mavenDep, version string) bool {
	return r.index.isOwn(r.value(d.group).text+":"+r.value(d.artifact).text, version)
}

// mavenScope maps Maven's scopes; optional ones are left to the user's choice.
func mavenScope(scope string, optional bool) (inventory.Scope, string) {
	switch scope {
	case "test", "test-only", "test-runtime": // the last two since Maven 4
		return inventory.Test, ""
	case "provided", "compile-only":
		return inventory.Provided, ""
	case "system":
		return inventory.Provided, "system scope: a file on the machine that builds"
	}
	if optional {
		return inventory.Optional, ""
	}
	return inventory.Runtime, ""
}
