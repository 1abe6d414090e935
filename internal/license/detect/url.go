package detect

import (
	"bytes"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// maxURL bounds an address.
const maxURL = 300

// urlAt returns the address whose first word is token i, and the token after it.
func (r *reader) urlAt(i int) (url []byte, next int) {
	start := int(r.toks[i].start)
	end := start
	for end < len(r.b) && end-start < maxURL {
		c := r.b[end]
		if c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == ')' || c == ']' || c == '}' || c == '|' || c == '`' || c == ',' || c == ';' || c == '\\' {
			break
		}
		end++
	}
	for next = i; next < len(r.toks) && int(r.toks[next].start) < end; next++ {
	}
	return r.b[start:end], next
}

// moreURLs are addresses, folded, that no module lists.
var moreURLs = map[string]string{
	"curl.haxx.se/docs/copyright": "curl", "curl.se/docs/copyright": "curl", "aws.amazon.com/apache2.0": "Apache-2.0",
	"opensource.org/licenses/bsdpluspatent": "BSD-2-Clause-Patent", "gnu.org/prep/maintain/html_node/license-notices-for-other-files": "FSFAP",
	"scripts.sil.org/ofl": "OFL-1.1", "wtfpl.net/txt/copying": "WTFPL", "sqlite.org/copyright": "blessing",
	"w3.org/consortium/legal/2002/copyright-software-20021231": "W3C", "w3.org/consortium/legal/copyright-software": "W3C-20150513",
}

// foldURL makes addresses of one page alike: no scheme, no www., lower case, no
// trailing slash or file extension.
func foldURL(u []byte) string {
	s := strings.ToLower(string(u))
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	s = strings.TrimPrefix(s, "www.")
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimRight(s, "/.,:;*-")
	for _, ext := range []string{".html", ".htm", ".txt", ".php", ".md"} {
		s = strings.TrimSuffix(s, ext)
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "/deed"), "/legalcode")
	return strings.TrimRight(s, "/")
}

// address reads an address that names a license.
func (r *reader) address(i int) (m mention, next int, ok bool) {
	raw, next := r.urlAt(i)
	if !bytes.Contains(raw, []byte(".")) {
		return m, i, false
	}
	u := foldURL(raw)
	m = mention{first: i, last: next - 1, cued: true, versioned: true, url: true}
	if f, v, ok := gnuAddress(u); ok {
		fam := r.c.names.families[f]
		m.family = f
		if id, ok := fam.version(v); ok {
			return m, next, m.set(id + "-only")
		}
		m.versioned = false
		return m, next, m.set(fam.bare)
	}
	if id, ok := r.c.urls[hashWord(u)]; ok {
		return m, next, m.set(id)
	}
	if i := strings.LastIndexByte(u, '/'); i > 0 && strings.HasPrefix(u, "creativecommons.org/licenses/") {
		if id, ok := r.c.urls[hashWord(u[:i])]; ok { // a jurisdiction or "legalcode"
			return m, next, m.set(id)
		}
	}
	if strings.Contains(u, "licen") || strings.Contains(u, "legal/") || strings.Contains(u, "mpl") {
		if e, _, ok := license.Understand("https://" + u); ok {
			m.expr = e
			return m, next, true
		}
	}
	if strings.HasPrefix(u, "opensource.org/licenses/bsd-license") {
		m.versioned = false
		return m, next, m.set("BSD-3-Clause")
	}
	if strings.HasSuffix(strings.SplitN(u, "/", 2)[0], ".mit-license.org") {
		return m, next, m.set("MIT")
	}
	return m, next, false
}

// gnuAddress reads the addresses of the GNU licenses: which one, and the
// version, empty where the page is that of the latest.
func gnuAddress(u string) (family, version string, ok bool) {
	host, path, _ := strings.Cut(u, "/")
	if host != "gnu.org" && host != "fsf.org" {
		return "", "", false
	}
	path = path[strings.LastIndexByte(path, '/')+1:]
	path = strings.TrimSuffix(path, "-standalone")
	name, version, _ := strings.Cut(path, "-")
	switch name {
	case "gpl", "lgpl", "agpl":
		return strings.ToUpper(name), version, true
	case "fdl":
		return "GFDL", version, true
	case "lesser", "library":
		return "LGPL", version, true
	}
	return "", "", false
}
