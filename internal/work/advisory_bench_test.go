package work

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/store"
)

// BenchmarkAdvisories matches the packages of what TRIBUTARY_BENCH_PATH names
// against the mirror in TRIBUTARY_BENCH_DB.
func BenchmarkAdvisories(b *testing.B) {
	path, dsn := os.Getenv("TRIBUTARY_BENCH_PATH"), os.Getenv("TRIBUTARY_BENCH_DB")
	if path == "" || dsn == "" {
		b.Skip("TRIBUTARY_BENCH_PATH and TRIBUTARY_BENCH_DB name a repository and a store")
	}
	db, err := store.Open(b.Context(), filepath.Clean(dsn))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	reader := &Office{Now: time.Now()}
	snaps, failed, err := reader.ScanAll(b.Context(), []string{path}, ScanOptions{Jobs: 2, NoPackages: true})
	if err != nil || len(failed) > 0 {
		b.Fatal(err, failed)
	}
	o := &Office{Store: db, Now: time.Now()}
	b.ReportAllocs()
	for b.Loop() {
		a, err := o.Advisories(b.Context(), snaps)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(a.Findings)), "findings")
		b.ReportMetric(float64(a.Packages), "packages")
	}
}
