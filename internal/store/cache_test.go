package store

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan"
)

// keysOf asks for the units of a snapshot.
func keysOf(s inventory.Snapshot) []scan.UnitKey {
	var keys []scan.UnitKey
	for _, u := range s.Units {
		keys = append(keys, scan.UnitKey{Reader: u.Reader, Manifest: u.Manifest, Blob: u.Blob})
	}
	return keys
}

func TestUnitsAnswerForTheirReaderPathAndContent(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := unit("a\xff/x.lock", "pkg:npm/a@1")
		u.Inputs = []inventory.Input{{Path: "caf\xe9.json", Blob: "1"}}
		nearby := u
		nearby.Inputs = []inventory.Input{{Path: "caf\xe9.json", Blob: "2"}}
		s := snapshot("r", "c", day(1), u)
		save(t, db, s, true)
		save(t, db, snapshot("r", "d", day(2), nearby), true)
		k := keysOf(s)[0]
		for what, c := range map[string]struct {
			key  scan.UnitKey
			want []inventory.Unit
		}{
			"the same":       {k, []inventory.Unit{u, nearby}},
			"another reader": {scan.UnitKey{Reader: "npm-lock/2", Manifest: k.Manifest, Blob: k.Blob}, nil},
			"another path":   {scan.UnitKey{Reader: k.Reader, Manifest: "b", Blob: k.Blob}, nil},
			"another blob":   {scan.UnitKey{Reader: k.Reader, Manifest: k.Manifest, Blob: "b"}, nil},
		} {
			got, err := db.Units(t.Context(), []scan.UnitKey{c.key, c.key})
			if err != nil {
				t.Fatal(err)
			}
			same(t, what, c.want, got)
		}
	})
}

func TestThousandsOfUnitsAreFound(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		var units []inventory.Unit
		for i := range 1234 {
			units = append(units, unit(fmt.Sprintf("%04d/x.lock", i), "pkg:npm/a@1"))
		}
		s := snapshot("r", "c", day(1), units...)
		id := save(t, db, s, true)
		same(t, "snapshot", units, load(t, db, id).Units)
		got, err := db.Units(t.Context(), keysOf(s))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(units) {
			t.Errorf("%d units, want %d", len(got), len(units))
		}
	})
}

func TestLicensesOfContentsAreKeptByDetector(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		found := map[string][]byte{"nothing": nil, "odd\x00\xff": {0, 255, 1}}
		var keys []string
		for i := range 1234 {
			found[fmt.Sprintf("%04d", i)] = []byte(fmt.Sprint("MIT ", i))
		}
		keys = append(sortedKeys(found), "unseen", "0001", "0001")
		for _, put := range []func() error{
			func() error { return db.PutBlobLicenses(t.Context(), "detector/1", found) },
			func() error { return db.PutBlobLicenses(t.Context(), "detector/1", found) },
			func() error { return db.PutBlobLicenses(t.Context(), "detector/2", map[string][]byte{"0001": {7}}) },
			func() error { return db.PutTreeLicenses(t.Context(), "detector/1", map[string][]byte{"0001": {8}}) },
			func() error { return db.PutTexts(t.Context(), found) },
			func() error { return db.PutTexts(t.Context(), found) },
		} {
			if err := put(); err != nil {
				t.Fatal(err)
			}
		}
		for what, c := range map[string]struct {
			get  func() (map[string][]byte, error)
			want map[string][]byte
		}{
			"blobs":            {func() (map[string][]byte, error) { return db.BlobLicenses(t.Context(), "detector/1", keys) }, found},
			"another detector": {func() (map[string][]byte, error) { return db.BlobLicenses(t.Context(), "detector/2", keys) }, map[string][]byte{"0001": {7}}},
			"trees":            {func() (map[string][]byte, error) { return db.TreeLicenses(t.Context(), "detector/1", keys) }, map[string][]byte{"0001": {8}}},
			"texts":            {func() (map[string][]byte, error) { return db.Texts(t.Context(), keys) }, found},
		} {
			got, err := c.get()
			if err != nil {
				t.Fatal(err)
			}
			same(t, what, c.want, got)
		}
	})
}

