package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// npm asks one question: the whole document of a package, which has all that a
// registry knows. The abbreviated form lacks licenses, dates and maintainers.
func (r *Registries) npm(ctx context.Context, q Question) (Answer, error) {
	name := q.Package.FullName()
	registry, auth := r.Npm.registryFor(name)
	registry = cmp.Or(r.Bases["npm"], registry)
	if auth == (Credentials{}) {
		auth = r.credentials(registry)
	}
	address := strings.TrimRight(registry, "/") + "/" + strings.ReplaceAll(url.PathEscape(name), "%40", "@")
	l, at, err := fetchFrom(ctx, r, Request{URL: address, Auth: auth, Accept: "application/json"}, func(b []byte) (upstream.Listing, error) {
		l, told, err := parseNpm(b)
		if err == nil && told != "" && !strings.EqualFold(told, name) {
			return l, fmt.Errorf("it answered about another package, %s", clean(told, 100))
		}
		return l, err
	})
	l.Observed = at
	return Answer{Listing: l}, err
}

// ScopeConfigured says whether the settings name a registry for the scope of a
// package, so that its name goes there and nowhere else.
func (r *Registries) ScopeConfigured(p inventory.PURL) bool {
	return p.Type == "npm" && p.Namespace != "" && r.Npm.Scopes[p.Namespace] != ""
}

type npmVersion struct {
	License     any            `json:"license"`
	Licenses    any            `json:"licenses"`
	Deprecated  any            `json:"deprecated"`
	Scripts     map[string]any `json:"scripts"`
	HasInstall  *bool          `json:"hasInstallScript"`
	Repository  any            `json:"repository"`
	Homepage    any            `json:"homepage"`
	Bugs        any            `json:"bugs"`
	Maintainers any            `json:"maintainers"`
}

// ParseNpm reads a package document of an npm registry
// (github.com/npm/registry, docs/responses/package-metadata.md). Every field may
// lack: mirrors leave out what they like.
func ParseNpm(b []byte) (upstream.Listing, error) {
	l, _, err := parseNpm(b)
	return l, err
}

// parseNpm also gives the name that the document has, "" where it has none.
func parseNpm(b []byte) (l upstream.Listing, name string, err error) {
	var d struct {
		Name        any                   `json:"name"`
		DistTags    map[string]any        `json:"dist-tags"`
		Time        map[string]any        `json:"time"`
		Repository  any                   `json:"repository"`
		Homepage    any                   `json:"homepage"`
		Bugs        any                   `json:"bugs"`
		Maintainers any                   `json:"maintainers"`
		Versions    map[string]npmVersion `json:"versions"`
	}
	if err := json.Unmarshal(b, &d); err != nil {
		return l, "", errNotData(b)
	}
	name, _ = d.Name.(string)
	if d.Versions == nil {
		if t, _ := d.Time["unpublished"].(map[string]any); t != nil {
			return upstream.Listing{Source: npmName, Doubts: []string{"all versions were unpublished"}}, name, nil
		}
		return l, "", errors.New("the answer has no versions")
	}
	out := upstream.Listing{Source: npmName, Maintainers: hashed("npm", npmPeople(d.Maintainers))}
	out.Latest, _ = d.DistTags["latest"].(string)
	out.Repository, out.Directory = npmRepository(d.Repository)
	out.Homepage, out.Issues = npmAddress(d.Homepage), npmAddress(d.Bugs)
	tellScripts := false
	for _, x := range d.Versions {
		tellScripts = tellScripts || x.Scripts != nil
	}
	crews := map[string][]string{} // the same for many versions
	crew := func(v any) []string {
		names := npmPeople(v)
		key := strings.Join(names, "\n")
		if names != nil && crews[key] == nil {
			crews[key] = hashed("npm", names)
		}
		return crews[key]
	}
	for v, x := range d.Versions {
		at, _ := d.Time[v].(string)
		one := upstream.Release{Version: v, Published: when(at), License: npmLicense(x.License, x.Licenses), Deprecated: npmNote(x.Deprecated),
			InstallScript: x.installs(tellScripts), Maintainers: crew(x.Maintainers)}
		out.Versions = append(out.Versions, one)
	}
	if x, ok := d.Versions[out.Latest]; ok {
		// npm shows a package as deprecated when its latest version is.
		out.Deprecated = npmNote(x.Deprecated)
		if out.Repository == "" {
			out.Repository, out.Directory = npmRepository(x.Repository)
		}
		out.Homepage, out.Issues = cmp.Or(out.Homepage, npmAddress(x.Homepage)), cmp.Or(out.Issues, npmAddress(x.Bugs))
		if out.Maintainers == nil {
			out.Maintainers = hashed("npm", npmPeople(x.Maintainers))
		}
	}
	return out, name, nil
}

// installs says whether installing runs code. Where a document tells scripts at
// all, a version without any has none: registries add "install" for binding.gyp.
func (x *npmVersion) installs(told bool) upstream.Known {
	switch {
	case x.HasInstall != nil && *x.HasInstall, x.Scripts["preinstall"] != nil, x.Scripts["install"] != nil, x.Scripts["postinstall"] != nil:
		return upstream.Yes
	case x.HasInstall != nil || told:
		return upstream.No
	}
	return upstream.NotTold
}

// npmNote reads a message; true is found where there is none.
func npmNote(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case bool:
		if x {
			return "deprecated"
		}
	}
	return ""
}

// npmRepository reads a string or an object with "url" and "directory"
// (docs.npmjs.com, "repository").
func npmRepository(v any) (address, directory string) {
	switch x := v.(type) {
	case string:
		return x, ""
	case map[string]any:
		address, _ = x["url"].(string)
		directory, _ = x["directory"].(string)
	}
	return address, directory
}

// npmAddress reads a string, an object with "url", or the first of a list.
func npmAddress(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case map[string]any:
		s, _ := x["url"].(string)
		return s
	case []any:
		if len(x) > 0 {
			s, _ := x[0].(string)
			return s
		}
	}
	return ""
}

// npmLicense reads "MIT", {"type": "MIT"} and [{"type": "MIT"}, …].
func npmLicense(one, many any) string {
	for _, v := range []any{one, many} {
		switch x := v.(type) {
		case string:
			return x
		case map[string]any:
			if s, ok := x["type"].(string); ok {
				return s
			}
			if s, ok := x["name"].(string); ok {
				return s
			}
		case []any:
			var all []string
			for _, e := range x {
				if _, list := e.([]any); list { // of lists there is no end
					continue
				}
				if s := npmLicense(e, nil); s != "" {
					all = append(all, s)
				}
			}
			if len(all) > 0 {
				return strings.Join(all, " OR ")
			}
		}
	}
	return ""
}

// npmPeople gives account names: of objects, or of "name <address>".
func npmPeople(v any) []string {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	out := []string{}
	for _, e := range list {
		switch x := e.(type) {
		case string:
			name, _, _ := strings.Cut(x, "<")
			out = append(out, name)
		case map[string]any:
			if s, ok := x["name"].(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}
