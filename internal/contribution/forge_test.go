package contribution

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func login(s string) Account { return Account{Login: "github.com/" + s} }

// The same two items in every form.
const (
	neutralForge = `{"repository":"github.com/acme/app","kind":"issue","id":1,"author":"ada","created":"2026-01-05T10:00:00Z","closed":"2026-01-07T10:00:00Z","events":[{"kind":"comment","author":"bo","at":"2026-01-06T10:00:00Z"}]}
{"repository":"github.com/acme/app","kind":"change","id":"2","author":"cy[bot]","created":"2026-01-05T10:00:00Z","merged":"2026-01-08T10:00:00Z","closed":"2026-01-08T10:00:00Z","events":[{"kind":"review","author":"bo","at":"2026-01-07T10:00:00Z"}]}
`
	ghForge = `[{"number":1,"url":"https://github.com/acme/app/issues/1","author":{"login":"ada","is_bot":false},"createdAt":"2026-01-05T10:00:00Z","closedAt":"2026-01-07T10:00:00Z","comments":[{"author":{"login":"bo"},"createdAt":"2026-01-06T10:00:00Z"}]},
{"number":2,"url":"https://github.com/acme/app/pull/2","author":{"login":"cy[bot]","is_bot":true},"createdAt":"2026-01-05T10:00:00Z","closedAt":"2026-01-08T10:00:00Z","mergedAt":"2026-01-08T10:00:00Z","comments":[],"reviews":[{"author":{"login":"bo"},"submittedAt":"2026-01-07T10:00:00Z"}]}]`
	percevalForge = `{"backend_name":"GitHub","category":"issue","origin":"https://github.com/acme/app","data":{"number":1,"user":{"login":"ada","type":"User"},"created_at":"2026-01-05T10:00:00Z","closed_at":"2026-01-07T10:00:00Z","comments":1,"comments_data":[{"user":{"login":"bo"},"created_at":"2026-01-06T10:00:00Z"}]}}
{"backend_name":"GitHub","category":"pull_request","origin":"https://github.com/acme/app","data":{"number":2,"user":{"login":"cy[bot]","type":"Bot"},"created_at":"2026-01-05T10:00:00Z","closed_at":"2026-01-08T10:00:00Z","merged_at":"2026-01-08T10:00:00Z","reviews_data":[{"user":{"login":"bo"},"submitted_at":"2026-01-07T10:00:00Z"}]}}`
)

func TestEveryFormOfForgeDataIsTheSame(t *testing.T) {
	want := map[string][]ForgeItem{"github.com/acme/app": {
		{ID: "1", Author: login("ada"), Created: at("2026-01-05T10:00:00Z"), Closed: at("2026-01-07T10:00:00Z"), Events: []ForgeEvent{{Who: login("bo"), At: at("2026-01-06T10:00:00Z")}}},
		{ID: "2", Change: true, Author: Account{Login: "github.com/cy[bot]", Bot: true}, Created: at("2026-01-05T10:00:00Z"), Closed: at("2026-01-08T10:00:00Z"), Merged: at("2026-01-08T10:00:00Z"),
			Events: []ForgeEvent{{Who: login("bo"), At: at("2026-01-07T10:00:00Z"), Review: true}}},
	}}
	for name, file := range map[string]string{"neutral": neutralForge, "gh": ghForge, "perceval": percevalForge, "with a mark": "\ufeff \n" + ghForge} {
		got, err := ReadForge(strings.NewReader(file), "")
		if err != nil || got.Skipped != 0 {
			t.Errorf("%s: %v %+v", name, err, got)
			continue
		}
		if d := cmp.Diff(want, got.Items); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	rest := `[{"number":7,"html_url":"https://github.com/acme/app/pull/7","user":null,"created_at":"2026-01-05T10:00:00Z","closed_at":null,"comments":2,"pull_request":{"merged_at":null}}]`
	got, err := ReadForge(strings.NewReader(rest), "")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]ForgeItem{{ID: "7", Change: true, Created: at("2026-01-05T10:00:00Z"), Silent: true}}, got.Items["github.com/acme/app"]); d != "" {
		t.Error(d)
	}
}

