package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
)

// progress shows one line about many repositories. On a terminal the line is
// redrawn with an estimate; elsewhere a plain line appears every few seconds.
// Nothing is shown for work that ends within a second.
type progress struct {
	mu       sync.Mutex
	w        io.Writer
	terminal bool
	start    time.Time
	last     time.Time
	total    int
	done     int
	files    map[string][2]int
	read     map[string]int // commits by repository
	drawn    bool
}

// newProgress gives nil for quiet runs; all methods work on nil.
func newProgress(s *settings, total int) *progress {
	if s.quiet {
		return nil
	}
	return &progress{w: s.stderr, terminal: isTerminal(s.stderr), start: time.Now(), total: total, files: map[string][2]int{}}
}

// file tells how many of a repository's files are done.
func (p *progress) file(repository string, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[repository] = [2]int{done, total}
	p.draw()
}

// repository tells that one more repository is done.
func (p *progress) repository(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	delete(p.files, name)
	p.draw()
}

func (p *progress) draw() {
	every, after := 100*time.Millisecond, time.Second
	if !p.terminal {
		every, after = 5*time.Second, 5*time.Second
	}
	now := time.Now()
	if p.done == p.total || now.Sub(p.start) < after || now.Sub(p.last) < every {
		return
	}
	p.last = now
	done, total := 0, 0
	part := float64(p.done) // and of those under way, whose files tell how far they are
	for _, f := range p.files {
		done, total = done+f[0], total+f[1]
		part += float64(f[0]) / float64(max(f[1], 1))
	}
	line := fmt.Sprintf("%d of %s", p.done, plural(p.total, "repository", "repositories"))
	if total > 0 {
		line += fmt.Sprintf(", %d of %s in progress", done, count(total, "file"))
	}
	commits := 0
	for _, n := range p.read {
		commits += n
	}
	if commits > 0 {
		line += fmt.Sprintf(", %s read", count(commits, "commit"))
	}
	if part > 0.02 && p.total > 0 {
		left := time.Duration(float64(now.Sub(p.start)) * (float64(p.total) - part) / part).Round(time.Second)
		if left > 0 {
			line += fmt.Sprintf(", about %s left", left)
		}
	}
	if p.terminal {
		fmt.Fprintf(p.w, "\r\x1b[K%s", line)
		p.drawn = true
		return
	}
	fmt.Fprintln(p.w, line)
}

// end clears the line.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// commits tells how many commits of a repository were read; how many there are
// nobody knows before.
func (p *progress) commits(repository string, n int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read == nil {
		p.read = map[string]int{}
	}
	p.read[repository] = n
	p.draw()
}

// counter shows one line about many files. It is shown as [progress] is.
type counter struct {
	w           io.Writer
	terminal    bool
	start, last time.Time
	drawn       bool
}

// newCounter gives nil for quiet runs; all methods work on nil.
func newCounter(s *settings) *counter {
	if s.quiet {
		return nil
	}
	return &counter{w: s.stderr, terminal: isTerminal(s.stderr), start: time.Now()}
}

func (c *counter) show(what string, done, total int) {
	if c == nil {
		return
	}
	every, after := 100*time.Millisecond, time.Second
	if !c.terminal {
		every, after = 5*time.Second, 5*time.Second
	}
	now := time.Now()
	if now.Sub(c.start) < after || now.Sub(c.last) < every {
		return
	}
	c.last = now
	line := fmt.Sprintf("%s: %d of %d", report.Clean(what), done, total)
	if left := time.Duration(float64(now.Sub(c.start)) * float64(total-done) / float64(max(done, 1))); left > time.Second {
		line += fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	if c.terminal {
		fmt.Fprintf(c.w, "\r\x1b[K%s", line)
		c.drawn = true
		return
	}
	fmt.Fprintln(c.w, line)
}

// end clears the line.
func (c *counter) end() {
	if c != nil && c.drawn {
		fmt.Fprint(c.w, "\r\x1b[K")
		c.drawn = false
	}
}
