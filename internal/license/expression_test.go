package license

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseGivesTheCanonicalForm(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"MIT", "MIT"},
		{"mit", "MIT"},
		{" apache-2.0 ", "Apache-2.0"},
		{"MIT or apache-2.0", "MIT OR Apache-2.0"},
		{"MIT AND (Apache-2.0 OR BSD-3-Clause)", "MIT AND (Apache-2.0 OR BSD-3-Clause)"},
		{"(MIT AND ISC) OR (Zlib)", "MIT AND ISC OR Zlib"},
		{"MIT AND ISC AND Zlib", "MIT AND ISC AND Zlib"},
		{"((MIT AND ISC)) AND Zlib", "MIT AND ISC AND Zlib"},
		{"GPL-2.0", "GPL-2.0-only"},
		{"GPL-2.0+", "GPL-2.0-or-later"},
		{"GPL-2.0-or-later", "GPL-2.0-or-later"},
		{"gpl-2.0-or-later+", "GPL-2.0-or-later"},
		{"LGPL-2.1+ AND AGPL-3.0", "LGPL-2.1-or-later AND AGPL-3.0-only"},
		{"GFDL-1.3", "GFDL-1.3-only"},
		{"GFDL-1.3-no-invariants-or-later", "GFDL-1.3-no-invariants-or-later"},
		{"Apache-1.1+", "Apache-1.1+"},
		{"GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"},
		{"GPL-2.0-with-GCC-exception+", "GPL-2.0-or-later WITH GCC-exception-2.0"},
		{"eCos-2.0", "GPL-2.0-or-later WITH eCos-exception-2.0"},
		{"wxWindows", "LGPL-2.0-or-later WITH WxWindows-exception-3.1"},
		{"gpl-2.0+ with classpath-exception-2.0 and mit", "GPL-2.0-or-later WITH Classpath-exception-2.0 AND MIT"},
		{"Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"},
		{"licenseref-Acme-1.0", "LicenseRef-Acme-1.0"},
		{"DocumentRef-other:LicenseRef-Acme", "DocumentRef-other:LicenseRef-Acme"},
		{"MIT WITH AdditionRef-no-evil", "MIT WITH AdditionRef-no-evil"},
		{"MIT WITH DocumentRef-x:AdditionRef-y", "MIT WITH DocumentRef-x:AdditionRef-y"},
		{"LicenseRef-Acme WITH Classpath-exception-2.0", "LicenseRef-Acme WITH Classpath-exception-2.0"},
		{"NOASSERTION", "NOASSERTION"},
		{"none", "NONE"},
		{"MIT\tAND\nISC", "MIT AND ISC"},
	} {
		e, err := Parse(c.in)
		if err != nil || e.String() != c.want {
			t.Errorf("Parse(%q) = %q, %v; want %q", c.in, e, err, c.want)
		}
	}
}

func TestParseSaysWhatIsWrongAndWhere(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "column 1: expected a license id, found the end"},
		{"MIT AND", "column 8: expected a license id, found the end"},
		{"AND MIT", `column 1: expected a license id, found "AND"`},
		{"MIT ISC", `column 5: expected AND, OR or the end, found "ISC"`},
		{"(MIT", "column 1: this parenthesis is not closed"},
		{"MIT)", `column 4: expected AND, OR or the end, found ")"`},
		{"()", `column 2: expected a license id, found ")"`},
		{"MIT OR Apach-2.0", `column 8: unknown license id "Apach-2.0"; did you mean "Apache-2.0"?`},
		{"GPL-2.0 WITH Classpath-exception", `column 14: unknown exception id "Classpath-exception"; did you mean "Classpath-exception-2.0"?`},
		{"Classpath-exception-2.0", "is an exception; it must follow WITH"},
		{"GPL-2.0-only+", `"GPL-2.0-only" cannot be followed by +`},
		{"MIT WITH", "column 9: expected an exception id after WITH"},
		{"(MIT OR ISC) WITH LLVM-exception", "column 14: WITH must follow a license id"},
		{"GPL-2.0-with-GCC-exception WITH LLVM-exception", "a second WITH is not possible"},
		{"AdditionRef-x", "an AdditionRef can only follow WITH"},
		{"NONE WITH LLVM-exception", "NONE takes no exception"},
		{"LicenseRef-", `unknown license id "LicenseRef-"`},
		{strings.Repeat("(", 200) + "MIT" + strings.Repeat(")", 200), "parentheses more than 100 deep"},
		{strings.Repeat("MIT OR ", 20000) + "MIT", "longer than 65536 bytes"},
	} {
		_, err := Parse(c.in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Parse(%q): error %v; want it to say %q", clip(c.in), err, c.want)
		}
	}
}

func TestNormalizeRemovesWhatIsSuperfluous(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"MIT OR MIT", "MIT"},
		{"MIT OR Apache-2.0", "Apache-2.0 OR MIT"},
		{"MIT OR (MIT AND ISC)", "MIT"},
		{"MIT AND (MIT OR ISC)", "MIT"},
		{"(MIT OR ISC) AND (ISC OR MIT)", "ISC OR MIT"},
		{"(MIT AND ISC) OR (ISC AND MIT AND Zlib)", "ISC AND MIT"},
		{"MIT AND (ISC OR (ISC AND Zlib))", "ISC AND MIT"},
	} {
		e, err := Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Normalize().String(); got != c.want {
			t.Errorf("%s: normalized %q, want %q", c.in, got, c.want)
		}
	}
}

