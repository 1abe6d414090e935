package work

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/people"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// aProject keeps a history of three hundred commits over two years by people of
// three organizations, one of them ours, with reviews and releases.
func aProject(t *testing.T, o *Office) contribution.History {
	t.Helper()
	h := contribution.History{Repository: "github.com/acme/app", Location: "/mirrors/app", Branch: "main", Tips: []string{"tip"}, Roots: []string{"root"}, MinedAt: o.Now}
	for i := range 12 {
		h.People = append(h.People, people.Identity{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("p%d@org%d.example", i, i%3)})
	}
	b := contribution.Block{IDSize: 20}
	for i := range 300 {
		at := o.Now.AddDate(0, 0, -i*2).Unix()
		b.IDs = append(b.IDs, fmt.Sprintf("%-20d", i)...)
		who := uint32(i*i%7 + i%5)
		b.Author, b.Committer = append(b.Author, who), append(b.Committer, who)
		b.Authored, b.Committed = append(b.Authored, at), append(b.Committed, at)
		b.AuthorZone, b.CommitterZone = append(b.AuthorZone, 0), append(b.CommitterZone, 0)
		b.Parents = append(b.Parents, uint16(1+i%10/9))
		if i%3 == 0 {
			b.Trailers = append(b.Trailers, contribution.TrailerRef{Commit: uint32(i), Kind: contribution.Reviewed.Code(), Who: (who + 1) % 12})
		}
	}
	for i := range 9 {
		h.Releases = append(h.Releases, contribution.Release{Tag: fmt.Sprintf("v1.%d", i), Version: fmt.Sprintf("1.%d", i), At: o.Now.AddDate(0, 0, -30-i*20)})
	}
	h.Commits = b.Len()
	if _, err := o.Store.SaveHistory(t.Context(), store.HistoryRef{}, store.HistoryUpdate{History: h, Blocks: []contribution.Block{b}}); err != nil {
		t.Fatal(err)
	}
	return h
}

