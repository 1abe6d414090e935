package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"golang.org/x/mod/module"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/license/resolve"
)

// Places says where copies of packages may lie on this machine. Empty paths
// are not looked at.
type Places struct {
	GoModCache string
	CargoHome  string
	Maven      string // the local repository, ~/.m2/repository
	NuGet      string // ~/.nuget/packages
}

// DefaultPlaces follows each tool's own environment variables and defaults.
func DefaultPlaces(getenv func(string) string, home string) Places {
	first := func(candidates ...string) string {
		for _, c := range candidates {
			if c != "" {
				return c
			}
		}
		return ""
	}
	under := func(dir string, elem ...string) string {
		if dir == "" {
			return ""
		}
		return filepath.Join(append([]string{dir}, elem...)...)
	}
	gopath := first(filepath.SplitList(getenv("GOPATH") + string(filepath.ListSeparator))[0], under(home, "go"))
	return Places{
		GoModCache: first(getenv("GOMODCACHE"), under(gopath, "pkg", "mod")),
		CargoHome:  first(getenv("CARGO_HOME"), under(home, ".cargo")),
		Maven:      under(home, ".m2", "repository"),
		NuGet:      first(getenv("NUGET_PACKAGES"), under(home, ".nuget", "packages")),
	}
}

// PackageLicenses is what was found about packages, by purl, and the texts
// behind it, by hash.
type PackageLicenses struct {
	Facts map[string][]inventory.LicenseFact
	Texts map[string][]byte
	// Notices names, by purl, the hashes of NOTICE files that licenses such as
	// Apache-2.0 (section 4d) ask to carry over.
	Notices map[string][]string
}

func newPackageLicenses() PackageLicenses {
	return PackageLicenses{Facts: map[string][]inventory.LicenseFact{}, Texts: map[string][]byte{}, Notices: map[string][]string{}}
}

// maxLocalText bounds a license text or manifest in a package copy.
const maxLocalText = 1 << 20

// FindLocal looks for the licenses of the components in copies that lie on this
// machine: package managers' caches, and what is installed beside the manifest
// (workTree is the checkout's directory, "" for none). Only what a copy of the
// very same version says counts. skip leaves out purls that are known already.
func FindLocal(usages []inventory.Usage, workTree string, places Places, skip func(purl string) bool, now time.Time) PackageLicenses {
	f := &finder{places: places, workTree: workTree, out: newPackageLicenses(), now: now, done: map[string]bool{}}
	defer f.close()
	for _, u := range usages {
		if u.Component.Version == "" {
			continue
		}
		id := u.Component.String()
		key := id + "\x00" + path.Dir(u.Manifest)
		if f.done[key] || skip != nil && skip(id) {
			continue
		}
		f.done[key] = true
		f.find(id, u)
	}
	return f.out
}

type finder struct {
	places   Places
	workTree string
	out      PackageLicenses
	now      time.Time
	done     map[string]bool
	roots    map[string]*os.Root // opened directories, nil for absent ones
	cargo    []string            // registry source directories
	sites    map[string][]string // manifest directory -> site-packages directories
}

func (f *finder) close() {
	for _, r := range f.roots {
		if r != nil {
			r.Close()
		}
	}
}

// root opens a directory once; everything below it is read through it, so that
// no link leads out of it.
func (f *finder) root(dir string) *os.Root {
	if r, ok := f.roots[dir]; ok {
		return r
	}
	if f.roots == nil {
		f.roots = map[string]*os.Root{}
	}
	r, err := os.OpenRoot(dir)
	if err != nil {
		r = nil
	}
	f.roots[dir] = r
	return r
}

func (f *finder) find(id string, u inventory.Usage) {
	switch u.Component.Type {
	case "golang":
		f.goModule(id, u)
	case "npm":
		f.npm(id, u)
	case "cargo":
		f.crate(id, u)
	case "pypi":
		f.python(id, u)
	case "maven":
		f.mavenPom(id, u)
	case "nuget":
		f.nuspec(id, u)
	}
}

func (f *finder) goModule(id string, u inventory.Usage) {
	mod, err := module.EscapePath(u.Component.FullName())
	if err != nil || f.places.GoModCache == "" {
		return
	}
	version, err := module.EscapeVersion(u.Component.Version)
	if err != nil {
		return
	}
	f.texts(id, f.places.GoModCache, mod+"@"+version, "go module cache")
}

// texts detects the licenses in the license files directly inside dir.
func (f *finder) texts(id, rootDir, dir, source string) {
	root := f.root(rootDir)
	if root == nil {
		return
	}
	d, err := root.Open(filepath.FromSlash(dir))
	if err != nil {
		return
	}
	defer d.Close()
	entries, _ := d.ReadDir(4096)
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	for _, e := range entries {
		if e.Type()&^fs.ModeSymlink != 0 || !license.IsLicenseFile(e.Name()) {
			continue
		}
		if b := readIn(root, path.Join(dir, e.Name())); b != nil {
			f.text(id, path.Join(dir, e.Name()), b, source)
		}
	}
}

// text records one license or notice file of a package.
func (f *finder) text(id, name string, b []byte, source string) {
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	f.out.Texts[hash] = b
	res := detect.Detect(b)
	if resolve.IsNotice(name, res.Expression != "") {
		f.out.Notices[id] = append(f.out.Notices[id], hash)
		return
	}
	fact := inventory.LicenseFact{Kind: inventory.Detected, Expression: res.Expression, Source: source, File: name,
		TextHash: hash, Copyrights: res.Copyrights, Observed: f.now}
	for _, m := range res.Matches {
		if fact.FirstLine == 0 || m.FirstLine < fact.FirstLine {
			fact.FirstLine = m.FirstLine
		}
		fact.LastLine = max(fact.LastLine, m.LastLine)
	}
	if fact.Expression == "" {
		fact.Raw = "license text not recognized"
	}
	f.out.Facts[id] = append(f.out.Facts[id], fact)
}

// declare records what a package's own manifest says.
func (f *finder) declare(id, raw, file, source string) {
	if raw = strings.TrimSpace(raw); raw == "" {
		return
	}
	f.out.Facts[id] = append(f.out.Facts[id], DeclaredFact(raw, file, source, f.now))
}

// DeclaredFact turns a manifest's own words into a fact.
func DeclaredFact(raw, file, source string, now time.Time) inventory.LicenseFact {
	fact := inventory.LicenseFact{Kind: inventory.Declared, Raw: raw, Source: source, File: file, Observed: now}
	if e, _, ok := license.Understand(raw); ok {
		fact.Expression = e.String()
	}
	return fact
}

// readIn reads a bounded regular file inside a root; nil when it can't.
func readIn(root *os.Root, name string) []byte {
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil
	}
	defer file.Close()
	if st, err := file.Stat(); err != nil || !st.Mode().IsRegular() || st.Size() > maxLocalText {
		return nil
	}
	b, err := io.ReadAll(io.LimitReader(file, maxLocalText))
	if err != nil {
		return nil
	}
	return b
}
