package scan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// An [inventory.Input] is a path, or a pattern with one of these marks: the
// names of the matching files, or their names and contents.
const (
	globPrefix  = "glob:"
	filesPrefix = "files:"
	// unreadPrefix marks a file whose content could not be had: such an answer holds
	// for no other scan, where it may be there.
	unreadPrefix = "unread:"
)

// keepBytes bounds the file contents that an index keeps for readers that look
// at the same root manifest again and again.
const keepBytes = 8 << 20

// index answers the readers' questions about one tree: sorted files, look-up by
// binary search, globs over the range of their literal prefix.
type index struct {
	tree  source.Tree
	files []source.File
	kept  map[string][]byte
	bytes int
	ahead map[string]prefetched // of the files that are read next
	globs map[string]string     // pattern -> hash, for checking cached units
	// shared has what readers built of many files, by pattern.
	shared map[string]any
	// sharedUnread has a file that could not be read for it, as an input.
	sharedUnread map[string][2]string
	texts        map[string]string // see own
}

func newIndex(t source.Tree) *index {
	return &index{tree: t, files: t.Files(), kept: map[string][]byte{}, globs: map[string]string{}, shared: map[string]any{}, sharedUnread: map[string][2]string{}, texts: map[string]string{}}
}

// prefetchFiles is how many manifests are read ahead as one stream: a question
// to git for each alone would cost more than most of them.
const prefetchFiles = 256

// A prefetched file is small and kept for all readers, or kept for the readers
// of the group alone; what is over the bounds is read again when it is needed.
const (
	keepSmall     = 64 << 10
	prefetchBytes = 16 << 20
)

type prefetched struct {
	data []byte
	err  error
}

func (x *index) prefetch(ctx context.Context, files []source.File) error {
	x.ahead = nil
	if len(files) < 2 {
		return nil
	}
	x.ahead = make(map[string]prefetched, len(files))
	size := 0
	return x.tree.ReadEach(ctx, files, func(f source.File, b []byte, err error) error {
		switch n := len(b); {
		case err != nil:
			x.ahead[f.Path] = prefetched{err: fmt.Errorf("%s: %w", f.Path, err)}
		case n <= keepSmall && x.bytes+n <= keepBytes:
			x.kept[f.Path] = bytes.Clone(b)
			x.bytes += n
		case size+n <= prefetchBytes:
			x.ahead[f.Path] = prefetched{data: bytes.Clone(b)}
			size += n
		}
		return ctx.Err()
	})
}

func (x *index) find(p string) (source.File, bool) {
	i := sort.Search(len(x.files), func(i int) bool { return x.files[i].Path >= p })
	if i < len(x.files) && x.files[i].Path == p && x.files[i].Mode != source.Submodule {
		return x.files[i], true
	}
	return source.File{}, false
}

