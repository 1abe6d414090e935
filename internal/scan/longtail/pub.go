package longtail

import (
	"cmp"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/inventory"
	"github.com/tributary-oss/tributary/internal/pattern"
)

// readPub reads pubspec.lock of Dart and Flutter
// (dart.dev/tools/pub/glossary#lockfile). It tells what is direct and what is
// for development alone; a transitive package may be for either, so it counts as
// runtime. Packages from a path are the repository's own.
func readPub(t *text) {
	root := t.yaml()
	if root == nil {
		return
	}
	if get(root, "packages") == nil {
		t.problem(0, "malformed", "has no packages section; \"dart pub get\" writes one")
	}
	each(get(root, "packages"), func(key, entry *yaml.Node) {
		description := get(entry, "description")
		u := inventory.Usage{Component: inventory.PURL{Type: "pub", Name: key.Value, Version: scalar(get(entry, "version"))}, Line: key.Line}
		if key.Value == "" {
			t.problem(key.Line, "malformed", "a package has no name")
			return
		}
		u.Relation, u.Scope = pubRelation(scalar(get(entry, "dependency")))
		switch source := scalar(get(entry, "source")); source {
		case "path":
			t.out.Own = append(t.out.Own, u.Component.WithoutVersion().String())
			return
		case "sdk":
			// Their version here is 0.0.0 whatever the SDK's is.
			u.Component.Version, u.Note = "", "comes with the "+scalar(description)+" SDK, whose version the lockfile does not tell"
		case "git":
			u.Note = "from git " + scalar(get(description, "url")) + " at " + scalar(get(description, "resolved-ref"))
		case "hosted", "":
			u.Component = qualified(u.Component, "repository_url", pubServer(scalar(get(description, "url"))))
		default:
			u.Note = "from a source of the unknown kind " + source
		}
		t.use(u)
	})
}

// pubExact is a constraint that one version meets.
var pubExact = pattern.Lazy(`^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$`)

// readPubspec reads a pubspec.yaml that no lockfile covers: what it asks for
// stays a requirement, but for exact versions (dart.dev/tools/pub/pubspec).
// A member of a workspace is covered by the lockfile of its root.
func readPubspec(t *text) {
	root := t.yaml()
	if root == nil {
		return
	}
	if name := scalar(get(root, "name")); name != "" {
		t.out.Own = append(t.out.Own, inventory.PURL{Type: "pub", Name: name}.String())
	}
	member := scalar(get(root, "resolution")) == "workspace"
	for dir := path.Dir(t.path); ; dir = path.Dir(dir) {
		if t.fsys.Exists(path.Join(dir, "pubspec.lock")) {
			return
		}
		if dir == "." || !member {
			break
		}
	}
	for _, list := range []struct {
		key   string
		scope inventory.Scope
	}{{"dependencies", inventory.Runtime}, {"dev_dependencies", inventory.Dev}} {
		each(get(root, list.key), func(key, v *yaml.Node) {
			if key.Value == "" || get(v, "path") != nil {
				return
			}
			u := inventory.Usage{Component: inventory.PURL{Type: "pub", Name: key.Value}, Requirement: scalar(v), Line: key.Line, Relation: inventory.Direct, Scope: list.scope}
			if sdk := scalar(get(v, "sdk")); sdk != "" {
				u.Note = "comes with the " + sdk + " SDK"
			} else if git := get(v, "git"); git != nil {
				u.Note = "from git " + cmp.Or(scalar(git), scalar(get(git, "url")))
				u.Requirement = scalar(get(git, "ref"))
			} else if v != nil && v.Kind == yaml.MappingNode {
				u.Requirement = scalar(get(v, "version"))
				hosted := get(v, "hosted")
				u.Component = qualified(u.Component, "repository_url", pubServer(cmp.Or(scalar(hosted), scalar(get(hosted, "url")))))
			}
			if pubExact().MatchString(u.Requirement) && u.Note == "" {
				u.Component.Version = u.Requirement
			}
			t.use(u)
		})
	}
}

func pubRelation(dependency string) (inventory.Relation, inventory.Scope) {
	switch strings.Trim(dependency, `"`) {
	case "direct main", "direct overridden":
		return inventory.Direct, inventory.Runtime
	case "direct dev":
		return inventory.Direct, inventory.Dev
	case "transitive":
		return inventory.Transitive, inventory.Runtime
	}
	return inventory.RelationUnknown, inventory.Runtime
}

// pubServer gives the server of a package unless it is the usual one.
func pubServer(url string) string {
	switch host := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://"), "/"); host {
	case "pub.dev", "pub.dartlang.org", "pub.flutter-io.cn":
		return ""
	default:
		return host
	}
}
