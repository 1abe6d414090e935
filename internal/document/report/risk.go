package report

import (
	"fmt"
	"strings"
	"time"
)

// Advisories says what the answers about vulnerabilities rest on.
type Advisories struct {
	// State is "none" (nothing can be said), "partial", "stale" or "fresh".
	State string `json:"state"`
	// Doubts are sentences that belong beside every answer; none when the data is
	// whole and fresh.
	Doubts []string `json:"doubts,omitempty"`
	Feeds  []Feed   `json:"feeds,omitempty"`
	// Packages is how many distinct package versions could be answered for.
	Packages int `json:"packages"`
	// Silent counts usages of which nothing can be said, by reason.
	Silent []Count `json:"silent,omitempty"`
	// Withdrawn counts matches with records that their source took back.
	Withdrawn int `json:"withdrawn,omitempty"`
	// Later counts findings that were published after the date of the answers.
	Later int `json:"later,omitempty"`
}

// Feed is one source of advisories as it was last read.
type Feed struct {
	Name       string    `json:"name"`
	Kind       string    `json:"kind"`
	Location   string    `json:"location,omitempty"`
	Ecosystems []string  `json:"ecosystems,omitempty"`
	Checked    time.Time `json:"checked,omitzero"`
	Newest     time.Time `json:"newest,omitzero"`
	Made       time.Time `json:"made,omitzero"`
	Records    int       `json:"records"`
	Problems   int       `json:"problems,omitempty"`
	Stale      bool      `json:"stale,omitempty"`
	Partial    bool      `json:"partial,omitempty"`
}

// Vulnerability is one verdict on one vulnerability in one component of one
// product and repository.
type Vulnerability struct {
	Decision   string     `json:"decision"` // "allow", "review", "deny"
	Role       string     `json:"role,omitempty"`
	Repository string     `json:"repository"`
	Product    string     `json:"product,omitempty"`
	Team       string     `json:"team,omitempty"`
	Purl       string     `json:"purl"`
	Name       string     `json:"name"`
	Version    string     `json:"version,omitempty"`
	Ecosystem  string     `json:"ecosystem,omitempty"`
	ID         string     `json:"id"`
	Aliases    []string   `json:"aliases,omitempty"`
	Records    []string   `json:"records,omitempty"` // of the mirror, that match
	Kind       string     `json:"kind"`              // "vulnerability", "malware", "stdlib-candidate"
	Summary    string     `json:"summary,omitempty"`
	Severity   Severity   `json:"severity"`
	Exploited  *Exploited `json:"exploited,omitempty"`
	EPSS       *EPSS      `json:"epss,omitempty"`
	Published  time.Time  `json:"published,omitzero"`
	Modified   time.Time  `json:"modified,omitzero"`
	Range      string     `json:"range,omitempty"` // that matched
	Fixed      []string   `json:"fixed,omitempty"` // versions without it above the one in use, lowest first
	// Via is the direct dependency that brings it in; "" for a direct one.
	Via      string   `json:"via,omitempty"`
	Scope    string   `json:"scope"`
	Relation string   `json:"relation"`
	Places   []Place  `json:"places,omitempty"`
	Chain    []string `json:"chain,omitempty"`
	Reach    Reach    `json:"reach"`
	VEX      *VEX     `json:"vex,omitempty"`
	Claims   []string `json:"claims,omitempty"` // imported statements that nobody accepted
	Rule     Rule     `json:"rule"`
	Reasons  []Reason `json:"reasons"`
	Fix      []string `json:"fix,omitempty"`
	Waiver   *Waiver  `json:"waiver,omitempty"`
	Note     string   `json:"note,omitempty"`
}

// Severity says how bad it is: Level is "critical", "high", "medium", "low",
// "none" or "unknown".
type Severity struct {
	Level  string   `json:"level"`
	Score  *float64 `json:"score,omitempty"` // CVSS base score
	Vector string   `json:"vector,omitempty"`
}

// Exploited is the entry in CISA's catalog of known exploited vulnerabilities.
type Exploited struct {
	CVE        string `json:"cve"`
	Added      string `json:"added,omitempty"`
	Due        string `json:"due,omitempty"`
	Ransomware bool   `json:"ransomware,omitempty"`
}

// EPSS is FIRST's estimate of exploitation within 30 days.
type EPSS struct {
	Probability float64 `json:"probability"`
	Percentile  float64 `json:"percentile"`
	Date        string  `json:"date,omitempty"`
}

// Reach says whether affected code can be called: State is "not analyzed",
// "called", "imported", "required" or "not reached".
type Reach struct {
	State string   `json:"state"`
	Stack []string `json:"stack,omitempty"` // outermost first
}

// VEX is the decision that holds.
type VEX struct {
	ID            string    `json:"id"`
	Status        string    `json:"status"`
	Justification string    `json:"justification,omitempty"`
	Impact        string    `json:"impact,omitempty"`
	Action        string    `json:"action,omitempty"`
	Author        string    `json:"author,omitempty"`
	Date          time.Time `json:"date,omitzero"`
	Expires       time.Time `json:"expires,omitzero"`
	Source        string    `json:"source,omitempty"`
}

// Signal is one verdict on the project behind a component: informational
// advisories and what registries tell. It is never counted as a vulnerability.
type Signal struct {
	Decision   string   `json:"decision"`
	Role       string   `json:"role,omitempty"`
	Repository string   `json:"repository"`
	Product    string   `json:"product,omitempty"`
	Team       string   `json:"team,omitempty"`
	Purl       string   `json:"purl"`
	Name       string   `json:"name"`
	Version    string   `json:"version,omitempty"`
	Ecosystem  string   `json:"ecosystem,omitempty"`
	Scope      string   `json:"scope"`
	Relation   string   `json:"relation"`
	IDs        []string `json:"ids,omitempty"` // of informational advisories
	Places     []Place  `json:"places,omitempty"`
	Chain      []string `json:"chain,omitempty"`
	Rule       Rule     `json:"rule"`
	Reasons    []Reason `json:"reasons"`
	Fix        []string `json:"fix,omitempty"`
	Waiver     *Waiver  `json:"waiver,omitempty"`
}

// RiskCounts are the headline of vulnerabilities. Distinct counts
// vulnerabilities, whatever they are found in; the others count findings.
type RiskCounts struct {
	Distinct  int            `json:"distinct"`
	Findings  int            `json:"findings"`
	Packages  int            `json:"packages"`            // distinct package versions with a vulnerability
	Decisions map[string]int `json:"decisions,omitempty"` // "waived" for accepted risks
	Levels    map[string]int `json:"levels,omitempty"`    // distinct vulnerabilities by severity
	Exploited int            `json:"exploited"`           // distinct, known to be exploited
	Fixable   int            `json:"fixable"`             // distinct, with a fixed version
	// Stdlib counts candidates in Go's standard library, Malware records of
	// malicious packages, both distinct; neither is in the counts above but in
	// Decisions.
	Stdlib  int `json:"stdlib_candidates,omitempty"`
	Malware int `json:"malware,omitempty"`
}

// CountRisks counts findings.
func CountRisks(list []Vulnerability) *RiskCounts {
	c := &RiskCounts{Decisions: map[string]int{}, Levels: map[string]int{}}
	type known struct{ exploited, fixed bool }
	distinct, packages := map[string]*known{}, map[string]bool{}
	other := map[string]bool{}
	for i := range list {
		v := &list[i]
		c.Decisions[v.Outcome()]++
		if v.Kind != "vulnerability" {
			if key := v.Kind + v.ID; !other[key] {
				other[key] = true
				if v.Kind == "malware" {
					c.Malware++
				} else {
					c.Stdlib++
				}
			}
			continue
		}
		c.Findings++
		packages[v.Purl] = true
		k := distinct[v.ID]
		if k == nil {
			k = &known{}
			distinct[v.ID] = k
			c.Levels[v.Severity.Level]++
		}
		k.exploited = k.exploited || v.Exploited != nil
		k.fixed = k.fixed || len(v.Fixed) > 0
	}
	c.Distinct, c.Packages = len(distinct), len(packages)
	for _, k := range distinct {
		if k.exploited {
			c.Exploited++
		}
		if k.fixed {
			c.Fixable++
		}
	}
	return c
}

