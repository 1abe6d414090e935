package contribution

import (
	"math"
	"slices"
	"time"
)

// OrgKind says what an organization of a count stands for.
type OrgKind uint8

// The kinds of organizations.
const (
	Employer    OrgKind = iota // its people count together
	Independent                // stands for people who work for nobody: each counts alone
	UnknownOrg                 // nobody knows for whom these people work
)

// Org is an organization for which commits count.
type Org struct {
	Name string
	Kind OrgKind
	Ours bool
}

// act is a commit or review of a person, for whom the person worked then.
type act struct {
	at          int64
	person, org uint32
}

// review is a act with the number of the commit that was reviewed.
type review struct {
	act
	commit uint32
}

// acts are kept in chunks, so that growing copies none. Histories come nearly
// in order of time: most chunks lie outside of a window as a whole.
type acts struct {
	chunks []actChunk
	n      int
}

type actChunk struct {
	acts        []act
	first, last int64
}

const chunkOfActs = 1 << 12

func (l *acts) add(a act) {
	if l.n%chunkOfActs == 0 {
		l.chunks = append(l.chunks, actChunk{make([]act, 0, chunkOfActs), a.at, a.at})
	}
	c := &l.chunks[len(l.chunks)-1]
	c.acts = append(c.acts, a)
	c.first, c.last = min(c.first, a.at), max(c.last, a.at)
	l.n++
}

// within gives the chunks that may hold acts from since to before until.
func (l *acts) within(since, until int64) (out [][]act) {
	for i := range l.chunks {
		if c := &l.chunks[i]; c.last >= since && c.first < until {
			out = append(out, c.acts)
		}
	}
	return out
}

// Chronicle is who did what when in one project: what its metrics are computed
// from. Add blocks, then ask [Chronicle.Period], [Chronicle.Lives] or [Assess].
// Merges and bots are left out, and counted, unless asked for.
type Chronicle struct {
	o             CountOptions
	since, until  int64
	latest        int64
	commits       acts
	reviews       []review // those of one commit in a row
	local         []uint32 // by person: one more than its number here, 0 for none yet
	persons, orgs int      // how many numbers there are
	bots          map[uint32]struct{}
	totals        Totals
	first         int64 // of all commits before until, merges and bots too
	last          int64
	met           []uint32
}

// NewChronicle makes a chronicle. What is not before Until is not part of it,
// whatever is asked; Since bounds only what [Chronicle.Totals] says.
func NewChronicle(o CountOptions) *Chronicle {
	c := &Chronicle{o: o, since: math.MinInt64, until: math.MaxInt64, latest: o.Now.Unix() + 24*3600, bots: map[uint32]struct{}{}, first: math.MaxInt64, last: math.MinInt64}
	if !o.Since.IsZero() {
		c.since = o.Since.Unix()
	}
	if !o.Until.IsZero() {
		c.until = o.Until.Unix()
	}
	return c
}

// Add takes the commits of a block. actors are by index of the history's
// identities, their keys are organizations; seen, when not nil, holds the commits
// that were taken before.
func (c *Chronicle) Add(b *Block, actors []Actor, seen *Seen) {
	next := 0
	for i := range b.Author {
		from := next
		for next < len(b.Trailers) && b.Trailers[next].Commit == uint32(i) {
			next++
		}
		if seen != nil && !seen.add(b.ID(i)) {
			c.totals.Duplicates++
			continue
		}
		c.commit(b, i, actors, b.Trailers[from:next])
	}
}

// commit sorts one commit: undated, outside, merge, bot's, or counted.
func (c *Chronicle) commit(b *Block, i int, actors []Actor, trailers []TrailerRef) {
	c.totals.Seen++
	at := b.Committed[i]
	if at < firstDay || at > c.latest {
		if at = b.Authored[i]; at < firstDay || at > c.latest {
			c.totals.Undated++
			return
		}
	}
	if at >= c.until {
		c.totals.Outside++
		return
	}
	inside := at >= c.since
	if !inside {
		c.totals.Outside++
	}
	c.first, c.last = min(c.first, at), max(c.last, at)
	author := &actors[b.Author[i]]
	switch {
	case !c.o.Merges && b.Parents[i] > 1:
		if inside {
			c.totals.Merges++
		}
		return // as in a count, nobody is asked who reviewed a merge
	case !c.o.Bots && author.Bot:
		if inside {
			c.totals.Bots++
			c.bots[author.Person] = struct{}{}
		}
	default:
		if inside {
			c.totals.Commits++
		}
		c.commits.add(c.act(author, at))
	}
	if len(trailers) > 0 {
		c.review(author, trailers, actors, at)
	}
}

func (c *Chronicle) act(who *Actor, at int64) act {
	d := act{at, 0, math.MaxUint32}
	for _, s := range who.Keys {
		if at >= s.From && at < s.To {
			d.org = s.Key
			c.orgs = max(c.orgs, int(s.Key)+1)
			break
		}
	}
	d.person = c.number(who.Person)
	return d
}

// number counts the persons of this project alone, of whom there are far fewer
// than of all.
func (c *Chronicle) number(person uint32) uint32 {
	for int(person) >= len(c.local) {
		c.local = append(c.local, make([]uint32, max(1024, int(person)+1-len(c.local)))...)
	}
	if c.local[person] == 0 {
		c.persons++
		c.local[person] = uint32(c.persons)
	}
	return c.local[person] - 1
}

