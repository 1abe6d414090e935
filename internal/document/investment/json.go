package investment

import (
	"encoding/json"
	"io"
	"math"
	"time"

	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/inventory"
)

// Schema names the JSON form; its number is raised on any change that could
// break a reader, and only then.
const Schema = "tributary-impact/1"

var scopeOrder = inventory.Scopes

type wireReport struct {
	Schema       string         `json:"schema"`
	Tool         string         `json:"tool"`
	Generated    time.Time      `json:"generated"`
	AsOf         time.Time      `json:"as_of"`
	WindowDays   int            `json:"window_days"`
	Currency     string         `json:"currency"`
	Program      string         `json:"program"`
	ProgramHash  string         `json:"program_hash"`
	Defaults     []string       `json:"defaults"`
	Counts       wireCounts     `json:"counts"`
	Upstreams    []wireScore    `json:"upstreams"`
	Unmapped     []wireUnmapped `json:"unmapped"`
	ByTeam       []wireBalance  `json:"by_team"`
	ByEcosystem  []wireBalance  `json:"by_ecosystem"`
	Own          []wireOwn      `json:"own_projects"`
	Repositories []string       `json:"repositories"`
}

type wireCounts struct {
	Upstreams    int      `json:"upstreams"`
	Packages     int      `json:"packages"`
	Mapped       int      `json:"mapped"`
	Unmapped     int      `json:"unmapped"`
	Own          int      `json:"own"`
	Ignored      int      `json:"ignored"`
	Fixtures     int      `json:"fixtures"`
	Repositories int      `json:"repositories"`
	Histories    int      `json:"histories"`
	Coverage     *float64 `json:"coverage"`
}

type wireUnmapped struct {
	Package string `json:"package"`
	Why     string `json:"why"`
}

type wireBalance struct {
	Name      string   `json:"name"`
	Upstreams int      `json:"upstreams"`
	Packages  int      `json:"packages"`
	Direct    int      `json:"direct"`
	Known     int      `json:"known"`
	Served    int      `json:"served"`
	Commits   *float64 `json:"commits"`
	Reviews   *float64 `json:"reviews"`
	People    *float64 `json:"people"`
}

type wireOwn struct {
	Repository    string   `json:"repository"`
	Ours          int      `json:"commits_ours"`
	Outside       int      `json:"commits_outside"`
	Unknown       int      `json:"commits_unknown"`
	OurPeople     int      `json:"people_ours"`
	OutsidePeople int      `json:"people_outside"`
	UnknownPeople int      `json:"people_unknown"`
	OutsideShare  *float64 `json:"outside_share"`
}

type wireScore struct {
	Rank       int          `json:"rank"`
	Upstream   string       `json:"upstream"`
	Packages   []string     `json:"packages"`
	Use        wireUse      `json:"use"`
	Give       wireGive     `json:"give"`
	D          *float64     `json:"dependence"`
	X          *float64     `json:"switching"`
	A          *float64     `json:"alignment"`
	C          *float64     `json:"criticality"`
	F          *float64     `json:"fragility"`
	G          *float64     `json:"our_give"`
	Need       *float64     `json:"need"`
	Gap        *float64     `json:"gap"`
	Least      float64      `json:"need_least"`
	Most       float64      `json:"need_most"`
	Confidence float64      `json:"confidence"`
	Level      string       `json:"confidence_level"`
	Missing    []string     `json:"missing"`
	Signals    []wireSignal `json:"signals"`
	Relicense  wireRisk     `json:"relicensing"`
	Actions    []wireAction `json:"actions"`
	Derivation *wireTerm    `json:"derivation"`
	Beside     []*wireTerm  `json:"beside"`
}

type wireUse struct {
	Products     []string       `json:"products"`
	Repositories []string       `json:"repositories"`
	Packages     int            `json:"packages"`
	Direct       int            `json:"direct"`
	Transitive   int            `json:"transitive"`
	Unknown      int            `json:"unknown"`
	Depth        int            `json:"depth"`
	Scopes       map[string]int `json:"scopes"`
	Ecosystems   []string       `json:"ecosystems"`
	Teams        []string       `json:"teams"`
}

