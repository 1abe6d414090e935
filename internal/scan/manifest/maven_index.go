package manifest

import (
	"path"
	"sort"
	"strings"
)

// mavenIndex holds all poms of a repository.
type mavenIndex struct {
	byPath map[string]*mavenPom
	byGA   map[string][]*mavenPom     // by path; the group interpolated
	own    map[string]map[string]bool // group:artifact to the versions that modules have
	byGAV  map[string][]*mavenPom     // by path; as written
}

func buildMavenIndex(fsys FS) any {
	x := &mavenIndex{byPath: map[string]*mavenPom{}, byGA: map[string][]*mavenPom{}, own: map[string]map[string]bool{}, byGAV: map[string][]*mavenPom{}}
	paths := fsys.Glob(mavenPattern)
	poms := make([]*mavenPom, 0, len(paths))
	for _, p := range paths {
		data, err := fsys.ReadFile(p)
		if err != nil || len(data) > mavenMaxBytes {
			continue // the reading of p itself reports it
		}
		pom := parsePom(p, data)
		x.byPath[p] = pom
		poms = append(poms, pom)
		key := pom.effectiveGroup() + ":" + pom.artifact + ":" + pom.versionText()
		x.byGAV[key] = append(x.byGAV[key], pom)
	}
	for _, pom := range poms {
		pom.link(x)
	}
	for _, pom := range poms {
		pom.trace()
	}
	for _, pom := range poms {
		ga := pom.interpolate(pom.effectiveGroup()).text + ":" + pom.artifact
		x.byGA[ga] = append(x.byGA[ga], pom)
		if x.own[ga] == nil {
			x.own[ga] = map[string]bool{}
		}
		x.own[ga][pom.interpolate("${project.version}").text] = true
	}
	return x
}

// link finds the parent in the repository: at its relativePath if the
// coordinates there agree, else the nearest pom of these coordinates.
func (p *mavenPom) link(x *mavenIndex) {
	if p.parent == nil {
		return
	}
	if !p.parent.noRelative {
		if at := p.parent.parentFile(p.path); at != "" {
			// Since model 4.1 the path alone may name the parent.
			if up := x.byPath[at]; up != nil && up != p && (up.artifact == p.parent.artifact || p.parent.artifact == "") {
				p.up = up
				return
			}
		}
	}
	p.up = nearestPom(x.byGAV[p.parent.group+":"+p.parent.artifact+":"+p.parent.version], p)
}

// nearestPom picks of poms that are sorted by path the one with which p has
// most directories in common; that one stands beside p's place in the order.
func nearestPom(poms []*mavenPom, p *mavenPom) (best *mavenPom) {
	at := sort.Search(len(poms), func(i int) bool { return poms[i].path >= p.path })
	most := -1
	for i := max(0, at-2); i < min(len(poms), at+3); i++ {
		if n := commonDirs(poms[i].path, p.path); poms[i] != p && n > most {
			best, most = poms[i], n
		}
	}
	return best
}

func commonDirs(a, b string) int {
	n := 0
	for i := 0; i < len(a) && i < len(b) && a[i] == b[i]; i++ {
		if a[i] == '/' {
			n++
		}
	}
	return n
}

// trace notes the pom and its parents in the repository; a loop of parents
// ends it.
func (p *mavenPom) trace() {
	p.lineage = p.lineage[:1]
	for at := p.up; at != nil && len(p.lineage) < mavenMaxDepth; at = at.up {
		for _, seen := range p.lineage {
			if seen == at {
				return
			}
		}
		p.lineage = append(p.lineage, at)
	}
}

// versionText is the version as written, by the pom or by what it inherits from.
func (p *mavenPom) versionText() string {
	for _, at := range p.lineage {
		if at.version != "" {
			return at.version
		}
		if at.parent != nil && at.parent.version != "" {
			return at.parent.version
		}
	}
	return ""
}

func (p *mavenPom) effectiveGroup() string {
	for _, at := range p.lineage {
		if at.group != "" {
			return at.group
		}
		if at.parent != nil && at.parent.group != "" {
			return at.parent.group
		}
	}
	return ""
}

// externalParent is the parent that lies outside of the repository, the last
// one of the lineage; nil when there is none.
func (p *mavenPom) externalParent() *mavenGAV {
	if last := p.lineage[len(p.lineage)-1]; last.parent != nil && last.up == nil {
		return last.parent
	}
	return nil
}

// mavenGAV names an artifact.
type mavenGAV struct {
	group, artifact, version string
	line                     int
	relative                 string // relativePath of a parent
	noRelative               bool   // <relativePath/>: look outside
}

func (g *mavenGAV) String() string { return g.group + ":" + g.artifact + "@" + g.version }

// parentFile is where a parent's relativePath points to.
func (g *mavenGAV) parentFile(p string) string {
	rel := g.relative
	if rel == "" {
		rel = "../pom.xml"
	}
	at, ok := pathWithin(path.Dir(p), rel)
	if !ok {
		return ""
	}
	if path.Ext(at) != ".xml" && path.Ext(at) != ".pom" {
		at = path.Join(at, "pom.xml")
	}
	return at
}

// isOwn says whether a dependency is a module of this repository: the same
// group and artifact, in the module's own version or one that does not tell.
func (x *mavenIndex) isOwn(ga, version string) bool {
	versions := x.own[ga]
	return versions != nil && (version == "" || versions[version] || strings.Contains(version, "${") || strings.HasSuffix(version, "-SNAPSHOT"))
}
