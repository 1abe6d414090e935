package contribution

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestAbsenceFactorIsThatOfThePublishedExamples(t *testing.T) {
	for _, x := range []struct {
		counts   []int
		k, least int
	}{
		{[]int{1000, 202, 90, 33, 332, 343, 42, 433}, 2, 433}, // CHAOSS' worked example
		{[]int{5, 5}, 1, 5}, {[]int{1, 1, 1}, 2, 1}, {[]int{0, 0, 7}, 1, 7}, {nil, 0, 0}, {[]int{0}, 0, 0},
	} {
		if k, least := AbsenceFactor(x.counts); k != x.k || least != x.least {
			t.Errorf("%v: %d, the last of which made %d; want %d, %d", x.counts, k, least, x.k, x.least)
		}
	}
}

// TestAbsenceFactorIsTheLeastSet compares with its definition: no smaller set of
// people made half, and the order in which people come does not matter.
func TestAbsenceFactorIsTheLeastSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 30), 0, 10).Draw(t, "counts")
		sum, least := total(counts), len(counts)+1
		for set := range 1 << len(counts) {
			made, size := 0, 0
			for i, n := range counts {
				if set>>i&1 == 1 {
					made, size = made+n, size+1
				}
			}
			if 2*made >= sum {
				least = min(least, size)
			}
		}
		k, _ := AbsenceFactor(counts)
		if k != least {
			t.Fatalf("%d, by trying all sets %d", k, least)
		}
		shuffled := rapid.Permutation(counts).Draw(t, "shuffled")
		if again, _ := AbsenceFactor(shuffled); again != k {
			t.Fatalf("%d in another order", again)
		}
		// Everybody twice as busy changes nothing.
		for i := range shuffled {
			shuffled[i] *= 2
		}
		if again, _ := AbsenceFactor(shuffled); again != k {
			t.Fatalf("%d when all counts double", again)
		}
	})
}

func TestElephantFactorWithAndWithoutTheUnknown(t *testing.T) {
	p := &Period{Orgs: []int{40, 10, 0}, Independent: []int{5, 5, 0, 0}, Unknown: []int{0, 0, 20, 20}}
	if d := cmp.Diff(Elephant{Known: 1, WithUnknown: 2, KnownCommits: 60, UnknownCommits: 40}, ElephantFactor(p)); d != "" {
		t.Error(d)
	}
	p = &Period{Orgs: []int{10}, Unknown: []int{6, 5}}
	if e := ElephantFactor(p); e.Told() {
		t.Errorf("more is unknown than known, and yet: %+v", e)
	}
	// Who works for nobody is no organization of many.
	p = &Period{Orgs: []int{3}, Independent: []int{3, 3, 3}}
	if e := ElephantFactor(p); e.Known != 2 {
		t.Errorf("%+v", e)
	}
}

func TestConcentrationIsOneOverTheNumberOfEquals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, each := rapid.IntRange(1, 50).Draw(t, "n"), rapid.IntRange(1, 1000).Draw(t, "each")
		if got := Concentration(&Period{Orgs: slices.Repeat([]int{each}, n)}); math.Abs(got-1/float64(n)) > 1e-9 {
			t.Fatalf("%v", got)
		}
		orgs := rapid.SliceOfN(rapid.IntRange(1, 1000), 1, 20).Draw(t, "orgs")
		if got := Concentration(&Period{Orgs: orgs}); got < 1/float64(len(orgs))-1e-9 || got > 1+1e-9 {
			t.Fatalf("%v of %v is out of bounds", got, orgs)
		}
	})
	if got := Concentration(&Period{}); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// TestLivesDoNotDependOnTheOrderOfCommits compares with sorting.
func TestLivesDoNotDependOnTheOrderOfCommits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Int64Range(day, 9*day), 1, 12).Draw(t, "times")
		var got Life
		for _, at := range times {
			got.add(at)
		}
		slices.Sort(times)
		want := Life{First: times[0], Second: Never, Return: Never, Last: times[len(times)-1], Commits: len(times)}
		if len(times) > 1 {
			want.Second = times[1]
		}
		for _, at := range times {
			if at/day > times[0]/day {
				want.Return = at
				break
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
	})
}

