package work

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/store"
)

// risks is everything that the mirror and the registries say of the snapshots,
// judged.
type risks struct {
	about           report.Advisories
	vulnerabilities []report.Vulnerability // nil when nothing can be said
	signals         []report.Signal
}

// riskJudge collects verdicts on vulnerabilities and signals: one for each
// (repository, product, component, vulnerability), over all places.
type riskJudge struct {
	office  *Office
	session *policy.Session
	answer  *advisory.Answer
	claims  map[string][]store.Claim // by id in upper case
	kev     bool
	at      map[riskKey]int
	out     risks
	signals map[signalKey]*signalCase
	order   []*signalCase
	uses    map[useKey]policy.Use
}

type riskKey struct{ repository, product, purl, id string }

type signalKey struct{ repository, product, purl string }

type useKey struct {
	repository, product string
	usage               *inventory.Usage
}

// signalCase is all that is known of the project behind one component in one
// product, until it is judged.
type signalCase struct {
	signalKey
	use    policy.Use
	usage  *inventory.Usage
	facts  policy.Upstream
	ids    []string
	told   bool // the registries' facts are in
	places []report.Place
}

// risks matches and judges. Without a mirror it costs one look into the store.
func (o *Office) risks(ctx context.Context, snaps []Scanned) (*risks, error) {
	j := &riskJudge{office: o, session: o.Policy.NewSession(o.Program.Waivers, o.AsOf), at: map[riskKey]int{}, signals: map[signalKey]*signalCase{}, uses: map[useKey]policy.Use{}}
	j.out.about.State = "none"
	if o.Store == nil {
		j.out.about.Doubts = advisory.Mirror{}.Doubts()
		return &j.out, nil
	}
	if err := j.match(ctx, snaps); err != nil {
		return nil, err
	}
	tells, err := o.tellsOfProjects(ctx)
	if err != nil {
		return nil, err
	}
	if tells {
		if err := j.registries(ctx, snaps); err != nil {
			return nil, err
		}
	}
	j.judgeSignals()
	sortRisks(&j.out)
	return &j.out, nil
}

// tellsOfProjects tells whether registries were ever asked, or the program has
// files (in folders) on projects: otherwise no package needs to be looked up.
func (o *Office) tellsOfProjects(ctx context.Context) (bool, error) {
	for name := range o.Program.Files {
		if strings.Contains(name, "/") {
			return true, nil
		}
	}
	return o.Store.TellsOfRegistries(ctx)
}

// match asks the mirror and judges what it finds.
func (j *riskJudge) match(ctx context.Context, snaps []Scanned) error {
	o := j.office
	feeds, _, err := o.Store.AdvisoryFeeds(ctx)
	if err != nil {
		return err
	}
	mirror := advisory.Mirror{Feeds: feeds, Asked: o.Now}
	if mirror.Empty() {
		j.out.about.Doubts = mirror.Doubts()
		return nil
	}
	answer, err := o.Advisories(ctx, snaps)
	if err != nil {
		return err
	}
	j.answer = &answer
	j.kev = slices.ContainsFunc(answer.Mirror.Feeds, func(f advisory.Feed) bool { return f.Kind == "kev" && f.Records > 0 })
	if err := j.loadClaims(ctx); err != nil {
		return err
	}
	j.out.vulnerabilities = []report.Vulnerability{}
	for i := range answer.Findings {
		j.finding(&answer.Findings[i])
	}
	j.about()
	return nil
}

// loadClaims asks once for what others say about all that was found.
func (j *riskJudge) loadClaims(ctx context.Context) error {
	var ids []string
	seen := map[string]bool{}
	for _, f := range j.answer.Findings {
		if !seen[f.ID] {
			seen[f.ID] = true
			ids = append(ids, f.Names()...)
		}
	}
	claims, err := j.office.Store.ClaimsOn(ctx, ids, j.office.AsOf)
	j.claims = map[string][]store.Claim{}
	for _, c := range claims {
		names := map[string]bool{}
		for _, n := range append([]string{c.Statement.Vulnerability}, c.Statement.Aliases...) {
			names[strings.ToUpper(n)] = true
		}
		for n := range names {
			j.claims[n] = append(j.claims[n], c)
		}
	}
	return err
}

// finding judges one finding for each product that its manifest goes into.
func (j *riskJudge) finding(f *advisory.Finding) {
	o := j.office
	if o.Program.IsFixture(f.Repository, f.Usage.Manifest, f.Usage.Fixture) && !o.Program.Fixtures.Include {
		return
	}
	if f.Published.After(o.AsOf) {
		j.out.about.Later++
		return
	}
	for _, product := range o.productsFor(f.Repository, f.Usage.Manifest) {
		use := j.use(f.Repository, product, f.Usage)
		if f.Kind == advisory.Informational {
			j.notice(f, use)
			continue
		}
		j.vulnerability(f, use)
	}
}

