package manifest

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// isRequirementsFile matches the names that people give to pip's requirements
// files: requirements.txt, requirements-dev.txt, dev-requirements.txt,
// requirements/base.txt, and constraints beside them; .in files are the sources
// of compiled ones.
func isRequirementsFile(p string) bool {
	base := strings.ToLower(path.Base(p))
	ext := path.Ext(base)
	if ext != ".txt" && ext != ".in" && ext != ".pip" {
		return false
	}
	stem := strings.TrimSuffix(base, ext)
	if strings.Contains(stem, "requirements") || strings.Contains(stem, "constraints") {
		return true
	}
	dir := strings.ToLower(path.Base(path.Dir(p)))
	return dir == "requirements" || dir == "reqs"
}

func isConstraints(p string) bool {
	return strings.Contains(strings.ToLower(path.Base(p)), "constraints")
}

const (
	maxIncludes    = 50
	maxRequireLine = 8 << 10
)

// requirementsFile is one file with what it includes.
type requirementsFile struct {
	entries     []requirementsEntry
	constraints map[string]string // name to pinned version, from -c files
	own         []string
	problems    []inventory.Problem
}

type requirementsEntry struct {
	req  pythonReq
	file string
	line int
	via  []string // names that ask for it, as pip-compile notes
}

// readRequirements reads a requirements file (pip.pypa.io, "Requirements File
// Format"). Included files that match by name themselves are left to their own
// reading; constraints give versions and are no usages.
func readRequirements(fsys FS, p string) (Result, error) {
	if isConstraints(p) {
		return Result{}, nil // read where it is used
	}
	if strings.HasSuffix(p, ".in") && fsys.Exists(strings.TrimSuffix(p, ".in")+".txt") {
		return Result{}, nil // compiled: the .txt beside it tells more
	}
	f := &requirementsFile{constraints: map[string]string{}}
	if err := f.read(fsys, p, p, false, map[string]bool{}); err != nil {
		return Result{}, err
	}
	return Result{Usages: f.usages(p), Problems: limitProblems(p, f.problems), Own: f.own}, nil
}

func (f *requirementsFile) read(fsys FS, root, p string, constraint bool, seen map[string]bool) error {
	if seen[p] || len(seen) >= maxIncludes {
		return nil
	}
	seen[p] = true
	data, err := fsys.ReadFile(p)
	if err != nil {
		return err
	}
	if len(data) > pythonMaxBytes {
		f.problem(p, 0, "too large", "larger than 32 MiB; not read")
		return nil
	}
	n, start := 0, 0
	joined := ""
	var last *requirementsEntry
	for raw := range strings.Lines(string(decodeText(data))) {
		n++
		line := strings.TrimRight(raw, "\r\n")
		if joined == "" {
			start = n
		}
		if strings.HasSuffix(line, "\\") && len(joined) < maxRequireLine {
			joined += strings.TrimSuffix(line, "\\") + " "
			continue
		}
		line = joined + line
		joined = ""
		if comment, ok := strings.CutPrefix(strings.TrimSpace(line), "#"); ok {
			last.addVia(comment)
			continue
		}
		before := len(f.entries)
		f.line(fsys, root, p, line, start, constraint, seen)
		if len(f.entries) > before {
			last = &f.entries[len(f.entries)-1]
		} else if strings.TrimSpace(line) == "" {
			last = nil
		}
	}
	return nil
}

// addVia reads pip-compile's comments: "# via flask" and the lines of
// "# via" / "#   flask".
func (e *requirementsEntry) addVia(comment string) {
	if e == nil {
		return
	}
	text := strings.TrimSpace(comment)
	if rest, ok := strings.CutPrefix(text, "via"); ok {
		text = strings.TrimSpace(rest)
		if e.via == nil {
			e.via = []string{}
		}
	} else if e.via == nil {
		return
	}
	for _, name := range strings.Split(text, ",") {
		if name = strings.TrimSpace(name); name != "" && len(e.via) < 200 {
			e.via = append(e.via, name)
		}
	}
}

func (f *requirementsFile) problem(p string, line int, kind, message string) {
	f.problems = append(f.problems, inventory.Problem{Path: p, Line: line, Kind: kind, Message: message})
}

func (f *requirementsFile) line(fsys FS, root, p, line string, n int, constraint bool, seen map[string]bool) {
	if len(line) > maxRequireLine && !strings.Contains(line, "--hash") {
		f.problem(p, n, "malformed", "a line of more than 8 KiB is no requirement; it was passed over")
		return
	}
	if i := strings.Index(line, " #"); i >= 0 {
		line = line[:i]
	}
	line = strings.TrimSpace(line)
	switch {
	case line == "":
		return
	case jsConflict(line) != 0:
		f.problem(p, n, "merge conflict", jsConflictMessage)
		return
	case strings.HasPrefix(line, "-"):
		f.option(fsys, root, p, line, n, constraint, seen)
		return
	}
	for _, mark := range []string{" --hash", " --global-option", " --config-settings", " --install-option"} {
		line, _, _ = strings.Cut(line, mark)
	}
	f.requirement(p, line, n, constraint)
}

