package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/document/report"
)

// kindTitles head the parts of an answer.
var kindTitles = map[advisory.Kind]string{
	advisory.Malware:         "Malware",
	advisory.Vulnerability:   "Vulnerabilities",
	advisory.StdlibCandidate: "Go's standard library, at the lowest release that go.mod admits (what you build with may be newer)",
	advisory.Informational:   "Health of packages (no vulnerabilities)",
}

// writeAnswerText writes an answer for people: by repository and kind, each
// package once with all its places, the worst first.
func writeAnswerText(w io.Writer, a *advisory.Answer, verbose bool) error {
	t := textWriter{w: w}
	for start := 0; start < len(a.Findings); {
		end := start
		for end < len(a.Findings) && a.Findings[end].Repository == a.Findings[start].Repository {
			end++
		}
		t.printf("%s\n", report.Clean(a.Findings[start].Repository))
		for _, kind := range advisory.Kinds {
			t.kind(kind, a.Findings[start:end])
		}
		start = end
	}
	if len(a.Findings) == 0 && a.Packages > 0 {
		t.printf("No advisory of this mirror matches.\n")
	}
	t.silences(a, verbose)
	t.mirror(a)
	return t.err
}

type textWriter struct {
	w   io.Writer
	err error
}

func (t *textWriter) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

// packageFindings are the findings on one package version in one repository.
type packageFindings struct {
	purl     string
	places   []string
	findings []*advisory.Finding
}

func (t *textWriter) kind(kind advisory.Kind, findings []advisory.Finding) {
	at := map[string]int{}
	var packages []packageFindings
	for i := range findings {
		f := &findings[i]
		if f.Kind != kind {
			continue
		}
		purl := f.Usage.Component.String()
		n, ok := at[purl]
		if !ok {
			n = len(packages)
			at[purl] = n
			packages = append(packages, packageFindings{purl: purl})
		}
		p := &packages[n]
		if place := placeOf(f); !slices.Contains(p.places, place) {
			p.places = append(p.places, place)
		}
		if !slices.ContainsFunc(p.findings, func(o *advisory.Finding) bool { return o.ID == f.ID }) {
			p.findings = append(p.findings, f)
		}
	}
	if len(packages) == 0 {
		return
	}
	for i := range packages {
		slices.SortStableFunc(packages[i].findings, func(a, b *advisory.Finding) int {
			return cmp.Or(cmp.Compare(a.Severity.Level.Rank(), b.Severity.Level.Rank()), cmp.Compare(b.Severity.Score, a.Severity.Score), cmp.Compare(a.ID, b.ID))
		})
	}
	slices.SortStableFunc(packages, func(a, b packageFindings) int {
		return cmp.Or(cmp.Compare(a.findings[0].Severity.Level.Rank(), b.findings[0].Severity.Level.Rank()), cmp.Compare(a.purl, b.purl))
	})
	t.printf("  %s\n", kindTitles[kind])
	for _, p := range packages {
		u := p.findings[0].Usage
		t.printf("    %s %s\n", report.Clean(u.Component.FullName()), report.Clean(u.Component.Version))
		for i, place := range p.places {
			if i == 5 {
				t.printf("      and %d more places\n", len(p.places)-i)
				break
			}
			t.printf("      %s\n", report.Clean(place))
		}
		for _, f := range p.findings {
			t.finding(f)
		}
	}
}

// placeOf says where a package is used and how it comes in.
func placeOf(f *advisory.Finding) string {
	u := f.Usage
	place := u.Manifest
	if u.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, u.Line)
	}
	if f.Kind == advisory.StdlibCandidate {
		return place + ", " + u.Requirement
	}
	place += fmt.Sprintf(", %s, %s", u.Relation, u.Scope)
	if len(u.Chain) > 0 {
		place += " via " + strings.Join(u.Chain, " > ")
	}
	if u.Fixture {
		place += " (test data or sample)"
	}
	return place
}

