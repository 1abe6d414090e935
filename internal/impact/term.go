package impact

import "strings"

// Term is one number of a derivation: what it is, how it came about, from what.
type Term struct {
	// ID names it within its upstream: "need", "fragility/caf".
	ID    string
	Name  string // in words
	Value Value
	// How is the formula with its numbers: "8.33 × 6"; empty for what was given.
	How   string
	Parts []*Term
}

// Find gives the term with an id, nil when there is none.
func (t *Term) Find(id string) *Term {
	if t.ID == id {
		return t
	}
	for _, p := range t.Parts {
		if found := p.Find(id); found != nil {
			return found
		}
	}
	return nil
}

// Missing lists the inputs below t that are not known, in order.
func (t *Term) Missing() []*Term {
	var out []*Term
	if len(t.Parts) == 0 && !t.Value.Known {
		return append(out, t)
	}
	for _, p := range t.Parts {
		out = append(out, p.Missing()...)
	}
	return out
}

// given makes a term of an input.
func given(id, name string, v Value) *Term { return &Term{ID: id, Name: name, Value: v} }

// weighted is a part of a weighted mean.
type weighted struct {
	term   *Term
	weight float64
}

// mean is the weighted mean over what is known, with the formula in numbers.
// known is the share of the weight that is known.
func mean(parts []weighted) (value Value, how string, known float64) {
	var sum, weight, all float64
	var words []string
	for _, p := range parts {
		all += p.weight
		if !p.term.Value.Known || p.weight <= 0 {
			continue
		}
		sum += p.weight * p.term.Value.N
		weight += p.weight
		words = append(words, number(p.weight)+"×"+number(p.term.Value.N))
	}
	if weight <= 0 {
		return Value{}, "", 0
	}
	how = strings.Join(words, " + ")
	if whole := weight > 1-1e-9 && weight < 1+1e-9; !whole {
		how = "(" + how + ") / " + number(weight)
	}
	return Value{N: sum / weight, Known: true}, how, weight / all
}
