package manifest

import (
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goVendored is one module of vendor/modules.txt.
type goVendored struct {
	mod         module.Version
	replacement module.Version // zero: none; no version: a directory
	line        int
	explicit    bool // go.mod requires it
	packages    int  // vendored
}

// readGoVendor reads vendor/modules.txt (written by "go mod vendor"): the
// modules of which packages are copied into the vendor directory. Relation comes
// from the go.mod beside, where there is one; the file itself only tells whether
// go.mod names the module.
func readGoVendor(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	mods, problems := parseModulesTxt(p, data)
	out := Result{Problems: problems}
	relations, found := goRelations(fsys, path.Join(path.Dir(path.Dir(p)), "go.mod"))
	var g Graph
	for _, v := range mods {
		if v.replacement.Path != "" && v.replacement.Version == "" {
			out.Own = append(out.Own, goOwn(v.mod.Path))
			continue
		}
		if v.packages == 0 && found {
			continue // go.mod lists it; no copy of it is here
		}
		u := inventory.Usage{Requirement: v.mod.Version, Manifest: p, Line: v.line, Scope: inventory.Runtime,
			Relation: inventory.Transitive, Note: "vendored"}
		switch r, ok := relations[v.mod.Path]; {
		case ok:
			u.Relation = r
		case v.explicit:
			u.Relation = inventory.RelationUnknown
		}
		if v.packages == 0 {
			u.Note = "listed, but no package of it is vendored"
		}
		mod := v.mod
		if v.replacement.Path != "" {
			u.Note += "; replaces " + v.mod.Path + "@" + v.mod.Version
			mod = v.replacement
		}
		u.Component = inventory.NewPURL("golang", mod.Path, mod.Version)
		g.Add(u)
	}
	out.Usages = g.Usages()
	return out, nil
}

func goRelations(fsys FS, p string) (map[string]inventory.Relation, bool) {
	out := map[string]inventory.Relation{}
	data, err := fsys.ReadFile(p)
	if err != nil {
		return out, false
	}
	f, _, _ := parseGoMod(p, data)
	if f == nil {
		return out, false
	}
	for _, r := range f.Require {
		out[r.Mod.Path] = inventory.Direct
		if r.Indirect {
			out[r.Mod.Path] = inventory.Transitive
		}
	}
	return out, true
}

// parseModulesTxt reads the lines "# module version [=> module [version]]",
// "## explicit; go 1.20" and import paths.
func parseModulesTxt(p string, data []byte) ([]goVendored, []inventory.Problem) {
	var mods []goVendored
	var problems []inventory.Problem
	known := false // the lines that follow belong to the last of mods
	n := 0
	if len(data) > goMaxBytes {
		return nil, []inventory.Problem{{Path: p, Kind: "too large", Message: "larger than 4 MiB; not read"}}
	}
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "## workspace"):
		case strings.HasPrefix(line, "## "):
			if known && strings.Contains(line, "explicit") {
				mods[len(mods)-1].explicit = true
			}
		case strings.HasPrefix(line, "# "):
			v, wild, ok := parseVendored(line[2:])
			known = ok && !wild
			v.line = n
			if known {
				mods = append(mods, v)
			} else if !ok && len(problems) < 20 {
				problems = append(problems, inventory.Problem{Path: p, Line: n, Kind: "malformed",
					Message: fmt.Sprintf("%.100q is not \"# module version\"; the module is left out", line)})
			}
		case known && !strings.ContainsAny(line, " \t<>="):
			mods[len(mods)-1].packages++
		case len(problems) < 20:
			problems = append(problems, inventory.Problem{Path: p, Line: n, Kind: goBadKind(line),
				Message: fmt.Sprintf("%.100q is neither a module nor one of its packages", line)})
		}
	}
	return mods, problems
}

// parseVendored reads a module line. Wild is true for a replacement of all
// versions ("# old => new v1"), which the file repeats at its end.
func parseVendored(s string) (v goVendored, wild, ok bool) {
	left, right, replaced := strings.Cut(s, " => ")
	l, r := strings.Fields(left), strings.Fields(right)
	if len(l) == 0 || len(l) > 2 || replaced && (len(r) == 0 || len(r) > 2) {
		return v, false, false
	}
	if replaced {
		v.replacement.Path = r[0]
		if len(r) == 2 {
			v.replacement.Version = r[1]
		} else if !modfile.IsDirectoryPath(r[0]) {
			return v, false, false
		}
	}
	v.mod.Path = l[0]
	if len(l) == 1 {
		return v, true, replaced
	}
	v.mod.Version = l[1]
	ok = semver.IsValid(l[1]) && module.CheckImportPath(l[0]) == nil
	if v.replacement.Version != "" {
		ok = ok && module.CheckImportPath(r[0]) == nil
	}
	return v, false, ok
}
