package work

import (
	"context"
	"slices"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
)

// WithKnown adds to scans what a store knows of the licenses of components and
// this scan did not find, with texts and notices: documents that are made without
// a trace say what reports say.
func (o *Office) WithKnown(ctx context.Context, db *store.DB, snaps []Scanned) error {
	for i := range snaps {
		p := &snaps[i].Packages
		names := purls(allUsages(snaps[i].Snapshot))
		facts, err := db.PackageLicenses(ctx, names, o.AsOf)
		if err != nil {
			return err
		}
		notices, err := db.PackageNotices(ctx, names, o.AsOf)
		if err != nil {
			return err
		}
		facts = o.factMapWithNames(facts)
		var hashes []string
		if p.Facts == nil {
			p.Facts = map[string][]inventory.LicenseFact{}
		}
		if p.Notices == nil {
			p.Notices = map[string][]string{}
		}
		if p.Texts == nil {
			p.Texts = map[string][]byte{}
		}
		for name, list := range facts {
			found := p.Facts[name]
			for _, f := range list {
				if !slices.ContainsFunc(found, func(have inventory.LicenseFact) bool { return have.Kind == f.Kind }) {
					p.Facts[name] = append(p.Facts[name], f)
				}
			}
			for _, f := range p.Facts[name] {
				if f.TextHash != "" && p.Texts[f.TextHash] == nil {
					hashes = append(hashes, f.TextHash)
				}
			}
		}
		for name, list := range notices {
			if len(p.Notices[name]) == 0 {
				p.Notices[name] = list
				hashes = append(hashes, list...)
			}
		}
		texts, err := db.Texts(ctx, hashes)
		if err != nil {
			return err
		}
		for hash, text := range texts {
			p.Texts[hash] = text
		}
	}
	return nil
}
