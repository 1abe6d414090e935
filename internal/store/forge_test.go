package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/contribution"
)

func forgeItems() []contribution.ForgeItem {
	ada, ci := contribution.Account{Login: "github.com/ada"}, contribution.Account{Login: "github.com/ci", Bot: true}
	return []contribution.ForgeItem{
		{ID: "1", Author: ada, Created: day(1), Closed: day(3), Events: []contribution.ForgeEvent{{Who: ci, At: day(2)}, {Who: ada, At: day(4), Review: true}}},
		{ID: "2", Change: true, Silent: true, Created: day(2), Closed: day(5), Merged: day(5)},
	}
}

func TestIssuesAndChangeRequestsAreKeptAndReplacedByID(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		const name = "github.com/acme/app"
		if f, err := db.Forge(ctx, name); err != nil || f.Items != nil {
			t.Fatalf("nothing was imported: %+v, %v", f, err)
		}
		for i, want := range []int{2, 0} {
			if added, err := db.PutForge(ctx, name, forgeItems(), day(9)); err != nil || added != want {
				t.Fatalf("import %d: %d added, %v", i, added, err)
			}
		}
		got, err := db.Forge(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(contribution.Forge{Items: forgeItems(), Through: day(5)}, got); d != "" {
			t.Error(d)
		}
		later := []contribution.ForgeItem{{ID: "1", Created: day(1), Closed: day(7)}, {ID: "3", Created: day(8)}}
		if added, err := db.PutForge(ctx, name, later, day(9)); err != nil || added != 1 {
			t.Fatal(added, err)
		}
		if got, err = db.Forge(ctx, name); err != nil || len(got.Items) != 3 || !got.Items[0].Closed.Equal(day(7)) || !got.Through.Equal(day(8)) {
			t.Errorf("%+v, %v", got, err)
		}
		if other, err := db.Forge(ctx, "github.com/acme/other"); err != nil || other.Items != nil {
			t.Errorf("%+v, %v", other, err)
		}
	})
}

func FuzzDecodeForge(f *testing.F) {
	f.Add(encodeForge(forgeItems()))
	f.Add(encodeForge(nil))
	f.Add([]byte{forgeVersion, 1, 200, 200})
	f.Fuzz(func(t *testing.T, body []byte) {
		items, err := decodeForge(body)
		if err != nil {
			return
		}
		again, err := decodeForge(encodeForge(items))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(items, again, cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
			t.Fatal(d)
		}
	})
}
