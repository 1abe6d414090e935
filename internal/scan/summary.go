package scan

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/resolve"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// summaryVersion is raised when the form or meaning of [summary] changes.
const summaryVersion = "5"

// dir is one directory of a tree on its way to a summary.
type dir struct {
	id     string // tree id, "" when the source has none
	files  []source.File
	names  []string // of children, sorted
	kids   map[string]*dir
	cached *summary
}

// buildDirs arranges a sorted file list as directories.
func buildDirs(files []source.File, ids map[string]string) *dir {
	root := &dir{id: ids[""]}
	stack := []*dir{root}
	prefixes := []string{""}
	for _, f := range files {
		parent := path.Dir(f.Path)
		if parent == "." {
			parent = ""
		}
		for n := len(prefixes) - 1; n > 0 && parent != prefixes[n] && !strings.HasPrefix(parent, prefixes[n]+"/"); n-- {
			stack, prefixes = stack[:n], prefixes[:n]
		}
		for top := prefixes[len(prefixes)-1]; parent != top; top = prefixes[len(prefixes)-1] {
			rest := strings.TrimPrefix(strings.TrimPrefix(parent, top), "/")
			name, _, _ := strings.Cut(rest, "/")
			d := stack[len(stack)-1]
			p := path.Join(top, name)
			kid := d.kids[name]
			if kid == nil {
				kid = &dir{id: ids[p]}
				if d.kids == nil {
					d.kids = map[string]*dir{}
				}
				d.kids[name] = kid
				d.names = append(d.names, name)
			}
			stack, prefixes = append(stack, kid), append(prefixes, p)
		}
		d := stack[len(stack)-1]
		d.files = append(d.files, f)
	}
	return root
}

// lookUp asks the cache level by level, and does not ask below what it has.
func (d *dir) lookUp(ctx context.Context, cache Cache) error {
	if cache.Trees == nil {
		return nil
	}
	for level := []*dir{d}; len(level) > 0; {
		var ids []string
		for _, d := range level {
			if d.id != "" {
				ids = append(ids, d.id)
			}
		}
		known, err := cache.Trees(ctx, detectorID(), ids)
		if err != nil {
			return err
		}
		var next []*dir
		for _, d := range level {
			if b, ok := known[d.id]; ok && d.id != "" {
				s := &summary{}
				if json.Unmarshal(b, s) == nil {
					d.cached = s
					continue
				}
			}
			for _, n := range d.names {
				next = append(next, d.kids[n])
			}
		}
		level = next
	}
	return nil
}

// filesToRead lists the readable files of all directories that have no summary.
func (d *dir) filesToRead(out []source.File) []source.File {
	if d.cached != nil {
		return out
	}
	for _, f := range d.files {
		if readable(f) {
			out = append(out, f)
		}
	}
	for _, n := range d.names {
		out = d.kids[n].filesToRead(out)
	}
	return out
}

// summary is what a directory says of licenses, with paths relative to it, so
// that it holds wherever the same tree appears.
type summary struct {
	Looked    int                    `json:"n,omitempty"`
	NoFinding int                    `json:"z,omitempty"`
	Own       []inventory.LicenseSet `json:"o,omitempty"`
	Vendored  []inventory.LicenseSet `json:"v,omitempty"`
	Fixtures  []inventory.LicenseSet `json:"f,omitempty"`
	Notices   []inventory.NoticeFile `json:"l,omitempty"`
}

// summarize works bottom up; fresh receives the summaries that were computed,
// by tree id. at is the directory's path, for annotations.
func (d *dir) summarize(at string, found map[string]finding, notes annotations, fresh map[string][]byte) summary {
	if d.cached != nil {
		return *d.cached
	}
	own, vendored, fixtures := sets{}, sets{}, sets{}
	var s summary
	for _, f := range d.files {
		s.addFile(f, found, notes, own, fixtures)
	}
	for _, name := range d.names {
		kid := d.kids[name].summarize(path.Join(at, name), found, notes, fresh)
		s.Looked += kid.Looked
		s.NoFinding += kid.NoFinding
		toOwn := own
		switch {
		case strings.EqualFold(name, "LICENSES"):
			toOwn = sets{} // texts that others refer to (REUSE); no file is under them for lying here
		case resolve.IsVendored(name):
			toOwn = vendored
		case inventory.IsFixture(name + "/x"):
			toOwn = fixtures
		}
		toOwn.merge(name, kid.Own)
		vendored.merge(name, kid.Vendored)
		fixtures.merge(name, kid.Fixtures)
		for _, n := range kid.Notices {
			n.Path = path.Join(name, n.Path)
			s.Notices = append(s.Notices, n)
		}
	}
	s.Own, s.Vendored, s.Fixtures = own.list(), vendored.list(), fixtures.list()
	if d.id != "" {
		if b, err := json.Marshal(s); err == nil {
			fresh[d.id] = b
		}
	}
	return s
}

