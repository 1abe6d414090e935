package people

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMailmapFormsAreThoseOfGit(t *testing.T) {
	m := ParseMailmap([]byte(`# comment
Proper Name <commit@x.org>
<proper@x.org> <old@x.org>
Both Names <both@x.org> <Other@X.org>
Four Parts <four@x.org> Old Name <shared@x.org>
Five Parts <five@x.org> Another <shared@x.org>
A <b@x.org> <a@x.org>
B <a@x.org> <b@x.org>
no address
<> <nobody@x.org>
Given < spaced@x.org >
Latin` + "\xe9" + ` <latin@x.org>
`))
	id := func(name, email string) Identity { return Identity{Name: name, Email: email} }
	for _, c := range []struct{ in, want Identity }{
		{id("x", "commit@x.org"), id("Proper Name", "commit@x.org")},
		{id("x", "COMMIT@x.org"), id("Proper Name", "COMMIT@x.org")},
		{id("Keeps", "old@x.org"), id("Keeps", "proper@x.org")},
		{id("x", "other@x.org"), id("Both Names", "both@x.org")},
		{id("old name", "shared@x.org"), id("Four Parts", "four@x.org")},
		{id("Another", "shared@x.org"), id("Five Parts", "five@x.org")},
		{id("Third", "shared@x.org"), id("Third", "shared@x.org")},
		{id("x", "a@x.org"), id("A", "b@x.org")}, // once, not round and round
		{id("x", "b@x.org"), id("B", "a@x.org")},
		{id("x", "nobody@x.org"), id("x", "nobody@x.org")},
		{id("x", "latin@x.org"), id("Latiné", "latin@x.org")},
		{id("x", ""), id("x", "")},
	} {
		if d := cmp.Diff(c.want, m.Map(c.in)); d != "" {
			t.Errorf("%v: %s", c.in, d)
		}
	}
	var none *Mailmap
	if got := none.Map(id("x", "y")); got != id("x", "y") || none.Len() != 0 {
		t.Error("no mailmap maps something")
	}
}

func FuzzMailmap(f *testing.F) {
	f.Add([]byte("A <a@x> B <b@x>\n"), "B", "b@x")
	f.Add([]byte("A <a@x>\n<c@x> <a@x>"), "", "a@x")
	f.Fuzz(func(t *testing.T, file []byte, name, email string) {
		ParseMailmap(file).Map(Identity{Name: name, Email: email})
	})
}
