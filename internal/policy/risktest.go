package policy

import (
	"time"

	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/vex"
)

// decide answers the question that a test asks: about a vulnerability, about the
// project, or about the license.
func (s *Session) decide(g program.Given, use Use, facts LicenseFacts) (program.Decision, RuleRef) {
	var u *Upstream
	if g.Upstream != nil {
		u = givenUpstream(g.Upstream)
	}
	switch {
	case g.Vulnerability != nil:
		v := givenVulnerability(g.Vulnerability, s.today)
		v.Upstream = u
		got := s.JudgeVulnerability(&use, v)
		return got.Decision, got.Rule
	case u != nil:
		got, ok := s.JudgeUpstream(&use, u)
		if !ok {
			return Allow, builtin("no-signal", "no rule speaks of these signals -> allow")
		}
		return got.Decision, got.Rule
	}
	v := s.Judge(use, facts)
	return v.Decision, v.Rule
}

func givenVulnerability(g *program.GivenVulnerability, today time.Time) *Vulnerability {
	v := &Vulnerability{IDs: []string{orText(g.ID, "CVE-2026-0001")}, Kind: g.Kind, Level: g.Severity, Score: value(g.CVSS), EPSS: value(g.EPSS),
		Exploited: g.Exploited, Reachable: g.Reachable, Source: "the test"}
	if v.Kind == "" {
		v.Kind = program.KindVulnerability
	}
	if v.Level == "" {
		v.Level = LevelOf(v.Score)
	}
	if g.Fix {
		v.Fixed = []string{"2.0"}
	}
	if g.Age.Given() {
		v.Published = today.Add(-time.Duration(g.Age.Value*24) * time.Hour)
	}
	if g.Status != "" && g.Status != program.NoStatus {
		v.Decided.Statement = &program.VEXStatement{Status: vex.Status(g.Status), Author: "the test"}
	}
	return v
}

func givenUpstream(g *program.GivenUpstream) *Upstream {
	return &Upstream{Advisories: g.Advisory, Deprecated: g.Deprecated, Yanked: g.Yanked, Archived: g.Archived, EndOfLife: g.EndOfLife,
		Relicensed: g.Relicensed, ChangeDatePassed: g.ChangeDatePassed, InstallScripts: g.InstallScripts, MaintainersChanged: g.MaintainersChanged,
		Typosquat: g.Typosquat, Libyears: value(g.Libyears), DaysSinceRelease: value(g.DaysSinceRelease)}
}

func value(n program.Number) float64 {
	if !n.Given() {
		return -1
	}
	return n.Value
}

// LevelOf is the severity in words of a CVSS base score (FIRST, CVSS v3.1 and
// v4.0, "Qualitative Severity Rating Scale"); a negative score is unknown.
func LevelOf(score float64) program.SeverityLevel {
	switch {
	case score < 0:
		return "unknown"
	case score == 0:
		return "none"
	case score < 4:
		return "low"
	case score < 7:
		return "medium"
	case score < 9:
		return "high"
	}
	return "critical"
}
