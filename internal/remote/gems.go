package remote

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// ParseGems reads the versions of a gem (guides.rubygems.org/rubygems-org-api):
// one question tells all, but for owners. Yanked versions are not listed.
func ParseGems(b []byte) (upstream.Listing, error) {
	var d []struct {
		Number     string            `json:"number"`
		Created    string            `json:"created_at"`
		Licenses   []string          `json:"licenses"`
		Prerelease bool              `json:"prerelease"`
		Platform   string            `json:"platform"`
		Metadata   map[string]string `json:"metadata"`
		Downloads  int64             `json:"downloads_count"`
	}
	if json.Unmarshal(b, &d) != nil {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: gemsName}
	seen := map[string]bool{}
	for _, v := range d {
		out.Downloads += max(v.Downloads, 0)
		if seen[v.Number] { // once for each platform
			continue
		}
		seen[v.Number] = true
		out.Repository = cmp.Or(out.Repository, v.Metadata["source_code_uri"])
		out.Homepage = cmp.Or(out.Homepage, v.Metadata["homepage_uri"])
		out.Issues = cmp.Or(out.Issues, v.Metadata["bug_tracker_uri"])
		// The specification has no operator: a list is a choice (guides.rubygems.org,
		// specification reference, "licenses").
		out.Versions = append(out.Versions, upstream.Release{Version: v.Number, Published: when(v.Created), License: strings.Join(v.Licenses, " OR "), Pre: v.Prerelease})
	}
	return out, nil
}
