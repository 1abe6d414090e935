package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// gradleDep is a component that a script or catalog names.
type gradleDep struct {
	component inventory.PURL // without version
	version   string         // as written; "" when not said
	line      int
	scope     inventory.Scope
	note      string
	unknown   string // the variable that nothing literal sets
}

func (d gradleDep) usage(p string) inventory.Usage {
	u := inventory.Usage{Component: d.component, Requirement: d.version, Manifest: p, Line: d.line, Scope: d.scope, Relation: inventory.Direct, Note: d.note}
	if d.unknown != "" {
		u.Note = joinNotes(d.note, "version "+clipped(d.unknown)+" is computed by the build")
	} else if gradleExact(d.version) {
		u.Component.Version = d.version
	} else if d.version == "" {
		u.Note = joinNotes(d.note, "no version here: a platform, plugin or constraint sets it")
	}
	return u
}

// gradleExact says whether a version is one and no range ("1.+", "[1,2)",
// "latest.release").
func gradleExact(v string) bool {
	return v != "" && !strings.ContainsAny(v, "[](),+${} ") && !strings.HasPrefix(v, "latest.")
}

// gradleCatalog reads the catalog that a directory's scripts see: by accessor
// ("libs.junit.jupiter"), bundles included.
func gradleCatalog(fsys FS, dir string) map[string][]gradleDep {
	for _, up := range ancestors(dir) {
		p := path.Join(up, "gradle", "libs.versions.toml")
		if !fsys.Exists(p) {
			continue
		}
		data, err := fsys.ReadFile(p)
		if err != nil || len(data) > gradleMaxBytes {
			return nil
		}
		libs, bundles, _ := parseCatalog(parseTOML(data).root())
		out := map[string][]gradleDep{}
		for alias, d := range libs {
			out["libs."+accessor(alias)] = []gradleDep{d}
		}
		for alias, members := range bundles {
			for _, m := range members {
				if d, ok := libs[m]; ok {
					out["libs.bundles."+accessor(alias)] = append(out["libs.bundles."+accessor(alias)], d)
				}
			}
		}
		return out
	}
	return nil
}

// accessor is how scripts write an alias: "-" and "_" become ".".
func accessor(alias string) string { return strings.NewReplacer("-", ".", "_", ".").Replace(alias) }

// parseCatalog reads [versions], [libraries], [bundles] and [plugins]
// (docs.gradle.org, "Version Catalogs").
func parseCatalog(root jsVal) (libs map[string]gradleDep, bundles map[string][]string, plugins []gradleDep) {
	versions := map[string]string{}
	for v := range root.get("versions").all() {
		versions[v.key()] = richVersion(v)
	}
	version := func(v jsVal) string {
		if ref := v.get("ref").text(); ref != "" {
			return versions[ref]
		}
		return richVersion(v)
	}
	libs = map[string]gradleDep{}
	for v := range root.get("libraries").all() {
		module := v.text()
		d := gradleDep{line: v.line(), scope: inventory.Runtime}
		if v.kind() == jsObject {
			module = v.get("module").text()
			if module == "" {
				module = v.get("group").text() + ":" + v.get("name").text()
			}
			d.version = version(v.get("version"))
		}
		c, literal, ok := gradleCoordinates(module)
		if !ok {
			continue
		}
		if literal != "" {
			d.version = literal
		}
		d.component = c
		libs[v.key()] = d
	}
	bundles = map[string][]string{}
	for v := range root.get("bundles").all() {
		bundles[v.key()] = v.strings()
	}
	for v := range root.get("plugins").all() {
		id, ver := v.get("id").text(), version(v.get("version"))
		if s := v.text(); s != "" {
			id, ver, _ = strings.Cut(s, ":")
		}
		if id != "" {
			plugins = append(plugins, gradlePlugin(id, ver, v.line()))
		}
	}
	return libs, bundles, plugins
}

// gradlePlugin is the marker artifact by which Gradle finds a plugin
// (docs.gradle.org, "Plugin Marker Artifacts").
func gradlePlugin(id, version string, line int) gradleDep {
	return gradleDep{component: inventory.NewPURL("maven", id+":"+id+".gradle.plugin", ""), version: version, line: line, scope: inventory.Build, note: "Gradle plugin " + id}
}

// richVersion reads "1.2", { require = … }, { strictly = …, prefer = … }.
func richVersion(v jsVal) string {
	if s := v.text(); s != "" {
		return s
	}
	for _, key := range []string{"strictly", "require", "prefer"} {
		if s := v.get(key).text(); s != "" {
			return s
		}
	}
	return ""
}

// readVersionCatalog lists what a catalog declares. A declared library is not
// necessarily used; which is used, scripts tell.
func readVersionCatalog(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, gradleMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	doc := parseTOML(data)
	libs, _, plugins := parseCatalog(doc.root())
	out := Result{Problems: limitProblems(p, docProblems(p, doc.faults))}
	for v := range doc.root().get("libraries").all() {
		d, ok := libs[v.key()]
		if !ok {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Line: v.line(), Kind: "malformed", Message: "the library " + jsQuote(v.key()) + " has no group and name"})
			continue
		}
		d.note = "declared in the version catalog"
		out.Usages = append(out.Usages, d.usage(p))
	}
	for _, d := range plugins {
		out.Usages = append(out.Usages, d.usage(p))
	}
	return out, nil
}
