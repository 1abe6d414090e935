package work

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/store/storetest"
)

// locked is a snapshot with these packages.
func locked(t *testing.T, purls ...string) Scanned {
	t.Helper()
	u := inventory.Unit{Reader: "test/1", Manifest: "lock", Own: []string{"pkg:golang/example.com/own?go=1.20&line=3"}}
	for _, text := range purls {
		p, err := inventory.ParsePURL(text)
		if err != nil {
			t.Fatal(err)
		}
		u.Usages = append(u.Usages, inventory.Usage{Component: p, Manifest: "lock", Relation: inventory.Direct, Scope: inventory.Runtime})
	}
	return Scanned{Snapshot: inventory.Snapshot{Repository: inventory.Repository{Name: "shop"}, Commit: "c", Units: []inventory.Unit{u}}}
}

// answersOf is what is compared of an answer.
func answersOf(a advisory.Answer) []string {
	var out []string
	for _, f := range a.Findings {
		out = append(out, f.Usage.Component.String()+" "+f.ID+" "+string(f.Kind)+" "+f.Range)
	}
	for _, s := range a.Silences {
		out = append(out, s.Usage.Component.String()+" "+s.Reason)
	}
	return out
}

// Real advisories give the same answers from both engines, and an update that
// changes nothing changes no answer.
func TestRealAdvisoriesAnswerAlikeOnBothEngines(t *testing.T) {
	data := os.Getenv("TRIBUTARY_DATA")
	if data == "" {
		t.Skip("TRIBUTARY_DATA names no directory with osv/ECOSYSTEM/all.zip")
	}
	snap := locked(t, "pkg:pypi/django@2.2", "pkg:pypi/Django@4.2.1", "pkg:pypi/pillow", "pkg:golang/golang.org/x/net@v0.7.0", "pkg:golang/github.com/docker/docker@v20.10.7%2Bincompatible",
		"pkg:cargo/time@0.1.43", "pkg:cargo/atty@0.2.14", "pkg:npm/left@1.0.0", "pkg:docker/nginx@1.25", "pkg:pypi/requests@nonsense")
	var answers [][]string
	for _, dsn := range []string{filepath.Join(t.TempDir(), "t.db"), storetest.Postgres(t)} {
		db, err := store.Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		o := &Office{Store: db, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
		o.AsOf = o.Now
		for range 2 {
			updates, err := o.UpdateAdvisories(t.Context(), filepath.Join(data, "osv"), AdvisoryOptions{Workers: 2, Again: len(answers)%2 == 1})
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range updates {
				if u.Err != nil {
					t.Fatal(u.Err)
				}
			}
			a, err := o.Advisories(t.Context(), []Scanned{snap})
			if err != nil {
				t.Fatal(err)
			}
			answers = append(answers, answersOf(a))
		}
	}
	for i, a := range answers {
		if len(a) < 100 {
			t.Errorf("only %d answers", len(a))
		}
		if d := cmp.Diff(answers[0], a); d != "" {
			t.Errorf("answer %d: %s", i, d)
		}
	}
}
