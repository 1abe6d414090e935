package manifest

import (
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
		{Name: "go-mod", Version: 1, Match: matchBase("go.mod"), Read: readGoMod},
		{Name: "go-work", Version: 1, Match: matchBase("go.work"), Read: readGoWork},
		{Name: "go-vendor", Version: 1, Match: func(p string) bool {
			return path.Base(p) == "modules.txt" && path.Base(path.Dir(p)) == "vendor"
		}, Read: readGoVendor},
	}
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

// goReplaces answers what replaces a module. A replacement of one version wins
// over one of all versions; the first list wins over the later ones.
type goReplaces []goReplaceList

type goReplaceList struct {
	dir     string // directory that local paths are relative to
	file    string
	entries []*modfile.Replace
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
		for _, e := range list.entries {
			if e.Old.Path != m.Path || e.Old.Version != "" && e.Old.Version != m.Version {
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
