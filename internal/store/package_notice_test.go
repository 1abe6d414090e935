package store

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNoticesOfPackagesAreKeptByDate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		for n, notices := range []map[string][]string{{"pkg:npm/a@1": {"h1", "h1"}}, {"pkg:npm/a@1": {"h1", "h2"}, "pkg:npm/b@1": {"h3"}}, {}} {
			if err := db.PutPackageNotices(ctx, notices, day(n+2)); err != nil {
				t.Fatal(err)
			}
		}
		for n, want := range map[int]map[string][]string{1: {}, 2: {"pkg:npm/a@1": {"h1"}}, 9: {"pkg:npm/a@1": {"h1", "h2"}}} {
			got, err := db.PackageNotices(ctx, []string{"pkg:npm/a@1", "pkg:npm/none"}, day(n))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("as of day %d: %s", n, d)
			}
		}
		if facts, err := db.PackageLicenses(ctx, []string{"pkg:npm/a@1"}, day(9)); err != nil || len(facts) != 0 {
			t.Errorf("a notice says nothing of the license: %v %v", facts, err)
		}
	})
}
