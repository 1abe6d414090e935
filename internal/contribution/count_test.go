package contribution

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func on(day int) time.Time { return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC) }

// deed is a commit in a test.
type deed struct {
	author   uint32
	day      int // of January 2026; 0 is 1970
	parents  uint16
	trailers []TrailerRef
	patch    uint64
}

// block makes a block of deeds, and numbers their commits from first on.
func block(first int, deeds ...deed) *Block {
	b := &Block{IDSize: 20}
	for i, d := range deeds {
		at := on(d.day).Unix()
		if d.day == 0 {
			at = 0
		}
		b.IDs = append(b.IDs, fmt.Sprintf("%-20d", first+i)...)
		b.Author, b.Committer = append(b.Author, d.author), append(b.Committer, d.author)
		b.Authored, b.Committed = append(b.Authored, at), append(b.Committed, at)
		b.AuthorZone, b.CommitterZone = append(b.AuthorZone, 0), append(b.CommitterZone, 0)
		b.Parents = append(b.Parents, max(d.parents, 1))
		for _, t := range d.trailers {
			t.Commit = uint32(i)
			b.Trailers = append(b.Trailers, t)
		}
		if d.patch != 0 {
			b.Lines = append(b.Lines, LineCount{Added: 2, Removed: 1, Patch: d.patch})
		}
	}
	return b
}

// cast: identities 0 and 1 are one person, 2 another, 3 a bot; all but 2 count
// for key 0, 2 for key 1.
func cast() []Actor {
	key := func(k uint32) []Stint { return []Stint{Always(k)} }
	return []Actor{{Person: 10, Keys: key(0)}, {Person: 10, Keys: key(0)}, {Person: 11, Keys: key(1)}, {Person: 12, Bot: true, Keys: key(0)}}
}

func TestMergesAndBotsAreLeftOutAndCounted(t *testing.T) {
	b := block(0, deed{author: 0, day: 1}, deed{author: 1, day: 2, parents: 2}, deed{author: 3, day: 3}, deed{author: 2, day: 4})
	for _, c := range []struct {
		merges, bots bool
		want         Totals
	}{
		{false, false, Totals{Commits: 2, Seen: 4, Merges: 1, Bots: 1, BotPeople: 1, First: on(1), Last: on(4)}},
		{true, false, Totals{Commits: 3, Seen: 4, Bots: 1, BotPeople: 1, First: on(1), Last: on(4)}},
		{true, true, Totals{Commits: 4, Seen: 4, First: on(1), Last: on(4)}},
	} {
		counter := NewCounter(CountOptions{Merges: c.merges, Bots: c.bots, Now: now})
		counter.Add(b, cast(), nil)
		if d := cmp.Diff(c.want, counter.Totals()); d != "" {
			t.Errorf("merges %v, bots %v: %s", c.merges, c.bots, d)
		}
	}
}

func TestCountsByKey(t *testing.T) {
	co, rev := CoAuthored.Code(), Reviewed.Code()
	b := block(0,
		deed{author: 0, day: 1, trailers: []TrailerRef{{Kind: co, Who: 2}, {Kind: co, Who: 1}, {Kind: SignedOff.Code(), Who: 2}}}, // 1 is the author again
		deed{author: 1, day: 5, trailers: []TrailerRef{{Kind: rev, Who: 2}, {Kind: rev, Who: 2}, {Kind: rev, Who: 0}}},            // one's own review counts nothing
		deed{author: 2, day: 9, trailers: []TrailerRef{{Kind: co, Who: 0}, {Kind: co, Who: 1}, {Kind: co, Who: 3}}},               // two identities of one person; a bot
	)
	counter := NewCounter(CountOptions{Now: now})
	counter.Add(b, cast(), nil)
	want := []Count{
		{Commits: 2, Authored: 2, CoAuthored: 1, First: on(1), Last: on(9), People: 1},
		{Commits: 1, Authored: 1, CoAuthored: 1, Reviews: 1, First: on(1), Last: on(9), People: 1},
	}
	if d := cmp.Diff(want, counter.Counts()); d != "" {
		t.Error(d)
	}
}

