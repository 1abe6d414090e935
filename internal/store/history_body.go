package store

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/tributary-oss/tributary/internal/contribution"
	"github.com/tributary-oss/tributary/internal/people"
)

// factsVersion opens the encoding of a block's columns.
const factsVersion = 1

var errBlock = errors.New("a block of commits in the store is damaged; mine the history again with --again")

// column writes numbers: small ones take a byte, and differences are small.
type column []byte

func (c *column) unsigned(n uint64) { *c = binary.AppendUvarint(*c, n) }
func (c *column) signed(n int64)    { *c = binary.AppendVarint(*c, n) }

// encodeFacts writes all columns of a block but its ids and lines: first what
// counting needs, at the end committers and zones.
func encodeFacts(b *contribution.Block) []byte {
	c := column{factsVersion}
	c.unsigned(uint64(b.Len()))
	for _, who := range b.Author {
		c.unsigned(uint64(who))
	}
	var last int64
	for _, at := range b.Committed {
		c.signed(at - last)
		last = at
	}
	for i, at := range b.Authored {
		c.signed(at - b.Committed[i])
	}
	for _, n := range b.Parents {
		c.unsigned(uint64(n))
	}
	c.unsigned(uint64(len(b.Trailers)))
	row := uint32(0)
	for _, t := range b.Trailers {
		c.unsigned(uint64(t.Commit - row))
		row = t.Commit
		c.unsigned(uint64(t.Kind))
		c.unsigned(uint64(t.Who))
	}
	for i, who := range b.Committer {
		c.signed(int64(who) - int64(b.Author[i]))
	}
	for _, zone := range b.AuthorZone {
		c.signed(int64(zone))
	}
	for i, zone := range b.CommitterZone {
		c.signed(int64(zone) - int64(b.AuthorZone[i]))
	}
	return c
}

// numbers reads what column wrote; damage shows in bad.
type numbers struct {
	b   []byte
	row []uint64 // a column, as long as the block
	bad bool
}

func (d *numbers) unsigned() uint64 {
	if len(d.b) > 0 && d.b[0] < 0x80 {
		n := uint64(d.b[0])
		d.b = d.b[1:]
		return n
	}
	n, size := binary.Uvarint(d.b)
	if size <= 0 {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *numbers) signed() int64 { return signed(d.unsigned()) }

func signed(n uint64) int64 { return int64(n>>1) ^ -int64(n&1) }

// size reads a count of things that take at least one byte each.
func (d *numbers) size() int {
	n := d.unsigned()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return 0
	}
	return int(n)
}

