package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// host is what is known of a server in this run.
type host struct {
	gate  chan struct{} // how many are asked at once
	every time.Duration // the least time between two questions

	mu       sync.Mutex
	failures int
	paused   time.Time // nothing is asked before
	down     error
}

// patience is when a host counts as down: so many failures without one answer
// between them. Silence weighs double, since it costs a time-out.
const patience = 16

// crawlers are hosts that ask for more room between questions than others
// (crates.io/data-access: one request a second).
var crawlers = map[string]time.Duration{"crates.io": time.Second}

func (c *Client) host(name string) *host {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.hosts[name]
	if h == nil {
		n := c.PerHost
		if n <= 0 {
			n = 6
		}
		h = &host{every: crawlers[name]}
		if h.every > 0 {
			n = 1
		}
		h.gate = make(chan struct{}, n)
		if c.hosts == nil {
			c.hosts = map[string]*host{}
		}
		c.hosts[name] = h
	}
	return h
}

// enter waits for a free place.
func (h *host) enter(ctx context.Context, c *Client) (leave func(), err error) {
	if err := h.isDown(); err != nil {
		return nil, err
	}
	select {
	case h.gate <- struct{}{}:
		return func() { <-h.gate }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *host) isDown() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.down
}

// wait holds a question back until the host may be asked.
func (h *host) wait(ctx context.Context, c *Client) error {
	h.mu.Lock()
	down, pause := h.down, h.paused.Sub(c.now())
	if h.every > 0 && down == nil {
		h.paused = c.now().Add(max(pause, 0) + h.every)
	}
	h.mu.Unlock()
	if down != nil {
		return down
	}
	if err := c.sleep(ctx, min(pause, maxWait)); err != nil {
		return err
	}
	return h.isDown()
}

func (h *host) pause(until time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if until.After(h.paused) {
		h.paused = until
	}
}

// heard counts what an attempt came to; the error says that the host is given
// up.
func (h *host) heard(t trouble, err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case err == nil || t.kind == isFinal:
		h.failures = 0
		return nil
	case t.kind == isBusy:
		h.failures++
	case t.kind == isNowhere:
		h.failures = patience
	case t.kind == isRefused:
		h.failures += patience / 2
	default:
		h.failures += 2
	}
	if h.failures >= patience && h.down == nil {
		h.down = fmt.Errorf("%w; %w", err, ErrDown)
	}
	return h.down
}

// close gives the host up for the run.
func (h *host) close(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down == nil {
		h.down = fmt.Errorf("%w; %w", err, ErrDown)
	}
	return h.down
}

// silence says what kind of no answer it is.
func silence(err error) trouble {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errRedirect):
		return final
	case errors.As(err, &certificate), errors.As(err, &dns) && dns.IsNotFound:
		return trouble{kind: isNowhere}
	case errors.Is(err, syscall.ECONNREFUSED):
		return trouble{kind: isRefused}
	}
	return trouble{kind: isSilent}
}

// plain says in words why nothing came, without the address.
func plain(err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var dns *net.DNSError
	switch {
	case errors.Is(err, errRedirect):
		return errRedirect
	case errors.As(err, &dns) && dns.IsNotFound:
		return errors.New("there is no such host")
	case errors.Is(err, context.DeadlineExceeded), strings.Contains(err.Error(), "timeout"):
		return errors.New("it takes too long")
	}
	return err
}
