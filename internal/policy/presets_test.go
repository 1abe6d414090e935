package policy

import (
	"testing"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

func mustCompile(t testing.TB, files map[string][]byte) *Policy {
	t.Helper()
	p, findings := program.Load(files)
	for _, f := range findings {
		t.Fatalf("program: %s", f)
	}
	pol, findings := Compile(p)
	for _, f := range findings {
		t.Fatalf("policy: %s", f)
	}
	return pol
}

func preset(t testing.TB, name string) *Policy {
	return mustCompile(t, map[string][]byte{"policy.yaml": []byte("extends: " + name)})
}

func TestEveryPresetLoadsWithoutFindingsAndPassesItsOwnTests(t *testing.T) {
	for _, name := range Presets {
		f, findings := presetFile(name)
		for _, finding := range findings {
			t.Errorf("%s: %s", name, finding)
		}
		if len(f.Tests) < 15 {
			t.Errorf("%s has only %d tests", name, len(f.Tests))
		}
		for _, r := range preset(t, name).run(f.Tests) {
			if !r.Passed {
				t.Errorf("%s: %s: %s", r.At, r.Name, r.Message)
			}
		}
	}
}

// The columns of the table of the domain (section 5.4), as facts of a use.
var columns = []struct {
	name string
	use  Use
}{
	{"dev", Use{Scope: inventory.Dev, Delivery: []program.Delivery{program.DistributedBinary}}},
	{"internal", Use{Delivery: []program.Delivery{program.InternalOnly}}},
	{"service", Use{Delivery: []program.Delivery{program.NetworkService}}},
	{"web", Use{Delivery: []program.Delivery{program.WebClient}}},
	{"binary", Use{Delivery: []program.Delivery{program.DistributedBinary}}},
	{"locked", Use{Delivery: []program.Delivery{program.Device}, LockedDown: true}},
	{"release", Use{Delivery: []program.Delivery{program.DistributedSource}, Outbound: "MIT"}},
}

// rows of the table: A allow, D allow with duties, R review, X deny, in the
// order of the columns.
var rows = []struct {
	name     string
	licenses []string
	use      func(*Use)
	want     string
}{
	{"public domain", []string{"CC0-1.0", "Unlicense"}, joined, "AAAAAAA"},
	{"permissive", []string{"MIT", "BSD-3-Clause", "ISC", "Apache-2.0"}, joined, "AAADDDD"},
	{"weak by file or module", []string{"MPL-2.0", "CDDL-1.0", "EPL-2.0"}, joined, "AAADDDD"},
	{"weak by file, copied in", []string{"MPL-2.0", "EPL-2.0"}, copied, "AAADDDR"},
	{"weak by library, replaceable", []string{"LGPL-2.1-only", "LGPL-3.0-or-later"}, replaceable, "AAARDDD"},
	{"weak by library, fixed", []string{"LGPL-2.1-only", "GPL-2.0-only WITH Classpath-exception-2.0"}, joined, "AAARRRR"},
	{"strong, coupled", []string{"GPL-2.0-only", "GPL-3.0-or-later"}, joined, "AAAXXXX"},
	{"strong, coupled, release that fits", []string{"GPL-3.0-only"}, fits, "AAAXXXD"},
	{"strong, apart", []string{"GPL-2.0-only", "GPL-3.0-or-later"}, apart, "AAADDDD"},
	{"network, unmodified, coupled", []string{"AGPL-3.0-only"}, joined, "ARRRXXX"},
	{"network, unmodified, apart", []string{"AGPL-3.0-only"}, apart, "ARRRRXD"},
	{"network, modified, coupled", []string{"AGPL-3.0-only", "AGPL-3.0-or-later"}, changed, "RRDRXXX"},
	{"source-available", []string{"SSPL-1.0", "BUSL-1.1", "Elastic-2.0"}, joined, "RRRRRRX"},
	{"source-available, not granted", []string{"SSPL-1.0", "BUSL-1.1"}, notGranted, "RRXRRRX"},
	{"none or unknown", []string{"NOASSERTION", "NONE", "LicenseRef-something"}, joined, "RRRRXXX"},
}

func joined(u *Use)      { u.Coupling = program.Static }
func copied(u *Use)      { u.Coupling = program.CopiedIn }
func replaceable(u *Use) { u.Coupling = program.Dynamic }
func apart(u *Use)       { u.Coupling = program.SeparateProcess }
func changed(u *Use)     { u.Coupling, u.Modified = program.Static, program.Yes }
func notGranted(u *Use)  { u.Coupling, u.Granted = program.Static, program.No }
func fits(u *Use) {
	u.Coupling = program.Static
	if u.Outbound != "" {
		u.Outbound = "GPL-3.0-only"
	}
}

func TestTheStandardPresetIsTheTableOfTheDomainCellByCell(t *testing.T) {
	session := preset(t, "standard").NewSession(nil, someDay)
	letters := map[byte]program.Decision{'A': Allow, 'D': AllowWithDuties, 'R': Review, 'X': Deny}
	for _, row := range rows {
		for _, id := range row.licenses {
			for i, col := range columns {
				use := col.use
				use.Component = inventory.NewPURL("generic", "lib", "1.0")
				row.use(&use)
				v := session.Judge(use, declared(id))
				if want := letters[row.want[i]]; v.Decision != want {
					t.Errorf("%s (%s) / %s: want %s, got %s by %s", row.name, id, col.name, want, v.Decision, v.Rule.ID)
				}
			}
		}
	}
}
