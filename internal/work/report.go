package work

import (
	"context"
	"slices"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/policy"
)

// Report judges the snapshots and writes up the answer.
func (o *Office) Report(ctx context.Context, snaps []Scanned, opts ReportOptions) (*report.Report, error) {
	c := newCatalog(snaps)
	j := o.judge(snaps, c)
	open, passed := j.sorted(opts.All)
	r := &report.Report{Tool: opts.Tool, Generated: o.Now, AsOf: o.AsOf, Program: o.programInfo()}
	for _, u := range opts.Unread {
		r.NotRead = append(r.NotRead, report.NotRead{Repository: u.Source, Kind: report.SourceNotRead, Message: u.Err.Error()})
	}
	o.addRepositories(r, snaps, c)
	r.Counts = count(snaps, j)
	r.Counts.Sources, r.Counts.SourcesNotRead = len(snaps)+len(opts.Unread), len(opts.Unread)
	byRepo := map[string]int{}
	for _, x := range open {
		byRepo[x.Repository]++
	}
	if !opts.Headline {
		r.Findings = findings(open)
	}
	if opts.All {
		r.Allowed = findings(passed)
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
	if !opts.Headline {
		r.Duties = duties(j)
	}
	r.Outbound = o.outbound(snaps, j)
	r.Actions = actionsOf(r, cases(open), opts.Actions)
	return r, nil
}

// sorted gives the verdicts that need somebody, and those that pass, the latter
// only where they are wanted.
func (j *judgement) sorted(passing bool) (open, passed []*Judged) {
	for i := range j.judged {
		x := &j.judged[i]
		if needsSomebody(x.Verdict) {
			open = append(open, x)
		} else if passing {
			passed = append(passed, x)
		}
	}
	slices.SortFunc(open, compareJudged)
	slices.SortFunc(passed, compareJudged)
	return open, passed
}

func findings(list []*Judged) []report.Finding {
	out := make([]report.Finding, 0, len(list))
	for _, x := range list {
		out = append(out, finding(x))
	}
	return out
}

func needsSomebody(v *policy.Verdict) bool {
	return v.Decision == policy.Deny || v.Decision == policy.Review || v.Waiver != nil
}

// ReportOptions shapes a report.
type ReportOptions struct {
	Tool string
	// All lists verdicts that pass, too.
	All bool
	// Headline leaves out the findings themselves and what is owed at release: a
	// face that shows counts and actions alone needs neither.
	Headline bool
	// Unread are the sources that were given and could not be read.
	Unread []*Unread
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
	p.Findings = []string{}
	for _, f := range o.ProgramFindings {
		p.Findings = append(p.Findings, f.String())
	}
	return p
}

func (o *Office) addRepositories(r *report.Report, snaps []Scanned, c *catalog) {
	for i, s := range snaps {
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
		manifests := map[string]bool{}
		for _, u := range sn.Units {
			manifests[u.Manifest] = true
		}
		rep.Manifests, rep.Packages = len(manifests), c.distinct(i)
		for _, p := range Problems(s) {
			rep.Problems++
			r.NotRead = append(r.NotRead, report.NotRead{Repository: sn.Repository.Name, Path: p.Path, Line: p.Line, Kind: p.Kind, Message: p.Message})
		}
		r.Repositories = append(r.Repositories, rep)
	}
}