func (j *riskJudge) use(repository string, product *program.Product, u *inventory.Usage) policy.Use {
	key := useKey{repository, "", u}
	if product != nil {
		key.product = product.ID
	}
	use, ok := j.uses[key]
	if !ok {
		use = policy.UseFor(j.office.Program, product, repository, *u)
		j.uses[key] = use
	}
	return use
}

func placeOf(u *inventory.Usage) report.Place {
	return report.Place{Path: u.Manifest, Line: u.Line, Requirement: u.Requirement}
}

func (j *riskJudge) vulnerability(f *advisory.Finding, use policy.Use) {
	key := riskKey{f.Repository, use.Product, f.Usage.Component.String(), f.ID}
	facts := j.facts(f, &use)
	verdict := j.session.JudgeVulnerability(&use, &facts)
	if at, ok := j.at[key]; ok {
		old := &j.out.vulnerabilities[at]
		places := append(old.Places, placeOf(f.Usage))
		if riskRank(verdict.Outcome()) < riskRank(old.Outcome()) {
			*old = j.row(f, &use, &facts, verdict)
		}
		old.Places = places
		return
	}
	j.at[key] = len(j.out.vulnerabilities)
	j.out.vulnerabilities = append(j.out.vulnerabilities, j.row(f, &use, &facts, verdict))
}

// facts gathers what policy is told of a finding.
func (j *riskJudge) facts(f *advisory.Finding, use *policy.Use) policy.Vulnerability {
	o := j.office
	v := policy.Vulnerability{IDs: f.Names(), Kind: program.VulnerabilityKind(f.Kind), Level: program.SeverityLevel(f.Severity.Level), Score: f.Severity.Score,
		EPSS: -1, Exploited: program.Unknown, Fixed: f.Fixed, Published: f.Published, Reachable: reachable(f.Reach), ReachedBy: strings.Join(f.Reach.Stack, " -> "),
		Decided: o.Program.VEXFor(f.Names(), f.Usage.Component, use.Product, f.Repository, o.AsOf),
		Claims:  j.claimsOn(f, use.Product), Source: "advisory " + strings.Join(f.Records, ", ")}
	if f.EPSS != nil {
		v.EPSS = f.EPSS.Probability
	}
	switch {
	case f.Exploited != nil:
		v.Exploited = program.Yes
	case j.kev:
		v.Exploited = program.No
	}
	return v
}

// reachable reads the states of an analysis: code that is not called is not
// reached, however near it is.
func reachable(r advisory.Reach) program.Tri {
	switch r.State {
	case "called":
		return program.Yes
	case "imported", "required", "not reached":
		return program.No
	}
	return program.Unknown
}

// claimsOn lists in words what others say of a vulnerability in a component.
func (j *riskJudge) claimsOn(f *advisory.Finding, product string) []string {
	var out []string
	seen := map[int64]bool{}
	for _, id := range f.Names() {
		for _, c := range j.claims[strings.ToUpper(id)] {
			if !seen[c.ID] && claimSpeaksOf(&c, f.Usage.Component) {
				seen[c.ID] = true
				out = append(out, claimText(&c))
			}
		}
	}
	return out
}

func claimText(c *store.Claim) string {
	s := &c.Statement
	text := fmt.Sprintf("Claim %d of %s: %s", c.ID, c.Who(), s.Status)
	if s.Justification != "" {
		text += ", " + string(s.Justification)
	}
	if s.Impact != "" {
		text += ", " + strings.TrimSuffix(s.Impact, ".")
	}
	if !s.Time.IsZero() {
		text += " (" + s.Time.Format(time.DateOnly) + ")"
	}
	return text + fmt.Sprintf("; it decides nothing until it is accepted: tributary vex accept %d.", c.ID)
}

// claimSpeaksOf tells whether a claim is about a component: by package URL, where
// a version in it must be the same, or none of its names is one.
func claimSpeaksOf(c *store.Claim, p inventory.PURL) bool {
	named := false
	for _, product := range c.Statement.Products {
		for _, item := range product.Components() {
			if item.PURL == (inventory.PURL{}) {
				continue
			}
			named = true
			if samePackage(item.PURL, p) && (item.PURL.Version == "" || item.PURL.Version == p.Version) && inClaimed(item.Versions, p.Version) {
				return true
			}
		}
	}
	return !named
}

