package remote

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// moduleZip is a zip file with many files before and after the license, so that
// its table of contents does not fit in the first part that is asked for.
func moduleZip(t *testing.T, prefix string, files int, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		f, err := z.Create(prefix + name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(f, text)
	}
	for i := range files {
		add(fmt.Sprintf("some/rather/long/directory/name/file%06d.go", i), "package name")
	}
	add("LICENSE", text)
	add("sub/LICENSE", "another")
	add("NOTICE", "notice")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// proxy serves replies by path, files by ranges.
func proxy(t *testing.T, replies map[string]string, asked *[]string) *httptest.Server {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, strings.TrimPrefix(r.URL.Path, "/example.com/m"))
		if body, ok := replies[strings.TrimPrefix(r.URL.Path, "/example.com/m")]; ok {
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
			return
		}
		http.NotFound(w, r)
	})
}

func module1() inventory.PURL { return inventory.NewPURL("golang", "example.com/m", "") }

func TestGoModulesAreAskedThroughTheirProxy(t *testing.T) {
	busl := "Parameters\nChange Date: 2029-05-01\nChange License: Apache License, Version 2.0\n"
	replies := map[string]string{
		"/@v/list":        "v1.0.0\nv1.1.0\nv1.2.0\nv1.3.0\nv2.0.0-rc.1\nv3.0.0+incompatible\n",
		"/@v/v1.0.0.info": `{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}`,
		"/@v/v1.2.0.info": `{"Version":"v1.2.0","Time":"2023-01-01T00:00:00Z","Origin":{"VCS":"git","URL":"https://github.com/acme/m"}}`,
		"/@v/v1.3.0.mod":  "// Deprecated: use example.com/n\nmodule example.com/m\n\ngo 1.20\n\nretract (\n\tv1.3.0 // only to retract\n\tv1.0.0 // wrong\n)\n",
		"/@v/v1.0.0.zip":  string(moduleZip(t, "example.com/m@v1.0.0/", 3000, busl)),
	}
	var asked []string
	s := proxy(t, replies, &asked)
	c, _ := client(t)
	r := &Registries{Client: c, Go: GoEnv{Proxy: s.URL + ",direct", Private: "private.example/*"}}
	pseudo := "v0.0.0-20210102030405-0123456789ab"
	q := Question{Package: module1(), Used: []string{"v1.0.0", pseudo, "v1.1.0"}, Licensed: []string{"v1.0.0"}}
	a, err := r.Ask(t.Context(), FromRegistry, q)
	if err != nil {
		t.Fatal(err)
	}
	l := a.Listing
	if l.Latest != "v1.2.0" || l.Deprecated != "use example.com/n" || l.Repository != "https://github.com/acme/m" {
		t.Errorf("%+v", l)
	}
	if v := l.Find("v1.0.0"); v.Yanked != "wrong" || v.Published.Year() != 2020 || v.Terms.Date.Year() != 2029 || v.InstallScript != upstream.No {
		t.Errorf("%+v", v)
	}
	if v := l.Find(pseudo); v == nil || !v.Published.Equal(time.Date(2021, 1, 2, 3, 4, 5, 0, time.UTC)) {
		t.Errorf("the time in a pseudo-version: %+v", v)
	}
	if d := cmp.Diff([]Text{{"LICENSE", []byte(busl)}, {"NOTICE", []byte("notice")}}, a.Texts["v1.0.0"]); d != "" {
		t.Error(d)
	}
	want := []string{"/@v/list", "/@v/v1.3.0.mod", "/@v/v1.0.0.info", "/@v/v1.1.0.info", "/@v/v1.2.0.info", "/@v/v1.0.0.zip", "/@v/v1.0.0.zip", "/@v/v1.0.0.zip"}
	if d := cmp.Diff(want, asked); d != "" {
		t.Errorf("requests: %s", d)
	}
	asked = nil
	if again, err := r.Ask(t.Context(), FromRegistry, q); err != nil || len(again.Texts["v1.0.0"]) != 2 {
		t.Error(err)
	}
	if d := cmp.Diff([]string{"/@v/list", "/@v/v1.1.0.info"}, asked); d != "" {
		t.Errorf("the second time only what may have changed is asked for: %s", d)
	}
	before := c.Requests()
	private := Question{Package: inventory.NewPURL("golang", "private.example/secret", "")}
	for _, source := range []string{FromRegistry, FromDepsDev, FromEcosystems} {
		if _, err := r.Ask(t.Context(), source, private); !errors.Is(err, ErrPrivate) || c.Requests() != before {
			t.Errorf("a private module: %v after %d requests", err, c.Requests()-before)
		}
	}
}

func TestModulesWithoutVersionsHaveALatestCommit(t *testing.T) {
	var asked []string
	v := "v0.0.0-20210102030405-0123456789ab"
	s := proxy(t, map[string]string{"/@v/list": "", "/@latest": `{"Version":"` + v + `","Time":"2021-01-02T03:04:05Z"}`, "/@v/" + v + ".mod": "module example.com/m\n"}, &asked)
	c, _ := client(t)
	r := &Registries{Client: c, Go: GoEnv{Proxy: s.URL}}
	a, err := r.Ask(t.Context(), FromRegistry, Question{Package: module1(), Used: []string{v}})
	if err != nil || a.Listing.Latest != v || len(a.Listing.Versions) != 1 {
		t.Errorf("%+v %v", a.Listing, err)
	}
}

