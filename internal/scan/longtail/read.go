package longtail

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor"
	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/osv"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// maxBytes bounds a file that is handed to the library.
const maxBytes = 32 << 20

// read runs the extractor. The library is not ours: whatever it does with a
// hostile file, a panic included, costs that file's answer only.
func (f format) read(fsys manifest.FS, p string) (out manifest.Result, err error) {
	data, err := fsys.ReadFile(p)
	if err != nil {
		return out, err
	}
	if len(data) > maxBytes {
		out.Problems = append(out.Problems, inventory.Problem{Path: p, Kind: "too large", Message: "larger than 32 MiB; not read"})
		return out, nil
	}
	defer func() {
		if r := recover(); r != nil {
			out.Problems = append(out.Problems, inventory.Problem{Path: p, Kind: "malformed", Message: fmt.Sprintf("the library that reads it failed: %v", r)})
		}
	}()
	x, err := f.open(&config_go_proto.PluginConfig{})
	if err != nil {
		return out, err
	}
	found, err := x.Extract(context.Background(), &filesystem.ScanInput{FS: bridge{fsys}, Path: p, Root: "/", Info: fileInfo{p, int64(len(data))}, Reader: bytes.NewReader(data)})
	if err != nil {
		out.Problems = append(out.Problems, inventory.Problem{Path: p, Kind: "malformed", Message: err.Error()})
	}
	lines := newLineIndex(string(data), f.mark)
	for _, pkg := range found.Packages {
		if u, ok := f.usage(pkg, p, lines); ok {
			out.Usages = append(out.Usages, u)
		}
	}
	return out, nil
}

func (f format) usage(pkg *extractor.Package, p string, lines lineIndex) (u inventory.Usage, ok bool) {
	lib := pkg.PURL()
	if lib == nil || lib.Name == "" {
		return u, false
	}
	u = inventory.Usage{Manifest: p, Relation: f.relation, Scope: inventory.Runtime,
		Component: inventory.PURL{Type: strings.ToLower(lib.Type), Namespace: lib.Namespace, Name: lib.Name, Version: lib.Version, Subpath: lib.Subpath}}
	var quals []string
	for _, q := range lib.Qualifiers {
		if q.Key != "source" && q.Value != "" {
			quals = append(quals, q.Key+"="+q.Value)
		}
	}
	if len(quals) > 0 {
		// Written and read again, the qualifiers are canonical.
		text := u.Component.String() + "?" + strings.Join(quals, "&")
		if parsed, err := inventory.ParsePURL(text); err == nil {
			u.Component = parsed
		}
	}
	if isRange(u.Component.Version) {
		u.Requirement, u.Component.Version = u.Component.Version, ""
	}
	if u.Component.Version == "" && u.Requirement == "" && pkg.SourceCode != nil {
		u.Component.Version = pkg.SourceCode.Commit // of a package from git
	}
	if m, ok := pkg.Metadata.(*osv.DepGroupMetadata); ok && slices.ContainsFunc(m.DepGroupVals, func(g string) bool { return g == "build-requires" || g == "python-requires" }) {
		u.Scope = inventory.Build
	}
	if len(pkg.Licenses) > 0 {
		u.License = strings.Join(pkg.Licenses, " AND ")
	}
	u.Line = lines.of(pkg.Name, u.Component.Version)
	return u, true
}

// isRange says whether a version is a requirement in truth.
func isRange(v string) bool { return strings.ContainsAny(v, "<>^~*|, ") }

// lineIndex tells where names stand in a file; made in one pass, since a file may
// have as many packages as lines.
type lineIndex struct {
	byWord map[string][]int
	lines  []string
	mark   string
}

// maxLine bounds lines that are looked at for names, and maxPlaces the lines kept
// for one name.
const (
	maxLine   = 10_000
	maxPlaces = 8
)

func newLineIndex(s, mark string) lineIndex {
	x := lineIndex{map[string][]int{}, strings.Split(s, "\n"), mark}
	for i, line := range x.lines {
		if len(line) > maxLine {
			continue
		}
		if mark != "" {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), mark); ok {
				x.add(name, i)
			}
			continue
		}
		for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\r\"',:;=/@#()[]{}<>", r) }) {
			x.add(strings.TrimPrefix(word, "any."), i)
		}
	}
	return x
}

func (x lineIndex) add(word string, line int) {
	if places := x.byWord[word]; len(places) < maxPlaces && (len(places) == 0 || places[len(places)-1] != line) {
		x.byWord[word] = append(places, line)
	}
}

// of finds the first line that names the package, one with its version if there
// is one; 0 when none. Haskell writes name-version as one word.
func (x lineIndex) of(name, version string) int {
	places := x.byWord[name]
	if len(places) == 0 {
		places = x.byWord[name+"-"+version]
	}
	for _, i := range places {
		if version != "" && strings.Contains(x.lines[i], version) {
			return i + 1
		}
	}
	if len(places) > 0 {
		return places[0] + 1
	}
	return 0
}

// bridge shows a manifest.FS as the library wants it. Listing directories is
// not offered: none of the formats here looks around.
type bridge struct{ fsys manifest.FS }

func (b bridge) Open(name string) (fs.File, error) {
	data, err := b.fsys.ReadFile(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{Reader: bytes.NewReader(data), info: fileInfo{name, int64(len(data))}}, nil
}

func (b bridge) Stat(name string) (fs.FileInfo, error) {
	if !b.fsys.Exists(name) {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return fileInfo{name, 0}, nil
}

func (b bridge) ReadDir(name string) ([]fs.DirEntry, error) {
	return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
}

type file struct {
	*bytes.Reader
	info fileInfo
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type fileInfo struct {
	path string
	size int64
}

func (i fileInfo) Name() string       { return path.Base(i.path) }
func (i fileInfo) Size() int64        { return i.size }
func (i fileInfo) Mode() fs.FileMode  { return 0o444 }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }
