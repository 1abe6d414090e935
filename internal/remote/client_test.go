package remote

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// client has a cache of its own and a clock that sleeping moves.
func client(t *testing.T) (*Client, *[]time.Duration) {
	var slept []time.Duration
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return &Client{Cache: t.TempDir(), PerHost: 1, Now: func() time.Time { return now }, Sleep: func(ctx context.Context, d time.Duration) error {
		if d > 0 {
			slept = append(slept, d)
			now = now.Add(d)
		}
		return ctx.Err()
	}}, &slept
}

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

func left() Question { return Question{Package: inventory.PURL{Type: "npm", Name: "left"}} }

func TestServersInTroubleAreWaitedForAndNamed(t *testing.T) {
	for name, c := range map[string]struct {
		handler func(n int32, w http.ResponseWriter, r *http.Request)
		want    string // in the error; "" for success
		asks    int32
		slept   time.Duration
	}{
		"busy once": {func(n int32, w http.ResponseWriter, _ *http.Request) {
			if n == 1 {
				w.Header().Set("Retry-After", "3")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			fmt.Fprint(w, npmReply)
		}, "", 2, 3 * time.Second},
		"broken always": {func(_ int32, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "it answers 500", maxAttempts, 7 * time.Second},
		"wait too long": {func(_ int32, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7200")
			w.WriteHeader(429)
		}, "left alone for 2h0m0s; not asked again", 1, 0},
		"unknown": {func(_ int32, w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }, "does not know", 1, 0},
		"closed":  {func(_ int32, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "credentials", 1, 0},
		"refused with a reason": {func(_ int32, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(400)
			fmt.Fprint(w, "host not permitted\x1b[2J\nmore")
		}, "it answers 400 Bad Request (host not permitted[2J)", 1, 0},
		"cut off": {func(_ int32, w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		}, "broke off after 1 bytes", maxAttempts, 7 * time.Second},
		"cut off while packed": {func(_ int32, w http.ResponseWriter, _ *http.Request) {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			fmt.Fprint(z, npmReply)
			z.Close()
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(b.Bytes()[:b.Len()/2])
		}, "broke off", maxAttempts, 7 * time.Second},
		"page of a proxy": {func(_ int32, w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "web page", 1, 0},
		"too large": {func(_ int32, w http.ResponseWriter, _ *http.Request) {
			for chunk, n := make([]byte, 1<<20), 0; n < 66; n++ {
				w.Write(chunk)
			}
		}, "larger than 64 MiB", 1, 0},
		"in circles": {func(_ int32, w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}, "in circles", 6, 0},
	} {
		var asks atomic.Int32
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { c.handler(asks.Add(1), w, r) })
		cl, slept := client(t)
		r := &Registries{Client: cl, Bases: map[string]string{"npm": s.URL}}
		_, err := r.Ask(t.Context(), FromRegistry, left())
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "127.0.0.1:")):
			t.Errorf("%s: %v does not name host and reason", name, err)
		}
		total := time.Duration(0)
		for _, d := range *slept {
			total += d
		}
		if asks.Load() != c.asks || total != c.slept {
			t.Errorf("%s: %d requests and %s of waiting, want %d and %s", name, asks.Load(), total, c.asks, c.slept)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			cl.Offline = true
			if _, err := r.Ask(t.Context(), FromRegistry, left()); !errors.Is(err, ErrOffline) {
				t.Errorf("%s: a bad answer was kept: %v", name, err)
			}
		}
	}
}

func TestSlowServersAreGivenUp(t *testing.T) {
	stop := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		<-stop
	})
	defer close(stop)
	cl, _ := client(t)
	cl.Attempt = 20 * time.Millisecond
	r := &Registries{Client: cl, Bases: map[string]string{"npm": s.URL}}
	if _, err := r.Ask(t.Context(), FromRegistry, left()); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}

