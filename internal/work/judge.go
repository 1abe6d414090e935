package work

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/document/report"
	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/policy"
	"github.com/tributary-oss/tributary/internal/program"
	"github.com/tributary-oss/tributary/internal/scan"
)

// Judged is one verdict: one component in one product of one repository, over
// all manifests that use it there.
type Judged struct {
	*setting
	Usage   *inventory.Usage // of the place that decided, in its snapshot
	Verdict *policy.Verdict  // shared with others: not to be changed
	purl    string           // of the component, for sorting and counting
	number  int32            // of the component in the catalog
	before  int32            // the last verdict on the same component, -1 when there is none
	urgency int8
	places  []*inventory.Usage // nil where the usage is the only one
}

// setting is what all usages in one manifest for one product share.
type setting struct {
	Repository string
	Product    string // id, "" when the repository belongs to no product
	manifest   string
	team       string
	product    *program.Product
	scanned    *Scanned
	judgement  *judgement
}

// judgement collects verdicts with what is needed to count them.
type judgement struct {
	office  *Office
	session *policy.Session
	catalog *catalog
	judged  []Judged
	last    []int32 // by number of component, the last verdict on it; -1 when there is none
	alike   map[likeness]*policy.Verdict
	// understood has what statements of manifests mean, by their text.
	understood map[string]inventory.LicenseFact
	said       map[*inventory.LicenseFact]string
	words      map[*policy.Verdict]words
	fixtures   int
	unresolved int // of the fixtures those without a version
}

// likeness is all that tells usages of one setting apart for policy, as long as
// nobody speaks of their components by name.
type likeness struct {
	*setting
	license, local string
	typ            string
	scope          inventory.Scope
	relation       inventory.Relation
	unresolved     bool
}

// Judge gives the verdicts on everything in the snapshots.
func (o *Office) Judge(snaps []Scanned) ([]*Judged, int) {
	j := o.judge(snaps, newCatalog(snaps))
	out := make([]*Judged, len(j.judged))
	for i := range j.judged {
		out[i] = &j.judged[i]
	}
	slices.SortFunc(out, compareJudged)
	return out, j.fixtures
}

// judge gives the verdicts in the order of the usages.
func (o *Office) judge(snaps []Scanned, c *catalog) *judgement {
	j := &judgement{office: o, catalog: c, session: o.Policy.NewSession(o.Program.Waivers, o.AsOf), understood: map[string]inventory.LicenseFact{},
		alike: map[likeness]*policy.Verdict{}, said: map[*inventory.LicenseFact]string{}, words: map[*policy.Verdict]words{}, last: make([]int32, len(c.purls)), judged: make([]Judged, 0, c.usages)}
	for i := range j.last {
		j.last[i] = -1
	}
	for i := range snaps {
		j.snapshot(&snaps[i], c.numbers[i])
	}
	return j
}

// compareJudged puts what needs somebody first, then sorts by place and name.
func compareJudged(a, b *Judged) int {
	return cmp.Or(
		cmp.Compare(a.urgency, b.urgency),
		cmp.Compare(a.Repository, b.Repository),
		cmp.Compare(a.Product, b.Product),
		cmp.Compare(a.purl, b.purl),
		cmp.Compare(a.Usage.Requirement, b.Usage.Requirement))
}

func urgency(v *policy.Verdict) int8 {
	switch {
	case v.Waiver != nil:
		return 2
	case v.Decision == policy.Deny:
		return 0
	case v.Decision == policy.Review:
		return 1
	case v.Decision == policy.AllowWithDuties:
		return 3
	}
	return 4
}

func (j *judgement) snapshot(s *Scanned, numbers []int32) {
	repo, first := s.Snapshot.Repository.Name, int32(len(j.judged))
	at := 0
	for _, unit := range s.Snapshot.Units {
		var settings []*setting
		for i := range unit.Usages {
			u := &unit.Usages[i]
			number := numbers[at]
			at++
			if j.office.Program.IsFixture(repo, u.Manifest, u.Fixture) && !j.office.Program.Fixtures.Include {
				j.fixtures++
				if u.Component.Version == "" {
					j.unresolved++
				}
				continue
			}
			if settings == nil || settings[0].manifest != u.Manifest {
				settings = j.settings(s, u.Manifest)
			}
			for _, set := range settings {
				j.usage(set, u, number, first)
			}
		}
	}
}

// settings gives one setting for each product that a manifest belongs to.
func (j *judgement) settings(s *Scanned, manifest string) []*setting {
	repo := s.Snapshot.Repository.Name
	var out []*setting
	for _, product := range j.office.productsFor(repo, manifest) {
		use := policy.UseFor(j.office.Program, product, repo, inventory.Usage{Manifest: manifest})
		out = append(out, &setting{repo, use.Product, manifest, use.Team, product, s, j})
	}
	return out
}

// productsFor gives the products that a manifest belongs to; one nil when none
// does, for then the defaults are judged.
func (o *Office) productsFor(repo, manifest string) []*program.Product {
	if products := o.Program.ProductsFor(repo, manifest); len(products) > 0 {
		return products
	}
	return []*program.Product{nil}
}

