package people

import (
	"cmp"
	"encoding/binary"
	"errors"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"
)

// Index is a source in one run of bytes that is asked for single persons: fifty
// thousand of them cost nothing but for those who are asked for. It is safe for
// concurrent use.
//
// All numbers are little endian, 32 bits: first how many words, records, keys
// and domains there are, and the bits of a bucket's number; then where each word,
// each record and the domains end, where each bucket begins, and by hash of the
// identities' keys (hash, record); then the words, the records and the domains.
type Index struct {
	all                               string
	words, records, keys, domains     int
	shift                             int
	wordAt, recordAt, bucketAt, keyAt int
	wordBase, recordBase, domainBase  int
	// origin comes before the names of files; last is the file that was named last,
	// and what it stands for: most persons in a row are of one file.
	origin string
	last   atomic.Pointer[[2]string]
}

// errIndex says that bytes are no index.
var errIndex = errors.New("what is kept of a source of people is damaged")

const indexHead = 6 * 4 // version, words, records, keys, domains, bucket bits

// indexVersion opens the encoding.
const indexVersion = 2

// Pack writes a source as an [Index].
func Pack(s *Source) []byte {
	p := packer{index: map[string]uint32{}}
	keys, shared := sortedHashes(s.Records)
	ends := make([]uint32, 0, len(s.Records))
	for i := range s.Records {
		p.record(&s.Records[i], shared[i])
		ends = append(ends, uint32(len(p.body)))
	}
	for _, d := range s.Domains {
		p.text(d.Domain)
		p.word(d.Org)
		p.day(d.From)
		p.day(d.To)
		p.word(d.Origin)
	}
	bucketBits := max(1, bits.Len(uint(len(keys)/4)))
	out := make([]byte, 0, indexHead+4*(len(p.words)+len(ends)+1+1<<bucketBits+1)+8*len(keys)+len(p.body))
	for _, n := range []int{indexVersion, len(p.words), len(ends), len(keys), len(s.Domains), bucketBits} {
		out = binary.LittleEndian.AppendUint32(out, uint32(n))
	}
	end := 0
	for _, w := range p.words {
		end += len(w)
		out = binary.LittleEndian.AppendUint32(out, uint32(end))
	}
	for _, e := range append(ends, uint32(len(p.body))) {
		out = binary.LittleEndian.AppendUint32(out, e)
	}
	next := 0
	for b := range 1<<bucketBits + 1 {
		for next < len(keys) && int(uint64(keys[next][0])>>(32-bucketBits)) < b {
			next++
		}
		out = binary.LittleEndian.AppendUint32(out, uint32(next))
	}
	for _, k := range keys {
		out = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, k[0]), k[1])
	}
	for _, w := range p.words {
		out = append(out, w...)
	}
	return append(out, p.body...)
}

// sortedHashes are the hashes of all keys, each with its record, and the records
// that have a key with another record or twice.
func sortedHashes(records []Record) (keys [][2]uint32, shared []bool) {
	shared = make([]bool, len(records))
	for i := range records {
		for _, k := range keysOf(records[i].Identities) {
			keys = append(keys, [2]uint32{hashOf(k), uint32(i)})
		}
	}
	slices.SortFunc(keys, func(a, b [2]uint32) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	for i := 1; i < len(keys); i++ {
		if keys[i][0] == keys[i-1][0] {
			shared[keys[i][1]], shared[keys[i-1][1]] = true, true
		}
	}
	return slices.Compact(keys), shared
}

// keysOf are the keys under which identities are found.
func keysOf(list []Identity) (out []string) {
	for _, who := range list {
		for _, one := range single(who) {
			if one.Email != "" || one.Login != "" {
				out = append(out, one.Key())
			}
		}
	}
	return out
}

// hashOf multiplies and mixes eight bytes at a time; its first bits tell buckets.
// It is part of the encoding: another needs another version.
func hashOf(s string) uint32 {
	const prime = 0xbf58476d1ce4e5b9
	h := uint64(len(s)) * prime
	for ; len(s) >= 8; s = s[8:] {
		h ^= uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		h *= prime
		h ^= h >> 29
	}
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * prime
	}
	return uint32((h ^ h>>29) * prime >> 32)
}

