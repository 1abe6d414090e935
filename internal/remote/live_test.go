package remote

import (
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// live gives registries as this machine's settings have them; the test is
// skipped where the one that it needs does not answer at once.
func live(t *testing.T, address func(*Registries) string) *Registries {
	t.Helper()
	if os.Getenv("TRIBUTARY_LIVE") == "" {
		t.Skip("TRIBUTARY_LIVE is not set: real registries are not asked")
	}
	home, _ := os.UserHomeDir()
	config, _ := os.UserConfigDir()
	r := NewRegistries(&Client{Cache: t.TempDir()}, Machine{Getenv: os.Getenv, Home: home, ConfigDir: config})
	u, err := url.Parse(address(r))
	if err != nil {
		t.Fatal(err)
	}
	probe := http.Client{Timeout: 5 * time.Second, Transport: r.Client.HTTP}
	resp, err := probe.Get(u.String())
	if err != nil {
		t.Skipf("%s does not answer: %v", u.Host, plain(err))
	}
	resp.Body.Close()
	return r
}

func TestTheRealNpmRegistryAnswers(t *testing.T) {
	r := live(t, func(r *Registries) string { registry, _ := r.Npm.registryFor("react"); return registry })
	for _, name := range []string{"react", "@babel/core", "left-pad"} {
		a, err := r.Ask(t.Context(), FromRegistry, Question{Package: inventory.NewPURL("npm", name, "")})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		l := a.Listing
		last := l.Find(l.Latest)
		if last == nil || last.License == "" || last.Published.IsZero() || l.Repository == "" {
			t.Errorf("%s: latest %q of %d: %+v", name, l.Latest, len(l.Versions), last)
		}
	}
	if n := r.Client.Requests(); n != 3 {
		t.Errorf("%d requests for three packages", n)
	}
	if _, err := r.Ask(t.Context(), FromRegistry, Question{Package: inventory.NewPURL("npm", "tributary-no-such-package-x1", "")}); err == nil || !strings.Contains(err.Error(), "does not know") {
		t.Errorf("a name that nobody has: %v", err)
	}
}

func TestARealGoModuleProxyAnswers(t *testing.T) {
	r := live(t, func(r *Registries) string {
		g := goProxy{r: r}
		for _, p := range g.places() {
			return p.address
		}
		return "http://127.0.0.1:1"
	})
	q := Question{Package: inventory.NewPURL("golang", "github.com/pkg/errors", ""), Used: []string{"v0.8.1"}, Licensed: []string{"v0.8.1"}}
	a, err := r.Ask(t.Context(), FromRegistry, q)
	if err != nil {
		t.Fatal(err)
	}
	used := a.Listing.Find("v0.8.1")
	if a.Listing.Latest != "v0.9.1" || used == nil || used.Published.IsZero() || len(a.Texts["v0.8.1"]) != 1 || !strings.Contains(string(a.Texts["v0.8.1"][0].Data), "Redistribution") {
		t.Errorf("%+v", a)
	}
	dead := Question{Package: inventory.NewPURL("golang", "github.com/golang/protobuf", "")}
	if a, err := r.Ask(t.Context(), FromRegistry, dead); err != nil || a.Listing.Deprecated == "" {
		t.Errorf("a deprecated module: %q %v", a.Listing.Deprecated, err)
	}
}
