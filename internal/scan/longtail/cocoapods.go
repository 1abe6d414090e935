package longtail

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
	"github.com/tributary-oss/tributary/internal/scan/manifest"
)

// podEntry is "Name/Subspec (version or requirement)".
var podEntry = pattern.Lazy(`^"?([^\s("]+)"?(?: \((.*)\))?$`)

// podfile is Podfile.lock while it is read. A pod and its subspecs are released
// as one and count as one component.
type podfile struct {
	graph manifest.Graph
	byPod map[string]int // number in graph by the pod's name; -1 for own pods
	needs map[string][]string
}

// readPods reads Podfile.lock of CocoaPods: PODS with what each needs,
// DEPENDENCIES with what the Podfile asks for, EXTERNAL SOURCES with pods that
// come from a path (own ones) or from git.
func readPods(t *text) {
	root := t.yaml()
	if root == nil {
		return
	}
	if get(root, "PODS") == nil {
		t.problem(0, "malformed", "has no PODS section; \"pod install\" writes one")
		return
	}
	f := podfile{byPod: map[string]int{}, needs: map[string][]string{}}
	external := map[string]*yaml.Node{}
	each(get(root, "EXTERNAL SOURCES"), func(k, v *yaml.Node) { external[k.Value] = v })
	for _, item := range items(get(root, "PODS")) {
		t.pod(&f, item, external)
	}
	for pod, needs := range f.needs {
		for _, need := range needs {
			f.link(pod, need)
		}
	}
	for _, item := range items(get(root, "DEPENDENCIES")) {
		if name, requirement, ok := parsePod(scalar(item)); ok {
			if i, known := f.byPod[name]; known && i >= 0 {
				f.graph.Root(i, inventory.Runtime, requirement)
			}
		}
	}
	for _, u := range f.graph.Usages() {
		t.use(u)
	}
}

// pod takes in an entry of PODS: a text, or a mapping of one to its needs.
func (t *text) pod(f *podfile, item *yaml.Node, external map[string]*yaml.Node) {
	entry, needs := scalar(item), []*yaml.Node(nil)
	each(item, func(k, v *yaml.Node) { entry, needs = k.Value, items(v) })
	name, version, ok := parsePod(entry)
	if !ok {
		t.problem(item.Line, "malformed", "%q is no pod with a version", entry)
		return
	}
	source := external[name]
	_, known := f.byPod[name]
	switch {
	case known:
	case get(source, ":path") != nil:
		f.byPod[name] = -1
		t.out.Own = append(t.out.Own, inventory.PURL{Type: "cocoapods", Name: name}.String())
	default:
		u := inventory.Usage{Component: inventory.PURL{Type: "cocoapods", Name: name, Version: version}, Line: item.Line}
		if url := scalar(get(source, ":git")); url != "" {
			u.Note = "from git " + url
		}
		f.byPod[name] = f.graph.Add(u)
	}
	for _, n := range needs {
		if need, _, ok := parsePod(scalar(n)); ok {
			f.needs[name] = append(f.needs[name], need)
		}
	}
}

// link records that a pod needs another; what an own pod needs is direct.
func (f *podfile) link(pod, need string) {
	to, ok := f.byPod[need]
	if !ok || to < 0 || pod == need {
		return
	}
	if from := f.byPod[pod]; from >= 0 {
		f.graph.Need(from, to, inventory.Runtime)
	} else {
		f.graph.Root(to, inventory.Runtime, "")
	}
}

// parsePod gives the pod's name without its subspec, and what stands in
// parentheses unless that is a place.
func parsePod(entry string) (name, version string, ok bool) {
	m := podEntry().FindStringSubmatch(entry)
	if m == nil {
		return "", "", false
	}
	name, _, _ = strings.Cut(m[1], "/")
	if strings.HasPrefix(m[2], "from ") {
		m[2] = ""
	}
	return name, m[2], name != ""
}
