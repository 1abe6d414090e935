package license

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// CompatValue is the answer to "may code under one license go out as part of a
// work under another?".
type CompatValue string

// The answers.
const (
	CompatYes     CompatValue = "yes"
	CompatSame    CompatValue = "same"    // one and the same license
	CompatNo      CompatValue = "no"      // the conditions contradict each other
	CompatCheck   CompatValue = "check"   // it depends; Why says on what
	CompatUnknown CompatValue = "unknown" // our table has no answer
)

// Compat is an answer with its reason. Not legal advice.
type Compat struct {
	Value  CompatValue
	Why    string // in words, what must be kept or what is in the way
	Source string // the section or the published position that the rule rests on
}

// OK is true when nothing stands in the way.
func (c Compat) OK() bool { return c.Value == CompatYes || c.Value == CompatSame }

// ease orders answers from the hardest to the easiest.
var ease = []CompatValue{CompatNo, CompatUnknown, CompatCheck, CompatYes, CompatSame}

func (c Compat) rank() int { return slices.Index(ease, c.Value) }

// Compatible says whether code that came in under the license inbound may be
// part of a work that goes out, as a whole, under the license outbound. It does
// not answer whether a work may depend on such code: that is a matter of how
// the two are coupled.
//
// Inbound "or later" may be read as any of its versions; a work that goes out
// under "or later" must fit all of them, since its recipients may choose.
func Compatible(outbound, inbound Leaf) Compat {
	if outbound == inbound && !nothingKnown(inbound) {
		return Compat{Value: CompatSame, Why: "it is the same license", Source: "both sides are the same"}
	}
	if nothingKnown(inbound) || nothingKnown(outbound) {
		return Compat{Value: CompatUnknown, Why: "one of the two licenses is not known"}
	}
	outs := outbound.Later()
	answers := make([]Compat, len(outs))
	for i, out := range outs {
		answers[i] = intoVersion(out, inbound)
	}
	return overVersions(outbound, inbound, outs, answers)
}

func nothingKnown(l Leaf) bool { return l.ID == "" || l.ID == None || l.ID == NoAssertion }

// intoVersion is the best answer over what the inbound license may be read as.
func intoVersion(out, inbound Leaf) Compat {
	var best Compat
	for i, in := range inbound.Later() {
		c := pair(out, in)
		if c.Value == CompatSame && in != inbound {
			c = Compat{Value: CompatYes, Why: fmt.Sprintf("it may be taken as %s", in), Source: "the words \"or later\" of its notice"}
		} else if in != inbound && c.OK() {
			c.Why = fmt.Sprintf("taken as %s: %s", in, c.Why)
		}
		if i == 0 || c.rank() > best.rank() {
			best = c
		}
	}
	return best
}

// overVersions judges a work whose recipients may choose among outs. Where only
// the later versions fit, the work could still go out under these; code that
// fits the early versions alone takes the choice away.
func overVersions(outbound, inbound Leaf, outs []Leaf, answers []Compat) Compat {
	worst := slices.MinFunc(answers, func(a, b Compat) int { return a.rank() - b.rank() })
	if worst.OK() {
		return Compat{Value: CompatYes, Why: worst.Why, Source: worst.Source}
	}
	last := len(outs) - 1
	if len(outs) == 1 || worst.Value != CompatNo {
		return worst
	}
	if answers[last].OK() && !isGNU(inbound.ID) {
		return Compat{Value: CompatCheck, Source: answers[last].Source,
			Why: fmt.Sprintf("only if the whole goes out under %s or later versions alone: %s", strings.TrimSuffix(outs[last].ID, "-only"), worst.Why)}
	}
	worst.Why = fmt.Sprintf("%s leaves recipients the choice of %s, for which: %s", outbound, join2(outs), worst.Why)
	return worst
}

func join2(ls []Leaf) string {
	var names []string
	for _, l := range ls {
		names = append(names, l.String())
	}
	return strings.Join(names, ", ")
}

// pair answers for single versions, with their exceptions.
func pair(out, in Leaf) Compat {
	if out == in {
		return Compat{Value: CompatSame, Why: "it is the same license", Source: "both sides are the same"}
	}
	base := basePair(Leaf{ID: out.ID}, Leaf{ID: in.ID})
	if in.Exception != "" {
		return withInboundException(base, out, in)
	}
	if out.Exception != "" && base.OK() && !CategoryOfID(in.ID).Permissive() {
		return Compat{Value: CompatCheck, Source: base.Source,
			Why: fmt.Sprintf("the exception %s can't be given for this code, whose license has none", out.Exception)}
	}
	return base
}

// withInboundException uses that an exception only adds permissions, which may
// be dropped, and that some open a way which the license alone closes.
func withInboundException(base Compat, out, in Leaf) Compat {
	e, known := loadCatalog().exceptions[strings.ToLower(in.Exception)]
	switch {
	case !known:
		return Compat{Value: CompatUnknown, Why: fmt.Sprintf("the exception %s is not in the table", in.Exception)}
	case base.OK():
		return base
	case in.Exception == "LLVM-exception" && isGNU(out.ID):
		return Compat{Value: CompatYes, Why: "the exception allows combination with version 2 of the GPL", Source: "LLVM-exception, second paragraph"}
	case e.effect != "same":
		return Compat{Value: CompatCheck, Why: fmt.Sprintf("only as far as the exception goes: %s. Without it: %s", e.Name, base.Why), Source: in.Exception}
	}
	return base
}

func basePair(out, in Leaf) Compat {
	if out == in {
		return Compat{Value: CompatYes, Why: "the licenses differ only in their exceptions", Source: "both sides are the same"}
	}
	for _, r := range loadRules().rules {
		if r.inbound.has(in) && r.outbound.has(out) {
			return r.answer
		}
	}
	return Compat{Value: CompatUnknown, Why: fmt.Sprintf("the table has no rule for %s in a work under %s", in.ID, out.ID)}
}

//go:embed data/compat.tsv
var compatTable string

// side is one side of a rule.
type side struct {
	all        bool
	ids        map[string]bool
	categories map[Category]bool
}

func (s side) has(l Leaf) bool {
	if s.all || s.ids[l.ID] {
		return true
	}
	return len(s.categories) > 0 && s.categories[CategoryOfID(l.ID)]
}

type rule struct {
	inbound, outbound side
	answer            Compat
}

type ruleBook struct {
	rules []rule
	bad   []string // lines that are not understood; a test wants none
}

var loadRules = sync.OnceValue(func() *ruleBook {
	book := &ruleBook{}
	groups := map[string][]string{}
	for line := range strings.Lines(compatTable) {
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, "\t")
		switch {
		case line[0] == '=' && len(f) == 2:
			groups[f[0]] = strings.Fields(f[1])
		case len(f) == 5:
			book.rules = append(book.rules, rule{makeSide(f[0], groups), makeSide(f[1], groups),
				Compat{Value: CompatValue(f[2]), Why: f[3], Source: f[4]}})
		default:
			book.bad = append(book.bad, line)
		}
	}
	return book
})

func makeSide(words string, groups map[string][]string) side {
	s := side{ids: map[string]bool{}, categories: map[Category]bool{}}
	for _, w := range strings.Fields(words) {
		switch {
		case w == "*":
			s.all = true
		case w[0] == '@':
			s.categories[Category(w[1:])] = true
		case w[0] == '=':
			for _, id := range groups[w] {
				s.ids[id] = true
			}
		default:
			s.ids[w] = true
		}
	}
	return s
}
