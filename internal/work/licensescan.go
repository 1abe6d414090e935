package work

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/license/resolve"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// LicenseOptions says what to look at for licenses, and how far to go.
type LicenseOptions struct {
	ScanOptions
	// Only names the files to look at, by their path in the source; all when nil.
	Only []string
	// Resolve follows references, annotations and directories through the tree.
	Resolve bool
	// Evidence takes in what was imported from other scanners.
	Evidence bool
	unknown  map[string]*UnknownText // by id; nil unless they are collected
}

// FileLicense is what one file says of licenses.
type FileLicense struct {
	Path string
	// Licenses are the expressions found, distinct, in order of appearance.
	Licenses []string
	// Expression joins them: the file's own.
	Expression string
	Copyrights []string
	Matches    []detect.Match
	// Resolved is the answer through the tree; nil unless it was asked for.
	Resolved *resolve.Answer
	// Evidence is what other scanners said of the same content.
	Evidence []Evidence
}

// Says is whether there is any answer.
func (f *FileLicense) Says() bool {
	return len(f.Matches)+len(f.Copyrights)+len(f.Evidence) > 0 || f.Resolved != nil
}

// LicenseTree is what holds for one source as a whole.
type LicenseTree struct {
	// Prefix stands before the paths of the source's files.
	Prefix      string
	Primary     string
	PrimaryFrom []string
	Table       []resolve.Set
}

// LicenseTotals sums a run up.
type LicenseTotals struct {
	Files, Answered int
	Trees           []LicenseTree // with Resolve
	Problems        []inventory.Problem
}

// ScanLicenses looks at the files of everything that args name, and gives those
// that say something to emit, in the order of args and then of paths. With one
// argument paths are relative to it, with several they begin with it. What
// could not be read is in the totals; the error is for what stops everything,
// or for there being nothing to read.
func (o *Office) ScanLicenses(ctx context.Context, args []string, opts LicenseOptions, emit func(*FileLicense) error) (LicenseTotals, error) {
	var total LicenseTotals
	var failed []error
	opened := 0
	for _, arg := range args {
		sources, err := source.Open(ctx, arg, source.Options{Revision: opts.Revision, WorkTree: opts.WorkTree, CacheDir: opts.CacheDir, AnyFile: true})
		if ctx.Err() != nil {
			return total, ctx.Err()
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", source.Shown(arg), err))
			total.Problems = append(total.Problems, inventory.Problem{Path: source.Shown(arg), Kind: "unreadable", Message: err.Error()})
			continue
		}
		opened++
		if err := o.scanSourcesLicenses(ctx, arg, len(args) > 1, sources, opts, &total, emit); err != nil {
			return total, err
		}
	}
	if opened == 0 {
		return total, errors.Join(failed...)
	}
	return total, nil
}

func (o *Office) scanSourcesLicenses(ctx context.Context, arg string, several bool, sources []*source.Source, opts LicenseOptions, total *LicenseTotals, emit func(*FileLicense) error) error {
	for _, src := range sources {
		defer src.Tree.Close() // closing twice does no harm
	}
	wanted := newWanted(opts.Only)
	for _, src := range sources {
		prefix := pathPrefix(arg, src, several)
		one := licenseScan{office: o, src: src, prefix: prefix, opts: opts, wanted: wanted, total: total, emit: emit}
		if err := one.run(ctx); err != nil {
			return err
		}
		src.Tree.Close()
	}
	for _, p := range wanted.missing() {
		total.Problems = append(total.Problems, inventory.Problem{Path: p, Kind: "not found",
			Message: "no such file in " + source.Shown(arg) + notFoundHint(sources)})
	}
	return nil
}

func notFoundHint(sources []*source.Source) string {
	if len(sources) == 1 && sources[0].Kind == source.Git {
		return " at " + short(sources[0].Commit) + "; --worktree reads the files on disk"
	}
	return ""
}

