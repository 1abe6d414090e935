package remote

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/internal/pattern"
)

// Credentials are for one host; the zero value is none.
type Credentials struct{ Bearer, User, Password string }

// String hides what is secret.
func (c Credentials) String() string {
	if c == (Credentials{}) {
		return "none"
	}
	return "(hidden)"
}

func (c Credentials) apply(req *http.Request) {
	switch {
	case c.Bearer != "":
		req.Header.Set("Authorization", "Bearer "+c.Bearer)
	case c.User != "" || c.Password != "":
		req.SetBasicAuth(c.User, c.Password)
	}
}

// Npmrc is what .npmrc files say of registries (docs.npmjs.com, "npmrc").
type Npmrc struct {
	Registry string            // "" for the public one
	Scopes   map[string]string // "@acme" to a registry
	Proxy    string            // https-proxy, else proxy
	CAFile   string
	auth     map[string]Credentials
}

var envReference = pattern.Lazy(`\$\{([A-Za-z_][A-Za-z0-9_]*)(-[^}]*)?\}`)

// ParseNpmrc adds what one file says; later files win. Values may name
// environment variables as "${NAME}".
func (n *Npmrc) ParseNpmrc(data []byte, getenv func(string) string) {
	if n.Scopes == nil {
		n.Scopes, n.auth = map[string]string{}, map[string]Credentials{}
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"'`)
		if !ok {
			continue
		}
		value = envReference().ReplaceAllStringFunc(value, func(m string) string {
			p := envReference().FindStringSubmatch(m)
			if v := getenv(p[1]); v != "" {
				return v
			}
			return strings.TrimPrefix(p[2], "-")
		})
		switch {
		case key == "registry":
			n.Registry = value
		case strings.HasPrefix(key, "@") && strings.HasSuffix(key, ":registry"):
			n.Scopes[strings.TrimSuffix(key, ":registry")] = value
		case key == "https-proxy" || key == "proxy" && n.Proxy == "":
			n.Proxy = value
		case key == "cafile":
			n.CAFile = value
		case strings.HasPrefix(key, "//"):
			n.secret(key, value)
		}
	}
}

// secret reads "//host/path/:_authToken=…" and its like.
func (n *Npmrc) secret(key, value string) {
	at := strings.LastIndexByte(key, ':')
	if at < 0 {
		return
	}
	place := strings.TrimRight(key[2:at], "/")
	c := n.auth[place]
	switch key[at+1:] {
	case "_authToken":
		c.Bearer = value
	case "_auth":
		if raw, err := base64.StdEncoding.DecodeString(value); err == nil {
			c.User, c.Password, _ = strings.Cut(string(raw), ":")
		}
	case "username":
		c.User = value
	case "_password":
		if raw, err := base64.StdEncoding.DecodeString(value); err == nil {
			c.Password = string(raw)
		}
	}
	n.auth[place] = c
}

const publicNpm = "https://registry.npmjs.org/"

// registryFor gives the registry of a package, with what opens it.
func (n *Npmrc) registryFor(name string) (string, Credentials) {
	registry := n.Registry
	if scope, _, ok := strings.Cut(name, "/"); ok && n.Scopes[scope] != "" {
		registry = n.Scopes[scope]
	}
	if registry == "" {
		registry = publicNpm
	}
	u, err := url.Parse(registry)
	if err != nil {
		return registry, Credentials{}
	}
	// The longest place that holds the registry's path.
	for place := strings.TrimRight(u.Host+u.Path, "/"); place != ""; {
		if c, ok := n.auth[place]; ok {
			return registry, c
		}
		i := strings.LastIndexByte(place, '/')
		if i < 0 {
			break
		}
		place = place[:i]
	}
	return registry, Credentials{}
}

// ParseNetrc reads a .netrc file: credentials by host. "macdef" ends what is
// read.
func ParseNetrc(data []byte) map[string]Credentials {
	out := map[string]Credentials{}
	words := strings.Fields(string(data))
	host := ""
	for i := 0; i+1 < len(words); i++ {
		switch words[i] {
		case "machine":
			host = words[i+1]
			i++
		case "default", "macdef":
			return out
		case "login", "password":
			if host == "" {
				return out
			}
			c := out[host]
			if words[i] == "login" {
				c.User = words[i+1]
			} else {
				c.Password = words[i+1]
			}
			out[host] = c
			i++
		}
	}
	return out
}
