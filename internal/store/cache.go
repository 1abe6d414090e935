package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan"
)

// Units gives all earlier readings of these manifests with these contents; the
// caller checks whether their surroundings still hold.
func (db *DB) Units(ctx context.Context, keys []scan.UnitKey) ([]inventory.Unit, error) {
	wanted := make(map[scan.UnitKey]bool, len(keys))
	blobs := make([]string, 0, len(keys))
	for _, k := range keys {
		wanted[k] = true
		blobs = append(blobs, k.Blob)
	}
	slices.Sort(blobs)
	blobs = slices.Compact(blobs)
	var out []inventory.Unit
	err := db.selectIn(ctx, db.read, "SELECT reader, manifest, blob, inputs, own, problems, body FROM unit WHERE blob IN (%s) ORDER BY id", nil, blobs, func(r *sql.Rows) error {
		u, err := scanUnit(r)
		if errors.Is(err, errBody) {
			return nil // it is read anew, and repaired when that is saved
		}
		if err == nil && wanted[scan.UnitKey{Reader: u.Reader, Manifest: u.Manifest, Blob: u.Blob}] {
			out = append(out, u)
		}
		return err
	})
	return out, err
}

// BlobLicenses gives what a detector found in contents that it has seen; an
// empty value says that it found nothing.
func (db *DB) BlobLicenses(ctx context.Context, detector string, blobs []string) (map[string][]byte, error) {
	return db.found(ctx, "SELECT blob, found FROM blob_license WHERE detector = ? AND blob IN (%s)", detector, blobs)
}

// PutBlobLicenses keeps what a detector found.
func (db *DB) PutBlobLicenses(ctx context.Context, detector string, found map[string][]byte) error {
	return db.putFound(ctx, "blob_license", "detector, blob, found", "ON CONFLICT (detector, blob) DO NOTHING", detector, found)
}

// TreeLicenses gives the license summaries of directories by tree id.
func (db *DB) TreeLicenses(ctx context.Context, detector string, trees []string) (map[string][]byte, error) {
	return db.found(ctx, "SELECT tree, found FROM tree_license WHERE detector = ? AND tree IN (%s)", detector, trees)
}

// PutTreeLicenses keeps license summaries of directories.
func (db *DB) PutTreeLicenses(ctx context.Context, detector string, found map[string][]byte) error {
	return db.putFound(ctx, "tree_license", "detector, tree, found", "ON CONFLICT (detector, tree) DO NOTHING", detector, found)
}

func (db *DB) found(ctx context.Context, query, detector string, keys []string) (map[string][]byte, error) {
	out := make(map[string][]byte, len(keys))
	err := db.selectIn(ctx, db.read, query, []any{detector}, keys, func(r *sql.Rows) error {
		var key string
		var b []byte
		err := scanRow(r, &key, &b)
		out[key] = b
		return err
	})
	return out, err
}

func (db *DB) putFound(ctx context.Context, table, columns, tail, detector string, found map[string][]byte) error {
	if len(found) == 0 {
		return nil
	}
	rows := make([][]any, 0, len(found))
	for _, k := range sortedKeys(found) {
		rows = append(rows, []any{detector, k, content(found[k])})
	}
	return db.transact(ctx, func(tx *sql.Tx) error { return db.insert(ctx, tx, table, columns, tail, rows) })
}

// PutTexts keeps license and notice texts by their hash.
func (db *DB) PutTexts(ctx context.Context, texts map[string][]byte) error {
	rows := make([][]any, 0, len(texts))
	for _, h := range sortedKeys(texts) {
		rows = append(rows, []any{h, content(texts[h])})
	}
	if len(rows) == 0 {
		return nil
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		return db.insert(ctx, tx, "license_text", "hash, content", "ON CONFLICT (hash) DO NOTHING", rows)
	})
}

