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
	return q.answer(ctx, o)
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

// join makes findings of matches.
func (q *questions) join(ctx context.Context, o *Office, asked map[advisory.Key]*store.Asked, records map[int64]*advisory.Info, mirror advisory.Mirror) (advisory.Answer, error) {
	var a advisory.Answer
	join := advisory.NewJoiner(records)
	results := make([]result, len(q.components))
	for i := range q.components {
		results[i] = q.components[i].result(asked, join, records, mirror)
		a.Withdrawn += results[i].withdrawn
		if results[i].silence == "" {
			a.Packages++
		}
	}
	if err := o.exploitation(ctx, results); err != nil {
		return a, err
	}
	for _, p := range q.places {
		r := &results[p.component]
		if r.silence != "" {
			a.Silences = append(a.Silences, advisory.Silence{Repository: p.repository, Usage: p.usage, Reason: r.silence})
		}
		for i := range r.findings {
			f := r.findings[i]
			f.Repository, f.Commit, f.Usage = p.repository, p.commit, p.usage
			a.Findings = append(a.Findings, f)
		}
	}
	sortAnswer(&a)
	return a, nil
}

// result is what the mirror says of one component.
type result struct {
	findings  []advisory.Finding // without their usage
	silence   string
	withdrawn int
}

func (c *componentQuestion) result(asked map[advisory.Key]*store.Asked, join *advisory.Joiner, records map[int64]*advisory.Info, m advisory.Mirror) (r result) {
	if r.silence = c.Silence; r.silence != "" {
		return r
	}
	covered := false
	for _, k := range c.Keys {
		covered = covered || m.Covers(k.Base())
		a := asked[k]
		if a == nil {
			continue
		}
		if a.Bad[c.Version] {
			r.silence = advisory.BadVersion
		}
		groups, withdrawn := join.Join(a.Matches[c.Version])
		r.withdrawn += withdrawn
		for _, g := range groups {
			r.findings = append(r.findings, c.finding(a.Asker, g, records))
		}
	}
	if !covered {
		r.silence = advisory.NoData
	}
	return r
}

func (c *componentQuestion) finding(asker *advisory.Asker, g advisory.Group, records map[int64]*advisory.Info) advisory.Finding {
	f := advisory.Finding{Vulnerable: g.Vulnerable, Reach: advisory.Reach{State: advisory.NotAnalyzed}}
	if c.candidate && f.Kind == advisory.Vulnerability {
		candidate := *g.Vulnerable
		candidate.Kind = advisory.StdlibCandidate
		f.Vulnerable = &candidate
	}
	var all, fixing []int64
	for _, m := range g.Matches {
		id := records[m.Record].ID
		f.Evidence = append(f.Evidence, advisory.Evidence{Record: id, Range: m.Range, Fixed: m.Fixed})
		if id == g.ID {
			f.Range = m.Range
		}
		all = append(all, m.Record)
		if len(m.Fixed) > 0 {
			fixing = append(fixing, m.Record)
		}
	}
	f.Fixed = asker.CleanUpgrades(c.Version, all)
	if len(f.Fixed) == 0 && len(fixing) < len(all) {
		// Some record knows of no fix; the others' fixes are better than none.
		f.Fixed = asker.CleanUpgrades(c.Version, fixing)
	}
	return f
}

// exploitation adds what CISA and FIRST tell of the vulnerabilities found.
func (o *Office) exploitation(ctx context.Context, results []result) error {
	var cves []string
	seen := map[*advisory.Vulnerable]bool{}
	each := func(do func(v *advisory.Vulnerable)) {
		clear(seen)
		for i := range results {
			for j := range results[i].findings {
				if v := results[i].findings[j].Vulnerable; !seen[v] {
					seen[v] = true
					do(v)
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

func sortAnswer(a *advisory.Answer) {
	slices.SortStableFunc(a.Findings, func(x, y advisory.Finding) int {
		return cmp.Or(cmp.Compare(x.Repository, y.Repository), cmp.Compare(x.Usage.Manifest, y.Usage.Manifest),
			compareUsages(x.Usage, y.Usage), cmp.Compare(x.ID, y.ID))
	})
	slices.SortStableFunc(a.Silences, func(x, y advisory.Silence) int {
		return cmp.Or(cmp.Compare(x.Repository, y.Repository), cmp.Compare(x.Usage.Manifest, y.Usage.Manifest), compareUsages(x.Usage, y.Usage))
	})
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
