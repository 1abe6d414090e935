package license

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func leaf(t testing.TB, s string) Leaf {
	t.Helper()
	e, err := Parse(s)
	if err != nil || e.Op != OpLeaf {
		t.Fatalf("%q: %v", s, err)
	}
	return e.Leaf
}

func TestCompatibleAnswersAsTheSourcesDo(t *testing.T) {
	for _, c := range []struct {
		outbound, inbound string
		want              CompatValue
	}{
		// cells that were checked against a published matrix
		{"GPL-2.0-only", "Apache-2.0", CompatNo},
		{"GPL-3.0-only", "Apache-2.0", CompatYes},
		{"GPL-3.0-only", "GPL-2.0-or-later", CompatYes},
		{"GPL-2.0-only", "GPL-2.0-or-later", CompatYes},
		{"GPL-2.0-or-later", "GPL-2.0-only", CompatNo},
		{"GPL-3.0-only", "AGPL-3.0-only", CompatCheck},
		{"GPL-3.0-only", "EUPL-1.2", CompatYes},
		{"EUPL-1.2", "GPL-3.0-only", CompatNo},
		{"MPL-2.0", "Apache-2.0", CompatYes},
		{"LGPL-2.1-only", "Apache-2.0", CompatNo},
		{"GPL-2.0-only", "BSD-4-Clause", CompatNo},
		{"Apache-2.0", "MPL-2.0", CompatNo},
		{"MIT", "LGPL-2.1-only", CompatNo},
		// permissive
		{"Apache-2.0", "MIT", CompatYes}, {"MIT", "Apache-2.0", CompatYes}, {"GPL-2.0-only", "MIT", CompatYes}, {"MIT", "MIT", CompatSame},
		{"AGPL-3.0-only", "BSD-3-Clause", CompatYes}, {"GPL-2.0-only", "CC0-1.0", CompatYes}, {"LicenseRef-Proprietary", "MIT", CompatYes},
		{"GPL-3.0-or-later", "Apache-2.0", CompatYes}, {"GPL-2.0-or-later", "Apache-2.0", CompatCheck}, {"GPL-3.0-only", "OpenSSL", CompatNo},
		{"GPL-2.0-only", "BSD-2-Clause-Patent", CompatYes}, {"GPL-3.0-only", "JSON", CompatNo}, {"GPL-2.0-only", "Apache-2.0 WITH LLVM-exception", CompatYes},
		// the GNU family
		{"GPL-3.0-only", "GPL-2.0-only", CompatNo}, {"GPL-2.0-only", "GPL-3.0-only", CompatNo}, {"GPL-2.0-only", "GPL-3.0-or-later", CompatNo},
		{"GPL-3.0-or-later", "GPL-2.0-or-later", CompatYes}, {"GPL-2.0-or-later", "GPL-2.0-or-later", CompatSame}, {"GPL-2.0-or-later", "GPL-3.0-or-later", CompatNo},
		{"GPL-2.0-only", "LGPL-2.1-only", CompatYes}, {"GPL-3.0-only", "LGPL-2.1-only", CompatYes}, {"GPL-2.0-only", "LGPL-3.0-only", CompatNo},
		{"LGPL-2.1-only", "GPL-2.0-only", CompatNo}, {"AGPL-3.0-only", "GPL-3.0-only", CompatYes}, {"AGPL-3.0-or-later", "GPL-3.0-or-later", CompatYes},
		{"AGPL-3.0-only", "GPL-2.0-only", CompatNo}, {"AGPL-3.0-only", "GPL-2.0-or-later", CompatYes}, {"LGPL-3.0-only", "LGPL-2.1-or-later", CompatYes},
		{"MIT", "GPL-3.0-only", CompatNo}, {"Apache-2.0", "AGPL-3.0-only", CompatNo},
		// weak copyleft
		{"GPL-2.0-only", "MPL-2.0", CompatYes}, {"GPL-3.0-or-later", "MPL-2.0", CompatYes}, {"GPL-2.0-only", "MPL-2.0-no-copyleft-exception", CompatNo},
		{"GPL-3.0-only", "EPL-1.0", CompatNo}, {"GPL-2.0-only", "EPL-2.0", CompatCheck}, {"GPL-2.0-only", "CDDL-1.0", CompatNo}, {"EPL-2.0", "EPL-1.0", CompatYes},
		{"MPL-2.0", "GPL-3.0-only", CompatNo}, {"LicenseRef-Proprietary", "LGPL-2.1-only", CompatCheck}, {"LicenseRef-Proprietary", "GPL-2.0-only", CompatNo},
		{"GPL-2.0-only WITH Classpath-exception-2.0", "MIT", CompatYes}, {"Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", CompatCheck},
		// content
		{"CC-BY-SA-4.0", "CC-BY-4.0", CompatYes}, {"GPL-3.0-only", "CC-BY-SA-4.0", CompatYes}, {"GPL-2.0-only", "CC-BY-SA-4.0", CompatNo}, {"CC-BY-SA-4.0", "CC-BY-SA-3.0", CompatYes},
		// what limits use, and what is not known
		{"MIT", "SSPL-1.0", CompatNo}, {"Apache-2.0", "BUSL-1.1", CompatNo}, {"MIT", "NOASSERTION", CompatUnknown}, {"MIT", "LicenseRef-Acme", CompatUnknown},
		{"LicenseRef-Acme", "LicenseRef-Acme", CompatSame}, {"NONE", "NONE", CompatUnknown},
	} {
		got := Compatible(leaf(t, c.outbound), leaf(t, c.inbound))
		if got.Value != c.want {
			t.Errorf("%s in a work under %s: %s (%s; %s), want %s", c.inbound, c.outbound, got.Value, got.Why, got.Source, c.want)
		}
		if got.Why == "" || got.Value != CompatUnknown && got.Source == "" {
			t.Errorf("%s in %s: an answer needs a reason and a source: %+v", c.inbound, c.outbound, got)
		}
	}
}

