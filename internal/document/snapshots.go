package document

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/license"
)

// Selection says what goes into a document made by [FromSnapshots].
type Selection struct {
	// Name and Version name the whole; empty takes those of the repository.
	Name, Version string
	// Fixtures takes in test data and samples, which are left out otherwise.
	Fixtures bool
	// Tool made the document; Authors had it made.
	Tool    Tool
	Authors []Party
	Created time.Time
	// Facts tells what is known of the license of a component beyond the
	// manifests: texts found, conclusions of people. Nil when nothing is.
	Facts func(inventory.PURL) []inventory.LicenseFact
}

// FromSnapshots makes one document of what was found in one or more
// repositories. Usages of one package in several manifests become one component
// with the strongest scope and relation and all its manifests; a requirement
// that nothing resolved is a component without version. Packages that a
// repository declares as its own are no components.
func FromSnapshots(snaps []inventory.Snapshot, sel Selection) BOM {
	b := BOM{Version: 1, Authors: sel.Authors, Created: sel.Created}
	if sel.Tool.Name != "" {
		b.Tools = []Tool{sel.Tool}
	}
	m := merger{byPURL: map[inventory.PURL]int{}, several: len(snaps) > 1, fixtures: sel.Fixtures}
	for i := range snaps {
		direct := m.snapshot(&snaps[i])
		s := subjectOf(&snaps[i])
		s.DependsOn = direct
		b.Repositories = append(b.Repositories, s)
	}
	if len(snaps) == 1 {
		b.Subject, b.Repositories = b.Repositories[0], nil
	}
	b.Subject.Name = cmp.Or(sel.Name, b.Subject.Name)
	b.Subject.Version = cmp.Or(sel.Version, b.Subject.Version)
	for i := range b.Repositories {
		b.Repositories[i].Ref = "repository:" + b.Repositories[i].Name
		b.Subject.DependsOn = append(b.Subject.DependsOn, b.Repositories[i].Ref)
	}
	b.Components = m.components
	for i := range b.Components {
		m.licenses(i, sel.Facts)
	}
	return canonical(b, Options{Serial: b.Serial})
}

func subjectOf(s *inventory.Snapshot) Subject {
	out := Subject{Name: inventory.PublicName(s.Repository.Name), Commit: s.Commit, Version: s.Revision}
	if out.Version == "" || out.Version == "HEAD" {
		out.Version = s.Commit
	}
	if s.Licenses != nil {
		out.License = s.Licenses.Primary
	}
	parts := strings.Split(strings.ToLower(s.Repository.Name), "/")
	if len(parts) == 3 && (parts[0] == "github.com" || parts[0] == "bitbucket.org") {
		host, _, _ := strings.Cut(parts[0], ".")
		out.PURL = inventory.PURL{Type: host, Namespace: parts[1], Name: parts[2], Version: s.Commit}
	}
	return out
}

// merger joins usages to components.
type merger struct {
	components []Component
	declared   [][]string // what manifests say of each component's license
	byPURL     map[inventory.PURL]int
	several    bool
	fixtures   bool
}

// snapshot takes in the usages of s and returns the refs of what it needs
// directly.
func (m *merger) snapshot(s *inventory.Snapshot) (direct []string) {
	own := ownPackages(s)
	for i := range s.Units {
		for j := range s.Units[i].Usages {
			u := &s.Units[i].Usages[j]
			if u.Fixture && !m.fixtures || own.has(u.Component) {
				continue
			}
			repository := ""
			if m.several {
				repository = s.Repository.Name
			}
			ref := m.usage(u, repository)
			if u.Relation == inventory.Direct {
				direct = append(direct, ref)
			}
		}
	}
	return sortedSet(direct)
}

func (m *merger) usage(u *inventory.Usage, repository string) string {
	i, ok := m.byPURL[u.Component]
	if !ok {
		i = len(m.components)
		m.byPURL[u.Component] = i
		m.components = append(m.components, Component{Ref: u.Component.String(), PURL: u.Component,
			Name: u.Component.FullName(), Version: u.Component.Version, Relation: u.Relation, Scope: u.Scope})
		m.declared = append(m.declared, nil)
	}
	c := &m.components[i]
	c.Relation = strongerRelation(c.Relation, u.Relation)
	if u.Scope.Rank() < c.Scope.Rank() {
		c.Scope = u.Scope
	}
	c.Manifests = append(c.Manifests, Manifest{repository, u.Manifest, u.Line})
	if u.Requirement != "" {
		c.Requirements = append(c.Requirements, u.Requirement)
	}
	c.DependsOn = append(c.DependsOn, u.DependsOn...)
	if u.License != "" {
		m.declared[i] = append(m.declared[i], u.License)
	}
	return c.Ref
}

func strongerRelation(a, b inventory.Relation) inventory.Relation {
	for _, r := range []inventory.Relation{inventory.Direct, inventory.Transitive} {
		if a == r || b == r {
			return r
		}
	}
	return inventory.RelationUnknown
}

// licenses fills the three statements of component i, and its copyrights.
func (m *merger) licenses(i int, facts func(inventory.PURL) []inventory.LicenseFact) {
	c := &m.components[i]
	said := map[inventory.FactKind][]string{inventory.Declared: m.declared[i]}
	if facts != nil {
		for _, f := range facts(c.PURL) {
			said[f.Kind] = append(said[f.Kind], cmp.Or(f.Expression, f.Raw))
			c.Copyright = append(c.Copyright, f.Copyrights...)
		}
	}
	c.Copyright = sortedSet(c.Copyright)
	c.Licenses = Licenses{
		Declared:  joinStatements(said[inventory.Declared]),
		Detected:  joinStatements(said[inventory.Detected]),
		Concluded: joinStatements(said[inventory.Concluded]),
	}
}

// joinStatements makes one statement of several. They all hold, so that they
// are joined by AND; when one of them is not understood, the texts stand beside
// each other as written.
func joinStatements(raws []string) string {
	raws = sortedSet(raws)
	var all license.Expr
	for _, r := range raws {
		e, _, ok := license.Understand(r)
		if !ok {
			return strings.Join(raws, "; ")
		}
		all = license.And(all, e)
	}
	text := all.String()
	if len(text) > maxNormalized {
		return text
	}
	return all.Normalize().String()
}

// maxNormalized bounds the expressions that are put in normal form, the cost of
// which grows with the square of their length.
const maxNormalized = 4 << 10

// ownSet is what the repository itself declares: by name with the versions
// known, where "" stands for any.
type ownSet map[inventory.PURL][]string

func ownPackages(s *inventory.Snapshot) ownSet {
	own := ownSet{}
	for _, u := range s.Units {
		for _, text := range u.Own {
			if p, err := inventory.ParsePURL(text); err == nil {
				own[p.WithoutVersion()] = append(own[p.WithoutVersion()], p.Version)
			}
		}
	}
	return own
}

// has is true for a package of the repository's own in the very version that it
// declares. An older, published version of the same name comes from outside.
func (o ownSet) has(p inventory.PURL) bool {
	versions, ok := o[p.WithoutVersion()]
	return ok && p.Version != "" && slices.Contains(versions, p.Version)
}
