// Package store keeps facts: all SQL is here and nowhere else. SQLite by
// default, PostgreSQL by the same statements.
//
// Facts are appended, never edited. What is keyed by content (units, file and
// directory licenses, texts) is shared between snapshots and repositories. Start
// at [Open]; snapshot.go writes and reads snapshots, cache.go answers scans,
// where.go and latest.go answer questions. docs/store.md shows the schema.
package store
