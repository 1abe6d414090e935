package source

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Kind says what a source is.
type Kind string

// The kinds of sources.
const (
	Git       Kind = "git"
	Directory Kind = "directory"
	Archive   Kind = "archive"
	SBOM      Kind = "sbom"
	// SingleFile is a file that is none of these, where any is wanted.
	SingleFile Kind = "file"
)

// Mode says what a file is.
type Mode uint8

// The modes. Symlinks are listed and never followed: what they point to inside
// the tree is read at its own path.
const (
	Regular Mode = iota
	Executable
	Symlink
	Submodule
)

// File is one entry of a tree.
type File struct {
	// Path is slash-separated, relative, cleaned, valid UTF-8. Names that are
	// not UTF-8 have their odd bytes shown as \xNN.
	Path string
	Mode Mode
	// Blob is git's id of the content; empty where it is known only after
	// reading (directories, archives), then [BlobID] gives it.
	Blob string
	Size int64 // bytes; -1 when not known before reading
}

// Tree is the content of a source. There are three: git objects, a directory,
// an archive.
type Tree interface {
	// Files lists all files, sorted by path.
	Files() []File
	// Subtrees gives the content ids of directories by path ("" for the root);
	// nil where there are none.
	Subtrees() map[string]string
	// ReadFile gives a whole file: an error for which fs.ErrNotExist holds when
	// there is none, [ErrTooLarge] beyond the limit, [ErrMissing] when the
	// object is not there.
	ReadFile(path string) ([]byte, error)
	// ReadEach reads files in the given order as one stream and calls f with
	// each; the bytes are f's only until it returns. An error that f returns
	// ends it; errors of single files are given to f.
	ReadEach(ctx context.Context, files []File, f func(File, []byte, error) error) error
	// Problems lists what was odd or could not be read so far.
	Problems() []inventory.Problem
	Close() error
}

// The errors of single files.
var (
	ErrTooLarge = errors.New("larger than the limit for files that are read whole")
	ErrMissing  = errors.New("its git object is missing (a partial clone or a damaged store); fetch it with git")
)

// ErrNotSource is of a file in which there is nothing to look for.
var ErrNotSource = errors.New("is neither an archive (zip, tar, tar.gz, tar.bz2, tar.zst) nor an SBOM (CycloneDX, SPDX); give the directory that holds it")

// Source is one opened thing.
type Source struct {
	Repository inventory.Repository
	Kind       Kind
	Commit     string // full id; "" for an unborn branch
	// CommitTime is the committer's date; zero when there is none or it is out of range.
	CommitTime time.Time
	Revision   string // what was asked for
	// WorkTree is the directory on disk where installed packages may lie
	// (node_modules, .venv); "" when there is none.
	WorkTree string
	Problems []inventory.Problem
	Tree     Tree
	git      *gitRepo
}

// Options say how to open.
type Options struct {
	// Revision is a branch, tag or commit; "" is HEAD.
	Revision string
	// WorkTree reads the files on disk instead of a commit.
	WorkTree bool
	// CacheDir holds clones of git URLs.
	CacheDir string
	// Broken is told of each repository inside a plain directory that could not
	// be opened. Without it they are problems of the directory's first source.
	Broken func(location string, err error)
	// AnyFile opens a file that is neither an archive nor an SBOM as a tree of one.
	AnyFile bool
	// MaxFile bounds a file that is read whole, in bytes; 0 is 64 MiB.
	MaxFile int64
}

const defaultMaxFile = 64 << 20

func (o Options) maxFile() int64 {
	if o.MaxFile > 0 {
		return o.MaxFile
	}
	return defaultMaxFile
}

// Open opens what arg names. A plain directory gives itself and every git
// repository inside it.
func Open(ctx context.Context, arg string, o Options) ([]*Source, error) {
	if url, rev, ok := parseURL(arg); ok {
		if o.Revision == "" {
			o.Revision = rev
		}
		return openURL(ctx, url, o)
	}
	st, err := os.Stat(arg)
	if err != nil {
		return nil, fmt.Errorf("cannot open: %w", errors.Unwrap(err))
	}
	abs, err := filepath.Abs(arg)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		if !st.Mode().IsRegular() {
			return nil, errors.New("is neither a file nor a directory")
		}
		return openFile(abs, o)
	}
	if dir, workTree, ok := findGit(abs); ok {
		if o.WorkTree && workTree != "" {
			return openWorkTree(ctx, dir, workTree, o)
		}
		src, err := openGit(ctx, dir, workTree, o)
		if err != nil {
			return nil, err
		}
		if o.WorkTree {
			src.Problems = append(src.Problems, inventory.Problem{Kind: "no work tree", Message: "it is a bare repository, which has no files on disk: its commit was read"})
		}
		return []*Source{src}, nil
	}
	if o.Revision != "" {
		return nil, fmt.Errorf("is not a git repository, so it has no revision %s", o.Revision)
	}
	return openDirectory(ctx, abs, o)
}

// BlobID is git's id of a content (SHA-1).
func BlobID(b []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(b))
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// printable shows a path as valid UTF-8 without control characters.
func printable(p string) (string, bool) {
	odd := false
	for i := 0; i < len(p); i++ {
		if p[i] < ' ' || p[i] == 0x7f {
			odd = true
		}
	}
	if !odd && utf8.ValidString(p) {
		return p, false
	}
	var b strings.Builder
	for len(p) > 0 {
		r, n := decodeRune(p)
		if r < 0 || r < ' ' || r == 0x7f {
			for i := range n {
				fmt.Fprintf(&b, `\x%02x`, p[i])
			}
		} else {
			b.WriteString(p[:n])
		}
		p = p[n:]
	}
	return b.String(), true
}
