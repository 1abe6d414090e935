package feed

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func record(id string) string {
	return fmt.Sprintf(`{"id":%q,"modified":"2026-03-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p"},"versions":["1"]}]}`, id)
}

func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lay writes files into a new directory.
func lay(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// found opens a path and lists feed names with their ecosystems and records.
func found(t testing.TB, path string) []string {
	t.Helper()
	sources, failed, err := Open(path)
	if err != nil || len(failed) > 0 {
		t.Fatal(err, failed)
	}
	var out []string
	for _, s := range sources {
		line := strings.TrimPrefix(s.Name, filepath.Clean(path)) + " " + s.Kind
		if s.Ecosystems != nil {
			line += fmt.Sprint(s.Ecosystems)
		}
		if s.Kind == "osv" {
			for _, f := range read(t, s, nil) {
				line += " " + f.Record.Info.ID + f.Fault
			}
		}
		out = append(out, line)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	return out
}

func read(t testing.TB, s *Source, known map[string]string) []File {
	t.Helper()
	var out []File
	err := s.Read(context.Background(), known, 2, slices.Clone, func(f File) error {
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFeedsAreFoundInEveryLayout(t *testing.T) {
	npm, goDB := string(archive(t, "A-1.json", record("A-1"), "README.md", "no record")), string(archive(t, "ID/GO-1.json", record("GO-1"), "index/db.json", `{}`))
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	z.Write([]byte("cve,epss,percentile\nCVE-1,0.1,0.2\n"))
	z.Close()
	for name, c := range map[string]struct {
		files map[string]string
		path  string
		want  []string
	}{
		"the public bucket":           {map[string]string{"npm/all.zip": npm, "Debian:12/all.zip": npm, "npm/A-1.json": record("A-1")}, "", []string{"Debian:12 osv[Debian:12] A-1", "npm osv[npm] A-1"}},
		"osv-scanner's cache":         {map[string]string{"osv-scalibr/npm/all.zip": npm}, "", []string{"npm osv[npm] A-1"}},
		"one archive of the bucket":   {map[string]string{"npm/all.zip": npm}, "npm/all.zip", []string{"npm osv[npm] A-1"}},
		"its directory":               {map[string]string{"npm/all.zip": npm}, "npm", []string{"npm osv[npm] A-1"}},
		"directories of JSON":         {map[string]string{"npm/A-1.json": record("A-1"), "npm/2026/B-1.json": record("B-1")}, "", []string{"npm osv[npm] B-1 A-1"}},
		"a clone of a database":       {map[string]string{"advisories/2026/01/A-1.json": record("A-1"), ".git/x.json": "{}"}, "", []string{" osv A-1"}},
		"both":                        {map[string]string{"npm/all.zip": npm, "mine/B-1.json": record("B-1")}, "", []string{" osv B-1", "npm osv[npm] A-1"}},
		"Go's database":               {map[string]string{"ID/GO-1.json": record("GO-1"), "index/db.json": "{}"}, "", []string{"vuln.go.dev osv[Go] GO-1"}},
		"Go's database as an archive": {map[string]string{"vulndb.zip": goDB}, "vulndb.zip", []string{"vuln.go.dev osv[Go] GO-1"}},
		"one record":                  {map[string]string{"A-1.json": record("A-1")}, "A-1.json", []string{"single files osv[] A-1"}},
		"lists beside feeds": {map[string]string{"npm/all.zip": npm, "known_exploited_vulnerabilities.json": `{"catalogVersion":"1"}`, "epss_scores-2026-01-01.csv.gz": "old", "epss_scores-2026-02-01.csv.gz": gz.String()},
			"", []string{"epss epss", "kev kev", "npm osv[npm] A-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := lay(t, c.files)
			if d := cmp.Diff(c.want, found(t, filepath.Join(dir, c.path))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsKnownIsNotOpened(t *testing.T) {
	dir := lay(t, map[string]string{"npm/all.zip": string(archive(t, "A-1.json", record("A-1"), "B-1.json", record("B-1")))})
	open := func() *Source {
		sources, _, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { sources[0].Close() })
		return sources[0]
	}
	s := open()
	marks := map[string]string{}
	for _, f := range read(t, s, nil) {
		marks[f.Name] = f.Mark
	}
	if again := open(); again.Mark != s.Mark {
		t.Errorf("marks %s and %s of the same archive", s.Mark, again.Mark)
	}
	if err := os.WriteFile(filepath.Join(dir, "npm", "all.zip"), archive(t, "A-1.json", record("A-1"), "B-1.json", record("B-1")+" "), 0o644); err != nil {
		t.Fatal(err)
	}
	changed := open()
	var got []string
	for _, f := range read(t, changed, marks) {
		got = append(got, fmt.Sprint(f.Name, f.Known, f.Record.Info.ID))
	}
	if d := cmp.Diff([]string{"A-1.jsontrue", "B-1.jsonfalseB-1"}, got); d != "" {
		t.Error(d)
	}
	if changed.Mark == s.Mark {
		t.Error("a changed archive has the mark of the old one")
	}
}

func TestABrokenFileStopsNoOther(t *testing.T) {
	dir := lay(t, map[string]string{"npm/all.zip": string(archive(t, "0.json", "{", "1.json", "[]", "../../up.json", record("UP-1"), "/root.json", record("ROOT-1"),
		"big.json", `{"id":"BIG-1","details":"`+strings.Repeat("x", 33<<20)+`"}`, "deep.json", strings.Repeat("[", 200_000), "z.json", record("Z-1")))})
	sources, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer sources[0].Close()
	var good, bad []string
	for _, f := range read(t, sources[0], nil) {
		if f.Fault == "" {
			good = append(good, f.Record.Info.ID)
		} else {
			bad = append(bad, f.Name+": "+f.Fault)
		}
	}
	if d := cmp.Diff([]string{"UP-1", "ROOT-1", "Z-1"}, good); d != "" {
		t.Error(d)
	}
	if len(bad) != 4 || !strings.Contains(bad[2], "big.json: it has 33 MB; at most 32 MB are read") {
		t.Errorf("%q", bad)
	}
}

func TestAnArchiveThatIsNoneFailsAlone(t *testing.T) {
	whole := archive(t, "A-1.json", record("A-1"))
	bomb := bomb(t)
	dir := lay(t, map[string]string{"npm/all.zip": string(whole), "Go/all.zip": "<html>", "PyPI/all.zip": string(whole[:len(whole)/2]), "Hex/all.zip": string(archive(t)), "Pub/all.zip": string(bomb)})
	sources, failed, err := Open(dir)
	if err != nil || len(sources) != 1 || sources[0].Name != "npm" {
		t.Fatal(sources, err)
	}
	defer sources[0].Close()
	var got []string
	for _, f := range failed {
		words := f.Err.Error()
		got = append(got, f.Name+words[strings.Index(words, ": "):])
	}
	slices.Sort(got)
	want := []string{"Go: it is no whole zip archive: zip: not a valid zip file", "Hex: there are no JSON files in it",
		"Pub: it unpacks to more than 100 times its size: it is taken for a zip bomb and not read", "PyPI: it is no whole zip archive: zip: not a valid zip file"}
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Error(d)
	}
}

// bomb is an archive that says of itself that it unpacks to 600 MB.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 20 {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%d.json", i), Method: zip.Deflate, UncompressedSize64: 30 << 20}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadingEndsWhenAskedTo(t *testing.T) {
	dir := lay(t, map[string]string{"npm/all.zip": string(archive(t, "A-1.json", record("A-1"), "B-1.json", record("B-1")))})
	sources, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer sources[0].Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := sources[0].Read(ctx, nil, 1, slices.Clone, func(File) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	full := errors.New("full")
	if err := sources[0].Read(t.Context(), nil, 1, slices.Clone, func(File) error { return full }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
}

func TestNothingThereIsSaid(t *testing.T) {
	for _, path := range []string{t.TempDir(), filepath.Join(t.TempDir(), "absent"), lay(t, map[string]string{"a/b.txt": "x"})} {
		if sources, failed, err := Open(path); err == nil && len(failed) == 0 {
			t.Errorf("%s: %v", path, sources)
		}
	}
}

func FuzzZip(f *testing.F) {
	f.Add(archive(f, "A-1.json", record("A-1"), "x", ""))
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := zipSource(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		_ = s.Read(context.Background(), nil, 1, slices.Clone, func(File) error { return nil })
	})
}

func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	if _, _, err := Open(os.DevNull); err == nil || !strings.Contains(err.Error(), "neither a file nor a directory") {
		t.Error(err)
	}
}
