package advisory

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/osv-scalibr/semantic"
	"pgregory.net/rapid"
)

func TestVersionsStandInTheirEcosystemsOrder(t *testing.T) {
	for ecosystem, ascending := range map[string][]string{
		"npm": {"0.0.0-0", "0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "v2.0.0+build"},
		"Go": {"0.0.0-20190308221718-c2843e01d9a2", "0.0.0-20220906165146-f3363e06e74c", "0.0.1", "1.2.3-0.20200101000000-aaaaaaaaaaaa", "1.2.3",
			"1.2.4-0.20200101000000-aaaaaaaaaaaa", "2.0.0+incompatible"},
		"PyPI": {"1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456", "1.0b2.post345", "1.0rc1.dev456", "1.0rc1",
			"1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456", "1.1.dev1", "1!0.1"},
		"Maven":       {"1-alpha-1", "1-beta", "1-milestone", "1-rc", "1-snapshot", "1", "1-sp", "1-foo", "1-1", "1.1"},
		"RubyGems":    {"1.0.a", "1.0.a.1", "1.0.b1", "1.0", "1.0.1", "1.10"},
		"NuGet":       {"1.0.0-Alpha", "1.0.0-beta", "1.0.0", "1.0.0.1", "1.0.1"},
		"Debian:12":   {"1.0~rc1-1", "1.0-1", "1.0-1+b1", "1.0-2", "1.0+dfsg-1", "1:0.1-1"},
		"Alpine:v3.1": {"1.0_alpha1-r0", "1.0_rc1-r0", "1.0-r0", "1.0-r1", "1.0_p1-r0", "1.0a-r0", "1.1-r0"},
		"Packagist":   {"1.0-dev", "1.0-alpha1", "1.0-beta1", "1.0-RC1", "1.0", "1.0.1"},
	} {
		for i := range ascending {
			for j := range ascending {
				want := 0
				switch {
				case i < j:
					want = -1
				case i > j:
					want = 1
				}
				if got, err := CompareVersions(ecosystem, ascending[i], ascending[j]); err != nil || got != want {
					t.Errorf("%s: %s <=> %s is %d, %v; want %d", ecosystem, ascending[i], ascending[j], got, err, want)
				}
			}
		}
	}
}

func TestSpellingsOfOneVersionAreEqual(t *testing.T) {
	for ecosystem, pairs := range map[string][][2]string{
		"PyPI":      {{"1.0", "1"}, {"1.0.0", "v1"}, {"1.0ALPHA1", "1.0a1"}, {"1.0-1", "1.0.post1"}, {"1.0.c1", "1.0rc1"}, {"1.0-preview_2", "1.0rc2"}, {"01.0", "1"}, {"1.0+a-1", "1.0+A.1"}, {"1.0.r4", "1.0.post4"}, {"1.0.dev", "1.0.dev0"}},
		"npm":       {{"1.0.0", "v1.0.0"}, {"1.0.0+a", "1.0.0+b"}, {"1", "1.0.0"}},
		"Maven":     {{"1", "1.0"}, {"1.0.0.Final", "1"}, {"1-a1", "1-alpha-1"}, {"1.0-cr1", "1.0-rc1"}},
		"NuGet":     {{"1.0.0-ALPHA", "1.0.0-alpha"}},
		"Debian:11": {{"0:1.0-1", "1.0-1"}, {"1.0", "1.0-0"}},
	} {
		for _, p := range pairs {
			if got, err := CompareVersions(ecosystem, p[0], p[1]); err != nil || got != 0 {
				t.Errorf("%s: %s <=> %s is %d, %v", ecosystem, p[0], p[1], got, err)
			}
		}
	}
}

func TestWhatIsNoVersionIsSaid(t *testing.T) {
	for _, c := range [][2]string{{"npm", ""}, {"npm", "latest"}, {"PyPI", strings.Repeat("1", 5000)}, {"Moon", "1.0"}, {"Packagist", "dev-main"},
		{"npm", "github:a/b#1"}, {"npm", "git+ssh://x@1"}, {"npm", "8f4b7f84864484a7bf31766abe9204da3cbe65b3"}, {"PyPI", "master-2"}, {"Debian:12", "x1"}} {
		if _, err := CompareVersions(c[0], c[1], "1.0"); err == nil {
			t.Errorf("%s: %.20q passed for a version", c[0], c[1])
		}
	}
}

// semverText draws versions as registries have them, and some as they should not.
func semverText() *rapid.Generator[string] {
	num := rapid.OneOf(rapid.StringMatching(`[0-9]`), rapid.StringMatching(`[1-9][0-9]{0,3}`), rapid.StringMatching(`0[0-9]`), rapid.StringMatching(`[0-9]{17,21}`))
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.SampledFrom([]string{"", "v"}).Draw(t, "v")
		for i := range rapid.IntRange(1, 4).Draw(t, "n") {
			if i > 0 {
				s += "."
			}
			s += num.Draw(t, "num")
		}
		if rapid.Bool().Draw(t, "pre") {
			s += "-" + rapid.StringMatching(`(0|[1-9][0-9]{0,3}|alpha|beta|rc|[a-zA-Z][0-9a-zA-Z-]{0,4})(\.(0|[1-9][0-9]{0,19}|[a-z][0-9]?|rc)){0,3}`).Draw(t, "pre")
		}
		if rapid.IntRange(0, 4).Draw(t, "b") == 0 {
			s += "+" + rapid.StringMatching(`[0-9a-z.]{1,6}`).Draw(t, "build")
		}
		return s
	})
}

