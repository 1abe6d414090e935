package feed

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxRatio is how many times its size an archive may unpack to; JSON shrinks
// to a fifth, and a bomb to a thousandth.
const maxRatio, minUnpacked = 100, 256 << 20

// openZip lists the records of an archive by its directory; contents are not
// read yet.
func openZip(file string) (*Source, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	s, err := zipSource(f, info.Size())
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	s.closer = f
	s.Location = file
	if s.Name == "" {
		s.Name = file
	}
	return s, nil
}

func zipSource(r io.ReaderAt, size int64) (*Source, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("it is no whole zip archive: %w", err)
	}
	s := &Source{Kind: "osv", Whole: true}
	var total uint64
	goDatabase := false
	for _, f := range z.File {
		name := strings.TrimPrefix(f.Name, "./")
		goDatabase = goDatabase || strings.HasPrefix(name, "index/")
		if f.FileInfo().IsDir() || !isRecord(name) || strings.HasPrefix(name, "index/") {
			continue
		}
		if len(s.entries) == maxEntries {
			return nil, fmt.Errorf("it has more than %d files", maxEntries)
		}
		total += f.UncompressedSize64
		if total > uint64(max(minUnpacked, maxRatio*size)) {
			return nil, fmt.Errorf("it unpacks to more than %d times its size: it is taken for a zip bomb and not read", maxRatio)
		}
		s.entries = append(s.entries, entry{name, fmt.Sprintf("%08x-%d", f.CRC32, f.UncompressedSize64), int64(min(f.UncompressedSize64, 1<<62)), f.Open})
	}
	if len(s.entries) == 0 {
		return nil, fmt.Errorf("there are no JSON files in it")
	}
	if goDatabase {
		s.Name, s.Ecosystems = "vuln.go.dev", []string{"Go"}
	}
	s.Mark = markOf(s.entries)
	return s, nil
}
