package store

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

func answer(n int, latest string) RegistryAnswer {
	const name = "pkg:npm/left"
	return RegistryAnswer{RegistryCheck{Package: name, Source: "registry", Checked: day(n), Versions: []string{"1.0.0"}}, &upstream.Listing{
		Package: inventory.PURL{Type: "npm", Name: "left"}, Source: "npm registry", Observed: day(n), Latest: latest, Repository: "github.com/acme/left",
		Versions: []upstream.Release{{Version: latest, Published: day(1), License: "MIT\x00odd"}}}}
}

func TestWhatRegistriesToldIsKeptByDate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		for n, latest := range map[int]string{2: "1.0.0"} {
			if err := db.PutRegistry(ctx, []RegistryAnswer{answer(n, latest)}); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range []RegistryAnswer{answer(3, "1.0.0"), answer(4, "2.0.0")} {
			if err := db.PutRegistry(ctx, []RegistryAnswer{a}); err != nil {
				t.Fatal(err)
			}
		}
		failed := RegistryAnswer{Check: RegistryCheck{Package: "pkg:npm/left", Source: "registry", Checked: day(5), Fault: "it answers 500"}}
		if err := db.PutRegistry(ctx, []RegistryAnswer{failed, {Check: RegistryCheck{Package: "pkg:npm/new", Source: "registry", Checked: day(5), Fault: "not known"}}}); err != nil {
			t.Fatal(err)
		}
		for n, want := range map[int]string{1: "", 2: "1.0.0", 3: "1.0.0", 9: "2.0.0"} {
			got, err := db.Registry(ctx, []string{"pkg:npm/left", "pkg:npm/none"}, day(n))
			if err != nil {
				t.Fatal(err)
			}
			list := got["pkg:npm/left"]
			if want == "" && len(list) != 0 || want != "" && (len(list) != 1 || list[0].Latest != want || list[0].Versions[0].License != "MIT\x00odd") {
				t.Errorf("as of day %d: %+v, want %s", n, list, want)
			}
		}
		history, err := db.RegistryHistory(ctx, "pkg:npm/left", day(9))
		if err != nil || len(history) != 2 || !history[0].Observed.Equal(day(2)) {
			t.Errorf("history %+v %v: an answer that repeats another adds nothing", history, err)
		}
		first, err := db.FirstRegistry(ctx, []string{"pkg:npm/left"}, day(9))
		if err != nil || len(first["pkg:npm/left"]) != 1 || first["pkg:npm/left"][0].Latest != "1.0.0" {
			t.Errorf("first %+v %v", first, err)
		}
		origins, err := db.RegistryOrigins(ctx, []string{"pkg:npm/left", "pkg:npm/none"}, day(9))
		want := []upstream.Metadata{{Package: inventory.PURL{Type: "npm", Name: "left"}, Repository: "github.com/acme/left", Source: "npm registry", Observed: day(4)}}
		if d := cmp.Diff(want, origins); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		elsewhere, err := db.RegistryChecks(ctx, "deps.dev", []string{"pkg:npm/left"})
		if err != nil || len(elsewhere) != 0 {
			t.Errorf("asked at one place is not asked at another: %+v %v", elsewhere, err)
		}
		checks, err := db.RegistryChecks(ctx, "registry", []string{"pkg:npm/left", "pkg:npm/new"})
		if err != nil || len(checks) != 2 || checks["pkg:npm/left"].Fault == "" || !checks["pkg:npm/left"].Checked.Equal(day(5)) {
			t.Errorf("checks %+v %v", checks, err)
		}
	})
}