// option reads -r, -c, -e and their long forms; index options say nothing of
// packages.
func (f *requirementsFile) option(fsys FS, root, p, line string, n int, constraint bool, seen map[string]bool) {
	name, value, _ := strings.Cut(strings.Replace(line, "=", " ", 1), " ")
	if !strings.HasPrefix(line, "--") && len(line) > 2 && line[2] != ' ' && line[2] != '=' {
		name, value = line[:2], line[2:]
	}
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	switch name {
	case "-r", "--requirement", "-c", "--constraint":
		at, ok := pathWithin(path.Dir(p), value)
		asConstraint := constraint || name == "-c" || name == "--constraint"
		if !ok || strings.Contains(value, "://") {
			f.problem(p, n, "outside", "the file "+jsQuote(value)+" lies outside of the repository and was not read")
			return
		}
		if !asConstraint && isRequirementsFile(at) && at != root {
			if !fsys.Exists(at) {
				f.problem(p, n, "absent", "the file "+jsQuote(value)+" that it includes is not there")
			}
			return // it is read for itself
		}
		if err := f.read(fsys, root, at, asConstraint, seen); err != nil {
			f.problem(p, n, "absent", "the file "+jsQuote(value)+" that it includes could not be read: "+err.Error())
		}
	case "-e", "--editable":
		f.requirement(p, value, n, constraint)
	}
}

func (f *requirementsFile) requirement(p, line string, n int, constraint bool) {
	if isLocalPython(line) {
		f.own = append(f.own, line)
		return
	}
	req, ok := parsePEP508(line)
	if scheme, _, isURL := strings.Cut(line, "://"); isURL && !strings.ContainsAny(scheme, " @[") {
		req, ok = pythonReq{name: eggName(line), url: line}, true
		if req.name == "" {
			f.problem(p, n, "not understood", "the address "+jsQuote(withoutUser(line))+" does not tell the package's name; write \"name @ address\"")
			return
		}
	}
	if !ok {
		if strings.HasSuffix(line, ".whl") || strings.HasSuffix(line, ".tar.gz") || strings.HasSuffix(line, ".zip") || strings.Contains(line, "/") {
			f.own = append(f.own, line)
			return
		}
		f.problem(p, n, "not understood", jsQuote(line)+" is no requirement that pip would understand")
		return
	}
	if strings.HasPrefix(req.url, "file:") {
		f.own = append(f.own, req.name)
		return
	}
	if constraint {
		if v, ok := pythonPin(req.spec); ok {
			f.constraints[inventory.NewPURL("pypi", req.name, "").Name] = v
		}
		return
	}
	f.entries = append(f.entries, requirementsEntry{req: req, file: p, line: n})
}

// eggName finds the name in "git+https://host/x.git#egg=name" or in the name of
// a wheel or source archive.
func eggName(url string) string {
	if _, frag, ok := strings.Cut(url, "#"); ok {
		for _, kv := range strings.Split(frag, "&") {
			if name, ok := strings.CutPrefix(kv, "egg="); ok {
				name, _, _ = strings.Cut(name, "[")
				return name
			}
		}
	}
	url, _, _ = strings.Cut(url, "#")
	base := path.Base(url)
	if strings.HasSuffix(base, ".whl") {
		name, _, _ := strings.Cut(base, "-")
		return name
	}
	if strings.HasPrefix(url, "git+") {
		base, _, _ = strings.Cut(base, "@")
		return strings.TrimSuffix(base, ".git")
	}
	return ""
}

// usages gives the entries; where pip-compile noted who asks for what, relation
// and chain follow from that.
func (f *requirementsFile) usages(root string) []inventory.Usage {
	var g Graph
	scope := scopeOfName(strings.TrimSuffix(path.Base(root), path.Ext(root)))
	if dir := path.Base(path.Dir(root)); scope == inventory.Runtime && (dir == "requirements" || dir == "reqs") {
		scope = scopeOfName(path.Base(root))
	}
	index := map[string]int{}
	compiled := false
	for _, e := range f.entries {
		u := e.req.usage(e.file, e.line, scope)
		if v := f.constraints[u.Component.Name]; v != "" && u.Component.Version == "" && e.req.url == "" {
			u.Component.Version = v
			u.Note = joinNotes(u.Note, "version from a constraints file")
		}
		compiled = compiled || e.via != nil
		if e.via != nil {
			u.Relation = ""
		}
		i := g.Add(u)
		index[u.Component.Name] = i
		if e.via == nil {
			g.Root(i, scope, e.req.spec)
		}
	}
	if compiled {
		for i, e := range f.entries {
			for _, via := range e.via {
				name, _, _ := strings.Cut(via, " ")
				name, _, _ = strings.Cut(name, "[")
				if from, ok := index[inventory.NewPURL("pypi", name, "").Name]; ok && !strings.HasPrefix(via, "-") && from != i {
					g.Need(from, i, inventory.Runtime)
				} else {
					g.Root(i, scope, e.req.spec)
				}
			}
		}
	}
	return g.Usages()
}
