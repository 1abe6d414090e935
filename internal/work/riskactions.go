package work

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/document/report"
)

// riskActions says what to do about vulnerabilities and signals. One piece of
// work is one action: all that an update of one package ends, in all its
// places; a raise of the Go release of one repository; all projects that one
// rule speaks of.
func riskActions(r *report.Report) []rankedAction {
	groups := map[string]*riskGroup{}
	var order []*riskGroup
	for i := range r.Vulnerabilities {
		v := &r.Vulnerabilities[i]
		if riskRank(v.Outcome()) > 2 || v.Accepted() && v.Waiver.Days > waiverSoon {
			continue
		}
		key := v.Ecosystem + "\x00" + v.Name
		switch {
		case v.Accepted():
			key = "waiver\x00" + v.Waiver.ID
		case v.Kind == "stdlib-candidate":
			key = "stdlib\x00" + v.Repository
		}
		g := groups[key]
		if g == nil {
			g = &riskGroup{ids: map[string]bool{}, repos: map[string]bool{}, versions: map[string]bool{}}
			groups[key] = g
			order = append(order, g)
		}
		g.add(v)
	}
	out := make([]rankedAction, 0, len(order))
	slices.SortStableFunc(order, func(a, b *riskGroup) int {
		return cmp.Or(cmp.Compare(a.kind(), b.kind()), cmp.Compare(a.level(), b.level()), cmp.Compare(boolRank(a.direct), boolRank(b.direct)),
			cmp.Compare(len(b.ids), len(a.ids)), cmp.Compare(a.all[0].Name, b.all[0].Name))
	})
	for _, g := range order {
		out = append(out, rankedAction{int(g.kind()), g.action()})
	}
	return append(out, signalActions(r)...)
}

// riskGroup is vulnerabilities that one piece of work would settle.
type riskGroup struct {
	all                  []*report.Vulnerability // the first is the worst
	ids, repos, versions map[string]bool
	teams                []string
	direct               bool
	exploited            int
}

func (g *riskGroup) add(v *report.Vulnerability) {
	g.all = append(g.all, v)
	if !g.ids[v.ID] && v.Exploited != nil {
		g.exploited++
	}
	g.ids[v.ID], g.repos[v.Repository], g.versions[v.Purl] = true, true, true
	g.teams = append(g.teams, v.Team)
	g.direct = g.direct || v.Relation == "direct"
}

func (g *riskGroup) worst() *report.Vulnerability { return g.all[0] }

func (g *riskGroup) level() int { return advisory.Level(g.worst().Severity.Level).Rank() }

func (g *riskGroup) kind() kind {
	v := g.worst()
	switch {
	case v.Accepted():
		return kindWaiverEnds
	case v.Kind == "malware":
		return kindMalware
	case v.Kind == "stdlib-candidate" && v.Decision != "deny":
		return kindUpdate
	case v.Decision == "deny" && g.exploited > 0:
		return kindExploited
	case v.Decision == "deny":
		return kindVulnerable
	case g.level() <= advisory.LevelUnknown.Rank():
		return kindSevere
	}
	return kindUpdate
}

func (g *riskGroup) action() report.Action {
	v := g.worst()
	where := distinct(sortedKeys(g.repos))
	a := report.Action{Decision: v.Decision, Count: len(g.ids), Owner: ownerOf(g.teams, v.Role), Examples: head(sortedKeys(g.ids), 3),
		Command: fmt.Sprintf("tributary explain %s %s", shellWord(v.Repository), shellWord(v.Purl)), Why: g.why()}
	if len(v.Fix) > 0 {
		a.Fix = v.Fix[0]
	}
	count := plural(len(g.ids), "vulnerability", "vulnerabilities")
	fixed := g.upgrade()
	switch {
	case v.Accepted():
		a.Title = fmt.Sprintf("Waiver %s for %s ends in %s", v.Waiver.ID, count, plural(v.Waiver.Days, "day", "days"))
		a.Owner, a.Fix, a.Decision = v.Waiver.Owner, "remove the cause, or have the waiver reviewed anew", "review"
	case v.Kind == "malware":
		a.Title = fmt.Sprintf("Remove %s, which was made to do harm (%s), %s", v.Name, v.ID, where)
	case v.Kind == "stdlib-candidate":
		a.Title = fmt.Sprintf("Raise the Go release of %s: %s of the standard library may apply", v.Repository, count)
		if fixed != "" {
			a.Fix = fmt.Sprintf("raise the go or toolchain line of go.mod to %s or later, or look at what the build uses", fixed)
		}
	case fixed == "":
		a.Title = fmt.Sprintf("Look at %s in %s, for which no fix is known, %s", count, v.Name, where)
	default:
		a.Title = fmt.Sprintf("Update %s to %s or later: ends %s, %s", v.Name, fixed, count, where)
		a.Fix = "update " + v.Name + g.ways() + updateWith(v.Ecosystem, v.Name, fixed)
	}
	return a
}

