package feed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// openList takes a list of CVEs: CISA's catalog ("kev") or FIRST's scores
// ("epss").
func openList(file, kind string) (*Source, error) {
	f, err := openPlain(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	f.Close()
	return &Source{Name: kind, Location: file, Kind: kind, entries: []entry{{name: filepath.Base(file), open: func() (io.ReadCloser, error) { return openPlain(file) }}}}, nil
}

// isKEV looks whether a file begins as CISA's catalog does.
func isKEV(file string) bool {
	f, err := openPlain(file)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4<<10)
	n, _ := io.ReadFull(f, head)
	return bytes.Contains(head[:n], []byte(`"catalogVersion"`))
}

// errList says that a list is too long to be one.
var errList = errors.New("it unpacks to more than 256 MB: it is not read")

// bounded fails beyond a number of bytes instead of ending quietly.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errList
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// KEV reads the source as CISA's catalog; bad counts entries that were not
// understood, made is its date.
func (s *Source) KEV() (list []advisory.Exploited, made time.Time, bad int, err error) {
	err = s.list(func(r io.Reader) error {
		data, err := io.ReadAll(r)
		if err == nil {
			list, made, bad, err = advisory.ParseKEV(data)
		}
		return err
	})
	return list, made, bad, err
}

// EPSS reads the source as FIRST's scores.
func (s *Source) EPSS() (list []advisory.EPSS, made time.Time, bad int, err error) {
	err = s.list(func(r io.Reader) error {
		list, made, bad, err = advisory.ParseEPSS(r)
		return err
	})
	return list, made, bad, err
}

func (s *Source) list(read func(io.Reader) error) error {
	f, err := s.entries[0].open()
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", s.Location, err)
	}
	defer f.Close()
	if err := read(&bounded{f, maxList}); err != nil {
		return fmt.Errorf("cannot read %s: %w", s.Location, err)
	}
	return nil
}
