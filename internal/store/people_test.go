package store

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/people"
)

func source(org string) *people.Source {
	return &people.Source{
		Records: []people.Record{
			{ID: "ada", Name: "Ada\x00", Team: "core", Origin: "a.txt", Line: 3, Bot: true, Identities: []people.Identity{{Name: "A", Email: "ada@x.org"}, {Login: "github.com/ada"}},
				Employment: []people.Employment{{Org: org, From: people.Day(2020, 1, 1), To: people.Day(2021, 1, 1), Basis: people.CompanyStated, Line: 4}, {Org: org, Basis: people.ProfileText}}},
			{ID: "bob", Origin: "a.txt", Identities: []people.Identity{{Email: "bob@x.org"}}},
		},
		Domains: []people.DomainRule{{Domain: "x.org", Org: org, To: people.Day(2020, 5, 5), Origin: "b.txt"}},
	}
}

func TestWhatIsToldOfPeopleIsKeptByDate(t *testing.T) {
	onBoth(t, func(t *testing.T, db *DB) {
		ctx := context.Background()
		counts := people.ImportCounts{Form: "gitdm", Files: []string{"a.txt", "b.txt"}, Digest: "d", Persons: 2, Skipped: 1}
		entries := []people.Entry{
			{Kind: people.Imported, At: day(1), By: "ospo", Name: "list", Import: counts, Source: source("Acme")},
			{Kind: people.Employed, At: day(2), By: "ada", Identities: []people.Identity{{Name: "A\x00", Email: "ada@x.org"}}, Employment: people.Employment{Org: "Core", From: people.Day(2021, 1, 1), Basis: people.SelfDeclared}},
			{Kind: people.Imported, At: day(3), By: "ospo", Name: "list", Import: counts, Source: source("Bolt")},
			{Kind: people.Undo, At: day(4), By: "ospo", Undoes: 3},
		}
		for i := range entries {
			if err := db.PutPeopleEntry(ctx, &entries[i]); err != nil || entries[i].ID != int64(i+1) {
				t.Fatal(entries[i].ID, err)
			}
		}
		want := *source("Acme")
		origin := func(file string) string { return "import 1 (list) " + file }
		for i := range want.Records {
			r := &want.Records[i]
			r.Origin = origin(r.Origin)
			for j := range r.Employment {
				r.Employment[j].Origin = r.Origin
			}
		}
		want.Domains[0].Origin = origin("b.txt")
		for n, holds := range map[int]int{1: 0, 2: 0, 3: 2, 4: 0} {
			got, err := db.PeopleEntries(ctx, day(n), true)
			if err != nil || len(got) != n {
				t.Fatal(n, len(got), err)
			}
			if got[holds].Index == nil || n > 2 && got[2-holds].Index != nil {
				t.Errorf("as of day %d: the source that holds is not the one of entry %d", n, holds+1)
			}
			if n == 4 {
				x := got[0].Index
				if diff := cmp.Diff(want, people.Source{Records: []people.Record{x.Record(0), x.Record(1)}, Domains: x.Domains()}); diff != "" || x.Len() != 2 {
					t.Error(diff, x.Len())
				}
				entries[0].Source, entries[2].Source, got[0].Index = nil, nil, nil
				if diff := cmp.Diff(entries, got); diff != "" {
					t.Error(diff)
				}
			}
		}
	})
}
