package advisory

import (
	"errors"
	"fmt"
	"strings"

	"github.com/google/osv-scalibr/semantic"
)

// maxVersion bounds the versions that are compared, in bytes; the longest real
// ones have some sixty.
const maxVersion = 256

// order is the version order of one ecosystem. The orders are those of
// osv-scalibr's semantic package; for the two families that make up most of
// what is asked there is a short cut that gives the same answers without
// allocating, and declines what it does not fully understand.
type order struct {
	// base is the ecosystem's name in semantic; "" where versions have no known
	// order, so that only listed versions can match.
	base string
	// fast compares two versions; ok is false when one is not of the plain form.
	fast func(a, b string) (result int, ok bool)
}

// semverLike are the ecosystems that semantic orders as Semantic Versioning
// says, and some that it does not know.
var semverLike = map[string]bool{
	"Bitnami": true, "Bioconductor": true, "ConanCenter": true, "crates.io": true, "Docker Hardened Images": true, "GHC": true,
	"Go": true, "Hex": true, "Julia": true, "npm": true, "SwiftURL": true, "GitHub Actions": true,
}

// orderOf gives the order of an ecosystem, with or without its release.
func orderOf(ecosystem string) order {
	base, _, _ := strings.Cut(ecosystem, ":")
	switch {
	case semverLike[base]:
		return order{"npm", compareSemver}
	case base == "PyPI":
		return order{base, comparePyPI}
	}
	if _, err := semantic.Parse("1", base); err != nil {
		return order{}
	}
	return order{base: base}
}

var (
	errNoOrder    = errors.New("the version order of this ecosystem is not known")
	errNoVersion  = errors.New("there is no version")
	errBadVersion = errors.New("it is no version of its ecosystem")
)

// version is a text with its parsed form, made when it is first needed.
type version struct {
	text   string
	parsed semantic.Version
}

// check says whether a text can be ordered.
func (o order) check(text string) error {
	switch {
	case o.base == "":
		return errNoOrder
	case text == "":
		return errNoVersion
	case len(text) > maxVersion || !hasDigit(text), !o.startsWell(text), o.fast != nil && isHash(text):
		return errBadVersion
	}
	if o.fast != nil {
		if _, ok := o.fast(text, text); ok {
			return nil
		}
	}
	_, err := o.parse(text)
	return err
}

// startsWell says whether a text starts as versions do. The library takes any
// text, and one such as "github:a/b#1" for a version before all releases.
func (o order) startsWell(text string) bool {
	switch o.base {
	case "Maven", "Red Hat", "AlmaLinux", "Rocky Linux", "Mageia", "openEuler", "openSUSE", "SUSE": // Finchley.SR2, r42
		return isLetter(text[0]) || isDigit(text[0])
	}
	text = strings.TrimLeft(text, " =vV")
	return text != "" && isDigit(text[0])
}

// isHash says whether a text is a commit id rather than a version.
func isHash(text string) bool {
	if len(text) < 7 || len(text) > 64 || allDigits(text) {
		return false
	}
	for i := range len(text) {
		if c := text[i]; !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// parse calls semantic, which was written for well-formed versions: a panic
// over a hostile one is an error like any other.
func (o order) parse(text string) (v semantic.Version, err error) {
	defer func() {
		if recover() != nil {
			err = errBadVersion
		}
	}()
	if o.base == "RubyGems" {
		text = strings.ReplaceAll(text, "-", ".pre.") // as Gem::Version does
	}
	if v, err = semantic.Parse(text, o.base); err != nil {
		return nil, fmt.Errorf("%w: %w", errBadVersion, err)
	}
	return v, nil
}

// compare orders two versions that [order.check] admitted. What can't be
// compared after all is equal to nothing and sorts by its text.
func (o order) compare(a, b *version) int {
	if a.text == b.text {
		return 0
	}
	if o.fast != nil {
		if c, ok := o.fast(a.text, b.text); ok {
			return c
		}
	}
	c, err := o.slow(a, b)
	if err != nil {
		return strings.Compare(a.text, b.text)
	}
	return c
}

func (o order) slow(a, b *version) (c int, err error) {
	defer func() {
		if recover() != nil {
			err = errBadVersion
		}
	}()
	for _, v := range []*version{a, b} {
		if v.parsed == nil {
			if v.parsed, err = o.parse(v.text); err != nil {
				return 0, err
			}
		}
	}
	return a.parsed.Compare(b.parsed)
}

// CompareVersions orders two versions of an ecosystem: -1, 0 or 1. The error
// says which text is no version, or that the ecosystem has no known order.
func CompareVersions(ecosystem, a, b string) (int, error) {
	o := orderOf(ecosystem)
	for _, text := range []string{a, b} {
		if err := o.check(text); err != nil {
			return 0, fmt.Errorf("%q: %w", text, err)
		}
	}
	return o.compare(&version{text: a}, &version{text: b}), nil
}
