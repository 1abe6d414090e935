package advisory

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Stdlib reads from an own package of a go.mod the lowest release of Go that
// it admits, as a usage of pkg:golang/stdlib; ok is false where it tells none.
// The reader of go.mod writes it as qualifiers of the module's own purl: go,
// toolchain and line.
func Stdlib(own, manifest string) (u inventory.Usage, ok bool) {
	if !strings.HasPrefix(own, "pkg:golang/") || !strings.Contains(own, "?") {
		return u, false
	}
	p, err := inventory.ParsePURL(own)
	if err != nil {
		return u, false
	}
	q, err := url.ParseQuery(p.Qualifiers)
	if err != nil {
		return u, false
	}
	low, said := GoRelease(q.Get("go")), "go "+q.Get("go")
	if t := GoRelease(q.Get("toolchain")); t != "" {
		if c, _ := compareSemver(t, low); low == "" || c > 0 {
			low, said = t, "toolchain "+q.Get("toolchain")
		}
	}
	if low == "" {
		return u, false
	}
	line, _ := strconv.Atoi(q.Get("line"))
	return inventory.Usage{
		Component: inventory.NewPURL("golang", "stdlib", low), Requirement: said, Manifest: manifest, Line: line,
		Relation: inventory.Direct, Scope: inventory.Runtime, Fixture: inventory.IsFixture(manifest),
		Note: "lower bound: what is built with may be newer",
	}, true
}
