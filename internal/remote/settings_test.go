package remote

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// machineWith has one .npmrc and nothing else.
func machineWith(t *testing.T, npmrc string) Machine {
	t.Helper()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, ".npmrc"), []byte(npmrc), 0o600); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(home, "none")
	return Machine{Home: home, Getenv: func(name string) string {
		if name == "npm_config_globalconfig" {
			return none
		}
		return ""
	}}
}

func TestTheProxyOfNpmIsForItsRegistriesAlone(t *testing.T) {
	var through []string
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		through = append(through, r.Method+" "+r.RequestURI)
		fmt.Fprint(w, npmReply)
	})
	m := machineWith(t, "registry=http://registry.invalid/npm/\nproxy="+proxy.URL+"\n")
	r := NewRegistries(&Client{}, m)
	if _, err := r.Ask(t.Context(), FromRegistry, left()); err != nil {
		t.Fatal(err)
	}
	if len(through) != 1 || through[0] != "GET http://registry.invalid/npm/left" {
		t.Errorf("through the proxy went %v", through)
	}
	r.Bases["cargo"] = "http://crates.invalid"
	q := left()
	q.Package.Type = "cargo"
	if _, err := r.Ask(t.Context(), FromRegistry, q); err == nil || len(through) != 1 {
		t.Errorf("%v; through the proxy went %v", err, through)
	}
}

func TestAProxyThatIsNoAddressShowsNoSecret(t *testing.T) {
	r := NewRegistries(&Client{Sleep: noSleep}, machineWith(t, "registry=http://registry.invalid/\nproxy=http://ada:s3cret@[::1\n"))
	if _, err := r.Ask(t.Context(), FromRegistry, left()); err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "proxy") {
		t.Errorf("%v", err)
	}
}

func TestCertificatesOfNpmAreTrustedBesideTheSystems(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, npmReply) }))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for npmrc, want := range map[string]string{"registry=" + s.URL + "\ncafile=" + file: "", "registry=" + s.URL: "certificate"} {
		r := NewRegistries(&Client{Sleep: noSleep}, machineWith(t, npmrc))
		_, err := r.Ask(t.Context(), FromRegistry, left())
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", npmrc, err)
		}
	}
}

func TestEncryptionIsNotGivenUpByARedirect(t *testing.T) {
	plain := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, npmReply) })
	s := httptest.NewTLSServer(http.RedirectHandler(plain.URL, http.StatusFound))
	defer s.Close()
	c := &Client{HTTP: s.Client().Transport, Sleep: noSleep}
	if _, err := c.Get(t.Context(), Request{URL: s.URL}); err == nil || !strings.Contains(err.Error(), "without encryption") {
		t.Errorf("%v", err)
	}
}
