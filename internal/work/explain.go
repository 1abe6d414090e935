package work

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// Explain gives every verdict on a package in a repository, whatever it is.
// The repository is a path, which is scanned, or the name (or end of the name)
// of a scanned one.
func (o *Office) Explain(ctx context.Context, repository, pkg string, opts ScanOptions) ([]report.Finding, error) {
	snaps, err := o.namedOrScanned(ctx, repository, opts)
	if err != nil {
		return nil, err
	}
	var out []report.Finding
	for i := range snaps {
		keepPackage(&snaps[i].Snapshot, pkg)
	}
	judged, fixtures := o.Judge(snaps)
	for _, j := range judged {
		out = append(out, finding(j))
	}
	if err := o.askedInVain(ctx, out); err != nil {
		return nil, err
	}
	found, err := o.risks(ctx, snaps)
	if err != nil {
		return nil, err
	}
	out = withRisks(out, found, pkg)
	switch {
	case len(out) > 0:
		return out, nil
	case fixtures > 0:
		return nil, fmt.Errorf("%s is used in %s only by test data and samples, which are not judged (fixtures in program.yaml decides)", pkg, repository)
	}
	return nil, fmt.Errorf("%s does not use %s; \"tributary where-used %s\" tells who does", repository, pkg, pkg)
}

// askedInVain adds to findings without a license what registries answered.
func (o *Office) askedInVain(ctx context.Context, out []report.Finding) error {
	for i := range out {
		f := &out[i]
		p, err := inventory.ParsePURL(f.Purl)
		if f.License != "" || o.Store == nil || err != nil {
			continue
		}
		name := p.WithoutVersion().String()
		told, err := o.Store.Registry(ctx, []string{name}, o.AsOf)
		if err != nil {
			return err
		}
		for _, l := range told[name] {
			text := "It was asked, and declares no license for this version."
			switch r := l.Find(p.Version); {
			case r == nil:
				text = "It was asked, and does not list this version."
			case r.License != "" || r.Detected != "":
				continue
			}
			f.Reasons = append(f.Reasons, report.Reason{Text: text, Source: l.Source, Date: l.Observed})
		}
	}
	return nil
}

// keepPackage leaves in a snapshot only the usages of one package.
func keepPackage(s *inventory.Snapshot, pkg string) {
	units := make([]inventory.Unit, 0, len(s.Units))
	for _, u := range s.Units {
		var kept []inventory.Usage
		for _, x := range u.Usages {
			if isPackage(x.Component, pkg) {
				kept = append(kept, x)
			}
		}
		if len(kept) > 0 || isStdlib(pkg) && len(u.Own) > 0 {
			u.Usages = kept
			units = append(units, u)
		}
	}
	s.Units = units
}

// isPackage says whether a component is meant by a purl with or without
// version, or by its name, with or without @version.
func isPackage(c inventory.PURL, pkg string) bool {
	if p, err := inventory.ParsePURL(pkg); err == nil {
		return p.Type == c.Type && p.Namespace == c.Namespace && p.Name == c.Name && (p.Version == "" || p.Version == c.Version)
	}
	name := c.FullName()
	return strings.EqualFold(name, pkg) || strings.EqualFold(name+"@"+c.Version, pkg) || strings.EqualFold(c.Name, pkg)
}

// namedOrScanned gives the snapshots of a path that exists, scanned anew, or of
// a repository in the store.
func (o *Office) namedOrScanned(ctx context.Context, repository string, opts ScanOptions) ([]Scanned, error) {
	_, err := os.Stat(repository)
	here := err == nil
	if here && o.AsOf.Equal(o.Now) {
		snaps, failed, err := o.ScanAll(ctx, []string{repository}, opts)
		if err == nil && len(snaps) == 0 && len(failed) > 0 {
			err = failed[0]
		}
		return snaps, err
	}
	names := map[string]bool{repository: true}
	if here {
		// The past of a path is in the store, under the names that it has.
		sources, err := source.Open(ctx, repository, source.Options{CacheDir: opts.CacheDir})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", source.Shown(repository), err)
		}
		for _, src := range sources {
			names[src.Repository.Name] = true
			src.Tree.Close()
		}
	}
	all, err := o.Latest(ctx, func(name string) bool {
		return names[name] || !here && strings.HasSuffix(name, "/"+strings.TrimPrefix(repository, "/"))
	})
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("no scanned repository is called %s (as of %s); scan it first, or give a path", source.Shown(repository), o.AsOf.Format("2006-01-02"))
	}
	return all, err
}

