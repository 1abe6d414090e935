package resolve

import (
	"path"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
)

// dirLicense is the license of a directory with the files that say so.
type dirLicense struct {
	expr   string
	from   []string
	unread string // a license file in which no license was recognized
}

// dirLicense gives the license of what lies in a directory: its license files
// and the manifests that declare one.
func (t *tree) dirLicense(dir string) dirLicense {
	if l, ok := t.dirs[dir]; ok {
		return l
	}
	t.dirs[dir] = dirLicense{} // what refers back here finds nothing
	var l dirLicense
	var declared, texts []license.Expr
	for _, f := range t.inDir[dir] {
		if e, err := license.Parse(f.Declares); err == nil && f.Declares != "" {
			declared = append(declared, e)
			l.from = append(l.from, f.Path)
			continue
		}
		if !license.IsLicenseFile(f.Path) || IsAnnotationFile(f.Path) || isTexts(dir) || t.isAdjacent(f.Path) {
			continue
		}
		expr := t.said(f.Path, map[string]bool{}, 0)
		if e, err := license.Parse(expr); err == nil && expr != "" && !IsNotice(f.Path, true) {
			texts = append(texts, e)
			l.from = append(l.from, f.Path)
		} else if expr == "" && isText(f.Path) {
			l.unread = f.Path
		}
	}
	l.expr = Primary(declared, texts)
	t.dirs[dir] = l
	return l
}

// isTexts says whether a directory holds texts that others refer to (REUSE): no
// file is under them for lying near.
func isTexts(dir string) bool { return strings.EqualFold(path.Base(dir), "LICENSES") }

// isAdjacent says whether a file is the FILE.license of another.
func (t *tree) isAdjacent(p string) bool {
	of, ok := strings.CutSuffix(p, ".license")
	return ok && t.byPath[of] != nil
}

func (t *tree) primary() (string, []string) {
	l := t.dirLicense("")
	return l.expr, l.from
}

// Primary is the license of a directory as a whole. It is what manifests
// declare, as long as the texts agree (every license of the texts is in the
// declaration: LICENSE-MIT and LICENSE-APACHE beside "MIT OR Apache-2.0"); where
// they disagree both hold; where only one of them tells, that. With neither it
// is unknown.
func Primary(declared, texts []license.Expr) string {
	d := license.And(declared...).Normalize()
	x := license.And(withoutSupplemented(texts)...).Normalize()
	switch {
	case d.IsZero() && x.IsZero():
		return ""
	case d.IsZero():
		return x.String()
	case x.IsZero() || names(d, x):
		return d.String()
	}
	return license.And(d, x).Normalize().String()
}

// names says whether d names every license of x; a text names no "or later".
func names(d, x license.Expr) bool {
	said := map[string]bool{}
	for _, l := range d.Leaves() {
		said[l.ID] = true
		if base, ok := strings.CutSuffix(l.ID, "-or-later"); ok {
			said[base+"-only"] = true
		}
	}
	for _, l := range x.Leaves() {
		if !said[l.ID] {
			return false
		}
	}
	return true
}

// withoutSupplemented leaves out the GPL that stands beside the LGPL of version
// 3: that is written as additions to it, and both texts go with a library.
func withoutSupplemented(texts []license.Expr) []license.Expr {
	lesser := false
	for _, e := range texts {
		lesser = lesser || strings.HasPrefix(e.String(), "LGPL-3.0-")
	}
	var out []license.Expr
	for _, e := range texts {
		if s := e.String(); lesser && (s == "GPL-3.0-only" || s == "GPL-3.0-or-later") {
			continue
		}
		out = append(out, e)
	}
	return out
}

// IsNotice says whether a license file speaks of other things than what the
// license of the code is: NOTICE files, notices about third parties, the license
// of the documentation, and (where no license is recognized in it) a file that
// is not called a license: PATENTS, COPYRIGHT, LEGAL.
func IsNotice(name string, recognized bool) bool {
	base := strings.ToLower(path.Base(name))
	if strings.Contains(base, "third") || strings.Contains(base, "3rd") {
		return true
	}
	for _, s := range []string{"notice", "docs", "documentation"} {
		if strings.HasPrefix(base, s) || strings.HasSuffix(base, "."+s) || strings.HasSuffix(base, "-"+s) {
			return true
		}
	}
	if recognized {
		return strings.HasPrefix(base, "patents")
	}
	return !strings.Contains(base, "licen") && !strings.Contains(base, "copying")
}

// IsVendored says whether directories of this name hold, by custom, copies of
// others' code.
func IsVendored(name string) bool { return vendorNames[strings.ToLower(name)] }

var vendorNames = map[string]bool{
	"vendor": true, "third_party": true, "third-party": true, "thirdparty": true, "3rdparty": true, "node_modules": true,
	"external": true, "externals": true, "godeps": true, "bower_components": true, "deps": true, "subprojects": true,
}
