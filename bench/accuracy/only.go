package main

import (
	"bytes"
	"path"
	"regexp"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
)

// formatsRead counts, for each peer, from how many files of each format it
// took packages, over all repositories.
func (c *comparison) formatsRead() []map[string]int {
	out := make([]map[string]int, len(c.peers))
	for i := range c.peers {
		out[i] = map[string]int{}
		for _, r := range c.rows {
			for f := range r.answers[i].files() {
				out[i][format(f)]++
			}
		}
	}
	return out
}

// files are those that a peer took packages from.
func (a answer) files() map[string]bool {
	seen := map[string]bool{}
	for _, files := range a.packages {
		for _, f := range files {
			seen[f] = true
		}
	}
	return seen
}

// format is a file's name, or its ending where names are free.
func format(file string) string {
	base := path.Base(file)
	switch ext := path.Ext(base); ext {
	case ".csproj", ".fsproj", ".vbproj", ".wixproj", ".props", ".targets", ".gemspec", ".pom":
		return "*" + ext
	case ".in":
		return "*.in"
	case ".txt":
		if base != "requirements.txt" {
			return "*.txt but requirements.txt"
		}
	case ".lock":
		if strings.HasSuffix(base, ".py.lock") {
			return "*.py.lock"
		}
	}
	return base
}

// explainOurs classes a package that tributary has and a peer has not, by what
// the peer took from the same file and from other files of the format. Where
// several manifests prove it, one without an answer decides.
func explainOurs(p pkg, usages []inventory.Usage, r row, peer int, reads map[string]int) string {
	theirs := r.answers[peer]
	for q := range theirs.packages {
		if class := sameUnderOtherName(p, q); q.ecosystem == p.ecosystem && class != "" {
			return class
		}
	}
	files, class := theirs.files(), ""
	for _, u := range usages {
		if c := explainUsage(p, u, r.ours, files, reads); class == "" || strings.HasPrefix(c, unexplained) {
			class = c
		}
	}
	return class
}

// sameUnderOtherName says how the peer's q is our p.
func sameUnderOtherName(p, q pkg) string {
	switch {
	case q.version == p.version && q.name != p.name && strings.EqualFold(q.name, p.name):
		return "the peer changes the case of the name"
	case p.ecosystem == "RubyGems" && q.name == p.name && strings.HasPrefix(q.version, p.version+"-"):
		return "the peer has it under its platforms' versions (`1.17.1-arm64-darwin`)"
	case p.ecosystem == "npm" && (strings.HasSuffix(q.version, p.name+"@"+p.version) || q.version == p.version && !npmName.MatchString(q.name)):
		return "the peer has it with a wrong name or version, from the lockfile's syntax"
	}
	return ""
}

func explainUsage(p pkg, u inventory.Usage, o *ours, files map[string]bool, reads map[string]int) string {
	f := format(u.Manifest)
	switch {
	case reads[f] == 0:
		return "the peer takes nothing from any " + f
	case !files[u.Manifest] && (u.Line == 0 || strings.Contains(o.line(u, 5), p.version)):
		return "the peer takes nothing from this " + f + ", although it reads the format"
	case u.Scope != inventory.Runtime && files[u.Manifest]:
		return "the peer reads the " + f + " and leaves out packages of scope " + string(u.Scope)
	case strings.Contains(o.line(u, 1), "npm:"+p.name+"@") || strings.HasPrefix(u.Requirement, "npm:"):
		return "the peer has it under its alias (`name@npm:other@1`)"
	case !strings.Contains(o.line(u, 5), p.version):
		return "the version stands elsewhere than the name (a property, a parent, a central list), where the peer does not look: " + f
	case p.ecosystem == "Maven" && mavenOddity(p, u, o) != "":
		return mavenOddity(p, u, o)
	case strings.Contains(u.Requirement, "git+"):
		return "a requirement by a git reference, which the peer leaves out"
	case f == "Cargo.lock" && !o.namedBeside(u, p):
		return "needed only through a path crate outside the lockfile's workspace, which the peer does not follow"
	}
	return unexplained + ": " + f + " " + string(u.Scope) + " " + string(u.Relation)
}

// knownScope matches the scopes that Maven 3 knows.
var knownScope = regexp.MustCompile(`^(compile|runtime|test|provided|system|import|\$\{.*)$`)

var scopeElement = regexp.MustCompile(`<scope>\s*([^<]*?)\s*</scope>`)

// mavenOddity says what is odd about a dependency that a peer leaves out.
func mavenOddity(p pkg, u inventory.Usage, o *ours) string {
	_, artifact, _ := strings.Cut(p.name, ":")
	text, _, _ := strings.Cut(o.line(u, 12), "</dependency>")
	scope := scopeElement.FindStringSubmatch(text)
	switch {
	case strings.HasPrefix(u.Note, "in profile"):
		return "in a profile of the POM, which the peer leaves out"
	case strings.HasPrefix(u.Requirement, "["):
		return "an exact requirement (`[1.0]`), which the peer writes with its brackets"
	case !mavenID.MatchString(p.name):
		return "an id that Maven refuses (test data)"
	case scope != nil && !knownScope.MatchString(scope[1]):
		return "a scope that Maven 3 does not know (`test-only`, `compile-only`): the peer leaves it out"
	case strings.Contains(text, "<type>pom</type>"):
		return "a dependency of type pom, which the peer leaves out"
	case bytes.Count(o.file(u.Manifest), []byte("<artifactId>"+artifact+"</artifactId>")) > 1:
		return "the file declares the package twice, in two versions; the peer keeps one"
	}
	return ""
}

// namedBeside says whether the Cargo.toml beside a lockfile names the direct
// dependency by which a package comes in.
func (o *ours) namedBeside(u inventory.Usage, p pkg) bool {
	first := p.name
	if len(u.Chain) > 0 {
		if q, err := inventory.ParsePURL(u.Chain[0]); err == nil {
			first = q.FullName()
		}
	}
	return bytes.Contains(o.file(path.Join(path.Dir(u.Manifest), "Cargo.toml")), []byte(first))
}

// line gives the line that proves a usage and those after it, n in all.
func (o *ours) line(u inventory.Usage, n int) string {
	lines := bytes.Split(o.file(u.Manifest), []byte("\n"))
	if u.Line < 1 || u.Line > len(lines) {
		return ""
	}
	return string(bytes.Join(lines[u.Line-1:min(u.Line-1+n, len(lines))], []byte("\n")))
}
