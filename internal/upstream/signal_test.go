package upstream

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
)

const parameters = `Business Source License 1.1

Parameters

Licensor:             Example Inc.
Additional Use Grant: You may make production use of the Licensed Work,
                      provided that it is no service.
Change Date:          Four years from the date the Licensed Work is published.
Change License:       MPL 2.0

For information about alternative licensing arrangements, write to us.
`

func TestParametersOfABusinessSourceLicenseAreRead(t *testing.T) {
	for text, want := range map[string]Clock{
		parameters: {Years: 4, To: "MPL 2.0", Grant: "You may make production use of the Licensed Work,"},
		"Change Date: 2029-05-01\nChange License: Apache License, Version 2.0": {Date: date("2029-05-01"), To: "Apache License, Version 2.0"},
		"**Change Date:** May 1, 2029.\r\n> Change License: GPL-2.0-or-later":  {Date: date("2029-05-01"), To: "GPL-2.0-or-later"},
		"Change Date: Three (3) years from release":                            {Years: 3},
		"  Change Date : 2 years after publication":                            {Years: 2},
	} {
		want.License, want.Source = busl, "parameters in its license text"
		got, ok := ReadTerms(text)
		if d := cmp.Diff(want, got); d != "" || !ok {
			t.Errorf("%q: %v %s", text, ok, d)
		}
	}
	for _, text := range []string{"", "MIT License", "Change Date: when it is time", "On the Change Date the license changes."} {
		if c, ok := ReadTerms(text); ok {
			t.Errorf("%q has parameters: %+v", text, c)
		}
	}
}

func TestALicenseWithAClockTurnsOnItsDay(t *testing.T) {
	p := inventory.NewPURL("golang", "example.com/db", "")
	rule := func(c Clock) []ClockRule {
		c.Source = "upstreams.yaml:3:5"
		return []ClockRule{{func(q inventory.PURL) bool { return q.Name == "db" && q.Version == "v1.0.0" }, c}}
	}
	for _, c := range []struct {
		name    string
		release Release
		rules   []ClockRule
		want    string
	}{
		{"by its text", Release{License: busl, Terms: Clock{Years: 3, To: "MPL 2.0", Source: "its text"}, Published: date("2024-02-29")}, nil,
			"v1.0.0: BUSL-1.1 turns into MPL 2.0 on 2027-03-01 (its text)"},
		{"by the license", Release{Detected: busl, Published: date("2024-01-01")}, nil,
			"v1.0.0: BUSL-1.1 turns into its change license (not known) on 2028-01-01 at the latest (BUSL-1.1: the change date, or four years after publication if that is earlier)"},
		{"a date later than the license allows", Release{License: busl, Terms: Clock{Date: date("2040-01-01"), Source: "its text"}, Published: date("2024-01-01")}, nil,
			"v1.0.0: BUSL-1.1 turns into its change license (not known) on 2028-01-01 (its text)"},
		{"the program says", Release{License: busl, Terms: Clock{Years: 4, To: "MPL-2.0", Source: "its text"}, Published: date("2024-01-01")}, rule(Clock{Years: 2}),
			"v1.0.0: BUSL-1.1 turns into MPL-2.0 on 2026-01-01 (upstreams.yaml:3:5)"},
		{"the program knows the license alone", Release{License: busl, Published: date("2024-01-01")}, rule(Clock{To: "Apache-2.0"}),
			"v1.0.0: BUSL-1.1 turns into Apache-2.0 on 2028-01-01 at the latest (upstreams.yaml:3:5)"},
		{"functional source", Release{License: "FSL-1.1-MIT", Published: date("2024-01-01").Add(20 * time.Hour)}, nil,
			"v1.0.0: FSL-1.1-MIT turns into MIT on 2026-01-01 (fsl.software: two years after a version is made available)"},
		{"without a date", Release{License: "FSL-1.1-ALv2"}, nil, "v1.0.0: FSL-1.1-ALv2 turns into Apache-2.0, when is not known (the version's date is missing)"},
	} {
		c.release.Version = "v1.0.0"
		got, ok := ClockOf(p, &c.release, c.rules)
		if !ok || got.Text() != c.want {
			t.Errorf("%s: %v %s\nwant %s", c.name, ok, got.Text(), c.want)
		}
	}
	for _, license := range []string{"MIT", "BSL-1.0", "", "Elastic-2.0"} {
		if _, ok := ClockOf(p, &Release{License: license}, nil); ok {
			t.Errorf("%q has no clock", license)
		}
	}
}

