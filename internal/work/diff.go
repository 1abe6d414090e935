package work

import (
	"context"
	"fmt"
	"slices"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// Difference is what changed between two snapshots; its JSON form is an
// interface (docs/cli.md).
type Difference struct {
	Repository string `json:"repository"`
	// FromRepository is another one that Repository is compared with.
	FromRepository string          `json:"from_repository,omitempty"`
	From           string          `json:"from"`
	To             string          `json:"to"`
	Added          []string        `json:"added"`
	Removed        []string        `json:"removed"`
	Changed        []ChangeOfUsage `json:"changed"`
	Licenses       []string        `json:"licenses"`
	Verdicts       []string        `json:"verdicts"`
	// NotRead is what could not be read or understood in one of the two only: some
	// of the difference may be for want of it.
	NotRead []string `json:"not_read"`
}

// ChangeOfUsage is a package that is in both, with what is different.
type ChangeOfUsage struct {
	Package  string   `json:"package"`
	Manifest string   `json:"manifest"`
	What     []string `json:"what"`
}

// Empty says that nothing changed.
func (d Difference) Empty() bool {
	return len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Licenses)+len(d.Verdicts)+len(d.NotRead) == 0
}

// ChangedText is Changed, a line each.
func (d Difference) ChangedText() []string {
	var out []string
	for _, c := range d.Changed {
		for _, w := range c.What {
			out = append(out, fmt.Sprintf("%s: %s (%s)", c.Package, w, c.Manifest))
		}
	}
	return out
}

// DiffRevisions compares two revisions of one repository.
func (o *Office) DiffRevisions(ctx context.Context, path, from, to string, opts ScanOptions) (Difference, error) {
	a, err := o.one(ctx, path, from, opts)
	if err != nil {
		return Difference{}, err
	}
	b, err := o.one(ctx, path, to, opts)
	if err != nil {
		return Difference{}, err
	}
	return o.diff(a, b)
}

// DiffPaths compares two things given by path.
func (o *Office) DiffPaths(ctx context.Context, from, to string, opts ScanOptions) (Difference, error) {
	a, err := o.one(ctx, from, "", opts)
	if err != nil {
		return Difference{}, err
	}
	b, err := o.one(ctx, to, "", opts)
	if err != nil {
		return Difference{}, err
	}
	// Two trees of the same software have different names: their packages are
	// compared as if they were one.
	was := a.Snapshot.Repository.Name
	a.Snapshot.Repository.Name = b.Snapshot.Repository.Name
	d, err := o.diff(a, b)
	if was != d.Repository {
		d.FromRepository = was
	}
	return d, err
}

func (o *Office) one(ctx context.Context, path, rev string, opts ScanOptions) (Scanned, error) {
	sources, err := source.Open(ctx, path, source.Options{Revision: rev, CacheDir: opts.CacheDir})
	if err != nil {
		return Scanned{}, fmt.Errorf("%s: %w", source.Shown(path), err)
	}
	for _, src := range sources {
		defer src.Tree.Close()
	}
	if len(sources) > 1 {
		return Scanned{}, fmt.Errorf("%s holds %d repositories; name the one to compare", path, len(sources))
	}
	opts.Aside = true
	return o.scanSource(ctx, sources[0], opts)
}

func (o *Office) diff(a, b Scanned) (Difference, error) {
	d := Difference{Repository: b.Snapshot.Repository.Name, From: a.Snapshot.Commit, To: b.Snapshot.Commit,
		Added: []string{}, Removed: []string{}, Changed: []ChangeOfUsage{}, Licenses: []string{}, Verdicts: []string{}}
	c := inventory.Compare(a.Snapshot, b.Snapshot)
	for _, u := range c.Added {
		d.Added = append(d.Added, usageText(u))
	}
	for _, u := range c.Removed {
		d.Removed = append(d.Removed, usageText(u))
	}
	for _, ch := range c.Changed {
		d.Changed = append(d.Changed, changeOfUsage(ch))
	}
	d.Licenses = append(d.Licenses, licenseChanges(a.Snapshot.Licenses, b.Snapshot.Licenses)...)
	d.Verdicts = append(d.Verdicts, o.verdictChanges(a, b)...)
	d.NotRead = append(notReadBut(a, b), notReadBut(b, a)...)
	return d, nil
}