// Latest loads the latest snapshots as of the office's date, of all
// repositories whose name is wanted.
func (o *Office) Latest(ctx context.Context, want func(name string) bool) ([]Scanned, error) {
	refs, err := o.Store.Latest(ctx, o.AsOf)
	if err != nil {
		return nil, err
	}
	var out []Scanned
	for _, ref := range refs {
		if !want(ref.Repository) {
			continue
		}
		snap, err := o.Store.LoadSnapshot(ctx, ref.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Scanned{Snapshot: o.withNames(snap), Known: true})
	}
	// The facts of all packages are asked for at once, and shared.
	facts, err := o.latestFacts(ctx, out)
	if err != nil {
		return nil, err
	}
	facts = o.factMapWithNames(facts)
	for i := range out {
		out[i].Packages.Facts = facts
	}
	return out, nil
}

// nearlyAll is from how many usages on all facts are read: it costs less than
// naming the packages.
const nearlyAll = 10_000

// latestFacts gives what is known of the packages' licenses.
func (o *Office) latestFacts(ctx context.Context, snaps []Scanned) (map[string][]inventory.LicenseFact, error) {
	usages := 0
	for i := range snaps {
		for _, u := range snaps[i].Snapshot.Units {
			usages += len(u.Usages)
		}
	}
	if usages >= nearlyAll {
		return o.Store.AllPackageLicenses(ctx, o.AsOf)
	}
	return o.Store.PackageLicenses(ctx, newCatalog(snaps).purls, o.AsOf)
}

// isStdlib tells whether Go's standard library is asked about: no manifest lists
// it, the go line of go.mod implies it.
func isStdlib(pkg string) bool {
	p, err := inventory.ParsePURL(pkg)
	return pkg == "stdlib" || err == nil && p.Type == "golang" && p.FullName() == "stdlib"
}

// withRisks puts vulnerabilities and signals beside the verdicts on the same
// component; a component that has no verdict on its license gets a line of its
// own.
func withRisks(out []report.Finding, found *risks, pkg string) []report.Finding {
	at := map[[3]string]int{}
	for i, f := range out {
		at[[3]string{f.Repository, f.Product, f.Purl}] = i
	}
	place := func(repository, product, purl, name, version, ecosystem string) *report.Finding {
		key := [3]string{repository, product, purl}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			out = append(out, report.Finding{Decision: "not_judged", Repository: repository, Product: product, Purl: purl, Name: name, Version: version, Ecosystem: ecosystem,
				Basis: "not asked", Rule: report.Rule{ID: "no-license-question", File: "built-in", Text: "its license is not asked -> not_judged"}})
		}
		return &out[i]
	}
	for _, v := range found.vulnerabilities {
		if c, err := inventory.ParsePURL(v.Purl); err == nil && isPackage(c, pkg) {
			f := place(v.Repository, v.Product, v.Purl, v.Name, v.Version, v.Ecosystem)
			f.Vulnerabilities = append(f.Vulnerabilities, v)
		}
	}
	for _, s := range found.signals {
		if c, err := inventory.ParsePURL(s.Purl); err == nil && isPackage(c, pkg) {
			f := place(s.Repository, s.Product, s.Purl, s.Name, s.Version, s.Ecosystem)
			f.Signals = append(f.Signals, s)
		}
	}
	return out
}
