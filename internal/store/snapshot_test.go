package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
	"pgregory.net/rapid"
)

// texts draws what repositories of the world hold, and worse.
var texts = rapid.OneOf(
	rapid.StringMatching(`[a-z/@._-]{0,12}`), rapid.String(),
	rapid.SampledFrom([]string{"", "\x00", "a\x00b", "\xff\xfe", "caf\xe9.json", "\x1a", "\x1a00", "\\ufffd", "\ufffd", "?", "%", "null", "a b", "\n", "'; DROP TABLE unit; --", "<&>", "\u2028", strings.Repeat("x", 3000)}),
)

func drawUsage(t *rapid.T) inventory.Usage {
	text := func(name string) string { return texts.Draw(t, name) }
	return inventory.Usage{
		Component:   inventory.PURL{Type: text("type"), Namespace: text("namespace"), Name: text("name"), Version: text("version"), Qualifiers: text("qualifiers"), Subpath: text("subpath")},
		Requirement: text("requirement"), Manifest: text("manifest"), Line: rapid.IntRange(0, 1<<40).Draw(t, "line"),
		Relation: inventory.Relation(text("relation")), Scope: inventory.Scope(text("scope")),
		Chain: rapid.SliceOfN(texts, 0, 3).Draw(t, "chain"), DependsOn: rapid.SliceOfN(texts, 0, 3).Draw(t, "depends on"),
		License: text("license"), Note: text("note"), Fixture: rapid.Bool().Draw(t, "fixture"),
	}
}

func drawProblem(t *rapid.T) inventory.Problem {
	return inventory.Problem{Path: texts.Draw(t, "path"), Line: rapid.IntRange(0, 1<<40).Draw(t, "line"), Kind: texts.Draw(t, "kind"), Message: texts.Draw(t, "message")}
}

func drawUnit(t *rapid.T) inventory.Unit {
	return inventory.Unit{
		Reader: texts.Draw(t, "reader"), Manifest: texts.Draw(t, "manifest"), Blob: texts.Draw(t, "blob"),
		Inputs: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) inventory.Input {
			return inventory.Input{Path: texts.Draw(t, "path"), Blob: texts.Draw(t, "blob")}
		}), 0, 3).Draw(t, "inputs"),
		Usages:   rapid.SliceOfN(rapid.Custom(drawUsage), 0, 4).Draw(t, "usages"),
		Problems: rapid.SliceOfN(rapid.Custom(drawProblem), 0, 2).Draw(t, "problems"),
		Own:      rapid.SliceOfN(texts, 0, 2).Draw(t, "own"),
	}
}

func drawSnapshot(t *rapid.T) inventory.Snapshot {
	s := snapshot(texts.Draw(t, "repository"), texts.Draw(t, "commit"), day(rapid.IntRange(1, 30).Draw(t, "day")))
	s.Revision, s.Scanner = texts.Draw(t, "revision"), texts.Draw(t, "scanner")
	s.Units = rapid.SliceOfN(rapid.Custom(drawUnit), 0, 4).Draw(t, "units")
	s.Problems = rapid.SliceOfN(rapid.Custom(drawProblem), 0, 2).Draw(t, "problems")
	s.Files, s.Bytes = rapid.IntRange(0, 1<<40).Draw(t, "files"), rapid.Int64Range(0, 1<<60).Draw(t, "bytes")
	if rapid.Bool().Draw(t, "with licenses") {
		s.Licenses = &inventory.LicenseSummary{
			Primary:  texts.Draw(t, "primary"),
			Files:    []inventory.LicenseFact{{Kind: inventory.Detected, Expression: "MIT", Raw: texts.Draw(t, "raw"), File: texts.Draw(t, "file"), Copyrights: []string{texts.Draw(t, "copyright")}, Observed: day(2)}},
			Sets:     []inventory.LicenseSet{{Expression: texts.Draw(t, "expression"), Files: 3, Examples: []string{texts.Draw(t, "example")}}},
			Notices:  []inventory.NoticeFile{{Path: texts.Draw(t, "notice"), TextHash: "ab"}},
			Looked:   12,
			Fixtures: []inventory.LicenseSet{},
		}
	}
	return s
}

func TestASnapshotComesBackAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		rapid.Check(t, func(t *rapid.T) {
			s := drawSnapshot(t)
			id, err := db.SaveSnapshot(context.Background(), s, true)
			if err != nil {
				t.Fatal(err)
			}
			got, err := db.LoadSnapshot(context.Background(), id)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "snapshot", s, got)
			found, ok, err := db.FindSnapshot(context.Background(), s.Repository.Name, s.Commit, s.Scanner)
			if err != nil || !ok || found != id {
				t.Errorf("FindSnapshot = %d, %v, %v; want %d", found, ok, err, id)
			}
		})
	})
}

func TestEveryUsageIsFoundAsItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			u := drawUsage(t)
			u.Component.Type, u.Component.Namespace, u.Component.Name = "npm", "", fmt.Sprintf("unique-%d", n)
			s := snapshot(fmt.Sprintf("repository %d", n), texts.Draw(t, "commit"), day(3), inventory.Unit{Reader: "r/1", Usages: []inventory.Usage{u}})
			if _, err := db.SaveSnapshot(context.Background(), s, true); err != nil {
				t.Fatal(err)
			}
			hits, err := db.WhereUsed(context.Background(), WhereUsedQuery{Package: u.Component.Name, AsOf: day(4)})
			if err != nil {
				t.Fatal(err)
			}
			u.DependsOn = nil
			same(t, "hits", []Hit{{Repository: s.Repository.Name, Commit: s.Commit, Usage: u}}, hits)
		})
	})
}

