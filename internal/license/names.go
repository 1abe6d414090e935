package license

import (
	_ "embed"
	"strings"
	"sync"
)

// ListVersion is the version of the SPDX license list behind [Lookup].
const ListVersion = "3.28"

//go:embed data/spdx.tsv
var spdxTable string

//go:embed data/exceptions.tsv
var exceptionTable string

// Info is what the SPDX license list says of one license or exception.
type Info struct {
	ID         string // canonical case
	Name       string // full name
	OSI        bool   // approved by the Open Source Initiative
	FSF        bool   // called free by the Free Software Foundation
	Deprecated bool   // superseded by another id or an expression
	Exception  bool   // follows WITH; Name then says what it does
	URL        string // the page of the SPDX license list
}

// entry is an exception with its effect on the category of a license.
type entry struct {
	Info
	effect string
}

// catalog holds the SPDX list by lower-cased id.
type catalog struct {
	licenses   map[string]Info
	exceptions map[string]entry
}

var loadCatalog = sync.OnceValue(func() *catalog {
	c := &catalog{licenses: map[string]Info{}, exceptions: map[string]entry{}}
	for f := range rows(spdxTable) {
		c.licenses[strings.ToLower(f[0])] = Info{
			ID: f[0], Name: f[2],
			OSI:        strings.Contains(f[1], "O"),
			FSF:        strings.Contains(f[1], "F"),
			Deprecated: strings.Contains(f[1], "D"),
			URL:        "https://spdx.org/licenses/" + f[0] + ".html",
		}
	}
	for f := range rows(exceptionTable) {
		c.exceptions[strings.ToLower(f[0])] = entry{
			Info:   Info{ID: f[0], Name: f[2], Exception: true, URL: "https://spdx.org/licenses/" + f[0] + ".html"},
			effect: f[1],
		}
	}
	return c
})

// rows yields the three fields of each line of a table; lines that start with
// # are comments. A test checks that every line has them.
func rows(table string) func(yield func([3]string) bool) {
	return func(yield func([3]string) bool) {
		for line := range strings.Lines(table) {
			line = strings.TrimRight(line, "\n")
			if line == "" || line[0] == '#' {
				continue
			}
			a, rest, _ := strings.Cut(line, "\t")
			b, c, _ := strings.Cut(rest, "\t")
			if !yield([3]string{a, b, c}) {
				return
			}
		}
	}
}

// Lookup finds a license or an exception of the SPDX list by its id, in any
// case. Deprecated ids are found too.
func Lookup(id string) (Info, bool) {
	c := loadCatalog()
	if i, ok := c.licenses[strings.ToLower(id)]; ok {
		return i, true
	}
	e, ok := c.exceptions[strings.ToLower(id)]
	return e.Info, ok
}

// IDs lists the current license ids of the SPDX list, in its order.
func IDs() []string {
	var out []string
	for f := range rows(spdxTable) {
		if !strings.Contains(f[1], "D") {
			out = append(out, f[0])
		}
	}
	return out
}

func exceptionID(s string) (string, bool) {
	if strings.EqualFold(s, "Nokia-Qt-exception-1.1") { // deprecated in list 3.0
		return "Qt-LGPL-exception-1.1", true
	}
	e, ok := loadCatalog().exceptions[strings.ToLower(s)]
	return e.ID, ok
}

func exceptionNames() []string {
	var out []string
	for f := range rows(exceptionTable) {
		out = append(out, f[0])
	}
	return out
}

// successors maps deprecated ids, in lower case, to what replaces them, as the
// SPDX license list says on the page of each. GNU ids without -only follow a
// rule instead.
var successors = map[string]Leaf{
	"bsd-2-clause-freebsd":            {ID: "BSD-2-Clause-Views"},
	"bsd-2-clause-netbsd":             {ID: "BSD-2-Clause"},
	"bzip2-1.0.5":                     {ID: "bzip2-1.0.6"},
	"ecos-2.0":                        {ID: "GPL-2.0-or-later", Exception: "eCos-exception-2.0"},
	"gpl-2.0-with-autoconf-exception": {ID: "GPL-2.0-only", Exception: "Autoconf-exception-2.0"},
	"gpl-2.0-with-bison-exception":    {ID: "GPL-2.0-only", Exception: "Bison-exception-2.2"},
	"gpl-2.0-with-classpath-exception": {ID: "GPL-2.0-only",
		Exception: "Classpath-exception-2.0"},
	"gpl-2.0-with-font-exception":     {ID: "GPL-2.0-only", Exception: "Font-exception-2.0"},
	"gpl-2.0-with-gcc-exception":      {ID: "GPL-2.0-only", Exception: "GCC-exception-2.0"},
	"gpl-3.0-with-autoconf-exception": {ID: "GPL-3.0-only", Exception: "Autoconf-exception-3.0"},
	"gpl-3.0-with-gcc-exception":      {ID: "GPL-3.0-only", Exception: "GCC-exception-3.1"},
	"nunit":                           {ID: "zlib-acknowledgement"},
	"standardml-nj":                   {ID: "SMLNJ"},
	"wxwindows":                       {ID: "LGPL-2.0-or-later", Exception: "WxWindows-exception-3.1"},
}

// canonicalLeaf gives the one form in which a license is written, or false when
// the id is unknown or cannot be followed by "+". The id may be in any case.
func canonicalLeaf(id string, plus bool) (Leaf, bool) {
	low := strings.ToLower(id)
	switch low {
	case "none":
		return Leaf{ID: None}, !plus
	case "noassertion":
		return Leaf{ID: NoAssertion}, !plus
	}
	if l, ok := successors[low]; ok {
		if !plus {
			return l, true
		}
		base, gnu := strings.CutSuffix(l.ID, "-only")
		if !gnu {
			return Leaf{}, false
		}
		l.ID = base + "-or-later"
		return l, true
	}
	info, ok := loadCatalog().licenses[low]
	if !ok {
		return Leaf{}, false
	}
	if !isGNU(info.ID) {
		return Leaf{ID: info.ID, OrLater: plus}, true
	}
	return canonicalGNU(info.ID, plus)
}

func isGNU(id string) bool {
	for _, p := range []string{"GPL-", "LGPL-", "AGPL-", "GFDL-"} {
		if strings.HasPrefix(id, p) {
			return true
		}
	}
	return false
}

// canonicalGNU puts -only or -or-later on a GNU id. "GPL-2.0-only+" says two
// things at once and is refused.
func canonicalGNU(id string, plus bool) (Leaf, bool) {
	switch {
	case strings.HasSuffix(id, "-or-later"):
		return Leaf{ID: id}, true
	case strings.HasSuffix(id, "-only"):
		return Leaf{ID: id}, !plus
	case strings.HasSuffix(id, "+"):
		return Leaf{ID: strings.TrimSuffix(id, "+") + "-or-later"}, true
	case plus:
		return Leaf{ID: id + "-or-later"}, true
	}
	return Leaf{ID: id + "-only"}, true
}
