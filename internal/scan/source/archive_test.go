package source_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/tributary-oss/tributary/internal/scan/source"
)

type entry struct{ name, text string }

func tarOf(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text)), Typeflag: tar.TypeReg}
		if target, ok := strings.CutPrefix(e.text, "-> "); ok {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, target, 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			if _, err := io.WriteString(w, e.text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipOf(t *testing.T, change func(*zip.FileHeader), entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range entries {
		f, err := w.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err == nil {
			_, err = io.WriteString(f, e.text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out := b.Bytes()
	if change == nil {
		return out
	}
	// The central directory counts: the headers are changed and written again.
	r, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	w = zip.NewWriter(&again)
	for _, f := range r.File {
		raw, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		h := f.FileHeader
		change(&h)
		to, err := w.CreateRaw(&h)
		if err == nil {
			_, err = io.Copy(to, raw)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return again.Bytes()
}

func gz(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zst(t *testing.T, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}

// bz2 is a tar.bz2 of one file, a.txt with the text "a"; Go can't write them.
const bz2 = "QlpoOTFBWSZTWZotrcIAAHN7hMkAAEBgAX+AAAhgAJ5AAACACCAAdBKKMj1ADyg2oNpKaNA0A0CvzwcCEuZAIWb0mp0clkwEoHFYV9khTYEVBxtq00e+rXYq8Mykw/J6dYd2pKzac2RED8XckU4UJCaLa3CA"

func TestArchives(t *testing.T) {
	two := []entry{{"a.txt", "a"}, {"d/b.txt", "bb"}}
	both := map[string]string{"a.txt": "a", "d/b.txt": "bb"}
	long := strings.Repeat("random enough? no, but long\n", 3)
	bz, err := base64.StdEncoding.DecodeString(bz2)
	if err != nil {
		t.Fatal(err)
	}
	cut := gz(t, tarOf(t, entry{"a.txt", "a"}, entry{"b.txt", noise(300_000)}))
	for _, c := range []struct {
		name    string
		content []byte
		want    map[string]string
		kinds   []string // of problems
	}{
		{"x.tar", tarOf(t, two...), both, nil},
		{"x.tar.gz", gz(t, tarOf(t, two...)), both, nil},
		{"x.tar.zst", zst(t, tarOf(t, two...)), both, nil},
		{"x.tar.bz2", bz, map[string]string{"a.txt": "a"}, nil},
		{"x.zip", zipOf(t, nil, two...), both, nil},
		{"called-otherwise", zipOf(t, nil, two...), both, nil},
		{"x-1.0.tar.gz", gz(t, tarOf(t, entry{"x-1.0/a.txt", "a"}, entry{"x-1.0/d/b.txt", "bb"})), both, nil},
		{"v1.0.tar.gz", gz(t, tarOf(t, entry{"x-1.0/README.md", "a"}, entry{"x-1.0/d/b.txt", "bb"})), map[string]string{"README.md": "a", "d/b.txt": "bb"}, nil},
		{"a-2.0.tgz", gz(t, tarOf(t, entry{"package/package.json", "{}"}, entry{"package/i.js", "1"})), map[string]string{"package.json": "{}", "i.js": "1"}, nil},
		{"layer.tar", tarOf(t, entry{"usr/lib/a", "1"}, entry{"usr/share/README", "2"}), map[string]string{"usr/lib/a": "1", "usr/share/README": "2"}, nil},
		{"copies.tar", tarOf(t, entry{"node_modules/package.json", "{}"}), map[string]string{"node_modules/package.json": "{}"}, nil},
		{"several.zip", zipOf(t, nil, entry{"a/README", "1"}, entry{"b/README", "2"}), map[string]string{"a/README": "1", "b/README": "2"}, nil},
		{"outside.tar", tarOf(t, entry{"../up", "1"}, entry{"/abs", "2"}, entry{"a/../../up", "3"}, entry{`..\up`, "4"}, entry{"C:/w", "5"}, entry{"ok", "6"}),
			map[string]string{"ok": "6"}, []string{"unsafe path"}},
		{"outside.zip", zipOf(t, nil, entry{"../up", "1"}, entry{"/abs", "2"}, entry{`..\up`, "4"}, entry{"ok", "6"}), map[string]string{"ok": "6"}, []string{"unsafe path"}},
		{"twice.tar", tarOf(t, entry{"a", "1"}, entry{"./a", "2"}), map[string]string{"a": "1"}, []string{"duplicate"}},
		{"twice.zip", zipOf(t, nil, entry{"a", "1"}, entry{"a", "2"}), map[string]string{"a": "1"}, []string{"duplicate"}},
		{"odd.tar", tarOf(t, entry{"a\xff", "1"}), map[string]string{`a\xff`: "1"}, nil},
		{"odd.zip", zipOf(t, nil, entry{"a\xff\n", "1"}), map[string]string{`a\xff\x0a`: "1"}, nil},
		{"link.tar", tarOf(t, entry{"l", "-> /etc/passwd"}, entry{"a", "1"}), map[string]string{"a": "1"}, []string{"link"}},
		{"locked.zip", zipOf(t, func(h *zip.FileHeader) {
			if h.Name == "b" {
				h.Flags |= 1
			}
		}, entry{"a", "1"}, entry{"b", long}), map[string]string{"a": "1"}, []string{"encrypted"}},
		{"declared.zip", zipOf(t, func(h *zip.FileHeader) {
			if h.Name == "b" {
				h.UncompressedSize64 = 1<<63 - 1
			}
		}, entry{"a", "1"}, entry{"b", long}, entry{"c", "3"}), map[string]string{"a": "1"}, []string{"too large"}},
		{"cut.tar.gz", cut[:len(cut)/2], map[string]string{"a.txt": "a"}, []string{"truncated"}},
		{"empty.zip", zipOf(t, nil), map[string]string{}, []string{"empty"}},
		{"empty.tar.gz", gz(t, tarOf(t)), map[string]string{}, []string{"empty"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), c.name)
			write(t, p, string(c.content))
			src, err := openOne(t, p, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, failed := readAll(t, src.Tree)
			if d := cmp.Diff(c.want, got); d != "" || failed != nil {
				t.Error(d, failed)
			}
			var kinds []string
			for _, p := range append(src.Problems, src.Tree.Problems()...) {
				kinds = append(kinds, p.Kind)
			}
			if d := cmp.Diff(c.kinds, kinds); d != "" {
				t.Error(d)
			}
			if src.Kind != source.Archive || !strings.HasPrefix(src.Commit, "content-") {
				t.Errorf("%s %s", src.Kind, src.Commit)
			}
		})
	}
}

// noise gives n bytes that do not compress.
func noise(n int) string {
	b, x := make([]byte, n), uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return string(b)
}

// A file that unpacks beyond the limit is refused without being held.
func TestBombsAreRefused(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	for name, content := range map[string][]byte{
		"b.zip":     zipOf(t, nil, entry{"bomb", zeros}, entry{"z", "after"}),
		"b.tar.gz":  gz(t, tarOf(t, entry{"bomb", zeros}, entry{"z", "after"})),
		"liar.zip":  zipOf(t, func(h *zip.FileHeader) { h.UncompressedSize64 = min(h.UncompressedSize64, 5) }, entry{"bomb", zeros}, entry{"z", "after"}),
		"b.tar.zst": zst(t, tarOf(t, entry{"bomb", zeros}, entry{"z", "after"})),
	} {
		t.Run(name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), name)
			write(t, p, string(content))
			src, err := openOne(t, p, source.Options{MaxFile: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			if b, err := src.Tree.ReadFile("bomb"); err == nil || name != "liar.zip" && !errors.Is(err, source.ErrTooLarge) {
				t.Errorf("%d bytes, %v", len(b), err)
			}
			if b, err := src.Tree.ReadFile("z"); err != nil || string(b) != "after" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestFilesThatAreNoArchiveAndNoSBOMAreRefused(t *testing.T) {
	for name, c := range map[string]struct{ content, words string }{
		"readme":    {"We make CycloneDX and SPDX-2.3 documents, see cyclonedx.org.\n", "neither an archive"},
		"pom":       {"<project><groupId>org.cyclonedx</groupId><!-- CycloneDX --></project>", "neither an archive"},
		"empty":     {"", "neither an archive"},
		"gzip":      {string(gz(t, []byte("no tar"))), "not a readable archive"},
		"half gzip": {"\x1f\x8b\x08", "not a readable archive"},
		"half zip":  {string(zipOf(t, nil, entry{"a", "1"})[:20]), "not a readable zip"},
		"half zstd": {"\x28\xb5\x2f\xfd\x00", "not a readable archive"},
		"half bz2":  {"BZh9", "not a readable archive"},
	} {
		t.Run(name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), "x")
			write(t, p, c.content)
			if _, err := openOne(t, p, source.Options{}); err == nil || !strings.Contains(err.Error(), c.words) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestSBOMsAreKnownByTheirContent(t *testing.T) {
	for name, text := range map[string]string{
		"CycloneDX JSON":     `{"bomFormat": "CycloneDX", "specVersion": "1.6"}`,
		"CycloneDX, BOM":     "\xef\xbb\xbf\n{\"$schema\": \"http://cyclonedx.org/schema/bom-1.5.schema.json\"}",
		"CycloneDX XML":      `<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>`,
		"SPDX JSON":          `{"SPDXID": "SPDXRef-DOCUMENT", "spdxVersion": "SPDX-2.3"}`,
		"SPDX 3":             `{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}`,
		"SPDX tag-value":     "# by us\nSPDXVersion: SPDX-2.3\n",
		"SPDX YAML":          "---\nspdxVersion: SPDX-2.3\n",
		"mark after 4 KiB":   `{"a": "` + strings.Repeat("x", 5000) + `", "bomFormat": "CycloneDX"}`,
		"SPDX RDF":           `<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>`,
		"in-toto around one": `{"predicate": {"bomFormat": "CycloneDX"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			p := filepath.Join(t.TempDir(), "doc")
			write(t, p, text)
			src, err := openOne(t, p, source.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if b, err := src.Tree.ReadFile("doc"); src.Kind != source.SBOM || err != nil || string(b) != text {
				t.Errorf("%s, %q, %v", src.Kind, b, err)
			}
		})
	}
}
