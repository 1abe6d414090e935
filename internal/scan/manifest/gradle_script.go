package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// gradleScript is what can be read of a build script without running it.
type gradleScript struct {
	dependencies []gradleDep
	aliases      []string // catalog accessors used as dependencies
	variables    map[string]string
}

var (
	// implementation 'g:a:v', testImplementation("g:a:v"), classpath "g:a:v",
	// api platform('g:a:v')
	gradleCall = pattern.Lazy(`^\s*(?:add\(\s*["'])?([A-Za-z][A-Za-z0-9]*)(?:["']\s*,)?[\s(]+(?:(enforcedPlatform|platform|kotlin|project|libs|files|fileTree|gradleApi|npm|testFixtures)\b)?\s*\(?\s*(.*)$`)
	// group: 'g', name: 'a', version: 'v'
	gradleNamed  = pattern.Lazy(`\b(group|name|version|classifier)\s*[:=]\s*["']([^"']*)["']`)
	gradleString = pattern.Lazy(`["']([^"'\s]+:[^"'\s]+)["']`)
	gradleAlias  = pattern.Lazy(`\blibs\.([A-Za-z0-9_.]+)`)
	gradleVar    = pattern.Lazy(`(?m)^\s*(?:(?:final\s+)?(?:def|val|var|String|const val)\s+|ext\.|extra\[")?([A-Za-z_][A-Za-z0-9_.]*)(?:"\])?\s*(?::\s*String)?\s*=\s*["']([^"'$\n]{1,100})["']\s*,?\s*$`)
	gradleRef    = pattern.Lazy(`\$\{?([A-Za-z_][A-Za-z0-9_.]*)(?:\(\))?\}?`)
	gradlePlug   = pattern.Lazy(`^\s*(?:plugins\s*\{\s*)?id\s*\(?\s*["']([A-Za-z0-9_.-]+)["']\s*\)?\s*version\s*\(?\s*["']([^"']+)["']`)
)

// gradleConfigurations end in one of these; what does not is no dependency.
var gradleKinds = []string{"implementation", "api", "compile", "compileonly", "compileonlyapi", "runtimeonly", "runtime", "annotationprocessor", "kapt", "ksp",
	"classpath", "developmentonly", "provided", "providedcompile", "providedruntime", "errorprone", "checkstyle", "protobuf", "jmh", "coreLibraryDesugaring"}

func isGradleConfiguration(name string) bool {
	low := strings.ToLower(name)
	for _, k := range gradleKinds {
		if strings.HasSuffix(low, strings.ToLower(k)) {
			return true
		}
	}
	return false
}

// parseGradleScript reads line by line: declarations of dependencies with
// literal coordinates, catalog accessors, and variables with literal values.
func parseGradleScript(src string) *gradleScript {
	s := &gradleScript{variables: map[string]string{}}
	for _, m := range gradleVar().FindAllStringSubmatch(src, 5000) {
		s.variables[m[1]] = m[2]
		if i := strings.LastIndexByte(m[1], '.'); i >= 0 {
			if _, taken := s.variables[m[1][i+1:]]; !taken {
				s.variables[m[1][i+1:]] = m[2]
			}
		}
	}
	n := 0
	comment := false
	for line := range strings.Lines(src) {
		n++
		if len(line) > 4096 {
			continue
		}
		line, comment = withoutComments(strings.TrimRight(line, "\r\n"), comment)
		if m := gradlePlug().FindStringSubmatch(line); m != nil {
			s.dependencies = append(s.dependencies, gradlePlugin(m[1], m[2], n))
			continue
		}
		s.call(line, n)
	}
	return s
}

// withoutComments drops // and /* */; in says that the line starts inside one.
func withoutComments(line string, in bool) (string, bool) {
	if in {
		_, rest, ok := strings.Cut(line, "*/")
		if !ok {
			return "", true
		}
		line = rest
	}
	if i := strings.Index(line, "//"); i >= 0 && (i == 0 || line[i-1] != ':') {
		line = line[:i]
	}
	for {
		i := strings.Index(line, "/*")
		if i < 0 {
			return line, false
		}
		end := strings.Index(line[i:], "*/")
		if end < 0 {
			return line[:i], true
		}
		line = line[:i] + line[i+end+2:]
	}
}

