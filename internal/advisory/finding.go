package advisory

import (
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Vulnerable is one vulnerability, whatever number of records tell of it.
type Vulnerable struct {
	// ID is the record shown: that of the ecosystem's own database before
	// GitHub's, before others.
	ID string
	// Aliases lists all other names, records and not, sorted.
	Aliases []string
	// Records lists the ids of the records in the mirror that tell of it and
	// match, sorted; ID is one of them.
	Records   []string
	Kind      Kind
	Note      string // "unmaintained", for informational ones
	Summary   string
	Severity  Severity // the worst that a record tells
	Published time.Time
	Modified  time.Time
	// Exploited is the entry in CISA's catalog of known exploited
	// vulnerabilities, nil when it has none or the catalog is not loaded.
	Exploited *Exploited
	// EPSS is the probability of exploitation, nil when not known.
	EPSS *EPSS
}

// Exploited is an entry of CISA's KEV catalog.
type Exploited struct {
	CVE        string
	Added      string // date, as the catalog writes it: 2026-03-31
	Due        string
	Ransomware bool
}

// EPSS is FIRST's estimate for the next 30 days.
type EPSS struct {
	CVE         string
	Probability float64 // 0 to 1
	Percentile  float64 // 0 to 1
	Date        string  // of the model's run
}

// Finding is one answer: this usage, this vulnerability.
type Finding struct {
	Repository string
	Commit     string
	// Usage is what is used. For a stdlib candidate it is made from the go.mod
	// line: pkg:golang/stdlib@1.22.0.
	Usage *inventory.Usage
	*Hit
	// Reach is what is known of whether the code is reached.
	Reach Reach
}

// Hit is what a vulnerability says of some versions of a package. Findings
// share it: it is never changed.
type Hit struct {
	*Vulnerable
	// Range is the range, or the versions, that matched, as text: ">=1.2.0, <1.2.7".
	Range string
	// Fixed lists the versions above the one in use in which no record of this
	// vulnerability matches any more, lowest first: the first is the minimal
	// upgrade. Empty when no fix is known.
	Fixed []string
	// Evidence holds what each record says.
	Evidence []Evidence
}

// Evidence is one record's part in a finding.
type Evidence struct {
	Record string
	Range  string
	Fixed  []string // the record's own fixed versions
	Note   string
}

// Reach says whether affected code can be called.
type Reach struct {
	// State is "not analyzed", "called", "imported", "required" or "not reached".
	State string
	// Stack is the call stack that proves it, outermost first.
	Stack []string
}

// NotAnalyzed is the state of everything that no analysis looked at.
const NotAnalyzed = "not analyzed"

// Silence is a usage of which the mirror can't say anything.
type Silence struct {
	Repository string
	Usage      *inventory.Usage
	// Reason is one of the constants below.
	Reason string
}

// Why there is no answer.
const (
	// Unresolved: a requirement without a version is not a version.
	Unresolved = "unresolved: can't say"
	// NoData: the mirror has no advisories of this ecosystem (or release).
	NoData = "no advisory data for the ecosystem"
	// NoEcosystem: advisory databases don't cover this kind of package.
	NoEcosystem = "no advisory database covers this kind of package"
	// BadVersion: the text is no version of the ecosystem.
	BadVersion = "version not understood"
	// Floating: a tag that moves with every release is no version.
	Floating = "tag or commit: can't say"
	// NoRelease: a distribution's package without its release.
	NoRelease = "release of the distribution unknown"
)

// Answer is everything that the mirror says about some snapshots.
type Answer struct {
	Findings []Finding
	Silences []Silence
	// Packages is how many distinct package versions were asked for and could
	// be answered.
	Packages int
	// Withdrawn counts matches with records that were taken back; they are no
	// findings.
	Withdrawn int
	Mirror    Mirror
}
