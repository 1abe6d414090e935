package work

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
)

// Blast is who is affected by some advisories.
type Blast struct {
	// Records are the advisories asked for, withdrawn ones included, by id.
	Records []advisory.Info
	// Packages is what they speak of.
	Packages []BlastPackage
	Hits     []BlastHit
	// Maybe lists usages of these packages of which the version is not known.
	Maybe []BlastHit
	// Repositories is how many were asked, by their latest state.
	Repositories int
	Mirror       advisory.Mirror
}

// BlastPackage is one package that the advisories speak of.
type BlastPackage struct {
	Key    advisory.Key
	Ranges []string
	Fixed  []string
}

// BlastHit is one affected usage with whom it concerns.
type BlastHit struct {
	advisory.Finding
	Products []string
	Team     string
	Contact  string
}

// Affected says who is affected by an advisory under any of its names: the
// latest state of every repository in the store, without reading any.
func (o *Office) Affected(ctx context.Context, name string) (*Blast, error) {
	records, err := o.Store.AdvisoriesNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	return o.blast(ctx, records)
}

// AffectedSince says the same of all advisories of which the mirror learned
// something after a time: what an update changed is matched anew, and nothing
// else.
func (o *Office) AffectedSince(ctx context.Context, after time.Time) (*Blast, error) {
	numbers, err := o.Store.ChangedAdvisories(ctx, after)
	if err != nil {
		return nil, err
	}
	records := make(map[int64]*advisory.Info, len(numbers))
	for _, n := range numbers {
		records[n] = nil
	}
	return o.blast(ctx, records)
}

func (o *Office) blast(ctx context.Context, records map[int64]*advisory.Info) (*Blast, error) {
	b := &Blast{}
	var err error
	if b.Mirror, err = o.Mirror(ctx); err != nil {
		return nil, err
	}
	packages, err := o.packagesOf(ctx, records)
	if err != nil {
		return nil, err
	}
	for _, i := range records {
		b.Records = append(b.Records, *i)
	}
	slices.SortFunc(b.Records, func(x, y advisory.Info) int { return cmp.Compare(x.ID, y.ID) })
	keys := make([]advisory.Key, 0, len(packages))
	for k, p := range packages {
		keys = append(keys, k)
		b.Packages = append(b.Packages, describePackage(p))
	}
	slices.SortFunc(b.Packages, func(x, y BlastPackage) int {
		return cmp.Or(cmp.Compare(x.Key.Ecosystem, y.Key.Ecosystem), cmp.Compare(x.Key.Name, y.Key.Name))
	})
	refs, err := o.Store.Latest(ctx, o.AsOf)
	if err != nil {
		return nil, err
	}
	b.Repositories = len(refs)
	q := questions{index: map[inventory.PURL]int{}}
	if err := o.askers(ctx, keys, &q); err != nil {
		return nil, err
	}
	return b, o.hits(ctx, b, &q, packages, records)
}

