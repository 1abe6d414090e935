package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"syscall"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// dirTree is a directory on disk, read through os.Root so that no link leads
// out of it.
type dirTree struct {
	root     *os.Root
	files    []File
	names    map[string]string // printable path -> real one, where they differ
	problems []inventory.Problem
	max      int64
}

// maxFiles bounds the files of one directory or archive.
const maxFiles = 2_000_000

// openDirectory opens a plain directory; git repositories inside it are sources
// of their own.
func openDirectory(ctx context.Context, dir string, o Options) ([]*Source, error) {
	t, nested, err := walk(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	var out []*Source
	var broken []inventory.Problem
	if len(t.files) > 0 || len(nested) == 0 {
		src := &Source{Repository: inventory.Repository{Name: dir, Location: dir, Kind: string(Directory)}, Kind: Directory,
			Commit: t.contentID(), WorkTree: dir, Tree: t}
		if len(t.files) == 0 {
			src.Problems = append(src.Problems, inventory.Problem{Kind: "empty", Message: "the directory has no files"})
		}
		out = append(out, src)
	} else {
		t.Close()
		broken = t.problems // it has no source of its own to tell of them
	}
	var first error
	for _, sub := range nested {
		full := filepath.Join(dir, filepath.FromSlash(sub))
		git, workTree, _ := findGit(full)
		src, err := openGit(ctx, git, workTree, o)
		if err != nil && ctx.Err() != nil {
			for _, src := range out {
				src.Tree.Close()
			}
			return nil, ctx.Err()
		}
		if err != nil {
			if o.Broken != nil {
				o.Broken(full, err)
			} else {
				broken = append(broken, inventory.Problem{Path: sub, Kind: "unreadable", Message: "a git repository in " + dir + " that could not be read: " + err.Error()})
			}
			if first == nil {
				first = fmt.Errorf("%s: %w", full, err)
			}
			continue
		}
		out = append(out, src)
	}
	if len(out) == 0 {
		return nil, first
	}
	out[0].Problems = append(out[0].Problems, broken...)
	return out, nil
}

// openWorkTree reads the files on disk of a git work tree.
func openWorkTree(ctx context.Context, gitDir, workTree string, o Options) ([]*Source, error) {
	r, err := newGitRepo(gitDir, o.maxFile())
	if err != nil {
		return nil, err
	}
	defer r.close()
	t, nested, err := walk(ctx, workTree, o)
	if err != nil {
		return nil, err
	}
	src := &Source{Repository: r.identity(ctx, workTree), Kind: Directory, Commit: t.contentID(), Revision: "work tree", WorkTree: workTree, Tree: t}
	src.Repository.Kind = string(Directory)
	if len(nested) > 0 {
		src.Problems = append(src.Problems, inventory.Problem{Path: nested[0], Kind: "nested repository",
			Message: plural(len(nested), "git repository inside was not read: ", "git repositories inside were not read: ") + some(nested) + "; scan " + itOrThem(len(nested)) + " by " + itsOrTheir(len(nested)) + " own path"})
	}
	return []*Source{src}, nil
}

// walk lists a directory, and apart from it the git repositories below it.
// Installed packages (node_modules, .venv) and git's own data are no part of it.
func walk(ctx context.Context, dir string, o Options) (*dirTree, []string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	t := &dirTree{root: root, names: map[string]string{}, max: o.maxFile()}
	var nested []string
	var odd, special, links []string
	err = fs.WalkDir(rawFS{root}, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			t.problems = append(t.problems, inventory.Problem{Path: p, Kind: "unreadable", Message: err.Error()})
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.Name() == ".git" && !d.IsDir() {
			return nil // of a submodule or a linked work tree
		}
		if d.IsDir() {
			if p == "." {
				return nil
			}
			if name := d.Name(); name == ".git" || name == "node_modules" || name == ".venv" {
				return fs.SkipDir
			}
			if _, _, ok := findGit(filepath.Join(dir, filepath.FromSlash(p))); ok {
				nested = append(nested, p)
				return fs.SkipDir
			}
			return nil
		}
		if len(t.files) >= maxFiles {
			return fmt.Errorf("has more than %d files; scan its parts", maxFiles)
		}
		name, changed := printable(p)
		if changed {
			odd = append(odd, name)
			t.names[name] = p
		}
		f := File{Path: name, Size: -1}
		switch {
		case d.Type()&fs.ModeSymlink != 0:
			f.Mode = Symlink
			if _, err := root.Stat(filepath.FromSlash(p)); err != nil {
				links = append(links, name)
			}
		case !d.Type().IsRegular():
			special = append(special, name)
			return nil
		default:
			if info, err := d.Info(); err == nil {
				f.Size = info.Size()
				if info.Mode()&0o111 != 0 {
					f.Mode = Executable
				}
			}
		}
		t.files = append(t.files, f)
		return nil
	})
	if err != nil {
		root.Close()
		return nil, nil, err
	}
	slices.SortFunc(t.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, p := range []struct {
		list            []string
		kind, one, many string
	}{
		{odd, "odd name", oddName, oddNames},
		{special, "not a file", "device, socket or pipe was passed over", "devices, sockets or pipes were passed over"},
		{links, "link", "symbolic link leads out of the directory or to nothing and was not followed", "symbolic links lead out of the directory or to nothing and were not followed"},
	} {
		if n := len(p.list); n > 0 {
			t.problems = append(t.problems, inventory.Problem{Path: p.list[0], Kind: p.kind, Message: plural(n, p.one, p.many) + ": " + some(p.list)})
		}
	}
	return t, nested, nil
}

// rawFS lists a root's directories by any name. Root.FS takes only names that are
// UTF-8, and would leave out what lies below others.
type rawFS struct{ root *os.Root }

func (r rawFS) Open(name string) (fs.File, error) { return r.root.Open(filepath.FromSlash(name)) }

func (r rawFS) ReadDir(name string) ([]fs.DirEntry, error) {
	f, err := r.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := f.ReadDir(-1)
	slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return list, err
}

// contentID names a tree without a commit: a hash over paths, sizes and, for
// what is small enough to matter to manifests, contents is too costly, so sizes
// and times stand in for contents.
func (t *dirTree) contentID() string {
	h := sha256.New()
	for _, f := range t.files {
		mod := int64(0)
		if info, err := t.root.Lstat(filepath.FromSlash(t.real(f.Path))); err == nil {
			mod = info.ModTime().UnixNano()
		}
		fmt.Fprintf(h, "%s\x00%d\x00%d\n", f.Path, f.Size, mod)
	}
	return "content-" + hex.EncodeToString(h.Sum(nil)[:20])
}

func (t *dirTree) real(p string) string {
	if r, ok := t.names[p]; ok {
		return r
	}
	return p
}

// Files implements Tree.
func (t *dirTree) Files() []File { return t.files }

// Subtrees implements Tree.
func (t *dirTree) Subtrees() map[string]string { return nil }

// Problems implements Tree.
func (t *dirTree) Problems() []inventory.Problem { return t.problems }

// Close implements Tree.
func (t *dirTree) Close() error { return t.root.Close() }

// ReadFile implements Tree.
func (t *dirTree) ReadFile(p string) ([]byte, error) {
	i := sort.Search(len(t.files), func(i int) bool { return t.files[i].Path >= p })
	if i == len(t.files) || t.files[i].Path != p || t.files[i].Mode == Symlink {
		return nil, fmt.Errorf("%s: %w", p, fs.ErrNotExist)
	}
	// A pipe that took the file's place since the listing must not block.
	f, err := t.root.OpenFile(filepath.FromSlash(t.real(p)), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: is no regular file any more: %w", p, fs.ErrNotExist)
	}
	b, err := io.ReadAll(io.LimitReader(f, t.max+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > t.max {
		return nil, fmt.Errorf("%s: %w", p, ErrTooLarge)
	}
	return b, nil
}

// ReadEach implements Tree.
func (t *dirTree) ReadEach(ctx context.Context, files []File, f func(File, []byte, error) error) error {
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