func (s *summary) addFile(f source.File, found map[string]finding, notes annotations, own, tests sets) {
	id := f.Blob
	if id == "" {
		id = f.Path
	}
	one, looked := found[id]
	if !looked || !readable(f) {
		if expr := notes.forFile(f.Path, ""); expr != "" {
			own.add(expr, path.Base(f.Path), 1)
		}
		return
	}
	s.Looked++
	if isTestCode(f.Path) {
		own = tests // what a test quotes is data, and it is not shipped
	}
	if expr := notes.forFile(f.Path, one.under(f.Path)); expr != "" {
		own.add(expr, path.Base(f.Path), 1)
	} else {
		s.NoFinding++
	}
	if license.IsLicenseFile(f.Path) {
		s.Notices = append(s.Notices, inventory.NoticeFile{Path: path.Base(f.Path), Blob: f.Blob,
			Expression: one.Expression, TextHash: one.TextHash, Copyrights: one.Copyrights})
	}
}

func (s summary) export() inventory.LicenseSummary {
	byCount := func(in []inventory.LicenseSet) []inventory.LicenseSet {
		slices.SortStableFunc(in, func(a, b inventory.LicenseSet) int {
			return cmp.Or(b.Files-a.Files, cmp.Compare(a.Expression, b.Expression))
		})
		return in
	}
	slices.SortFunc(s.Notices, func(a, b inventory.NoticeFile) int { return cmp.Compare(a.Path, b.Path) })
	return inventory.LicenseSummary{Sets: byCount(s.Own), Vendored: byCount(s.Vendored), Fixtures: byCount(s.Fixtures),
		Notices: s.Notices, Looked: s.Looked, NoFinding: s.NoFinding}
}

// isTestCode says whether a source file is a test by the custom of its language:
// x_test.go, test_x.py, x_test.py, x.test.ts, x.spec.js, XTest.java.
func isTestCode(p string) bool {
	base := path.Base(p)
	stem, ext := strings.TrimSuffix(base, path.Ext(base)), path.Ext(base)
	switch ext {
	case ".go", ".rb", ".exs", ".dart", ".rs", ".c", ".cc", ".cpp":
		return strings.HasSuffix(stem, "_test") || strings.HasSuffix(stem, "_spec")
	case ".py":
		return strings.HasPrefix(stem, "test_") || strings.HasSuffix(stem, "_test")
	case ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx":
		return strings.HasSuffix(stem, ".test") || strings.HasSuffix(stem, ".spec")
	case ".java", ".kt", ".cs", ".php", ".scala":
		return strings.HasSuffix(stem, "Test") || strings.HasSuffix(stem, "Tests")
	}
	return false
}

// sets counts files by expression.
type sets map[string]*inventory.LicenseSet

// examples is how many paths a set shows.
const examples = 3

func (m sets) add(expr, p string, files int) {
	s := m[expr]
	if s == nil {
		s = &inventory.LicenseSet{Expression: expr}
		m[expr] = s
	}
	s.Files += files
	i, _ := slices.BinarySearch(s.Examples, p)
	if i < examples {
		s.Examples = slices.Insert(s.Examples, i, p)
		s.Examples = s.Examples[:min(len(s.Examples), examples)]
	}
}

func (m sets) merge(under string, in []inventory.LicenseSet) {
	for _, s := range in {
		for _, e := range s.Examples {
			m.add(s.Expression, path.Join(under, e), 0)
		}
		m[s.Expression].Files += s.Files
	}
}

func (m sets) list() []inventory.LicenseSet {
	out := make([]inventory.LicenseSet, 0, len(m))
	for _, s := range m {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b inventory.LicenseSet) int { return cmp.Compare(a.Expression, b.Expression) })
	return out
}
