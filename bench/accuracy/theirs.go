package main

import (
	"path"
	"regexp"
	"strings"
)

const unexplained = "**to be explained**"

// explainTheirs classes a package that a peer has and tributary has not. Each
// question is put to the files of the repository or to tributary's own
// inventory; where a peer names several files, one without an answer decides.
func explainTheirs(p pkg, files []string, o *ours) string {
	class := ""
	for _, f := range files {
		if c := explainIn(p, f, o); class == "" || strings.HasPrefix(c, unexplained) {
			class = c
		}
	}
	return class
}

// questions of all ecosystems, in order: the first that says something answers.
var questions = []func(p pkg, file string, o *ours) string{
	goRelease, localPath, ownPackage, foldedCase, wrongName, alias, withoutVersion, range_, installed, compiledFile, malformed,
	explainGo, explainGem, explainNuGet, explainPython, explainMaven, ownManifest, jsr, notRead,
}

// explainIn explains a package that a peer found in one file.
func explainIn(p pkg, file string, o *ours) string {
	for _, ask := range questions {
		if class := ask(p, file, o); class != "" {
			return class
		}
	}
	return unexplained + ": " + format(file)
}

// localPath: the target of a replace line, or npm's key of a workspace.
func localPath(p pkg, _ string, o *ours) string {
	if strings.HasPrefix(p.name, "./") || strings.HasPrefix(p.name, "../") || p.ecosystem == "npm" && o.file(p.name+"/package.json") != nil {
		return "a directory of the repository as a package"
	}
	return ""
}

func ownPackage(p pkg, file string, o *ours) string {
	byName := false
	for q := range o.own {
		if q.ecosystem != p.ecosystem || !strings.EqualFold(q.name, p.name) {
			continue
		}
		byName = true
		if q.version == p.version || p.version == "" || placeholder.MatchString(p.version) {
			return "an own package of the repository: root project, workspace member, module, path"
		}
	}
	switch {
	case !byName:
	case p.ecosystem == "Go" && o.file("go.work") != nil:
		return "a version of an own module, in whose place go.work puts the directory"
	case p.ecosystem == "Maven" && strings.HasSuffix(p.version, "-SNAPSHOT"):
		return "an own package of the repository: root project, workspace member, module, path"
	case strings.HasPrefix(p.version, "file:"), strings.HasPrefix(p.version, "link:"),
		p.ecosystem == "Packagist" && strings.Contains(string(o.file(file)), `"type": "path"`):
		return "a directory of the repository as a package"
	}
	return ""
}

// placeholder matches versions that stand for none.
var placeholder = regexp.MustCompile(`^0\.0\.0(-use\.local|-dev|)$|^UNKNOWN$|\$\{`)

func foldedCase(p pkg, _ string, o *ours) string {
	for q := range o.packages {
		if q.ecosystem == p.ecosystem && q.version == p.version && q.name != p.name && strings.EqualFold(q.name, p.name) {
			return "the peer changes the case of the name"
		}
	}
	return ""
}

// npmName is what the registry allows (and what it allowed once: capitals).
var npmName = regexp.MustCompile(`^(@[\w~.-]+/)?[\w~.-]+$`)

func wrongName(p pkg, _ string, _ *ours) string {
	if p.ecosystem == "npm" && (!npmName.MatchString(p.name) || strings.Contains(p.version, "@")) {
		return "a piece of the lockfile's syntax as name or version (`name/name` `name@version`, `*`)"
	}
	return ""
}

// alias: the lockfile says that the name stands for another package.
func alias(p pkg, file string, o *ours) string {
	if p.ecosystem != "npm" {
		return ""
	}
	sign := regexp.MustCompile(`(?m)(^|["\s/,])` + regexp.QuoteMeta(p.name) + `@npm:@?[A-Za-z][\w./-]*@`)
	if sign.Match(o.file(file)) {
		return "an alias (`name@npm:other@1`) under its alias; tributary has the package that is installed"
	}
	return ""
}

func withoutVersion(p pkg, file string, o *ours) string {
	if p.version != "" && !strings.ContainsAny(p.version, "${") {
		return ""
	}
	if o.requirements[p.base()] != nil {
		return "a name without a version as a package; tributary lists it as a requirement"
	}
	if o.other(p) {
		return "a name without a version as a package; tributary has it with its version"
	}
	return ""
}

// ownManifest: a package.json somewhere in the tree has this name and version.
func ownManifest(p pkg, _ string, o *ours) string {
	if p.ecosystem == "npm" && o.named()[p.name+"@"+p.version] {
		return "a package.json of the repository itself (test data, a copy under node_modules), not a dependency"
	}
	return ""
}

// jsr: Deno's registry has names of the same form.
func jsr(p pkg, file string, o *ours) string {
	if p.ecosystem == "npm" && path.Base(file) == "deno.lock" && strings.Contains(string(o.file(file)), `"jsr:`+p.name+`@`) {
		return "a package of jsr.io taken for one of npm"
	}
	return ""
}

// malformed: tributary has said that it can't read the file.
func malformed(_ pkg, file string, o *ours) string {
	for _, problem := range o.problems {
		if problem.Path == file {
			return "in a file that tributary lists as not understood (" + problem.Kind + ")"
		}
	}
	return ""
}

// range_: tributary has a requirement that names the version.
func range_(p pkg, _ string, o *ours) string {
	for _, u := range o.requirements[p.base()] {
		if strings.Contains(u.Requirement, p.version) || u.Requirement != "" && strings.Contains(p.version, u.Requirement) {
			return "a requirement as a version: the manifest accepts a range, nothing says what was chosen"
		}
		if strings.Contains(u.Note, "from parent") {
			return "the peer takes the version from a POM of the repository that the parent's relativePath does not name; tributary lists \"version from parent\""
		}
	}
	return ""
}

func installed(_ pkg, file string, _ *ours) string {
	switch base := path.Base(file); {
	case strings.Contains("/"+file, "/node_modules/"), base == "METADATA", base == "PKG-INFO", base == "direct_url.json":
		return "a manifest of an installed package that lies in the tree, not one of the repository"
	case strings.Contains("/"+file, "/vendor/"):
		return "a manifest inside a vendored copy: what the copy's authors use, not what the repository uses"
	}
	return ""
}

// compiled are the endings of files that are no manifests.
var compiled = map[string]bool{".jar": true, ".war": true, ".dll": true, ".exe": true, ".so": true, ".nupkg": true, ".whl": true,
	".gem": true, ".egg": true, ".crate": true, ".zip": true}

func compiledFile(_ pkg, file string, _ *ours) string {
	if ext := strings.ToLower(path.Ext(file)); compiled[ext] {
		return "inside a compiled file or an archive (" + ext + ") that lies in the repository: tributary does not open these"
	}
	return ""
}

func explainGem(p pkg, _ string, o *ours) string {
	if p.ecosystem != "RubyGems" {
		return ""
	}
	for q := range o.packages {
		if q.base() == p.base() && strings.HasPrefix(p.version, q.version+"-") {
			return "each platform's build of one version (`1.17.1-arm64-darwin`) counted as a version"
		}
	}
	return ""
}

func notRead(_ pkg, file string, o *ours) string {
	if !o.read[file] {
		return unexplained + ": not read: " + format(file)
	}
	return ""
}

// other says whether tributary has the package in other versions.
func (o *ours) other(p pkg) bool {
	for q := range o.packages {
		if q.base() == p.base() {
			return true
		}
	}
	return false
}
