package policy

import (
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/program"
)

// Use is the context in which one component is used in one product: all that a
// rule may ask, apart from the license. Build it with [UseFor].
type Use struct {
	// Component is the package; without a version it is unresolved.
	Component inventory.PURL
	// Repository, Manifest, Team, Product and Tier say where it is used.
	// Product is "" when no product claims the manifest.
	Repository string
	Manifest   string
	Team       string
	Product    string
	Tier       program.Tier
	Relation   inventory.Relation
	Scope      inventory.Scope
	// Delivery lists the ways in which the product reaches its users; each is
	// judged and the worst counts. Empty or unknown: every way is judged, and
	// where they disagree the verdict is review.
	Delivery   []program.Delivery
	LockedDown bool
	Recipients []program.Recipient // each is judged; empty means public
	// Coupling "" means the default of the ecosystem ([DefaultCoupling]).
	Coupling program.Coupling
	// Replaceable "" means what follows from the coupling.
	Replaceable program.Tri
	// Modified "" means no: packages come from registries as they are.
	Modified program.Tri
	// Granted says whether the licensor of a source-available component grants
	// this use; "" means unknown.
	Granted program.Tri
	// Outbound is the license that the product itself is released under, as an
	// SPDX expression; "" when it names none.
	Outbound string
	Fixture  bool
	// Assumptions lists in words the defaults that stand in for what the
	// program does not say; verdicts repeat them.
	Assumptions []string
}

// LicenseFacts are the statements on the license of a component, kept apart by
// who says so.
type LicenseFacts struct {
	Declared, Detected, Concluded []inventory.LicenseFact
}
