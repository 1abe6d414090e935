package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// PublicBucket is where OSV publishes its data (google.github.io/osv.dev/data).
const PublicBucket = "https://osv-vulnerabilities.storage.googleapis.com"

// maxDownload bounds one archive; that of all ecosystems has some 2 GB.
const maxDownload = 8 << 30

// Fetched is a file that was brought here.
type Fetched struct {
	File string // in the cache directory
	URL  string // without credentials
	Made time.Time
	// Same says that the server's file has not changed since it was last fetched.
	Same bool
}

// IsURL says whether a place is an address.
func IsURL(place string) bool {
	return strings.HasPrefix(place, "https://") || strings.HasPrefix(place, "http://")
}

// Addresses gives the files to fetch for an address: the file itself, Go's
// database, or for the public bucket's layout the archive of each ecosystem.
func Addresses(address string, ecosystems []string) ([]string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q is no address", address)
	}
	switch lower := strings.ToLower(u.Path); {
	case strings.HasSuffix(lower, ".zip"), strings.HasSuffix(lower, ".json"), strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".gz"):
		return []string{address}, nil
	case u.Host == "vuln.go.dev":
		return []string{u.JoinPath("vulndb.zip").String()}, nil
	case len(ecosystems) == 0:
		return nil, errors.New("which ecosystems? Name them with --ecosystem, or scan a repository first: then those that are used are taken")
	}
	var out []string
	for _, e := range ecosystems {
		out = append(out, u.JoinPath(e, "all.zip").String())
	}
	return out, nil
}

// Fetch brings one file into dir, where it is kept under a name of its own and
// asked for again only if the server has another.
func Fetch(ctx context.Context, client *http.Client, address, dir string) (Fetched, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Fetched{}, fmt.Errorf("%q is no address", address)
	}
	shown := *u
	shown.User, shown.RawQuery = nil, ""
	f := Fetched{URL: shown.String()}
	// The archive of an ecosystem keeps the name by which it is known.
	sum := sha256.Sum256([]byte(address))
	home := filepath.Join(dir, hex.EncodeToString(sum[:8]))
	f.File = filepath.Join(home, safeName(path.Base(u.Path)))
	if path.Base(u.Path) == "all.zip" {
		home = filepath.Join(home, safeName(path.Base(path.Dir(u.Path))))
		f.File = filepath.Join(home, "all.zip")
	}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return f, err
	}
	if err := fetchTo(ctx, client, address, &f); err != nil {
		return f, fmt.Errorf("cannot fetch %s: %w", f.URL, err)
	}
	return f, nil
}

// safeName keeps a part of an address from leaving its directory.
func safeName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\`, r) {
			return '_'
		}
		return r
	}, s)
	if s == "" || s == "." || s == ".." {
		return "file"
	}
	return s
}

// fetchTo asks up to three times where the server says that it is busy.
func fetchTo(ctx context.Context, client *http.Client, address string, f *Fetched) error {
	for attempt := 1; ; attempt++ {
		wait, err := fetchOnce(ctx, client, address, f)
		if err == nil || wait == 0 || attempt == 3 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// silence is how long a server may say nothing in the middle of a file.
const silence = time.Minute

var errSilent = fmt.Errorf("the server said nothing for %s", silence)

// listened is a reply's body of which each part resets the clock.
type listened struct {
	io.Reader
	clock *time.Timer
}

func (l listened) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	l.clock.Reset(silence)
	return n, err
}

// fetchOnce gives how long to wait before trying again; 0 is never.
func fetchOnce(ctx context.Context, client *http.Client, address string, f *Fetched) (wait time.Duration, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	tagFile := f.File + ".etag"
	if tag, err := os.ReadFile(tagFile); err == nil {
		if _, err := os.Stat(f.File); err == nil {
			req.Header.Set("If-None-Match", string(tag))
		}
	}
	resp, err := client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a password
		}
		return 0, err
	}
	defer resp.Body.Close()
	if made, err := http.ParseTime(resp.Header.Get("Last-Modified")); err == nil {
		f.Made = made
	}
	switch {
	case resp.StatusCode == http.StatusNotModified:
		f.Same = true
		return 0, nil
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return retryAfter(resp), fmt.Errorf("the server answers %s", resp.Status)
	case resp.StatusCode == http.StatusNotFound:
		return 0, errors.New("the server has no such file (404); look at the spelling of the ecosystem")
	case resp.StatusCode != http.StatusOK:
		return 0, fmt.Errorf("the server answers %s", resp.Status)
	}
	clock := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer clock.Stop()
	err = keep(resp, listened{resp.Body, clock}, f, tagFile)
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return 0, errSilent
	}
	return time.Second, err
}

func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		seconds = 1
	}
	return time.Duration(min(seconds, 60)) * time.Second
}

// keep writes a reply's body, which appears under its name only when it is
// whole.
func keep(resp *http.Response, body io.Reader, f *Fetched, tagFile string) error {
	tmp, err := os.CreateTemp(filepath.Dir(f.File), ".fetch-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	n, err := io.Copy(tmp, io.LimitReader(body, maxDownload+1))
	if err := errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("the reply broke off after %d bytes: %w", n, err)
	}
	if n > maxDownload {
		return fmt.Errorf("it is larger than %d GB", maxDownload>>30)
	}
	if err := os.Remove(tagFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(tmp.Name(), f.File); err != nil {
		return err
	}
	if tag := resp.Header.Get("ETag"); tag != "" {
		return os.WriteFile(tagFile, []byte(tag), 0o600)
	}
	return nil
}
