package cli

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/upstream"
	"github.com/tributary-oss/tributary/internal/work"
)

// outdatedWire is a component of "outdated -o json" and a line of -o jsonl; what
// is not known is null.
type outdatedWire struct {
	Purl          string       `json:"purl"`
	Name          string       `json:"name"`
	Ecosystem     string       `json:"ecosystem"`
	Version       string       `json:"version"`
	Published     *string      `json:"published"`
	Latest        string       `json:"latest"`
	LatestDate    *string      `json:"latest_published"`
	Libyears      *float64     `json:"libyears"`
	NotKnown      string       `json:"libyears_unknown,omitempty"`
	Behind        *int         `json:"behind"`
	License       string       `json:"license"`
	LatestLicense string       `json:"latest_license"`
	Relation      string       `json:"relation"`
	Scope         string       `json:"scope"`
	Repositories  []string     `json:"repositories"`
	Products      []string     `json:"products"`
	Releases      *int         `json:"releases_last_year"`
	MedianGap     *float64     `json:"median_gap_days"`
	LongestGap    *float64     `json:"longest_gap_days"`
	Signals       []signalWire `json:"signals"`
	Source        string       `json:"source"`
	Observed      *string      `json:"observed"`
}

type signalWire struct {
	Kind   string  `json:"kind"`
	Text   string  `json:"text"`
	Date   *string `json:"date"`
	Source string  `json:"source"`
}

type libyearsWire struct {
	Components int      `json:"components"`
	Known      int      `json:"known"`
	Sum        *float64 `json:"sum"`
	Mean       *float64 `json:"mean"`
	Median     *float64 `json:"median"`
	Max        *float64 `json:"max"`
}

type libyearGroupWire struct {
	Name       string       `json:"name,omitempty"`
	Direct     libyearsWire `json:"direct"`
	Transitive libyearsWire `json:"transitive"`
	All        libyearsWire `json:"all"`
}

func dayWire(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := t.UTC().Format(time.DateOnly)
	return &s
}

// knownYears gives a number that is not below zero, rounded to a thousandth; nil for
// one that is not known.
func knownYears(n float64) *float64 {
	if n < 0 {
		return nil
	}
	n, _ = strconv.ParseFloat(strconv.FormatFloat(n, 'f', 3, 64), 64) // what was just written
	return &n
}

func knownInt(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

func newOutdatedWire(c *work.OutdatedComponent) outdatedWire {
	out := outdatedWire{Purl: c.Component.String(), Name: c.Component.FullName(), Ecosystem: c.Component.Ecosystem(), Version: c.Component.Version, Published: dayWire(c.UsedPublished),
		Latest: c.Latest, LatestDate: dayWire(c.LatestRelease), Libyears: knownYears(c.Libyears), NotKnown: c.NoLibyears, Behind: knownInt(c.Behind), License: c.License, LatestLicense: c.LatestLicense,
		Relation: relationOf(c), Scope: string(c.Scope), Repositories: c.Repositories, Products: append([]string{}, c.Products...),
		Signals: []signalWire{}, Source: c.Source, Observed: dayWire(c.Observed)}
	if c.Source != "" {
		out.Releases, out.MedianGap, out.LongestGap = knownInt(c.Frequency.Releases), knownYears(c.Frequency.MedianGap), knownYears(c.Frequency.LongestGap)
	}
	for _, s := range c.Signals {
		out.Signals = append(out.Signals, signalWire{string(s.Kind), s.Text, dayWire(s.Date), s.Source})
	}
	return out
}

func relationOf(c *work.OutdatedComponent) string {
	if c.Direct {
		return "direct"
	}
	return "transitive"
}

func newLibyearsWire(l work.Libyears) libyearsWire {
	out := libyearsWire{Components: l.Components, Known: l.Known}
	if l.Known > 0 {
		out.Sum, out.Mean, out.Median, out.Max = knownYears(l.Sum), knownYears(l.Mean), knownYears(l.Median), knownYears(l.Max)
	}
	return out
}

func newLibyearGroups(list []work.LibyearGroup) []libyearGroupWire {
	out := []libyearGroupWire{}
	for _, g := range list {
		out = append(out, libyearGroupWire{g.Name, newLibyearsWire(g.Direct), newLibyearsWire(g.Transitive), newLibyearsWire(g.All)})
	}
	return out
}

func writeOutdated(w io.Writer, r *work.Outdated, form string, verbose bool) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	switch form {
	case "jsonl":
		for i := range r.Components {
			if err := enc.Encode(newOutdatedWire(&r.Components[i])); err != nil {
				return err
			}
		}
		return nil
	case "json":
		enc.SetIndent("", "  ")
		components := make([]outdatedWire, 0, len(r.Components))
		for i := range r.Components {
			components = append(components, newOutdatedWire(&r.Components[i]))
		}
		return enc.Encode(struct {
			AsOf         time.Time                   `json:"as_of"`
			Repositories []string                    `json:"repositories"`
			Told         [2]*string                  `json:"registries_told"`
			Direct       libyearsWire                `json:"direct"`
			Transitive   libyearsWire                `json:"transitive"`
			All          libyearsWire                `json:"all"`
			ByRepository []libyearGroupWire          `json:"by_repository"`
			ByProduct    []libyearGroupWire          `json:"by_product"`
			NotKnown     map[string]int              `json:"not_known"`
			Signals      map[upstream.SignalKind]int `json:"signals"`
			Problems     []string                    `json:"problems"`
			Components   []outdatedWire              `json:"components"`
		}{r.AsOf, r.Repositories, [2]*string{dayWire(r.FirstTold), dayWire(r.LastTold)}, newLibyearsWire(r.Direct), newLibyearsWire(r.Transitive), newLibyearsWire(r.All),
			newLibyearGroups(r.ByRepository), newLibyearGroups(r.ByProduct), r.NotKnown, r.Signals, append([]string{}, r.Problems...), components})
	case "csv":
		return writeOutdatedCSV(w, r)
	case "markdown":
		return writeOutdatedMarkdown(w, r, verbose)
	}
	return writeOutdatedText(w, r, verbose)
}

