package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"
)

// DB is an open store. It is safe for concurrent use; close it when done.
type DB struct {
	read, write *sql.DB // the same handle on PostgreSQL
	postgres    bool
	where       string // for messages, without password
}

//go:embed migrations/*.sql
var migrations embed.FS

// Open opens the store: a file path is SQLite, created where there is none, and
// "postgres://…" is PostgreSQL. Migrations run forward in one transaction. A
// store that was written by a newer program is an error.
func Open(ctx context.Context, dsn string) (*DB, error) {
	db, err := connect(dsn)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("store %s: %w", db.where, explain(err))
	}
	return db, nil
}

func connect(dsn string) (*DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		where := "postgres"
		if u, err := url.Parse(dsn); err == nil {
			where = u.Redacted()
		}
		h, err := sql.Open("pgx", dsn)
		if err != nil {
			return nil, fmt.Errorf("store %s: %w", where, err)
		}
		h.SetMaxOpenConns(8)
		return &DB{read: h, write: h, postgres: true, where: where}, nil
	}
	if strings.Contains(dsn, "://") {
		return nil, fmt.Errorf("the store %q is neither a file nor postgres://…", dsn)
	}
	if err := os.MkdirAll(filepath.Dir(dsn), 0o700); err != nil {
		return nil, fmt.Errorf("store %s: cannot make its directory: %w", dsn, err)
	}
	// Times are text; one writer that takes its lock at once, so that reading
	// before writing can't fail, and a small page cache (a large one is slower).
	file := "file:" + (&url.URL{Path: dsn}).EscapedPath()
	pragmas := "?_pragma=busy_timeout(20000)&_pragma=journal_mode(wal)&_pragma=synchronous(normal)&_pragma=cache_size(-16000)&_pragma=foreign_keys(0)"
	write, err := sql.Open("sqlite", file+pragmas+"&_txlock=immediate")
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", dsn, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", file+pragmas)
	if err != nil {
		write.Close()
		return nil, fmt.Errorf("store %s: %w", dsn, err)
	}
	read.SetMaxOpenConns(4)
	return &DB{read: read, write: write, where: dsn}, nil
}

// Close closes the store.
func (db *DB) Close() error {
	if db.postgres {
		return db.write.Close()
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// explain adds to an error of the engine what a person can do about it.
func explain(err error) error {
	words := err.Error()
	switch {
	case strings.Contains(words, "not a database"), strings.Contains(words, "malformed"):
		return fmt.Errorf("the file is damaged or not a store of this program; name another with --db, or move it away: %w", err)
	case strings.Contains(words, "readonly"), strings.Contains(words, "unable to open"):
		return fmt.Errorf("the file or its directory can't be written; check its permissions or name another with --db: %w", err)
	case strings.Contains(words, "disk is full"), strings.Contains(words, "No space left"):
		return fmt.Errorf("the disk is full; nothing half-done was kept: %w", err)
	case strings.Contains(words, "database is locked"), strings.Contains(words, "SQLITE_BUSY"):
		return fmt.Errorf("another process has been writing for a long time; try again: %w", err)
	}
	return err
}

// migrate brings the schema to the present version.
func (db *DB) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	have, err := db.version(ctx)
	if err != nil {
		return err
	}
	if have > len(names) {
		return fmt.Errorf("it was written by a newer program (schema %d, this one knows %d); update tributary", have, len(names))
	}
	if have == len(names) {
		return nil
	}
	return db.transact(ctx, func(tx *sql.Tx) error {
		if db.postgres {
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7421)"); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"); err != nil {
			return err
		}
		// Another process may have migrated between the look and the lock.
		var have int
		if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM schema_version").Scan(&have); err != nil {
			return err
		}
		for i := have; i < len(names); i++ {
			text, err := migrations.ReadFile(names[i])
			if err != nil {
				return err
			}
			if err := db.runMigration(ctx, tx, string(text)); err != nil {
				return fmt.Errorf("migration %s: %w", names[i], err)
			}
			if _, err := tx.ExecContext(ctx, db.bind("INSERT INTO schema_version (version) VALUES (?)"), i+1); err != nil {
				return err
			}
		}
		return nil
	})
}

func (db *DB) runMigration(ctx context.Context, tx *sql.Tx, text string) error {
	words := strings.NewReplacer("{{ID}}", "INTEGER PRIMARY KEY", "{{TEXT}}", "TEXT", "{{INT}}", "INTEGER", "{{BLOB}}", "BLOB", "{{STRICT}}", "STRICT")
	if db.postgres {
		words = strings.NewReplacer("{{ID}}", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", "{{TEXT}}", `TEXT COLLATE "C"`,
			"{{INT}}", "BIGINT", "{{BLOB}}", "BYTEA", " {{STRICT}}", "")
	}
	for _, statement := range strings.Split(words.Replace(text), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// version is the schema's version; 0 for a new store.
func (db *DB) version(ctx context.Context) (int, error) {
	look := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'"
	if db.postgres {
		look = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'schema_version'"
	}
	var n int
	if err := db.read.QueryRowContext(ctx, look).Scan(&n); err != nil || n == 0 {
		return 0, err
	}
	err := db.read.QueryRowContext(ctx, "SELECT COALESCE(MAX(version), 0) FROM schema_version").Scan(&n)
	return n, err
}

// transact runs f in one write transaction.
func (db *DB) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := db.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback() // after a commit it does nothing
	if err := f(tx); err != nil {
		return explain(err)
	}
	return explain2(tx.Commit())
}

func explain2(err error) error {
	if err == nil {
		return nil
	}
	return explain(err)
}

// bind writes ? placeholders as the engine wants them.
func (db *DB) bind(query string) string {
	if !db.postgres {
		return query
	}
	var b strings.Builder
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

// batchRows is how many rows one statement takes.
const batchRows = 200

// insert writes rows with multi-value statements; tail is what follows the
// values (ON CONFLICT …). Columns are given as "a, b, c".
func (db *DB) insert(ctx context.Context, tx *sql.Tx, table, columns, tail string, rows [][]any) error {
	width := strings.Count(columns, ",") + 1
	one := "(" + strings.TrimSuffix(strings.Repeat("?, ", width), ", ") + ")"
	for len(rows) > 0 {
		n := min(batchRows, len(rows))
		query := "INSERT INTO " + table + " (" + columns + ") VALUES " + strings.TrimSuffix(strings.Repeat(one+", ", n), ", ") + " " + tail
		args := make([]any, 0, n*width)
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := tx.ExecContext(ctx, db.bind(query), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// querier is a handle or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// selectIn runs a query that ends in "IN (%s)" over all keys, in batches, and
// calls scan for each row. before are the arguments ahead of the keys.
func (db *DB) selectIn(ctx context.Context, q querier, query string, before []any, keys []string, scan func(*sql.Rows) error) error {
	for len(keys) > 0 {
		n := min(batchRows, len(keys))
		marks := strings.TrimSuffix(strings.Repeat("?, ", n), ", ")
		args := append([]any(nil), before...)
		for _, k := range keys[:n] {
			args = append(args, k)
		}
		if err := db.each(ctx, q, strings.Replace(query, "%s", marks, 1), args, scan); err != nil {
			return err
		}
		keys = keys[n:]
	}
	return nil
}

// each runs a query and calls scan for each row.
func (db *DB) each(ctx context.Context, q querier, query string, args []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, db.bind(query), args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// timeLayout is fixed-width UTC, so that text order is time order.
const timeLayout = "2006-01-02T15:04:05.000Z"

func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func parseTime(s string) time.Time {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return time.Time{}
	}
	return t
}
