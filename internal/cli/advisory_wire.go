package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// findingRow is one line of "advisory match -o jsonl": a stable interface,
// documented in docs/advisories.md.
type findingRow struct {
	headRow
	tailRow
}

// headRow is what a line says of the usage, tailRow what of the vulnerability.
type headRow struct {
	Repository string   `json:"repository"`
	Manifest   string   `json:"manifest"`
	PURL       string   `json:"purl"`
	Commit     string   `json:"commit"`
	Line       int      `json:"line"`
	Relation   string   `json:"relation"`
	Scope      string   `json:"scope"`
	Chain      []string `json:"chain"`
	Fixture    bool     `json:"fixture"`
}

type tailRow struct {
	ID        string              `json:"id"`
	Aliases   []string            `json:"aliases"`
	Kind      string              `json:"kind"`
	Range     string              `json:"range"`
	Fixed     []string            `json:"fixed"`
	Severity  string              `json:"severity"`
	Reach     string              `json:"reach"`
	Stack     []string            `json:"stack,omitempty"`
	Score     *float64            `json:"score"`
	Vector    string              `json:"vector,omitempty"`
	Summary   string              `json:"summary"`
	Note      string              `json:"note,omitempty"`
	Published string              `json:"published,omitempty"`
	Modified  string              `json:"modified,omitempty"`
	Evidence  []recordEvidenceRow `json:"evidence"`
	KEV       *kevRow             `json:"kev,omitempty"`
	EPSS      *epssRow            `json:"epss,omitempty"`
}

type recordEvidenceRow struct {
	ID    string   `json:"id"`
	Range string   `json:"range"`
	Fixed []string `json:"fixed"`
	Note  string   `json:"note,omitempty"`
}

type kevRow struct {
	CVE        string `json:"cve"`
	Added      string `json:"added"`
	Due        string `json:"due,omitempty"`
	Ransomware bool   `json:"ransomware"`
}

type epssRow struct {
	CVE         string  `json:"cve"`
	Probability float64 `json:"probability"`
	Percentile  float64 `json:"percentile"`
	Date        string  `json:"date"`
}

func newFindingRow(f *advisory.Finding) findingRow {
	return findingRow{newHeadRow(f), newTailRow(f)}
}

func newHeadRow(f *advisory.Finding) headRow {
	u := f.Usage
	return headRow{Repository: f.Repository, Commit: f.Commit, Manifest: u.Manifest, Line: u.Line, PURL: u.Component.String(), Relation: string(u.Relation),
		Scope: string(u.Scope), Chain: names(u.Chain), Fixture: u.Fixture}
}

func newTailRow(f *advisory.Finding) tailRow {
	row := tailRow{
		ID: f.ID, Aliases: names(f.Aliases), Kind: string(f.Kind), Range: f.Range, Fixed: names(f.Fixed), Severity: string(f.Severity.Level), Vector: f.Severity.Vector,
		Reach: f.Reach.State, Stack: f.Reach.Stack, Summary: f.Summary, Note: f.Note, Published: timeOf(f.Published), Modified: timeOf(f.Modified), Evidence: []recordEvidenceRow{},
	}
	if f.Severity.Score >= 0 {
		row.Score = &f.Severity.Score
	}
	for _, e := range f.Evidence {
		row.Evidence = append(row.Evidence, recordEvidenceRow{e.Record, e.Range, names(e.Fixed), e.Note})
	}
	if f.Exploited != nil {
		row.KEV = &kevRow{f.Exploited.CVE, f.Exploited.Added, f.Exploited.Due, f.Exploited.Ransomware}
	}
	if f.EPSS != nil {
		row.EPSS = &epssRow{f.EPSS.CVE, f.EPSS.Probability, f.EPSS.Percentile, f.EPSS.Date}
	}
	return row
}

