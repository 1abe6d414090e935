// Package scancode reads the results of ScanCode Toolkit (its --json, --json-pp
// and --json-lines forms, of versions 3 to 32), so that another scanner's
// findings can stand beside ours as evidence.
//
// It is pure: bytes in, findings out. It must never know what is done with them,
// and never merges them with our own. Start reading at [Parse].
package scancode

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// Document is one result file.
type Document struct {
	// Tool and Version name who found it: "scancode-toolkit", "32.3.0".
	Tool, Version string
	// Files in the order of the document; directories are left out.
	Files []File
	// NotUnderstood counts expressions that are no SPDX expressions; they are kept
	// as written.
	NotUnderstood int
}

// Source names the tool with its version, for evidence.
func (d *Document) Source() string { return strings.TrimSpace(d.Tool + " " + d.Version) }

// File is what was found in one file.
type File struct {
	Path string
	// Expression is the whole file's, "" for none.
	Expression string
	Matches    []Match
	Copyrights []string
	// Errors are the scanner's own complaints about the file.
	Errors []string
}

// Match is one place that speaks of a license.
type Match struct {
	Expression          string
	FirstLine, LastLine int     // 1-based, inclusive
	Score               float64 // 0 to 1
	Rule                string
}

// Bounds of one document.
const (
	maxFiles   = 5_000_000
	maxMatches = 10_000 // of one file
)

// ErrNotScanCode says that a document has neither a ScanCode header nor files.
var ErrNotScanCode = errors.New(`it has no "files" as ScanCode writes them; run scancode with --json-pp`)

// Parse reads one document; lines of --json-lines count as one document.
func Parse(r io.Reader) (*Document, error) {
	d := &Document{}
	dec := json.NewDecoder(r)
	files := false
	for {
		err := d.object(dec, &files)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("at byte %d: %w", dec.InputOffset(), err)
		}
	}
	if !files {
		return nil, ErrNotScanCode
	}
	if d.Tool == "" {
		d.Tool = "scancode-toolkit"
	}
	return d, nil
}

// object reads one top-level object, value by value: documents are larger than
// should be in memory at once.
func (d *Document) object(dec *json.Decoder, files *bool) error {
	if err := expect(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return unexpected(err)
		}
		switch key {
		case "headers":
			err = d.headers(dec)
		case "scancode_version", "scancode-version": // version 2
			err = dec.Decode(&d.Version)
		case "files":
			*files = true
			err = d.list(dec)
		default:
			var skipped json.RawMessage
			err = dec.Decode(&skipped)
		}
		if err != nil {
			return unexpected(err)
		}
	}
	_, err := dec.Token()
	return unexpected(err)
}

// unexpected makes the end of the input inside a value an error of its own.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func expect(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return err
	}
	if t != want {
		return ErrNotScanCode
	}
	return nil
}

func (d *Document) headers(dec *json.Decoder) error {
	var hs []struct {
		Tool    string `json:"tool_name"`
		Version string `json:"tool_version"`
	}
	if err := dec.Decode(&hs); err != nil {
		return err
	}
	if len(hs) > 0 {
		d.Tool, d.Version = hs[0].Tool, hs[0].Version
	}
	return nil
}

func (d *Document) list(dec *json.Decoder) error {
	if err := expect(dec, '['); err != nil {
		return err
	}
	for dec.More() {
		var w fileWire
		if err := dec.Decode(&w); err != nil {
			return err
		}
		if w.Type == "directory" || w.Path == "" {
			continue
		}
		if len(d.Files) >= maxFiles {
			return fmt.Errorf("more than %d files", maxFiles)
		}
		d.Files = append(d.Files, d.file(w))
	}
	_, err := dec.Token()
	return err
}

// fileWire is a file in all versions of the form.
type fileWire struct {
	Path       string `json:"path"`
	Type       string `json:"type"`
	Whole      string `json:"detected_license_expression_spdx"`
	Detections []struct {
		Expression string      `json:"license_expression_spdx"`
		Matches    []matchWire `json:"matches"`
	} `json:"license_detections"`
	Licenses []struct { // versions before 32
		Key   string  `json:"spdx_license_key"`
		First int     `json:"start_line"`
		Last  int     `json:"end_line"`
		Score float64 `json:"score"`
		Rule  struct {
			Identifier string `json:"identifier"`
		} `json:"matched_rule"`
	} `json:"licenses"`
	Copyrights []struct {
		Text  string `json:"copyright"`
		Value string `json:"value"` // versions before 31
	} `json:"copyrights"`
	Errors []string `json:"scan_errors"`
}

type matchWire struct {
	Expression string  `json:"license_expression_spdx"`
	Older      string  `json:"spdx_license_expression"`
	First      int     `json:"start_line"`
	Last       int     `json:"end_line"`
	Score      float64 `json:"score"`
	Rule       string  `json:"rule_identifier"`
}

func (d *Document) file(w fileWire) File {
	f := File{Path: path.Clean(strings.TrimPrefix(w.Path, "/")), Expression: d.canonical(w.Whole), Errors: w.Errors}
	var whole []string
	for _, det := range w.Detections {
		whole = append(whole, det.Expression)
		for _, m := range det.Matches {
			if m.Expression == "" {
				m.Expression = m.Older
			}
			if m.Expression == "" {
				m.Expression = det.Expression
			}
			f.add(Match{d.canonical(m.Expression), m.First, m.Last, m.Score / 100, m.Rule})
		}
	}
	for _, l := range w.Licenses {
		whole = append(whole, l.Key)
		f.add(Match{d.canonical(l.Key), l.First, l.Last, l.Score / 100, l.Rule.Identifier})
	}
	if f.Expression == "" {
		f.Expression = d.joined(whole)
	}
	for _, c := range w.Copyrights {
		if c.Text == "" {
			c.Text = c.Value
		}
		if c.Text != "" {
			f.Copyrights = append(f.Copyrights, c.Text)
		}
	}
	return f
}

func (f *File) add(m Match) {
	if len(f.Matches) < maxMatches && m.Expression != "" {
		f.Matches = append(f.Matches, m)
	}
}

// canonical is the expression in our spelling, or as written.
func (d *Document) canonical(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	e, err := license.Parse(s)
	if err != nil {
		d.NotUnderstood++
		return s
	}
	return e.String()
}

func (d *Document) joined(parts []string) string {
	var es []license.Expr
	for _, s := range parts {
		if e, err := license.Parse(s); err == nil {
			es = append(es, e)
		}
	}
	return license.And(es...).Normalize().String()
}

// Align gives the paths of the document relative to the tree whose paths are
// known: ScanCode puts the name of the scanned directory before them unless it
// is told not to.
func (d *Document) Align(known func(path string) bool) {
	plain, cut := 0, 0
	top := ""
	for i, f := range d.Files {
		first, rest, ok := strings.Cut(f.Path, "/")
		if i == 0 {
			top = first
		}
		if first != top {
			ok = false
		}
		if known(f.Path) {
			plain++
		}
		if ok && known(rest) {
			cut++
		}
	}
	if cut <= plain {
		return
	}
	for i := range d.Files {
		if rest, ok := strings.CutPrefix(d.Files[i].Path, top+"/"); ok {
			d.Files[i].Path = rest
		}
	}
}
