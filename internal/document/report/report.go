// Package report holds the answers that every face shows, and writes them: as
// text for a terminal, JSON for machines, SARIF and JUnit for CI, Markdown for
// a pull request, and one self-contained HTML page.
//
// It is pure: it is given a [Report] and a writer. It computes no verdicts; the
// flow that does is in package work. Start reading at [Report].
package report

import (
	"time"
)

// Schema names the JSON form of [Report]; its number is raised on any change
// that could break a reader, and only then.
const Schema = "tributary-report/1"

// Report is the answer to "what is in these repositories, may it be, what is
// owed, and what comes first".
type Report struct {
	Tool      string    `json:"tool,omitempty"` // "tributary 0.1.0"
	Generated time.Time `json:"generated,omitzero"`
	// AsOf is the date that the answers hold for.
	AsOf    time.Time `json:"as_of,omitzero"`
	Program Program   `json:"program,omitempty"`
	Counts  Counts    `json:"counts"`
	// Repositories are sorted by name.
	Repositories []Repository `json:"repositories"`
	// Findings are all verdicts that need somebody: deny first, then review,
	// then waived; inside that by repository, product, component.
	Findings []Finding `json:"findings"`
	// Allowed are the verdicts that pass, one for each component, product and
	// repository; only filled when asked for.
	Allowed []Finding `json:"allowed,omitempty"`
	// Advisories says on which data the vulnerabilities rest.
	Advisories Advisories `json:"advisories"`
	// Vulnerabilities are all verdicts on known vulnerabilities, sorted as the
	// findings are, those that pass last; nil when nothing can be said.
	Vulnerabilities []Vulnerability `json:"vulnerabilities"`
	// Signals are verdicts on the projects behind components.
	Signals []Signal    `json:"signals,omitempty"`
	Duties  []DutyGroup `json:"duties,omitempty"`
	// Actions are what to do first, most urgent first; at most as many as asked for.
	Actions  []Action   `json:"actions,omitempty"`
	Outbound []Outbound `json:"outbound,omitempty"`
	// NotRead lists everything that could not be read or understood.
	NotRead []NotRead `json:"not_read,omitempty"`
}

// Program says under which rules the answers hold.
type Program struct {
	Source string `json:"source,omitempty"` // directory, or "built-in defaults"
	Hash   string `json:"hash,omitempty"`
	Preset string `json:"preset,omitempty"`
	// Defaults names the parts for which the built-in defaults apply.
	Defaults []string `json:"defaults,omitempty"`
	// Findings are what is wrong with the program's files.
	Findings []string `json:"findings"`
}

// Counts are the report's headline. Packages are distinct purls.
type Counts struct {
	// Sources is what was given to read; of them SourcesNotRead could not be, and
	// nothing else here speaks of those.
	Sources        int `json:"sources"`
	SourcesNotRead int `json:"sources_not_read"`

	Repositories int `json:"repositories"`
	Manifests    int `json:"manifests"`
	Files        int `json:"files"`
	Usages       int `json:"usages"`
	Packages     int `json:"packages"`
	Direct       int `json:"direct"`
	Transitive   int `json:"transitive"`
	Unknown      int `json:"unknown"`    // relation unknown
	Unresolved   int `json:"unresolved"` // judged requirements without a version
	Fixtures     int `json:"fixtures"`   // usages in test data and samples, not judged
	// FixturePackages are the packages that are used in test data and samples only.
	FixturePackages int `json:"fixture_packages"`
	NoLicense       int `json:"no_license"` // packages of which no source tells a license
	// Decisions counts judged (component, product, repository) by decision.
	Decisions  map[string]int `json:"decisions,omitempty"`
	Ecosystems []Count        `json:"ecosystems,omitempty"` // packages by ecosystem, most first
	Categories []Count        `json:"categories,omitempty"` // packages by license category, most first
	Licenses   []Count        `json:"licenses,omitempty"`   // packages by effective license expression, most first
	// Vulnerabilities is nil when nothing can be said.
	Vulnerabilities *RiskCounts `json:"vulnerabilities,omitempty"`
	// Signals counts verdicts on the projects behind components by decision.
	Signals map[string]int `json:"signals,omitempty"`
}

// Count is one bar of a chart.
type Count struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

// Repository is one scanned repository in the report.
type Repository struct {
	Name       string    `json:"name"`
	Location   string    `json:"location,omitempty"`
	Kind       string    `json:"kind"`
	Commit     string    `json:"commit,omitempty"`
	Revision   string    `json:"revision,omitempty"`
	CommitTime time.Time `json:"commit_time,omitzero"`
	ScannedAt  time.Time `json:"scanned_at,omitzero"`
	Team       string    `json:"team,omitempty"`
	Products   []string  `json:"products,omitempty"`
	License    string    `json:"license"` // the repository's own, "" when nothing tells
	Files      int       `json:"files"`
	Manifests  int       `json:"manifests"`
	Packages   int       `json:"packages"`
	Findings   int       `json:"findings"`
	Problems   int       `json:"problems"`
	// Vulnerabilities counts verdicts on vulnerabilities that need somebody.
	Vulnerabilities int `json:"vulnerabilities,omitempty"`
	// Changed says whether the snapshot was made in this run or known already.
	Known bool `json:"known"`
}

