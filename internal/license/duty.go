package license

import (
	"slices"
)

// Event is something that is done with a licensed work and that may trigger
// duties. Duties attach to events, not to the presence of a license.
type Event string

// The events.
const (
	ConveySource             Event = "convey_source"                     // give others the source
	ConveyBinary             Event = "convey_binary"                     // give others a built form
	Modify                   Event = "modify"                            // change the work itself
	ModifyAndNetworkInteract Event = "modify_and_network_interact"       // let users interact remotely with a changed version
	NetworkInteract          Event = "network_interact"                  // let users interact remotely, changed or not
	OfferAsService           Event = "offer_as_service_to_third_parties" // make the work's functions a service for others
	ProductionUse            Event = "production_use"                    // use for real work, not for evaluation
	CombineFile              Event = "combine_file"                      // join with own code in one file
	CombineModule            Event = "combine_module"                    // join with own code in one module
	CombineLibrary           Event = "combine_library"                   // use as a library of an own program
	CombineWork              Event = "combine_work"                      // form one work with own code
	CombineServiceStack      Event = "combine_service_stack"             // run as part of a service with own programs around it
	ShipLockedUserProduct    Event = "ship_locked_user_product"          // in a consumer device that runs only approved software
	AdvertiseFeatures        Event = "advertise_features"                // mention features or use in advertising
	UseNamesForEndorsement   Event = "use_names_for_endorsement"         // use the authors' names to promote
	SueOverPatents           Event = "sue_over_patents"                  // claim that the work infringes a patent
	Relicense                Event = "relicense"                         // put under other terms, or sublicense
	ContributeInbound        Event = "contribute_inbound"                // send a change to the work's project
)

// Events lists all events.
var Events = []Event{ConveySource, ConveyBinary, Modify, ModifyAndNetworkInteract, NetworkInteract, OfferAsService, ProductionUse,
	CombineFile, CombineModule, CombineLibrary, CombineWork, CombineServiceStack, ShipLockedUserProduct, AdvertiseFeatures,
	UseNamesForEndorsement, SueOverPatents, Relicense, ContributeInbound}

// EventSet is the set of events that a usage context brings about.
type EventSet map[Event]bool

// NewEventSet makes a set of the given events.
func NewEventSet(es ...Event) EventSet {
	s := make(EventSet, len(es))
	for _, e := range es {
		s[e] = true
	}
	return s
}

// AllEvents holds every event; it must not be changed.
var AllEvents = NewEventSet(Events...)

// Sorted lists the events of s in the order of [Events].
func (s EventSet) Sorted() []Event {
	var out []Event
	for _, e := range Events {
		if s[e] {
			out = append(out, e)
		}
	}
	return out
}

// Action is the kind of thing that a duty asks for. Duties of many components
// are joined by action at a release.
type Action string

// The actions.
const (
	IncludeText        Action = "include_text"         // deliver the license text
	IncludeNotice      Action = "include_notice"       // deliver copyright and other notices
	ProvideSource      Action = "provide_source"       // deliver source with the product or give access to it
	WrittenOffer       Action = "written_offer"        // a written offer of source in place of the source
	MarkChanges        Action = "mark_changes"         // say what was changed, by whom, when
	DisplayInUI        Action = "display_in_ui"        // show notices while the program runs
	InstallInfo        Action = "install_info"         // what a user needs to install a changed version
	RelinkMaterials    Action = "relink_materials"     // what a user needs to relink with a changed library
	SameLicense        Action = "same_license"         // pass the work on under the same license
	NoEndorse          Action = "no_endorse"           // do not use names to promote
	Acknowledge        Action = "acknowledge"          // name the authors in documents or advertising
	InformRecipients   Action = "inform_recipients"    // tell recipients of their rights or where the source is
	OfferSourceNetwork Action = "offer_source_network" // offer source to users over the network
	Stop               Action = "stop"                 // do not do this without another license
	Rename             Action = "rename"               // do not use the original name for a changed version
	Refrain            Action = "refrain"              // do not restrict or claim what the license gives
	Indemnify          Action = "indemnify"            // stand in for others for own promises
)

// Actions lists all actions.
var Actions = []Action{IncludeText, IncludeNotice, ProvideSource, WrittenOffer, MarkChanges, DisplayInUI, InstallInfo, RelinkMaterials,
	SameLicense, NoEndorse, Acknowledge, InformRecipients, OfferSourceNetwork, Stop, Rename, Refrain, Indemnify}

// Duty is one thing that a license asks for when certain events happen, in our
// own words. Not legal advice.
type Duty struct {
	// ID is stable: the card, a dot, and the duty's own name ("apache-2.0.notice-file").
	ID string
	// Licenses are the SPDX ids whose card this is.
	Licenses []string
	// On are the events of which any one triggers the duty. An event set that
	// holds none of them owes nothing under this duty.
	On []Event
	// With, where it is not empty, lists events of which one must happen too.
	With   []Event
	Action Action
	// Text says what to do.
	Text string
	// DeliverWith names where it is fulfilled: "package", "docs", "ui", "website".
	DeliverWith []string
	// Retention says how long it must be kept up; empty when the act is enough.
	Retention string
	// Proof names what shows that it was done.
	Proof string
	// Section cites the license and its section.
	Section string
	// ReviewedBy names the lawyer who confirmed the card; empty until then.
	ReviewedBy string
}

// triggered says whether the events bring the duty about.
func (d Duty) triggered(events EventSet) bool {
	if !slices.ContainsFunc(d.On, func(e Event) bool { return events[e] }) {
		return false
	}
	return len(d.With) == 0 || slices.ContainsFunc(d.With, func(e Event) bool { return events[e] })
}
