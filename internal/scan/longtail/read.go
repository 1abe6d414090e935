package longtail

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/google/osv-scalibr/binary/proto/config_go_proto"
	"github.com/google/osv-scalibr/extractor"
	"github.com/google/osv-scalibr/extractor/filesystem"

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
	lines := strings.Split(string(data), "\n")
	for _, pkg := range found.Packages {
		if u, ok := f.usage(pkg, p, lines); ok {
			out.Usages = append(out.Usages, u)
		}
	}
	return out, nil
}

func (f format) usage(pkg *extractor.Package, p string, lines []string) (u inventory.Usage, ok bool) {
	lib := pkg.PURL()
	if lib == nil || lib.Name == "" {
		return u, false
	}
	u = inventory.Usage{Manifest: p, Relation: f.relation, Scope: f.scope,
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
	if u.Relation == "" {
		u.Relation = inventory.RelationUnknown
	}
	if len(pkg.Licenses) > 0 {
		u.License = strings.Join(pkg.Licenses, " AND ")
	}
	u.Line = lineOf(lines, pkg, u.Component)
	return u, true
}

// isRange says whether a version is a requirement in truth.
func isRange(v string) bool { return strings.ContainsAny(v, "<>^~*|, ") }

// lineOf finds the first line that names the package, with its version if one
// does; 0 when none.
func lineOf(lines []string, pkg *extractor.Package, c inventory.PURL) int {
	byName := 0
	for i, line := range lines {
		if len(line) > 10_000 || !strings.Contains(line, c.Name) && !strings.Contains(line, pkg.Name) {
			continue
		}
		if c.Version != "" && strings.Contains(line, c.Version) {
			return i + 1
		}
		if byName == 0 {
			byName = i + 1
		}
	}
	return byName
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
