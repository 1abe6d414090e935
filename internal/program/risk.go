package program

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// VulnerabilityKeys select known vulnerabilities in what is used. A rule that
// has them answers for vulnerabilities only.
type VulnerabilityKeys struct {
	ID        []string            `yaml:"id" doc:"Ids or aliases." example:"[CVE-2021-44228]"`
	Kind      []VulnerabilityKind `yaml:"kind" doc:"Classes of findings." example:"[malware]"`
	Severity  []SeverityLevel     `yaml:"severity" doc:"Levels of severity; unknown is one of them." example:"[critical, high]"`
	CVSS      Number              `yaml:"cvss" doc:"CVSS base score, at least (0 to 10)." example:"7.0"`
	EPSS      Number              `yaml:"epss" doc:"Probability of exploitation within 30 days (FIRST's EPSS), at least (0 to 1)." example:"0.1"`
	Exploited *bool               `yaml:"exploited" doc:"Whether it is known to be exploited (CISA's KEV catalog)." example:"true"`
	Fix       *bool               `yaml:"fix" doc:"Whether a version without it is known." example:"true"`
	Reachable []Tri               `yaml:"reachable" doc:"Whether affected code can be called; unknown where no analysis looked." example:"[yes, unknown]"`
	Age       Number              `yaml:"age" doc:"Days since it was published, at least." example:"30"`
	Status    []DecidedStatus     `yaml:"status" doc:"What people decided (vex.yaml); none where nobody did." example:"[not_affected, fixed]"`
}

// UpstreamKeys select signals about the project behind a component. A rule that
// has them speaks of signals, and matches only what is known.
type UpstreamKeys struct {
	Advisory           []string `yaml:"advisory" doc:"Informational advisories by the source's word: unmaintained, unsound, notice; * for any." example:"[unmaintained]"`
	Deprecated         *bool    `yaml:"deprecated" doc:"Whether its authors deprecated the version or the package." example:"true"`
	Yanked             *bool    `yaml:"yanked" doc:"Whether the version was yanked or retracted." example:"true"`
	Archived           *bool    `yaml:"archived" doc:"Whether its repository is archived." example:"true"`
	EndOfLife          *bool    `yaml:"end_of_life" doc:"Whether the version is past its end of life." example:"true"`
	Libyears           Number   `yaml:"libyears" doc:"Years between the release in use and the latest, at least." example:"3"`
	DaysSinceRelease   Number   `yaml:"days_since_release" doc:"Days since anything was released, at least." example:"730"`
	Relicensed         *bool    `yaml:"relicensed" doc:"Whether the latest version has another license than the one in use." example:"true"`
	ChangeDatePassed   *bool    `yaml:"change_date_passed" doc:"For BUSL and FSL: whether the version's change date has passed, so that it is under its later license." example:"false"`
	InstallScripts     *bool    `yaml:"install_scripts" doc:"Whether it runs scripts when it is installed that earlier versions did not have." example:"true"`
	MaintainersChanged *bool    `yaml:"maintainers_changed" doc:"Whether the set of maintainers changed since the version in use." example:"true"`
	Typosquat          *bool    `yaml:"typosquat" doc:"Whether its name is close to a popular one's and it is new." example:"true"`
}

// GivenVulnerability are the facts of a test about a vulnerability.
type GivenVulnerability struct {
	ID        string            `yaml:"id" default:"CVE-2026-0001" doc:"Id." example:"CVE-2021-44228"`
	Kind      VulnerabilityKind `yaml:"kind" default:"vulnerability" doc:"Class." example:"malware"`
	Severity  SeverityLevel     `yaml:"severity" default:"unknown, or by cvss" doc:"Level." example:"critical"`
	CVSS      Number            `yaml:"cvss" default:"unknown" doc:"Base score." example:"9.8"`
	EPSS      Number            `yaml:"epss" default:"unknown" doc:"Probability." example:"0.5"`
	Exploited Tri               `yaml:"exploited" default:"unknown" doc:"Known to be exploited." example:"yes"`
	Fix       bool              `yaml:"fix" default:"false" doc:"A version without it is known." example:"true"`
	Reachable Tri               `yaml:"reachable" default:"unknown" doc:"Affected code can be called." example:"no"`
	Age       Number            `yaml:"age" default:"unknown" doc:"Days since it was published." example:"40"`
	Status    DecidedStatus     `yaml:"status" default:"none" doc:"What people decided." example:"not_affected"`
}

// GivenUpstream are the facts of a test about the project behind a component.
type GivenUpstream struct {
	Advisory           []string `yaml:"advisory" doc:"Informational advisories." example:"[unmaintained]"`
	Deprecated         Tri      `yaml:"deprecated" default:"unknown" doc:"Deprecated." example:"yes"`
	Yanked             Tri      `yaml:"yanked" default:"unknown" doc:"Yanked." example:"yes"`
	Archived           Tri      `yaml:"archived" default:"unknown" doc:"Archived." example:"yes"`
	EndOfLife          Tri      `yaml:"end_of_life" default:"unknown" doc:"Past its end of life." example:"yes"`
	Libyears           Number   `yaml:"libyears" default:"unknown" doc:"Years behind." example:"3.5"`
	DaysSinceRelease   Number   `yaml:"days_since_release" default:"unknown" doc:"Days since a release." example:"900"`
	Relicensed         Tri      `yaml:"relicensed" default:"unknown" doc:"Relicensed." example:"yes"`
	ChangeDatePassed   Tri      `yaml:"change_date_passed" default:"unknown" doc:"Change date has passed." example:"no"`
	InstallScripts     Tri      `yaml:"install_scripts" default:"unknown" doc:"Install scripts were added." example:"yes"`
	MaintainersChanged Tri      `yaml:"maintainers_changed" default:"unknown" doc:"Maintainers changed." example:"yes"`
	Typosquat          Tri      `yaml:"typosquat" default:"unknown" doc:"Close to a popular name." example:"yes"`
}

// VulnerabilityKind is the class of a finding; informational records are no
// vulnerabilities but signals (upstream.advisory).
type VulnerabilityKind string

// The kinds.
const (
	KindVulnerability   VulnerabilityKind = "vulnerability"
	KindMalware         VulnerabilityKind = "malware"
	KindStdlibCandidate VulnerabilityKind = "stdlib-candidate"
)

// Values lists what may be written.
func (VulnerabilityKind) Values() []string {
	return []string{string(KindVulnerability), string(KindMalware), string(KindStdlibCandidate)}
}

// SeverityLevel is a severity in words, by CVSS's bands.
type SeverityLevel string

// Values lists what may be written.
func (SeverityLevel) Values() []string {
	return []string{"critical", "high", "medium", "low", "none", "unknown"}
}

// DecidedStatus is what people decided about a vulnerability, or none.
type DecidedStatus string

// NoStatus is the status of a vulnerability about which nobody decided.
const NoStatus DecidedStatus = "none"

// Values lists what may be written.
func (DecidedStatus) Values() []string {
	return []string{"not_affected", "affected", "fixed", "under_investigation", string(NoStatus)}
}

// Number is a number that may be absent; Text is "" then.
type Number struct {
	Text  string
	Value float64
}

// Given is true when the number was written.
func (n Number) Given() bool { return n.Text != "" }

// UnmarshalText reads a number of at least zero; ">= 7" is 7.
func (n *Number) UnmarshalText(b []byte) error {
	s := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(b)), ">="))
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
		return fmt.Errorf("want a number of at least 0, got %s", quote(string(b)))
	}
	n.Text, n.Value = s, v
	return nil
}
