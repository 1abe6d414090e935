package longtail

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

func isWorkflow(p string) bool {
	dir, ext := path.Dir(p), path.Ext(p)
	if ext != ".yml" && ext != ".yaml" {
		return false
	}
	return dir == ".github/workflows" || strings.HasSuffix(dir, "/.github/workflows") || strings.TrimSuffix(path.Base(p), ext) == "action"
}

// actionVersion is a reference that says which version it is: a commit, or a
// tag that starts as versions do. Branches are requirements.
var actionVersion = pattern.Lazy(`^(?:[0-9a-f]{40}|[0-9a-f]{64}|[A-Za-z-]*v?\d[\w.+-]*)$`)

// actionName is owner/repository with a path inside it.
var actionName = pattern.Lazy(`^([A-Za-z0-9_.-]+)/([A-Za-z0-9_.-]+)(?:/.*)?$`)

// readActions reads workflows of GitHub Actions and the action.yml of actions
// (docs.github.com/actions/reference): actions and workflows that are used,
// images of jobs, services and steps. All of it is for the build. Those of the
// repository itself ("./…") are no usages.
func readActions(t *text) {
	isAction := strings.HasPrefix(path.Base(t.path), "action.") && !strings.HasSuffix(path.Dir(t.path), ".github/workflows")
	root := t.yaml()
	if root == nil {
		if isAction {
			t.out.Problems = nil // many other things are called action.yml
		}
		return
	}
	seen := map[string]int{}
	if isAction {
		runs := get(root, "runs")
		if image := get(runs, "image"); strings.HasPrefix(scalar(image), "docker://") {
			t.uses(seen, image)
		}
		t.steps(seen, get(runs, "steps"))
		return
	}
	if get(root, "jobs") == nil {
		t.problem(0, "malformed", "has no jobs, so it is no workflow; nothing was read from it")
	}
	each(get(root, "jobs"), func(_, job *yaml.Node) {
		t.uses(seen, get(job, "uses"))
		t.jobImage(seen, get(job, "container"))
		each(get(job, "services"), func(_, service *yaml.Node) { t.jobImage(seen, service) })
		t.steps(seen, get(job, "steps"))
	})
}

func (t *text) steps(seen map[string]int, steps *yaml.Node) {
	for _, step := range items(steps) {
		t.uses(seen, get(step, "uses"))
	}
}

// jobImage reads a container or service: a text, or a mapping with "image".
func (t *text) jobImage(seen map[string]int, n *yaml.Node) {
	if n != nil && n.Kind == yaml.MappingNode {
		n = get(n, "image")
	}
	if ref := scalar(n); ref != "" {
		t.actionImage(seen, ref, n.Line)
	}
}

// actionImage adds an image; an expression in it is known only when the
// workflow runs.
func (t *text) actionImage(seen map[string]int, ref string, line int) {
	if strings.Contains(ref, "${{") {
		t.problem(line, "unresolved", "the image %s is known only when the workflow runs", ref)
		return
	}
	t.image(seen, ref, line, inventory.Build)
}

// isLocal says whether an action lies in the repository itself: beside the
// workflow's root, or at the root of the repository that the running workflow
// is from ("$/").
func isLocal(ref string) bool {
	return strings.HasPrefix(ref, "./") || strings.HasPrefix(ref, "../") || strings.HasPrefix(ref, "$/")
}

func (t *text) uses(seen map[string]int, n *yaml.Node) {
	ref := scalar(n)
	if ref == "" || isLocal(ref) {
		return
	}
	if image, ok := strings.CutPrefix(ref, "docker://"); ok {
		t.actionImage(seen, image, n.Line)
		return
	}
	name, version, _ := strings.Cut(ref, "@")
	m := actionName().FindStringSubmatch(name)
	if m == nil || version == "" {
		t.problem(n.Line, "malformed", "%q is no action: owner/repository@version is expected", ref)
		return
	}
	u := inventory.Usage{Component: inventory.PURL{Type: "github", Namespace: m[1], Name: m[2]}, Line: n.Line, Relation: inventory.Direct, Scope: inventory.Build}
	if actionVersion().MatchString(version) {
		u.Component.Version = version
	} else {
		u.Requirement = version
	}
	t.once(seen, u)
}
