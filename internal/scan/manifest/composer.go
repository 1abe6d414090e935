package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// composerReaders reads Composer: composer.lock with the composer.json beside
// it, and composer.json where no lockfile covers it. Format:
// getcomposer.org/doc/04-schema.md.
func composerReaders() []Reader {
	match := func(name string) func(string) bool {
		return func(p string) bool { return path.Base(p) == name && !composerVendored(p) }
	}
	return []Reader{
		{Name: "composer-lock", Version: 1, Match: match("composer.lock"), Read: readComposerLock},
		{Name: "composer-json", Version: 1, Match: match("composer.json"), Read: readComposerJSON},
	}
}

// composerVendored says whether a path is vendor/NAME/PACKAGE/…: the manifest of
// an installed package, of which the project's lockfile tells more.
func composerVendored(p string) bool {
	parts := strings.Split(p, "/")
	i := slices.Index(parts, "vendor")
	return i >= 0 && len(parts)-i >= 4
}

// composerMaxBytes bounds composer.lock and composer.json.
const composerMaxBytes = 32 << 20

// composerExact is a requirement that only one version meets: Composer takes a
// full version without an operator as just that.
var composerExact = pattern.Lazy(`^(?:=\s*)?(v?\d+\.\d+\.\d+(?:\.\d+)?(?:-(?i:alpha|beta|rc|patch|pl|p|dev)[.-]?\d*)?)$`)

// composerPlatform says whether a requirement is of PHP, an extension, a library
// of the system or Composer itself: only packages have a vendor name.
func composerPlatform(name string) bool { return !strings.Contains(name, "/") }

// composerFile reads a JSON file; it reports false where there is none to read.
func composerFile(fsys FS, p string) (*jsDoc, bool) {
	data, err := fsys.ReadFile(p)
	if err != nil || len(data) > composerMaxBytes {
		return &jsDoc{}, false
	}
	return jsParseJSON(data), true
}

func composerName(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// composerLicense joins a list as Composer means it: any of them may be chosen.
func composerLicense(v jsVal) string {
	if s := v.text(); s != "" {
		return s
	}
	all := v.strings()
	if len(all) == 1 {
		return all[0]
	}
	for i, s := range all {
		if strings.Contains(s, " ") && !strings.HasPrefix(s, "(") {
			all[i] = "(" + s + ")"
		}
	}
	return strings.Join(all, " OR ")
}

// composerLock is a composer.lock while it is read.
type composerLock struct {
	path    string
	index   map[string]int   // package name to node
	virtual map[string][]int // name to those that provide or replace it
	own     map[string]bool
	graph   Graph
	out     Result
}

// readComposerLock reads composer.lock. It tells scope (packages-dev), license
// and who needs whom; composer.json beside it tells what is direct.
func readComposerLock(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > composerMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 32 MiB; not read"}}}, nil
	}
	doc := jsParseJSON(data)
	l := &composerLock{path: p, index: map[string]int{}, virtual: map[string][]int{}, own: map[string]bool{}}
	var nodes []jsVal
	nodes = append(nodes, l.packages(doc.root().get("packages"), inventory.Runtime)...)
	nodes = append(nodes, l.packages(doc.root().get("packages-dev"), inventory.Dev)...)
	for _, v := range nodes {
		l.needs(v)
	}
	if root, ok := composerFile(fsys, strings.TrimSuffix(p, "lock")+"json"); ok {
		l.roots(root.root())
	}
	l.out.Problems = limitProblems(p, append(docProblems(p, doc.faults), l.out.Problems...))
	l.out.Usages = l.graph.Usages()
	slices.Sort(l.out.Own)
	return l.out, nil
}

// packages adds one of the two lists and returns the third-party ones.
func (l *composerLock) packages(list jsVal, scope inventory.Scope) []jsVal {
	var out []jsVal
	for v := range list.all() {
		name, version := composerName(v.get("name").text()), v.get("version").text()
		if name == "" || version == "" || composerPlatform(name) || strings.HasSuffix(name, "/") {
			l.out.Problems = append(l.out.Problems, inventory.Problem{Path: l.path, Line: v.line(), Kind: "malformed",
				Message: "a package without name or version; it is left out"})
			continue
		}
		if v.get("dist").get("type").text() == "path" || v.get("source").get("type").text() == "path" {
			l.own[name] = true
			l.out.Own = append(l.out.Own, inventory.NewPURL("composer", name, "").String())
			l.index[name] = -1
			out = append(out, v)
			continue
		}
		u := inventory.Usage{
			Component: inventory.NewPURL("composer", name, version), Manifest: l.path, Line: v.get("name").line(),
			Scope: scope, License: composerLicense(v.get("license")),
		}
		if strings.HasPrefix(version, "dev-") || strings.HasSuffix(version, "-dev") {
			if ref := v.get("source").get("reference").text(); ref != "" {
				u.Note = "commit " + ref
			}
		}
		i := l.graph.Add(u)
		l.index[name] = i
		for _, key := range []string{"provide", "replace"} {
			for e := range v.get(key).all() {
				// A name is provided by a few packages at most; the bound is for hostile files.
				if name := composerName(e.key()); len(l.virtual[name]) < 20 {
					l.virtual[name] = append(l.virtual[name], i)
				}
			}
		}
		out = append(out, v)
	}
	return out
}

