package store

import (
	"context"
	"database/sql"
	"time"
)

// SnapshotRef names a snapshot.
type SnapshotRef struct {
	ID         int64
	Repository string
	Commit     string
	SeenAt     time.Time
}

// latestObservations selects, for each repository, its last observation at or
// before a time: one placeholder.
const latestObservations = `SELECT o.snapshot_id, o.repository_id, o.seen_at FROM repository q JOIN observation o ON o.id = (
	SELECT p.id FROM observation p WHERE p.repository_id = q.id AND p.seen_at <= ? ORDER BY p.seen_at DESC, p.id DESC LIMIT 1)`

// Latest gives the state of each repository as of a time, sorted by name.
func (db *DB) Latest(ctx context.Context, asOf time.Time) ([]SnapshotRef, error) {
	var out []SnapshotRef
	err := db.each(ctx, db.read, `SELECT s.id, r.name, s.commit_id, l.seen_at FROM (`+latestObservations+`) l
		JOIN snapshot s ON s.id = l.snapshot_id JOIN repository r ON r.id = l.repository_id ORDER BY r.name, s.id`, []any{timeText(asOf)}, func(r *sql.Rows) error {
		var ref SnapshotRef
		var at string
		err := scanRow(r, &ref.ID, &ref.Repository, &ref.Commit, &at)
		ref.SeenAt = parseTime(at)
		out = append(out, ref)
		return err
	})
	return out, err
}