func TestEquivalentSeesThroughDistribution(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"MIT AND (ISC OR Zlib)", "(MIT AND ISC) OR (Zlib AND MIT)", true},
		{"MIT OR (ISC AND Zlib)", "(MIT OR ISC) AND (MIT OR Zlib)", true},
		{"GPL-2.0+", "GPL-2.0-or-later", true},
		{"MIT OR ISC", "MIT AND ISC", false},
		{"GPL-2.0-only", "GPL-2.0-or-later", false},
	} {
		a, errA := Parse(c.a)
		b, errB := Parse(c.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := Equivalent(a, b); got != c.want {
			t.Errorf("Equivalent(%s, %s) = %v", c.a, c.b, got)
		}
	}
}

func TestTheZeroExpressionIsNothing(t *testing.T) {
	mit := Of(Leaf{ID: "MIT"})
	if !(Expr{}).IsZero() || (Expr{}).String() != "" || len((Expr{}).Leaves()) != 0 || !And().IsZero() || mit.IsZero() {
		t.Error("the zero expression must print as nothing and have no leaves")
	}
	if got := And(Expr{}, mit, Or(Expr{})).String(); got != "MIT" {
		t.Errorf("a fold that starts from nothing gave %q", got)
	}
}

func TestLeavesAreDistinctAndInOrder(t *testing.T) {
	e, err := Parse("MIT AND (GPL-2.0+ WITH Classpath-exception-2.0 OR MIT) AND ISC")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range e.Leaves() {
		got = append(got, l.String())
	}
	if s := strings.Join(got, "|"); s != "MIT|GPL-2.0-or-later WITH Classpath-exception-2.0|ISC" {
		t.Error(s)
	}
}

func TestLaterListsThePublishedVersions(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"GPL-2.0-or-later", "GPL-2.0-only GPL-3.0-only"},
		{"LGPL-2.0+", "LGPL-2.0-only LGPL-2.1-only LGPL-3.0-only"},
		{"Apache-1.1+", "Apache-1.1 Apache-2.0"},
		{"GPL-2.0-only", "GPL-2.0-only"},
		{"MIT+", "MIT"},
		{"LicenseRef-x", "LicenseRef-x"},
		{"AGPL-3.0-or-later", "AGPL-3.0-only"},
	} {
		e, err := Parse(c.in)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, l := range e.Leaf.Later() {
			got = append(got, l.String())
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: later %q, want %q", c.in, s, c.want)
		}
	}
}

// anyExpr draws expressions over few licenses, so that repetition is common.
func anyExpr(t *rapid.T) Expr { return drawExpr(t, 4) }

func drawExpr(t *rapid.T, depth int) Expr {
	leaves := []Leaf{{ID: "MIT"}, {ID: "ISC"}, {ID: "Zlib"}, {ID: "Apache-1.1", OrLater: true}, {ID: "LicenseRef-x"},
		{ID: "GPL-2.0-or-later", Exception: "Classpath-exception-2.0"}, {ID: NoAssertion}}
	kind := 0
	if depth > 0 {
		kind = rapid.IntRange(0, 2).Draw(t, "kind")
	}
	if kind == 0 {
		return Of(rapid.SampledFrom(leaves).Draw(t, "leaf"))
	}
	n := rapid.IntRange(1, 4).Draw(t, "n")
	var args []Expr
	for range n {
		args = append(args, drawExpr(t, depth-1))
	}
	if kind == 1 {
		return And(args...)
	}
	return Or(args...)
}

func same(t *rapid.T, law string, a, b Expr) {
	if x, y := a.Normalize().String(), b.Normalize().String(); x != y {
		t.Fatalf("%s: %q differs from %q", law, x, y)
	}
	if !Equivalent(a, b) {
		t.Fatalf("%s: %q is not equivalent to %q", law, a, b)
	}
}

func TestExpressionsObeyTheLawsOfALattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyExpr(t), anyExpr(t), anyExpr(t)
		same(t, "AND commutes", And(a, b), And(b, a))
		same(t, "OR commutes", Or(a, b), Or(b, a))
		same(t, "AND is associative", And(a, And(b, c)), And(And(a, b), c))
		same(t, "OR is associative", Or(a, Or(b, c)), Or(Or(a, b), c))
		same(t, "AND is idempotent", And(a, a), a)
		same(t, "OR is idempotent", Or(a, a), a)
		same(t, "normalizing twice changes nothing", a.Normalize().Normalize(), a.Normalize())
		if !Equivalent(Or(a, And(a, b)), a) || !Equivalent(And(a, Or(a, b)), a) {
			t.Fatalf("absorption does not hold for %q and %q", a, b)
		}
		if !Equivalent(And(a, Or(b, c)), Or(And(a, b), And(a, c))) {
			t.Fatalf("distribution does not hold for %q, %q and %q", a, b, c)
		}
	})
}

func TestPrintingAndParsingGiveTheSameExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyExpr(t)
		back, err := Parse(e.String())
		if err != nil {
			t.Fatalf("%q: %v", e, err)
		}
		if back.String() != e.String() || back.shape() != e.shape() {
			t.Fatalf("%q came back as %q", e, back)
		}
	})
}

// shape shows the tree with all its parentheses.
func (e Expr) shape() string {
	if e.Op == OpLeaf {
		return e.Leaf.String()
	}
	var parts []string
	for _, a := range e.Args {
		parts = append(parts, a.shape())
	}
	return "(" + strings.Join(parts, map[Op]string{OpAnd: "&", OpOr: "|"}[e.Op]) + ")"
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"MIT", "(MIT OR ISC) AND GPL-2.0+ WITH Classpath-exception-2.0", "((((", "GPL-2.0-with-GCC-exception+", "DocumentRef-a:LicenseRef-b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err != nil {
			return
		}
		back, err := Parse(e.String())
		if err != nil || back.shape() != e.shape() {
			t.Fatalf("%q printed as %q came back as %q: %v", s, e, back, err)
		}
	})
}
