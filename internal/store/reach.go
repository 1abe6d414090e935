package store

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// Reach is what an analysis of reachability found for one advisory in one module.
type Reach struct {
	Manifest string // the go.mod
	Advisory string
	State    string
	Stack    []string // outermost first
}

// PutReached keeps what an analysis of a commit found; what an earlier one found
// for the same manifests is replaced.
func (db *DB) PutReached(ctx context.Context, repository, commit string, manifests []string, list []Reach, now time.Time) error {
	return db.transact(ctx, func(tx *sql.Tx) error {
		for _, m := range manifests {
			if err := db.exec(ctx, tx, "DELETE FROM reach WHERE repository = ? AND commit_id = ? AND manifest = ?", repository, commit, m); err != nil {
				return err
			}
		}
		rows := make([][]any, len(list))
		for i, r := range list {
			rows[i] = []any{repository, commit, r.Manifest, r.Advisory, r.State, strings.Join(r.Stack, "\n"), timeText(now)}
		}
		return db.insert(ctx, tx, "reach", "repository, commit_id, manifest, advisory, state, stack, analyzed_at", "", rows)
	})
}

// Reached gives what analyses of a commit found, by manifest and advisory.
func (db *DB) Reached(ctx context.Context, repository, commit string) ([]Reach, error) {
	var out []Reach
	err := db.each(ctx, db.read, "SELECT manifest, advisory, state, stack FROM reach WHERE repository = ? AND commit_id = ? ORDER BY manifest, advisory",
		[]any{repository, commit}, func(r *sql.Rows) error {
			var x Reach
			var stack string
			if err := scanRow(r, &x.Manifest, &x.Advisory, &x.State, &stack); err != nil {
				return err
			}
			if stack != "" {
				x.Stack = strings.Split(stack, "\n")
			}
			out = append(out, x)
			return nil
		})
	return out, err
}