func pypiText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		part := func(name, re string, odds int) string {
			if rapid.IntRange(0, odds).Draw(t, name) != 0 {
				return ""
			}
			return rapid.StringMatching(re).Draw(t, name)
		}
		return part("v", "v| ", 6) + part("epoch", "[0-2]!", 5) + rapid.StringMatching(`[0-9]{1,2}(\.[0-9]{1,2}){0,4}(\.0){0,5}`).Draw(t, "release") +
			part("pre", `[-_.]?(a|b|c|rc|alpha|beta|pre|preview|A|RC)[-_.]?[0-9]{0,2}`, 2) + part("post", `-[0-9]{1,2}|[-_.]?(post|rev|r)[-_.]?[0-9]{0,2}`, 2) +
			part("dev", `[-_.]?dev[-_.]?[0-9]{0,2}`, 2) + part("local", `\+[a-z0-9]{1,4}([-_.][A-Z0-9]{1,3}){0,2}`, 3)
	})
}

// The short cut and the library must be one order, for versions of both kinds
// stand in one list.
func TestShortCutsGiveTheLibrarysOrder(t *testing.T) {
	for base, c := range map[string]struct {
		text *rapid.Generator[string]
		fast func(a, b string) (int, bool)
	}{"npm": {semverText(), compareSemver}, "PyPI": {pypiText(), comparePyPI}} {
		t.Run(base, func(t *testing.T) {
			taken := 0
			rapid.Check(t, func(t *rapid.T) {
				a, b := c.text.Draw(t, "a"), c.text.Draw(t, "b")
				got, ok := c.fast(a, b)
				if !ok {
					return
				}
				taken++
				want, err := semantic.MustParse(a, base).CompareStr(b)
				if err != nil || got != want {
					t.Fatalf("%s <=> %s: %d, the library says %d, %v", a, b, got, want, err)
				}
			})
			if taken == 0 {
				t.Error("the short cut was never taken")
			}
		})
	}
}

// The laws of an order, by ecosystem. Maven's and Packagist's own orders break
// transitivity for hostile versions; there, only what releases look like is
// drawn.
func TestOrdersAreOrders(t *testing.T) {
	plain := rapid.StringMatching(`[0-9]{1,2}(\.[0-9]{1,2}){1,3}`)
	for ecosystem, text := range map[string]*rapid.Generator[string]{
		"npm": semverText(), "Go": semverText(), "crates.io": semverText(), "PyPI": pypiText(),
		"Debian:12":   rapid.StringMatching(`([0-2]:)?[0-9]{1,2}(\.[0-9]{1,2}){0,2}([~+][a-z]{1,3}[0-9]?)?(-[0-9](\+b[0-9]|~bpo[0-9])?)?`),
		"RubyGems":    rapid.StringMatching(`[0-9]{1,2}(\.[0-9]{1,2}){0,2}(\.(a|b|rc|pre)[0-9]?)?`),
		"NuGet":       rapid.StringMatching(`[0-9]{1,2}(\.[0-9]{1,2}){1,3}(-(Alpha|beta|rc)(\.[0-9])?)?`),
		"Alpine:v3.1": rapid.StringMatching(`[1-9][0-9]?(\.[0-9]){0,2}[a-c]?(_(alpha|beta|rc|p)[0-9])?(-r[0-9])?`),
		"Maven":       plain, "Packagist": plain, "Hex": semverText(), "Pub": plain, "Hackage": plain, "CRAN": plain, "Red Hat": plain,
	} {
		t.Run(ecosystem, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
				cmp := func(x, y string) int {
					r, err := CompareVersions(ecosystem, x, y)
					if err != nil {
						t.Fatal(err)
					}
					return r
				}
				if cmp(a, a) != 0 || cmp(a, b) != -cmp(b, a) {
					t.Fatalf("%s <=> %s is %d and back %d", a, b, cmp(a, b), cmp(b, a))
				}
				if cmp(a, b) <= 0 && cmp(b, c) <= 0 && cmp(a, c) > 0 {
					t.Fatalf("%s <= %s <= %s, but not %s <= %s", a, b, c, a, c)
				}
			})
		})
	}
}

