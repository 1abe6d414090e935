// Command debian compares license detectors with what Debian's maintainers wrote
// in machine-readable copyright files (DEP-5) of source packages.
//
//	go run ./bench/license/debian -dir DIR [-packages NAME,NAME] [-sample 10] [-errors]
//
// Missing packages are downloaded into DIR by apt-get, with lists of its own, so
// that the machine's stay as they are. Every file of a package is looked at; of
// each package a sample is compared file by file: of the ids that were answered,
// how many does the maintainers' entry for the file name, and in how many answered
// files all of them. By package the set of ids found is compared with the set that
// the entries name: for the sampled files, and for the whole package; the means
// weigh packages alike. The row "granted" is what a scan puts files under, without
// test data, samples (of which the truth is left out too) and texts for reference.
// Debian's truth is by file pattern and at times coarse, and passes over
// what build tools leave behind (unspoken): the numbers tell engines apart, they
// don't reach one. A more exact id than theirs counts as theirs, and so does a
// GPL without version where they know it (inWordsOf).
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/google/licensecheck"

	"github.com/tributary-oss/tributary/bench/license/truth"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/license/detect"
	"github.com/tributary-oss/tributary/internal/scan"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "", "where packages are kept")
	sample := flag.Int("sample", 10, "files of each package that are compared one by one")
	names := flag.String("packages", "", "these instead of the usual ones, separated by commas")
	errors := flag.Bool("errors", false, "list what disagrees")
	flag.Parse()
	if *dir == "" {
		log.Fatal("usage: debian -dir DIR")
	}
	if *names != "" {
		packages = strings.Split(*names, ",")
	}
	fetched, err := fetch(*dir, packages)
	if err != nil {
		log.Fatal(err)
	}
	engines := []engine{{name: "tributary", find: ours}, {name: "tributary, granted", find: granted, whole: true}, {name: "licensecheck", find: googleLicensecheck}}
	for _, name := range fetched {
		p, err := readPackage(name, filepath.Join(*dir, "src", name))
		if err != nil {
			log.Printf("%s is left out: %v", name, err)
			continue
		}
		for i := range engines {
			engines[i].compare(p, *sample, *errors && i == 0)
		}
	}
	fmt.Println("| engine | packages | files compared | answered | ids that agree | answered files that agree | sample by package: P | R | F1 | whole packages: P | R | F1 | mean P | mean R |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, e := range engines {
		e.print()
	}
}

// debian is one source package with its truth.
type debian struct {
	name    string
	files   []string // paths, sorted
	root    string
	entries []license.Annotation
}

func readPackage(name, root string) (*debian, error) {
	b, err := os.ReadFile(filepath.Join(root, "debian", "copyright"))
	if err != nil {
		return nil, err
	}
	p := &debian{name: name, root: root}
	if p.entries, err = license.ParseDEP5(b, identify); err != nil {
		return nil, err
	}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err == nil && !unspoken(filepath.ToSlash(rel)) {
			p.files = append(p.files, filepath.ToSlash(rel))
		}
		return err
	})
	sort.Strings(p.files)
	return p, err
}

// unspoken says whether a file is one that copyright files pass over by custom:
// what the build system's tools leave behind, change logs, and the packaging.
func unspoken(path string) bool {
	base := filepath.Base(path)
	if strings.HasPrefix(path, "debian/") || strings.HasSuffix(base, ".m4") || strings.HasSuffix(base, "Makefile.in") {
		return true
	}
	switch strings.ToLower(base) {
	case "configure", "install-sh", "ltmain.sh", "missing", "depcomp", "compile", "config.guess", "config.sub", "config.rpath", "ylwrap", "mkinstalldirs",
		"test-driver", "ar-lib", "texinfo.tex", "mdate-sh", "py-compile", "changelog", "changes", "news", "install":
		return true
	}
	return false
}

// truthOf is what the maintainers say of a file; false where it is not said, or
// not understood.
func (p *debian) truthOf(path string) (truth.IDs, bool) {
	a, ok := license.AnnotationFor(p.entries, path)
	if !ok || a.Expression.IsZero() {
		return nil, false
	}
	return truth.Flatten(a.Expression.String()), true
}

