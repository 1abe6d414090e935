package work

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/feed"
	"github.com/tributary-oss/tributary/internal/store"
)

// AdvisoryOptions says how a mirror is brought up to date.
type AdvisoryOptions struct {
	// Again reads even what has not changed.
	Again   bool
	Workers int
	// Made is the date of the data where who fetched it knows it.
	Made time.Time
	// Location replaces the sources' own, for what was fetched to a temporary
	// place.
	Location string
	// Progress is told of files done in a feed.
	Progress func(feed string, done, total int)
}

// FeedUpdate is what became of one feed.
type FeedUpdate struct {
	Name, Kind, Location string
	// Same says that the feed has not changed since it was last read.
	Same   bool
	Change store.AdvisoryChange
	// Listed is how many entries a list of CVEs has, Bad how many of it were not
	// understood.
	Listed, Bad int
	// Err is why the feed was not read; what was kept of it stays.
	Err error
}

// UpdateAdvisories reads all feeds under a path into the mirror, each in one
// transaction. A feed that fails is reported and noted, and stops no other; the
// error is for what stops everything.
func (o *Office) UpdateAdvisories(ctx context.Context, path string, opts AdvisoryOptions) ([]FeedUpdate, error) {
	sources, failed, err := feed.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, s := range sources {
			s.Close() // opened for reading
		}
	}()
	_, marks, err := o.Store.AdvisoryFeeds(ctx)
	if err != nil {
		return nil, err
	}
	var out []FeedUpdate
	for _, f := range failed {
		u := FeedUpdate{Name: f.Name, Kind: "osv", Location: path, Err: f.Err}
		if err := o.noteFault(ctx, u); err != nil {
			return out, err
		}
		out = append(out, u)
	}
	for _, s := range sources {
		if opts.Location != "" {
			s.Location = opts.Location
		}
		u, err := o.updateFeed(ctx, s, marks[s.Name], opts)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if u.Err = err; err != nil {
			u.Err = fmt.Errorf("%s: %w", s.Name, err)
			if err := o.noteFault(ctx, u); err != nil {
				return out, err
			}
		}
		out = append(out, u)
	}
	return out, nil
}

// noteFault keeps with the feed that it could not be read, so that every answer
// says so. What neither was read before nor is an ecosystem's is no feed: the
// update has said so, and a misspelled name is forgotten.
func (o *Office) noteFault(ctx context.Context, u FeedUpdate) error {
	feeds, _, err := o.Store.AdvisoryFeeds(ctx)
	if err != nil {
		return err
	}
	if !advisory.KnownEcosystem(u.Name) && !slices.ContainsFunc(feeds, func(f advisory.Feed) bool { return f.Name == u.Name }) {
		return nil
	}
	fault := "the update of " + o.Now.Format(time.DateOnly) + " failed: " + u.Err.Error()
	return o.Store.TouchFeed(ctx, advisory.Feed{Name: u.Name, Kind: u.Kind, Location: u.Location, Checked: o.Now, Fault: fault})
}

func (o *Office) updateFeed(ctx context.Context, s *feed.Source, mark string, opts AdvisoryOptions) (FeedUpdate, error) {
	u := FeedUpdate{Name: s.Name, Kind: s.Kind, Location: s.Location}
	f := advisory.Feed{Name: s.Name, Location: s.Location, Kind: s.Kind, Ecosystems: s.Ecosystems, Checked: o.Now, Made: opts.Made}
	switch s.Kind {
	case "kev":
		list, made, bad, err := s.KEV()
		if err != nil {
			return u, err
		}
		f.Made, f.Newest, f.Records, f.Problems = made, made, len(list), bad
		u.Listed, u.Bad = len(list), bad
		return u, o.Store.PutKEV(ctx, f, list)
	case "epss":
		list, made, bad, err := s.EPSS()
		if err != nil {
			return u, err
		}
		f.Made, f.Newest, f.Records, f.Problems = made, made, len(list), bad
		u.Listed, u.Bad = len(list), bad
		return u, o.Store.PutEPSS(ctx, f, list)
	}
	if s.Mark != "" && s.Mark == mark && !opts.Again {
		u.Same = true
		u.Change.Unchanged = s.Files()
		return u, o.Store.TouchFeed(ctx, f)
	}
	var err error
	u.Change, err = o.Store.UpdateAdvisories(ctx, f, s.Mark, s.Whole, func(known map[string]string, put func(store.AdvisoryFile) error) error {
		if opts.Again {
			known = nil
		}
		done := 0
		return s.Read(ctx, known, opts.Workers, store.Compress, func(one feed.File) error {
			if done++; opts.Progress != nil && done%500 == 0 {
				opts.Progress(s.Name, done, s.Files())
			}
			return put(store.AdvisoryFile(one))
		})
	})
	return u, err
}