func (d *numbers) text(n int) string {
	if n > len(d.b) {
		d.bad, d.b = true, nil
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

// decodeFacts reads what encodeFacts wrote, into columns that are used again;
// damage is an error, never a panic. who bounds the identities. Without whole,
// committers and zones are left out.
func decodeFacts(body []byte, who int, whole bool, b *contribution.Block) error {
	if len(body) == 0 || body[0] != factsVersion {
		return errBlock
	}
	d := numbers{b: body[1:]}
	n := d.size()
	b.Author, b.Authored, b.Committed, b.Parents = grow(b.Author, n), grow(b.Authored, n), grow(b.Committed, n), grow(b.Parents, n)
	b.Committer, b.AuthorZone, b.CommitterZone, b.Lines = b.Committer[:0], b.AuthorZone[:0], b.CommitterZone[:0], nil
	d.row = make([]uint64, n)
	for i, p := range d.column() {
		if p >= uint64(who) {
			return errBlock
		}
		b.Author[i] = uint32(p)
	}
	var last int64
	for i, x := range d.column() {
		last += signed(x)
		b.Committed[i] = last
	}
	for i, x := range d.column() {
		b.Authored[i] = b.Committed[i] + signed(x)
	}
	for i, x := range d.column() {
		b.Parents[i] = uint16(x)
	}
	if err := d.trailers(b, who); err != nil || !whole {
		return err
	}
	b.Committer, b.AuthorZone, b.CommitterZone = grow(b.Committer, n), grow(b.AuthorZone, n), grow(b.CommitterZone, n)
	for i, x := range d.column() {
		p := int64(b.Author[i]) + signed(x)
		if p < 0 || p >= int64(who) {
			return errBlock
		}
		b.Committer[i] = uint32(p)
	}
	for i, x := range d.column() {
		b.AuthorZone[i] = int16(signed(x))
	}
	for i, x := range d.column() {
		b.CommitterZone[i] = b.AuthorZone[i] + int16(signed(x))
	}
	if d.bad || len(d.b) > 0 {
		return errBlock
	}
	return nil
}

func (d *numbers) trailers(b *contribution.Block, who int) error {
	b.Trailers = b.Trailers[:0]
	row := uint64(0)
	for range d.size() {
		row += d.unsigned()
		kind, p := d.unsigned(), d.unsigned()
		if d.bad || row >= uint64(b.Len()) || kind > 255 || p >= uint64(who) {
			return errBlock
		}
		b.Trailers = append(b.Trailers, contribution.TrailerRef{Commit: uint32(row), Kind: contribution.KindCode(kind), Who: uint32(p)})
	}
	if d.bad {
		return errBlock
	}
	return nil
}

// column reads as many numbers as there are rows. The result is good until the
// next call; with damage it is all zero.
func (d *numbers) column() []uint64 {
	b, at := d.b, 0
	for i := range d.row {
		var n uint64
		shift := uint(0)
		for {
			if at >= len(b) || shift > 63 {
				d.bad, d.b = true, nil
				clear(d.row)
				return d.row
			}
			c := b[at]
			at++
			n |= uint64(c&0x7f) << shift
			if c < 0x80 {
				break
			}
			shift += 7
		}
		d.row[i] = n
	}
	d.b = b[at:]
	return d.row
}

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// encodeLines writes the lines of a block; nothing when they were not mined.
func encodeLines(lines []contribution.LineCount) []byte {
	c := column{}
	for _, l := range lines {
		c.signed(int64(l.Added))
		if l.Added >= 0 {
			c.unsigned(uint64(l.Removed))
			c = binary.LittleEndian.AppendUint64(c, l.Patch)
		}
	}
	return c
}

func decodeLines(body []byte, n int) ([]contribution.LineCount, error) {
	if len(body) == 0 {
		return nil, nil
	}
	d := numbers{b: body}
	lines := make([]contribution.LineCount, n)
	for i := range lines {
		l := &lines[i]
		if l.Added = int32(d.signed()); l.Added < 0 {
			continue
		}
		l.Removed = int32(d.unsigned())
		if len(d.b) < 8 {
			return nil, errBlock
		}
		l.Patch, d.b = binary.LittleEndian.Uint64(d.b), d.b[8:]
	}
	if d.bad || len(d.b) > 0 {
		return nil, errBlock
	}
	return lines, nil
}

// encodePeople writes identities.
func encodePeople(who []people.Identity) []byte {
	c := column{}
	c.unsigned(uint64(len(who)))
	for _, p := range who {
		for _, s := range []string{p.Name, p.Email} {
			c.unsigned(uint64(len(s)))
			c = append(c, s...)
		}
	}
	return c
}

// decodePeople reads what encodePeople wrote; the identities share one string.
func decodePeople(body []byte, into []people.Identity) ([]people.Identity, error) {
	all := string(body)
	d := numbers{b: body}
	text := func() string {
		n := d.size()
		at := len(all) - len(d.b)
		if d.bad {
			return ""
		}
		d.b = d.b[n:]
		return all[at : at+n]
	}
	n := d.size()
	into = slices.Grow(into, n)
	for range n {
		into = append(into, people.Identity{Name: text(), Email: text()})
	}
	if d.bad || len(d.b) > 0 {
		return nil, errBlock
	}
	return into, nil
}

// encodePaths writes the touched paths of a block: names with what they share
// with the one before left out, then lists of their numbers by commit; 0 stands
// for a commit whose paths are not known.
func encodePaths(p *contribution.Paths) []byte {
	c := column{}
	c.unsigned(uint64(len(p.Names)))
	last := ""
	for _, name := range p.Names {
		same := 0
		for same < min(len(last), len(name)) && last[same] == name[same] {
			same++
		}
		c.unsigned(uint64(same))
		c.unsigned(uint64(len(name) - same))
		c = append(c, name[same:]...)
		last = name
	}
	c.unsigned(uint64(len(p.Touched)))
	for _, list := range p.Touched {
		if list == nil {
			c.unsigned(0)
			continue
		}
		c.unsigned(uint64(len(list)) + 1)
		before := int64(0)
		for _, n := range list {
			c.signed(int64(n) - before)
			before = int64(n)
		}
	}
	return c
}

func decodePaths(body []byte) (contribution.Paths, error) {
	d := numbers{b: body}
	p := contribution.Paths{Names: make([]string, d.size())}
	last := ""
	for i := range p.Names {
		same := d.unsigned()
		if same > uint64(len(last)) {
			return p, errBlock
		}
		last = last[:same] + d.text(d.size())
		p.Names[i] = last
	}
	p.Touched = make([][]uint32, d.size())
	for i := range p.Touched {
		n := d.unsigned()
		if n == 0 {
			continue
		}
		if n-1 > uint64(len(d.b)) {
			return p, errBlock
		}
		list := make([]uint32, n-1)
		before := int64(0)
		for j := range list {
			before += d.signed()
			if before < 0 || before >= int64(len(p.Names)) {
				return p, errBlock
			}
			list[j] = uint32(before)
		}
		p.Touched[i] = list
	}
	if d.bad || len(d.b) > 0 {
		return p, errBlock
	}
	return p, nil
}
