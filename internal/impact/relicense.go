package impact

import "fmt"

// Relicensing are the facts on whether one company could put the project under
// another license. Each is "" when not known.
type Relicensing struct {
	CLA        string // "relicensing", "no_relicensing", "dco", "none"
	Trademark  string // "vendor", "foundation", "community"
	Vendor     string // company that owns the project; "none" when there is none
	Foundation string // foundation that holds it; "none" when there is none
	// Sources says who tells, by field name ("cla", "trademark", "vendor", "foundation").
	Sources map[string]string
}

// RelicenseRisk is the answer: a level with its reasons, and no number, for
// there is nothing that could be counted.
type RelicenseRisk struct {
	Level   string   // "low", "medium", "high", "unknown"
	For     []string // what speaks for a change of license by one company
	Against []string
	Missing []string // what is not known
}

// relicenseRisk weighs the facts. High needs the means (one organization does
// half of the work, or owns the project) and the right (an agreement that lets it
// relicense, or no other contributors to ask), with no foundation in between.
func relicenseRisk(f Facts) RelicenseRisk {
	r := f.Relicensing
	var out RelicenseRisk
	src := func(field string) string {
		if s := r.Sources[field]; s != "" {
			return " (" + s + ")"
		}
		return ""
	}
	ef := f.Signals[ElephantFactor]
	single := ef.Known && ef.N == 1
	out.add(ef.Known, single, "one organization makes half of the contributions (elephant factor 1)", fmt.Sprintf("%s organizations make half of the contributions", number(ef.N)), "elephant factor")
	out.add(r.CLA != "", r.CLA == "relicensing", "contributors sign an agreement that lets the owner relicense"+src("cla"), map[string]string{
		"no_relicensing": "the contributor agreement gives no right to relicense", "dco": "contributors keep their rights (DCO)", "none": "contributors keep their rights (no agreement)"}[r.CLA]+src("cla"), "contributor agreement")
	out.add(r.Trademark != "", r.Trademark == "vendor", "a vendor holds the trademark"+src("trademark"), "the trademark is not a vendor's"+src("trademark"), "trademark owner")
	vendor := r.Vendor != "" && r.Vendor != "none"
	out.add(r.Vendor != "", vendor, r.Vendor+" owns the project"+src("vendor"), "no company owns the project"+src("vendor"), "whether a company owns it")
	foundation := r.Foundation != "" && r.Foundation != "none"
	out.add(r.Foundation != "", !foundation, "no foundation holds it"+src("foundation"), r.Foundation+" holds it"+src("foundation"), "whether a foundation holds it")
	means, right := single || vendor, r.CLA == "relicensing"
	switch {
	case len(out.For)+len(out.Against) == 0:
		out.Level = "unknown"
	case foundation && r.Trademark != "vendor":
		out.Level = "low"
	case means && right && !foundation:
		out.Level = "high"
	case means && right, means && r.Trademark == "vendor" && r.CLA == "", single && vendor && r.CLA == "":
		out.Level = "medium"
	case r.CLA == "" && len(out.For) == 0 && len(out.Missing) >= 3:
		out.Level = "unknown"
	case right || vendor && !foundation && r.CLA != "dco" && r.CLA != "none" && r.CLA != "no_relicensing":
		out.Level = "medium"
	default:
		out.Level = "low"
	}
	return out
}

func (r *RelicenseRisk) add(known, bad bool, yes, no, missing string) {
	switch {
	case !known:
		r.Missing = append(r.Missing, missing)
	case bad:
		r.For = append(r.For, yes)
	default:
		r.Against = append(r.Against, no)
	}
}