// sampled picks text files that the maintainers speak of, in an order that depends
// on their names alone.
func (p *debian) sampled(n int) map[string]bool {
	type keyed struct{ key, path string }
	var list []keyed
	for _, f := range p.files {
		sum := sha256.Sum256([]byte(p.name + "/" + f))
		list = append(list, keyed{hex.EncodeToString(sum[:8]), f})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].key < list[j].key })
	out := map[string]bool{}
	for _, k := range list {
		if _, said := p.truthOf(k.path); len(out) < n && said && p.text(k.path) != nil {
			out[k.path] = true
		}
	}
	return out
}

// text is the content of a file, nil where it is binary or too large to be code.
func (p *debian) text(path string) []byte {
	b, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(path)))
	if err != nil || len(b) > 4<<20 || bytes.IndexByte(b[:min(len(b), 8<<10)], 0) >= 0 {
		return nil
	}
	return b
}

type engine struct {
	name string
	find func(path string, b []byte) []finding
	// whole says that test data, samples and texts for reference are left out,
	// and that a license's text adds nothing to a notice that names it.
	whole bool

	packages, compared, answered int
	ids, idsRight, filesRight    int
	sampled, packaged            counts // of packages
}

// counts are of ids by package.
type counts struct {
	right, added, missed int
	precision, recall    mean // over packages, each as heavy as the other
}

// mean is that of shares.
type mean struct {
	sum float64
	n   int
}

func (m *mean) add(part, whole int) {
	if whole > 0 {
		m.sum += share(part, whole)
		m.n++
	}
}

func (m mean) value() float64 { return m.sum / float64(max(m.n, 1)) }

func (c *counts) add(found, want truth.IDs) (extra, missing []string) {
	extra, missing = found.Minus(want), want.Minus(found)
	c.right += len(found) - len(extra)
	c.added += len(extra)
	c.missed += len(missing)
	c.precision.add(len(found)-len(extra), len(found))
	c.recall.add(len(want)-len(missing), len(want))
	return extra, missing
}

func (c *counts) String() string {
	return fmt.Sprintf("%.3f | %.3f | %.3f", share(c.right, c.right+c.added), share(c.right, c.right+c.missed), share(2*c.right, 2*c.right+c.added+c.missed))
}

