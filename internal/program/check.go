package program

import (
	"fmt"
	"strings"
)

// BuiltinRoles exist in every program; "team" is the team that owns the code.
var BuiltinRoles = []string{"legal", "ospo", "security", "team"}

// checker looks at what no single key can show: ids used twice, references to
// what does not exist, values that contradict each other.
type checker struct{ findings []Finding }

func (c *checker) add(s Severity, at Pos, format string, args ...any) {
	c.findings = append(c.findings, Finding{s, at, fmt.Sprintf(format, args...)})
}

func (p *Program) check() []Finding {
	c := new(checker)
	if p.Defaults.WaiverMaxDays < 0 || p.Defaults.WaiverMaxDays > 1825 {
		c.add(Error, Pos{"program.yaml", 1, 1}, "defaults.waiver_max_days is %d; want 1 to 1825 days", p.Defaults.WaiverMaxDays)
	}
	teams, products := p.checkTeams(c), p.checkProducts(c)
	for _, prod := range p.Products {
		c.reference(prod.At, "team", prod.Team, teams)
	}
	for name, role := range p.Roles {
		c.reference(role.At, "team", role.Team, teams)
		if role.Team == "" && len(role.People) == 0 {
			c.add(Error, role.At, "role %s: name a team or people", quote(name))
		}
	}
	p.checkRules(c, teams, products)
	p.checkWaivers(c, products)
	p.checkConclusions(c)
	p.checkLicenseTexts(c)
	p.checkGoals(c, teams, products)
	p.checkVEX(c, products)
	return append(c.findings, checkPolicy("policy.yaml", &p.Policy)...)
}

