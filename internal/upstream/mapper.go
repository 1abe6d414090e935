package upstream

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// Confidence says how sure a mapping is.
type Confidence string

// The confidences, surest first.
const (
	Certain Confidence = "certain" // the package names its repository, or the company says so
	High    Confidence = "high"    // its publisher says so, or a published rule
	Medium  Confidence = "medium"  // a repository at hand declares a package of this name
	Low     Confidence = "low"     // a guess that is right more often than not
	None    Confidence = "none"    // unmapped
)

// Share is the confidence as a number in [0,1], for arithmetic.
func (c Confidence) Share() float64 {
	switch c {
	case Certain:
		return 1
	case High:
		return 0.95
	case Medium:
		return 0.75
	case Low:
		return 0.5
	}
	return 0
}

// Mapping is where a package is developed, or why that is not known.
type Mapping struct {
	Package    inventory.PURL // without version
	Repository Repository     // zero when unmapped
	Confidence Confidence
	// Source says who or what rule tells; for an unmapped package what was
	// looked for in vain.
	Source   string
	Observed time.Time // when the source was asked; zero for rules
	// Ignored is set where the program says that the package has no upstream to
	// speak of.
	Ignored bool
}

// Mapped is true when a repository is known.
func (m Mapping) Mapped() bool { return m.Repository.Name != "" }

// Metadata is what a registry, or a package itself, says of where its source
// lies. Fields are as written.
type Metadata struct {
	Package    inventory.PURL // version and qualifiers do not matter
	Repository string         // URL, shorthand or SCM connection
	Directory  string         // inside the repository
	// Homepage and Issues count only where they are pages of a forge.
	Homepage, Issues string
	Source           string // "npm registry"
	Observed         time.Time
}

// GoImport is one go-import answer of a server (go.dev/ref/mod#vcs-find):
// everything below Prefix lies in Repository.
type GoImport struct {
	Prefix     string
	VCS        string // "git"; "mod" names a proxy, not a repository
	Repository string
	Observed   time.Time
}

// Own says that a repository at hand declares a package of its own by this
// name: a go.mod's module, a package.json that is not private.
type Own struct {
	Package    inventory.PURL
	Repository string
	Directory  string
}

// Override is the company's word on a package, which comes before all others.
type Override struct {
	Match func(inventory.PURL) bool
	// Repository is a name or an address; "" says that there is none to look for.
	Repository string
	Directory  string
	Source     string // file and line
}

// Mapper answers from the sources that it was given. The zero value knows the
// rules only. Several goroutines may use one at once.
type Mapper struct {
	overrides []Override
	metadata  map[inventory.PURL]Mapping
	imports   map[string]GoImport
	own       map[inventory.PURL]Own
}

// NewMapper gathers the sources. Of two that speak of the same package the one
// observed later counts, and of equal age the one that comes first.
func NewMapper(overrides []Override, metadata []Metadata, imports []GoImport, own []Own) *Mapper {
	m := &Mapper{overrides: overrides, metadata: map[inventory.PURL]Mapping{}, imports: map[string]GoImport{}, own: map[inventory.PURL]Own{}}
	for _, d := range metadata {
		key := d.Package.WithoutVersion()
		mapping, ok := fromMetadata(d)
		if old, seen := m.metadata[key]; ok && (!seen || d.Observed.After(old.Observed)) {
			m.metadata[key] = mapping
		}
	}
	for _, g := range imports {
		prefix := strings.Trim(g.Prefix, "/")
		if old, seen := m.imports[prefix]; prefix != "" && (!seen || g.Observed.After(old.Observed)) {
			m.imports[prefix] = g
		}
	}
	for _, o := range own {
		key := o.Package.WithoutVersion()
		if old, seen := m.own[key]; !seen || cmp.Or(cmp.Compare(len(o.Directory), len(old.Directory)), cmp.Compare(o.Repository, old.Repository)) < 0 {
			m.own[key] = o
		}
	}
	return m
}

