package report

import (
	"fmt"
	"io"
	"strings"
)

// TextOptions shape the report for a terminal.
type TextOptions struct {
	Color bool
	Width int // columns; 0 means 100
	// Verbose lists every finding and everything that could not be read.
	Verbose bool
}

// Text writes the report for people: the headline fits a screen.
func Text(w io.Writer, r *Report, o TextOptions) error {
	if o.Width <= 0 {
		o.Width = 100
	}
	t := &textWriter{o: o}
	t.headline(r)
	t.repositories(r)
	t.actions(r)
	t.outbound(r)
	if o.Verbose {
		t.findings(r)
	}
	t.vulnerabilities(r)
	t.silentReasons(r)
	t.notRead(r)
	t.program(r)
	_, err := io.WriteString(w, t.b.String())
	return err
}

type textWriter struct {
	b strings.Builder
	o TextOptions
}

const (
	red, yellow, green, bold, dim = "31", "33", "32", "1", "2"
)

func (t *textWriter) color(code, s string) string {
	if !t.o.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (t *textWriter) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// row writes a labelled line, wrapped under itself.
func (t *textWriter) row(label, text string) {
	const indent = 14
	for i, l := range wrap(text, t.o.Width-indent) {
		if i > 0 {
			label = ""
		}
		t.line("  %-*s%s", indent-2, label, l)
	}
}

func (t *textWriter) headline(r *Report) {
	c := r.Counts
	if c.SourcesNotRead > 0 {
		t.line("%s", t.color(red, SourcesNotRead(c.SourcesNotRead, c.Sources)))
		t.line("")
	}
	t.line("%s", t.color(bold, fmt.Sprintf("%s, %s, %s of open source", plural(c.Repositories, "repository", "repositories"),
		plural(c.Manifests, "manifest", "manifests"), plural(c.Packages, "package", "packages"))))
	t.line("")
	relation := fmt.Sprintf("%s: %s direct, %s transitive", plural(c.Usages, "usage", "usages"), number(c.Direct), number(c.Transitive))
	if c.Unknown > 0 {
		relation += fmt.Sprintf(", %s of unknown relation", number(c.Unknown))
	}
	t.row("Used", relation)
	t.row("Ecosystems", counts(c.Ecosystems, 8))
	t.row("Licenses", counts(c.Licenses, 8))
	if c.NoLicense > 0 {
		t.row("No license", fmt.Sprintf("of %s no offline source tells the license", plural(c.NoLicense, "package", "packages")))
	}
	if c.Unresolved > 0 {
		t.row("Unresolved", plural(c.Unresolved, "requirement", "requirements")+" without a version: a range, a branch, or what a file elsewhere decides")
	}
	if c.Fixtures > 0 {
		text := plural(c.Fixtures, "usage", "usages") + " in test data and samples"
		if n := c.FixturePackages; n > 0 {
			text += " (" + plural(n, "package is", "packages are") + " used only there)"
		}
		t.row("Left out", text+", listed but not judged")
	}
	t.row("Verdicts", t.verdicts(c.Decisions))
	t.riskHeadline(r)
}

func (t *textWriter) verdicts(d map[string]int) string {
	if len(d) == 0 {
		return "nothing to judge"
	}
	var parts []string
	for _, k := range []struct{ key, name, color string }{
		{"deny", "deny", red}, {"review", "review", yellow}, {"waived", "waived", yellow},
		{"allow_with_duties", "allow with duties", green}, {"allow", "allow", green}} {
		if n := d[k.key]; n > 0 {
			parts = append(parts, t.color(k.color, fmt.Sprintf("%s %s", number(n), k.name)))
		}
	}
	return strings.Join(parts, ", ")
}

// repositories shows a line each when there are few enough for a screen.
func (t *textWriter) repositories(r *Report) {
	const most = 8
	if len(r.Repositories) == 0 {
		return
	}
	t.line("")
	for i, p := range r.Repositories {
		if i == most && !t.o.Verbose {
			t.line("  … and %d more repositories (-v lists all)", len(r.Repositories)-most)
			return
		}
		lic := p.License
		if lic == "" {
			lic = "license unknown"
		}
		at := ""
		if len(p.Commit) >= 10 && !strings.HasPrefix(p.Commit, "content-") {
			at = " at " + p.Commit[:10]
		}
		t.line("  %s%s: %s, %s, %s", Clean(p.Name), at, Clean(lic), plural(p.Packages, "package", "packages"), plural(p.Findings, "finding", "findings")+vulnerable(p))
	}
}

// vulnerable tells how many verdicts on vulnerabilities need somebody.
func vulnerable(p Repository) string {
	if p.Vulnerabilities == 0 {
		return ""
	}
	return ", " + plural(p.Vulnerabilities, "verdict", "verdicts") + " on vulnerabilities to look at"
}

func (t *textWriter) actions(r *Report) {
	t.line("")
	if len(r.Actions) == 0 {
		t.line("%s", t.color(green, "Nothing to do."))
		return
	}
	t.line("%s", t.color(bold, "To do first"))
	for i, a := range r.Actions {
		owner := a.Owner
		if owner == "" {
			owner = "no owner known"
		}
		title := fmt.Sprintf("%2d. %s", i+1, Clean(a.Title))
		for j, l := range wrap(title+"  ["+Clean(owner)+"]", t.o.Width-4) {
			if j > 0 {
				l = "    " + l
			}
			t.line("%s", t.color(decisionColor(a.Decision), l))
		}
		for _, l := range wrap(Clean(a.Fix), t.o.Width-6) {
			t.line("      %s", l)
		}
	}
}

func decisionColor(d string) string {
	switch d {
	case "deny", "conflict":
		return red
	case "review":
		return yellow
	}
	return bold
}

func (t *textWriter) outbound(r *Report) {
	var bad []Outbound
	for _, o := range r.Outbound {
		if o.Value == "conflict" || o.Value == "review" {
			bad = append(bad, o)
		}
	}
	if len(bad) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.color(bold, "Own licenses against what is inside"))
	for i, o := range bad {
		if i == 5 && !t.o.Verbose {
			t.line("  … and %d more (-v lists all)", len(bad)-5)
			break
		}
		t.row(o.Value, fmt.Sprintf("%s (%s): %s is %s: %s", Clean(o.Repository), Clean(o.License), Clean(o.Component), Clean(o.Inbound), Clean(o.Why)))
	}
}

