package work

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// By says what contributions are counted by.
type By string

// The ways to count.
const (
	ByPerson   By = "person"
	ByIdentity By = "identity" // name and address, as git shortlog -sne
	ByEmail    By = "email"
	ByDomain   By = "domain"
	ByOrg      By = "org"
	ByTeam     By = "team"
	ByUpstream By = "upstream"
)

// Unknown is the key of what nobody knows: a person without a known employer, an
// address without a domain.
const Unknown = "unknown"

// ContributionOptions say what to count.
type ContributionOptions struct {
	By           By
	Since, Until time.Time // until is exclusive; zero for no bound
	Merges, Bots bool
}

// Contributions are counts by key, with what they were made of.
type Contributions struct {
	Options      ContributionOptions
	Rows         []ContributionRow
	Totals       contribution.Totals
	Repositories []contribution.History // without identities
	// Unread are the sources that were given and could not be mined.
	Unread []*Unread
}

// ContributionRow is what counted for one key.
type ContributionRow struct {
	Key string
	contribution.Count
}

// errNothingMined says that there is nothing to count.
var errNothingMined = errors.New("no history was mined yet; run \"tributary history PATH…\", or give a PATH")

// Contributions counts the commits of these histories, or of all that are kept.
func (o *Office) Contributions(ctx context.Context, histories []contribution.History, opts ContributionOptions) (*Contributions, error) {
	if histories == nil {
		var err error
		if histories, err = o.Store.Histories(ctx); err != nil {
			return nil, err
		}
		if len(histories) == 0 {
			return nil, errNothingMined
		}
	}
	counter := contribution.NewCounter(contribution.CountOptions{Since: opts.Since, Until: opts.Until, Merges: opts.Merges, Bots: opts.Bots, Now: o.Now})
	directory, err := o.directory(ctx)
	if err != nil {
		return nil, err
	}
	cast := newCast(directory, opts.By)
	if opts.By == ByUpstream {
		cast.upstreams = upstreamNames(o.Program, histories)
	}
	out := &Contributions{Options: opts}
	seen := relatives(histories)
	for i := range histories {
		h := &histories[i]
		stage := cast.enter(h)
		err := o.Store.EachBlock(ctx, h, seen[i] != nil, func(_ int, b *contribution.Block) error {
			counter.Add(b, stage.actors(), seen[i])
			return nil
		})
		if err != nil {
			return nil, err
		}
		kept := *h
		kept.People = nil
		out.Repositories = append(out.Repositories, kept)
	}
	out.Totals = counter.Totals()
	counter.Each(func(key uint32, n contribution.Count) {
		out.Rows = append(out.Rows, ContributionRow{Key: cast.keys[key], Count: n})
	})
	slices.SortFunc(out.Rows, func(a, b ContributionRow) int {
		return cmp.Or(b.Commits-a.Commits, b.CoAuthored-a.CoAuthored, b.Reviews-a.Reviews, strings.Compare(a.Key, b.Key))
	})
	return out, nil
}

// relatives gives histories that may share commits a common memory of those
// that counted: histories with a common root, and shallow ones, whose roots
// nobody knows. Others need none.
func relatives(histories []contribution.History) []*contribution.Seen {
	out := make([]*contribution.Seen, len(histories))
	if len(histories) < 2 {
		return out
	}
	group := make([]int, len(histories))
	find := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	byRoot, shallow := map[string]int{}, false
	for i := range histories {
		group[i] = i
		shallow = shallow || len(histories[i].Shallow) > 0 || histories[i].Partial != ""
	}
	size := map[int]int{}
	for i := range histories {
		roots := histories[i].Roots
		if shallow {
			roots = []string{"any"}
		}
		for _, r := range roots {
			if j, ok := byRoot[r]; ok {
				group[find(i)] = find(j)
			}
			byRoot[r] = i
		}
	}
	for i := range histories {
		size[find(i)]++
	}
	memory := map[int]*contribution.Seen{}
	for i := range histories {
		g := find(i)
		if size[g] < 2 {
			continue
		}
		if memory[g] == nil {
			memory[g] = contribution.NewSeen()
		}
		out[i] = memory[g]
	}
	return out
}

// HistoriesOf lists the histories of a run.
func HistoriesOf(mined []MinedHistory) []contribution.History {
	out := make([]contribution.History, 0, len(mined))
	for _, m := range mined {
		out = append(out, m.History)
	}
	return out
}