// notReadBut lists what one scan could not read or understand, and the other did not
// have trouble with.
func notReadBut(one, other Scanned) []string {
	known := map[string]bool{}
	words := func(p inventory.Problem) string {
		at := p.Path
		if p.Line > 0 {
			at += fmt.Sprintf(":%d", p.Line)
		}
		if at != "" {
			at += ": "
		}
		return at + p.Kind + ": " + p.Message
	}
	for _, p := range Problems(other) {
		p.Line = 0 // it may have moved
		known[words(p)] = true
	}
	out := []string{}
	for _, p := range Problems(one) {
		text := words(p)
		if p.Line = 0; !known[words(p)] {
			out = append(out, short(one.Snapshot.Commit)+": "+text)
		}
	}
	return out
}

func usageText(u inventory.Usage) string {
	s := u.Component.String()
	if u.Component.Version == "" && u.Requirement != "" {
		s += " " + u.Requirement
	}
	return fmt.Sprintf("%s (%s, %s, %s)", s, u.Relation, u.Scope, u.Manifest)
}

func changeOfUsage(c inventory.Change) ChangeOfUsage {
	out := ChangeOfUsage{Package: c.After.Component.WithoutVersion().String(), Manifest: c.After.Manifest}
	say := func(what, before, after string) {
		if before != after {
			out.What = append(out.What, fmt.Sprintf("%s %s to %s", what, quoteEmpty(before), quoteEmpty(after)))
		}
	}
	say("version", c.Before.Component.Version, c.After.Component.Version)
	say("requirement", c.Before.Requirement, c.After.Requirement)
	say("relation", string(c.Before.Relation), string(c.After.Relation))
	say("scope", string(c.Before.Scope), string(c.After.Scope))
	say("license", c.Before.License, c.After.License)
	return out
}

func quoteEmpty(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func licenseChanges(a, b *inventory.LicenseSummary) []string {
	if a == nil || b == nil {
		return nil
	}
	var out []string
	if a.Primary != b.Primary {
		out = append(out, fmt.Sprintf("primary license %s to %s", quoteEmpty(a.Primary), quoteEmpty(b.Primary)))
	}
	before, after := map[string]int{}, map[string]int{}
	for _, s := range a.Sets {
		before[s.Expression] = s.Files
	}
	for _, s := range b.Sets {
		after[s.Expression] = s.Files
		if _, ok := before[s.Expression]; !ok {
			out = append(out, fmt.Sprintf("new in files: %s (%d, such as %s)", s.Expression, s.Files, first(s.Examples)))
		}
	}
	for _, s := range a.Sets {
		if _, ok := after[s.Expression]; !ok {
			out = append(out, fmt.Sprintf("gone from files: %s (%d)", s.Expression, s.Files))
		}
	}
	return out
}

// verdictChanges lists verdicts that are new, gone or different.
func (o *Office) verdictChanges(a, b Scanned) []string {
	was, is := o.outcomes(a), o.outcomes(b)
	var out []string
	for k, v := range is {
		if old, ok := was[k]; ok && old != v {
			out = append(out, fmt.Sprintf("%s: %s to %s", k, old, v))
		} else if !ok && (v == "deny" || v == "review") {
			out = append(out, fmt.Sprintf("%s: new, %s", k, v))
		}
	}
	for k, v := range was {
		if _, ok := is[k]; !ok && (v == "deny" || v == "review") {
			out = append(out, fmt.Sprintf("%s: %s, gone", k, v))
		}
	}
	slices.Sort(out)
	return out
}

func (o *Office) outcomes(s Scanned) map[string]string {
	judged, _ := o.Judge([]Scanned{s})
	out := map[string]string{}
	for _, j := range judged {
		k := j.purl
		if j.Product != "" {
			k += " in " + j.Product
		}
		out[k] = j.Verdict.Outcome()
	}
	return out
}
