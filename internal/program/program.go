package program

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"time"

	"github.com/tributary-oss/tributary/internal/license"
)

// Program is everything that the program files say. The zero value is the
// program of a company that has written nothing: built-in defaults apply.
type Program struct {
	Organization Organization
	Defaults     Defaults
	Products     []Product
	Teams        []Team
	Roles        map[string]Role
	Fixtures     Fixtures
	Policy       PolicyFile
	Waivers      []Waiver
	Conclusions  []Conclusion
	LicenseTexts []LicenseText
	VEX          []VEXStatement
	vexIndex     map[string][]int // statements by vulnerability, in upper case
	Upstreams    UpstreamsFile
	Goals        GoalsFile
	// Files holds every file as given, by name; also those whose content is
	// not interpreted yet (people.yaml, courses).
	Files map[string][]byte

	textNames map[string]license.Expr
}

// ProgramFile is the content of program.yaml.
type ProgramFile struct {
	Organization Organization    `yaml:"organization" doc:"The company."`
	Defaults     Defaults        `yaml:"defaults" doc:"What holds for repositories that no product claims, and for products that do not say."`
	Products     []Product       `yaml:"products" doc:"What the company builds. A repository may belong to several products; each is judged for itself."`
	Teams        []Team          `yaml:"teams" doc:"Who owns what. As in CODEOWNERS the last match wins, reading teams and their lists from top to bottom."`
	Roles        map[string]Role `yaml:"roles" doc:"Who answers a review: role name to team or people. legal, ospo, security and team (the owning team) always exist." example:"legal: {team: legal-team}"`
	Fixtures     Fixtures        `yaml:"fixtures" doc:"Manifests that are test data or samples."`
}

// Organization is the company.
type Organization struct {
	Name          string   `yaml:"name" doc:"Legal name, as it should stand in documents." example:"Example Corp"`
	Domains       []string `yaml:"domains" doc:"Email domains of employees." example:"[example.com]"`
	Outbound      Expr     `yaml:"outbound_license" doc:"License of own open source releases, unless a product says otherwise." example:"Apache-2.0"`
	NoticeContact string   `yaml:"notice_contact" doc:"Where recipients ask for source code; printed in notices." example:"opensource@example.com"`
}

// Defaults hold where a product does not say.
type Defaults struct {
	Delivery      []Delivery  `yaml:"delivery" default:"unknown" doc:"How products reach their users. With unknown every way is judged, and where they disagree the verdict is review." example:"[network_service]"`
	Recipients    []Recipient `yaml:"recipients" default:"public" doc:"Who gets the products." example:"[customers]"`
	WaiverMaxDays int         `yaml:"waiver_max_days" default:"180" doc:"Longest time that a waiver may run." example:"90"`
}

// Product is something that the company builds and delivers.
type Product struct {
	At           Pos
	ID           string       `yaml:"id" need:"yes" doc:"Short name, used by rules and waivers." example:"shop"`
	Name         string       `yaml:"name" doc:"Name for people." example:"Web shop"`
	Repositories []RepoPath   `yaml:"repositories" need:"yes" doc:"What it is built from: globs over repository names, with optional paths inside." example:"[github.com/example/shop-*]"`
	Delivery     []Delivery   `yaml:"delivery" default:"defaults.delivery" doc:"How it reaches its users; with several, each is judged and the worst verdict counts." example:"[network_service, web_client]"`
	LockedDown   bool         `yaml:"locked_down" default:"false" doc:"True for a device on which users can't install changed software." example:"true"`
	Recipients   []Recipient  `yaml:"recipients" default:"defaults.recipients" doc:"Who gets it." example:"[customers]"`
	Tier         Tier         `yaml:"tier" default:"standard" doc:"How much it matters." example:"critical"`
	SupportUntil Date         `yaml:"support_until" doc:"Last day of support." example:"2031-12-31"`
	License      Expr         `yaml:"license" default:"organization.outbound_license for distributed_source" doc:"License that the product itself is released under (SPDX)." example:"Apache-2.0"`
	Team         string       `yaml:"team" doc:"Team that answers for it." example:"checkout"`
	Modified     []Package    `yaml:"modified" doc:"Third-party packages that the company has changed." example:"[pkg:npm/left-pad]"`
	Overrides    []Correction `yaml:"overrides" doc:"What is known better than the defaults by ecosystem; the first match for each key wins."`
}

// Correction states how some packages are used in a product.
type Correction struct {
	At          Pos
	Package     []Package  `yaml:"package" doc:"Packages it speaks of." example:"[pkg:conan/*]"`
	Ecosystem   []string   `yaml:"ecosystem" doc:"Ecosystems or purl types it speaks of." example:"[ConanCenter]"`
	Coupling    Coupling   `yaml:"coupling" doc:"How the packages are joined to the product." example:"dynamic"`
	Replaceable Tri        `yaml:"replaceable" doc:"Whether a recipient can put another version of the library in its place." example:"yes"`
	Granted     Tri        `yaml:"granted" doc:"For source-available licenses: whether the licensor grants this use (production, offering as a service)." example:"no"`
	Delivery    []Delivery `yaml:"delivery" doc:"How these packages are delivered, where it differs from the product." example:"[web_client]"`
}

// Team owns repositories or parts of them.
type Team struct {
	At      Pos
	ID      string     `yaml:"id" need:"yes" doc:"Short name, used by products, roles and rules." example:"checkout"`
	Name    string     `yaml:"name" doc:"Name for people." example:"Checkout team"`
	Contact string     `yaml:"contact" doc:"Address or channel." example:"checkout@example.com"`
	Owns    []RepoPath `yaml:"owns" doc:"Repositories and paths of the team." example:"[{name: github.com/example/mono, paths: [services/checkout]}]"`
}

// Role says who answers a review.
type Role struct {
	At     Pos
	Team   string   `yaml:"team" doc:"The team." example:"legal-team"`
	People []string `yaml:"people" doc:"Or people, by email address." example:"[counsel@example.com]"`
}

// RepoPath selects repositories by name and, optionally, paths inside.
type RepoPath struct {
	Name  Glob   `yaml:"name" short:"yes" need:"yes" doc:"Glob over repository names (host/owner/name); one without a slash is matched with the last part of the name. * stays within a part, ** does not." example:"github.com/example/**"`
	Paths []Glob `yaml:"paths" doc:"Globs over paths inside, from the root of the repository (**/ in front for any depth); a directory stands for all below it. Without, the whole repository." example:"[services/checkout]"`
}

// Fixtures says which manifests are test data or samples.
type Fixtures struct {
	Include  bool   `yaml:"include_in_verdicts" default:"false" doc:"Judge them like everything else." example:"true"`
	Patterns []Glob `yaml:"patterns" doc:"Globs over paths that are fixtures too, from the root (**/ in front for any depth)." example:"[demo, '**/playground']"`
	Exclude  []Glob `yaml:"exclude" doc:"Paths that are not fixtures, whatever they look like." example:"[examples/product/**]"`
}

// Date is a day in UTC; zero when not given.
type Date struct{ time.Time }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return fmt.Errorf("%s is not a date; write YYYY-MM-DD", quote(string(b)))
	}
	d.Time = t
	return nil
}

// String gives YYYY-MM-DD, or "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// Hash identifies the content of all program files: two programs with the same
// hash say the same. Hex SHA-256 over names and contents in order of names.
func (p *Program) Hash() string {
	names := make([]string, 0, len(p.Files))
	for name := range p.Files {
		names = append(names, name)
	}
	sort.Strings(names)
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintf(h, "%d %s\n%d\n", len(name), name, len(p.Files[name]))
		h.Write(p.Files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}
