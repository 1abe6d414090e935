package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"

	"github.com/tributary-oss/tributary/internal/license/scancode"
	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// Evidence is what another scanner said of a content. It is shown beside our own
// findings and never joined with them.
type Evidence struct {
	// Source names the scanner with its version.
	Source     string
	Expression string
	Matches    []scancode.Match
	Copyrights []string
}

// evidenceWire is the form in the store.
type evidenceWire struct {
	Expression string           `json:"e,omitempty"`
	Matches    []scancode.Match `json:"m,omitempty"`
	Copyrights []string         `json:"c,omitempty"`
}

// ImportTotals says what came of an import.
type ImportTotals struct {
	Source                string
	Files                 int      // in the document
	Kept                  int      // of these, found in the tree
	NotInTree             []string // sorted
	NotUnderstood, Failed int      // expressions; files that the scanner failed on
}

// ImportScanCode keeps the findings of a ScanCode document as evidence on the
// contents of the tree that was scanned.
func (o *Office) ImportScanCode(ctx context.Context, r io.Reader, arg string, opts ScanOptions) (ImportTotals, error) {
	if o.Store == nil {
		return ImportTotals{}, errors.New("an import needs a store")
	}
	doc, err := scancode.Parse(r)
	if err != nil {
		return ImportTotals{}, err
	}
	blobs, err := o.contents(ctx, arg, opts)
	if err != nil {
		return ImportTotals{}, err
	}
	doc.Align(func(p string) bool { _, ok := blobs[p]; return ok })
	total := ImportTotals{Source: doc.Source(), Files: len(doc.Files), NotUnderstood: doc.NotUnderstood}
	found := map[string][]byte{}
	for _, f := range doc.Files {
		if len(f.Errors) > 0 {
			total.Failed++
		}
		blob, ok := blobs[f.Path]
		if !ok {
			total.NotInTree = append(total.NotInTree, f.Path)
			continue
		}
		b, err := json.Marshal(evidenceWire{f.Expression, f.Matches, f.Copyrights})
		if err != nil {
			return total, err
		}
		total.Kept++
		found[blob] = b
	}
	slices.Sort(total.NotInTree)
	return total, o.Store.PutImported(ctx, doc.Source(), found)
}

// contents gives the content id of every file that an argument names.
func (o *Office) contents(ctx context.Context, arg string, opts ScanOptions) (map[string]string, error) {
	sources, err := source.Open(ctx, arg, source.Options{Revision: opts.Revision, WorkTree: opts.WorkTree, CacheDir: opts.CacheDir, AnyFile: true})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", source.Shown(arg), err)
	}
	for _, src := range sources {
		defer src.Tree.Close()
	}
	out := map[string]string{}
	for _, src := range sources {
		prefix := pathPrefix(arg, src, false)
		err := scan.EachContent(ctx, src.Tree, max(opts.Jobs, 1), func(p, blob string) { out[path.Join(prefix, p)] = blob })
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// evidence is what other scanners said of a file's content.
func (l *licenseScan) evidence(ctx context.Context, f scan.FileLicenses) ([]Evidence, error) {
	if !l.opts.Evidence || f.Blob == "" {
		return nil, nil
	}
	return l.office.evidenceOn(ctx, f.Blob)
}

func (o *Office) evidenceOn(ctx context.Context, blob string) ([]Evidence, error) {
	if o.Store == nil {
		return nil, nil
	}
	found, err := o.Store.Imported(ctx, []string{blob})
	if err != nil {
		return nil, err
	}
	var out []Evidence
	for _, scanner := range slices.Sorted(maps.Keys(found[blob])) {
		var w evidenceWire
		if err := json.Unmarshal(found[blob][scanner], &w); err != nil {
			continue // a damaged entry says nothing
		}
		out = append(out, Evidence{scanner, w.Expression, w.Matches, w.Copyrights})
	}
	return out, nil
}
