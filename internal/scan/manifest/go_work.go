package manifest

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// goWorkspace is a go.work with the modules that it uses.
type goWorkspace struct {
	members  []goMember
	replaces goReplaceList
}

type goMember struct {
	dir, path string // directory in the repository, module path
}

// goWorkspaceOf gives the workspace that the module in dir belongs to, or nil.
// Like the go command it takes the nearest go.work and no other.
func goWorkspaceOf(fsys FS, dir string) *goWorkspace {
	for _, d := range ancestors(dir) {
		p := path.Join(d, "go.work")
		if !fsys.Exists(p) {
			continue
		}
		data, err := fsys.ReadFile(p)
		if err != nil {
			return nil
		}
		f, _ := parseGoWork(p, data)
		if f == nil {
			return nil
		}
		w, _ := goMembers(fsys, p, f)
		for _, m := range w.members {
			if m.dir == dir {
				return w
			}
		}
		return nil
	}
	return nil
}

// goMembers finds the modules that a go.work uses.
func goMembers(fsys FS, p string, f *modfile.WorkFile) (*goWorkspace, []inventory.Problem) {
	var problems []inventory.Problem
	dir := path.Dir(p)
	w := &goWorkspace{replaces: newGoReplaceList(dir, p, f.Replace)}
	for _, use := range f.Use {
		line := goLine(use.Syntax)
		member, ok := pathWithin(dir, use.Path)
		if !ok {
			problems = append(problems, inventory.Problem{Path: p, Line: line, Kind: "outside the repository",
				Message: fmt.Sprintf("uses %s, which is not in this repository; scan the repository that has it as well", use.Path)})
			continue
		}
		data, err := fsys.ReadFile(path.Join(member, "go.mod"))
		modulePath := modfile.ModulePath(data)
		if err != nil || modulePath == "" {
			problems = append(problems, inventory.Problem{Path: p, Line: line, Kind: "incomplete",
				Message: fmt.Sprintf("uses %s, but there is no go.mod with a module path", use.Path)})
			continue
		}
		w.members = append(w.members, goMember{member, modulePath})
	}
	return w, problems
}

// localReplaces gives the replacements by directories that the other members
// declare. It looks at lines only: a workspace of fifty modules reads each
// go.mod fifty times.
func (w *goWorkspace) localReplaces(fsys FS, except string) []goReplaceList {
	var out []goReplaceList
	for _, m := range w.members {
		if m.dir == except {
			continue
		}
		p := path.Join(m.dir, "go.mod")
		data, err := fsys.ReadFile(p)
		if err != nil || !bytes.Contains(data, []byte("=> .")) {
			continue
		}
		var entries []*modfile.Replace
		n := 0
		for line := range bytes.Lines(data) {
			n++
			if r := goLocalReplace(string(line)); r != nil {
				r.Syntax = &modfile.Line{Start: modfile.Position{Line: n}}
				entries = append(entries, r)
			}
		}
		out = append(out, newGoReplaceList(m.dir, p, entries))
	}
	return out
}

// goLocalReplace reads "[replace] module [version] => ./directory".
func goLocalReplace(line string) *modfile.Replace {
	line, _, _ = strings.Cut(line, "//")
	left, right, ok := strings.Cut(line, "=> ")
	from, to := strings.Fields(strings.TrimPrefix(strings.TrimSpace(left), "replace ")), strings.Fields(right)
	if !ok || len(from) == 0 || len(from) > 2 || len(to) != 1 || !modfile.IsDirectoryPath(to[0]) {
		return nil
	}
	r := &modfile.Replace{Old: module.Version{Path: from[0]}, New: module.Version{Path: to[0]}}
	if len(from) == 2 {
		r.Old.Version = from[1]
	}
	return r
}

// readGoWork reads a go.work: it uses nothing itself, but declares which
// modules are the repository's own.
func readGoWork(fsys FS, p string) (Result, error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return Result{}, err
	}
	f, problems := parseGoWork(p, data)
	out := Result{Problems: problems}
	if f == nil {
		return out, nil
	}
	w, more := goMembers(fsys, p, f)
	out.Problems = limitProblems(p, append(out.Problems, more...))
	for _, m := range w.members {
		out.Own = append(out.Own, goOwn(m.path))
	}
	for _, r := range f.Replace {
		if r.New.Version == "" {
			out.Own = append(out.Own, goOwn(r.Old.Path))
		}
	}
	return out, nil
}