type wireGive struct {
	Commits     *float64 `json:"commits"`
	AllCommits  *float64 `json:"all_commits"`
	Reviews     *float64 `json:"reviews"`
	AllReviews  *float64 `json:"all_reviews"`
	People      *float64 `json:"people"`
	Share       *float64 `json:"share"`
	TargetShare *float64 `json:"target_share"`
	Seats       *float64 `json:"seats"`
	Money       *float64 `json:"money"`
	Coverage    *float64 `json:"coverage"`
}

type wireSignal struct {
	Signal string   `json:"signal"`
	Value  *float64 `json:"value"`
	Risk   *float64 `json:"risk"`
	Weight float64  `json:"weight"`
	Source string   `json:"source,omitempty"`
	Note   string   `json:"note,omitempty"`
}

type wireRisk struct {
	Level   string   `json:"level"`
	For     []string `json:"for"`
	Against []string `json:"against"`
	Missing []string `json:"missing"`
}

type wireAction struct {
	Kind        string   `json:"kind"`
	Title       string   `json:"title"`
	Why         string   `json:"why"`
	What        string   `json:"what"`
	Owner       string   `json:"owner"`
	IfNot       string   `json:"if_not"`
	Signal      string   `json:"signal,omitempty"`
	FTE         *float64 `json:"cost_fte"`
	Money       *float64 `json:"cost_money"`
	Assuming    string   `json:"assuming,omitempty"`
	Need        *float64 `json:"need_then"`
	Gap         *float64 `json:"gap_then"`
	Less        *float64 `json:"gap_less"`
	PerFTE      *float64 `json:"gap_less_per_fte"`
	PerThousand *float64 `json:"gap_less_per_1000"`
}

type wireTerm struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Value   *float64    `json:"value"`
	How     string      `json:"how,omitempty"`
	Source  string      `json:"source,omitempty"`
	Note    string      `json:"note,omitempty"`
	Assumed bool        `json:"assumed,omitempty"`
	Parts   []*wireTerm `json:"parts,omitempty"`
}

// JSON writes everything for machines. Numbers that are not known are null.
func JSON(w io.Writer, r *Report) error {
	out := wireReport{Schema: Schema, Tool: r.Tool, Generated: r.Generated.UTC(), AsOf: r.AsOf.UTC(), WindowDays: r.Params.Days, Currency: r.Currency,
		Program: r.Program, ProgramHash: r.ProgramHash, Defaults: some(r.Defaults), Repositories: some(r.Repositories),
		Counts: wireCounts{len(r.Scores), r.Packages, r.Mapped(), len(r.Unmapped), r.OwnPackages, r.Ignored, r.Fixtures, len(r.Repositories), r.Histories, wire(r.Coverage)},
		ByTeam: wireBalances(r.ByTeam), ByEcosystem: wireBalances(r.ByEcosystem), Upstreams: []wireScore{}, Unmapped: []wireUnmapped{}, Own: []wireOwn{}}
	for i := range r.Scores {
		out.Upstreams = append(out.Upstreams, wireOf(i+1, &r.Scores[i]))
	}
	for _, u := range r.Unmapped {
		out.Unmapped = append(out.Unmapped, wireUnmapped(u))
	}
	for _, p := range r.Own {
		row := wireOwn{p.Repository, p.Ours, p.Outside, p.Unknown, p.OurPeople, p.OutsidePeople, p.UnknownPeople, nil}
		if share, ok := p.Share(); ok {
			row.OutsideShare = rounded(share)
		}
		out.Own = append(out.Own, row)
	}
	return encode(w, out)
}

// ExplainJSON writes one score for machines.
func ExplainJSON(w io.Writer, rank int, s *impact.Score) error { return encode(w, wireOf(rank, s)) }

// WhatIfJSON writes a score before and after changes.
func WhatIfJSON(w io.Writer, before, after *impact.Score, changes []impact.Change, refused []error) error {
	set := map[string]string{}
	for _, c := range changes {
		set[c.Key] = c.Value
	}
	not := []string{}
	for _, err := range refused {
		not = append(not, err.Error())
	}
	return encode(w, struct {
		Set        map[string]string `json:"set"`
		NotApplied []string          `json:"not_applied"`
		Before     wireScore         `json:"before"`
		After      wireScore         `json:"after"`
	}{set, not, wireOf(0, before), wireOf(0, after)})
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(v)
}

// some is a list that is never null.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// wire is a number rounded to what can be told, or null.
func wire(v impact.Value) *float64 {
	if !v.Known {
		return nil
	}
	return rounded(v.N)
}