// TestHealthAndImpactSayTheSame: one number for one thing, whoever asks.
func TestHealthAndImpactSayTheSame(t *testing.T) {
	o := officeOf(t)
	o.Now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o.AsOf = o.Now
	o.Program = &program.Program{}
	o.Program.Organization.Name, o.Program.Organization.Domains = "Org One", []string{"org1.example"}
	histories := []contribution.History{aProject(t, o)}
	items := []contribution.ForgeItem{}
	for i := range 8 {
		created := o.Now.AddDate(0, 0, -100+i)
		items = append(items, contribution.ForgeItem{ID: strconv.Itoa(i), Change: true, Author: contribution.Account{Login: "github.com/ada"}, Created: created, Closed: created.AddDate(0, 0, 50+10*i),
			Events: []contribution.ForgeEvent{{Who: contribution.Account{Login: "github.com/bo"}, At: created.AddDate(0, 0, i)}}})
	}
	if _, err := o.Store.PutForge(t.Context(), "github.com/acme/app", items, o.Now); err != nil {
		t.Fatal(err)
	}
	params := impact.DefaultParams()
	crew, err := o.newCrew(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := o.community(t.Context(), "github.com/acme/app", histories, crew, snapshots{}, params)
	if err != nil {
		t.Fatal(err)
	}
	h, err := o.HealthAs(t.Context(), histories, HealthOptions{Window: time.Duration(params.Days) * 24 * time.Hour, Spans: 4})
	if err != nil {
		t.Fatal(err)
	}
	metric := map[string]contribution.Metric{}
	for _, m := range h.Metrics {
		metric[m.Name] = m
	}
	g := c.give
	for name, v := range map[string]impact.Value{"contributor_absence_factor": c.signals[impact.AbsenceFactor], "elephant_factor": c.signals[impact.ElephantFactor],
		"release_lateness": c.signals[impact.ReleaseGap], "days_since_last_commit": c.signals[impact.LastCommit], "change_request_closure_ratio": c.signals[impact.ClosureRatio],
		"time_to_first_response": c.signals[impact.FirstResponse], "our_commits": g.OurCommits, "commits": g.AllCommits, "our_reviews": g.OurReviews} {
		if m := metric[name]; !m.Known || !v.Known || m.Value != v.N {
			t.Errorf("%s: health says %v (%s), impact %v (%s)", name, m.Value, m.Reason, v.N, v.Note)
		}
	}
	if m := metric["our_reviews"]; float64(m.N) != g.AllReviews.N {
		t.Errorf("health knows %d reviewed commits, impact %v", m.N, g.AllReviews.N)
	}
	if m := metric["succession"]; c.ourAbsence != (m.Value > 0) {
		t.Errorf("health: %v of ours are the absence factor; impact: %v", m.Value, c.ourAbsence)
	}
	// Share and coverage are those of counting by organization.
	if m := metric["our_share"]; m.Value != g.OurCommits.N/g.AllCommits.N || m.Coverage != g.Coverage.N {
		t.Errorf("%+v, %+v", m.Reading, g)
	}
}

func TestLibyearsAreThoseOfTheScannedClone(t *testing.T) {
	direct, deep := npm("left", "1.0.0", "", inventory.Runtime), npm("right", "1.0.0", "", inventory.Dev)
	deep.Relation = inventory.Transitive
	o := refreshOffice(t, direct, direct, deep, npm("unlisted", "1.0.0", "", inventory.Runtime))
	at := func(years float64) time.Time { return o.Now.Add(-time.Duration(years*365.25*24) * time.Hour) }
	for name, used := range map[string]float64{"left": 3, "right": 2} {
		purl := inventory.NewPURL("npm", name, "")
		answer := store.RegistryAnswer{Check: store.RegistryCheck{Package: purl.String(), Source: "registry", Checked: o.Now}, Package: &upstream.Listing{Package: purl, Source: "npm registry", Observed: o.Now, Latest: "2.0.0",
			Versions: []upstream.Release{{Version: "1.0.0", Published: at(used)}, {Version: "2.0.0", Published: at(1)}}}}
		if err := o.Store.PutRegistry(t.Context(), []store.RegistryAnswer{answer}); err != nil {
			t.Fatal(err)
		}
	}
	scans, err := o.newSnapshots(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	deps, err := scans.dependencies(t.Context(), o, "example.com/shop", nil)
	if err != nil {
		t.Fatal(err)
	}
	l, far := contribution.LibyearsOf(deps, true), contribution.LibyearsOf(deps, false)
	if l.Dated != 1 || l.Undated != 1 || l.Sum < 1.99 || l.Sum > 2.01 || far.Dated != 1 || far.Sum < .99 || far.Sum > 1.01 {
		t.Errorf("direct %+v, transitive %+v", l, far)
	}
	if deps, err := scans.dependencies(t.Context(), o, "example.com/other", nil); err != nil || deps != nil {
		t.Errorf("it was not scanned: %+v, %v", deps, err)
	}
}

func TestTheInputsHashTellsWhatWasCounted(t *testing.T) {
	o := officeOf(t)
	o.Now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o.AsOf, o.Program = o.Now, &program.Program{}
	histories := []contribution.History{aProject(t, o)}
	hash := func(opts HealthOptions) string {
		h, err := o.HealthAs(t.Context(), histories, opts)
		if err != nil {
			t.Fatal(err)
		}
		return h.InputsHash
	}
	year := HealthOptions{Window: 365 * 24 * time.Hour}
	first := hash(year)
	if again := hash(year); again != first {
		t.Error("the same inputs have another hash")
	}
	merges := year
	merges.Merges = true
	if hash(merges) == first || hash(HealthOptions{Window: 300 * 24 * time.Hour}) == first {
		t.Error("other inputs have the same hash")
	}
	o.Program.Organization.Domains = []string{"org1.example"}
	if hash(year) == first {
		t.Error("somebody is ours now, and the hash is the same")
	}
}

// TestHealthOfRealRepositories compares with git's own log where repositories
// are at hand.
func TestHealthOfRealRepositories(t *testing.T) {
	dir := os.Getenv("TRIBUTARY_REPOS")
	if dir == "" {
		t.Skip("TRIBUTARY_REPOS names no directory of repositories")
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		path := dir + "/" + e.Name()
		if _, err := os.Stat(path + "/repo"); err == nil {
			path += "/repo"
		}
		if _, err := os.Stat(path + "/HEAD"); err != nil {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			o := officeOf(t)
			o.AsOf, o.Program = o.Now, &program.Program{}
			mined, failed, err := o.MineAll(t.Context(), []string{path}, HistoryOptions{Jobs: 2})
			if err != nil || len(failed) > 0 {
				t.Fatal(err, failed)
			}
			h, err := o.HealthAs(t.Context(), HistoriesOf(mined), HealthOptions{Window: 3 * 365 * 24 * time.Hour, Bots: true})
			if err != nil {
				t.Fatal(err)
			}
			want := factorByGit(t, path, h.Since, h.Until)
			for _, m := range h.Metrics {
				if m.Name == "contributor_absence_factor" && m.Known && int(m.Value) != want {
					t.Errorf("%v, by git log %d", m.Value, want)
				}
			}
		})
	}
}

func factorByGit(t *testing.T, path string, since, until time.Time) int {
	t.Helper()
	commits, all := map[string]int{}, 0
	for _, line := range gitLines(t, ".", "-c", "core.bare=true", "-c", "mailmap.blob=HEAD:.mailmap", "--git-dir", path, "log", "--no-merges", "--format=%ct %aE", "HEAD") {
		date, email, _ := strings.Cut(line, " ")
		if at, err := strconv.ParseInt(date, 10, 64); err == nil && at >= since.Unix() && at < until.Unix() {
			commits[strings.ToLower(email)]++
			all++
		}
	}
	var counts []int
	for _, n := range commits {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	k, sum := 0, 0
	for ; 2*sum < all; k++ {
		sum += counts[len(counts)-1-k]
	}
	return k
}
