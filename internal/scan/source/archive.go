package source

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// Bounds of archives, against bombs: a file may not grow beyond maxRatio times
// the archive (small ones beyond minTotal), nor the whole beyond maxTotal.
const (
	maxTotal   = 8 << 30
	minTotal   = 256 << 20
	maxRatio   = 200
	maxEntries = 500_000
	spoolLimit = 1 << 30 // what is kept of a tar archive, in one temporary file
)

// openFile opens a file: an archive by its content, else an SBOM, else, where that
// is wanted, any file as a tree of one.
func openFile(name string, o Options) ([]*Source, error) {
	if o.Revision != "" {
		return nil, fmt.Errorf("is a file, so it has no revision %s", o.Revision)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	head = head[:n]
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		f.Close()
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		f.Close()
		return nil, err
	}
	var tree *fileTree
	kind := Archive
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		tree, err = openZip(f, o.maxFile())
	case isTar(head):
		tree, err = openTar(f, o.maxFile())
	case looksLikeSBOM(head):
		kind = SBOM
		tree, err = openSingle(f, path.Base(name), o.maxFile())
	case o.AnyFile:
		kind = SingleFile
		tree, err = openSingle(f, path.Base(name), o.maxFile())
	default:
		err = ErrNotSource
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	if kind == Archive {
		stripTop(tree, name)
	}
	id, err := hashFile(f)
	if err != nil {
		tree.Close()
		return nil, err
	}
	src := &Source{Repository: inventory.Repository{Name: name, Location: name, Kind: string(kind)}, Kind: kind, Commit: id, Tree: tree}
	if len(tree.files) == 0 {
		src.Problems = append(src.Problems, inventory.Problem{Kind: "empty", Message: "the archive has no files that could be read"})
	}
	return []*Source{src}, nil
}

func hashFile(f *os.File) (string, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return "content-" + hex.EncodeToString(h.Sum(nil)[:20]), nil
}

// spdxText is the first line of an SPDX document in tag-value form or YAML.
var spdxText = pattern.Lazy(`(?m)^(SPDXVersion|spdxVersion|SPDXID)\s*:`)

// looksLikeSBOM sniffs the first bytes for the marks of CycloneDX and SPDX, in
// the places where documents have them: other texts may speak of them too.
func looksLikeSBOM(head []byte) bool {
	head = bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
	var marks []string
	switch {
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		marks = []string{`"bomFormat"`, "cyclonedx.org/schema/", `"spdxVersion"`, `"SPDXRef-`, `"spdxId"`, "spdx.org/rdf/"}
	case bytes.HasPrefix(head, []byte("<")):
		marks = []string{"cyclonedx.org/schema/bom", "spdx.org/rdf/"}
	default:
		return spdxText().Match(head)
	}
	return slices.ContainsFunc(marks, func(m string) bool { return bytes.Contains(head, []byte(m)) })
}

// isTar says whether a content is a tar archive, plain or compressed.
func isTar(head []byte) bool {
	return bytes.HasPrefix(head, []byte{0x1f, 0x8b}) || bytes.HasPrefix(head, []byte("BZh")) ||
		bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}) || len(head) > 262 && string(head[257:262]) == "ustar"
}

// fileTree is the content of an archive: each file by a function that opens it.
type fileTree struct {
	files    []File
	open     map[string]func() (io.ReadCloser, error)
	problems []inventory.Problem
	max      int64
	closers  []func() error
}

// Files implements Tree.
func (t *fileTree) Files() []File { return t.files }

// Subtrees implements Tree.
func (t *fileTree) Subtrees() map[string]string { return nil }

// Problems implements Tree.
func (t *fileTree) Problems() []inventory.Problem { return t.problems }

