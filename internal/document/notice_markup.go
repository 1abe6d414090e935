package document

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed notice.gohtml
var noticeHTML string

var noticeTemplate = sync.OnceValue(func() *template.Template { return template.Must(template.New("notice").Parse(noticeHTML)) })

func (d noticeDoc) writeMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s\n", markdown(d.Title))
	for _, g := range d.Groups {
		fmt.Fprintf(b, "\n## %s\n\n", markdown(g.Heading))
		for _, it := range g.Items {
			markdownItem(b, it)
		}
		fence := fenceFor(g.Text)
		fmt.Fprintf(b, "\n%stext\n%s\n%s\n", fence, g.Text, fence)
	}
	if len(d.Attention) > 0 {
		fmt.Fprint(b, "\n## Needs attention\n\n")
		for _, it := range d.Attention {
			markdownItem(b, it)
		}
	}
	return b.Flush()
}

func markdownItem(b *bufio.Writer, it noticeLine) {
	fmt.Fprintf(b, "- **%s**", markdown(it.Component))
	if it.License != "" {
		fmt.Fprintf(b, " (%s)", markdown(it.License))
	}
	if it.Why != "" {
		fmt.Fprintf(b, ": %s", markdown(it.Why))
	}
	b.WriteByte('\n')
	for _, c := range it.Copyrights {
		fmt.Fprintf(b, "  - %s\n", markdown(c))
	}
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`, "#", `\#`, "@", "&#64;", "!", `\!`)

func markdown(s string) string { return markdownEscapes.Replace(s) }

// fenceFor is a fence longer than any run of backticks in the text.
func fenceFor(text string) string {
	longest, run := 2, 0
	for _, r := range text {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return strings.Repeat("`", longest+1)
}
