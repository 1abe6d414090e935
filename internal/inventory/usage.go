package inventory

// Relation says how a usage comes into a project.
type Relation string

// The relations. Unknown is a value: a manifest that does not tell is never
// guessed to be direct.
const (
	Direct          Relation = "direct"
	Transitive      Relation = "transitive"
	RelationUnknown Relation = "unknown"
)

// Scope says what a usage is for.
type Scope string

// The scopes, strongest first: a package reached by several ways has the
// strongest of them, a way is as strong as its weakest step.
const (
	Runtime  Scope = "runtime"
	Provided Scope = "provided" // supplied by the platform at run time (Maven provided, npm peer that is not installed)
	Optional Scope = "optional"
	Build    Scope = "build" // compilers, plugins, CI actions, base images of build stages
	Dev      Scope = "dev"
	Test     Scope = "test"
)

// Scopes lists all scopes, strongest first.
var Scopes = []Scope{Runtime, Provided, Optional, Build, Dev, Test}

// Rank is the position of s in [Scopes]; an unknown scope ranks strongest, so
// that what is not understood is never treated as harmless.
func (s Scope) Rank() int {
	for i, t := range Scopes {
		if s == t {
			return i
		}
	}
	return 0
}

// Usage is one third-party component used by one manifest of one repository.
//
// A usage with an empty Version is a requirement: the manifest says what range
// it would accept and nothing says what was chosen. It is "unresolved", never
// a version.
type Usage struct {
	// Component is the package; its Version is empty when unresolved.
	Component PURL
	// Requirement is the range as the manifest writes it ("^4.17.0",
	// ">=2,<3"), or empty where only a lock entry is known.
	Requirement string
	// Manifest is the slash-separated path of the file that proves the usage,
	// relative to the repository: the lockfile where there is one.
	Manifest string
	// Line is the 1-based line in Manifest; 0 when the format has no lines.
	Line     int
	Relation Relation
	Scope    Scope
	// Chain is the shortest way in: the components from the direct dependency
	// to the parent of this one, as purls. Empty for direct usages and where
	// the manifest does not tell.
	Chain []string
	// DependsOn lists the components that this one needs, as sorted purls of
	// usages in the same manifest.
	DependsOn []string
	// License is what the manifest itself says of the component's license,
	// verbatim.
	License string
	// Note explains an oddity in words ("version from parent a:b@1.2").
	Note string
	// Fixture is true when the path looks like test data or a sample
	// ([IsFixture]); the program may decide otherwise.
	Fixture bool
}

// Problem is something that could not be read or understood. Problems are
// reported, counted and kept; none of them stops a scan.
type Problem struct {
	// Path is the file inside the repository, or empty for the whole.
	Path string
	// Line is 1-based, or 0.
	Line int
	// Kind groups problems for counting: a short lower-case phrase such as
	// "malformed", "too large", "missing object", "unsupported".
	Kind string
	// Message says what happened and what to do next, in words.
	Message string
}
