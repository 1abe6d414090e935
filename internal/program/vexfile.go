package program

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/vex"
)

// VEXFile is the content of vex.yaml.
type VEXFile struct {
	Statements []VEXStatement `yaml:"statements" doc:"What people found out about vulnerabilities in what is used: whether they concern us. They decide; what others say is a claim until it stands here."`
}

// VEXStatement is a decision on one vulnerability in one package, within a
// scope, until a day. It says what is so; a waiver says that a risk is accepted.
type VEXStatement struct {
	At            Pos
	ID            string            `yaml:"id" need:"yes" doc:"Short name." example:"V-2026-007"`
	Vulnerability string            `yaml:"vulnerability" need:"yes" doc:"Id of the vulnerability, or one of its aliases." example:"CVE-2026-12345"`
	Package       Package           `yaml:"package" need:"yes" doc:"Package URL; * stands for any text." example:"pkg:npm/left-pad"`
	Versions      VersionRange      `yaml:"versions" doc:"Versions it holds for; without, all." example:"'>=1.2 <1.3'"`
	Product       []string          `yaml:"product" doc:"Products it holds for; without, all." example:"[shop]"`
	Repository    []Glob            `yaml:"repository" doc:"Repositories it holds for; without, all." example:"[github.com/example/shop-*]"`
	Status        vex.Status        `yaml:"status" need:"yes" doc:"What was found." example:"not_affected"`
	Justification vex.Justification `yaml:"justification" doc:"Why it is not affected, in the words of OpenVEX; not_affected needs it or impact." example:"vulnerable_code_not_in_execute_path"`
	Impact        string            `yaml:"impact" doc:"Why it is not affected, in own words." example:"We never call the parser with input from outside."`
	Action        string            `yaml:"action" doc:"What is done about it; affected needs it." example:"Update to 1.3 with the next release."`
	Author        string            `yaml:"author" need:"yes" doc:"Who found it and answers for it." example:"security@example.com"`
	Date          Date              `yaml:"date" need:"yes" doc:"When; the latest statement that holds counts." example:"2026-11-01"`
	Expires       Date              `yaml:"expires" doc:"Last day; the question re-opens on the day after. not_affected and under_investigation need it." example:"2027-05-01"`
	Source        string            `yaml:"source" doc:"Whose statement was accepted, and which." example:"'vendor.example.com: openvex-12'"`
	Evidence      []string          `yaml:"evidence" doc:"Links or documents." example:"[https://tickets.example.com/456]"`
	// Void says why the statement can't be applied at all; "" when it is sound.
	Void string
}

// vexMaxDays bounds how long an answer holds before somebody looks again.
const vexMaxDays = 732

// Decision is the statement that holds for a vulnerability in a component, with
// those that speak of it and do not.
type VEXDecision struct {
	// Statement is nil where nobody decided, or what was decided no longer holds.
	Statement *VEXStatement
	// Lapsed lists in words the statements that speak of it and do not hold.
	Lapsed []string
}

// VEXFor gives the decision on a vulnerability, by any of its ids, in a component
// of a product and repository on a day: of the statements that hold the latest,
// of two of one day the more cautious.
func (p *Program) VEXFor(ids []string, c inventory.PURL, product, repository string, today time.Time) VEXDecision {
	var d VEXDecision
	for _, i := range p.vexOn(ids) {
		s := &p.VEX[i]
		if !s.Package.MatchName(c) ||
			len(s.Product) > 0 && !contains(s.Product, product) || len(s.Repository) > 0 && !anyRepository(s.Repository, repository) {
			continue
		}
		if why := s.lapsed(c, today); why != "" {
			d.Lapsed = append(d.Lapsed, fmt.Sprintf("statement %s (%s) does not hold: %s", s.ID, s.At, why))
			continue
		}
		if d.Statement == nil || s.Date.After(d.Statement.Date.Time) ||
			s.Date.Equal(d.Statement.Date.Time) && s.Status.Caution() > d.Statement.Status.Caution() {
			d.Statement = s
		}
	}
	return d
}

// vexOn lists the statements that may speak of any of the ids, in the order of
// the file.
func (p *Program) vexOn(ids []string) []int {
	if len(p.VEX) == 0 {
		return nil
	}
	var out []int
	for _, id := range ids {
		out = append(out, p.vexIndex[strings.ToUpper(id)]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *Program) indexVEX() {
	p.vexIndex = make(map[string][]int, len(p.VEX))
	for i, s := range p.VEX {
		id := strings.ToUpper(s.Vulnerability)
		p.vexIndex[id] = append(p.vexIndex[id], i)
	}
}

func (s *VEXStatement) lapsed(c inventory.PURL, today time.Time) string {
	if why := s.Ended(today); why != "" {
		return why
	}
	if !s.Package.Match(c) || !s.Versions.Empty() && !s.Versions.Contains(c.Version) {
		return "version " + orUnknown(c.Version) + " is outside its range"
	}
	return ""
}

// Ended says why a statement holds for nothing on a day; "" when it may hold.
func (s *VEXStatement) Ended(today time.Time) string {
	day := today.UTC().Truncate(24 * time.Hour)
	switch {
	case s.Void != "":
		return "it is not valid: " + s.Void
	case s.Date.IsZero():
		return "it has no date"
	case day.Before(s.Date.Time):
		return "it starts only on " + s.Date.String()
	case !s.Expires.IsZero() && day.After(s.Expires.Time):
		return "it expired on " + s.Expires.String()
	}
	return ""
}

func anyRepository(globs []Glob, name string) bool {
	for _, g := range globs {
		if g.MatchName(name) {
			return true
		}
	}
	return false
}

func (p *Program) checkVEX(c *checker, products []string) {
	first := map[string]Pos{}
	for i := range p.VEX {
		s := &p.VEX[i]
		before := len(c.findings)
		c.unique(first, "statement", s.ID, s.At)
		for _, prod := range s.Product {
			c.reference(s.At, "product", prod, products)
		}
		asVEX := vex.Statement{Vulnerability: "x", Status: s.Status, Justification: s.Justification, Impact: s.Impact, Action: s.Action}
		if s.Status != "" {
			if missing := asVEX.Missing(); missing != "" {
				c.add(Error, s.At, "statement %s: %s", quote(s.ID), missing)
			}
		}
		if s.Justification != "" && s.Status != "" && s.Status != vex.NotAffected {
			c.add(Error, s.At, "statement %s: a justification goes with not_affected, not with %s", quote(s.ID), s.Status)
		}
		c.vexTime(s)
		if s.Void == "" && len(c.findings) > before {
			s.Void = c.findings[before].Message
		}
	}
}

func (c *checker) vexTime(s *VEXStatement) {
	needs := s.Status == vex.NotAffected || s.Status == vex.UnderInvestigation
	switch days := daysBetween(s.Date, s.Expires); {
	case s.Date.IsZero():
	case s.Expires.IsZero() && needs:
		c.add(Error, s.At, "statement %s: %s needs a last day (expires), so that somebody looks again", quote(s.ID), s.Status)
	case s.Expires.IsZero():
	case days < 0:
		c.add(Error, s.At, "statement %s expires on %s, before its date %s", quote(s.ID), s.Expires, s.Date)
	case days > vexMaxDays:
		c.add(Error, s.At, "statement %s holds for %d days; at most %d are allowed", quote(s.ID), days, vexMaxDays)
	}
}
