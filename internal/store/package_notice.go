package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"time"
)

// noticeKind marks, among the facts on packages, the notice files that licenses
// such as Apache-2.0 (section 4d) ask to carry over. They say nothing of the
// license.
const noticeKind = "notice"

// PutPackageNotices keeps which notice texts come with packages: hashes of texts
// by purl.
func (db *DB) PutPackageNotices(ctx context.Context, notices map[string][]string, observed time.Time) error {
	var rows [][]any
	for _, purl := range sortedKeys(notices) {
		seen := map[string]bool{}
		for _, hash := range notices[purl] {
			if seen[hash] {
				continue
			}
			seen[hash] = true
			fact, err := toJSON(hash)
			if err != nil {
				return err
			}
			sum := sha256.Sum256([]byte(noticeKind + hash))
			rows = append(rows, []any{purl, hex.EncodeToString(sum[:12]), noticeKind, fact, timeText(observed)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		return db.insert(ctx, tx, "package_license", "purl, key, kind, fact, observed", "ON CONFLICT (purl, key) DO NOTHING", rows)
	})
}

// PackageNotices gives the hashes of the notice texts that were seen with
// packages at or before asOf.
func (db *DB) PackageNotices(ctx context.Context, purls []string, asOf time.Time) (map[string][]string, error) {
	out := map[string][]string{}
	return out, db.selectIn(ctx, db.read, "SELECT purl, fact FROM package_license WHERE kind = ? AND observed <= ? AND purl IN (%s) ORDER BY id", []any{noticeKind, timeText(asOf)}, purls, func(r *sql.Rows) error {
		var purl, hash string
		var fact []byte
		err := scanRow(r, &purl, &fact)
		if err == nil {
			err = fromJSON(fact, &hash)
		}
		out[purl] = append(out[purl], hash)
		return err
	})
}
