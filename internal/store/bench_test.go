package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// An office of 50 repositories with 2,000 usages each, in 50 manifests of 40:
// 100,000 usages of some 10,000 packages, of which one is in every manifest.
const (
	benchRepositories = 50
	benchUnits        = 50
	benchUsages       = 40
)

func benchUnit(repo, n, change int) inventory.Unit {
	u := inventory.Unit{Reader: "npm-lock/1", Manifest: fmt.Sprintf("packages/part-%d/package-lock.json", n), Blob: fmt.Sprintf("%040x", repo<<32|n<<16|change),
		Inputs: []inventory.Input{{Path: fmt.Sprintf("packages/part-%d/package.json", n), Blob: fmt.Sprintf("%040x", n)}, {Path: "glob:packages/*", Blob: fmt.Sprintf("%040x", 7)}}}
	purl := func(i int) inventory.PURL {
		k := (repo*benchUnits*17 + n*41 + i*13 + change) % 10000
		return inventory.PURL{Type: "npm", Namespace: fmt.Sprintf("@scope-%d", k%50), Name: fmt.Sprintf("package-%d", k), Version: fmt.Sprintf("%d.%d.0", k%7, k%13)}
	}
	for i := range benchUsages {
		p := purl(i)
		if i == 0 {
			p = inventory.PURL{Type: "npm", Name: "popular", Version: "4.17.21"}
		}
		x := inventory.Usage{Component: p, Requirement: "^1.0.0", Manifest: u.Manifest, Line: 10*i + 3, Relation: inventory.Transitive, Scope: inventory.Runtime, License: "MIT"}
		if i > 2 {
			x.Chain = []string{purl(1).String(), purl(2).String()}
			x.DependsOn = []string{purl(i - 1).String(), purl(i - 2).String()}
		}
		u.Usages = append(u.Usages, x)
	}
	return u
}

func benchSnapshot(repo, commit int, changed func(unit int) int) inventory.Snapshot {
	s := snapshot(fmt.Sprintf("github.com/office/repository-%d", repo), fmt.Sprintf("%040d", commit), day(2))
	for n := range benchUnits {
		s.Units = append(s.Units, benchUnit(repo, n, changed(n)))
	}
	return s
}

func unchanged(int) int { return 0 }

// benchBoth runs a benchmark on both engines, on a store with the whole office.
func benchBoth(b *testing.B, bench func(b *testing.B, db *DB)) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			dsn := newDSN(b, engine)
			db := open(b, dsn)
			for r := range benchRepositories {
				save(b, db, benchSnapshot(r, 1, unchanged), true)
			}
			if engine == "PostgreSQL" {
				if err := db.exec(b.Context(), db.write, "ANALYZE"); err != nil {
					b.Fatal(err)
				}
			} else if info, err := os.Stat(dsn); err == nil {
				defer func() { b.ReportMetric(float64(info.Size())/1e6, "MB-file") }()
			}
			b.ReportAllocs()
			b.ResetTimer()
			bench(b, db)
		})
	}
}

func BenchmarkWhereUsedPopular(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *DB) {
		for b.Loop() {
			hits, err := db.WhereUsed(b.Context(), WhereUsedQuery{Package: "popular", AsOf: day(9)})
			if err != nil || len(hits) != benchRepositories*benchUnits {
				b.Fatal(len(hits), err)
			}
		}
	})
}

func BenchmarkWhereUsedOrdinary(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *DB) {
		for b.Loop() {
			hits, err := db.WhereUsed(b.Context(), WhereUsedQuery{Package: "package-777", AsOf: day(9)})
			if err != nil || len(hits) == 0 {
				b.Fatal(len(hits), err)
			}
		}
	})
}

func BenchmarkWhereUsedPattern(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *DB) {
		for b.Loop() {
			hits, err := db.WhereUsed(b.Context(), WhereUsedQuery{Package: "pkg:npm/@scope-7/*", AsOf: day(9)})
			if err != nil || len(hits) == 0 {
				b.Fatal(len(hits), err)
			}
		}
	})
}

func BenchmarkLoadAllLatest(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *DB) {
		for b.Loop() {
			refs, err := db.Latest(b.Context(), day(9))
			if err != nil || len(refs) != benchRepositories {
				b.Fatal(len(refs), err)
			}
			for _, r := range refs {
				if s := load(b, db, r.ID); len(s.Units) != benchUnits {
					b.Fatal(len(s.Units))
				}
			}
		}
	})
}

func BenchmarkSaveNewSnapshot(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *DB) {
		n := 100
		for b.Loop() {
			b.StopTimer()
			s := benchSnapshot(n, 1, unchanged)
			n++
			b.StartTimer()
			save(b, db, s, true)
		}
	})
}

func BenchmarkSaveNextCommit(b *testing.B) {
	benchBoth(b, func(b *testing.B, db *DB) {
		commit := 2
		for b.Loop() {
			b.StopTimer()
			s := benchSnapshot(3, commit, func(unit int) int {
				if unit == 7 {
					return commit
				}
				return 0
			})
			commit++
			b.StartTimer()
			save(b, db, s, true)
		}
	})
}

func BenchmarkOpenUnchanged(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			dsn := newDSN(b, engine)
			open(b, dsn)
			b.ResetTimer()
			for b.Loop() {
				db, err := Open(context.Background(), dsn)
				if err != nil {
					b.Fatal(err)
				}
				db.Close()
			}
		})
	}
}

func BenchmarkBlobLicenses60000(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		b.Run(engine, func(b *testing.B) {
			dsn := newDSN(b, engine)
			db := open(b, dsn)
			found := map[string][]byte{}
			var keys []string
			for i := range 60000 {
				k := fmt.Sprintf("%040x", uint64(i)*0x9e3779b97f4a7c15)
				keys = append(keys, k)
				found[k] = []byte(`{"expression":"Apache-2.0","lines":[1,13]}`)
			}
			b.Run("put", func(b *testing.B) {
				b.ReportAllocs()
				n := 0
				for b.Loop() {
					n++
					if err := db.PutBlobLicenses(b.Context(), fmt.Sprintf("detector/%d", n), found); err != nil {
						b.Fatal(err)
					}
				}
			})
			if info, err := os.Stat(filepath.Clean(dsn)); err == nil {
				b.Logf("%d bytes", info.Size())
			}
			b.Run("get", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					got, err := db.BlobLicenses(b.Context(), "detector/1", keys)
					if err != nil || len(got) != len(keys) {
						b.Fatal(len(got), err)
					}
				}
			})
		})
	}
}
