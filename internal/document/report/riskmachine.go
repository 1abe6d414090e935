package report

import (
	"fmt"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// sarifRisks adds vulnerabilities and signals that need somebody: one rule for
// each vulnerability, since that is what people look for, and one result for
// each place.
func sarifRisks(run *sarif.Run, r *Report) {
	sarifDoubts(run, r)
	seen := map[string]bool{}
	for i := range r.Vulnerabilities {
		v := &r.Vulnerabilities[i]
		if v.Accepted() || !open(v.Decision) {
			continue
		}
		id := "vulnerability/" + v.ID
		if !seen[id] {
			seen[id] = true
			rule := run.AddRule(id).WithName(v.ID).WithDescription(Clean(orElse(v.Summary, v.ID))).
				WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(v.Decision))).WithHelpURI("https://osv.dev/vulnerability/" + uriPath(v.ID))
			bag := sarif.NewPropertyBag()
			bag.Add("tags", append([]string{"security", "vulnerability"}, v.Aliases...))
			if v.Severity.Score != nil {
				bag.Add("security-severity", fmt.Sprintf("%.1f", *v.Severity.Score))
			}
			rule.WithProperties(bag)
		}
		addSARIF(run, id, v.Decision, v.Sentence(), v.Places, strings.Join([]string{id, v.Purl, v.Product}, "|"))
	}
	for i := range r.Signals {
		s := &r.Signals[i]
		if s.Outcome() == "waived" || !open(s.Decision) {
			continue
		}
		id := "upstream/" + orElse(s.Rule.ID, s.Decision)
		if !seen[id] {
			seen[id] = true
			run.AddRule(id).WithDescription(Clean(orElse(s.Rule.Text, id))).
				WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(level(s.Decision)))
		}
		addSARIF(run, id, s.Decision, s.Sentence(), s.Places, strings.Join([]string{id, s.Purl, s.Product}, "|"))
	}
}

// sarifDoubts says how far the answers can be trusted, where SARIF has its place
// for it: notifications of the run (3.20.21). Of code that was not read no result
// speaks.
func sarifDoubts(run *sarif.Run, r *Report) {
	if len(r.Advisories.Doubts)+len(r.NotRead) == 0 {
		return
	}
	inv := sarif.NewInvocation().WithExecutionSuccessful(r.Counts.SourcesNotRead == 0)
	notify := func(level, text string) {
		inv.AddToolExecutionNotification(sarif.NewNotification().WithLevel(level).WithMessage(sarif.NewTextMessage(Clean(text))))
	}
	for _, d := range r.Advisories.Doubts {
		notify("warning", d)
	}
	for _, p := range r.NotRead {
		where, level := p.Repository, "warning"
		if p.Path != "" {
			where += ": " + p.Path + lineSuffix(p.Line)
		}
		if p.Kind == SourceNotRead {
			level = "error"
		}
		notify(level, where+": "+p.Kind+": "+p.Message)
	}
	run.AddInvocation(inv)
}

func addSARIF(run *sarif.Run, rule, decision, message string, places []Place, fingerprint string) {
	if len(places) == 0 {
		places = []Place{{Path: "."}}
	}
	for _, p := range places {
		at := sarif.NewPhysicalLocation().WithRegion(sarif.NewRegion().WithStartLine(max(p.Line, 1))).
			WithArtifactLocation(sarif.NewArtifactLocation().WithURI(uriPath(p.Path)))
		run.CreateResultForRule(rule).WithLevel(level(decision)).WithMessage(sarif.NewTextMessage(message)).
			AddLocation(sarif.NewLocationWithPhysicalLocation(at)).
			WithPartialFingerprints(map[string]string{"tributary/v1": fingerprint + "|" + p.Path})
	}
}

// riskCases gives the test cases of vulnerabilities and signals, by repository.
func riskCases(r *Report) map[string][]junitCase {
	out := map[string][]junitCase{}
	add := func(repository, product, name, outcome, sentence string, fix []string) {
		c := junitCase{Name: Clean(name), Class: Clean(orElse(product, repository))}
		switch outcome {
		case "waived":
			c.Skipped = &junitSkips{Message: sentence}
		case "deny", "review":
			c.Failure = &junitFail{Message: sentence, Type: outcome, Text: Clean(strings.Join(fix, "; "))}
		}
		out[repository] = append(out[repository], c)
	}
	for i := range r.Vulnerabilities {
		v := &r.Vulnerabilities[i]
		add(v.Repository, v.Product, v.ID+" in "+v.Purl, v.Outcome(), v.Sentence(), v.Fix)
	}
	for i := range r.Signals {
		s := &r.Signals[i]
		add(s.Repository, s.Product, "project of "+s.Purl, s.Outcome(), s.Sentence(), s.Fix)
	}
	return out
}

// markdownRisks writes the tables of vulnerabilities and signals that need
// somebody, and how far the answer can be trusted.
func markdownRisks(b *strings.Builder, r *Report) {
	fmt.Fprintf(b, "Vulnerabilities: %s.\n\n", mdCell(riskWords(r)))
	for _, d := range r.Advisories.Doubts {
		fmt.Fprintf(b, "> %s\n\n", mdCell(d))
	}
	const most = 50
	rows, left := 0, 0
	for i := range r.Vulnerabilities {
		v := &r.Vulnerabilities[i]
		if !open(v.Decision) {
			continue
		}
		if rows++; rows > most {
			left++
			continue
		}
		if rows == 1 {
			b.WriteString("| Verdict | Vulnerability | Severity | Package | Where | What would make it pass |\n|---|---|---|---|---|---|\n")
		}
		fix := ""
		if len(v.Fix) > 0 {
			fix = v.Fix[0]
		}
		fmt.Fprintf(b, "| %s | %s %s | %s | %s | %s | %s |\n", mdCell(outcomeWord(v.Outcome(), v.Role)), mdCode(v.ID), mdCell(v.Summary),
			mdCell(strings.Join(append([]string{v.SeverityWords()}, v.factWords()...), ", ")), mdCode(v.Purl), mdCode(placeWords(v.Places)), mdCell(fix))
	}
	if left > 0 {
		fmt.Fprintf(b, "\n%d more vulnerabilities are left out here.\n", left)
	}
	if rows > 0 {
		b.WriteString("\n")
	}
	n := 0
	for i := range r.Signals {
		if s := &r.Signals[i]; open(s.Decision) {
			if n++; n <= most {
				fmt.Fprintf(b, "- %s\n", mdCell(s.Sentence()))
			}
		}
	}
	if n > 0 {
		b.WriteString("\n")
	}
}

func placeWords(places []Place) string {
	if len(places) == 0 {
		return ""
	}
	where := places[0].Path + lineSuffix(places[0].Line)
	if len(places) > 1 {
		where += fmt.Sprintf(" and %d more", len(places)-1)
	}
	return where
}
