package work

import (
	"context"

	"github.com/tributary-oss/tributary/internal/document/investment"
	"github.com/tributary-oss/tributary/internal/impact"
	"github.com/tributary-oss/tributary/internal/upstream"
)

// community is what histories tell of one upstream.
type community struct {
	signals    map[impact.Signal]impact.Value
	give       impact.Give
	ourAbsence bool
}

func (c *community) into(f *impact.Facts) {
	for s, v := range c.signals {
		f.Signals[s] = v
	}
	f.Give, f.OurAbsence = c.give, c.ourAbsence
}

// communities are what histories tell of all upstreams.
type communities struct {
	of        map[string]*community       // by key
	clones    map[string][]upstream.Match // by key
	histories int
	ours      bool // somebody is known to be ours
	own       []investment.OwnProject
	coverage  impact.Value
}

func (o *Office) communities(_ context.Context, _ *usedUpstreams, _ impact.Params) (*communities, error) {
	return &communities{of: map[string]*community{}}, nil
}

func (c *communities) addTeams(*[]investment.Balance) {}
