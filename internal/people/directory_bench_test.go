package people

import (
	"fmt"
	"testing"
)

// fiftyThousand is a directory as large as that of CNCF.
func fiftyThousand() Facts {
	f := Facts{Own: "Example Corp", OwnDomains: []string{"example.com"}}
	for i := range 50_000 {
		login := fmt.Sprintf("Login%d", i)
		r := Record{ID: login, Origin: "import 1 (cncf) a.txt", Identities: []Identity{{Login: "github.com/" + login}, mail(fmt.Sprintf("%d+%s@users.noreply.github.com", i, login))}}
		for j := range i % 4 {
			r.Identities = append(r.Identities, mail(fmt.Sprintf("name%d@host%d.example.org", i, j)))
			r.Employment = append(r.Employment, Employment{Org: fmt.Sprintf("Company %d Inc.", i%4000+j), From: Day(2015+j, 1, 1), To: Day(2016+j, 1, 1), Basis: CompanyStated, Origin: r.Origin})
		}
		f.Records = append(f.Records, r)
	}
	return f
}

// BenchmarkDirectory asks a directory of fifty thousand persons for ten thousand
// of them.
func BenchmarkDirectory(b *testing.B) {
	f := fiftyThousand()
	packed := Pack(&Source{Records: f.Records})
	asked := make([]Identity, 0, 10_000)
	for i := range cap(asked) {
		asked = append(asked, f.Records[i*5].Identities[1])
	}
	b.ReportAllocs()
	for b.Loop() {
		x, err := OpenIndex(packed, "import 1 (cncf)")
		if err != nil {
			b.Fatal(err)
		}
		d := NewDirectory(Facts{Own: f.Own, OwnDomains: f.OwnDomains, Sources: []*Index{x}})
		for _, who := range asked {
			d.Find(who)
		}
	}
}
