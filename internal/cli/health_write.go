package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/work"
)

// metricWire is a metric of "health -o json": a stable interface, documented in
// docs/metrics.md.
type metricWire struct {
	Value       *float64   `json:"value"`
	N           int        `json:"n"`
	Window      windowWire `json:"window"`
	Coverage    *float64   `json:"coverage"`
	AsOf        time.Time  `json:"as_of"`
	Unit        string     `json:"unit"`
	NOf         string     `json:"n_of"`
	Least       int        `json:"least_n"`
	ID          string     `json:"id,omitempty"`
	Title       string     `json:"title"`
	Explanation string     `json:"explanation"`
	Source      string     `json:"source"`
	AllTime     bool       `json:"all_time,omitempty"`
	Reason      string     `json:"reason,omitempty"`
	Note        string     `json:"note,omitempty"`
	InputsHash  string     `json:"inputs_hash"`
	Trend       []spanWire `json:"trend,omitempty"`
	Parts       []partWire `json:"parts,omitempty"`
}

// windowWire is from since (inclusive) to until (exclusive).
type windowWire struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	Days  float64   `json:"days"`
}

type spanWire struct {
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	Value    *float64  `json:"value"`
	N        int       `json:"n"`
	Coverage *float64  `json:"coverage"`
	Reason   string    `json:"reason,omitempty"`
}

type partWire struct {
	Name    string  `json:"name"`
	Commits int     `json:"commits"`
	Share   float64 `json:"share"`
}

// metricsWire is metrics by name, in their order.
type metricsWire struct{ h *work.Health }

// MarshalJSON writes an object with a key for each metric.
func (m metricsWire) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	b.WriteByte('{')
	for i := range m.h.Metrics {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(m.h.Metrics[i].Name) + ":")
		if err := enc.Encode(newMetricWire(m.h, &m.h.Metrics[i])); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func newMetricWire(h *work.Health, m *contribution.Metric) metricWire {
	out := metricWire{N: m.N, Window: newWindowWire(m.Since, m.Until), AsOf: h.AsOf.Truncate(time.Second), Unit: m.Unit, NOf: m.Of, Least: m.Least, ID: m.ID, Title: m.Title,
		Explanation: m.Formula, Source: m.Source, AllTime: m.AllTime, Reason: m.Reason, Note: m.Note, InputsHash: h.InputsHash}
	out.Value, out.Coverage = readingWire(&m.Reading)
	for i := range m.Trend {
		t := &m.Trend[i]
		s := spanWire{Since: t.Since, Until: t.Until, N: t.N, Reason: t.Reason}
		s.Value, s.Coverage = readingWire(&t.Reading)
		out.Trend = append(out.Trend, s)
	}
	for _, p := range m.Parts {
		out.Parts = append(out.Parts, partWire{p.Name, p.N, fourDigits(p.Share)})
	}
	return out
}

func newWindowWire(since, until time.Time) windowWire {
	return windowWire{since, until, fourDigits(until.Sub(since).Hours() / 24)}
}

// readingWire gives null for what is not known.
func readingWire(r *contribution.Reading) (value, coverage *float64) {
	if r.Known {
		v := fourDigits(r.Value)
		value = &v
	}
	if r.Known || r.N > 0 {
		c := fourDigits(r.Coverage)
		coverage = &c
	}
	return value, coverage
}

// fourDigits keeps what is worth reading: four digits behind the point.
func fourDigits(v float64) float64 { return math.Round(v*1e4) / 1e4 }

// healthWire is a line of "health -o jsonl".
type healthWire struct {
	Upstream     string      `json:"upstream"`
	Repositories []string    `json:"repositories"`
	AsOf         time.Time   `json:"as_of"`
	Window       windowWire  `json:"window"`
	Notes        []string    `json:"notes"`
	Metrics      metricsWire `json:"metrics"`
}

// healthText says how to write.
type healthText struct {
	form           string
	explain, whole bool
}

