package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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
	err = db.one(ctx, tx, `INSERT INTO repository (name, location, kind) VALUES (?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET location = excluded.location, kind = excluded.kind RETURNING id`, []any{r.Name, r.Location, r.Kind}, &id)
	return id, err
}

func (db *DB) saveHead(ctx context.Context, tx *sql.Tx, repo int64, s inventory.Snapshot) (id int64, err error) {
	licenses, err := toJSON(s.Licenses)
	if err != nil {
		return 0, err
	}
	problems, err := toJSON(s.Problems)
	if err != nil {
		return 0, err
	}
	err = db.one(ctx, tx, `INSERT INTO snapshot (repository_id, commit_id, revision, commit_time, scanned_at, scanner, files, bytes, licenses, problems)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (repository_id, commit_id, scanner) DO UPDATE SET revision = excluded.revision, commit_time = excluded.commit_time,
			scanned_at = excluded.scanned_at, files = excluded.files, bytes = excluded.bytes, licenses = excluded.licenses, problems = excluded.problems
		RETURNING id`,
		[]any{repo, s.Commit, s.Revision, timeText(s.CommitTime), timeText(s.ScannedAt), s.Scanner, s.Files, s.Bytes, licenses, problems}, &id)
	if err != nil {
		return 0, err
	}
	return id, db.exec(ctx, tx, "DELETE FROM snapshot_unit WHERE snapshot_id = ?", id)
}

// observe notes that a snapshot is the repository's state from at on, unless
// it was already.
func (db *DB) observe(ctx context.Context, tx *sql.Tx, repo, snapshot int64, at time.Time) error {
	var last int64
	err := db.one(ctx, tx, "SELECT snapshot_id FROM observation WHERE repository_id = ? AND seen_at <= ? ORDER BY seen_at DESC, id DESC LIMIT 1",
		[]any{repo, timeText(at)}, &last)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if last == snapshot {
		return nil
	}
	return db.exec(ctx, tx, "INSERT INTO observation (repository_id, snapshot_id, seen_at) VALUES (?, ?, ?)", repo, snapshot, timeText(at))
}

// Observe notes that a snapshot that is kept already is its repository's
// present state as of at.
func (db *DB) Observe(ctx context.Context, snapshot int64, at time.Time) error {
	var repo, last int64
	err := db.one(ctx, db.read, `SELECT s.repository_id, COALESCE((SELECT o.snapshot_id FROM observation o
		WHERE o.repository_id = s.repository_id AND o.seen_at <= ? ORDER BY o.seen_at DESC, o.id DESC LIMIT 1), 0) FROM snapshot s WHERE s.id = ?`,
		[]any{timeText(at), snapshot}, &repo, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("the store has no snapshot %d", snapshot)
	}
	if err != nil || last == snapshot {
		return err
	}
	return db.transact(ctx, func(tx *sql.Tx) error { return db.observe(ctx, tx, repo, snapshot, at) })
}

// FindSnapshot finds the snapshot of a commit by a scanner.
func (db *DB) FindSnapshot(ctx context.Context, repository, commit, scanner string) (id int64, ok bool, err error) {
	err = db.one(ctx, db.read, `SELECT s.id FROM snapshot s JOIN repository r ON r.id = s.repository_id
		WHERE r.name = ? AND s.commit_id = ? AND s.scanner = ?`, []any{repository, commit, scanner}, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, err == nil, err
}

// LoadSnapshot gives a whole snapshot.
func (db *DB) LoadSnapshot(ctx context.Context, id int64) (s inventory.Snapshot, err error) {
	err = db.view(ctx, func(tx *sql.Tx) error {
		if err := db.loadHead(ctx, tx, id, &s); err != nil {
			return err
		}
		return db.each(ctx, tx, `SELECT u.reader, u.manifest, u.blob, u.inputs, u.own, u.problems, u.body FROM snapshot_unit su JOIN unit u ON u.id = su.unit_id
			WHERE su.snapshot_id = ? ORDER BY su.seq`, []any{id}, func(r *sql.Rows) error {
			u, err := scanUnit(r)
			s.Units = append(s.Units, u)
			return err
		})
	})
	if errors.Is(err, sql.ErrNoRows) {
		return s, fmt.Errorf("the store has no snapshot %d", id)
	}
	if err != nil {
		return s, fmt.Errorf("snapshot %d of %s: %w", id, s.Repository.Name, err)
	}
	return s, nil
}

func (db *DB) loadHead(ctx context.Context, tx *sql.Tx, id int64, s *inventory.Snapshot) error {
	var commitTime, scannedAt string
	var licenses, problems []byte
	err := db.one(ctx, tx, `SELECT r.name, r.location, r.kind, s.commit_id, s.revision, s.commit_time, s.scanned_at, s.scanner, s.files, s.bytes, s.licenses, s.problems
		FROM snapshot s JOIN repository r ON r.id = s.repository_id WHERE s.id = ?`, []any{id},
		&s.Repository.Name, &s.Repository.Location, &s.Repository.Kind, &s.Commit, &s.Revision, &commitTime, &scannedAt, &s.Scanner, &s.Files, &s.Bytes, &licenses, &problems)
	if err != nil {
		return err
	}
	s.CommitTime, s.ScannedAt = parseTime(commitTime), parseTime(scannedAt)
	if err := fromJSON(licenses, &s.Licenses); err != nil {
		return errBody
	}
	if err := fromJSON(problems, &s.Problems); err != nil {
		return errBody
	}
	return nil
}
