package manifest

import "slices"

// mavenKey is what Maven compares in dependencyManagement.
type mavenKey struct{ group, artifact, typ, classifier string }

// key gives the coordinates as p interpolates them.
func (p *mavenPom) key(d mavenDep) mavenKey {
	k := mavenKey{p.interpolate(d.group).text, p.interpolate(d.artifact).text, p.interpolate(d.typ).text, p.interpolate(d.classifier).text}
	if k.typ == "jar" {
		k.typ = ""
	}
	return k
}

// mavenManaged is what dependencyManagement says of a dependency, and the pom
// whose properties its version is to be read by.
type mavenManaged struct {
	dep mavenDep
	pom *mavenPom
}

// mavenManagement collects what the lineage of a pom and the BOMs that it
// imports say of those dependencies that wait for it.
type mavenManagement struct {
	index   *mavenIndex
	wanted  map[mavenKey]mavenManaged // pom is nil until something is found
	outside []string                  // imported BOMs that the repository does not hold
	seen    map[*mavenPom]bool        // BOMs import each other
}

// newMavenManagement answers for the dependencies of pom. Most poms manage far
// more than any one module uses, so only what is used is kept.
func newMavenManagement(pom *mavenPom, x *mavenIndex) *mavenManagement {
	m := &mavenManagement{index: x, wanted: map[mavenKey]mavenManaged{}, seen: map[*mavenPom]bool{}}
	for _, d := range pom.dependencies {
		m.wanted[pom.key(d)] = mavenManaged{}
	}
	for i := range pom.profiles {
		for _, d := range pom.profiles[i].dependencies {
			m.wanted[pom.key(d)] = mavenManaged{}
		}
	}
	if len(m.wanted) > 0 {
		m.enter(pom, 0)
	}
	return m
}

// enter reads the management of p and its parents: what they say themselves
// comes before what they import, profiles last.
func (m *mavenManagement) enter(p *mavenPom, depth int) {
	if m.seen[p] || depth > mavenMaxDepth {
		return
	}
	m.seen[p] = true
	for _, at := range p.lineage {
		m.entries(p, at.managed)
	}
	for _, at := range p.lineage {
		m.imports(p, at.managed, depth)
	}
	for _, at := range p.lineage {
		for i := range at.profiles {
			m.entries(p, at.profiles[i].managed)
			m.imports(p, at.profiles[i].managed, depth)
		}
	}
}

func (m *mavenManagement) entries(p *mavenPom, managed []mavenDep) {
	for _, d := range managed {
		if d.isImport() {
			continue
		}
		k := p.key(d)
		if known, ok := m.wanted[k]; ok && known.pom == nil {
			m.wanted[k] = mavenManaged{d, p}
		}
	}
}

func (m *mavenManagement) imports(p *mavenPom, managed []mavenDep, depth int) {
	for _, d := range managed {
		if !d.isImport() {
			continue
		}
		k := p.key(d)
		ga := k.group + ":" + k.artifact
		version := p.interpolate(d.version).text
		if m.index.isOwn(ga, version) {
			if bom := nearestPom(m.index.byGA[ga], p); bom != nil {
				m.enter(bom, depth+1)
			}
		} else if name := ga + "@" + version; len(m.outside) < 100 && !slices.Contains(m.outside, name) {
			m.outside = append(m.outside, name)
		}
	}
}
