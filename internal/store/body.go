package store

import (
	"encoding/binary"
	"errors"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// bodyVersion opens the encoding of a unit's usages.
const bodyVersion = 1

// encodeUsages writes usages compactly: a table of distinct strings, then each
// usage as numbers into it. Two thousand usages take some tens of kilobytes and
// under a millisecond, where rows take thirty.
func encodeUsages(usages []inventory.Usage) []byte {
	e := encoder{index: map[string]uint64{}}
	for i := range usages {
		e.usage(&usages[i])
	}
	out := []byte{bodyVersion}
	out = binary.AppendUvarint(out, uint64(len(e.strings)))
	for _, s := range e.strings {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	out = binary.AppendUvarint(out, uint64(len(usages)))
	return append(out, e.body...)
}

type encoder struct {
	index   map[string]uint64
	strings []string
	body    []byte
}

func (e *encoder) text(s string) {
	n, ok := e.index[s]
	if !ok {
		n = uint64(len(e.strings))
		e.index[s] = n
		e.strings = append(e.strings, s)
	}
	e.body = binary.AppendUvarint(e.body, n)
}

func (e *encoder) list(l []string) {
	e.body = binary.AppendUvarint(e.body, uint64(len(l)))
	for _, s := range l {
		e.text(s)
	}
}

func (e *encoder) usage(u *inventory.Usage) {
	c := u.Component
	for _, s := range []string{c.Type, c.Namespace, c.Name, c.Version, c.Qualifiers, c.Subpath, u.Requirement, u.Manifest,
		string(u.Relation), string(u.Scope), u.License, u.Note} {
		e.text(s)
	}
	e.body = binary.AppendUvarint(e.body, uint64(max(u.Line, 0)))
	fixture := uint64(0)
	if u.Fixture {
		fixture = 1
	}
	e.body = binary.AppendUvarint(e.body, fixture)
	e.list(u.Chain)
	e.list(u.DependsOn)
}

var errBody = errors.New("a unit in the store is damaged; scan again with --again")

// decodeUsages reads what encodeUsages wrote; damage is an error, never a panic.
func decodeUsages(b []byte) ([]inventory.Usage, error) {
	if len(b) == 0 || b[0] != bodyVersion {
		return nil, errBody
	}
	d := decoder{body: string(b[1:])}
	n := d.number()
	if n > d.left() {
		return nil, errBody
	}
	d.strings = make([]string, 0, n)
	for range n {
		size := d.number()
		if d.bad || size > d.left() {
			return nil, errBody
		}
		d.strings = append(d.strings, d.body[d.at:d.at+int(size)])
		d.at += int(size)
	}
	count := d.number()
	if d.bad || count > d.left()/leastUsage {
		return nil, errBody
	}
	out := make([]inventory.Usage, count)
	for i := range out {
		if d.usage(&out[i]); d.bad {
			return nil, errBody
		}
	}
	if d.left() > 0 {
		return nil, errBody
	}
	return out, nil
}

// leastUsage is how many bytes a usage takes at least: one for each number.
const leastUsage = 16

type decoder struct {
	body    string
	at      int // how much of it is read
	strings []string
	room    []string // what lists are cut from, so that each needs no memory of its own
	bad     bool
}

func (d *decoder) number() uint64 {
	if d.at < len(d.body) && d.body[d.at] < 0x80 { // nearly always
		d.at++
		return uint64(d.body[d.at-1])
	}
	var n uint64
	for shift := uint(0); shift < 64 && d.at < len(d.body); shift += 7 {
		c := d.body[d.at]
		d.at++
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	d.bad = true
	return 0
}

// left is how many bytes are not read yet.
func (d *decoder) left() uint64 { return uint64(len(d.body) - d.at) }

func (d *decoder) text() string {
	n := d.number()
	if n >= uint64(len(d.strings)) {
		d.bad = true
		return ""
	}
	return d.strings[n]
}

func (d *decoder) list() []string {
	n := d.number()
	if n == 0 || n > d.left() {
		d.bad = d.bad || n > 0
		return nil
	}
	if uint64(cap(d.room)-len(d.room)) < n {
		d.room = make([]string, 0, max(n, min(512, d.left()/4)))
	}
	start := len(d.room)
	for range n {
		d.room = append(d.room, d.text())
	}
	return d.room[start:len(d.room):len(d.room)]
}

func (d *decoder) usage(u *inventory.Usage) {
	u.Component = inventory.PURL{Type: d.text(), Namespace: d.text(), Name: d.text(), Version: d.text(), Qualifiers: d.text(), Subpath: d.text()}
	u.Requirement, u.Manifest = d.text(), d.text()
	u.Relation, u.Scope = inventory.Relation(d.text()), inventory.Scope(d.text())
	u.License, u.Note = d.text(), d.text()
	u.Line = int(d.number())
	u.Fixture = d.number() == 1
	u.Chain, u.DependsOn = d.list(), d.list()
}
