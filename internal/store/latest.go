package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
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
const latestObservations = `SELECT o.snapshot_id, o.repository_id, o.seen_at FROM observation o WHERE o.id = (
	SELECT p.id FROM observation p WHERE p.repository_id = o.repository_id AND p.seen_at <= ? ORDER BY p.seen_at DESC, p.id DESC LIMIT 1)`

// Latest gives the state of each repository as of a time, sorted by name.
func (db *DB) Latest(ctx context.Context, asOf time.Time) ([]SnapshotRef, error) {
	var out []SnapshotRef
	err := db.each(ctx, db.read, `SELECT s.id, r.name, s.commit_id, l.seen_at FROM (`+latestObservations+`) l
		JOIN snapshot s ON s.id = l.snapshot_id JOIN repository r ON r.id = l.repository_id ORDER BY r.name, s.id`, []any{timeText(asOf)}, func(r *sql.Rows) error {
		var ref SnapshotRef
		var at string
		err := r.Scan(&ref.ID, &ref.Repository, &ref.Commit, &at)
		ref.SeenAt = parseTime(at)
		out = append(out, ref)
		return err
	})
	return out, err
}

// WhereUsedQuery asks who uses a package.
type WhereUsedQuery struct {
	// Package is a purl with or without version, a name (whole or its last
	// part, whatever its case), or either with * for any text.
	Package string
	AsOf    time.Time
}

// Hit is one usage in the state of one repository.
type Hit struct {
	Repository string
	Commit     string
	Usage      inventory.Usage
}

// WhereUsed answers from the states of all repositories as of a time, sorted by
// repository, manifest, purl.
func (db *DB) WhereUsed(ctx context.Context, q WhereUsedQuery) ([]Hit, error) {
	condition, args := match(q.Package)
	var out []Hit
	err := db.each(ctx, db.read, `SELECT r.name, s.commit_id, c.purl, g.manifest, g.line, g.relation, g.scope, g.requirement, g.license, g.chain, g.note, g.fixture
		FROM component c JOIN usage g ON g.component_id = c.id JOIN snapshot_unit su ON su.unit_id = g.unit_id
		JOIN (`+latestObservations+`) l ON l.snapshot_id = su.snapshot_id
		JOIN snapshot s ON s.id = l.snapshot_id JOIN repository r ON r.id = l.repository_id
		WHERE `+condition+` ORDER BY r.name, g.manifest, c.purl, g.unit_id, g.seq`, append([]any{timeText(q.AsOf)}, args...), func(r *sql.Rows) error {
		var h Hit
		var purl, chain string
		var fixture int
		u := &h.Usage
		if err := r.Scan(&h.Repository, &h.Commit, &purl, &u.Manifest, &u.Line, &u.Relation, &u.Scope, &u.Requirement, &u.License, &chain, &u.Note, &fixture); err != nil {
			return err
		}
		var err error
		if u.Component, err = inventory.ParsePURL(purl); err != nil {
			return fmt.Errorf("the store holds a bad purl: %w", err)
		}
		u.Chain, u.Fixture = strings.Fields(chain), fixture == 1
		out = append(out, h)
		return nil
	})
	return out, err
}

// match turns what a person asks for into a condition on component c.
func match(pkg string) (string, []any) {
	if strings.Contains(pkg, "*") {
		like := likePattern(pkg)
		if strings.HasPrefix(pkg, "pkg:") {
			return `c.purl LIKE ? ESCAPE '\'`, []any{like}
		}
		return `c.full_name LIKE ? ESCAPE '\'`, []any{fold(like)}
	}
	if p, err := inventory.ParsePURL(pkg); err == nil {
		if p.Version == "" {
			return "c.base = ?", []any{p.WithoutVersion().String()}
		}
		return "c.purl = ?", []any{p.String()}
	}
	name := fold(pkg)
	return "(c.full_name = ? OR c.last_name = ?)", []any{name, name}
}

// likePattern makes a LIKE pattern of one with *.
func likePattern(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`, "*", "%").Replace(s)
}

// PutProgram records which program files are in force from at on; nothing is
// written when they are the ones recorded last.
func (db *DB) PutProgram(ctx context.Context, hash string, files []byte, at time.Time) error {
	var last string
	err := db.read.QueryRowContext(ctx, "SELECT hash FROM program_version ORDER BY recorded_at DESC, id DESC LIMIT 1").Scan(&last)
	if err != nil && err != sql.ErrNoRows {
		return explain(err)
	}
	if last == hash {
		return nil
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, db.bind("INSERT INTO program_version (hash, files, recorded_at) VALUES (?, ?, ?)"), hash, files, timeText(at))
		return err
	})
}

// ProgramAt gives the program files in force at a time; nil when none were
// recorded by then.
func (db *DB) ProgramAt(ctx context.Context, at time.Time) (files []byte, err error) {
	err = db.read.QueryRowContext(ctx, db.bind("SELECT files FROM program_version WHERE recorded_at <= ? ORDER BY recorded_at DESC, id DESC LIMIT 1"), timeText(at)).Scan(&files)
	if err == sql.ErrNoRows {
		return nil, nil
	}
	return files, err
}