func TestUnitsAreSharedByContent(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		shared := unit("a/package-lock.json", "pkg:npm/a@1", "pkg:npm/b@2")
		one := save(t, db, snapshot("one", "c1", day(1), shared, unit("b.lock", "pkg:npm/a@1")), true)
		two := save(t, db, snapshot("two", "c9", day(1), shared, shared), true)
		if n := count(t, db, "unit"); n != 2 {
			t.Errorf("%d units are kept, want 2", n)
		}
		if n := count(t, db, "component"); n != 2 {
			t.Errorf("%d components are kept, want 2", n)
		}
		same(t, "one", []inventory.Unit{shared, unit("b.lock", "pkg:npm/a@1")}, load(t, db, one).Units)
		same(t, "two", []inventory.Unit{shared, shared}, load(t, db, two).Units)
	})
}

func TestAnotherReadingOfTheSameManifestIsAnotherUnit(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := unit("package-lock.json", "pkg:npm/a@1")
		other := u
		other.Inputs = []inventory.Input{{Path: "package.json", Blob: "x"}}
		better := u
		better.Own = []string{"pkg:npm/me"}
		ids := []int64{save(t, db, snapshot("r", "1", day(1), u), true), save(t, db, snapshot("r", "2", day(2), other), true), save(t, db, snapshot("r", "3", day(3), better), true)}
		for i, want := range []inventory.Unit{u, other, better} {
			same(t, "units", []inventory.Unit{want}, load(t, db, ids[i]).Units)
		}
	})
}

func TestASecondScanReplacesTheSnapshotOfItsCommit(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		first := save(t, db, snapshot("r", "c", day(1), unit("old.lock", "pkg:npm/old@1"), unit("both.lock", "pkg:npm/both@1")), true)
		again := snapshot("r", "c", day(2), unit("both.lock", "pkg:npm/both@1"))
		again.Revision, again.Files, again.Problems = "main", 99, []inventory.Problem{{Kind: "malformed", Message: "x"}}
		again.CommitTime, again.Repository.Location = day(3), "/elsewhere"
		second := save(t, db, again, true)
		if first != second {
			t.Errorf("snapshot %d became %d", first, second)
		}
		same(t, "snapshot", again, load(t, db, second))
		hits, err := db.WhereUsed(t.Context(), WhereUsedQuery{Package: "old", AsOf: day(9)})
		if err != nil || len(hits) != 0 {
			t.Errorf("the replaced usage is still found: %v, %v", hits, err)
		}
	})
}

func TestADamagedUnitIsReadAnewAndRepaired(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		s := snapshot("r", "c", day(1), unit("x.lock", "pkg:npm/a@1"))
		id := save(t, db, s, true)
		if err := db.exec(t.Context(), db.write, "UPDATE unit SET body = ?", []byte{1, 200, 200}); err != nil {
			t.Fatal(err)
		}
		if _, err := db.LoadSnapshot(t.Context(), id); !errors.Is(err, errBody) || !strings.Contains(err.Error(), "--again") {
			t.Errorf("LoadSnapshot = %v, want what to do about the damage", err)
		}
		if units, err := db.Units(t.Context(), keysOf(s)); err != nil || len(units) != 0 {
			t.Errorf("Units = %v, %v; want none", units, err)
		}
		save(t, db, s, true)
		same(t, "snapshot", s, load(t, db, id))
	})
}

func TestASnapshotThatIsNotThereIsAnErrorInWords(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		_, loading := db.LoadSnapshot(t.Context(), 42)
		for _, err := range []error{loading, db.Observe(t.Context(), 42, day(1))} {
			if err == nil || !strings.Contains(err.Error(), "no snapshot 42") {
				t.Errorf("error %v", err)
			}
		}
		if id, ok, err := db.FindSnapshot(t.Context(), "r", "c", "s"); id != 0 || ok || err != nil {
			t.Errorf("FindSnapshot = %d, %v, %v", id, ok, err)
		}
	})
}

func TestManyWritersAtOnceLoseNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		var purls []string
		for i := range 300 {
			purls = append(purls, fmt.Sprintf("pkg:npm/package-%d@1", i))
		}
		const writers = 8
		ids := make([]int64, writers)
		errs := make([]error, writers)
		// The same units and packages in another order for each writer.
		units := func(w int) (out []inventory.Unit) {
			for i := range 10 {
				n := (i*3 + w*7) % 10
				out = append(out, unit(fmt.Sprintf("%d/x.lock", n), purls[n*30:n*30+30]...))
			}
			return out
		}
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				ids[w], errs[w] = db.SaveSnapshot(context.Background(), snapshot(fmt.Sprintf("repository %d", w%4), fmt.Sprintf("c%d", w%2), day(w+1), units(w)...), true)
			})
		}
		wg.Wait()
		for w := range writers {
			if errs[w] != nil {
				t.Fatal(errs[w])
			}
			if n := len(load(t, db, ids[w]).Units); n != 10 {
				t.Errorf("writer %d: %d units, want 10", w, n)
			}
		}
		if u, c, g := count(t, db, "unit"), count(t, db, "component"), count(t, db, "usage"); u != 10 || c != 300 || g != 300 {
			t.Errorf("%d units, %d components, %d usages are kept; want 10, 300, 300", u, c, g)
		}
	})
}
