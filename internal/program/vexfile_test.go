package program

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/vex"
)

const decisions = `statements:
  - id: V-1
    vulnerability: CVE-2026-1
    package: pkg:npm/left-pad
    versions: '>=1.0 <2'
    product: [shop]
    status: not_affected
    justification: vulnerable_code_not_present
    author: a@example.com
    date: 2026-01-01
    expires: 2026-12-31
  - id: V-2
    vulnerability: GHSA-xxxx
    package: pkg:npm/left-pad
    status: affected
    action: Update.
    author: a@example.com
    date: 2026-01-01
`

func onDay(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t.Add(13 * time.Hour)
}

func loadVEX(t *testing.T, text string) *Program {
	t.Helper()
	p, findings := Load(map[string][]byte{"vex.yaml": []byte(text), "program.yaml": []byte("products:\n  - {id: shop, repositories: [x]}\n")})
	for _, f := range findings {
		t.Fatal(f)
	}
	return p
}

func TestAStatementDecidesWithinItsScopeAndTime(t *testing.T) {
	p := loadVEX(t, decisions)
	for _, c := range []struct {
		name, ids, purl, product, day, want, lapsed string
	}{
		{"inside", "CVE-2026-1", "pkg:npm/left-pad@1.5.0", "shop", "2026-06-01", "V-1", ""},
		{"by alias, in another case", "GHSA-a cve-2026-1", "pkg:npm/left-pad@1.5.0", "shop", "2026-06-01", "V-1", ""},
		{"on the last day", "CVE-2026-1", "pkg:npm/left-pad@1.5.0", "shop", "2026-12-31", "V-1", ""},
		{"on the day after", "CVE-2026-1", "pkg:npm/left-pad@1.5.0", "shop", "2027-01-01", "", "expired on 2026-12-31"},
		{"before the first day", "CVE-2026-1", "pkg:npm/left-pad@1.5.0", "shop", "2025-12-31", "", "starts only"},
		{"another version", "CVE-2026-1", "pkg:npm/left-pad@2.0.0", "shop", "2026-06-01", "", "outside its range"},
		{"no version", "CVE-2026-1", "pkg:npm/left-pad", "shop", "2026-06-01", "", "version unknown"},
		{"another product", "CVE-2026-1", "pkg:npm/left-pad@1.5.0", "till", "2026-06-01", "", ""},
		{"another package", "CVE-2026-1", "pkg:npm/right-pad@1.5.0", "shop", "2026-06-01", "", ""},
		{"another vulnerability", "CVE-2026-2", "pkg:npm/left-pad@1.5.0", "shop", "2026-06-01", "", ""},
		{"two of one day: the more cautious", "CVE-2026-1 GHSA-xxxx", "pkg:npm/left-pad@1.5.0", "shop", "2026-06-01", "V-2", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			purl, err := inventory.ParsePURL(c.purl)
			if err != nil {
				t.Fatal(err)
			}
			d := p.VEXFor(strings.Fields(c.ids), purl, c.product, "r", onDay(c.day))
			got := ""
			if d.Statement != nil {
				got = d.Statement.ID
			}
			if got != c.want {
				t.Errorf("want statement %q, got %q", c.want, got)
			}
			if all := strings.Join(d.Lapsed, "\n"); !strings.Contains(all, c.lapsed) || c.lapsed == "" && all != "" {
				t.Errorf("want lapsed with %q, got %q", c.lapsed, all)
			}
		})
	}
}

func TestStatementsThatSayTooLittleAreErrors(t *testing.T) {
	for _, c := range []struct{ change, with, want string }{
		{"    justification: vulnerable_code_not_present\n", "", "needs a justification or an impact"},
		{"    action: Update.\n", "", "needs an action"},
		{"    expires: 2026-12-31\n", "", "needs a last day"},
		{"expires: 2026-12-31", "expires: 2025-12-31", "before its date"},
		{"expires: 2026-12-31", "expires: 2030-12-31", "at most"},
		{"action: Update.", "action: Update.\n    justification: component_not_present", "goes with not_affected"},
		{"id: V-2", "id: V-1", "used twice"},
		{"status: affected", "status: afected", `did you mean "affected"`},
		{"product: [shop]", "product: [shpo]", "there is no product"},
	} {
		text := strings.Replace(decisions, c.change, c.with, 1)
		p, findings := Load(map[string][]byte{"vex.yaml": []byte(text), "program.yaml": []byte("products:\n  - {id: shop, repositories: [x]}\n")})
		found, void := false, false
		for _, f := range findings {
			found = found || strings.Contains(f.Message, c.want) && f.Severity == Error
		}
		for _, s := range p.VEX {
			void = void || s.Void != ""
		}
		if !found || !void {
			t.Errorf("%q -> %q: want an error with %q and a void statement, got %v", c.change, c.with, c.want, findings)
		}
	}
}

func TestStatementsAreAppendedAndTheRestStays(t *testing.T) {
	parsed := func(s string) Package {
		p, err := ParsePackage(s)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	s := VEXStatement{ID: "V-9", Vulnerability: "CVE-2026-9", Package: parsed("pkg:npm/@scope/x"), Product: []string{"shop"}, Status: vex.NotAffected,
		Impact: "Never called: \"really\".\n\nSee the ticket.", Author: "a@example.com", Date: Date{onDay("2026-11-23").Truncate(24 * time.Hour)},
		Expires: Date{onDay("2027-01-01").Truncate(24 * time.Hour)}, Evidence: []string{"https://example.com/#1"}}
	for name, file := range map[string]string{
		"nothing": "", "starter": string(Starter("open")["vex.yaml"]), "two": decisions, "flow": "statements: []\n# end", "null": "statements:",
		"comment only": "# nothing yet\n", "not indented": strings.ReplaceAll(decisions, "\n  ", "\n"), "deep": strings.ReplaceAll(decisions, "\n  ", "\n      "),
	} {
		t.Run(name, func(t *testing.T) {
			out, err := AppendStatement([]byte(file), s)
			if err != nil {
				t.Fatal(err)
			}
			p, findings := Load(map[string][]byte{"vex.yaml": out, "program.yaml": []byte("products:\n  - {id: shop, repositories: [x]}\n")})
			if len(findings) > 0 {
				t.Fatal(findings, string(out))
			}
			got := p.VEX[len(p.VEX)-1]
			got.At = Pos{}
			if diff := cmp.Diff(s, got, cmp.Comparer(func(a, b Package) bool { return a.Text == b.Text }), cmp.Comparer(func(a, b VersionRange) bool { return a.Text == b.Text })); diff != "" {
				t.Errorf("%s\n%s", diff, out)
			}
			if kept := strings.TrimSuffix(strings.Replace(file, " []", "", 1), "\n"); !strings.HasPrefix(strings.Replace(string(out), ": \n", ":\n", 1), kept) {
				t.Errorf("the rest did not stay:\n%s", out)
			}
		})
	}
	for name, file := range map[string]string{"another key": "statements: []\nx: y\n", "flow with content": "statements: [{id: a}]", "a list": "- a\n"} {
		if out, err := AppendStatement([]byte(file), s); err == nil {
			t.Errorf("%s: want an error, got\n%s", name, out)
		}
	}
	if p := loadVEX(t, "statements:\n  - {id: V-2026-004, vulnerability: C, package: 'pkg:npm/a', status: fixed, author: a, date: 2026-01-01}\n"); p.NextStatementID(2026) != "V-2026-005" || p.NextStatementID(2027) != "V-2027-001" {
		t.Error(p.NextStatementID(2026), p.NextStatementID(2027))
	}
}
