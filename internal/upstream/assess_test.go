package upstream

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/inventory"
)

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

// byNumber orders versions of three numbers.
func byNumber(a, b string) int {
	parts := func(v string) []int {
		var out []int
		v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "-")
		for _, s := range strings.Split(v, ".") {
			n, _ := strconv.Atoi(s)
			out = append(out, n)
		}
		return out
	}
	return slices.Compare(parts(a), parts(b))
}

func setting(now string) *Setting {
	return &Setting{Now: date(now), Order: byNumber, SameLicense: func(a, b string) (bool, bool) {
		return a == b, !strings.HasPrefix(a, "SEE") && !strings.HasPrefix(b, "SEE")
	}}
}

func leftListing(releases ...Release) *Listing {
	l := &Listing{Package: inventory.NewPURL("npm", "left", ""), Source: "npm registry", Observed: date("2026-06-01"), Versions: releases}
	l.Latest = LatestStable(releases)
	return l
}

func TestLibyearsAreTheYearsBetweenTheReleaseInUseAndTheLatestStable(t *testing.T) {
	l := leftListing(Release{Version: "0.9.0"}, Release{Version: "1.0.0", Published: date("2020-01-01")}, Release{Version: "1.1.0", Published: date("2021-01-01"), Yanked: "yanked"},
		Release{Version: "1.2.0", Published: date("2022-07-02")}, Release{Version: "2.0.0", Published: date("2024-01-01")},
		Release{Version: "3.0.0-rc.1", Published: date("2025-01-01"), Pre: true})
	for used, want := range map[string]struct {
		years  float64
		behind int
		why    string
	}{
		"1.0.0":      {1461 / 365.25, 2, ""}, // 2020-01-01 to 2024-01-01: four years with one leap day
		"1.2.0":      {548 / 365.25, 1, ""},
		"2.0.0":      {0, 0, ""},
		"3.0.0-rc.1": {0, 0, ""}, // published after the latest stable one
		"0.9.0":      {-1, 3, "the date of the version in use is not known"},
		"7.0.0":      {0, 0, ""},
		"0.1.0":      {-1, 4, "the date of the version in use is not known"},
		"":           {-1, -1, "no version is resolved"},
	} {
		a := Assess(l, used, setting("2026-06-01"))
		if math.Abs(a.Libyears-want.years) > 1e-9 || a.Behind != want.behind || a.NoLibyears != want.why {
			t.Errorf("%q: %v libyears, %d behind, %q; want %v", used, a.Libyears, a.Behind, a.NoLibyears, want)
		}
	}
	if a := Assess(leftListing(), "1.0.0", setting("2026-06-01")); a.Libyears != -1 || a.NoLibyears != "the latest version is not known" || a.Behind != -1 || a.Deprecated != NotTold {
		t.Errorf("of nothing: %+v", a)
	}
}

func TestAGoPseudoVersionTellsItsDate(t *testing.T) {
	l := &Listing{Package: inventory.NewPURL("golang", "example.com/m", ""), Latest: "v1.0.0", Versions: []Release{{Version: "v1.0.0", Published: date("2021-11-09")}}}
	for version, want := range map[string]bool{"v0.0.0-20191109021931-daa7c04131f5": true, "v1.2.3-0.20191109021931-daa7c04131f5": true, "v1.2.3-rc.1.0.20191109021931-daa7c04131f5+incompatible": true,
		"v0.0.0-20191309021931-daa7c04131f5": false, "v0.9.9": false} {
		if a := Assess(l, version, setting("2026-06-01")); a.UsedPublished.IsZero() == want || want && a.UsedPublished.Format(time.DateOnly) != "2019-11-09" {
			t.Errorf("%s is of %v", version, a.UsedPublished)
		}
	}
}

func TestReleaseFrequency(t *testing.T) {
	l := leftListing(Release{Version: "1.0.0", Published: date("2024-01-01")}, Release{Version: "1.0.1", Published: date("2024-01-11")}, Release{Version: "1.1.0", Published: date("2025-08-01")},
		Release{Version: "1.2.0-rc", Published: date("2025-08-02"), Pre: true}, Release{Version: "1.2.0", Published: date("2025-09-30")})
	got := frequency(l, date("2026-06-01"))
	// Gaps of 10, 568 and 60 days.
	if d := cmp.Diff(Frequency{Releases: 2, MedianGap: 60, LongestGap: 568, SinceLast: 244}, got); d != "" {
		t.Error(d)
	}
	l.Versions = append(l.Versions, Release{Version: "1.3.0"}, Release{Version: "1.4.0"})
	l.Latest = "1.4.0"
	if d := cmp.Diff(Frequency{Releases: -1, MedianGap: -1, LongestGap: -1, SinceLast: -1, Undated: 2}, frequency(l, date("2026-06-01"))); d != "" {
		t.Error("with a third undated:", d)
	}
	one := leftListing(Release{Version: "1.0.0", Published: date("2026-05-31")})
	if d := cmp.Diff(Frequency{Releases: 1, MedianGap: -1, LongestGap: -1, SinceLast: 1}, frequency(one, date("2026-06-01"))); d != "" {
		t.Error("of one:", d)
	}
}