// why names the worst and how many are exploited.
func (g *riskGroup) why() string {
	v := g.worst()
	text := v.ID + " (" + v.SeverityWords() + ")"
	if v.Summary != "" {
		text += ": " + v.Summary
	}
	if g.exploited > 0 {
		text += fmt.Sprintf("; %d known to be exploited", g.exploited)
	}
	return text
}

// ways says by which direct dependencies it comes.
func (g *riskGroup) ways() string {
	via := map[string]bool{}
	for _, v := range g.all {
		if v.Via != "" {
			via[v.Via] = true
		}
	}
	names := sortedKeys(via)
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 3:
		return fmt.Sprintf(", which comes by %s and %d others", strings.Join(names[:2], ", "), len(names)-2)
	}
	return ", which comes by " + strings.Join(names, ", ")
}

// updateWith is the command of an ecosystem that updates one package, where one
// command does it wherever in the graph the package stands.
func updateWith(ecosystem, name, version string) string {
	switch ecosystem {
	case "Go":
		return fmt.Sprintf(": go get %s@v%s", shellWord(name), strings.TrimPrefix(version, "v"))
	case "crates.io":
		return ": cargo update -p " + shellWord(name)
	case "RubyGems":
		return ": bundle update --conservative " + shellWord(name)
	case "Packagist":
		return ": composer update --with-dependencies " + shellWord(name)
	case "npm":
		return ": npm update " + shellWord(name) + " (or yarn, pnpm likewise; if the range does not admit it, update what asks for it)"
	}
	return ""
}

// upgrade is the lowest version that ends all vulnerabilities of the group that
// have a fix; "" when none has.
func (g *riskGroup) upgrade() string {
	best := ""
	for _, v := range g.all {
		if len(v.Fixed) == 0 {
			continue
		}
		f := v.Fixed[0]
		if best == "" {
			best = f
			continue
		}
		if c, err := advisory.CompareVersions(v.Ecosystem, f, best); err == nil && c > 0 {
			best = f
		}
	}
	return best
}

func ownerOf(teams []string, role string) string {
	return strings.TrimPrefix(strings.TrimSuffix(strings.Join(distinctList(teams), ", ")+", "+role, ", "), ", ")
}

func signalActions(r *report.Report) []rankedAction {
	type group struct {
		first *report.Signal
		names map[string]bool
		repos map[string]bool
		teams []string
	}
	groups := map[string]*group{}
	var order []*group
	for i := range r.Signals {
		s := &r.Signals[i]
		if riskRank(s.Outcome()) > 1 {
			continue
		}
		key := s.Rule.ID + "\x00" + s.Decision
		g := groups[key]
		if g == nil {
			g = &group{first: s, names: map[string]bool{}, repos: map[string]bool{}}
			groups[key] = g
			order = append(order, g)
		}
		g.names[s.Name], g.repos[s.Repository] = true, true
		g.teams = append(g.teams, s.Team)
	}
	var out []rankedAction
	for _, g := range order {
		names := sortedKeys(g.names)
		title := fmt.Sprintf("Look after %s, %s: %s", plural(len(names), "project", "projects"), distinct(sortedKeys(g.repos)), strings.Join(head(names, 3), ", "))
		if more := len(names) - 3; more > 0 {
			title += fmt.Sprintf(" and %d more", more)
		}
		a := report.Action{Title: title, Decision: g.first.Decision, Count: len(names), Owner: ownerOf(g.teams, g.first.Role), Examples: head(names, 3),
			Command: fmt.Sprintf("tributary explain %s %s", shellWord(g.first.Repository), shellWord(g.first.Purl))}
		if len(g.first.Reasons) > 0 {
			a.Why = g.first.Reasons[0].Text
		}
		if len(g.first.Fix) > 0 {
			a.Fix = g.first.Fix[0]
		}
		rank := kindSignal
		if g.first.Decision == "deny" {
			rank = kindVulnerable
		}
		out = append(out, rankedAction{int(rank), a})
	}
	return out
}

// mixed orders actions by rank; where the same urgency holds many of licenses
// and many of vulnerabilities they take turns, so that neither hides the other.
func mixed(licenses, risks []rankedAction) []rankedAction {
	out := make([]rankedAction, 0, len(licenses)+len(risks))
	byUrgency := func(a, b rankedAction) int { return cmp.Compare(a.rank, b.rank) }
	slices.SortStableFunc(licenses, byUrgency)
	slices.SortStableFunc(risks, byUrgency)
	for len(licenses) > 0 && len(risks) > 0 {
		a, b := tier(licenses[0].rank), tier(risks[0].rank)
		switch {
		case a < b:
			out, licenses = append(out, licenses[0]), licenses[1:]
		case b < a:
			out, risks = append(out, risks[0]), risks[1:]
		default:
			out = append(out, risks[0], licenses[0])
			licenses, risks = licenses[1:], risks[1:]
		}
	}
	return append(append(out, licenses...), risks...)
}

// tier joins kinds of the same urgency.
func tier(rank int) int {
	switch k := kind(rank); {
	case k <= kindExploited:
		return 0
	case k <= kindVulnerable:
		return 1
	case k <= kindWaiverEnds:
		return 2
	case k <= kindUpdate:
		return 3
	}
	return rank
}
