package program

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// GoalsFile is the content of goals.yaml.
type GoalsFile struct {
	Goals []Goal       `yaml:"goals" doc:"What the company wants, and which upstreams matter for it."`
	Score ScoreSetting `yaml:"score" doc:"The numbers of the investment score (docs/impact.md); what is not stated has the default."`
}

// Goal is something that the company wants.
type Goal struct {
	At        Pos
	ID        string      `yaml:"id" need:"yes" doc:"Short name." example:"observability"`
	Name      string      `yaml:"name" doc:"Name for people." example:"Every service can be observed"`
	Weight    Fraction    `yaml:"weight" need:"yes" doc:"How much it matters, 0 to 1." example:"0.8"`
	Owner     string      `yaml:"owner" doc:"Who answers for it." example:"platform"`
	Until     Date        `yaml:"until" doc:"Last day; afterwards it no longer counts." example:"2027-12-31"`
	Relevance []Relevance `yaml:"relevance" doc:"Which upstreams matter for it. The first match wins."`
}

// Relevance says how much some upstreams matter for a goal.
type Relevance struct {
	At       Pos
	Upstream []Glob    `yaml:"upstream" doc:"Globs over names of upstream repositories." example:"[github.com/prometheus/*]"`
	Package  []Package `yaml:"package" doc:"Or packages, wherever they are developed." example:"[pkg:npm/react]"`
	Value    Fraction  `yaml:"value" default:"1" doc:"How much they matter for it, 0 to 1." example:"0.5"`
}

// ScoreSetting are the numbers of the formula.
type ScoreSetting struct {
	WindowDays    int                          `yaml:"window_days" default:"365" doc:"Window in which contributions count, in days." example:"365"`
	Currency      string                       `yaml:"currency" default:"EUR" doc:"Currency of all money here and in upstreams.yaml." example:"EUR"`
	Tiers         TierWeights                  `yaml:"tiers" doc:"Weight of products by their tier."`
	Products      map[string]Fraction          `yaml:"products" doc:"Weight of single products, such as their share of revenue." example:"shop: 0.9"`
	Exposure      ExposureSetting              `yaml:"exposure" doc:"How directly a product would feel a failure."`
	Criticality   CriticalityWeights           `yaml:"criticality" doc:"Weights within criticality."`
	Signals       map[SignalName]SignalSetting `yaml:"signals" doc:"Weight and curve of signals of fragility." example:"caf: {weight: 3}"`
	FinishedCap   Fraction                     `yaml:"finished_cap" default:"0.3" doc:"Highest risk of activity signals of finished software." example:"0.3"`
	SecurityOnly  Quantity                     `yaml:"security_only" default:"6" doc:"Least fragility of a project with security fixes only." example:"6"`
	Give          GiveWeights                  `yaml:"give" doc:"Weights within what we give."`
	TargetShare   Fraction                     `yaml:"target_share" default:"0.05" doc:"Share of merged changes and reviews that we want to give where an upstream does not state its own." example:"0.05"`
	ReviewsPerFTE Quantity                     `yaml:"reviews_per_fte" default:"500" doc:"Reviews that a full-time person does a year, for what-if." example:"500"`
	CommitsPerFTE Quantity                     `yaml:"commits_per_fte" default:"250" doc:"Commits likewise." example:"250"`
	ActFrom       Quantity                     `yaml:"act_from" default:"10" doc:"Need below which nothing is proposed." example:"10"`
	LeastKnown    Fraction                     `yaml:"least_known" default:"0.2" doc:"Share of fragility's weight below which an upstream is listed as too little known, unless a known signal asks for action." example:"0.2"`
	Costs         map[ActionName]Cost          `yaml:"costs" doc:"What actions take a year, where an upstream does not state its own." example:"maintainer: {fte: 0.5}"`
}

// TierWeights are weights of products.
type TierWeights struct {
	Critical Fraction `yaml:"critical" default:"1" doc:"Of tier critical." example:"1"`
	High     Fraction `yaml:"high" default:"0.6" doc:"Of tier high." example:"0.6"`
	Standard Fraction `yaml:"standard" default:"0.3" doc:"Of tier standard, and of what no product claims." example:"0.3"`
	Low      Fraction `yaml:"low" default:"0.1" doc:"Of tier low." example:"0.1"`
}

// ExposureSetting is how exposure falls with distance.
type ExposureSetting struct {
	Decay    Fraction `yaml:"decay" default:"0.6" doc:"Factor for each step away from a direct dependency." example:"0.6"`
	Floor    Fraction `yaml:"floor" default:"0.1" doc:"Least exposure by distance." example:"0.1"`
	Optional Fraction `yaml:"optional" default:"0.5" doc:"Factor for optional ones." example:"0.5"`
	Build    Fraction `yaml:"build" default:"0.15" doc:"Factor for what only builds, development and tests need." example:"0.15"`
}

// CriticalityWeights are the weights within criticality.
type CriticalityWeights struct {
	Dependence Fraction `yaml:"dependence" default:"0.6" doc:"Of dependence (D)." example:"0.6"`
	Switching  Fraction `yaml:"switching" default:"0.25" doc:"Of switching cost (X)." example:"0.25"`
	Alignment  Fraction `yaml:"alignment" default:"0.15" doc:"Of goal alignment (A)." example:"0.15"`
}

