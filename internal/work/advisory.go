package work

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
)

// Advisories says what the mirror knows of everything that is used in the
// snapshots: one finding for each usage and vulnerability, and the usages of
// which it can't say anything. Fixtures are included and marked.
func (o *Office) Advisories(ctx context.Context, snaps []Scanned) (advisory.Answer, error) {
	q := questions{index: map[inventory.PURL]int{}}
	for i := range snaps {
		q.snapshot(&snaps[i].Snapshot)
	}
	a, err := q.answer(ctx, o)
	if err == nil {
		err = o.addReached(ctx, snaps, &a)
	}
	return a, err
}

// questions are all usages with what must be asked for them. Each component is
// asked for once, however often it is used.
type questions struct {
	index      map[inventory.PURL]int
	components []componentQuestion
	places     []place
}

type componentQuestion struct {
	advisory.Question
	// candidate marks the standard library's lower bound.
	candidate bool
}

type place struct {
	repository, commit string
	usage              *inventory.Usage
	component          int
}

func (q *questions) snapshot(s *inventory.Snapshot) {
	for u := range s.Units {
		unit := &s.Units[u]
		for i := range unit.Usages {
			q.add(s.Repository.Name, s.Commit, &unit.Usages[i], false)
		}
		for _, own := range unit.Own {
			if low, ok := advisory.Stdlib(own, unit.Manifest); ok {
				q.add(s.Repository.Name, s.Commit, &low, true)
			}
		}
	}
}

func (q *questions) add(repository, commit string, u *inventory.Usage, candidate bool) {
	key := u.Component
	if candidate {
		key.Subpath = "candidate" // apart from a standard library that an SBOM names for certain
	}
	at, ok := q.index[key]
	if !ok {
		at = len(q.components)
		q.index[key] = at
		q.components = append(q.components, componentQuestion{advisory.Ask(u.Component), candidate})
	}
	q.places = append(q.places, place{repository, commit, u, at})
}

// versions lists what the mirror must be asked for.
func (q *questions) versions() map[advisory.Key][]string {
	out := map[advisory.Key][]string{}
	for _, c := range q.components {
		if c.Silence != "" {
			continue
		}
		for _, k := range c.Keys {
			out[k] = append(out[k], c.Version)
		}
	}
	return out
}

func (q *questions) answer(ctx context.Context, o *Office) (advisory.Answer, error) {
	mirror, err := o.Mirror(ctx)
	if err != nil {
		return advisory.Answer{}, err
	}
	asked, records, err := o.Store.AskAdvisories(ctx, q.versions())
	if err != nil {
		return advisory.Answer{}, err
	}
	a, err := q.join(ctx, o, asked, records, mirror)
	a.Mirror = mirror
	return a, err
}

// join makes findings of matches. Places are put in order first, so that the
// findings are: each component's are by id.
func (q *questions) join(ctx context.Context, o *Office, asked map[advisory.Key]*store.Asked, records map[int64]*advisory.Info, mirror advisory.Mirror) (advisory.Answer, error) {
	var a advisory.Answer
	j := joiner{asked: asked, records: records, mirror: mirror, groups: advisory.NewJoiner(records), made: map[hitKey][]*advisory.Hit{}, left: map[*advisory.Match]int{}}
	results := make([]result, len(q.components))
	for i := range q.components {
		results[i] = j.result(&q.components[i])
		a.Withdrawn += results[i].withdrawn
		if results[i].silence == "" {
			a.Packages++
		}
	}
	if err := o.exploitation(ctx, j.made); err != nil {
		return a, err
	}
	total := 0
	for _, p := range q.places {
		total += len(results[p.component].hits)
	}
	slices.SortStableFunc(q.places, func(x, y place) int {
		return cmp.Or(cmp.Compare(x.repository, y.repository), cmp.Compare(x.usage.Manifest, y.usage.Manifest), compareUsages(x.usage, y.usage))
	})
	a.Findings = make([]advisory.Finding, 0, total)
	for _, p := range q.places {
		r := &results[p.component]
		if r.silence != "" {
			a.Silences = append(a.Silences, advisory.Silence{Repository: p.repository, Usage: p.usage, Reason: r.silence})
		}
		for _, h := range r.hits {
			a.Findings = append(a.Findings, advisory.Finding{Repository: p.repository, Commit: p.commit, Usage: p.usage, Hit: h, Reach: advisory.Reach{State: advisory.NotAnalyzed}})
		}
	}
	return a, nil
}

// joiner turns matches into hits. Versions that share their matches share
// their hits.
type joiner struct {
	asked   map[advisory.Key]*store.Asked
	records map[int64]*advisory.Info
	mirror  advisory.Mirror
	groups  *advisory.Joiner
	made    map[hitKey][]*advisory.Hit
	left    map[*advisory.Match]int // withdrawn ones, by the first of a list of matches
}

