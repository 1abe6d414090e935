package store

import (
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestAllFactsAreThoseOfEachPackage(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		mit := inventory.LicenseFact{Kind: inventory.Declared, Expression: "MIT", Raw: "MIT \x00\xff", Observed: day(2)}
		gpl := inventory.LicenseFact{Kind: inventory.Detected, Expression: "GPL-2.0-only", File: "COPYING", Observed: day(4)}
		if err := db.PutPackageLicenses(t.Context(), map[string][]inventory.LicenseFact{"pkg:npm/a@1": {mit, gpl}, "pkg:npm/b@1": {gpl}}); err != nil {
			t.Fatal(err)
		}
		for at, packages := range map[int]int{1: 0, 3: 1, 9: 2} {
			got, err := db.AllPackageLicenses(t.Context(), day(at))
			if err != nil {
				t.Fatal(err)
			}
			want, err := db.PackageLicenses(t.Context(), []string{"pkg:npm/a@1", "pkg:npm/b@1"}, day(at))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != packages {
				t.Errorf("day %d: %d packages, want %d", at, len(got), packages)
			}
			same(t, day(at).String(), want, got)
		}
	})
}

func TestAStoreTellsWhetherAnyRegistryWasHeard(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		for want, put := range []func() error{
			func() error { return nil },
			func() error { return db.PutRegistry(t.Context(), []RegistryAnswer{answer(2, "1.0.0")}) },
		} {
			if err := put(); err != nil {
				t.Fatal(err)
			}
			if got, err := db.TellsOfRegistries(t.Context()); err != nil || got != (want == 1) {
				t.Errorf("%v, %v, want %v", got, err, want == 1)
			}
		}
	})
}
