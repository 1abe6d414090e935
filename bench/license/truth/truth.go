// Package truth compares license findings with what files are known to be under.
package truth

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// A File is one file with the expressions expected of it.
type File struct {
	Path     string
	Content  []byte
	Expected []string // SPDX expressions in order of appearance
}

// Fair says whether a file can be judged by SPDX ids alone: everything expected
// of it is in the SPDX list. Files below lic2/nuget hold but the address of
// another project's license and are left out.
func (f File) Fair() bool {
	for _, e := range f.Expected {
		if strings.Contains(e, "LicenseRef-") {
			return false
		}
	}
	return !strings.HasPrefix(f.Path, "lic2/nuget")
}

// Read reads expected.jsonl ({"path", "expected": [expression…]}) and the files
// it names from files.tar.gz, or from below the directory itself.
func Read(dir string) ([]File, error) {
	expected, err := os.Open(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		return nil, err
	}
	defer expected.Close()
	contents, err := readContents(dir)
	if err != nil {
		return nil, err
	}
	var out []File
	sc := bufio.NewScanner(expected)
	sc.Buffer(nil, 16<<20)
	for n := 1; sc.Scan(); n++ {
		var row struct {
			Path     string   `json:"path"`
			Expected []string `json:"expected"`
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("expected.jsonl, line %d: %w", n, err)
		}
		b, ok := contents[row.Path]
		if !ok {
			if b, err = os.ReadFile(filepath.Join(dir, filepath.FromSlash(row.Path))); err != nil {
				return nil, fmt.Errorf("expected.jsonl, line %d: %w", n, err)
			}
		}
		out = append(out, File{row.Path, b, row.Expected})
	}
	return out, sc.Err()
}

func readContents(dir string) (map[string][]byte, error) {
	out := map[string][]byte{}
	f, err := os.Open(filepath.Join(dir, "files.tar.gz"))
	if os.IsNotExist(err) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("files.tar.gz: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		b, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("files.tar.gz: %s: %w", h.Name, err)
		}
		out[path.Clean(h.Name)] = b
	}
}

// IDs is a set of SPDX ids.
type IDs map[string]bool

// Flatten gives the ids in expressions: every license and every exception by
// itself. Deprecated ids count as their successors. Of what does not parse, such
// as an exception without its license, every word but the operators is an id.
func Flatten(expressions ...string) IDs {
	ids := IDs{}
	for _, s := range expressions {
		if s == "" {
			continue
		}
		e, err := license.Parse(s)
		if err != nil {
			for _, id := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }) {
				if id != "AND" && id != "OR" && id != "WITH" {
					ids[id] = true
				}
			}
			continue
		}
		for _, l := range e.Leaves() {
			id := l.ID
			if l.OrLater {
				id += "+"
			}
			ids[id] = true
			if l.Exception != "" {
				ids[l.Exception] = true
			}
		}
	}
	return ids
}

// Minus lists what is in a and not in b, sorted.
func (a IDs) Minus(b IDs) []string {
	var out []string
	for id := range a {
		if !b[id] {
			out = append(out, id)
		}
	}
	sort.Strings(out)
	return out
}

// Sorted lists the ids.
func (a IDs) Sorted() []string { return a.Minus(nil) }

// Whole is the expression of a file in normal form: all that was found in it,
// joined by AND. An exception that stands by itself is left out where another
// part binds it to a license; elsewhere it stays as a part of its own.
func Whole(expressions ...string) string {
	var es []license.Expr
	var alone []string
	for _, s := range expressions {
		if e, err := license.Parse(s); err == nil {
			es = append(es, e)
		} else if s != "" {
			alone = append(alone, s)
		}
	}
	bound := map[string]bool{}
	for _, l := range license.And(es...).Leaves() {
		bound[l.Exception] = true
	}
	whole := license.And(es...).Normalize().String()
	for _, s := range alone {
		if !bound[s] {
			whole += " AND ?" + s
		}
	}
	return whole
}

// Score counts over files.
type Score struct {
	Files                  int
	Right, Added, Missed   int // ids
	ExactSets, Expressions int // files whose set of ids, whose expression is right
}

// Add counts one file: what is expected and what an engine found.
func (s *Score) Add(expected, found []string) (missing, extra []string) {
	want, got := Flatten(expected...), Flatten(found...)
	missing, extra = want.Minus(got), got.Minus(want)
	s.Files++
	s.Right += len(got) - len(extra)
	s.Added += len(extra)
	s.Missed += len(missing)
	if len(missing)+len(extra) == 0 {
		s.ExactSets++
	}
	if Same(expected, found) {
		s.Expressions++
	}
	return missing, extra
}

// Same says whether two lists of expressions, each joined by AND, mean the same.
func Same(a, b []string) bool {
	x, y := Whole(a...), Whole(b...)
	if x == y {
		return true
	}
	ex, errX := license.Parse(x)
	ey, errY := license.Parse(y)
	return errX == nil && errY == nil && license.Equivalent(ex, ey)
}

// Precision is the share of found ids that are expected; 0 when none was found.
func (s Score) Precision() float64 { return share(s.Right, s.Right+s.Added) }

// Recall is the share of expected ids that were found.
func (s Score) Recall() float64 { return share(s.Right, s.Right+s.Missed) }

// F1 is the harmonic mean of both.
func (s Score) F1() float64 { return share(2*s.Right, 2*s.Right+s.Added+s.Missed) }

// Exact is the share of files whose set of ids is right.
func (s Score) Exact() float64 { return share(s.ExactSets, s.Files) }

// Whole is the share of files whose whole expression is right.
func (s Score) Whole() float64 { return share(s.Expressions, s.Files) }

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}
