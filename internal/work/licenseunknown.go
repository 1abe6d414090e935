package work

import (
	"context"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/tributary-oss/tributary/internal/scan"
)

// UnknownText is a text that reads like a license and is none that is known.
type UnknownText struct {
	// ID is LicenseRef-tributary- and a hash of the text's words: the same in
	// every file and repository, however it is wrapped.
	ID string
	// Named is what the program calls it; "" until somebody has read it, NONE
	// when it is no license.
	Named string
	// Text as it stands in the first place, bounded.
	Text string
	// Places lists where it stands, bounded; Files counts all.
	Places []Place
	Files  int
}

// Place is a range of lines in a file.
type Place struct {
	Path                string
	FirstLine, LastLine int
}

// Bounds of what is kept of one text.
const (
	maxUnknownText   = 64 << 10
	maxUnknownPlaces = 20
)

// unknownMatch is the kind of such matches.
const unknownMatch = "unknown"

// UnknownTexts looks for such texts in everything that args name: those that are
// in the most files first.
func (o *Office) UnknownTexts(ctx context.Context, args []string, opts LicenseOptions) ([]UnknownText, LicenseTotals, error) {
	byID := map[string]*UnknownText{}
	opts.unknown = byID
	total, err := o.ScanLicenses(ctx, args, opts, func(*FileLicense) error { return nil })
	out := make([]UnknownText, 0, len(byID))
	for _, u := range byID {
		out = append(out, *u)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Files != out[j].Files {
			return out[i].Files > out[j].Files
		}
		return out[i].ID < out[j].ID
	})
	return out, total, err
}

// keepUnknown notes the unknown texts of a file.
func (l *licenseScan) keepUnknown(f scan.FileLicenses) error {
	if l.opts.unknown == nil {
		return nil
	}
	var seen []string
	for _, m := range f.Result.Matches {
		if m.Kind != unknownMatch || m.Expression == "" {
			continue
		}
		u := l.opts.unknown[m.Expression]
		if u == nil {
			u = &UnknownText{ID: m.Expression, Named: l.office.nameOf(m.Expression)}
			b, err := l.src.Tree.ReadFile(f.File.Path)
			if err != nil {
				return nil // a problem that was told already, or is told by the next file that has it
			}
			start, end := lineSpan(b, m.FirstLine, m.LastLine)
			u.Text = strings.ToValidUTF8(string(b[start:min(end, start+maxUnknownText)]), "\uFFFD")
			l.opts.unknown[m.Expression] = u
		}
		if len(u.Places) < maxUnknownPlaces {
			u.Places = append(u.Places, Place{path.Join(l.prefix, f.File.Path), m.FirstLine, m.LastLine})
		}
		if !slices.Contains(seen, m.Expression) {
			seen = append(seen, m.Expression)
			u.Files++
		}
	}
	return nil
}
