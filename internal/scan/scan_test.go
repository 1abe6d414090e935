package scan

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// repo is a git repository made by a test.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) *repo {
	t.Helper()
	r := &repo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	return r
}

func (r *repo) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (r *repo) commit(files map[string]string) {
	r.t.Helper()
	for p, text := range files {
		full := filepath.Join(r.dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			r.t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "x")
}

// counting is a tree that notes what is read.
type counting struct {
	source.Tree
	mu   sync.Mutex
	read map[string]bool
}

func (c *counting) ReadFile(p string) ([]byte, error) {
	c.mu.Lock()
	c.read[p] = true
	c.mu.Unlock()
	return c.Tree.ReadFile(p)
}

func (c *counting) ReadEach(ctx context.Context, files []source.File, f func(source.File, []byte, error) error) error {
	for _, x := range files {
		c.read[x.Path] = true
	}
	return c.Tree.ReadEach(ctx, files, f)
}

// memory is a cache in maps.
type memory struct {
	mu    sync.Mutex
	units []inventory.Unit
	found map[string][]byte
}

func (m *memory) cache() Cache {
	get := func(_ context.Context, d string, keys []string) (map[string][]byte, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		out := map[string][]byte{}
		for _, k := range keys {
			if b, ok := m.found[d+" "+k]; ok {
				out[k] = b
			}
		}
		return out, nil
	}
	put := func(_ context.Context, d string, found map[string][]byte) error {
		m.mu.Lock()
		defer m.mu.Unlock()
		for k, b := range found {
			m.found[d+" "+k] = b
		}
		return nil
	}
	return Cache{
		Units: func(_ context.Context, keys []UnitKey) ([]inventory.Unit, error) { return m.units, nil },
		Blobs: get, PutBlobs: put, Trees: get, PutTrees: put,
	}
}

func (r *repo) scan(m *memory) (inventory.Snapshot, []string) {
	r.t.Helper()
	srcs, err := source.Open(context.Background(), r.dir, source.Options{})
	if err != nil {
		r.t.Fatal(err)
	}
	defer srcs[0].Tree.Close()
	tree := &counting{Tree: srcs[0].Tree, read: map[string]bool{}}
	srcs[0].Tree = tree
	snap, err := Scan(context.Background(), srcs[0], m.cache(), Options{Licenses: true, Workers: 2}, time.Unix(0, 0))
	if err != nil {
		r.t.Fatal(err)
	}
	m.units = append(m.units, snap.Units...)
	var read []string
	for p := range tree.read {
		read = append(read, p)
	}
	sort.Strings(read)
	return snap, read
}

func lockOf(version string) string {
	return `{"name":"app","lockfileVersion":3,"packages":{"":{"dependencies":{"left-pad":"^1"}},` +
		`"node_modules/left-pad":{"version":"` + version + `","license":"MIT"}}}`
}

func TestAScanReadsOnlyWhatChanged(t *testing.T) {
	r := newRepo(t)
	m := &memory{found: map[string][]byte{}}
	r.commit(map[string]string{
		"a/package.json": `{"dependencies":{"left-pad":"^1"}}`, "a/package-lock.json": lockOf("1.0.0"),
		"b/go.mod":    "module b\n\ngo 1.22\n\nrequire example.com/x v1.0.0\n",
		"src/main.go": "// SPDX-License-Identifier: Apache-2.0\n", "src/other.go": "// SPDX-License-Identifier: MIT\n",
	})
	first, read := r.scan(m)
	if len(read) != 5 {
		t.Errorf("the first scan read %v", read)
	}
	again, read := r.scan(m)
	if len(read) != 0 {
		t.Errorf("the second scan of the same commit read %v", read)
	}
	if d := cmp.Diff(first, again, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("the second scan says something else:\n%s", d)
	}
	r.commit(map[string]string{"src/main.go": "// SPDX-License-Identifier: Apache-2.0\npackage main\n", "a/package-lock.json": lockOf("1.0.1")})
	next, read := r.scan(m)
	for _, p := range read {
		if p != "src/main.go" && !strings.HasPrefix(p, "a/") {
			t.Errorf("the scan of the next commit read %s, which did not change", p)
		}
	}
	fresh, _ := r.scan(&memory{found: map[string][]byte{}})
	if d := cmp.Diff(fresh, next, cmpopts.EquateEmpty()); d != "" {
		t.Errorf("an incremental scan differs from a fresh one:\n%s", d)
	}
}

func TestAManifestIsReadAgainWhenItsSurroundingsChange(t *testing.T) {
	r := newRepo(t)
	m := &memory{found: map[string][]byte{}}
	pom := `<project><artifactId>leaf</artifactId><parent><groupId>g</groupId><artifactId>root</artifactId><version>1</version></parent>
<dependencies><dependency><groupId>o</groupId><artifactId>o</artifactId><version>${v}</version></dependency></dependencies></project>`
	parent := func(v string) string {
		return `<project><groupId>g</groupId><artifactId>root</artifactId><version>1</version><properties><v>` + v + `</v></properties></project>`
	}
	r.commit(map[string]string{"leaf/pom.xml": pom, "pom.xml": parent("1.0")})
	r.scan(m)
	r.commit(map[string]string{"pom.xml": parent("2.0")})
	snap, _ := r.scan(m)
	var got []string
	for _, u := range snap.Units {
		for _, x := range u.Usages {
			got = append(got, x.Component.String())
		}
	}
	if d := cmp.Diff([]string{"pkg:maven/o/o@2.0"}, got); d != "" {
		t.Errorf("the version from the parent is stale:\n%s", d)
	}
}

func TestVendoredCopiesAndTestDataAreCountedApart(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{
		"LICENSE":            "SPDX-License-Identifier: Apache-2.0\n",
		"main.go":            "// SPDX-License-Identifier: Apache-2.0\n",
		"vendor/x/y/a.go":    "// SPDX-License-Identifier: MIT\n",
		"vendor/x/y/LICENSE": "SPDX-License-Identifier: MIT\n",
		"x/testdata/gpl.c":   "// SPDX-License-Identifier: GPL-2.0-only\n",
		"plain.go":           "package main\n",
	})
	snap, _ := r.scan(&memory{found: map[string][]byte{}})
	l := snap.Licenses
	got := map[string][]inventory.LicenseSet{"own": l.Sets, "vendored": l.Vendored, "fixtures": l.Fixtures}
	want := map[string][]inventory.LicenseSet{
		"own":      {{Expression: "Apache-2.0", Files: 2, Examples: []string{"LICENSE", "main.go"}}},
		"vendored": {{Expression: "MIT", Files: 2, Examples: []string{"vendor/x/y/LICENSE", "vendor/x/y/a.go"}}},
		"fixtures": {{Expression: "GPL-2.0-only", Files: 1, Examples: []string{"x/testdata/gpl.c"}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if l.Primary != "Apache-2.0" || l.Looked != 6 || l.NoFinding != 1 {
		t.Errorf("primary %q, looked at %d, nothing in %d", l.Primary, l.Looked, l.NoFinding)
	}
}

func TestREUSEAnnotationsSpeakForFilesThatSayNothing(t *testing.T) {
	r := newRepo(t)
	r.commit(map[string]string{
		"REUSE.toml": "version = 1\n[[annotations]]\npath = \"data/**\"\nSPDX-License-Identifier = \"CC0-1.0\"\nSPDX-FileCopyrightText = \"2024 X\"\n",
		"data/a.txt": "1\n", "data/b.go": "// SPDX-License-Identifier: MIT\n",
	})
	snap, _ := r.scan(&memory{found: map[string][]byte{}})
	want := []inventory.LicenseSet{{Expression: "CC0-1.0", Files: 1, Examples: []string{"data/a.txt"}}, {Expression: "MIT", Files: 1, Examples: []string{"data/b.go"}}}
	if d := cmp.Diff(want, snap.Licenses.Sets); d != "" {
		t.Error(d)
	}
}

func TestLicensesOfPackagesComeFromCopiesOfTheSameVersion(t *testing.T) {
	work, cache := t.TempDir(), t.TempDir()
	write := func(dir, p, text string) {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(work, "web/node_modules/a/package.json", `{"version":"1.0.0","license":"MIT"}`)
	write(work, "web/node_modules/b/package.json", `{"version":"9.9.9","license":"GPL-3.0-only"}`)
	write(cache, "github.com/!azure/x@v1.0.0/LICENSE", "SPDX-License-Identifier: BSD-3-Clause\n")
	write(cache, "github.com/!azure/x@v1.0.0/NOTICE", "This product includes…\n")
	if err := os.Symlink("/etc", filepath.Join(work, "web/node_modules/evil")); err != nil {
		t.Fatal(err)
	}
	usage := func(typ, name, version string) inventory.Usage {
		return inventory.Usage{Component: inventory.NewPURL(typ, name, version), Manifest: "web/package-lock.json"}
	}
	got := FindLocal([]inventory.Usage{usage("npm", "a", "1.0.0"), usage("npm", "b", "1.0.0"), usage("npm", "evil", "1.0.0"), usage("golang", "github.com/Azure/x", "v1.0.0")},
		work, Places{GoModCache: cache}, nil, time.Unix(0, 0))
	var facts []string
	for p, list := range got.Facts {
		for _, f := range list {
			facts = append(facts, p+" "+string(f.Kind)+" "+f.Expression+" "+f.Source)
		}
	}
	sort.Strings(facts)
	want := []string{"pkg:golang/github.com/Azure/x@v1.0.0 detected BSD-3-Clause go module cache", "pkg:npm/a@1.0.0 declared MIT node_modules"}
	if d := cmp.Diff(want, facts); d != "" {
		t.Error(d)
	}
	if len(got.Notices["pkg:golang/github.com/Azure/x@v1.0.0"]) != 1 {
		t.Error("the NOTICE file was not kept")
	}
}

func TestEveryReaderVersionIsInTheScannersName(t *testing.T) {
	with, without := Scanner(Options{Licenses: true}), Scanner(Options{})
	if with == without || !strings.HasPrefix(with, without) {
		t.Errorf("scanners %q and %q", with, without)
	}
}

func TestNoReaderWantsAFileThatIsPassedOverByItsExtension(t *testing.T) {
	for ext := range codeExtensions {
		for _, stem := range []string{"x", "package", "setup", "build", "pom", "requirements", "Gemfile", "composer", "go", "Cargo", "conda-meta/x", ".github/workflows/x", "gradle/x", "var/lib/dpkg/status.d/x"} {
			for _, r := range allReaders() {
				if p := stem + ext; r.Match(p) && !strings.HasPrefix(stem, "var/") {
					t.Errorf("%s wants %s", r.Name, p)
				}
			}
		}
	}
}
