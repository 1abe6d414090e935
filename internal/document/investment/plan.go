package investment

import (
	"io"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// Plan writes what a budget would do: as "text" or "json".
func Plan(w io.Writer, r *Report, p impact.Plan, form string) error {
	if form == "json" {
		return planJSON(w, r, p)
	}
	t := &textWriter{r: r}
	t.line("With %s and %s %s: %s for %s and %s %s", yearsOfWork(p.Budget.FTE), exact(p.Budget.Money), r.Currency,
		plural(len(p.Chosen), "action", "actions"), yearsOfWork(p.Spent.FTE), exact(p.Spent.Money), r.Currency)
	t.line("The gaps would be %s smaller, of %s in all", fixed(p.Less), fixed(p.All))
	if len(p.Chosen) > 0 {
		t.line("")
	}
	for i, c := range p.Chosen {
		t.line("%2d. %s: %s [%s]", i+1, report.Clean(c.Score.Facts.Upstream), c.Action.Title, report.Clean(c.Action.Owner))
		t.line("    %s less gap, from %s, with %s; takes %s", fixed(c.Action.Effect.Less), value(c.Score.Gap), report.Clean(c.Action.Effect.Assuming), report.Clean(cost(c.Action, r.Currency)))
	}
	t.line("")
	if p.TooDear > 0 {
		t.line("%s would take more than is left", plural(p.TooDear, "upstream", "upstreams"))
	}
	if p.Uncosted > 0 {
		t.line("%s no action with a stated cost and an effect: say costs in goals.yaml or upstreams.yaml", plural(p.Uncosted, "upstream has", "upstreams have"))
	}
	t.line("Chosen greedily by gap closed for the share of the budget, one action an upstream: a proposal that can be explained, not the proven best.")
	_, err := io.WriteString(w, t.b.String())
	return err
}

func planJSON(w io.Writer, r *Report, p impact.Plan) error {
	type choice struct {
		Upstream string     `json:"upstream"`
		Gap      *float64   `json:"gap"`
		Share    float64    `json:"budget_share"`
		Action   wireAction `json:"action"`
	}
	out := struct {
		Currency    string   `json:"currency"`
		BudgetFTE   float64  `json:"budget_fte"`
		BudgetMoney float64  `json:"budget_money"`
		SpentFTE    float64  `json:"spent_fte"`
		SpentMoney  float64  `json:"spent_money"`
		GapLess     float64  `json:"gap_less"`
		GapAll      float64  `json:"gap_all"`
		TooDear     int      `json:"too_dear"`
		Uncosted    int      `json:"without_cost"`
		Chosen      []choice `json:"chosen"`
	}{r.Currency, p.Budget.FTE, p.Budget.Money, *rounded(p.Spent.FTE), *rounded(p.Spent.Money), *rounded(p.Less), *rounded(p.All), p.TooDear, p.Uncosted, []choice{}}
	for _, c := range p.Chosen {
		out.Chosen = append(out.Chosen, choice{c.Score.Facts.Upstream, wire(c.Score.Gap), *rounded(c.Share), actionOf(c.Action)})
	}
	return encode(w, out)
}
