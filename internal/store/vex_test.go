package store

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/vex"
)

func claim(vulnerability, purl string, aliases ...string) vex.Statement {
	return vex.Statement{Vulnerability: vulnerability, Aliases: aliases, Status: vex.NotAffected, Impact: "it is\x00 so",
		Products: []vex.Product{{Item: vex.NewItem("pkg:generic/shop@1"), Parts: []vex.Item{vex.NewItem(purl)}}}, Author: "a vendor", Time: day(1)}
}

func TestClaimsAreKeptOnceAndFoundByAnyOfTheirNames(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		d := vex.Document{ID: "https://example.com/vex/1", Format: vex.OpenVEX, Author: "a vendor", Version: 1, Time: day(1),
			Statements: []vex.Statement{claim("CVE-2026-1", "pkg:npm/a@1", "GHSA-1"), claim("CVE-2026-2", "pkg:npm/b@1", "CVE-2026-2")}}
		for i, want := range []bool{false, true} {
			if known, err := db.PutClaims(ctx, []byte("one"), d, "vendor.json", day(2)); err != nil || known != want {
				t.Fatalf("import %d: want known %v, got %v, %v", i+1, want, known, err)
			}
		}
		got, err := db.ClaimsOn(ctx, []string{"ghsa-1", "CVE-2026-1", "GHSA-9"}, day(3))
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		want := claim("CVE-2026-1", "pkg:npm/a@1", "GHSA-1")
		if diff := cmp.Diff(want.Products, got[0].Statement.Products); diff != "" || got[0].Statement.Vulnerability != "CVE-2026-1" || got[0].Source != "vendor.json" {
			t.Error(diff, got[0])
		}
		if got, err := db.ClaimsOn(ctx, []string{"CVE-2026-1"}, day(1)); err != nil || len(got) != 0 {
			t.Errorf("before the import: %v, %v", got, err)
		}
		if one, ok, err := db.Claim(ctx, got[0].ID, day(3)); err != nil || !ok || one.Statement.Vulnerability != "CVE-2026-1" {
			t.Error(one, ok, err)
		}
		if _, ok, err := db.Claim(ctx, 99, day(3)); ok || err != nil {
			t.Error(ok, err)
		}
	})
}

func TestALaterVersionOfADocumentTakesThePlaceOfTheEarlier(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		for i, version := range []int{2, 1, 3} { // the old one comes late
			d := vex.Document{ID: "https://example.com/vex/1", Author: "a vendor", Version: version, Time: day(version), Statements: []vex.Statement{claim("CVE-2026-1", "pkg:npm/a@1")}}
			if _, err := db.PutClaims(ctx, []byte{byte(i)}, d, "v", day(5+i)); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct {
			on   int
			want []bool // superseded
		}{{5, []bool{false}}, {6, []bool{false, true}}, {7, []bool{true, true, false}}} {
			all, err := db.Claims(ctx, day(c.on))
			if err != nil {
				t.Fatal(err)
			}
			var got []bool
			for _, x := range all {
				got = append(got, x.Superseded)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("on day %d: %s", c.on, diff)
			}
			if on, err := db.ClaimsOn(ctx, []string{"CVE-2026-1"}, day(c.on)); err != nil || len(on) != 1 {
				t.Errorf("on day %d: want one claim that counts, got %v, %v", c.on, on, err)
			}
		}
	})
}
