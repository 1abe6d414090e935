package program

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// UpstreamsFile is the content of upstreams.yaml.
type UpstreamsFile struct {
	Packages  []PackageSource `yaml:"packages" doc:"Where packages are developed, where the rules and registries do not tell or are wrong. The first match wins."`
	Upstreams []Upstream      `yaml:"upstreams" doc:"What is known of the projects that the company depends on. Several entries may speak of one; for each key the first that states it wins."`
	Clocks    []LicenseClock  `yaml:"clocks" doc:"When licenses that turn into others do so (Business Source License, Functional Source License), where their texts do not tell. The first match wins."`
	Own       []Glob          `yaml:"own" default:"repositories of products that are delivered as distributed_source" doc:"The company's own open source projects: globs over repository names." example:"[github.com/example/*]"`
}

// PackageSource says where packages are developed.
type PackageSource struct {
	At         Pos
	Package    []Package `yaml:"package" need:"yes" doc:"Packages it speaks of." example:"[pkg:npm/left-pad]"`
	Repository string    `yaml:"repository" need:"yes" doc:"The repository: a name (host/owner/name) or an address. none sets the packages aside: they have no upstream to speak of." example:"github.com/example/left-pad"`
	Directory  string    `yaml:"directory" doc:"Place inside the repository." example:"packages/left-pad"`
}

// None is true when the packages are set aside.
func (s PackageSource) None() bool { return s.Repository == "none" }

// Upstream is what the company knows of, and wants from, some upstreams.
type Upstream struct {
	At               Pos
	Repository       []Glob                  `yaml:"repository" need:"yes" doc:"Globs over names of upstream repositories." example:"[github.com/example/left-pad]"`
	Owner            string                  `yaml:"owner" doc:"Team that answers for the relation." example:"platform"`
	Class            UpstreamClass           `yaml:"class" doc:"Kind of software; sets the switching cost where that is not stated: 1 for framework, database, cryptography and language, 0.5 for the others." example:"framework"`
	Switching        Fraction                `yaml:"switching" doc:"Cost of replacing it: 0.25 trivial, 0.5, 0.75, 1 near impossible." example:"0.75"`
	Criticality      ManualCriticality       `yaml:"criticality" doc:"Scores by people that take the place of the computed criticality (CHAOSS organizational value guide)."`
	Finished         bool                    `yaml:"finished" default:"false" doc:"Small, stable, without open bugs: silence is no bad sign." example:"true"`
	Lifecycle        LifecycleValue          `yaml:"lifecycle" doc:"Where it stands, if the company knows better than the facts at hand." example:"security_only"`
	DisclosurePolicy Tri                     `yaml:"disclosure_policy" doc:"Whether it says how to report vulnerabilities." example:"yes"`
	Signals          map[SignalName]Quantity `yaml:"signals" doc:"Measurements from elsewhere; they come before those computed here." example:"response: 14, closure: 0.8"`
	OpenChanges      Quantity                `yaml:"open_changes" doc:"Changes by our people that wait there." example:"3"`
	Share            Fraction                `yaml:"share" doc:"Our share of merged changes and reviews, where history can't tell." example:"0.02"`
	TargetShare      Fraction                `yaml:"target_share" default:"score.target_share of goals.yaml" doc:"The share that we want to give." example:"0.05"`
	Seats            Quantity                `yaml:"seats" doc:"Maintainer and committee seats that our people hold." example:"1"`
	SeatsTarget      Quantity                `yaml:"seats_target" doc:"Seats that we want to hold." example:"2"`
	Money            Quantity                `yaml:"money" doc:"What we pay a year." example:"5000"`
	MoneyTarget      Quantity                `yaml:"money_target" doc:"What we want to pay a year." example:"10000"`
	Vendor           string                  `yaml:"vendor" doc:"Company that owns the project, or none." example:"Example Inc."`
	Foundation       string                  `yaml:"foundation" doc:"Foundation that holds it, or none." example:"none"`
	CLA              AgreementKind           `yaml:"cla" doc:"What contributors agree to: relicensing lets the owner change the license." example:"relicensing"`
	Trademark        TrademarkOwner          `yaml:"trademark" doc:"Who holds the trademark." example:"vendor"`
	Costs            map[ActionName]Cost     `yaml:"costs" doc:"What actions would take here, by action." example:"maintainer: {fte: 0.5, money: 60000}"`
	Copies           []Glob                  `yaml:"copies" doc:"Local copies of it without a remote that tells: globs over their paths." example:"[srv/mirrors/left-pad.git]"`
	Note             string                  `yaml:"note" doc:"For people." example:"Talked to the maintainers in March."`
}

// ManualCriticality are three scores from 1 to 10.
type ManualCriticality struct {
	Dependency     Quantity `yaml:"dependency" doc:"How much we depend on it, 1 to 10." example:"10"`
	Opportunity    Quantity `yaml:"opportunity" doc:"What we could gain by taking part, 1 to 10." example:"7"`
	Supportability Quantity `yaml:"supportability" doc:"How hard it would be to support it ourselves, 1 to 10." example:"8"`
}