func writeOutdatedCSV(w io.Writer, r *work.Outdated) error {
	cw := csv.NewWriter(w)
	_ = cw.Write([]string{"purl", "name", "version", "published", "latest", "latest_published", "libyears", "libyears_unknown", "behind", "license", "latest_license", "relation", "scope", "repositories", "products", "signals", "source", "observed"})
	for i := range r.Components {
		c := &r.Components[i]
		row := []string{c.Component.String(), c.Component.FullName(), c.Component.Version, day(c.UsedPublished), c.Latest, day(c.LatestRelease), years(c.Libyears, ""), c.NoLibyears, wholeOr(c.Behind, ""),
			c.License, c.LatestLicense, relationOf(c), string(c.Scope), strings.Join(c.Repositories, " "), strings.Join(c.Products, " "), signalNames(c), c.Source, day(c.Observed)}
		for k := range row {
			row[k] = sheet(row[k])
		}
		_ = cw.Write(row) // Error tells
	}
	cw.Flush()
	return cw.Error()
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func years(n float64, unknown string) string {
	if n < 0 {
		return unknown
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

func wholeOr(n int, unknown string) string {
	if n < 0 {
		return unknown
	}
	return strconv.Itoa(n)
}

// signalNames lists the kinds of signals, each once.
func signalNames(c *work.OutdatedComponent) string {
	var names []string
	for _, s := range c.Signals {
		if !slices.Contains(names, string(s.Kind)) {
			names = append(names, string(s.Kind))
		}
	}
	return strings.Join(names, ", ")
}

// mostOutdated is how many components are listed without -v.
const mostOutdated = 30

// outdatedRows are the cells of the list, those without a signal and up to date
// left out, with what was left out.
func outdatedRows(r *work.Outdated, verbose bool) (rows [][]string, left int) {
	for i := range r.Components {
		c := &r.Components[i]
		if !verbose && c.Libyears <= 0 && !telling(c) {
			continue
		}
		if !verbose && len(rows) == mostOutdated {
			left++
			continue
		}
		latest := c.License
		if c.LatestLicense != "" && c.LatestLicense != c.License && c.Has(upstream.SignalRelicensed) {
			latest += " -> " + c.LatestLicense
		}
		rows = append(rows, []string{years(c.Libyears, "?"), wholeOr(c.Behind, "?"), c.Component.FullName(), orMark(c.Component.Version), orMark(day(c.UsedPublished)), orMark(c.Latest), orMark(day(c.LatestRelease)), relationOf(c), orMark(latest), signalNames(c)})
	}
	return rows, left
}

// telling is true for a component with a signal that asks for something.
func telling(c *work.OutdatedComponent) bool {
	return slices.ContainsFunc(c.Signals, func(s upstream.HealthSignal) bool {
		return s.Kind != upstream.SignalDoubtfulDate && s.Kind != upstream.SignalQuiet
	})
}

func orMark(s string) string {
	if s == "" {
		return "?"
	}
	return s
}

var outdatedHead = []string{"libyears", "behind", "component", "used", "of", "latest", "of", "relation", "license", "signals"}

func sumRows(r *work.Outdated) (rows [][]string) {
	add := func(name string, l work.Libyears) {
		if l.Components == 0 {
			return
		}
		row := []string{name, strconv.Itoa(l.Components), strconv.Itoa(l.Known), "?", "?", "?", "?"}
		if l.Known > 0 {
			row = append(row[:3], years(l.Sum, ""), years(l.Mean, ""), years(l.Median, ""), years(l.Max, ""))
		}
		rows = append(rows, row)
	}
	add("all direct", r.Direct)
	add("all transitive", r.Transitive)
	for _, list := range [][]work.LibyearGroup{r.ByProduct, r.ByRepository} {
		for _, g := range list {
			add(g.Name+" direct", g.Direct)
			add(g.Name+" transitive", g.Transitive)
		}
	}
	return rows
}

var sumHead = []string{"", "components", "known", "libyears", "mean", "median", "largest"}

// outdatedNotes say what the numbers do not cover, and what to do about it.
func outdatedNotes(r *work.Outdated, left int) (lines []string) {
	if left > 0 {
		lines = append(lines, fmt.Sprintf("%d more are behind or have signals; -v lists all.", left))
	}
	missing := 0
	for _, why := range slices.Sorted(maps.Keys(r.NotKnown)) {
		missing += r.NotKnown[why]
		lines = append(lines, fmt.Sprintf("Not known for %s: %s.", count(r.NotKnown[why], "component"), why))
	}
	if missing > 0 && r.LastTold.IsZero() {
		lines = append(lines, `Not enough data: run "tributary refresh".`)
	}
	if r.Lifecycles == 0 {
		lines = append(lines, "No release cycles are at hand: end of life is not known (lifecycles/ of the program, or --lifecycles).")
	}
	for _, p := range r.Problems {
		lines = append(lines, "Not read: "+p+".")
	}
	return lines
}

func outdatedTitle(r *work.Outdated) string {
	s := fmt.Sprintf("%s of %s in use, as of %s", count(len(r.Components), "component"), counted(len(r.Repositories), "repository", "repositories"), day(r.AsOf))
	if r.LastTold.IsZero() {
		return s + "; no registry was asked yet"
	}
	return s + fmt.Sprintf("; registries told between %s and %s", day(r.FirstTold), day(r.LastTold))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func writeOutdatedText(w io.Writer, r *work.Outdated, verbose bool) error {
	t := textWriter{w: w}
	t.printf("%s\n\n", outdatedTitle(r))
	t.columns(sumHead, sumRows(r))
	rows, left := outdatedRows(r, verbose)
	if len(rows) > 0 {
		t.printf("\n")
		t.columns(outdatedHead, rows)
	}
	if len(r.Signals) > 0 {
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(r.Signals)) {
			parts = append(parts, fmt.Sprintf("%d %s", r.Signals[k], k))
		}
		t.printf("\nsignals: %s\n", strings.Join(parts, ", "))
	}
	if verbose {
		t.signals(r)
	}
	for i, line := range outdatedNotes(r, left) {
		if i == 0 {
			t.printf("\n")
		}
		t.printf("%s\n", report.Clean(line))
	}
	return t.err
}

// signals writes each signal with date and source.
func (t *textWriter) signals(r *work.Outdated) {
	for i := range r.Components {
		c := &r.Components[i]
		for _, s := range c.Signals {
			t.printf("%s  %s: %s (%s, %s)\n", report.Clean(c.Component.String()), s.Kind, report.Clean(s.Text), day(s.Date), report.Clean(s.Source))
		}
	}
}

// columns writes rows under a head, aligned.
func (t *textWriter) columns(head []string, rows [][]string) {
	tw := tabwriter.NewWriter(t.w, 0, 4, 2, ' ', 0)
	for _, row := range append([][]string{head}, rows...) {
		cells := make([]string, len(row))
		for i := range row {
			cells[i] = strings.ReplaceAll(report.Clean(row[i]), "\t", " ")
		}
		fmt.Fprintln(tw, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	if err := tw.Flush(); t.err == nil {
		t.err = err
	}
}

func (t *textWriter) markdownTable(head []string, rows [][]string) {
	t.printf("\n| %s |\n|%s\n", strings.Join(head, " | "), strings.Repeat("---|", len(head)))
	for _, row := range rows {
		cells := make([]string, len(row))
		for i := range row {
			cells[i] = markdownCell(row[i])
		}
		t.printf("| %s |\n", strings.Join(cells, " | "))
	}
}

func writeOutdatedMarkdown(w io.Writer, r *work.Outdated, verbose bool) error {
	t := textWriter{w: w}
	t.printf("# Age of what is used\n\n%s.\n", outdatedTitle(r))
	t.markdownTable(sumHead, sumRows(r))
	rows, left := outdatedRows(r, verbose)
	t.markdownTable(outdatedHead, rows)
	for i, line := range outdatedNotes(r, left) {
		if i == 0 {
			t.printf("\n")
		}
		t.printf("- %s\n", markdownCell(line))
	}
	return t.err
}