func (t *textWriter) findings(r *Report) {
	if len(r.Findings) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.color(bold, "Findings"))
	for _, f := range r.Findings {
		lic := f.License
		if lic == "" {
			lic = "license unknown"
		}
		where := Clean(f.Repository)
		if f.Product != "" {
			where += " (" + Clean(f.Product) + ")"
		}
		t.line("  %s %s %s in %s", t.color(decisionColor(f.Decision), decisionWord(f)), Clean(f.Purl), Clean(lic), where)
		for _, p := range f.Places {
			t.line("      %s%s", Clean(p.Path), lineSuffix(p.Line))
		}
		if len(f.Reasons) > 0 {
			t.line("      %s (rule %s)", Clean(f.Reasons[0].Text), Clean(f.Rule.ID))
		}
	}
}

func decisionWord(f Finding) string {
	w := f.Decision
	if f.Role != "" && f.Decision == "review" {
		w += " by " + f.Role
	}
	if f.Waiver != nil && f.Waiver.Holds {
		w = "waived until " + f.Waiver.Expires.Format("2006-01-02") + " (" + w + ")"
	}
	return w
}

func lineSuffix(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(":%d", n)
}

func (t *textWriter) notRead(r *Report) {
	if len(r.NotRead) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.color(bold, fmt.Sprintf("Not read or not understood: %d", len(r.NotRead))))
	for i, p := range r.NotRead {
		if i == 5 && !t.o.Verbose {
			t.line("  … and %d more (-v lists all)", len(r.NotRead)-5)
			return
		}
		where := Clean(p.Repository)
		if p.Path != "" {
			where += ": " + Clean(p.Path) + lineSuffix(p.Line)
		}
		t.line("  %s: %s: %s", where, Clean(p.Kind), Clean(p.Message))
	}
}

func (t *textWriter) program(r *Report) {
	t.line("")
	text := "Rules: " + r.Program.Source
	if r.Program.Preset != "" {
		text += ", preset " + r.Program.Preset
	}
	if len(r.Program.Defaults) > 0 {
		text += "; built-in defaults for " + strings.Join(r.Program.Defaults, ", ")
	}
	text += "; as of " + r.AsOf.UTC().Format("2006-01-02") + ". Not legal advice."
	for _, l := range wrap(Clean(text), t.o.Width) {
		t.line("%s", t.color(dim, l))
	}
	for _, f := range r.Program.Findings {
		t.line("%s", t.color(yellow, Clean(f)))
	}
}

// counts writes the first n bars in a line, and what the rest add up to.
func counts(all []Count, n int) string {
	if len(all) == 0 {
		return "none"
	}
	var parts []string
	rest := 0
	for i, c := range all {
		if i >= n {
			rest += c.N
			continue
		}
		name := c.Name
		if name == "" {
			name = "unknown"
		}
		parts = append(parts, Clean(name)+" "+number(c.N))
	}
	if rest > 0 {
		parts = append(parts, fmt.Sprintf("others %s", number(rest)))
	}
	return strings.Join(parts, ", ")
}

// SourcesNotRead says how many of the sources that were given are missing from
// an answer.
func SourcesNotRead(n, of int) string {
	return fmt.Sprintf("%s of %s could not be read: the answer is without %s", number(n), plural(of, "source", "sources"), itOrThem(n))
}

func itOrThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// noun is the word for n things.
func noun(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// number groups thousands: 12,345.
func number(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// wrap breaks a text at spaces into lines of at most width runes (colored
// words count as longer than they show, which only wraps early).
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
