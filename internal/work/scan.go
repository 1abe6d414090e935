package work

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/internal/document"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/remote"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// ScanOptions says what to read and whom to tell.
type ScanOptions struct {
	Revision string
	WorkTree bool
	Licenses bool
	// NoPackages leaves out the search for licenses of packages in copies on
	// this machine: an inventory says what manifests say.
	NoPackages bool
	// Again reads even what the store knows.
	Again bool
	// Aside keeps the snapshot without making it the repository's latest: for
	// revisions that are looked at to compare.
	Aside bool
	// Look takes what the store knows of a commit and keeps nothing: for questions
	// that leave no trace.
	Look     bool
	Jobs     int
	CacheDir string
	// Progress is told of files done in what a path names, Done of each path.
	Progress func(path string, done, total int)
	Done     func(path string)
}

// Scanned is one repository with what was found in it.
type Scanned struct {
	Snapshot inventory.Snapshot
	// Known says that the snapshot was in the store already.
	Known bool
	// Packages holds what copies on this machine say of the components' licenses.
	Packages scan.PackageLicenses
	// Path is the argument that named it.
	Path string
	// Uncommitted are manifests in the work tree that are not as in the commit.
	Uncommitted []string
}

// Whole says whether all was there that the scan asked for: of a partial clone or
// a damaged store parts are missing.
func (s *Scanned) Whole() bool { return scan.Whole(s.Snapshot) }

