package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

var levels = []string{"critical", "high", "unknown", "medium", "low", "none"}

// riskWords says what is known of vulnerabilities, in one paragraph. It never
// says that there are none: only that none are known, and of what nothing is.
func riskWords(r *Report) string {
	a, c := r.Advisories, r.Counts.Vulnerabilities
	if c == nil {
		return "not known: there is no advisory data (\"tributary advisory update\" gets it)"
	}
	among := fmt.Sprintf("%s looked up", plural(a.Packages, "package version", "package versions"))
	text := "none known in " + among
	if a.Packages == 0 {
		text = "not known: no package version could be looked up"
	}
	if c.Findings > 0 {
		var parts []string
		for _, l := range levels {
			if n := c.Levels[l]; n > 0 {
				word := l
				if l == "unknown" {
					word = "of unknown severity"
				}
				parts = append(parts, fmt.Sprintf("%s %s", number(n), word))
			}
		}
		text = fmt.Sprintf("%s (%s) in %s of %s", plural(c.Distinct, "vulnerability", "vulnerabilities"), strings.Join(parts, ", "),
			plural(c.Packages, "package", "packages"), among)
		if c.Exploited > 0 {
			text += fmt.Sprintf(", %s known to be exploited", number(c.Exploited))
		}
		text += fmt.Sprintf(", %s with a fix", number(c.Fixable))
	}
	if silent := total(a.Silent); silent > 0 {
		text += fmt.Sprintf("; of %s nothing can be said", plural(silent, "usage", "usages"))
	}
	return text
}

func total(list []Count) int {
	n := 0
	for _, c := range list {
		n += c.N
	}
	return n
}

// dataWords says how old the advisory data is.
func dataWords(a Advisories) string {
	var parts []string
	for _, f := range a.Feeds {
		date := "of unknown date"
		if !f.Made.IsZero() {
			date = f.Made.UTC().Format(time.DateOnly)
		}
		parts = append(parts, f.Name+" "+date)
	}
	return strings.Join(parts, ", ")
}

// riskHeadline writes the rows on vulnerabilities below the license verdicts.
func (t *textWriter) riskHeadline(r *Report) {
	t.row("Vulnerable", riskWords(r))
	if c := r.Counts.Vulnerabilities; c != nil {
		if c.Malware > 0 {
			t.row("Malware", t.color(red, plural(c.Malware, "record of a malicious package matches", "records of malicious packages match")))
		}
		if c.Stdlib > 0 {
			t.row("Go release", fmt.Sprintf("%s of the standard library may apply (a lower bound by the go lines; what is built with decides)", plural(c.Stdlib, "vulnerability", "vulnerabilities")))
		}
		if len(c.Decisions) > 0 {
			t.row("", "verdicts: "+t.verdicts(c.Decisions))
		}
	}
	if len(r.Counts.Signals) > 0 {
		t.row("Projects", "signals about projects: "+t.verdicts(r.Counts.Signals))
	}
	if r.Counts.Vulnerabilities != nil {
		t.row("Data", "advisories as of "+dataWords(r.Advisories))
		for _, d := range r.Advisories.Doubts {
			t.row("Beware", t.color(yellow, Clean(d)))
		}
	}
}

// silentReasons lists of what nothing can be said, and why.
func (t *textWriter) silentReasons(r *Report) {
	if len(r.Advisories.Silent) == 0 || !t.o.Verbose {
		return
	}
	t.line("")
	t.line("%s", t.color(bold, "Vulnerabilities of these usages are not known"))
	for _, c := range r.Advisories.Silent {
		t.line("  %s: %s", number(c.N), Clean(c.Name))
	}
}

// vulnerabilities lists those that need somebody, or with -v all of them.
func (t *textWriter) vulnerabilities(r *Report) {
	shown := slices.Clone(r.Vulnerabilities)
	if !t.o.Verbose {
		return // the actions group them
	}
	if len(shown) > 0 {
		t.line("")
		t.line("%s", t.color(bold, "Vulnerabilities"))
	}
	for i := range shown {
		v := &shown[i]
		where := Clean(v.Repository)
		if v.Product != "" {
			where += " (" + Clean(v.Product) + ")"
		}
		t.line("  %s %s %s (%s; %s) in %s", t.color(decisionColor(v.Decision), outcomeWord(v.Outcome(), v.Role)), Clean(v.ID), Clean(v.Purl),
			v.SeverityWords(), Clean(strings.Join(v.factWords(), "; ")), where)
		if v.Summary != "" {
			t.line("      %s", Clean(v.Summary))
		}
		for _, p := range v.Places {
			via := ""
			if v.Via != "" {
				via = " by " + Clean(v.Via)
			}
			t.line("      %s%s%s", Clean(p.Path), lineSuffix(p.Line), via)
		}
		if len(v.Reach.Stack) > 0 {
			t.line("      called by %s", Clean(strings.Join(v.Reach.Stack, " -> ")))
		}
	}
	t.signals(r)
}

func (t *textWriter) signals(r *Report) {
	if len(r.Signals) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.color(bold, "Signals about projects"))
	for i := range r.Signals {
		s := &r.Signals[i]
		t.line("  %s in %s", s.Sentence(), Clean(s.Repository))
	}
}
