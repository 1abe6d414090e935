package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
)

// writeRisks shows everything behind the verdicts on a component's
// vulnerabilities and on the project behind it.
func writeRisks(w io.Writer, f report.Finding) {
	for i := range f.Vulnerabilities {
		v := &f.Vulnerabilities[i]
		title := fmt.Sprintf("%s: %s", v.ID, strings.ToUpper(strings.ReplaceAll(v.Outcome(), "_", " ")))
		if v.Kind != "vulnerability" {
			title += " (" + v.Kind + ")"
		}
		fmt.Fprintf(w, "  %s\n", report.Clean(title))
		line := func(label, format string, args ...any) {
			fmt.Fprintf(w, "    %-12s%s\n", label, report.Clean(fmt.Sprintf(format, args...)))
		}
		if v.Summary != "" {
			line("what", "%s", v.Summary)
		}
		if len(v.Aliases) > 0 {
			line("also", "%s", strings.Join(v.Aliases, ", "))
		}
		line("rule", "%s (%s%s): %s", v.Rule.ID, v.Rule.File, at(v.Rule.Line), v.Rule.Text)
		writeReasons(line, v.Reasons)
		line("severity", "%s", strings.TrimSpace(v.SeverityWords()+" "+v.Severity.Vector))
		if x := v.Exploited; x != nil {
			ransomware := ""
			if x.Ransomware {
				ransomware = ", used by ransomware"
			}
			line("exploited", "%s is in CISA's catalog since %s, to be fixed by %s%s", x.CVE, orUnknown(x.Added), orUnknown(x.Due), ransomware)
		}
		line("matched", "%s by %s", orUnknown(v.Range), strings.Join(v.Records, ", "))
		fixed := "no version without it is known"
		if len(v.Fixed) > 0 {
			fixed = "without it: " + strings.Join(v.Fixed, ", ")
		}
		line("fixed", "%s", fixed)
		line("reached", "%s", v.Reach.State)
		for k, frame := range v.Reach.Stack {
			line("", "%s%s", strings.Repeat("  ", k), frame)
		}
		if v.Via != "" {
			line("comes by", "%s", v.Via)
		}
		if v.Waiver != nil {
			line("waiver", "%s", waiverText(*v.Waiver))
		}
		writeFixes(line, v.Fix)
	}
	for i := range f.Signals {
		x := &f.Signals[i]
		line := func(label, format string, args ...any) {
			fmt.Fprintf(w, "    %-12s%s\n", label, report.Clean(fmt.Sprintf(format, args...)))
		}
		fmt.Fprintf(w, "  the project behind it: %s\n", strings.ToUpper(strings.ReplaceAll(x.Outcome(), "_", " ")))
		line("rule", "%s (%s%s): %s", x.Rule.ID, x.Rule.File, at(x.Rule.Line), x.Rule.Text)
		writeReasons(line, x.Reasons)
		if x.Waiver != nil {
			line("waiver", "%s", waiverText(*x.Waiver))
		}
		writeFixes(line, x.Fix)
	}
}

func writeReasons(line func(label, format string, args ...any), reasons []report.Reason) {
	for i, r := range reasons {
		label := "because"
		if i > 0 {
			label = ""
		}
		source := r.Source
		if source != "" && !r.Date.IsZero() {
			source += ", " + r.Date.UTC().Format("2006-01-02")
		}
		if source != "" {
			source = " (" + source + ")"
		}
		line(label, "%s%s", r.Text, source)
	}
}
