package history

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// patchReader reads git diff-tree --stdin -p -U1: for each commit that changes
// anything a line with its id, then the change. Inside a hunk lines are counted
// as its head says, so no content can be taken for a head. The context is
// passed over, so that a backport to other surroundings is the same change; it is
// there because git counts a few commits otherwise without, unlike --numstat.
type patchReader struct {
	in *bufio.Reader
	// left are the lines of the present hunk that are still to come.
	oldLeft, newLeft int
	count            contribution.LineCount
	hash             uint64
	hashed           bool // there is something to know the change by
}

// FNV-1a of 64 bits.
const (
	hashStart = 14695981039346656037
	hashPrime = 1099511628211
)

// each calls f with every commit's id and its lines, in order. The last is
// given only when the stream ended well.
func (r *patchReader) each(f func(id []byte, n contribution.LineCount)) error {
	var id []byte
	for {
		line, whole, err := r.line()
		if err != nil {
			if errors.Is(err, io.EOF) && id != nil && r.oldLeft+r.newLeft == 0 {
				f(id, r.sum())
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		switch {
		case r.oldLeft+r.newLeft > 0:
			if err := r.content(line, whole); err != nil {
				return err
			}
			continue
		case isID(line):
			if id != nil {
				f(id, r.sum())
			}
			id = append(id[:0], line...)
			r.count, r.hash, r.hashed = contribution.LineCount{}, hashStart, false
		case bytes.HasPrefix(line, []byte("@@ ")):
			if r.oldLeft, r.newLeft, err = hunkSize(line); err != nil {
				return err
			}
		case bytes.HasPrefix(line, []byte("--- ")), bytes.HasPrefix(line, []byte("+++ ")):
			r.add(line)
		}
		if !whole {
			if err := r.rest(nil); err != nil {
				return err
			}
		}
	}
}

// sum is the count of the commit that ends here.
func (r *patchReader) sum() contribution.LineCount {
	n := r.count
	if r.hashed {
		n.Patch = r.hash
		if n.Patch == 0 {
			n.Patch = 1
		}
	}
	return n
}

// line reads a line without its end; whole says that all of it is there.
func (r *patchReader) line() (line []byte, whole bool, err error) {
	line, err = r.in.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return line, false, nil
	}
	if err != nil {
		if errors.Is(err, io.EOF) && len(line) > 0 {
			return line, true, nil
		}
		return nil, true, err
	}
	return line[:len(line)-1], true, nil
}

// rest reads on to the end of a long line.
func (r *patchReader) rest(f func([]byte)) error {
	for {
		line, whole, err := r.line()
		if err != nil {
			return err
		}
		if f != nil {
			f(line)
		}
		if whole {
			return nil
		}
	}
}

var errPatch = errors.New("git diff-tree answered in a form that is not understood")

// content counts a line of a hunk.
func (r *patchReader) content(line []byte, whole bool) error {
	if len(line) == 0 {
		return errPatch
	}
	switch line[0] {
	case '+':
		r.newLeft--
		r.count.Added++
	case '-':
		r.oldLeft--
		r.count.Removed++
	case ' ':
		r.oldLeft--
		r.newLeft--
	case '\\': // "\ No newline at end of file"
	default:
		return errPatch
	}
	if r.oldLeft < 0 || r.newLeft < 0 {
		return errPatch
	}
	changed := line[0] == '+' || line[0] == '-'
	if changed {
		r.hashed = true
		r.add(line)
	}
	switch {
	case whole:
		return nil
	case changed:
		return r.rest(r.add)
	}
	return r.rest(nil)
}

// add hashes text without blanks, as git patch-id does.
func (r *patchReader) add(text []byte) {
	h := r.hash
	for _, c := range text {
		if c != ' ' && c != '\t' && c != '\r' {
			h = (h ^ uint64(c)) * hashPrime
		}
	}
	r.hash = (h ^ '\n') * hashPrime
}

// hunkSize reads "@@ -12,3 +14 @@": how many old and new lines follow.
func hunkSize(line []byte) (before, after int, err error) {
	f := bytes.Fields(line)
	if len(f) < 4 || len(f[1]) == 0 || len(f[2]) == 0 || f[1][0] != '-' || f[2][0] != '+' {
		return 0, 0, errPatch
	}
	size := func(r []byte) int {
		_, n, ok := bytes.Cut(r, []byte(","))
		if !ok {
			return 1
		}
		v, convErr := strconv.Atoi(string(n))
		if convErr != nil || v < 0 || v > 1<<30 {
			err = errPatch
		}
		return v
	}
	before, after = size(f[1]), size(f[2])
	return before, after, err
}
