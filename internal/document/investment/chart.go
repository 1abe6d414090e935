package investment

import (
	"fmt"
	"html"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// The chart's measures, in SVG units.
const (
	chartWidth, chartHeight = 960, 640
	plotLeft, plotTop       = 64, 24
	plotRight, plotBottom   = 940, 500 // fragility 1 lies at plotBottom
	bandTop, bandBottom     = 528, 576 // for what has no known fragility
	smallest, largest       = 5.0, 26.0
	labelHeight             = 13.0
	// How many bubbles are drawn with and without a known fragility, and how many
	// names are written.
	most, mostUnknown, labels = 60, 20, 24
)

// bubble is one upstream in the chart.
type bubble struct {
	score   *impact.Score
	rank    int // from 1; 0 for those without a known need
	x, y, r float64
	label   *label
}

// label is the place of a name.
type label struct {
	text       string
	box        box
	fromX      float64 // of the line that leads to it; 0 for none
	fromY      float64
	leads      bool
	endX, endY float64
}

// box is a rectangle.
type box struct{ x0, y0, x1, y1 float64 }

func (a box) overlaps(b box) bool {
	return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1
}

// chart is the layout: bubbles by size, the largest first, so that the small are
// drawn above.
type chart struct {
	bubbles []*bubble
	left    int // upstreams that are not drawn
	band    bool
	right   float64 // criticality at the right end
}

// across is the place of a criticality.
func (c *chart) across(x float64) float64 {
	return plotLeft + (plotRight-plotLeft)*clamp01(x/c.right)
}

// up is the place of a fragility.
func up(f float64) float64 { return plotBottom - (plotBottom-plotTop)*clamp01((f-1)/9) }

// newChart lays out the first upstreams of the report.
func newChart(r *Report) *chart {
	c := &chart{right: 4}
	known, unknown := r.split()
	drawn := known
	if len(drawn) > most {
		c.left += len(drawn) - most
		drawn = drawn[:most]
	}
	for i := range drawn {
		c.bubbles = append(c.bubbles, &bubble{score: &drawn[i], rank: i + 1})
	}
	if len(unknown) > mostUnknown {
		c.left += len(unknown) - mostUnknown
		unknown = unknown[:mostUnknown]
	}
	for i := range unknown {
		if unknown[i].C.Known {
			c.bubbles = append(c.bubbles, &bubble{score: &unknown[i]})
			c.band = true
		}
	}
	biggest := 1.0
	for _, b := range c.bubbles {
		biggest = math.Max(biggest, usages(b.score))
		for c.right < 10 && b.score.C.N > c.right-.4 {
			c.right += 2
		}
	}
	for _, b := range c.bubbles {
		b.r = smallest + (largest-smallest)*math.Sqrt(usages(b.score)/biggest)
		b.x = c.across(b.score.C.N)
		if b.rank > 0 {
			b.y = up(b.score.F.N)
		} else {
			b.y, b.r = (bandTop+bandBottom)/2, math.Min(b.r, (bandBottom-bandTop)/2-2)
		}
	}
	c.place()
	slices.SortStableFunc(c.bubbles, func(a, b *bubble) int {
		switch {
		case a.r > b.r:
			return -1
		case a.r < b.r:
			return 1
		}
		return 0
	})
	return c
}

func clamp01(x float64) float64 { return math.Min(math.Max(x, 0), 1) }

// usages is what the size of a bubble stands for.
func usages(s *impact.Score) float64 {
	t := s.Facts.Take
	return float64(t.Direct + t.Transitive + t.Unknown)
}

// place names the first bubbles where there is room: beside the bubble, else
// further away with a line. A name that finds no room is left out; the table
// below the chart has all.
func (c *chart) place() {
	var taken []box
	placed := 0
	for _, b := range c.bubbles {
		if placed == labels {
			return
		}
		text := short(b.score.Facts.Upstream)
		if runes := []rune(text); len(runes) > 34 {
			text = string(runes[:33]) + "…"
		}
		if b.rank > 0 {
			text = fmt.Sprintf("%d. %s", b.rank, text)
		}
		if l := c.spot(b, text, taken); l != nil {
			b.label, taken = l, append(taken, l.box)
			placed++
		}
	}
}

// spot finds the first free place for a name around a bubble.
func (c *chart) spot(b *bubble, text string, taken []box) *label {
	width := widthOf(text)
	for _, away := range []float64{4, 14, 28, 46, 70, 100} {
		for _, angle := range []float64{0, 180, -35, 35, 145, -145, -65, 65, 115, -115, -90, 90} {
			rad := angle * math.Pi / 180
			x, y := b.x+(b.r+away)*math.Cos(rad), b.y+(b.r+away)*math.Sin(rad)
			var at box
			switch {
			case math.Abs(math.Cos(rad)) < .2:
				at = box{x - width/2, y - labelHeight/2, x + width/2, y + labelHeight/2}
			case math.Cos(rad) > 0:
				at = box{x, y - labelHeight/2, x + width, y + labelHeight/2}
			default:
				at = box{x - width, y - labelHeight/2, x, y + labelHeight/2}
			}
			if !inside(at, b) || slices.ContainsFunc(taken, at.overlaps) || c.covers(at, away > 50) {
				continue
			}
			l := &label{text: text, box: at, leads: away > 10}
			if l.leads {
				l.fromX, l.fromY = b.x+b.r*math.Cos(rad), b.y+b.r*math.Sin(rad)
				l.endX, l.endY = x, y
			}
			return l
		}
	}
	return nil
}

// widthOf is the width of a text, on the safe side for the usual fonts.
func widthOf(s string) float64 {
	w := 2.0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljtfr.,:;'|!/()[] -", r):
			w += 4.6
		case strings.ContainsRune("mwMW", r) || r > 0x2E80:
			w += 11.5
		case r >= 'A' && r <= 'Z':
			w += 8.6
		default:
			w += 7.4
		}
	}
	return w
}

