package investment

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// TextOptions shape the answer for a terminal.
type TextOptions struct {
	Color   bool
	Verbose bool // all upstreams, not only the first ten
}

// first is how many upstreams a summary shows.
const first = 10

type textWriter struct {
	b strings.Builder
	o TextOptions
	r *Report
}

// Text writes the ranking for people.
func Text(w io.Writer, r *Report, o TextOptions) error {
	t := &textWriter{o: o, r: r}
	t.line("%s", t.bold("Where to invest next, as of "+r.AsOf.UTC().Format(time.DateOnly)))
	t.line("%s of %s in %s; %s not mapped; contributions of %d days", plural(len(r.Scores), "upstream", "upstreams"), plural(r.Packages, "package", "packages"),
		plural(len(r.Repositories), "repository", "repositories"), plural(len(r.Unmapped), "package is", "packages are"), r.Params.Days)
	known, unknown := r.split()
	if len(known) > 0 {
		t.line("")
	}
	for i := range t.cut(known) {
		t.score(i+1, &known[i])
	}
	t.more(len(known), "upstreams")
	t.unknown(unknown)
	t.unmapped()
	for _, d := range r.Defaults {
		t.line("note: %s", report.Clean(d))
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func (t *textWriter) cut(all []impact.Score) []impact.Score {
	if t.o.Verbose || len(all) <= first {
		return all
	}
	return all[:first]
}

func (t *textWriter) more(n int, what string) {
	if n > first && !t.o.Verbose {
		t.line("… and %d more %s (-v lists all)", n-first, what)
	}
}

func (t *textWriter) score(rank int, s *impact.Score) {
	a := s.Actions[0]
	t.line("%2d. %s  gap %s of need %s", rank, t.bold(report.Clean(s.Facts.Upstream)), t.bold(value(s.Gap)), value(s.Need))
	t.line("    %s [%s]: %s", t.bold(a.Title), report.Clean(a.Owner), report.Clean(a.Why))
	t.line("    %s If nobody does: %s.", a.What, a.IfNot)
	if text := effect(s, a, t.r.Currency); text != "" {
		t.line("    Effect: %s; cost %s", report.Clean(text), report.Clean(cost(a, t.r.Currency)))
	}
	t.line("    C %s × F %s, need between %s and %s, confidence %s; used by %s; our give %s (%s)", value(s.C), value(s.F), fixed(s.NeedLow), fixed(s.NeedHigh), s.Level(), take(s.Facts), percent(s.G), gave(s.Facts))
	if l := s.Relicense.Level; l == "high" || l == "medium" {
		t.line("    License change by one company: %s, as %s", l, report.Clean(strings.Join(s.Relicense.For, "; ")))
	}
	if t.o.Verbose {
		for _, also := range s.Actions[1:] {
			t.line("    Also: %s: %s", also.Title, report.Clean(also.Why))
		}
	}
}

func (t *textWriter) unknown(all []impact.Score) {
	if len(all) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.bold(plural(len(all), "upstream", "upstreams")+" of which too little is known to rank them (those that may need most first)"))
	for _, s := range t.cut(all) {
		t.line("    %-50s C %s, need between %s and %s; used by %s", report.Clean(s.Facts.Upstream), value(s.C), fixed(s.NeedLow), fixed(s.NeedHigh), take(s.Facts))
	}
	t.more(len(all), "of these")
	t.line("    To know more: clone them and run \"tributary history PATH\", or state signals in upstreams.yaml.")
}

func (t *textWriter) unmapped() {
	if len(t.r.Unmapped) == 0 {
		return
	}
	t.line("")
	t.line("%s", t.bold(plural(len(t.r.Unmapped), "package", "packages")+" whose repository is not known (packages in upstreams.yaml says where they are)"))
	for i, u := range t.r.Unmapped {
		if i == first && !t.o.Verbose {
			break
		}
		t.line("    %-50s %s", report.Clean(u.Package), report.Clean(u.Why))
	}
	t.more(len(t.r.Unmapped), "of these")
}

func (t *textWriter) line(format string, args ...any) {
	fmt.Fprintf(&t.b, format+"\n", args...)
}

func (t *textWriter) bold(s string) string {
	if !t.o.Color {
		return s
	}
	return "\x1b[1m" + s + "\x1b[0m"
}
