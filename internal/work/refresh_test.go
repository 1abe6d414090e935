package work

import (
	"archive/zip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/remote"
	"github.com/tributary-oss/tributary/internal/store"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// refreshOffice has a store in which one repository was scanned.
func refreshOffice(t *testing.T, usages ...inventory.Usage) *Office {
	t.Helper()
	o := office(t, nil)
	var err error
	if o.Store, err = store.Open(t.Context(), filepath.Join(t.TempDir(), "t.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	if _, err := o.Store.SaveSnapshot(t.Context(), scanned("example.com/shop", usages...).Snapshot, true); err != nil {
		t.Fatal(err)
	}
	return o
}

func refreshOptions(o *Office, bases map[string]string) RefreshOptions {
	return RefreshOptions{Source: remote.FromRegistry, MaxAge: time.Hour, Licenses: LicensesUnknown, Registries: &remote.Registries{
		Client: &remote.Client{Now: func() time.Time { return o.Now }, PerHost: 1, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}, Bases: bases}}
}

// npmServer knows every name, and counts who was asked for.
func npmServer(t *testing.T, asked func(name string)) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked(strings.TrimPrefix(r.URL.Path, "/"))
		fmt.Fprint(w, `{"dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"license":"MIT"}}}`)
	}))
	t.Cleanup(s.Close)
	return s
}

func manyUsages(n int) (out []inventory.Usage) {
	for i := range n {
		out = append(out, npm(fmt.Sprintf("p%03d", i), "1.0.0", "", inventory.Runtime))
	}
	return out
}

func TestAnInterruptedRefreshKeepsWhatCameAndGoesOnThere(t *testing.T) {
	o := refreshOffice(t, manyUsages(200)...)
	ctx, cancel := context.WithCancel(t.Context())
	var n atomic.Int32
	s := npmServer(t, func(string) {
		if n.Add(1) == 80 {
			cancel()
		}
	})
	first, err := o.Refresh(ctx, refreshOptions(o, map[string]string{"npm": s.URL}))
	if err != nil || !first.Interrupted || first.Answered == 0 || first.Answered+first.Left != 200 {
		t.Fatalf("%+v %v", first, err)
	}
	before := n.Load()
	second, err := o.Refresh(t.Context(), refreshOptions(o, map[string]string{"npm": s.URL}))
	if err != nil || second.Interrupted || second.Fresh != first.Answered || second.Answered != first.Left {
		t.Fatalf("%+v after %+v, %v", second, first, err)
	}
	if asked := int(n.Load() - before); asked != first.Left {
		t.Errorf("%d requests for the %d that were left", asked, first.Left)
	}
}

func TestAVersionThatCameIntoUseIsAskedForWithinTheAge(t *testing.T) {
	o := refreshOffice(t, manyUsages(2)...)
	var asked []string
	s := npmServer(t, func(name string) { asked = append(asked, name) })
	if _, err := o.Refresh(t.Context(), refreshOptions(o, map[string]string{"npm": s.URL})); err != nil {
		t.Fatal(err)
	}
	asked = nil
	if _, err := o.Store.SaveSnapshot(t.Context(), scanned("example.com/other", npm("p001", "2.0.0", "", inventory.Runtime)).Snapshot, true); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Refresh(t.Context(), refreshOptions(o, map[string]string{"npm": s.URL})); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"p001"}, asked); d != "" {
		t.Error(d)
	}
}

func TestWhatMattersMostIsAskedForFirstAndTestDataNever(t *testing.T) {
	deep, dev, sample := npm("a-deep", "1.0.0", "", inventory.Runtime), npm("b-dev", "1.0.0", "", inventory.Dev), npm("sample", "1.0.0", "", inventory.Runtime)
	deep.Relation, sample.Fixture = inventory.Transitive, true
	git := npm("from-git", "1.0.0", "", inventory.Runtime)
	git.Component.Qualifiers = "vcs_url=git%2Bhttps://git.example.com/x"
	o := refreshOffice(t, deep, dev, sample, git, npm("c-run", "1.0.0", "", inventory.Runtime))
	list, _, err := o.wanted(t.Context(), &RefreshOptions{Registries: &remote.Registries{}})
	var got []string
	for _, w := range list {
		got = append(got, w.name)
	}
	if d := cmp.Diff([]string{"pkg:npm/c-run", "pkg:npm/b-dev", "pkg:npm/a-deep"}, got); err != nil || d != "" {
		t.Error(err, d)
	}
}

