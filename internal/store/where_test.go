package store

import (
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func TestWhereUsedUnderstandsHowPeopleName(t *testing.T) {
	all := []string{
		"pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21", "pkg:npm/Lodash@1.0.0", "pkg:npm/lodash.merge@4.6.2", "pkg:npm/%40types/lodash@4.14.0",
		"pkg:npm/%40babel/core@7.1.0", "pkg:npm/a_b@1", "pkg:npm/axb@1", "pkg:npm/a%25b@1", "pkg:npm/back%5Cslash@1",
		"pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible", "pkg:maven/org.slf4j/slf4j-api@2.0.1", "pkg:pypi/zope-interface@5.0",
		"pkg:deb/debian/curl@7.50.3-1?arch=i386", "pkg:deb/debian/curl@7.50.3-10", "pkg:npm/%C3%89t%C3%A9@1", "pkg:npm/unresolved",
	}
	onBoth(t, func(t *testing.T, db *DB) {
		save(t, db, snapshot("r", "c", day(1), unit("x.lock", all...)), true)
		for query, want := range map[string][]string{
			"pkg:npm/lodash":                         {"pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21"},
			"pkg:npm/lodash@4.17.20":                 {"pkg:npm/lodash@4.17.20"},
			"pkg:npm/lodash@9":                       nil,
			"pkg:npm/Lodash":                         {"pkg:npm/Lodash@1.0.0"},
			"pkg:NPM/unresolved":                     {"pkg:npm/unresolved"},
			"pkg:npm/@babel/core":                    {"pkg:npm/%40babel/core@7.1.0"},
			"pkg:npm/%40babel/core@7.*":              {"pkg:npm/%40babel/core@7.1.0"},
			"pkg:npm/@babel/*":                       {"pkg:npm/%40babel/core@7.1.0"},
			"pkg:npm/L*":                             {"pkg:npm/Lodash@1.0.0"},
			"pkg:npm/lodash@4.17.*":                  {"pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21"},
			"pkg:*/lodash":                           {"pkg:npm/%40types/lodash@4.14.0", "pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21"},
			"pkg:golang/*":                           {"pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible"},
			"pkg:deb/debian/curl":                    {"pkg:deb/debian/curl@7.50.3-10", "pkg:deb/debian/curl@7.50.3-1?arch=i386"},
			"pkg:deb/debian/curl@7.50.3-1":           {"pkg:deb/debian/curl@7.50.3-1?arch=i386"},
			"pkg:deb/debian/curl@7.50.3-1?arch=i386": {"pkg:deb/debian/curl@7.50.3-1?arch=i386"},
			"pkg:deb/debian/curl@7.50.3-1?arch=arm":  nil,
			"pkg:pypi/Zope.Interface":                {"pkg:pypi/zope-interface@5.0"},
			"pkg:*":                                  all,
			"*":                                      all,
			"lodash":                                 {"pkg:npm/%40types/lodash@4.14.0", "pkg:npm/Lodash@1.0.0", "pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21"},
			" LODASH ":                               {"pkg:npm/%40types/lodash@4.14.0", "pkg:npm/Lodash@1.0.0", "pkg:npm/lodash@4.17.20", "pkg:npm/lodash@4.17.21"},
			"lodash.*":                               {"pkg:npm/lodash.merge@4.6.2"},
			"LODASH.M*E":                             {"pkg:npm/lodash.merge@4.6.2"},
			"@types/*":                               {"pkg:npm/%40types/lodash@4.14.0"},
			"@babel/core":                            {"pkg:npm/%40babel/core@7.1.0"},
			"a_b":                                    {"pkg:npm/a_b@1"},
			"a_b*":                                   {"pkg:npm/a_b@1"},
			"a%b*":                                   {"pkg:npm/a%25b@1"},
			"a%b":                                    {"pkg:npm/a%25b@1"},
			`back\slash`:                             {"pkg:npm/back%5Cslash@1"},
			`back\s*`:                                {"pkg:npm/back%5Cslash@1"},
			"github.com/azure/*":                     {"pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible"},
			"go-autorest":                            {"pkg:golang/github.com/Azure/go-autorest@v14.2.0%2Bincompatible"},
			"org.slf4j:slf4j-api":                    {"pkg:maven/org.slf4j/slf4j-api@2.0.1"},
			"org.slf4j:*":                            {"pkg:maven/org.slf4j/slf4j-api@2.0.1"},
			"zope.interface":                         {"pkg:pypi/zope-interface@5.0"},
			"éTÉ":                                    {"pkg:npm/%C3%89t%C3%A9@1"},
			"ÉT*":                                    {"pkg:npm/%C3%89t%C3%A9@1"},
			"":                                       nil,
			"pkg:":                                   nil,
			"\x00\xff*":                              nil,
		} {
			hits, err := db.WhereUsed(t.Context(), WhereUsedQuery{Package: query, AsOf: day(2)})
			if err != nil {
				t.Errorf("%q: %v", query, err)
			}
			var got []string
			for _, h := range hits {
				got = append(got, h.Usage.Component.String())
			}
			if len(want) == len(all) {
				same(t, query, len(want), len(got))
				continue
			}
			same(t, query, want, got)
		}
	})
}

func TestWhereUsedAnswersFromTheStatesOfItsDay(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		x := "pkg:npm/x@1"
		a := save(t, db, snapshot("b", "A", day(2), unit("one.lock", x), unit("two.lock", x, "pkg:npm/y@1")), true)
		save(t, db, snapshot("b", "B", day(4), unit("one.lock", "pkg:npm/y@1")), true)
		save(t, db, snapshot("a", "C", day(3), unit("one.lock", x)), true)
		save(t, db, snapshot("aside", "D", day(3), unit("one.lock", x)), false)
		if err := db.Observe(t.Context(), a, day(6)); err != nil {
			t.Fatal(err)
		}
		hit := func(repo, commit, manifest string) Hit {
			return Hit{Repository: repo, Commit: commit, Usage: unit(manifest, x).Usages[0]}
		}
		for at, want := range map[int][]Hit{
			1: nil,
			2: {hit("b", "A", "one.lock"), hit("b", "A", "two.lock")},
			3: {hit("a", "C", "one.lock"), hit("b", "A", "one.lock"), hit("b", "A", "two.lock")},
			4: {hit("a", "C", "one.lock")},
			6: {hit("a", "C", "one.lock"), hit("b", "A", "one.lock"), hit("b", "A", "two.lock")},
		} {
			got, err := db.WhereUsed(t.Context(), WhereUsedQuery{Package: "x", AsOf: day(at)})
			if err != nil {
				t.Fatal(err)
			}
			same(t, day(at).String(), want, got)
		}
	})
}

func TestWhereUsedTellsAUsageWhole(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		u := inventory.Usage{Component: inventory.PURL{Type: "npm", Name: "x", Version: "1"}, Requirement: "^1", Manifest: "m", Line: 12, Relation: inventory.Transitive,
			Scope: inventory.Dev, Chain: []string{"pkg:npm/a@1", "pkg:npm/b@2"}, License: "MIT", Note: "a note", Fixture: true}
		save(t, db, snapshot("r", "c", day(1), inventory.Unit{Reader: "r/1", Manifest: "m", Usages: []inventory.Usage{u, u}}), true)
		got, err := db.WhereUsed(t.Context(), WhereUsedQuery{Package: "x", AsOf: day(1)})
		if err != nil {
			t.Fatal(err)
		}
		h := Hit{Repository: "r", Commit: "c", Usage: u}
		same(t, "hits", []Hit{h, h}, got)
	})
}