// usage judges one usage and joins it with others of the same component in the
// same product of the snapshot, whose first verdict is the one given.
func (j *judgement) usage(set *setting, u *inventory.Usage, number, first int32) {
	v := j.verdict(set, u, number)
	for i := j.last[number]; i >= first; i = j.judged[i].before {
		if old := &j.judged[i]; old.Product == set.Product && (u.Component.Version != "" || old.Usage.Requirement == u.Requirement) {
			old.join(set, u, v)
			return
		}
	}
	j.judged = append(j.judged, Judged{set, u, v, j.catalog.purls[number], number, j.last[number], urgency(v), nil})
	j.last[number] = int32(len(j.judged) - 1)
}

// join adds a place; the worst verdict stands for all.
func (j *Judged) join(set *setting, u *inventory.Usage, v *policy.Verdict) {
	if j.places == nil {
		j.places = []*inventory.Usage{j.Usage}
	}
	j.places = append(j.places, u)
	if worse := urgency(v); worse < j.urgency {
		j.setting, j.Usage, j.Verdict, j.urgency = set, u, v, worse
	}
}

// verdict gives the verdict on a usage, worked out once for all that are alike.
func (j *judgement) verdict(set *setting, u *inventory.Usage, number int32) *policy.Verdict {
	local := set.scanned.local(j.catalog.purls[number])
	if u.Fixture || j.session.Particular(set.product, u.Component) || j.office.concludes(u.Component) {
		return j.brief(set, u, number)
	}
	key := likeness{set, u.License, j.statements(local), u.Component.Type, u.Scope, u.Relation, u.Component.Version == ""}
	v, ok := j.alike[key]
	if !ok {
		v = j.brief(set, u, number)
		j.alike[key] = v
	}
	return v
}

func (j *judgement) brief(set *setting, u *inventory.Usage, number int32) *policy.Verdict {
	use, facts := set.use(u), set.facts(u, j.catalog.purls[number])
	v := j.session.Brief(&use, &facts)
	return &v
}

// statements tells apart what is said of licenses; facts that say the same of two
// components weigh the same.
func (j *judgement) statements(local []inventory.LicenseFact) string {
	if len(local) == 0 {
		return ""
	}
	said, ok := j.said[&local[0]]
	if !ok {
		var b strings.Builder
		for i := range local {
			f := &local[i]
			for _, s := range []string{string(f.Kind), f.Expression, f.Raw} {
				b.WriteString(strconv.Itoa(len(s)))
				b.WriteByte(' ')
				b.WriteString(s)
			}
		}
		said = b.String()
		j.said[&local[0]] = said
	}
	return said
}

// concludes tells whether a conclusion may speak of a component.
func (o *Office) concludes(c inventory.PURL) bool {
	for i := range o.Program.Conclusions {
		if o.Program.Conclusions[i].Package.MatchName(c) {
			return true
		}
	}
	return false
}

// local gives what copies on this machine and registries say of a component.
func (s *Scanned) local(purl string) []inventory.LicenseFact {
	if len(s.Packages.Facts) == 0 {
		return nil
	}
	return s.Packages.Facts[purl]
}

// Use is the context in which the component is used, at the place that decided.
func (j *Judged) Use() policy.Use { return j.use(j.Usage) }

func (set *setting) use(u *inventory.Usage) policy.Use {
	return policy.UseFor(set.judgement.office.Program, set.product, set.Repository, *u)
}

// Facts is what is said of the license of the component.
func (j *Judged) Facts() policy.LicenseFacts { return j.facts(j.Usage, j.purl) }

func (set *setting) facts(u *inventory.Usage, purl string) policy.LicenseFacts {
	return set.judgement.facts(u, set.scanned.local(purl), set.scanned.Snapshot.ScannedAt)
}

// Places lists where manifests prove the use.
func (j *Judged) Places() []report.Place {
	if j.places == nil {
		return []report.Place{placeOf(j.Usage)}
	}
	out := make([]report.Place, 0, len(j.places))
	for _, u := range j.places {
		out = append(out, placeOf(u))
	}
	return out
}

// declaredFact is [scan.DeclaredFact]; what a statement means is worked out once.
func (j *judgement) declaredFact(raw, file string, read time.Time) inventory.LicenseFact {
	fact, ok := j.understood[raw]
	if !ok {
		fact = scan.DeclaredFact(raw, "", "", time.Time{})
		j.understood[raw] = fact
	}
	fact.File, fact.Source, fact.Observed = file, lastPart(file), read
	return fact
}

// facts gathers what is said of a component's license: by the manifest, by
// copies on this machine, by a person. Manifests were read at a time.
func (j *judgement) facts(u *inventory.Usage, local []inventory.LicenseFact, read time.Time) policy.LicenseFacts {
	var f policy.LicenseFacts
	declared := ""
	if u.License != "" {
		fact := j.declaredFact(u.License, u.Manifest, read)
		fact.FirstLine, fact.LastLine = u.Line, u.Line
		f.Declared = append(f.Declared, fact)
		declared = u.License
	}
	for _, fact := range local {
		if fact.Kind == inventory.Declared {
			if declared == "" {
				declared = fact.Raw
			}
			f.Declared = append(f.Declared, fact)
			continue
		}
		f.Detected = append(f.Detected, fact)
	}
	if fact, _, ok := j.office.Program.ConclusionFor(u.Component, declared); ok {
		f.Concluded = append(f.Concluded, fact)
	}
	return f
}

func lastPart(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }
