package store

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store/storetest"
)

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, db *DB)) {
	t.Helper()
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		t.Run(engine, func(t *testing.T) { test(t, open(t, newDSN(t, engine))) })
	}
}

func newDSN(t testing.TB, engine string) string {
	if engine == "PostgreSQL" {
		return storetest.Postgres(t)
	}
	return filepath.Join(t.TempDir(), "tributary.db")
}

func open(t testing.TB, dsn string) *DB {
	t.Helper()
	db, err := Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// day is a moment of the n-th day of the tests' month.
func day(n int) time.Time { return time.Date(2026, 3, n, 12, 0, 0, 0, time.UTC) }

func usage(purl string) inventory.Usage {
	p, err := inventory.ParsePURL(purl)
	if err != nil {
		panic(err)
	}
	return inventory.Usage{Component: p, Manifest: "package-lock.json", Line: 3, Relation: inventory.Direct, Scope: inventory.Runtime}
}

// unit is the reading of a manifest with these packages.
func unit(manifest string, purls ...string) inventory.Unit {
	u := inventory.Unit{Reader: "npm-lock/1", Manifest: manifest, Blob: fmt.Sprintf("blob of %s %d", manifest, len(purls))}
	for _, p := range purls {
		x := usage(p)
		x.Manifest = manifest
		u.Usages = append(u.Usages, x)
	}
	return u
}

func snapshot(repo, commit string, at time.Time, units ...inventory.Unit) inventory.Snapshot {
	return inventory.Snapshot{
		Repository: inventory.Repository{Name: repo, Location: "/src/" + repo, Kind: "git"},
		Commit:     commit, Revision: "HEAD", CommitTime: day(1), ScannedAt: at, Scanner: "packages/1", Units: units, Files: 7, Bytes: 4096,
	}
}

func save(t testing.TB, db *DB, s inventory.Snapshot, latest bool) int64 {
	t.Helper()
	id, err := db.SaveSnapshot(t.Context(), s, latest)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func load(t testing.TB, db *DB, id int64) inventory.Snapshot {
	t.Helper()
	s, err := db.LoadSnapshot(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// same fails unless two values are equal; no list is an empty list.
func same(t interface {
	Helper()
	Errorf(string, ...any)
}, what string, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// count counts the rows of a table.
func count(t *testing.T, db *DB, table string) int {
	t.Helper()
	var n int
	if err := db.one(t.Context(), db.read, "SELECT COUNT(*) FROM "+table, nil, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
