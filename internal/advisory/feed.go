package advisory

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// StaleAfter is from when on a feed is too old to be relied upon.
const StaleAfter = 7 * 24 * time.Hour

// Feed is one source of advisories as it was last read.
type Feed struct {
	Name     string // "Go", "PyPI", "kev", "epss", or the file's name
	Location string // where it was read from, without credentials
	Kind     string // "osv", "kev", "epss"
	// Ecosystems lists what it told of, sorted; a release only where the feed is of
	// that release alone.
	Ecosystems []string
	Checked    time.Time // when it was last read
	Newest     time.Time // newest record in it
	// Made is the date of the data: of the server's file where it came over the
	// network, else of the newest record. A copy read today from an old file is
	// old.
	Made     time.Time
	Records  int
	Problems int // records that were not or only partly understood
	// Partial says that the last reading did not reach the end.
	Partial bool
	// Fault is what went wrong in words, for a partial feed.
	Fault string
}

// Mirror is the state of the advisory data behind an answer.
type Mirror struct {
	Feeds []Feed
	Asked time.Time
}

// Empty is true when there is no advisory data at all.
func (m Mirror) Empty() bool {
	return !slices.ContainsFunc(m.Feeds, func(f Feed) bool { return f.Kind == "osv" && f.Records > 0 })
}

// Covers says whether some feed tells of an ecosystem. One that tells of Debian
// tells of all its releases, one of Debian:12 of that alone.
func (m Mirror) Covers(ecosystem string) bool {
	base, _, _ := strings.Cut(ecosystem, ":")
	for _, f := range m.Feeds {
		if f.Kind == "osv" && (slices.Contains(f.Ecosystems, ecosystem) || slices.Contains(f.Ecosystems, base)) {
			return true
		}
	}
	return false
}

// Stale says whether a feed's data is older than [StaleAfter].
func (f Feed) Stale(now time.Time) bool { return now.Sub(f.Made) > StaleAfter }

// Doubts says in words what is missing, old or incomplete in the mirror: each
// a sentence that belongs beside every answer. None means that the data is
// whole and fresh.
func (m Mirror) Doubts() []string {
	if m.Empty() {
		return []string{"There is no advisory data: nothing can be said about vulnerabilities. Run \"tributary advisory update\" first."}
	}
	var out []string
	for _, f := range m.Feeds {
		switch {
		case f.Records == 0 && f.Kind == "osv" && !f.Partial:
			out = append(out, fmt.Sprintf("Advisories of %s: the source holds no records.", f.Name))
		case f.Records > 0 && f.Stale(m.Asked):
			out = append(out, fmt.Sprintf("%s %s old (newest record %s, read %s): what was published since is missing.",
				f.label(), plural(int(m.Asked.Sub(f.Made).Hours()/24), "day", "days"), day(f.Newest), day(f.Checked)))
		}
		if f.Partial {
			out = append(out, fmt.Sprintf("%s incomplete: %s.", f.label(), strings.TrimSuffix(f.Fault, ".")))
		}
		if f.Problems > 0 {
			out = append(out, fmt.Sprintf("Not or only partly understood of %s: %s (tributary advisory status -v lists them).", f.Name, plural(f.Problems, "record", "records")))
		}
	}
	return out
}

// label opens a sentence about the feed.
func (f Feed) label() string {
	switch f.Kind {
	case "kev":
		return "CISA's catalog of exploited vulnerabilities is"
	case "epss":
		return "FIRST's scores of exploitation (EPSS) are"
	}
	return "Advisories of " + f.Name + " are"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func day(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.Format(time.DateOnly)
}
