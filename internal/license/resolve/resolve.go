package resolve

import (
	"path"
	"sort"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// File is one file of the tree with what its own content says.
type File struct {
	// Path is slash-separated and relative to the root of the tree.
	Path string
	// Expression is the license found in the file, "" for none.
	Expression string
	// RefersTo names files that are said to hold the license, as written.
	RefersTo []string
	// TextOnly says that the file is nothing but the text of a license. Under
	// another name than a license's it is not itself under that license.
	TextOnly bool
	// Declares is the license that a manifest declares for its directory.
	Declares string
}

// How says how an answer was reached.
type How string

// The ways, the nearest to the file first.
const (
	Own       How = "own"       // the file says it
	Adjacent  How = "adjacent"  // FILE.license beside it says it (REUSE)
	Annotated How = "annotated" // REUSE.toml, .reuse/dep5 or debian/copyright says it
	Referred  How = "reference" // a file that it names says it
	Inherited How = "inherited" // the license of its directory, or of one above
	Unknown   How = "unknown"   // nothing says it
)

// Answer is the license of one file.
type Answer struct {
	Path       string
	Expression string // "" when it is unknown
	How        How
	// From lists the files that say it, other than the file itself.
	From []string
	// Note says what could not be followed.
	Note string
}

// Resolution is the answer for a whole tree.
type Resolution struct {
	Answers []Answer // sorted by path, one for every file
	// Primary is the license of the tree as a whole, with the files that say
	// so; "" when nothing in the root tells.
	Primary     string
	PrimaryFrom []string
	Table       []Set
}

// Resolve answers for every file. Annotations may come in any order.
func Resolve(files []File, notes []Annotations) Resolution {
	t := newTree(files, notes)
	var r Resolution
	for _, f := range t.files {
		r.Answers = append(r.Answers, t.answer(f))
	}
	r.Primary, r.PrimaryFrom = t.primary()
	r.Table = table(r.Answers)
	return r
}

// tree knows the files by path and by directory.
type tree struct {
	files  []File
	byPath map[string]*File
	folded map[string]string // lower-case path to path
	notes  []Annotations     // the nearest directory first
	dirs   map[string]dirLicense
	inDir  map[string][]*File // license files and manifests that declare, by directory
}

func newTree(files []File, notes []Annotations) *tree {
	t := &tree{files: append([]File(nil), files...), byPath: make(map[string]*File, len(files)), folded: make(map[string]string, len(files)),
		dirs: map[string]dirLicense{}, inDir: map[string][]*File{}}
	sort.Slice(t.files, func(i, j int) bool { return t.files[i].Path < t.files[j].Path })
	for i := range t.files {
		f := &t.files[i]
		t.byPath[f.Path] = f
		if low := strings.ToLower(f.Path); t.folded[low] == "" {
			t.folded[low] = f.Path
		}
		if license.IsLicenseFile(f.Path) || f.Declares != "" {
			t.inDir[parent(f.Path)] = append(t.inDir[parent(f.Path)], f)
		}
	}
	t.notes = append(t.notes, notes...)
	sort.SliceStable(t.notes, func(i, j int) bool { return len(t.notes[i].Dir) > len(t.notes[j].Dir) })
	return t
}

// parent is the directory of a path, "" for the root.
func parent(p string) string {
	if d := path.Dir(p); d != "." && d != "/" {
		return d
	}
	return ""
}

// own is what a file says of itself, as far as that is about the file.
func (f *File) own() string {
	if IsAnnotationFile(f.Path) || f.TextOnly && !license.IsLicenseFile(f.Path) {
		return ""
	}
	return f.Expression
}

func (t *tree) answer(f File) Answer {
	a := t.ownAnswer(&f)
	a.Path = f.Path
	if expr, from, ok := t.annotated(f.Path, a.Expression); ok {
		a.Expression, a.From, a.Note = expr, []string{from}, ""
		a.How = Annotated
	}
	if a.Expression != "" {
		return a
	}
	if a.How = Unknown; len(a.From) > 0 || isText(f.Path) {
		return a // a text that nobody recognized is not what lies around it
	}
	return t.inherit(a)
}

// isText says whether a file is to hold the text of a license.
func isText(p string) bool {
	return license.IsLicenseFile(p) && !IsNotice(p, false) && !IsAnnotationFile(p)
}

// ownAnswer is what the file, the file beside it and the files it names say.
func (t *tree) ownAnswer(f *File) Answer {
	if side, ok := t.byPath[f.Path+".license"]; ok && side.Expression != "" {
		return Answer{Expression: side.Expression, How: Adjacent, From: []string{side.Path}}
	}
	own := f.own()
	if len(f.RefersTo) == 0 {
		return Answer{Expression: own, How: Own}
	}
	return t.follow(f, own)
}

// inherit takes the license of the nearest directory that has one. What lies
// in a directory of copies of others' code inherits nothing from outside it.
func (t *tree) inherit(a Answer) Answer {
	for dir := parent(a.Path); ; dir = parent(dir) {
		if l := t.dirLicense(dir); l.expr != "" {
			a.Expression, a.How, a.From = l.expr, Inherited, l.from
			return a
		} else if l.unread != "" {
			a.From, a.Note = []string{l.unread}, "no license was recognized in "+l.unread
			return a
		}
		if dir == "" {
			return a
		}
		if IsVendored(path.Base(dir)) {
			if a.Note == "" {
				a.Note = "it lies below " + dir + ", which holds copies of others' code; the license outside it does not reach in"
			}
			return a
		}
	}
}
