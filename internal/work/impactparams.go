package work

import (
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/program"
)

// impactParams are the formula's numbers as the program states them.
func (o *Office) impactParams() impact.Params {
	p, s := impact.DefaultParams(), o.Program.Goals.Score
	if s.WindowDays > 0 {
		p.Days = s.WindowDays
	}
	for _, x := range []struct {
		into *float64
		from program.Fraction
	}{
		{&p.Decay, s.Exposure.Decay}, {&p.Floor, s.Exposure.Floor}, {&p.Optional, s.Exposure.Optional}, {&p.Build, s.Exposure.Build},
		{&p.Dependence, s.Criticality.Dependence}, {&p.Switching, s.Criticality.Switching}, {&p.AlignmentShare, s.Criticality.Alignment},
		{&p.FinishedCap, s.FinishedCap}, {&p.LeastKnown, s.LeastKnown}, {&p.Share, s.Give.Share}, {&p.Seats, s.Give.Seats}, {&p.Money, s.Give.Money},
	} {
		*x.into = given(x.from, *x.into)
	}
	for _, x := range []struct {
		into *float64
		from program.Quantity
	}{{&p.SecurityOnlyFloor, s.SecurityOnly}, {&p.ReviewsPerFTE, s.ReviewsPerFTE}, {&p.CommitsPerFTE, s.CommitsPerFTE}, {&p.ActFrom, s.ActFrom}} {
		if x.from.Given() {
			*x.into = x.from.N
		}
	}
	p.SecurityOnlyFloor = min(max(p.SecurityOnlyFloor, 1), 10)
	for name, setting := range s.Signals {
		param := p.Signals[impact.Signal(name)]
		if setting.Weight.Given() {
			param.Weight = setting.Weight.N
		}
		if len(setting.Curve.Points) > 0 {
			param.Curve.Points = nil
			for _, point := range setting.Curve.Points {
				param.Curve.Points = append(param.Curve.Points, impact.Point{X: point[0], Risk: point[1]})
			}
		}
		p.Signals[impact.Signal(name)] = param
	}
	p.Costs = costs(s.Costs, "goals.yaml, score.costs")
	return p
}

func costs(from map[program.ActionName]program.Cost, source string) map[impact.ActionKind]impact.Cost {
	out := map[impact.ActionKind]impact.Cost{}
	for name, c := range from {
		out[impact.ActionKind(name)] = impact.Cost{FTE: stated(c.FTE, source), Money: stated(c.Money, source)}
	}
	return out
}

// stated is a number of the program as a value; unknown when it was not written.
func stated(q program.Quantity, source string) impact.Value {
	if !q.Given() {
		return impact.Value{}
	}
	return impact.Known(q.N, source)
}
