package source

import (
	"os"
	"os/exec"
	"time"
)

// Pipe is what a running command writes. Where it Rests, the reader lets a
// slower writer get ahead of it: woken for each page that git writes, the two
// would spend a third of their time on waking each other.
type Pipe struct {
	Rests bool
	in    *os.File
	short bool // the last reading was
}

// StartReading starts a command whose output is then read, to its end or until
// the pipe is closed.
func StartReading(cmd *exec.Cmd) (*Pipe, error) {
	r, w, err := newPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout = w
	err = cmd.Start()
	w.Close()
	if err != nil {
		r.Close()
		return nil, err
	}
	return &Pipe{Rests: true, in: r}, nil
}

const (
	restBelow = 64 << 10 // bytes of one reading
	restFor   = 2 * time.Millisecond
)

// Read implements io.Reader.
func (p *Pipe) Read(b []byte) (int, error) {
	if p.Rests && p.short {
		time.Sleep(restFor)
	}
	n, err := p.in.Read(b)
	p.short = n < min(restBelow, len(b))
	return n, err
}

// Close implements io.Closer.
func (p *Pipe) Close() error { return p.in.Close() }