// pathPrefix is what goes before the paths of a source: the argument where there
// are several, and the place below the argument of a repository found in it.
func pathPrefix(arg string, src *source.Source, several bool) string {
	prefix := ""
	if src.Kind == source.SingleFile {
		prefix = path.Dir(filepath.ToSlash(arg))
		if prefix == "." {
			return ""
		}
		return prefix
	}
	if several {
		prefix = filepath.ToSlash(filepath.Clean(source.Shown(arg)))
	}
	if abs, err := filepath.Abs(arg); err == nil {
		if rel, err := filepath.Rel(abs, src.Repository.Location); err == nil && rel != "." && filepath.IsLocal(rel) && rel != ".git" {
			prefix = path.Join(prefix, filepath.ToSlash(rel))
		}
	}
	if prefix == "." {
		return ""
	}
	return prefix
}

// wanted is the list of files that were asked for.
type wanted struct {
	all  bool
	left map[string]bool
}

func newWanted(only []string) *wanted {
	w := &wanted{all: only == nil, left: make(map[string]bool, len(only))}
	for _, p := range only {
		w.left[path.Clean(filepath.ToSlash(p))] = true
	}
	return w
}

func (w *wanted) take(p string) bool {
	if w.all {
		return true
	}
	_, ok := w.left[p]
	if ok {
		w.left[p] = false
	}
	return ok
}

