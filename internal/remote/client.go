package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Client asks servers. It is safe for concurrent use.
type Client struct {
	// HTTP sends requests; nil means [http.DefaultTransport].
	HTTP http.RoundTripper
	// Cache is a directory for replies; "" keeps none.
	Cache string
	// Offline answers from the cache alone.
	Offline bool
	// Fresh is how long a kept reply is taken without asking again.
	Fresh time.Duration
	// PerHost is how many requests one host gets at once; 0 means six.
	PerHost int
	// UserAgent says who asks, as registries want to know.
	UserAgent string
	// Attempt bounds one try from question to the last byte; 0 means one minute.
	Attempt time.Duration
	// Now and Sleep are the clock; nil means the real one.
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error

	mu       sync.Mutex
	hosts    map[string]*host
	requests atomic.Int64
	kept     atomic.Int64
	received atomic.Int64
}

// Request is one question.
type Request struct {
	URL  string
	Auth Credentials
	// Accept is the media type; "" leaves it to the server.
	Accept string
	// Immutable says that an answer never changes, so that one is asked for once.
	Immutable bool
	// Check reads a body; one that it refuses is not kept.
	Check func([]byte) error
}

// Reply is what a server said, now or earlier.
type Reply struct {
	Body []byte
	// Asked is when the server last said so.
	Asked time.Time
	// FromCache is true when no request was made.
	FromCache bool
}

// Bounds of what is taken from a server.
const (
	maxReply    = 64 << 20
	maxAttempts = 4
	maxWait     = 2 * time.Minute
	maxRedirect = 5
)

// Errors that callers tell apart.
var (
	// ErrNotFound: the server does not know the thing (404, 410).
	ErrNotFound = errors.New("the registry does not know it")
	// ErrOffline: only the network would tell.
	ErrOffline = errors.New("it is not in the cache, and --offline forbids to ask")
	// ErrDenied: credentials lack or do not suffice (401, 403).
	ErrDenied = errors.New("it refuses to tell: credentials lack or do not suffice")
	// ErrDown: the host is left alone for the rest of the run.
	ErrDown = errors.New("not asked again in this run")
)

// Requests is how many requests were sent.
func (c *Client) Requests() int { return int(c.requests.Load()) }

// Kept is how many questions the cache answered without a request.
func (c *Client) Kept() int { return int(c.kept.Load()) }

// Received is how many bytes of bodies came, unpacked.
func (c *Client) Received() int64 { return c.received.Load() }

func (c *Client) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now().UTC()
}

func (c *Client) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// parseAddress takes an address apart; credentials inside it become some that
// are shown nowhere.
func parseAddress(address string, auth Credentials) (*url.URL, Credentials, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, auth, errors.New("the address of the registry is not one: it must start with https:// or http://")
	}
	if u.User != nil {
		password, _ := u.User.Password()
		if auth == (Credentials{}) {
			auth = Credentials{User: u.User.Username(), Password: password}
		}
		u.User = nil
	}
	return u, auth, nil
}

// Get answers from the cache while that is fresh, else asks, on condition that
// something changed where the server can tell.
func (c *Client) Get(ctx context.Context, q Request) (Reply, error) {
	u, auth, err := parseAddress(q.URL, q.Auth)
	if err != nil {
		return Reply{}, err
	}
	key := u.String()
	meta, body, have := c.load(key)
	usable := have && (meta.Missing || q.Check == nil || q.Check(body) == nil)
	fresh := usable && (c.now().Sub(meta.Asked) < c.Fresh || q.Immutable && !meta.Missing)
	switch {
	case (fresh || c.Offline) && usable && meta.Missing:
		c.kept.Add(1)
		return Reply{FromCache: true, Asked: meta.Asked}, hostError(u, ErrNotFound)
	case (fresh || c.Offline) && usable:
		c.kept.Add(1)
		return Reply{Body: body, Asked: meta.Asked, FromCache: true}, nil
	case c.Offline:
		return Reply{}, ErrOffline
	}
	header := http.Header{}
	if q.Accept != "" {
		header.Set("Accept", q.Accept)
	}
	if usable && !meta.Missing {
		set(header, "If-None-Match", meta.ETag)
		set(header, "If-Modified-Since", meta.LastModified)
	}
	a, err := c.ask(ctx, u, auth, header, q.Check)
	now := c.now()
	switch {
	case errors.Is(err, ErrNotFound):
		c.keep(key, kept{Asked: now, Missing: true}, nil)
		return Reply{Asked: now}, hostError(u, err)
	case err != nil:
		return Reply{}, hostError(u, err)
	case a.status == http.StatusNotModified && usable:
		meta.Asked = now
		c.keep(key, meta, body)
		return Reply{Body: body, Asked: now}, nil
	case a.status != http.StatusOK:
		return Reply{}, hostError(u, fmt.Errorf("it answers %d where all of a document was asked for", a.status))
	}
	c.keep(key, kept{Asked: now, ETag: a.header.Get("ETag"), LastModified: a.header.Get("Last-Modified")}, a.body)
	return Reply{Body: a.body, Asked: now}, nil
}

