package scan

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// Bounds of the comparison with the files on disk: it must not cost more than the
// answer from the store.
const (
	maxComparedDirs  = 2000
	maxComparedBytes = 64 << 20
)

// Uncommitted lists the manifests on disk that are not as in the scanned commit:
// changed, gone, or new beside known ones. Sources that are not checked out have
// none. Git's own status is not asked: it would run what the repository configures.
func Uncommitted(src *source.Source, s inventory.Snapshot) []string {
	dir, whole := src.CheckedOut()
	if dir == "" {
		return nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	c := comparison{root: root, left: maxComparedBytes, known: map[string]string{}}
	dirs, elsewhere := map[string]bool{".": true}, map[string]bool{}
	for _, u := range s.Units {
		if u.Blob == "" {
			continue
		}
		c.known[u.Manifest] = u.Blob
		dirs[path.Dir(u.Manifest)] = true
		// Of what Git LFS keeps, git has a pointer only: it is never as on disk.
		if slices.ContainsFunc(u.Problems, func(p inventory.Problem) bool { return strings.Contains(p.Message, errLFS.Error()) }) {
			elsewhere[u.Manifest] = true
		}
	}
	var out []string
	for p, blob := range c.known {
		if !elsewhere[p] && c.differs(p, blob, whole) {
			out = append(out, p)
		}
	}
	if len(dirs) <= maxComparedDirs {
		out = append(out, c.fresh(dirs)...)
	}
	slices.Sort(out)
	return out
}

// comparison looks at a work tree, never beyond it.
type comparison struct {
	root  *os.Root
	left  int64
	known map[string]string // content ids by path
}

// differs says whether a file is gone or has another content. Line ends that a
// checkout has converted make no difference; what can't be told is none.
func (c *comparison) differs(p, blob string, whole bool) bool {
	st, err := c.root.Lstat(filepath.FromSlash(p))
	if errors.Is(err, fs.ErrNotExist) {
		return whole
	}
	if err != nil || !st.Mode().IsRegular() || st.Size() > c.left {
		return false
	}
	c.left -= st.Size()
	b, err := c.read(p)
	if err != nil || blobID(b, blob) == blob {
		return false
	}
	return blobID(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), blob) != blob
}

func (c *comparison) read(p string) ([]byte, error) {
	f, err := c.root.OpenFile(filepath.FromSlash(p), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxComparedBytes))
}

// blobID is git's id of a content, in the hash that like is made by.
func blobID(b []byte, like string) string {
	if len(like) != hex.EncodedLen(sha256.Size) {
		return source.BlobID(b)
	}
	h := sha256.New()
	fmt.Fprintf(h, "blob %d\x00", len(b))
	h.Write(b)
	return hex.EncodeToString(h.Sum(nil))
}

// fresh lists manifests in these directories that the commit does not have, and
// that the repository's ignore file does not name.
func (c *comparison) fresh(dirs map[string]bool) (out []string) {
	readers := allReaders()
	ignored := c.ignored()
	for dir := range dirs {
		list, err := fs.ReadDir(c.root.FS(), dir)
		if err != nil {
			continue
		}
		for _, d := range list {
			p := path.Join(dir, d.Name())
			if _, there := c.known[p]; there || !d.Type().IsRegular() || codeExtensions[path.Ext(p)] || installed(nil).hold(p) || ignored(p) {
				continue
			}
			if slices.ContainsFunc(readers, func(r manifest.Reader) bool { return r.Match(p) }) {
				out = append(out, p)
			}
		}
	}
	return out
}

// ignored reads the root's .gitignore as far as it names files and directories
// by one segment, which is how lockfiles and copies of packages are ignored.
func (c *comparison) ignored() func(p string) bool {
	b, _ := c.read(".gitignore") // without one, nothing is ignored
	var patterns []string
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		line := strings.Trim(strings.TrimSpace(lines.Text()), "/")
		if line != "" && line[0] != '#' && line[0] != '!' && !strings.Contains(line, "/") && len(patterns) < 1000 {
			patterns = append(patterns, line)
		}
	}
	return func(p string) bool {
		for _, segment := range strings.Split(p, "/") {
			for _, pattern := range patterns {
				if ok, err := path.Match(pattern, segment); ok && err == nil {
					return true
				}
			}
		}
		return false
	}
}