func TestModulesWithoutGoModHaveIncompatibleVersions(t *testing.T) {
	var asked []string
	s := proxy(t, map[string]string{"/@v/list": "v1.0.0\nv2.0.0+incompatible\n", "/@v/v1.0.0.mod": "module example.com/m\n"}, &asked)
	c, _ := client(t)
	r := &Registries{Client: c, Go: GoEnv{Proxy: s.URL}}
	a, err := r.Ask(t.Context(), FromRegistry, Question{Package: module1()})
	if err != nil || a.Listing.Latest != "v2.0.0+incompatible" {
		t.Errorf("%+v %v", a.Listing, err)
	}
}

func TestAProxyThatRefusesListsMayGiveVersions(t *testing.T) {
	var asked []string
	replies := map[string]string{"/@v/v1.0.0.info": `{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}`}
	inner := proxy(t, replies, &asked)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/list") {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		inner.Config.Handler.ServeHTTP(w, r)
	})
	c, _ := client(t)
	r := &Registries{Client: c, Go: GoEnv{Proxy: s.URL}}
	a, err := r.Ask(t.Context(), FromRegistry, Question{Package: module1(), Used: []string{"v1.0.0"}})
	if err != nil || len(a.Listing.Versions) != 1 || len(a.Listing.Doubts) != 1 || a.Listing.Latest != "" {
		t.Errorf("%+v %v", a.Listing, err)
	}
	if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: module1(), Used: []string{"v2.0.0", "v0.0.0-20210102030405-0123456789ab"}}); !errors.Is(err, ErrDenied) {
		t.Errorf("nothing was heard: %v", err)
	}
}

func TestBadModuleZipsAreToldApart(t *testing.T) {
	good := moduleZip(t, "example.com/m@v1.0.0/", 0, strings.Repeat("words of a license ", 200))
	stored := storedZip(t, "example.com/m@v1.0.0/LICENSE", "some license")
	for name, c := range map[string]struct {
		zip  []byte
		want string
	}{
		"wrong checksum": {bytes.Replace(stored, []byte("some license"), []byte("some License"), 1), "checksum of example.com/m@v1.0.0/LICENSE"},
		"cut off":        {good[:len(good)/2], "damaged"},
		"web page":       {[]byte("<html>"), "damaged"},
		"another module": {moduleZip(t, "example.com/x@v1.0.0/", 0, "x"), "another module"},
		"empty":          {nil, "damaged"},
	} {
		for _, ranged := range []bool{true, false} {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if ranged {
					http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(c.zip))
					return
				}
				w.Write(c.zip)
			})
			cl, _ := client(t)
			_, err := cl.zipTexts(t.Context(), s.URL, Credentials{}, "example.com/m@v1.0.0/")
			if err == nil || !strings.Contains(err.Error(), c.want) && !(ranged && len(c.zip) == 0) {
				t.Errorf("%s, by ranges %v: %v", name, ranged, err)
			}
		}
	}
}

func storedZip(t *testing.T, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestProxiesAreAskedInTheirOrder(t *testing.T) {
	var asked []string
	empty := proxy(t, nil, &asked)
	broken := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) })
	full := proxy(t, map[string]string{"/@v/list": "v1.0.0\n", "/@v/v1.0.0.mod": "module example.com/m\n"}, &asked)
	for list, want := range map[string]error{
		empty.URL + "," + full.URL:  nil,
		broken.URL + "|" + full.URL: nil,
		broken.URL + "," + full.URL: ErrDenied,
		empty.URL + ",direct":       ErrNotFound,
		"off":                       errNoProxy,
		"direct," + full.URL:        errNoProxy,
	} {
		c, _ := client(t)
		r := &Registries{Client: c, Go: GoEnv{Proxy: list}}
		if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: module1()}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", list, err, want)
		}
	}
}

func TestAProxyMayBeADirectory(t *testing.T) {
	dir := t.TempDir()
	at := filepath.Join(dir, "example.com", "m", "@v")
	if err := os.MkdirAll(at, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"list": "v1.0.0\n", "v1.0.0.mod": "module example.com/m\n", "v1.0.0.info": `{"Version":"v1.0.0","Time":"2020-01-01T00:00:00Z"}`,
		"v1.0.0.zip": string(moduleZip(t, "example.com/m@v1.0.0/", 1, "x"))} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, _ := client(t)
	r := &Registries{Client: c, Go: GoEnv{Proxy: "file://" + filepath.ToSlash(dir)}}
	a, err := r.Ask(t.Context(), FromRegistry, Question{Package: module1(), Licensed: []string{"v1.0.0"}})
	if err != nil || a.Listing.Latest != "v1.0.0" || len(a.Texts["v1.0.0"]) != 2 || c.Requests() != 0 {
		t.Errorf("%+v %v", a, err)
	}
}

func FuzzZipTexts(f *testing.F) {
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		zipTexts(bytes.NewReader(b), int64(len(b)), "m@v1/")
		z := &ranges{ask: func(h http.Header) (answer, error) {
			return answer{status: http.StatusPartialContent, header: http.Header{"Content-Range": {fmt.Sprintf("bytes 0-%d/%d", len(b)-1, len(b))}}, body: b}, nil
		}}
		if z.open() == nil {
			zipTexts(z, z.size, "m@v1/")
		}
	})
}
