package longtail

import (
	"path"
	"regexp"
	"strings"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

func isCondaMeta(p string) bool {
	return strings.HasSuffix(p, ".json") && path.Base(path.Dir(p)) == "conda-meta"
}

// readCondaMeta reads the record of one package that is installed in a conda
// environment.
func readCondaMeta(t *text) {
	var p struct {
		Name, Version, Build, Channel, Subdir, License string
	}
	if !t.json(&p) {
		return
	}
	if p.Name == "" || p.Version == "" {
		t.problem(0, "malformed", "has no name and version, so it is no record of a package")
		return
	}
	channel := strings.TrimSuffix(strings.TrimRight(p.Channel, "/"), "/"+p.Subdir)
	c := inventory.PURL{Type: "conda", Name: p.Name, Version: p.Version}
	c = qualified(qualified(qualified(c, "build", p.Build), "channel", path.Base("/"+channel)), "subdir", p.Subdir)
	lines := finder{data: t.data}
	t.use(inventory.Usage{Component: c, Line: lines.of(t.data, `"name"`), Relation: inventory.RelationUnknown, Scope: inventory.Runtime, License: p.License})
}

var (
	// condaSpec is "channel::name", then a version as "=1.2=build", "==1.2" or ">=1,<2".
	condaSpec = pattern.Lazy(`^(?:([^\s:]+)::)?([A-Za-z0-9_.-]+?)(?:\[.*\])?\s*(?:\s|([=<>!~].*))?$`)
	// pipSpec is a name with extras and what PEP 508 lets follow.
	pipSpec = pattern.Lazy(`^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*([=<>!~][^;#]*)?(?:[;#].*)?$`)
	exact   = pattern.Lazy(`^={2,3}\s*([^\s*,=]+)$`)
	builds  = pattern.Lazy(`^={1,2}([^\s*,=]+)=[^=]+$`)
)

// readCondaEnvironment reads environment.yml of conda, with pip's part. Only
// "==1.2" and "=1.2=build" are versions: "=1.2" is any 1.2.x.
func readCondaEnvironment(t *text) {
	root := t.yaml()
	if root == nil || get(root, "dependencies") == nil {
		if root == nil {
			t.out.Problems = nil // other tools have files of this name
		}
		return
	}
	for _, item := range items(get(root, "dependencies")) {
		if spec := scalar(item); spec != "" {
			t.condaSpec(strings.ReplaceAll(spec, " ", ""), item.Line)
			continue
		}
		for _, pip := range items(get(item, "pip")) {
			t.pipSpec(scalar(pip), pip.Line)
		}
	}
}

func (t *text) condaSpec(spec string, line int) {
	m := condaSpec().FindStringSubmatch(spec)
	if m == nil {
		t.problem(line, "unsupported", "the requirement %q was not understood", spec)
		return
	}
	u := inventory.Usage{Component: qualified(inventory.PURL{Type: "conda", Name: m[2]}, "channel", m[1]), Line: line, Relation: inventory.Direct, Scope: inventory.Runtime}
	u.Component.Version, u.Requirement = version(m[3])
	t.use(u)
}

func (t *text) pipSpec(spec string, line int) {
	m := pipSpec().FindStringSubmatch(spec)
	if m == nil {
		t.problem(line, "unsupported", "pip's requirement %q was not read; only names with versions are", spec)
		return
	}
	u := inventory.Usage{Component: inventory.NewPURL("pypi", m[1], ""), Line: line, Relation: inventory.Direct, Scope: inventory.Runtime}
	u.Component.Version, u.Requirement = version(strings.TrimSpace(m[2]))
	t.use(u)
}

// version parts what a requirement pins from what it only bounds.
func version(requirement string) (pinned, rest string) {
	for _, re := range []*regexp.Regexp{exact(), builds()} {
		if m := re.FindStringSubmatch(requirement); m != nil {
			return m[1], ""
		}
	}
	return "", requirement
}

func isCondaEnvironment(p string) bool {
	base := path.Base(p)
	return base == "environment.yml" || base == "environment.yaml"
}
