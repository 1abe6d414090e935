package history

import (
	"bytes"
	"encoding/hex"
	"slices"
	"sort"
	"time"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// blockSize is how many commits one block holds at most.
const blockSize = 4096

// maxPaths bounds the touched paths that are kept of one commit.
const maxPaths = 100_000

// builder gathers commits into blocks.
type builder struct {
	history *contribution.History
	now     time.Time
	shallow map[string]bool
	who     map[string]uint32 // name NUL email, as the commit has them
	odd     map[string]*contribution.Oddity
	roots   map[string]bool
	blocks  []contribution.Block
	paths   []contribution.Paths
	path    map[string]uint32 // of the present block
	key     []byte
	doubts  []doubt
	lined   bool // lines come with the commits
	full    bool // the present block takes no more
}

func newBuilder(h *contribution.History, now time.Time) *builder {
	b := &builder{history: h, now: now, shallow: map[string]bool{}, who: map[string]uint32{}, odd: map[string]*contribution.Oddity{}, roots: map[string]bool{}}
	for _, id := range h.Shallow {
		b.shallow[id] = true
	}
	for _, id := range h.Roots {
		b.roots[id] = true
	}
	for i, p := range h.People {
		b.who[p.Name+"\x00"+p.Email] = uint32(i)
	}
	for i := range h.Oddities {
		o := h.Oddities[i]
		b.odd[o.Kind] = &o
	}
	return b
}

// add keeps a commit.
func (b *builder) add(c *rawCommit) bool {
	id, err := hex.DecodeString(string(c.id))
	if err != nil || len(id) != 20 && len(id) != 32 {
		return false
	}
	block := b.room(len(id))
	row := block.Len()
	block.IDs = append(block.IDs, id...)
	author := b.person(c.authorName, c.authorEmail, c.id)
	committer := b.person(c.committerName, c.committerEmail, c.id)
	block.Author = append(block.Author, author)
	block.Committer = append(block.Committer, committer)
	at, az := b.date(c.authored, c.id)
	ct, cz := b.date(c.committed, c.id)
	block.Authored, block.AuthorZone = append(block.Authored, at), append(block.AuthorZone, az)
	block.Committed, block.CommitterZone = append(block.Committed, ct), append(block.CommitterZone, cz)
	parents := len(bytes.Fields(c.parents))
	if parents > 2 {
		b.count(contribution.OddParents, c.id)
	}
	cut := b.shallow[string(c.id)]
	if parents == 0 {
		b.roots[string(c.id)] = true
	}
	block.Parents = append(block.Parents, uint16(min(parents, 65535)))
	b.trailers(block, row, c)
	if b.lined {
		if parents > 1 || cut {
			c.lines = unknownLines
		}
		if cut && parents < 2 {
			b.count(contribution.OddNoLines, c.id)
		}
		block.Lines = append(block.Lines, c.lines)
		b.history.Lined++
	}
	b.touched(row, c, parents > 1, cut)
	b.history.Commits++
	if len(c.authorName)+len(c.authorEmail) == 0 || len(c.committerName)+len(c.committerEmail) == 0 || len(c.authored) == 0 || len(c.committed) == 0 {
		b.doubts = append(b.doubts, doubt{len(b.blocks) - 1, row, string(c.id)})
	}
	return true
}

// room gives the present block, or a new one.
func (b *builder) room(idSize int) *contribution.Block {
	if n := len(b.blocks); n > 0 && !b.full && b.blocks[n-1].Len() < blockSize && b.blocks[n-1].IDSize == idSize {
		return &b.blocks[n-1]
	}
	b.full = false
	b.blocks = append(b.blocks, contribution.Block{IDSize: idSize})
	b.paths = append(b.paths, contribution.Paths{})
	b.path = map[string]uint32{}
	return &b.blocks[len(b.blocks)-1]
}

// person gives the index of an identity.
func (b *builder) person(name, email, commit []byte) uint32 {
	b.key = append(append(append(b.key[:0], name...), 0), email...)
	if i, ok := b.who[string(b.key)]; ok {
		return i
	}
	raw := string(b.key)
	who, encoding, long := identityOf(name, email)
	if encoding {
		b.count(contribution.OddEncoding, commit)
	}
	if long {
		b.count(contribution.OddLong, commit)
	}
	switch {
	case who.Email == "":
		b.count(contribution.OddNoEmail, commit)
	case !believableEmail(who.Email):
		b.count(contribution.OddEmail, commit)
	}
	if who.Name == "" {
		b.count(contribution.OddNoName, commit)
	}
	clean := who.Name + "\x00" + who.Email
	i, ok := b.who[clean]
	if !ok {
		i = uint32(len(b.history.People))
		b.history.People = append(b.history.People, who)
		b.who[clean] = i
	}
	b.who[raw] = i
	return i
}

func (b *builder) date(raw, commit []byte) (int64, int16) {
	sec, tz, _ := bytes.Cut(raw, []byte(" "))
	s, ok := parseSeconds(sec)
	if !ok || !contribution.BelievedDate(s, b.now) {
		b.count(contribution.OddDate, commit)
	}
	zone, ok := parseZone(string(tz))
	if !ok {
		b.count(contribution.OddZone, commit)
	}
	return s, zone
}

func parseSeconds(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	neg := b[0] == '-'
	if neg {
		b = b[1:]
	}
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if neg {
		n = -n
	}
	return n, true
}

func (b *builder) trailers(block *contribution.Block, row int, c *rawCommit) {
	first := len(block.Trailers)
	junk := trailers(c.message, func(t trailer) {
		ref := contribution.TrailerRef{Commit: uint32(row), Kind: t.kind, Who: b.person(t.name, t.email, c.id)}
		if !slices.Contains(block.Trailers[first:], ref) {
			block.Trailers = append(block.Trailers, ref)
		}
	})
	for range junk {
		b.count(contribution.OddTrailer, c.id)
	}
}

// touched keeps the paths of a commit; nil for those that can't be known.
func (b *builder) touched(row int, c *rawCommit, merge, cut bool) {
	p := &b.paths[len(b.paths)-1]
	if merge || cut || c.pathless {
		if cut || c.pathless && !merge {
			b.count(contribution.OddNoPaths, c.id)
		}
		p.Touched = append(p.Touched, nil)
		return
	}
	list := make([]uint32, 0, len(c.paths))
	for _, raw := range c.paths {
		i, ok := b.path[string(raw)]
		if !ok {
			i = uint32(len(p.Names))
			p.Names = append(p.Names, string(raw))
			b.path[string(raw)] = i
		}
		list = append(list, i)
	}
	if c.morePaths {
		b.count(contribution.OddManyPaths, c.id)
	}
	p.Touched = append(p.Touched, list)
}

func (b *builder) count(kind string, commit []byte) {
	o := b.odd[kind]
	if o == nil {
		o = &contribution.Oddity{Kind: kind, Example: string(commit)}
		b.odd[kind] = o
	}
	o.Count++
}

// ids lists the commits that were added.
func (b *builder) ids() map[string]bool {
	ids := map[string]bool{}
	for i := range b.blocks {
		for row := range b.blocks[i].Len() {
			ids[hex.EncodeToString(b.blocks[i].ID(row))] = true
		}
	}
	return ids
}

// finish writes what was gathered into the history.
func (b *builder) finish() {
	h := b.history
	h.Roots, h.Oddities = h.Roots[:0:0], nil
	for id := range b.roots {
		h.Roots = append(h.Roots, id)
	}
	slices.Sort(h.Roots)
	for _, o := range b.odd {
		h.Oddities = append(h.Oddities, *o)
	}
	sort.Slice(h.Oddities, func(i, j int) bool { return h.Oddities[i].Kind < h.Oddities[j].Kind })
}
