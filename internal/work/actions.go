package work

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// actionsFor says what to do first, from a report alone. Findings that one
// piece of work would settle are one action: a denied component in all its
// places, all components whose license nobody knows in one ecosystem, all that
// one rule sends to one role, all vulnerabilities that one update ends. Order:
// malware and what is exploited, what else policy denies, own licenses that can't
// stand, waivers about to end, severe vulnerabilities, unknown licenses, reviews,
// missing locks, what could not be read; in each the larger first, direct before
// transitive, licenses and vulnerabilities in turns.
func actionsFor(r *report.Report, most int) []report.Action {
	list := make([]actionCase, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		list = append(list, actionCase{decision: f.Decision, role: f.Role, repository: f.Repository, product: f.Product, team: f.Team, purl: f.Purl, version: f.Version,
			ecosystem: f.Ecosystem, license: f.License, rule: f.Rule.ID, direct: f.Relation == string(inventory.Direct), waiver: f.Waiver,
			whole: func() report.Finding { return *f }})
	}
	return actionsOf(r, list, most)
}

// actionCase is what of a finding decides the action that it belongs to. The
// whole of it is asked of one finding an action.
type actionCase struct {
	decision, role, repository, product, team, purl, version, ecosystem, license, rule string

	direct bool
	waiver *report.Waiver
	whole  func() report.Finding
}

// cases are those of verdicts that need somebody.
func cases(open []*Judged) []actionCase {
	out := make([]actionCase, 0, len(open))
	for _, j := range open {
		v := j.Verdict
		out = append(out, actionCase{decision: string(v.Decision), role: v.Role, repository: j.Repository, product: j.Product, team: j.team, purl: j.purl,
			version: j.Usage.Component.Version, ecosystem: j.Usage.Component.Ecosystem(), license: j.judgement.wordsOf(v).license, rule: v.Rule.ID,
			direct: j.Usage.Relation == inventory.Direct, waiver: waiver(v), whole: func() report.Finding { return finding(j) }})
	}
	return out
}

func actionsOf(r *report.Report, list []actionCase, most int) []report.Action {
	if most <= 0 {
		most = 10
	}
	order := grouped(list)
	slices.SortStableFunc(order, func(a, b *actionGroup) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(boolRank(a.direct), boolRank(b.direct)), cmp.Compare(len(b.packages), len(a.packages)))
	})
	actions := make([]rankedAction, 0, min(len(order), most))
	for _, g := range head(order, most) { // those that follow can't be among the first
		actions = append(actions, rankedAction{int(g.kind), g.action()})
	}
	actions = append(actions, outboundActions(r)...)
	actions = append(actions, problemActions(r)...)
	actions = mixed(actions, riskActions(r))
	out := make([]report.Action, 0, most)
	for _, a := range head(actions, most) {
		out = append(out, a.Action)
	}
	return out
}

// grouped joins the cases that one piece of work would settle.
func grouped(list []actionCase) []*actionGroup {
	groups := map[actionKey]*actionGroup{}
	var order []*actionGroup
	for i := range list {
		c := &list[i]
		if c.waiver != nil && c.waiver.Holds && c.waiver.Days > waiverSoon {
			continue // accepted, and nothing to do yet
		}
		key := c.key()
		g := groups[key]
		if g == nil {
			g = &actionGroup{kind: key.kind, first: c}
			groups[key] = g
			order = append(order, g)
		}
		g.packages = append(g.packages, c.purl)
		g.direct = g.direct || c.direct
		g.cases = append(g.cases, c)
	}
	for _, g := range order {
		slices.Sort(g.packages)
		g.packages = slices.Compact(g.packages)
	}
	return order
}

type rankedAction struct {
	rank int
	report.Action
}

type kind int

// The kinds of actions, most urgent first.
const (
	kindMalware    kind = iota // malicious packages
	kindExploited              // denied vulnerabilities, known to be exploited
	kindDeny                   // denied licenses
	kindVulnerable             // denied vulnerabilities
	kindConflict
	kindWaiverEnds
	kindSevere // vulnerabilities to review, severe or of unknown severity
	kindUnknown
	kindReview
	kindUpdate // other vulnerabilities to review
	kindSignal // signals about projects to review
	kindUnlocked
	kindProblem
)

// waiverSoon is how many days before its end a waiver asks for attention
// (reminders at 30, 7 and 0 days).
const waiverSoon = 30

// actionKey tells actions apart.
type actionKey struct {
	kind       kind
	a, b, c, d string
}

func (c *actionCase) key() actionKey {
	switch {
	case c.waiver != nil && c.waiver.Holds:
		return actionKey{kindWaiverEnds, c.waiver.ID, "", "", ""}
	case c.license == "":
		return actionKey{kindUnknown, c.ecosystem, c.team, c.decision, ""}
	case c.decision == "deny":
		return actionKey{kindDeny, c.purl, "", "", ""}
	case c.version == "":
		return actionKey{kindUnlocked, c.repository, c.ecosystem, "", ""}
	}
	return actionKey{kindReview, c.rule, c.license, c.role, c.product}
}

func boolRank(b bool) int {
	if b {
		return 0
	}
	return 1
}

// actionGroup is findings that one piece of work would settle.
type actionGroup struct {
	kind     kind
	first    *actionCase
	cases    []*actionCase
	packages []string // sorted, each once
	direct   bool
}

