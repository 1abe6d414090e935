package impact

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Params are the formula's numbers. [DefaultParams] has those of docs/impact.md.
type Params struct {
	// Exposure.
	Decay, Floor                          float64 // transitive: Decay^(depth-1), not below Floor
	Optional, Build                       float64 // factors for optional, and for build, dev and test
	UnknownDepth                          int     // taken where a transitive usage does not tell
	Dependence, Switching, AlignmentShare float64 // weights of C
	Signals                               map[Signal]SignalParam
	FinishedCap                           float64 // of activity signals
	SecurityOnlyFloor                     float64 // of F
	Share, Seats, Money                   float64 // weights of G
	Days                                  int     // the window
	ReviewsPerFTE                         float64 // reviews that one full-time person does a year
	CommitsPerFTE                         float64 // commits likewise
	ActFrom                               float64 // need below which nothing is proposed
	LeastKnown                            float64 // share of fragility's weight below which too little is known
	Costs                                 map[ActionKind]Cost
}

// SignalParam is the weight of a signal and how it becomes a risk in [0,1].
type SignalParam struct {
	Weight float64
	Curve  Curve
}

// Curve turns a measured value into a risk: between two points it is a straight
// line, or with Steps the risk of the point at or before; outside the points it
// is that of the nearest.
type Curve struct {
	Points []Point // by rising X
	Steps  bool
}

// Point is a measured value and its risk in [0,1].
type Point struct{ X, Risk float64 }

// At gives the risk for a value.
func (c Curve) At(x float64) float64 {
	if len(c.Points) == 0 || math.IsNaN(x) {
		return 0
	}
	i := sort.Search(len(c.Points), func(i int) bool { return c.Points[i].X > x })
	switch {
	case i == 0:
		return c.Points[0].Risk
	case i == len(c.Points) || c.Steps:
		return c.Points[i-1].Risk
	}
	a, b := c.Points[i-1], c.Points[i]
	return a.Risk + (b.Risk-a.Risk)*(x-a.X)/(b.X-a.X)
}

// String writes the points as [ParseCurve] reads them.
func (c Curve) String() string {
	parts := make([]string, len(c.Points))
	for i, p := range c.Points {
		parts[i] = number(p.X) + ":" + number(p.Risk)
	}
	return strings.Join(parts, " ")
}

// ParsePoints reads "1:1 2:0.7 3:0.4", values rising, risks in [0,1].
func ParsePoints(s string) ([]Point, error) {
	fields := strings.Fields(strings.ReplaceAll(s, ",", " "))
	if len(fields) == 0 || len(fields) > 50 {
		return nil, fmt.Errorf("want points such as \"1:1 2:0.7 10:0\", at most 50")
	}
	var out []Point
	for _, f := range fields {
		left, right, ok := strings.Cut(f, ":")
		x, err1 := strconv.ParseFloat(left, 64)
		y, err2 := strconv.ParseFloat(right, 64)
		if !ok || err1 != nil || err2 != nil || !finite(x) || !(y >= 0 && y <= 1) {
			return nil, fmt.Errorf("%q is no point; write VALUE:RISK with a risk from 0 to 1, as in 2:0.7", f)
		}
		if len(out) > 0 && x <= out[len(out)-1].X {
			return nil, fmt.Errorf("the values of the points must rise; %s comes after %s", number(x), number(out[len(out)-1].X))
		}
		out = append(out, Point{x, y})
	}
	return out, nil
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

func line(points ...Point) Curve { return Curve{Points: points} }
func steps(points ...Point) Curve {
	return Curve{Points: points, Steps: true}
}

// DefaultParams are the formula's numbers as docs/impact.md states them.
func DefaultParams() Params {
	return Params{
		Decay: 0.6, Floor: 0.1, Optional: 0.5, Build: 0.15, UnknownDepth: 2,
		Dependence: 0.6, Switching: 0.25, AlignmentShare: 0.15,
		Signals: map[Signal]SignalParam{
			AbsenceFactor:   {3, steps(Point{1, 1}, Point{2, .7}, Point{3, .4}, Point{5, .15}, Point{10, 0})},
			LastCommit:      {2, line(Point{90, 0}, Point{365, .6}, Point{730, 1})},
			ReleaseGap:      {1, line(Point{1.5, 0}, Point{3, .6}, Point{6, 1})},
			ClosureRatio:    {1, line(Point{.25, 1}, Point{.5, .6}, Point{.9, 0})},
			FirstResponse:   {1, line(Point{2, 0}, Point{14, .6}, Point{60, 1})},
			ElephantFactor:  {1, steps(Point{1, .6}, Point{2, .3}, Point{3, 0})},
			Vulnerabilities: {2, steps(Point{0, 0}, Point{1, .7}, Point{2, 1})},
			NoDisclosure:    {1, steps(Point{0, 0}, Point{1, .3})},
			Libyears:        {1, line(Point{.5, 0}, Point{2, .6}, Point{5, 1})},
		},
		FinishedCap: .3, SecurityOnlyFloor: 6,
		Share: .5, Seats: .3, Money: .2,
		Days: 365, ReviewsPerFTE: 500, CommitsPerFTE: 250, ActFrom: 10, LeastKnown: .2,
	}
}

// number writes a number without needless digits.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'f', 3, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}
