package detect

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/tributary-oss/tributary/internal/license"
)

// suiteDir holds a public suite of files with their expected expressions; it
// is not part of the repository.
const suiteDir = "../../../../shared/data/license-open"

func TestThePublicSuiteIsAnsweredAsWellAsBefore(t *testing.T) {
	want := readExpected(t)
	var tp, fp, fn, exact, total int
	eachFile(t, func(path string, b []byte) {
		expected, ok := want[path]
		if !ok {
			return
		}
		total++
		got := leafSet(Detect(b).Expression)
		same := true
		for id := range got {
			if expected[id] {
				tp++
			} else {
				fp++
				same = false
			}
		}
		for id := range expected {
			if !got[id] {
				fn++
				same = false
			}
		}
		if same {
			exact++
		}
	})
	p, r := float64(tp)/float64(tp+fp), float64(tp)/float64(tp+fn)
	f1 := 2 * p * r / (p + r)
	t.Logf("files %d, precision %.3f, recall %.3f, F1 %.3f, exact %.3f", total, p, r, f1, float64(exact)/float64(total))
	if f1 < 0.60 {
		t.Errorf("F1 %.3f is lower than it was", f1)
	}
}

func leafSet(expr string) map[string]bool {
	m := map[string]bool{}
	if e, err := license.Parse(expr); err == nil {
		for _, l := range e.Leaves() {
			m[l.String()] = true
		}
	}
	return m
}

// readExpected reads the expectations that name only licenses of the SPDX list.
func readExpected(t *testing.T) map[string]map[string]bool {
	f, err := os.Open(filepath.Join(suiteDir, "expected.jsonl"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the public license suite is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]map[string]bool{}
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		var row struct {
			Path     string
			Expected []string
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		set, fair := map[string]bool{}, true
		for _, s := range row.Expected {
			if bytes.Contains([]byte(s), []byte("LicenseRef-")) {
				fair = false
			}
			for id := range leafSet(s) {
				set[id] = true
			}
		}
		if fair && !bytes.Contains([]byte(row.Path), []byte("lic2/nuget")) {
			out[row.Path] = set
		}
	}
	return out
}

func eachFile(t *testing.T, do func(path string, b []byte)) {
	f, err := os.Open(filepath.Join(suiteDir, "files.tar.gz"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the public license suite is not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		do(filepath.ToSlash(filepath.Clean(h.Name)), b)
	}
}
