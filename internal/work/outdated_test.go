package work

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/upstream"
)

func putListing(t *testing.T, o *Office, l upstream.Listing) {
	t.Helper()
	name := l.Package.String()
	if l.Latest == "" {
		l.Latest = upstream.LatestStable(l.Versions)
	}
	a := store.RegistryAnswer{Check: store.RegistryCheck{Package: name, Source: l.Source, Checked: l.Observed}, Package: &l}
	if err := o.Store.PutRegistry(t.Context(), []store.RegistryAnswer{a}); err != nil {
		t.Fatal(err)
	}
}

func TestWhatRegistriesTellReachesThePolicyAndWhatTheyDoNotIsUnknown(t *testing.T) {
	git := npm("left", "1.0.0", "", inventory.Runtime)
	git.Component.Qualifiers = "vcs_url=git%2Bhttps://git.example.com/left"
	o := refreshOffice(t, npm("left", "1.0.0", "", inventory.Runtime), npm("silent", "1.0.0", "", inventory.Runtime), git)
	old := o.Now.AddDate(-4, 0, 0)
	putListing(t, o, upstream.Listing{Package: inventory.NewPURL("npm", "left", ""), Source: "npm registry", Observed: o.Now.Add(-time.Hour), Versions: []upstream.Release{
		{Version: "1.0.0", Published: old, License: "MIT", InstallScript: upstream.No, Yanked: "broken"}, {Version: "2.0.0", Published: o.Now.AddDate(-3, 0, 0), License: "Apache-2.0"}}})
	putListing(t, o, upstream.Listing{Package: inventory.NewPURL("npm", "left", ""), Source: "ecosyste.ms", Observed: o.Now.Add(-time.Hour), Archived: upstream.Yes})
	snaps, err := o.Latest(t.Context(), func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	told, err := o.upstreamFacts(t.Context(), snaps)
	if err != nil || len(told) != 1 {
		t.Fatalf("%v %+v", err, told)
	}
	f := told["pkg:npm/left@1.0.0"]
	if f.Yanked != program.Yes || f.Archived != program.Yes || f.Relicensed != program.Yes || f.Deprecated != program.No || f.EndOfLife != program.Unknown || f.InstallScripts != program.Unknown || f.MaintainersChanged != program.Unknown {
		t.Errorf("%+v", f)
	}
	if f.Libyears < .99 || f.Libyears > 1.01 || f.DaysSinceRelease < 3*365 {
		t.Errorf("%v libyears, %v days", f.Libyears, f.DaysSinceRelease)
	}
	for _, s := range f.Signals {
		if s.Text == "" || s.Source == "" || s.Date.IsZero() {
			t.Errorf("not explained: %+v", s)
		}
	}
	o.AsOf = o.Now.Add(-24 * time.Hour)
	if told, err = o.upstreamFacts(t.Context(), snaps); err != nil || len(told) != 0 {
		t.Errorf("before anybody told: %v %+v", err, told)
	}
}

func TestAgesAreSummedDirectAndTransitiveApart(t *testing.T) {
	deep := npm("deep", "1.0.0", "", inventory.Runtime)
	deep.Relation = inventory.Transitive
	o := refreshOffice(t, npm("left", "1.0.0", "", inventory.Runtime), npm("silent", "1.0.0", "MIT", inventory.Runtime), deep)
	start := o.Now.AddDate(0, 0, -4000)
	for name, days := range map[string]int{"left": 1461, "deep": 3652} {
		putListing(t, o, upstream.Listing{Package: inventory.NewPURL("npm", name, ""), Source: "npm registry", Observed: o.Now, Versions: []upstream.Release{
			{Version: "1.0.0", Published: start, License: "MIT"}, {Version: "2.0.0", Published: start.AddDate(0, 0, days), License: "MIT"}}})
	}
	r, err := o.Outdated(t.Context(), &OutdatedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	four, ten := 1461/365.25, 3652/365.25
	want := LibyearGroup{Direct: Libyears{2, 1, four, four, four, four}, Transitive: Libyears{1, 1, ten, ten, ten, ten}, All: Libyears{3, 2, four + ten, (four + ten) / 2, (four + ten) / 2, ten}}
	if d := cmp.Diff(want, r.LibyearGroup); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]int{notAsked: 1}, r.NotKnown); d != "" {
		t.Error(d)
	}
	want.Name = "example.com/shop"
	if d := cmp.Diff([]LibyearGroup{want}, r.ByRepository); d != "" {
		t.Error(d)
	}
	if direct, err := o.Outdated(t.Context(), &OutdatedOptions{Direct: true, Repository: "shop", Ecosystems: []string{"NPM"}}); err != nil || len(direct.Components) != 2 || direct.Components[1].License != "MIT" {
		t.Errorf("%v %+v", err, direct)
	}
}

func TestLicenseDriftIsSeenBetweenVersionsAndOverTime(t *testing.T) {
	o := refreshOffice(t, npm("left", "1.0.0", "", inventory.Runtime))
	if _, err := o.Store.SaveSnapshot(t.Context(), scanned("example.com/other", npm("left", "2.0.0", "", inventory.Runtime)).Snapshot, true); err != nil {
		t.Fatal(err)
	}
	l := upstream.Listing{Package: inventory.NewPURL("npm", "left", ""), Source: "npm registry", Observed: o.Now.AddDate(0, -1, 0), Versions: []upstream.Release{
		{Version: "1.0.0", Published: o.Now.AddDate(-3, 0, 0), License: "ISC"}, {Version: "2.0.0", Published: o.Now.AddDate(-1, 0, 0), License: "FSL-1.1-MIT"}}}
	putListing(t, o, l)
	l.Observed = o.Now
	l.Versions = []upstream.Release{{Version: "1.0.0", Published: o.Now.AddDate(-3, 0, 0), License: "MIT"}, l.Versions[1]}
	putListing(t, o, l)
	d, err := o.LicenseDrift(t.Context(), &OutdatedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range d.Drifts {
		got = append(got, strings.Join([]string{x.Kind, x.Before, x.LicenseBefore, x.After, x.LicenseAfter}, " "))
	}
	want := []string{"upgrade 1.0.0 MIT 2.0.0 FSL-1.1-MIT", "restated 1.0.0 ISC 1.0.0 MIT", "versions 1.0.0 MIT 2.0.0 FSL-1.1-MIT"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(d.Clocked) != 1 || d.Clocked[0].Passed || d.Clocked[0].Turning.To != "MIT" || d.Clocked[0].Turning.Change.Year() != o.Now.Year()+1 {
		t.Errorf("%+v", d.Clocked)
	}
}
