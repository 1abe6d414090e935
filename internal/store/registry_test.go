package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

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

// What is kept comes back as it was, whatever is told and whatever is not.
func TestListingsComeBackAsTheyWere(t *testing.T) {
	known := rapid.SampledFrom([]upstream.Known{upstream.NotTold, upstream.Yes, upstream.No})
	crew := rapid.SampledFrom([][]string{nil, {"a1"}, {"a1", "b2"}})
	text := rapid.StringN(0, 20, 40)
	at := rapid.Custom(func(t *rapid.T) time.Time {
		if n := rapid.Int64Range(0, 4e12).Draw(t, "ms"); n > 0 {
			return time.UnixMilli(n).UTC()
		}
		return time.Time{}
	})
	release := rapid.Custom(func(t *rapid.T) upstream.Release {
		r := upstream.Release{Version: text.Draw(t, "v"), Published: at.Draw(t, "t"), License: text.Draw(t, "l"), Detected: text.Draw(t, "d"), Deprecated: text.Draw(t, "x"),
			Yanked: text.Draw(t, "y"), InstallScript: known.Draw(t, "s"), Maintainers: crew.Draw(t, "m"), Pre: rapid.Bool().Draw(t, "p")}
		if rapid.Bool().Draw(t, "clocked") {
			r.Terms = upstream.Clock{License: "BUSL-1.1", Years: 4, To: text.Draw(t, "to"), Date: at.Draw(t, "date")}
		}
		return r
	})
	rapid.Check(t, func(t *rapid.T) {
		want := upstream.Listing{Package: inventory.NewPURL("npm", "@a/left", ""), Source: "npm registry", Observed: day(3), Latest: text.Draw(t, "latest"), Deprecated: text.Draw(t, "deprecated"),
			Archived: known.Draw(t, "archived"), Repository: text.Draw(t, "repository"), Maintainers: crew.Draw(t, "crew"), Owners: rapid.IntRange(0, 9).Draw(t, "owners"),
			Downloads: rapid.Int64Range(0, 1e12).Draw(t, "downloads"), Versions: rapid.SliceOf(release).Draw(t, "versions")}
		body, digest, err := packListing(&want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpackListing("pkg:npm/%40a/left", "npm registry", timeText(day(3)), body)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
			t.Fatal(d)
		}
		want.Observed = day(4)
		if _, again, err := packListing(&want); err != nil || again != digest {
			t.Fatalf("the time of asking is in the digest: %v", err)
		}
	})
	for _, bad := range []string{"", "x", string(Compress([]byte("[]"))), string(Compress([]byte(`{"Versions":[{"m":7}]}`)))[:9]} {
		if _, err := unpackListing("pkg:npm/left", "npm registry", "", []byte(bad)); err == nil {
			t.Errorf("%q is no listing", bad)
		}
	}
}
