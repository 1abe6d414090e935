package investment

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/inventory"
)

var update = flag.Bool("update", false, "rewrite golden files")

const nasty = `github.com/<script>alert(1)</script>/"x'|[a](b)` + "\x1b[31m\u202e"

// sample has an upstream of each sort: ranked, served, unknown, with a name that
// means harm.
func sample() *Report {
	use := func(product string, weight float64) []impact.Use {
		return []impact.Use{{Product: product, Weight: weight, WeightSource: "program.yaml:3:5: tier critical", Team: "checkout", Repository: "github.com/acme/shop",
			Package: "pkg:npm/left@1.0.0", Relation: inventory.Direct, Depth: 1, Scope: inventory.Runtime}}
	}
	take := impact.Take{Products: 1, Repositories: 1, Packages: 1, Direct: 1, Scopes: map[inventory.Scope]int{inventory.Runtime: 1}, Ecosystems: []string{"npm"}, Teams: []string{"checkout"}, Depth: 1}
	signals := map[impact.Signal]impact.Value{impact.AbsenceFactor: impact.Known(1, "history of github.com/acme/left"), impact.LastCommit: impact.Known(200, "history of github.com/acme/left"),
		impact.ElephantFactor: impact.Known(1, "history of github.com/acme/left")}
	give := impact.Give{OurCommits: impact.Known(3, "history"), AllCommits: impact.Known(90, "history"), OurReviews: impact.Known(1, "history"), AllReviews: impact.Known(10, "history"), OurPeople: impact.Known(2, "history"),
		TargetShare: impact.Known(.05, "default"), Coverage: impact.Known(.7, "history")}
	served := give
	served.OurCommits = impact.Known(30, "history")
	facts := []impact.Facts{
		{Upstream: "github.com/acme/left", Mapping: impact.Known(1, "upstreams.yaml:2:5"), Packages: []string{"pkg:npm/left"}, Take: take, Uses: use("shop", 1), Switching: impact.Known(.5, "default"), Signals: signals, Give: give,
			Costs: map[impact.ActionKind]impact.Cost{impact.FundMaintainer: {FTE: impact.Known(.5, "goals.yaml"), Money: impact.Known(50000, "goals.yaml")}}, Owner: "checkout",
			Relicensing: impact.Relicensing{CLA: "relicensing", Vendor: "Acme Inc.", Foundation: "none"}},
		{Upstream: "github.com/acme/served", Packages: []string{"pkg:npm/served"}, Take: take, Uses: use("shop", .6), Switching: impact.Known(1, "known as framework"), Signals: signals, Give: served},
		{Upstream: "github.com/acme/unknown", Packages: []string{"pkg:npm/unknown"}, Take: take, Uses: use("tool", .3), Switching: impact.Known(.5, "default")},
		{Upstream: nasty, Packages: []string{"pkg:npm/" + nasty}, Take: take, Uses: use(nasty, .1), Switching: impact.Known(.5, nasty), Signals: signals},
	}
	p := impact.DefaultParams()
	return &Report{Tool: "tributary test", Generated: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), AsOf: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), Params: p, Currency: "EUR", Organization: "Acme Corp",
		Program: ".tributary", ProgramHash: "0123456789abcdef", Scores: impact.Rank(facts, p), Repositories: []string{"github.com/acme/shop"}, Packages: 6, OwnPackages: 1, Histories: 2,
		Unmapped: []Unmapped{{"pkg:npm/lost", "no registry metadata at hand"}}, Coverage: impact.Known(.7, "histories"),
		Own:         []OwnProject{{"github.com/acme/own", 10, 4, 2, 3, 2, 1}, {"github.com/acme/quiet", 0, 0, 2, 0, 0, 1}},
		ByTeam:      []Balance{{Name: "checkout", Members: []string{"github.com/acme/left"}, Upstreams: 3, Packages: 3, Direct: 3, Known: 2, Served: 2, Commits: impact.Known(33, ""), Reviews: impact.Known(2, ""), People: impact.Known(2, "")}},
		ByEcosystem: []Balance{{Name: "npm", Members: []string{"github.com/acme/left", nasty}, Upstreams: 4, Packages: 4, Direct: 4, Known: 2, Served: 2, Commits: impact.Known(33, ""), Reviews: impact.Known(2, "")}},
		Defaults:    []string{"no goals: alignment is left out"},
		Mappings:    []Mapping{{Package: "pkg:npm/left", Repository: "github.com/acme/left", Confidence: "certain", Source: "upstreams.yaml:2:5"}, {Package: "pkg:npm/lost", Confidence: "none", Source: "no registry metadata at hand"}},
	}
}