func (g *actionGroup) action() report.Action {
	f := g.first.whole()
	teams, repos := make([]string, len(g.cases)), make([]string, len(g.cases))
	for i, c := range g.cases {
		teams[i], repos[i] = c.team, c.repository
	}
	n := plural(len(g.packages), "package", "packages")
	name := f.Name
	if f.Version != "" {
		name += " " + f.Version
	}
	where := distinct(repos)
	a := report.Action{Decision: f.Decision, Count: len(g.packages), Owner: strings.Join(distinctList(teams), ", "),
		Examples: head(g.packages, 3), Command: fmt.Sprintf("tributary explain %s %s", shellWord(f.Repository), shellWord(f.Purl))}
	if len(f.Reasons) > 0 {
		a.Why = f.Reasons[0].Text
	}
	if len(f.Fix) > 0 {
		a.Fix = f.Fix[0]
	}
	switch g.kind {
	case kindDeny:
		a.Title = fmt.Sprintf("Denied: %s (%s), %s", name, orUnknown(f.License), where)
	case kindWaiverEnds:
		a.Title = fmt.Sprintf("Waiver %s for %s ends in %s", f.Waiver.ID, n, plural(f.Waiver.Days, "day", "days"))
		a.Owner, a.Fix, a.Decision = f.Waiver.Owner, "remove the cause, or have the waiver reviewed anew", "review"
	case kindUnknown:
		a.Title = fmt.Sprintf("Find the license of %s (%s), %s", n, f.Ecosystem, where)
		a.Fix = unknownFix(f.Ecosystem)
	case kindUnlocked:
		a.Title = fmt.Sprintf("Pin %s without a lockfile (%s), %s", plural(len(g.packages), "requirement", "requirements"), f.Ecosystem, where)
	default:
		a.Title = fmt.Sprintf("Review %s under %s, %s", n, f.License, where)
		if f.Product != "" {
			a.Title += " for " + f.Product
		}
	}
	if f.Role != "" && g.kind != kindWaiverEnds {
		a.Owner = strings.TrimPrefix(a.Owner+", "+f.Role, ", ")
	}
	return a
}

// unknownFix says how a license that no offline source tells can be found.
func unknownFix(ecosystem string) string {
	local := map[string]string{
		"Go": "\"go mod download\"", "npm": "\"npm ci\" and --worktree", "PyPI": "the packages in .venv and --worktree", "crates.io": "\"cargo fetch\"",
		"Maven": "\"mvn dependency:resolve\"", "NuGet": "\"dotnet restore\"",
	}[ecosystem]
	switch {
	case local != "":
		return "run \"tributary refresh\" (asks the registry), or scan again with " + local + " (copies tell offline), or write a conclusion in conclusions.yaml"
	case ecosystem == "RubyGems":
		return "run \"tributary refresh\" (asks the registry), or write a conclusion in conclusions.yaml"
	}
	return "look the license up and write a conclusion in conclusions.yaml"
}

func outboundActions(r *report.Report) []rankedAction {
	var out []rankedAction
	byRepo := map[string]int{}
	for _, o := range r.Outbound {
		if o.Value != "conflict" {
			continue
		}
		if i, ok := byRepo[o.Repository]; ok {
			out[i].Count++
			out[i].Examples = head(append(out[i].Examples, o.Component), 3)
			continue
		}
		byRepo[o.Repository] = len(out)
		a := report.Action{Title: fmt.Sprintf("%s is released under %s and holds %s (%s)", o.Repository, o.License, o.Component, o.Inbound),
			Why: o.Why, Decision: "deny", Count: 1, Examples: []string{o.Component}, Owner: teamOf(r, o.Repository)}
		if len(o.Suggest) > 0 {
			a.Fix = o.Suggest[0]
		}
		out = append(out, rankedAction{int(kindConflict), a})
	}
	for i := range out {
		if more := out[i].Count - 1; more > 0 {
			out[i].Title += fmt.Sprintf(", and %s that do not fit either", plural(more, "other thing", "other things"))
		}
	}
	return out
}

// problemActions is what could not be read, apart from what lies in test data: that
// is often broken on purpose.
func problemActions(r *report.Report) []rankedAction {
	kinds := map[string]int{}
	var list []report.NotRead
	for _, p := range r.NotRead {
		if p.Path == "" || !inventory.IsFixture(p.Path) {
			kinds[p.Kind]++
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil
	}
	var words []string
	for _, c := range ranked(kinds) {
		words = append(words, fmt.Sprintf("%d %s", c.N, c.Name))
	}
	first := list[0]
	where := first.Path
	if where == "" {
		where = first.Repository
	}
	return []rankedAction{{int(kindProblem), report.Action{
		Title: fmt.Sprintf("Look at %s that could not be read or understood", plural(len(list), "thing", "things")),
		Why:   strings.Join(words, ", "), Fix: where + ": " + first.Message, Decision: "review", Count: len(list), Owner: teamOf(r, first.Repository)}}}
}

func teamOf(r *report.Report, repo string) string {
	for _, p := range r.Repositories {
		if p.Name == repo {
			return p.Team
		}
	}
	return ""
}

func distinctList(in []string) []string {
	m := map[string]bool{}
	for _, s := range in {
		if s != "" {
			m[s] = true
		}
	}
	return sortedKeys(m)
}

// distinct names one repository, or says how many.
func distinct(repos []string) string {
	all := distinctList(repos)
	if len(all) == 1 {
		return "in " + all[0]
	}
	return fmt.Sprintf("in %d repositories", len(all))
}

func head[T any](s []T, n int) []T {
	if len(s) > n {
		return s[:n]
	}
	return s
}

func orUnknown(s string) string {
	if s == "" {
		return "license unknown"
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands groups digits: 12,345.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// shellWord quotes a word for a POSIX shell where it needs it.
func shellWord(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./-_") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