// inside keeps names in the plot, or in the band below it.
func inside(at box, b *bubble) bool {
	top, bottom := float64(plotTop), float64(plotBottom)
	if b.rank == 0 {
		top, bottom = bandTop, bandBottom
	}
	return at.x0 >= plotLeft && at.x1 <= chartWidth-4 && at.y0 >= top-8 && at.y1 <= bottom
}

// covers says whether a box lies on a bubble.
func (c *chart) covers(at box, centersOnly bool) bool {
	for _, b := range c.bubbles {
		r := b.r
		if centersOnly {
			r /= 2
		}
		dx := math.Max(math.Max(at.x0-b.x, b.x-at.x1), 0)
		dy := math.Max(math.Max(at.y0-b.y, b.y-at.y1), 0)
		if dx*dx+dy*dy < r*r {
			return true
		}
	}
	return false
}

// giveClass sorts what we give into steps that colors can show.
func giveClass(g impact.Value) int {
	switch {
	case !g.Known:
		return 0
	case g.N <= 0:
		return 1
	case g.N < 1.0/3:
		return 2
	case g.N < 2.0/3:
		return 3
	}
	return 4
}

var giveWords = []string{"our give is not known", "we give nothing", "under a third of the target", "under two thirds", "two thirds or more"}

// chartStyle holds colors that people with the common color blindnesses tell
// apart, light and dark.
const chartStyle = `.iv text{font:12px system-ui,sans-serif;fill:#1c2530}.iv .dim{fill:#5c6773}.iv .axis{stroke:#8a96a3;stroke-width:1}.iv .grid{stroke:#dde3ea;stroke-width:1}.iv .need{fill:none;stroke:#b9c3cd;stroke-dasharray:3 4}.iv .lead{stroke:#8a96a3;stroke-width:.8}.iv circle{stroke:#1c2530;stroke-width:.8;fill-opacity:.82}.iv .g0{fill:#e3e7eb;stroke-dasharray:3 2}.iv .g1{fill:#c2362b}.iv .g2{fill:#ee9b3a}.iv .g3{fill:#8cc5e3}.iv .g4{fill:#1f5fa8}.iv .halo{stroke:#fff;stroke-width:3px;paint-order:stroke}
@media (prefers-color-scheme:dark){.iv text{fill:#e6ebf0}.iv .dim{fill:#9aa7b4}.iv .grid{stroke:#33404d}.iv .need{stroke:#52606d}.iv circle{stroke:#e6ebf0}.iv .g0{fill:#4a5561}.iv .halo{stroke:#1d2630}.iv .back{fill:#1d2630}}`

// SVG writes the chart as a file of its own.
func SVG(w io.Writer, r *Report) error {
	_, err := io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+drawing(r, false)+"\n")
	return err
}

// drawing is the chart as an svg element; links leads from the bubbles to the
// derivations of the page that it stands in.
func drawing(r *Report, links bool) string {
	c := newChart(r)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="iv" viewBox="0 0 %d %d" role="img" aria-labelledby="iv-title iv-desc">`, chartWidth, chartHeight)
	b.WriteString("\n<title id=\"iv-title\">Upstreams by criticality and fragility</title>\n<desc id=\"iv-desc\">" + html.EscapeString(c.words(r)) + "</desc>\n<style>" + chartStyle + "</style>\n")
	fmt.Fprintf(&b, `<rect class="back" width="%d" height="%d" fill="#fff"/>`+"\n", chartWidth, chartHeight)
	c.axes(&b)
	for _, x := range c.bubbles {
		x.draw(&b, r, links)
	}
	for _, x := range c.bubbles {
		if l := x.label; l != nil {
			if l.leads {
				fmt.Fprintf(&b, `<line class="lead" x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f"/>`+"\n", l.fromX, l.fromY, l.endX, l.endY)
			}
			fmt.Fprintf(&b, `<text class="halo" x="%.1f" y="%.1f" aria-hidden="true">%s</text>`+"\n", l.box.x0+1, l.box.y1-3, html.EscapeString(l.text))
		}
	}
	legend(&b, c)
	b.WriteString("</svg>")
	return b.String()
}