func TestWindowsAreByWhenCommitsEntered(t *testing.T) {
	b := block(0, deed{author: 0, day: 1}, deed{author: 0, day: 2}, deed{author: 0, day: 3}, deed{author: 0, day: 0})
	counter := NewCounter(CountOptions{Since: on(2), Until: on(3), Now: now})
	counter.Add(b, cast(), nil)
	if d := cmp.Diff(Totals{Commits: 1, Seen: 4, Outside: 3, Undated: 1, First: on(2), Last: on(2)}, counter.Totals()); d != "" {
		t.Error(d)
	}
	all := NewCounter(CountOptions{Now: now})
	all.Add(b, cast(), nil)
	if got := all.Counts()[0]; got.Commits != 4 || got.First != on(1) || got.Last != on(3) {
		t.Errorf("without a window all count, and 1970 is nobody's first day: %+v", got)
	}
}

func TestStintsDecideByDate(t *testing.T) {
	actors := cast()
	actors[0].Keys = []Stint{{From: on(1).Unix(), To: on(5).Unix(), Key: 0}, {From: on(5).Unix(), To: on(20).Unix(), Key: 1}}
	counter := NewCounter(CountOptions{Now: now})
	counter.Add(block(0, deed{author: 0, day: 4}, deed{author: 0, day: 5}, deed{author: 0, day: 6}), actors, nil)
	if got := counter.Counts(); got[0].Commits != 1 || got[1].Commits != 2 {
		t.Errorf("%+v", got)
	}
}

func TestCopiesAreChangesOfTheSameAuthor(t *testing.T) {
	counter := NewCounter(CountOptions{Now: now})
	counter.Add(block(0, deed{author: 0, day: 1, patch: 7}, deed{author: 1, day: 2, patch: 7}, deed{author: 2, day: 3, patch: 7}, deed{author: 0, day: 4, patch: 8}), cast(), nil)
	got := counter.Counts()
	if got[0].Commits != 3 || got[0].Authored != 2 || got[1].Authored != 1 || counter.Totals().Copies != 1 || got[0].Added != 6 || got[0].Removed != 3 || got[0].Lined != 3 {
		t.Errorf("%+v, %+v", got, counter.Totals())
	}
}

func TestForksCountOnce(t *testing.T) {
	seen := NewSeen()
	counter := NewCounter(CountOptions{Now: now})
	counter.Add(block(0, deed{author: 0, day: 1}, deed{author: 0, day: 2}), cast(), seen)
	counter.Add(block(1, deed{author: 0, day: 2}, deed{author: 2, day: 3}), cast(), seen)
	if got := counter.Totals(); got.Commits != 3 || got.Duplicates != 1 || got.Seen != 3 {
		t.Errorf("%+v", got)
	}
}

// TestSeenIsASet compares the table with a map.
func TestSeenIsASet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, want := newIDSet(), map[[2]uint64]bool{}
		for range rapid.IntRange(0, 5000).Draw(t, "n") {
			pair := [2]uint64{rapid.Uint64Range(1, 60).Draw(t, "a") << 40, rapid.Uint64Range(0, 60).Draw(t, "b")}
			if got := set.add(pair[0], pair[1]); got == want[pair] {
				t.Fatalf("%v is new: %v", pair, got)
			}
			want[pair] = true
		}
	})
}

// TestNothingIsLostOrCountedTwice: every commit that was looked at is counted,
// or left out for one reason.
func TestNothingIsLostOrCountedTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var deeds []deed
		for range rapid.IntRange(0, 40).Draw(t, "commits") {
			deeds = append(deeds, deed{author: rapid.Uint32Range(0, 3).Draw(t, "author"), day: rapid.IntRange(0, 30).Draw(t, "day"), parents: rapid.Uint16Range(1, 3).Draw(t, "parents")})
		}
		o := CountOptions{Now: now, Merges: rapid.Bool().Draw(t, "merges"), Bots: rapid.Bool().Draw(t, "bots")}
		if rapid.Bool().Draw(t, "window") {
			o.Since, o.Until = on(rapid.IntRange(1, 15).Draw(t, "since")), on(rapid.IntRange(16, 30).Draw(t, "until"))
		}
		counter := NewCounter(o)
		counter.Add(block(0, deeds...), cast(), nil)
		got, sum := counter.Totals(), 0
		for _, n := range counter.Counts() {
			sum += n.Commits
		}
		if got.Seen != len(deeds) || got.Commits+got.Merges+got.Bots+got.Outside != got.Seen || sum != got.Commits {
			t.Fatalf("%+v, by key %d", got, sum)
		}
	})
}

func TestBelievedDates(t *testing.T) {
	for sec, want := range map[int64]bool{0: false, 86399: false, 86400: true, now.Unix(): true, now.Unix() + 86401: false, -5: false, 1 << 40: false} {
		if got := BelievedDate(sec, now); got != want {
			t.Errorf("%d: %v", sec, got)
		}
	}
}