type hitKey struct {
	first     *advisory.Match // of the shared list
	candidate bool
}

// result is what the mirror says of one component.
type result struct {
	hits      []*advisory.Hit // by id
	silence   string
	withdrawn int
}

func (j *joiner) result(c *componentQuestion) (r result) {
	if r.silence = c.Silence; r.silence != "" {
		return r
	}
	covered := false
	for _, k := range c.Keys {
		covered = covered || j.mirror.Covers(k.Ecosystem)
		a := j.asked[k]
		if a == nil {
			continue
		}
		if a.Bad[c.Version] {
			r.silence = advisory.BadVersion
		}
		hits, withdrawn := j.hits(c, a, a.Matches[c.Version])
		r.withdrawn += withdrawn
		if len(r.hits) == 0 {
			r.hits = hits
		} else {
			r.hits = append(slices.Clone(r.hits), hits...)
		}
	}
	if !covered {
		r.silence = advisory.NoData
	}
	return r
}

func (j *joiner) hits(c *componentQuestion, a *store.Asked, matches []advisory.Match) (hits []*advisory.Hit, withdrawn int) {
	if len(matches) == 0 {
		return nil, 0
	}
	key := hitKey{&matches[0], c.candidate}
	if hits, ok := j.made[key]; ok {
		return hits, j.left[key.first]
	}
	groups, withdrawn := j.groups.Join(matches)
	for _, g := range groups {
		hits = append(hits, j.hit(c, a.Asker, g))
	}
	j.made[key], j.left[key.first] = hits, withdrawn
	return hits, withdrawn
}

func (j *joiner) hit(c *componentQuestion, asker *advisory.Asker, g advisory.Group) *advisory.Hit {
	h := &advisory.Hit{Vulnerable: g.Vulnerable}
	if c.candidate && h.Kind == advisory.Vulnerability {
		candidate := *g.Vulnerable
		candidate.Kind = advisory.StdlibCandidate
		h.Vulnerable = &candidate
	}
	var all, fixing []int64
	for _, m := range g.Matches {
		id := j.records[m.Record].ID
		e := advisory.Evidence{Record: id, Range: m.Range, Fixed: m.Fixed}
		if m.Own != "" {
			e.Note = "in the project's own count " + m.Own
		}
		h.Evidence = append(h.Evidence, e)
		if id == g.ID {
			h.Range = m.Range
		}
		all = append(all, m.Record)
		if len(m.Fixed) > 0 {
			fixing = append(fixing, m.Record)
		}
	}
	h.Fixed = asker.CleanUpgrades(c.Version, all)
	if len(h.Fixed) == 0 && len(fixing) < len(all) {
		// Some record knows of no fix; the others' fixes are better than none.
		h.Fixed = asker.CleanUpgrades(c.Version, fixing)
	}
	return h
}

// exploitation adds what CISA and FIRST tell of the vulnerabilities found.
func (o *Office) exploitation(ctx context.Context, made map[hitKey][]*advisory.Hit) error {
	var cves []string
	seen := map[*advisory.Vulnerable]bool{}
	each := func(do func(v *advisory.Vulnerable)) {
		clear(seen)
		for _, hits := range made {
			for _, h := range hits {
				if !seen[h.Vulnerable] {
					seen[h.Vulnerable] = true
					do(h.Vulnerable)
				}
			}
		}
	}
	each(func(v *advisory.Vulnerable) {
		for _, n := range v.Names() {
			if strings.HasPrefix(n, "CVE-") {
				cves = append(cves, n)
			}
		}
	})
	kev, epss, err := o.Store.Exploitation(ctx, cves)
	if err != nil || len(kev)+len(epss) == 0 {
		return err
	}
	each(func(v *advisory.Vulnerable) {
		for _, n := range v.Names() {
			if e := kev[n]; e != nil && v.Exploited == nil {
				v.Exploited = e
			}
			if e := epss[n]; e != nil && (v.EPSS == nil || e.Probability > v.EPSS.Probability) {
				v.EPSS = e
			}
		}
	})
	return nil
}

func compareUsages(x, y *inventory.Usage) int {
	if x == y {
		return 0
	}
	a, b := &x.Component, &y.Component
	return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version),
		cmp.Compare(x.Line, y.Line), cmp.Compare(x.Requirement, y.Requirement))
}

// Mirror is the state of the advisory data.
func (o *Office) Mirror(ctx context.Context) (advisory.Mirror, error) {
	feeds, _, err := o.Store.AdvisoryFeeds(ctx)
	return advisory.Mirror{Feeds: feeds, Asked: o.Now}, err
}
