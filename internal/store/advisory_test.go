package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// osv is a record of package name in npm, fixed in a version.
func osv(id, name, fixed string, modified time.Time, more string) []byte {
	return fmt.Appendf(nil, `{"id":%q,"modified":%q,"summary":"about %s","affected":[{"package":{"ecosystem":"npm","name":%q},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":%q}]}]}]%s}`,
		id, modified.Format(time.RFC3339), name, name, fixed, more)
}

func advisoryFile(t testing.TB, name string, data []byte) AdvisoryFile {
	t.Helper()
	u, err := advisory.Understand(data)
	if err != nil {
		t.Fatal(err)
	}
	return AdvisoryFile{Name: name, Mark: fmt.Sprintf("%x", data), Record: u, Raw: Compress(data)}
}

// update gives a feed these files, by name.
func update(t testing.TB, db *DB, feed string, at time.Time, files map[string][]byte) AdvisoryChange {
	t.Helper()
	change, err := db.UpdateAdvisories(context.Background(), advisory.Feed{Name: feed, Kind: "osv", Location: "/" + feed, Checked: at}, "", true,
		func(known map[string]string, put func(AdvisoryFile) error) error {
			for _, name := range sortedKeys(files) {
				f := advisoryFile(t, name, files[name])
				if known[name] == f.Mark {
					f = AdvisoryFile{Name: name, Mark: f.Mark, Known: true}
				}
				if err := put(f); err != nil {
					return err
				}
			}
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return change
}

// matching lists the records that mean a version of an npm package; withdrawn
// ones have a "-".
func matching(t testing.TB, db *DB, name, version string) []string {
	t.Helper()
	key := advisory.NewKey("npm", name)
	asked, records, err := db.AskAdvisories(context.Background(), map[advisory.Key][]string{key: {version}})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	if a := asked[key]; a != nil {
		for _, m := range a.Matches[version] {
			id := records[m.Record].ID
			if !records[m.Record].Withdrawn.IsZero() {
				id = "-" + id
			}
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func TestAMirrorAnswersAsItsLastUpdateSaid(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		files := map[string][]byte{"1.json": osv("A-1", "left", "1.5.0", day(1), `,"aliases":["CVE-1"]`), "2.json": osv("A-2", "left", "1.2.0", day(1), "")}
		same(t, "first", AdvisoryChange{New: 2}, update(t, db, "npm", day(2), files))
		same(t, "1.1.0", []string{"A-1", "A-2"}, matching(t, db, "left", "1.1.0"))
		same(t, "1.3.0", []string{"A-1"}, matching(t, db, "left", "1.3.0"))
		same(t, "another package", []string(nil), matching(t, db, "right", "1.3.0"))

		same(t, "again", AdvisoryChange{Unchanged: 2}, update(t, db, "npm", day(3), files))

		// The fix was wrong; now it is about another package too.
		files["1.json"] = osv("A-1", "right", "1.5.0", day(4), "")
		same(t, "changed", AdvisoryChange{Changed: 1, Unchanged: 1}, update(t, db, "npm", day(4), files))
		same(t, "moved away", []string(nil), matching(t, db, "left", "1.3.0"))
		same(t, "moved here", []string{"A-1"}, matching(t, db, "right", "1.3.0"))

		files["1.json"] = osv("A-1", "right", "9.0.0", day(3), "")
		same(t, "older", AdvisoryChange{Older: 1, Unchanged: 1}, update(t, db, "npm", day(5), files))
		same(t, "the newer one holds", []string(nil), matching(t, db, "right", "2.0.0"))

		files["2.json"] = osv("A-2", "left", "1.2.0", day(6), `,"withdrawn":"2026-03-06T00:00:00Z"`)
		same(t, "withdrawn", AdvisoryChange{Changed: 1, Withdrawn: 1, Unchanged: 1}, update(t, db, "npm", day(6), files))
		same(t, "withdrawn is kept as withdrawn", []string{"-A-2"}, matching(t, db, "left", "1.1.0"))

		delete(files, "1.json")
		same(t, "gone", AdvisoryChange{Gone: 1, Unchanged: 1}, update(t, db, "npm", day(7), files))
		same(t, "gone counts as withdrawn", []string{"-A-1"}, matching(t, db, "right", "1.3.0"))
		files["1.json"] = osv("A-1", "right", "1.5.0", day(4), "")
		same(t, "back", AdvisoryChange{Changed: 1, Unchanged: 1}, update(t, db, "npm", day(8), files))
		same(t, "back again", []string{"A-1"}, matching(t, db, "right", "1.3.0"))

		feeds, _, err := db.AdvisoryFeeds(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "feeds", []advisory.Feed{{Name: "npm", Location: "/npm", Kind: "osv", Ecosystems: []string{"npm"}, Checked: day(8), Newest: day(6), Made: day(6), Records: 2}}, feeds)
	})
}

func TestARecordInTwoFeedsIsOne(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		same(t, "one", AdvisoryChange{New: 1}, update(t, db, "npm", day(2), map[string][]byte{"1.json": osv("A-1", "left", "1.5.0", day(1), "")}))
		same(t, "two", AdvisoryChange{Unchanged: 1}, update(t, db, "PyPI", day(2), map[string][]byte{"1.json": osv("A-1", "left", "1.5.0", day(1), "")}))
		same(t, "gone from one", AdvisoryChange{}, update(t, db, "npm", day(3), nil))
		same(t, "still there", []string{"A-1"}, matching(t, db, "left", "1.0.0"))
		same(t, "gone from both", AdvisoryChange{Gone: 1}, update(t, db, "PyPI", day(3), nil))
		same(t, "withdrawn", []string{"-A-1"}, matching(t, db, "left", "1.0.0"))
	})
}

func TestOfTheSameRecordTwiceTheNewestCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		files := map[string][]byte{"a.json": osv("A-1", "left", "1.0.0", day(1), ""), "b.json": osv("A-1", "right", "3.0.0", day(3), ""), "c.json": osv("A-1", "left", "2.0.0", day(2), "")}
		same(t, "in one batch", AdvisoryChange{New: 1, Twice: 2}, update(t, db, "npm", day(4), files))
		same(t, "newest", []string{"A-1"}, matching(t, db, "right", "2.5.0"))
		same(t, "others", []string(nil), matching(t, db, "left", "0.5.0"))

		// The same when they stand far apart.
		files = map[string][]byte{"0.json": osv("B-1", "up", "1.0.0", day(1), ""), "z.json": osv("B-1", "down", "1.0.0", day(2), "")}
		for i := range 2 * advisoryBatch {
			files[fmt.Sprintf("m%d.json", i)] = osv(fmt.Sprintf("M-%d", i), "many", "1.0.0", day(1), "")
		}
		same(t, "in two batches", 1, update(t, db, "far", day(4), files).Twice)
		same(t, "newest", []string{"B-1"}, matching(t, db, "down", "0.5.0"))
		same(t, "older", []string(nil), matching(t, db, "up", "0.5.0"))
		same(t, "many", 2*advisoryBatch, len(matching(t, db, "many", "0.1.0")))
	})
}