func writeHealth(w io.Writer, found []work.Health, how healthText) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	switch how.form {
	case "json":
		enc.SetIndent("", "  ")
		return enc.Encode(metricsWire{&found[0]})
	case "jsonl":
		for i := range found {
			h := &found[i]
			line := healthWire{Upstream: h.Upstream, Repositories: []string{}, AsOf: h.AsOf.Truncate(time.Second), Window: newWindowWire(h.Since, h.Until), Notes: append([]string{}, healthNotes(h)...), Metrics: metricsWire{h}}
			for j := range h.Repositories {
				line.Repositories = append(line.Repositories, h.Repositories[j].Repository)
			}
			if err := enc.Encode(line); err != nil {
				return err
			}
		}
		return nil
	case "markdown":
		return writeHealthMarkdown(w, found, how)
	}
	if !how.whole {
		return writeHealthTable(w, found)
	}
	for i := range found {
		if err := writeHealthText(w, &found[i], how.explain); err != nil {
			return err
		}
	}
	return nil
}

// valueText is a value with its unit; "not known" where there is none.
func valueText(m *contribution.Metric, r *contribution.Reading) string {
	if !r.Known {
		return "not known"
	}
	switch m.Unit {
	case "share":
		return fmt.Sprintf("%.1f %%", 100*r.Value)
	case "ratio", "index":
		return strconv.FormatFloat(math.Round(r.Value*1000)/1000, 'f', -1, 64)
	}
	number := strconv.FormatFloat(math.Round(r.Value*10)/10, 'f', -1, 64)
	return number + " " + unitOf(m.Unit, number == "1")
}

// unitOf is a unit for one or many.
func unitOf(unit string, one bool) string {
	switch {
	case !one:
		return unit
	case unit == "people":
		return "person"
	}
	return strings.TrimSuffix(unit, "s")
}

func trendText(m *contribution.Metric) string {
	var parts []string
	for i := range m.Trend {
		r := &m.Trend[i].Reading
		switch {
		case !r.Known:
			parts = append(parts, "?")
		case m.Unit == "share":
			parts = append(parts, fmt.Sprintf("%.0f%%", 100*r.Value))
		default:
			parts = append(parts, strconv.FormatFloat(math.Round(r.Value*100)/100, 'f', -1, 64))
		}
	}
	return strings.Join(parts, " ")
}

func basisText(m *contribution.Metric) string {
	text := fmt.Sprintf("n %d %s", m.N, unitOf(m.Of, m.N == 1))
	if m.Coverage < 1 {
		text += fmt.Sprintf(", %.0f %% known", 100*m.Coverage)
	}
	return text
}

func headline(h *work.Health) string {
	return fmt.Sprintf("%s to %s, as of %s", h.Since.Format(time.DateOnly), h.Until.Add(-time.Second).Format(time.DateOnly), h.AsOf.Format(time.DateOnly))
}

func writeHealthText(w io.Writer, h *work.Health, explain bool) error {
	fmt.Fprintf(w, "%s\n%s\n", report.Clean(h.Upstream), headline(h))
	for i := range h.Metrics {
		m := &h.Metrics[i]
		if i == 0 || m.Group != h.Metrics[i-1].Group {
			fmt.Fprintf(w, "\n%s\n", m.Group)
			if why := commonReason(h.Metrics[i:]); why != "" && !explain {
				fmt.Fprintf(w, "  not known: %s\n", report.Clean(why))
			}
		}
		if !explain && commonReason(groupOf(h.Metrics, m.Group)) != "" {
			continue
		}
		fmt.Fprintf(w, "  %-42s %-18s", m.Title, valueText(m, &m.Reading))
		if m.Known {
			fmt.Fprintf(w, " %-32s", basisText(m))
			if t := trendText(m); t != "" {
				fmt.Fprintf(w, " by quarter: %s", t)
			}
			fmt.Fprintln(w)
		} else {
			fmt.Fprintf(w, " %s\n", report.Clean(m.Reason))
		}
		if m.Note != "" && (explain || m.Known) {
			fmt.Fprintf(w, "    %s\n", report.Clean(m.Note))
		}
		if explain {
			fmt.Fprintf(w, "    %s: %s.\n    Source: %s. Least n: %d %s.\n", m.Name, m.Formula, m.Source, m.Least, m.Of)
		}
	}
	fmt.Fprintln(w)
	for _, line := range healthNotes(h) {
		fmt.Fprintln(w, report.Clean(line))
	}
	_, err := fmt.Fprintf(w, "inputs %s; formulas and sources: --explain\n", h.InputsHash)
	return err
}

