package impact

import (
	"fmt"
	"math"
)

// SignalNames are the signals in words.
var SignalNames = map[Signal]string{
	AbsenceFactor: "Contributor absence factor", LastCommit: "Days since the last human commit", ReleaseGap: "Days since the last release, in its own usual gaps",
	ClosureRatio: "Change requests closed / opened", FirstResponse: "Median days to the first response", ElephantFactor: "Elephant factor",
	Vulnerabilities: "Known vulnerabilities unfixed for over 90 days", NoDisclosure: "No policy for reporting vulnerabilities", Libyears: "Mean age of its own dependencies, in years",
}

// activity are the signals that speak of silence, which finished software may
// keep.
var activity = map[Signal]bool{LastCommit: true, ReleaseGap: true}

// Risk is a signal as it counts.
type Risk struct {
	Signal Signal
	Value  Value
	Risk   float64 // in [0,1]; 0 when unknown
	Weight float64
}

// risks turns signals into risks, in the order of [Signals].
func (p Params) risks(f Facts) []Risk {
	var out []Risk
	for _, s := range Signals {
		param := p.Signals[s]
		r := Risk{Signal: s, Value: f.Signals[s], Weight: param.Weight}
		if r.Value.Known && finite(r.Value.N) {
			r.Risk = clamp(param.Curve.At(r.Value.N), 0, 1)
			if f.Finished && activity[s] {
				r.Risk = math.Min(r.Risk, p.FinishedCap)
			}
		} else {
			r.Value.Known = false
		}
		out = append(out, r)
	}
	return out
}

// fragility is F in 1..10 with the range in which it would lie if all that is
// unknown were known. known is the share of the weight that is known.
func (p Params) fragility(f Facts) (t *Term, risks []Risk, low, high, known float64) {
	t = &Term{ID: "fragility", Name: "Fragility (F)"}
	risks = p.risks(f)
	var parts []weighted
	var sum, unknown, all float64
	for _, r := range risks {
		part := riskTerm(r, f, p)
		t.Parts = append(t.Parts, part)
		parts = append(parts, weighted{part, r.Weight})
		all += r.Weight
		if r.Value.Known {
			sum += r.Weight * r.Risk
		} else {
			unknown += r.Weight
		}
	}
	low, high = 1, 10
	if all > 0 {
		low, high = 1+9*sum/all, 1+9*(sum+unknown)/all
	}
	v, how, known := mean(parts)
	if v.Known {
		v.N = 1 + 9*v.N
		t.How = "1 + 9 × " + parenthesized(how)
	} else {
		v = Unknown("no signal is known; read its history with \"tributary history\"")
	}
	return p.override(f, t, v, risks, low, high, known)
}

func parenthesized(how string) string {
	if len(how) > 0 && how[0] == '(' {
		return how
	}
	return "(" + how + ")"
}

// override holds what decides whatever the signals say.
func (p Params) override(f Facts, t *Term, v Value, risks []Risk, low, high, known float64) (*Term, []Risk, float64, float64, float64) {
	switch f.Lifecycle {
	case Archived, EndOfLife:
		t.Value = Known(10, f.LifecycleSource)
		t.How = map[Lifecycle]string{Archived: "10: it is archived", EndOfLife: "10: its end of life is declared"}[f.Lifecycle]
		return t, risks, 10, 10, 1
	case SecurityOnly:
		low, high = math.Max(low, p.SecurityOnlyFloor), math.Max(high, p.SecurityOnlyFloor)
		if !v.Known {
			v, t.How = Known(p.SecurityOnlyFloor, f.LifecycleSource), number(p.SecurityOnlyFloor)+": security fixes only"
		} else if v.N < p.SecurityOnlyFloor {
			t.How = fmt.Sprintf("%s, raised from %s = %s: security fixes only", number(p.SecurityOnlyFloor), number(v.N), t.How)
			v = Known(p.SecurityOnlyFloor, f.LifecycleSource)
		}
	}
	t.Value = v
	return t, risks, low, high, known
}

func riskTerm(r Risk, f Facts, p Params) *Term {
	id := "fragility/" + string(r.Signal)
	t := &Term{ID: id, Name: SignalNames[r.Signal], Value: Value{Note: r.Value.Note}}
	if !r.Value.Known {
		return t
	}
	t.Parts = []*Term{given(id+"/value", "Measured", r.Value)}
	t.Value = Value{N: r.Risk, Known: true}
	t.How = fmt.Sprintf("risk of %s on %s; weight %s", number(r.Value.N), p.Signals[r.Signal].Curve, number(r.Weight))
	if f.Finished && activity[r.Signal] && p.Signals[r.Signal].Curve.At(r.Value.N) > p.FinishedCap {
		t.How += fmt.Sprintf("; capped at %s as finished software (%s)", number(p.FinishedCap), f.FinishedSource)
	}
	return t
}
