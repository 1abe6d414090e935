package remote

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// Bounds of what is taken out of a module's zip file. A module has at most
// 500 MiB (go.dev/ref/mod#zip-path-size-constraints).
const (
	maxModule      = 500 << 20
	maxLicenseText = 1 << 20
	maxTexts       = 40
	// tail is what is asked for first: the end of a zip file is its table of
	// contents.
	tail = 64 << 10
	// block is the least that is asked for at once after that.
	block = 32 << 10
)

var errZip = errors.New("the zip file is damaged")

// texts gives the license files at the root of a version. They are read out of
// the zip file by ranges, so that a module of a hundred megabytes costs as much
// as its table of contents; each file's own checksum is verified. A proxy that
// knows no ranges gives the whole file.
func (g *goProxy) texts(version string) (out []Text, err error) {
	rest := "/@v/" + escapeVersion(version) + ".zip"
	prefix := g.path + "@" + version + "/"
	err = g.try(func(address string) (err error) {
		if dir, ok := strings.CutPrefix(address, "file://"); ok {
			reply, err := g.readFile(dir+rest, nil)
			if err == nil {
				out, err = zipTexts(bytes.NewReader(reply.Body), int64(len(reply.Body)), prefix)
			}
			return err
		}
		out, err = g.r.Client.zipTexts(g.ctx, address+rest, g.r.credentials(address), prefix)
		return err
	})
	return out, err
}

// zipTexts asks for the texts of a zip file, once in a lifetime.
func (c *Client) zipTexts(ctx context.Context, address string, auth Credentials, prefix string) ([]Text, error) {
	u, auth, err := parseAddress(address, auth)
	if err != nil {
		return nil, err
	}
	key := u.String() + "#texts"
	var out []Text
	if meta, body, ok := c.load(key); ok && !meta.Missing && json.Unmarshal(body, &out) == nil {
		c.kept.Add(1)
		return out, nil
	}
	if c.Offline {
		return nil, ErrOffline
	}
	z := &ranges{ask: func(header http.Header) (answer, error) { return c.ask(ctx, u, auth, header, nil) }}
	if err := z.open(); err != nil {
		return nil, hostError(u, err)
	}
	out, err = zipTexts(z, z.size, prefix)
	if z.err != nil {
		err = z.err
	}
	if err != nil {
		return nil, hostError(u, err)
	}
	if body, err := json.Marshal(out); err == nil {
		c.keep(key, kept{Asked: c.now()}, body)
	}
	return out, nil
}

// ranges reads a remote file in parts (RFC 9110, section 14).
type ranges struct {
	ask  func(http.Header) (answer, error)
	size int64
	at   int64  // where held starts
	held []byte // the end of the file, or all of it
	// block is the part read last, from off on.
	off   int64
	block []byte
	err   error
}

// open asks for the end of the file.
func (z *ranges) open() error {
	a, err := z.ask(http.Header{"Range": {fmt.Sprintf("bytes=-%d", tail)}})
	if err != nil {
		return err
	}
	z.held = a.body
	if a.status != http.StatusPartialContent {
		z.size = int64(len(a.body))
		return nil
	}
	span, total, ok := strings.Cut(strings.TrimPrefix(a.header.Get("Content-Range"), "bytes "), "/")
	first, _, _ := strings.Cut(span, "-")
	z.at, err = strconv.ParseInt(first, 10, 64)
	if err == nil {
		z.size, err = strconv.ParseInt(total, 10, 64)
	}
	if !ok || err != nil || z.at < 0 || z.size > maxModule || z.at+int64(len(z.held)) != z.size {
		return errPart
	}
	return z.contents()
}

var errPart = errors.New("it answers with another part than was asked for")

// contents asks for the rest of the table of contents, where that is longer
// than what is held (APPNOTE.TXT 4.3.16, end of central directory record).
func (z *ranges) contents() error {
	end := bytes.LastIndex(z.held, []byte("PK\x05\x06"))
	if end < 0 || end+20 > len(z.held) {
		return nil // the reader will say that it is none
	}
	start := int64(binary.LittleEndian.Uint32(z.held[end+16:]))
	if start >= z.at || z.at-start > maxReply/2 {
		return nil
	}
	b, err := z.part(start, z.at)
	if err != nil {
		return err
	}
	z.held, z.at = append(b, z.held...), start
	return nil
}

// part asks for the bytes from start to before end.
func (z *ranges) part(start, end int64) ([]byte, error) {
	a, err := z.ask(http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", start, end-1)}})
	if err == nil && (a.status != http.StatusPartialContent || int64(len(a.body)) != end-start) {
		err = errPart
	}
	return a.body, err
}

// ReadAt gives a part, out of what is there or by another request.
func (z *ranges) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= z.size {
		return 0, io.EOF
	}
	if off >= z.at {
		n := copy(p, z.held[off-z.at:])
		if n < len(p) {
			return n, io.EOF
		}
		return n, nil
	}
	if off < z.off || off >= z.off+int64(len(z.block)) {
		b, err := z.part(off, min(off+max(int64(len(p)), block), z.at))
		if err != nil {
			z.err = err
			return 0, err
		}
		z.off, z.block = off, b
	}
	n := copy(p, z.block[off-z.off:])
	if n < len(p) {
		m, err := z.ReadAt(p[n:], off+int64(n))
		return n + m, err
	}
	return n, nil
}

// zipTexts reads the license and notice files at the root of a module's zip.
func zipTexts(from io.ReaderAt, size int64, prefix string) ([]Text, error) {
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, errZip
	}
	out := []Text{}
	inside := false
	for _, f := range z.File {
		name, ok := strings.CutPrefix(f.Name, prefix)
		inside = inside || ok
		if !ok || path.Base(name) != name || !license.IsLicenseFile(name) || f.UncompressedSize64 > maxLicenseText || f.CompressedSize64 > maxLicenseText || len(out) == maxTexts {
			continue
		}
		text, err := zipText(f)
		if err != nil {
			return nil, err
		}
		out = append(out, Text{name, text})
	}
	if !inside {
		return nil, errors.New("the zip file holds another module")
	}
	return out, nil
}

// zipText unpacks one file; a checksum that is wrong is an error.
func zipText(f *zip.File) ([]byte, error) {
	rc, err := f.Open()
	if err != nil {
		return nil, errZip
	}
	defer rc.Close()
	text, err := io.ReadAll(io.LimitReader(rc, maxLicenseText+1))
	switch {
	case errors.Is(err, zip.ErrChecksum):
		return nil, fmt.Errorf("the checksum of %s in the zip file is wrong", clean(f.Name, 200))
	case err != nil || len(text) > maxLicenseText:
		return nil, errZip
	}
	return text, nil
}
