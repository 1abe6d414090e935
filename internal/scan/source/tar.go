package source

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

// decompress wraps a reader by what its first bytes say.
func decompress(r *bufio.Reader) (io.Reader, error) {
	head, _ := r.Peek(4) // shorter content is no compressed stream
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzip.NewReader(r)
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(r), nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstd.NewReader(r, zstd.WithDecoderMaxMemory(256<<20), zstd.WithDecoderConcurrency(1))
	}
	return r, nil
}

// openTar reads a tar archive once; what may matter is kept in one temporary
// file with an index.
func openTar(f *os.File, max int64) (*fileTree, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r, err := decompress(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("is not a readable archive: %w", err)
	}
	spool, err := os.CreateTemp("", "tributary-tar-")
	if err != nil {
		return nil, err
	}
	// It has no name from here on, so that nothing can leave it behind.
	if err := os.Remove(spool.Name()); err != nil {
		return nil, errors.Join(err, spool.Close())
	}
	l := newLister(max)
	l.t.closers = append(l.t.closers, f.Close, spool.Close)
	limit := limitFor(st.Size())
	bounded := &io.LimitedReader{R: r, N: limit + 1}
	err = l.tar(tar.NewReader(bounded), spool)
	switch {
	case bounded.N <= 0:
		l.problem("too large", "the archive unpacks to more than %d MiB (a bomb?); what comes after %s was not read", limit>>20, plural(len(l.t.files), "file", "files"))
	case err != nil:
		if len(l.t.files) == 0 {
			l.t.closers = l.t.closers[1:] // the caller closes f
			return nil, errors.Join(fmt.Errorf("is not a readable archive: %w", err), l.t.Close())
		}
		l.problem("truncated", "the archive ends early or is damaged; before, %s read: %v", plural(len(l.t.files), "file was", "files were"), err)
	}
	return l.finish(), nil
}

func (l *lister) tar(r *tar.Reader, spool *os.File) error {
	offset, dropped := int64(0), 0
	defer func() {
		if dropped > 0 {
			l.problem("too large", "%s not read, being larger than the limit or coming when %d MiB had been kept", plural(dropped, "entry was", "entries were"), spoolLimit>>20)
		}
	}()
	for n := 0; ; n++ {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			return err
		}
		if n >= maxEntries {
			l.problem("too large", "only the first %d entries were read", maxEntries)
			return nil
		}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeDir, tar.TypeXGlobalHeader:
			continue
		default:
			l.links++
			continue
		}
		if h.Size > l.t.max || offset+h.Size > spoolLimit {
			dropped++
			l.add(h.Name, h.Size, func() (io.ReadCloser, error) { return nil, ErrTooLarge })
			continue
		}
		size, err := io.Copy(spool, r)
		if err != nil {
			return err
		}
		at := offset
		offset += size
		l.add(h.Name, size, func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(spool, at, size)), nil })
	}
}