// Texts gives texts by their hash; those that are not kept are absent.
func (db *DB) Texts(ctx context.Context, hashes []string) (map[string][]byte, error) {
	out := map[string][]byte{}
	return out, db.selectIn(ctx, db.read, "SELECT hash, content FROM license_text WHERE hash IN (%s)", nil, hashes, func(r *sql.Rows) error {
		var h string
		var b []byte
		err := scanRow(r, &h, &b)
		out[h] = b
		return err
	})
}

// content is what a column of bytes takes: nothing is not NULL.
func content(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// sortedKeys orders what is written, so that writers never wait in a ring.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// PutPackageLicenses appends facts on packages' licenses, by purl. A fact that
// is kept already keeps the date on which it was first observed.
func (db *DB) PutPackageLicenses(ctx context.Context, facts map[string][]inventory.LicenseFact) error {
	var rows [][]any
	for _, purl := range sortedKeys(facts) {
		seen := map[string]bool{}
		for _, f := range facts[purl] {
			observed := f.Observed
			f.Observed = time.Time{}
			fact, err := toJSON(f)
			if err != nil {
				return err
			}
			sum := sha256.Sum256([]byte(fact))
			key := hex.EncodeToString(sum[:12])
			if !seen[key] {
				seen[key] = true
				rows = append(rows, []any{purl, key, string(f.Kind), fact, timeText(observed)})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		return db.insert(ctx, tx, "package_license", "purl, key, kind, fact, observed", "ON CONFLICT (purl, key) DO NOTHING", rows)
	})
}

// PackageLicenses gives the facts on these packages that were observed at or
// before asOf.
func (db *DB) PackageLicenses(ctx context.Context, purls []string, asOf time.Time) (map[string][]inventory.LicenseFact, error) {
	out := map[string][]inventory.LicenseFact{}
	var wanted map[string]bool // nil: the query gives nothing else
	scan := func(r *sql.Rows) error {
		var purl, observed string
		var fact []byte
		if err := scanRow(r, &purl, &fact, &observed); err != nil || wanted != nil && !wanted[purl] {
			return err
		}
		var f inventory.LicenseFact
		err := fromJSON(fact, &f)
		f.Observed = parseTime(observed)
		out[purl] = append(out[purl], f)
		return err
	}
	if len(purls) < manyPackages {
		return out, db.selectIn(ctx, db.read, "SELECT purl, fact, observed FROM package_license WHERE observed <= ? AND kind <> ? AND purl IN (%s) ORDER BY id", []any{timeText(asOf), noticeKind}, purls, scan)
	}
	wanted = make(map[string]bool, len(purls))
	for _, p := range purls {
		wanted[p] = true
	}
	return out, db.each(ctx, db.read, "SELECT purl, fact, observed FROM package_license WHERE observed <= ? AND kind <> ? ORDER BY id", []any{timeText(asOf), noticeKind}, scan)
}

// manyPackages is from how many packages on reading all facts costs less than
// asking for each.
const manyPackages = 10_000

// importPrefix opens the detector's name of findings that come from elsewhere.
const importPrefix = "import/"

// PutImported keeps what another scanner found in contents, beside our own
// findings; a later import by the same scanner takes the place of an earlier one.
func (db *DB) PutImported(ctx context.Context, scanner string, found map[string][]byte) error {
	return db.putFound(ctx, "blob_license", "detector, blob, found", "ON CONFLICT (detector, blob) DO UPDATE SET found = excluded.found", importPrefix+scanner, found)
}

// Imported gives what other scanners found in contents: by content, then by
// scanner.
func (db *DB) Imported(ctx context.Context, blobs []string) (map[string]map[string][]byte, error) {
	out := map[string]map[string][]byte{}
	// The name that follows all of the prefix ends the range.
	args := []any{importPrefix, "import0"}
	return out, db.selectIn(ctx, db.read, "SELECT blob, detector, found FROM blob_license WHERE detector >= ? AND detector < ? AND blob IN (%s)", args, blobs, func(r *sql.Rows) error {
		var blob, detector string
		var b []byte
		err := scanRow(r, &blob, &detector, &b)
		if out[blob] == nil {
			out[blob] = map[string][]byte{}
		}
		out[blob][detector[len(importPrefix):]] = b
		return err
	})
}
