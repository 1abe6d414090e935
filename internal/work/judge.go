package work

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/scan"
)

// Judged is one verdict: one component in one product of one repository, over
// all manifests that use it there.
type Judged struct {
	Repository string
	Product    string
	Usage      *inventory.Usage // of the place that decided, in its snapshot
	Use        policy.Use
	Facts      policy.LicenseFacts
	Verdict    policy.Verdict
	Places     []report.Place
	purl       string // of the component, for sorting and counting
}

// judgement collects verdicts with what is needed to count them.
type judgement struct {
	office  *Office
	session *policy.Session
	judged  []*Judged
	// understood has what statements of manifests mean, by their text.
	understood map[string]inventory.LicenseFact
	fixtures   int
}

// Judge gives the verdicts on everything in the snapshots.
func (o *Office) Judge(snaps []Scanned) ([]*Judged, int) {
	j := &judgement{office: o, understood: map[string]inventory.LicenseFact{}, session: o.Policy.NewSession(o.Program.Waivers, o.AsOf)}
	for i := range snaps {
		j.snapshot(&snaps[i])
	}
	slices.SortFunc(j.judged, compareJudged)
	return j.judged, j.fixtures
}

// compareJudged puts what needs somebody first, then sorts by place and name.
func compareJudged(a, b *Judged) int {
	return cmp.Or(
		cmp.Compare(urgency(a.Verdict), urgency(b.Verdict)),
		cmp.Compare(a.Repository, b.Repository),
		cmp.Compare(a.Product, b.Product),
		cmp.Compare(a.purl, b.purl),
		cmp.Compare(a.Usage.Requirement, b.Usage.Requirement))
}

func urgency(v policy.Verdict) int {
	switch {
	case v.Waiver != nil:
		return 2
	case v.Decision == policy.Deny:
		return 0
	case v.Decision == policy.Review:
		return 1
	case v.Decision == policy.AllowWithDuties:
		return 3
	}
	return 4
}

type judgeKey struct{ product, purl, requirement string }

func (j *judgement) snapshot(s *Scanned) {
	repo := s.Snapshot.Repository.Name
	at := map[judgeKey]int{}
	for _, unit := range s.Snapshot.Units {
		for i := range unit.Usages {
			u := &unit.Usages[i]
			if j.office.Program.IsFixture(repo, u.Manifest, u.Fixture) && !j.office.Program.Fixtures.Include {
				j.fixtures++
				continue
			}
			id := u.Component.String()
			facts := j.facts(u, s.Packages.Facts[id], s.Snapshot.ScannedAt)
			for _, product := range j.office.productsFor(repo, u.Manifest) {
				j.usage(repo, product, u, id, facts, at)
			}
		}
	}
}

// productsFor gives the products that a manifest belongs to; one nil when none
// does, for then the defaults are judged.
func (o *Office) productsFor(repo, manifest string) []*program.Product {
	if products := o.Program.ProductsFor(repo, manifest); len(products) > 0 {
		return products
	}
	return []*program.Product{nil}
}

func (j *judgement) usage(repo string, product *program.Product, u *inventory.Usage, id string, facts policy.LicenseFacts, at map[judgeKey]int) {
	use := policy.UseFor(j.office.Program, product, repo, *u)
	v := j.session.Brief(&use, &facts)
	place := report.Place{Path: u.Manifest, Line: u.Line, Requirement: u.Requirement}
	key := judgeKey{use.Product, id, ""}
	if u.Component.Version == "" {
		key.requirement = u.Requirement
	}
	i, seen := at[key]
	if !seen {
		at[key] = len(j.judged)
		j.judged = append(j.judged, &Judged{repo, use.Product, u, use, facts, v, []report.Place{place}, id})
		return
	}
	old := j.judged[i]
	places := append(old.Places, place)
	if urgency(v) < urgency(old.Verdict) {
		*old = Judged{repo, use.Product, u, use, facts, v, nil, id}
	}
	old.Places = places
}