// inClaimed tells whether a version lies in the range that a claim names; a range
// that is not understood is shown rather than hidden.
func inClaimed(versions, version string) bool {
	text, ok := plainRange(versions)
	if versions == "" || !ok {
		return true
	}
	r, err := program.ParseRange(text)
	return err != nil || r.Empty() || r.Contains(version)
}

func samePackage(a, b inventory.PURL) bool {
	return a.Type == b.Type && a.Namespace == b.Namespace && a.Name == b.Name
}

// row writes a verdict up.
func (j *riskJudge) row(f *advisory.Finding, use *policy.Use, facts *policy.Vulnerability, v policy.RiskVerdict) report.Vulnerability {
	c := f.Usage.Component
	out := report.Vulnerability{Decision: string(v.Decision), Role: v.Role, Repository: f.Repository, Product: use.Product, Team: use.Team,
		Purl: c.String(), Name: c.FullName(), Version: c.Version, Ecosystem: c.Ecosystem(),
		ID: f.ID, Aliases: f.Aliases, Records: f.Records, Kind: string(f.Kind), Summary: f.Summary,
		Severity: report.Severity{Level: string(f.Severity.Level), Vector: f.Severity.Vector}, Published: f.Published, Modified: f.Modified,
		Range: f.Range, Fixed: f.Fixed, Scope: string(f.Usage.Scope), Relation: string(f.Usage.Relation), Places: []report.Place{placeOf(f.Usage)}, Chain: f.Usage.Chain,
		Reach: report.Reach{State: f.Reach.State, Stack: f.Reach.Stack}, Claims: facts.Claims,
		Rule: report.Rule{ID: v.Rule.ID, File: v.Rule.File, Line: v.Rule.Line, Text: v.Rule.Text}, Reasons: reportReasons(v.Reasons), Fix: v.Fix,
		Waiver: riskWaiver(v), Note: f.Usage.Note}
	if f.Usage.Relation == inventory.Transitive && len(f.Usage.Chain) > 0 {
		out.Via = f.Usage.Chain[0]
		out.Fix = viaFix(out.Fix, out.Via)
	}
	if f.Severity.Score >= 0 {
		score := f.Severity.Score
		out.Severity.Score = &score
	}
	if e := f.Exploited; e != nil {
		out.Exploited = &report.Exploited{CVE: e.CVE, Added: e.Added, Due: e.Due, Ransomware: e.Ransomware}
	}
	if e := f.EPSS; e != nil {
		out.EPSS = &report.EPSS{Probability: e.Probability, Percentile: e.Percentile, Date: e.Date}
	}
	if d := facts.Decided.Statement; d != nil {
		out.VEX = &report.VEX{ID: d.ID, Status: string(d.Status), Justification: string(d.Justification), Impact: d.Impact, Action: d.Action,
			Author: d.Author, Date: d.Date.Time, Expires: d.Expires.Time, Source: d.Source}
	}
	return out
}

// viaFix says in the advice to update by which direct dependency it comes.
func viaFix(fix []string, via string) []string {
	out := slices.Clone(fix)
	for i, f := range out {
		if strings.HasPrefix(f, "Update ") {
			out[i] = strings.TrimSuffix(f, ".") + "; it comes by " + via + "."
		}
	}
	return out
}

func reportReasons(list []policy.Reason) []report.Reason {
	out := make([]report.Reason, 0, len(list))
	for _, r := range list {
		out = append(out, report.Reason{Text: r.Text, Source: r.Source, Date: r.Date})
	}
	return out
}

func riskWaiver(v policy.RiskVerdict) *report.Waiver {
	return waiver(&policy.Verdict{Waiver: v.Waiver, Lapsed: v.Lapsed})
}

// riskRank puts what needs somebody first.
func riskRank(outcome string) int {
	switch outcome {
	case "deny":
		return 0
	case "review":
		return 1
	case "waived":
		return 2
	}
	return 3
}

func sortRisks(r *risks) {
	slices.SortStableFunc(r.vulnerabilities, func(a, b report.Vulnerability) int {
		return cmp.Or(cmp.Compare(riskRank(a.Outcome()), riskRank(b.Outcome())), cmp.Compare(boolRank(a.Exploited != nil), boolRank(b.Exploited != nil)),
			cmp.Compare(advisory.Level(a.Severity.Level).Rank(), advisory.Level(b.Severity.Level).Rank()),
			cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Purl, b.Purl), cmp.Compare(a.ID, b.ID))
	})
	slices.SortStableFunc(r.signals, func(a, b report.Signal) int {
		return cmp.Or(cmp.Compare(riskRank(a.Outcome()), riskRank(b.Outcome())), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Purl, b.Purl))
	})
}