// Cost is what an action takes a year.
type Cost struct {
	FTE   Quantity `yaml:"fte" doc:"Years of full-time work." example:"0.5"`
	Money Quantity `yaml:"money" doc:"Money, in the currency of goals.yaml." example:"60000"`
}

// UpstreamClass is a kind of software.
type UpstreamClass string

// Values lists what may be written.
func (UpstreamClass) Values() []string {
	return []string{"framework", "database", "cryptography", "language", "library", "tool", "utility"}
}

// LifecycleValue says where a project stands.
type LifecycleValue string

// Values lists what may be written.
func (LifecycleValue) Values() []string {
	return []string{"active", "security_only", "archived", "end_of_life"}
}

// AgreementKind says what contributors agree to.
type AgreementKind string

// Values lists what may be written.
func (AgreementKind) Values() []string {
	return []string{"relicensing", "no_relicensing", "dco", "none"}
}

// TrademarkOwner says who holds a trademark.
type TrademarkOwner string

// Values lists what may be written.
func (TrademarkOwner) Values() []string { return []string{"vendor", "foundation", "community"} }

// SignalName is a sign of fragility; docs/impact.md tells what each measures.
type SignalName string

// Values lists what may be written.
func (SignalName) Values() []string {
	return []string{"caf", "last-commit", "release-gap", "closure", "response", "elephant", "vulns", "disclosure", "libyears"}
}

// ActionName is something that can be done about an upstream.
type ActionName string

// Values lists what may be written.
func (ActionName) Values() []string {
	return []string{"maintainer", "contributor", "reviews", "audit", "foundation", "migrate", "replace", "adopt", "release", "disclosure", "dependencies", "measure", "watch"}
}

// Quantity is a number of at least 0; the zero value was not written.
type Quantity struct {
	Text string
	N    float64
}

// Given is true when the number was written.
func (q Quantity) Given() bool { return q.Text != "" }

// UnmarshalText reads the number.
func (q *Quantity) UnmarshalText(b []byte) error {
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || n < 0 {
		return fmt.Errorf("want a number of at least 0, got %s", quote(string(b)))
	}
	q.Text, q.N = string(b), n
	return nil
}

// Fraction is a number from 0 to 1, "5%" is 0.05; the zero value was not written.
type Fraction struct {
	Text string
	N    float64
}

// Given is true when the number was written.
func (f Fraction) Given() bool { return f.Text != "" }

// UnmarshalText reads the number.
func (f *Fraction) UnmarshalText(b []byte) error {
	text, percent := strings.CutSuffix(strings.TrimSpace(string(b)), "%")
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if percent {
		n /= 100
	}
	if err != nil || !(n >= 0 && n <= 1) {
		return fmt.Errorf("want a number from 0 to 1 (or 0%% to 100%%), got %s", quote(string(b)))
	}
	f.Text, f.N = string(b), n
	return nil
}

// Mirrors is true when the entry names a place as a local copy of the upstream.
func (u *Upstream) Mirrors(location string) bool {
	for _, g := range u.Copies {
		if strings.Contains(string(g), "/") && g.MatchName(location) {
			return true
		}
	}
	return false
}

// SourceFor gives the entry that says where a package is developed, nil when
// none does.
func (p *Program) SourceFor(c inventory.PURL) *PackageSource {
	for i := range p.Upstreams.Packages {
		for _, pattern := range p.Upstreams.Packages[i].Package {
			if pattern.Match(c) {
				return &p.Upstreams.Packages[i]
			}
		}
	}
	return nil
}

// UpstreamsFor gives the entries that speak of an upstream, in the order of the
// file. Names are compared whatever their case. The pointers are into p.
func (p *Program) UpstreamsFor(repository string) []*Upstream {
	var out []*Upstream
	for i := range p.Upstreams.Upstreams {
		if anyName(p.Upstreams.Upstreams[i].Repository, repository) {
			out = append(out, &p.Upstreams.Upstreams[i])
		}
	}
	return out
}

// IsOwnProject tells whether a repository is an open source project of the
// company itself.
func (p *Program) IsOwnProject(repository string) bool {
	if len(p.Upstreams.Own) > 0 {
		return anyName(p.Upstreams.Own, repository)
	}
	for i := range p.Products {
		for _, d := range p.Products[i].Delivery {
			if d != DistributedSource {
				continue
			}
			for _, r := range p.Products[i].Repositories {
				if r.Name.MatchName(repository) {
					return true
				}
			}
		}
	}
	return false
}

func anyName(globs []Glob, name string) bool {
	folded := strings.ToLower(name)
	for _, g := range globs {
		if g.MatchName(name) || Glob(strings.ToLower(string(g))).MatchName(folded) {
			return true
		}
	}
	return false
}