func TestAnUpdateThatFailsLeavesWhatWas(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		update(t, db, "npm", day(2), map[string][]byte{"1.json": osv("A-1", "left", "1.5.0", day(1), "")})
		broken := errors.New("the line broke")
		_, err := db.UpdateAdvisories(t.Context(), advisory.Feed{Name: "npm", Kind: "osv", Checked: day(3)}, "", true, func(_ map[string]string, put func(AdvisoryFile) error) error {
			for i := range 2 * advisoryBatch {
				if err := put(advisoryFile(t, fmt.Sprint(i), osv(fmt.Sprintf("N-%d", i), "left", "3.0.0", day(2), ""))); err != nil {
					return err
				}
			}
			return broken
		})
		if !errors.Is(err, broken) {
			t.Fatal(err)
		}
		same(t, "as before", []string{"A-1"}, matching(t, db, "left", "1.0.0"))
		same(t, "records", 1, count(t, db, "advisory"))
		if err := db.TouchFeed(t.Context(), advisory.Feed{Name: "npm", Kind: "osv", Checked: day(3), Fault: "the line broke"}); err != nil {
			t.Fatal(err)
		}
		feeds, _, err := db.AdvisoryFeeds(t.Context())
		if err != nil || len(feeds) != 1 || !feeds[0].Partial || feeds[0].Records != 1 || !feeds[0].Checked.Equal(day(2)) {
			t.Errorf("%+v, %v", feeds, err)
		}
	})
}

func TestADroppedFeedLeavesWhatOthersList(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		both := osv("A-1", "left", "1.5.0", day(1), "")
		only := map[string][]byte{"1.json": both, "2.json": osv("B-1", "right", "1.5.0", day(1), "")}
		update(t, db, "npm", day(2), only)
		update(t, db, "copy", day(2), map[string][]byte{"x.json": both})
		if err := db.PutKEV(t.Context(), advisory.Feed{Name: "kev", Kind: "kev", Checked: day(2)}, []advisory.Exploited{{CVE: "CVE-2026-1"}}); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int{"npm": 1, "kev": 0} {
			if n, err := db.DropFeed(t.Context(), name, day(3)); err != nil || n != want {
				t.Errorf("%s: %d, %v", name, n, err)
			}
		}
		if _, err := db.DropFeed(t.Context(), "npm", day(3)); !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("what is not there was dropped: %v", err)
		}
		same(t, "the other's", []string{"A-1"}, matching(t, db, "left", "1.0.0"))
		info, err := db.AdvisoriesNamed(t.Context(), "B-1")
		if err != nil || len(info) != 1 {
			t.Fatalf("%+v, %v", info, err)
		}
		for _, i := range info {
			if !i.Withdrawn.Equal(day(3)) {
				t.Errorf("%+v", i)
			}
		}
		if kev, _, err := db.Exploitation(t.Context(), []string{"CVE-2026-1"}); err != nil || len(kev) != 0 {
			t.Errorf("%v, %v", kev, err)
		}
		feeds, _, err := db.AdvisoryFeeds(t.Context())
		if err != nil || len(feeds) != 1 || feeds[0].Name != "copy" {
			t.Errorf("%+v, %v", feeds, err)
		}
		same(t, "read again", 1, update(t, db, "npm", day(4), only).Changed)
		same(t, "as before", []string{"B-1"}, matching(t, db, "right", "1.0.0"))
	})
}

