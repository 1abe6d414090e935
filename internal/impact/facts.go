package impact

import "github.com/tributary-oss/tributary/internal/inventory"

// Value is a number with who says so. The zero value is unknown.
type Value struct {
	N      float64
	Known  bool
	Source string // "history of github.com/acme/left", "upstreams.yaml:4:3"
	// Note says what is assumed, or for an unknown value what to do about it.
	Note string
	// Assumed is set for a default that nobody stated.
	Assumed bool
}

// Known makes a value that somebody stated or measured.
func Known(n float64, source string) Value { return Value{N: n, Known: true, Source: source} }

// Unknown makes a value that is not known, with what to do about it.
func Unknown(note string) Value { return Value{Note: note} }

// Use is one way in which a product uses an upstream: the strongest of a
// package in a repository of the product.
type Use struct {
	Product      string // its id; the repository where no product claims it
	Weight       float64
	WeightSource string // "tier critical", "no product claims it: tier standard"
	Team         string // that answers for the product, "" when unknown
	Repository   string
	Package      string // package URL
	Manifest     string
	Relation     inventory.Relation
	// Depth is 1 for direct, 2 for what a direct one needs; 0 when a transitive
	// usage does not tell its way in.
	Depth int
	Scope inventory.Scope
	// Reach is the share of the product's releases that use it.
	Reach Value
}

// Signal names one sign of fragility.
type Signal string

// The signals, in the order of the formula.
const (
	AbsenceFactor   Signal = "caf"         // people who made half of the contributions (M1)
	LastCommit      Signal = "last-commit" // days since the last commit by a human
	ReleaseGap      Signal = "release-gap" // days since the last release / median gap between releases
	ClosureRatio    Signal = "closure"     // change requests closed / opened in the window (M6)
	FirstResponse   Signal = "response"    // median days to the first response (M4)
	ElephantFactor  Signal = "elephant"    // organizations that made half of the contributions (M2)
	Vulnerabilities Signal = "vulns"       // known vulnerabilities unfixed for more than 90 days
	NoDisclosure    Signal = "disclosure"  // 1 where a policy for reporting vulnerabilities is missing, else 0
	Libyears        Signal = "libyears"    // mean age of the upstream's own dependencies against their latest, in years (M14)
)

// Signals lists all signals.
var Signals = []Signal{AbsenceFactor, LastCommit, ReleaseGap, ClosureRatio, FirstResponse, ElephantFactor, Vulnerabilities, NoDisclosure, Libyears}

// Lifecycle is what the project says of itself, or what the company knows.
type Lifecycle string

// The lifecycles; empty is unknown.
const (
	Active       Lifecycle = "active"
	SecurityOnly Lifecycle = "security_only"
	Archived     Lifecycle = "archived"
	EndOfLife    Lifecycle = "end_of_life"
)

// Give is what the company gives to an upstream in the window.
type Give struct {
	// OurCommits, OurReviews and their totals are unknown where no history was
	// read. Commits stand for merged change requests where forge data is absent.
	OurCommits, AllCommits, OurReviews, AllReviews Value
	OurPeople                                      Value
	// Coverage is the share of contributions whose author's employer is known.
	Coverage           Value
	Share              Value // stated by the company; comes before the counts
	TargetShare        Value
	Seats, SeatsTarget Value
	Money, MoneyTarget Value
}

// Alignment is one goal's interest in an upstream.
type Alignment struct {
	Goal              string
	Weight, Relevance float64
	Source            string
}

// Manual are the three scores of CHAOSS' organizational value guide, 1 to 10
// each, given by people in place of the computed criticality.
type Manual struct{ Dependency, Opportunity, Supportability Value }

// Given is true when all three are.
func (m Manual) Given() bool {
	return m.Dependency.Known && m.Opportunity.Known && m.Supportability.Known
}

// Facts are everything that the score of one upstream is made of.
type Facts struct {
	// Upstream is its repository, as in "github.com/prometheus/prometheus".
	Upstream string
	// Mapping is how sure it is that the packages come from there, in [0,1].
	Mapping   Value
	Packages  []string // package URLs without version, sorted
	Take      Take
	Uses      []Use // the strongest of each product and repository
	Switching Value // in [0,1]
	Manual    Manual
	// Goals is false when the company has stated no goals at all, so that
	// alignment is unknown; with goals and none that speaks of it, it is 0.
	Goals     bool
	Alignment []Alignment
	Signals   map[Signal]Value
	Lifecycle Lifecycle
	// LifecycleSource says who tells.
	LifecycleSource string
	// Finished is software that is small, stable and without open bugs, so that
	// silence is no bad sign.
	Finished       bool
	FinishedSource string
	Give           Give
	Relicensing    Relicensing
	// OpenChanges are change requests of our people that wait there.
	OpenChanges Value
	// OurAbsence is set where the people behind the absence factor include one
	// of ours.
	OurAbsence bool
	Owner      string // team that answers for the relation, "" when unknown
	Costs      map[ActionKind]Cost
}

// Take counts what the company uses of an upstream.
type Take struct {
	Products, Repositories, Packages int
	// Direct, Transitive and Unknown count usages: one for each version of a
	// package in a manifest.
	Direct, Transitive, Unknown int
	Scopes                      map[inventory.Scope]int // usages
	Ecosystems, Teams           []string                // sorted
	// Depth is the least distance from an own project, 1 for direct; 0 when no
	// usage tells.
	Depth int
}

// Cost is what an action takes a year. Unknown parts are not counted.
type Cost struct {
	FTE, Money Value
}
