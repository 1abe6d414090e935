package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// gitTree is the tree of one commit, read by one `git cat-file --batch`.
//
// It is listed on first use: whoever knows the commit already has no need of it.
type gitTree struct {
	repo     *gitRepo
	commit   string
	list     sync.Once
	files    []File
	subtrees map[string]string

	mu       sync.Mutex
	problems []inventory.Problem
	batch    *batch
	missing  int
}

// load lists the commit. A tree object that is missing ends the listing there:
// what is known is kept and said.
func (t *gitTree) load() {
	t.subtrees = map[string]string{}
	if t.commit == "" {
		return
	}
	odd := 0
	err := eachEntry(t.repo.object(context.Background(), "ls-tree", "-r", "-t", "-z", "--full-tree", t.commit), func(entry string) {
		if t.entry(entry) {
			odd++
		}
	})
	if err != nil {
		t.add(inventory.Problem{Kind: "missing object", Message: "the list of files is incomplete: " + err.Error()})
	}
	root, rootErr := run(t.repo.object(context.Background(), "rev-parse", "--verify", t.commit+"^{tree}"))
	if rootErr == nil && err == nil {
		t.subtrees[""] = strings.TrimSpace(string(root))
	}
	slices.SortFunc(t.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	if odd > 0 {
		t.add(inventory.Problem{Kind: "odd name", Message: fmt.Sprintf("%d file names are not UTF-8 or hold control characters; they are shown with \\x escapes", odd)})
	}
	t.note()
}

// entry reads one entry of `ls-tree -r -t -z`, "mode type id\tpath", and says
// whether its name is odd.
func (t *gitTree) entry(entry string) (odd bool) {
	head, name, ok := strings.Cut(entry, "\t")
	mode, rest, _ := strings.Cut(head, " ")
	_, id, _ := strings.Cut(rest, " ")
	if !ok || id == "" || name == "" {
		return false
	}
	p, odd := printable(name)
	f := File{Path: p, Blob: id, Size: -1}
	switch mode {
	case "040000":
		t.subtrees[p] = f.Blob
		return odd
	case "120000":
		f.Mode = Symlink
	case "160000":
		f.Mode = Submodule
	case "100755":
		f.Mode = Executable
	}
	t.files = append(t.files, f)
	return odd
}

// note reports submodules and names that differ only in case, once each.
func (t *gitTree) note() {
	var submodules, clashes []string
	folded := map[string]string{}
	for _, f := range t.files {
		if f.Mode == Submodule {
			submodules = append(submodules, f.Path)
		}
	}
	for _, f := range t.files {
		low := strings.ToLower(f.Path)
		if other, ok := folded[low]; ok {
			clashes = append(clashes, other+" and "+f.Path)
		} else if low != f.Path {
			folded[low] = f.Path
		}
	}
	// Only names with capitals are kept above; the rest are looked up.
	for low, p := range folded {
		if _, ok := t.lookUp(low); ok {
			clashes = append(clashes, low+" and "+p)
		}
	}
	sort.Strings(clashes)
	if n := len(submodules); n > 0 {
		t.add(inventory.Problem{Path: submodules[0], Kind: "submodule",
			Message: fmt.Sprintf("%d submodules are other repositories and were not read: %s; scan them by their own path", n, some(submodules))})
	}
	if n := len(clashes); n > 0 {
		t.add(inventory.Problem{Kind: "case clash", Message: fmt.Sprintf("%d file names differ only in case: %s", n, some(clashes))})
	}
}

func some(list []string) string {
	if len(list) > 3 {
		return strings.Join(list[:3], ", ") + fmt.Sprintf(" and %d more", len(list)-3)
	}
	return strings.Join(list, ", ")
}

func (t *gitTree) add(p inventory.Problem) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.problems = append(t.problems, p)
}

func (t *gitTree) find(p string) (File, bool) {
	t.list.Do(t.load)
	return t.lookUp(p)
}

func (t *gitTree) lookUp(p string) (File, bool) {
	i := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= p })
	if i < len(t.files) && t.files[i].Path == p {
		return t.files[i], true
	}
	return File{}, false
}

// Files implements Tree.
func (t *gitTree) Files() []File {
	t.list.Do(t.load)
	return t.files
}

// Subtrees implements Tree.
func (t *gitTree) Subtrees() map[string]string {
	t.list.Do(t.load)
	return t.subtrees
}

// Problems implements Tree.
func (t *gitTree) Problems() []inventory.Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := slices.Clone(t.problems)
	if t.missing > 0 {
		out = append(out, inventory.Problem{Kind: "missing object",
			Message: fmt.Sprintf("%d files could not be read because their objects are missing (a partial clone or a damaged store); \"git fetch --refetch\" or a full clone brings them", t.missing)})
	}
	return out
}

// ReadFile implements Tree.
func (t *gitTree) ReadFile(p string) ([]byte, error) {
	f, ok := t.find(p)
	if !ok || f.Mode == Submodule {
		return nil, fmt.Errorf("%s: %w", p, fs.ErrNotExist)
	}
	var out []byte
	err := t.ReadEach(context.Background(), []File{f}, func(_ File, b []byte, err error) error {
		out = bytes.Clone(b)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p, err)
	}
	return out, nil
}

// maxRestarts bounds how often a broken object may kill the reader of a tree.
const maxRestarts = 100

