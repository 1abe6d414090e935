package remote

import (
	"cmp"
	"encoding/json"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// ParseCrates reads a crate of crates.io (crates.io/data-access): one question
// tells all versions with their licenses.
func ParseCrates(b []byte) (upstream.Listing, error) {
	var d struct {
		Crate *struct {
			Repository string `json:"repository"`
			Homepage   string `json:"homepage"`
			Max        string `json:"max_stable_version"`
			Newest     string `json:"newest_version"`
			Downloads  int64  `json:"downloads"`
		} `json:"crate"`
		Versions []struct {
			Num       string `json:"num"`
			License   string `json:"license"`
			Created   string `json:"created_at"`
			Yanked    bool   `json:"yanked"`
			Message   string `json:"yank_message"`
			Published *struct {
				Login string `json:"login"`
			} `json:"published_by"`
		} `json:"versions"`
	}
	if json.Unmarshal(b, &d) != nil || d.Crate == nil {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: cratesName, Latest: cmp.Or(d.Crate.Max, d.Crate.Newest), Repository: d.Crate.Repository, Homepage: d.Crate.Homepage, Downloads: max(d.Crate.Downloads, 0)}
	for _, v := range d.Versions {
		one := upstream.Release{Version: v.Num, Published: when(v.Created), License: v.License}
		if v.Yanked {
			one.Yanked = cmp.Or(v.Message, "yanked")
		}
		out.Versions = append(out.Versions, one)
	}
	return out, nil
}
