package contribution

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Actor is what an identity of a history stands for in a count.
type Actor struct {
	// Person numbers the person behind the identity, the same over all histories.
	Person uint32
	Bot    bool
	// Keys are what the identity's deeds count for, by time. One that holds at
	// all times is usual; two at one time count for both.
	Keys []Stint
}

// Stint says that deeds of seconds From (inclusive) to To (exclusive) count for
// a key, by its number.
type Stint struct {
	From, To int64
	Key      uint32
}

// Always is the stint of a key that does not change with time.
func Always(key uint32) Stint { return Stint{math.MinInt64, math.MaxInt64, key} }

// CountOptions say what to count.
type CountOptions struct {
	// Since (inclusive) and Until (exclusive) bound the time at which commits
	// entered the history; zero for no bound.
	Since, Until time.Time
	Merges, Bots bool // count them too
	// Now tells dates that can't be.
	Now time.Time
}

// Count is what counted for one key.
type Count struct {
	// Commits counts the commits with an author of the key, as git shortlog does.
	Commits int
	// Authored counts the distinct changes among them: cherry-picks and backports
	// of a change of the same author count once. Equal to Commits where lines
	// were not mined.
	Authored int
	// CoAuthored counts commits with a co-author of the key, Reviews those that
	// somebody of the key reviewed or acknowledged and did not author.
	CoAuthored, Reviews int
	// First and Last are the first and last moment of any of these; zero when no
	// date can be believed.
	First, Last time.Time
	// People counts the persons behind these.
	People int
	// Lined counts the commits whose lines are known; Added and Removed are theirs.
	Lined, Added, Removed int
}

// Totals say what a count is made of, and what was left out.
type Totals struct {
	Commits int // counted
	// Seen is how many distinct commits were looked at.
	Seen int
	// Merges, Bots and Outside count commits that were left out: merges, commits
	// of bots, commits outside the window. A merge of a bot counts as a merge.
	Merges, Bots, Outside int
	// Undated counts commits without a believable date: they are outside of every
	// window that has a bound.
	Undated int
	// Copies counts cherry-picks and backports among the counted.
	Copies int
	// Duplicates counts commits that another history holds too.
	Duplicates int
	// Lined counts counted commits whose lines are known.
	Lined int
	// BotPeople counts the bots whose deeds were left out.
	BotPeople int
	First     time.Time
	Last      time.Time
}

// Counter counts commits by key. Add blocks, then ask for the counts.
type Counter struct {
	o            CountOptions
	since, until int64
	latest       int64    // the latest second that is believed
	cells        [][]cell // in chunks, so that growing copies none
	bots         map[uint32]struct{}
	copies       *idSet
	totals       Totals
	first, last  int64
	touched      []uint32 // keys of the present commit
}

// cell is a [Count] in the making; without pointers but one, for there may be a
// hundred thousand.
type cell struct {
	commits, authored, coAuthored, reviews int32
	lined, people                          int32
	added, removed                         int64
	first, last                            int64
	met                                    map[uint32]struct{}
	onlyPerson                             uint32 // the first that was met
	lastPerson                             uint32 // the last: most deeds in a row are of one person
}

// NewCounter makes a counter.
func NewCounter(o CountOptions) *Counter {
	c := &Counter{o: o, since: math.MinInt64, until: math.MaxInt64, latest: o.Now.Unix() + 24*3600, bots: map[uint32]struct{}{}, first: math.MaxInt64, last: math.MinInt64}
	if !o.Since.IsZero() {
		c.since = o.Since.Unix()
	}
	if !o.Until.IsZero() {
		c.until = o.Until.Unix()
	}
	return c
}

// Add counts the commits of a block. actors are by index of the history's
// identities; seen, when not nil, holds the commits that counted before.
func (c *Counter) Add(b *Block, actors []Actor, seen *Seen) {
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
		c.totals.Seen++
		c.commit(b, i, actors, b.Trailers[from:next])
	}
}

func (c *Counter) commit(b *Block, i int, actors []Actor, trailers []TrailerRef) {
	at, dated := c.when(b, i)
	if !dated {
		c.totals.Undated++
	}
	author := &actors[b.Author[i]]
	switch {
	case (c.since != math.MinInt64 || c.until != math.MaxInt64) && (!dated || at < c.since || at >= c.until):
		c.totals.Outside++
		return
	case !c.o.Merges && b.Parents[i] > 1:
		c.totals.Merges++
		return
	case !c.o.Bots && author.Bot:
		c.totals.Bots++
		c.bots[author.Person] = struct{}{}
	default:
		c.author(b, i, author, at, dated)
	}
	if len(trailers) > 0 {
		c.trailers(author, trailers, actors, at, dated)
	}
}

