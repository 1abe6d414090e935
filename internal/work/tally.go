package work

import (
	"context"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// tally is what the clones of one project tell about a window.
type tally struct {
	// chronicle is that of the window, or where asked for of all time before its end.
	chronicle  *contribution.Chronicle
	since      time.Time
	until      time.Time
	period     *contribution.Period // the window
	orgs       []contribution.Count
	orgNames   []string
	facts      []contribution.Org            // what the organizations are, by number
	teams      map[string]contribution.Count // of ours
	totals     contribution.Totals
	last       time.Time // of the last human commit before the end of the window
	releases   []contribution.Release
	forge      *contribution.Forge // nil where none was imported
	deps       []contribution.Dependency
	incomplete string // why earlier commits are not known
}

// tallyOptions say what of histories to tally.
type tallyOptions struct {
	contribution.CountOptions
	// AllTime keeps what was before the window too, in the chronicle; Give counts
	// by organization and team in the window.
	AllTime, Give bool
}

// tally counts the commits of clones of one project, each commit once.
func (o *Office) tally(ctx context.Context, histories []contribution.History, crew *crew, opts tallyOptions) (*tally, error) {
	t := &tally{chronicle: contribution.NewChronicle(opts.CountOptions), since: opts.Since, until: opts.Until, teams: map[string]contribution.Count{}}
	orgs, teams := contribution.NewCounter(opts.CountOptions), contribution.NewCounter(opts.CountOptions)
	seen := make([]*contribution.Seen, 3)
	if len(histories) > 1 {
		for i := range seen {
			seen[i] = contribution.NewSeen()
		}
	}
	for i := range histories {
		h := histories[i]
		stage := crew.enter(&h)
		err := o.Store.EachBlock(ctx, &h, len(histories) > 1, func(_ int, b *contribution.Block) error {
			parts := stage.actors()
			last, inWindow := look(b, parts.byOrg, opts.CountOptions)
			if last.After(t.last) {
				t.last = last
			}
			if inWindow || opts.AllTime {
				t.chronicle.Add(b, parts.byOrg, seen[0])
			}
			if inWindow && opts.Give {
				orgs.Add(b, parts.byOrg, seen[1])
				teams.Add(b, parts.byTeam, seen[2])
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		releases, err := o.Store.Releases(ctx, h.Location)
		if err != nil {
			return nil, err
		}
		t.releases = append(t.releases, releases...)
		if why := incomplete(&h); why != "" {
			t.incomplete = why
		}
	}
	t.orgs, t.orgNames, t.facts = orgs.Counts(), crew.orgs.names, crew.facts()
	for i, n := range teams.Counts() {
		t.teams[crew.teams.names[i]] = n
	}
	t.totals = t.chronicle.Totals()
	t.period = t.chronicle.Period(opts.Since.Unix(), opts.Until.Unix(), t.facts)
	return t, nil
}

// incomplete says why not all commits of a history are known; "" when they are.
func incomplete(h *contribution.History) string {
	switch {
	case len(h.Shallow) > 0:
		return "a shallow clone"
	case h.Partial != "":
		return "a history that is not whole (" + h.Partial + ")"
	}
	return ""
}

// facts says of each organization what it is.
func (c *crew) facts() []contribution.Org {
	out := make([]contribution.Org, len(c.orgs.names))
	for i, name := range c.orgs.names {
		out[i] = contribution.Org{Name: name, Ours: c.isOur(name)}
		switch {
		case name == Unknown:
			out[i].Kind = contribution.UnknownOrg
		case people.Independent(name):
			out[i].Kind = contribution.Independent
		}
	}
	return out
}

// look finds the last commit of a block that counts before the end of the
// window, and whether any commit of it lies in the window at all.
func look(b *contribution.Block, actors []contribution.Actor, w contribution.CountOptions) (last time.Time, inWindow bool) {
	from, to, latest := w.Since.Unix(), w.Until.Unix(), int64(0)
	for i := range b.Author {
		at, ok := b.When(i, w.Now)
		if !ok || at >= to {
			continue
		}
		inWindow = inWindow || at >= from
		if at > latest && (w.Merges || !b.Merge(i)) && (w.Bots || !actors[b.Author[i]].Bot) {
			latest = at
		}
	}
	if latest > 0 {
		last = time.Unix(latest, 0).UTC()
	}
	return last, inWindow
}