// ScanAll reads all paths, several at once, and keeps each snapshot as soon as
// it is whole. A path that can't be read is in failed and stops no other; the
// error is for what stops everything: cancellation, a failing store.
func (o *Office) ScanAll(ctx context.Context, paths []string, opts ScanOptions) (done []Scanned, failed []*Unread, err error) {
	type slot struct {
		scanned []Scanned
		failed  []*Unread
	}
	slots := make([]slot, len(paths))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(max(opts.Jobs, 1))
	for i, p := range paths {
		group.Go(func() error {
			var err error
			slots[i].scanned, slots[i].failed, err = o.scanPath(gctx, p, opts)
			if opts.Done != nil {
				opts.Done(p)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, nil, err
	}
	seen := map[string]bool{}
	for _, s := range slots {
		failed = append(failed, s.failed...)
		for _, one := range s.scanned {
			// The same repository given twice counts once.
			key := one.Snapshot.Repository.Name + "\x00" + one.Snapshot.Commit
			if !seen[key] {
				seen[key] = true
				done = append(done, one)
			}
		}
	}
	sort.SliceStable(done, func(i, j int) bool {
		return done[i].Snapshot.Repository.Name < done[j].Snapshot.Repository.Name
	})
	return done, failed, nil
}

func (o *Office) scanPath(ctx context.Context, p string, opts ScanOptions) (done []Scanned, failed []*Unread, err error) {
	sources, err := source.Open(ctx, p, source.Options{Revision: opts.Revision, WorkTree: opts.WorkTree, CacheDir: opts.CacheDir,
		Broken: func(at string, err error) { failed = append(failed, &Unread{at, err}) }})
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		if len(failed) == 0 {
			failed = []*Unread{{source.Shown(p), err}}
		}
		return nil, failed, nil
	}
	for _, src := range sources {
		defer src.Tree.Close() // closing twice does no harm
	}
	if tell := opts.Progress; tell != nil {
		opts.Progress = func(_ string, done, total int) { tell(p, done, total) } // Done speaks of paths, too
	}
	for _, src := range sources {
		one, err := o.scanSource(ctx, src, opts)
		src.Tree.Close()
		if broken := (*Unread)(nil); errors.As(err, &broken) && ctx.Err() == nil {
			failed = append(failed, broken)
			continue
		}
		if err != nil {
			return done, failed, err
		}
		one.Path = p
		if opts.Revision == "" {
			one.Uncommitted = scan.Uncommitted(src, one.Snapshot)
		}
		done = append(done, one)
	}
	return done, failed, nil
}

// Unread says why one source could not be read as a whole. It stops no other:
// errors of the store do.
type Unread struct {
	// Source is what was given, or the repository found in a directory.
	Source string
	Err    error
}

// Error implements error.
func (e *Unread) Error() string { return e.Source + ": " + e.Err.Error() }

// Unwrap gives the reason.
func (e *Unread) Unwrap() error { return e.Err }

// Stray says what a source is that holds nothing to look for, in the words for
// several of its kind; "" when it could not be read for another reason.
func (e *Unread) Stray() string {
	switch {
	case errors.Is(e, source.ErrNotSource):
		return "neither archives nor SBOMs"
	case errors.Is(e, errNoHistory):
		return "no git repositories, so they have no history"
	}
	return ""
}

// scanSource answers from the store where it can, else reads and keeps.
func (o *Office) scanSource(ctx context.Context, src *source.Source, opts ScanOptions) (Scanned, error) {
	want := scan.Options{Licenses: opts.Licenses, Workers: opts.Jobs}
	if opts.Progress != nil {
		want.Progress = func(done, total int) { opts.Progress(src.Repository.Name, done, total) }
	}
	snap, known, err := o.known(ctx, src, want, opts)
	if err != nil {
		return Scanned{}, err
	}
	texts := map[string][]byte{}
	if !known {
		if src.Kind == source.SBOM {
			snap, err = o.readSBOM(src)
		} else {
			cache := scan.Cache{}
			if !opts.Look {
				cache = o.cache(opts.Again, texts)
			}
			snap, err = scan.Scan(ctx, src, cache, want, o.Now)
		}
		if err != nil {
			return Scanned{}, &Unread{src.Repository.Location, err}
		}
		if o.Store != nil && !opts.Look {
			if _, err := o.Store.SaveSnapshot(ctx, snap, !opts.Aside); err != nil {
				return Scanned{}, err
			}
		}
	}
	if opts.NoPackages {
		return Scanned{Snapshot: o.withNames(snap), Known: known}, nil
	}
	pkgs, err := o.packageLicenses(ctx, snap, src.WorkTree)
	if pkgs.Texts != nil {
		maps.Copy(pkgs.Texts, texts)
	}
	return Scanned{Snapshot: o.withNames(snap), Known: known, Packages: o.packagesWithNames(pkgs)}, err
}

func (o *Office) known(ctx context.Context, src *source.Source, want scan.Options, opts ScanOptions) (inventory.Snapshot, bool, error) {
	if o.Store == nil || opts.Again || src.Kind != source.Git || src.Commit == "" {
		return inventory.Snapshot{}, false, nil
	}
	id, ok, err := o.Store.FindSnapshot(ctx, src.Repository.Name, src.Commit, scan.Scanner(want))
	if err == nil && !ok && opts.Look { // one with licenses has the packages too
		want.Licenses = true
		id, ok, err = o.Store.FindSnapshot(ctx, src.Repository.Name, src.Commit, scan.Scanner(want))
	}
	if err != nil || !ok {
		return inventory.Snapshot{}, false, err
	}
	snap, err := o.Store.LoadSnapshot(ctx, id)
	if err != nil || !scan.Whole(snap) { // what was missing then may be there now
		return inventory.Snapshot{}, false, err
	}
	if !opts.Aside && !opts.Look {
		if err := o.Store.Observe(ctx, id, o.Now); err != nil {
			return inventory.Snapshot{}, false, err
		}
	}
	return snap, true, nil
}

// cache connects the scan with the store; texts receives the license texts of
// the tree, for documents that print them.
func (o *Office) cache(again bool, texts map[string][]byte) scan.Cache {
	if o.Store == nil {
		return scan.Cache{PutTexts: func(_ context.Context, found map[string][]byte) error {
			maps.Copy(texts, found)
			return nil
		}}
	}
	c := scan.Cache{PutBlobs: o.Store.PutBlobLicenses, PutTrees: o.Store.PutTreeLicenses, PutTexts: o.Store.PutTexts}
	if !again {
		c.Units, c.Blobs, c.Trees = o.Store.Units, o.Store.BlobLicenses, o.Store.TreeLicenses
	}
	return c
}

// packageLicenses looks for licenses of components on this machine, and keeps
// what it finds. What the store knows already is not looked for again.
func (o *Office) packageLicenses(ctx context.Context, snap inventory.Snapshot, workTree string) (scan.PackageLicenses, error) {
	usages := allUsages(snap)
	stored := map[string][]inventory.LicenseFact{}
	if o.Store != nil {
		var err error
		if stored, err = o.Store.PackageLicenses(ctx, purls(usages), o.Now); err != nil {
			return scan.PackageLicenses{}, err
		}
	}
	found := scan.FindLocal(usages, workTree, o.Places, func(p string) bool { return heldHere(stored[p]) }, o.Now)
	vendored := scan.FindVendored(usages, snap.Licenses, o.Now)
	for p, facts := range vendored.Facts {
		if !heldHere(stored[p]) {
			found.Facts[p] = append(found.Facts[p], facts...)
		}
	}
	for p, n := range vendored.Notices {
		found.Notices[p] = append(found.Notices[p], n...)
	}
	if o.Store != nil && len(found.Facts) > 0 {
		if err := o.keepPackages(ctx, found); err != nil {
			return found, err
		}
	}
	for p, facts := range stored {
		found.Facts[p] = append(found.Facts[p], facts...)
	}
	return found, nil
}

// heldHere says whether facts come from a copy of the package: what a registry
// declares is no reason not to look for one.
func heldHere(facts []inventory.LicenseFact) bool {
	return slices.ContainsFunc(facts, func(f inventory.LicenseFact) bool {
		return f.Kind == inventory.Detected || !remote.Told(f.Source)
	})
}

func (o *Office) keepPackages(ctx context.Context, found scan.PackageLicenses) error {
	if err := o.Store.PutTexts(ctx, found.Texts); err != nil {
		return err
	}
	if err := o.Store.PutPackageNotices(ctx, found.Notices, o.Now); err != nil {
		return err
	}
	return o.Store.PutPackageLicenses(ctx, found.Facts)
}

// readSBOM takes an SBOM file as the inventory that it is.
func (o *Office) readSBOM(src *source.Source) (inventory.Snapshot, error) {
	snap := inventory.Snapshot{Repository: src.Repository, Commit: src.Commit, Revision: src.Revision, ScannedAt: o.Now, Scanner: "sbom/1", Files: 1}
	files := src.Tree.Files()
	if len(files) == 0 {
		return snap, nil
	}
	name := files[0].Path
	b, err := src.Tree.ReadFile(name)
	if err != nil {
		return snap, err
	}
	bom, problems, err := document.Read(b)
	if err != nil {
		return snap, err
	}
	for i := range problems {
		problems[i].Path = name
	}
	unit := inventory.Unit{Reader: "sbom/1", Manifest: name, Blob: source.BlobID(b), Usages: document.Usages(bom, path.Base(name)), Problems: problems}
	snap.Units = []inventory.Unit{unit}
	return snap, nil
}

func allUsages(s inventory.Snapshot) []inventory.Usage {
	n := 0
	for _, u := range s.Units {
		n += len(u.Usages)
	}
	out := make([]inventory.Usage, 0, n)
	for _, u := range s.Units {
		out = append(out, u.Usages...)
	}
	return out
}

// purls lists the distinct resolved components, in order of appearance.
func purls(usages []inventory.Usage) []string {
	seen := make(map[string]bool, len(usages))
	var out []string
	for _, u := range usages {
		if u.Component.Version == "" {
			continue
		}
		if p := u.Component.String(); !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// ScanBases reads, for each scanned git repository, the merge base of its
// revision and base.
func (o *Office) ScanBases(ctx context.Context, heads []Scanned, base string, opts ScanOptions) ([]Scanned, error) {
	var out []Scanned
	seen := map[string]bool{}
	for _, h := range heads {
		if seen[h.Path] {
			continue
		}
		seen[h.Path] = true
		sources, err := source.Open(ctx, h.Path, source.Options{Revision: opts.Revision, CacheDir: opts.CacheDir})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source.Shown(h.Path), err)
		}
		for _, src := range sources {
			one, err := o.scanBase(ctx, src, base, opts)
			src.Tree.Close()
			if err != nil {
				return nil, err
			}
			out = append(out, one)
		}
	}
	return out, nil
}

func (o *Office) scanBase(ctx context.Context, src *source.Source, base string, opts ScanOptions) (Scanned, error) {
	if src.Kind != source.Git {
		return Scanned{}, fmt.Errorf("%s is not a git repository, so it has no base %s to compare with", src.Repository.Location, base)
	}
	at, err := src.MergeBase(ctx, src.Commit, base)
	if err != nil {
		return Scanned{}, fmt.Errorf("%s: no common ancestor of %s and %s: %w (in CI, fetch the base with enough history)",
			src.Repository.Location, short(src.Commit), base, err)
	}
	old, err := src.At(ctx, at)
	if err != nil {
		return Scanned{}, fmt.Errorf("%s: %w", src.Repository.Location, err)
	}
	defer old.Tree.Close()
	opts.Aside = true
	return o.scanSource(ctx, old, opts)
}

func short(id string) string {
	if len(id) > 12 && !strings.Contains(id, "-") {
		return id[:12]
	}
	return id
}
