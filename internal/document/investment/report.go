package investment

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/impact"
)

// Report is the scores of all upstreams with what they are made of.
type Report struct {
	Tool      string
	Generated time.Time
	// AsOf is the date that the answers hold for; contributions count in the
	// Params.Days before.
	AsOf         time.Time
	Params       impact.Params
	Currency     string
	Organization string // "" when not stated
	Program      string // directory, or "built-in defaults"
	ProgramHash  string
	Scores       []impact.Score // ranked
	Repositories []string       // scanned, sorted
	// Packages counts third-party packages without versions; of these OwnPackages
	// are of own projects and Ignored are set aside by the program. Fixtures
	// counts usages in test data, which are left out.
	Packages, OwnPackages, Ignored, Fixtures int
	Mappings                                 []Mapping // of all packages, sorted
	Unmapped                                 []Unmapped
	// Histories counts the histories that are known, upstreams' or not.
	Histories int
	// Coverage is the share of contributions to upstreams whose author's employer
	// is known.
	Coverage            impact.Value
	Own                 []OwnProject
	ByTeam, ByEcosystem []Balance
	// Defaults says what the program does not state and what stands in its place.
	Defaults []string
}

// Unmapped is a package whose repository is not known.
type Unmapped struct{ Package, Why string }

// OwnProject is one of the company's own projects and who contributes to it.
type OwnProject struct {
	Repository string
	// Commits in the window: by our people, by people of others, by people whose
	// employer is not known.
	Ours, Outside, Unknown                  int
	OurPeople, OutsidePeople, UnknownPeople int
}

// Share is the part of commits that is certainly from outside, of all whose
// origin is known; false when none is.
func (p OwnProject) Share() (float64, bool) {
	if p.Ours+p.Outside == 0 {
		return 0, false
	}
	return float64(p.Outside) / float64(p.Ours+p.Outside), true
}

// Balance is what is taken and given under one heading. An upstream may stand
// under several.
type Balance struct {
	Name                string
	Members             []string // upstreams, sorted
	Upstreams, Packages int
	Direct              int // upstreams that are used directly
	Known               int // upstreams whose history is known, so that our give is
	Served              int // upstreams to which we gave something
	// Commits, Reviews and People are unknown where no history tells.
	Commits, Reviews, People impact.Value
}

// Mapped counts the packages whose upstream is known.
func (r *Report) Mapped() int { return r.Packages - len(r.Unmapped) - r.Ignored - r.OwnPackages }

// split parts the scores into those that are ranked and those of which too
// little is known.
func (r *Report) split() (known, unknown []impact.Score) {
	for i := range r.Scores {
		if r.Scores[i].Thin {
			return r.Scores[:i], r.Scores[i:]
		}
	}
	return r.Scores, nil
}

// fixed writes a number with one digit after the point.
func fixed(x float64) string {
	s := strconv.FormatFloat(math.Round(x*10)/10, 'f', 1, 64)
	if s == "-0.0" {
		return "0.0"
	}
	return s
}

// value writes a value with one digit, or that it is not known.
func value(v impact.Value) string {
	if !v.Known {
		return "not known"
	}
	return fixed(v.N)
}

// percent writes a share.
func percent(v impact.Value) string {
	if !v.Known {
		return "not known"
	}
	p := 100 * v.N
	if p > 0 && p < 1 {
		return "under 1 %"
	}
	return strconv.Itoa(int(math.Round(p))) + " %"
}

// exact writes a number of a derivation: up to three digits after the point.
func exact(x float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 3, 64), "0"), ".")
	if s == "" || s == "-0" {
		return "0"
	}
	return s
}

func exactValue(v impact.Value) string {
	if !v.Known {
		return "not known"
	}
	return exact(v.N)
}

// short takes the host off names on the best known forge.
func short(name string) string { return strings.TrimPrefix(report.Clean(name), "github.com/") }

func yearsOfWork(n float64) string {
	if n == 1 {
		return "1 year of work"
	}
	return exact(n) + " years of work"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// take says how an upstream is used, in words.
func take(f impact.Facts) string {
	t := f.Take
	parts := []string{plural(t.Products, "product", "products"), plural(t.Packages, "package", "packages")}
	switch {
	case t.Direct > 0 && t.Transitive > 0:
		parts = append(parts, "direct and transitive")
	case t.Direct > 0:
		parts = append(parts, "direct")
	case t.Transitive > 0 && t.Depth > 0:
		parts = append(parts, fmt.Sprintf("transitive, from depth %d", t.Depth))
	case t.Transitive > 0:
		parts = append(parts, "transitive")
	default:
		parts = append(parts, "relation not known")
	}
	return strings.Join(parts, ", ")
}

// gave says what we gave, in words.
func gave(f impact.Facts) string {
	g := f.Give
	if !g.OurCommits.Known {
		return "not known"
	}
	out := plural(int(g.OurCommits.N), "commit", "commits")
	if g.OurReviews.Known {
		out += ", " + plural(int(g.OurReviews.N), "review", "reviews")
	}
	if g.OurPeople.Known {
		out += ", " + plural(int(g.OurPeople.N), "person", "people")
	}
	return out
}

// effect says what an action would do, in words.
func effect(s *impact.Score, a impact.Action, currency string) string {
	e := a.Effect
	if !e.Known {
		return ""
	}
	out := fmt.Sprintf("with %s the gap goes from %s to %s", e.Assuming, value(s.Gap), value(e.Gap))
	if e.PerFTE.Known {
		out += fmt.Sprintf("; %s less by year of work", fixed(e.PerFTE.N))
	}
	if e.PerThousand.Known {
		out += fmt.Sprintf("; %s less by 1,000 %s", exact(e.PerThousand.N), currency)
	}
	return out
}

// shortEffect says what an action would do, in a few words.
func shortEffect(a impact.Action) string {
	e := a.Effect
	if !e.Known {
		return "not computed"
	}
	out := fixed(-e.Less) + " with " + e.Assuming
	if e.PerFTE.Known {
		out += ", " + fixed(-e.PerFTE.N) + " by year of work"
	}
	return out
}

// cost says what an action takes, in words.
func cost(a impact.Action, currency string) string {
	var parts []string
	if a.Cost.FTE.Known {
		parts = append(parts, yearsOfWork(a.Cost.FTE.N))
	}
	if a.Cost.Money.Known {
		parts = append(parts, exact(a.Cost.Money.N)+" "+currency)
	}
	if len(parts) == 0 {
		return "not stated"
	}
	return strings.Join(parts, " and ") + " a year"
}