func rounded(x float64) *float64 {
	x = math.Round(x*1e6) / 1e6
	return &x
}

func wireBalances(all []Balance) []wireBalance {
	out := []wireBalance{}
	for _, b := range all {
		out = append(out, wireBalance{b.Name, b.Upstreams, b.Packages, b.Direct, b.Known, b.Served, wire(b.Commits), wire(b.Reviews), wire(b.People)})
	}
	return out
}

func wireOf(rank int, s *impact.Score) wireScore {
	f := s.Facts
	out := wireScore{Rank: rank, Upstream: f.Upstream, Packages: some(f.Packages), D: wire(s.D), X: wire(s.X), A: wire(s.A), C: wire(s.C), F: wire(s.F), G: wire(s.G),
		Need: wire(s.Need), Gap: wire(s.Gap), Least: *rounded(s.NeedLow), Most: *rounded(s.NeedHigh), Confidence: *rounded(s.Confidence), Level: s.Level(),
		Use: useOf(f), Give: giveOf(s), Missing: []string{}, Derivation: termOf(s.Derivation),
		Relicense: wireRisk{s.Relicense.Level, some(s.Relicense.For), some(s.Relicense.Against), some(s.Relicense.Missing)}}
	for _, t := range s.Derivation.Missing() {
		out.Missing = append(out.Missing, t.ID)
	}
	for _, t := range s.Beside {
		out.Beside = append(out.Beside, termOf(t))
	}
	for _, r := range s.Risks {
		row := wireSignal{Signal: string(r.Signal), Value: wire(r.Value), Weight: r.Weight, Source: r.Value.Source, Note: r.Value.Note}
		if r.Value.Known {
			row.Risk = rounded(r.Risk)
		}
		out.Signals = append(out.Signals, row)
	}
	for _, a := range s.Actions {
		out.Actions = append(out.Actions, actionOf(a))
	}
	return out
}

func actionOf(a impact.Action) wireAction {
	row := wireAction{Kind: string(a.Kind), Title: a.Title, Why: a.Why, What: a.What, Owner: a.Owner, IfNot: a.IfNot, Signal: string(a.Signal), FTE: wire(a.Cost.FTE), Money: wire(a.Cost.Money)}
	if e := a.Effect; e.Known {
		row.Assuming, row.Need, row.Gap, row.Less, row.PerFTE, row.PerThousand = e.Assuming, wire(e.Need), wire(e.Gap), rounded(e.Less), wire(e.PerFTE), wire(e.PerThousand)
	}
	return row
}

func useOf(f impact.Facts) wireUse {
	t := f.Take
	out := wireUse{Products: []string{}, Repositories: []string{}, Packages: t.Packages, Direct: t.Direct, Transitive: t.Transitive, Unknown: t.Unknown, Depth: t.Depth,
		Scopes: map[string]int{}, Ecosystems: some(t.Ecosystems), Teams: some(t.Teams)}
	for s, n := range t.Scopes {
		out.Scopes[string(s)] = n
	}
	products, repos := map[string]bool{}, map[string]bool{}
	for _, u := range f.Uses {
		if !products[u.Product] {
			out.Products = append(out.Products, u.Product)
		}
		if !repos[u.Repository] {
			out.Repositories = append(out.Repositories, u.Repository)
		}
		products[u.Product], repos[u.Repository] = true, true
	}
	return out
}

func giveOf(s *impact.Score) wireGive {
	g := s.Facts.Give
	out := wireGive{Commits: wire(g.OurCommits), AllCommits: wire(g.AllCommits), Reviews: wire(g.OurReviews), AllReviews: wire(g.AllReviews), People: wire(g.OurPeople),
		TargetShare: wire(g.TargetShare), Seats: wire(g.Seats), Money: wire(g.Money), Coverage: wire(g.Coverage)}
	if t := s.Derivation.Find("give/share/ours"); t != nil {
		out.Share = wire(t.Value)
	}
	return out
}

func termOf(t *impact.Term) *wireTerm {
	out := &wireTerm{ID: t.ID, Name: t.Name, Value: wire(t.Value), How: t.How, Source: t.Value.Source, Note: t.Value.Note, Assumed: t.Value.Assumed}
	for _, p := range t.Parts {
		out.Parts = append(out.Parts, termOf(p))
	}
	return out
}