func TestEachSignalHasItsTextDateAndSource(t *testing.T) {
	used := Release{Version: "1.0.0", Published: date("2020-01-01"), License: "MIT", InstallScript: No, Maintainers: []string{"a", "b"}, Yanked: "security", Deprecated: "use 2"}
	last := Release{Version: "2.0.0", Published: date("2022-01-01"), License: "BUSL-1.1", InstallScript: Yes}
	l := leftListing(used, last)
	l.Deprecated, l.Archived, l.Maintainers = "moved to\nright", Yes, []string{"b", "c", "d"}
	set := setting("2026-06-01")
	set.Lifecycles = NewLifecycles([]Product{{Name: "left", Source: "lifecycles/left.json", Packages: []string{"pkg:npm/left"}, Cycles: []Cycle{{Name: "1", End: date("2021-06-30")}, {Name: "2"}}}})
	a := Assess(l, "1.0.0", set)
	seen := l.Observed
	want := []HealthSignal{
		{SignalArchived, "the project is archived", seen, "npm registry"},
		{SignalDeprecated, "the package is deprecated: moved to right", seen, "npm registry"},
		{SignalDeprecated, "version 1.0.0 is deprecated: use 2", seen, "npm registry"},
		{SignalEndOfLife, "left 1 (version 1.0.0 in use) is out of support since 2021-06-30", date("2021-06-30"), "lifecycles/left.json"},
		{SignalScripts, "the latest, 2.0.0, runs a script when it is installed, 1.0.0 did not", last.Published, "npm registry"},
		{SignalMaintainers, "maintainers today: 3, of whom 2 are new since 1.0.0; 1 left", seen, "npm registry"},
		{SignalQuiet, "the latest release, 2.0.0, was 4.4 years ago", last.Published, "npm registry"},
		{SignalRelicensed, "1.0.0 is under MIT, 2.0.0 is under BUSL-1.1", last.Published, "npm registry"},
		{SignalYanked, "version 1.0.0 was withdrawn: security", seen, "npm registry"},
	}
	if d := cmp.Diff(want, a.Signals); d != "" {
		t.Error(d)
	}
	for name, k := range map[string]Known{"archived": a.Archived, "deprecated": a.Deprecated, "end of life": a.EndOfLife, "scripts": a.ScriptsAdded, "maintainers": a.MaintainersMove, "relicensed": a.Relicensed, "yanked": a.Yanked} {
		if k != Yes {
			t.Errorf("%s is %v", name, k)
		}
	}
	calm := Assess(l, "2.0.0", set)
	if calm.Relicensed != No || calm.Yanked != No || calm.ScriptsAdded != Yes || calm.MaintainersMove != NotTold {
		t.Errorf("of the latest: %+v (it is the one that added a script)", calm)
	}
}

func TestWhatIsNotUnderstoodIsNoChangeOfLicense(t *testing.T) {
	for _, c := range []struct {
		used, latest Release
		want         Known
	}{
		{Release{License: "MIT"}, Release{License: "SEE LICENSE IN LICENSE.md"}, NotTold},
		{Release{License: "SEE LICENSE IN LICENSE.md"}, Release{License: "SEE LICENSE IN LICENSE.md"}, No},
		{Release{License: "MIT"}, Release{}, NotTold},
		// Like is compared with like: a text that holds more than was declared is no change.
		{Release{License: "MIT", Detected: "MIT AND BSD-3-Clause"}, Release{Detected: "MIT AND BSD-3-Clause"}, No},
		{Release{Detected: "MIT"}, Release{Detected: "Apache-2.0"}, Yes},
	} {
		c.used.Version, c.latest.Version = "1.0.0", "2.0.0"
		if a := Assess(leftListing(c.used, c.latest), "1.0.0", setting("2026-06-01")); a.Relicensed != c.want {
			t.Errorf("%+v to %+v: %v, want %v", c.used, c.latest, a.Relicensed, c.want)
		}
	}
}

