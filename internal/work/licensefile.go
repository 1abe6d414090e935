package work

import (
	"context"
	"fmt"
	"path"

	"github.com/tributary-oss/tributary/internal/scan"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// maxExplained bounds a file that is shown.
const maxExplained = 16 << 20

// ExplainFile looks at one file on disk and gives its content with what was
// found in it, and what other scanners said of the same content.
func (o *Office) ExplainFile(ctx context.Context, name string) (*FileLicense, []byte, error) {
	sources, err := source.Open(ctx, name, source.Options{AnyFile: true, MaxFile: maxExplained})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, src := range sources {
		defer src.Tree.Close()
	}
	src := sources[0]
	if src.Kind != source.SingleFile && src.Kind != source.SBOM {
		return nil, nil, fmt.Errorf("%s is a %s; name one file", name, src.Kind)
	}
	var one *FileLicense
	var content []byte
	err = scan.EachFile(ctx, src.Tree, src.Tree.Files(), scan.Cache{}, scan.Options{}, func(f scan.FileLicenses) error {
		if f.Err != nil {
			return fmt.Errorf("%s: %w", name, f.Err)
		}
		one = o.fileLicense(f)
		if content, err = src.Tree.ReadFile(f.File.Path); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		one.Evidence, err = o.evidenceOn(ctx, source.BlobID(content))
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	one.Path = path.Clean(name)
	return one, content, nil
}

// Span is where a match lies in the content of its file: its bytes where the
// match tells them, else its lines.
func Span(content []byte, m Match) (start, end int) {
	if m.Start < m.End && m.End <= len(content) {
		return m.Start, m.End
	}
	return lineSpan(content, m.FirstLine, m.LastLine)
}

// lineSpan gives the bytes of lines; line numbers are 1-based and inclusive.
func lineSpan(content []byte, first, last int) (start, end int) {
	line := 1
	start, end = -1, len(content)
	for i := 0; i <= len(content); i++ {
		if start < 0 && line == first {
			start = i
		}
		if i == len(content) || content[i] == '\n' {
			if line == last {
				end = i
				break
			}
			line++
		}
	}
	if start < 0 {
		return len(content), len(content)
	}
	return start, max(start, end)
}