// ReadEach implements Tree. Requests are written ahead of the answers by a
// bounded window, so that git is never idle.
func (t *gitTree) ReadEach(ctx context.Context, files []File, f func(File, []byte, error) error) error {
	for restarts := 0; len(files) > 0; restarts++ {
		if t.batch == nil {
			b, err := t.repo.startBatch()
			if err != nil {
				return err
			}
			t.batch = b
		}
		done, err := t.batch.each(ctx, files, t.repo.max, func(file File, b []byte, err error) error {
			if errors.Is(err, ErrMissing) {
				t.mu.Lock()
				t.missing++
				t.mu.Unlock()
			}
			return f(file, b, err)
		})
		files = files[done:]
		if err == nil {
			continue
		}
		t.batch.stop()
		t.batch = nil
		var died *diedError
		if !errors.As(err, &died) || ctx.Err() != nil {
			return err
		}
		if restarts == maxRestarts {
			return fmt.Errorf("git cat-file ended %d times: %w", restarts, err)
		}
		// The first file that was not answered is the one that killed it.
		broken := files[0]
		files = files[1:]
		t.add(inventory.Problem{Path: broken.Path, Kind: "damaged object", Message: "git could not read its object " + broken.Blob + ": " + died.Error() + "; run \"git fsck\""})
		if err := f(broken, nil, ErrMissing); err != nil {
			return err
		}
	}
	return nil
}

// Close implements Tree.
func (t *gitTree) Close() error {
	if t.batch != nil {
		t.batch.stop()
		t.batch = nil
	}
	return t.repo.close()
}

// batch is a running `git cat-file --batch`.
type batch struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	errs *bytes.Buffer
	buf  []byte
}

func (r *gitRepo) startBatch() (*batch, error) {
	cmd := r.object(context.Background(), "cat-file", "--batch")
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	b := &batch{cmd: cmd, in: in, out: bufio.NewReaderSize(out, 64<<10), errs: &bytes.Buffer{}}
	cmd.Stderr = b.errs
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot run git (is it installed?): %w", err)
	}
	return b, nil
}

func (b *batch) stop() {
	b.in.Close()
	if b.cmd.Process != nil {
		b.cmd.Process.Kill()
	}
	_ = b.cmd.Wait() // it was killed; how it ended says nothing
}

// diedError says that cat-file ended in mid-stream.
type diedError struct{ words string }

func (e *diedError) Error() string { return e.words }

// window is how many requests are in flight: 512 of 41 bytes stay below a
// pipe's buffer, so writing them can't block on answers that nobody reads.
const window = 512

// each asks for files and hands out the answers in order; done counts those
// answered.
func (b *batch) each(ctx context.Context, files []File, max int64, f func(File, []byte, error) error) (done int, err error) {
	asked := 0
	var ask bytes.Buffer
	for done < len(files) {
		if err := ctx.Err(); err != nil {
			return done, err
		}
		if asked-done < window/2 && asked < len(files) {
			ask.Reset()
			for asked < len(files) && asked-done < window {
				ask.WriteString(files[asked].Blob)
				ask.WriteByte('\n')
				asked++
			}
			if _, err := b.in.Write(ask.Bytes()); err != nil {
				return done, b.died(err)
			}
		}
		content, fileErr, err := b.answer(max)
		if err != nil {
			return done, b.died(err)
		}
		if err := f(files[done], content, fileErr); err != nil {
			return done, err
		}
		done++
	}
	return done, nil
}

// died ends what is left of cat-file before its words are read: they are
// written by another goroutine until then.
func (b *batch) died(err error) error {
	b.stop()
	words := strings.TrimSpace(b.errs.String())
	if i := strings.IndexByte(words, '\n'); i > 0 {
		words = words[:i]
	}
	if words == "" {
		words = err.Error()
	}
	return &diedError{words}
}

// answer reads "id type size\n" content "\n", or "id missing\n".
func (b *batch) answer(max int64) (content []byte, fileErr, err error) {
	line, err := b.out.ReadSlice('\n')
	if err != nil {
		return nil, nil, err
	}
	size, missing, err := parseHeader(string(line[:len(line)-1]))
	if err != nil {
		return nil, nil, err
	}
	if missing {
		return nil, ErrMissing, nil
	}
	if size > max {
		_, err := io.CopyN(io.Discard, b.out, size+1)
		return nil, ErrTooLarge, err
	}
	if int64(cap(b.buf)) < size+1 || cap(b.buf) > 4<<20 && size < 64<<10 {
		b.buf = make([]byte, max64(size+1, 64<<10))
	}
	b.buf = b.buf[:size+1]
	if _, err := io.ReadFull(b.out, b.buf); err != nil {
		return nil, nil, err
	}
	return b.buf[:size], nil, nil
}

func max64(a, b int64) int64 {
	if a > b {
		return a
	}
	return b
}

// parseHeader reads the line before an object's content.
func parseHeader(line string) (size int64, missing bool, err error) {
	fields := strings.Split(line, " ")
	if len(fields) >= 2 && fields[len(fields)-1] == "missing" {
		return 0, true, nil
	}
	if len(fields) != 3 {
		return 0, false, fmt.Errorf("cat-file answered %q", line)
	}
	size, err = strconv.ParseInt(fields[2], 10, 64)
	if err != nil || size < 0 {
		return 0, false, fmt.Errorf("cat-file answered %q", line)
	}
	return size, false, nil
}