// review keeps who reviewed a commit of somebody else, once each.
func (c *Chronicle) review(author *Actor, trailers []TrailerRef, actors []Actor, at int64) {
	c.met = append(c.met[:0], author.Person)
	for _, t := range trailers {
		who := &actors[t.Who]
		if t.Kind != Reviewed.Code() || who.Bot && !c.o.Bots || slices.Contains(c.met, who.Person) {
			continue
		}
		c.met = append(c.met, who.Person)
		c.reviews = append(c.reviews, review{c.act(who, at), uint32(c.totals.Seen)})
	}
}

// Totals say what the window from Since to Until is made of and what was left
// out. Seen counts all commits that were looked at; Outside those of other times.
func (c *Chronicle) Totals() Totals {
	t := c.totals
	t.BotPeople = len(c.bots)
	t.First, t.Last = span(c.first, c.last)
	return t
}

// LastCommit is the time of the last commit that counts; zero when there is none.
func (c *Chronicle) LastCommit() time.Time {
	last := int64(math.MinInt64)
	for i := range c.commits.chunks {
		last = max(last, c.commits.chunks[i].last)
	}
	if last == math.MinInt64 {
		return time.Time{}
	}
	return time.Unix(last, 0).UTC()
}

// Period is what was done in a stretch of time.
type Period struct {
	Commits int
	// Persons are commits by person, numbered within the chronicle; those of people who work
	// for nobody, or nobody knows for whom, once more in Independent and Unknown.
	Persons, Independent, Unknown []int
	Orgs                          []int // commits by the number of the organization, of employers only
	// Ours are commits by person made while the person was ours.
	Ours []int
	// Reviews are commits of others that a person reviewed, by trailers; Reviewed
	// counts the commits that anybody reviewed, OurReviews those that one of ours did.
	Reviews              []int
	Reviewed, OurReviews int
}

// Period counts from since (inclusive) to until (exclusive), in seconds. orgs say
// by their number what organizations are; beyond them all are unknown.
func (c *Chronicle) Period(since, until int64, orgs []Org) *Period {
	p := &Period{Persons: make([]int, c.persons), Independent: make([]int, c.persons), Unknown: make([]int, c.persons),
		Orgs: make([]int, c.orgs), Ours: make([]int, c.persons), Reviews: make([]int, c.persons)}
	for _, chunk := range c.commits.within(since, until) {
		for i := range chunk {
			d := &chunk[i]
			if d.at < since || d.at >= until {
				continue
			}
			p.Commits++
			p.Persons[d.person]++
			org := orgOf(orgs, d.org)
			switch org.Kind {
			case Employer:
				p.Orgs[d.org]++
			case Independent:
				p.Independent[d.person]++
			default:
				p.Unknown[d.person]++
			}
			if org.Ours {
				p.Ours[d.person]++
			}
		}
	}
	p.reviews(c.reviews, since, until, orgs)
	return p
}

func (p *Period) reviews(all []review, since, until int64, orgs []Org) {
	var any, our uint32 // the last commit that counted; they count from 1
	for i := range all {
		d := &all[i]
		if d.at < since || d.at >= until {
			continue
		}
		p.Reviews[d.person]++
		if d.commit != any {
			any = d.commit
			p.Reviewed++
		}
		if d.commit != our && orgOf(orgs, d.org).Ours {
			our = d.commit
			p.OurReviews++
		}
	}
}

var nobodyKnows = Org{Kind: UnknownOrg}

func orgOf(orgs []Org, n uint32) *Org {
	if int64(n) < int64(len(orgs)) {
		return &orgs[n]
	}
	return &nobodyKnows
}

// Life is a person's time in a project, in seconds: the first commit, the next
// one, the first on a later day (UTC), and the last; never is [Never].
type Life struct {
	First, Second, Return, Last int64
	Commits                     int
}

// Never is the time of what did not happen.
const Never = math.MaxInt64

const day = 24 * 3600

// add takes one more commit, in whatever order they come.
func (l *Life) add(at int64) {
	l.Commits++
	if l.Commits == 1 {
		*l = Life{First: at, Second: Never, Return: Never, Last: at, Commits: 1}
		return
	}
	l.Last = max(l.Last, at)
	if at >= l.First {
		l.Second = min(l.Second, at)
		if at/day > l.First/day {
			l.Return = min(l.Return, at)
		}
		return
	}
	if at/day < l.First/day { // the old first is the earliest of all later days
		l.Return = l.First
	}
	l.First, l.Second = at, l.First
}

// Lives gives the life of each person by number, and the first commit for each
// organization ([Never] for none), over all time before the chronicle's end.
func (c *Chronicle) Lives() (people []Life, orgs []int64) {
	people, orgs = make([]Life, c.persons), make([]int64, c.orgs)
	for i := range orgs {
		orgs[i] = Never
	}
	for _, chunk := range c.commits.chunks {
		for i := range chunk.acts {
			d := &chunk.acts[i]
			people[d.person].add(d.at)
			if int(d.org) < len(orgs) {
				orgs[d.org] = min(orgs[d.org], d.at)
			}
		}
	}
	return people, orgs
}
