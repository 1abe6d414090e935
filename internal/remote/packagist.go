package remote

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// ParsePackagist reads a package of a Composer repository
// (getcomposer.org/doc/05-repositories.md#metadata-url; packagist.org/apidoc). It
// is minified: each version names only what differs from the one before.
func ParsePackagist(b []byte) (upstream.Listing, error) {
	var d struct {
		Minified string                                  `json:"minified"`
		Packages map[string][]map[string]json.RawMessage `json:"packages"`
	}
	if json.Unmarshal(b, &d) != nil || len(d.Packages) == 0 {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: packagistName}
	for _, versions := range d.Packages {
		state := map[string]json.RawMessage{}
		for i, v := range versions {
			if d.Minified == "" {
				state = map[string]json.RawMessage{}
			}
			maps.Copy(state, v)
			maps.DeleteFunc(state, func(_ string, raw json.RawMessage) bool { return string(raw) == `"__unset"` })
			packagistVersion(state, i == 0, &out)
		}
	}
	return out, nil
}

// packagistVersion takes one version; what the first says of the package counts.
func packagistVersion(state map[string]json.RawMessage, first bool, out *upstream.Listing) {
	field := func(key string, into any) { json.Unmarshal(state[key], into) } // one of another type is not told
	var one upstream.Release
	var at string
	var licenses []string
	field("version", &one.Version)
	field("time", &at)
	field("license", &licenses)
	// A list is a choice (getcomposer.org/doc/04-schema.md#license).
	one.Published, one.License = when(at), strings.Join(licenses, " OR ")
	if one.Version == "" {
		return
	}
	out.Versions = append(out.Versions, one)
	if !first {
		return
	}
	var source struct {
		URL string `json:"url"`
	}
	var support struct {
		Issues string `json:"issues"`
		Source string `json:"source"`
	}
	field("source", &source)
	field("support", &support)
	field("homepage", &out.Homepage)
	out.Repository, out.Issues = cmp.Or(source.URL, support.Source), support.Issues
	var replaced string
	var abandoned bool
	field("abandoned", &replaced)
	field("abandoned", &abandoned)
	switch {
	case replaced != "":
		out.Deprecated = "abandoned; use " + replaced
	case abandoned:
		out.Deprecated = "abandoned"
	}
}