// packer writes words that come again as numbers, and dates as days; 0 stands
// for no bound.
type packer struct {
	body  []byte
	index map[string]uint32
	words []string
}

func (p *packer) number(n int) { p.body = binary.AppendUvarint(p.body, uint64(max(n, 0))) }

func (p *packer) text(s string) {
	p.number(len(s))
	p.body = append(p.body, s...)
}

func (p *packer) word(s string) {
	n, ok := p.index[s]
	if !ok {
		n = uint32(len(p.words))
		p.index[s] = n
		p.words = append(p.words, s)
	}
	p.number(int(n))
}

func (p *packer) day(t time.Time) {
	if t.IsZero() {
		p.number(0)
		return
	}
	p.number(int(max(t.Unix()/86400, 1)))
}

func (p *packer) record(r *Record, shared bool) {
	p.text(r.ID)
	p.text(r.Name)
	p.word(r.Team)
	p.word(r.Origin)
	p.number(r.Line)
	p.number(boolInt(r.Bot) + 2*boolInt(shared))
	p.number(len(r.Identities))
	for _, who := range r.Identities {
		p.text(who.Name)
		p.text(who.Email)
		p.text(who.Login)
	}
	p.number(len(r.Employment))
	for _, e := range r.Employment {
		p.word(e.Org)
		p.day(e.From)
		p.day(e.To)
		p.word(string(e.Basis))
		p.number(e.Line)
	}
}

// OpenIndex reads what [Pack] wrote; origin names the source where what it says
// is shown. The index keeps data, which must not be changed from then on: to copy
// the ten megabytes of a large directory costs as much as all questions to it.
func OpenIndex(data []byte, origin string) (*Index, error) {
	x := &Index{all: unsafe.String(unsafe.SliceData(data), len(data)), origin: origin}
	if len(data) < indexHead || x.at(0) != indexVersion {
		return nil, errIndex
	}
	x.words, x.records, x.keys, x.domains = x.at(4), x.at(8), x.at(12), x.at(16)
	if x.at(20) < 1 || x.at(20) > 31 {
		return nil, errIndex
	}
	x.shift = 32 - x.at(20)
	x.wordAt = indexHead
	x.recordAt = x.wordAt + 4*x.words
	x.bucketAt = x.recordAt + 4*(x.records+1)
	x.keyAt = x.bucketAt + 4*(1<<x.at(20)+1)
	x.wordBase = x.keyAt + 8*x.keys
	if x.wordBase > len(data) || x.records > len(data) || x.domains > len(data) {
		return nil, errIndex
	}
	x.recordBase = x.wordBase
	if x.words > 0 {
		x.recordBase += x.at(x.wordAt + 4*(x.words-1))
	}
	x.domainBase = x.recordBase
	if x.records > 0 {
		x.domainBase += x.at(x.recordAt + 4*(x.records-1))
	}
	if x.domainBase > len(data) || x.recordBase+x.at(x.recordAt+4*x.records) != len(data) {
		return nil, errIndex
	}
	return x, nil
}

// at reads a number; 0 where there is none.
func (x *Index) at(i int) int {
	if i < 0 || i+4 > len(x.all) {
		return 0
	}
	return int(uint32(x.all[i]) | uint32(x.all[i+1])<<8 | uint32(x.all[i+2])<<16 | uint32(x.all[i+3])<<24)
}

// Len is how many records there are.
func (x *Index) Len() int { return x.records }

// first gives the first record that may have an identity of a key, and how many
// there are.
func (x *Index) first(key string) (record, n int) {
	h := hashOf(key)
	bucket := int(uint64(h) >> x.shift)
	from, to := x.at(x.bucketAt+4*bucket), min(x.at(x.bucketAt+4*bucket+4), x.keys)
	for i := from; i < to; i++ {
		if at := x.keyAt + 8*i; uint32(x.at(at)) == h && x.at(at+4) < x.records {
			if n++; n == 1 {
				record = x.at(at + 4)
			}
		}
	}
	return record, n
}

