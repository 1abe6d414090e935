package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
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
	root     string // the id of its tree; "" when the commit does not tell
	list     sync.Once
	files    []File
	subtrees map[string]string

	mu       sync.Mutex
	problems []inventory.Problem
	idle     *batch // the reader that nobody uses now
	missing  int
	unsafe   []string
	passed   int // files passed over after too much damage
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
	if err == nil && t.root != "" {
		t.subtrees[""] = t.root
	}
	slices.SortStableFunc(t.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	listed := len(t.files)
	t.files = slices.CompactFunc(t.files, func(a, b File) bool { return a.Path == b.Path })
	if n := listed - len(t.files); n > 0 {
		t.add(inventory.Problem{Kind: "duplicate", Message: plural(n, "name is", "names are") + " in the commit more than once, which git itself never writes; the first counts"})
	}
	if n := len(t.unsafe); n > 0 {
		t.add(inventory.Problem{Kind: "unsafe path", Message: plural(n, "entry has a path that leads out of the repository, which git itself never writes, and was not read: ", "entries have paths that lead out of the repository, which git itself never writes, and were not read: ") + some(t.unsafe)})
	}
	if odd > 0 {
		t.add(inventory.Problem{Kind: "odd name", Message: plural(odd, oddName, oddNames)})
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
	if !fs.ValidPath(p) || p == "." {
		t.unsafe = append(t.unsafe, p)
		return false
	}
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
		if other, ok := folded[low]; ok && low != f.Path {
			clashes = append(clashes, other+" and "+f.Path)
		} else if low != f.Path {
			folded[low] = f.Path
		}
	}
	// Only names with capitals are compared above; the rest are looked up.
	for low, p := range folded {
		if _, ok := t.lookUp(low); ok {
			clashes = append(clashes, low+" and "+p)
		}
	}
	sort.Strings(clashes)
	if links := t.leavingLinks(); len(links) > 0 {
		t.add(inventory.Problem{Path: links[0], Kind: "link",
			Message: plural(len(links), "symbolic link leads out of the repository and was not followed: ", "symbolic links lead out of the repository and were not followed: ") + some(links)})
	}
	if n := len(submodules); n > 0 {
		t.add(inventory.Problem{Path: submodules[0], Kind: "submodule",
			Message: plural(n, "submodule is another repository and was not read: ", "submodules are other repositories and were not read: ") + some(submodules) + "; scan " + itOrThem(n) + " by " + itsOrTheir(n) + " own path"})
	}
	if n := len(clashes); n > 0 {
		t.add(inventory.Problem{Kind: "case clash", Message: plural(n, "pair of file names differs", "pairs of file names differ") + " only in case: " + some(clashes)})
	}
}

// leavingLinks lists the symbolic links whose targets lie outside the tree. A
// link that can't be read is reported by whoever asks for it.
func (t *gitTree) leavingLinks() []string {
	var links []File
	for _, f := range t.files {
		if f.Mode == Symlink {
			links = append(links, f)
		}
	}
	var out []string
	err := t.readEach(context.Background(), links, func(f File, target []byte, err error) error {
		if err == nil && leaves(f.Path, string(target)) {
			out = append(out, f.Path)
		}
		return nil
	})
	if err != nil {
		t.add(inventory.Problem{Kind: "link", Message: "symbolic links could not be looked at: " + err.Error()})
	}
	return out
}

// leaves says whether a link at p points out of the tree.
func leaves(p, target string) bool {
	if path.IsAbs(target) {
		return true
	}
	at := path.Join(path.Dir(p), target)
	return at == ".." || strings.HasPrefix(at, "../")
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
	if t.passed > 0 {
		out = append(out, inventory.Problem{Kind: "damaged object",
			Message: plural(t.passed, "file after them was", "files after them were") + " not read, because so many objects are damaged; run \"git fsck\""})
	}
	if t.missing > 0 {
		out = append(out, inventory.Problem{Kind: "missing object",
			Message: plural(t.missing, "file could not be read because its object is", "files could not be read because their objects are") + " missing (a partial clone or a damaged store); \"git fetch --refetch\" or a full clone brings " + itOrThem(t.missing)})
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

// maxRestarts bounds how often damaged objects may end the reader of a tree.
const maxRestarts = 100

// ReadEach implements Tree. Submodules are other repositories and have no
// content here.
func (t *gitTree) ReadEach(ctx context.Context, files []File, f func(File, []byte, error) error) error {
	for len(files) > 0 {
		n := slices.IndexFunc(files, func(f File) bool { return f.Mode == Submodule })
		if n < 0 {
			n = len(files)
		}
		err := t.readEach(ctx, files[:n], func(file File, b []byte, err error) error {
			if err == ErrMissing { // and not damaged, which has told of itself
				t.count(&t.missing)
			}
			return f(file, b, err)
		})
		if err != nil {
			return err
		}
		if n < len(files) {
			if err := f(files[n], nil, fs.ErrNotExist); err != nil {
				return err
			}
			n++
		}
		files = files[n:]
	}
	return nil
}

func (t *gitTree) count(n *int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*n++
}

// damaged is the error of a file whose object git can't read; a problem of its
// own tells of it.
type damaged struct{}

func (damaged) Error() string        { return "its git object is damaged; run \"git fsck\"" }
func (damaged) Is(target error) bool { return target == ErrMissing }

// readEach reads objects through one reader, and through a new one after each
// object that was too damaged to go on. Requests are written ahead of the
// answers by a bounded window, so that git is never idle.
func (t *gitTree) readEach(ctx context.Context, files []File, f func(File, []byte, error) error) error {
	for restarts := 0; len(files) > 0; restarts++ {
		b, err := t.takeBatch()
		if err != nil {
			return err
		}
		done, err := b.each(ctx, files, t.repo.max, f)
		files = files[done:]
		if err == nil {
			t.giveBack(b)
			return nil
		}
		b.stop()
		var died *diedError
		if !errors.As(err, &died) || ctx.Err() != nil {
			return err
		}
		if restarts == maxRestarts {
			return t.passOver(files, f)
		}
		// The first file that was not answered is the one that killed it.
		broken := files[0]
		files = files[1:]
		t.add(inventory.Problem{Path: broken.Path, Kind: "damaged object", Message: "git could not read its object " + broken.Blob + ": " + died.Error() + "; run \"git fsck\""})
		if err := f(broken, nil, damaged{}); err != nil {
			return err
		}
	}
	return nil
}

// passOver gives up on files, and says so for each.
func (t *gitTree) passOver(files []File, f func(File, []byte, error) error) error {
	for _, file := range files {
		t.count(&t.passed)
		if err := f(file, nil, damaged{}); err != nil {
			return err
		}
	}
	return nil
}

// takeBatch gives a reader to one caller alone: who asks for a file while
// another is being handed out gets a reader of its own.
func (t *gitTree) takeBatch() (*batch, error) {
	t.mu.Lock()
	b := t.idle
	t.idle = nil
	t.mu.Unlock()
	if b != nil {
		return b, nil
	}
	return t.repo.startBatch()
}

func (t *gitTree) giveBack(b *batch) {
	t.mu.Lock()
	spare := t.idle
	t.idle = b
	t.mu.Unlock()
	if spare != nil {
		spare.stop()
	}
}

// Close implements Tree.
func (t *gitTree) Close() error {
	t.mu.Lock()
	b := t.idle
	t.idle = nil
	t.mu.Unlock()
	if b != nil {
		b.stop()
	}
	return t.repo.close()
}
