package contribution

import (
	"time"

	"github.com/tributary-oss/tributary/internal/people"
)

// Commit is what one commit says of itself. It is keyed by ID, so that forks
// and mirrors of a repository do not count twice.
type Commit struct {
	ID      string // hex object id
	Parents []string
	Author  people.Identity
	// Authored and Committed keep the zone that the commit states. A date that
	// can't be (before 1970-01-02, or later than the day it was read by more
	// than a day) is kept and counted as odd.
	Authored  time.Time
	Committer people.Identity
	Committed time.Time
	Subject   string
	Trailers  []Trailer
	// Paths are the paths touched against the first parent; nil when they were
	// not asked for or can't be known (a partial clone).
	Paths []string
	// Lines is nil when lines were not mined.
	Lines *Lines
}

// Trailer is a line at the end of a message that names somebody.
type Trailer struct {
	Kind Kind
	Who  people.Identity
}

// Lines is the costlier part of a commit.
type Lines struct {
	Added, Removed int
	// PatchID names the change without its place, so that cherry-picks and
	// backports are recognized; empty for merges.
	PatchID string
}

// Kind is what somebody did for a commit.
type Kind string

// Kinds, in the order in which reports show them.
const (
	Authored   Kind = "authored"
	CoAuthored Kind = "co-authored" // Co-authored-by, Co-developed-by
	Committed  Kind = "committed"   // only where the committer is not the author
	SignedOff  Kind = "signed-off"  // Signed-off-by of somebody else than the author
	Reviewed   Kind = "reviewed"    // Reviewed-by, Acked-by
	Tested     Kind = "tested"      // Tested-by
	Reported   Kind = "reported"    // Reported-by, Suggested-by
)

// Tally counts what one identity did to one repository on one day.
type Tally struct {
	// Repository is the key of the history: that of the repository which holds
	// the commits, or of the upstream that its forks and mirrors share.
	Repository string
	Who        people.Identity
	Kind       Kind
	Merge      bool // merges are counted apart
	// Day counts days since 1970-01-01 UTC.
	Day   int
	Count int
	// First and Last are the earliest and latest moment in the tally.
	First, Last time.Time
	// Added and Removed are 0 with Lines false when lines were not mined.
	Lines          bool
	Added, Removed int
}

// Release is a tag that names a version.
type Release struct {
	Repository string
	Tag        string
	Version    string // the tag without prefix
	Prerelease bool
	At         time.Time
}