// names is never null in JSON.
func names(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func timeOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

type silenceRow struct {
	Repository  string `json:"repository"`
	Manifest    string `json:"manifest"`
	Line        int    `json:"line"`
	PURL        string `json:"purl"`
	Requirement string `json:"requirement"`
	Reason      string `json:"reason"`
}

type advisoryFeedRow struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`
	Location   string   `json:"location"`
	Ecosystems []string `json:"ecosystems"`
	Checked    string   `json:"checked"`
	Made       string   `json:"made"`
	Newest     string   `json:"newest"`
	Records    int      `json:"records"`
	Problems   int      `json:"problems"`
	Stale      bool     `json:"stale"`
	Partial    bool     `json:"partial"`
	Fault      string   `json:"fault,omitempty"`
}

type mirrorRow struct {
	Feeds  []advisoryFeedRow `json:"feeds"`
	Doubts []string          `json:"doubts"`
}

func newMirrorRow(m advisory.Mirror) mirrorRow {
	row := mirrorRow{Feeds: []advisoryFeedRow{}, Doubts: names(m.Doubts())}
	for _, f := range m.Feeds {
		row.Feeds = append(row.Feeds, advisoryFeedRow{f.Name, f.Kind, f.Location, names(f.Ecosystems), timeOf(f.Checked), timeOf(f.Made), timeOf(f.Newest), f.Records, f.Problems,
			f.Stale(m.Asked), f.Partial, f.Fault})
	}
	return row
}

// writeAnswerJSON writes a whole answer as one object.
func writeAnswerJSON(w io.Writer, a *advisory.Answer) error {
	doc := struct {
		Findings   []findingRow `json:"findings"`
		Unanswered []silenceRow `json:"unanswered"`
		Packages   int          `json:"packages"`
		Withdrawn  int          `json:"withdrawn"`
		Mirror     mirrorRow    `json:"mirror"`
	}{[]findingRow{}, []silenceRow{}, a.Packages, a.Withdrawn, newMirrorRow(a.Mirror)}
	for i := range a.Findings {
		doc.Findings = append(doc.Findings, newFindingRow(&a.Findings[i]))
	}
	for _, s := range a.Silences {
		doc.Unanswered = append(doc.Unanswered, silenceRow{s.Repository, s.Usage.Manifest, s.Usage.Line, s.Usage.Component.String(), s.Usage.Requirement, s.Reason})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// lineWriter writes findings a line each. What a line says of the vulnerability
// is the same for all usages of a package version, and what it says of the
// usage for all its vulnerabilities: both are encoded once and kept.
type lineWriter struct {
	out   *bufio.Writer
	tails map[*advisory.Hit][]byte
	usage *inventory.Usage
	head  []byte
}

func writeAnswerLines(w io.Writer, a *advisory.Answer) error {
	l := lineWriter{out: bufio.NewWriterSize(w, 64<<10), tails: map[*advisory.Hit][]byte{}}
	for i := range a.Findings {
		if err := l.write(&a.Findings[i]); err != nil {
			return err
		}
	}
	return l.out.Flush()
}

// maxTails bounds the memory for what lines have in common.
const maxTails = 2_000

func (l *lineWriter) write(f *advisory.Finding) (err error) {
	if l.usage != f.Usage { // a usage is one of one repository
		l.usage = f.Usage
		if l.head, err = encodeLine(newHeadRow(f)); err != nil {
			return err
		}
	}
	tail, ok := l.tails[f.Hit]
	if !ok || f.Reach.State != advisory.NotAnalyzed {
		if tail, err = encodeLine(newTailRow(f)); err != nil {
			return err
		}
		if len(l.tails) >= maxTails {
			clear(l.tails)
		}
		if f.Reach.State == advisory.NotAnalyzed {
			l.tails[f.Hit] = tail
		}
	}
	l.out.Write(l.head[:len(l.head)-2]) // without "}\n"; errors are kept until Flush
	l.out.WriteByte(',')
	_, err = l.out.Write(tail[1:])
	return err
}

func encodeLine(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// sortedNames gives the values of a list, each once, sorted.
func sortedNames(l []string) []string {
	l = slices.Clone(l)
	slices.Sort(l)
	return slices.Compact(l)
}
