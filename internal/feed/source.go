package feed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/advisory"
)

// Bounds on what is read.
const (
	maxEntries = 3_000_000
	maxList    = 256 << 20 // bytes of CISA's catalog or FIRST's scores, unpacked
)

// Source is one feed that was found.
type Source struct {
	// Name is the ecosystem for the bucket's layout, "vuln.go.dev" for Go's
	// database, "kev", "epss", else where it lies.
	Name     string
	Location string
	// Kind is "osv", "kev" or "epss".
	Kind string
	// Ecosystems is what the feed is complete for; nil where only its records
	// tell, empty for single files.
	Ecosystems []string
	// Whole says that what the source does not list does not exist.
	Whole bool
	// Mark identifies the content of all files.
	Mark string
	// Made is the date of the data where the source tells; zero otherwise.
	Made    time.Time
	entries []entry
	closer  io.Closer
}

// entry is one file of a source.
type entry struct {
	name, mark string
	size       int64
	open       func() (io.ReadCloser, error)
}

// Failure is a feed that could not be opened.
type Failure struct {
	// Name is the feed's, as [Source.Name].
	Name string
	Err  error
}

// Files is how many files the source has.
func (s *Source) Files() int { return len(s.entries) }

// Close closes the source.
func (s *Source) Close() error {
	if s.closer == nil {
		return nil
	}
	return s.closer.Close()
}

// Open finds the feeds under a path, in the order of their names. The caller
// closes them. A feed that can't be opened is in failed and stops no other.
func Open(p string) (found []*Source, failed []Failure, err error) {
	info, err := os.Stat(p)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read %s: %w", p, errors.Unwrap(err))
	}
	abs, err := filepath.Abs(p)
	if err != nil {
		return nil, nil, err
	}
	add := func(name string, s *Source, err error) {
		if err != nil {
			failed = append(failed, Failure{name, err})
		} else if s != nil {
			found = append(found, s)
		}
	}
	switch {
	case info.IsDir():
		openDirectory(abs, add)
	case !info.Mode().IsRegular(): // opening a pipe may wait for ever
		return nil, nil, fmt.Errorf("%s is neither a file nor a directory; write what it gives to a file first", p)
	default:
		s, err := openFile(abs)
		add(nameOf(abs), s, err)
	}
	if len(found) == 0 && len(failed) == 0 {
		return nil, nil, fmt.Errorf("%s has no advisories: neither ECOSYSTEM/all.zip, nor JSON files, nor an archive of them", p)
	}
	slices.SortStableFunc(found, func(a, b *Source) int { return strings.Compare(a.Name, b.Name) })
	return found, failed, nil
}

// openFile opens an archive, a record, or a list.
func openFile(file string) (*Source, error) {
	base := strings.ToLower(filepath.Base(file))
	switch {
	case strings.HasSuffix(base, ".zip"):
		s, err := openZip(file)
		if err == nil && base == "all.zip" {
			if name := nameOf(file); s.Name == file && name != file {
				s.forEcosystem(name)
			}
		}
		return s, err
	case strings.HasSuffix(base, ".csv"), strings.HasSuffix(base, ".csv.gz"):
		return openList(file, "epss")
	case strings.HasSuffix(base, ".json") || strings.HasSuffix(base, ".json.gz"):
		if isKEV(file) {
			return openList(file, "kev")
		}
		return openSingle(file)
	}
	return nil, fmt.Errorf("%s: what kind of file is it? Known are .zip, .json, .csv and .csv.gz", file)
}

// nameOf names the feed in a file that may not be readable: the ecosystem, where
// it lies as in the bucket, else the file.
func nameOf(file string) string {
	if dir := filepath.Base(filepath.Dir(file)); strings.EqualFold(filepath.Base(file), "all.zip") && advisory.KnownEcosystem(dir) {
		return dir
	}
	return file
}

func (s *Source) forEcosystem(name string) {
	s.Name, s.Ecosystems = name, []string{name}
}

