package policy

import (
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// Events lists what happens to a component that is used so: the events on which
// duties depend. Where a fact is not known, the events of every possibility
// count. Use for development, test and build conveys nothing and combines
// nothing with what is delivered.
func Events(use Use) license.EventSet {
	all := license.EventSet{}
	for _, group := range possibilities(&use) {
		for i := range group {
			for e := range eventsOf(&group[i]) {
				all[e] = true
			}
		}
	}
	return all
}

func eventsOf(sit *situation) license.EventSet {
	set := license.EventSet{}
	if sit.modified == program.Yes {
		set[license.Modify] = true
	}
	if !delivers(sit.use.Scope) {
		return set
	}
	set[license.ProductionUse] = true
	for _, e := range deliveryEvents(sit) {
		set[e] = true
	}
	for _, e := range couplingEvents[sit.coupling] {
		set[e] = true
	}
	return set
}

func deliveryEvents(sit *situation) []license.Event {
	switch sit.delivery {
	case program.InternalOnly:
		return nil
	case program.NetworkService:
		return serviceEvents(sit)
	case program.HostedForCustomer:
		return append(serviceEvents(sit), license.ConveyBinary)
	case program.DistributedSource:
		return []license.Event{license.ConveySource}
	case program.Device:
		if sit.use.LockedDown {
			return []license.Event{license.ConveyBinary, license.ShipLockedUserProduct}
		}
	}
	return []license.Event{license.ConveyBinary}
}

func serviceEvents(sit *situation) []license.Event {
	out := []license.Event{license.NetworkInteract, license.CombineServiceStack}
	if sit.modified == program.Yes {
		out = append(out, license.ModifyAndNetworkInteract)
	}
	if sit.granted == program.No {
		out = append(out, license.OfferAsService)
	}
	return out
}

var couplingEvents = map[program.Coupling][]license.Event{
	program.CopiedIn: {license.CombineFile, license.CombineModule, license.CombineWork},
	program.Static:   {license.CombineLibrary, license.CombineWork},
	program.Dynamic:  {license.CombineLibrary, license.CombineWork},
	program.Plugin:   {license.CombineLibrary, license.CombineWork},
}

// dutyKey is a license with a set of events and whether it can be replaced.
type dutyKey struct {
	leaf        license.Leaf
	events      uint32
	replaceable bool
}

// dutiesOf gathers what is owed, each duty once: for a group whose possibilities
// disagree only those count that pass, since the others will not happen.
func (s *Session) dutiesOf(findings []finding) []license.Duty {
	var out []license.Duty
	seen := map[string]bool{}
	for _, f := range findings {
		for i := range f.cases {
			k := &f.cases[i]
			if f.open && k.out.decision.Rank() > AllowWithDuties.Rank() {
				continue
			}
			for _, l := range k.out.chosen.Leaves() {
				for _, d := range s.owed(l, &k.sit) {
					if !seen[d.ID] {
						seen[d.ID] = true
						out = append(out, d)
					}
				}
			}
		}
	}
	return out
}

func (s *Session) owed(l license.Leaf, sit *situation) []license.Duty {
	events := eventsOf(sit)
	key := dutyKey{leaf: l, replaceable: sit.replaceable == program.Yes}
	for i, e := range license.Events {
		if events[e] {
			key.events |= 1 << i
		}
	}
	if d, ok := s.duties[key]; ok {
		return d
	}
	var out []license.Duty
	for _, d := range license.Duties(l, events) {
		// Where recipients can replace the library anyway (a shared library
		// mechanism) no further materials are owed.
		if d.Action != license.RelinkMaterials || !key.replaceable {
			out = append(out, d)
		}
	}
	s.duties[key] = out
	return out
}