// when is Block.When with the bounds at hand.
func (c *Counter) when(b *Block, i int) (int64, bool) {
	if at := b.Committed[i]; at >= firstDay && at <= c.latest {
		return at, true
	}
	at := b.Authored[i]
	return at, at >= firstDay && at <= c.latest
}

func (c *Counter) author(b *Block, i int, author *Actor, at int64, dated bool) {
	c.totals.Commits++
	if dated {
		c.first, c.last = min(c.first, at), max(c.last, at)
	}
	isCopy := false
	var lines LineCount
	if b.Lines != nil {
		if lines = b.Lines[i]; lines.Added >= 0 && lines.Patch != 0 {
			if c.copies == nil {
				c.copies = newIDSet()
			}
			isCopy = !c.copies.add(lines.Patch, uint64(author.Person)+1)
		}
	}
	if isCopy {
		c.totals.Copies++
	}
	known := b.Lines != nil && lines.Added >= 0
	if known {
		c.totals.Lined++
	}
	for _, s := range author.Keys {
		if at < s.From || at >= s.To {
			continue
		}
		x := c.cell(s.Key)
		x.commits++
		if !isCopy {
			x.authored++
		}
		if known {
			x.lined++
			x.added += int64(lines.Added)
			x.removed += int64(lines.Removed)
		}
		x.meet(author.Person, at, dated)
	}
}

// trailers counts co-authors and reviewers, once a commit and key. Who wrote a
// commit does not review it.
func (c *Counter) trailers(author *Actor, trailers []TrailerRef, actors []Actor, at int64, dated bool) {
	for _, kind := range [...]KindCode{CoAuthored.Code(), Reviewed.Code()} {
		c.touched = c.touched[:0]
		for _, t := range trailers {
			who := &actors[t.Who]
			if t.Kind != kind || who.Person == author.Person {
				continue
			}
			if who.Bot && !c.o.Bots {
				c.bots[who.Person] = struct{}{}
				continue
			}
			for _, s := range who.Keys {
				if at < s.From || at >= s.To {
					continue
				}
				x := c.cell(s.Key)
				if !slices.Contains(c.touched, s.Key) {
					c.touched = append(c.touched, s.Key)
					if kind == CoAuthored.Code() {
						x.coAuthored++
					} else {
						x.reviews++
					}
				}
				x.meet(who.Person, at, dated)
			}
		}
	}
}

// chunk is how many cells are made at once.
const chunk = 1024

func (c *Counter) cell(key uint32) *cell {
	for int(key/chunk) >= len(c.cells) {
		fresh := make([]cell, chunk)
		for i := range fresh {
			fresh[i].first, fresh[i].last = math.MaxInt64, math.MinInt64
		}
		c.cells = append(c.cells, fresh)
	}
	return &c.cells[key/chunk][key%chunk]
}

func (x *cell) meet(person uint32, at int64, dated bool) {
	if dated {
		x.first, x.last = min(x.first, at), max(x.last, at)
	}
	if x.people > 0 && x.lastPerson == person {
		return
	}
	switch {
	case x.people == 0: // most keys meet one person only, and need no map
		x.people, x.onlyPerson = 1, person
	case x.people == 1 && person == x.onlyPerson:
	default:
		if x.met == nil {
			x.met = map[uint32]struct{}{x.onlyPerson: {}}
		}
		x.met[person] = struct{}{}
		x.people = int32(len(x.met))
	}
	x.lastPerson = person
}

// Each gives the counts of the keys that count for anything, by number.
func (c *Counter) Each(f func(key uint32, n Count)) {
	for i, cells := range c.cells {
		for j := range cells {
			x := &cells[j]
			if x.commits+x.coAuthored+x.reviews == 0 {
				continue
			}
			n := Count{Commits: int(x.commits), Authored: int(x.authored), CoAuthored: int(x.coAuthored), Reviews: int(x.reviews), People: int(x.people),
				Lined: int(x.lined), Added: int(x.added), Removed: int(x.removed)}
			n.First, n.Last = span(x.first, x.last)
			f(uint32(i*chunk+j), n)
		}
	}
}

// Counts gives the count of each key by its number; keys beyond counted nothing.
func (c *Counter) Counts() []Count {
	out := make([]Count, len(c.cells)*chunk)
	most := 0
	c.Each(func(key uint32, n Count) { out[key], most = n, int(key)+1 })
	return out[:most]
}

func span(first, last int64) (time.Time, time.Time) {
	if first > last {
		return time.Time{}, time.Time{}
	}
	return time.Unix(first, 0).UTC(), time.Unix(last, 0).UTC()
}

// Totals says what was counted and what was left out.
func (c *Counter) Totals() Totals {
	t := c.totals
	t.BotPeople = len(c.bots)
	t.First, t.Last = span(c.first, c.last)
	return t
}

// Domain is the part of an address that says where it is from, in lower case;
// "" when there is none.
func Domain(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(email[at+1:]))
}
