package work

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/scan/history"
	"github.com/tributary-oss/tributary/internal/scan/source"
	"github.com/tributary-oss/tributary/internal/store"
)

// HistoryOptions say what to mine and whom to tell.
type HistoryOptions struct {
	AllBranches bool
	// Lines mines lines and patch ids too.
	Lines bool
	// Again forgets what is known and mines all.
	Again    bool
	Jobs     int
	CacheDir string
	// Progress is told of commits read in a repository, Done of each path.
	Progress func(repository string, commits int)
	Done     func(path string)
}

// MinedHistory is what is known of one repository after a run.
type MinedHistory struct {
	Path    string
	History contribution.History
	// New counts the commits that this run found; Unchanged says that there was
	// nothing to read.
	New       int
	Unchanged bool
	Notes     []string
}

// MineAll brings the histories of all paths up to date. A path that can't be
// read is in failed and stops no other; the error is for what stops everything.
func (o *Office) MineAll(ctx context.Context, paths []string, opts HistoryOptions) (done []MinedHistory, failed []*Unread, err error) {
	var mu sync.Mutex
	slots := make([][]MinedHistory, len(paths))
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(max(opts.Jobs, 1))
	for i, p := range paths {
		group.Go(func() error {
			mined, bad, err := o.minePath(gctx, p, opts)
			mu.Lock()
			slots[i], failed = mined, append(failed, bad...)
			mu.Unlock()
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
		for _, m := range s {
			if !seen[m.History.Location] {
				seen[m.History.Location] = true
				done = append(done, m)
			}
		}
	}
	slices.SortFunc(done, func(a, b MinedHistory) int {
		return strings.Compare(a.History.Repository+"\x00"+a.History.Location, b.History.Repository+"\x00"+b.History.Location)
	})
	slices.SortFunc(failed, func(a, b *Unread) int { return strings.Compare(a.Error(), b.Error()) })
	return done, failed, nil
}

func (o *Office) minePath(ctx context.Context, p string, opts HistoryOptions) (done []MinedHistory, failed []*Unread, err error) {
	if st, err := os.Stat(p); err == nil && !st.IsDir() && !source.IsURL(p) {
		return nil, []*Unread{{p, errNoHistory}}, nil
	}
	// Naming a revision makes a clone of a URL whole: a history needs all of it.
	sources, err := source.Open(ctx, p, source.Options{Revision: revisionFor(p), CacheDir: opts.CacheDir,
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
	found := 0
	for _, src := range sources {
		if src.Kind != source.Git {
			continue
		}
		found++
		m, err := o.mineSource(ctx, src, opts)
		src.Tree.Close()
		if broken := (*Unread)(nil); errors.As(err, &broken) && ctx.Err() == nil {
			failed = append(failed, broken)
			continue
		}
		if err != nil {
			return done, failed, err
		}
		m.Path = p
		done = append(done, m)
	}
	if found == 0 && len(failed) == 0 {
		failed = append(failed, &Unread{source.Shown(p), errNoHistory})
	}
	return done, failed, nil
}

// errNoHistory is of directories and files in which there is nothing to mine.
var errNoHistory = errors.New("is not a git repository, so it has no history")

func revisionFor(p string) string {
	if source.IsURL(p) {
		return "HEAD"
	}
	return ""
}

// mineSource mines one repository on top of what the store knows, and keeps it.
func (o *Office) mineSource(ctx context.Context, src *source.Source, opts HistoryOptions) (MinedHistory, error) {
	for attempt := 1; ; attempt++ {
		m, err := o.mineOnce(ctx, src, opts)
		if errors.Is(err, store.ErrHistoryMoved) && attempt < 5 {
			continue
		}
		if err == nil && opts.Lines {
			err = o.mineLines(ctx, src, &m, opts)
		}
		return m, err
	}
}

func (o *Office) mineOnce(ctx context.Context, src *source.Source, opts HistoryOptions) (MinedHistory, error) {
	known, ref, err := o.Store.History(ctx, src.Repository.Location)
	if err != nil {
		return MinedHistory{}, err
	}
	want := history.Options{AllBranches: opts.AllBranches, Lines: opts.Lines, Now: o.Now, Known: &known}
	if ref.ID == 0 || opts.Again {
		want.Known = nil
	}
	if opts.Progress != nil {
		want.Progress = func(n int) { opts.Progress(src.Repository.Name, n) }
	}
	got, err := history.Mine(ctx, src, want)
	if err != nil {
		return MinedHistory{}, &Unread{src.Repository.Location, err}
	}
	m := MinedHistory{History: got.History, Unchanged: got.Unchanged, Notes: got.Notes}
	for _, b := range got.Blocks {
		m.New += b.Len()
	}
	if src.Commit == "" {
		m.Notes = append(m.Notes, problemWords(src)...)
	}
	if got.Unchanged {
		return m, nil
	}
	_, err = o.Store.SaveHistory(ctx, ref, store.HistoryUpdate{History: got.History, Blocks: got.Blocks, Paths: got.Paths, Replace: got.Replace || want.Known == nil})
	return m, err
}

func problemWords(src *source.Source) (words []string) {
	for _, p := range src.Problems {
		words = append(words, p.Message)
	}
	return words
}
