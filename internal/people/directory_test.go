package people

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func mail(s string) Identity { return Identity{Email: s} }

func TestIdentitiesBecomeOnePersonOnlyByRuleOrDecision(t *testing.T) {
	d := NewDirectory(Facts{
		Links: []Link{
			{Same: []Identity{mail("a@x.org"), mail("b@x.org")}, Origin: "people.yaml:3"},
			{Same: []Identity{mail("c@x.org"), mail("d@x.org")}, Origin: "people.yaml:4"},
			{Apart: []Identity{mail("a@x.org"), mail("e@x.org")}, Origin: "people.yaml:5"},
			{Apart: []Identity{mail("c@x.org"), mail("d@x.org")}, Origin: "people.yaml:6"},
		},
		Records: []Record{
			{ID: "ada", Name: "Ada", Team: "core", Identities: []Identity{mail("A@X.org"), {Login: "github.com/ada"}}, Origin: "people.yaml:9"},
			{ID: "sh-1", Name: "Other Name", Identities: []Identity{mail("b@x.org"), mail("e@x.org"), mail("f@x.org")}, Origin: "import hr"},
		},
	})
	who := func(email string) string {
		w := d.Who(Identity{Name: "Same Name", Email: email}, Identity{Name: "Same Name", Email: email})
		return w.Key + " " + w.Name
	}
	got := []string{who("a@x.org"), who("B@x.org"), who("f@x.org"), who("e@x.org"), who("c@x.org"), who("d@x.org"), who("new@x.org")}
	want := []string{"a@x.org Ada", "a@x.org Ada", "a@x.org Ada", "e@x.org Same Name", "c@x.org Same Name", "d@x.org Same Name", "new@x.org Same Name"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if refused, _ := d.Disputes(mail("c@x.org")); len(refused) != 1 || !strings.Contains(refused[0], "people.yaml:4") {
		t.Errorf("links that a decision forbids are said: %q", refused)
	}
	if refused, _ := d.Disputes(mail("f@x.org")); len(refused) != 1 || !strings.Contains(refused[0], "import hr") {
		t.Errorf("what a source says against a decision is said: %q", refused)
	}
	if p := d.Find(Identity{Login: "github.com/ADA"}); p == nil || p.Team != "core" || p.ID != "ada" {
		t.Errorf("by login: %+v", p)
	}
}

func TestALaterDecisionTakesTheEarlierBack(t *testing.T) {
	same := Link{Same: []Identity{mail("a@x"), mail("b@x")}, Origin: "1"}
	apart := Link{Apart: []Identity{mail("a@x"), mail("b@x")}, Origin: "2"}
	one := func(links ...Link) bool {
		d := NewDirectory(Facts{Links: links})
		return d.Find(mail("a@x")).Key == d.Find(mail("b@x")).Key
	}
	if one(same, apart) || !one(same) || !one(same, apart, same) || one(apart, same, apart) {
		t.Error("the latest decision does not count")
	}
}

func TestAMailmapHoldsInItsHistoryAndDecisionsComeFirst(t *testing.T) {
	d := NewDirectory(Facts{Links: []Link{{Same: []Identity{mail("work@x.org"), mail("old@x.org")}}}})
	for _, c := range []struct{ raw, mapped, want string }{
		{"old@x.org", "proper@x.org", "work@x.org"},
		{"nobody@x.org", "proper@x.org", "proper@x.org"},
		{"nobody@x.org", "OLD@x.org", "work@x.org"},
	} {
		if got := d.Who(mail(c.raw), mail(c.mapped)).Key; got != c.want {
			t.Errorf("%s -> %s: %s", c.raw, c.mapped, got)
		}
	}
}

func TestEmployersByPrecedenceAndTime(t *testing.T) {
	d := NewDirectory(Facts{
		Own: "Example Corp", OwnDomains: []string{"example.com"},
		Aliases: map[string]string{"acme inc.": "Acme"},
		Domains: []DomainRule{
			{Domain: "acme.com", Org: "Acme Inc."},
			{Domain: "bought.com", Org: "Bought", To: Day(2022, 1, 1)}, {Domain: "bought.com", Org: "Example Corp", From: Day(2022, 1, 1)},
			{Domain: "edu.example.org", Org: ""},
		},
		Records: []Record{{Identities: []Identity{mail("ada@gmail.com"), mail("ada@acme.com")}, Employment: []Employment{
			{Org: "Acme", To: Day(2020, 1, 1), Basis: CompanyStated, Origin: "gitdm"},
			{Org: "Stale", Basis: ProfileText, Origin: "profile"},
			{Org: "Example Corp", From: Day(2021, 1, 1), To: Day(2023, 1, 1), Basis: SelfDeclared, Origin: "people.yaml:7"},
			{Org: "Wrong", From: Day(2020, 6, 1), Basis: CompanyStated, Origin: "hr"},
		}}},
	})
	for _, c := range []struct {
		email string
		at    time.Time
		want  string
	}{
		{"ada@gmail.com", Day(2019, 5, 5), "Acme company"},
		{"ada@acme.com", Day(2020, 3, 1), "Acme email-domain"},
		{"ada@gmail.com", Day(2020, 3, 1), "Stale profile"},
		{"ada@gmail.com", Day(2020, 12, 31), "Wrong company"},
		{"ada@acme.com", Day(2021, 1, 1), "Example Corp self-declared"},
		{"ada@gmail.com", Day(2023, 1, 1), "Wrong company"},
		{"x@mail.example.com", Day(2023, 1, 1), "Example Corp email-domain"},
		{"x@bought.com", Day(2021, 12, 31), "Bought email-domain"},
		{"x@bought.com", Day(2022, 1, 1), "Example Corp email-domain"},
		{"x@cs.edu.example.org", Day(2022, 1, 1), " "},
		{"x@gmail.com", Day(2022, 1, 1), " "},
		{"1+x@users.noreply.github.com", Day(2022, 1, 1), " "},
		{"x@other.io", Day(2022, 1, 1), "other.io email-domain"},
		{"no address", Day(2022, 1, 1), " "},
	} {
		term := d.Employer(d.Who(mail(c.email), mail(c.email)), c.email, c.at.Unix())
		if got := fmt.Sprintf("%s %s", term.Org, term.Basis); got != c.want {
			t.Errorf("%s at %s: %q, want %q", c.email, c.at.Format(time.DateOnly), got, c.want)
		}
	}
	if !d.KnowsOwn() || !d.IsOwn("Example Corp") || d.IsOwn("") || d.IsOwn("Acme") {
		t.Error("who we are")
	}
	var none *Directory
	if got := none.Employer(none.Who(mail("x@acme.com"), mail("x@acme.com")), "x@acme.com", 0).Org; got != "acme.com" {
		t.Errorf("without a directory an address tells its domain, not %q", got)
	}
}

func TestBotsOfTheCompanyComeBeforeTheRules(t *testing.T) {
	d := NewDirectory(Facts{Bots: []string{"build*@example.com", "Release Robot Army"}, NotBots: []string{"github.com/talbot", "abbot@x.org"}})
	for _, c := range []struct {
		who  Identity
		want bool
	}{
		{Identity{Name: "Build", Email: "Build-7@example.com"}, true},
		{Identity{Name: "release robot army", Email: "x@y"}, true},
		{Identity{Name: "my-bot", Email: "abbot@x.org"}, false},
		{Identity{Name: "my-bot", Email: "other@x.org"}, true},
		{Identity{Name: "Ada", Email: "ada@x.org"}, false},
	} {
		if got := d.Who(c.who, c.who).Bot; got != c.want {
			t.Errorf("%v: %v", c.who, got)
		}
	}
}

// A term covers every second once, and what is kept apart is never one.
func TestLawsOfTheDirectory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Custom(func(t *rapid.T) Identity {
			return mail(rapid.SampledFrom([]string{"a@x", "b@x", "c@x", "d@x", "e@x"}).Draw(t, "id"))
		})
		ids := rapid.SliceOfN(id, 2, 3)
		var f Facts
		for i := range rapid.IntRange(0, 5).Draw(t, "links") {
			l := Link{Origin: fmt.Sprint(i)}
			if rapid.Bool().Draw(t, "same") {
				l.Same = ids.Draw(t, "ids")
			} else {
				l.Apart = ids.Draw(t, "ids")
			}
			f.Links = append(f.Links, l)
		}
		day := rapid.IntRange(0, 20)
		var e []Employment
		for range rapid.IntRange(0, 4).Draw(t, "jobs") {
			e = append(e, Employment{Org: rapid.SampledFrom([]string{"A", "B", ""}).Draw(t, "org"), Basis: rapid.SampledFrom(Bases).Draw(t, "basis"),
				From: Day(2020, 1, 1+day.Draw(t, "from")), To: Day(2020, 1, 1+day.Draw(t, "to"))})
		}
		f.Records = []Record{{Identities: ids.Draw(t, "record"), Employment: e}}
		d := NewDirectory(f)
		if n := len(f.Links); n > 0 && len(f.Links[n-1].Apart) > 0 {
			last := f.Links[n-1].Apart
			for i, a := range last {
				for _, b := range last[i+1:] {
					if a != b && d.Find(a).Key == d.Find(b).Key {
						t.Fatalf("%v and %v are one", a, b)
					}
				}
			}
		}
		terms := d.Terms(d.Who(f.Records[0].Identities[0], f.Records[0].Identities[0]), "a@x.org")
		for i, term := range terms {
			if term.From >= term.To || i > 0 && terms[i-1].To != term.From {
				t.Fatalf("%+v", terms)
			}
		}
		if first, last := terms[0], terms[len(terms)-1]; first.From != -1<<63 || last.To != 1<<63-1 {
			t.Fatalf("%+v", terms)
		}
	})
}

func TestAPersonAskedForAloneIsThePersonOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.Custom(func(t *rapid.T) Identity {
			who := Identity{Name: rapid.SampledFrom([]string{"", "N"}).Draw(t, "name"), Email: rapid.SampledFrom([]string{"a@x", "B@x", "c@x", "d@x", "e@x", "f@x", ""}).Draw(t, "email")}
			who.Login = rapid.SampledFrom([]string{"", "", "github.com/a", "github.com/B"}).Draw(t, "login")
			return who
		})
		ids := rapid.SliceOfN(id, 1, 3)
		record := rapid.Custom(func(t *rapid.T) Record {
			r := Record{ID: rapid.SampledFrom([]string{"", "i"}).Draw(t, "id"), Team: rapid.SampledFrom([]string{"", "t", "u"}).Draw(t, "team"), Identities: ids.Draw(t, "ids"), Origin: "o"}
			if rapid.Bool().Draw(t, "employed") {
				r.Employment = []Employment{{Org: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "org"), From: Day(2020, 1, rapid.IntRange(1, 9).Draw(t, "from")), Basis: CompanyStated, Origin: "o", Line: 3}}
			}
			return r
		})
		var links []Link
		for i := range rapid.IntRange(0, 4).Draw(t, "links") {
			l := Link{Origin: fmt.Sprint(i)}
			if rapid.Bool().Draw(t, "same") {
				l.Same = ids.Draw(t, "same")
			} else {
				l.Apart = ids.Draw(t, "apart")
			}
			links = append(links, l)
		}
		records := rapid.SliceOfN(record, 0, 6).Draw(t, "records")
		split := rapid.IntRange(0, len(records)).Draw(t, "split")
		packed, err := OpenIndex(Pack(&Source{Records: records[split:]}), "")
		if err != nil {
			t.Fatal(err)
		}
		d := NewDirectory(Facts{Links: links, Records: records[:split], Sources: []*Index{packed}})
		whole := slices.Clone(records)
		for i := split; i < len(whole); i++ {
			whole[i] = sourced(whole[i])
		}
		all := d.merge(links, whole)
		for _, p := range all.persons {
			for _, who := range p.Identities {
				got := d.Find(who)
				if got == nil {
					t.Fatalf("%v is not found", who)
				}
				// Of whom one entry speaks alone all of it is said of all addresses.
				if diff := cmp.Diff(p, *got, cmpopts.IgnoreFields(Employment{}, "For")); diff != "" {
					t.Fatal(diff)
				}
				if diff := cmp.Diff(d.Terms(Who{Person: &p}, who.Email), d.Terms(Who{Person: got}, who.Email)); diff != "" {
					t.Fatal(diff)
				}
			}
		}
		if got := d.Find(mail("nobody@x")); got != nil {
			t.Fatalf("%+v", got)
		}
		byKey := cmpopts.SortSlices(func(a, b Person) bool { return a.Key < b.Key })
		if diff := cmp.Diff(all.persons, d.Persons(), byKey, cmpopts.IgnoreFields(Employment{}, "For")); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add(Pack(&example), "ada@example.com")
	f.Fuzz(func(t *testing.T, data []byte, key string) {
		x, err := OpenIndex(data, "o")
		if err != nil {
			return
		}
		for _, i := range x.find(key) {
			x.Record(i)
		}
		for i := range min(x.Len(), 100) {
			x.Record(i)
		}
		x.Domains()
		x.hasWord(func(string) bool { return false })
	})
}