func (x *index) glob(pattern string) []string {
	if !strings.ContainsAny(pattern, `*?[{\`) {
		if _, ok := x.find(pattern); ok {
			return []string{pattern}
		}
		return nil
	}
	base, _ := doublestar.SplitPattern(pattern)
	lo, hi := 0, len(x.files)
	if base != "." && base != "" {
		lo = sort.Search(len(x.files), func(i int) bool { return x.files[i].Path >= base })
		hi = lo + sort.Search(len(x.files)-lo, func(i int) bool {
			p := x.files[lo+i].Path
			return p > base && !strings.HasPrefix(p, base)
		})
	}
	// The last segment is compared first when it is literal: most globs ask for
	// one base name, and comparing suffixes is a hundred times cheaper.
	last := "/" + path.Base(pattern)
	literal := !strings.ContainsAny(last, `*?[{\`)
	var out []string
	for _, f := range x.files[lo:hi] {
		if f.Mode == source.Submodule || literal && !strings.HasSuffix("/"+f.Path, last) {
			continue
		}
		if ok, _ := doublestar.Match(pattern, f.Path); ok {
			out = append(out, f.Path)
		}
	}
	return out
}

func hashPaths(paths []string) string {
	h := sha256.New()
	for _, p := range paths {
		fmt.Fprintf(h, "%s\n", p)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}

func (x *index) globHash(pattern string) string {
	if h, ok := x.globs[pattern]; ok {
		return h
	}
	h := hashPaths(x.glob(pattern))
	x.globs[pattern] = h
	return h
}

// filesHash is a hash over the names and contents of the matching files.
func (x *index) filesHash(pattern string) string {
	if h, ok := x.globs[filesPrefix+pattern]; ok {
		return h
	}
	var all []string
	for _, p := range x.glob(pattern) {
		f, _ := x.find(p)
		all = append(all, p+"\x00"+f.Blob)
	}
	h := hashPaths(all)
	x.globs[filesPrefix+pattern] = h
	return h
}

// holds says whether what a reader saw then is what it would see now.
func (x *index) holds(inputs []inventory.Input) bool {
	for _, in := range inputs {
		if strings.HasPrefix(in.Path, unreadPrefix) {
			return false
		}
		if pattern, ok := strings.CutPrefix(in.Path, globPrefix); ok {
			if x.globHash(pattern) != in.Blob {
				return false
			}
			continue
		}
		if pattern, ok := strings.CutPrefix(in.Path, filesPrefix); ok {
			if x.filesHash(pattern) != in.Blob {
				return false
			}
			continue
		}
		f, ok := x.find(in.Path)
		if ok != (in.Blob != "") || ok && f.Blob != in.Blob {
			return false
		}
	}
	return true
}

// Whole says whether everything that a snapshot's readers asked for could be read:
// of another one nothing is to be concluded once the objects are there.
func Whole(s inventory.Snapshot) bool {
	for _, p := range s.Problems {
		if p.Kind == "missing object" || p.Kind == "damaged object" {
			return false
		}
	}
	for _, u := range s.Units {
		for _, in := range u.Inputs {
			if strings.HasPrefix(in.Path, unreadPrefix) {
				return false
			}
		}
	}
	return true
}

// traceFS is the [manifest.FS] of one reading; it records every look.
type traceFS struct {
	x    *index
	self string
	seen map[string]string
}

func (t *traceFS) record(p, blob string) {
	if p != t.self {
		t.seen[p] = blob
	}
}

// A file that Git LFS keeps elsewhere is a short text in git that begins so
// (github.com/git-lfs/git-lfs, docs/spec.md).
const (
	lfsMark = "version https://git-lfs.github.com/spec/v1\n"
	lfsMost = 1024 // bytes
)

var errLFS = errors.New("git holds only a pointer to it; its content is in Git LFS: run \"git lfs pull\" and scan with --worktree")

// ReadFile implements manifest.FS.
func (t *traceFS) ReadFile(p string) ([]byte, error) {
	p = path.Clean(p)
	f, ok := t.x.find(p)
	if !ok {
		t.record(p, "")
		return nil, fmt.Errorf("%s: %w", p, fs.ErrNotExist)
	}
	b, kept := t.x.kept[p]
	if !kept {
		next, ok := t.x.ahead[p]
		if !ok {
			next.data, next.err = t.x.tree.ReadFile(p)
		}
		if b = next.data; next.err != nil {
			t.record(p, f.Blob)
			if !errors.Is(next.err, source.ErrTooLarge) { // which it is everywhere
				t.seen[unreadPrefix+p] = f.Blob
			}
			return nil, next.err
		}
		if p != t.self && t.x.bytes+len(b) <= keepBytes {
			t.x.kept[p] = b
			t.x.bytes += len(b)
		}
	}
	if f.Blob == "" {
		f.Blob = source.BlobID(b)
	}
	t.record(p, f.Blob)
	if len(b) <= lfsMost && bytes.HasPrefix(b, []byte(lfsMark)) {
		return nil, fmt.Errorf("%s: %w", p, errLFS)
	}
	return b, nil
}

// Exists implements manifest.FS.
func (t *traceFS) Exists(p string) bool {
	p = path.Clean(p)
	f, ok := t.x.find(p)
	if !ok {
		t.record(p, "")
		return false
	}
	// Which content it has does not matter, but a file that comes or goes
	// does; the blob is recorded since it is at hand. A file that was read
	// already has its record.
	if _, read := t.seen[p]; !read {
		t.record(p, f.Blob)
	}
	return true
}

// Glob implements manifest.FS.
func (t *traceFS) Glob(pattern string) []string {
	paths := t.x.glob(pattern)
	t.seen[globPrefix+pattern] = hashPaths(paths)
	return paths
}

// Shared implements manifest.FS.
func (t *traceFS) Shared(pattern string, build func(manifest.FS) any) any {
	t.seen[filesPrefix+pattern] = t.x.filesHash(pattern)
	v, ok := t.x.shared[pattern]
	if !ok {
		// What build reads is recorded by the pattern, not file by file.
		of := &traceFS{x: t.x, seen: map[string]string{}}
		v = build(of)
		t.x.shared[pattern] = v
		for p, blob := range of.seen {
			if strings.HasPrefix(p, unreadPrefix) {
				t.x.sharedUnread[pattern] = [2]string{p, blob}
			}
		}
	}
	if one, ok := t.x.sharedUnread[pattern]; ok {
		t.seen[one[0]] = one[1]
	}
	return v
}

func (t *traceFS) inputs() []inventory.Input {
	if len(t.seen) == 0 {
		return nil
	}
	out := make([]inventory.Input, 0, len(t.seen))
	for p, b := range t.seen {
		out = append(out, inventory.Input{Path: p, Blob: b})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}
