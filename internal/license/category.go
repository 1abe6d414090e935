package license

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Category says in one word how far the conditions of a license reach.
type Category string

// The categories.
const (
	PublicDomain       Category = "public-domain"       // no conditions worth naming
	PermissiveNotice   Category = "permissive-notice"   // keep notices; nothing said of patents
	PermissivePatent   Category = "permissive-patent"   // keep notices; an express patent license
	ContentAttribution Category = "content-attribution" // for texts, pictures, data: name the author
	WeakFile           Category = "weak-file"           // changed files stay under the license
	WeakModule         Category = "weak-module"         // the changed module or program stays under the license
	WeakLibrary        Category = "weak-library"        // the library stays under the license and must be replaceable
	ContentShareAlike  Category = "content-sharealike"  // for texts, pictures, data, fonts: changes stay under the license
	Strong             Category = "strong"              // the whole combined work comes under the license
	Network            Category = "network"             // the whole work, for remote users too
	SourceAvailable    Category = "source-available"    // source may be read; fields of use are limited
	Proprietary        Category = "proprietary"         // a contract with its owner is needed
	UnknownCategory    Category = "unknown"             // not classified, or no license at all
)

// Categories lists all categories by reach, least first.
var Categories = []Category{PublicDomain, PermissiveNotice, PermissivePatent, ContentAttribution, WeakFile, WeakModule,
	WeakLibrary, ContentShareAlike, Strong, Network, SourceAvailable, Proprietary, UnknownCategory}

// Reach is the position of c in [Categories]: of two licenses that apply at
// once the one with the greater reach decides. A category that is not in the
// list reaches furthest, as the unknown does.
func (c Category) Reach() int {
	if i := slices.Index(Categories, c); i >= 0 {
		return i
	}
	return len(Categories) - 1
}

// Permissive is true for licenses that put no condition on other code.
func (c Category) Permissive() bool {
	return c == PublicDomain || c == PermissiveNotice || c == PermissivePatent
}

// Copyleft is true for licenses under which some source must be given on.
func (c Category) Copyleft() bool {
	switch c {
	case WeakFile, WeakModule, WeakLibrary, Strong, Network, ContentShareAlike:
		return true
	}
	return false
}

//go:embed data/categories.tsv
var categoryTable string

// opinion is one row of the table: a category and why.
type opinion struct {
	category Category
	why      string
}

// loadCategories gives our opinions by license id.
var loadCategories = sync.OnceValue(func() map[string]opinion {
	m := map[string]opinion{}
	for f := range rows(categoryTable) {
		for _, id := range strings.Fields(f[1]) {
			m[id] = opinion{Category(f[0]), f[2]}
		}
	}
	return m
})

// CategoryOf classifies a license, together with its exception, as our table
// does. The source names the table and, where others judge differently, their
// judgment. A license that the table does not have is unknown.
//
// A category is an opinion, not a fact, and not legal advice: a company's own
// classification goes first.
func CategoryOf(l Leaf) (Category, string) {
	switch l.ID {
	case "":
		return UnknownCategory, "no license is known"
	case None:
		return UnknownCategory, "the source states that there is no license"
	case NoAssertion:
		return UnknownCategory, "no license is asserted"
	}
	base, source := categoryOfID(l.ID)
	if l.Exception == "" {
		return base, source
	}
	return withException(base, source, l)
}

// CategoryOfID is the category of a license without an exception; see
// [CategoryOf].
func CategoryOfID(id string) Category {
	c, _ := categoryOfID(id)
	return c
}

func categoryOfID(id string) (Category, string) {
	if family, or := strings.CutSuffix(id, "-or-later"); or {
		id = family + "-only"
	}
	o, ok := loadCategories()[id]
	if !ok {
		return UnknownCategory, "not classified"
	}
	source := "tributary data/categories.tsv: " + o.why
	if other, differs := otherOpinions(id); differs {
		source += "; opinions differ: " + other
	}
	return o.category, source
}

// withException narrows the category of a license by that of its exception. An
// exception that is not in our table may as well be a restriction.
func withException(base Category, source string, l Leaf) (Category, string) {
	e, ok := loadCatalog().exceptions[strings.ToLower(l.Exception)]
	if !ok {
		return UnknownCategory, fmt.Sprintf("the exception %s is not classified", l.Exception)
	}
	note := fmt.Sprintf("%s; tributary data/exceptions.tsv: %s %s", source, e.ID, e.Name)
	if base == UnknownCategory || e.effect == "same" {
		return base, note
	}
	if c := Category(e.effect); c.Reach() < base.Reach() {
		return c, note
	}
	return base, note
}