func TestAnEntryCountsFirstForItsOwnAddresses(t *testing.T) {
	x, err := OpenIndex(Pack(&Source{Records: []Record{
		{Identities: []Identity{{Login: "github.com/ada"}, mail("ada@home.org")}, Employment: []Employment{{Org: "Acme", From: Day(2015, 1, 1), Basis: CompanyStated}}},
		{Identities: []Identity{{Login: "github.com/Ada"}, mail("ada@gmail.com")}, Employment: []Employment{{Org: "Bolt", From: Day(2021, 1, 1), Basis: CompanyStated}}},
	}}), "list")
	if err != nil {
		t.Fatal(err)
	}
	mine := Record{Identities: []Identity{mail("ada@gmail.com")}, Employment: []Employment{{Org: "Core", From: Day(2023, 1, 1), Basis: CompanyStated}}}
	d := NewDirectory(Facts{Sources: []*Index{x}, Records: []Record{mine}, Links: []Link{{Same: []Identity{mail("ada@other.org"), mail("ada@home.org")}}}})
	for _, c := range []struct {
		raw, mapped string
		year        int
		want        string
	}{
		{"ADA@home.org", "ADA@home.org", 2022, "Acme"},
		{"ada@gmail.com", "ada@gmail.com", 2022, "Bolt"},
		{"ada@gmail.com", "ada@gmail.com", 2020, "Acme"},
		{"ada@other.org", "ada@other.org", 2022, "Bolt"}, // of neither entry: the later
		{"old@mail.org", "ada@home.org", 2022, "Acme"},   // as the mailmap has it
		{"ada@home.org", "ada@home.org", 2024, "Core"},   // a decision is of the person
		{"ada@gmail.com", "ada@gmail.com", 2024, "Core"},
	} {
		if got := d.Employer(d.Who(mail(c.raw), mail(c.mapped)), c.raw, Day(c.year, 6, 1).Unix()).Org; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
