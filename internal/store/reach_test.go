package store

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnalysesAreKeptByCommitAndReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		put := func(manifests []string, list ...Reach) {
			t.Helper()
			if err := db.PutReached(ctx, "r", "c1", manifests, list, day(1)); err != nil {
				t.Fatal(err)
			}
		}
		put([]string{"go.mod", "tool/go.mod"}, Reach{"go.mod", "GO-1", "called", []string{"a", "b"}}, Reach{"tool/go.mod", "GO-1", "not reached", nil})
		put([]string{"go.mod"}, Reach{"go.mod", "GO-2", "imported", []string{"x\x00y"}})
		got, err := db.Reached(ctx, "r", "c1")
		if err != nil {
			t.Fatal(err)
		}
		want := []Reach{{"go.mod", "GO-2", "imported", []string{"x\x00y"}}, {"tool/go.mod", "GO-1", "not reached", nil}}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if other, err := db.Reached(ctx, "r", "c2"); err != nil || len(other) > 0 {
			t.Error(other, err)
		}
	})
}
