package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// AllPackageLicenses gives every fact on a package's license that was observed
// at or before asOf, by purl: for questions about nearly all packages, where
// naming each would cost more than reading what is kept.
func (db *DB) AllPackageLicenses(ctx context.Context, asOf time.Time) (map[string][]inventory.LicenseFact, error) {
	out := map[string][]inventory.LicenseFact{}
	return out, db.each(ctx, db.read, "SELECT purl, fact, observed FROM package_license WHERE observed <= ? AND kind <> ? ORDER BY id", []any{timeText(asOf), noticeKind}, func(r *sql.Rows) error {
		var purl, observed string
		var fact sql.RawBytes
		if err := scanRow(r, &purl, &fact, &observed); err != nil {
			return err
		}
		var f inventory.LicenseFact
		if err := fromJSON(fact, &f); err != nil {
			return err
		}
		f.Observed = parseTime(observed)
		out[purl] = append(out[purl], f)
		return nil
	})
}

// TellsOfRegistries tells whether anything at all was heard of a registry.
func (db *DB) TellsOfRegistries(ctx context.Context) (bool, error) {
	var n int
	err := db.one(ctx, db.read, "SELECT COUNT(*) FROM (SELECT f.id FROM registry_fact f LIMIT 1) t", nil, &n)
	return n > 0, err
}
