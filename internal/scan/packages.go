package scan

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime/debug"
	"slices"
	"sort"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/longtail"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
	"github.com/tributary-oss/tributary/internal/scan/source"
)

// UnitKey asks for earlier readings of a manifest with the same content.
type UnitKey struct {
	Reader   string // name/version
	Manifest string
	Blob     string
}

// readerID identifies a reader and its version in facts.
func readerID(r manifest.Reader) string { return fmt.Sprintf("%s/%d", r.Name, r.Version) }

// allReaders are our own and the library's for the long tail.
func allReaders() []manifest.Reader {
	return append(manifest.Readers(), longtail.Readers()...)
}

type reading struct {
	reader manifest.Reader
	file   source.File
}

// packages reads every manifest of a tree, or takes the cached answer where
// nothing that the reader looked at has changed.
func packages(ctx context.Context, t source.Tree, cache Cache) ([]inventory.Unit, error) {
	x := newIndex(t)
	todo := match(x.files, allReaders())
	known, err := knownUnits(ctx, x, todo, cache)
	if err != nil {
		return nil, err
	}
	units := make([]inventory.Unit, 0, len(todo))
	for i, r := range todo {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i%prefetchFiles == 0 {
			if err := x.prefetch(ctx, unread(todo[i:min(i+prefetchFiles, len(todo))], known)); err != nil {
				return nil, err
			}
		}
		if u, ok := known[UnitKey{readerID(r.reader), r.file.Path, r.file.Blob}]; ok {
			units = append(units, u)
			continue
		}
		units = append(units, read(x, r))
	}
	sortUnits(units)
	return units, nil
}

// unread lists the files of readings for which no earlier answer holds.
func unread(todo []reading, known map[UnitKey]inventory.Unit) []source.File {
	var files []source.File
	for i, r := range todo {
		_, ok := known[UnitKey{readerID(r.reader), r.file.Path, r.file.Blob}]
		if !ok && (i == 0 || todo[i-1].file.Path != r.file.Path || len(files) == 0) {
			files = append(files, r.file)
		}
	}
	return files
}

// codeExtensions are those of files that no reader ever wants: asking sixty
// readers about forty thousand of them costs more than reading the manifests.
var codeExtensions = func() map[string]bool {
	m := map[string]bool{}
	for _, e := range strings.Fields(`.go .js .mjs .cjs .jsx .ts .tsx .mts .cts .vue .svelte .rs .java .kt .scala .c .h .cc .cpp .hpp .cs .php .swift .m
		.md .mdx .html .css .scss .less .svg .png .jpg .jpeg .gif .ico .snap .map .woff .woff2 .ttf .pdf .sh .sql .proto .dart .ex .hs .jl .r`) {
		m[e] = true
	}
	return m
}()

// match pairs files with the readers that want them, in path order.
func match(files []source.File, readers []manifest.Reader) []reading {
	var out []reading
	copies := installedDirs(files)
	for _, f := range files {
		if f.Mode == source.Submodule || f.Mode == source.Symlink {
			continue
		}
		if codeExtensions[path.Ext(f.Path)] && path.Base(f.Path) != "Package.swift" {
			continue
		}
		for _, r := range readers {
			if r.Match(f.Path) && !copies.hold(f.Path) {
				out = append(out, reading{r, f})
			}
		}
	}
	return out
}

func knownUnits(ctx context.Context, x *index, todo []reading, cache Cache) (map[UnitKey]inventory.Unit, error) {
	if cache.Units == nil || len(todo) == 0 {
		return nil, nil
	}
	keys := make([]UnitKey, 0, len(todo))
	for _, r := range todo {
		if r.file.Blob != "" {
			keys = append(keys, UnitKey{readerID(r.reader), r.file.Path, r.file.Blob})
		}
	}
	candidates, err := cache.Units(ctx, keys)
	if err != nil {
		return nil, err
	}
	known := map[UnitKey]inventory.Unit{}
	for _, u := range candidates {
		if x.holds(u.Inputs) {
			known[UnitKey{u.Reader, u.Manifest, u.Blob}] = u
		}
	}
	return known, nil
}