func groupOf(metrics []contribution.Metric, group string) []contribution.Metric {
	for i := range metrics {
		if metrics[i].Group == group {
			return metrics[i:]
		}
	}
	return nil
}

// commonReason is the reason for which no metric of the first's group is known;
// "" when they differ.
func commonReason(metrics []contribution.Metric) string {
	for i := range metrics {
		m := &metrics[i]
		if m.Group == metrics[0].Group && (m.Known || m.Reason != metrics[0].Reason) {
			return ""
		}
	}
	return metrics[0].Reason
}

// tableMetrics are what a table of several projects shows.
var tableMetrics = []struct{ name, head string }{
	{"commits", "commits"}, {"contributors", "people"}, {"contributor_absence_factor", "absence"}, {"elephant_factor", "elephant"}, {"new_contributors", "new"},
	{"days_since_last_commit", "last commit"}, {"release_lateness", "late"}, {"our_share", "ours"},
}

func writeHealthTable(w io.Writer, found []work.Health) error {
	for _, c := range tableMetrics {
		fmt.Fprintf(w, "%*s  ", max(len(c.head), 7), c.head)
	}
	fmt.Fprintln(w, "upstream")
	for i := range found {
		h := &found[i]
		for _, c := range tableMetrics {
			fmt.Fprintf(w, "%*s  ", max(len(c.head), 7), shortValue(h, c.name))
		}
		if _, err := fmt.Fprintln(w, report.Clean(h.Upstream)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, "?: not enough is known; -v shows every metric of each")
	return err
}

func shortValue(h *work.Health, name string) string {
	for i := range h.Metrics {
		m := &h.Metrics[i]
		if m.Name != name || !m.Known {
			continue
		}
		if m.Unit == "share" {
			return fmt.Sprintf("%.1f%%", 100*m.Value)
		}
		return strconv.FormatFloat(math.Round(m.Value*10)/10, 'f', -1, 64)
	}
	return "?"
}

func writeHealthMarkdown(w io.Writer, found []work.Health, how healthText) error {
	for i := range found {
		h := &found[i]
		fmt.Fprintf(w, "# Health of %s\n\n%s\n\n| Metric | Value | n | Coverage | By quarter |\n|---|---|---|---|---|\n", markdownCell(h.Upstream), headline(h))
		for j := range h.Metrics {
			m := &h.Metrics[j]
			id := m.Title
			if m.ID != "" {
				id += " (" + m.ID + ")"
			}
			value, basis, coverage := valueText(m, &m.Reading), fmt.Sprintf("%d %s", m.N, m.Of), fmt.Sprintf("%.0f %%", 100*m.Coverage)
			if !m.Known {
				value, coverage = value+": "+m.Reason, ""
			}
			if m.Note != "" && m.Known {
				value += ", " + m.Note
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", markdownCell(id), markdownCell(value), basis, coverage, trendText(m))
		}
		fmt.Fprintln(w)
		for _, line := range healthNotes(h) {
			fmt.Fprintf(w, "- %s\n", markdownCell(line))
		}
		if how.explain {
			fmt.Fprintln(w)
			for j := range h.Metrics {
				m := &h.Metrics[j]
				fmt.Fprintf(w, "- `%s`: %s. Source: %s.\n", m.Name, markdownCell(m.Formula), m.Source)
			}
		}
		if _, err := fmt.Fprintf(w, "\nInputs `%s`.\n\n", h.InputsHash); err != nil {
			return err
		}
	}
	return nil
}

var markdownMarks = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", "&", "&amp;", "`", "\\`", "*", `\*`, "[", `\[`, "\n", " ")

func markdownCell(s string) string { return markdownMarks.Replace(report.Clean(s)) }
