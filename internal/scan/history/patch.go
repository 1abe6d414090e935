package history

import (
	"bufio"
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"math/bits"
	"strconv"

	"github.com/tributary-oss/tributary/internal/contribution"
)

// patchReader reads changes as git writes them with -p -U0. Inside a hunk lines
// are counted as its head says, so no content can be taken for a head. Context
// would tell more of a change's place, but a backport to other surroundings is
// the same change.
type patchReader struct {
	in *bufio.Reader
	// left are the lines of the present hunk that are still to come.
	oldLeft, newLeft int
	count            contribution.LineCount
	hash             uint64
	hashed           bool // there is something to know the change by
}

// What the hash of a change starts with, and what each line multiplies it by: an
// odd number with many bits, so that order matters.
const (
	hashStart = 14695981039346656037
	hashPrime = 0x9e3779b97f4a7c15
)

// each reads git diff-tree --stdin: for each commit that changes anything a line
// with its id, then the change. It calls f with every commit's id and its lines,
// in order.
func (r *patchReader) each(f func(id []byte, n contribution.LineCount)) error {
	var id []byte
	for {
		line, whole, err := r.line()
		if errors.Is(err, io.EOF) {
			if id != nil && r.oldLeft+r.newLeft == 0 {
				f(id, r.sum())
			}
			return nil
		}
		if err != nil {
			return err
		}
		if r.oldLeft+r.newLeft == 0 && isID(line) {
			if id != nil {
				f(id, r.sum())
			}
			id = append(id[:0], line...)
			r.start()
			continue
		}
		if err := r.take(line, whole); err != nil {
			return err
		}
	}
}

// one reads the change of one commit in git log -z -p, up to the id and zero byte
// that open the next one, or to the end.
func (r *patchReader) one() (contribution.LineCount, error) {
	r.start()
	for {
		if r.oldLeft+r.newLeft == 0 && r.commitAhead() {
			return r.sum(), nil
		}
		line, whole, err := r.line()
		if errors.Is(err, io.EOF) && r.oldLeft+r.newLeft == 0 {
			return r.sum(), nil
		}
		if err != nil {
			return contribution.LineCount{}, unexpected(err)
		}
		if err := r.take(line, whole); err != nil {
			return contribution.LineCount{}, err
		}
	}
}

// commitAhead says whether an id and a zero byte come next.
func (r *patchReader) commitAhead() bool {
	for _, size := range []int{40, 64} {
		ahead, _ := r.in.Peek(size + 1)
		if len(ahead) == size+1 && ahead[size] == 0 && isID(ahead[:size]) {
			return true
		}
		if len(ahead) <= size || ahead[0] == 'd' || ahead[0] == '-' || ahead[0] == '+' || ahead[0] == '@' {
			return false
		}
	}
	return false
}

// start forgets the commit before.
func (r *patchReader) start() {
	r.count, r.hash, r.hashed, r.oldLeft, r.newLeft = contribution.LineCount{}, hashStart, false, 0, 0
}

// take counts one line of a change.
func (r *patchReader) take(line []byte, whole bool) (err error) {
	switch {
	case r.oldLeft+r.newLeft > 0:
		return r.content(line, whole)
	case bytes.HasPrefix(line, []byte("@@ ")):
		if r.oldLeft, r.newLeft, err = hunkSize(line); err != nil {
			return err
		}
	case bytes.HasPrefix(line, []byte("--- ")), bytes.HasPrefix(line, []byte("+++ ")):
		r.add(line)
	}
	if !whole {
		return r.rest(nil)
	}
	return nil
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

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// add hashes a line, its indentation and trailing blanks aside; git patch-id
// passes over all blanks. Two sums that processors have instructions for make 64
// bits: enough among the changes of one person.
func (r *patchReader) add(text []byte) {
	sign := text[:min(1, len(text))]
	text = bytes.TrimSpace(text[len(sign):])
	line := uint64(crc32.Checksum(text, castagnoli))<<32 | uint64(crc32.ChecksumIEEE(text))
	for _, c := range sign {
		line ^= uint64(c)
	}
	r.hash = (bits.RotateLeft64(r.hash, 23) ^ line) * hashPrime
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