// find gives the records that may have an identity of a key, in order: two keys
// may have one hash.
func (x *Index) find(key string) (out []int) {
	h := hashOf(key)
	bucket := int(uint64(h) >> x.shift)
	from, to := x.at(x.bucketAt+4*bucket), min(x.at(x.bucketAt+4*bucket+4), x.keys)
	for i := from; i < to; i++ {
		if at := x.keyAt + 8*i; uint32(x.at(at)) == h {
			if r := x.at(at + 4); r < x.records {
				out = append(out, r)
			}
		}
	}
	return out
}

// Record reads one record.
func (x *Index) Record(i int) Record {
	r, _ := x.record(i)
	return r
}

// record reads one record; shared says that it has an identity with another.
func (x *Index) record(i int) (r Record, shared bool) {
	from := 0
	if i > 0 {
		from = x.at(x.recordAt + 4*(i-1))
	}
	u := x.unpack(x.recordBase+from, x.recordBase+x.at(x.recordAt+4*i))
	r.ID, r.Name, r.Team, r.Origin = u.text(), u.text(), u.word(), x.from(u.word())
	flags := 0
	r.Line, flags = u.number(), u.number()
	r.Bot, shared = flags&1 == 1, flags&2 == 2
	if n := u.size(); n > 0 {
		r.Identities = make([]Identity, n)
	}
	for i := range r.Identities {
		r.Identities[i] = Identity{Name: u.text(), Email: u.text(), Login: u.text()}
	}
	if n := u.size(); n > 0 {
		r.Employment = make([]Employment, n)
	}
	for i := range r.Employment {
		r.Employment[i] = Employment{Org: u.word(), From: u.day(), To: u.day(), Basis: Basis(u.word()), Origin: r.Origin, Line: u.number()}
	}
	return r, shared
}

// Domains reads the owners of domains.
func (x *Index) Domains() []DomainRule {
	u := x.unpack(x.domainBase, len(x.all))
	var out []DomainRule
	for range x.domains {
		if u.rest == "" {
			break
		}
		out = append(out, DomainRule{Domain: u.text(), Org: u.word(), From: u.day(), To: u.day(), Origin: x.from(u.word())})
	}
	return out
}

// hasWord tells whether the source has such a word: names of organizations are
// words.
func (x *Index) hasWord(is func(word string) bool) bool {
	for n := range x.words {
		if is(x.word(n)) {
			return true
		}
	}
	return false
}

func (x *Index) word(n int) string {
	if n >= x.words {
		return ""
	}
	from := 0
	if n > 0 {
		from = x.at(x.wordAt + 4*(n-1))
	}
	return cut(x.all, x.wordBase+from, x.wordBase+x.at(x.wordAt+4*n))
}

// from is where in the source a file's name stands for.
func (x *Index) from(file string) string {
	switch {
	case file == "":
		return x.origin
	case x.origin == "":
		return file
	}
	if last := x.last.Load(); last != nil && last[0] == file {
		return last[1]
	}
	full := x.origin + " " + file
	x.last.Store(&[2]string{file, full})
	return full
}

func cut(s string, from, to int) string {
	if from < 0 || from > to || to > len(s) {
		return ""
	}
	return s[from:to]
}

func (x *Index) unpack(from, to int) unpacker {
	return unpacker{x: x, rest: cut(x.all, from, to)}
}

// unpacker reads what packer wrote; past the end there are zeros.
type unpacker struct {
	x    *Index
	rest string
}

func (u *unpacker) number() int {
	if u.rest != "" && u.rest[0] < 0x80 { // nearly all
		n := int(u.rest[0])
		u.rest = u.rest[1:]
		return n
	}
	var n uint64
	for i := 0; i < len(u.rest) && i < 9; i++ {
		n |= uint64(u.rest[i]&0x7f) << (7 * i)
		if u.rest[i] < 0x80 {
			u.rest = u.rest[i+1:]
			return int(n)
		}
	}
	u.rest = ""
	return 0
}

// size is a number of things that follow: never more than there are bytes.
func (u *unpacker) size() int { return min(u.number(), len(u.rest)) }

func (u *unpacker) text() string {
	n := u.size()
	s := u.rest[:n]
	u.rest = u.rest[n:]
	return s
}

func (u *unpacker) word() string { return u.x.word(u.number()) }

func (u *unpacker) day() time.Time {
	n := u.number()
	if n == 0 || n > 1<<20 {
		return time.Time{}
	}
	return time.Unix(int64(n)*86400, 0).UTC()
}
