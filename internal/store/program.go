package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// PutProgram records which program files are in force from at on; nothing is
// written when they were in force already.
func (db *DB) PutProgram(ctx context.Context, hash string, files []byte, at time.Time) error {
	const inForce = "SELECT hash FROM program_version WHERE recorded_at <= ? ORDER BY recorded_at DESC, id DESC LIMIT 1"
	var last string
	err := db.one(ctx, db.read, inForce, []any{timeText(at)}, &last)
	if err == nil && last == hash {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		return db.exec(ctx, tx, "INSERT INTO program_version (hash, files, recorded_at) VALUES (?, ?, ?)", hash, content(files), timeText(at))
	})
}

// ProgramAt gives the program files in force at a time; nil when none were
// recorded by then.
func (db *DB) ProgramAt(ctx context.Context, at time.Time) (files []byte, err error) {
	err = db.one(ctx, db.read, "SELECT files FROM program_version WHERE recorded_at <= ? ORDER BY recorded_at DESC, id DESC LIMIT 1", []any{timeText(at)}, &files)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return files, err
}
