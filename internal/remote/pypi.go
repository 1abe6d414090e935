package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// pypi asks one question for a package, and one more for each version in use
// whose license is wanted and that is not the latest: PyPI tells the license of
// one version at a time.
func (r *Registries) pypi(ctx context.Context, q Question) (Answer, error) {
	a, err := r.one(ctx, "pypi", "/pypi/"+q.Package.Name+"/json", ParsePyPI)
	if err != nil {
		return a, err
	}
	for _, v := range q.Licensed {
		have := a.Listing.Find(v)
		if have == nil || have.License != "" || ctx.Err() != nil || badVersion(v) {
			continue
		}
		one, _, err := fetch(ctx, r, "pypi", "/pypi/"+q.Package.Name+"/"+v+"/json", "", ParsePyPI)
		if err != nil {
			a.Listing.Doubts = append(a.Listing.Doubts, "the license of "+v+" could not be had: "+err.Error())
			continue
		}
		if told := one.Find(v); told != nil {
			have.License = told.License
		}
	}
	return a, ctx.Err()
}

// badVersion refuses versions that would change an address.
func badVersion(v string) bool {
	return v == "" || len(v) > 200 || strings.ContainsAny(v, "/?#%\\ \t\r\n\x00") || v == "." || v == ".."
}

// ParsePyPI reads PyPI's JSON form (docs.pypi.org/api/json), of a package or of
// one version. The license is that of the version that "info" describes.
func ParsePyPI(b []byte) (upstream.Listing, error) {
	type file struct {
		Upload string `json:"upload_time_iso_8601"`
		Yanked bool   `json:"yanked"`
		Reason string `json:"yanked_reason"`
	}
	var d struct {
		Info *struct {
			Version     string            `json:"version"`
			License     string            `json:"license"`
			Expression  string            `json:"license_expression"`
			HomePage    string            `json:"home_page"`
			ProjectURLs map[string]string `json:"project_urls"`
			Classifiers []string          `json:"classifiers"`
		} `json:"info"`
		Releases map[string][]file `json:"releases"`
		URLs     []file            `json:"urls"`
		// Status is PEP 792's; Ownership is that of organizations and users.
		Status    struct{ Status, Reason string } `json:"project_status"`
		Ownership struct {
			Roles []struct{ User, Role string } `json:"roles"`
		} `json:"ownership"`
	}
	if json.Unmarshal(b, &d) != nil || d.Info == nil {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: pypiName, Latest: d.Info.Version, Homepage: d.Info.HomePage}
	pypiLinks(&out, d.Info.ProjectURLs)
	switch d.Status.Status {
	case "archived":
		out.Archived = upstream.Yes
	case "deprecated", "quarantined":
		out.Deprecated = cmp.Or(d.Status.Reason, d.Status.Status)
	case "active":
		out.Archived = upstream.No
	}
	if slices.Contains(d.Info.Classifiers, "Development Status :: 7 - Inactive") && out.Deprecated == "" {
		out.Deprecated = "its classifiers say that it is inactive"
	}
	for _, role := range d.Ownership.Roles {
		out.Maintainers = append(out.Maintainers, role.User)
	}
	out.Maintainers = hashed("pypi", out.Maintainers)
	if d.Releases == nil {
		d.Releases = map[string][]file{d.Info.Version: d.URLs}
	}
	for v, files := range d.Releases {
		one := upstream.Release{Version: v}
		yanked := 0
		for _, f := range files {
			if at := when(f.Upload); !at.IsZero() && (one.Published.IsZero() || at.Before(one.Published)) {
				one.Published = at
			}
			if f.Yanked {
				yanked++
				one.Yanked = cmp.Or(f.Reason, one.Yanked)
			}
		}
		// One is taken back when all its files are (PEP 592); without files it can
		// not be installed.
		switch {
		case len(files) == 0:
			one.Yanked = "all its files were deleted"
		case yanked < len(files):
			one.Yanked = ""
		default:
			one.Yanked = cmp.Or(one.Yanked, "yanked")
		}
		if v == out.Latest {
			one.License = cmp.Or(d.Info.Expression, shortLicense(d.Info.License), licenseClassifiers(d.Info.Classifiers))
		}
		out.Versions = append(out.Versions, one)
	}
	return out, nil
}

// pypiLinks sorts the links of a project by their labels
// (packaging.python.org, "Well-known labels").
func pypiLinks(out *upstream.Listing, links map[string]string) {
	for _, label := range slices.Sorted(maps.Keys(links)) {
		key := strings.Map(func(r rune) rune {
			if 'a' <= r && r <= 'z' {
				return r
			}
			return -1
		}, strings.ToLower(label))
		at := (*string)(nil)
		switch key {
		case "source", "sourcecode", "repository", "code", "github", "gitlab", "git", "sources":
			at = &out.Repository
		case "homepage", "home":
			at = &out.Homepage
		case "issues", "bugs", "issue", "tracker", "issuetracker", "bugtracker", "bugreports":
			at = &out.Issues
		}
		if at != nil && *at == "" {
			*at = links[label]
		}
	}
}

// shortLicense leaves out whole texts, which some put in the field, and words
// that say nothing.
func shortLicense(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 150 || strings.Contains(s, "\n") || strings.EqualFold(s, "unknown") {
		return ""
	}
	return s
}

// licenseClassifiers joins the classifiers of licenses; several mean a choice as
// little as they mean all, so they stay as written.
func licenseClassifiers(list []string) string {
	var out []string
	for _, c := range list {
		if strings.HasPrefix(c, "License :: ") && c != "License :: OSI Approved" {
			out = append(out, c)
		}
	}
	return strings.Join(out, "\n")
}
