package program

import "github.com/tributary-oss/tributary/internal/inventory"

// WaiverFile is the content of waivers.yaml.
type WaiverFile struct {
	Waivers []Waiver `yaml:"waivers" doc:"Findings that are accepted for a time. They stay visible and counted."`
}

// Waiver accepts a finding within a scope until a day. It holds only while
// everything it names still holds.
type Waiver struct {
	At            Pos
	ID            string       `yaml:"id" need:"yes" doc:"Short name." example:"W-2026-014"`
	Finding       FindingType  `yaml:"finding" default:"license" doc:"The question it answers." example:"license"`
	Package       Package      `yaml:"package" need:"yes" doc:"Package URL; * stands for any text." example:"pkg:maven/com.example/*"`
	Vulnerability []string     `yaml:"vulnerability" doc:"Ids or aliases of the vulnerabilities whose risk is accepted; a waiver of the finding vulnerability names them." example:"[CVE-2026-12345]"`
	Versions      VersionRange `yaml:"versions" doc:"Versions it holds for; a version outside voids it." example:"'>=2.0 <3'"`
	License       Expr         `yaml:"license" doc:"The license it was given for; another one voids it." example:"GPL-2.0-only"`
	Product       []string     `yaml:"product" doc:"Products it holds for; without, all." example:"[shop]"`
	Repository    []Glob       `yaml:"repository" doc:"Repositories it holds for; without, all." example:"[github.com/example/shop-*]"`
	Delivery      []Delivery   `yaml:"delivery" doc:"Ways of delivery it was given for; another one voids it." example:"[internal_only]"`
	Coupling      []Coupling   `yaml:"coupling" doc:"Couplings it was given for; another one voids it." example:"[separate_process]"`
	Modified      Tri          `yaml:"modified" doc:"Whether the package was changed when it was given; a change voids it." example:"no"`
	Class         ReasonClass  `yaml:"class" need:"yes" doc:"Kind of reason." example:"replacement_planned"`
	Justification string       `yaml:"justification" need:"yes" doc:"Why the business needs it." example:"Replacement is on the plan for the second quarter."`
	Control       string       `yaml:"control" doc:"What limits the risk meanwhile." example:"Runs as a separate process, not shipped."`
	Owner         string       `yaml:"owner" need:"yes" doc:"Who carries the risk." example:"head-of-checkout@example.com"`
	Requester     string       `yaml:"requester" doc:"Who asked." example:"dev@example.com"`
	Approver      string       `yaml:"approver" need:"yes" doc:"Who approved; neither the owner nor the requester." example:"counsel@example.com"`
	Start         Date         `yaml:"start" need:"yes" doc:"First day." example:"2026-11-01"`
	Expires       Date         `yaml:"expires" need:"yes" doc:"Last day; the finding re-opens on the day after." example:"2027-03-31"`
	Evidence      []string     `yaml:"evidence" doc:"Links or documents." example:"[https://tickets.example.com/123]"`
	// Void says why the waiver can't be applied at all (it was written
	// wrongly); "" when it is sound.
	Void string
}

// ConclusionFile is the content of conclusions.yaml.
type ConclusionFile struct {
	Conclusions []Conclusion `yaml:"conclusions" doc:"What people found the license of a package to be."`
}

// Conclusion states the license of a package, against or beyond what is
// declared and detected. It holds for later versions while its conditions hold.
type Conclusion struct {
	At       Pos
	Package  Package      `yaml:"package" need:"yes" doc:"Package URL; * stands for any text." example:"pkg:npm/left-pad"`
	Versions VersionRange `yaml:"versions" doc:"Versions it holds for; without, all." example:"'<2'"`
	License  Expr         `yaml:"license" need:"yes" doc:"The license concluded (SPDX)." example:"MIT"`
	Reason   string       `yaml:"reason" need:"yes" doc:"Why." example:"The LICENSE file of 1.0 has the MIT text."`
	By       string       `yaml:"by" need:"yes" doc:"Who concluded." example:"counsel@example.com"`
	Date     Date         `yaml:"date" need:"yes" doc:"When." example:"2026-11-01"`
	Evidence []string     `yaml:"evidence" doc:"Links or documents." example:"[https://github.com/example/left-pad/blob/v1.0/LICENSE]"`
	Declared string       `yaml:"declared" doc:"What was declared at the time; void when that changes. NONE for nothing." example:"SEE LICENSE"`
	Void     string
}

// ConclusionFor gives the conclusion that holds for a component with this
// declared license text ("" for none), as a fact. The first that holds wins.
// Void lists in words those that speak of the component and no longer hold.
func (p *Program) ConclusionFor(c inventory.PURL, declared string) (fact inventory.LicenseFact, void []string, ok bool) {
	for i := range p.Conclusions {
		con := &p.Conclusions[i]
		if !con.Package.Match(c) {
			continue
		}
		if why := con.lapsed(c, declared); why != "" {
			void = append(void, con.At.String()+": "+why)
			continue
		}
		return inventory.LicenseFact{
			Kind: inventory.Concluded, Expression: con.License.Text, Raw: con.License.Text,
			Source: con.At.File + ": " + con.Reason + " (" + con.By + ")",
			File:   con.At.File, FirstLine: con.At.Line, LastLine: con.At.Line, Observed: con.Date.Time,
		}, void, true
	}
	return inventory.LicenseFact{}, void, false
}

func (con *Conclusion) lapsed(c inventory.PURL, declared string) string {
	switch {
	case con.Void != "":
		return con.Void
	case !con.Versions.Empty() && !con.Versions.Contains(c.Version):
		return "version " + orUnknown(c.Version) + " is outside " + con.Versions.Text
	case con.Declared == "" || con.Declared == declared || con.Declared == "NONE" && declared == "":
		return ""
	default:
		return "the declared license was " + quote(con.Declared) + " and is now " + quote(declared)
	}
}

func orUnknown(version string) string {
	if version == "" {
		return "unknown"
	}
	return version
}
