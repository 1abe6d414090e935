package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// depsDevSystems are deps.dev's names of kinds (docs.deps.dev/api/v3).
var depsDevSystems = map[string]string{"golang": "go", "npm": "npm", "pypi": "pypi", "cargo": "cargo", "maven": "maven", "gem": "rubygems", "nuget": "nuget"}

// depsDev asks one question for a package and one for each version whose license
// is wanted.
func (r *Registries) depsDev(ctx context.Context, q Question) (Answer, error) {
	system := depsDevSystems[q.Package.Type]
	if system == "" {
		return Answer{}, ErrNoRegistry
	}
	if err := r.private(q.Package); err != nil {
		return Answer{}, err
	}
	path := "/v3/systems/" + system + "/packages/" + url.PathEscape(q.Package.FullName())
	a, err := r.one(ctx, FromDepsDev, path, ParseDepsDev)
	if err != nil {
		return a, err
	}
	for _, v := range q.licensed(a.Listing.Latest) {
		have := a.Listing.Find(v)
		if have == nil || ctx.Err() != nil {
			continue
		}
		one, _, err := fetch(ctx, r, FromDepsDev, path+"/versions/"+url.PathEscape(v), "", parseDepsDevVersion)
		if err != nil {
			a.Listing.Doubts = append(a.Listing.Doubts, "the license of "+v+" could not be had: "+err.Error())
			continue
		}
		have.License = strings.Join(one.licenses(), " AND ")
		for _, link := range one.Links {
			switch link.Label {
			case "SOURCE_REPO":
				a.Listing.Repository = cmp.Or(a.Listing.Repository, link.URL)
			case "HOMEPAGE":
				a.Listing.Homepage = cmp.Or(a.Listing.Homepage, link.URL)
			case "ISSUE_TRACKER":
				a.Listing.Issues = cmp.Or(a.Listing.Issues, link.URL)
			}
		}
	}
	return a, ctx.Err()
}

// ParseDepsDev reads a package of deps.dev (docs.deps.dev/api/v3, GetPackage):
// versions with dates and which is the default.
func ParseDepsDev(b []byte) (upstream.Listing, error) {
	var d struct {
		Versions []struct {
			Key struct {
				Version string `json:"version"`
			} `json:"versionKey"`
			Published  string `json:"publishedAt"`
			Default    bool   `json:"isDefault"`
			Deprecated bool   `json:"isDeprecated"`
			Why        string `json:"deprecatedReason"`
		} `json:"versions"`
	}
	if json.Unmarshal(b, &d) != nil || d.Versions == nil {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: depsDevName}
	for _, v := range d.Versions {
		one := upstream.Release{Version: v.Key.Version, Published: when(v.Published)}
		if v.Deprecated {
			one.Deprecated = cmp.Or(v.Why, "deprecated")
		}
		if v.Default {
			out.Latest = one.Version
		}
		out.Versions = append(out.Versions, one)
	}
	return out, nil
}

// depsDevVersion is a version of deps.dev (GetVersion).
type depsDevVersion struct {
	Licenses []string `json:"licenses"`
	Links    []struct {
		Label string `json:"label"`
		URL   string `json:"url"`
	} `json:"links"`
	Key *struct {
		Version string `json:"version"`
	} `json:"versionKey"`
}

// licenses leaves out what stands for "not a known license".
func (d *depsDevVersion) licenses() []string {
	return slices.DeleteFunc(slices.Clone(d.Licenses), func(s string) bool { return s == "" || s == "non-standard" })
}

func parseDepsDevVersion(b []byte) (d depsDevVersion, err error) {
	if json.Unmarshal(b, &d) != nil || d.Key == nil {
		return d, errNotData(b)
	}
	return d, nil
}

// ecosystemsRegistries are the names of registries in ecosyste.ms.
var ecosystemsRegistries = map[string]string{"golang": "proxy.golang.org", "npm": "npmjs.org", "pypi": "pypi.org", "cargo": "crates.io",
	"maven": "repo1.maven.org", "gem": "rubygems.org", "nuget": "nuget.org", "composer": "packagist.org", "hex": "hex.pm", "pub": "pub.dev", "cocoapods": "cocoapods.org"}