// Finding is one verdict on one component in one product and repository.
type Finding struct {
	Decision   string   `json:"decision"`       // "allow", "allow_with_duties", "review", "deny", "not_judged"
	Role       string   `json:"role,omitempty"` // who decides, for review
	Repository string   `json:"repository"`
	Product    string   `json:"product,omitempty"` // "" when the repository belongs to no product
	Team       string   `json:"team,omitempty"`
	Purl       string   `json:"purl"`
	Name       string   `json:"name"`
	Version    string   `json:"version,omitempty"`
	Ecosystem  string   `json:"ecosystem,omitempty"`
	License    string   `json:"license"`          // effective expression, "" when unknown
	Basis      string   `json:"basis,omitempty"`  // how it was concluded from the facts
	Branch     string   `json:"branch,omitempty"` // the branch of an OR that the verdict rests on
	Category   string   `json:"category,omitempty"`
	Delivery   []string `json:"delivery,omitempty"`
	Scope      string   `json:"scope"`
	Relation   string   `json:"relation"`
	Coupling   string   `json:"coupling,omitempty"`
	Rule       Rule     `json:"rule"`
	Reasons    []Reason `json:"reasons"`
	Facts      []Fact   `json:"facts"`
	Fix        []string `json:"fix,omitempty"`
	Duties     []string `json:"duties,omitempty"` // ids of duty cards
	Places     []Place  `json:"places,omitempty"` // manifests
	Chain      []string `json:"chain,omitempty"`
	Waiver     *Waiver  `json:"waiver,omitempty"`
	Note       string   `json:"note,omitempty"`
	// Vulnerabilities and Signals of the component; only where one package is
	// explained.
	Vulnerabilities []Vulnerability `json:"vulnerabilities,omitempty"`
	Signals         []Signal        `json:"signals,omitempty"`
}

// Rule is the rule that decided.
type Rule struct {
	ID   string `json:"id,omitempty"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Text string `json:"text,omitempty"`
}

// Reason is one step of the explanation with its source and date.
type Reason struct {
	Text   string    `json:"text,omitempty"`
	Source string    `json:"source,omitempty"`
	Date   time.Time `json:"date,omitzero"`
}

// Place is where a manifest proves a usage.
type Place struct {
	Path        string `json:"path,omitempty"`
	Line        int    `json:"line,omitempty"`
	Requirement string `json:"requirement,omitempty"`
}

// Waiver is a waiver that holds, or one that was considered and does not.
type Waiver struct {
	ID       string    `json:"id,omitempty"`
	Owner    string    `json:"owner,omitempty"`
	Approver string    `json:"approver,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Expires  time.Time `json:"expires,omitzero"`
	Days     int       `json:"days"` // until expiry; negative when expired
	Holds    bool      `json:"holds"`
	Why      string    `json:"why,omitempty"` // why it does not hold
}

// DutyGroup is one thing to do at release, for all components that ask for it.
type DutyGroup struct {
	Action     string   `json:"action,omitempty"`
	ID         string   `json:"id,omitempty"`
	Text       string   `json:"text,omitempty"`
	Section    string   `json:"section,omitempty"` // license and section
	Licenses   []string `json:"licenses,omitempty"`
	Components []string `json:"components,omitempty"` // purls, sorted
	Products   []string `json:"products,omitempty"`
}

// Action is one piece of work, with who and how.
type Action struct {
	Title string `json:"title,omitempty"`
	Why   string `json:"why,omitempty"`
	Owner string `json:"owner,omitempty"`
	Fix   string `json:"fix,omitempty"`
	// Command shows more about it.
	Command  string   `json:"command,omitempty"`
	Decision string   `json:"decision"`
	Count    int      `json:"count"`
	Examples []string `json:"examples,omitempty"`
}

// Outbound is the check of one repository's own license against what it holds
// and links.
type Outbound struct {
	Repository string   `json:"repository"`
	License    string   `json:"license"`
	Component  string   `json:"component,omitempty"` // purl, or "files in vendor/x"
	Inbound    string   `json:"inbound,omitempty"`
	Value      string   `json:"value"` // "ok", "ok-with-duties", "review", "conflict"
	Why        string   `json:"why,omitempty"`
	Source     string   `json:"source,omitempty"`
	Suggest    []string `json:"suggest,omitempty"`
	Examples   []string `json:"examples,omitempty"`
}

// SourceNotRead is the kind of a [NotRead] that speaks of a whole source.
const SourceNotRead = "source not read"

// NotRead is a problem with the repository it belongs to.
type NotRead struct {
	Repository string `json:"repository"`
	Path       string `json:"path,omitempty"`
	Line       int    `json:"line,omitempty"`
	Kind       string `json:"kind"`
	Message    string `json:"message,omitempty"`
}

// Fact is one statement on a license, with its evidence.
type Fact struct {
	Kind       string    `json:"kind"`                 // "declared", "detected", "concluded"
	Expression string    `json:"expression,omitempty"` // SPDX, "" when not understood
	Raw        string    `json:"raw,omitempty"`        // as written
	Source     string    `json:"source,omitempty"`
	File       string    `json:"file,omitempty"`
	FirstLine  int       `json:"first_line,omitempty"`
	LastLine   int       `json:"last_line,omitempty"`
	TextHash   string    `json:"text_hash,omitempty"` // SHA-256 of the text
	Observed   time.Time `json:"observed,omitzero"`
}
