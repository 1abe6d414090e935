package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// goReaders reads Go modules: go.mod (with go.sum where the module graph is not
// pruned), go.work and vendor/modules.txt. Format: go.dev/ref/mod.
func goReaders() []Reader {
	return []Reader{
		{Name: "go-mod", Version: 2, Match: func(p string) bool {
			return path.Base(p) == "go.mod" && !goVendoredFile(p)
		}, Read: readGoMod},
		{Name: "go-work", Version: 1, Match: matchBase("go.work"), Read: readGoWork},
		{Name: "go-vendor", Version: 1, Match: func(p string) bool {
			return path.Base(p) == "modules.txt" && path.Base(path.Dir(p)) == "vendor"
		}, Read: readGoVendor},
	}
}

// goVendoredFile says whether a path lies in a copy of another module. Tools
// older than Go modules copied manifests too; what they require is not what the
// repository uses.
func goVendoredFile(p string) bool {
	return strings.HasPrefix(p, "vendor/") || strings.Contains(p, "/vendor/")
}

// matchBase matches files by their base name.
func matchBase(names ...string) func(string) bool {
	return func(p string) bool {
		base := path.Base(p)
		for _, n := range names {
			if base == n {
				return true
			}
		}
		return false
	}
}

// pathWithin joins a directory of the repository and a relative path that a
// manifest in it names. It reports false for a path that leaves the repository.
func pathWithin(dir, rel string) (string, bool) {
	rel = strings.ReplaceAll(rel, `\`, "/")
	if path.IsAbs(rel) || len(rel) > 1 && rel[1] == ':' {
		return "", false
	}
	p := path.Join(dir, rel)
	if p == ".." || strings.HasPrefix(p, "../") {
		return "", false
	}
	return p, true
}

// ancestors gives dir and the directories above it, nearest first; the last one
// is ".".
func ancestors(dir string) []string {
	dir = path.Clean(dir)
	out := []string{dir}
	for dir != "." && dir != "/" {
		dir = path.Dir(dir)
		out = append(out, dir)
	}
	return out
}

// limitProblems keeps the first problems of a manifest and counts the others: a
// file of another kind under a manifest's name has one on each line.
func limitProblems(p string, problems []inventory.Problem) []inventory.Problem {
	if len(problems) <= jsMaxFaults {
		return problems
	}
	more := len(problems) - jsMaxFaults
	return append(problems[:jsMaxFaults:jsMaxFaults], inventory.Problem{Path: p, Kind: "malformed",
		Message: fmt.Sprintf("%d more problems like these", more)})
}

// goReplaces answers what replaces a module. A replacement of one version wins
// over one of all versions; the first list wins over the later ones.
type goReplaces []goReplaceList

type goReplaceList struct {
	dir     string // directory that local paths are relative to
	file    string
	entries []*modfile.Replace
	byPath  map[string][]*modfile.Replace // the entries by what they replace
}

func newGoReplaceList(dir, file string, entries []*modfile.Replace) goReplaceList {
	list := goReplaceList{dir: dir, file: file, entries: entries, byPath: map[string][]*modfile.Replace{}}
	for _, e := range entries {
		list.byPath[e.Old.Path] = append(list.byPath[e.Old.Path], e)
	}
	return list
}

// goReplacement is what stands in for a module.
type goReplacement struct {
	mod   module.Version // Path is a directory where local is true
	local bool
	dir   string // directory in the repository, "" when it leaves it
	file  string
	line  int
}

func (r goReplaces) find(m module.Version) (goReplacement, bool) {
	for _, list := range r {
		var hit *modfile.Replace
		for _, e := range list.byPath[m.Path] {
			if e.Old.Version != "" && e.Old.Version != m.Version {
				continue
			}
			if hit == nil || e.Old.Version != "" {
				hit = e
			}
		}
		if hit == nil {
			continue
		}
		out := goReplacement{mod: hit.New, local: hit.New.Version == "", file: list.file, line: goLine(hit.Syntax)}
		if out.local {
			out.dir, _ = pathWithin(list.dir, hit.New.Path)
		}
		return out, true
	}
	return goReplacement{}, false
}

func goLine(l *modfile.Line) int {
	if l == nil {
		return 0
	}
	return l.Start.Line
}

func goOwn(modulePath string) string {
	return inventory.NewPURL("golang", modulePath, "").String()
}
