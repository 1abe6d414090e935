package investment

import (
	_ "embed"
	"html/template"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

//go:embed investment.gohtml
var htmlText string

var htmlTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("investment").Funcs(template.FuncMap{
		"clean":        report.Clean,
		"value":        value,
		"percent":      percent,
		"fixed":        fixed,
		"exact":        exactValue,
		"take":         take,
		"gave":         gave,
		"short":        short,
		"words":        step.words,
		"short_effect": shortEffect,
		"neg":          func(x float64) float64 { return -x },
		"join":         func(list []string) string { return report.Clean(strings.Join(list, "; ")) },
		"inc":          func(i int) int { return i + 1 },
		"balance":      balanceWords,
		"share": func(p OwnProject) string {
			x, ok := p.Share()
			return percent(impact.Value{N: x, Known: ok})
		},
		"kind": func(kind string, i int) string { return kind + "-" + strconv.Itoa(i+1) },
	}).Parse(htmlText))
})

// page is what the template sees.
type page struct {
	*Report
	Chart      template.HTML
	First      []row // what to do first
	Rest       []row
	Unknown    []row
	Derived    []row
	More       int // upstreams that are not listed
	License    []*impact.Score
	Counts     []string
	OwnWords   string
	Upstreams  int // whose history is known
	Given      int // and what our people gave
	Commits    int
	Reviews    impact.Value
	UnmappedOf []Unmapped
	UnmappedN  int // those that are not listed
	Hash       string
	Balances   []balances
	IfNot      []impact.Action
}

type balances struct {
	Title, Kind string
	Rows        []Balance
}

// row is one upstream on the page.
type row struct {
	Rank   int
	Score  *impact.Score
	Action impact.Action
	Also   []impact.Action
	Effect string
	Cost   string
	Steps  []step
	Linked bool // its derivation is on the page
}

// At is the anchor of one of its numbers.
func (r row) At(id string) string { return anchor(r.Rank, id) }

// maxRows bounds the page's lists.
const maxRows = 500

// HTML writes one self-contained page that loads nothing from elsewhere: a
// summary that prints on one sheet, the chart, all upstreams, and the derivation
// of every number. All text from outside is escaped.
func HTML(w io.Writer, r *Report) error {
	known, _ := r.split()
	p := page{Report: r, Chart: template.HTML(drawing(r, true)), License: risky(r), Counts: countLines(r), OwnWords: ownWords, Hash: clip(r.ProgramHash, 13)} // drawing escapes
	p.Given, p.Commits, p.Reviews = total(r)
	p.Upstreams = histories(r)
	seen := map[impact.ActionKind]bool{}
	for i := range r.Scores {
		if i == maxRows {
			p.More = len(r.Scores) - i
			break
		}
		x := rowOf(r, i)
		switch {
		case i < min(first, len(known)):
			p.First = append(p.First, x)
			if !seen[x.Action.Kind] && x.Action.Kind != impact.KeepWatch {
				seen[x.Action.Kind] = true
				p.IfNot = append(p.IfNot, x.Action)
			}
		case i < len(known):
			p.Rest = append(p.Rest, x)
		default:
			p.Unknown = append(p.Unknown, x)
		}
		if x.Linked {
			p.Derived = append(p.Derived, x)
		}
	}
	p.UnmappedOf = r.Unmapped
	if len(p.UnmappedOf) > maxRows {
		p.UnmappedOf, p.UnmappedN = p.UnmappedOf[:maxRows], len(p.UnmappedOf)-maxRows
	}
	for _, b := range []balances{{"ecosystem", "ecosystem", r.ByEcosystem}, {"team", "team", r.ByTeam}} {
		if len(b.Rows) > 0 {
			p.Balances = append(p.Balances, b)
		}
	}
	return htmlTemplate().Execute(w, p)
}

func rowOf(r *Report, i int) row {
	known, _ := r.split()
	s := &r.Scores[i]
	x := row{Rank: i + 1, Score: s, Action: s.Actions[0], Also: s.Actions[1:], Linked: i < derived || i >= len(known) && i-len(known) < derived}
	x.Effect, x.Cost = effect(s, x.Action, r.Currency), cost(x.Action, r.Currency)
	if x.Linked {
		x.Steps = steps(i+1, s)
	}
	return x
}
