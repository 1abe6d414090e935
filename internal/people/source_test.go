package people

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestGitdmFiles(t *testing.T) {
	got := ReadGitdm([]byte(`# comment
ada: ada!example.com, ada!users.noreply.github.com
	Analytical Engines until 2020-01-01
	Tools from Home from 2020-01-01 until 2021-06-01
	NotFound from 2021-06-01
bob: nobody
	Acme from 2020-13-01 until never
bob!acme.com Acme < 2019-01-01
bob!acme.com Bolt
bob!acme.com First < 2018-01-01
old.org Old Corp < 2020-05-05
old.org New Corp
alias!x.org main!x.org
	Orphan
nonsense
`), CompanyStated)
	want := Source{
		Records: []Record{
			{ID: "ada", Identities: []Identity{{Login: "github.com/ada"}, mail("ada@example.com"), mail("ada@users.noreply.github.com")}, Employment: []Employment{
				{Org: "Analytical Engines", To: Day(2020, 1, 1), Basis: CompanyStated, Line: 3},
				{Org: "Tools from Home", From: Day(2020, 1, 1), To: Day(2021, 6, 1), Basis: CompanyStated, Line: 4},
				{From: Day(2021, 6, 1), Basis: ProfileText, Line: 5},
			}, Line: 2},
			{ID: "bob", Identities: []Identity{{Login: "github.com/bob"}}, Line: 6},
			{ID: "main@x.org", Identities: []Identity{mail("main@x.org"), mail("alias@x.org")}, Line: 13},
			{ID: "bob@acme.com", Identities: []Identity{mail("bob@acme.com")}, Employment: []Employment{
				{Org: "First", To: Day(2018, 1, 1), Basis: CompanyStated, Line: 10},
				{Org: "Acme", From: Day(2018, 1, 1), To: Day(2019, 1, 1), Basis: CompanyStated, Line: 8},
				{Org: "Bolt", From: Day(2019, 1, 1), Basis: CompanyStated, Line: 9},
			}, Line: 8},
		},
		Domains: []DomainRule{{Domain: "old.org", Org: "Old Corp", To: Day(2020, 5, 5)}, {Domain: "old.org", Org: "New Corp", From: Day(2020, 5, 5)}},
		Problems: []string{`line 6: "nobody" is no address (user!host)`, `line 7: "never" is not a date (YYYY-MM-DD)`,
			`line 14: an employer of nobody: "Orphan"`, `line 15: "nonsense" is no line of gitdm`},
		Skipped: 4,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

var example = Source{
	Records: []Record{
		{ID: "ada", Name: "Ada, \"A\"", Team: "core", Identities: []Identity{{Name: "Ada, \"A\"", Email: "ada@example.com"}, {Name: "Ada, \"A\"", Login: "github.com/ada"}},
			Employment: []Employment{{Org: "Example, Inc.", From: Day(2020, 1, 1), To: Day(2021, 1, 1), Basis: SelfDeclared}, {From: Day(2021, 1, 1), Basis: CompanyStated}}},
		{ID: "bot", Name: "Build", Bot: true, Identities: []Identity{{Name: "Build", Email: "build@example.com"}}},
	},
	Domains: []DomainRule{{Domain: "example.com", Org: "Example, Inc.", From: Day(2019, 1, 1)}},
}

func TestCSVReadsWhatItWrites(t *testing.T) {
	var b bytes.Buffer
	if err := WriteCSV(&b, example); err != nil {
		t.Fatal(err)
	}
	got, err := ReadCSV(b.Bytes(), ProfileText)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example, got, cmpopts.IgnoreFields(Record{}, "Line"), cmpopts.IgnoreFields(Employment{}, "Line")); diff != "" {
		t.Errorf("%s\n%s", diff, b.String())
	}
}

func TestCSVOfOthers(t *testing.T) {
	got, err := ReadCSV([]byte("\ufeffEmail,Organization,Until\nada@x.org,Acme,2020-01-01\nada@x.org,Bolt,\n,Nobody,\nbob@x.org,Acme,soon\n"), CompanyStated)
	if err != nil || len(got.Records) != 1 || len(got.Records[0].Employment) != 2 || got.Skipped != 2 {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []string{"", "email,shoe size\n", "organization\n"} {
		if _, err := ReadCSV([]byte(bad), CompanyStated); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestSortinghat(t *testing.T) {
	got, err := ReadSortinghat([]byte(`{"uidentities": {"u1": {"uuid": "u1", "profile": {"name": "Ada", "is_bot": false},
	 "identities": [{"email": "ada@x.org", "name": "Ada L", "username": null, "source": "git"}, {"email": null, "name": null, "username": "ada", "source": "github"}, {"username": "x", "source": "irc"}],
	 "enrollments": [{"organization": "Acme", "start": "1900-01-01T00:00:00", "end": "2020-02-02T00:00:00"}]}, "u2": {}, "u3": {"identities": 7}},
	 "organizations": {"Bolt": [{}], "Acme": [{"domain": "acme.com", "is_top": true}]}, "other": [{}]}`), CompanyStated)
	want := Source{Records: []Record{{ID: "u1", Name: "Ada", Line: 1, Identities: []Identity{{Name: "Ada L", Email: "ada@x.org"}, {Login: "github.com/ada"}},
		Employment: []Employment{{Org: "Acme", To: Day(2020, 2, 2), Basis: CompanyStated, Line: 1}}}},
		Domains:  []DomainRule{{Domain: "acme.com", Org: "Acme"}},
		Problems: []string{"line 3: u2: no identity with an address or a login that is known", "line 3: u3: identities: a number, not a list", "line 4: Bolt: a domain that can't be, or too many"}, Skipped: 3}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	var b bytes.Buffer
	if err := WriteSortinghat(&b, example, Day(2026, 1, 1)); err != nil {
		t.Fatal(err)
	}
	back, err := ReadSortinghat(b.Bytes(), SelfDeclared)
	if err != nil || len(back.Records) != 2 || back.Records[0].Employment[0].Org != "Example, Inc." || len(back.Records[0].Identities) != 2 || len(back.Domains) != 1 {
		t.Errorf("%+v %v", back, err)
	}
	for _, bad := range []string{`{"x": 1}`, `[]`, "", `{"uidentities": []}`, `{"uidentities": {"a": `, `{"uidentities": {}`} {
		if _, err := ReadSortinghat([]byte(bad), SelfDeclared); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

func TestGitdmReadsWhatItWrites(t *testing.T) {
	var b bytes.Buffer
	if err := WriteGitdm(&b, example.Records); err != nil {
		t.Fatal(err)
	}
	want := "ada: ada!example.com\n\tExample, Inc. from 2020-01-01 until 2021-01-01\n\tNotFound from 2021-01-01\nbuild!example.com: build!example.com\n"
	if b.String() != want {
		t.Errorf("%s", b.String())
	}
	if got := ReadGitdm(b.Bytes(), CompanyStated); got.Skipped != 0 || len(got.Records) != 2 {
		t.Errorf("%+v", got)
	}
}

func TestLikeIdentitiesAreSuggestedAndNeverLinked(t *testing.T) {
	d := NewDirectory(Facts{Links: []Link{{Apart: []Identity{mail("ada@work.org"), mail("ada@third.org")}}}})
	seen := func(n int, name, email string) Seen {
		who := Identity{Name: name, Email: email}
		return Seen{Who: d.Who(who, who), As: who, Commits: n}
	}
	var got []string
	for _, s := range d.Suggest([]Seen{
		seen(9, "Ada Lovelace", "lovelace@work.org"), seen(4, "ada  LOVELACE", "12+countess@users.noreply.github.com"), seen(2, "Countess", "countess@home.org"),
		seen(1, "root", "root@a"), seen(1, "root", "root@b"), seen(3, "Ada", "ada@work.org"), seen(3, "Ada", "ada@third.org"),
		seen(5, "renovate[bot]", "bot@x"), seen(5, "renovate[bot]", "bot@y"),
	}) {
		got = append(got, s.A.Email+" "+s.B.Email+": "+strings.Join(s.Reasons, ", "))
	}
	want := []string{
		`lovelace@work.org 12+countess@users.noreply.github.com: the same name "ada lovelace"`,
		`12+countess@users.noreply.github.com countess@home.org: the same local part "countess"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsOddIsKeptAndCounted(t *testing.T) {
	got := ReadGitdm([]byte("caf\xe9: caf\xe9!x.org, a b!x.org, nobody\n\tAcme from 1970-01-01 until 2106-02-07\n\tBolt from 2020-01-01\n\tVoid from 2021-01-01 until 2020-01-01\n"), CompanyStated)
	want := Source{
		Records: []Record{{ID: "café", Line: 1, Identities: []Identity{{Login: "github.com/café"}, mail("café@x.org"), mail("a b@x.org")},
			Employment: []Employment{{Org: "Acme", Basis: CompanyStated, Line: 2}, {Org: "Bolt", From: Day(2020, 1, 1), Basis: CompanyStated, Line: 3}}}},
		Skipped:  2,
		Problems: []string{`line 1: "nobody" is no address (user!host)`, "line 4: café: Void from 2021-01-01 is not before until 2020-01-01"},
		Odd:      5,
		Oddities: []string{"line 1: not UTF-8; read as Latin-1", `line 1: a blank in the address "a b@x.org"`, "line 2: 2106-02-07 can't be: read as no bound",
			"line 2: 1970-01-01 can't be: read as no bound", "line 3: café: Acme and Bolt at one time; the later beginning counts"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	long := append(bytes.Repeat([]byte("a"), 2<<20), "\nada: ada!x.org\n"...)
	if got := ReadGitdm(long, CompanyStated); len(got.Records) != 1 || got.Records[0].Line != 2 || got.Skipped != 1 {
		t.Errorf("a line without end: %d records, %v", len(got.Records), got.Problems)
	}
}

func FuzzSources(f *testing.F) {
	f.Add([]byte("ada: ada!x.org\n\tAcme from 2020-01-01 until 2021-01-01\na!b C < 2020-01-01\nx.org Y\n"))
	f.Add([]byte("email,organization,from\na@b,C,2020-01-01\n"))
	f.Add([]byte(`{"uidentities":{"u":{"identities":[{"email":"a@b"}],"enrollments":[{"start":"2020-01-01"}]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, s := range readAll(data) {
			var b bytes.Buffer
			if WriteGitdm(&b, s.Records) != nil || WriteCSV(&b, s) != nil || WriteSortinghat(&b, s, Day(2026, 1, 1)) != nil {
				t.Fatal("what was read can't be written")
			}
			for _, r := range s.Records {
				for _, who := range r.Identities {
					NewDirectory(Facts{Records: s.Records, Domains: s.Domains}).Terms(Who{}, who.Email)
				}
				break
			}
		}
	})
}

func readAll(data []byte) []Source {
	out := []Source{ReadGitdm(data, CompanyStated)}
	if s, err := ReadCSV(data, CompanyStated); err == nil {
		out = append(out, s)
	}
	if s, err := ReadSortinghat(data, CompanyStated); err == nil {
		out = append(out, s)
	}
	return out
}

func TestColumnsThatOthersNameOtherwiseAreExplained(t *testing.T) {
	for head, want := range map[string]string{
		"email,org,start_date,to":   `line 1: unknown column "org", "start_date", "to"; call org organization; call start_date from; call to until, and let it be the day after the last; the columns are person, `,
		"e-mail,organization":       `line 1: unknown column "e-mail"; call e-mail email; the columns are person, `,
		"email,shoe size":           `line 1: unknown column "shoe size"; the columns are person, `,
		"email,organization, EMAIL": `line 1: the column "email" is there twice`,
		"person,organization":       `the heading has none of email, login and domain`,
	} {
		if _, err := ReadCSV([]byte(head+"\nada@example.com,Acme\n"), CompanyStated); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", head, err)
		}
	}
}

func TestCSVIsReadAsSpreadsheetsSaveIt(t *testing.T) {
	plain := "email,organization\nada@example.com,Acme\nbo@example.com,Bolt\n"
	want, err := ReadCSV([]byte(plain), CompanyStated)
	if err != nil || len(want.Records) != 2 {
		t.Fatalf("%+v, %v", want, err)
	}
	wide := func(order binary.AppendByteOrder, mark uint16) []byte {
		out := order.AppendUint16(nil, mark)
		for _, u := range utf16.Encode([]rune(plain)) {
			out = order.AppendUint16(out, u)
		}
		return out
	}
	for name, data := range map[string][]byte{
		"semicolons": []byte(strings.ReplaceAll(plain, ",", ";")), "tabs": []byte(strings.ReplaceAll(plain, ",", "\t")),
		"returns alone": []byte(strings.ReplaceAll(plain, "\n", "\r")), "Windows": []byte(strings.ReplaceAll(plain, "\n", "\r\n")),
		"UTF-16": wide(binary.LittleEndian, 0xfeff), "UTF-16, big end first": wide(binary.BigEndian, 0xfeff),
	} {
		got, err := ReadCSV(data, CompanyStated)
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%s: %v %s", name, err, d)
		}
	}
}