// packagesOf reads records and compiles what they say, as the index would be
// if there were no others.
func (o *Office) packagesOf(ctx context.Context, records map[int64]*advisory.Info) (map[advisory.Key]*advisory.Package, error) {
	numbers := make([]int64, 0, len(records))
	for n := range records {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	claims := map[advisory.Key][]advisory.Claim{}
	err := o.Store.AdvisoryRecords(ctx, numbers, func(n int64, raw []byte) error {
		u, err := advisory.Understand(raw)
		if err != nil {
			return err
		}
		if records[n] == nil {
			info := u.Info
			info.Number = n
			records[n] = &info
		}
		for _, c := range u.Claims {
			c.Claim.Record = n
			claims[c.Key] = append(claims[c.Key], c.Claim)
		}
		return nil
	})
	for n, i := range records {
		if i == nil {
			delete(records, n)
		}
	}
	out := make(map[advisory.Key]*advisory.Package, len(claims))
	for k, list := range claims {
		out[k] = advisory.Compile(k, list)
	}
	return out, err
}

func describePackage(p *advisory.Package) BlastPackage {
	out := BlastPackage{Key: p.Key}
	for _, c := range p.Claims() {
		for _, v := range c.Intervals {
			if text := v.String(); !slices.Contains(out.Ranges, text) {
				out.Ranges = append(out.Ranges, text)
			}
			if v.Fix && !slices.Contains(out.Fixed, v.Until) {
				out.Fixed = append(out.Fixed, v.Until)
			}
		}
		for _, v := range c.Versions {
			if text := "=" + v; !slices.Contains(out.Ranges, text) {
				out.Ranges = append(out.Ranges, text)
			}
		}
	}
	return out
}

// askers fills q with every usage, in the states of all repositories, of a
// component that goes by one of the keys.
func (o *Office) askers(ctx context.Context, keys []advisory.Key, q *questions) error {
	components, err := o.Store.ComponentsNamed(ctx, keys)
	if err != nil {
		return err
	}
	wanted := make(map[advisory.Key]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	var purls []string
	for _, p := range components {
		if slices.ContainsFunc(advisory.Ask(p).Keys, func(k advisory.Key) bool { return wanted[k] }) {
			purls = append(purls, p.String())
		}
	}
	used, err := o.Store.UsagesOf(ctx, purls, o.AsOf)
	if err != nil {
		return err
	}
	for i := range used {
		q.add(used[i].Repository, used[i].Commit, &used[i].Usage, false)
	}
	if !wanted[advisory.Key{Ecosystem: "Go", Name: "stdlib"}] {
		return nil
	}
	declared, err := o.Store.GoDeclarations(ctx, o.AsOf)
	if err != nil {
		return err
	}
	for _, d := range declared {
		if low, ok := advisory.Stdlib(d.Own, d.Manifest); ok {
			q.add(d.Repository, d.Commit, &low, true)
		}
	}
	return nil
}

// hits matches the usages in q against packages.
func (o *Office) hits(ctx context.Context, b *Blast, q *questions, packages map[advisory.Key]*advisory.Package, records map[int64]*advisory.Info) error {
	asked := map[advisory.Key]*store.Asked{}
	for k, versions := range q.versions() {
		if p := packages[k]; p != nil {
			asked[k] = store.Ask(p, versions)
		}
	}
	everything := advisory.Mirror{Feeds: []advisory.Feed{{Kind: "osv"}}} // the record is there, whatever feed it came with
	for k := range packages {
		everything.Feeds[0].Ecosystems = append(everything.Feeds[0].Ecosystems, k.Base())
	}
	answer, err := q.join(ctx, o, asked, records, everything)
	if err != nil {
		return err
	}
	for _, f := range answer.Findings {
		b.Hits = append(b.Hits, o.concerns(f))
	}
	for _, s := range answer.Silences {
		b.Maybe = append(b.Maybe, o.concerns(advisory.Finding{Repository: s.Repository, Usage: s.Usage, Hit: &advisory.Hit{Range: s.Reason}}))
	}
	return nil
}

// concerns says which products and which team a usage concerns.
func (o *Office) concerns(f advisory.Finding) BlastHit {
	h := BlastHit{Finding: f}
	if o.Program == nil {
		return h
	}
	for _, p := range o.Program.ProductsFor(f.Repository, f.Usage.Manifest) {
		h.Products = append(h.Products, p.ID)
		if h.Team == "" {
			h.Team = p.Team
		}
	}
	if team := o.Program.TeamFor(f.Repository, f.Usage.Manifest); team != "" {
		h.Team = team
	}
	if t, ok := o.Program.Team(h.Team); ok {
		h.Contact = t.Contact
	}
	return h
}

// Record gives all records of a vulnerability, under any of its names, as their
// sources wrote them, by id; none when the mirror has none.
func (o *Office) Record(ctx context.Context, name string) (raw [][]byte, infos []advisory.Info, err error) {
	records, err := o.Store.AdvisoriesNamed(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	for _, i := range records {
		infos = append(infos, *i)
	}
	slices.SortFunc(infos, func(x, y advisory.Info) int { return cmp.Compare(x.ID, y.ID) })
	for _, i := range infos {
		data, err := o.Store.AdvisoryRaw(ctx, i.Number)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", i.ID, err)
		}
		raw = append(raw, data)
	}
	return raw, infos, nil
}