func TestWhetherAChangeDateHasPassedIsUnknownUntilTheLastPossibleDay(t *testing.T) {
	l := leftListing(Release{Version: "1.0.0", Published: date("2023-01-01"), License: busl})
	if a := Assess(l, "1.0.0", setting("2026-06-01")); a.ChangeDatePassed != NotTold || a.Clock == nil {
		t.Errorf("%+v", a)
	}
	if a := Assess(l, "1.0.0", setting("2027-01-01")); a.ChangeDatePassed != Yes {
		t.Errorf("%+v", a)
	}
	l.Versions[0].Terms = Clock{Years: 4, Source: "its text"}
	if a := Assess(l, "1.0.0", setting("2026-12-31")); a.ChangeDatePassed != No {
		t.Errorf("%+v", a)
	}
}

func TestLifecyclesOfBothForms(t *testing.T) {
	v0 := `[{"cycle":"3.10","eol":"2026-10-31","latest":"3.10.4"},{"cycle":3.1,"eol":true},{"cycle":"3","eol":false},{"cycle":"","eol":true},{"cycle":"9","eol":null}]`
	v1 := `{"schema_version":"1.2.0","result":{"name":"left","identifiers":[{"type":"purl","id":"pkg:npm/left"},{"type":"cpe","id":"cpe:/a:left"}],
		"releases":[{"name":"2","isEol":true,"eolFrom":"2024-05-01","latest":{"name":"2.9.1"}},{"name":"3","isEol":false,"eolFrom":null}]}}`
	python, err := ParseLifecycle("python", "lifecycles/python.json", []byte(v0))
	if err != nil {
		t.Fatal(err)
	}
	want := []Cycle{{Name: "3.10", End: date("2026-10-31"), Latest: "3.10.4"}, {Name: "3.1", Ended: Yes}, {Name: "3", Ended: No}}
	if d := cmp.Diff(want, python.Cycles); d != "" {
		t.Error(d)
	}
	left, err := ParseLifecycle("left", "left.json", []byte(v1))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Product{Name: "left", Source: "left.json", Packages: []string{"pkg:npm/left"}, Cycles: []Cycle{{Name: "2", End: date("2024-05-01"), Latest: "2.9.1"}, {Name: "3", Ended: No}}}, left); d != "" {
		t.Error(d)
	}
	redis, err := ParseLifecycle("redis", "redis.json", []byte(`[{"cycle":"3.2","eol":true}]`))
	if err != nil {
		t.Fatal(err)
	}
	all := NewLifecycles([]Product{python, left, redis, {Name: "go", Cycles: []Cycle{{Name: "1.20", Ended: Yes}}}})
	now := date("2026-10-31")
	for text, want := range map[string]string{
		"pkg:docker/library/python@3.10.2-slim": "python 3.10 (version 3.10.2-slim in use) is out of support since 2026-10-31",
		"pkg:docker/python@3.1":                 "python 3.1 (version 3.1 in use) is out of support",
		"pkg:docker/python@3.12":                "not over",
		"pkg:docker/acme/python@3.10":           "",
		"pkg:pypi/python@3.10":                  "",
		"pkg:npm/left@2.0.1":                    "left 2 (version 2.0.1 in use) is out of support since 2024-05-01",
		"pkg:npm/left@20.0.1":                   "",
		"pkg:npm/redis@3.2.0":                   "", // a client, not the server
		"pkg:docker/redis@3.2":                  "redis 3.2 (version 3.2 in use) is out of support",
		"pkg:golang/stdlib@1.20.5":              "go 1.20 (version 1.20.5 in use) is out of support",
	} {
		p, err := inventory.ParsePURL(text)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if end, ok := all.Find(p, p.Version); ok {
			if got = "not over"; end.Over(now) {
				got = end.Text(p.Version)
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for _, bad := range []string{"", "{}", "<html>", `{"result":{}}`, "12"} {
		if _, err := ParseLifecycle("x", "x.json", []byte(bad)); err == nil || !strings.Contains(err.Error(), "x.json") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	var none *Lifecycles
	if _, ok := none.Find(python0(), "3"); ok {
		t.Error("nobody knows")
	}
}

func python0() inventory.PURL { return inventory.NewPURL("docker", "python", "3") }

func FuzzParseLifecycle(f *testing.F) {
	for _, s := range []string{`[{"cycle":"3.10","eol":"2026-10-31"}]`, `[{"cycle":1e400,"eol":[]}]`, `{"result":{"releases":[{"name":"2","isEol":true}],"identifiers":[{"type":"purl","id":"pkg:x"}]}}`, `[null]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParseLifecycle("p", "p.json", data)
		if err != nil {
			return
		}
		l := NewLifecycles([]Product{p})
		for _, c := range p.Cycles {
			if c.Name == "" || c.End.IsZero() && c.Ended == NotTold {
				t.Fatalf("a cycle that says nothing: %+v", c)
			}
			if end, ok := l.Find(inventory.PURL{Type: "generic", Name: "p"}, c.Name); ok {
				_ = end.Text(c.Name)
			}
		}
	})
}

func FuzzReadTerms(f *testing.F) {
	for _, s := range []string{parameters, "Change Date: 2029-02-30", "Change Date: 9 years\nChange License:", "change date:\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := ReadTerms(text)
		if ok != (c.Years > 0 || !c.Date.IsZero()) || c.Years > 4 || len(c.To) > 800 || strings.ContainsAny(c.To+c.Grant, "\n\t") {
			t.Fatalf("%v %+v", ok, c)
		}
		clock, ok := ClockOf(inventory.PURL{Type: "npm", Name: "x"}, &Release{Version: "1", License: busl, Terms: c, Published: date("2024-01-01")}, nil)
		if !ok || clock.Change.IsZero() || clock.Change.After(date("2028-01-01")) {
			t.Fatalf("%+v", clock)
		}
	})
}

func TestTheLatestStableIsNeitherAPreviewNorWithdrawn(t *testing.T) {
	for want, list := range map[string][]Release{
		"1.1.0": {{Version: "1.0.0"}, {Version: "1.1.0"}, {Version: "1.2.0", Yanked: "yanked"}, {Version: "1.3.0", Deprecated: "broken"}, {Version: "2.0.0-rc", Pre: true}},
		"1.3.0": {{Version: "1.0.0", Deprecated: "x"}, {Version: "1.3.0", Deprecated: "x"}},
		"":      {{Version: "2.0.0-rc", Pre: true}},
	} {
		if got := LatestStable(list); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for version, want := range map[string]bool{"pypi 1.0rc1": true, "pypi 1.0.dev3": true, "pypi 1.0.post1": false, "pypi 1.0+local.dev": false, "npm 1.0.0-beta": true, "npm 1.0.0+b-1": false,
		"gem 1.0.pre": true, "gem 1.0.1": false, "maven 1.0-SNAPSHOT": true, "maven 31.1-jre": false, "maven 5.0.0.Final": false, "maven 1.0-M2": true, "maven 2.0-beta": true, "golang v1.0.0-rc.1": true} {
		typ, v, _ := strings.Cut(version, " ")
		if IsPrerelease(typ, v) != want {
			t.Errorf("%s: %v", version, !want)
		}
	}
}

func TestAnEarlierAnswerFillsWhatIsNotToldAnyMore(t *testing.T) {
	old := Listing{Versions: []Release{{Version: "1.0.0", License: "MIT", Published: date("2020-01-01"), InstallScript: No}, {Version: "1.5.0", License: "MIT"}}}
	last := Listing{Latest: "2.0.0", Versions: []Release{{Version: "1.0.0", License: "Apache-2.0"}, {Version: "2.0.0"}}}
	want := Listing{Latest: "2.0.0", Versions: []Release{{Version: "1.0.0", License: "Apache-2.0", Published: date("2020-01-01"), InstallScript: No}, {Version: "1.5.0", License: "MIT"}, {Version: "2.0.0"}}}
	if d := cmp.Diff(want, Merge(old, last, byNumber)); d != "" {
		t.Error(d)
	}
	if again := Merge(old, want, byNumber); cmp.Diff(want, again) != "" {
		t.Error("merging again changes something")
	}
}
