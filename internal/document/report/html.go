package report

import (
	_ "embed"
	"html/template"
	"io"
	"math"
	"strings"
	"sync"
)

//go:embed report.gohtml
var htmlText string

var htmlTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("report").Funcs(template.FuncMap{
		"number":  number,
		"clean":   Clean,
		"word":    decisionWord,
		"line":    lineSuffix,
		"join":    func(s []string) string { return Clean(strings.Join(s, ", ")) },
		"bars":    bars,
		"donut":   donut,
		"risks":   riskWords,
		"data":    dataWords,
		"levels":  levelCounts,
		"outcome": outcomeWord,
		"unread":  SourcesNotRead,
		"noun":    noun,
	}).Parse(htmlText))
})

// page is what the HTML template sees.
type page struct {
	*Report
	// Shown bounds the rows of the findings table; More says how many are left out.
	Shown []Finding
	More  int
	// Risks bounds the rows of the vulnerabilities likewise.
	Risks     []Vulnerability
	MoreRisks int
}

// maxRows bounds the HTML table: beyond it a browser is no place to read.
const maxRows = 5000

// HTML writes one self-contained page: no script is needed to read it, nothing
// is loaded from elsewhere, all text from outside is escaped.
func HTML(w io.Writer, r *Report) error {
	p := page{Report: r, Shown: r.Findings}
	if len(p.Shown) > maxRows {
		p.Shown, p.More = p.Shown[:maxRows], len(p.Shown)-maxRows
	}
	if p.Risks = r.Vulnerabilities; len(p.Risks) > maxRows {
		p.Risks, p.MoreRisks = p.Risks[:maxRows], len(p.Risks)-maxRows
	}
	return htmlTemplate().Execute(w, p)
}

// bar is one row of a bar chart, in SVG units.
type bar struct {
	Name  string
	N     string
	Y     int
	Width float64
}

// chart is a bar chart.
type chart struct {
	Title  string
	Bars   []bar
	Height int
}

// bars lays out the ten longest bars and one for the rest.
func bars(title string, all []Count) chart {
	const most, rowHeight, widest = 10, 24, 150.0
	rows := all
	if len(all) > most {
		rest := 0
		for _, c := range all[most:] {
			rest += c.N
		}
		rows = append(append([]Count(nil), all[:most]...), Count{plural(len(all)-most, "other", "others"), rest})
	}
	longest := 1
	for _, c := range rows {
		longest = max(longest, c.N)
	}
	out := chart{Title: title, Height: len(rows)*rowHeight + 4}
	for i, c := range rows {
		name := Clean(orElse(c.Name, "unknown"))
		if r := []rune(name); len(r) > 26 {
			name = string(r[:25]) + "…"
		}
		out.Bars = append(out.Bars, bar{name, number(c.N), i * rowHeight, math.Max(2, widest*float64(c.N)/float64(longest))})
	}
	return out
}

// arc is one part of a ring: a dash of a circle of circumference 100.
type arc struct {
	Name, Class, N string
	// Dash and Gap add up to 100, so that an arc may run over the start.
	Dash, Gap, Offset float64
	Y                 int // of its line in the legend
}

// donut lays out the decisions as a ring.
func donut(d map[string]int) []arc {
	total := 0
	for _, n := range d {
		total += n
	}
	if total == 0 {
		return nil
	}
	var out []arc
	at := 25.0 // a stroke starts at three o'clock; this turns it to twelve
	for _, k := range [][2]string{{"deny", "deny"}, {"review", "review"}, {"waived", "waived"}, {"allow_with_duties", "allow with duties"}, {"allow", "allow"}} {
		if d[k[0]] == 0 {
			continue
		}
		share := 100 * float64(d[k[0]]) / float64(total)
		out = append(out, arc{k[1], k[0], number(d[k[0]]), share, 100 - share, at, 20 + 20*len(out)})
		at -= share
	}
	return out
}

// levelCounts lists distinct vulnerabilities by severity, worst first.
func levelCounts(c *RiskCounts) []Count {
	var out []Count
	if c == nil {
		return nil
	}
	for _, l := range levels {
		if n := c.Levels[l]; n > 0 {
			out = append(out, Count{l, n})
		}
	}
	return out
}
