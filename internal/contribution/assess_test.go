package contribution

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func metricOf(t interface{ Fatalf(string, ...any) }, all []Metric, name string) *Metric {
	for i := range all {
		if all[i].Name == name {
			return &all[i]
		}
	}
	t.Fatalf("there is no metric %q", name)
	return nil
}

// project: identities 0 and 1 are one person of ours, 2 works elsewhere, 3 is a bot.
func project(deeds ...deed) *Facts {
	since, until := on(1), on(30)
	c := NewChronicle(CountOptions{Since: since, Until: until, Now: now})
	c.Add(block(0, deeds...), cast(), nil)
	return &Facts{Chronicle: c, Orgs: []Org{{Name: "us", Ours: true}, {Name: "them"}}, KnowsOurs: true, Since: since, Until: until, Spans: 2}
}

func TestMetricsOfAProject(t *testing.T) {
	var deeds []deed
	for d := 1; d <= 12; d++ {
		deeds = append(deeds, deed{author: uint32(d % 2), day: d})
	}
	deeds = append(deeds, deed{author: 2, day: 20}, deed{author: 2, day: 21}, deed{author: 2, day: -20}, deed{author: 3, day: 5}, deed{author: 2, day: 7, parents: 2})
	all := Assess(project(deeds...))
	for name, want := range map[string]struct {
		value float64
		n     int
	}{
		"commits": {14, 14}, "merge_commits": {1, 1}, "bot_commits": {1, 1}, "contributors": {2, 14}, "contributor_absence_factor": {1, 14},
		"elephant_factor": {1, 14}, "organizations": {2, 14}, "new_organizations": {1, 2}, "new_contributors": {1, 2}, "our_commits": {12, 14},
		"our_share": {12.0 / 14, 14}, "our_people": {1, 2}, "succession": {1, 1}, "unknown_affiliation": {0, 14}, "days_since_last_commit": {9, 15},
		"commits_per_week": {3, 4}, "active_weeks": {0.75, 4}, "releases": {0, 0},
	} {
		m := metricOf(t, all, name)
		if !m.Known || m.Value != want.value || m.N != want.n || m.Coverage != 1 {
			t.Errorf("%s: %+v, want %+v", name, m.Reading, want)
		}
	}
	for name, reason := range map[string]string{
		"second_commit_conversion": "n is 1 (newcomers), at least 5", "time_to_first_response": "needs forge data", "review_absence_factor": "needs forge data",
		"days_since_last_release": "no tag", "release_lateness": "too few days", "sustained_contributors": "shorter than 90 days",
	} {
		if m := metricOf(t, all, name); m.Known || !strings.Contains(m.Reason, reason) {
			t.Errorf("%s: %+v, want %q", name, m.Reading, reason)
		}
	}
	if m := metricOf(t, all, "contributors"); len(m.Trend) != 2 || m.Trend[1].Value != 2 || m.Trend[0].Value != 0 || !m.Trend[1].Until.Equal(on(30)) {
		t.Errorf("%+v", m.Trend)
	}
	if m := metricOf(t, all, "organizations"); len(m.Parts) != 2 || m.Parts[0] != (Part{Name: "us", N: 12, Share: 12.0 / 14}) {
		t.Errorf("%+v", m.Parts)
	}
}

