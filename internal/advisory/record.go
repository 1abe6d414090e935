package advisory

import "time"

// Kind is the class of a finding. Classes are never mixed: the count of
// vulnerabilities holds vulnerabilities only.
type Kind string

// The kinds.
const (
	Vulnerability Kind = "vulnerability"
	// Informational records tell of a package's health (RustSec: unmaintained,
	// notice, unsound), not of an attack.
	Informational Kind = "informational"
	// StdlibCandidate is a vulnerability of Go's standard library or toolchain
	// in the lowest version that a go.mod admits; what is built with is newer
	// or the same, so it is a lower bound and a question, not an answer.
	StdlibCandidate Kind = "stdlib-candidate"
	// Malware records name packages that were made to do harm.
	Malware Kind = "malware"
)

// Kinds lists all kinds in the order in which people read them.
var Kinds = []Kind{Malware, Vulnerability, StdlibCandidate, Informational}

// Record is one advisory as its source wrote it, in the OSV schema
// (ossf.github.io/osv-schema). What could not be understood is in Problems and
// never stops the rest.
type Record struct {
	ID        string
	Modified  time.Time
	Published time.Time
	Withdrawn time.Time // zero unless the source took it back
	Aliases   []string  // other names of the same vulnerability
	Upstream  []string  // names of what this one was derived from
	Related   []string
	Summary   string
	Details   string
	Kind      Kind
	// Note is the source's word for an informational record: "unmaintained".
	Note       string
	Severity   Severity
	Affected   []Affected
	References []Reference
	Problems   []string
}

// Reference is a link of a record.
type Reference struct{ Type, URL string }

// Affected is one package of a record with the versions meant.
type Affected struct {
	Key      Key
	Ranges   []Range
	Versions []string
	// Imports are Go's packages and symbols, where the record names them.
	Imports []Import
	// Own says that the project counts otherwise than the ecosystem does (Go's
	// custom_ranges): its own ranges, as text.
	Own string
}

// Import is a Go package and the symbols in it that are affected; no symbols
// means all.
type Import struct {
	Path    string
	Symbols []string
}

// Range is a list of events over versions in the ecosystem's order.
type Range struct {
	// Type is "SEMVER", "ECOSYSTEM" or "GIT"; commits of GIT ranges have no order
	// here and are not matched.
	Type   string
	Events []Event
}

// Event is one change along a range.
type Event struct {
	What    EventKind
	Version string
}

// EventKind is what happens at a version.
type EventKind uint8

// The events of the schema.
const (
	Introduced EventKind = iota
	Fixed
	LastAffected
	Limit
)

var eventNames = [...]string{"introduced", "fixed", "last_affected", "limit"}

func (k EventKind) String() string { return eventNames[k] }

// Key names a package among all ecosystems: Ecosystem is OSV's name with its
// release where it has one ("npm", "Debian:12"), Name the folded name under
// which all spellings of one package meet.
type Key struct{ Ecosystem, Name string }

// Level is a severity in words.
type Level string

// The levels of FIRST's CVSS; LevelUnknown where nothing tells.
const (
	Critical     Level = "critical"
	High         Level = "high"
	Medium       Level = "medium"
	Low          Level = "low"
	LevelNone    Level = "none"
	LevelUnknown Level = "unknown"
)

// Levels lists the levels, worst first; what is unknown ranks between high and
// medium, so that it is neither alarm nor comfort.
var Levels = []Level{Critical, High, LevelUnknown, Medium, Low, LevelNone}

// Severity says how bad something is and who says so.
type Severity struct {
	Level Level
	// Score is the CVSS base score, 0 to 10, or -1 where only a word is known.
	Score float64
	// Vector is the CVSS vector that Score was computed from.
	Vector string
}