func set(h http.Header, key, value string) {
	if value != "" {
		h.Set(key, value)
	}
}

// hostError names the host, never the address, which may hold a secret.
func hostError(u *url.URL, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%s: %w", u.Host, err)
}

// answer is a reply of a server.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request, again where that may help: nothing comes, the server is
// in trouble or busy, what comes is cut off.
func (c *Client) ask(ctx context.Context, u *url.URL, auth Credentials, header http.Header, check func([]byte) error) (answer, error) {
	h := c.host(u.Host)
	leave, err := h.enter(ctx, c)
	if err != nil {
		return answer{}, err
	}
	defer leave()
	for attempt := 1; ; attempt++ {
		if err := h.wait(ctx, c); err != nil {
			return answer{}, err
		}
		a, t, err := c.once(ctx, u, auth, header)
		if ctx.Err() != nil {
			return answer{}, ctx.Err()
		}
		if err == nil && a.status == http.StatusOK && check != nil {
			if err = check(a.body); err != nil {
				t = final
			}
		}
		down := h.heard(t, err)
		switch {
		case err == nil || t.kind == isFinal:
			return a, err
		case down != nil:
			return a, down
		case t.wait > maxWait:
			return a, h.close(fmt.Errorf("%w; it asks to be left alone for %s", err, t.wait.Round(time.Second)))
		case attempt == maxAttempts:
			return a, err
		}
		pause := t.wait
		if pause == 0 {
			pause = time.Second << (attempt - 1)
		} else {
			h.pause(c.now().Add(pause))
		}
		if err := c.sleep(ctx, pause); err != nil {
			return a, err
		}
	}
}

// trouble says what kind of failure an attempt ended with.
type trouble struct {
	kind troubleKind
	wait time.Duration // as the server asks
}

type troubleKind int

const (
	isFinal   troubleKind = iota // asking again is of no use
	isBusy                       // the server says so: 429, 5xx
	isSilent                     // no answer, or a part of one
	isRefused                    // nobody listens there
	isNowhere                    // there is no such host
)

var final = trouble{kind: isFinal}

// once sends one request.
func (c *Client) once(ctx context.Context, u *url.URL, auth Credentials, header http.Header) (answer, trouble, error) {
	limit := c.Attempt
	if limit <= 0 {
		limit = time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return answer{}, final, errors.New("the address of the registry is not one")
	}
	for k, v := range header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", "tributary")
	set(req.Header, "User-Agent", c.UserAgent)
	auth.apply(req)
	c.requests.Add(1)
	resp, err := c.client().Do(req)
	if err != nil {
		return answer{}, silence(err), fmt.Errorf("no answer: %w", plain(err))
	}
	defer resp.Body.Close()
	return c.read(resp)
}

func (c *Client) read(resp *http.Response) (answer, trouble, error) {
	a := answer{status: resp.StatusCode, header: resp.Header}
	switch s := resp.StatusCode; {
	case s == http.StatusNotModified:
		return a, final, nil
	case s == http.StatusNotFound || s == http.StatusGone:
		return a, final, ErrNotFound
	case s == http.StatusUnauthorized || s == http.StatusForbidden || s == http.StatusProxyAuthRequired:
		return a, final, fmt.Errorf("%w (%d)", ErrDenied, s)
	case s == http.StatusTooManyRequests || s >= 500:
		return a, trouble{isBusy, retryAfter(resp.Header.Get("Retry-After"), c.now())}, fmt.Errorf("it answers %d %s", s, http.StatusText(s))
	case s != http.StatusOK && s != http.StatusPartialContent:
		return a, final, fmt.Errorf("it answers %d %s%s", s, http.StatusText(s), words(resp))
	}
	var err error
	a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	c.received.Add(int64(len(a.body)))
	switch {
	case len(a.body) > maxReply:
		return a, final, fmt.Errorf("its answer is larger than %d MiB", maxReply>>20)
	case err != nil:
		return a, trouble{kind: isSilent}, fmt.Errorf("the answer broke off after %d bytes: %w", len(a.body), plain(err))
	}
	return a, final, nil
}

// words is the first line that a server gives as the reason of a refusal.
func words(resp *http.Response) string {
	if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/plain") {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 200)) // a part is as good
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	if line = clean(line, 120); line == "" {
		return ""
	}
	return " (" + line + ")"
}

var errRedirect = errors.New("it leads round in circles, or to an address without encryption")

// client follows few redirects, and takes credentials to no other host.
func (c *Client) client() *http.Client {
	return &http.Client{Transport: c.HTTP, CheckRedirect: func(req *http.Request, via []*http.Request) error {
		first := via[0].URL
		if len(via) > maxRedirect || first.Scheme == "https" && req.URL.Scheme != "https" {
			return errRedirect
		}
		if req.URL.Host != first.Host || req.URL.Scheme != first.Scheme {
			req.Header.Del("Authorization")
			req.URL.User = nil
		}
		return nil
	}}
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3).
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil && t.After(now) {
		return t.Sub(now)
	}
	return 0
}
