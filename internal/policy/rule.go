package policy

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/tributary-oss/tributary/internal/license"
	"github.com/tributary-oss/tributary/internal/program"
)

// The classes of rules, most specific first. Rules of a layer (the company's,
// the preset's) are asked in this order, those of one class as they stand.
const (
	classPackage = iota
	classPair
	classLicense
	classCategory
	classOther
)

// rule is a program rule made ready.
type rule struct {
	program.Rule
	ref   RuleRef
	class int
	index int   // position among all rules
	when  *when // nil without a CEL expression
}

func classOf(r program.Rule) int {
	switch {
	case len(r.Package) > 0:
		return classPackage
	case len(r.Exception) > 0:
		return classPair
	case len(r.License) > 0:
		return classLicense
	case len(r.Category) > 0:
		return classCategory
	}
	return classOther
}

// situation is one possibility of a use: every open question has one answer.
type situation struct {
	use         *Use
	delivery    program.Delivery
	recipient   program.Recipient
	coupling    program.Coupling
	replaceable program.Tri
	modified    program.Tri
	granted     program.Tri
}

// leafFacts is what is known of one license.
type leafFacts struct {
	leaf     license.Leaf
	id       string // with + but without exception
	category license.Category
	source   string // whose opinion the category is
	// pair is true when the exception makes another category of the license:
	// rules on the license alone do not speak of such a pair.
	pair bool
}

// matches tells whether all keys of the rule hold.
func (r *rule) matches(s *Session, sit *situation, l *leafFacts) bool {
	return r.matchesUse(sit.use) && r.matchesSituation(sit) && r.matchesLicense(l) &&
		(len(r.Outbound) == 0 || in(r.Outbound, s.outbound(sit, l.leaf))) &&
		(r.when == nil || r.when.holds(sit, l, r.Verdict.Rank() >= Review.Rank()))
}

func (r *rule) matchesUse(u *Use) bool {
	return (len(r.Package) == 0 || anyPackage(r.Package, u.Component)) &&
		(len(r.Ecosystem) == 0 || hasEcosystem(r.Ecosystem, u.Component)) &&
		(len(r.Product) == 0 || in(r.Product, u.Product)) &&
		(len(r.Tier) == 0 || in(r.Tier, u.Tier)) &&
		(len(r.Team) == 0 || in(r.Team, u.Team)) &&
		(len(r.Repository) == 0 || anyName(r.Repository, u.Repository)) &&
		(len(r.Manifest) == 0 || anyPath(r.Manifest, u.Manifest)) &&
		(len(r.Scope) == 0 || in(r.Scope, u.Scope)) &&
		(len(r.Relation) == 0 || in(r.Relation, u.Relation)) &&
		(r.LockedDown == nil || *r.LockedDown == u.LockedDown) &&
		(r.Unresolved == nil || *r.Unresolved == (u.Component.Version == ""))
}

func (r *rule) matchesSituation(sit *situation) bool {
	return (len(r.Delivery) == 0 || in(r.Delivery, sit.delivery)) &&
		(len(r.Recipients) == 0 || in(r.Recipients, sit.recipient)) &&
		(len(r.Coupling) == 0 || in(r.Coupling, sit.coupling)) &&
		(r.Replaceable == "" || r.Replaceable == sit.replaceable) &&
		(r.Modified == "" || r.Modified == sit.modified) &&
		(r.Granted == "" || r.Granted == sit.granted)
}

func (r *rule) matchesLicense(l *leafFacts) bool {
	if len(r.Category) > 0 && !in(r.Category, l.category) {
		return false
	}
	if len(r.Exception) > 0 {
		if l.leaf.Exception == "" || !anyLicense(r.Exception, l.leaf.Exception) {
			return false
		}
	} else if l.pair && len(r.License) > 0 {
		return false
	}
	if len(r.License) > 0 && !anyLicense(r.License, l.id) {
		return false
	}
	// What has no known license is never let through by a rule that does not
	// speak of licenses or packages at all.
	return r.class != classOther || l.category != license.UnknownCategory || r.Unresolved != nil ||
		r.Verdict.Rank() >= Review.Rank()
}

func in[T comparable](list []T, v T) bool {
	for _, e := range list {
		if e == v {
			return true
		}
	}
	return false
}

func anyLicense(patterns []program.LicensePattern, id string) bool {
	for _, p := range patterns {
		if p.Match(id) {
			return true
		}
	}
	return false
}

func anyName(globs []program.Glob, name string) bool {
	for _, g := range globs {
		if g.MatchName(name) {
			return true
		}
	}
	return false
}

func anyPath(globs []program.Glob, path string) bool {
	for _, g := range globs {
		if g.MatchPath(path) {
			return true
		}
	}
	return false
}

// ruleText writes the rule in one line: its keys in the order of the
// reference, then the verdict.
func ruleText(r program.Rule) string {
	var parts []string
	v := reflect.ValueOf(r)
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("yaml")
		switch key {
		case "", "id", "verdict", "role", "reason", "fix":
			continue
		}
		if text := valueText(v.Field(i)); text != "" {
			parts = append(parts, key+" is "+text)
		}
	}
	if len(parts) == 0 {
		parts = []string{"always"}
	}
	return strings.Join(parts, ", ") + " -> " + string(r.Verdict)
}

// keysText writes the keys of a subject: "severity critical or high, fix true".
func keysText(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		if text := valueText(v.Field(i)); text != "" {
			parts = append(parts, v.Type().Field(i).Tag.Get("yaml")+" "+text)
		}
	}
	if len(parts) == 0 {
		return "any"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func valueText(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		if v.Elem().Kind() == reflect.Struct {
			return keysText(v.Elem())
		}
		return fmt.Sprint(v.Elem().Interface())
	case reflect.Slice:
		var words []string
		for i := range v.Len() {
			words = append(words, valueText(v.Index(i)))
		}
		return strings.Join(words, " or ")
	case reflect.Struct:
		return v.FieldByName("Text").String()
	}
	return v.String()
}
