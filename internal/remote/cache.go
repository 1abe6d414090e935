package remote

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// kept describes a reply on disk: a line of JSON, then the body, compressed.
type kept struct {
	Asked        time.Time `json:"asked"`
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	Missing      bool      `json:"missing,omitempty"`
}

var coders = sync.OnceValues(func() (*zstd.Encoder, *zstd.Decoder) {
	e, _ := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)) // fails for bad options only
	d, _ := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxReply+1<<20), zstd.WithDecoderConcurrency(0))
	return e, d
})

// place is the file for an address; the name tells nothing of it.
func (c *Client) place(address string) string {
	sum := sha256.Sum256([]byte(address))
	name := hex.EncodeToString(sum[:])
	return filepath.Join(c.Cache, name[:2], name[2:])
}

// load gives a reply that was kept. One that is damaged was never kept.
func (c *Client) load(address string) (meta kept, body []byte, ok bool) {
	if c.Cache == "" {
		return kept{}, nil, false
	}
	raw, err := os.ReadFile(c.place(address))
	if err != nil {
		return kept{}, nil, false
	}
	line, packed, found := bytes.Cut(raw, []byte("\n"))
	if !found || json.Unmarshal(line, &meta) != nil {
		return kept{}, nil, false
	}
	_, d := coders()
	body, err = d.DecodeAll(packed, nil)
	return meta, body, err == nil
}

// keep writes a reply. That it can not be kept is no reason to fail.
func (c *Client) keep(address string, meta kept, body []byte) {
	if c.Cache == "" {
		return
	}
	line, err := json.Marshal(meta)
	if err != nil {
		return
	}
	e, _ := coders()
	name := c.place(address)
	if os.MkdirAll(filepath.Dir(name), 0o700) == nil {
		replace(name, e.EncodeAll(body, append(line, '\n'))) // without it, the next run asks again
	}
}

// replace writes a file whole or not at all.
func replace(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		os.Remove(f.Name())
		return err
	}
	return os.Rename(f.Name(), name)
}