func (p *Program) checkTeams(c *checker) []string {
	ids, first := []string{}, map[string]Pos{}
	for _, t := range p.Teams {
		c.unique(first, "team", t.ID, t.At)
		if t.ID != "" {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

func (p *Program) checkProducts(c *checker) []string {
	ids, first := []string{}, map[string]Pos{}
	for _, prod := range p.Products {
		c.unique(first, "product", prod.ID, prod.At)
		if prod.ID != "" {
			ids = append(ids, prod.ID)
		}
		if len(prod.Repositories) == 0 {
			c.add(Warning, prod.At, "product %s: has no repositories, so nothing is judged for it", quote(prod.ID))
		}
		if prod.LockedDown && len(prod.Delivery) > 0 && !hasDelivery(prod.Delivery, Device) {
			c.add(Warning, prod.At, "product %s: locked_down speaks of devices, but delivery does not name device", quote(prod.ID))
		}
		for _, o := range prod.Overrides {
			if len(o.Package) == 0 && len(o.Ecosystem) == 0 {
				c.add(Error, o.At, "an override needs package or ecosystem; * stands for all packages")
			}
		}
	}
	return ids
}

func hasDelivery(list []Delivery, d Delivery) bool {
	for _, e := range list {
		if e == d {
			return true
		}
	}
	return false
}

func (c *checker) unique(first map[string]Pos, what, id string, at Pos) {
	if id == "" {
		return // the missing key is reported already
	}
	if before, ok := first[id]; ok {
		c.add(Error, at, "the %s id %s is used twice (first at %s)", what, quote(id), before)
		return
	}
	first[id] = at
}

func (c *checker) reference(at Pos, what, id string, known []string) bool {
	if id == "" || contains(known, id) {
		return true
	}
	hint := suggest(id, known)
	if len(known) == 0 {
		hint = "; program.yaml names no " + what
	}
	c.add(Error, at, "there is no %s %s%s", what, quote(id), hint)
	return false
}

func (p *Program) checkRules(c *checker, teams, products []string) {
	roles := append([]string{}, BuiltinRoles...)
	for name := range p.Roles {
		roles = append(roles, name)
	}
	for _, r := range p.Policy.Rules {
		for _, t := range r.Team {
			c.reference(r.At, "team", t, teams)
		}
		for _, prod := range r.Product {
			c.reference(r.At, "product", prod, products)
		}
		c.reference(r.At, "role", r.Role, roles)
	}
}

// checkPolicy checks a policy file by itself.
func checkPolicy(name string, f *PolicyFile) []Finding {
	c := new(checker)
	first, tests := map[string]Pos{}, map[string]Pos{}
	for _, r := range f.Rules {
		c.unique(first, "rule", r.ID, r.At)
		c.kinds(r, r.License, false)
		c.kinds(r, r.Exception, true)
		c.unknowns(r)
		if len(r.Exception) > 0 && len(r.License) == 0 && len(r.Category) == 0 {
			c.add(Error, r.At, "rule %s: exception needs the license (or category) that it stands with", quote(r.ID))
		}
		if r.Verdict == Deny && r.Reason == "" {
			c.add(Warning, r.At, "rule %s: denies without a reason; say why, for those who meet it", quote(r.ID))
		}
	}
	for _, t := range f.Tests {
		c.unique(tests, "test", strings.ReplaceAll(t.Name, "\n", " "), t.At)
	}
	return c.findings
}

// kinds reports an exception that stands in the list of licenses, or the other
// way round; ids that are neither were reported where they stand.
func (c *checker) kinds(r Rule, ids []LicensePattern, exception bool) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		if _, err := id.canonical(exception); err != nil {
			c.add(Error, r.At, "rule %s: %v", quote(r.ID), err)
		}
	}
}

// unknowns refuses rules on unknown values: where a value is unknown every
// possibility is judged, so such a rule would never match.
func (c *checker) unknowns(r Rule) {
	bad := r.Replaceable == Unknown || r.Modified == Unknown || hasDelivery(r.Delivery, DeliveryUnknown)
	for _, k := range r.Coupling {
		bad = bad || k == CouplingUnknown
	}
	if bad {
		c.add(Error, r.At, "rule %s: no rule can ask for unknown; where a fact is unknown every possibility is judged, and where they disagree the verdict is review", quote(r.ID))
	}
}

func (p *Program) checkWaivers(c *checker, products []string) {
	limit := p.WaiverMaxDays()
	first := map[string]Pos{}
	for i := range p.Waivers {
		w := &p.Waivers[i]
		before := len(c.findings)
		c.unique(first, "waiver", w.ID, w.At)
		for _, prod := range w.Product {
			c.reference(w.At, "product", prod, products)
		}
		c.people(w)
		c.waived(w)
		switch days := daysBetween(w.Start, w.Expires); {
		case w.Start.IsZero() || w.Expires.IsZero():
		case days < 0:
			c.add(Error, w.At, "waiver %s expires on %s, before it starts on %s", quote(w.ID), w.Expires, w.Start)
		case days > limit:
			c.add(Error, w.At, "waiver %s runs for %d days; at most %d are allowed (defaults.waiver_max_days)", quote(w.ID), days, limit)
		}
		if w.Void == "" && len(c.findings) > before {
			w.Void = c.findings[before].Message
		}
		if w.Finding != FindingVulnerability && len(w.Vulnerability) > 0 {
			c.add(Warning, w.At, "waiver %s names vulnerabilities and does not speak of them; say finding: vulnerability", quote(w.ID))
		}
	}
}

// people holds the separation of duties: who asks or carries the risk does not
// approve.
func (c *checker) people(w *Waiver) {
	for _, other := range []struct{ what, who string }{{"owner", w.Owner}, {"requester", w.Requester}} {
		if w.Approver != "" && strings.EqualFold(strings.TrimSpace(w.Approver), strings.TrimSpace(other.who)) {
			c.add(Error, w.At, "waiver %s: the approver is also the %s; another person must approve", quote(w.ID), other.what)
			return
		}
	}
}

// waived holds that the risk of a vulnerability is accepted by name.
func (c *checker) waived(w *Waiver) {
	if w.Finding == FindingVulnerability && len(w.Vulnerability) == 0 {
		c.add(Error, w.At, "waiver %s accepts the risk of vulnerabilities; name them (vulnerability)", quote(w.ID))
	}
}

func (p *Program) checkConclusions(c *checker) {
	for _, con := range p.Conclusions {
		if _, _, exact := con.Package.Exact(); !exact && con.Package.Text != "" && con.Versions.Empty() && con.Declared == "" {
			c.add(Warning, con.At, "this conclusion covers every package that matches %s in all versions; name versions or the declared license", quote(con.Package.Text))
		}
	}
}

// WaiverMaxDays is the longest time that a waiver may run.
func (p *Program) WaiverMaxDays() int {
	if p.Defaults.WaiverMaxDays > 0 {
		return p.Defaults.WaiverMaxDays
	}
	return 180
}

func daysBetween(from, to Date) int { return int(to.Sub(from.Time).Hours() / 24) }