func TestBadEntriesOfForgeDataAreCounted(t *testing.T) {
	got, err := ReadForge(strings.NewReader("nonsense\n"+neutralForge+"{\"created\":\"x\",\"kind\":\"issue\",\"repository\":\"r/a/b\",\"id\":1}\n[1]\n{\"created\":\"2026-01-05\",\"kind\":\"wish\"}\n"), "")
	if err != nil || got.Skipped != 4 || len(got.Items["github.com/acme/app"]) != 2 || !strings.HasPrefix(got.Problems[0], "line 1: ") {
		t.Errorf("%v %+v", err, got)
	}
	for _, bad := range []string{"", "  ", "nonsense", "{}", "[", `{"created":"2026-01-05","kind":"issue","id":1}`} {
		if got, err := ReadForge(strings.NewReader(bad), ""); err == nil && len(got.Items) > 0 {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func TestForgeDataOfSeveralPagesAreReadToTheEnd(t *testing.T) {
	entry := func(n int) string {
		return fmt.Sprintf(`{"number":%d,"url":"https://me:s3cr3t@github.com/acme/app/issues/%d","createdAt":"2026-01-05T10:00:00Z","author":{"login":"ada"}}`, n, n)
	}
	got, err := ReadForge(strings.NewReader("["+entry(1)+"]\n["+entry(2)+","+entry(3)+"][]"), "")
	if err != nil || got.Skipped != 0 || len(got.Items["github.com/acme/app"]) != 3 {
		t.Errorf("%v %+v", err, got)
	}
	for _, broken := range []string{"[" + entry(1) + "]" + entry(2), "[" + entry(1), "[" + entry(1) + "] x"} {
		if got, err := ReadForge(strings.NewReader(broken), ""); err != nil || got.Skipped != 1 || len(got.Items["github.com/acme/app"]) != 1 {
			t.Errorf("%s: %v %+v", broken, err, got)
		}
	}
}

func TestAnEntryOfForgeDataThatIsTooLongIsToldOf(t *testing.T) {
	long := strings.Repeat("x", maxForgeItem+1<<20)
	for name, text := range map[string]string{"line": long, "array": `[{"body":"` + long + `"}]`} {
		if got, err := ReadForge(strings.NewReader(text), ""); err == nil || !strings.Contains(err.Error(), "longer than 64 MB") {
			t.Errorf("%s: %v %+v", name, err, got)
		}
	}
}

func TestForgeDataThatCanNotBeReadAreNoEmptyFile(t *testing.T) {
	if _, err := ReadForge(iotest.ErrReader(errors.New("the disk is gone")), ""); err == nil || err.Error() != "the disk is gone" {
		t.Error(err)
	}
}

func FuzzReadForge(f *testing.F) {
	for _, s := range []string{neutralForge, ghForge, percevalForge, "[{}]", "\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := ReadForge(strings.NewReader(string(in)), "")
		if err != nil {
			return
		}
		for _, items := range got.Items {
			for _, i := range items {
				if i.ID == "" || i.Created.IsZero() || !i.Merged.IsZero() && i.Closed.IsZero() {
					t.Fatalf("%+v", i)
				}
			}
			forge := &Forge{Items: items, Through: now}
			forge.read(now.AddDate(-1, 0, 0), now, func(name string, r Reading) {
				if r.Value != r.Value || r.Coverage < 0 || r.Coverage > 1 {
					t.Fatalf("%s: %+v", name, r)
				}
			})
		}
	})
}

func TestQuantileOfWaits(t *testing.T) {
	done := func(days ...float64) (w []Wait) {
		for _, d := range days {
			w = append(w, Wait{Days: d})
		}
		return w
	}
	open := func(days ...float64) (w []Wait) {
		for _, d := range days {
			w = append(w, Wait{Days: d, Open: true})
		}
		return w
	}
	for _, x := range []struct {
		waits []Wait
		rank  float64
		want  float64
		ok    bool
	}{
		{done(1, 2, 3), .5, 2, true}, {done(3, 1, 2, 4), .5, 2, true}, {done(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), .9, 9, true}, {nil, .5, 0, false},
		{append(done(1, 2), open(5, 5, 5)...), .5, 0, false}, // more than half still wait
		// Freireich et al. 1963, the treated group of 21: the published median is 23.
		{append(done(6, 6, 6, 7, 10, 13, 16, 22, 23), open(6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)...), .5, 23, true},
	} {
		if got, ok := Quantile(x.waits, x.rank); got != x.want || ok != x.ok {
			t.Errorf("%v: %v %v, want %v %v", x.waits, got, ok, x.want, x.ok)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		waits := done(rapid.SliceOfN(rapid.Float64Range(0, 100), 1, 20).Draw(t, "done")...)
		before, _ := Quantile(waits, .5)
		silent := append(waits, open(rapid.Float64Range(200, 300).Draw(t, "open"))...)
		if after, ok := Quantile(silent, .5); ok && after < before {
			t.Fatalf("silence made it look better: %v, then %v", before, after)
		}
	})
}

func TestTwoBusinessDays(t *testing.T) {
	for from, want := range map[string]string{
		"2026-01-05T10:00:00Z": "2026-01-07T10:00:00Z", // Monday
		"2026-01-08T10:00:00Z": "2026-01-12T10:00:00Z", // Thursday
		"2026-01-09T10:00:00Z": "2026-01-13T10:00:00Z", // Friday
		"2026-01-10T10:00:00Z": "2026-01-14T00:00:00Z", // Saturday
		"2026-01-11T23:00:00Z": "2026-01-14T00:00:00Z", // Sunday
	} {
		if got := TwoBusinessDays(at(from)); !got.Equal(at(want)) {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
}

func TestMetricsOfIssuesAndChangeRequests(t *testing.T) {
	day := func(d int) time.Time { return on(d) }
	answer := func(d int, who string) []ForgeEvent {
		return []ForgeEvent{{Who: login("author"), At: day(d - 1)}, {Who: Account{Login: "github.com/ci", Bot: true}, At: day(d - 1)}, {Who: login(who), At: day(d), Review: true}}
	}
	change := func(created, closed, merged, answered int) ForgeItem {
		i := ForgeItem{Change: true, Author: login("author"), Created: day(created)}
		if closed > 0 {
			i.Closed = day(closed)
		}
		if merged > 0 {
			i.Merged, i.Closed = day(merged), day(merged)
		}
		if answered > 0 {
			i.Events = answer(answered, "bo")
		}
		return i
	}
	f := &Forge{Through: day(31), Items: []ForgeItem{
		change(2, 0, 6, 3), change(2, 0, 4, 4), change(2, 5, 0, 5), change(2, 0, 0, 0), change(2, 0, 12, 6), change(-20, 10, 0, 0), change(-20, 0, 0, 0),
		{Author: login("ada"), Created: day(1), Closed: day(3)}, {Author: login("ada"), Created: day(10)}, {Author: Account{Bot: true}, Created: day(10)},
	}}
	got := map[string]Reading{}
	f.read(day(1), day(22), func(name string, r Reading) { got[name] = r })
	for name, want := range map[string]struct {
		value float64
		n     int
	}{
		"change_request_closure_ratio": {1, 5}, "change_request_backlog_ratio": {5.0 / 7, 7}, "change_request_acceptance_ratio": {1.5, 5}, "change_request_merged_share": {.6, 5},
		"change_request_duration": {4, 3}, "time_to_close": {4, 5}, "issue_age": {12, 1}, "issue_resolution_duration": {2, 1},
		"time_to_first_response": {4, 7}, "unanswered": {3, 7}, "participant_conversion": {1.0 / 3, 3}, "review_absence_factor": {1, 4},
	} {
		if r := got[name]; r.Value != want.value || r.N != want.n || r.Coverage != 1 {
			t.Errorf("%s: %+v, want %+v", name, r, want)
		}
	}
	if r := got["time_to_first_response_p90"]; r.Reason == "" {
		t.Errorf("three of seven still wait: %+v", r)
	}
	f.Through = day(8)
	f.read(day(1), day(22), func(name string, r Reading) { got[name] = r })
	if r := got["change_request_closure_ratio"]; r.Coverage < 7.0/21-1e-9 || r.Coverage > 7.0/21+1e-9 || r.Value != 3.0/5 {
		t.Errorf("the data end after a third: %+v", r)
	}
}