func TestOnlyNewPackagesWithNearNamesAreSquatters(t *testing.T) {
	set := setting("2026-06-01")
	set.Popular = NewNames([]inventory.PURL{inventory.NewPURL("npm", "lodash", ""), inventory.NewPURL("npm", "cross-env", ""), inventory.NewPURL("npm", "@acme/tool", ""), inventory.NewPURL("pypi", "requests", ""), inventory.NewPURL("npm", "vue", "")})
	for name, want := range map[string]string{"lodahs": "lodash", "lodas": "lodash", "lodashs": "lodash", "1odash": "lodash", "crossenv": "cross-env", "cross.env": "cross-env", "lodash": "", "loda": "", "reqests": "", "vuee": "", "lowdush": "", "@acme/tools": "@acme/tool"} {
		near, ok := set.Popular.Near(inventory.NewPURL("npm", name, ""))
		if near != want || ok != (want != "") {
			t.Errorf("%s is near %q, want %q", name, near, want)
		}
	}
	l := leftListing(Release{Version: "1.0.0", Published: date("2026-05-01")})
	l.Package = inventory.NewPURL("npm", "lodahs", "")
	if a := Assess(l, "1.0.0", set); a.Typosquat != Yes || a.Signals[0].Text != "the name is close to lodash, and the package is 31 days old" {
		t.Errorf("%+v", a)
	}
	l.Versions[0].Published = date("2026-01-01")
	if a := Assess(l, "1.0.0", set); a.Typosquat != No {
		t.Error("an old package is no squatter")
	}
	l.Versions[0].Published = time.Time{}
	if a := Assess(l, "1.0.0", set); a.Typosquat != NotTold {
		t.Error("of what age it is nobody tells")
	}
}

func TestDatesOfACopyAreDoubted(t *testing.T) {
	l := leftListing(Release{Version: "1.0.0", Published: date("2025-01-03")}, Release{Version: "1.0.1", Published: date("2025-01-02")}, Release{Version: "1.0.2", Published: date("2025-01-01")}, Release{Version: "2.0.0", Published: date("2025-06-01")})
	if a := Assess(l, "1.0.0", setting("2026-06-01")); a.Libyears != -1 || !a.Has(SignalDoubtfulDate) {
		t.Errorf("%+v", a)
	}
	backport := leftListing(Release{Version: "1.0.0", Published: date("2024-01-01")}, Release{Version: "1.1.0", Published: date("2026-01-01")}, Release{Version: "2.0.0", Published: date("2025-06-01")})
	if DoubtfulDates(backport.Versions) {
		t.Error("a later release of an older line is no contradiction")
	}
}

// Laws: never negative, nothing at the latest, additive along time, and not
// changed by previews.
func TestLawsOfLibyears(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.SliceOfN(rapid.IntRange(0, 4000), 2, 12).Draw(t, "days")
		slices.Sort(days)
		var releases []Release
		for i, d := range days {
			releases = append(releases, Release{Version: strconv.Itoa(i+1) + ".0.0", Published: date("2010-01-01").AddDate(0, 0, d)})
		}
		l := leftListing(releases...)
		set := setting("2026-06-01")
		last := math.Inf(1)
		for i, r := range releases {
			a := Assess(l, r.Version, set)
			want := float64(days[len(days)-1]-days[i]) / 365.25
			if math.Abs(a.Libyears-want) > 1e-9 || a.Libyears > last || a.Behind != len(releases)-1-i {
				t.Fatalf("%s: %v libyears, want %v; %d behind", r.Version, a.Libyears, want, a.Behind)
			}
			last = a.Libyears
		}
		l.Versions = append(l.Versions, Release{Version: "99.0.0-rc.1", Pre: true, Published: date("2026-05-01")})
		if a := Assess(l, "1.0.0", set); math.Abs(a.Libyears-float64(days[len(days)-1]-days[0])/365.25) > 1e-9 {
			t.Fatal("a preview counts")
		}
	})
}

func TestANearNameIsNearBothWays(t *testing.T) {
	name := rapid.StringMatching(`[a-z][a-z.-]{5,10}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := inventory.NewPURL("npm", name.Draw(t, "a"), ""), inventory.NewPURL("npm", name.Draw(t, "b"), "")
		if rapid.Bool().Draw(t, "edit") {
			i := rapid.IntRange(0, len(a.Name)-1).Draw(t, "at")
			b.Name = a.Name[:i] + a.Name[i+1:]
		}
		if len(b.Name) < shortestName {
			return
		}
		_, ab := NewNames([]inventory.PURL{a}).Near(b)
		_, ba := NewNames([]inventory.PURL{b}).Near(a)
		if ab != ba || a.Name != b.Name && near(a.Name, b.Name) != ab {
			t.Fatalf("%s and %s: %v, %v", a.Name, b.Name, ab, ba)
		}
	})
}

func TestAProjectThatReleasesOlderLinesIsNotQuiet(t *testing.T) {
	quiet := func(l *Listing) bool {
		a := Assess(l, "1.0.0", setting("2026-06-01"))
		return slices.ContainsFunc(a.Signals, func(s HealthSignal) bool { return s.Kind == SignalQuiet })
	}
	old := []Release{{Version: "1.0.0", Published: date("2020-01-01")}, {Version: "2.0.0", Published: date("2021-01-01")}}
	if !quiet(leftListing(old...)) {
		t.Error("five years without a release are quiet")
	}
	if quiet(leftListing(append(old, Release{Version: "1.0.1", Published: date("2026-01-01")})...)) {
		t.Error("a fix of the older line came half a year ago")
	}
}
