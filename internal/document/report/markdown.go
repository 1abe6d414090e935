package report

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes a comment for a pull request: the verdict first, then what to
// do, then the rest folded away.
func Markdown(w io.Writer, r *Report) error {
	var b strings.Builder
	d := r.Counts.Decisions
	switch {
	case r.Decided("deny") > 0:
		fmt.Fprintf(&b, "### Open source check: %d denied\n\n", r.Decided("deny"))
	case r.Decided("review") > 0:
		fmt.Fprintf(&b, "### Open source check: %d to review\n\n", r.Decided("review"))
	case r.Counts.SourcesNotRead > 0:
		b.WriteString("### Open source check: not all could be read\n\n")
	default:
		b.WriteString("### Open source check: passed\n\n")
	}
	if n := r.Counts.SourcesNotRead; n > 0 {
		fmt.Fprintf(&b, "**%s.**\n\n", SourcesNotRead(n, r.Counts.Sources))
	}
	fmt.Fprintf(&b, "%s, %s.\n\n", plural(r.Counts.Packages, "package", "packages"), verdictWords(d))
	if len(r.Findings) > 0 {
		b.WriteString("| Verdict | Package | License | Where | Why | What would make it pass |\n|---|---|---|---|---|---|\n")
		const most = 50
		for i, f := range r.Findings {
			if i == most {
				fmt.Fprintf(&b, "\n%d more findings are left out here.\n", len(r.Findings)-most)
				break
			}
			where := ""
			if len(f.Places) > 0 {
				where = f.Places[0].Path + lineSuffix(f.Places[0].Line)
				if len(f.Places) > 1 {
					where += fmt.Sprintf(" and %d more", len(f.Places)-1)
				}
			}
			why := ""
			if len(f.Reasons) > 0 {
				why = f.Reasons[0].Text
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s (rule `%s`) | %s |\n", mdCell(decisionWord(f)), mdCode(f.Purl),
				mdCell(orElse(f.License, "unknown")), mdCode(where), mdCell(why), strings.ReplaceAll(Clean(f.Rule.ID), "`", ""), mdCell(strings.Join(f.Fix, " ")))
		}
		b.WriteString("\n")
	}
	markdownRisks(&b, r)
	if len(r.Duties) > 0 {
		b.WriteString("<details><summary>What is owed at release</summary>\n\n")
		for _, g := range r.Duties {
			fmt.Fprintf(&b, "- %s (%s): %s\n", mdCell(g.Text), mdCell(g.Section), plural(len(g.Components), "component", "components"))
		}
		b.WriteString("\n</details>\n\n")
	}
	if len(r.NotRead) > 0 {
		fmt.Fprintf(&b, "<details><summary>Not read or not understood: %d</summary>\n\n", len(r.NotRead))
		for _, p := range r.NotRead {
			at := p.Path
			if at == "" {
				at = p.Repository
			}
			fmt.Fprintf(&b, "- %s%s: %s\n", mdCode(at), lineSuffix(p.Line), mdCell(p.Message))
		}
		b.WriteString("\n</details>\n\n")
	}
	fmt.Fprintf(&b, "Rules: %s, preset %s, as of %s. Not legal advice.\n", mdCell(r.Program.Source), mdCell(orElse(r.Program.Preset, "standard")), r.AsOf.UTC().Format("2006-01-02"))
	_, err := io.WriteString(w, b.String())
	return err
}

func verdictWords(d map[string]int) string {
	var parts []string
	for _, k := range [][2]string{{"deny", "denied"}, {"review", "to review"}, {"waived", "waived"}, {"allow_with_duties", "allowed with duties"}, {"allow", "allowed"}} {
		if d[k[0]] > 0 {
			parts = append(parts, number(d[k[0]])+" "+k[1])
		}
	}
	if len(parts) == 0 {
		return "nothing to judge"
	}
	return strings.Join(parts, ", ")
}

// mdEscapes keeps text from becoming markup or mentions.
var mdEscapes = strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "`", "\\`", "@", "@\u200b", "#", `\#`)

func mdCell(s string) string { return mdEscapes.Replace(Clean(s)) }

func mdCode(s string) string {
	if s == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", `\|`).Replace(Clean(s)) + "`"
}