func share(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

func (e *engine) compare(p *debian, n int, list bool) {
	e.packages++
	sample := p.sampled(n)
	found, want := truth.IDs{}, truth.IDs{}
	foundInSample, wantInSample := truth.IDs{}, truth.IDs{}
	where := evidence{}
	for _, path := range p.files {
		b := p.text(path)
		if b == nil {
			continue
		}
		aside := e.whole && (inventory.IsFixture(path) || strings.Contains("/"+path, "/LICENSES/"))
		said, known := p.truthOf(path)
		if !known {
			continue // nobody can be right or wrong
		}
		delete(said, "NONE")
		got := truth.IDs{}
		if aside {
			continue
		}
		for _, f := range e.find(path, b) {
			ids := inWordsOf(said, truth.Flatten(f.expression))
			addTo(got, ids)
			where.add(ids, said, path, f)
		}
		addTo(found, got)
		addTo(want, said)
		if !sample[path] {
			continue
		}
		addTo(foundInSample, got)
		addTo(wantInSample, said)
		e.file(p.name+"/"+path, got, said, list)
	}
	if e.whole {
		withoutTexts(found)
		withoutTexts(foundInSample)
	}
	e.sampled.add(foundInSample, wantInSample)
	extra, missing := e.packaged.add(found, want)
	if list && len(extra)+len(missing) > 0 {
		fmt.Printf("%s: whole package: missing %v, extra %v\n", p.name, missing, extra)
		where.print(extra)
		p.printEntries(missing)
	}
}

// dedications are ids of what Debian calls public-domain: the last dedicates, with
// a license where that has no force.
var dedications = []string{"LicenseRef-public-domain", "CC-PDDC", "blessing", "bcrypt-Solar-Designer"}

// inWordsOf puts ids into the words of the maintainers where these are coarser:
// "ISC-Veillard" is their ISC where they name that, SQLite's blessing their
// public-domain.
func inWordsOf(said, got truth.IDs) truth.IDs {
	out := truth.IDs{}
	for id := range got {
		out[theirName(said, id)] = true
	}
	return out
}

func theirName(said truth.IDs, id string) string {
	if said[id] {
		return id
	}
	if slices.Contains(dedications, id) && said[dedications[0]] {
		return dedications[0]
	}
	for _, theirs := range said.Sorted() {
		switch {
		case strings.Replace(theirs, "-no-invariants", "", 1) == id:
			return theirs // files seldom say that they have no invariant sections
		case id == "GPL-1.0-or-later" && strings.HasPrefix(theirs, "GPL-"):
			return theirs // the file names no version, which a README does
		}
	}
	for base := id; strings.Contains(base, "-"); {
		base = base[:strings.LastIndexByte(base, '-')]
		for _, theirs := range said.Sorted() {
			if strings.EqualFold(theirs, base) {
				return theirs
			}
		}
	}
	return id
}

func (e *engine) file(path string, got, said truth.IDs, list bool) {
	e.compared++
	if len(got) == 0 {
		return
	}
	e.answered++
	extra := got.Minus(said)
	e.ids += len(got)
	e.idsRight += len(got) - len(extra)
	if len(extra) == 0 {
		e.filesRight++
	} else if list {
		fmt.Printf("%s: found %v, Debian says %v\n", path, got.Sorted(), said.Sorted())
	}
}

func (e *engine) print() {
	fmt.Printf("| %s | %d | %d | %d | %.3f | %.3f | %s | %s | %.3f | %.3f |\n", e.name, e.packages, e.compared, e.answered, share(e.idsRight, e.ids),
		share(e.filesRight, e.answered), &e.sampled, &e.packaged,
		e.packaged.precision.value(), e.packaged.recall.value())
}

func addTo(set, more truth.IDs) {
	for id := range more {
		set[id] = true
	}
}

// identify is the license of a text in a copyright file whose name says nothing.
func identify(text string) string { return detect.Detect([]byte(text)).Expression }

// finding is one place of a file that names licenses.
type finding struct {
	expression string
	line       int // 0 where the engine does not tell
	rule       string
}

func ours(_ string, b []byte) []finding {
	var out []finding
	for _, m := range detect.Detect(b).Matches {
		if m.Expression != "" {
			out = append(out, finding{m.Expression, m.FirstLine, m.Rule})
		}
	}
	return out
}

// granted is what the scan puts a file under.
func granted(path string, b []byte) []finding {
	return []finding{{scan.Granted(path, detect.Detect(b)), 0, "granted"}}
}

// withoutTexts leaves out "GPL-2.0-only" beside "GPL-2.0-or-later", as the text
// of a license can't say "or later", and a GPL without version beside one with.
func withoutTexts(ids truth.IDs) {
	for id := range ids {
		base, later := strings.CutSuffix(id, "-or-later")
		if !later {
			continue
		}
		delete(ids, base+"-only")
		if family, version, _ := strings.Cut(base, "-"); family == "GPL" && version != "1.0" {
			delete(ids, "GPL-1.0-or-later")
		}
	}
}

func googleLicensecheck(_ string, b []byte) []finding {
	var out []finding
	for _, m := range licensecheck.Scan(b).Match {
		id := m.ID
		if _, err := license.Parse(id); err != nil {
			id = "LicenseRef-" + strings.NewReplacer(" ", "-", "/", "-").Replace(id)
		}
		out = append(out, finding{id, 0, ""})
	}
	return out
}

// evidence holds by id the places that gave it.
type evidence map[string][]string

// shown is how many places of an id are listed.
const shown = 6

func (ev evidence) add(ids, said truth.IDs, path string, f finding) {
	for id := range ids {
		if !said[id] {
			ev[id] = append(ev[id], fmt.Sprintf("%s:%d %s (%s)", path, f.line, f.rule, strings.Join(said.Sorted(), " ")))
		}
	}
}

func (ev evidence) print(ids []string) {
	for _, id := range ids {
		fmt.Printf("  + %s: %d places\n", id, len(ev[id]))
		for _, place := range ev[id][:min(shown, len(ev[id]))] {
			fmt.Printf("      %s\n", place)
		}
	}
}

// printEntries lists the entries that alone name an id.
func (p *debian) printEntries(ids []string) {
	for _, id := range ids {
		for _, a := range p.entries {
			if truth.Flatten(a.Expression.String())[id] {
				fmt.Printf("  - %s: %s: %s\n", id, a.Raw, strings.Join(a.Patterns, " "))
			}
		}
	}
}
