package scan

import (
	"context"
	"sync"

	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// FileLicenses is what the content of one file says of licenses.
type FileLicenses struct {
	File source.File
	// Blob is git's id of the content; "" when it was not read.
	Blob string
	// Result is zero when the file says nothing.
	Result detect.Result
	// TextOnly says that the file is nothing but the text of a license.
	TextOnly bool
	// Err says why the file could not be read.
	Err error
}

// portion is how many files are asked of the cache and read at a time.
const portion = 1000

// EachFile looks at every file that can hold text and gives what it found to
// emit, in the order of files. Contents that the cache knows are not looked at
// again; of git objects they are not even read.
func EachFile(ctx context.Context, t source.Tree, files []source.File, cache Cache, opts Options, emit func(FileLicenses) error) error {
	memo := detect.NewMemo() // for the headers that many files share
	for at := 0; at < len(files); at += portion {
		p := newLooker(files[at:min(at+portion, len(files))], memo)
		if err := p.run(ctx, t, cache, max(opts.Workers, 1)); err != nil {
			return err
		}
		for _, f := range p.files {
			if err := emit(p.found[f.Path]); err != nil {
				return err
			}
		}
		if opts.Progress != nil {
			opts.Progress(at+len(p.files), len(files))
		}
	}
	return nil
}

// looker looks at the files of one portion.
type looker struct {
	files []source.File
	memo  *detect.Memo

	mu    sync.Mutex
	found map[string]FileLicenses // by path
	fresh map[string][]byte       // by content, for the cache
	texts map[string][]byte
}

func newLooker(files []source.File, memo *detect.Memo) *looker {
	p := &looker{files: files, memo: memo, found: make(map[string]FileLicenses, len(files)), fresh: map[string][]byte{}, texts: map[string][]byte{}}
	for _, f := range files {
		p.found[f.Path] = FileLicenses{File: f}
	}
	return p
}

func (p *looker) run(ctx context.Context, t source.Tree, cache Cache, workers int) error {
	blobs, err := p.contents(ctx, t, cache, workers)
	if err != nil {
		return err
	}
	todo, err := p.recall(ctx, blobs, cache)
	if err != nil {
		return err
	}
	unread := map[string]bool{}
	for _, f := range todo {
		unread[f.Path] = true
	}
	err = eachInParallel(ctx, t, todo, workers, func(f source.File, b []byte) error {
		p.look(f, b)
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(unread, f.Path)
		return nil
	})
	if err != nil {
		return err
	}
	for path := range unread {
		one := p.found[path]
		_, one.Err = t.ReadFile(path)
		p.found[path] = one
	}
	return p.keep(ctx, cache)
}

// contents gives the content ids of the files that can hold text. Where the
// source has none and a cache could know them, the files are read for it.
func (p *looker) contents(ctx context.Context, t source.Tree, cache Cache, workers int) (map[string]string, error) {
	ids := make(map[string]string, len(p.files))
	var unhashed []source.File
	for _, f := range p.files {
		if f.Mode == source.Submodule || f.Mode == source.Symlink {
			continue
		}
		if ids[f.Path] = f.Blob; f.Blob == "" && cache.Blobs != nil {
			unhashed = append(unhashed, f)
		}
	}
	var mu sync.Mutex
	return ids, eachInParallel(ctx, t, unhashed, workers, func(f source.File, b []byte) error {
		id := source.BlobID(b)
		mu.Lock()
		defer mu.Unlock()
		ids[f.Path] = id
		return nil
	})
}

// recall takes from the cache what it knows and lists the other files.
func (p *looker) recall(ctx context.Context, ids map[string]string, cache Cache) ([]source.File, error) {
	known := map[string][]byte{}
	if cache.Blobs != nil {
		asked := make([]string, 0, len(ids))
		for _, id := range ids {
			if id != "" {
				asked = append(asked, id)
			}
		}
		var err error
		if known, err = cache.Blobs(ctx, detectorID(), asked); err != nil {
			return nil, err
		}
	}
	var todo []source.File
	for _, f := range p.files {
		id, text := ids[f.Path]
		if b, ok := known[id]; ok && id != "" {
			p.found[f.Path] = fileLicenses(f, id, decodeFinding(b))
		} else if text {
			todo = append(todo, f)
		}
	}
	return todo, nil
}

func fileLicenses(f source.File, id string, one finding) FileLicenses {
	return FileLicenses{File: f, Blob: id, TextOnly: one.TextOnly,
		Result: detect.Result{Expression: one.Expression, Licenses: one.Licenses, Matches: one.Matches, Copyrights: one.Copyrights}}
}

func (p *looker) look(f source.File, b []byte) {
	one := lookAt(f.Path, b, p.memo)
	encoded, id := one.encode(), f.Blob
	if id == "" {
		id = source.BlobID(b)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found[f.Path] = fileLicenses(f, id, one)
	p.fresh[id] = encoded
	if one.TextHash != "" {
		p.texts[one.TextHash] = append([]byte(nil), b...)
	}
}

func (p *looker) keep(ctx context.Context, cache Cache) error {
	if cache.PutBlobs != nil {
		if err := cache.PutBlobs(ctx, detectorID(), p.fresh); err != nil {
			return err
		}
	}
	if cache.PutTexts != nil {
		return cache.PutTexts(ctx, p.texts)
	}
	return nil
}

// EachContent gives the content id of every file of a tree, in the order of
// paths; files that can't be read are left out.
func EachContent(ctx context.Context, t source.Tree, workers int, give func(path, blob string)) error {
	ids := map[string]string{}
	var unhashed []source.File
	for _, f := range t.Files() {
		if ids[f.Path] = f.Blob; f.Blob == "" && f.Mode != source.Symlink && f.Mode != source.Submodule {
			unhashed = append(unhashed, f)
		}
	}
	var mu sync.Mutex
	err := eachInParallel(ctx, t, unhashed, workers, func(f source.File, b []byte) error {
		id := source.BlobID(b)
		mu.Lock()
		defer mu.Unlock()
		ids[f.Path] = id
		return nil
	})
	for _, f := range t.Files() {
		if id := ids[f.Path]; id != "" {
			give(f.Path, id)
		}
	}
	return err
}
