package remote

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// GoEnv is how modules are fetched here (go.dev/ref/mod#environment-variables).
type GoEnv struct {
	Proxy   string // GOPROXY
	Private string // GONOPROXY, else GOPRIVATE: patterns of modules that no proxy may know of
}

// ReadGoEnv takes the environment, then Go's own file of settings. The go
// program is not run.
func ReadGoEnv(getenv func(string) string, configDir string) GoEnv {
	file := getenv("GOENV")
	if file == "" && configDir != "" {
		file = filepath.Join(configDir, "go", "env")
	}
	saved := map[string]string{}
	if raw, err := os.ReadFile(file); err == nil && file != "off" {
		for line := range strings.Lines(string(raw)) {
			if k, v, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
				saved[k] = v
			}
		}
	}
	get := func(key string) string {
		if v := getenv(key); v != "" {
			return v
		}
		return saved[key]
	}
	e := GoEnv{Proxy: get("GOPROXY"), Private: get("GONOPROXY")}
	switch e.Private {
	case "":
		e.Private = get("GOPRIVATE")
	case "none": // as the go command has it
		e.Private = ""
	}
	if e.Proxy == "" {
		e.Proxy = "https://proxy.golang.org,direct"
	}
	return e
}

// Machine is where settings are looked for.
type Machine struct {
	Getenv    func(string) string
	Home      string // "" for none
	ConfigDir string // $XDG_CONFIG_HOME and its like; "" for none
}

// first gives the first variable that is set.
func (m Machine) first(names ...string) string {
	for _, n := range names {
		if v := m.Getenv(n); v != "" {
			return v
		}
	}
	return ""
}

// NewRegistries reads this machine's settings: npm's (environment, the user's
// and the global .npmrc), Go's (environment and its file of settings), pip's
// PIP_INDEX_URL, .netrc. What a scanned repository or the working directory says
// does not count: it could send names, or secrets from the environment, to
// anybody.
func NewRegistries(client *Client, m Machine) *Registries {
	r := &Registries{Client: client, Go: ReadGoEnv(m.Getenv, m.ConfigDir), Netrc: map[string]Credentials{}, Bases: map[string]string{}}
	if r.Go.AllowsDirect() {
		r.GoGet = "https://"
	}
	r.readNpm(m)
	netrc := m.Getenv("NETRC")
	if netrc == "" && m.Home != "" {
		netrc = filepath.Join(m.Home, ".netrc")
	}
	if raw, err := os.ReadFile(netrc); err == nil {
		r.Netrc = ParseNetrc(raw)
	}
	if index := m.Getenv("PIP_INDEX_URL"); index != "" {
		r.Bases["pypi"] = strings.TrimSuffix(strings.TrimRight(index, "/"), "/simple")
	}
	if client.HTTP == nil {
		client.HTTP = r.transport()
	}
	return r
}

// readNpm takes the files in npm's order, the last word being the environment's.
func (r *Registries) readNpm(m Machine) {
	files := []string{"/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc"}
	if prefix := m.first("npm_config_prefix", "NPM_CONFIG_PREFIX", "PREFIX"); prefix != "" {
		files = []string{filepath.Join(prefix, "etc", "npmrc")}
	}
	if global := m.first("npm_config_globalconfig", "NPM_CONFIG_GLOBALCONFIG"); global != "" {
		files = []string{global}
	}
	user := m.first("npm_config_userconfig", "NPM_CONFIG_USERCONFIG")
	if user == "" && m.Home != "" {
		user = filepath.Join(m.Home, ".npmrc")
	}
	for _, file := range append(files, user) {
		if raw, err := os.ReadFile(file); err == nil {
			r.Npm.ParseNpmrc(raw, m.Getenv)
		}
	}
	if v := m.first("npm_config_registry", "NPM_CONFIG_REGISTRY"); v != "" {
		r.Npm.Registry = v
	}
	if v := m.first("npm_config_cafile", "NPM_CONFIG_CAFILE", "NODE_EXTRA_CA_CERTS"); v != "" {
		r.Npm.CAFile = v
	}
}

// transport goes through the proxy of the environment, for npm's registries else
// through that of .npmrc, and trusts npm's certificates beside the system's.
func (r *Registries) transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.ResponseHeaderTimeout = 20 * time.Second
	t.MaxIdleConnsPerHost = 8
	t.Proxy = func(req *http.Request) (*url.URL, error) {
		u, err := http.ProxyFromEnvironment(req)
		if u != nil || err != nil || r.Npm.Proxy == "" || !r.Npm.serves(req.URL.Host) {
			return u, err
		}
		if u, err = url.Parse(r.Npm.Proxy); err != nil {
			return nil, errors.New("the proxy of .npmrc is no address") // which may hold a secret
		}
		return u, nil
	}
	if raw, err := os.ReadFile(r.Npm.CAFile); err == nil {
		if pool, err := x509.SystemCertPool(); err == nil && pool.AppendCertsFromPEM(raw) {
			t.TLSClientConfig = &tls.Config{RootCAs: pool}
		}
	}
	return t
}

// serves says whether a host is a registry of npm packages.
func (n *Npmrc) serves(host string) bool {
	for _, registry := range n.Scopes {
		if u, err := url.Parse(registry); err == nil && u.Host == host {
			return true
		}
	}
	registry, _ := n.registryFor("")
	u, err := url.Parse(registry)
	return err == nil && u.Host == host
}
