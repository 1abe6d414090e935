package marked

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed page.html
var pageText string

var page = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page").Funcs(template.FuncMap{"shade": shade, "clean": clean, "inc": func(i int) int { return i + 1 }}).Parse(pageText))
})

// shades is how many classes of marks the sheet has.
const shades = 6

func shade(mark int) int { return (mark - 1) % shades }

// pageData is what the template is given.
type pageData struct {
	Title string
	Facts [][2]string
	Marks []Mark
	Lines []line
}

// HTML writes the document as one page without scripts.
func HTML(w io.Writer, d *Document) error {
	d.Marks = d.Marks[:min(len(d.Marks), MaxMarks)]
	return page().Execute(w, pageData{strings.ToValidUTF8(d.Title, "\uFFFD"), d.Facts, d.Marks, d.lines()})
}
