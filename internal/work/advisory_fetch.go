package work

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/feed"
)

// FetchAdvisories brings advisories from an address into the mirror: a file, or
// the archives of some ecosystems in the public bucket's layout. Without
// ecosystems those are taken of which the store has components. What the
// server has not changed is not fetched again.
func (o *Office) FetchAdvisories(ctx context.Context, address, cacheDir string, ecosystems []string, opts AdvisoryOptions) ([]FeedUpdate, error) {
	if len(ecosystems) == 0 {
		var err error
		if ecosystems, err = o.usedEcosystems(ctx); err != nil {
			return nil, err
		}
	}
	addresses, err := feed.Addresses(address, ecosystems)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() // it does not wait for a connection for ever
	transport.ResponseHeaderTimeout = time.Minute
	client := &http.Client{Transport: transport}
	var out []FeedUpdate
	for _, a := range addresses {
		got, err := feed.Fetch(ctx, client, a, cacheDir)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		if err != nil {
			u := FeedUpdate{Name: feedNameOf(got.File), Kind: "osv", Location: got.URL, Err: err}
			if err := o.noteFault(ctx, u); err != nil {
				return out, err
			}
			out = append(out, u)
			continue
		}
		opts.Location, opts.Made = got.URL, got.Made
		if opts.Made.IsZero() {
			opts.Made = o.Now // the server was asked now
		}
		updates, err := o.UpdateAdvisories(ctx, got.File, opts)
		if err != nil {
			return out, err
		}
		for i := range updates {
			// Who fetched from an address knows nothing of the copy in the cache.
			if err := updates[i].Err; err != nil && strings.Contains(err.Error(), got.File) {
				updates[i].Err = errors.New(strings.ReplaceAll(err.Error(), got.File, "what "+got.URL+" answered"))
			}
		}
		out = append(out, updates...)
	}
	return out, nil
}

// feedNameOf is the ecosystem in the name of a fetched archive.
func feedNameOf(file string) string {
	parts := strings.Split(strings.TrimSuffix(file, "/all.zip"), "/")
	return parts[len(parts)-1]
}

// usedEcosystems lists the ecosystems of which the store has components.
func (o *Office) usedEcosystems(ctx context.Context) ([]string, error) {
	types := advisory.EcosystemsByType()
	var out []string
	for _, t := range slices.Sorted(maps.Keys(types)) {
		used, err := o.Store.Uses(ctx, t)
		if err != nil {
			return nil, err
		}
		if used {
			out = append(out, types[t])
		}
	}
	slices.Sort(out)
	return out, nil
}