// Accepted is true when a waiver accepts the risk.
func (v *Vulnerability) Accepted() bool { return v.Waiver != nil && v.Waiver.Holds }

// Outcome is the decision, or "waived" where the risk is accepted.
func (v *Vulnerability) Outcome() string {
	if v.Accepted() {
		return "waived"
	}
	return v.Decision
}

// Outcome is the decision, or "waived" where it is accepted.
func (s *Signal) Outcome() string {
	if s.Waiver != nil && s.Waiver.Holds {
		return "waived"
	}
	return s.Decision
}

// Open is true for what needs somebody.
func open(decision string) bool { return decision == "deny" || decision == "review" }

// Decided counts verdicts of a decision over licenses, vulnerabilities and
// signals: what a gate asks.
func (r *Report) Decided(decision string) int {
	n := r.Counts.Decisions[decision] + r.Counts.Signals[decision]
	if r.Counts.Vulnerabilities != nil {
		n += r.Counts.Vulnerabilities.Decisions[decision]
	}
	return n
}

// SeverityWords is "critical 9.8", or the word alone.
func (v *Vulnerability) SeverityWords() string {
	if v.Severity.Score != nil {
		return fmt.Sprintf("%s %.1f", v.Severity.Level, *v.Severity.Score)
	}
	return v.Severity.Level
}

// facts says in a few words what is known of it beside its severity.
func (v *Vulnerability) factWords() []string {
	var out []string
	switch v.Kind {
	case "malware":
		out = append(out, "malware")
	case "stdlib-candidate":
		out = append(out, "lower bound by the go line")
	}
	if v.Exploited != nil {
		out = append(out, "known to be exploited")
	}
	if v.EPSS != nil {
		out = append(out, fmt.Sprintf("EPSS %.1f %%", 100*v.EPSS.Probability))
	}
	if v.Reach.State != "" && v.Reach.State != "not analyzed" {
		out = append(out, v.Reach.State)
	}
	if v.VEX != nil {
		out = append(out, "VEX: "+v.VEX.Status)
	}
	if len(v.Fixed) > 0 {
		out = append(out, "fixed in "+v.Fixed[0])
	} else {
		out = append(out, "no fix known")
	}
	return out
}

// Sentence says a vulnerability's verdict in one line.
func (v *Vulnerability) Sentence() string {
	s := fmt.Sprintf("%s: %s in %s (%s; %s)", outcomeWord(v.Outcome(), v.Role), v.ID, v.Purl, v.SeverityWords(), strings.Join(v.factWords(), "; "))
	if v.Product != "" {
		s += " in product " + v.Product
	}
	if v.Summary != "" {
		s += ": " + v.Summary
	}
	if len(v.Fix) > 0 {
		s += ". To pass: " + v.Fix[0]
	}
	return Clean(s)
}

// Sentence says a signal's verdict in one line.
func (s *Signal) Sentence() string {
	text := fmt.Sprintf("%s: %s", outcomeWord(s.Outcome(), s.Role), s.Purl)
	if s.Product != "" {
		text += " in product " + s.Product
	}
	for i, r := range s.Reasons {
		if i < 3 {
			text += ": " + strings.TrimSuffix(r.Text, ".")
		}
	}
	return Clean(text)
}

func outcomeWord(outcome, role string) string {
	if outcome == "review" && role != "" {
		return "review by " + role
	}
	return outcome
}
