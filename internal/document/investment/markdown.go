package investment

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// mdEscapes keeps text from becoming markup or mentions.
var mdEscapes = strings.NewReplacer("|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "[", `\[`, "]", `\]`, "*", `\*`, "_", `\_`, "`", "\\`", "@", "@\u200b", "#", `\#`)

func md(s string) string { return mdEscapes.Replace(report.Clean(s)) }

type markdown struct {
	b strings.Builder
	r *Report
}

// Markdown writes a page: the summary first, then how each of its numbers was
// derived. Every number is a link to its derivation.
func Markdown(w io.Writer, r *Report) error {
	m := &markdown{r: r}
	m.head()
	known, unknown := r.split()
	m.actions(known)
	m.unknown(known, unknown)
	m.licenses()
	m.balance("By ecosystem", "ecosystem", r.ByEcosystem)
	m.balance("By team", "team", r.ByTeam)
	m.own()
	m.derivations(known, unknown)
	_, err := io.WriteString(w, m.b.String())
	return err
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// link is a number that leads to its derivation.
func link(text, anchor string) string { return "[" + text + "](#" + anchor + ")" }

func (m *markdown) head() {
	title := "Where to invest in open source next"
	if m.r.Organization != "" {
		title = md(m.r.Organization) + ": where to invest in open source next"
	}
	m.line("# %s\n", title)
	m.line("As of %s, with contributions of the %d days before. %s", m.r.AsOf.UTC().Format(time.DateOnly), m.r.Params.Days, m.recompute())
	m.line("")
	m.line("We use %s from %s in %s. The repository of %s is not known. %s", link(plural(len(m.r.Scores), "upstream", "upstreams"), "counts"),
		link(plural(m.r.Mapped(), "package", "packages"), "counts"), link(plural(len(m.r.Repositories), "repository", "repositories"), "counts"),
		link(plural(len(m.r.Unmapped), "package", "packages"), "unmapped"), m.gave())
	m.line("")
}

// recompute says how to get the very same numbers again.
func (m *markdown) recompute() string {
	at := m.r.AsOf.UTC()
	when := at.Format(time.RFC3339Nano)
	if day := at.Truncate(24 * time.Hour); at.Equal(day.AddDate(0, 0, 1).Add(-time.Millisecond)) {
		when = day.Format(time.DateOnly) // which stands for its last moment
	}
	return "The same numbers again: `tributary impact --as-of " + when + " -o markdown`, rules " + md(m.r.Program) + " (`" + clip(m.r.ProgramHash, 13) + "`)."
}

// gave sums up what we gave to all upstreams whose history is known.
func (m *markdown) gave() string {
	n, commits, reviews := total(m.r)
	switch {
	case histories(m.r) == 0:
		return "What we give is not known: no history of an upstream was read."
	case n == 0:
		return "What we give is not known: nothing tells which contributors are ours."
	}
	return fmt.Sprintf("To the %s whose history is known we gave %s and %s.", link(strconv.Itoa(n), "counts"), link(plural(commits, "commit", "commits"), "counts"), reviewLink(reviews))
}

// reviewWords counts reviews, or says that nothing tells.
func reviewWords(v impact.Value) string {
	if !v.Known {
		return "an unknown number of reviews"
	}
	return plural(int(v.N), "review", "reviews")
}

func reviewLink(v impact.Value) string {
	if !v.Known {
		return reviewWords(v)
	}
	return link(reviewWords(v), "counts")
}

// histories counts the upstreams whose history was read.
func histories(r *Report) (n int) {
	for i := range r.Scores {
		if r.Scores[i].Facts.Give.AllCommits.Known {
			n++
		}
	}
	return n
}

// total sums our contributions over the upstreams where they are known.
func total(r *Report) (upstreams, commits int, reviews impact.Value) {
	for i := range r.Scores {
		if g := r.Scores[i].Facts.Give; g.OurCommits.Known {
			upstreams++
			commits += int(g.OurCommits.N)
			if g.OurReviews.Known {
				reviews = impact.Known(reviews.N+g.OurReviews.N, "")
			}
		}
	}
	return upstreams, commits, reviews
}

func (m *markdown) actions(known []impact.Score) {
	m.line("## What to do first\n")
	if len(known) == 0 {
		m.line("Nothing can be ranked yet: too little is known of every upstream.\n")
		return
	}
	m.line("| # | Upstream | Gap | Need | Criticality | Fragility | Our give | Confidence | What to do | Owner | Why | Effect on the gap |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
	for i := range known[:min(first, len(known))] {
		s, n := &known[i], i+1
		a := s.Actions[0]
		m.line("| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |", n, md(short(s.Facts.Upstream)), link(value(s.Gap), anchor(n, "gap")), link(value(s.Need), anchor(n, "need")),
			link(value(s.C), anchor(n, "criticality")), link(value(s.F), anchor(n, "fragility")), link(percent(s.G), anchor(n, "give")), link(s.Level(), anchor(n, "confidence")),
			md(a.Title), md(a.Owner), md(a.Why), m.effect(n, a))
	}
	m.line("")
	m.line("Gap is need less what we give already; need is criticality times fragility, 0 to 100. How, and what happens if nobody does it:\n")
	seen := map[impact.ActionKind]bool{}
	for i := range known[:min(first, len(known))] {
		if a := known[i].Actions[0]; !seen[a.Kind] && a.Kind != impact.KeepWatch {
			seen[a.Kind] = true
			m.line("- %s: %s Otherwise %s. Cost: %s.", md(a.Title), md(a.What), md(a.IfNot), md(cost(a, m.r.Currency)))
		}
	}
	m.line("")
}

// effect leads to the derivation of the gap as it would be.
func (m *markdown) effect(rank int, a impact.Action) string {
	if !a.Effect.Known {
		return md(shortEffect(a))
	}
	return link(fixed(-a.Effect.Less), anchor(rank, "effect")) + md(strings.TrimPrefix(shortEffect(a), fixed(-a.Effect.Less)))
}

func (m *markdown) unknown(known, unknown []impact.Score) {
	if len(unknown) == 0 {
		return
	}
	m.line("## Not enough known\n")
	m.line("Too little is known of %s to rank them. Those that may need most:\n", link(plural(len(unknown), "upstream", "upstreams"), "counts"))
	for i := range unknown[:min(5, len(unknown))] {
		s, n := &unknown[i], len(known)+i+1
		m.line("- %s: criticality %s, need between %s and %s; used by %s", md(short(s.Facts.Upstream)), link(value(s.C), anchor(n, "criticality")), link(fixed(s.NeedLow), anchor(n, "least")),
			link(fixed(s.NeedHigh), anchor(n, "most")), md(take(s.Facts)))
	}
	m.line("")
}

// risky lists what could change its license, the likeliest first.
func risky(r *Report) (out []*impact.Score) {
	for _, level := range []string{"high", "medium"} {
		for i := range r.Scores {
			if r.Scores[i].Relicense.Level == level {
				out = append(out, &r.Scores[i])
			}
		}
	}
	return out
}

func (m *markdown) licenses() {
	all := risky(m.r)
	if len(all) == 0 {
		return
	}
	m.line("## Could change their license\n")
	for _, s := range all[:min(first, len(all))] {
		m.line("- %s, %s: %s", md(short(s.Facts.Upstream)), s.Relicense.Level, md(strings.Join(s.Relicense.For, "; ")))
	}
	m.line("")
}

func (m *markdown) balance(title, kind string, all []Balance) {
	if len(all) == 0 {
		return
	}
	m.line("## What we take and give: %s\n", strings.ToLower(title))
	m.line("| %s | Upstreams | direct | Packages | our give is known of | given to | Commits | Reviews | People |\n|---|---|---|---|---|---|---|---|---|", strings.ToUpper(kind[:1])+kind[1:])
	for i, b := range all {
		at := kind + "-" + strconv.Itoa(i+1)
		n := func(x int) string { return link(strconv.Itoa(x), at) }
		v := func(x impact.Value) string {
			if !x.Known {
				return "not known"
			}
			return link(exact(x.N), at)
		}
		m.line("| %s | %s | %s | %s | %s | %s | %s | %s | %s |", md(b.Name), n(b.Upstreams), n(b.Direct), n(b.Packages), n(b.Known), n(b.Served), v(b.Commits), v(b.Reviews), v(b.People))
	}
	m.line("")
}

func (m *markdown) own() {
	if len(m.r.Own) == 0 {
		return
	}
	m.line("## Our own projects\n")
	m.line("| Project | Commits from outside | ours | from outside | employer not known | people from outside | ours | not known |\n|---|---|---|---|---|---|---|---|")
	for _, p := range m.r.Own {
		share := "not known"
		if x, ok := p.Share(); ok {
			share = link(percent(impact.Known(x, "")), "own")
		}
		n := func(x int) string { return link(strconv.Itoa(x), "own") }
		m.line("| %s | %s | %s | %s | %s | %s | %s | %s |", md(short(p.Repository)), share, n(p.Ours), n(p.Outside), n(p.Unknown), n(p.OutsidePeople), n(p.OurPeople), n(p.UnknownPeople))
	}
	m.line("")
}

func (m *markdown) derivations(known, unknown []impact.Score) {
	m.line("## How these numbers were made\n")
	m.line("<a id=\"counts\"></a>\n### Counts\n")
	for _, line := range countLines(m.r) {
		m.line("- %s", md(line))
	}
	m.line("\n<a id=\"unmapped\"></a>\n### Packages whose repository is not known\n")
	for i, u := range m.r.Unmapped {
		if i == 50 {
			m.line("- and %d more; the JSON form lists all", len(m.r.Unmapped)-i)
			break
		}
		m.line("- %s: %s", md(u.Package), md(u.Why))
	}
	m.line("")
	for _, x := range []struct {
		kind string
		all  []Balance
	}{{"ecosystem", m.r.ByEcosystem}, {"team", m.r.ByTeam}} {
		for i, b := range x.all {
			m.line("<a id=\"%s-%d\"></a>\n%s\n", x.kind, i+1, md(balanceWords(b)))
		}
	}
	if len(m.r.Own) > 0 {
		m.line("<a id=\"own\"></a>\n%s\n", md(ownWords))
	}
	for i := range known[:min(first, len(known))] {
		m.derive(i+1, &known[i])
	}
	for i := range unknown[:min(5, len(unknown))] {
		m.derive(len(known)+i+1, &unknown[i])
	}
	m.line("The formula, its sources and its limits: docs/impact.md of Tributary.")
}

func (m *markdown) derive(rank int, s *impact.Score) {
	m.line("### %d. %s\n", rank, md(s.Facts.Upstream))
	for _, st := range steps(rank, s) {
		m.line("%s- <a id=\"%s\"></a>%s: **%s** %s", strings.Repeat("  ", st.Depth), st.Anchor, md(st.Name), st.Value, md(st.words()))
	}
	m.line("")
}

// countLines say how the report's totals came about.
func countLines(r *Report) []string {
	n, commits, reviews := total(r)
	given := fmt.Sprintf("our people made %s (without merges and bots) and gave %s (trailers)", plural(commits, "commit", "commits"), reviewWords(reviews))
	if n == 0 {
		given = "what our people gave is not known"
	}
	out := []string{
		fmt.Sprintf("%s scanned, each in its latest state by the date: %s", plural(len(r.Repositories), "repository", "repositories"), names(r.Repositories)),
		fmt.Sprintf("%s without versions: %d come from known upstreams, %d are of own projects, %d are set aside by upstreams.yaml, of %d the repository is not known; %s in test data were left out",
			plural(r.Packages, "package", "packages"), r.Mapped(), r.OwnPackages, r.Ignored, len(r.Unmapped), plural(r.Fixtures, "usage", "usages")),
		fmt.Sprintf("%s: repositories from which these packages come, other than the repository that uses them", plural(len(r.Scores), "upstream", "upstreams")),
		fmt.Sprintf("the history of %s was read: in %d days %s", plural(histories(r), "upstream", "upstreams"), r.Params.Days, given),
	}
	if r.Coverage.Known {
		out = append(out, fmt.Sprintf("the employer is known for %s of the contributions to them", percent(r.Coverage)))
	}
	for _, d := range r.Defaults {
		out = append(out, "default: "+d)
	}
	return out
}

const ownWords = "Own projects: commits in the window without merges and bots, by the employer of their author at that time. The share from outside is of those whose employer is known; a project of ours is one of own in upstreams.yaml, or of a product that is delivered as source."

func balanceWords(b Balance) string {
	return fmt.Sprintf("%s: %s (%d used directly), %s. Our give is known of %d and not nothing for %d: %s commits, %s reviews. Upstreams: %s",
		b.Name, plural(b.Upstreams, "upstream", "upstreams"), b.Direct, plural(b.Packages, "package", "packages"), b.Known, b.Served, exactValue(b.Commits), exactValue(b.Reviews), names(b.Members))
}

// names lists some names and counts the rest.
func names(all []string) string {
	const shown = 30
	if len(all) <= shown {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:shown], ", ") + fmt.Sprintf(" and %d more", len(all)-shown)
}