// read runs one reader on one manifest. A reader that panics is a defect of
// ours; it costs its own answer and no other.
func read(x *index, r reading) (u inventory.Unit) {
	fsys := &traceFS{x: x, self: r.file.Path, seen: map[string]string{}}
	u = inventory.Unit{Reader: readerID(r.reader), Manifest: r.file.Path, Blob: r.file.Blob}
	defer func() {
		if p := recover(); p != nil {
			u.Problems = append(u.Problems, inventory.Problem{Path: r.file.Path, Kind: "internal error",
				Message: fmt.Sprintf("the reader %s failed on this file: %v; please report it: %s", u.Reader, p, firstFrame(debug.Stack()))})
		}
	}()
	res, err := r.reader.Read(fsys, r.file.Path)
	u.Usages, u.Problems, u.Own, u.Inputs = res.Usages, res.Problems, res.Own, fsys.inputs()
	if err != nil && !errors.Is(err, source.ErrMissing) { // of missing objects it is said once for all
		u.Problems = append(u.Problems, inventory.Problem{Path: r.file.Path, Kind: "unreadable", Message: strings.TrimPrefix(err.Error(), r.file.Path+": ")})
	}
	for i := range u.Usages {
		if u.Usages[i].Manifest == "" {
			u.Usages[i].Manifest = r.file.Path
		}
		u.Usages[i].Fixture = inventory.IsFixture(u.Usages[i].Manifest)
		x.own(&u.Usages[i])
	}
	for i := range u.Problems {
		if u.Problems[i].Path == "" {
			u.Problems[i].Path = r.file.Path
		}
	}
	return u
}

// own gives a usage texts of its own: those of a reader are parts of the
// lockfile, which would stay in memory as long as one of them does.
func (x *index) own(u *inventory.Usage) {
	for _, s := range []*string{&u.Component.Namespace, &u.Component.Name, &u.Component.Version, &u.Component.Qualifiers, &u.Requirement, &u.License, &u.Note} {
		if *s == "" {
			continue
		}
		kept, ok := x.texts[*s]
		if !ok {
			kept = strings.Clone(*s)
			x.texts[kept] = kept
		}
		*s = kept
	}
}

// missingManifests says which manifests could not be read for want of their objects:
// their packages are in no answer.
func missingManifests(units []inventory.Unit) []inventory.Problem {
	var missing []string
	for _, u := range units {
		own := func(in inventory.Input) bool { return in.Path == unreadPrefix+u.Manifest }
		if len(u.Problems) == 0 && len(u.Usages) == 0 && slices.ContainsFunc(u.Inputs, own) && !slices.Contains(missing, u.Manifest) {
			missing = append(missing, u.Manifest)
		}
	}
	switch n := len(missing); {
	case n == 0:
		return nil
	case n == 1:
		return []inventory.Problem{{Path: missing[0], Kind: "missing object", Message: "the manifest could not be read, so its packages are not in the answer"}}
	}
	shown := strings.Join(missing[:min(len(missing), 3)], ", ")
	if n := len(missing); n > 3 {
		shown += fmt.Sprintf(" and %d more", n-3)
	}
	return []inventory.Problem{{Path: missing[0], Kind: "missing object",
		Message: fmt.Sprintf("%d manifests could not be read, so their packages are not in the answer: %s", len(missing), shown)}}
}

// firstFrame is the innermost frame of ours in a stack.
func firstFrame(stack []byte) string {
	for _, line := range strings.Split(string(stack), "\n") {
		if strings.Contains(line, "/internal/scan/manifest/") || strings.Contains(line, "/internal/scan/longtail/") {
			return strings.TrimSpace(line[strings.LastIndex(line, "/")+1:])
		}
	}
	return "no frame"
}

func sortUnits(units []inventory.Unit) {
	sort.SliceStable(units, func(i, j int) bool {
		if units[i].Manifest != units[j].Manifest {
			return units[i].Manifest < units[j].Manifest
		}
		return units[i].Reader < units[j].Reader
	})
}

// readersVersion is a short hash over all readers and their versions.
func readersVersion() string {
	var ids []string
	for _, r := range allReaders() {
		ids = append(ids, readerID(r))
	}
	return hashPaths(ids)[:8]
}
