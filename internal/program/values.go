package program

// Delivery says how a product reaches those who use it.
type Delivery string

// The ways of delivery. DeliveryUnknown is a value: every way is then judged
// and where they disagree a person is asked.
const (
	InternalOnly          Delivery = "internal_only"
	NetworkService        Delivery = "network_service"         // users interact over a network
	WebClient             Delivery = "web_client"              // code is sent to browsers
	DistributedBinary     Delivery = "distributed_binary"      // installed by others
	DistributedSource     Delivery = "distributed_source"      // an open source release
	Device                Delivery = "device"                  // embedded in hardware; see locked_down
	SDK                   Delivery = "sdk"                     // linked into the software of others
	ContainerImageShipped Delivery = "container_image_shipped" // images that others run
	HostedForCustomer     Delivery = "hosted_for_customer"     // we run it, the customer has access to its files
	DeliveryUnknown       Delivery = "unknown"
)

// Deliveries lists the known ways of delivery, in the order of the reference.
var Deliveries = []Delivery{InternalOnly, NetworkService, WebClient, DistributedBinary,
	DistributedSource, Device, SDK, ContainerImageShipped, HostedForCustomer}

// Values lists what may be written.
func (Delivery) Values() []string { return append(texts(Deliveries), string(DeliveryUnknown)) }

// Recipient says who gets the product.
type Recipient string

// The recipients, nearest first.
const (
	OwnEntity   Recipient = "own_legal_entity"
	Affiliates  Recipient = "affiliates"
	Contractors Recipient = "contractors"
	Customers   Recipient = "customers"
	Public      Recipient = "public"
)

// Recipients lists all recipients.
var Recipients = []Recipient{OwnEntity, Affiliates, Contractors, Customers, Public}

// Values lists what may be written.
func (Recipient) Values() []string { return texts(Recipients) }

// Coupling says how closely a component is joined to the product's own code.
type Coupling string

// The couplings, closest first.
const (
	CopiedIn        Coupling = "copied_in" // snippets, vendored or changed files
	Static          Coupling = "static"
	Dynamic         Coupling = "dynamic"
	Plugin          Coupling = "plugin_same_process"
	SeparateProcess Coupling = "separate_process"
	Data            Coupling = "data" // data, fonts, images
	AggregatedOnly  Coupling = "aggregated_only"
	CouplingUnknown Coupling = "unknown"
)

// Couplings lists the known couplings, closest first.
var Couplings = []Coupling{CopiedIn, Static, Dynamic, Plugin, SeparateProcess, Data, AggregatedOnly}

// Values lists what may be written.
func (Coupling) Values() []string { return append(texts(Couplings), string(CouplingUnknown)) }

// Joined is true when the component and the product's own code form one program.
func (c Coupling) Joined() bool {
	return c == CopiedIn || c == Static || c == Dynamic || c == Plugin
}

// Tri is yes, no or unknown. The empty value means "not said".
type Tri string

// The three answers.
const (
	Yes     Tri = "yes"
	No      Tri = "no"
	Unknown Tri = "unknown"
)

// Values lists what may be written.
func (Tri) Values() []string { return []string{"yes", "no", "unknown"} }

// Tier says how much a product matters.
type Tier string

// Values lists what may be written.
func (Tier) Values() []string { return []string{"critical", "high", "standard", "low"} }

// Decision is what a rule says, best first.
type Decision string

// The decisions. NotJudged is for what the program leaves out of verdicts
// (fixtures); it can't be written in a rule.
const (
	Allow           Decision = "allow"
	AllowWithDuties Decision = "allow_with_duties"
	Review          Decision = "review"
	Deny            Decision = "deny"
	NotJudged       Decision = "not_judged"
)

// Decisions lists what a rule may say, best first.
var Decisions = []Decision{Allow, AllowWithDuties, Review, Deny}

// Values lists what may be written.
func (Decision) Values() []string { return texts(Decisions) }

// Rank orders decisions: 0 is best. Anything unknown ranks as review.
func (d Decision) Rank() int {
	switch d {
	case NotJudged:
		return -1
	case Allow:
		return 0
	case AllowWithDuties:
		return 1
	case Deny:
		return 3
	default:
		return 2
	}
}

// OutboundValue says whether a license fits the license that the product is
// released under (domain: outbound check).
type OutboundValue string

// The outbound values; OutboundNone when the product names no license.
const (
	OutboundOK       OutboundValue = "ok"
	OutboundDuties   OutboundValue = "ok_with_duties"
	OutboundReview   OutboundValue = "review"
	OutboundConflict OutboundValue = "conflict"
	OutboundNone     OutboundValue = "none"
)

// Values lists what may be written.
func (OutboundValue) Values() []string {
	return []string{"ok", "ok_with_duties", "review", "conflict", "none"}
}

// Preset names one of the built-in policies that a company's extends.
type Preset string

// Values lists what may be written.
func (Preset) Values() []string { return []string{"open", "standard", "regulated"} }

// FindingType says which question a waiver answers.
type FindingType string

// The findings that can be waived.
const (
	FindingLicense       FindingType = "license"       // the license is not allowed for this use
	FindingUnresolved    FindingType = "unresolved"    // the version is not known
	FindingOutbound      FindingType = "outbound"      // the license does not fit the product's own
	FindingVulnerability FindingType = "vulnerability" // a known vulnerability; its risk is accepted, it does not go away
	FindingUpstream      FindingType = "upstream"      // a signal about the project behind it
)

// Values lists what may be written.
func (FindingType) Values() []string {
	return []string{"license", "unresolved", "outbound", "vulnerability", "upstream"}
}

// ReasonClass groups waivers in the register.
type ReasonClass string

// Values lists what may be written.
func (ReasonClass) Values() []string {
	return []string{"replacement_planned", "vendor_agreement", "low_exposure", "legal_opinion", "false_finding", "deadline", "other"}
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