// Map answers for one package. Sources are asked in the order of how much they
// can know: the program, the package URL itself, what servers and registries
// told, published rules, repositories at hand, guesses.
func (m *Mapper) Map(p inventory.PURL) Mapping {
	key := p.WithoutVersion()
	for _, o := range m.overrides {
		if o.Match(p) {
			return fromOverride(key, o)
		}
	}
	repo, confidence, source := byPURL(p)
	if confidence == Certain {
		return Mapping{Package: key, Repository: repo, Confidence: confidence, Source: source}
	}
	if got, ok := m.goImport(key); ok {
		return got
	}
	if got, ok := m.metadata[key]; ok {
		return got
	}
	if confidence == High {
		return Mapping{Package: key, Repository: repo, Confidence: confidence, Source: source}
	}
	if o, ok := m.own[key]; ok {
		return Mapping{Package: key, Repository: Repository{Name: o.Repository, Directory: o.Directory}, Confidence: Medium,
			Source: o.Repository + " declares a package of this name"}
	}
	if confidence != None && repo.Name != "" {
		return Mapping{Package: key, Repository: repo, Confidence: confidence, Source: source}
	}
	return Mapping{Package: key, Confidence: None, Source: inVain(p)}
}

func fromOverride(key inventory.PURL, o Override) Mapping {
	if o.Repository == "" {
		return Mapping{Package: key, Confidence: None, Source: o.Source + " says that there is no upstream", Ignored: true}
	}
	repo, ok := Parse(o.Repository)
	if !ok {
		repo = Repository{Name: o.Repository}
	}
	if o.Directory != "" {
		repo.Directory = o.Directory
	}
	return Mapping{Package: key, Repository: repo, Confidence: Certain, Source: o.Source}
}

// goImport finds the longest prefix that a server answered for.
func (m *Mapper) goImport(key inventory.PURL) (Mapping, bool) {
	if key.Type != "golang" || len(m.imports) == 0 {
		return Mapping{}, false
	}
	full := key.FullName()
	for prefix := full; prefix != ""; prefix = parent(prefix) {
		g, ok := m.imports[prefix]
		if !ok || g.VCS == "mod" {
			continue
		}
		repo, ok := Parse(g.Repository)
		if !ok {
			continue
		}
		repo.Directory = withoutMajor(strings.Trim(strings.TrimPrefix(full, prefix), "/"))
		return Mapping{Package: key, Repository: repo, Confidence: Certain, Source: "go-import answer for " + prefix, Observed: g.Observed}, true
	}
	return Mapping{}, false
}

// fromMetadata takes the first field that names a repository. A home page or a
// list of issues counts only on a known forge: any site can be a home page.
func fromMetadata(d Metadata) (Mapping, bool) {
	key := d.Package.WithoutVersion()
	if repo, ok := Parse(d.Repository); ok {
		if d.Directory != "" {
			repo.Directory = strings.Trim(d.Directory, "/.")
		}
		confidence := High
		if !onForge(repo.Name) {
			confidence = Medium
		}
		return Mapping{Package: key, Repository: repo, Confidence: confidence, Source: cmp.Or(d.Source, "package metadata") + ", repository", Observed: d.Observed}, true
	}
	for _, other := range []struct{ field, text string }{{"issues", d.Issues}, {"homepage", d.Homepage}} {
		if !strings.Contains(other.text, "://") {
			continue
		}
		if repo, ok := Parse(other.text); ok && onForge(repo.Name) {
			return Mapping{Package: key, Repository: repo, Confidence: Medium, Source: cmp.Or(d.Source, "package metadata") + ", " + other.field, Observed: d.Observed}, true
		}
	}
	return Mapping{}, false
}

func onForge(name string) bool {
	host, _, _ := strings.Cut(name, "/")
	return forges[host] != 0 || forgeLike(host)
}

// inVain says what would help.
func inVain(p inventory.PURL) string {
	switch p.Type {
	case "golang":
		return "the module path names no known forge, and no go-import answer is at hand"
	case "docker", "oci":
		return "an image is not mapped to a repository by its name"
	}
	return `no registry metadata at hand ("tributary refresh" asks for it), and the name does not tell`
}

// Unmapped lists the packages without a repository, by package URL; those that
// the program sets aside are left out.
func Unmapped(all []Mapping) []Mapping {
	var out []Mapping
	for _, m := range all {
		if !m.Mapped() && !m.Ignored {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Mapping) int { return cmp.Compare(a.Package.String(), b.Package.String()) })
	return out
}
