package remote

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// maxPages bounds the further pages of one package; a page has 64 versions.
const maxPages = 64

// nuget asks for a registration index, and for those of its pages that are not
// in it: with more than 128 versions, one question for each 64.
func (r *Registries) nuget(ctx context.Context, q Question) (Answer, error) {
	base := r.base("nuget")
	index, at, err := fetch(ctx, r, "nuget", "/"+strings.ToLower(q.Package.Name)+"/index.json", "", parseNuGet)
	if err != nil {
		return Answer{}, err
	}
	out := upstream.Listing{Source: nugetName, Observed: at}
	partial := false
	for n, page := range index.Items {
		if len(page.Items) == 0 && page.ID != "" {
			// An index that leads elsewhere is not followed: a page's address starts
			// with the registry's.
			if n >= maxPages || !strings.HasPrefix(page.ID, base+"/") {
				out.Doubts = append(out.Doubts, fmt.Sprintf("the versions %s to %s are on a page that was not asked for", clean(page.Lower, 50), clean(page.Upper, 50)))
				partial = true
				continue
			}
			full, _, err := fetch(ctx, r, "nuget", strings.TrimPrefix(page.ID, base), "", parseNuGetPage)
			if err != nil {
				out.Doubts = append(out.Doubts, fmt.Sprintf("the versions %s to %s could not be had: %v", clean(page.Lower, 50), clean(page.Upper, 50), err))
				partial = true
				continue
			}
			page = full
		}
		page.read(&out)
	}
	return Answer{Listing: out, partial: partial}, ctx.Err()
}

type nugetIndex struct {
	Items []nugetPage `json:"items"`
}

type nugetPage struct {
	ID    string `json:"@id"`
	Lower string `json:"lower"`
	Upper string `json:"upper"`
	Items []struct {
		Entry struct {
			Version     string `json:"version"`
			Published   string `json:"published"`
			License     string `json:"licenseExpression"`
			LicenseURL  string `json:"licenseUrl"`
			Listed      *bool  `json:"listed"`
			Project     string `json:"projectUrl"`
			Deprecation *struct {
				Message string   `json:"message"`
				Reasons []string `json:"reasons"`
			} `json:"deprecation"`
		} `json:"catalogEntry"`
	} `json:"items"`
}

func parseNuGet(b []byte) (d nugetIndex, err error) {
	if json.Unmarshal(b, &d) != nil || d.Items == nil {
		return d, errNotData(b)
	}
	return d, nil
}

func parseNuGetPage(b []byte) (d nugetPage, err error) {
	if json.Unmarshal(b, &d) != nil || d.Items == nil {
		return d, errNotData(b)
	}
	return d, nil
}

// ParseNuGet reads a registration index whose pages are all in it
// (learn.microsoft.com/nuget/api/registration-base-url-resource).
func ParseNuGet(b []byte) (upstream.Listing, error) {
	d, err := parseNuGet(b)
	out := upstream.Listing{Source: nugetName}
	for _, page := range d.Items {
		page.read(&out)
	}
	return out, err
}

func (page *nugetPage) read(out *upstream.Listing) {
	for _, x := range page.Items {
		e := x.Entry
		v := upstream.Release{Version: e.Version, Published: when(e.Published), License: cmp.Or(e.License, nugetLicense(e.LicenseURL))}
		// Unlisted ones are dated 1900.
		if e.Listed != nil && !*e.Listed || v.Published.IsZero() && strings.HasPrefix(e.Published, "1900") || v.Published.Year() == 1900 {
			v.Yanked = "unlisted"
		}
		if e.Deprecation != nil {
			v.Deprecated = cmp.Or(e.Deprecation.Message, strings.Join(e.Deprecation.Reasons, ", "), "deprecated")
		}
		if e.Project != "" {
			out.Homepage = e.Project
		}
		out.Versions = append(out.Versions, v)
	}
}

// nugetLicense reads the addresses that NuGet makes of license expressions, for
// older clients; any other stays as it is.
func nugetLicense(address string) string {
	if id, ok := strings.CutPrefix(address, "https://licenses.nuget.org/"); ok {
		return strings.ReplaceAll(id, "%20", " ")
	}
	if strings.HasPrefix(address, "https://aka.ms/deprecateLicenseUrl") {
		return "" // a file in the package
	}
	return address
}
