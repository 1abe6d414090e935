package manifest

import (
	"path"
	"strings"
)

// jsReaders are the readers of the JavaScript family: the lockfiles of npm,
// yarn, pnpm, bun and deno, and package.json where no lockfile covers it.
func jsReaders() []Reader {
	return []Reader{
		{Name: "npm-lock", Version: 1, Match: jsNamed("package-lock.json", "npm-shrinkwrap.json"), Read: readNPMLock},
		{Name: "yarn-lock", Version: 1, Match: jsNamed("yarn.lock"), Read: readYarnLock},
		{Name: "pnpm-lock", Version: 1, Match: jsNamed("pnpm-lock.yaml"), Read: readPNPMLock},
		{Name: "bun-lock", Version: 1, Match: jsNamed("bun.lock", "bun.lockb"), Read: readBunLock},
		{Name: "deno-lock", Version: 1, Match: jsNamed("deno.lock"), Read: readDenoLock},
		{Name: "package-json", Version: 1, Match: jsNamed("package.json"), Read: readPackageJSON},
	}
}

// jsLockNames are the files that cover a package.json beside them, in the order
// in which they are looked for. bun.lockb is not among them: it can't be read,
// and requirements say more than nothing.
var jsLockNames = []string{"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "npm-shrinkwrap.json"}

// jsNamed matches files by base name, but for those of installed packages.
func jsNamed(names ...string) func(string) bool {
	return func(p string) bool {
		base := path.Base(p)
		for _, n := range names {
			if base == n {
				return !strings.Contains("/"+p, "/node_modules/")
			}
		}
		return false
	}
}

// jsManifest is a package.json.
type jsManifest struct {
	path string
	doc  *jsDoc
	v    jsVal
}

// jsReadManifest reads the package.json of a directory; nil when there is none
// or it can't be read.
func jsReadManifest(fsys FS, dir string) *jsManifest {
	p := path.Join(dir, "package.json")
	b, err := fsys.ReadFile(p)
	if err != nil {
		return nil
	}
	d := jsParseJSON(b)
	return &jsManifest{path: p, doc: d, v: d.root()}
}

func (m *jsManifest) name() string    { return m.v.get("name").text() }
func (m *jsManifest) version() string { return m.v.get("version").text() }

// workspaces are the patterns of member directories: a list, or yarn's object
// with a list.
func (m *jsManifest) workspaces() []string {
	w := m.v.get("workspaces")
	if w.kind() == jsObject {
		w = w.get("packages")
	}
	if w.kind() != jsArray {
		return nil
	}
	return w.strings()
}
