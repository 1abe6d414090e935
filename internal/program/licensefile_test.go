package program

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/license"
)

const named = `# Names that counsel gave.
texts:
  - text: LicenseRef-tributary-00000000000000aa
    license: LicenseRef-Acme-EULA
    reason: Read.
    by: counsel@example.com
    date: 2026-11-01
`

func aText(id, expr string) LicenseText {
	return LicenseText{Text: id, License: Expr{expr}, Reason: "It says: no license.", By: "counsel@example.com", Date: Date{time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)}}
}

func TestNamesOfTextsAreAppendedAndAllElseStays(t *testing.T) {
	for _, before := range []string{"", "# only a comment\n", named} {
		out, err := AppendLicenseText([]byte(before), aText("LicenseRef-tributary-00000000000000bb", "NONE"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(out), strings.TrimRight(before, "\n")) {
			t.Errorf("%q became %q", before, out)
		}
		p, findings := Load(map[string][]byte{"licenses.yaml": out})
		for _, f := range findings {
			t.Error(f)
		}
		names := p.TextNames()
		if e, ok := names["LicenseRef-tributary-00000000000000bb"]; !ok || !e.IsZero() {
			t.Errorf("%q: %v %v", before, e, ok)
		}
		if before == named && names["LicenseRef-tributary-00000000000000aa"].String() != "LicenseRef-Acme-EULA" {
			t.Errorf("the earlier name is lost: %v", names)
		}
	}
}

func TestWrongNamesAreRefused(t *testing.T) {
	for _, c := range []struct {
		file string
		t    LicenseText
		want string
	}{
		{named, aText("LicenseRef-tributary-00000000000000aa", "MIT"), "used twice"},
		{named, aText("MIT", "MIT"), "begins with LicenseRef-tributary-"},
		{named, aText("LicenseRef-tributary-bb", "LicenseRef-tributary-bb"), "named by itself"},
		{"texts: []\n", aText("LicenseRef-tributary-bb", "MIT"), "paste this below texts"},
		{"texts: {\n", aText("LicenseRef-tributary-bb", "MIT"), "has errors"},
	} {
		if _, err := AppendLicenseText([]byte(c.file), c.t); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: want %q", err, c.want)
		}
	}
}

func TestWhatIsWrongInLicensesIsNotUsed(t *testing.T) {
	p, findings := Load(map[string][]byte{"licenses.yaml": []byte(strings.Replace(named, "LicenseRef-Acme-EULA", "Nonsense License", 1))})
	if !HasErrors(findings) || len(p.TextNames()) != 0 {
		t.Errorf("%v, %v", findings, p.TextNames())
	}
	e, err := license.Parse("LicenseRef-tributary-00000000000000aa AND MIT")
	if err != nil {
		t.Fatal(err)
	}
	p, _ = Load(map[string][]byte{"licenses.yaml": []byte(named)})
	if got := license.Replace(e, p.TextNames()).String(); got != "LicenseRef-Acme-EULA AND MIT" {
		t.Error(got)
	}
}
