package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// listingBody is a listing as it is kept: thousands are read for one report, so
// what is empty takes no room, and people who published many versions stand once.
type listingBody struct {
	Latest, Deprecated                      string         `json:",omitempty"`
	Archived                                upstream.Known `json:",omitempty"`
	Repository, Directory, Homepage, Issues string         `json:",omitempty"`
	Maintainers                             []string       `json:",omitempty"`
	Owners                                  int            `json:",omitempty"`
	Downloads, Dependents                   int64          `json:",omitempty"`
	Doubts                                  []string       `json:",omitempty"`
	Crews                                   [][]string     `json:",omitempty"`
	Versions                                []releaseBody  `json:",omitempty"`
}

// releaseBody is one version.
type releaseBody struct {
	Version    string          `json:"v"`
	Published  int64           `json:"t,omitempty"` // milliseconds since 1970
	License    string          `json:"l,omitempty"`
	Detected   string          `json:"d,omitempty"`
	Terms      *upstream.Clock `json:"c,omitempty"`
	Deprecated string          `json:"x,omitempty"`
	Yanked     string          `json:"y,omitempty"`
	Script     upstream.Known  `json:"s,omitempty"`
	Crew       int             `json:"m,omitempty"` // index in Crews, from 1 on
	Pre        bool            `json:"p,omitempty"`
}

// packListing gives a listing as it is kept; the digest leaves out when it was
// observed.
func packListing(l *upstream.Listing) (body []byte, digest string, err error) {
	b := listingBody{Latest: l.Latest, Deprecated: l.Deprecated, Archived: l.Archived, Repository: l.Repository, Directory: l.Directory, Homepage: l.Homepage, Issues: l.Issues,
		Maintainers: l.Maintainers, Owners: l.Owners, Downloads: l.Downloads, Dependents: l.Dependents, Doubts: l.Doubts}
	crews := map[string]int{}
	for _, r := range l.Versions {
		v := releaseBody{Version: r.Version, License: r.License, Detected: r.Detected, Deprecated: r.Deprecated, Yanked: r.Yanked, Script: r.InstallScript, Pre: r.Pre}
		if !r.Published.IsZero() {
			v.Published = r.Published.UnixMilli()
		}
		if r.Terms != (upstream.Clock{}) {
			v.Terms = &r.Terms
		}
		if r.Maintainers != nil {
			key := strings.Join(r.Maintainers, "\n")
			if crews[key] == 0 {
				b.Crews = append(b.Crews, r.Maintainers)
				crews[key] = len(b.Crews)
			}
			v.Crew = crews[key]
		}
		b.Versions = append(b.Versions, v)
	}
	text, err := toJSON(b)
	if err != nil {
		return nil, "", err
	}
	sum := sha256.Sum256([]byte(text))
	return Compress([]byte(text)), hex.EncodeToString(sum[:]), nil
}

// unpackListing reads what [packListing] wrote.
func unpackListing(name, source, observed string, body []byte) (upstream.Listing, error) {
	var b listingBody
	raw, err := Decompress(body)
	if err == nil {
		err = fromJSON(raw, &b)
	}
	p, bad := inventory.ParsePURL(name)
	if err == nil {
		err = bad
	}
	if err != nil {
		return upstream.Listing{}, fmt.Errorf("what the store keeps of %s is damaged: %w", name, err)
	}
	l := upstream.Listing{Package: p, Source: source, Observed: parseTime(observed), Latest: b.Latest, Deprecated: b.Deprecated, Archived: b.Archived, Repository: b.Repository,
		Directory: b.Directory, Homepage: b.Homepage, Issues: b.Issues, Maintainers: b.Maintainers, Owners: b.Owners, Downloads: b.Downloads, Dependents: b.Dependents, Doubts: b.Doubts,
		Versions: slices.Grow([]upstream.Release(nil), len(b.Versions))}
	for i := range b.Versions {
		v := &b.Versions[i]
		r := upstream.Release{Version: v.Version, License: v.License, Detected: v.Detected, Deprecated: v.Deprecated, Yanked: v.Yanked, InstallScript: v.Script, Pre: v.Pre}
		if v.Published != 0 {
			r.Published = time.UnixMilli(v.Published).UTC()
		}
		if v.Terms != nil {
			r.Terms = *v.Terms
		}
		if v.Crew > 0 && v.Crew <= len(b.Crews) {
			r.Maintainers = b.Crews[v.Crew-1]
		}
		l.Versions = append(l.Versions, r)
	}
	return l, nil
}
