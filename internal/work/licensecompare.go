package work

import (
	"context"
	"io"
	"slices"
	"sort"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/scancode"
)

// LicenseComparison sets our findings beside those of another scanner.
type LicenseComparison struct {
	// Source names the other scanner.
	Source string
	// Counts of files by class, see the constants.
	Counts map[string]int
	// Rows are the files that differ, sorted by path.
	Rows []ComparedFile
	// IDs tells for each license how many files both, only we, or only they find
	// it in; those with the most differences first.
	IDs []ComparedID
	// OnlyInDocument lists files of the document that are not in the tree.
	OnlyInDocument []string
	Totals         LicenseTotals
	// NotUnderstood counts their expressions that are no SPDX expressions.
	NotUnderstood int
}

// The classes of files.
const (
	SameExpression = "same"      // the same expression
	SameIDs        = "same ids"  // the same licenses, joined otherwise
	Different      = "different" // both find something
	OnlyOurs       = "only ours" // they find nothing
	OnlyTheirs     = "only theirs"
	NeitherSays    = "neither"
)

// ComparedFile is a file on which two scanners differ.
type ComparedFile struct {
	Path, Class  string
	Ours, Theirs string   // whole expressions
	More, Less   []string // ids that only we find, that only they find
}

// ComparedID is a license with the numbers of files it was found in.
type ComparedID struct {
	ID                 string
	Both, Ours, Theirs int
}

// CompareScanCode sets our findings in a tree beside those of a ScanCode
// document on the same tree. Nothing is kept.
func (o *Office) CompareScanCode(ctx context.Context, r io.Reader, arg string, opts LicenseOptions) (*LicenseComparison, error) {
	doc, err := scancode.Parse(r)
	if err != nil {
		return nil, err
	}
	c := &LicenseComparison{Source: doc.Source(), Counts: map[string]int{}, NotUnderstood: doc.NotUnderstood}
	blobs, err := o.contents(ctx, arg, opts.ScanOptions)
	if err != nil {
		return nil, err
	}
	known := func(p string) bool { _, ok := blobs[p]; return ok }
	doc.Align(known)
	theirs := make(map[string]string, len(doc.Files))
	for _, f := range doc.Files {
		if !known(f.Path) {
			c.OnlyInDocument = append(c.OnlyInDocument, f.Path)
			continue
		}
		theirs[f.Path] = f.Expression
	}
	slices.Sort(c.OnlyInDocument)
	ids := map[string]*ComparedID{}
	c.Totals, err = o.ScanLicenses(ctx, []string{arg}, opts, func(f *FileLicense) error {
		if expr, looked := theirs[f.Path]; looked {
			c.add(f.Path, f.Expression, expr, ids)
			delete(theirs, f.Path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for p, expr := range theirs {
		c.add(p, "", expr, ids)
	}
	c.sort(ids)
	return c, nil
}

func (c *LicenseComparison) add(p, ours, theirs string, ids map[string]*ComparedID) {
	a, b := flatIDs(ours), flatIDs(theirs)
	row := ComparedFile{Path: p, Ours: ours, Theirs: theirs}
	count := func(id string) *ComparedID {
		if ids[id] == nil {
			ids[id] = &ComparedID{ID: id}
		}
		return ids[id]
	}
	for id := range a {
		if b[id] {
			count(id).Both++
			continue
		}
		count(id).Ours++
		row.More = append(row.More, id)
	}
	for id := range b {
		if !a[id] {
			count(id).Theirs++
			row.Less = append(row.Less, id)
		}
	}
	slices.Sort(row.More)
	slices.Sort(row.Less)
	row.Class = classOf(row, len(a), len(b))
	c.Counts[row.Class]++
	if row.Class != SameExpression && row.Class != NeitherSays {
		c.Rows = append(c.Rows, row)
	}
}

func classOf(row ComparedFile, ours, theirs int) string {
	switch {
	case ours+theirs == 0:
		return NeitherSays
	case theirs == 0:
		return OnlyOurs
	case ours == 0:
		return OnlyTheirs
	case len(row.More)+len(row.Less) > 0:
		return Different
	}
	a, errA := license.Parse(row.Ours)
	b, errB := license.Parse(row.Theirs)
	if errA == nil && errB == nil && license.Equivalent(a, b) {
		return SameExpression
	}
	return SameIDs
}

// flatIDs is the set of licenses and exceptions in an expression; one that is
// not understood counts as it stands.
func flatIDs(expr string) map[string]bool {
	ids := map[string]bool{}
	if expr == "" {
		return ids
	}
	e, err := license.Parse(expr)
	if err != nil {
		ids[expr] = true
		return ids
	}
	for _, l := range e.Leaves() {
		ids[l.ID] = true
		if l.Exception != "" {
			ids[l.Exception] = true
		}
	}
	return ids
}

func (c *LicenseComparison) sort(ids map[string]*ComparedID) {
	slices.SortFunc(c.Rows, func(a, b ComparedFile) int {
		if a.Path < b.Path {
			return -1
		}
		return 1
	})
	for _, id := range ids {
		c.IDs = append(c.IDs, *id)
	}
	sort.Slice(c.IDs, func(i, j int) bool {
		x, y := c.IDs[i], c.IDs[j]
		if dx, dy := x.Ours+x.Theirs, y.Ours+y.Theirs; dx != dy {
			return dx > dy
		}
		return x.ID < y.ID
	})
}
