package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// querier is a handle or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// transact runs f in one write transaction, and again when PostgreSQL undid it
// in favor of another writer.
func (db *DB) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	for attempt := 1; ; attempt++ {
		err := db.attempt(ctx, f)
		var undone *pgconn.PgError
		if attempt < 5 && errors.As(err, &undone) && (undone.Code == deadlock || undone.Code == serialization) {
			continue
		}
		return err
	}
}

// The states of PostgreSQL that ask for another attempt.
const deadlock, serialization = "40P01", "40001"

func (db *DB) attempt(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback() // after a commit it does nothing
	if err := f(tx); err != nil {
		return explain(err)
	}
	err = tx.Commit()
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return ctx.Err() // it was rolled back, because somebody canceled
	}
	return explain(err)
}

// view runs f in one read transaction, so that all its queries see one state.
func (db *DB) view(ctx context.Context, f func(tx *sql.Tx) error) error {
	var options *sql.TxOptions // a deferred transaction of SQLite is a snapshot
	if db.postgres {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := db.read.BeginTx(ctx, options)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	return explain(f(tx))
}

// exec runs a statement.
func (db *DB) exec(ctx context.Context, q querier, query string, args ...any) error {
	_, err := q.ExecContext(ctx, db.bind(query), escaped(args)...)
	return explain(err)
}

// one reads the one row of a query; sql.ErrNoRows when there is none.
func (db *DB) one(ctx context.Context, q querier, query string, args []any, into ...any) error {
	return explain(scanRow(q.QueryRowContext(ctx, db.bind(query), escaped(args)...), into...))
}

// each runs a query and calls scan for each row.
func (db *DB) each(ctx context.Context, q querier, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, db.bind(query), escaped(args)...)
	return eachRow(rows, err, scan)
}

func eachRow(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return explain(err)
		}
	}
	return explain(rows.Err())
}

// batchRows is how many rows one statement takes.
const batchRows = 200

// insert writes rows with multi-value statements; tail is what follows the
// values (ON CONFLICT …). Columns are given as "a, b, c".
func (db *DB) insert(ctx context.Context, tx *sql.Tx, table, columns, tail string, rows [][]any) error {
	width := strings.Count(columns, ",") + 1
	one := "(" + marks(width) + ")"
	for len(rows) > 0 {
		n := min(batchRows, len(rows))
		query := "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", n), ", ") + " " + tail
		args := make([]any, 0, n*width)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if err := db.exec(ctx, tx, query, args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// selectIn runs a query that ends in "IN (%s)" over all keys, in batches, and
// calls scan for each row. before are the arguments ahead of the keys. Full
// batches share one prepared statement: to parse two hundred marks costs as much
// as to find the rows.
func (db *DB) selectIn(ctx context.Context, q querier, query string, before []any, keys []string, scan func(*sql.Rows) error) error {
	if len(keys) >= 2*batchRows {
		full, err := q.PrepareContext(ctx, db.bind(strings.Replace(query, "%s", marks(batchRows), 1)))
		if err != nil {
			return explain(err)
		}
		defer full.Close()
		for ; len(keys) >= batchRows; keys = keys[batchRows:] {
			rows, err := full.QueryContext(ctx, escaped(arguments(before, keys[:batchRows]))...)
			if err := eachRow(rows, err, scan); err != nil {
				return err
			}
		}
	}
	for len(keys) > 0 {
		n := min(batchRows, len(keys))
		if err := db.each(ctx, q, strings.Replace(query, "%s", marks(n), 1), arguments(before, keys[:n]), scan); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

func arguments(before []any, keys []string) []any {
	args := append(make([]any, 0, len(before)+len(keys)), before...)
	for _, k := range keys {
		args = append(args, k)
	}
	return args
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

// bind writes ? placeholders as the engine wants them. Statements hold no
// other question marks.
func (db *DB) bind(query string) string {
	if !db.postgres {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + len(query)/2)
	n := 0
	for i := 0; i < len(query); i++ {
		if query[i] == '?' {
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

// advice pairs words of the engines' errors with what a person can do.
var advice = []struct{ words, say string }{
	{"not a database", "the file is not a store of this program; name another with --db, or move it away"},
	{"malformed", "the file is damaged; move it away and scan again, or name another with --db"},
	{"readonly", "the file or its directory can't be written; check its permissions or name another with --db"},
	{"unable to open", "the file or its directory can't be written; check its permissions or name another with --db"},
	{"disk is full", "the disk is full; nothing half-done was kept"},
	{"No space left", "the disk is full; nothing half-done was kept"},
	{"database is locked", "another process has been writing for a long time; try again"},
	{"SQLITE_BUSY", "another process has been writing for a long time; try again"},
	{"failed to connect", "the server can't be reached; check the address in --db, and that it runs"},
}

// errExplained is an error with advice; it is advised once.
type errExplained struct {
	say string
	err error
}

func (e *errExplained) Error() string { return e.say + ": " + e.err.Error() }
func (e *errExplained) Unwrap() error { return e.err }

// explain adds to an error of the engine what a person can do about it.
func explain(err error) error {
	var done *errExplained
	if err == nil || errors.As(err, &done) {
		return err
	}
	words := err.Error()
	for _, a := range advice {
		if strings.Contains(words, a.words) {
			return &errExplained{a.say, err}
		}
	}
	return err
}
