package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// gradleReaders reads Gradle projects: the lockfiles of Gradle and of Nebula,
// verification metadata, version catalogs, and literal coordinates of build
// scripts that no lockfile covers. Scripts are never run.
func gradleReaders() []Reader {
	return []Reader{
		{Name: "gradle-lockfile", Version: 1, Match: isGradleLockfile, Read: readGradleLockfile},
		{Name: "gradle-verification", Version: 1, Match: matchBase("verification-metadata.xml"), Read: readGradleVerification},
		{Name: "gradle-catalog", Version: 1, Match: isVersionCatalog, Read: readVersionCatalog},
		{Name: "nebula-lock", Version: 1, Match: matchBase("dependencies.lock"), Read: readNebulaLock},
		{Name: "gradle-script", Version: 1, Match: isGradleScript, Read: readGradleScript},
	}
}

const gradleMaxBytes = 16 << 20

func isGradleLockfile(p string) bool {
	base := path.Base(p)
	return base == "gradle.lockfile" || base == "buildscript-gradle.lockfile" || strings.HasSuffix(base, ".lockfile") && path.Base(path.Dir(p)) == "dependency-locks"
}

func isVersionCatalog(p string) bool { return strings.HasSuffix(p, ".versions.toml") }

func isGradleScript(p string) bool {
	return strings.HasSuffix(p, ".gradle") || strings.HasSuffix(p, ".gradle.kts")
}

// gradleScope maps a configuration's name to a scope; names are made of the
// source set and the kind ("testImplementation", "debugRuntimeClasspath").
func gradleScope(configuration string) inventory.Scope {
	low := strings.ToLower(configuration)
	switch {
	case strings.HasPrefix(low, "test"), strings.Contains(low, "androidtest"), strings.Contains(low, "testcompile"), strings.Contains(low, "testruntime"),
		strings.Contains(low, "testfixtures"), strings.HasPrefix(low, "integrationtest"), strings.HasPrefix(low, "jmh"):
		return inventory.Test
	case low == "classpath", strings.Contains(low, "annotationprocessor"), strings.Contains(low, "kapt"), strings.HasPrefix(low, "ksp"), strings.Contains(low, "buildscript"),
		strings.Contains(low, "compilerplugin"), strings.Contains(low, "checkstyle"), strings.Contains(low, "spotbugs"), strings.Contains(low, "jacoco"),
		strings.Contains(low, "pmd"), strings.Contains(low, "detekt"), strings.Contains(low, "ktlint"), strings.Contains(low, "errorprone"),
		strings.Contains(low, "protoc"), strings.Contains(low, "lint"):
		return inventory.Build
	case strings.Contains(low, "compileonly"), low == "provided", strings.HasPrefix(low, "providedcompile"), strings.HasPrefix(low, "providedruntime"):
		return inventory.Provided
	case strings.HasPrefix(low, "developmentonly"):
		return inventory.Dev
	}
	return inventory.Runtime
}

// strongest is the strongest scope of a list of configurations. A dependency
// that is on a compile class path and on no run-time one is provided.
func strongest(configurations []string) inventory.Scope {
	best := inventory.Test
	compile, runtime := false, false
	for _, c := range configurations {
		s := gradleScope(c)
		low := strings.ToLower(c)
		if s == inventory.Runtime {
			if strings.HasSuffix(low, "compileclasspath") {
				compile = true
			} else {
				runtime = true
			}
		}
		if s.Rank() < best.Rank() {
			best = s
		}
	}
	if best == inventory.Runtime && compile && !runtime {
		return inventory.Provided
	}
	return best
}

// gradleCoordinates parts "group:name:version[:classifier][@type]".
func gradleCoordinates(s string) (c inventory.PURL, version string, ok bool) {
	s, typ, _ := strings.Cut(s, "@")
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 4 || parts[0] == "" || parts[1] == "" || strings.ContainsAny(parts[0]+parts[1], " ${}/\\\"'()<>") {
		return c, "", false
	}
	c = inventory.NewPURL("maven", parts[0]+":"+parts[1], "")
	if len(parts) > 2 {
		version = parts[2]
	}
	if len(parts) > 3 {
		c = withQualifier(c, "classifier", parts[3])
	}
	if typ != "" && typ != "jar" {
		c = withQualifier(c, "type", typ)
	}
	return c, version, true
}