func (w *wanted) missing() []string {
	var out []string
	for p, left := range w.left {
		if left {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

// licenseScan is the scan of one source.
type licenseScan struct {
	office *Office
	src    *source.Source
	prefix string
	opts   LicenseOptions
	wanted *wanted
	total  *LicenseTotals
	emit   func(*FileLicense) error
}

func (l *licenseScan) run(ctx context.Context) error {
	files := l.src.Tree.Files()
	asked := files[:0:0]
	for _, f := range files {
		if l.wanted.take(path.Join(l.prefix, f.Path)) {
			asked = append(asked, f)
		}
	}
	look := asked
	if l.opts.Resolve {
		look = files // what others say of the asked ones matters too
	}
	opts := scan.Options{Workers: l.opts.Jobs}
	if l.opts.Progress != nil {
		opts.Progress = func(done, total int) { l.opts.Progress(l.src.Repository.Name, done, total) }
	}
	cache := l.office.fileCache(l.opts)
	var found []scan.FileLicenses
	err := scan.EachFile(ctx, l.src.Tree, look, cache, opts, func(f scan.FileLicenses) error {
		if f.Err != nil {
			l.problem(inventory.Problem{Path: f.File.Path, Kind: "unreadable", Message: f.Err.Error()})
		}
		if l.opts.Resolve {
			found = append(found, f)
			return nil
		}
		return l.give(ctx, f, nil)
	})
	if err != nil {
		return err
	}
	if l.opts.Resolve {
		if err := l.resolve(ctx, found, asked); err != nil {
			return err
		}
	}
	for _, p := range slices.Concat(l.src.Problems, l.src.Tree.Problems()) {
		l.problem(p)
	}
	return nil
}

// fileCache connects the look into files with the store. A look anew leaves the
// store alone.
func (o *Office) fileCache(opts LicenseOptions) scan.Cache {
	if o.Store == nil || opts.Again {
		return scan.Cache{}
	}
	return scan.Cache{Blobs: o.Store.BlobLicenses, PutBlobs: o.Store.PutBlobLicenses, PutTexts: o.Store.PutTexts}
}

// problem keeps what is wrong with a file, once.
func (l *licenseScan) problem(p inventory.Problem) {
	if p.Path != "" {
		p.Path = path.Join(l.prefix, p.Path)
	}
	for _, old := range l.total.Problems {
		if old.Path == p.Path && old.Path != "" && old.Kind == p.Kind {
			return
		}
	}
	l.total.Problems = append(l.total.Problems, p)
}

// give counts a file and hands it on when it says something.
func (l *licenseScan) give(ctx context.Context, f scan.FileLicenses, answer *resolve.Answer) error {
	if err := l.keepUnknown(f); err != nil {
		return err
	}
	one := l.office.fileLicense(f)
	one.Resolved = answer
	evidence, err := l.evidence(ctx, f)
	if err != nil {
		return err
	}
	one.Evidence = evidence
	one.Path = path.Join(l.prefix, f.File.Path)
	l.total.Files++
	if !one.Says() {
		return nil
	}
	l.total.Answered++
	return l.emit(one)
}

// fileLicense is the finding in a file, with unknown texts by the names that the
// program gives them.
func (o *Office) fileLicense(f scan.FileLicenses) *FileLicense {
	one := &FileLicense{Path: f.File.Path, Expression: o.named(f.Result.Expression), Copyrights: f.Result.Copyrights}
	for _, m := range f.Result.Matches {
		known := m.Expression != ""
		if m.Expression = o.named(m.Expression); known && m.Expression == "" {
			continue // a person said that it is no license
		}
		one.Matches = append(one.Matches, m)
	}
	for _, l := range f.Result.Licenses {
		if l = o.named(l); l != "" && !slices.Contains(one.Licenses, l) {
			one.Licenses = append(one.Licenses, l)
		}
	}
	return one
}

// resolve answers through the tree for the files that were asked for.
func (l *licenseScan) resolve(ctx context.Context, found []scan.FileLicenses, asked []source.File) error {
	notes, problems := scan.Annotations(l.src.Tree)
	for _, p := range problems {
		l.problem(p)
	}
	declared := scan.Declared(l.src.Tree)
	files := make([]resolve.File, len(found))
	for i, f := range found {
		files[i] = resolve.File{Path: f.File.Path, Expression: l.office.named(f.Result.Expression), TextOnly: f.TextOnly,
			RefersTo: references(f.Result.Matches), Declares: declared[f.File.Path]}
	}
	r := resolve.Resolve(files, notes)
	ask := make(map[string]bool, len(asked))
	for _, f := range asked {
		ask[f.Path] = true
	}
	byPath := make(map[string]int, len(found))
	for i, f := range found {
		byPath[f.File.Path] = i
	}
	for i := range r.Answers {
		a := &r.Answers[i]
		if !ask[a.Path] {
			continue
		}
		if err := l.give(ctx, found[byPath[a.Path]], l.placed(a)); err != nil {
			return err
		}
	}
	t := LicenseTree{Prefix: l.prefix, Primary: r.Primary, Table: r.Table}
	for _, p := range r.PrimaryFrom {
		t.PrimaryFrom = append(t.PrimaryFrom, path.Join(l.prefix, p))
	}
	for i := range t.Table {
		t.Table[i].Pattern = path.Join(l.prefix, t.Table[i].Pattern)
	}
	l.total.Trees = append(l.total.Trees, t)
	return nil
}

// placed puts the source's prefix before the paths of an answer.
func (l *licenseScan) placed(a *resolve.Answer) *resolve.Answer {
	out := *a
	out.Path = path.Join(l.prefix, a.Path)
	out.From = nil
	for _, p := range a.From {
		out.From = append(out.From, path.Join(l.prefix, p))
	}
	return &out
}

// references are the files that a file names as holding its license. A name
// beside a license that is named with it only says where the text lies.
func references(ms []detect.Match) []string {
	var out []string
	for i, m := range ms {
		if m.RefersTo == "" || slices.Contains(out, m.RefersTo) {
			continue
		}
		near := false
		for k, other := range ms {
			near = near || k != i && other.Expression != "" && other.FirstLine-m.LastLine <= 2 && m.FirstLine-other.LastLine <= 2
		}
		if !near {
			out = append(out, m.RefersTo)
		}
	}
	return out
}

// named gives an expression with the program's names for unknown texts.
func (o *Office) named(expr string) string {
	names := o.textNames()
	if len(names) == 0 || !strings.Contains(expr, "LicenseRef-") {
		return expr
	}
	e, err := license.Parse(expr)
	if err != nil {
		return expr
	}
	return license.Replace(e, names).String()
}

// Match is one place in a file that speaks of a license.
type Match = detect.Match
