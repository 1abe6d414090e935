package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorkspacePatternsAreReadWithoutTheRestOfTheFile(t *testing.T) {
	for text, want := range map[string][]string{
		"packages:\n  - a/*\n  - '!a/b'\n":                                             {"a/*", "!a/b"},
		"packages:\n- a\n# note\n\n- b\ncatalog:\n  x: ^1\n":                           {"a", "b"},
		"catalog:\n  x: ^1\npackages:\n  - a\n  # note\n  - b\noverrides:\n  y: 1.0\n": {"a", "b"},
		"packages: [a, b]\ncatalog:\n  x: ^1\n":                                        {"a", "b"},
		"\"packages\":\n  - a\n":                                                       {"a"},
		"packages:\n  - a":                                                             {"a"},
		"catalog:\n  x: ^1\n":                                                          nil,
		"packages:\n":                                                                  nil,
	} {
		got := jsParseYAML(jsYAMLPackages([]byte(text)))[0].root().get("packages").strings()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}