func TestNewcomersAndTheSilent(t *testing.T) {
	d := func(n int64) int64 { return n * day }
	people := []Life{
		{},
		{First: d(10), Second: d(10) + 5, Return: Never, Last: d(10) + 5, Commits: 2}, // two at once, never back
		{First: d(20), Second: d(50), Return: d(50), Last: d(300), Commits: 9},
		{First: d(30), Second: Never, Return: Never, Last: d(30), Commits: 1},
		{First: d(40), Second: d(200), Return: d(200), Last: d(200), Commits: 2}, // back after the 90 days
		{First: d(290), Second: Never, Return: Never, Last: d(290), Commits: 1},  // still has time
		{First: d(400), Second: Never, Return: Never, Last: d(400), Commits: 1},  // outside
	}
	if n := NewContributors(people, d(10), d(365)); n != 5 {
		t.Errorf("%d new", n)
	}
	if n := NewContributors(people, d(11), d(20)); n != 0 {
		t.Errorf("%d new: the window ends before its until", n)
	}
	if n := InactiveContributors(people, d(0), d(365), d(365), d(180)); n != 2 {
		t.Errorf("%d silent", n)
	}
	want := Conversion{Newcomers: 5, Second: 3, Cohort: 4, Returned: 1}
	if diff := cmp.Diff(want, NewcomerConversion(people, d(0), d(365), d(90))); diff != "" {
		t.Error(diff)
	}
	if were, still := Retained([]int{1, 0, 2, 3}, []int{0, 5, 1}); were != 3 || still != 1 {
		t.Errorf("%d of %d stayed", still, were)
	}
}

func TestRhythmOfReleases(t *testing.T) {
	asOf := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	release := func(tag string, daysAgo int, pre bool) Release {
		return Release{Tag: tag, At: asOf.Add(-12*time.Hour).AddDate(0, 0, -daysAgo), Prerelease: pre}
	}
	releases := []Release{release("v1", 40, false), release("v2", 50, false), release("v3", 60, false), release("sdk/v3", 60, false), release("v4-rc", 1, true),
		release("v9", -5, false), release("v1", 40, false), {Tag: "v0", At: time.Unix(0, 0)}}
	got := ReleaseRhythm(releases, asOf.AddDate(0, 0, -55), asOf)
	want := Rhythm{Releases: 2, Prereleases: 1, Days: 2, Median: 10, Longest: 10, Since: 40, Usual: 10, Late: 4, AllDays: 3, Dated: 6, Undated: 1}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if r := ReleaseRhythm(nil, asOf, asOf); r.Since != -1 || r.Late != 0 {
		t.Errorf("no release at all: %+v", r)
	}
	if r := ReleaseRhythm(releases[:2], asOf.AddDate(0, 0, -55), asOf); r.Late != 0 || r.AllDays != 2 {
		t.Errorf("two releases tell no habit: %+v", r)
	}
}

func TestLibyearsCountOnlyWhatIsDated(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	all := []Dependency{{Direct: true, Used: year(2020), Latest: year(2024)}, {Direct: true, Used: year(2021), Latest: year(2022)}, {Direct: true, Used: year(2024), Latest: year(2023)},
		{Direct: true, Used: year(2020)}, {Used: year(2020), Latest: year(2021)}, {Latest: year(2021)}}
	got := LibyearsOf(all, true)
	// 2020 to 2024 are 1461 days, exactly four years; one that is ahead of the latest counts 0.
	if got.Dated != 3 || got.Undated != 1 || math.Abs(got.Sum-(4+365/365.25)) > 1e-9 || math.Abs(got.Median-365/365.25) > 1e-9 || math.Abs(got.Mean-got.Sum/3) > 1e-9 {
		t.Errorf("%+v", got)
	}
	if got := LibyearsOf(all, false); got.Dated != 1 || got.Undated != 1 {
		t.Errorf("%+v", got)
	}
	if got := LibyearsOf(nil, true); got != (Libyears{}) {
		t.Errorf("%+v", got)
	}
}

func TestWeeksAreCountedBackFromTheEnd(t *testing.T) {
	c := NewChronicle(CountOptions{Now: now})
	c.Add(block(0, oneOn(2), oneOn(3), oneOn(9), oneOn(16), oneOn(29)), cast(), nil)
	got := c.WeeklyCadence(on(1).Unix(), on(29).Unix()) // the 29th is outside
	if d := cmp.Diff(Cadence{Weeks: 4, Active: 3, Median: 1}, got); d != "" {
		t.Error(d)
	}
	if got := c.WeeklyCadence(on(1).Unix(), on(3).Unix()); got.Weeks != 0 {
		t.Errorf("two days are no week: %+v", got)
	}
}

