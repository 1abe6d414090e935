package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// SaveSnapshot keeps a snapshot in one transaction: all of it or nothing. With
// latest it becomes the present state of its repository, as of ScannedAt. A
// snapshot of the same commit by the same scanner is replaced.
func (db *DB) SaveSnapshot(ctx context.Context, s inventory.Snapshot, latest bool) (id int64, err error) {
	err = db.transact(ctx, func(tx *sql.Tx) error {
		repo, err := db.saveRepository(ctx, tx, s.Repository)
		if err != nil {
			return err
		}
		if id, err = db.saveHead(ctx, tx, repo, s); err != nil {
			return err
		}
		units, err := db.saveUnits(ctx, tx, s.Units)
		if err != nil {
			return err
		}
		rows := make([][]any, len(units))
		for i, u := range units {
			rows[i] = []any{id, i, u}
		}
		if err := db.insert(ctx, tx, "snapshot_unit", "snapshot_id, seq, unit_id", "", rows); err != nil {
			return err
		}
		if latest {
			return db.observe(ctx, tx, repo, id, s.ScannedAt)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("cannot keep what was found in %s: %w", s.Repository.Name, err)
	}
	return id, nil
}

func (db *DB) saveRepository(ctx context.Context, tx *sql.Tx, r inventory.Repository) (id int64, err error) {
	err = tx.QueryRowContext(ctx, db.bind(`INSERT INTO repository (name, location, kind) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET location = excluded.location, kind = excluded.kind RETURNING id`), r.Name, r.Location, r.Kind).Scan(&id)
	return id, err
}

func (db *DB) saveHead(ctx context.Context, tx *sql.Tx, repo int64, s inventory.Snapshot) (id int64, err error) {
	licenses, err := json.Marshal(s.Licenses)
	if err != nil {
		return 0, err
	}
	problems, err := json.Marshal(s.Problems)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, db.bind(`INSERT INTO snapshot (repository_id, commit_id, revision, commit_time, scanned_at, scanner, files, bytes, licenses, problems)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (repository_id, commit_id, scanner) DO UPDATE SET licenses = excluded.licenses, problems = excluded.problems,
			files = excluded.files, bytes = excluded.bytes, scanned_at = excluded.scanned_at RETURNING id`),
		repo, s.Commit, s.Revision, timeText(s.CommitTime), timeText(s.ScannedAt), s.Scanner, s.Files, s.Bytes, string(licenses), string(problems)).Scan(&id)
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, db.bind("DELETE FROM snapshot_unit WHERE snapshot_id = ?"), id)
	return id, err
}

// observe notes that a snapshot is the repository's present state, unless it
// was already.
func (db *DB) observe(ctx context.Context, tx *sql.Tx, repo, snapshot int64, at time.Time) error {
	var last int64
	err := tx.QueryRowContext(ctx, db.bind("SELECT snapshot_id FROM observation WHERE repository_id = ? ORDER BY seen_at DESC, id DESC LIMIT 1"), repo).Scan(&last)
	if err != nil && err != sql.ErrNoRows {
		return err
	}
	if last == snapshot {
		return nil
	}
	_, err = tx.ExecContext(ctx, db.bind("INSERT INTO observation (repository_id, snapshot_id, seen_at) VALUES (?, ?, ?)"), repo, snapshot, timeText(at))
	return err
}

// Observe notes that a snapshot that is kept already is its repository's
// present state as of at.
func (db *DB) Observe(ctx context.Context, snapshot int64, at time.Time) error {
	var repo, last int64
	err := db.read.QueryRowContext(ctx, db.bind(`SELECT s.repository_id, COALESCE((SELECT o.snapshot_id FROM observation o
		WHERE o.repository_id = s.repository_id ORDER BY o.seen_at DESC, o.id DESC LIMIT 1), 0) FROM snapshot s WHERE s.id = ?`), snapshot).Scan(&repo, &last)
	if err != nil || last == snapshot {
		return err
	}
	return db.transact(ctx, func(tx *sql.Tx) error { return db.observe(ctx, tx, repo, snapshot, at) })
}