// declaredFact is [scan.DeclaredFact]; what a statement means is worked out once.
func (j *judgement) declaredFact(raw, file string, read time.Time) inventory.LicenseFact {
	fact, ok := j.understood[raw]
	if !ok {
		fact = scan.DeclaredFact(raw, "", "", time.Time{})
		j.understood[raw] = fact
	}
	fact.File, fact.Source, fact.Observed = file, lastPart(file), read
	return fact
}

// facts gathers what is said of a component's license: by the manifest, by
// copies on this machine, by a person. Manifests were read at a time.
func (j *judgement) facts(u *inventory.Usage, local []inventory.LicenseFact, read time.Time) policy.LicenseFacts {
	var f policy.LicenseFacts
	declared := ""
	if u.License != "" {
		fact := j.declaredFact(u.License, u.Manifest, read)
		fact.FirstLine, fact.LastLine = u.Line, u.Line
		f.Declared = append(f.Declared, fact)
		declared = u.License
	}
	for _, fact := range local {
		if fact.Kind == inventory.Declared {
			if declared == "" {
				declared = fact.Raw
			}
			f.Declared = append(f.Declared, fact)
			continue
		}
		f.Detected = append(f.Detected, fact)
	}
	if fact, _, ok := j.office.Program.ConclusionFor(u.Component, declared); ok {
		f.Concluded = append(f.Concluded, fact)
	}
	return f
}

