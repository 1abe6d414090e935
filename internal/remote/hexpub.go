package remote

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/upstream"
)

// ParseHex reads a package of hex.pm (github.com/hexpm/specifications, apiary.apib).
// The licenses are those of the latest version.
func ParseHex(b []byte) (upstream.Listing, error) {
	var d struct {
		Name string `json:"name"`
		Meta struct {
			Licenses []string          `json:"licenses"`
			Links    map[string]string `json:"links"`
		} `json:"meta"`
		Latest   string `json:"latest_stable_version"`
		Releases []struct {
			Version  string `json:"version"`
			Inserted string `json:"inserted_at"`
		} `json:"releases"`
		Retired map[string]struct {
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"retirements"`
		Owners []struct {
			Username string `json:"username"`
		} `json:"owners"`
	}
	if json.Unmarshal(b, &d) != nil || d.Name == "" {
		return upstream.Listing{}, errNotData(b)
	}
	out := upstream.Listing{Source: hexName, Latest: d.Latest}
	for _, label := range slices.Sorted(maps.Keys(d.Meta.Links)) {
		switch strings.ToLower(label) {
		case "github", "gitlab", "source", "repository", "git", "codeberg", "sourcehut":
			out.Repository = cmp.Or(out.Repository, d.Meta.Links[label])
		case "website", "homepage":
			out.Homepage = cmp.Or(out.Homepage, d.Meta.Links[label])
		}
	}
	for _, o := range d.Owners {
		out.Maintainers = append(out.Maintainers, o.Username)
	}
	out.Maintainers = hashed("hex", out.Maintainers)
	for _, r := range d.Releases {
		one := upstream.Release{Version: r.Version, Published: when(r.Inserted)}
		if r.Version == d.Latest {
			one.License = strings.Join(d.Meta.Licenses, " AND ")
		}
		if x, ok := d.Retired[r.Version]; ok {
			one.Yanked = cmp.Or(x.Message, x.Reason, "retired")
		}
		out.Versions = append(out.Versions, one)
	}
	return out, nil
}

// ParsePub reads a package of pub.dev (github.com/dart-lang/pub,
// doc/repository-spec-v2.md). It tells no licenses.
func ParsePub(b []byte) (upstream.Listing, error) {
	type version struct {
		Version   string `json:"version"`
		Published string `json:"published"`
		Retracted bool   `json:"retracted"`
		Pubspec   struct {
			Repository any `json:"repository"`
			Homepage   any `json:"homepage"`
			Issues     any `json:"issue_tracker"`
		} `json:"pubspec"`
	}
	var d struct {
		Discontinued bool      `json:"isDiscontinued"`
		Replaced     string    `json:"replacedBy"`
		Latest       version   `json:"latest"`
		Versions     []version `json:"versions"`
	}
	if json.Unmarshal(b, &d) != nil || d.Versions == nil {
		return upstream.Listing{}, errNotData(b)
	}
	spec := d.Latest.Pubspec
	out := upstream.Listing{Source: pubName, Latest: d.Latest.Version, Repository: npmAddress(spec.Repository), Homepage: npmAddress(spec.Homepage), Issues: npmAddress(spec.Issues)}
	switch {
	case d.Discontinued && d.Replaced != "":
		out.Deprecated = "discontinued; use " + d.Replaced
	case d.Discontinued:
		out.Deprecated = "discontinued"
	}
	for _, v := range d.Versions {
		one := upstream.Release{Version: v.Version, Published: when(v.Published), InstallScript: upstream.No}
		if v.Retracted {
			one.Yanked = "retracted"
		}
		out.Versions = append(out.Versions, one)
	}
	return out, nil
}
