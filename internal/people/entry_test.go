package people

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestEveryEntryCanBeTakenBack(t *testing.T) {
	index := func(s *Source) *Index {
		x, err := OpenIndex(Pack(s), "")
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	acme := &Source{Records: []Record{{Identities: []Identity{mail("ada@home.org"), mail("ada@gmail.com")}, Employment: []Employment{{Org: "Acme Inc.", Basis: CompanyStated}}}}}
	bolt := &Source{Records: []Record{{Identities: []Identity{mail("ada@home.org")}, Employment: []Employment{{Org: "Bolt", Basis: CompanyStated}}}}}
	entries := []Entry{
		{ID: 1, Kind: Imported, Name: "list", Index: index(acme)},
		{ID: 2, Kind: Imported, Name: "list", Index: index(bolt)},
		{ID: 3, Kind: Undo, Undoes: 2},
		{ID: 4, Kind: Alias, Name: "Acme Inc.", Value: "Acme"},
		{ID: 5, Kind: Employed, Identities: []Identity{mail("ada@gmail.com")}, Employment: Employment{Org: "Core", From: Day(2021, 1, 1), Basis: SelfDeclared}},
		{ID: 6, Kind: Undo, Undoes: 5},
		{ID: 7, Kind: Undo, Undoes: 6},
		{ID: 8, Kind: Apart, Identities: []Identity{mail("ada@home.org"), mail("ada@gmail.com")}},
		{ID: 9, Kind: InTeam, Identities: []Identity{mail("ada@gmail.com")}, Value: "old"},
		{ID: 10, Kind: InTeam, Identities: []Identity{mail("ada@gmail.com")}, Value: "new"},
		{ID: 11, Kind: IsBot, Value: "ada@*"},
		{ID: 12, Kind: IsHuman, Value: "ADA@*"},
	}
	type answer struct {
		n                 int // entries that are there
		home, gmail, team string
		one, bot          bool
	}
	for _, want := range []answer{
		{n: 1, home: "Acme Inc.", gmail: "Acme Inc.", one: true},
		{n: 2, home: "Bolt"},
		{n: 3, home: "Acme Inc.", gmail: "Acme Inc.", one: true},
		{n: 4, home: "Acme", gmail: "Acme", one: true},
		{n: 5, home: "Core", gmail: "Core", one: true},
		{n: 6, home: "Acme", gmail: "Acme", one: true},
		{n: 7, home: "Core", gmail: "Core", one: true},
		{n: 8, home: "Acme", gmail: "Core"},
		{n: 10, home: "Acme", gmail: "Core", team: "new"},
		{n: 11, home: "Acme", gmail: "Core", team: "new", bot: true},
		{n: 12, home: "Acme", gmail: "Core", team: "new"},
	} {
		d := NewDirectory(Assemble(Facts{}, entries[:want.n]))
		who := func(email string) Who { return d.Who(mail(email), mail(email)) }
		at := Day(2022, 1, 1).Unix()
		got := answer{n: want.n, home: d.Employer(who("ada@home.org"), "x", at).Org, gmail: d.Employer(who("ada@gmail.com"), "x", at).Org,
			one: who("ada@home.org").Key == who("ada@gmail.com").Key, bot: who("ada@gmail.com").Bot}
		if p := who("ada@gmail.com").Person; p != nil {
			got.team = p.Team
		}
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	if s := States(entries); s[1].String() != "undone by 3" || s[0].String() != "holds" || s[5].String() != "undone by 7" {
		t.Errorf("%v", s)
	}
	if s := States(entries[:2]); s[0].String() != "replaced by 2" {
		t.Errorf("%v", s)
	}
}

func TestUndoingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := []Entry{}
		for i := range rapid.IntRange(1, 12).Draw(t, "n") {
			e := Entry{ID: int64(i + 1), Kind: Same}
			if i > 0 && rapid.Bool().Draw(t, "undo") {
				e.Kind, e.Undoes = Undo, rapid.Int64Range(1, int64(i)).Draw(t, "of")
			} else if rapid.Bool().Draw(t, "import") {
				e.Kind, e.Name = Imported, rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name")
			}
			entries = append(entries, e)
		}
		before := States(entries)
		n := int64(len(entries))
		twice := slices.Concat(entries, []Entry{{ID: n + 1, Kind: Undo, Undoes: rapid.Int64Range(1, n).Draw(t, "last")}, {ID: n + 2, Kind: Undo, Undoes: n + 1}})
		for i, s := range States(twice)[:n] {
			if s.Holds != before[i].Holds {
				t.Fatalf("entry %d: %v, was %v", i+1, s, before[i])
			}
		}
	})
}

func TestWhoseADomainMayBeIsSuggested(t *testing.T) {
	var s Source
	for i, org := range []string{"Acme", "Acme", "Bolt", "Independent"} {
		s.Records = append(s.Records, Record{Identities: []Identity{mail(string(rune('a'+i)) + "@acme.test"), mail(string(rune('a'+i)) + "@gmail.com"), mail(string(rune('a'+i)) + "@known.test")},
			Employment: []Employment{{Org: org, Basis: CompanyStated}}})
	}
	x, err := OpenIndex(Pack(&s), "")
	if err != nil {
		t.Fatal(err)
	}
	owner := Entry{ID: 1, Kind: Owner, Name: "known.test", Value: "Known", Employment: Employment{From: Day(2020, 1, 1)}}
	d := NewDirectory(Assemble(Facts{}, []Entry{owner, {ID: 2, Kind: Imported, Name: "list", Index: x}}))
	got := d.SuggestOwners(map[string]int{"acme.test": 7, "gmail.com": 9, "known.test": 3})
	if len(got) != 1 || got[0] != (OwnerSuggestion{Domain: "acme.test", Org: "Acme", People: 3, For: 2, Commits: 7}) {
		t.Errorf("%+v", got)
	}
	who := d.Who(mail("new@mail.known.test"), mail("new@mail.known.test"))
	if now, before := d.Employer(who, who.Email, Day(2021, 1, 1).Unix()), d.Employer(who, who.Email, Day(2019, 1, 1).Unix()); now.Org != "Known" || before.Org != "" {
		t.Errorf("%+v %+v", now, before)
	}
}
