package longtail

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-oss/tributary/internal/inventory"
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