func TestHostsThatDoNotAnswerAreLeftAlone(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + nobody.Addr().String()
	nobody.Close()
	answers := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, npmReply) })
	cl, _ := client(t)
	hangsUp := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	for host, want := range map[string]int{address: 2, hangsUp.URL: patience / 2, strings.Replace(address, "127.0.0.1", "no-such-host.invalid", 1): 1} {
		before := cl.Requests()
		for range 100 {
			if _, err := cl.Get(t.Context(), Request{URL: host + "/left"}); err == nil {
				t.Fatal("nobody answers")
			}
		}
		if n := cl.Requests() - before; n != want && !strings.Contains(host, "invalid") {
			t.Errorf("%d requests to %s, which never answers, want %d", n, host, want)
		}
		_, err = cl.Get(t.Context(), Request{URL: host + "/other"})
		if !errors.Is(err, ErrDown) || !strings.Contains(err.Error(), "no answer") {
			t.Errorf("the reason is not given: %v", err)
		}
	}
	if _, err := cl.Get(t.Context(), Request{URL: answers.URL + "/left"}); err != nil {
		t.Errorf("another host suffers: %v", err)
	}
}

func TestRepliesAreKeptAndAskedForConditionally(t *testing.T) {
	var full, same int
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"1"` && r.Header.Get("If-Modified-Since") != "" {
			same++
			w.WriteHeader(http.StatusNotModified)
			return
		}
		full++
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Mon, 02 Jan 2006 15:04:05 GMT")
		fmt.Fprint(w, npmReply)
	})
	c, _ := client(t)
	get := func(address string) (Reply, error) { return c.Get(t.Context(), Request{URL: address}) }
	for range 3 {
		if r, err := get(s.URL + "/left"); err != nil || string(r.Body) != npmReply {
			t.Fatalf("%v %q", err, r.Body)
		}
	}
	if full != 1 || same != 2 {
		t.Errorf("%d full and %d conditional answers", full, same)
	}
	c.Fresh = time.Hour
	if r, err := get(s.URL + "/left"); err != nil || !r.FromCache {
		t.Errorf("a fresh reply is asked for: %v", err)
	}
	c.Fresh, c.Offline = 0, true
	if r, err := get(s.URL + "/left"); err != nil || !r.FromCache || string(r.Body) != npmReply {
		t.Errorf("offline: %v", err)
	}
	if _, err := get(s.URL + "/right"); !errors.Is(err, ErrOffline) {
		t.Errorf("offline, unknown: %v", err)
	}
	if c.Requests() != 3 {
		t.Errorf("%d requests", c.Requests())
	}
}

func TestADamagedCacheIsAskedAgain(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, npmReply) })
	c, _ := client(t)
	c.Fresh = time.Hour
	if _, err := c.Get(t.Context(), Request{URL: s.URL}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.place(s.URL), []byte("{\"asked\":\"2026-11-23T12:00:00Z\"}\nnot packed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Get(t.Context(), Request{URL: s.URL}); err != nil || r.FromCache || string(r.Body) != npmReply {
		t.Errorf("%v, %+v", err, r)
	}
}

func TestCredentialsGoToTheirOwnHostAlone(t *testing.T) {
	leaked := "nothing came"
	other := serve(t, func(_ http.ResponseWriter, r *http.Request) { leaked = r.Header.Get("Authorization") })
	var got string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Get("Authorization")
		http.Redirect(w, r, other.URL, http.StatusFound)
	})
	host := strings.TrimPrefix(s.URL, "http://")
	var n Npmrc
	n.ParseNpmrc([]byte("@acme:registry="+s.URL+"/npm/\n//"+host+"/npm/:_authToken=${TOKEN}\nregistry=https://public.example/\n"), func(k string) string { return map[string]string{"TOKEN": "s3cret"}[k] })
	registry, auth := n.registryFor("@acme/private")
	if registry != s.URL+"/npm/" || auth.Bearer != "s3cret" {
		t.Fatalf("%s %+v", registry, auth)
	}
	if _, auth := n.registryFor("left"); auth != (Credentials{}) {
		t.Error("the public registry gets the token of another")
	}
	if strings.Contains(fmt.Sprint(auth), "s3cret") {
		t.Error("printing shows the secret")
	}
	c, _ := client(t)
	c.Get(t.Context(), Request{URL: registry + "x", Auth: auth})
	if got != "Bearer s3cret" || leaked != "" {
		t.Errorf("own host got %q, another %q", got, leaked)
	}
}

func TestSecretsInAddressesAreSentButNeverShown(t *testing.T) {
	var user, password string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ = r.BasicAuth()
		w.WriteHeader(http.StatusForbidden)
	})
	c, _ := client(t)
	c.PerHost = 1
	_, err := c.Get(t.Context(), Request{URL: strings.Replace(s.URL, "http://", "http://ada:s3cret@", 1) + "/x?token=t0ken"})
	if user != "ada" || password != "s3cret" {
		t.Errorf("sent %q %q", user, password)
	}
	if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "t0ken") || !errors.Is(err, ErrDenied) {
		t.Errorf("%v", err)
	}
	for _, address := range []string{"://s3cret", "ftp://ada:s3cret@host/", "http://[s3cret"} {
		if _, err := c.Get(t.Context(), Request{URL: address}); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%v", err)
		}
	}
}

func TestSettingsOfThisMachineAreRead(t *testing.T) {
	home := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(".netrc", "machine go.example login u password p\n")
	write(".npmrc", "registry = https://npm.example/ \n; note\n@acme:registry=https://acme.example\n")
	write("global", "registry=https://global.example/\nhttps-proxy=http://proxy.example:3128\n")
	write("go/env", "GOPROXY=https://go.example\nGOPRIVATE=corp.example/*\n")
	env := map[string]string{"npm_config_globalconfig": filepath.Join(home, "global"), "PIP_INDEX_URL": "https://pip.example/api/simple/"}
	r := NewRegistries(&Client{}, Machine{Getenv: func(k string) string { return env[k] }, Home: home, ConfigDir: home})
	if r.Go != (GoEnv{"https://go.example", "corp.example/*"}) || r.credentials("https://go.example/x").User != "u" {
		t.Errorf("Go: %+v", r.Go)
	}
	if r.Npm.Registry != "https://npm.example/" || r.Npm.Proxy != "http://proxy.example:3128" || !r.Npm.serves("acme.example") || r.Npm.serves("other.example") {
		t.Errorf("npm: %+v", r.Npm)
	}
	if !r.ScopeConfigured(inventory.NewPURL("npm", "@acme/x", "")) || r.ScopeConfigured(inventory.NewPURL("npm", "@other/x", "")) {
		t.Error("scopes")
	}
	if r.base("pypi") != "https://pip.example/api" || r.base("cargo") != "https://crates.io" {
		t.Errorf("pip: %s", r.base("pypi"))
	}
	env["npm_config_registry"], env["GONOPROXY"] = "https://env.example/", "none"
	r = NewRegistries(&Client{}, Machine{Getenv: func(k string) string { return env[k] }, Home: home, ConfigDir: home})
	if r.Npm.Registry != "https://env.example/" || r.Go.Private != "" {
		t.Errorf("the environment has the last word: %+v %+v", r.Npm, r.Go)
	}
}

func TestNamesThatWouldChangeTheAddressAreNotAsked(t *testing.T) {
	c, _ := client(t)
	r := &Registries{Client: c, Bases: map[string]string{"npm": "http://127.0.0.1:1", "pypi": "http://127.0.0.1:1"}}
	for _, p := range []inventory.PURL{{Type: "npm", Name: ".."}, {Type: "pypi", Name: "a?b"}, {Type: "npm", Namespace: "@a/..", Name: "b"}, {Type: "pypi", Name: "a b"}, {Type: "cargo", Name: ""}} {
		if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: p}); err == nil || !strings.Contains(err.Error(), "no name that a registry could have") {
			t.Errorf("%v: %v", p, err)
		}
	}
	if c.Requests() != 0 {
		t.Errorf("%d requests", c.Requests())
	}
}

func noSleep(ctx context.Context, _ time.Duration) error { return ctx.Err() }