// Whatever is asked, the places among a package's bounds give what evaluating
// each range event by event gives.
func TestPlacesAnswerAsTheSchemasEvaluationDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%d.%d.0", rapid.IntRange(0, 3).Draw(t, "x"), rapid.IntRange(0, 3).Draw(t, "y"))
		})
		var claims []Claim
		ranges := map[int64][]Range{}
		for n := range int64(rapid.IntRange(1, 4).Draw(t, "records")) {
			a := Affected{Key: Key{"npm", "p"}}
			for range rapid.IntRange(1, 2).Draw(t, "ranges") {
				r := Range{Type: "SEMVER"}
				for range rapid.IntRange(1, 5).Draw(t, "events") {
					r.Events = append(r.Events, Event{EventKind(rapid.IntRange(0, 2).Draw(t, "kind")), rapid.OneOf(small, rapid.Just("0")).Draw(t, "version")})
				}
				a.Ranges = append(a.Ranges, r)
			}
			a.Versions = rapid.SliceOfN(small, 0, 3).Draw(t, "versions")
			c, _, ok := NewClaim(n, a)
			if ok {
				claims = append(claims, c)
			}
			ranges[n] = a.Ranges
			v := small.Draw(t, "v")
			want := naive(a, v)
			got := ok && len(mustMatch(t, Compile(a.Key, []Claim{c}), v)) > 0
			if got != want {
				t.Fatalf("%v in %+v: %v, want %v", v, a, got, want)
			}
		}
		// A package made of several claims, taken apart and made again, answers as
		// each claim alone does.
		whole := Compile(Key{"npm", "p"}, claims)
		again := Compile(whole.Key, whole.Claims())
		v := small.Draw(t, "v")
		for _, c := range claims {
			alone := len(mustMatch(t, Compile(whole.Key, []Claim{c}), v)) > 0
			for _, p := range []*Package{whole, again} {
				found := false
				for _, m := range mustMatch(t, p, v) {
					found = found || m.Record == c.Record
				}
				if found != alone || !p.Valid() {
					t.Fatalf("record %d of %+v means %s: %v, alone %v", c.Record, p, v, found, alone)
				}
			}
		}
	})
}

func mustMatch(t *rapid.T, p *Package, v string) []Match {
	m, err := NewAsker(p).Matches(v)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// naive is the evaluation of the schema, for ranges of introduced, fixed and
// last_affected.
func naive(a Affected, v string) bool {
	cmp := func(x, y string) int {
		c, _ := compareSemver(x, y)
		return c
	}
	for _, listed := range a.Versions {
		if cmp(listed, v) == 0 {
			return true
		}
	}
	for _, r := range a.Ranges {
		events := append([]Event(nil), r.Events...)
		for i := range events { // an insertion sort keeps equal ones as they were
			for j := i; j > 0 && cmpEvent(cmp, events[j], events[j-1]) < 0; j-- {
				events[j], events[j-1] = events[j-1], events[j]
			}
		}
		in := false
		for _, e := range events {
			switch {
			case e.What == Introduced && cmpFirst(cmp, e.Version, v) <= 0:
				in = true
			case e.What == Fixed && cmp(e.Version, v) <= 0, e.What == LastAffected && cmp(e.Version, v) < 0:
				in = false
			}
		}
		if in {
			return true
		}
	}
	return false
}

func cmpFirst(cmp func(a, b string) int, event, v string) int {
	if event == "0" {
		return -1
	}
	return cmp(event, v)
}

func cmpEvent(cmp func(a, b string) int, a, b Event) int {
	first := func(e Event) bool { return e.What == Introduced && e.Version == "0" }
	switch {
	case first(a) && first(b):
		return 0
	case first(a):
		return -1
	case first(b):
		return 1
	}
	return cmp(a.Version, b.Version)
}
