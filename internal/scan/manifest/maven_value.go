package manifest

import (
	"slices"
	"strings"
)

// mavenValue is an interpolated text; unknown names the property that nothing
// in the repository sets.
type mavenValue struct{ text, unknown string }

const (
	mavenMaxText    = 4096
	mavenMaxLookups = 1000 // of properties in one text; more is an attack
)

// property looks a name up: the project's own values, then properties of the
// pom and its parents, nearest first, then those of their profiles if all
// profiles that set the name agree.
func (p *mavenPom) property(name string) (string, bool) {
	field := strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.")
	if field != name {
		if v, ok := p.projectValue(field); ok {
			return v, true
		}
	}
	for _, at := range p.lineage {
		for i := range at.profiles {
			if v, ok := at.profiles[i].properties[name]; ok && at.profiles[i].byDefault {
				return v, true
			}
		}
		if v, ok := at.properties[name]; ok {
			return v, true
		}
	}
	if values := p.profileValues(name); len(values) > 0 {
		return values[0], len(values) == 1
	}
	return p.projectValue(field) // without prefix, as Maven 2 had it
}

func (p *mavenPom) projectValue(field string) (string, bool) {
	switch field {
	case "groupId":
		return p.effectiveGroup(), true
	case "artifactId":
		return p.artifact, true
	case "version":
		v := p.versionText()
		return v, v != ""
	}
	parent := p.parent
	if parent == nil {
		return "", false
	}
	switch field {
	case "parent.version":
		if parent.version == "" && p.up != nil {
			return p.up.versionText(), true
		}
		return parent.version, true
	case "parent.groupId":
		return parent.group, true
	case "parent.artifactId":
		return parent.artifact, true
	}
	return "", false
}

// profileValues lists the different values that profiles give a property.
func (p *mavenPom) profileValues(name string) (values []string) {
	for _, at := range p.lineage {
		for i := range at.profiles {
			if v, ok := at.profiles[i].properties[name]; ok && !slices.Contains(values, v) && len(values) < 10 {
				values = append(values, v)
			}
		}
	}
	return values
}

// interpolate replaces ${…}; what nothing sets stays and is named.
func (p *mavenPom) interpolate(raw string) mavenValue {
	if !strings.Contains(raw, "${") {
		if len(raw) > 2 && raw[0] == '@' && raw[len(raw)-1] == '@' {
			return mavenValue{raw, raw} // filled in when the file is copied (maven-resources-plugin, invoker)
		}
		return mavenValue{text: raw}
	}
	e := mavenExpansion{pom: p, lookups: mavenMaxLookups}
	return e.expand(raw, 0)
}

// mavenExpansion bounds what one text may cost: properties that name others
// many times over would else double the work at each step.
type mavenExpansion struct {
	pom     *mavenPom
	lookups int
}

func (e *mavenExpansion) expand(raw string, depth int) mavenValue {
	if !strings.Contains(raw, "${") {
		return mavenValue{text: raw}
	}
	if depth > mavenMaxDepth || len(raw) > mavenMaxText {
		return mavenValue{raw, clipped(raw)}
	}
	var b strings.Builder
	unknown := ""
	for raw != "" {
		before, rest, open := strings.Cut(raw, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			b.WriteString(raw)
			break
		}
		b.WriteString(before)
		text, found := e.lookup(name, depth)
		b.WriteString(text)
		if !found && unknown == "" {
			unknown = text
		}
		raw = after
		if b.Len() > mavenMaxText {
			return mavenValue{b.String()[:mavenMaxText], clipped(b.String())}
		}
	}
	return mavenValue{b.String(), unknown}
}

// lookup gives a property's value, or its name in ${} where there is none.
func (e *mavenExpansion) lookup(name string, depth int) (text string, found bool) {
	if e.lookups--; e.lookups >= 0 {
		if value, ok := e.pom.property(name); ok {
			if v := e.expand(value, depth+1); v.unknown == "" {
				return v.text, true
			}
		}
	}
	return "${" + name + "}", false
}

// clipped is the start of a long text, whole characters only.
func clipped(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