// unitKey identifies a unit by all that it depends on.
func unitKey(u *inventory.Unit) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00", u.Reader, u.Manifest, u.Blob)
	for _, in := range u.Inputs {
		fmt.Fprintf(h, "%s\x00%s\x00", in.Path, in.Blob)
	}
	if u.Blob == "" {
		// Content without an id (directories, archives): what was found stands in.
		h.Write(encodeUsages(u.Usages))
		for _, p := range u.Problems {
			fmt.Fprintf(h, "%s\x00%d\x00%s\x00%s\x00", p.Path, p.Line, p.Kind, p.Message)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// saveUnits keeps the units that are new and gives the ids of all, in order.
func (db *DB) saveUnits(ctx context.Context, tx *sql.Tx, units []inventory.Unit) ([]int64, error) {
	keys := make([]string, len(units))
	for i := range units {
		keys[i] = unitKey(&units[i])
	}
	known := map[string]int64{}
	err := db.selectIn(ctx, tx, "SELECT key, id FROM unit WHERE key IN (%s)", nil, keys, func(r *sql.Rows) error {
		var key string
		var id int64
		err := r.Scan(&key, &id)
		known[key] = id
		return err
	})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(units))
	for i := range units {
		id, ok := known[keys[i]]
		if !ok {
			if id, err = db.saveUnit(ctx, tx, keys[i], &units[i]); err != nil {
				return nil, err
			}
			known[keys[i]] = id
		}
		ids[i] = id
	}
	return ids, nil
}

func (db *DB) saveUnit(ctx context.Context, tx *sql.Tx, key string, u *inventory.Unit) (id int64, err error) {
	var columns [3][]byte
	for i, v := range []any{u.Inputs, u.Own, u.Problems} {
		if columns[i], err = json.Marshal(v); err != nil {
			return 0, err
		}
	}
	err = tx.QueryRowContext(ctx, db.bind("INSERT INTO unit (key, reader, manifest, blob, inputs, own, problems, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"),
		key, u.Reader, u.Manifest, u.Blob, string(columns[0]), string(columns[1]), string(columns[2]), encodeUsages(u.Usages)).Scan(&id)
	if err != nil {
		return 0, err
	}
	components, err := db.saveComponents(ctx, tx, u.Usages)
	if err != nil {
		return 0, err
	}
	rows := make([][]any, len(u.Usages))
	for i, x := range u.Usages {
		fixture := 0
		if x.Fixture {
			fixture = 1
		}
		rows[i] = []any{id, i, components[x.Component.String()], x.Manifest, x.Line, string(x.Relation), string(x.Scope), x.Requirement,
			x.License, strings.Join(x.Chain, " "), x.Note, fixture}
	}
	return id, db.insert(ctx, tx, "usage", "unit_id, seq, component_id, manifest, line, relation, scope, requirement, license, chain, note, fixture", "", rows)
}

// saveComponents gives the ids of the components, making those that are new.
func (db *DB) saveComponents(ctx context.Context, tx *sql.Tx, usages []inventory.Usage) (map[string]int64, error) {
	ids := make(map[string]int64, len(usages))
	var keys []string
	var rows [][]any
	for _, u := range usages {
		p := u.Component.String()
		if _, ok := ids[p]; ok {
			continue
		}
		ids[p] = 0
		keys = append(keys, p)
		rows = append(rows, []any{p, u.Component.WithoutVersion().String(), fold(u.Component.FullName()), fold(u.Component.Name)})
	}
	if err := db.insert(ctx, tx, "component", "purl, base, full_name, last_name", "ON CONFLICT (purl) DO NOTHING", rows); err != nil {
		return nil, err
	}
	return ids, db.selectIn(ctx, tx, "SELECT purl, id FROM component WHERE purl IN (%s)", nil, keys, func(r *sql.Rows) error {
		var purl string
		var id int64
		err := r.Scan(&purl, &id)
		ids[purl] = id
		return err
	})
}

// fold is the form in which names are searched, made here because engines
// differ in lower().
func fold(s string) string { return strings.ToLower(s) }

// FindSnapshot finds the snapshot of a commit by a scanner.
func (db *DB) FindSnapshot(ctx context.Context, repository, commit, scanner string) (id int64, ok bool, err error) {
	err = db.read.QueryRowContext(ctx, db.bind(`SELECT s.id FROM snapshot s JOIN repository r ON r.id = s.repository_id
		WHERE r.name = ? AND s.commit_id = ? AND s.scanner = ?`), repository, commit, scanner).Scan(&id)
	if err == sql.ErrNoRows {
		return 0, false, nil
	}
	return id, err == nil, err
}

// LoadSnapshot gives a whole snapshot.
func (db *DB) LoadSnapshot(ctx context.Context, id int64) (inventory.Snapshot, error) {
	var s inventory.Snapshot
	var commitTime, scannedAt, licenses, problems string
	err := db.read.QueryRowContext(ctx, db.bind(`SELECT r.name, r.location, r.kind, s.commit_id, s.revision, s.commit_time, s.scanned_at, s.scanner, s.files, s.bytes, s.licenses, s.problems
		FROM snapshot s JOIN repository r ON r.id = s.repository_id WHERE s.id = ?`), id).Scan(
		&s.Repository.Name, &s.Repository.Location, &s.Repository.Kind, &s.Commit, &s.Revision, &commitTime, &scannedAt, &s.Scanner, &s.Files, &s.Bytes, &licenses, &problems)
	if err != nil {
		return s, fmt.Errorf("snapshot %d: %w", id, err)
	}
	s.CommitTime, s.ScannedAt = parseTime(commitTime), parseTime(scannedAt)
	if err := json.Unmarshal([]byte(licenses), &s.Licenses); err != nil {
		return s, fmt.Errorf("snapshot %d: %w", id, err)
	}
	if err := json.Unmarshal([]byte(problems), &s.Problems); err != nil {
		return s, fmt.Errorf("snapshot %d: %w", id, err)
	}
	err = db.each(ctx, db.read, `SELECT u.reader, u.manifest, u.blob, u.inputs, u.own, u.problems, u.body FROM snapshot_unit su JOIN unit u ON u.id = su.unit_id
		WHERE su.snapshot_id = ? ORDER BY su.seq`, []any{id}, func(r *sql.Rows) error {
		u, err := scanUnit(r)
		s.Units = append(s.Units, u)
		return err
	})
	return s, err
}

func scanUnit(r *sql.Rows) (u inventory.Unit, err error) {
	var inputs, own, problems, body sql.RawBytes
	if err := r.Scan(&u.Reader, &u.Manifest, &u.Blob, &inputs, &own, &problems, &body); err != nil {
		return u, err
	}
	for _, c := range []struct {
		text sql.RawBytes
		into any
	}{{inputs, &u.Inputs}, {own, &u.Own}, {problems, &u.Problems}} {
		if string(c.text) == "null" {
			continue
		}
		if err := json.Unmarshal(c.text, c.into); err != nil {
			return u, errBody
		}
	}
	u.Usages, err = decodeUsages(body)
	return u, err
}
