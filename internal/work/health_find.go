package work

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// UpstreamHistories finds the histories in the store of the project that a
// person means: its name, or the end of it; with "", of all.
func (o *Office) UpstreamHistories(ctx context.Context, wanted string) ([]contribution.History, error) {
	all, err := o.Store.Histories(ctx)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 && wanted != "" {
		return nil, fmt.Errorf("%q is no directory here, and %w", wanted, errNothingMined)
	}
	if len(all) == 0 {
		return nil, errNothingMined
	}
	if wanted == "" {
		return all, nil
	}
	asked := wanted
	if strings.HasPrefix(wanted, "pkg:") {
		if wanted, err = o.upstreamOf(ctx, wanted); err != nil {
			return nil, err
		}
	}
	projects := projectsOf(o, all)
	key := upstream.Key(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(wanted, "https://"), "http://"), ".git"))
	end := "/" + strings.ToLower(wanted)
	var exact, byEnd []project
	for _, p := range projects {
		switch {
		case upstream.Key(p.name) == key:
			exact = append(exact, p)
		case strings.HasSuffix(strings.ToLower(p.name), end):
			byEnd = append(byEnd, p)
		}
	}
	found := exact
	if len(found) == 0 {
		found = byEnd
	}
	switch {
	case len(found) == 1:
		return o.copiesOf(found[0], all), nil
	case len(found) == 0:
		return nil, notMined(asked, wanted, all)
	}
	var names []string
	for i, p := range found {
		if i == 5 {
			names = append(names, "…")
			break
		}
		names = append(names, p.name)
	}
	return nil, fmt.Errorf("%q may be any of %s; name one of them whole", wanted, strings.Join(names, ", "))
}

// upstreamOf is the repository that a package comes from.
func (o *Office) upstreamOf(ctx context.Context, text string) (string, error) {
	p, err := inventory.ParsePURL(text)
	if err != nil {
		return "", err
	}
	refs, err := o.Store.Latest(ctx, o.AsOf)
	if err != nil {
		return "", err
	}
	asked := inventory.Snapshot{Units: []inventory.Unit{{Usages: []inventory.Usage{{Component: p}}}}}
	snaps := []inventory.Snapshot{asked}
	for _, ref := range refs {
		snap, err := o.Store.LoadSnapshot(ctx, ref.ID)
		if err != nil {
			return "", err
		}
		snaps = append(snaps, snap)
	}
	mapper, aliases, err := o.mapper(ctx, snaps)
	if err != nil {
		return "", err
	}
	m := mapper.Map(p)
	if !m.Mapped() {
		return "", fmt.Errorf("where %s comes from is not known: %s; name its repository, or say it in upstreams.yaml", p, m.Source)
	}
	return cmp.Or(aliases[m.Repository.Name], m.Repository.Name), nil
}

// notMined says what to do about an upstream without a history, and which
// histories without a remote may be of it by their path.
func notMined(asked, wanted string, all []contribution.History) error {
	what := strconv.Quote(asked)
	if asked != wanted {
		what += " (" + wanted + ")"
	}
	var alike []string
	for _, h := range all {
		if h.Repository == h.Location && alikePath(wanted, h.Location) && len(alike) < 3 {
			alike = append(alike, h.Location)
		}
	}
	if len(alike) > 0 {
		return fmt.Errorf("no history is known to be of %s; %s has no remote that tells: give that path, or say under \"copies\" in upstreams.yaml what it is a copy of", what, strings.Join(alike, ", "))
	}
	return fmt.Errorf("no history of an upstream called %s was mined; run \"tributary history PATH\" on a clone of it, or give the PATH", what)
}

// alikePath says whether the owner and name of a repository stand in a path.
func alikePath(wanted, location string) bool {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	parts := strings.Split(strings.TrimSuffix(wanted, ".git"), "/")
	name := words(strings.Join(parts[max(0, len(parts)-2):], "/"))
	return len(name) > 0 && strings.Contains(" "+strings.Join(words(location), " ")+" ", " "+strings.Join(name, " ")+" ")
}

// copiesOf are the histories of a project and of its forks at hand, as in impact.
func (o *Office) copiesOf(p project, all []contribution.History) []contribution.History {
	byLocation := map[string]contribution.History{}
	var mirrors []upstream.Mirror
	for _, h := range all {
		byLocation[h.Location] = h
		mirrors = append(mirrors, upstream.Mirror{Name: h.Location, Remotes: o.remotesOf(h, nil), Roots: roots(h)})
	}
	for _, match := range upstream.MatchMirrors([]string{p.name}, mirrors)[upstream.Key(p.name)] {
		h := byLocation[match.Mirror]
		if !slices.ContainsFunc(p.histories, func(x contribution.History) bool { return x.Location == h.Location }) {
			p.histories = append(p.histories, h)
		}
	}
	return p.histories
}