// faces are all forms.
var faces = map[string]func(io.Writer, *Report) error{
	"impact.txt":         func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{}) },
	"impact-verbose.txt": func(w io.Writer, r *Report) error { return Text(w, r, TextOptions{Verbose: true}) },
	"impact.json":        JSON, "impact.md": Markdown, "impact.html": HTML, "impact.svg": SVG,
	"explain.txt":    func(w io.Writer, r *Report) error { return Explain(w, r, &r.Scores[0]) },
	"giveback.txt":   func(w io.Writer, r *Report) error { return GiveBack(w, r, "text", false) },
	"giveback.csv":   func(w io.Writer, r *Report) error { return GiveBack(w, r, "csv", false) },
	"giveback.jsonl": func(w io.Writer, r *Report) error { return GiveBack(w, r, "jsonl", false) },
	"plan.txt": func(w io.Writer, r *Report) error {
		return Plan(w, r, impact.Choose(r.Scores, impact.Budget{FTE: 1, Money: 60000}), "text")
	},
	"plan.json": func(w io.Writer, r *Report) error {
		return Plan(w, r, impact.Choose(r.Scores, impact.Budget{FTE: 1, Money: 60000}), "json")
	},
	"map.txt": func(w io.Writer, r *Report) error { return Map(w, r, "text") },
	"map.csv": func(w io.Writer, r *Report) error { return Map(w, r, "csv") },
}

func TestEveryFaceSaysWhatItsGoldenFileSays(t *testing.T) {
	for name, face := range faces {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := face(&b, sample()); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), b.String()); d != "" {
				t.Error(d)
			}
		})
	}
}

// Nothing of what was read becomes markup or a control code.
func TestHostileNamesAreText(t *testing.T) {
	for name, face := range faces {
		var b bytes.Buffer
		if err := face(&b, sample()); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if strings.ContainsAny(text, "\x1b") || !strings.HasSuffix(name, ".json") && !strings.HasSuffix(name, ".jsonl") && strings.Contains(text, "\u202e") {
			t.Errorf("%s passes control codes on", name)
		}
		if (strings.HasSuffix(name, ".html") || strings.HasSuffix(name, ".svg") || strings.HasSuffix(name, ".md")) && strings.Contains(text, "<script") {
			t.Errorf("%s passes markup on", name)
		}
		if strings.HasSuffix(name, ".csv") {
			for _, line := range strings.Split(text, "\n") {
				if strings.HasPrefix(line, "=") || strings.HasPrefix(line, "@") {
					t.Errorf("%s: a cell may be run as a formula: %s", name, line)
				}
			}
		}
	}
}

var (
	hrefs    = regexp.MustCompile(`href="#([^"]+)"`)
	ids      = regexp.MustCompile(`\bid="([^"]+)"`)
	mdLinks  = regexp.MustCompile(`\]\(#([^)]+)\)`)
	mdTable  = regexp.MustCompile(`(?m)^\| [0-9]+ \| (.*) \|$`)
	htmlCell = regexp.MustCompile(`<td class="n">(.*?)</td>`)
)

