package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// jsMaxMembers bounds the members that are read of one workspace.
const jsMaxMembers = 5000

// manifests reads the package.json beside the lockfile and those of the
// members that its workspaces (or the given patterns) name. Their faults become
// problems, their names are own.
func (b *jsGraph) manifests(patterns []string) []*jsManifest {
	root := jsReadManifest(b.fsys, b.dir)
	var all []*jsManifest
	if root != nil {
		all = append(all, root)
		if patterns == nil {
			patterns = root.workspaces()
		}
	}
	for _, dir := range jsMembers(b.fsys, b.dir, jsGlobsOf(patterns)) {
		if m := jsReadManifest(b.fsys, dir); m != nil {
			all = append(all, m)
		}
	}
	for _, m := range all {
		b.faults(m.path, m.doc)
		b.own(m.name(), m.version())
	}
	return all
}

// jsGlobs are the workspace patterns of a directory, in order: a later one that
// begins with "!" takes members out again.
type jsGlobs []struct {
	pattern  string
	negative bool
}

// jsGlobsOf leaves out patterns that leave the directory or are not valid.
func jsGlobsOf(patterns []string) (g jsGlobs) {
	for _, p := range patterns {
		p, negative := strings.CutPrefix(p, "!")
		if pattern, ok := jsPattern(p); ok {
			g = append(g, struct {
				pattern  string
				negative bool
			}{pattern, negative})
		}
	}
	return g
}

// jsMembers lists the directories under dir that workspace patterns name: those
// with a package.json that a pattern includes and no later "!" pattern excludes.
func jsMembers(fsys FS, dir string, globs jsGlobs) []string {
	var out []string
	for _, g := range globs {
		if g.negative {
			continue
		}
		for _, file := range fsys.Glob(path.Join(GlobEscape(dir), g.pattern, "package.json")) {
			member := path.Dir(file)
			if member != dir && globs.include(jsRel(dir, member)) && len(out) < jsMaxMembers {
				out = append(out, member)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// include says whether patterns name the directory rel. A directory inside
// node_modules is never a member.
func (g jsGlobs) include(rel string) bool {
	if len(g) == 0 || rel == "" || strings.Contains("/"+rel+"/", "/node_modules/") {
		return false
	}
	in := false
	for _, p := range g {
		if in != p.negative {
			continue // it could change nothing
		}
		if match, _ := doublestar.Match(p.pattern, rel); match {
			in = !p.negative
		}
	}
	return in
}

// jsPattern cleans a workspace pattern ("./packages/*/" is "packages/*"); false
// for patterns that leave the directory or are not valid.
func jsPattern(p string) (string, bool) {
	// Matching may cost exponentially in alternatives; no real pattern has many.
	if len(p) > 512 || strings.Count(p, "**") > 4 || strings.Count(p, "{") > 4 {
		return "", false
	}
	p = path.Clean(strings.TrimPrefix(p, "/"))
	if p == "." || p == ".." || strings.HasPrefix(p, "../") || !doublestar.ValidatePattern(p) {
		return "", false
	}
	return p, true
}

// GlobEscape makes a path literal in a pattern of [FS.Glob].
func GlobEscape(dir string) string {
	if !strings.ContainsAny(dir, `*?[{\`) {
		return dir
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `{`, `\{`).Replace(dir)
}

// jsRel is p relative to the directory dir; "" when it is not inside.
func jsRel(dir, p string) string {
	if dir == "." {
		return p
	}
	rel, ok := strings.CutPrefix(p, dir+"/")
	if !ok {
		return ""
	}
	return rel
}

// jsProject is what a directory's package.json says of its members.
type jsProject struct {
	workspaces jsGlobs
	links      []string // the directories that its own dependencies are in ("file:", "portal:")
}

// jsProjectIn reads a directory's package.json as far as members ask, once for
// all of them.
func jsProjectIn(fsys FS, dir string) jsProject {
	file := path.Join(dir, "package.json")
	return fsys.Shared(GlobEscape(file), func(fsys FS) any {
		var p jsProject
		text, err := fsys.ReadFile(file)
		if err != nil || !bytes.Contains(text, []byte(`workspaces"`)) && !bytes.Contains(text, []byte(`"file:`)) && !bytes.Contains(text, []byte(`"portal:`)) {
			return p
		}
		m := jsReadManifest(fsys, dir)
		p.workspaces = jsGlobsOf(m.workspaces())
		for _, d := range jsOwnDeps(m.v) {
			if scheme, target, _ := strings.Cut(d.req, ":"); scheme == "file" || scheme == "portal" {
				p.links = append(p.links, path.Join(dir, target))
			}
		}
		return p
	}).(jsProject)
}

// jsPatterns are the workspace patterns in force at a directory: those of
// pnpm-workspace.yaml, and of package.json.
func jsPatterns(fsys FS, dir string) jsGlobs {
	file := path.Join(dir, "pnpm-workspace.yaml")
	pnpm := fsys.Shared(GlobEscape(file), func(fsys FS) any {
		b, err := fsys.ReadFile(file)
		if err != nil {
			return jsGlobs(nil)
		}
		return jsGlobsOf(jsParseYAML(jsYAMLPackages(b))[0].root().get("packages").strings())
	}).(jsGlobs)
	return append(slices.Clip(pnpm), jsProjectIn(fsys, dir).workspaces...)
}

// jsYAMLPackages cuts the block "packages:" out of a pnpm-workspace.yaml, which
// may hold long catalogs; the whole text where the block is not written plainly.
func jsYAMLPackages(text []byte) []byte {
	const key = "packages:\n"
	from := 0
	if !bytes.HasPrefix(text, []byte(key)) {
		if from = bytes.Index(text, []byte("\n"+key)) + 1; from == 0 {
			return text
		}
	}
	end := from + len(key)
	for end < len(text) {
		line, _, _ := bytes.Cut(text[end:], []byte("\n"))
		plain := bytes.TrimSpace(line)
		if len(plain) > 0 && line[0] != ' ' && line[0] != '-' && line[0] != '#' {
			break
		}
		end = min(end+len(line)+1, len(text))
	}
	return text[from:end]
}

func jsPNPMWorkspace(fsys FS, dir string) *jsDoc {
	b, err := fsys.ReadFile(path.Join(dir, "pnpm-workspace.yaml"))
	if err != nil {
		return nil
	}
	return jsParseYAML(b)[0]
}

func jsHasLock(fsys FS, dir string) bool {
	for _, name := range jsLockNames {
		if fsys.Exists(path.Join(dir, name)) {
			return true
		}
	}
	return false
}

// jsCovered says whether a lockfile resolves what the package.json in dir asks
// for: one beside it, or one above it whose workspace has it as a member (or
// whose project depends on the directory itself). root is the directory of the
// workspace that has it, also where that has no lockfile; "" when there is none.
func jsCovered(fsys FS, dir string) (covered bool, root string) {
	if jsHasLock(fsys, dir) {
		return true, dir
	}
	for up := dir; up != "."; {
		up = path.Dir(up)
		if !jsIncludes(fsys, up, dir) {
			continue
		}
		if covered, top := jsCovered(fsys, up); covered || top != "" {
			return covered, top
		}
		return false, up
	}
	return false, ""
}

// jsIncludes says whether the project in up has the directory dir as a member.
func jsIncludes(fsys FS, up, dir string) bool {
	return jsPatterns(fsys, up).include(jsRel(up, dir)) || slices.Contains(jsProjectIn(fsys, up).links, dir)
}