func TestEveryCompatibilityRuleIsWellFormed(t *testing.T) {
	book := loadRules()
	if len(book.bad) > 0 {
		t.Errorf("lines not understood: %q", book.bad)
	}
	for line := range strings.Lines(compatTable) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 2 || line[0] == '#' {
			continue
		}
		words := strings.Fields(f[1])
		if line[0] != '=' {
			words = append(words, strings.Fields(f[0])...)
		}
		for _, w := range words {
			switch {
			case w == "*" || w[0] == '=' && strings.Contains(compatTable, "\n"+w+"\t"):
			case w[0] == '@':
				if !slices.Contains(Categories, Category(w[1:])) {
					t.Errorf("unknown category %s", w)
				}
			default:
				if e, err := Parse(w); err != nil || e.String() != w {
					t.Errorf("%s is no canonical id: %v", w, err)
				}
			}
		}
	}
	for _, r := range book.rules {
		if !slices.Contains([]CompatValue{CompatYes, CompatNo, CompatCheck, CompatUnknown}, r.answer.Value) {
			t.Errorf("unknown answer %q", r.answer.Value)
		}
	}
}

func TestCompatibilityObeysItsLaws(t *testing.T) {
	ids := append(IDs(), "LicenseRef-x", NoAssertion)
	rapid.Check(t, func(t *rapid.T) {
		out := Leaf{ID: rapid.SampledFrom(ids).Draw(t, "outbound")}
		in := Leaf{ID: rapid.SampledFrom(ids).Draw(t, "inbound")}
		c := Compatible(out, in)
		if c.Why == "" {
			t.Fatal("no reason")
		}
		if out == in && in.ID != NoAssertion && c.Value != CompatSame {
			t.Fatalf("%s in itself: %s", in, c.Value)
		}
		if base, ok := strings.CutSuffix(in.ID, "-or-later"); ok {
			only := Compatible(out, Leaf{ID: base + "-only"})
			if only.rank() > c.rank() && !only.OK() {
				t.Fatalf("%s is harder than %s-only in %s", in, base, out)
			}
		}
	})
}