func TestEveryNumberOfTheSummaryLeadsToItsDerivation(t *testing.T) {
	var page, text bytes.Buffer
	if err := HTML(&page, sample()); err != nil {
		t.Fatal(err)
	}
	if err := Markdown(&text, sample()); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		text  string
		links *regexp.Regexp
	}{"HTML": {page.String(), hrefs}, "Markdown": {text.String(), mdLinks}} {
		have := map[string]int{}
		for _, m := range ids.FindAllStringSubmatch(x.text, -1) {
			have[m[1]]++
			if have[m[1]] > 1 {
				t.Errorf("%s: the id %s stands twice", name, m[1])
			}
		}
		links := x.links.FindAllStringSubmatch(x.text, -1)
		if len(links) < 30 {
			t.Errorf("%s has %d links only", name, len(links))
		}
		for _, m := range links {
			if have[m[1]] == 0 {
				t.Errorf("%s: nothing is at #%s", name, m[1])
			}
		}
	}
	summary, _, _ := strings.Cut(page.String(), "How these numbers were made")
	bare := 0
	for _, m := range htmlCell.FindAllStringSubmatch(summary, -1) {
		if strings.ContainsAny(m[1], "0123456789") && !strings.Contains(m[1], "<a href") {
			bare++ // the rank
		}
	}
	if ranks := len(sample().Scores); bare != ranks {
		t.Errorf("%d cells of numbers lead nowhere; only the %d ranks may", bare, ranks)
	}
	for _, row := range mdTable.FindAllStringSubmatch(text.String(), -1) {
		if n := strings.Count(row[1], "](#"); n < 6 {
			t.Errorf("a row of the table has %d links: %s", n, row[1])
		}
	}
}

func TestTheChartIsWellFormedAndToldInWords(t *testing.T) {
	var b bytes.Buffer
	if err := SVG(&b, sample()); err != nil {
		t.Fatal(err)
	}
	for dec := xml.NewDecoder(&b); ; {
		_, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	words := newChart(sample()).words(sample())
	for _, want := range []string{"3 upstreams by criticality", "2: github.com/acme/left, criticality", "Too little is known of 1 other"} {
		if !strings.Contains(words, want) {
			t.Errorf("the description does not say %q: %s", want, words)
		}
	}
}

func TestNamesInTheChartDoNotOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var facts []impact.Facts
		for i := range rapid.IntRange(0, 90).Draw(t, "n") {
			f := impact.Facts{Upstream: "github.com/" + rapid.StringMatching(`[a-z]{1,20}/[a-z]{1,24}`).Draw(t, "name"), Signals: map[impact.Signal]impact.Value{}, Switching: impact.Known(.5, ""),
				Uses: []impact.Use{{Product: "p", Weight: rapid.SampledFrom([]float64{1, .6, .3, .1}).Draw(t, "weight"), Relation: inventory.Direct, Scope: inventory.Runtime}},
				Take: impact.Take{Direct: rapid.IntRange(0, 400).Draw(t, "usages")}}
			if i%7 != 0 {
				f.Signals[impact.AbsenceFactor] = impact.Known(float64(rapid.IntRange(1, 12).Draw(t, "caf")), "")
			}
			facts = append(facts, f)
		}
		r := &Report{Params: impact.DefaultParams(), Scores: impact.Rank(facts, impact.DefaultParams())}
		c := newChart(r)
		var boxes []box
		for _, b := range c.bubbles {
			if b.x-b.r < 0 || b.x+b.r > chartWidth || b.y-b.r < -5 || b.y+b.r > bandBottom+largest {
				t.Fatalf("a bubble lies outside: %+v", b)
			}
			if b.label == nil {
				continue
			}
			for _, other := range boxes {
				if b.label.box.overlaps(other) {
					t.Fatalf("%q lies on another name", b.label.text)
				}
			}
			boxes = append(boxes, b.label.box)
		}
		if len(c.bubbles) > 0 && len(boxes) == 0 {
			t.Fatal("no name is written")
		}
	})
}

func TestJSONSaysNullWhereNothingIsKnown(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Schema    string
		Upstreams []struct {
			Upstream   string
			Need, Gap  *float64
			NeedLeast  float64 `json:"need_least"`
			Derivation struct {
				ID    string
				Parts []struct{ ID string }
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	last := got.Upstreams[len(got.Upstreams)-1]
	if got.Schema != Schema || last.Upstream != "github.com/acme/unknown" || last.Need != nil || last.Gap != nil || last.NeedLeast <= 0 || last.Derivation.ID != "gap" {
		t.Errorf("%+v", last)
	}
}
