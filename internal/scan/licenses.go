package scan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"path"
	"strings"
	"sync"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

type textMatch = detect.Match

// finding is what is kept of one file's content; the zero value says that the
// file was looked at and says nothing.
type finding struct {
	Expression string      `json:"e,omitempty"`
	Matches    []textMatch `json:"m,omitempty"`
	Copyrights []string    `json:"c,omitempty"`
	TextHash   string      `json:"t,omitempty"` // of license files: the whole text
}

func (f finding) empty() bool {
	return f.Expression == "" && len(f.Copyrights) == 0 && f.TextHash == ""
}

func (f finding) encode() []byte {
	if f.empty() {
		return nil
	}
	b, err := json.Marshal(f)
	if err != nil {
		return nil // strings and numbers only: can't fail
	}
	return b
}

func decodeFinding(b []byte) (f finding) {
	if len(b) > 0 {
		_ = json.Unmarshal(b, &f) // an unreadable cache entry counts as nothing found
	}
	return f
}

// licenses sums up what the files of a tree say of licenses. Directories whose
// summary is cached are not entered; files whose content was seen are not read.
func licenses(ctx context.Context, t source.Tree, cache Cache, opts Options) (*inventory.LicenseSummary, []inventory.Problem, error) {
	notes, problems := readAnnotations(t)
	if notes != nil {
		// What a file's license is then depends on its path as well as on its
		// content: summaries by tree id would mix repositories.
		cache.Trees, cache.PutTrees = nil, nil
	}
	root := buildDirs(t.Files(), t.Subtrees())
	if err := root.lookUp(ctx, cache); err != nil {
		return nil, nil, err
	}
	found, err := findings(ctx, t, root.filesToRead(nil), cache, opts)
	if err != nil {
		return nil, nil, err
	}
	fresh := map[string][]byte{}
	sum := root.summarize("", found, notes, fresh)
	if cache.PutTrees != nil && len(fresh) > 0 {
		if err := cache.PutTrees(ctx, detectorID(), fresh); err != nil {
			return nil, nil, err
		}
	}
	out := sum.export()
	concludeRoot(ctx, &out, t, found, cache)
	return &out, problems, nil
}

// findings gives what each file says, by content id, reading only contents
// that no earlier scan has seen.
func findings(ctx context.Context, t source.Tree, files []source.File, cache Cache, opts Options) (map[string]finding, error) {
	found := make(map[string]finding, len(files))
	todo, err := unseen(ctx, files, found, cache)
	if err != nil {
		return nil, err
	}
	var (
		mu    sync.Mutex
		fresh = map[string][]byte{}
		texts = map[string][]byte{}
		done  int
	)
	look := func(f source.File, b []byte) {
		one := lookAt(f.Path, b)
		id := f.Blob
		if id == "" {
			id = f.Path
		}
		mu.Lock()
		defer mu.Unlock()
		found[id] = one
		if f.Blob != "" {
			fresh[f.Blob] = one.encode()
		}
		if one.TextHash != "" {
			texts[one.TextHash] = b
		}
		if done++; opts.Progress != nil && done%64 == 0 {
			opts.Progress(done, len(todo))
		}
	}
	if err := eachInParallel(ctx, t, todo, max(opts.Workers, 1), look); err != nil {
		return nil, err
	}
	if cache.PutBlobs != nil && len(fresh) > 0 {
		if err := cache.PutBlobs(ctx, detectorID(), fresh); err != nil {
			return nil, err
		}
	}
	if cache.PutTexts != nil {
		if err := cache.PutTexts(ctx, texts); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// unseen fills found from the cache and returns one file for each content that
// still has to be read.
func unseen(ctx context.Context, files []source.File, found map[string]finding, cache Cache) ([]source.File, error) {
	if cache.Blobs != nil {
		blobs := make([]string, 0, len(files))
		for _, f := range files {
			if f.Blob != "" {
				blobs = append(blobs, f.Blob)
			}
		}
		known, err := cache.Blobs(ctx, detectorID(), blobs)
		if err != nil {
			return nil, err
		}
		for id, b := range known {
			found[id] = decodeFinding(b)
		}
	}
	var todo []source.File
	queued := map[string]bool{}
	for _, f := range files {
		if f.Blob == "" {
			todo = append(todo, f)
			continue
		}
		if _, ok := found[f.Blob]; ok || queued[f.Blob] {
			continue
		}
		queued[f.Blob] = true
		todo = append(todo, f)
	}
	return todo, nil
}

// eachInParallel reads files in one stream and looks at them with n workers.
// Files that can't be read are the tree's problems and are passed over.
func eachInParallel(ctx context.Context, t source.Tree, files []source.File, n int, look func(source.File, []byte)) error {
	type item struct {
		file source.File
		data []byte
	}
	work := make(chan item, n)
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for it := range work {
				look(it.file, it.data)
			}
		})
	}
	err := t.ReadEach(ctx, files, func(f source.File, b []byte, err error) error {
		if err != nil {
			return ctx.Err()
		}
		select {
		case work <- item{f, append([]byte(nil), b...)}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	close(work)
	wg.Wait()
	return err
}

// lookAt detects licenses in one file.
func lookAt(p string, b []byte) finding {
	res := detect.Detect(b)
	f := finding{Expression: res.Expression, Matches: res.Matches, Copyrights: res.Copyrights}
	if license.IsLicenseFile(p) {
		sum := sha256.Sum256(b)
		f.TextHash = hex.EncodeToString(sum[:])
		return f
	}
	if isTextOnly(res, b) {
		f.Expression = "" // data about licenses: a collection of texts, a test case
	}
	return f
}

// isTextOnly says whether a file is nothing but the text of a license: under a
// name that is not a license's it says nothing of what it is licensed under.
func isTextOnly(res detect.Result, b []byte) bool {
	covered := 0
	for _, m := range res.Matches {
		if m.Kind != "text" {
			return false
		}
		covered += m.LastLine - m.FirstLine + 1
	}
	return covered > 0 && covered*10 >= 8*(bytes.Count(b, []byte("\n"))+1)
}

// readable says whether a file can hold a license statement: pictures, archives
// and compiled files are not read at all.
func readable(f source.File) bool {
	if f.Mode == source.Submodule || f.Mode == source.Symlink || f.Size > maxLicenseFile {
		return false
	}
	return !binaryExtensions[strings.ToLower(path.Ext(f.Path))]
}

// maxLicenseFile bounds what is read for licenses: beyond it lie data, not code.
const maxLicenseFile = 4 << 20

var binaryExtensions = func() map[string]bool {
	m := map[string]bool{}
	for _, e := range strings.Fields(`.png .jpg .jpeg .gif .ico .bmp .webp .avif .tiff .psd .mp3 .mp4 .ogg .wav .webm .mov .avi .flac
		.zip .gz .tgz .bz2 .xz .zst .7z .rar .jar .war .ear .class .o .a .so .dll .dylib .exe .pdb .wasm .bin .dat .db .sqlite .pyc
		.woff .woff2 .ttf .otf .eot .pdf .doc .docx .xls .xlsx .ppt .pptx .pb .parquet .npy .npz .pkl .onnx .h5 .keystore .jks .p12 .der`) {
		m[e] = true
	}
	return m
}()