func (s *gradleScript) call(line string, n int) {
	m := gradleCall().FindStringSubmatch(line)
	if m == nil || !isGradleConfiguration(m[1]) {
		return
	}
	scope, note := gradleScope(m[1]), ""
	switch m[2] {
	case "project", "files", "fileTree", "gradleApi", "npm", "kotlin":
		return
	case "platform", "enforcedPlatform":
		scope, note = inventory.Build, "platform (BOM)"
	}
	rest := line[strings.Index(line, m[1])+len(m[1]):]
	if a := gradleAlias().FindStringSubmatch(rest); a != nil {
		s.aliases = append(s.aliases, "libs."+strings.TrimSuffix(strings.ReplaceAll(a[1], "_", "."), ".get"))
		return
	}
	if strings.Contains(rest, "name:") || strings.Contains(rest, "name =") {
		parts := map[string]string{}
		for _, kv := range gradleNamed().FindAllStringSubmatch(rest, 8) {
			parts[kv[1]] = kv[2]
		}
		if parts["group"] != "" && parts["name"] != "" {
			s.add(parts["group"]+":"+parts["name"]+":"+parts["version"], n, scope, note)
		}
		return
	}
	for _, c := range gradleString().FindAllStringSubmatch(rest, 20) {
		s.add(c[1], n, scope, note)
	}
}

func (s *gradleScript) add(coordinates string, n int, scope inventory.Scope, note string) {
	ga, version := coordinates, ""
	if parts := strings.SplitN(coordinates, ":", 3); len(parts) == 3 {
		ga, version = parts[0]+":"+parts[1], parts[2]
	}
	version, _, _ = strings.Cut(version, ":")
	version, _, _ = strings.Cut(version, "@")
	c, _, ok := gradleCoordinates(ga)
	if !ok {
		return
	}
	s.dependencies = append(s.dependencies, gradleDep{component: c, version: version, line: n, scope: scope, note: note})
}

// resolve puts in variables with literal values.
func (d gradleDep) resolve(variables func(name string) (string, bool)) gradleDep {
	if !strings.Contains(d.version, "$") {
		return d
	}
	resolved := gradleRef().ReplaceAllStringFunc(d.version, func(ref string) string {
		name := gradleRef().FindStringSubmatch(ref)[1]
		if v, ok := variables(name); ok {
			return v
		}
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			if v, ok := variables(name[i+1:]); ok {
				return v
			}
		}
		d.unknown = ref
		return ref
	})
	if d.unknown == "" {
		d.version = resolved
	}
	return d
}

// readGradleScript lists literal dependencies of a script that no lockfile
// covers.
func readGradleScript(fsys FS, p string) (Result, error) {
	dir := path.Dir(p)
	for _, lock := range []string{"gradle.lockfile", "dependencies.lock"} {
		if fsys.Exists(path.Join(dir, lock)) {
			return Result{}, nil
		}
	}
	data, tooLarge, err := readBounded(fsys, p, gradleMaxBytes)
	if data == nil {
		return Result{Problems: tooLarge}, err
	}
	script := parseGradleScript(string(decodeText(data)))
	properties := gradleProperties(fsys, dir)
	variables := func(name string) (string, bool) {
		if v, ok := script.variables[name]; ok {
			return v, true
		}
		v, ok := properties[name]
		return v, ok
	}
	var out Result
	inBuildSrc := strings.HasPrefix(p, "buildSrc/") || strings.Contains(p, "/buildSrc/")
	for _, d := range script.dependencies {
		d = d.resolve(variables)
		if inBuildSrc {
			d.scope = inventory.Build
		}
		out.Usages = append(out.Usages, d.usage(p))
	}
	return out, nil
}

// gradleProperties reads the gradle.properties and the literal variables of
// root scripts of the directory and those above it; nearer ones win.
func gradleProperties(fsys FS, dir string) map[string]string {
	out := map[string]string{}
	set := func(k, v string) {
		if _, taken := out[k]; !taken {
			out[k] = v
		}
	}
	for _, up := range ancestors(dir) {
		if data, err := fsys.ReadFile(path.Join(up, "gradle.properties")); err == nil && len(data) < 1<<20 {
			for line := range strings.Lines(string(data)) {
				k, v, ok := strings.Cut(line, "=")
				if ok && !strings.HasPrefix(strings.TrimSpace(line), "#") {
					set(strings.TrimSpace(k), strings.TrimSpace(v))
				}
			}
		}
		for _, name := range []string{"build.gradle", "build.gradle.kts", "gradle/dependencies.gradle", "versions.gradle", "gradle/versions.gradle"} {
			if data, err := fsys.ReadFile(path.Join(up, name)); err == nil && len(data) < 1<<20 {
				for k, v := range parseGradleScript(string(data)).variables {
					set(k, v)
				}
			}
		}
	}
	return out
}