func (t *textWriter) finding(f *advisory.Finding) {
	severity := string(f.Severity.Level)
	if f.Severity.Score >= 0 {
		severity = fmt.Sprintf("%s %.1f", severity, f.Severity.Score)
	}
	if f.Kind == advisory.Informational {
		severity = cmp.Or(f.Note, "notice")
	}
	t.printf("      %s  %s  %s\n", report.Clean(f.ID), report.Clean(severity), report.Clean(f.Summary))
	line := "affected " + f.Range
	switch {
	case len(f.Fixed) > 0:
		line += "; fixed in " + f.Fixed[0]
		if len(f.Fixed) > 1 {
			line += " (also " + strings.Join(f.Fixed[1:], ", ") + ")"
		}
	case f.Kind != advisory.Informational:
		line += "; no fixed version is known"
	}
	for _, e := range f.Evidence {
		if e.Note != "" {
			line += "; " + e.Note + ", says " + e.Record
		}
	}
	if f.Exploited != nil {
		line += "; exploited (CISA, " + f.Exploited.Added + ")"
	}
	if f.EPSS != nil {
		line += fmt.Sprintf("; EPSS %.1f %%", 100*f.EPSS.Probability)
	}
	if len(f.Aliases) > 0 {
		line += "; also " + strings.Join(f.Aliases, ", ")
	}
	t.printf("        %s\n", report.Clean(line))
}

// silences says of what nothing is known, by reason.
func (t *textWriter) silences(a *advisory.Answer, verbose bool) {
	byReason := map[string][]string{}
	for _, s := range a.Silences {
		what := s.Usage.Component.Ecosystem()
		if verbose || s.Reason == advisory.Unresolved || s.Reason == advisory.BadVersion || s.Reason == advisory.Floating {
			what = s.Usage.Component.FullName()
			if s.Usage.Component.Version != "" {
				what += " " + s.Usage.Component.Version
			} else if s.Usage.Requirement != "" {
				what += " (" + s.Usage.Requirement + ")"
			}
		}
		byReason[s.Reason] = append(byReason[s.Reason], what)
	}
	if len(byReason) == 0 {
		return
	}
	t.printf("Not answered\n")
	reasons := make([]string, 0, len(byReason))
	for r := range byReason {
		reasons = append(reasons, r)
	}
	slices.Sort(reasons)
	for _, r := range reasons {
		names := sortedNames(byReason[r])
		more := ""
		if len(names) > 6 && !verbose {
			names, more = names[:6], fmt.Sprintf(" … %d more", len(names)-6)
		}
		t.printf("  %s: %s: %s%s\n", count(len(byReason[r]), "usage"), r, report.Clean(strings.Join(names, ", ")), more)
	}
}

// mirror ends an answer with what it rests on.
func (t *textWriter) mirror(a *advisory.Answer) {
	byKind := map[advisory.Kind]map[string]bool{}
	for i := range a.Findings {
		f := &a.Findings[i]
		if byKind[f.Kind] == nil {
			byKind[f.Kind] = map[string]bool{}
		}
		byKind[f.Kind][f.ID] = true
	}
	line := fmt.Sprintf("%s, %s", count(a.Packages, "package version"), ways(len(byKind[advisory.Vulnerability]), "vulnerability", "vulnerabilities"))
	if n := len(byKind[advisory.Malware]); n > 0 {
		line += fmt.Sprintf(", %d malware", n)
	}
	if n := len(byKind[advisory.StdlibCandidate]); n > 0 {
		line += fmt.Sprintf(", %s of Go's standard library", ways(n, "candidate", "candidates"))
	}
	if n := len(byKind[advisory.Informational]); n > 0 {
		line += ", " + ways(n, "note on health", "notes on health")
	}
	if a.Withdrawn > 0 {
		line += ", " + ways(a.Withdrawn, "match with a withdrawn record", "matches with withdrawn records") + " left out"
	}
	t.printf("%s\n", line)
	for _, f := range a.Mirror.Feeds {
		t.printf("Source: %s, %s, data of %s, read %s from %s\n", report.Clean(f.Name), count(f.Records, "record"), dateOf(f.Made), dateOf(f.Checked), report.Clean(f.Location))
	}
	for _, d := range a.Mirror.Doubts() {
		t.printf("%s\n", report.Clean(d))
	}
}

func ways(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func dateOf(t time.Time) string {
	if t.IsZero() {
		return "an unknown date"
	}
	return t.Format(time.DateOnly)
}