// Close implements Tree.
func (t *fileTree) Close() error {
	var errs []error
	for _, c := range slices.Backward(t.closers) {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// ReadFile implements Tree.
func (t *fileTree) ReadFile(p string) ([]byte, error) {
	open := t.open[p]
	if open == nil {
		return nil, fmt.Errorf("%s: %w", p, fs.ErrNotExist)
	}
	r, err := open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, t.max+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	if int64(len(b)) > t.max {
		return nil, fmt.Errorf("%s: %w", p, ErrTooLarge)
	}
	return b, nil
}

// ReadEach implements Tree.
func (t *fileTree) ReadEach(ctx context.Context, files []File, f func(File, []byte, error) error) error {
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := t.ReadFile(file.Path)
		if err != nil && !errors.Is(err, ErrTooLarge) {
			t.problems = append(t.problems, inventory.Problem{Path: file.Path, Kind: "unreadable", Message: err.Error()})
		}
		if err := f(file, b, err); err != nil {
			return err
		}
	}
	return nil
}

// entryName gives a safe path for an archive's entry, or says why not.
func entryName(name string) (string, bool) {
	// Names that are not UTF-8 are shown with escapes, as in git's trees.
	p, _ := printable(path.Clean(strings.ReplaceAll(name, `\`, "/")))
	if p == "." || !fs.ValidPath(p) || len(p) > 1 && p[1] == ':' {
		return "", false
	}
	return p, true
}

// lister collects entries with the checks that all archives need.
type lister struct {
	t       *fileTree
	outside []string
	doubles []string
	links   int
}

func newLister(max int64) *lister {
	return &lister{t: &fileTree{open: map[string]func() (io.ReadCloser, error){}, max: max}}
}

// add takes an entry in; the first of a name counts.
func (l *lister) add(name string, size int64, open func() (io.ReadCloser, error)) {
	p, ok := entryName(name)
	switch {
	case !ok:
		shown, _ := printable(name)
		l.outside = append(l.outside, shown)
	case l.t.open[p] != nil:
		l.doubles = append(l.doubles, p)
	default:
		l.t.open[p] = open
		l.t.files = append(l.t.files, File{Path: p, Size: size})
	}
}

func (l *lister) problem(kind, format string, args ...any) {
	l.t.problems = append(l.t.problems, inventory.Problem{Kind: kind, Message: fmt.Sprintf(format, args...)})
}

func (l *lister) finish() *fileTree {
	slices.SortFunc(l.t.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	if n := len(l.outside); n > 0 {
		l.problem("unsafe path", "%s: %s", plural(n, "entry has a path that leads out of the archive and was not read", "entries have paths that lead out of the archive and were not read"), some(l.outside))
	}
	if n := len(l.doubles); n > 0 {
		l.problem("duplicate", "%s in the archive more than once; the first counts: %s", plural(n, "name is", "names are"), some(l.doubles))
	}
	if l.links > 0 {
		l.problem("link", "%s not followed", plural(l.links, "link or special entry was", "links and special entries were"))
	}
	return l.t
}

// rootNames begin the names of files that stand at the root of a project.
var rootNames = []string{"readme", "license", "licence", "copying", "changelog", "makefile", "package.json", "go.mod", "pom.xml", "cargo.toml",
	"pyproject.toml", "setup.py", "pkg-info", "composer.json", "gemfile", "build.gradle", "cmakelists.txt", "configure"}

// holdsRoot says whether a directory looks like the root of a project. What is
// called as copies of others are is none.
func holdsRoot(files []File, top string) bool {
	switch top {
	case "node_modules", "vendor", "third_party", "site-packages":
		return false
	}
	return slices.ContainsFunc(files, func(f File) bool {
		base, ok := strings.CutPrefix(f.Path, top+"/")
		base = strings.ToLower(base)
		return ok && !strings.Contains(base, "/") && slices.ContainsFunc(rootNames, func(name string) bool { return strings.HasPrefix(base, name) })
	})
}

// stripTop drops the one directory that holds everything where it is the root of a
// project, so that paths are those of the repository: it is called as the archive
// is (x-1.0/ in x-1.0.tar.gz), or holds what roots hold (x-1.0/ in v1.0.tar.gz,
// package/ in a package of npm).
func stripTop(t *fileTree, archive string) {
	if len(t.files) == 0 {
		return
	}
	top, _, ok := strings.Cut(t.files[0].Path, "/")
	if !ok || !strings.HasPrefix(path.Base(archive), top+".") && !holdsRoot(t.files, top) {
		return
	}
	for _, f := range t.files {
		if !strings.HasPrefix(f.Path, top+"/") {
			return
		}
	}
	open := make(map[string]func() (io.ReadCloser, error), len(t.open))
	for i := range t.files {
		old := t.files[i].Path
		t.files[i].Path = strings.TrimPrefix(old, top+"/")
		open[t.files[i].Path] = t.open[old]
	}
	t.open = open
}

func openZip(f *os.File, max int64) (*fileTree, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, st.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("is not a readable zip archive: %w", err)
	}
	l := newLister(max)
	l.t.closers = append(l.t.closers, f.Close)
	total, encrypted := int64(0), 0
	for i, e := range z.File {
		if i >= maxEntries {
			l.problem("too large", "only the first %d of %d entries were read", maxEntries, len(z.File))
			break
		}
		if e.FileInfo().IsDir() {
			continue
		}
		if !e.Mode().IsRegular() {
			l.links++
			continue
		}
		if e.Flags&1 != 0 {
			encrypted++
			continue
		}
		size, limit := int64(e.UncompressedSize64), limitFor(st.Size())
		if size < 0 || size > limit-total {
			shown, _ := printable(e.Name)
			l.problem("too large", "the archive unpacks to more than %d MiB (a zip bomb?); %s and what comes after it was not read", limit>>20, shown)
			break
		}
		total += size
		l.add(e.Name, size, e.Open)
	}
	if encrypted > 0 {
		l.problem("encrypted", "%s", plural(encrypted, "entry is encrypted and was not read", "entries are encrypted and were not read"))
	}
	return l.finish(), nil
}

func limitFor(archive int64) int64 { return min(maxTotal, max(minTotal, archive*maxRatio)) }

// openSingle is a tree of one file.
func openSingle(f *os.File, name string, max int64) (*fileTree, error) {
	b, err := io.ReadAll(io.LimitReader(f, max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > max {
		return nil, ErrTooLarge
	}
	l := newLister(max)
	l.t.closers = append(l.t.closers, f.Close)
	l.add(name, int64(len(b)), func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil })
	return l.finish(), nil
}
