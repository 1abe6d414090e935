package source

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// batch is a running `git cat-file --batch`.
type batch struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	pipe *Pipe
	out  *bufio.Reader
	errs *bytes.Buffer
	buf  []byte
}

func (r *gitRepo) startBatch() (*batch, error) {
	cmd := r.object(context.Background(), "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	b := &batch{cmd: cmd, in: in, errs: &bytes.Buffer{}}
	cmd.Stderr = b.errs
	if b.pipe, err = StartReading(cmd); err != nil {
		return nil, fmt.Errorf("cannot run git (is it installed?): %w", err)
	}
	b.out = bufio.NewReaderSize(b.pipe, 64<<10)
	return b, nil
}

func (b *batch) stop() {
	b.in.Close()
	if b.cmd.Process != nil {
		b.cmd.Process.Kill()
	}
	_ = b.cmd.Wait() // it was killed; how it ended says nothing
	b.pipe.Close()
}

// diedError says that cat-file ended in mid-stream.
type diedError struct{ words string }

func (e *diedError) Error() string { return e.words }

// window is how many requests are in flight: 512 of 41 bytes stay below a
// pipe's buffer, so writing them can't block on answers that nobody reads.
const window = 512

// each asks for files and hands out the answers in order; done counts those
// answered.
func (b *batch) each(ctx context.Context, files []File, max int64, f func(File, []byte, error) error) (done int, err error) {
	asked := 0
	var ask bytes.Buffer
	for done < len(files) {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		if asked-done < window/2 && asked < len(files) {
			ask.Reset()
			for asked < len(files) && asked-done < window {
				ask.WriteString(files[asked].Blob)
				ask.WriteByte('\n')
				asked++
			}
			// When git has ended, its last answers are still to be read: the first
			// that is missing, not this write, tells which object ended it.
			_, _ = b.in.Write(ask.Bytes())
		}
		b.pipe.Rests = asked-done > window/8 // a few are better waited for
		content, fileErr, err := b.answer(max)
		if err != nil {
			return done, b.died(err)
		}
		if err := f(files[done], content, fileErr); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// died ends what is left of cat-file before its words are read: they are
// written by another goroutine until then.
func (b *batch) died(err error) error {
	b.stop()
	words := strings.TrimSpace(b.errs.String())
	if i := strings.IndexByte(words, '\n'); i > 0 {
		words = words[:i]
	}
	if words == "" {
		words = err.Error()
	}
	return &diedError{words}
}

// answer reads "id type size\n" content "\n", or "id missing\n".
func (b *batch) answer(limit int64) (content []byte, fileErr, err error) {
	line, err := b.out.ReadSlice('\n')
	if err != nil {
		return nil, nil, err
	}
	size, missing, err := parseHeader(string(line[:len(line)-1]))
	if err != nil {
		return nil, nil, err
	}
	if missing {
		return nil, ErrMissing, nil
	}
	if size > limit {
		if _, err = io.CopyN(io.Discard, b.out, size); err == nil {
			_, err = b.out.Discard(1)
		}
		return nil, ErrTooLarge, err
	}
	if int64(cap(b.buf)) < size+1 || cap(b.buf) > 4<<20 && size < 64<<10 {
		b.buf = make([]byte, max(size+1, 64<<10))
	}
	b.buf = b.buf[:size+1]
	if _, err := io.ReadFull(b.out, b.buf); err != nil {
		return nil, nil, err
	}
	return b.buf[:size], nil, nil
}

// parseHeader reads the line before an object's content.
func parseHeader(line string) (size int64, missing bool, err error) {
	fields := strings.Split(line, " ")
	if len(fields) >= 2 && fields[len(fields)-1] == "missing" {
		return 0, true, nil
	}
	if len(fields) != 3 {
		return 0, false, fmt.Errorf("cat-file answered %q", line)
	}
	size, err = strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return 0, false, fmt.Errorf("cat-file answered %q", line)
	}
	return size, false, nil
}
