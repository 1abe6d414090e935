package contribution

import (
	"encoding/hex"
	"fmt"
	"sort"
	"time"

	"github.com/tributary-oss/tributary/internal/people"
)

// History is what is known of the commits in one place: where the mining stands
// and whom the commits name. The commits themselves are in its blocks.
type History struct {
	// Repository is its name: host and path of the remote, else its location.
	// Several places may hold the same repository, or forks of it.
	Repository string
	// Location is the directory or URL that was mined.
	Location string
	// Branch is the name of the branch that HEAD was on; "" for none.
	Branch string
	// Tips are the commits from which all was mined, sorted. Empty: what was
	// mined is not whole, and the next run begins anew.
	Tips        []string
	AllBranches bool
	// Shallow lists the ends of a shallow clone, sorted: before them nothing is known.
	Shallow []string
	// Roots are the commits without parents (or the ends of a shallow clone),
	// sorted: histories that share none share no commit.
	Roots   []string
	Commits int
	// Lined counts the commits whose lines were mined or can't be.
	Lined    int
	MinedAt  time.Time
	People   []people.Identity
	Mailmap  []byte // .mailmap of the tip, nil when there is none
	Releases []Release
	// OtherTags counts tags that name no version.
	OtherTags int
	Oddities  []Oddity
	// Partial says why not all could be read, "" when all was.
	Partial string
}

// Oddity counts what was kept although it is odd.
type Oddity struct {
	Kind    string
	Count   int
	Example string // the id of the first commit that was seen with it
}

// The kinds of oddities.
const (
	OddDate      = "a date that can't be (1970 or in the future)"
	OddZone      = "a time zone that can't be"
	OddEncoding  = "text that is not UTF-8"
	OddNoEmail   = "no email address"
	OddEmail     = "an email address that can't be (spaces, no @)"
	OddNoName    = "no name"
	OddLong      = "a name or address cut at 1,000 bytes"
	OddTrailer   = "a trailer that names nobody"
	OddParents   = "more than two parents"
	OddNoPaths   = "touched paths that can't be known (missing trees or a shallow end)"
	OddManyPaths = "more than 100,000 touched paths, of which the first are kept"
	OddNoLines   = "lines that can't be known (missing blobs or a shallow end)"
)

// Block is a run of commits in columns: row i of each is one commit. A million
// commits are read in a blink this way, where a million structs are not.
type Block struct {
	// IDSize is 20 (SHA-1) or 32 (SHA-256) bytes; IDs holds them one after another.
	IDSize int
	IDs    []byte
	// Author and Committer index the People of the history.
	Author, Committer []uint32
	// Authored and Committed are seconds since 1970 as the commit states them;
	// the zones are minutes east of UTC.
	Authored, Committed       []int64
	AuthorZone, CommitterZone []int16
	Parents                   []uint16 // 65,535 stands for more too
	Trailers                  []TrailerRef
	// Lines is nil until lines were mined, else as long as Author.
	Lines []LineCount
}

// TrailerRef is one trailer of a block, in order of commits.
type TrailerRef struct {
	Commit uint32 // row of the block
	Kind   KindCode
	Who    uint32 // index into People
}

// LineCount is what a commit changed. Unknown (a merge, missing blobs) is
// Added < 0.
type LineCount struct {
	Added, Removed int32
	// Patch is the start of the patch id; 0 for none.
	Patch uint64
}

// KindCode is a [Kind] as a small number.
type KindCode uint8

// Kinds in order of their codes. The order is stored: only append.
var kinds = [...]Kind{Authored, CoAuthored, Committed, SignedOff, Reviewed, Tested, Reported}

// Kind is the kind of a code; "" for none.
func (c KindCode) Kind() Kind {
	if int(c) < len(kinds) {
		return kinds[c]
	}
	return ""
}

// Code is the code of a kind; of an unknown one it is beyond all.
func (k Kind) Code() KindCode {
	for i, x := range kinds {
		if x == k {
			return KindCode(i)
		}
	}
	return KindCode(len(kinds))
}

// Len is how many commits the block holds.
func (b *Block) Len() int { return len(b.Author) }

// ID is the id of a row; it is part of the block.
func (b *Block) ID(i int) []byte { return b.IDs[i*b.IDSize : (i+1)*b.IDSize] }

// Merge says whether a row is a merge.
func (b *Block) Merge(i int) bool { return b.Parents[i] > 1 }

// firstDay is the earliest second that a date is believed: clocks that were
// never set say 1970-01-01 in some zone.
const firstDay = 24 * 3600

// BelievedDate says whether a commit can be of this second, as seen at now: an
// earlier or later one is a clock that was wrong.
func BelievedDate(sec int64, now time.Time) bool {
	return sec >= firstDay && sec <= now.Unix()+24*3600
}

// When is the second at which a row entered the history: its committer date, as
// in git log --since; the author date where the former can't be; ok is false
// where neither can.
func (b *Block) When(i int, now time.Time) (sec int64, ok bool) {
	if BelievedDate(b.Committed[i], now) {
		return b.Committed[i], true
	}
	return b.Authored[i], BelievedDate(b.Authored[i], now)
}

// Paths are the touched paths of a block's commits.
type Paths struct {
	Names []string
	// Touched lists indexes into Names by row; nil where they are not known
	// (merges are not looked at), empty where a commit touches none.
	Touched [][]uint32
}

// Commit gives one row as a commit; its paths are not part of a block, and of
// the subject and the parents' ids only the number is kept.
func (b *Block) Commit(i int, who []people.Identity) Commit {
	c := Commit{ID: hex.EncodeToString(b.ID(i)), Parents: make([]string, b.Parents[i]), Author: who[b.Author[i]], Committer: who[b.Committer[i]],
		Authored: moment(b.Authored[i], b.AuthorZone[i]), Committed: moment(b.Committed[i], b.CommitterZone[i])}
	first := sort.Search(len(b.Trailers), func(j int) bool { return b.Trailers[j].Commit >= uint32(i) })
	for _, t := range b.Trailers[first:] {
		if t.Commit != uint32(i) {
			break
		}
		c.Trailers = append(c.Trailers, Trailer{Kind: t.Kind.Kind(), Who: who[t.Who]})
	}
	if b.Lines != nil && b.Lines[i].Added >= 0 {
		l := b.Lines[i]
		c.Lines = &Lines{Added: int(l.Added), Removed: int(l.Removed)}
		if l.Patch != 0 {
			c.Lines.PatchID = fmt.Sprintf("%016x", l.Patch)
		}
	}
	return c
}

func moment(sec int64, zone int16) time.Time {
	return time.Unix(sec, 0).In(time.FixedZone("", int(zone)*60))
}
