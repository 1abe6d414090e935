package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOnlyWhatTheServerChangedIsFetched(t *testing.T) {
	served, version := 0, "1"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"`+version+`"`)
		w.Header().Set("Last-Modified", "Sun, 01 Mar 2026 10:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"`+version+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		served++
		w.Write(archive(t, "A-1.json", record("A-"+version)))
	}))
	defer server.Close()
	dir := t.TempDir()
	addresses, err := Addresses(server.URL+"/osv", []string{"crates.io", "Debian:12"})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{server.URL + "/osv/crates.io/all.zip", server.URL + "/osv/Debian:12/all.zip"}, addresses); d != "" {
		t.Fatal(d)
	}
	for i, want := range []struct {
		same   bool
		served int
	}{{false, 1}, {true, 1}, {false, 2}} {
		if i == 2 {
			version = "2"
		}
		got, err := Fetch(t.Context(), server.Client(), addresses[0], dir)
		if err != nil || got.Same != want.same || served != want.served || got.Made.Format(time.DateOnly) != "2026-03-01" {
			t.Fatalf("%d: %+v, %d served, %v", i, got, served, err)
		}
		if f := found(t, got.File); len(f) != 1 || f[0] != "crates.io osv[crates.io] A-"+version {
			t.Errorf("%d: %q", i, f)
		}
	}
}

func TestServersThatFailAreSaid(t *testing.T) {
	for name, c := range map[string]struct {
		reply func(w http.ResponseWriter, n int)
		want  string
	}{
		"absent":    {func(w http.ResponseWriter, _ int) { w.WriteHeader(404) }, "the server has no such file (404)"},
		"forbidden": {func(w http.ResponseWriter, _ int) { w.WriteHeader(403) }, "the server answers 403 Forbidden"},
		"busy, then well": {func(w http.ResponseWriter, n int) {
			if n == 1 {
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(429)
			}
		}, ""},
		"broken off": {func(w http.ResponseWriter, _ int) {
			w.Header().Set("Content-Length", "1000")
			w.Write([]byte("half"))
		}, "the reply broke off after 4 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				n++
				c.reply(w, n)
			}))
			defer server.Close()
			address := strings.Replace(server.URL, "http://", "http://user:secret@", 1) + "/npm/all.zip?key=secret"
			_, err := Fetch(t.Context(), server.Client(), address, t.TempDir())
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	for address, want := range map[string]string{
		"https://vuln.go.dev":               "https://vuln.go.dev/vulndb.zip",
		"https://x.example/epss.csv.gz":     "https://x.example/epss.csv.gz",
		"https://x.example/a/all.zip?sig=1": "https://x.example/a/all.zip?sig=1",
		"https://x.example/bucket":          "",
	} {
		got, err := Addresses(address, nil)
		if want == "" && err == nil || want != "" && (err != nil || got[0] != want) {
			t.Errorf("%s: %v, %v", address, got, err)
		}
	}
	if _, err := Addresses("https://", nil); err == nil {
		t.Error("an address without a host passed")
	}
}

func TestNamesOfAddressesStayInTheirDirectory(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	defer server.Close()
	dir := t.TempDir()
	for _, p := range []string{"/../../all.zip", "/%2e%2e/%2e%2e%2fetc/all.zip", "/..", "/a%00b.zip", "/"} {
		got, err := Fetch(context.Background(), server.Client(), server.URL+p, dir)
		if rel, e := filepath.Rel(dir, got.File); err == nil && (e != nil || strings.HasPrefix(rel, "..")) {
			t.Errorf("%s is kept as %s", p, got.File)
		}
	}
}

// falling is a server that sends a few bytes, some time apart, and then none.
type falling struct {
	ctx   context.Context
	parts int
	apart time.Duration
}

func (f *falling) RoundTrip(req *http.Request) (*http.Response, error) {
	f.ctx = req.Context()
	return &http.Response{StatusCode: 200, Status: "200 OK", Header: http.Header{}, Body: io.NopCloser(f), Request: req}, nil
}

func (f *falling) Read(p []byte) (int, error) {
	if f.parts == 0 {
		<-f.ctx.Done()
		return 0, f.ctx.Err()
	}
	f.parts--
	time.Sleep(f.apart)
	return copy(p, "part"), nil
}

func TestAServerThatFallsSilentIsNotWaitedForForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		server := &falling{parts: 10, apart: silence - time.Second} // slow, but not silent
		_, err := Fetch(t.Context(), &http.Client{Transport: server}, "https://osv.example/npm/all.zip", t.TempDir())
		if !errors.Is(err, errSilent) {
			t.Errorf("%v", err)
		}
		if server.parts != 0 || time.Since(start) != 10*(silence-time.Second)+silence {
			t.Errorf("it was waited %s, %d parts were left", time.Since(start), server.parts)
		}
	})
}