func TestFactsOnPackagesAreKeptOnceWithTheirFirstDay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		mit := inventory.LicenseFact{Kind: inventory.Declared, Expression: "MIT", Raw: "MIT \x00\xff", Source: "package-lock.json", Observed: day(2)}
		text := inventory.LicenseFact{Kind: inventory.Detected, Expression: "Apache-2.0", File: "LICENSE", FirstLine: 1, LastLine: 20, Copyrights: []string{"© A"}, Observed: day(4)}
		later := mit
		later.Observed = day(5)
		put := func(facts map[string][]inventory.LicenseFact) {
			t.Helper()
			if err := db.PutPackageLicenses(t.Context(), facts); err != nil {
				t.Fatal(err)
			}
		}
		put(map[string][]inventory.LicenseFact{"pkg:npm/a@1": {mit, mit, later}, "pkg:npm/b@1": {}})
		put(map[string][]inventory.LicenseFact{"pkg:npm/a@1": {later, text}, "pkg:npm/c@1\x00": {text}})
		purls := []string{"pkg:npm/a@1", "pkg:npm/b@1", "pkg:npm/c@1\x00", "pkg:npm/d@1"}
		for i := range 1000 {
			purls = append(purls, fmt.Sprintf("pkg:npm/more-%d@1", i))
		}
		for at, want := range map[int]map[string][]inventory.LicenseFact{
			1: {},
			2: {"pkg:npm/a@1": {mit}},
			4: {"pkg:npm/a@1": {mit, text}, "pkg:npm/c@1\x00": {text}},
			9: {"pkg:npm/a@1": {mit, text}, "pkg:npm/c@1\x00": {text}},
		} {
			got, err := db.PackageLicenses(t.Context(), purls, day(at))
			if err != nil {
				t.Fatal(err)
			}
			same(t, day(at).String(), want, got)
		}
	})
}

func TestNothingMayBeAskedAndKept(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := t.Context()
		for what, err := range map[string]error{
			"blobs": db.PutBlobLicenses(ctx, "d", nil), "trees": db.PutTreeLicenses(ctx, "d", map[string][]byte{}),
			"texts": db.PutTexts(ctx, nil), "facts": db.PutPackageLicenses(ctx, map[string][]inventory.LicenseFact{"p": nil}),
			"program": db.PutProgram(ctx, "", nil, day(1)),
		} {
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		empty := inventory.Snapshot{}
		same(t, "snapshot", empty, load(t, db, save(t, db, empty, true)))
		if got, err := db.Units(ctx, nil); err != nil || len(got) != 0 {
			t.Errorf("Units = %v, %v", got, err)
		}
		for what, get := range map[string]func(...string) (int, error){
			"blobs": func(k ...string) (int, error) { m, err := db.BlobLicenses(ctx, "d", k); return len(m), err },
			"trees": func(k ...string) (int, error) { m, err := db.TreeLicenses(ctx, "d", k); return len(m), err },
			"texts": func(k ...string) (int, error) { m, err := db.Texts(ctx, k); return len(m), err },
			"facts": func(k ...string) (int, error) { m, err := db.PackageLicenses(ctx, k, day(1)); return len(m), err },
		} {
			for _, keys := range [][]string{nil, {""}, {strings.Repeat("x", 10000)}} {
				if n, err := get(keys...); n != 0 || err != nil {
					t.Errorf("%s of %d keys: %d, %v", what, len(keys), n, err)
				}
			}
		}
	})
}

func TestAKeyTwiceInOneStatementIsKeptOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := unit("x.lock", "pkg:npm/a@1", "pkg:npm/a@1", "pkg:npm/a@1")
		s := snapshot("r", "c", day(1), u, u)
		same(t, "snapshot", s, load(t, db, save(t, db, s, true)))
		if n := count(t, db, "component"); n != 1 {
			t.Errorf("%d components are kept, want 1", n)
		}
	})
}
