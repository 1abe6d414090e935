package document

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// drawBOM draws documents that every format can hold: SPDX has no refs of its
// own, so that what has no purl must differ by name.
func drawBOM(t *rapid.T) BOM {
	word := rapid.StringMatching(`[a-z][a-zA-Z0-9._-]{0,8}`)
	phrase := rapid.StringMatching(`[A-Za-zäß<&"'>][A-Za-z0-9 .:<&"'>äß/=-]{0,12}[A-Za-z0-9"<>]`)
	path := rapid.StringMatching(`[a-zA-Z0-9 <&"=-]{1,6}(/[a-zA-Z0-9._é -]{1,6}){0,2}[a-z]`)
	expressions := rapid.SampledFrom([]string{"", "MIT", "Apache-2.0 OR MIT", "GPL-2.0-only WITH Classpath-exception-2.0",
		"Apache-1.1+", "LicenseRef-own", "see <COPYING> & co", "Public Domain\nsort of", "NONE", "3D-Slicer-1.0"})
	maybe := func(g *rapid.Generator[string], label string) string {
		if rapid.Bool().Draw(t, label+"?") {
			return g.Draw(t, label)
		}
		return ""
	}
	party := func(label string) Party {
		p := Party{Name: maybe(word, label), Organization: true}
		if p.Name == "" {
			return Party{}
		}
		if m := maybe(word, label+" mail"); m != "" {
			p.Email = m + "@example.org"
		}
		return p
	}
	b := BOM{Version: rapid.IntRange(1, 3).Draw(t, "edition"), Name: maybe(word, "name"),
		Serial:  "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b7" + fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "serial")),
		Created: time.Unix(rapid.Int64Range(1, 4e9).Draw(t, "time"), 0).UTC()}
	b.Subject = Subject{Name: word.Draw(t, "subject"), Version: maybe(word, "version"), Commit: maybe(word, "commit"),
		License: expressions.Draw(t, "own license"), Supplier: party("supplier")}
	if rapid.Bool().Draw(t, "tool?") {
		b.Tools = []Tool{{Name: "tool", Version: "1." + word.Draw(t, "tool version"), Vendor: maybe(word, "vendor")}}
	}
	if p := party("author"); !p.IsZero() {
		b.Authors = []Party{{Name: "Jane Doe", Email: "jane@example.org"}, p}
	}
	if rapid.Bool().Draw(t, "several") {
		for i := range 2 {
			r := Subject{Ref: fmt.Sprint("repository:r", i), Name: fmt.Sprint("r", i), Commit: "c0ffee"}
			b.Repositories = append(b.Repositories, r)
			b.Subject.DependsOn = append(b.Subject.DependsOn, r.Ref)
		}
	}
	n := rapid.IntRange(0, 5).Draw(t, "components")
	for i := range n {
		c := Component{Name: fmt.Sprintf("%s-%d", phrase.Draw(t, "component"), i), Version: maybe(word, "component version")}
		if rapid.Bool().Draw(t, "purl?") {
			c.PURL = inventory.PURL{Type: "npm", Namespace: maybe(word, "namespace"), Name: c.Name, Version: c.Version}
		}
		c.Kind = rapid.SampledFrom([]string{"", "framework", "file", "application", "platform"}).Draw(t, "kind")
		c.Licenses = Licenses{expressions.Draw(t, "declared"), expressions.Draw(t, "detected"), expressions.Draw(t, "concluded")}
		c.Copyright = rapid.SliceOfN(phrase, 0, 2).Draw(t, "copyright")
		c.Supplier, c.Publisher = party("component supplier"), maybe(word, "publisher")
		if rapid.Bool().Draw(t, "hash?") {
			c.Hashes = []Hash{{"SHA-1", "da39a3ee5e6b4b0d3255bfef95601890afd80709"}, {"odd", "x"}}
			c.CPEs = []string{"cpe:2.3:a:b:c:1:*:*:*:*:*:*:*", "cpe:odd"}
		}
		c.Scope = rapid.SampledFrom(append([]inventory.Scope{""}, inventory.Scopes...)).Draw(t, "scope")
		c.Relation = rapid.SampledFrom([]inventory.Relation{inventory.Direct, inventory.Transitive, inventory.RelationUnknown}).Draw(t, "relation")
		c.Requirements = rapid.SliceOfN(phrase, 0, 2).Draw(t, "requirements")
		for range rapid.IntRange(0, 2).Draw(t, "manifests") {
			m := Manifest{Path: path.Draw(t, "path"), Line: rapid.IntRange(0, 3).Draw(t, "line")}
			if len(b.Repositories) > 0 {
				m.Repository = "r1"
			}
			c.Manifests = append(c.Manifests, m)
		}
		b.Components = append(b.Components, c)
	}
	b = canonical(b, Options{})
	for i := range b.Components {
		to := b.Components[rapid.IntRange(0, n-1).Draw(t, "edge")].Ref
		b.Components[i].DependsOn = []string{to}
		if rapid.Bool().Draw(t, "direct") {
			b.Subject.DependsOn = append(b.Subject.DependsOn, to)
		}
	}
	return canonical(b, Options{})
}

// modulo leaves out what a format can't keep and says so.
var modulo = cmp.Options{
	cmpopts.IgnoreFields(Component{}, "Line"),
	cmpopts.IgnoreFields(BOM{}, "Source", "Serial"), // a namespace in SPDX
	// SPDX must have an entry for each LicenseRef that is used.
	cmpopts.IgnoreFields(BOM{}, "Texts"),
	cmpopts.EquateEmpty(),
}

func TestReadGivesBackWhatWriteWrote(t *testing.T) {
	for _, f := range Formats {
		t.Run(string(f), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				want := drawBOM(t)
				var out bytes.Buffer
				if err := Write(&out, want, f, Options{}); err != nil {
					t.Fatal(err)
				}
				got, problems, err := Read(out.Bytes())
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range problems {
					if p.Kind != "no purl" {
						t.Errorf("problem in our own document: %+v", p)
					}
				}
				if got.Source.Format != f {
					t.Errorf("format %q, want %q", got.Source.Format, f)
				}
				if uuidURN(got.Serial) != uuidURN(want.Serial) {
					t.Errorf("serial %q, want %q", got.Serial, want.Serial)
				}
				if d := cmp.Diff(want, got, modulo); d != "" {
					t.Errorf("-want +got\n%s\n%s", d, out.String())
				}
				var again bytes.Buffer
				if err := Write(&again, got, f, Options{}); err != nil {
					t.Fatal(err)
				}
				if len(want.Texts) == 0 && again.String() != out.String() {
					t.Errorf("written again it differs:\n%s", cmp.Diff(out.String(), again.String()))
				}
			})
		})
	}
}
