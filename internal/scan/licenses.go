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

	"golang.org/x/sync/errgroup"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/license/resolve"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

type textMatch = detect.Match

// finding is what is kept of one file's content; the zero value says that the
// file was looked at and says nothing.
type finding struct {
	Expression string      `json:"e,omitempty"`
	Licenses   []string    `json:"l,omitempty"`
	Matches    []textMatch `json:"m,omitempty"`
	Copyrights []string    `json:"c,omitempty"`
	TextHash   string      `json:"t,omitempty"` // of license files: the whole text
	// TextOnly says that the file is nothing but a license's text: data about
	// licenses (a collection of texts, a test case), unless its name is a license's.
	TextOnly bool `json:"x,omitempty"`
	// Granted is the license that the file states for itself, where Passing says
	// that it speaks of others besides.
	Granted string `json:"g,omitempty"`
	Passing bool   `json:"p,omitempty"`
}

// under is the license of a file of this content at a path.
func (f finding) under(path string) string {
	if f.TextOnly && !license.IsLicenseFile(path) {
		return ""
	}
	if f.Passing {
		return f.Granted
	}
	return f.Expression
}

func (f finding) empty() bool {
	return f.Expression == "" && len(f.Matches) == 0 && len(f.Copyrights) == 0 && f.TextHash == ""
}

// brief is what summaries need: of ordinary files the expression alone.
func (f finding) brief() finding {
	if f.TextHash != "" {
		return f
	}
	return finding{Expression: f.Expression, TextOnly: f.TextOnly, Granted: f.Granted, Passing: f.Passing}
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
	c := &collector{found: found, cache: cache, total: len(todo), progress: opts.Progress}
	c.reset()
	c.memo = detect.NewMemo() // for the headers that many files share
	if err := eachInParallel(ctx, t, todo, max(opts.Workers, 1), func(f source.File, b []byte) error { return c.look(ctx, f, b) }); err != nil {
		return nil, err
	}
	return found, c.flush(ctx)
}

// collector gathers what workers find. What is on its way to the cache is
// handed over in batches: a large repository has more findings than should be
// in memory at once.
type collector struct {
	mu       sync.Mutex
	found    map[string]finding
	cache    Cache
	fresh    map[string][]byte
	texts    map[string][]byte
	done     int
	total    int
	progress func(done, total int)
	memo     *detect.Memo // nil without a cache
}

// batch is how many findings are held back before they go to the cache.
const batch = 2000

func (c *collector) reset() { c.fresh, c.texts = map[string][]byte{}, map[string][]byte{} }

func (c *collector) look(ctx context.Context, f source.File, b []byte) error {
	one := lookAt(f.Path, b, c.memo)
	encoded := one.encode()
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Blob == "" {
		c.found[f.Path] = one.brief()
	} else {
		c.found[f.Blob] = one.brief()
		c.fresh[f.Blob] = encoded
	}
	if one.TextHash != "" {
		c.texts[one.TextHash] = bytes.Clone(b)
	}
	if c.done++; c.progress != nil && c.done%64 == 0 {
		c.progress(c.done, c.total)
	}
	if len(c.fresh) >= batch {
		return c.flush(ctx)
	}
	return nil
}

func (c *collector) flush(ctx context.Context) error {
	if c.cache.PutBlobs != nil && len(c.fresh) > 0 {
		if err := c.cache.PutBlobs(ctx, detectorID(), c.fresh); err != nil {
			return err
		}
	}
	if c.cache.PutTexts != nil && len(c.texts) > 0 {
		if err := c.cache.PutTexts(ctx, c.texts); err != nil {
			return err
		}
	}
	c.reset()
	return nil
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
			found[id] = decodeFinding(b).brief()
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
// Files that can't be read are the tree's problems and are passed over. The
// buffers go round between reader and workers.
func eachInParallel(ctx context.Context, t source.Tree, files []source.File, n int, look func(source.File, []byte) error) error {
	type item struct {
		file source.File
		data []byte
	}
	group, ctx := errgroup.WithContext(ctx)
	work := make(chan item, n)
	free := make(chan []byte, 2*n)
	for range n {
		group.Go(func() error {
			for it := range work {
				if err := look(it.file, it.data); err != nil {
					return err
				}
				select {
				case free <- it.data[:0]:
				default:
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(work)
		return t.ReadEach(ctx, files, func(f source.File, b []byte, err error) error {
			if err != nil {
				return ctx.Err()
			}
			var data []byte
			select {
			case data = <-free:
			default:
			}
			if cap(data) > 1<<20 {
				data = nil // one large file must not keep its buffer
			}
			select {
			case work <- item{f, append(data, b...)}:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	return group.Wait()
}

// lookAt detects licenses in one file.
func lookAt(p string, b []byte, memo *detect.Memo) finding {
	res := detect.DetectWith(b, memo)
	f := finding{Expression: res.Expression, Licenses: res.Licenses, Matches: res.Matches, Copyrights: res.Copyrights, TextOnly: isTextOnly(res, b)}
	if own := Granted(p, res); own != f.Expression {
		f.Granted, f.Passing = own, true
	}
	if f.TextOnly || license.IsLicenseFile(p) {
		sum := sha256.Sum256(b)
		f.TextHash = hex.EncodeToString(sum[:])
	}
	return f
}

// isTextOnly says whether a file is nothing but the text of a license.
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
	if f.Mode == source.Submodule || f.Mode == source.Symlink || f.Size > maxLicenseFile || resolve.IsAnnotationFile(f.Path) {
		return false
	}
	return !binaryExtensions[strings.ToLower(path.Ext(f.Path))] && !tellsOfOthers(f.Path)
}

// tellsOfOthers says that what a file holds of licenses are those of packages it
// lists: lockfiles and SBOMs.
func tellsOfOthers(p string) bool {
	base := strings.ToLower(path.Base(p))
	switch base {
	case "package-lock.json", ".package-lock.json", "npm-shrinkwrap.json", "composer.lock", "installed.json", "bom.json", "bom.xml", "packages.lock.json":
		return true
	}
	for _, end := range []string{".cdx.json", ".cdx.xml", ".spdx.json", ".spdx.yaml", ".spdx.yml", ".spdx.rdf", ".spdx.xml"} {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return false
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