func TestAnyNameLeadsToAllRecordsOfAVulnerability(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		update(t, db, "npm", day(2), map[string][]byte{
			"1.json": osv("GHSA-aaaa-bbbb-cccc", "left", "1.5.0", day(1), `,"aliases":["CVE-2026-1"]`),
			"2.json": osv("B-1", "left", "1.5.0", day(1), `,"aliases":["CVE-2026-1","C-1"]`),
			"3.json": osv("C-1", "left", "1.5.0", day(1), `,"aliases":["B-1"]`), // in a ring
			"4.json": osv("D-1", "left", "1.5.0", day(1), ""),
		})
		for _, name := range []string{"CVE-2026-1", "cve-2026-1", "ghsa-AAAA-bbbb-cccc", "C-1"} {
			found, err := db.AdvisoriesNamed(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, i := range found {
				ids = append(ids, i.ID)
			}
			slices.Sort(ids)
			same(t, name, []string{"B-1", "C-1", "GHSA-aaaa-bbbb-cccc"}, ids)
		}
	})
}

func TestUsersOfAnAdvisorysPackageAreFoundWhateverTheirSpelling(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		save(t, db, snapshot("shop", "c1", day(1), unit("a", "pkg:nuget/Newtonsoft.Json@12.0.1", "pkg:npm/left@1.0.0", "pkg:npm/LEFT@1.0.0",
			"pkg:githubactions/actions/cache/restore@v4.0.0", "pkg:deb/debian/libssl3@3.0.1?distro=debian-12&upstream=openssl", "pkg:conan/a/zlib@1.2.11")), true)
		for _, c := range []struct{ ecosystem, name, want string }{
			{"NuGet", "newtonsoft.json", "pkg:nuget/Newtonsoft.Json@12.0.1"},
			{"GitHub Actions", "Actions/cache", "pkg:githubactions/actions/cache/restore@v4.0.0"},
			{"Debian:12", "openssl", "pkg:deb/debian/libssl3@3.0.1?distro=debian-12&upstream=openssl"},
			{"ConanCenter", "zlib", "pkg:conan/a/zlib@1.2.11"},
			{"npm", "left", "pkg:npm/left@1.0.0"},
		} {
			key := advisory.NewKey(c.ecosystem, c.name)
			got, err := db.ComponentsNamed(t.Context(), []advisory.Key{key})
			if err != nil {
				t.Fatal(err)
			}
			var asking []string
			for _, p := range got {
				if slices.Contains(advisory.Ask(p).Keys, key) {
					asking = append(asking, p.String())
				}
			}
			same(t, c.ecosystem+" "+c.name, []string{c.want}, asking)
		}
		hits, err := db.UsagesOf(t.Context(), []string{"pkg:npm/left@1.0.0", "pkg:nuget/Newtonsoft.Json@12.0.1"}, day(2))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "usages", 2, len(hits))
	})
}

func TestListsOfExploitedVulnerabilitiesAreReplacedWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		for _, list := range [][]advisory.Exploited{{{CVE: "CVE-1", Added: "2026-01-01"}, {CVE: "CVE-2", Added: "2026-01-02", Due: "2026-02-02", Ransomware: true}}, {{CVE: "CVE-2", Added: "2026-01-03"}}} {
			if err := db.PutKEV(t.Context(), advisory.Feed{Name: "kev", Kind: "kev", Checked: day(1), Made: day(1)}, list); err != nil {
				t.Fatal(err)
			}
		}
		err := db.PutEPSS(t.Context(), advisory.Feed{Name: "epss", Kind: "epss", Checked: day(1), Made: day(1)}, []advisory.EPSS{{CVE: "CVE-1", Probability: 0.94321, Percentile: 1}, {CVE: "CVE-3"}})
		if err != nil {
			t.Fatal(err)
		}
		kev, epss, err := db.Exploitation(t.Context(), []string{"CVE-1", "CVE-2", "CVE-9"})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "kev", map[string]*advisory.Exploited{"CVE-2": {CVE: "CVE-2", Added: "2026-01-03"}}, kev)
		same(t, "epss", map[string]*advisory.EPSS{"CVE-1": {CVE: "CVE-1", Probability: 0.94321, Percentile: 1, Date: "2026-03-01"}}, epss)
	})
}