func oneOn(d int) deed { return deed{author: 0, day: d} }

func TestSustainedIsThreeMonths(t *testing.T) {
	c := NewChronicle(CountOptions{Now: now})
	c.Add(block(0, deed{author: 0, day: 1}, deed{author: 0, day: 31}, deed{author: 2, day: 1}, deed{author: 2, day: 32}), cast(), nil)
	c.Add(block(9, deed{author: 1, day: 33}, deed{author: 2, day: -5}, deed{author: 2, day: -6}), cast(), nil) // 1 is 0 by another address
	got := c.Sustained(on(-40).Unix(), on(60).Unix(), nil)
	if d := cmp.Diff([]bool{false, true}, got); d != "" {
		t.Error(d)
	}
	if got := c.Sustained(on(-40).Unix(), on(60).Unix(), func(org uint32) bool { return org == 0 }); got[1] {
		t.Error("commits for another organization do not count")
	}
}

// TestTheChronicleCountsAsTheCounterDoes: what is counted, left out, and for whom.
func TestTheChronicleCountsAsTheCounterDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var deeds []deed
		for range rapid.IntRange(0, 40).Draw(t, "commits") {
			d := deed{author: rapid.Uint32Range(0, 3).Draw(t, "author"), day: rapid.IntRange(0, 30).Draw(t, "day"), parents: rapid.Uint16Range(1, 3).Draw(t, "parents")}
			for range rapid.IntRange(0, 3).Draw(t, "trailers") {
				d.trailers = append(d.trailers, TrailerRef{Kind: Reviewed.Code(), Who: rapid.Uint32Range(0, 3).Draw(t, "reviewer")})
			}
			deeds = append(deeds, d)
		}
		o := CountOptions{Now: now, Merges: rapid.Bool().Draw(t, "merges"), Bots: rapid.Bool().Draw(t, "bots"),
			Since: on(rapid.IntRange(1, 15).Draw(t, "since")), Until: on(rapid.IntRange(16, 30).Draw(t, "until"))}
		counter, chronicle := NewCounter(o), NewChronicle(o)
		all := cast()
		counter.Add(block(0, deeds...), all, nil)
		chronicle.Add(block(0, deeds...), all, nil)
		orgs := []Org{{Name: "us", Ours: true}, {Name: "them"}}
		p, counts := chronicle.Period(o.Since.Unix(), o.Until.Unix(), orgs), counter.Counts()
		for len(counts) < 2 {
			counts = append(counts, Count{})
		}
		want, got := counter.Totals(), chronicle.Totals()
		if want.Commits != got.Commits || want.Merges != got.Merges || want.Bots != got.Bots || want.Seen != got.Seen || want.Undated != got.Undated || p.Commits != got.Commits {
			t.Fatalf("counter %+v, chronicle %+v, period %+v", want, got, p)
		}
		if total(p.Ours) != counts[0].Commits || total(p.Persons) != p.Commits || total(p.Orgs) != counts[0].Commits+counts[1].Commits || p.OurReviews != counts[0].Reviews {
			t.Fatalf("%+v, %+v", counts, p)
		}
	})
}

// TestPartsOfTheTimeAddUp: people, commits and newcomers of two halves.
func TestPartsOfTheTimeAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var deeds []deed
		for range rapid.IntRange(0, 60).Draw(t, "commits") {
			deeds = append(deeds, deed{author: rapid.Uint32Range(0, 3).Draw(t, "author"), day: rapid.IntRange(1, 30).Draw(t, "day")})
		}
		c := NewChronicle(CountOptions{Now: now})
		c.Add(block(0, deeds...), cast(), nil)
		from, cut, to := on(1).Unix(), on(rapid.IntRange(1, 30).Draw(t, "cut")).Unix(), on(31).Unix()
		people, _ := c.Lives()
		whole, a, b := c.Period(from, to, nil), c.Period(from, cut, nil), c.Period(cut, to, nil)
		if whole.Commits != a.Commits+b.Commits || howMany(whole.Persons) > howMany(a.Persons)+howMany(b.Persons) {
			t.Fatalf("%+v is not %+v and %+v", whole, a, b)
		}
		if NewContributors(people, from, to) != NewContributors(people, from, cut)+NewContributors(people, cut, to) || NewContributors(people, from, to) != howMany(whole.Persons) {
			t.Fatal("everybody is new once")
		}
	})
}