// ecosystems asks one question for a package, and one for its versions.
func (r *Registries) ecosystems(ctx context.Context, q Question) (Answer, error) {
	registry := ecosystemsRegistries[q.Package.Type]
	if registry == "" {
		return Answer{}, ErrNoRegistry
	}
	if err := r.private(q.Package); err != nil {
		return Answer{}, err
	}
	path := "/api/v1/registries/" + registry + "/packages/" + url.PathEscape(q.Package.FullName())
	a, err := r.one(ctx, FromEcosystems, path, ParseEcosystems)
	if err != nil {
		return a, err
	}
	versions, _, err := fetch(ctx, r, FromEcosystems, path+"/versions?per_page=1000", "", ParseEcosystemsVersions)
	if err != nil {
		a.Listing.Doubts = append(a.Listing.Doubts, "the versions could not be had: "+err.Error())
		return a, ctx.Err()
	}
	if latest := a.Listing.Find(a.Listing.Latest); latest != nil {
		for i := range versions {
			if v := &versions[i]; v.Version == latest.Version {
				v.License = cmp.Or(v.License, latest.License)
				if v.Published.IsZero() {
					v.Published = latest.Published
				}
			}
		}
	}
	if len(versions) > 0 {
		a.Listing.Versions = versions
	}
	return a, nil
}

// ParseEcosystems reads a package of ecosyste.ms (packages.ecosyste.ms/docs).
func ParseEcosystems(b []byte) (upstream.Listing, error) {
	var d struct {
		Name       string `json:"name"`
		Latest     string `json:"latest_release_number"`
		Published  string `json:"latest_release_published_at"`
		Repository string `json:"repository_url"`
		Homepage   string `json:"homepage"`
		Status     string `json:"status"`
		Licenses   string `json:"licenses"`
		Downloads  int64  `json:"downloads"`
		Dependents int64  `json:"dependent_packages_count"`
		Repo       *struct {
			Archived bool `json:"archived"`
		} `json:"repo_metadata"`
		Maintainers []struct {
			Login string `json:"login"`
			Name  string `json:"name"`
		} `json:"maintainers"`
	}
	if json.Unmarshal(b, &d) != nil || d.Name == "" && d.Latest == "" {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: ecosystemsName, Latest: d.Latest, Repository: d.Repository, Homepage: d.Homepage, Downloads: max(d.Downloads, 0), Dependents: max(d.Dependents, 0)}
	if d.Repo != nil {
		out.Archived = upstream.KnownBool(d.Repo.Archived)
	}
	if d.Status != "" && d.Status != "active" {
		out.Deprecated = d.Status
	}
	for _, m := range d.Maintainers {
		out.Maintainers = append(out.Maintainers, cmp.Or(m.Login, m.Name))
	}
	out.Maintainers = hashed("ecosyste.ms", out.Maintainers)
	if d.Latest != "" {
		out.Versions = append(out.Versions, upstream.Release{Version: d.Latest, Published: when(d.Published), License: d.Licenses})
	}
	return out, nil
}

// ParseEcosystemsVersions reads the versions of a package of ecosyste.ms.
func ParseEcosystemsVersions(b []byte) ([]upstream.Release, error) {
	var d []struct {
		Number    string `json:"number"`
		Published string `json:"published_at"`
		Licenses  string `json:"licenses"`
		Status    string `json:"status"`
	}
	if json.Unmarshal(b, &d) != nil {
		return nil, errNotData(b)
	}
	out := make([]upstream.Release, 0, len(d))
	for _, v := range d {
		one := upstream.Release{Version: v.Number, Published: when(v.Published), License: v.Licenses}
		switch v.Status {
		case "", "active":
		case "deprecated":
			one.Deprecated = v.Status
		default:
			one.Yanked = v.Status
		}
		out = append(out, one)
	}
	return out, nil
}

// private says which names no collection may hear: those that the settings send
// elsewhere.
func (r *Registries) private(p inventory.PURL) error {
	if p.Type == "npm" {
		if registry, _ := r.Npm.registryFor(p.FullName()); registry != publicNpm && strings.TrimRight(registry, "/")+"/" != publicNpm {
			return ErrPrivate
		}
	}
	if p.Type == "golang" {
		if _, err := r.module(context.Background(), p.FullName()); err != nil {
			return err
		}
	}
	if r.Bases[p.Type] != "" {
		return ErrPrivate
	}
	return nil
}