// Whatever the order and the size of the updates, a mirror answers as one that
// was filled at once.
func TestUpdatesInAnyOrderMakeTheSameMirror(t *testing.T) {
	db, once := open(t, newDSN(t, "SQLite")), open(t, newDSN(t, "SQLite"))
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++ // each with names of its own
		feed := fmt.Sprint("feed", round)
		final := map[string][]byte{}
		for step := range rapid.IntRange(1, 4).Draw(rt, "updates") {
			for range rapid.IntRange(1, 5).Draw(rt, "edits") {
				n := rapid.IntRange(1, 6).Draw(rt, "record")
				final[fmt.Sprintf("%d.json", n)] = osv(fmt.Sprintf("A-%d-%d", round, n), rapid.SampledFrom([]string{"p", "q", "r"}).Draw(rt, "package")+feed,
					fmt.Sprintf("%d.0.0", rapid.IntRange(1, 4).Draw(rt, "fixed")), day(step+1), "")
			}
			update(t, db, feed, day(step+1), final)
		}
		update(t, once, feed, day(9), final)
		for _, name := range []string{"p", "q", "r"} {
			for v := range 5 {
				version := fmt.Sprintf("%d.0.0", v)
				same(rt, name+" "+version, matching(t, once, name+feed, version), matching(t, db, name+feed, version))
			}
		}
	})
}

func TestPackagesSurviveTheIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		version := rapid.StringMatching(`[0-9]{1,2}\.[0-9]\.0`)
		var claims []advisory.Claim
		for n := range rapid.IntRange(1, 4).Draw(t, "records") {
			a := advisory.Affected{Key: advisory.Key{Ecosystem: "npm", Name: "p"}, Versions: rapid.SliceOfN(version, 0, 3).Draw(t, "versions")}
			for range rapid.IntRange(0, 3).Draw(t, "ranges") {
				a.Ranges = append(a.Ranges, advisory.Range{Type: "SEMVER", Events: []advisory.Event{{What: advisory.Introduced, Version: version.Draw(t, "in")},
					{What: rapid.SampledFrom([]advisory.EventKind{advisory.Fixed, advisory.LastAffected}).Draw(t, "end"), Version: version.Draw(t, "out")}}})
			}
			if c, _, ok := advisory.NewClaim(int64(n+1), a); ok {
				claims = append(claims, c)
			}
		}
		p := advisory.Compile(advisory.Key{Ecosystem: "npm", Name: "p"}, claims)
		back, err := decodePackage(p.Key, encodePackage(p))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "package", p, back)
	})
}

func FuzzShard(f *testing.F) {
	p := advisory.Compile(advisory.Key{Ecosystem: "npm", Name: "p"}, []advisory.Claim{{Record: 7, Intervals: []advisory.Interval{{From: "1", Until: "2", Fix: true}}, Versions: []string{"9"}}})
	f.Add(encodeShard(map[advisory.Key][]byte{p.Key: encodePackage(p)}))
	f.Add([]byte{shardVersion, 1, 'a', 0xff})
	f.Fuzz(func(t *testing.T, body []byte) {
		_ = walkShard(body, func(ecosystem, name, pkg []byte) error {
			p, err := decodePackage(advisory.Key{Ecosystem: string(ecosystem), Name: string(name)}, pkg)
			if err == nil {
				_, _ = advisory.NewAsker(p).Matches("1.2.3")
				p.Claims()
			}
			return nil
		})
	})
}

func TestGoModulesTellTheReleaseThatTheyAskFor(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := unit("go.mod")
		u.Own = []string{"pkg:golang/example.com/a?go=1.22&line=3"}
		save(t, db, snapshot("a", "c1", day(1), u), true)
		old := unit("go.mod", "pkg:golang/x@v1.0.0")
		old.Own = []string{"pkg:golang/example.com/a?go=1.20&line=3"}
		save(t, db, snapshot("a", "c0", day(1), old), false)
		got, err := db.GoDeclarations(t.Context(), day(2))
		if err != nil {
			t.Fatal(err)
		}
		same(t, "declared", []Declaration{{"a", "c1", "go.mod", u.Own[0]}}, got)
		low, ok := advisory.Stdlib(got[0].Own, got[0].Manifest)
		if want := (inventory.PURL{Type: "golang", Name: "stdlib", Version: "1.22.0"}); !ok || low.Component != want || low.Line != 3 {
			t.Errorf("%+v", low)
		}
	})
}
