package work

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/remote"
)

// Licenses says of which versions license texts are asked for where that costs
// requests of its own.
type Licenses string

// The choices. What a registry tells of all versions at once is always kept.
const (
	LicensesUnknown Licenses = "unknown" // versions in use whose license nobody tells
	LicensesAll     Licenses = "all"     // all versions in use, and the latest, so that a change shows
	LicensesNone    Licenses = "none"
)

// RefreshOptions say what to ask and whom.
type RefreshOptions struct {
	// Ecosystems are purl types; none means all.
	Ecosystems []string
	// Source is a kind of place to ask, as package remote has them.
	Source string
	// MaxAge is how old an answer may be to be as good as a new one.
	MaxAge time.Duration
	// Limit bounds the packages that are asked for, 0 is no bound.
	Limit    int
	Licenses Licenses
	// Private are further packages that nobody may hear of; Public are own ones that
	// everybody may, for scopes and groups that publish.
	Private, Public []program.Package
	Registries      *remote.Registries
	// Progress is told how many packages are done.
	Progress func(done, total int)
}

// RefreshFailure is a package that could not be asked for, with why.
type RefreshFailure struct {
	Package string
	Why     string
}

// Refreshed is what a refresh came to.
type Refreshed struct {
	// Packages are those in use that a registry is known for; Fresh of them were asked within the age that was
	// given, Left were beyond the limit or came after the interruption.
	Packages, Fresh, Left int
	// Answered were told of; Gaps say what of them could not be had, with why.
	Answered int
	Gaps     []RefreshFailure
	// Unknown are those that their registry does not know, sorted.
	Unknown []string
	Failed  []RefreshFailure
	// PrivateNames are not asked for, by why, sorted.
	PrivateNames map[string][]string
	// NoRegistry counts packages by kinds for which no registry is known.
	NoRegistry map[string]int
	// Declared and Detected count versions in use of which a license was heard or
	// found.
	Declared, Detected int
	Requests, Kept     int
	Bytes              int64
	Elapsed            time.Duration
	Interrupted        bool
}

// refreshWorkers is how many packages are asked for at once; how many one host
// is asked at once the client bounds.
const refreshWorkers = 12

// Refresh asks registries about the packages in use and keeps what they tell,
// some at a time, so that an interruption loses little and the next run goes on.
func (o *Office) Refresh(ctx context.Context, opts RefreshOptions) (*Refreshed, error) {
	start := time.Now()
	opts.Registries.Order = versionOrder
	wanted, out, err := o.wanted(ctx, &opts)
	if err != nil {
		return nil, err
	}
	if wanted, err = o.due(ctx, wanted, &opts, out); err != nil {
		return nil, err
	}
	if opts.Limit > 0 && len(wanted) > opts.Limit {
		out.Left = len(wanted) - opts.Limit
		wanted = wanted[:opts.Limit]
	}
	k := &refreshKeeper{office: o, opts: &opts, out: out}
	err = o.askAll(ctx, wanted, &opts, k)
	client := opts.Registries.Client
	out.Requests, out.Kept, out.Bytes, out.Elapsed = client.Requests(), client.Kept(), client.Received(), time.Since(start)
	if ctx.Err() != nil && err == nil {
		out.Interrupted = true
	}
	slices.Sort(out.Unknown)
	for _, list := range [][]RefreshFailure{out.Failed, out.Gaps} {
		slices.SortFunc(list, func(a, b RefreshFailure) int {
			return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Why, b.Why))
		})
	}
	return out, err
}

// heard is what came of one question.
type heard struct {
	want   *wantedPackage
	answer remote.Answer
	err    error
}

// askAll asks several at once; one goroutine keeps what comes. After an
// interruption what has come is kept still.
func (o *Office) askAll(ctx context.Context, wanted []*wantedPackage, opts *RefreshOptions, k *refreshKeeper) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	questions, answers := make(chan *wantedPackage), make(chan heard)
	var group sync.WaitGroup
	for range min(refreshWorkers, max(len(wanted), 1)) {
		group.Go(func() {
			for w := range questions {
				a, err := opts.Registries.Ask(ctx, opts.Source, w.question(opts))
				answers <- heard{w, a, err}
			}
		})
	}
	go func() {
		defer close(questions)
		for _, w := range wanted {
			select {
			case questions <- w:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() { group.Wait(); close(answers) }()
	var failed error
	done := 0
	for h := range answers {
		if failed != nil || errors.Is(h.err, context.Canceled) {
			continue
		}
		done++
		if opts.Progress != nil {
			opts.Progress(done, len(wanted))
		}
		if failed = k.add(context.WithoutCancel(ctx), h); failed != nil {
			cancel()
		}
	}
	k.out.Left += len(wanted) - done
	if failed != nil {
		return failed
	}
	return k.flush(context.WithoutCancel(ctx))
}

// question says what is wanted of a package.
func (w *wantedPackage) question(opts *RefreshOptions) remote.Question {
	q := remote.Question{Package: w.purl, Used: slices.Sorted(maps.Keys(w.versions)), LatestLicense: opts.Licenses == LicensesAll}
	for _, v := range q.Used {
		if opts.Licenses == LicensesAll || opts.Licenses == LicensesUnknown && !w.versions[v].licensed {
			q.Licensed = append(q.Licensed, v)
		}
	}
	return q
}

// versionOrder orders versions of a kind of package as its ecosystem does; what
// is no version comes first, by its text.
func versionOrder(kind, a, b string) int {
	ecosystem := inventory.PURL{Type: kind}.Ecosystem()
	if r, err := advisory.CompareVersions(ecosystem, a, b); err == nil {
		return r
	}
	_, noA := advisory.CompareVersions(ecosystem, a, a)
	_, noB := advisory.CompareVersions(ecosystem, b, b)
	switch {
	case noA != nil && noB == nil:
		return -1
	case noA == nil && noB != nil:
		return 1
	}
	return strings.Compare(a, b)
}