func TestWhatIsNotKnownHasNoValue(t *testing.T) {
	few := []deed{{author: 0, day: 3}, {author: 2, day: 4}}
	f := project(few...)
	f.KnowsOurs = false
	f.Incomplete = "a shallow clone"
	all := Assess(f)
	for name, reason := range map[string]string{"our_share": "not known who is ours", "succession": "not known who is ours", "new_contributors": "a shallow clone",
		"retained_contributors": "a shallow clone", "releases": "not known whether there are any", "contributor_absence_factor": "n is 2 (commits), at least 10"} {
		if m := metricOf(t, all, name); m.Known || m.Value != 0 || !strings.Contains(m.Reason, reason) {
			t.Errorf("%s: %+v, want %q", name, m.Reading, reason)
		}
	}
	// The clone begins on the 3rd: of 29 days 27 are known.
	if m := metricOf(t, all, "commits"); m.Value != 2 || m.Coverage < 27.0/29-1e-9 || m.Coverage > 27.0/29+1e-9 {
		t.Errorf("%+v", m.Reading)
	}
	// Of one that begins on the 25th a fifth is known: that is too little, and 0 would be wrong.
	late := project(deed{author: 0, day: 25})
	late.Incomplete = "a shallow clone"
	for _, m := range Assess(late) {
		if m.Name == "commits" && (m.Known || m.N != 1 || !strings.Contains(m.Reason, "of the window 17 % is known (a shallow clone)") || m.Trend[0].Known) {
			t.Errorf("%+v", m)
		}
	}
	for _, m := range Assess(project()) {
		if m.Known && m.Name != "releases" {
			t.Errorf("an empty history knows %s = %v", m.Name, m.Value)
		}
	}
	undated := Assess(project(deed{author: 0, day: 3}, deed{author: 0, day: 0}))
	if m := metricOf(t, undated, "commits"); m.Value != 1 || m.Coverage != .5 {
		t.Errorf("%+v", m.Reading)
	}
}

// TestEveryDefinitionIsMeasured: no metric without a reading, no reading without
// a metric, and nothing out of bounds, whatever happened.
func TestEveryDefinitionIsMeasured(t *testing.T) {
	names := map[string]bool{}
	for _, d := range Definitions {
		if names[d.Name] || d.Title == "" || d.Formula == "" || d.Source == "" || d.Unit == "" || d.Of == "" {
			t.Errorf("%+v", d)
		}
		names[d.Name] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		var deeds []deed
		for range rapid.IntRange(0, 60).Draw(t, "commits") {
			deeds = append(deeds, deed{author: rapid.Uint32Range(0, 3).Draw(t, "author"), day: rapid.IntRange(-60, 31).Draw(t, "day"), parents: rapid.Uint16Range(1, 2).Draw(t, "parents")})
		}
		f := project(deeds...)
		f.Orgs = f.Orgs[:rapid.IntRange(0, 2).Draw(t, "orgs")]
		f.Spans = rapid.IntRange(0, 5).Draw(t, "spans")
		for range rapid.IntRange(0, 9).Draw(t, "releases") {
			f.Releases = append(f.Releases, Release{Tag: rapid.StringN(1, 2, 3).Draw(t, "tag"), At: on(rapid.IntRange(-500, 90).Draw(t, "at")), Prerelease: rapid.Bool().Draw(t, "pre")})
		}
		a := newAssessment(f)
		measured := a.measure(f.Since, f.Until, true)
		for name := range measured {
			if !names[name] {
				t.Fatalf("%q is measured and not defined", name)
			}
		}
		for _, m := range Assess(f) {
			if _, ok := measured[m.Name]; !ok && !m.Forge {
				t.Fatalf("%q is defined and not measured", m.Name)
			}
			readings := []Reading{m.Reading}
			for _, s := range m.Trend {
				readings = append(readings, s.Reading)
			}
			for _, r := range readings {
				if r.Known == (r.Reason != "") || r.Value < 0 || r.Value != r.Value || r.Coverage < 0 || r.Coverage > 1 || m.Unit == "share" && r.Value > 1 || !r.Known && r.Value != 0 || r.Known && r.N < m.Least {
					t.Fatalf("%s: %+v", m.Name, r)
				}
			}
		}
	})
}

// TestTheReferenceStatesEveryFormula: docs/metrics.md says what the code does.
func TestTheReferenceStatesEveryFormula(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range Definitions {
		least := ""
		if d.Least > 0 {
			least = fmt.Sprintf(", ≥ %d", d.Least)
		}
		row := fmt.Sprintf("| `%s` | %s | %s | %s | %s%s | %s |", d.Name, d.ID, d.Formula, d.Unit, d.Of, least, d.Source)
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/metrics.md lacks the row\n%s", row)
		}
	}
}

func TestSpansEndWithTheWindow(t *testing.T) {
	f := project(deed{author: 0, day: 1})
	spans := newAssessment(f).spans(4)
	if len(spans) != 4 || !spans[3].Until.Equal(f.Until) || !spans[0].Since.Equal(f.Until.Add(-360*24*time.Hour)) || !spans[1].Since.Equal(spans[0].Until) {
		t.Errorf("%+v", spans)
	}
}