// readGradleLockfile reads "group:name:version=configuration,…" lines
// (docs.gradle.org, "Locking Versions").
func readGradleLockfile(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, gradleMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	var out Result
	declared := gradleDeclared(fsys, path.Dir(p))
	fileScope := inventory.Scope("")
	if strings.HasPrefix(path.Base(p), "buildscript") {
		fileScope = inventory.Build
	} else if base := path.Base(p); base != "gradle.lockfile" {
		fileScope = gradleScope(strings.TrimSuffix(base, ".lockfile"))
	}
	n := 0
	for line := range strings.Lines(string(decodeText(data))) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "empty=") {
			continue
		}
		if jsConflict(line) != 0 {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Line: n, Kind: "merge conflict", Message: jsConflictMessage})
			continue
		}
		coordinates, configurations, _ := strings.Cut(line, "=")
		c, version, ok := gradleCoordinates(coordinates)
		if !ok || version == "" {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Line: n, Kind: "malformed", Message: jsQuote(clipped(line)) + " is not group:name:version=configurations"})
			continue
		}
		c.Version = version
		u := inventory.Usage{Component: c, Manifest: p, Line: n, Relation: inventory.RelationUnknown, Scope: fileScope}
		if u.Scope == "" {
			u.Scope = strongest(strings.Split(configurations, ","))
		}
		if d, known := declared[c.FullName()]; known {
			u.Relation, u.Requirement = inventory.Direct, d
		} else if len(declared) > 0 {
			u.Relation = inventory.Transitive
		}
		out.Usages = append(out.Usages, u)
	}
	out.Problems = limitProblems(p, out.Problems)
	return out, nil
}

// gradleDeclared reads what the build scripts of a directory ask for by literal
// coordinates or through the version catalog: name to requirement.
func gradleDeclared(fsys FS, dir string) map[string]string {
	declared := map[string]string{}
	for _, name := range []string{"build.gradle", "build.gradle.kts"} {
		data, err := fsys.ReadFile(path.Join(dir, name))
		if err != nil || len(data) > gradleMaxBytes {
			continue
		}
		script := parseGradleScript(string(data))
		for _, d := range script.dependencies {
			declared[d.component.FullName()] = d.version
		}
		catalog := gradleCatalog(fsys, dir)
		for _, alias := range script.aliases {
			for _, lib := range catalog[alias] {
				declared[lib.component.FullName()] = lib.version
			}
		}
	}
	return declared
}

// readGradleVerification reads gradle/verification-metadata.xml: components
// whose checksums are known; it does not tell who needs them.
func readGradleVerification(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, gradleMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	root, faults := parseXML(data)
	out := Result{Problems: limitProblems(p, docProblems(p, faults))}
	for _, n := range root.child("verification-metadata").each("components", "component") {
		group, name, version := n.attr("group"), n.attr("name"), n.attr("version")
		if group == "" || name == "" || version == "" {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Line: n.line, Kind: "malformed", Message: "a component without group, name or version"})
			continue
		}
		out.Usages = append(out.Usages, inventory.Usage{Component: inventory.NewPURL("maven", group+":"+name, version), Manifest: p, Line: n.line,
			Relation: inventory.RelationUnknown, Scope: inventory.Runtime, Note: "a verified component; it may serve the build only"})
	}
	return out, nil
}

// readNebulaLock reads the dependencies.lock of the Nebula plugin
// (github.com/nebula-plugins/gradle-dependency-lock-plugin): by configuration,
// what was asked for and what was locked, and who brings what in.
func readNebulaLock(fsys FS, p string) (Result, error) {
	data, tooLarge, err := readBounded(fsys, p, gradleMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	doc := jsParseJSON(data)
	nodes := map[string]int{}
	own := map[string]bool{}
	configurations := map[int][]string{}
	var g Graph
	type entry struct {
		v             jsVal
		name, purl    string
		node          int
		configuration string
	}
	var entries []entry
	for configuration := range doc.root().all() {
		for v := range configuration.all() {
			if v.get("project").isTrue() {
				own[v.key()] = true
				continue
			}
			version := v.get("locked").text()
			c, _, ok := gradleCoordinates(v.key())
			if !ok || version == "" {
				continue
			}
			c.Version = version
			id := c.String()
			i, seen := nodes[id]
			if !seen {
				i = g.Add(inventory.Usage{Component: c, Manifest: p, Line: v.line()})
				nodes[id] = i
			}
			configurations[i] = append(configurations[i], configuration.key())
			entries = append(entries, entry{v, v.key(), id, i, configuration.key()})
		}
	}
	// A configuration has one version of each name.
	at := map[[2]string]int{}
	for _, e := range entries {
		at[[2]string{e.configuration, e.name}] = e.node
	}
	for _, e := range entries {
		scope := strongest(configurations[e.node])
		asked := e.v.get("requested").text()
		rooted := asked != ""
		for _, list := range []string{"transitive", "firstLevelTransitive"} {
			for _, via := range e.v.get(list).strings() {
				if from, ok := at[[2]string{e.configuration, via}]; ok && from != e.node {
					g.Need(from, e.node, inventory.Runtime)
				} else {
					rooted = true // brought in by one of our own projects
				}
			}
		}
		if rooted || !e.v.get("transitive").exists() && !e.v.get("firstLevelTransitive").exists() {
			g.Root(e.node, scope, asked)
		}
	}
	out := Result{Usages: g.Usages(), Problems: limitProblems(p, docProblems(p, doc.faults))}
	for i := range out.Usages {
		out.Usages[i].Scope = strongest(configurations[nodes[out.Usages[i].Component.String()]])
	}
	for name := range own {
		out.Own = append(out.Own, name)
	}
	return out, nil
}
