package policy

import (
	"fmt"
	"sort"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// OutboundItem is one thing that a release contains or links.
type OutboundItem struct {
	Component inventory.PURL
	// Expr is its license, as judged ([Verdict.Effective]).
	Expr license.Expr
	Use  Use
	// CopiedIn is true when its files stand in the release itself, whatever
	// the use says of coupling.
	CopiedIn bool
}

// OutboundFinding says whether one item fits the license of the release.
type OutboundFinding struct {
	Item  OutboundItem
	Value program.OutboundValue // ok, ok_with_duties, review, conflict
	// Branch is the branch of the item's license that fits best, "" when there
	// is no choice.
	Branch string
	Why    string
	// Source is where the judgment comes from: the compatibility table, a
	// category, the coupling.
	Source      string
	Suggestions []string // what would make it fit; empty when it does
}

// Outbound checks a release under the license own: may each item be in it, or
// be linked by it (domain: outbound compatibility)? It does not ask whether an
// item may be used at all; that is [Policy.Judge]. Findings are in the order of
// the items, one each.
func Outbound(own license.Expr, items []OutboundItem) []OutboundFinding {
	out := make([]OutboundFinding, 0, len(items))
	s := &Session{policy: &Policy{}, leaves: map[license.Leaf]*leafFacts{}, fits: map[fit]program.OutboundValue{}}
	for _, item := range items {
		out = append(out, s.outboundItem(own, item))
	}
	return out
}

func (s *Session) outboundItem(own license.Expr, item OutboundItem) OutboundFinding {
	use := item.Use
	if item.CopiedIn {
		use.Coupling, use.Scope = program.CopiedIn, inventory.Runtime
	}
	use.Delivery = []program.Delivery{program.DistributedSource}
	expr := item.Expr
	if expr.IsZero() {
		expr = noAssertion
	}
	if own.IsZero() {
		return OutboundFinding{Item: item, Value: program.OutboundReview, Why: "The release itself names no license, so nothing can be said of what fits.",
			Source: "the release", Suggestions: []string{"Give the release a license: a LICENSE file, and products.license in program.yaml."}}
	}
	worst := s.matchAll(possibilities(&use), own, expr)
	f := OutboundFinding{Item: item, Value: worst.value, Why: worst.why, Source: worst.source}
	if worst.elected {
		f.Branch = worst.chosen.String()
	}
	if rankOf(f.Value) >= rankOf(program.OutboundReview) {
		f.Suggestions = s.suggest(own, expr, use, f)
	}
	return f
}

// matchAll judges every possibility. Where they disagree and not all fit, a
// person must say how it is used.
func (s *Session) matchAll(groups [][]situation, own, expr license.Expr) matched {
	var best, worst matched
	first := true
	for _, group := range groups {
		for i := range group {
			m := s.match(&group[i], own, expr)
			if first || rankOf(m.value) < rankOf(best.value) {
				best = m
			}
			if first || rankOf(m.value) > rankOf(worst.value) {
				worst = m
			}
			first = false
		}
	}
	if rankOf(worst.value) == rankOf(program.OutboundConflict) && rankOf(best.value) < rankOf(worst.value) {
		worst.value = program.OutboundReview
		worst.why = "It is not known how it is joined to the release. At worst: " + worst.why
	}
	return worst
}

// matched is how an expression fits, in one situation.
type matched struct {
	value       program.OutboundValue
	why, source string
	chosen      license.Expr
	elected     bool
}

func rankOf(v program.OutboundValue) int {
	switch v {
	case "":
		return -1
	case program.OutboundOK:
		return 0
	case program.OutboundDuties:
		return 1
	case program.OutboundConflict:
		return 3
	}
	return 2
}

// match judges an expression: for AND the worst part counts, for OR the best.
func (s *Session) match(sit *situation, own, e license.Expr) matched {
	if e.Op == license.OpLeaf {
		return s.matchLeaf(sit, own, e.Leaf)
	}
	var result matched
	var parts []license.Expr
	elected := false
	for i, arg := range e.Args {
		m := s.match(sit, own, arg)
		parts = append(parts, m.chosen)
		elected = elected || m.elected
		better := rankOf(m.value) < rankOf(result.value)
		if e.Op == license.OpAnd {
			better = rankOf(m.value) > rankOf(result.value)
		}
		if i == 0 || better {
			result = m
		}
	}
	if e.Op == license.OpAnd {
		result.chosen, result.elected = license.And(parts...), elected
	} else {
		result.elected = true
	}
	return result
}

// matchLeaf takes the best of the versions that "or later" allows; against each
// license of the release, since every one of them must be kept.
func (s *Session) matchLeaf(sit *situation, own license.Expr, inbound license.Leaf) matched {
	versions := []license.Leaf{inbound}
	for _, v := range inbound.Later() {
		if v != inbound {
			versions = append(versions, v)
		}
	}
	var best matched
	for i, v := range versions {
		var worst matched
		for _, o := range own.Leaves() {
			m := s.pairing(sit, o, v)
			if rankOf(m.value) > rankOf(worst.value) {
				worst = m
			}
		}
		worst.chosen, worst.elected = license.Of(v), i > 0
		if i == 0 || rankOf(worst.value) < rankOf(best.value) {
			best = worst
		}
	}
	return best
}

// pairing is the table of the domain: scope, then coupling, then category, then
// the compatibility table.
func (s *Session) pairing(sit *situation, own, inbound license.Leaf) matched {
	say := func(v program.OutboundValue, source, format string, args ...any) matched {
		return matched{value: v, why: fmt.Sprintf(format, args...), source: source}
	}
	in, out := s.facts(inbound), s.facts(own)
	switch {
	case !delivers(sit.use.Scope) && sit.coupling != program.CopiedIn:
		return say(program.OutboundOK, "scope", "It is used to %s and is not part of the release.", sit.use.Scope)
	case in.category == license.UnknownCategory:
		return say(program.OutboundReview, in.source, "Its license is not known, so nobody can say whether it fits.")
	case limits(in.category):
		return say(program.OutboundConflict, in.source, "%s is not an open source license; a release under %s can't pass its limits on.", inbound, own)
	case inbound == own:
		return say(program.OutboundOK, "same license", "It is under the license of the release.")
	case !sit.coupling.Joined():
		return say(program.OutboundDuties, "coupling "+string(sit.coupling), "It stands beside the release as a work of its own, with its own duties.")
	case in.category == license.PublicDomain:
		return say(program.OutboundOK, in.source, "%s asks for nothing.", inbound)
	case limits(out.category) && (in.category == license.Strong || in.category == license.Network):
		return say(program.OutboundConflict, in.source, "%s asks that the whole goes out under it; a release under %s does not.", inbound, own)
	case out.category == license.Strong || out.category == license.Network:
		return s.table(own, inbound) // the whole work goes out under own, so all of it must fit
	case sit.coupling == program.CopiedIn && (in.category == license.WeakFile || in.category == license.WeakModule):
		return say(program.OutboundDuties, in.source, "Its files keep %s inside the release, each with its notice: the release has more than one license.", inbound)
	case sit.coupling == program.CopiedIn:
		return s.table(own, inbound)
	}
	return s.linked(sit, own, in, say)
}

// limits is true for licenses that limit what recipients may do.
func limits(c license.Category) bool {
	return c == license.SourceAvailable || c == license.Proprietary
}

// table asks the compatibility table. Its unknown is a review.
func (s *Session) table(own, inbound license.Leaf) matched {
	c := license.Compatible(own, inbound)
	m := matched{value: program.OutboundReview, why: c.Why, source: c.Source}
	if m.source == "" {
		m.source = "compatibility table"
	}
	switch c.Value {
	case license.CompatYes, license.CompatSame:
		m.value = program.OutboundDuties
	case license.CompatNo:
		m.value = program.OutboundConflict
	}
	return m
}

// linked judges what is joined to the release but not copied into it.
func (s *Session) linked(sit *situation, own license.Leaf, in *leafFacts, say func(program.OutboundValue, string, string, ...any) matched) matched {
	inbound := in.leaf
	switch {
	case in.category.Permissive():
		return say(program.OutboundOK, in.source, "%s is permissive; its notices go with it.", inbound)
	case in.category == license.ContentAttribution:
		return say(program.OutboundDuties, in.source, "%s asks to name the author.", inbound)
	case in.category == license.WeakFile || in.category == license.WeakModule:
		return say(program.OutboundDuties, in.source, "%s stays with its own files or module.", inbound)
	case in.category == license.WeakLibrary && sit.replaceable == program.Yes:
		return say(program.OutboundDuties, in.source, "%s stays with the library, which recipients can replace.", inbound)
	case in.category == license.WeakLibrary:
		return say(program.OutboundReview, in.source, "%s asks that recipients can replace the library; here they can't, or it is not known.", inbound)
	}
	return s.table(own, inbound)
}

// suggest names what would make the item fit, by trying.
func (s *Session) suggest(own, expr license.Expr, use Use, f OutboundFinding) []string {
	var out []string
	if f.Value == program.OutboundReview {
		out = append(out, "Ask legal whether it fits, and record the answer.")
	}
	if strongest := s.neededFor(expr); strongest != "" {
		out = append(out, "Release under a license that fits, such as "+strongest+".")
	}
	apart := use
	apart.Coupling, apart.Replaceable = program.SeparateProcess, ""
	for _, g := range possibilities(&apart) {
		if rankOf(s.match(&g[0], own, expr).value) <= rankOf(program.OutboundDuties) {
			out = append(out, "Do not join it to the release: run it as a separate process, or let users install it themselves.")
			break
		}
	}
	return append(out, "Replace it with a component under a license that fits.", "Ask its authors for another license.")
}

// neededFor names the copyleft license under which the whole could go out.
func (s *Session) neededFor(e license.Expr) string {
	var ids []string
	for _, l := range e.Leaves() {
		if c := s.facts(l).category; c == license.Strong || c == license.Network {
			ids = append(ids, l.String())
		}
	}
	sort.Strings(ids)
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// fit is one question to the outbound check from a rule.
type fit struct {
	own         string
	leaf        license.Leaf
	coupling    program.Coupling
	replaceable program.Tri
	scope       inventory.Scope
}

// outbound is the fact that rules ask for: does this license fit the product's?
func (s *Session) outbound(sit *situation, leaf license.Leaf) program.OutboundValue {
	text := sit.use.Outbound
	if text == "" {
		return program.OutboundNone
	}
	key := fit{text, leaf, sit.coupling, sit.replaceable, sit.use.Scope}
	if v, ok := s.fits[key]; ok {
		return v
	}
	own, err := license.Parse(text)
	v := program.OutboundNone
	if err == nil {
		v = s.matchLeaf(sit, own, leaf).value
	}
	s.fits[key] = v
	return v
}

// delivers is true for scopes that become part of what is delivered. An unknown
// scope does.
func delivers(s inventory.Scope) bool {
	return s != inventory.Dev && s != inventory.Test && s != inventory.Build
}