// goProxyDir is a module proxy in a directory: two versions under different
// licenses.
func goProxyDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	at := filepath.Join(dir, "example.com", "m", "@v")
	if err := os.MkdirAll(at, 0o700); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"list": "v1.0.0\nv1.1.0\n"}
	for v, text := range map[string]string{"v1.0.0": "SPDX-License-Identifier: MPL-2.0\n", "v1.1.0": "SPDX-License-Identifier: BUSL-1.1\nChange Date: 2030-01-01\nChange License: MPL-2.0\n"} {
		files[v+".mod"] = "module example.com/m\n"
		files[v+".info"] = `{"Version":"` + v + `","Time":"2024-01-01T00:00:00Z"}`
		var b strings.Builder
		z := zip.NewWriter(&b)
		f, err := z.Create("example.com/m@" + v + "/LICENSE")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, text)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		files[v+".zip"] = b.String()
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + filepath.ToSlash(dir)
}

func TestAChangeOfLicenseIsHeardOfAndAnswersInPartsAreJoined(t *testing.T) {
	used := inventory.Usage{Component: inventory.NewPURL("golang", "example.com/m", "v1.0.0"), Manifest: "go.mod", Scope: inventory.Runtime, Relation: inventory.Direct}
	o := refreshOffice(t, used)
	opts := refreshOptions(o, map[string]string{"golang": goProxyDir(t)})
	opts.Licenses = LicensesAll
	r, err := o.Refresh(t.Context(), opts)
	if err != nil || r.Answered != 1 || r.Detected != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	listing := func() upstream.Listing {
		t.Helper()
		got, err := o.Store.Registry(t.Context(), []string{"pkg:golang/example.com/m"}, o.Now)
		if err != nil || len(got["pkg:golang/example.com/m"]) != 1 {
			t.Fatalf("%v %v", got, err)
		}
		return got["pkg:golang/example.com/m"][0]
	}
	l := listing()
	if l.Find("v1.0.0").Detected != "MPL-2.0" || !strings.HasPrefix(l.Find("v1.1.0").Detected, "BUSL-1.1") || l.Find("v1.1.0").Terms.Date.Year() != 2030 {
		t.Errorf("%+v", l.Versions)
	}
	facts, err := o.Store.PackageLicenses(t.Context(), []string{used.Component.String()}, o.Now)
	if f := facts[used.Component.String()]; err != nil || len(f) != 1 || f[0].Expression != "MPL-2.0" || f[0].Source != "Go module proxy" || !f[0].Observed.Equal(o.Now) {
		t.Errorf("%+v %v", f, err)
	}
	opts.Licenses, opts.MaxAge = LicensesNone, 0
	if _, err := o.Refresh(t.Context(), opts); err != nil {
		t.Fatal(err)
	}
	if l := listing(); !strings.HasPrefix(l.Find("v1.1.0").Detected, "BUSL-1.1") {
		t.Errorf("what was not asked for again is forgotten: %+v", l.Versions)
	}
}

func TestWhatARegistryDeclaresIsNoReasonNotToLookForACopy(t *testing.T) {
	declared := inventory.LicenseFact{Kind: inventory.Declared, Expression: "MIT", Source: "npm registry"}
	detected := inventory.LicenseFact{Kind: inventory.Detected, Expression: "MIT", Source: "Go module proxy"}
	local := inventory.LicenseFact{Kind: inventory.Declared, Expression: "MIT", Source: "node_modules"}
	for _, c := range []struct {
		facts []inventory.LicenseFact
		want  bool
	}{{nil, false}, {[]inventory.LicenseFact{declared}, false}, {[]inventory.LicenseFact{declared, detected}, true}, {[]inventory.LicenseFact{local}, true}} {
		if got := heldHere(c.facts); got != c.want {
			t.Errorf("%+v: %v", c.facts, got)
		}
	}
}

func TestVersionsOfAnyFormHaveOneOrder(t *testing.T) {
	mixed := []string{"1.10.0", "latest", "1.2.0", "", "1.2.0-rc.1", "github:a/b", "0.9.0"}
	slices.SortFunc(mixed, func(a, b string) int { return versionOrder("npm", a, b) })
	if d := cmp.Diff([]string{"", "github:a/b", "latest", "0.9.0", "1.2.0-rc.1", "1.2.0", "1.10.0"}, mixed); d != "" {
		t.Error(d)
	}
}