// targets finds what a requirement came to: the package, or what stands for it.
func (l *composerLock) targets(name string) []int {
	if i, ok := l.index[name]; ok {
		if i < 0 {
			return nil
		}
		return []int{i}
	}
	return l.virtual[name]
}

func (l *composerLock) needs(v jsVal) {
	name := composerName(v.get("name").text())
	for e := range v.get("require").all() {
		for _, to := range l.targets(composerName(e.key())) {
			if l.own[name] {
				l.graph.Root(to, inventory.Runtime, e.text())
			} else {
				l.graph.Need(l.index[name], to, inventory.Runtime)
			}
		}
	}
}

// roots adds what composer.json itself requires.
func (l *composerLock) roots(root jsVal) {
	if name := composerName(root.get("name").text()); name != "" {
		l.out.Own = append(l.out.Own, inventory.NewPURL("composer", name, "").String())
	}
	for _, table := range composerTables {
		for e := range root.get(table.key).all() {
			for _, to := range l.targets(composerName(e.key())) {
				l.graph.Root(to, table.scope, e.text())
			}
		}
	}
}

var composerTables = []struct {
	key   string
	scope inventory.Scope
}{{"require", inventory.Runtime}, {"require-dev", inventory.Dev}}

// readComposerJSON reads the requirements of a composer.json that no lockfile covers.
func readComposerJSON(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	if len(data) > composerMaxBytes {
		return Result{Problems: []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 32 MiB; not read"}}}, nil
	}
	doc := jsParseJSON(data)
	root := doc.root()
	out := Result{Problems: docProblems(p, doc.faults)}
	name := composerName(root.get("name").text())
	if name != "" {
		out.Own = []string{inventory.NewPURL("composer", name, "").String()}
	}
	dir := path.Dir(p)
	if composerCovered(fsys, dir, name) {
		return out, nil
	}
	own := composerOwn(fsys, dir)
	var g Graph
	for _, table := range composerTables {
		for e := range root.get(table.key).all() {
			required := composerName(e.key())
			if composerPlatform(required) || own[required] || strings.HasSuffix(required, "/") {
				continue
			}
			version := ""
			if m := composerExact().FindStringSubmatch(strings.TrimSpace(e.text())); m != nil {
				version = m[1]
			}
			g.Add(inventory.Usage{
				Component: inventory.NewPURL("composer", required, version), Requirement: e.text(),
				Manifest: p, Line: e.line(), Relation: inventory.Direct, Scope: table.scope,
			})
		}
	}
	out.Usages = g.Usages()
	return out, nil
}

// composerCovered says whether a lockfile tells what the requirements came to:
// one beside the manifest, or one above that has it from a path.
func composerCovered(fsys FS, dir, name string) bool {
	for _, d := range ancestors(dir) {
		p := path.Join(d, "composer.lock")
		if !fsys.Exists(p) {
			continue
		}
		if d == dir {
			return true
		}
		data, err := fsys.ReadFile(p)
		if err != nil || len(data) > composerMaxBytes || name == "" || !bytes.Contains(data, []byte(`"path"`)) {
			continue
		}
		doc := jsParseJSON(data)
		for _, key := range []string{"packages", "packages-dev"} {
			for v := range doc.root().get(key).all() {
				if composerName(v.get("name").text()) == name && v.get("dist").get("type").text() == "path" {
					return true
				}
			}
		}
	}
	return false
}

// composerOwn collects the names that the manifests of a directory and of those
// above it declare as their own: their names, what they replace (a repository
// that is split into packages replaces each of them), and the packages of their
// path repositories.
func composerOwn(fsys FS, dir string) map[string]bool {
	own := map[string]bool{}
	for _, d := range ancestors(dir) {
		doc, ok := composerFile(fsys, path.Join(d, "composer.json"))
		if !ok {
			continue
		}
		root := doc.root()
		own[composerName(root.get("name").text())] = true
		for e := range root.get("replace").all() {
			own[composerName(e.key())] = true
		}
		for r := range root.get("repositories").all() {
			if r.get("type").text() != "path" {
				continue
			}
			pattern, ok := pathWithin(d, path.Join(r.get("url").text(), "composer.json"))
			if !ok {
				continue
			}
			for _, p := range fsys.Glob(pattern) {
				if member, ok := composerFile(fsys, p); ok {
					own[composerName(member.root().get("name").text())] = true
				}
			}
		}
	}
	return own
}
