package policy

import (
	"fmt"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// waiverIndex finds the waivers that may speak of a component.
type waiverIndex struct {
	all   []program.Waiver
	exact map[[2]string][]int // by purl type and full name
	wild  []int
}

func indexWaivers(list []program.Waiver) waiverIndex {
	x := waiverIndex{all: list, exact: map[[2]string][]int{}}
	for i := range list {
		if typ, name, ok := list[i].Package.Exact(); ok {
			x.exact[[2]string{typ, name}] = append(x.exact[[2]string{typ, name}], i)
		} else {
			x.wild = append(x.wild, i)
		}
	}
	return x
}

// mayName tells whether a waiver names the component, wherever it is used.
func (x *waiverIndex) mayName(c inventory.PURL) bool {
	if len(x.all) == 0 {
		return false
	}
	for _, i := range x.exact[nameKey(c)] {
		if x.all[i].Package.MatchName(c) {
			return true
		}
	}
	for _, i := range x.wild {
		if x.all[i].Package.MatchName(c) {
			return true
		}
	}
	return false
}

func nameKey(c inventory.PURL) [2]string {
	if c.Namespace == "" {
		return [2]string{c.Type, c.Name}
	}
	return [2]string{c.Type, c.Namespace + "/" + c.Name}
}

// speaking lists the waivers whose package, product and repository cover the
// use, in the order of the file as far as they are exact, then the patterns.
func (x *waiverIndex) speaking(use *Use) []*program.Waiver {
	if len(x.all) == 0 {
		return nil
	}
	var out []*program.Waiver
	for _, list := range [][]int{x.exact[nameKey(use.Component)], x.wild} {
		for _, i := range list {
			w := &x.all[i]
			if w.Package.MatchName(use.Component) &&
				(len(w.Product) == 0 || in(w.Product, use.Product)) &&
				(len(w.Repository) == 0 || anyName(w.Repository, use.Repository)) {
				out = append(out, w)
			}
		}
	}
	return out
}

// waive looks for waivers that accept the finding. A finding may have two
// parts, the license and the unknown version; both need one. The finding stays
// what it is: it is accepted, not undone.
func (s *Session) waive(v *Verdict, use *Use) {
	need := map[program.FindingType]bool{}
	if v.licenseOpen {
		need[program.FindingLicense] = true
	}
	if v.Unresolved != nil && v.Unresolved.Decision.Rank() >= Review.Rank() {
		need[program.FindingUnresolved] = true
	}
	var holding []AppliedWaiver
	got := map[program.FindingType]bool{}
	for _, w := range s.waivers.speaking(use) {
		kind := w.Finding
		if kind == "" {
			kind = program.FindingLicense
		}
		if !need[kind] {
			continue
		}
		a := s.applied(w)
		if a.Why = s.why(w, v, use, kind); a.Why != "" {
			v.Lapsed = append(v.Lapsed, a)
			continue
		}
		if !got[kind] {
			got[kind] = true
			holding = append(holding, a)
		}
	}
	if len(holding) == 0 {
		return
	}
	if len(got) < len(need) {
		for _, a := range holding {
			a.Why = "it covers only a part of the finding: the license and the unknown version each need a waiver"
			v.Lapsed = append(v.Lapsed, a)
		}
		return
	}
	v.accept(holding)
}

// WaiveOutbound looks for a waiver that accepts a finding of the outbound check;
// lapsed lists those that speak of it and do not hold.
func (s *Session) WaiveOutbound(f OutboundFinding) (holding *AppliedWaiver, lapsed []AppliedWaiver) {
	use := f.Item.Use
	use.Component = f.Item.Component
	v := &Verdict{Effective: f.Item.Expr}
	for _, l := range f.Item.Expr.Leaves() {
		v.Leaves = append(v.Leaves, LeafVerdict{License: l.String(), Decision: Review, Taken: true})
	}
	for _, w := range s.waivers.speaking(&use) {
		if w.Finding != program.FindingOutbound {
			continue
		}
		a := s.applied(w)
		if a.Why = s.why(w, v, &use, program.FindingOutbound); a.Why != "" {
			lapsed = append(lapsed, a)
		} else if holding == nil {
			holding = &a
		}
	}
	return holding, lapsed
}

// accept records the waiver that ends first, since the acceptance ends with it.
func (v *Verdict) accept(holding []AppliedWaiver) {
	first := holding[0]
	for _, a := range holding[1:] {
		if a.Expires.Before(first.Expires) {
			first = a
		}
	}
	v.Waiver = &first
	text := fmt.Sprintf("Accepted by waiver %s until %s (%s left); approved by %s, risk owned by %s.",
		first.ID, first.Expires.Format(time.DateOnly), days(first.DaysLeft), first.Approver, first.Owner)
	v.Reasons = append([]Reason{{Text: text, Source: first.At.String()}}, v.Reasons...)
	v.Fix = nil
}

func (s *Session) applied(w *program.Waiver) AppliedWaiver {
	return AppliedWaiver{ID: w.ID, At: w.At, Owner: w.Owner, Approver: w.Approver, Expires: w.Expires.Time,
		DaysLeft: int(w.Expires.Sub(s.today).Hours() / 24)}
}

// why says why a waiver does not hold for the finding; "" when it does.
func (s *Session) why(w *program.Waiver, v *Verdict, use *Use, kind program.FindingType) string {
	switch {
	case w.Void != "":
		return "it is not valid: " + w.Void
	case w.Expires.IsZero() || w.Start.IsZero():
		return "it has no start or no expiry"
	case s.today.After(w.Expires.Time):
		return "it expired on " + w.Expires.String()
	case s.today.Before(w.Start.Time):
		return "it starts only on " + w.Start.String()
	case !inRange(w, use.Component):
		return fmt.Sprintf("version %s is outside its range", orUnknownVersion(use.Component.Version))
	}
	return s.contextChanged(w, v, use, kind)
}

func inRange(w *program.Waiver, c inventory.PURL) bool {
	return w.Package.Match(c) && (w.Versions.Empty() || w.Versions.Contains(c.Version))
}

func orUnknownVersion(v string) string {
	if v == "" {
		return "unknown"
	}
	return v
}

// contextChanged names the condition under which the waiver was given and that
// no longer holds.
func (s *Session) contextChanged(w *program.Waiver, v *Verdict, use *Use, kind program.FindingType) string {
	if w.License.Text != "" && v != nil && kind != program.FindingUnresolved && !coversLicense(w.License.Text, v) {
		return fmt.Sprintf("it was given for %s; the license is now %s", w.License.Text, v.Effective)
	}
	deliveries := use.Delivery
	if unknownDelivery(deliveries) {
		deliveries = []program.Delivery{program.DeliveryUnknown}
	}
	for _, d := range deliveries {
		if len(w.Delivery) > 0 && !in(w.Delivery, d) {
			return fmt.Sprintf("it was not given for delivery %s", d)
		}
		c := use.Coupling
		if c == "" {
			c = DefaultCoupling(use.Component.Type, d)
		}
		if len(w.Coupling) > 0 && !in(w.Coupling, c) {
			return fmt.Sprintf("it was not given for coupling %s", c)
		}
	}
	if w.Modified != "" && w.Modified != orNo(use.Modified) {
		return fmt.Sprintf("it was given for modified: %s; that is now %s", w.Modified, orNo(use.Modified))
	}
	return ""
}

// coversLicense is true when the waiver names the license that is judged, or
// all of it that does not pass.
func coversLicense(text string, v *Verdict) bool {
	e, err := license.Parse(text)
	if err != nil {
		return false
	}
	if license.Equivalent(e, v.Effective) {
		return true
	}
	named := map[string]bool{}
	for _, l := range e.Leaves() {
		named[l.String()] = true
	}
	for _, l := range v.Leaves {
		if l.Taken && l.Decision.Rank() >= Review.Rank() && !named[l.License] {
			return false
		}
	}
	return true
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
