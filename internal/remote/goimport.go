package remote

import (
	"bytes"
	"encoding/xml"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// GoGetQuery ends the address that a module's own server is asked at
// (go.dev/ref/mod#vcs-find).
const GoGetQuery = "?go-get=1"

// AllowsDirect says whether GOPROXY lets modules' own servers be asked.
func (e GoEnv) AllowsDirect() bool {
	return slices.Contains(strings.FieldsFunc(e.Proxy, func(r rune) bool { return r == ',' || r == '|' }), "direct")
}

// whereDeveloped asks a module's own server where its source lies, where neither
// its path nor the proxy tells. A server that does not answer is no fault: most
// such names are only names.
func (g *goProxy) whereDeveloped(p inventory.PURL) {
	host, _, _ := strings.Cut(g.path, "/")
	if g.r.GoGet == "" || g.listing.Repository != "" || !publicName(host) || (&upstream.Mapper{}).Map(p).Mapped() {
		return
	}
	address := g.r.GoGet + g.path + GoGetQuery
	found := goImport{}
	_, err := g.r.Client.Get(g.ctx, Request{URL: address, Accept: "text/html", Check: func(b []byte) error {
		var ok bool
		if found, ok = parseGoImport(b, g.path); !ok {
			return errors.New("no go-import for it")
		}
		return nil
	}})
	if err != nil {
		return
	}
	g.listing.Repository, g.listing.Homepage = found.repository, "https://"+g.path+GoGetQuery
	if rest := strings.Trim(strings.TrimPrefix(g.path, found.prefix), "/"); rest != "" {
		g.listing.Directory = rest
	}
}

// publicName says whether a host is a name with a domain, not an address or a
// name of one network.
func publicName(host string) bool {
	return strings.Contains(host, ".") && !strings.ContainsAny(host, ":[]@") && net.ParseIP(host) == nil
}

// goImport is one answer of a server.
type goImport struct{ prefix, repository string }

// maxGoGet bounds what is read of a page: the answer stands in its head.
const maxGoGet = 256 << 10

// parseGoImport finds the answer for a module in a page, as the go command does:
// <meta name="go-import" content="PREFIX VCS ADDRESS">. Proxies ("mod") are no
// repositories.
func parseGoImport(page []byte, module string) (goImport, bool) {
	d := xml.NewDecoder(bytes.NewReader(page[:min(len(page), maxGoGet)]))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		t, err := d.RawToken()
		if err != nil {
			return goImport{}, false
		}
		if e, ok := t.(xml.EndElement); ok && strings.EqualFold(e.Name.Local, "head") {
			return goImport{}, false
		}
		e, ok := t.(xml.StartElement)
		if ok && strings.EqualFold(e.Name.Local, "body") {
			return goImport{}, false
		}
		if !ok || !strings.EqualFold(e.Name.Local, "meta") || attribute(e, "name") != "go-import" {
			continue
		}
		f := strings.Fields(attribute(e, "content"))
		if len(f) >= 3 && f[1] != "mod" && (f[0] == module || strings.HasPrefix(module, f[0]+"/")) && strings.Contains(f[2], "://") {
			return goImport{prefix: f[0], repository: clean(f[2], 300)}, true
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if strings.EqualFold(a.Name.Local, name) {
			return a.Value
		}
	}
	return ""
}