// openSingle takes one record. It says nothing of what else there is.
func openSingle(file string) (*Source, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	e := entry{name: filepath.Base(file), mark: fileMark(info), size: info.Size(), open: func() (io.ReadCloser, error) { return openPlain(file) }}
	return &Source{Name: "single files", Location: file, Kind: "osv", Ecosystems: []string{}, entries: []entry{e}}, nil
}

func fileMark(info fs.FileInfo) string {
	return fmt.Sprintf("%d@%d", info.Size(), info.ModTime().UnixNano())
}

// openDirectory looks for the bucket's layout, then for Go's, then for JSON
// files.
func openDirectory(dir string, add func(string, *Source, error)) {
	if inner := filepath.Join(dir, "osv-scalibr"); isDir(inner) { // osv-scanner's cache
		dir = inner
	}
	for _, name := range []string{"known_exploited_vulnerabilities.json", "epss_scores*.csv.gz", "epss_scores*.csv"} {
		lists, err := filepath.Glob(filepath.Join(escapeGlob(dir), name))
		if err != nil || len(lists) == 0 {
			continue
		}
		slices.Sort(lists) // names hold the date: the last is the newest
		s, err := openFile(lists[len(lists)-1])
		add(lists[len(lists)-1], s, err)
	}
	if all := filepath.Join(dir, "all.zip"); isFile(all) {
		s, err := openFile(all)
		add(nameOf(all), s, err)
		return
	}
	if isDir(filepath.Join(dir, "ID")) && isDir(filepath.Join(dir, "index")) {
		s, err := openTree(filepath.Join(dir, "ID"), "vuln.go.dev", []string{"Go"})
		add("vuln.go.dev", s, err)
		return
	}
	children, err := os.ReadDir(dir)
	if err != nil {
		add(dir, nil, fmt.Errorf("cannot read %s: %w", dir, err))
		return
	}
	rest := false
	for _, c := range children {
		switch full := filepath.Join(dir, c.Name()); {
		case isFile(filepath.Join(full, "all.zip")):
			s, err := openZip(filepath.Join(full, "all.zip"))
			if err == nil {
				s.forEcosystem(c.Name())
			}
			add(c.Name(), s, err)
		case isDir(full) && advisory.KnownEcosystem(c.Name()):
			s, err := openTree(full, c.Name(), []string{c.Name()})
			add(c.Name(), s, err)
		case c.IsDir() && !strings.HasPrefix(c.Name(), "."), isRecord(c.Name()):
			rest = true
		}
	}
	if rest {
		s, err := openTree(dir, dir, nil)
		add(dir, s, err)
	}
}

func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

func isDir(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.IsDir()
}

func isFile(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// isRecord says whether a file may be a record, by its name; lists of other
// tools are not.
func isRecord(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".json") && !strings.HasPrefix(base, ".") && base != "known_exploited_vulnerabilities.json"
}

// openTree lists the JSON files of a directory, links left aside. Where the
// directory is the whole mirror, the parts that are feeds of their own are left
// out.
func openTree(dir, name string, ecosystems []string) (*Source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", dir, err)
	}
	s := &Source{Name: name, Location: dir, Kind: "osv", Ecosystems: ecosystems, Whole: true, closer: root}
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			own := name == dir && path.Dir(p) == "." && p != "." && (advisory.KnownEcosystem(p) || isFile(filepath.Join(dir, p, "all.zip")))
			if own || p != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !isRecord(p) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if len(s.entries) == maxEntries {
			return fmt.Errorf("more than %d files", maxEntries)
		}
		s.entries = append(s.entries, entry{p, fileMark(info), info.Size(), func() (io.ReadCloser, error) { return root.Open(p) }})
		return nil
	})
	if err == nil && len(s.entries) == 0 {
		err = errors.New("there are no JSON files in it")
	}
	if err != nil {
		root.Close()
		return nil, fmt.Errorf("cannot read %s: %w", dir, err)
	}
	s.Mark = markOf(s.entries)
	return s, nil
}

// markOf is a hash over all files' names and marks.
func markOf(entries []entry) string {
	h := sha256.New()
	for _, e := range entries {
		fmt.Fprintf(h, "%d %s %s\n", len(e.name), e.name, e.mark)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