func lastPart(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// finding turns a verdict into its row of the report.
func (o *Office) finding(j *Judged) report.Finding {
	v := j.Verdict
	f := report.Finding{
		Decision: string(v.Decision), Role: v.Role,
		Repository: j.Repository, Product: j.Product, Team: j.Use.Team,
		Purl: j.purl, Name: j.Usage.Component.FullName(), Version: j.Usage.Component.Version,
		Ecosystem: j.Usage.Component.Ecosystem(),
		License:   effective(v), Basis: v.Basis, Branch: v.Branch, Category: category(v),
		Scope: string(j.Usage.Scope), Relation: string(j.Usage.Relation), Coupling: string(j.Use.Coupling),
		Rule: report.Rule{ID: v.Rule.ID, File: v.Rule.File, Line: v.Rule.Line, Text: v.Rule.Text},
		Fix:  v.Fix, Places: j.Places, Chain: j.Usage.Chain, Note: j.Usage.Note,
		Facts: reportFacts(j.Facts), Waiver: waiver(v),
	}
	for _, d := range j.Use.Delivery {
		f.Delivery = append(f.Delivery, string(d))
	}
	for _, r := range slices.Concat(v.Reasons, policy.FactReasons(&j.Use, j.Facts)) {
		f.Reasons = append(f.Reasons, report.Reason{Text: r.Text, Source: r.Source, Date: r.Date})
	}
	for _, d := range v.Duties {
		f.Duties = append(f.Duties, d.ID)
	}
	return f
}

// effective is the license that was judged, "" when nothing is known.
func effective(v policy.Verdict) string {
	if v.Effective.IsZero() || v.Effective.Op == license.OpLeaf && v.Effective.Leaf.ID == license.NoAssertion {
		return ""
	}
	return v.Effective.Normalize().String()
}

// category is that of the license that weighs most among those that count.
func category(v policy.Verdict) string {
	worst := license.Category("")
	for _, l := range v.Leaves {
		if l.Taken && (worst == "" || l.Category.Reach() > worst.Reach()) {
			worst = l.Category
		}
	}
	if worst == "" {
		return "unknown"
	}
	return string(worst)
}

func reportFacts(f policy.LicenseFacts) []report.Fact {
	var out []report.Fact
	for _, list := range [][]inventory.LicenseFact{f.Concluded, f.Declared, f.Detected} {
		for _, x := range list {
			out = append(out, report.Fact{Kind: string(x.Kind), Expression: x.Expression, Raw: x.Raw, Source: x.Source, File: x.File,
				FirstLine: x.FirstLine, LastLine: x.LastLine, TextHash: x.TextHash, Observed: x.Observed})
		}
	}
	return out
}

// waiver is the one that holds, else the first that speaks of the finding.
func waiver(v policy.Verdict) *report.Waiver {
	w := v.Waiver
	if w == nil && len(v.Lapsed) > 0 {
		w = &v.Lapsed[0]
	}
	if w == nil {
		return nil
	}
	return &report.Waiver{ID: w.ID, Owner: w.Owner, Approver: w.Approver, Expires: w.Expires, Days: w.DaysLeft,
		Holds: v.Waiver != nil, Why: w.Why}
}

// Report judges the snapshots and writes up the answer.
func (o *Office) Report(ctx context.Context, snaps []Scanned, opts ReportOptions) (*report.Report, error) {
	judged, fixtures := o.Judge(snaps)
	r := &report.Report{Tool: opts.Tool, Generated: o.Now, AsOf: o.AsOf, Program: o.programInfo()}
	o.addRepositories(r, snaps)
	r.Counts = count(snaps, judged, fixtures)
	byRepo := map[string]int{}
	for _, j := range judged {
		if needsSomebody(j.Verdict) {
			r.Findings = append(r.Findings, o.finding(j))
			byRepo[j.Repository]++
		} else if opts.All {
			r.Allowed = append(r.Allowed, o.finding(j))
		}
	}
	for i := range r.Repositories {
		r.Repositories[i].Findings = byRepo[r.Repositories[i].Name]
	}
	found, err := o.risks(ctx, snaps)
	if err != nil {
		return nil, err
	}
	r.Advisories, r.Vulnerabilities, r.Signals = found.about, found.vulnerabilities, found.signals
	countRisks(r)
	r.Duties = duties(judged)
	r.Outbound = o.outbound(snaps, judged)
	r.Actions = actionsFor(r, opts.Actions)
	return r, nil
}

func needsSomebody(v policy.Verdict) bool {
	return v.Decision == policy.Deny || v.Decision == policy.Review || v.Waiver != nil
}

// ReportOptions shapes a report.
type ReportOptions struct {
	Tool string
	// All lists verdicts that pass, too.
	All bool
	// Actions is how many actions are listed; 0 means ten.
	Actions int
}

func (o *Office) programInfo() report.Program {
	p := report.Program{Source: o.ProgramDir, Hash: o.Program.Hash(), Preset: o.Policy.Preset}
	if p.Source == "" {
		p.Source = "built-in defaults"
	}
	for _, part := range []struct {
		name  string
		empty bool
	}{{"products", len(o.Program.Products) == 0}, {"teams", len(o.Program.Teams) == 0}, {"policy", o.Program.Files["policy.yaml"] == nil}} {
		if part.empty {
			p.Defaults = append(p.Defaults, part.name)
		}
	}
	for _, f := range o.ProgramFindings {
		p.Findings = append(p.Findings, f.String())
	}
	return p
}

func (o *Office) addRepositories(r *report.Report, snaps []Scanned) {
	for _, s := range snaps {
		sn := s.Snapshot
		rep := report.Repository{Name: sn.Repository.Name, Location: sn.Repository.Location, Kind: sn.Repository.Kind, Commit: sn.Commit,
			Revision: sn.Revision, CommitTime: sn.CommitTime, ScannedAt: sn.ScannedAt, Files: sn.Files, Known: s.Known,
			Team: o.Program.TeamFor(sn.Repository.Name, "")}
		if sn.Licenses != nil {
			rep.License = sn.Licenses.Primary
		}
		for _, p := range o.Program.ProductsFor(sn.Repository.Name, "") {
			rep.Products = append(rep.Products, p.ID)
		}
		manifests, packages := map[string]bool{}, map[string]bool{}
		for _, u := range sn.Units {
			manifests[u.Manifest] = true
			for _, x := range u.Usages {
				packages[x.Component.String()] = true
			}
		}
		rep.Manifests, rep.Packages = len(manifests), len(packages)
		for _, p := range Problems(sn) {
			rep.Problems++
			r.NotRead = append(r.NotRead, report.NotRead{Repository: sn.Repository.Name, Path: p.Path, Line: p.Line, Kind: p.Kind, Message: p.Message})
		}
		r.Repositories = append(r.Repositories, rep)
	}
}
