package history

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// rawCommit is one commit as git log wrote it. The bytes are valid until the
// next one is read.
type rawCommit struct {
	id, parents                   []byte
	authorName, authorEmail       []byte
	authored                      []byte // "seconds zone"
	committerName, committerEmail []byte
	committed                     []byte
	message                       []byte
	paths                         [][]byte
	morePaths                     bool // there are more than maxPaths
	pathless                      bool // paths were not asked for
	lines                         contribution.LineCount
	buf                           []byte
}

// logFormat makes git log write nine fields, each ended by NUL.
const logFormat = "--format=%H%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%ce%x00%cd%x00%B%x00"

const fields = 9

// maxField bounds a field that is kept, in bytes; of a longer message the
// beginning and the end are kept, where the trailers are.
const maxField = 1 << 20

// maxCommit bounds the bytes that are kept of one commit.
const maxCommit = 64 << 20

// logReader parses git log -z with logFormat and perhaps --name-status, or --raw
// and a patch. A commit is followed by (status, path) pairs, then by the patch,
// then by the next commit, whose id can't be a status: so nothing in a name or
// path can be taken for a commit.
type logReader struct {
	in *bufio.Reader
	// patch, where changes follow the paths.
	patch *patchReader
	next  []byte // an id that was read ahead
	long  []byte
}

var errLog = errors.New("git log answered in a form that is not understood")

// read reads the next commit; io.EOF at the end, io.ErrUnexpectedEOF when git
// ended inside one.
func (r *logReader) read(c *rawCommit) error {
	c.buf, c.paths, c.morePaths, c.lines = c.buf[:0], c.paths[:0], false, contribution.LineCount{}
	var ends [fields]int
	first := r.next
	r.next = nil
	if first == nil {
		var err error
		if first, err = r.id(); err != nil {
			return err
		}
	}
	c.buf = append(c.buf, first...)
	ends[0] = len(c.buf)
	for i := 1; i < fields; i++ {
		f, err := r.field()
		if err != nil {
			return unexpected(err)
		}
		c.buf = append(c.buf, f...)
		ends[i] = len(c.buf)
	}
	start, pathEnds, err := len(c.buf), []int(nil), error(nil)
	if pathEnds, err = r.names(c); err != nil {
		return err
	}
	c.slices(ends, start, pathEnds)
	return nil
}

// slices points the fields into the buffer, which has stopped growing.
func (c *rawCommit) slices(ends [fields]int, start int, pathEnds []int) {
	at := 0
	for i, into := range []*[]byte{&c.id, &c.parents, &c.authorName, &c.authorEmail, &c.authored, &c.committerName, &c.committerEmail, &c.committed, &c.message} {
		*into = c.buf[at:ends[i]:ends[i]]
		at = ends[i]
	}
	for _, end := range pathEnds {
		c.paths = append(c.paths, c.buf[start:end:end])
		start = end
	}
}

// names reads the pairs after a commit, up to the next commit's id.
func (r *logReader) names(c *rawCommit) (ends []int, err error) {
	for {
		f, err := r.field()
		if errors.Is(err, io.EOF) {
			return ends, nil
		}
		if err != nil {
			return ends, unexpected(err)
		}
		f = bytes.TrimLeft(f, "\n") // git parts format and names by "\0\n"
		switch {
		case len(f) == 0:
			if c.lines, err = r.change(c.lines); err != nil {
				return ends, err
			}
		case len(f) == 1 || f[0] == ':':
			if f, err = r.field(); err != nil {
				return ends, unexpected(err)
			}
			if len(ends) >= maxPaths || len(c.buf) > maxCommit {
				c.morePaths = true
				continue
			}
			c.buf = append(c.buf, f...)
			ends = append(ends, len(c.buf))
		case isID(f):
			r.next = append([]byte(nil), f...)
			return ends, nil
		default:
			return ends, errLog
		}
	}
}

// change reads what a commit changed, if that comes next.
func (r *logReader) change(before contribution.LineCount) (contribution.LineCount, error) {
	if r.patch == nil {
		return before, nil
	}
	if ahead, _ := r.in.Peek(5); string(ahead) != "diff " {
		return before, nil
	}
	return r.patch.one()
}

func (r *logReader) id() ([]byte, error) {
	for {
		f, err := r.field()
		if err != nil {
			return nil, err
		}
		if f = bytes.TrimLeft(f, "\n"); len(f) == 0 {
			continue
		}
		if !isID(f) {
			return nil, errLog
		}
		return f, nil
	}
}

func isID(f []byte) bool {
	if len(f) != 40 && len(f) != 64 {
		return false
	}
	for _, c := range f {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// field reads up to the next NUL, without it; io.EOF when nothing is left.
func (r *logReader) field() ([]byte, error) {
	f, err := r.in.ReadSlice(0)
	if err == nil {
		return f[:len(f)-1], nil
	}
	r.long = r.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		r.long = append(r.long, f...)
		if len(r.long) > maxField {
			// The middle goes.
			r.long = append(r.long[:maxField/4], r.long[len(r.long)-maxField/4:]...)
		}
		f, err = r.in.ReadSlice(0)
	}
	if err != nil {
		if errors.Is(err, io.EOF) && len(f)+len(r.long) > 0 {
			return nil, io.ErrUnexpectedEOF
		}
		return nil, err
	}
	r.long = append(r.long, f[:len(f)-1]...)
	return r.long, nil
}
