package store

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"slices"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// Packages that advisories speak of are kept by hash of their name, some
// hundred to a row: a scan of a thousand packages reads a thousand rows at most, one of a
// hundred thousand reads all, and an update writes only the rows that changed.
const advisoryShards = 2048

// shardOf gives the row of a package.
func shardOf(k advisory.Key) int {
	h := fnv.New32a()
	h.Write([]byte(k.Ecosystem))
	h.Write([]byte{0})
	h.Write([]byte(k.Name))
	return int(h.Sum32() % advisoryShards)
}

// shardVersion opens the encoding of a row.
const shardVersion = 2

var errShard = errors.New("the advisory index is damaged; run \"tributary advisory update --again\"")

// encodeShard writes packages by key; walkShard reads them.
func encodeShard(packages map[advisory.Key][]byte) []byte {
	keys := make([]advisory.Key, 0, len(packages))
	size := 16
	for k, body := range packages {
		keys = append(keys, k)
		size += len(k.Ecosystem) + len(k.Name) + len(body) + 12
	}
	slices.SortFunc(keys, func(a, b advisory.Key) int {
		return slices.Compare([]string{a.Ecosystem, a.Name}, []string{b.Ecosystem, b.Name})
	})
	out := append(make([]byte, 0, size), shardVersion)
	for _, k := range keys {
		out = appendText(out, k.Ecosystem)
		out = appendText(out, k.Name)
		out = binary.AppendUvarint(out, uint64(len(packages[k])))
		out = append(out, packages[k]...)
	}
	return out
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// walkShard calls visit with each package of a row; the slices are parts of
// body.
func walkShard(body []byte, visit func(ecosystem, name, pkg []byte) error) error {
	r := shardReader{rest: body}
	if version := r.number(); version != shardVersion {
		return errShard
	}
	for len(r.rest) > 0 && !r.bad {
		ecosystem, name, pkg := r.bytes(), r.bytes(), r.bytes()
		if r.bad {
			break
		}
		if err := visit(ecosystem, name, pkg); err != nil {
			return err
		}
	}
	if r.bad {
		return errShard
	}
	return nil
}

// encodePackage writes bounds, then each entry with its spans and versions.
// Forever is written as 0, which no span ends at.
func encodePackage(p *advisory.Package) []byte {
	var out []byte
	out = binary.AppendUvarint(out, uint64(len(p.Bounds)))
	for _, b := range p.Bounds {
		out = appendText(out, b)
	}
	out = binary.AppendUvarint(out, uint64(len(p.Entries)))
	for _, e := range p.Entries {
		out = binary.AppendUvarint(out, uint64(e.Record))
		out = binary.AppendUvarint(out, uint64(len(e.Spans)))
		for _, s := range e.Spans {
			until, fix := uint64(s.Until), uint64(0)
			if s.Until == advisory.Forever {
				until = 0
			}
			if s.Fix {
				fix = 1
			}
			out = binary.AppendUvarint(out, uint64(s.From))
			out = binary.AppendUvarint(out, until<<1|fix)
		}
		out = binary.AppendUvarint(out, uint64(len(e.Versions)))
		for _, v := range e.Versions {
			out = appendText(out, v)
		}
		out = appendText(out, e.Own)
	}
	return out
}

func decodePackage(key advisory.Key, body []byte) (*advisory.Package, error) {
	r := shardReader{rest: body}
	p := &advisory.Package{Key: key, Bounds: r.texts()}
	for range r.count() {
		e := advisory.Entry{Record: int64(r.number())}
		n := r.count()
		if n > 0 {
			e.Spans = make([]advisory.Span, n)
		}
		for i := range e.Spans {
			from, until := r.number(), r.number()
			s := advisory.Span{From: int(min(from, advisory.Forever)), Until: int(min(until>>1, advisory.Forever)), Fix: until&1 == 1}
			if s.Until == 0 {
				s.Until = advisory.Forever
			}
			e.Spans[i] = s
		}
		e.Versions, e.Own = r.texts(), string(r.bytes())
		p.Entries = append(p.Entries, e)
	}
	if r.bad || len(r.rest) > 0 || !p.Valid() {
		return nil, errShard
	}
	return p, nil
}

// shardReader reads what may be damaged: nothing is taken beyond its end, and
// no more room than there are bytes left.
type shardReader struct {
	rest []byte
	bad  bool
}

func (r *shardReader) number() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count reads how many follow, each of at least a byte.
func (r *shardReader) count() int {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.bad, r.rest = true, nil
		return 0
	}
	return int(n)
}

func (r *shardReader) bytes() []byte {
	n := r.count()
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *shardReader) texts() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	// One piece of memory for all texts of a package.
	start := r.rest
	lengths := make([]int, n)
	total := 0
	for i := range lengths {
		lengths[i] = len(r.bytes())
		total += lengths[i]
	}
	if r.bad {
		return nil
	}
	all := make([]byte, 0, total)
	again := shardReader{rest: start}
	for range lengths {
		all = append(all, again.bytes()...)
	}
	joined := string(all)
	out := make([]string, n)
	for i, l := range lengths {
		out[i], joined = joined[:l], joined[l:]
	}
	return out
}
