package program

import (
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// PolicyFile is the content of policy.yaml, and of the built-in presets.
type PolicyFile struct {
	Extends    Preset                         `yaml:"extends" default:"standard" doc:"The preset whose rules come after the company's own." example:"standard"`
	Categories map[LicenseID]license.Category `yaml:"categories" doc:"The company's own view of a license's category: SPDX id to category. It comes before the built-in one." example:"OSL-3.0: network"`
	Rules      []Rule                         `yaml:"rules" doc:"The rules. Keys in a rule are AND, values in a list are OR, the first match wins. The company's rules come before the preset's; within each, rules on a package come first, then license with exception, license, category, and the rest; otherwise the order of the file."`
	Tests      []RuleTest                     `yaml:"tests" doc:"What the rules must lead to; run by program check."`
}

// Rule is one line of policy.
type Rule struct {
	At            Pos
	ID            string               `yaml:"id" need:"yes" doc:"Short name, shown with each verdict." example:"no-agpl-in-shop"`
	License       []LicensePattern     `yaml:"license" doc:"SPDX ids; * stands for any text." example:"[GPL-2.0-only, LGPL-*]"`
	Exception     []LicensePattern     `yaml:"exception" doc:"SPDX exception ids that stand with the license; * for any exception." example:"[Classpath-exception-2.0]"`
	Category      []license.Category   `yaml:"category" doc:"License categories." example:"[strong, network]"`
	Package       []Package            `yaml:"package" doc:"Package URLs; * stands for any text; a version range may follow after a space." example:"['pkg:npm/lodash >=4 <5']"`
	Ecosystem     []string             `yaml:"ecosystem" doc:"Ecosystems (OSV names) or purl types." example:"[npm, PyPI]"`
	Product       []string             `yaml:"product" doc:"Product ids." example:"[shop]"`
	Tier          []Tier               `yaml:"tier" doc:"Tiers of the product." example:"[critical]"`
	Team          []string             `yaml:"team" doc:"Team ids." example:"[checkout]"`
	Repository    []Glob               `yaml:"repository" doc:"Globs over repository names." example:"[github.com/example/lab-*]"`
	Manifest      []Glob               `yaml:"manifest" doc:"Globs over the path of the manifest." example:"[tools/**]"`
	Delivery      []Delivery           `yaml:"delivery" doc:"Ways of delivery." example:"[distributed_binary, device]"`
	LockedDown    *bool                `yaml:"locked_down" doc:"Whether the device is locked down." example:"true"`
	Recipients    []Recipient          `yaml:"recipients" doc:"Who gets the product." example:"[affiliates]"`
	Scope         []inventory.Scope    `yaml:"scope" doc:"What the component is for." example:"[dev, test]"`
	Relation      []inventory.Relation `yaml:"relation" doc:"How the component comes in." example:"[direct]"`
	Coupling      []Coupling           `yaml:"coupling" doc:"How it is joined to the product." example:"[static, copied_in]"`
	Replaceable   Tri                  `yaml:"replaceable" doc:"Whether recipients can replace it." example:"yes"`
	Modified      Tri                  `yaml:"modified" doc:"Whether the company changed it." example:"yes"`
	Granted       Tri                  `yaml:"granted" doc:"Whether the licensor grants this use (source-available licenses)." example:"no"`
	Outbound      []OutboundValue      `yaml:"outbound" doc:"Whether the license fits the product's own; none when the product names no license." example:"[conflict]"`
	Unresolved    *bool                `yaml:"unresolved" doc:"True for components whose version is not known. These rules answer a question of their own; the worse of the two answers counts." example:"true"`
	Vulnerability *VulnerabilityKeys   `yaml:"vulnerability" doc:"Known vulnerabilities. These rules answer a question of their own, for each vulnerability in each use; keys on licenses can't stand beside it."`
	Upstream      *UpstreamKeys        `yaml:"upstream" doc:"Signals about the project behind the component. These rules answer a question of their own; keys on licenses can't stand beside it."`
	When          string               `yaml:"when" doc:"A CEL expression over the same facts, for what keys can't say." example:"'component.version.startsWith(\"0.\") && tier == \"critical\"'"`
	Verdict       Decision             `yaml:"verdict" need:"yes" doc:"What follows." example:"review"`
	Role          string               `yaml:"role" default:"legal for review and deny; security for vulnerabilities, ospo for signals" doc:"Who decides." example:"legal"`
	Reason        string               `yaml:"reason" doc:"Why, in words for the reader of the verdict." example:"Shipping it would put the whole product under the GPL."`
	Fix           string               `yaml:"fix" doc:"What would make it pass." example:"Run it as a separate process."`
}

// RuleTest is one case that the policy must decide as expected.
type RuleTest struct {
	At     Pos
	Name   string   `yaml:"name" need:"yes" doc:"What the case shows." example:"GPL in a shipped binary is denied"`
	Given  Given    `yaml:"given" need:"yes" doc:"The facts."`
	Expect Decision `yaml:"expect" need:"yes" doc:"The verdict." example:"deny"`
	Rule   string   `yaml:"rule" doc:"The id of the rule that must decide." example:"strong-coupled-shipped"`
}

// Given are the facts of a test: a usage and its license.
type Given struct {
	License       string              `yaml:"license" doc:"What is declared, as an SPDX expression; nothing means unknown." example:"MIT OR GPL-2.0-only"`
	Detected      string              `yaml:"detected" doc:"What the text says, where it is to differ." example:"GPL-2.0-only"`
	Package       string              `yaml:"package" default:"pkg:generic/example@1.0" doc:"Package URL." example:"pkg:npm/lodash@4.17.21"`
	Product       string              `yaml:"product" doc:"Product id; its settings are not taken over." example:"shop"`
	Tier          Tier                `yaml:"tier" doc:"Tier." example:"critical"`
	Team          string              `yaml:"team" doc:"Team id." example:"checkout"`
	Repository    string              `yaml:"repository" doc:"Repository name." example:"github.com/example/shop"`
	Manifest      string              `yaml:"manifest" doc:"Path of the manifest." example:"package-lock.json"`
	Delivery      []Delivery          `yaml:"delivery" default:"unknown" doc:"Ways of delivery." example:"[network_service]"`
	LockedDown    bool                `yaml:"locked_down" default:"false" doc:"Locked device." example:"true"`
	Recipients    []Recipient         `yaml:"recipients" default:"public" doc:"Recipients." example:"[customers]"`
	Scope         inventory.Scope     `yaml:"scope" default:"runtime" doc:"Scope." example:"dev"`
	Relation      inventory.Relation  `yaml:"relation" default:"direct" doc:"Relation." example:"transitive"`
	Coupling      Coupling            `yaml:"coupling" default:"by ecosystem" doc:"Coupling." example:"static"`
	Replaceable   Tri                 `yaml:"replaceable" default:"by coupling" doc:"Replaceable." example:"no"`
	Modified      Tri                 `yaml:"modified" default:"no" doc:"Modified." example:"yes"`
	Granted       Tri                 `yaml:"granted" default:"unknown" doc:"Granted." example:"no"`
	Outbound      Expr                `yaml:"outbound_license" doc:"License of the product itself." example:"Apache-2.0"`
	Unresolved    bool                `yaml:"unresolved" default:"false" doc:"The version is not known." example:"true"`
	Vulnerability *GivenVulnerability `yaml:"vulnerability" doc:"A known vulnerability in it; the test asks about that, not about the license."`
	Upstream      *GivenUpstream      `yaml:"upstream" doc:"What is known of the project behind it; the test asks about that."`
}
