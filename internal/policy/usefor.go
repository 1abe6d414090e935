package policy

import (
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

// UseFor puts together the context of one usage in one product from what the
// program says. Product is one of [program.Program.ProductsFor], or nil where
// no product claims the manifest.
func UseFor(p *program.Program, product *program.Product, repository string, u inventory.Usage) Use {
	use := Use{
		Component: u.Component, Repository: repository, Manifest: u.Manifest,
		Team: p.TeamFor(repository, u.Manifest), Tier: "standard",
		Relation: u.Relation, Scope: u.Scope,
		Delivery: p.Defaults.Delivery, Recipients: p.Defaults.Recipients,
		Fixture: p.IsFixture(repository, u.Manifest, u.Fixture),
	}
	if product != nil {
		use.apply(p, product)
	}
	use.assume(product)
	use.Delivery = reaching(use.Delivery, u.Component.Type)
	return use
}

// apply takes over what the product says.
func (use *Use) apply(p *program.Program, product *program.Product) {
	use.Product, use.LockedDown, use.Outbound = product.ID, product.LockedDown, product.License.Text
	if product.Tier != "" {
		use.Tier = product.Tier
	}
	if len(product.Delivery) > 0 {
		use.Delivery = product.Delivery
	}
	if len(product.Recipients) > 0 {
		use.Recipients = product.Recipients
	}
	if use.Team == "" {
		use.Team = product.Team
	}
	for _, pattern := range product.Modified {
		if pattern.Match(use.Component) {
			use.Modified = program.Yes
		}
	}
	use.correct(product.Overrides)
	if use.Outbound == "" && len(use.Delivery) == 1 && use.Delivery[0] == program.DistributedSource {
		use.Outbound = p.Organization.Outbound.Text
	}
}

// correct applies the overrides; the first that speaks of a key wins.
func (use *Use) correct(overrides []program.Correction) {
	var delivery []program.Delivery
	for _, o := range overrides {
		if !speaksOf(o, use.Component) {
			continue
		}
		if use.Coupling == "" {
			use.Coupling = o.Coupling
		}
		if use.Replaceable == "" {
			use.Replaceable = o.Replaceable
		}
		if use.Granted == "" {
			use.Granted = o.Granted
		}
		if delivery == nil {
			delivery = o.Delivery
		}
	}
	if len(delivery) > 0 {
		use.Delivery = delivery
	}
}

func speaksOf(o program.Correction, c inventory.PURL) bool {
	if len(o.Ecosystem) > 0 && !hasEcosystem(o.Ecosystem, c) {
		return false
	}
	return len(o.Package) == 0 || anyPackage(o.Package, c)
}

func anyPackage(patterns []program.Package, c inventory.PURL) bool {
	for _, p := range patterns {
		if p.Match(c) {
			return true
		}
	}
	return false
}

func hasEcosystem(list []string, c inventory.PURL) bool {
	for _, e := range list {
		if strings.EqualFold(e, c.Type) || strings.EqualFold(e, c.Ecosystem()) {
			return true
		}
	}
	return false
}

// assume names the defaults that stand in for what the program does not say.
func (use *Use) assume(product *program.Product) {
	if unknownDelivery(use.Delivery) {
		use.Assumptions = append(use.Assumptions, "how it is delivered is not known: "+whose(product))
	}
	if len(use.Recipients) == 0 {
		use.Assumptions = append(use.Assumptions, "recipients are the public, or the own legal entity where it is internal: "+whose(product))
	}
}

func whose(product *program.Product) string {
	if product == nil {
		return "no product claims this manifest, and program.yaml has no default"
	}
	return "product " + product.ID + " does not say, and program.yaml has no default"
}

func unknownDelivery(list []program.Delivery) bool {
	for _, d := range list {
		if d == program.DeliveryUnknown {
			return true
		}
	}
	return len(list) == 0
}

// reaching leaves out the browser for packages that can't run there, when the
// product has other parts: a Go package of a shop is not in its web pages.
func reaching(list []program.Delivery, purlType string) []program.Delivery {
	if len(list) < 2 || runsInBrowser(purlType) {
		return list
	}
	var out []program.Delivery
	for _, d := range list {
		if d != program.WebClient {
			out = append(out, d)
		}
	}
	return out
}

func runsInBrowser(purlType string) bool { return purlType == "npm" || purlType == "pub" }

// DefaultCoupling is how packages of an ecosystem (a purl type) are joined to
// the product when nobody says otherwise: compiled in for Go and Rust, loaded
// at run time and replaceable for Java, .NET, Python, Ruby, PHP and Node,
// bundled (as good as static) where JavaScript goes to browsers. C and C++ do
// not tell.
func DefaultCoupling(purlType string, delivery program.Delivery) program.Coupling {
	if delivery == program.WebClient && runsInBrowser(purlType) {
		return program.Static
	}
	switch purlType {
	case "golang", "cargo", "hackage", "pub", "swift":
		return program.Static
	case "maven", "nuget", "pypi", "gem", "composer", "npm", "hex", "cran", "julia", "cpan", "luarocks":
		return program.Dynamic
	case "githubactions", "github":
		return program.SeparateProcess
	case "docker", "oci", "deb", "apk", "rpm", "alpm":
		return program.AggregatedOnly
	}
	return program.CouplingUnknown
}

// DefaultReplaceable says whether recipients can put another version of the
// component in its place, as far as the coupling tells.
func DefaultReplaceable(c program.Coupling) program.Tri {
	switch c {
	case program.CopiedIn, program.Static:
		return program.No
	case program.CouplingUnknown, "":
		return program.Unknown
	}
	return program.Yes
}