// words tell the chart to those who can't see it.
func (c *chart) words(r *Report) string {
	known, unknown := r.split()
	out := fmt.Sprintf("%s by criticality (across, 0 to 10) and fragility (up, 1 to 10).", plural(len(known), "upstream", "upstreams"))
	for i := range known {
		if i == 5 {
			break
		}
		s := &known[i]
		out += fmt.Sprintf(" %d: %s, criticality %s, fragility %s, our give %s.", i+1, report.Clean(s.Facts.Upstream), value(s.C), value(s.F), percent(s.G))
	}
	if len(unknown) > 0 {
		out += fmt.Sprintf(" Too little is known of %s.", plural(len(unknown), "other", "others"))
	}
	if c.left > 0 {
		out += fmt.Sprintf(" %d more are not drawn.", c.left)
	}
	return out
}

func (c *chart) axes(b *strings.Builder) {
	for i := 0.0; i <= c.right; i += c.right / 5 {
		x := c.across(i)
		fmt.Fprintf(b, `<line class="grid" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/><text class="dim" x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x, plotTop, x, plotBottom, x, plotBottom+16, exact(i))
	}
	for _, i := range []int{1, 4, 7, 10} {
		y := up(float64(i))
		fmt.Fprintf(b, `<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/><text class="dim" x="%d" y="%.1f" text-anchor="end">%d</text>`+"\n", plotLeft, y, plotRight, y, plotLeft-8, y+4, i)
	}
	for _, need := range []float64{10, 25, 50} {
		var points []string
		for x := need / 10; x <= c.right; x += .1 {
			points = append(points, fmt.Sprintf("%.1f,%.1f", c.across(x), up(need/x)))
		}
		if len(points) < 4 {
			continue
		}
		fmt.Fprintf(b, `<polyline class="need" points="%s"/>`, strings.Join(points, " "))
		fmt.Fprintf(b, `<text class="dim" x="%d" y="%.1f" text-anchor="end">need %.0f</text>`+"\n", plotRight-2, up(need/c.right)-4, need)
	}
	fmt.Fprintf(b, `<line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/><line class="axis" x1="%d" y1="%d" x2="%d" y2="%d"/>`+"\n", plotLeft, plotBottom, plotRight, plotBottom, plotLeft, plotTop, plotLeft, plotBottom)
	fmt.Fprintf(b, `<text x="22" y="%d" transform="rotate(-90 22 %d)" text-anchor="middle">Fragility (F)</text>`, (plotTop+plotBottom)/2, (plotTop+plotBottom)/2)
	if c.band {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" class="need"/><text class="dim" x="%d" y="%d" text-anchor="end">too little</text><text class="dim" x="%d" y="%d" text-anchor="end">known</text>`+"\n",
			plotLeft, bandTop, plotRight-plotLeft, bandBottom-bandTop, plotLeft-8, (bandTop+bandBottom)/2-2, plotLeft-8, (bandTop+bandBottom)/2+12)
	}
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle">Criticality (C)</text>`+"\n", (plotLeft+plotRight)/2, bandBottom+16)
}

func (x *bubble) draw(b *strings.Builder, r *Report, links bool) {
	s := x.score
	if links && x.rank > 0 && x.rank <= derived {
		fmt.Fprintf(b, `<a href="#%s">`, anchor(x.rank, "gap"))
	}
	fmt.Fprintf(b, `<circle class="g%d" cx="%.1f" cy="%.1f" r="%.1f"><title>%s</title></circle>`, giveClass(s.G), x.x, x.y, x.r, html.EscapeString(fmt.Sprintf(
		"%s: criticality %s, fragility %s, need %s, gap %s, our give %s; %s", report.Clean(s.Facts.Upstream), value(s.C), value(s.F), value(s.Need), value(s.Gap), percent(s.G), take(s.Facts))))
	if links && x.rank > 0 && x.rank <= derived {
		b.WriteString("</a>")
	}
	b.WriteString("\n")
}

func legend(b *strings.Builder, c *chart) {
	y := float64(chartHeight - 18)
	x := float64(plotLeft)
	used := map[int]bool{}
	for _, bub := range c.bubbles {
		used[giveClass(bub.score.G)] = true
	}
	for class, words := range giveWords {
		if !used[class] {
			continue
		}
		fmt.Fprintf(b, `<circle class="g%d" cx="%.1f" cy="%.1f" r="6"/><text x="%.1f" y="%.1f">%s</text>`+"\n", class, x+6, y-4, x+17, y, words)
		x += 30 + widthOf(words)
	}
	fmt.Fprintf(b, `<text class="dim" x="%d" y="%d" text-anchor="end">size: usages</text>`+"\n", plotRight, chartHeight-36)
	if c.left > 0 {
		fmt.Fprintf(b, `<text class="dim" x="%d" y="%d">%d more are not drawn</text>`+"\n", plotLeft, chartHeight-36, c.left)
	}
}