// GiveWeights are the weights within what we give.
type GiveWeights struct {
	Share Fraction `yaml:"share" default:"0.5" doc:"Of our share of merged changes and reviews." example:"0.5"`
	Seats Fraction `yaml:"seats" default:"0.3" doc:"Of seats." example:"0.3"`
	Money Fraction `yaml:"money" default:"0.2" doc:"Of money." example:"0.2"`
}

// SignalSetting is how a signal counts.
type SignalSetting struct {
	Weight Quantity `yaml:"weight" doc:"Its weight in fragility; 0 leaves it out." example:"3"`
	Curve  Curve    `yaml:"curve" doc:"Measured values and their risk, VALUE:RISK with rising values." example:"'1:1 2:0.7 3:0.4 5:0.15 10:0'"`
}

// Curve is a list of points as text: "1:1 2:0.7 10:0".
type Curve struct {
	Text   string
	Points [][2]float64 // value and risk, values rising
}

// UnmarshalText reads the points.
func (c *Curve) UnmarshalText(b []byte) error {
	fields := strings.Fields(strings.ReplaceAll(string(b), ",", " "))
	if len(fields) == 0 || len(fields) > 50 {
		return fmt.Errorf("want 1 to 50 points such as '1:1 2:0.7 10:0'")
	}
	c.Text, c.Points = string(b), nil
	for _, f := range fields {
		left, right, _ := strings.Cut(f, ":")
		x, err1 := strconv.ParseFloat(left, 64)
		y, err2 := strconv.ParseFloat(right, 64)
		if err1 != nil || err2 != nil || math.IsNaN(x) || math.IsInf(x, 0) || !(y >= 0 && y <= 1) {
			return fmt.Errorf("%s is no point; write VALUE:RISK with a risk from 0 to 1, as in 2:0.7", quote(f))
		}
		if n := len(c.Points); n > 0 && x <= c.Points[n-1][0] {
			return fmt.Errorf("the values must rise, and %s comes after %s", quote(f), quote(fields[n-1]))
		}
		c.Points = append(c.Points, [2]float64{x, y})
	}
	return nil
}

// RelevanceFor gives how much an upstream with these packages matters for the
// goal: of the entries that match the first. ok is false when none does.
func (g *Goal) RelevanceFor(repository string, packages []inventory.PURL) (value float64, at Pos, ok bool) {
	for _, r := range g.Relevance {
		if !anyName(r.Upstream, repository) && !anyPackage(r.Package, packages) {
			continue
		}
		if !r.Value.Given() {
			return 1, r.At, true
		}
		return r.Value.N, r.At, true
	}
	return 0, g.At, false
}

func anyPackage(patterns []Package, packages []inventory.PURL) bool {
	for _, pattern := range patterns {
		for _, p := range packages {
			if pattern.MatchName(p) {
				return true
			}
		}
	}
	return false
}

// checkGoals looks at what no single key of goals.yaml and upstreams.yaml shows.
func (p *Program) checkGoals(c *checker, teams, products []string) {
	first := map[string]Pos{}
	for _, g := range p.Goals.Goals {
		c.unique(first, "goal", g.ID, g.At)
		if len(g.Relevance) == 0 {
			c.add(Warning, g.At, "goal %s names no upstream that matters for it, so it moves nothing", quote(g.ID))
		}
		for _, r := range g.Relevance {
			if len(r.Upstream)+len(r.Package) == 0 {
				c.add(Error, r.At, "goal %s: a relevance needs upstream or package", quote(g.ID))
			}
		}
	}
	at := Pos{"goals.yaml", 1, 1}
	s := p.Goals.Score
	if s.WindowDays < 0 || s.WindowDays > 3660 {
		c.add(Error, at, "score.window_days is %d; want 1 to 3660", s.WindowDays)
	}
	for id := range s.Products {
		c.reference(at, "product", id, products)
	}
	if w := s.Criticality; w.Dependence.Given() && w.Dependence.N+orFraction(w.Switching, .25)+orFraction(w.Alignment, .15) <= 0 {
		c.add(Error, at, "score.criticality: at least one weight must be above 0")
	}
	p.checkUpstreams(c, teams)
	p.checkClocks(c)
}

func orFraction(f Fraction, otherwise float64) float64 {
	if f.Given() {
		return f.N
	}
	return otherwise
}

func (p *Program) checkUpstreams(c *checker, teams []string) {
	for _, u := range p.Upstreams.Upstreams {
		c.reference(u.At, "team", u.Owner, teams)
		m := u.Criticality
		stated := 0
		for _, q := range []Quantity{m.Dependency, m.Opportunity, m.Supportability} {
			if !q.Given() {
				continue
			}
			stated++
			if q.N < 1 || q.N > 10 {
				c.add(Error, u.At, "criticality: the scores go from 1 to 10, not %s", q.Text)
			}
		}
		if stated == 1 || stated == 2 {
			c.add(Error, u.At, "criticality needs all three scores: dependency, opportunity, supportability")
		}
		if u.Seats.Given() && !u.SeatsTarget.Given() || u.Money.Given() && !u.MoneyTarget.Given() {
			c.add(Warning, u.At, "seats and money count only against a target; state seats_target and money_target")
		}
	}
}
