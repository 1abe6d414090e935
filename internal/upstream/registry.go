package upstream

import (
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Known is an answer that may be missing: registries leave out what they like.
type Known int

// The three answers; the zero value is that nobody tells.
const (
	NotTold Known = iota
	Yes
	No
)

// KnownBool is the answer of somebody who tells.
func KnownBool(b bool) Known {
	if b {
		return Yes
	}
	return No
}

// Listing is what one registry tells of one package. Every field may be empty:
// empty is "not told".
type Listing struct {
	Package inventory.PURL // without version
	Source  string         // "npm registry"
	// Observed is when the registry was asked.
	Observed time.Time
	// Latest is the latest stable version by the registry's own word, or by the
	// ecosystem's order where it has none.
	Latest string
	// Deprecated is the message for the package as a whole.
	Deprecated string
	// Archived says that the package or its repository is archived.
	Archived Known
	// Repository, Directory, Homepage and Issues are as written.
	Repository, Directory, Homepage, Issues string
	// Maintainers are those of today: short hashes of account names, sorted, so
	// that a change can be told without keeping people's names.
	Maintainers []string
	// Owners is the number of maintainers where only that is told, else their
	// number; 0 is not told.
	Owners int
	// Downloads and Dependents are the registry's counts, 0 when not told.
	Downloads, Dependents int64
	// Versions in the order of the ecosystem, least first.
	Versions []Release
	// Doubts say in words what could not be had or read.
	Doubts []string
}

// Release is one published version.
type Release struct {
	Version   string
	Published time.Time // zero when not told
	// License is as declared in this version, verbatim; Detected is an SPDX
	// expression found in its license text.
	License, Detected string
	// Terms are the parameters of a clocked license (BUSL, FSL) in its text.
	Terms Clock
	// Deprecated and Yanked hold the message; Yanked (retracted, unlisted) is
	// "yanked" where there is none.
	Deprecated, Yanked string
	// InstallScript says whether installing runs a script of the package.
	InstallScript Known
	// Maintainers are those at the time of publication, as in [Listing].
	Maintainers []string
	Pre         bool // a prerelease
}

// Find gives a version's release; nil when the registry does not list it.
func (l *Listing) Find(version string) *Release {
	i := slices.IndexFunc(l.Versions, func(r Release) bool { return r.Version == version })
	if i < 0 {
		return nil
	}
	return &l.Versions[i]
}

// Metadata is what the listing tells of where the source lies; false when it
// tells nothing.
func (l *Listing) Metadata() (Metadata, bool) {
	m := Metadata{Package: l.Package, Repository: l.Repository, Directory: l.Directory, Homepage: l.Homepage, Issues: l.Issues, Source: l.Source, Observed: l.Observed}
	return m, l.Repository != "" || l.Homepage != "" || l.Issues != ""
}

// Merge adds to what was heard last what an earlier answer knew of versions
// that are not told any more: registries hide, and are asked in parts. Orders
// by less.
func Merge(old, last Listing, less func(a, b string) int) Listing {
	if len(old.Versions) == 0 {
		return last
	}
	have := make(map[string]int, len(last.Versions))
	merged := slices.Clone(last.Versions)
	for i, r := range merged {
		have[r.Version] = i
	}
	for _, r := range old.Versions {
		i, ok := have[r.Version]
		if !ok {
			merged = append(merged, r)
			continue
		}
		merged[i] = merged[i].fill(r)
	}
	slices.SortStableFunc(merged, func(a, b Release) int { return less(a.Version, b.Version) })
	last.Versions = merged
	return last
}

// fill takes from an earlier answer what the present one does not tell.
func (r Release) fill(old Release) Release {
	if r.Published.IsZero() {
		r.Published = old.Published
	}
	if r.License == "" {
		r.License = old.License
	}
	if r.Detected == "" {
		r.Detected, r.Terms = old.Detected, old.Terms
	}
	if r.InstallScript == NotTold {
		r.InstallScript = old.InstallScript
	}
	if r.Maintainers == nil {
		r.Maintainers = old.Maintainers
	}
	return r
}

// IsPrerelease says whether a version of an ecosystem is one before a release:
// a hyphen in SemVer, letters in PEP 440, RubyGems and Maven.
func IsPrerelease(typ, version string) bool {
	v := strings.ToLower(version)
	switch typ {
	case "pypi":
		v, _, _ = strings.Cut(v, "+")
		for _, mark := range []string{"a", "b", "c", "rc", "dev", "alpha", "beta", "pre"} {
			if i := strings.Index(v, mark); i > 0 && !strings.HasPrefix(v[i:], "post") && (isDigitByte(v[i-1]) || strings.ContainsRune(".-_", rune(v[i-1]))) {
				return true
			}
		}
		return false
	case "gem":
		return strings.ContainsFunc(v, func(r rune) bool { return 'a' <= r && r <= 'z' })
	case "maven":
		for _, mark := range []string{"alpha", "beta", "snapshot", "-rc", ".rc", "-cr", ".cr", "-m", ".m", "-b", "preview", "-ea", "incubating-pre"} {
			if i := strings.Index(v, mark); i > 0 && (len(mark) > 3 || i+len(mark) == len(v) || isDigitByte(v[i+len(mark)]) || v[i+len(mark)] == '-' || v[i+len(mark)] == '.') {
				return true
			}
		}
		return false
	}
	v, _, _ = strings.Cut(v, "+")
	return strings.Contains(v, "-")
}

func isDigitByte(c byte) bool { return '0' <= c && c <= '9' }

// LatestStable picks the last stable version that is neither yanked nor
// deprecated; where all are deprecated the last stable one; "" when there is none.
func LatestStable(sorted []Release) string {
	second := ""
	for _, r := range slices.Backward(sorted) {
		switch {
		case r.Pre || r.Yanked != "":
		case r.Deprecated == "":
			return r.Version
		case second == "":
			second = r.Version
		}
	}
	return second
}

// Join fills what one source leaves out from what another tells, and names both
// where it did.
func Join(first, more Listing, less func(a, b string) int) Listing {
	out := Merge(more, first, less)
	filled := len(out.Versions) > len(first.Versions)
	for i := range min(len(out.Versions), len(first.Versions)) {
		filled = filled || !out.Versions[i].same(&first.Versions[i])
	}
	text := func(to *string, from string) {
		if *to == "" && from != "" {
			*to, filled = from, true
		}
	}
	text(&out.Latest, more.Latest)
	text(&out.Deprecated, more.Deprecated)
	text(&out.Repository, more.Repository)
	text(&out.Homepage, more.Homepage)
	text(&out.Issues, more.Issues)
	if out.Archived == NotTold && more.Archived != NotTold {
		out.Archived, filled = more.Archived, true
	}
	if out.Observed.IsZero() || filled && more.Observed.After(out.Observed) {
		out.Observed = more.Observed
	}
	if filled && more.Source != "" {
		out.Source += ", " + more.Source
	}
	return out
}

func (r *Release) same(o *Release) bool {
	return r.Version == o.Version && r.Published.Equal(o.Published) && r.License == o.License && r.Detected == o.Detected && r.InstallScript == o.InstallScript
}
