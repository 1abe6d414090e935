package feed

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// File is one file as it was read; exactly one of Known, Fault and Record.Info
// is set.
type File struct {
	Name, Mark string
	Known      bool
	Record     advisory.Understood
	Raw        []byte // the record as it stands, packed
	Fault      string
}

// together is how many files are read before they are given out, in order.
const together = 512

// Read gives every file of a source to put, in order. Files that have the mark
// in known are not opened. What can't be read or is no advisory has a Fault;
// the error is put's, or the context's. pack packs what is kept of a record.
func (s *Source) Read(ctx context.Context, known map[string]string, workers int, pack func([]byte) []byte, put func(File) error) error {
	out := make([]File, together)
	for start := 0; start < len(s.entries); start += together {
		part := s.entries[start:min(start+together, len(s.entries))]
		var group sync.WaitGroup
		next := make(chan int, len(part))
		for i := range part {
			next <- i
		}
		close(next)
		for range max(workers, 1) {
			group.Go(func() {
				for i := range next {
					if ctx.Err() == nil {
						out[i] = part[i].read(known, pack)
					}
				}
			})
		}
		group.Wait()
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range part {
			if err := put(out[i]); err != nil {
				return err
			}
			out[i] = File{}
		}
	}
	return nil
}

func (e *entry) read(known map[string]string, pack func([]byte) []byte) File {
	f := File{Name: e.name, Mark: e.mark}
	if mark, ok := known[e.name]; ok && mark == e.mark {
		f.Known = true
		return f
	}
	data, err := e.bytes()
	if err == nil {
		f.Record, err = advisory.Understand(data)
	}
	if err != nil {
		f.Fault = strings.ToValidUTF8(err.Error(), "?")
		f.Record = advisory.Understood{}
		return f
	}
	f.Raw = pack(data)
	return f
}

func (e *entry) bytes() ([]byte, error) {
	if e.size > advisory.MaxRecord {
		return nil, tooLarge(e.size)
	}
	r, err := e.open()
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, fmt.Errorf("it can't be read: %w", err)
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, advisory.MaxRecord+1))
	if err != nil {
		return nil, fmt.Errorf("it can't be read: %w", err)
	}
	if len(data) > advisory.MaxRecord {
		return nil, tooLarge(int64(len(data)))
	}
	return data, nil
}

func tooLarge(size int64) error {
	return fmt.Errorf("it has %d MB; at most %d MB are read, so nothing is known of what it says", size>>20, advisory.MaxRecord>>20)
}

// openPlain opens a file, unpacked where it is a .gz.
func openPlain(file string) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if err != nil || !strings.HasSuffix(strings.ToLower(file), ".gz") {
		return f, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return &unpacked{z, f}, nil
}

type unpacked struct {
	io.Reader
	file io.Closer
}

func (u *unpacked) Close() error { return u.file.Close() }
